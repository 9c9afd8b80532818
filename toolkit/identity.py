"""Whether two papers are about one person: names, dates of birth, numbers, and papers that bridge a change of name.

Conservative: siblings are different, twins and a one-letter slip are unsure, a father and a son of one name are told
apart by their dates. Every answer has its reasons in words that repeat no value, and the readings that differ, each
with its place, for a person to look at. Comparing is not identifying: "same" says that the papers agree.
Pure; knows records and people of a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from toolkit.identity_names import NameMatch, Verdict, match_names, slip
from toolkit.model import Field, Method, Person, Record, Source

__all__ = [
    "Bridge",
    "Identity",
    "Match",
    "Verdict",
    "bridges",
    "identity_of",
    "match",
    "match_names",
    "mismatches",
    "of_person",
]

#: Fields with a whole name of whom the paper is about, in the order in which they are asked.
_WHOLE = ("holder", "full_name", "employee", "account_holder", "new_name")
_FORMER = ("birth_name", "maiden_name", "former_name", "name_at_birth")
_NUMBERS = ("document_number", "personal_number", "national_id")
#: Papers about several people, and about one who is not the case's person (the translator).
_ABOUT_SEVERAL = frozenset({"marriage-certificate", "divorce-decree", "custody-consent", "translation-certificate"})
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


class _Days(StrEnum):
    """How two dates of birth stand to each other."""

    UNKNOWN = "unknown"
    SAME = "same"
    PART = "part"
    CLOSE = "close"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a paper says it is about; what it does not say is None."""

    name: Field | None = None
    former: Field | None = None
    birth_date: Field | None = None
    sex: Field | None = None
    numbers: tuple[Field, ...] = ()

    def __repr__(self) -> str:
        return f"<Identity {'named' if self.name else 'without a name'}, {len(self.numbers)} numbers>"


@dataclass(frozen=True, slots=True)
class Bridge:
    """A paper that shows that a name became another one: a marriage, a deed. `name` and `became` are its readings."""

    name: Field
    became: Field
    paper: str


@dataclass(frozen=True, slots=True)
class Match:
    """Whether two identities are one person's, why, and the readings that differ, those of the first paper first."""

    verdict: Verdict
    reasons: tuple[str, ...]
    readings: tuple[tuple[Field, Field], ...] = ()

    def __bool__(self) -> bool:
        return self.verdict is Verdict.SAME


def identity_of(record: Record) -> Identity:
    """Return whom the paper is about, as read: its holder, or the surname and given names on it."""
    surname, given = record.get("surname"), record.get("given_names")
    name = None
    if surname is not None and isinstance(surname.value, str):
        name = surname
        if given is not None and isinstance(given.value, str):
            value = f"{given.value} {surname.value}"
            name = Field("full_name", value, min(given.confidence, surname.confidence), surname.source, surname.proof)
    whole = next((field for n in _WHOLE if (field := record.get(n)) is not None and isinstance(field.value, str)), None)
    former = next((field for n in _FORMER if (field := record.get(n)) is not None), None)
    numbers = tuple(field for n in _NUMBERS if (field := record.get(n)) is not None)
    return Identity(name or whole, former, record.get("birth_date"), record.get("sex"), numbers)


def of_person(person: Person) -> Identity:
    """Return a person of a case as an identity, as typed in."""
    source = Source("", None, None, Method.PERSON)
    born = Field("birth_date", person.birth_date, 1.0, source) if person.birth_date else None
    return Identity(Field("full_name", f"{person.given_names} {person.surname}".strip(), 1.0, source), None, born)


def bridges(records: Sequence[Record]) -> tuple[Bridge, ...]:
    """Return what marriage certificates and deeds among *records* say of changed names, surely read ones only.

    Who marries may take the other's surname, or both: each spouse's given names with the other's name are a bridge.
    """
    found: list[Bridge] = []
    for record in records:
        if record.kind == "name-change":
            found += _between(record.get("former_name"), record.get("new_name"), record)
        elif record.kind == "marriage-certificate":
            spouses = record.get("spouse_1"), record.get("spouse_2")
            family = record.get("family_name")
            for one, other in (spouses, spouses[::-1]):
                found += _married(one, family or other, record)
    return tuple(found)


def _between(old: Field | None, new: Field | None, record: Record) -> Iterator[Bridge]:
    if old is not None and new is not None and old.sure and new.sure and old.value != new.value:
        yield Bridge(old, new, record.document)


def _married(one: Field | None, other: Field | None, record: Record) -> Iterator[Bridge]:
    """Yield the name of *one* and that name with all parts of *other*: which of them are borne, no certificate says."""
    if one is not None and other is not None and one.sure and other.sure:
        value = f"{one.value} {other.value}"
        yield Bridge(
            one, Field("full_name", value, min(one.confidence, other.confidence), other.source), record.document
        )


def match(one: Identity, other: Identity, bridging: Sequence[Bridge] = ()) -> Match:
    """Tell whether *one* and *other* are the same person; *bridging* has changes of names that papers prove."""
    if one.name is None or other.name is None:
        return Match(Verdict.UNSURE, ("a name is missing",))
    names = _names(one, other)
    days, day_reason = _days(one.birth_date, other.birth_date)
    number, number_reason = _numbers(one, other)
    reasons = [*names.reasons, *filter(None, (day_reason, number_reason))]
    readings = tuple(_differing(one, other, days))
    verdict = _verdict(names, days, number)
    bridge = _bridged(one, other, bridging) if verdict is not Verdict.SAME else None
    if bridge is not None and days not in (_Days.OTHER, _Days.CLOSE):
        verdict = Verdict.SAME if days is _Days.SAME or number else Verdict.UNSURE
        reasons.append(
            f"document {bridge.paper} shows that the name changed" if bridge.paper else "a change of name is shown"
        )
    if verdict is Verdict.SAME and _otherwise(one.sex, other.sex):
        verdict = Verdict.UNSURE
        reasons.append("the sex is another one")
    return Match(verdict, tuple(reasons), readings)


def mismatches(reference: Identity, records: Sequence[Record]) -> tuple[tuple[Record, Match], ...]:
    """Return the papers that name somebody who is not surely *reference*, each with its match; *records* may bridge.

    A paper that names several people (a marriage certificate) is about both; a paper without a name says nothing.
    """
    bridging = bridges(records)
    found = []
    for record in records:
        one = identity_of(record)
        if one.name is None or record.kind in _ABOUT_SEVERAL:
            continue
        told = match(reference, one, bridging)
        if told.verdict is not Verdict.SAME:
            found.append((record, told))
    return tuple(found)


def _names(one: Identity, other: Identity) -> NameMatch:
    """Match the names as they stand, and where they differ with the earlier name that a paper gives beside."""
    first, second = str(one.name.value if one.name else ""), str(other.name.value if other.name else "")
    best = match_names(first, second)
    if best.verdict is Verdict.SAME or not (one.former or other.former):
        return best
    first, second = (
        f"{name} née {former.value}" if former is not None else name
        for name, former in ((first, one.former), (second, other.former))
    )
    beside = match_names(first, second)
    return beside if beside.verdict is not Verdict.DIFFERENT else best


def _verdict(names: NameMatch, days: _Days, number: bool) -> Verdict:
    if names.verdict is Verdict.DIFFERENT:
        if number or (names.shared and days is _Days.SAME):
            return Verdict.UNSURE
        return Verdict.DIFFERENT
    if days is _Days.OTHER:
        return Verdict.UNSURE if number else Verdict.DIFFERENT
    if days is _Days.CLOSE:
        return Verdict.UNSURE
    if names.verdict is Verdict.SAME:
        return Verdict.SAME
    return Verdict.SAME if names.corroborable and (days is _Days.SAME or number) else Verdict.UNSURE


def _days(one: Field | None, other: Field | None) -> tuple[_Days, str]:
    """Compare two dates of birth, whole or in part; a 1 January often stands for a day that nobody knew."""
    if one is None or other is None:
        return _Days.UNKNOWN, ""
    first, second = _parts(str(one.value)), _parts(str(other.value))
    if not first or not second:
        return _Days.UNKNOWN, ""
    if first == second and len(first) == 3:
        return _Days.SAME, "born on the same day"
    common = min(len(first), len(second))
    if first[:common] == second[:common]:
        return _Days.PART, "the dates of birth agree as far as both go"
    if len(first) == len(second) == 3 and first[0] == second[0] and first[1:] == second[:0:-1]:
        return _Days.CLOSE, "day and month of birth have changed places"
    if first[:1] == second[:1] and ("01", "01") in (first[1:], second[1:]):
        return _Days.CLOSE, "one date of birth is a 1 January, which may stand for an unknown day"
    if slip("".join(first[:common]), "".join(second[:common])):
        return _Days.CLOSE, "the dates of birth differ in one digit"
    if not (one.sure and other.sure):
        return _Days.CLOSE, "the dates of birth differ, and one was not read for sure"
    return _Days.OTHER, "the dates of birth differ"


def _parts(value: str) -> tuple[str, ...]:
    """Return year, month and day as far as they are known ("1990-05-00" has no day)."""
    found = _ISO.fullmatch(value)
    if found is None:
        return ()
    known = [part for part in found.groups() if part]
    while known and not int(known[-1]):
        known.pop()
    return tuple(known)


def _numbers(one: Identity, other: Identity) -> tuple[bool, str]:
    """Whether both papers bear the same number of a person or document; other numbers say nothing (renewals)."""
    for first in one.numbers:
        for second in other.numbers:
            if first.name != second.name:
                continue
            plain = [re.sub(r"[\W_]", "", str(field.value)).upper() for field in (first, second)]
            if plain[0] == plain[1] and len(plain[0]) >= 5:
                return True, f"the same {first.name.replace('_', ' ')}"
            if len(plain[0]) >= 5 and slip(*plain):
                return False, f"the {first.name.replace('_', ' ')}s differ in one character"
    return False, ""


def _differing(one: Identity, other: Identity, days: _Days) -> Iterator[tuple[Field, Field]]:
    """Yield the readings that are not the same, for a finding with both and their places."""
    if one.name is not None and other.name is not None and str(one.name.value).upper() != str(other.name.value).upper():
        yield one.name, other.name
    if one.birth_date is not None and other.birth_date is not None and days in (_Days.CLOSE, _Days.OTHER, _Days.PART):
        yield one.birth_date, other.birth_date
    if one.sex is not None and other.sex is not None and _otherwise(one.sex, other.sex):
        yield one.sex, other.sex
    for first in one.numbers:
        for second in other.numbers:
            if first.name == second.name and slip(str(first.value), str(second.value)):
                yield first, second


def _otherwise(one: Field | None, other: Field | None) -> bool:
    """Whether two sexes are surely another (F, M); X and what is unsure contradict nothing."""
    if one is None or other is None or not (one.sure and other.sure):
        return False
    return {str(one.value), str(other.value)} == {"F", "M"}


def _bridged(one: Identity, other: Identity, bridging: Sequence[Bridge]) -> Bridge | None:
    """Return the change of name that leads from one of the two names to the other."""
    for bridge in bridging:
        for old, new in ((one.name, other.name), (other.name, one.name)):
            if old is None or new is None:
                continue
            before = match_names(str(bridge.name.value), str(old.value))
            if before.verdict is Verdict.DIFFERENT or before.shared:
                continue
            after = match_names(str(bridge.became.value), str(new.value))
            if after.verdict is not Verdict.DIFFERENT:
                return bridge
    return None
