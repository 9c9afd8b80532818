"""How dates, money and names are written for a reader of a given language: as CLDR has it (babel).

Pure text; the machine's locale plays no part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from toolkit.fields import country as countries
from toolkit.fields.country_table import ROWS
from toolkit.fields.currency import MINOR_UNITS

#: The languages a template may declare (BCP 47).
LANGUAGES = ("en-GB", "en-US", "de-DE", "de-AT", "de-CH", "fr-FR", "fr-BE", "fr-CH", "es-ES")


@lru_cache(maxsize=16)
def _locale(language: str) -> Any:
    """Return what CLDR knows of *language* ("de" stands for de-DE)."""
    from babel import Locale

    return Locale.parse(language, sep="-")


def minor_units(currency: str) -> int:
    """Return how many decimals an amount of *currency* has (ISO 4217): 2, but 0 for JPY and 3 for KWD."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return *amount* to the smallest unit of *currency*, halves away from zero as spreadsheets and receipts do."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def long_date(value: str | date, language: str) -> str:
    """Return an ISO date with its month spelt out. Raises ValueError when *value* is no ISO date."""
    return _long_date(_day(value), language)


@lru_cache(maxsize=4096)
def _long_date(day: date, language: str) -> str:
    from babel.dates import format_date

    text = format_date(day, "long", locale=_locale(language))
    # CLDR leaves out what French grammar asks of the first of a month.
    return f"1er{text[1:]}" if language.startswith("fr") and day.day == 1 else text


def short_date(value: str | date, language: str) -> str:
    """Return an ISO date in figures, with all four of the year. Raises ValueError when *value* is no ISO date."""
    from babel.dates import format_date

    locale = _locale(language)
    # One y is the whole year in CLDR: two figures could be any century's.
    pattern = str(locale.date_formats["short"].pattern).replace("yy", "y")
    return format_date(_day(value), pattern, locale=locale)


def month(value: str | date, language: str) -> str:
    """Return the month and year of an ISO date. Raises ValueError when *value* is no ISO date."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", _day(value), locale=_locale(language))


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def amount(value: Decimal, currency: str, language: str) -> str:
    """Return an amount to the smallest unit of its currency, without the currency."""
    return _figures(rounded(value, currency), language)


def number(value: str | Decimal, language: str) -> str:
    """Return a number with all its decimals as it is written there. Raises ValueError when *value* is none."""
    return _figures(_number(value), language)


def _figures(value: Decimal, language: str) -> str:
    symbols = _locale(language).number_symbols["latn"]
    return f"{value:,f}".translate({ord(","): symbols["group"], ord("."): symbols["decimal"]})


def _number(value: str | Decimal) -> Decimal:
    try:
        found = Decimal(value)
    except InvalidOperation as mistake:
        raise ValueError("the amount is not a decimal number") from mistake
    if not found.is_finite():
        raise ValueError("the amount is not a decimal number")
    return found


def money(value: str | Decimal, currency: str, language: str) -> str:
    """Return an amount with its ISO currency code, to its smallest unit: never a symbol two countries share.

    Raises ValueError when *value* is no number or *currency* no three-letter code.
    """
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise ValueError("the currency is not a three-letter ISO 4217 code")
    text = amount(_number(value), currency, language)
    made = f"{currency} {text}" if language.startswith("en") else f"{text} {currency}"
    # A line must not end between the amount and its currency.
    return made.replace(" ", "\u00a0")


def country(value: str, language: str) -> str:
    """Return what a country is called; *value* is a code of ICAO 9303 or ISO 3166-1, or a name in some language.

    Raises ValueError where *value* means no country, or one that has no name in *language* (codes of ICAO for persons
    without a state and for organisations).
    """
    code = countries.icao(value) if countries.known(countries.icao(value)) else countries.parse(value)
    if not code:
        raise ValueError("it means no country")
    called = _locale(language).territories.get(_alpha2().get(code, code))
    if called is None and language.startswith("en"):
        return countries.name(code)
    if called is None:
        raise ValueError("this country has no name in the language")
    return str(called)


@lru_cache(maxsize=1)
def _alpha2() -> Mapping[str, str]:
    """The codes CLDR calls countries by, by those of ICAO 9303."""
    rows = (row.split("|", 2) for row in ROWS.strip().splitlines())
    return {code: alpha2 for code, alpha2, _ in rows if alpha2}


def language_name(value: str, language: str) -> str:
    """Return what the language *value* (ISO 639-1, or BCP 47) is called. Raises ValueError where there is none."""
    called = _locale(language).languages.get(value.partition("-")[0].casefold())
    if called is None:
        raise ValueError("it is no code of a language")
    return str(called)


_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
#: Characters that show text in another order than it is stored (bidirectional overrides and isolates).
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return *text* without control, private and direction-override characters; line ends become a plain newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in text if c == "\n" or not (c in _OVERRIDES or unicodedata.category(c) in _UNPRINTABLE))
