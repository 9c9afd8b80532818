"""How dates and money are written for a reader of a given language. Pure text; the machine's locale plays no part."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from toolkit.fields.currency import MINOR_UNITS

_ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_GERMAN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
_FRENCH = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Language:
    months: tuple[str, ...]
    date: str
    thousands: str
    point: str
    money: str


_LANGUAGES = {
    "en-GB": _Language(_ENGLISH, "{day} {month} {year}", ",", ".", "{currency} {amount}"),
    "en-US": _Language(_ENGLISH, "{month} {day}, {year}", ",", ".", "{currency} {amount}"),
    "de-DE": _Language(_GERMAN, "{day}. {month} {year}", ".", ",", "{amount} {currency}"),
    "fr-FR": _Language(_FRENCH, "{day} {month} {year}", "\u202f", ",", "{amount} {currency}"),
}

#: The languages a template may declare.
LANGUAGES = tuple(_LANGUAGES)


def minor_units(currency: str) -> int:
    """Return how many decimals an amount of *currency* has (ISO 4217): 2, but 0 for JPY and 3 for KWD."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return *amount* to the smallest unit of *currency*, halves away from zero as spreadsheets and receipts do."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def long_date(value: str | date, language: str) -> str:
    """Return an ISO date with its month spelt out. Raises ValueError when *value* is no ISO date."""
    day = value if isinstance(value, date) else date.fromisoformat(value)
    way = _LANGUAGES[language]
    number = "1er" if language == "fr-FR" and day.day == 1 else str(day.day)
    return way.date.format(day=number, month=way.months[day.month - 1], year=day.year)


def amount(value: Decimal, currency: str, language: str) -> str:
    """Return an amount to the smallest unit of its currency, without the currency."""
    way = _LANGUAGES[language]
    return f"{rounded(value, currency):,f}".translate({ord(","): way.thousands, ord("."): way.point})


def money(value: str | Decimal, currency: str, language: str) -> str:
    """Return an amount with its ISO currency code, to its smallest unit: never a symbol two countries share.

    Raises ValueError when *value* is no number or *currency* no three-letter code.
    """
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise ValueError("the currency is not a three-letter ISO 4217 code")
    try:
        number = Decimal(value)
    except InvalidOperation as mistake:
        raise ValueError("the amount is not a decimal number") from mistake
    if not number.is_finite():
        raise ValueError("the amount is not a decimal number")
    text = _LANGUAGES[language].money.format(amount=amount(number, currency, language), currency=currency)
    # A line must not end between the amount and its currency.
    return text.replace(" ", "\u00a0")


_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
#: Characters that show text in another order than it is stored (bidirectional overrides and isolates).
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return *text* without control, private and direction-override characters; line ends become a plain newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in text if c == "\n" or not (c in _OVERRIDES or unicodedata.category(c) in _UNPRINTABLE))
