"""Tax and register numbers by country: how each is written, which words stand before it, which check digit it carries.

The schemes are data (`kinds/receipt/tax_ids.toml`). A number is found by its prefix (`DE123456789`) or behind its label
(`NIP 123-45-67-819`); whether its check digit holds is told, never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.fields import check_digits
from toolkit.fields.calendar_words import fold, plain_digits
from toolkit.readers.money.labels import DATA

#: A number stands no further behind its label than this.
_FAR = 16
#: No number is longer, with the signs between its characters.
_LONGEST = 40
#: With fewer digits than this, no row holds a number of a business.
_FEWEST = 6
#: Between the characters of a number: one sign, or two spaces.
_BETWEEN = r"(?:[ .\-/]|\s\s)?"


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scheme of `tax_ids.toml`. `strict`: the signs between the characters must stand as in the shape."""

    country: str
    name: str
    shapes: tuple[str, ...]
    prefix: str = ""
    label: str | None = None
    register: bool = False
    strict: bool = False
    rule: str = ""
    weights: tuple[int, ...] = ()
    modulus: int = 0
    complement: bool = True
    zero: int = 0
    ten: int | None = None
    second: tuple[int, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether numbers of this scheme carry a check digit."""
        return bool(self.rule or self.weights)

    def holds(self, number: str) -> bool | None:
        """Whether the check digit of *number* (letters and digits, no prefix) holds; None where there is none."""
        if self.rule:
            return check_digits.RULES[self.rule](number)
        if not self.weights:
            return None
        digits = "".join(each for each in number if each.isdecimal())
        return check_digits.weighted(
            digits,
            self.weights,
            self.modulus,
            complement=self.complement,
            zero=self.zero,
            ten=self.ten,
            second=self.second,
        )


class Schemes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `tax_ids.toml`."""

    id: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A number of a scheme at `start`..`end` of the text; `valid` None where the scheme has no check digit."""

    scheme: Scheme
    written: str
    valid: bool | None
    labelled: bool
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<{self.scheme.country} {self.scheme.name} {self.start}..{self.end} {self.valid}>"


@dataclass(frozen=True, slots=True)
class _Search:
    scheme: Scheme
    bare: re.Pattern[str]
    prefixed: re.Pattern[str] | None
    label: re.Pattern[str] | None


@lru_cache(maxsize=4096)
def find(text: str) -> tuple[Scheduled, ...]:
    """Return the numbers of known schemes in *text*, one reading a place: a check digit that holds speaks first."""
    upper = plain_digits(text).upper()
    if len(upper) != len(text) or sum(each.isdecimal() for each in upper) < _FEWEST:
        return ()
    folded = fold(text)
    found = [each for search in _searches() for each in _matches(search, upper, folded)]
    found.sort(key=lambda each: (each.valid is not True, each.valid is False, not each.labelled, -len(each.written)))
    kept: list[Scheduled] = []
    for each in found:
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.start))


def _matches(search: _Search, upper: str, folded: str) -> Iterator[Scheduled]:
    if search.prefixed is not None and search.scheme.prefix[:2] in upper:
        for match in search.prefixed.finditer(upper):
            yield _scheduled(search.scheme, match, 0, labelled=False)
    if search.label is None:
        return
    if not search.scheme.label:
        for match in search.bare.finditer(upper):
            yield _scheduled(search.scheme, match, 0, labelled=False)
        return
    for label in search.label.finditer(folded):
        # Cut off behind the label, for a number may have lost its space: `NIP629-938-33-55`.
        rest = upper[label.end() : label.end() + _FAR + _LONGEST]
        behind = search.bare.search(rest)
        # Another number between the label and this one is what the label speaks of.
        if behind is not None and behind.start() <= _FAR and not re.search(r"\d{3}", rest[: behind.start()]):
            yield _scheduled(search.scheme, behind, label.end(), labelled=True)


def _scheduled(scheme: Scheme, match: re.Match[str], offset: int, *, labelled: bool) -> Scheduled:
    # `bare` leaves letters alone: only where the shape has a digit can an O be a nought.
    number = re.sub(r"[^0-9A-Z]", "", match["number"])
    return Scheduled(scheme, match[0], scheme.holds(number), labelled, offset + match.start(), offset + match.end())


@cache
def _searches() -> tuple[_Search, ...]:
    path = DATA / "tax_ids.toml"
    schemes = definitions.load(path, Schemes).id
    unknown = [each.rule for each in schemes if each.rule and each.rule not in check_digits.RULES]
    if unknown:
        raise DefinitionError(f"{path}: rule {unknown[0]!r} is none of {', '.join(sorted(check_digits.RULES))}")
    return tuple(_search(each) for each in schemes)


def _search(scheme: Scheme) -> _Search:
    number = "|".join(_pattern(shape, strict=scheme.strict) for shape in scheme.shapes)
    # A word may have lost its space behind a number: `PT502011475IC.S`.
    open_ended = all(shape[-1].isdecimal() for shape in scheme.shapes) and scheme.label != ""
    tail = r"(?![0-9A-Z]|[.,]\d)" if scheme.strict else r"(?!\d|[A-Z]\d)" if open_ended else r"(?![0-9A-Z])"
    prefix = _pattern(scheme.prefix, strict=False)
    return _Search(
        scheme,
        re.compile(rf"(?<![0-9A-Z]){f'(?:{prefix}[ .:-]{{0,2}})?' if prefix else ''}(?P<number>{number}){tail}"),
        re.compile(rf"(?<![0-9A-Z]){prefix}[ .:-]{{0,2}}(?P<number>{number}){tail}") if prefix else None,
        re.compile(scheme.label) if scheme.label is not None else None,
    )


def _pattern(shape: str, *, strict: bool) -> str:
    kinds = {"9": r"\d", "n": "[1-9]", "A": "[A-Z]", "X": r"[0-9A-Z]"}
    if strict:
        return "".join(kinds.get(each, re.escape(each)) for each in shape)
    return _BETWEEN.join(kinds.get(each, each) for each in shape if each.isalnum())
