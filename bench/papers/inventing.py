"""Fills the holes of a wording with invented people, places, days, sums and numbers, and keeps what they really are.

A hole is `{name}`, `{name:how}` or `{name=sum}`; a name keeps its value through the whole paper:

    {holder} {second} {child} {father} {mother} {official}      people; also _given, _surname, _salute, _street, _city
    {company} {other_company}                                   employers; also _street, _city
    {issue_date} {birth_date} {any_date:+30..+90}               days as the country writes them; `how`: from issue
    {salary:$3000..5000} {fee:c10..90} {net=gross-tax}          whole sums, sums with cents, sums of sums
    {number:AB######@@} {weeks:4..26} {degree:one~other}        digits for #, letters for @; a number; one of several
    {country} {nationality} {home} {city} {year}                of the issuer, of the holder, of the paper

`|upper` after a hole writes it in capitals, `|cap` its first letter. A name that begins with x is made anew each time
and is no truth.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
_HOLE = re.compile(r"\{(\w+)(?:([:=])((?:[^{}|]|\{[^{}]*\})*))?(\|upper|\|cap)?\}")
#: Parts alternatives, but not those of a hole within one of them.
_OTHERS = re.compile(r"~(?![^{}]*\})")
_SPAN = re.compile(r"([-+]?\d+)\.\.([-+]?\d+)")
#: Days from the day of issue, by the name of a date; others say so in the hole.
_DAYS = {
    "issue_date": (0, 0),
    "birth_date": (-20000, -8200),
    "child_birth_date": (-5000, -400),
    "second_birth_date": (-20000, -8200),
    "expiry_date": (360, 1800),
    "start_date": (-2900, -500),
    "end_date": (-60, -8),
    "award_date": (-4200, -200),
    "marriage_date": (-5400, -400),
    "from_date": (30, 60),
    "to_date": (66, 88),
    "effective_date": (14, 60),
    "hearing_date": (10, 40),
    "passport_expiry_date": (500, 2500),
    "period_start": (-96, -92),
    "period_end": (-6, -2),
}
_SALUTES = {
    "en": ("Ms", "Mr"),
    "de": ("Frau", "Herr"),
    "fr": ("Madame", "Monsieur"),
    "es": ("D.ª", "D."),
    "it": ("Sig.ra", "Sig."),
    "nl": ("mevrouw", "de heer"),
    "pt": ("Sra.", "Sr."),
    "pl": ("Pani", "Pan"),
    "tr": ("Sayın", "Sayın"),
    "ja": ("", ""),
}
_ROLES = ("holder", "second", "child", "other", "father", "mother", "official", "registrar", "witness")
#: What a sum is multiplied by, so that it is a likely one in its currency.
_LEVEL = {"INR": 22, "JPY": 110, "MXN": 9, "TRY": 14, "PLN": 3, "BRL": 3}
_GROUPS = {
    "en": ",",
    "de": ".",
    "fr": "\u00a0",
    "es": ".",
    "it": ".",
    "nl": ".",
    "pt": ".",
    "pl": "\u00a0",
    "tr": ".",
    "ja": ",",
}
_ENGLISH_MONEY = ("MEX", "CHE", "IND", "JPN")
_MONTHS_SHORT = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@cache
def places() -> Mapping[str, Any]:
    """The people and countries of `places.toml`."""
    return tomllib.loads((HERE / "places.toml").read_text("utf-8"))


def hows_of(texts: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """How the holes of *texts* are filled, of those that say it; the first to say it counts."""
    found: dict[str, tuple[str, str]] = {}
    for hole in (hole for text in texts for hole in _HOLE.finditer(text)):
        if hole[2] and not hole[1].startswith("x"):
            found.setdefault(hole[1], (hole[2], hole[3]))
    return found


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    given: str
    surname: str
    female: bool
    country: str
    family_first: bool = False

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given}" if self.family_first else f"{self.given} {self.surname}"


@dataclass(slots=True)
class Invented:
    """All that one paper says of its invented world. The same generator state gives the same values."""

    rng: np.random.Generator
    language: str
    country: str
    said: dict[str, str] = field(default_factory=dict)
    truth: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    #: How a hole is filled that says it elsewhere in the paper: name to mark and how.
    hows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    pattern: str = ""

    def __post_init__(self) -> None:
        self.pattern = self.pick(self.place["dates"])
        self.days["issue_date"] = date(2023, 1, 9) + timedelta(days=int(self.rng.integers(1350)))

    @property
    def place(self) -> Mapping[str, Any]:
        """The issuer's country."""
        found: Mapping[str, Any] = places()["country"][self.country]
        return found

    def pick(self, some: Sequence[Any]) -> Any:
        return some[int(self.rng.integers(len(some)))]

    def filled(self, text: str) -> str:
        """*text* without its holes; raises ValueError for a hole that nothing is known of."""
        return _HOLE.sub(self._fill, text)

    def _fill(self, found: re.Match[str]) -> str:
        name, mark, how, case = found.groups()
        if not mark:
            mark, how = self.hows.get(name, ("", ""))
        if name not in self.said or name.startswith("x"):
            self.said[name] = self._made(name, mark or "", how or "")
        said = self.said[name]
        return said.upper() if case == "|upper" else said[:1].upper() + said[1:] if case else said

    def _made(self, name: str, mark: str, how: str) -> str:
        if mark == "=":
            return self.money(name, self._reckoned(how))
        if name.endswith("_date") or name in _DAYS:
            return self._day(name, how)
        if how[:1] in ("$", "c") and _SPAN.search(how):
            return self._sum(name, how)
        if "~" in how:
            return self._kept(name, self.filled(self.pick(_OTHERS.split(how))))
        if "#" in how or "@" in how:
            return self._kept(name, self.digits(self.filled(how)))
        span = _SPAN.fullmatch(how)
        if span:
            return self._kept(name, str(int(self.rng.integers(int(span[1]), int(span[2]) + 1))))
        if how:
            return self._kept(name, self.filled(how))
        return self._known(name)

    def _kept(self, name: str, value: str) -> str:
        self.truth[name] = value
        return value

    def digits(self, pattern: str) -> str:
        letters, figures = "ABCDEFGHJKLMNPRSTVWXYZ", "0123456789"
        return "".join(self.pick(figures) if c == "#" else self.pick(letters) if c == "@" else c for c in pattern)

    # --- days and sums

    def _day(self, name: str, how: str) -> str:
        if name not in self.days:
            span = _SPAN.fullmatch(how)
            if not span and name not in _DAYS:
                raise ValueError(f"when is {name}?")
            first, last = (int(span[1]), int(span[2])) if span else _DAYS[name]
            self.days[name] = self.days["issue_date"] + timedelta(days=int(self.rng.integers(first, last + 1)))
        self.truth[name] = self.days[name].isoformat()
        return self.written(self.days[name])

    def written(self, day: date, pattern: str = "") -> str:
        """*day* as the paper writes its days."""
        month = places()["months"][self.language].split()[day.month - 1]
        short = _MONTHS_SHORT[day.month - 1]
        values = {"d": day.day, "dd": f"{day.day:02d}", "m": day.month, "mm": f"{day.month:02d}", "y": day.year}
        shape = str(pattern or self.pattern)
        if ("{mon}" in shape and self.language != "en") or ("年" in shape and self.language != "ja"):
            shape = "{d} {month} {y}"
        return shape.format(month=month, mon=short, **values)

    def _sum(self, name: str, how: str) -> str:
        span = _SPAN.search(how)
        assert span is not None
        level = _LEVEL.get(self.place["currency"], 1)
        first, last = int(span[1]) * level, int(span[2]) * level
        value = Decimal(int(self.rng.integers(first, last + 1)))
        if how[0] == "c" and self.place["currency"] != "JPY":
            value += Decimal(int(self.rng.integers(100))) / 100
        elif last >= 2000:
            value = (value // 50) * 50
        return self.money(name, value)

    def _reckoned(self, how: str) -> Decimal:
        total = Decimal(0)
        for sign, term in re.findall(r"([-+]?)([\w.*]+)", how):
            name, _, factor = term.partition("*")
            self.filled(f"{{{name}}}")
            value = self.sums[name] * Decimal(factor or 1)
            total += -value if sign == "-" else value
        return total.quantize(Decimal("0.01"))

    def money(self, name: str, value: Decimal) -> str:
        """Keep a sum under *name* and return it as printed."""
        self.sums[name] = value
        self.truth[name], self.truth[f"{name}_currency"] = f"{value:.2f}", self.place["currency"]
        return str(self.place["money"]).format(self.figures(value))

    def figures(self, value: Decimal) -> str:
        """A sum as the country writes it, without its currency."""
        whole, _, cents = f"{abs(value):.2f}".partition(".")
        english = self.language == "en" or self.country in _ENGLISH_MONEY
        group = "'" if self.country == "CHE" else "," if english else _GROUPS[self.language]
        tail, size = whole[-3:], 2 if self.country == "IND" else 3
        rest = whole[:-3]
        while rest:
            tail, rest = f"{rest[-size:]}{group}{tail}", rest[:-size]
        printed = tail if self.place["currency"] == "JPY" else f"{tail}{'.' if english else ','}{cents}"
        return f"-{printed}" if value < 0 else printed

    # --- people and places

    def person(self, role: str) -> Person:
        """Who plays *role* in this paper; holders may come from anywhere, officials from the issuer's country."""
        if role not in self.people:
            country = self.country
            if role == "holder" and self.language != "ja" and self.rng.random() < 0.45:
                country = str(self.pick([name for name in places()["country"] if name != "JPN"]))
            elif role not in ("holder", "official", "registrar", "witness") and "holder" in self.people:
                country = self.people["holder"].country
            self.people[role] = self._someone(role, country)
        return self.people[role]

    def _someone(self, role: str, country: str) -> Person:
        group = self.pick(places()["country"][country]["people"])
        group = "jr" if group == "ja" and self.language != "ja" else group
        of = places()["people"][group]
        female = {"father": False, "mother": True}.get(role, bool(self.rng.random() < 0.5))
        family = {"child": "holder", "father": "holder"}.get(role)
        surname = self.people[family].surname if family in self.people else self.pick(of["surnames"])
        given = self.pick(of["female" if female else "male"])
        return Person(given, surname, female, country, bool(of.get("family_first")))

    def _known(self, name: str) -> str:
        if name in ("city", "year", "currency"):
            return {
                "city": self.pick(self.place["cities"]),
                "year": str(self.days["issue_date"].year),
                "currency": self.place["currency"],
            }[name]
        if name == "country":
            self.truth[name] = self.country
            return self._named(self.country)
        if name in ("nationality", "home"):
            country = self.person("holder").country
            self.truth["nationality"] = country
            return self._named(country, "nationality") if name == "nationality" else self._named(country)
        role, _, part = name.rpartition("_")
        if part in ("street", "city", "address", "given", "surname", "salute", "he", "his", "him", "country") and role:
            return self._part(role, part)
        if name.endswith("company"):
            return self._company(name)
        if name not in _ROLES:
            raise ValueError(f"what is {name}?")
        return self._kept(name, self.person(name).name)

    def _company(self, name: str) -> str:
        country = self.country
        if name.startswith(("other", "home")):
            country = self.pick([each for each in places()["country"] if each not in ("JPN", self.country)])
        self.said[f"{name}_country"] = self._named(country)
        self.said[f"{name}_city"] = self._town(country)
        return self._kept(name, str(self.pick(places()["country"][country]["companies"])))

    def _named(self, country: str, what: str = "name") -> str:
        names = places()["country"][country][what]
        return str(names.get(self.language) or names["en"])

    def _town(self, country: str) -> str:
        of = places()["country"][country]
        return self.digits(str(of["postcodes"])).format(city=self.pick(of["cities"]))

    def _part(self, role: str, part: str) -> str:
        if part in ("street", "city", "address"):
            street, town = self.pick(self.place["streets"]), self._town(self.country)
            return f"{street}, {town}" if part == "address" else street if part == "street" else town
        who = self.person(role)
        if part in ("given", "surname"):
            return self._kept(f"{role}_{part}", who.given if part == "given" else who.surname)
        if part == "country":
            return self._named(who.country)
        words = {"salute": _SALUTES[self.language], "he": ("she", "he"), "his": ("her", "his"), "him": ("her", "him")}
        return words[part][0 if who.female else 1]
