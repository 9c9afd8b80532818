"""What a line says beyond its amount, out of the record and what a person stated; the word of a person goes first.

Only values the reader vouches for are taken, but for the category, which is then named as a guess.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit.claim_stated import LineStated, Stated
from toolkit.expense import Particulars, TaxShare
from toolkit.fields import country as countries
from toolkit.model import Field, Record
from toolkit.phrasing import printable

#: Numbers for value added tax begin with the country's two letters (Directive 2006/112/EC art. 215; Greece: EL).
_TAX_NUMBER = re.compile(r"(EL|[A-Z]{2})[ .-]?[0-9A-Z]{2}")
_WITH_LETTERS = "AT BE BG CY CZ DE DK EE EL ES FI FR GB HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_LONGEST = 300


def particulars(record: Record, key: str, day: date, stated: Stated) -> Particulars:
    """Return the particulars of the receipt *key*, spent on *day*."""
    own = stated.lines.get(key, LineStated())
    country, known_by = _country(record, day, own, stated)
    around, place = _on_trip(day, stated)
    category = record.get("expense_category")
    nights = own.nights or _whole(record.get("nights"))
    return Particulars(
        country=country,
        country_by=known_by,
        place=own.place or (place if around == country else ""),
        purpose=own.purpose or _purpose(day, stated),
        cost_centre=own.cost_centre or stated.cost_centre,
        entity=own.entity or stated.entity,
        reads_as=own.category or text(category).lower(),
        guessed=not own.category and category is not None and not category.sure,
        tax=_amount(record.get("tax")),
        tax_shares=_shares(record.get("tax_lines")),
        tax_id=_sure(record.get("merchant_tax_id")),
        number=_sure(record.get("number")),
        itemised=record.get("lines") is not None,
        slip_alone=_slip(record),
        attendees=own.attendees,
        nights=nights,
        check_in=_sure(record.get("check_in")),
        persons=own.persons or (len(own.attendees) or None),
        kilometres=own.kilometres or _amount(record.get("kilometres")),
        home=own.home,
        host=own.host,
        gross_up=own.gross_up,
    )


def text(known: Field | None) -> str:
    """The printable text of a field; empty where there is none."""
    return printable(known.value).strip()[:_LONGEST] if known is not None and isinstance(known.value, str) else ""


def _sure(known: Field | None) -> str:
    return text(known) if known is not None and known.sure else ""


def _country(record: Record, day: date, own: LineStated, stated: Stated) -> tuple[str, str]:
    """The country where the money was spent, and what says so: a person, the merchant's tax number, or the trip."""
    if own.country:
        return own.country, "stated"
    number = _TAX_NUMBER.match(_sure(record.get("merchant_tax_id")).upper())
    if number and number[1] in _WITH_LETTERS:
        return countries.iso3(countries.parse("GR" if number[1] == "EL" else number[1])), "tax number"
    country = _on_trip(day, stated)[0]
    return country, "trip" if country else ""


def _on_trip(day: date, stated: Stated) -> tuple[str, str]:
    """Country and place of the trips on *day*; empty where there was none, two, or a day spent in two countries.

    On the days of departure and return that is so unless the trip is within the home country.
    """
    places = set()
    for trip in stated.trips:
        if trip.first <= day <= trip.last:
            here = trip.stop_on(day)
            moved = here.first == day and here is not trip.stops[0]
            abroad = day in (trip.first, trip.last) and here.country != stated.home
            places.add(("", "") if moved or abroad else (here.country, here.place))
    return places.pop() if len(places) == 1 else ("", "")


def _purpose(day: date, stated: Stated) -> str:
    """The purpose of the trip of *day*, or of the whole claim."""
    of_trip = {trip.purpose for trip in stated.trips if trip.first <= day <= trip.last and trip.purpose}
    return of_trip.pop() if len(of_trip) == 1 else stated.purpose


def _slip(record: Record) -> bool:
    """Whether the paper looks like the slip of a card terminal alone: paid by card, and neither items nor tax on it."""
    return text(record.get("payment_method")) == "card" and not any(map(record.get, ("lines", "tax", "subtotal")))


def _amount(known: Field | None) -> Decimal | None:
    return _decimal(_sure(known))


def _decimal(written: object) -> Decimal | None:
    try:
        amount = Decimal(written) if isinstance(written, str) and written else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and abs(amount) <= Decimal(10) ** 10 else None


def _whole(known: Field | None) -> int | None:
    number = _amount(known)
    return int(number) if number is not None and number == number.to_integral_value() and 0 < number < 1000 else None


def _shares(known: Field | None) -> tuple[TaxShare, ...]:
    if known is None or not known.sure or not isinstance(known.value, tuple):
        return ()
    rows = [row for row in known.value if not isinstance(row, str)]
    return tuple(TaxShare(*(_decimal(row.get(name)) for name in ("rate", "net", "tax"))) for row in rows[:12])
