"""Which country a receipt or invoice comes from, by all that is printed on it; settles currency and the order of dates.

The evidence is data (`kinds/receipt/countries.toml`); a country is named only when it is clearly ahead of all others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.fields import currency
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import DATA

_STRONG, _WEAK = 2.0, 1.0


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country of `countries.toml`."""

    currency: str
    former: str = ""
    since: str = ""
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


class Countries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `countries.toml`."""

    country: Mapping[str, Country]


@dataclass(frozen=True, slots=True)
class Place:
    """The country (empty when not clear) and how many points of evidence speak for it beyond the next one."""

    country: str
    currency: str
    lead: float
    former: str = ""
    since: str = ""

    def on(self, day: str) -> Place:
        """Return the place with the currency it had on that ISO *day*."""
        if not self.since:
            return self
        return replace(self, currency=self.currency if day >= self.since else self.former, former="", since="")

    @property
    def clear(self) -> bool:
        """Whether the evidence would do on its own."""
        return self.lead >= 2 * _STRONG and not self.former


@dataclass(frozen=True, slots=True)
class CurrencyReading:
    """The currency, its confidence, and what else it could be."""

    code: str
    confidence: float
    others: tuple[str, ...] = ()


@cache
def _countries() -> Mapping[str, Country]:
    return definitions.load(DATA / "countries.toml", Countries).country


@cache
def _evidence() -> Mapping[str, tuple[tuple[re.Pattern[str], float], ...]]:
    return {
        code: tuple((re.compile(p), w) for ps, w in ((each.strong, _STRONG), (each.weak, _WEAK)) for p in ps)
        for code, each in _countries().items()
    }


def _ranked(texts: Sequence[str]) -> list[tuple[str, float]]:
    """The countries with the evidence for them, the strongest first."""
    text = fold("\n".join(texts)).replace("ß", "ss")
    scores = {
        code: sum(weight for pattern, weight in patterns if pattern.search(text))
        for code, patterns in _evidence().items()
    }
    return sorted(scores.items(), key=lambda each: (-each[1], each[0]))


def place(texts: Sequence[str]) -> Place:
    """Weigh the evidence in the rows *texts*."""
    (best, score), (_, second), *_ = _ranked(texts)
    if score < _STRONG or score - second < _WEAK:
        return Place("", "", 0.0)
    country = _countries()[best]
    return Place(best, country.currency, score - second, country.former, country.since)


def candidates(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the currencies of all countries with any strong evidence, best first; for the reviewer."""
    ranked = (_countries()[code].currency for code, score in _ranked(texts) if score >= _STRONG)
    return tuple(dict.fromkeys(ranked))


def read_currency(texts: Sequence[str], beside_total: Sequence[str], found: Place) -> CurrencyReading | None:
    """Return the currency by the marks on the page and the country; None where nothing speaks. Never a default.

    *beside_total* are the currencies that the mark at the total can mean, when it has one.
    """
    settled, open_ = _marks(texts)
    if len(beside_total) == 1 and settled.get(beside_total[0]):
        return _agreeing(beside_total[0], settled, found)
    if settled:
        return _agreeing(settled.most_common(1)[0][0], settled, found)
    meant = set(beside_total) or set(open_)
    if meant and found.currency:
        if found.currency in meant:
            return CurrencyReading(found.currency, 0.93 if found.clear else 0.85)
        # The sign is not one of that country: `$` on a Malaysian till. Likely, yet nothing to vouch for.
        return CurrencyReading(found.currency, 0.75, tuple(sorted(meant))[:3])
    if found.currency:
        others = tuple(each for each in (found.former, *candidates(texts)) if each not in ("", found.currency))
        return CurrencyReading(found.currency, 0.92 if found.clear else 0.80, others[:3])
    return None


def _agreeing(code: str, settled: Counter[str], found: Place) -> CurrencyReading:
    others = tuple(each for each in settled if each != code)
    if not others:
        # A single mark could be an advertisement; the country or a second mark makes it sure.
        firm = settled[code] > 1 or found.currency == code
        against = found.clear and found.currency != code and settled[code] < 3
        return CurrencyReading(code, 0.80 if against else 0.97 if firm else 0.92)
    clear = settled[code] >= 3 * max(settled[each] for each in others) or found.currency == code
    return CurrencyReading(code, 0.92 if clear else 0.75, others)


def _marks(texts: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    settled: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    for text in texts:
        for mark in currency.marks(text):
            if mark.settles and _is_money(text, mark):
                settled[mark.currencies[0]] += 1
            elif len(mark.currencies) > 1 and re.search(r"\d", text[max(0, mark.start - 2) : mark.end + 3]):
                open_.update(mark.currencies)
    return settled, open_


def _is_money(text: str, mark: currency.Mark) -> bool:
    """Whether a sign or code stands by a number, in brackets, at the end of a heading or alone: not inside prose."""
    before, after = text[: mark.start].rstrip(" ("), text[mark.end :].lstrip(" ):.=")
    if not mark.text.isalpha():
        return True
    bracketed = text[mark.start - 1 : mark.start] in ("(", "[")
    return bracketed or before[-1:].isdigit() or after[:1].isdigit() or after[:1] in "-−" or not (before and after)
