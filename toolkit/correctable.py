"""Which fields a paper of a kind can have, and whether what a person gives for one is a value of its type.

Knows kinds and types of values; knows no record and no vault. Messages never hold what was given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from toolkit import definitions
from toolkit.errors import InputError, UnknownNameError
from toolkit.fields import country
from toolkit.fields.currency import CODES, FORMER
from toolkit.fields.money import formatted
from toolkit.kind import Family, kinds
from toolkit.model import Value
from toolkit.phrasing import minor_units, printable
from toolkit.readers.money import category

_LONGEST, _MOST = 500, 500
_AMOUNT = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)(?: ([A-Z]{3}))?")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_MONEY = frozenset({"money", "price"})
#: Types of a kind.toml that are written as any text.
_AS_TEXT = frozenset({"person", "duration"})
#: Types whose values are typed at a prompt; tables and lists come in a file.
_IN_A_FILE = frozenset({"rows", "texts"})


class _Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of fields by the type of their values."""

    text: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = {}

    def types(self) -> dict[str, FieldType]:
        """Return the type of each field, in the order in which they are listed."""
        known = {
            name: FieldType(name, listed)
            for listed in self.__struct_fields__
            if listed != "choices"
            for name in getattr(self, listed)
        }
        known |= {name: FieldType(name, "choice", choices) for name, choices in self.choices.items()}
        return {
            name: FieldType(name, "choice", category.names()) if each.type == "category" else each
            for name, each in known.items()
        }


class _Correctable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `correctable.toml`."""

    money_paper: _Family
    contract: _Family
    travel_document: _Family
    patterns: _Family
    bank_statement: _Family
    rows: Mapping[str, _Family] = {}

    def family(self, name: Family) -> _Family:
        """Return the fields of a family of readers."""
        found: _Family = getattr(self, name, self.patterns)
        return found


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field's name, the type of its values, and the only values it can have where they are listed."""

    name: str
    type: str
    choices: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        """Whether its value is an amount, which has a currency beside it."""
        return self.type in _MONEY

    @property
    def is_currency(self) -> bool:
        """Whether its value is the currency of the paper's amounts."""
        return self.type == "currency"

    @property
    def needs_file(self) -> bool:
        """Whether its value is a list or a table, which is given in a file and not at a prompt."""
        return self.type in _IN_A_FILE

    @property
    def written(self) -> str:
        """How its value is written, in a few words; empty for any text."""
        return f"one of {', '.join(self.choices)}" if self.choices else _WRITTEN.get(self.type, "")


@dataclass(frozen=True, slots=True)
class Given:
    """A value that fits its field, normalised; `currency` where it was written beside an amount."""

    value: Value = field(repr=False)
    currency: str | None = None


def field_types(kind: str) -> Mapping[str, FieldType]:
    """Return every field that a paper of *kind* can be given, by name: what is expected first.

    Raises UnknownNameError for a kind that has no fields.
    """
    if kind not in kinds():
        raise UnknownNameError(
            "The paper is of no known kind, so it has no fields.",
            remedy="Say what it is first: mobility settle DOCUMENT --kind KIND",
        )
    return _field_types(kind)


def given_value(known: FieldType, given: object) -> Given:
    """Return what a person gave for a field as a value of its type. Raises InputError that says how it is written."""
    return _CHECKS[known.type](known, given)


@cache
def _definitions() -> _Correctable:
    return definitions.load(Path(__file__).parent / "correctable.toml", _Correctable)


@cache
def _field_types(name: str) -> Mapping[str, FieldType]:
    kind = kinds()[name]
    known = _definitions().family(kind.reader).types()
    for each, pattern in kind.fields.items():
        known.setdefault(each, FieldType(each, "text" if pattern.type in _AS_TEXT else pattern.type))
    # A field that only an expectation names is read by code of its own; its value is written as any text.
    expected = {each: known.get(each, FieldType(each, "text")) for each in kind.expects}
    return MappingProxyType(expected | known)


def _wrong(known: FieldType) -> InputError:
    return InputError(f"{known.name}: this is not {known.written or 'a text'}.", remedy=_REMEDIES.get(known.type, ""))


def _plain(known: FieldType, given: object) -> str:
    """Return *given* as one clean text: a day or a whole number of a TOML file may stand without quotation marks."""
    if type(given) is date:
        return given.isoformat()
    if type(given) is int:
        return str(given)
    if not isinstance(given, str):
        raise InputError(f"{known.name}: write the value in quotation marks.")
    text = given.strip()
    if not text or len(text) > _LONGEST or printable(text) != text:
        raise InputError(f"{known.name}: a text of 1 to {_LONGEST} printable characters is wanted.")
    return text


def _text(known: FieldType, given: object) -> Given:
    return Given(_plain(known, given))


def _date(known: FieldType, given: object) -> Given:
    text = _plain(known, given)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong(known) from None
    if day.isoformat() != text:
        raise _wrong(known)
    return Given(text)


def _time(known: FieldType, given: object) -> Given:
    return _matching(known, given, _TIME)


def _number(known: FieldType, given: object) -> Given:
    return _matching(known, given, _NUMBER)


def _matching(known: FieldType, given: object, shape: re.Pattern[str]) -> Given:
    text = _plain(known, given)
    if not shape.fullmatch(text):
        raise _wrong(known)
    return Given(text)


def _choice(known: FieldType, given: object) -> Given:
    text = _plain(known, given)
    meant = next((each for each in known.choices if each.casefold() == text.casefold()), None)
    if meant is None:
        raise _wrong(known)
    return Given(meant)


def _currency(known: FieldType, given: object) -> Given:
    code = _plain(known, given).upper()
    # An old paper may well be in marks or francs.
    if code not in CODES | FORMER:
        raise _wrong(known)
    return Given(code)


def _country(known: FieldType, given: object) -> Given:
    code = country.icao(_plain(known, given).upper())
    if not country.known(code):
        raise _wrong(known)
    return Given(code)


def _money(known: FieldType, given: object) -> Given:
    found = _AMOUNT.fullmatch(_plain(known, given))
    if found is None or (found[2] and found[2] not in CODES | FORMER):
        raise _wrong(known)
    return Given(formatted(Decimal(found[1])), found[2])


def check_minor_units(known: FieldType, amount: str, code: str) -> None:
    """Raise InputError where *amount* has more decimals than the currency *code* (ISO 4217); prices may be finer."""
    if known.type == "money" and Decimal(amount) != round(Decimal(amount), minor_units(code)):
        places = minor_units(code) or "no"
        raise InputError(
            f"{known.name}: an amount in {code} has {places} decimals.",
            remedy="Check the amount; where the currency is wrong, give it as well.",
        )


def _texts(known: FieldType, given: object) -> Given:
    if not isinstance(given, Sequence) or isinstance(given, str) or not 0 < len(given) <= _MOST:
        raise _wrong(known)
    return Given(tuple(_plain(known, each) for each in given))


def _rows(known: FieldType, given: object) -> Given:
    cells = _definitions().rows[known.name].types()
    if not isinstance(given, Sequence) or isinstance(given, str) or not 0 < len(given) <= _MOST:
        raise _wrong(known)
    return Given(tuple(_row(known, cells, number, each) for number, each in enumerate(given, start=1)))


def _row(known: FieldType, cells: Mapping[str, FieldType], number: int, given: object) -> Mapping[str, str]:
    place = f"{known.name}: row {number}"
    if not isinstance(given, Mapping) or not given:
        raise InputError(f"{place}: this is no row.", remedy=_REMEDIES[known.type])
    strange = [name for name in given if name not in cells]
    if strange:
        raise InputError(f"{place}: there is no {printable(strange[0])[:40]}.", remedy=f"Known: {', '.join(cells)}.")
    row: dict[str, str] = {}
    for name, value in given.items():
        try:
            row[name] = str(given_value(cells[name], value).value)
        except InputError as problem:
            raise InputError(f"{place}: {problem.message}", remedy=problem.remedy) from None
    return row


_Check: TypeAlias = Callable[[FieldType, object], Given]
_CHECKS: Mapping[str, _Check] = {
    "text": _text,
    "texts": _texts,
    "date": _date,
    "time": _time,
    "money": _money,
    "price": _money,
    "number": _number,
    "currency": _currency,
    "country": _country,
    "choice": _choice,
    "rows": _rows,
}
_WRITTEN: Mapping[str, str] = {
    "texts": 'a list of texts, as ["...", "..."]',
    "date": "a day as 2027-01-31",
    "time": "a time of day as 18:05",
    "money": "an amount as 1234.50",
    "price": "an amount as 1234.50",
    "number": "a number as 1234.5",
    "currency": "an ISO 4217 code as EUR",
    "country": "a country's code of ICAO 9303 as FRA",
    "rows": 'a list of rows, as [{name = "..."}, ...]',
}
_REMEDIES: Mapping[str, str] = {
    "date": "Write year, month and day (ISO 8601).",
    "money": "Write digits with a point before the decimals and nothing between thousands; EUR may stand behind it.",
    "price": "Write digits with a point before the decimals and nothing between thousands.",
    "currency": "Write the three-letter code; a sign such as $ can mean many currencies.",
    "country": "Write the three-letter code; Germany is D.",
    "rows": "The guide docs/guides/correct-a-value.md shows one.",
}
