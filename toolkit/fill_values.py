"""From a fact to what is typed into a field of an official form. Pure; what cannot be written is asked, never bent.

Formats are those the forms print beside their fields: dates MM/DD/YYYY, telephone numbers of ten digits, A-numbers of
nine (USCIS form instructions), countries by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit.facts import Facts, Plain
from toolkit.fields import country
from toolkit.fill_definition import Entry, Format


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fact says: `text`, or why it says nothing (`missing`, `unsure`, `contradicted`, `unfit`).

    `doubt` is said beside an answer that is written all the same.
    """

    fact: str
    text: str = field(default="", repr=False)
    why: str = ""
    detail: str = ""
    doubt: str = ""


class Known:
    """The facts of a case as an official form asks for them; *role* is whom `person.` means."""

    def __init__(self, facts: Facts, role: str) -> None:
        self._facts = facts
        self._plain = facts.plain()
        self._role = role

    def called(self, fact: str) -> str:
        """Return the name of *fact* in the case: `person.surname` is `spouse.surname` for a spouse."""
        return f"{self._role}.{fact[len('person.') :]}" if fact.startswith("person.") else fact

    def first(self, entry: Entry) -> Answer:
        """Return what fills *entry* before its format: the first of its facts that is known, or several joined."""
        if entry.join:
            return self._joined(entry)
        answers = [self.ask(name) for name in entry.facts]
        return next((each for each in answers if each.why != "missing"), answers[0])

    def asked_of(self, entry: Entry) -> list[tuple[Answer, ...]]:
        """Return what is known of each part that *entry* joins, without those that are left out."""
        found = [(tuple(self.ask(name) for name in names), may) for names, may in entry.parts]
        return [part for part, may in found if not (may and all(each.why == "missing" for each in part))]

    def _joined(self, entry: Entry) -> Answer:
        parts = self.asked_of(entry)
        failed = next((each for part in parts for each in part if each.why), None)
        if failed is not None or not parts:
            return failed or Answer(self.called(entry.parts[0][0][0]), why="missing")
        formatted = [[written(entry.format, each, self) for each in part] for part in parts]
        unfit = next((each for part in formatted for each in part if each.why), None)
        text = entry.between.join(" ".join(each.text for each in part) for part in formatted)
        return unfit or Answer(parts[0][0].fact, text)

    def currency(self, answer: Answer) -> str:
        """Return the currency of the amount that *answer* is, as the paper or a statement beside it has it."""
        known = self._facts.get(answer.fact)
        stated = _text(self._plain, f"{answer.fact}_currency")
        return stated or (known.field.currency or "" if known is not None else "")

    def ask(self, fact: str) -> Answer:
        """Return what is known of one fact."""
        name = self.called(fact)
        known = self._facts.get(name)
        if known is None:
            return Answer(name, why="missing")
        text = _text(self._plain, name)
        if not text:
            return Answer(name, why="missing")
        if not known.settled:
            return Answer(name, why="contradicted")
        if not known.field.sure:
            return Answer(name, why="unsure")
        return Answer(name, text)


def written(how: Format, answer: Answer, known: Known) -> Answer:
    """Return *answer* as the format *how* has it; `unfit` where it cannot be written so."""
    if answer.why:
        return answer
    if how == "given":
        return _given(answer, known)
    try:
        return Answer(answer.fact, _FORMATS[how](answer.text), doubt=answer.doubt)
    except ValueError as problem:
        return Answer(answer.fact, why="unfit", detail=str(problem))


def ticks(entry: Entry, text: str) -> bool:
    """Whether the value *text* of its fact ticks the box of *entry*."""
    return text.strip().casefold() in {each.casefold() for each in entry.ticks}


def _text(plain: Plain, name: str) -> str:
    """Return the value called *name* as one text; a list is put together with commas, a table is no text."""
    at: object = plain
    for part in name.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return ""
        at = at[part]
    if isinstance(at, Mapping):
        at = at.get("value", "")
    if isinstance(at, list):
        return ", ".join(each for each in at if isinstance(each, str))
    return str(at).strip()


def _given(answer: Answer, known: Known) -> Answer:
    """Return the given name without the middle names; which of several names are middle names is never guessed."""
    owner = answer.fact.rpartition(".")[0]
    middle = known.ask(f"{owner}.middle_name")
    if middle.text and answer.text.endswith(f" {middle.text}"):
        return Answer(answer.fact, answer.text[: -len(middle.text)].strip())
    if middle.text or len(answer.text.split()) < 2:
        return answer
    doubt = f"several given names stand in one field: state {owner}.middle_name if some are middle names"
    return Answer(answer.fact, answer.text, doubt=doubt)


def _date(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%m/%d/%Y}"
    except ValueError:
        raise ValueError("it is no whole date (year, month and day)") from None


def _digits(text: str) -> str:
    found = re.sub(r"[^0-9]", "", text)
    if not found or re.search(r"[^0-9\s./()+-]", text):
        raise ValueError("it has other signs than digits")
    return found


def _a_number(text: str) -> str:
    found = _digits(re.sub(r"^\s*A", "", text, flags=re.IGNORECASE))
    if not 7 <= len(found) <= 9:
        raise ValueError("an A-Number has seven to nine digits")
    return found.zfill(9)


def _phone(text: str) -> str:
    found = _digits(text)
    if len(found) == 11 and found.startswith("1"):
        found = found[1:]
    if len(found) != 10 or (text.strip().startswith("+") and not re.match(r"\+\s*1", text.strip())):
        raise ValueError("the field takes a number of the United States with ten digits")
    return found


def _country(text: str) -> str:
    code = text if country.known(text) else country.parse(text)
    return country.name(code) if code else text


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("it is no number") from None


def _money(text: str) -> str:
    return f"{_amount(text):,.2f}"


def _number(text: str) -> str:
    return f"{_amount(text).normalize():f}"


def _year(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?", text):
        raise ValueError("it is no year")
    return text[:4]


_FORMATS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "upper": str.upper,
    "date": _date,
    "digits": _digits,
    "a-number": _a_number,
    "phone-us": _phone,
    "country": _country,
    "money": _money,
    "number": _number,
    "year": _year,
    "initial": lambda text: text[:1],
}
