"""Which lines may give value added tax back, under which scheme and until when.

A candidate is a line whose tax the reader vouches for and whose country is known, spent outside the country where the
company that bears it is established. Whether the tax can be had back is each country's law: this lists, it promises
nothing. The schemes lie in `tables/vat_refunds.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.expense import Line

_TABLE = Path(__file__).resolve().parent / "tables" / "vat_refunds.toml"
_BRITAIN = "GBR"


class _Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scheme: str
    law: str
    month: int
    day: int
    basis: str
    note: str = ""
    minimum_year: str = ""
    minimum_quarter: str = ""
    year_begins_month: int = 1


class _Schemes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checked: date
    union: tuple[str, ...]
    within_union: _Scheme
    from_outside: _Scheme
    united_kingdom: _Scheme


@dataclass(frozen=True, slots=True)
class Candidate:
    """The tax of one line that may be had back; `deadline` is None where it comes with the company's own return.

    `lacking` is what the invoice does not show, as far as it was read.
    """

    line: int
    country: str
    tax: Decimal = field(repr=False)
    currency: str
    scheme: str
    deadline: date | None
    law: str
    note: str
    lacking: tuple[str, ...]
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Reclaim:
    """The candidates, and what has to be stated before the other lines with tax can be judged."""

    candidates: tuple[Candidate, ...] = ()
    asked: tuple[str, ...] = ()


@cache
def _schemes() -> _Schemes:
    return definitions.load(_TABLE, _Schemes)


def reclaim(lines: Sequence[Line], established: str, today: date) -> Reclaim:
    """Return the candidates among *lines* of a company *established* in a country (alpha-3; empty: not stated)."""
    taxed = [line for line in lines if line.more.tax is not None and line.more.tax > 0]
    if not taxed:
        return Reclaim()
    if not established:
        return Reclaim(
            asked=("Where is the company established that bears the expenses? State entity_country, as DEU.",)
        )
    asked = []
    if nowhere := [line.number for line in taxed if not line.more.country]:
        numbers = ", ".join(map(str, nowhere))
        asked.append(f"The country of {'line' if len(nowhere) == 1 else 'lines'} {numbers} is not known: state it.")
    found = [_candidate(line, established, today) for line in taxed if line.more.country]
    return Reclaim(tuple(each for each in found if each is not None), tuple(asked))


def _candidate(line: Line, established: str, today: date) -> Candidate | None:
    table, more = _schemes(), line.more
    lacking = tuple(
        name
        for name, value in (("the merchant's tax number", more.tax_id), ("the number of the invoice", more.number))
        if not value
    )
    tax = more.tax or Decimal(0)
    if more.country == established:
        words = "the company's own return"
        return Candidate(line.number, more.country, tax, line.currency, words, None, "input tax at home", "", lacking)
    if more.country in table.union:
        scheme = table.within_union if established in table.union else table.from_outside
    elif more.country == _BRITAIN:
        scheme = table.united_kingdom
    else:
        return None
    deadline = _deadline(scheme, line.date)
    return Candidate(
        line.number,
        more.country,
        tax,
        line.currency,
        scheme.scheme,
        deadline,
        f"{scheme.law} ({scheme.basis})",
        scheme.note or f"at least EUR {scheme.minimum_year} a year, EUR {scheme.minimum_quarter} a quarter",
        lacking,
        deadline < today,
    )


def _deadline(scheme: _Scheme, spent: date) -> date:
    """The last day for what was spent on a day: in the calendar year after it, or after the scheme's own year."""
    if scheme.year_begins_month == 1:
        return date(spent.year + 1, scheme.month, scheme.day)
    ends = spent.year + 1 if spent.month >= scheme.year_begins_month else spent.year
    return date(ends, scheme.month, scheme.day)
