"""Whether a contract amends another: which one, of which day, as its how-manieth amendment.

"Amendment No. 2 to the Employment Agreement dated 3 March 2024" is an amendment of an employment contract; a contract
that says how it may be amended is none. Only title and opening are asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.fields import dates
from toolkit.fields.calendar_words import ORDINALS
from toolkit.fields.dates import Order
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Amending:
    """What is amended: its title as printed, its date (ISO or empty), the amendment's number (or empty), and places."""

    title: str
    date: str
    number: str
    start: int
    end: int
    date_at: tuple[int, int] = (0, 0)

    def __repr__(self) -> str:
        return f"<Amending {self.start}..{self.end}>"


_TITLE_ROWS, _OPENING = 14, 2500
_NAMED = re.compile(
    r"(?:(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+)?"
    r"\b(?:amendment|addendum|amending\s+agreement|supplemental\s+agreement|variation\s+agreement|deed\s+of\s+variation|nachtrag"
    r"|änderungsvertrag|änderungsvereinbarung|zusatzvereinbarung|avenant|anexo|modificación)\b"
    r"(?:\s*(?:no\.?|number|nr\.?|n°|nº|#)?\s*(?P<number>\d{1,2}|[ivx]{1,4}|one|two|three|four|five|six)\b(?!\s*(?:day|month|year)))?",
    re.IGNORECASE,
)
_TO = re.compile(
    r"[\s,:\"()]*(?:and\s+(?:restatement|termination)\s+)?(?:to|of|zum|zur|au|al|du|del|amends|with\s+respect\s+to)\s+(?:the\s+|that\s+certain\s+|le\s+|el\s+)?"
    r"(?P<title>[^.;:()\"]{3,140}?(?:agreement|contract|letter|vertrag|vereinbarung|contrat|contrato|lease)\b)",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\b(?:that\s+certain|the)\s+(?P<title>(?:[\w&'/-]+\s+){0,7}?(?:agreement|contract|letter|lease))\b(?P<rest>[^.;]{0,320}?)"
    r"\b(?:dated|made|entered\s+into|effective|executed)\b(?:\s+(?:as\s+of|on|the))*\s*",
    re.IGNORECASE,
)
#: `the Agreement (this "Amendment") is made ...` dates the amendment.
_OF_ITSELF = re.compile(r"\(\s*(?:this|the)\b|\bthis\b|\bis\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:dated|of|vom|du|de\s+fecha|made\s+(?:on|as\s+of))\b(?:\s+as\s+of)?(?:\s+the)?\s*$", re.IGNORECASE
)
_NUMBERS = {word: str(number) for number, word in enumerate(("one", "two", "three", "four", "five", "six"), start=1)}
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}


def amending(prose: Prose, order: Order | None = None) -> Amending | None:
    """Return what the contract amends, by its title and opening; None when it is no amendment."""
    rows = prose.rows[:_TITLE_ROWS]
    if not rows:
        return None
    title_end = min(rows[-1].end, 900)
    named = next((match for match in _NAMED.finditer(prose.text, 0, title_end) if _is_title(prose, match)), None)
    if named is None:
        return None
    to = _TO.match(prose.text, named.end())
    every = _THAT.finditer(prose.text, named.end(), _OPENING)
    that = next((match for match in every if not _OF_ITSELF.search(match["rest"])), None)
    title = " ".join((to or that or {"title": ""})["title"].split())
    dated = _date_after(prose.text, to.end(), order) if to else None
    if dated is None and that is not None:
        dated = _date_at(prose.text, that.end(), order)
    start, end = named.start(), to.end() if to else named.end()
    if dated is None:
        return Amending(title, "", _number(named), start, end)
    value, at, stop = dated
    return Amending(title, value, _number(named), start, end, (at, stop))


def _is_title(prose: Prose, match: re.Match[str]) -> bool:
    """Whether the word stands in a heading: a short line that begins with it or with an ordinal, or one in capitals."""
    row = next((row for row in prose.rows[:_TITLE_ROWS] if row.start <= match.start() <= row.end), None)
    if row is None:
        return False
    line = prose.row_text(row)
    before = prose.text[row.start : match.start()].strip()
    heading = len(line) < 120 and not line.rstrip().endswith((",", ";"))
    opens = (
        not before
        or before.isupper()
        or re.fullmatch(r"(?:exhibit\s+[\d.]+|this|form\s+of)", before, re.IGNORECASE) is not None
    )
    return opens and (heading or match[0].isupper() or before.casefold() == "this")


def _number(named: re.Match[str]) -> str:
    if named["ordinal"]:
        return str(ORDINALS[named["ordinal"].casefold()])
    written = (named["number"] or "").casefold()
    return written if written.isdigit() else _NUMBERS.get(written, _ROMAN.get(written, ""))


def _date_after(text: str, at: int, order: Order | None) -> tuple[str, int, int] | None:
    # Up to where the amendment begins to speak of itself.
    window = re.split(r"\bthis\b|\(", text[at : at + 160], maxsplit=1, flags=re.IGNORECASE)[0]
    for found in dates.find(window, order):
        if found.value and _DATED.search(window[: found.start]):
            return found.value, at + found.start, at + found.end
        return None
    return None


def _date_at(text: str, at: int, order: Order | None) -> tuple[str, int, int] | None:
    found = next(iter(dates.find(text[at : at + 60], order)), None)
    if found is None or found.value is None or found.start > 3:
        return None
    return found.value, at + found.start, at + found.end
