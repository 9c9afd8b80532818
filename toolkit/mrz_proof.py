"""What the check digits of a zone prove of each of its values, and what they cannot tell apart. Pure.

A check digit (ICAO Doc 9303-3, 4.9) is a sum modulo ten, so it is blind to a character that is taken for one of the
same value modulo ten: 52 of the 666 pairs of the 37 characters, among them `6` and `G`, `1` and `L`, `8` and `S`, `<`
and `K`; no two digits. It is blind as well to two misread characters whose errors add up to nothing (`25` for `ZS` at
the head of a number). Which of these matter is a question of looks: only readings that a tired eye might make, of
characters that may stand in that place, count here. Names, nationality, issuing state, sex and document code are
covered by no check digit at all, except where a format has one over the whole line (the French card, the French driving
licence).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from toolkit import mrz_dates
from toolkit.mrz import Verified, Zone, agrees
from toolkit.mrz_layouts import FILLER, LAYOUTS, Check, Format, Span

_FIELDS = (
    "document_code", "issuing_state", "surname", "given_names", "document_number", "nationality", "birth_date", "sex",
    "expiry_date", "optional_data",
)  # fmt: skip
_SPOKEN = {
    "document_code": "document code",
    "issuing_state": "issuing state",
    "given_names": "given names",
    "document_number": "document number",
    "birth_date": "date of birth",
    "expiry_date": "expiry date",
    "optional_data": "optional data",
    "composite": "whole zone",
}
#: Characters of OCR-B, and of the print above it, that are taken for each other: often, and now and then.
_TWINS = ("0O", "0D", "0Q", "OD", "OQ", "1I", "1L", "IL", "2Z", "5S", "8B", "6G", "17", "38", "56", "68")
_COUSINS = ("8S", "3B", "4A", "7T", "1T", "IT", "DQ", "UV", "VY", "CG", "EF", "MN", "HN", "PR", "KX", "<K", "<C")
#: As many readings as a person will look at; those that change one character come first.
_MOST = 6

_DATES = ("birth_date", "expiry_date")

#: Line, place in it, and the character that may stand there.
_Swap: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Other:
    """Another reading of a value: its characters in the zone, and which were changed (`was` and what it may be)."""

    text: str
    changes: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"<Other {len(self.changes)} changes>"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one value of a zone stands: the check digits that cover it, its own first, and what they cannot tell from it.

    `others` are readings that look alike and that all the digits which agree now would accept as well; there may be
    more of them than are kept.
    """

    field: str
    checks: tuple[Verified, ...]
    others: tuple[Other, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether a check digit covers the value, and every one that does agrees."""
        return bool(self.checks) and all(check.valid for check in self.checks)

    @property
    def agreement(self) -> str:
        """Which check digits agree, in words: "its own check digit agrees"; empty where none does."""
        right = [check.field for check in self.checks if check.valid]
        return f"{_digits(self.field, right)} {'agree' if len(right) > 1 else 'agrees'}" if right else ""

    @property
    def blind(self) -> tuple[str, ...]:
        """The single characters that the digits cannot tell from what they may be: "6 from G"."""
        singles = (" from ".join(other.changes[0]) for other in self.others if len(other.changes) == 1)
        return tuple(dict.fromkeys(singles))

    @property
    def sentence(self) -> str:
        """What a person should know of this, in words that repeat no value but the characters in doubt."""
        name = _SPOKEN.get(self.field, self.field).capitalize()
        right = [check.field for check in self.checks if check.valid]
        wrong = [check.field for check in self.checks if not check.valid]
        if not self.checks:
            return f"{name}: no check digit covers it; only print elsewhere on the document can confirm it."
        if wrong:
            but = f", though {_digits(self.field, right)} agrees" if right else ""
            return f"{name}: {_digits(self.field, wrong)} does not agree{but}; compare it with the picture."
        agree = f"{name}: {self.agreement}"
        if not self.others:
            return f"{agree}; no likely misreading would pass."
        doubts = [
            " from ".join(" and ".join(side) for side in zip(*other.changes, strict=True)) for other in self.others
        ]
        return f"{agree}, but cannot tell {' or '.join(dict.fromkeys(doubts))}; compare it with the picture."

    def __repr__(self) -> str:
        return f"<Standing {self.field} {'proved' if self.proved else 'open'} {len(self.others)} others>"


def of(zone: Zone) -> tuple[Standing, ...]:
    """Return how each value that *zone* has stands, in the order of Doc 9303; values it lacks are left out."""
    return tuple(_standing(zone, name) for name in _FIELDS if getattr(zone, name))


def standing(zone: Zone, field: str) -> Standing:
    """Return how the value of *field* stands; one without a value, or without a place in the format, by nothing."""
    return _standing(zone, field) if getattr(zone, field) else Standing(field, ())


def _standing(zone: Zone, field: str) -> Standing:
    spans = _spans(zone, field)
    # The nationality of a French card is no place of the zone but follows from what the card is.
    if not spans:
        return Standing(field, ())
    layout = LAYOUTS[zone.format]
    valid = {check.field: check.valid for check in zone.checks}
    checks = tuple(Verified(check.name, valid[check.name]) for check in layout.covering(spans[0]))
    agreeing = [check for check in layout.checks if Verified(check.name, True) in checks]
    others = _others(zone, field, spans, agreeing) if agreeing else ()
    return Standing(field, checks, tuple(others))


def _spans(zone: Zone, field: str) -> tuple[Span, ...]:
    """Return the places of a value; a long document number goes on in another span."""
    layout = LAYOUTS[zone.format]
    name = "names" if field in ("surname", "given_names") and layout.span("names") else field
    further = {"document_number": "series_end", "optional_data": "optional_data_2"}.get(field, "")
    spans = [span for span in (layout.span(name), layout.span(further)) if span is not None]
    if field == "document_number" and len(zone.document_number) > 9 and zone.format in (Format.TD1, Format.TD2):
        optional = layout.span("optional_data")
        if optional is not None:
            spans.append(replace(optional, end=optional.start + len(zone.document_number) - 9))
    return tuple(spans)


def _others(zone: Zone, field: str, spans: Sequence[Span], agreeing: Sequence[Check]) -> Iterator[Other]:
    """Yield up to _MOST other readings that every digit of *agreeing* accepts, those with one change first."""
    swaps = _swaps(zone, spans, (*_TWINS, *_COUSINS))
    often = _swaps(zone, spans, _TWINS)
    pairs = ((one, two) for one, two in itertools.combinations(often, 2) if one[:2] != two[:2])
    found = 0
    for changes in itertools.chain(((swap,) for swap in swaps), pairs):
        lines = _changed(zone.lines, changes)
        text = "".join(span.of(lines) for span in spans)
        if _accepted(zone, lines, agreeing) and (field not in _DATES or _is_date(text)):
            yield Other(text, tuple((zone.lines[line][at], may) for line, at, may in changes))
            found += 1
            if found == _MOST:
                return


def _swaps(zone: Zone, spans: Sequence[Span], pairs: Sequence[str]) -> Iterator[_Swap]:
    """Yield what may stand in the places of a value, and in the one behind it, by the look-alikes of *pairs*."""
    for span in spans:
        text = span.of(zone.lines)
        for at, character in enumerate(text[: len(text.rstrip(FILLER)) + 1]):
            for pair in pairs:
                may = pair.replace(character, "", 1) if character in pair else ""
                if may and may in span.charset.value:
                    yield span.line, span.start + at, may


def _changed(lines: Sequence[str], changes: Sequence[_Swap]) -> list[str]:
    changed = list(lines)
    for line, at, may in changes:
        changed[line] = changed[line][:at] + may + changed[line][at + 1 :]
    return changed


def _accepted(zone: Zone, lines: Sequence[str], agreeing: Sequence[Check]) -> bool:
    layout = LAYOUTS[zone.format]
    return all(agrees(layout, check, lines) for check in agreeing)


def _is_date(text: str) -> bool:
    return bool(mrz_dates.centuries(text, today=date(2000, 1, 1)))


def _digits(field: str, checks: Sequence[str]) -> str:
    """Name check digits as those of *field* are spoken of."""
    named = [
        "its own check digit" if name == field else f"the check digit of the {_SPOKEN.get(name, name)}"
        for name in checks
    ]
    return " and ".join(named)
