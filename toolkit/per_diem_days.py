"""The days of a trip and the allowance of each: pure arithmetic on the tables of `per_diem`, every step said.

What is not known (a rate, a time, the meals of a table without a breakdown) leaves the day open with the reason; an
open day is in no sum. The four ways of counting:

- share-of-day (41 CFR 301-11.101, -11.102, -11.18; Rev. Proc. 2019-48): the rate of the place where the night is spent,
  a share of it on the first and the last day, the last day by the place of the night before it; a meal provided takes
  its part off, but never the part for incidentals. Twelve hours away get nothing, over midnight too; a longer day
  without a night has the highest rate of its places.
- german (§ 9 Abs. 4a EStG, R 9.6 Abs. 3 LStR): the 24-hour rate of the place reached before midnight; the smaller rate
  on the days of departure and return and on a day of more than eight hours without a night; over midnight without a
  night away, for the day with most of the hours alone; coming home from abroad, and on a day abroad without a night,
  the last place of work abroad counts; meals provided take 20, 40 and 40 % of the 24-hour rate off, never below 0;
  after three months at one place there is nothing, and four weeks elsewhere begin the count again.
- british-hours (HMRC EIM30240): by the hours away on each day, more for a day that goes on past 8 pm.
- british-24-hours (HMRC EIM05250 and following): periods of 24 hours from arrival, the rest by its hours.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from toolkit.fields import country as countries
from toolkit.per_diem import FEDERAL, SCHEMES, DayRate, Stop, Table, Trip, newest_before, table_for
from toolkit.per_diem_places import Asked, Found, find
from toolkit.phrasing import rounded

#: § 9 Abs. 4a Satz 8 EStG: parts of the 24-hour rate of the country that a meal takes off, in per cent.
GERMAN_MEALS = {"breakfast": Decimal(20), "lunch": Decimal(40), "dinner": Decimal(40)}
_EIGHT_HOURS, _TWELVE_HOURS, _WHOLE_DAY = timedelta(hours=8), timedelta(hours=12), timedelta(hours=24)
_TIMES = "a day without a night needs the times of leaving and coming back"
_FOUR_WEEKS = timedelta(weeks=4)
_LATE = time(20)
_TWICE = "another trip of this claim has this day already: say which counts"
_HIGHER = "0: the other trip of this day has the higher rate, and only that counts (BMF letter of 5 December 2025)"
_SHORT = "0: not more than eight hours away"
_ADDED = "the hours away of the trips of one day are added up, and more than eight have an allowance: settle by hand"
_OVER_MIDNIGHT = "less than 24 hours away over midnight: say night = true or false, whether the night was spent away"
_OTHER_DAY = "0: no night away, so the other day counts, with most of the hours (§ 9 Abs. 4a Satz 3 Nr. 3 EStG)"
_GIVE = "give a table with --per-diem FILE"
_GERMANY = "DEU"


@dataclass(frozen=True, slots=True)
class Day:
    """One day (or period of 24 hours) of a trip. `amount` is None while `open` says what is missing.

    `reckoning` is the calculation in words and figures; `day` is in `currency`, the table's.
    """

    trip: int
    date: date
    scheme: str
    country: str
    place: str = ""
    reckoning: str = ""
    amount: Decimal | None = field(default=None, repr=False)
    currency: str = ""
    source: str = ""
    meals: tuple[str, ...] = ()
    open: str = ""


def days(trips: Sequence[Trip], own: Sequence[Table] = ()) -> tuple[Day, ...]:
    """Return every day of *trips* with its allowance, by *own* tables before the packaged ones. Never raises.

    Trips are numbered from 1 in their order; what was counted before the first of them is known only by `Stop.since`.
    A day that belongs to two trips is paid once; the later trip's is open, unless the scheme says which of them counts.
    """
    made: list[Day] = []
    paid: dict[date, int] = {}
    months = _ThreeMonths()
    for number, trip in sorted(enumerate(trips, 1), key=lambda each: each[1].first):
        for day in _of_trip(number, trip, own, months):
            at = None if day.amount is None else paid.setdefault(day.date, len(made))
            if at is None or at == len(made):
                made.append(day)
                continue
            made[at], again = _twice(made[at], day)
            made.append(again)
    return tuple(made)


def _twice(before: Day, again: Day) -> tuple[Day, Day]:
    """The day of two trips, paid once: in Germany the higher rate counts; else, or with meals, a person says which."""
    german = {SCHEMES.get(before.scheme), SCHEMES.get(again.scheme)} == {"german"} and before.trip != again.trip
    if not german or before.meals or again.meals or before.amount is None or again.amount is None:
        return before, replace(again, amount=None, open=_TWICE)
    if before.reckoning.startswith(_SHORT) and again.reckoning.startswith(_SHORT):
        return before, replace(again, amount=None, open=_ADDED)
    if before.amount >= again.amount:
        return before, replace(again, amount=rounded(Decimal(0), again.currency), reckoning=_HIGHER)
    return replace(before, amount=rounded(Decimal(0), before.currency), reckoning=_HIGHER), again


def _of_trip(number: int, trip: Trip, own: Sequence[Table], months: _ThreeMonths) -> Iterator[Day]:
    for day in _each(trip):
        stop = _stop(trip, day)
        plain = Day(number, day, stop.scheme or trip.scheme, stop.country, stop.place, meals=trip.meals.get(day, ()))
        found = _rate(trip, day, stop, own)
        months.see(stop, day)
        if isinstance(found, str):
            yield replace(plain, open=found)
            continue
        table, rate = found.table, found.rate
        known = replace(plain, currency=rate.currency or table.currency, source=f"{table.source} ({table.basis})")
        if table.method == "british-24-hours":
            made = list(_by_periods(known, trip, rate))
        elif table.method == "share-of-day":
            made = [_by_share(known, trip, table, rate)]
        elif table.method == "german":
            made = [_german(known, trip, rate, months.over(stop, day))]
        else:
            made = [_by_hours(known, trip, rate)]
        yield from (_said(each, found.note) for each in made)
        if table.method == "british-24-hours":
            return


def _said(day: Day, note: str) -> Day:
    """The day with its amount rounded, and with what the rate is where it is not the place's own."""
    if day.amount is None:
        return day
    words = f"{day.reckoning}; {note}" if note else day.reckoning
    return replace(day, amount=rounded(day.amount, day.currency), reckoning=words)


def _each(trip: Trip) -> Iterator[date]:
    day = trip.first
    while day <= trip.last:
        yield day
        day += timedelta(days=1)


def _stop(trip: Trip, day: date) -> Stop:
    """The place whose rate counts on *day*: see the ways of counting above."""
    reached = trip.stop_on(day)
    method = SCHEMES.get(trip.scheme)
    if day != trip.last:
        return reached
    if method == "share-of-day" and trip.first != trip.last:
        return trip.slept_before(day)
    abroad = [each for each in trip.stops_on(day) if each.country != _GERMANY]
    return abroad[-1] if method == "german" and abroad and reached.country == _GERMANY else reached


def _rate(trip: Trip, day: date, stop: Stop, own: Sequence[Table]) -> Found | str:
    """Return the rate of *stop* on *day*, or the sentence that says what is missing."""
    stops = trip.stops_on(day) if trip.first == trip.last and SCHEMES.get(trip.scheme) == "share-of-day" else (stop,)
    every = [(each, find(table_for(each.scheme or trip.scheme, day, own), each, day)) for each in stops]
    if missing := next((each for each in every if not isinstance(each[1], Found)), None):
        return _missing(missing[0].scheme or trip.scheme, day, *missing, own)
    known = [each for _, each in every if isinstance(each, Found)]
    best = max(known, key=lambda each: each.rate.day or Decimal(0))
    if len(known) == 1:
        return best
    places = ", ".join(each.place for each in stops)
    return replace(best, note=f"the highest rate of the day's places ({places}; 41 CFR 301-11.102)")


def _missing(scheme: str, day: date, stop: Stop, asked: Asked | Found | None, own: Sequence[Table]) -> str:
    where = countries.name(stop.country)
    where = ", ".join(each for each in (stop.place, f"“{stop.rate}”" if stop.rate else "", where) if each)
    if isinstance(asked, Asked):
        return f"no rate known for {where} on {day} (scheme {scheme}): {asked.text}; or {_GIVE}"
    return f"no rate known for {where} on {day} (scheme {scheme}){_last_known(scheme, day, stop, own)}: {_GIVE}"


def _last_known(scheme: str, day: date, stop: Stop, own: Sequence[Table]) -> str:
    """What the newest table said that ended before *day*: for a person to compare, never to be paid."""
    table = newest_before(scheme, day, own)
    found = find((table,), stop, table.last) if table is not None else None
    if table is None or not isinstance(found, Found) or found.rate.day is None:
        return ""
    amount = f"{found.rate.day} {found.rate.currency or table.currency}"
    return f"; on {table.last}, the last day that is known, it was {amount}"


# -- first and last day a share ---------------------------------------------------------------------------------------


def _by_share(day: Day, trip: Trip, table: Table, rate: DayRate) -> Day:
    if rate.day is None:
        return replace(day, open=f"the table has no rate for a day there: {_GIVE}")
    if (told := _too_short(day, trip)) is not None:
        return told
    edge = day.date in (trip.first, trip.last)
    if edge and table.share is None and rate.part is None:
        return replace(day, open="the table does not say what the first and last day get (share): " + _GIVE)
    if not edge:
        amount, words = rate.day, f"{rate.day}"
    elif rate.part is not None:
        amount, words = rate.part, f"{rate.part} (first or last day)"
    else:
        share = table.share or Decimal(0)
        amount, words = rate.day * share / 100, f"{share} % of {rate.day} (first or last day)"
    parts = [(meal, getattr(rate, meal)) for meal in day.meals]
    if any(part is None for _, part in parts):
        return replace(day, open=f"meals were provided, and the table has no amounts by meal: {_GIVE}")
    for meal, part in parts:
        amount, words = amount - part, f"{words} - {part} {meal}"
    least = rate.incidentals or Decimal(0)
    if day.meals and amount < least:
        amount, words = least, f"{words}, but at least {least} for incidentals"
    return replace(day, amount=amount, reckoning=words)


def _too_short(day: Day, trip: Trip) -> Day | None:
    """What a day gets that does not get its share, without a night or within twelve hours; else None."""
    away, one_day = _away(trip), trip.first == trip.last
    if one_day and day.scheme == "us-irs-high-low":
        return replace(day, open="a day without a night is no travel away from home: settle by hand")
    if one_day and away is None:
        return replace(day, open=_TIMES)
    if day.scheme in FEDERAL and away is not None and away <= _TWELVE_HOURS:
        return replace(day, amount=Decimal(0), reckoning="0: not more than twelve hours away (41 CFR 301-11.1)")
    return None


# -- Germany ----------------------------------------------------------------------------------------------------------


def _german(day: Day, trip: Trip, rate: DayRate, over: bool) -> Day:
    if rate.day is None or rate.part is None:
        return replace(day, open=f"the table lacks the rate of a day or of a part of a day (day, part): {_GIVE}")
    if over:
        words = "0: more than three months at this place (§ 9 Abs. 4a Satz 6 EStG)"
        return replace(day, amount=Decimal(0), reckoning=words)
    away, one_day = _away(trip), trip.first == trip.last
    if away is not None and not one_day and away < _WHOLE_DAY and not trip.night:
        if trip.night is None:
            return replace(day, open=_OVER_MIDNIGHT)
        one_day = True
        if day.date != _longer(trip, away):
            return replace(day, amount=Decimal(0), reckoning=_OTHER_DAY)
    if one_day and away is not None and away <= _EIGHT_HOURS:
        return replace(day, amount=Decimal(0), reckoning=_SHORT)
    if one_day:
        if away is None:
            return replace(day, open=_TIMES)
        amount, words = rate.part, f"{rate.part} (more than eight hours away)"
    elif day.date in (trip.first, trip.last):
        amount, words = rate.part, f"{rate.part} (day of departure or return)"
    else:
        amount, words = rate.day, f"{rate.day} (24 hours)"
    for meal in day.meals:
        part = rate.day * GERMAN_MEALS[meal] / 100
        amount, words = amount - part, f"{words} - {part:.2f} {meal} ({GERMAN_MEALS[meal]} % of {rate.day})"
    if amount < 0:
        amount, words = Decimal(0), f"{words}, not below 0"
    return replace(day, amount=amount, reckoning=words)


def _longer(trip: Trip, away: timedelta) -> date:
    """The day on which most hours of a trip over one midnight lie; the first where both have as many."""
    middle = trip.depart + away / 2
    return trip.last if middle > datetime.combine(trip.last, time()) else trip.first


class _ThreeMonths:
    """Since when somebody is at a place, and whether three months of it are over; four weeks away begin it anew."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], tuple[date, date]] = {}

    def see(self, stop: Stop, day: date) -> None:
        """Note a *day* at the place of *stop*."""
        key = (stop.country, stop.place.casefold())
        before = self._since.get(key)
        began = min(stop.since or day, day) if before is None or day - before[1] > _FOUR_WEEKS else before[0]
        self._since[key] = (began, day)

    def over(self, stop: Stop, day: date) -> bool:
        """Whether *day* lies beyond the first three months; months are those of the calendar."""
        began = self._since[(stop.country, stop.place.casefold())][0]
        year, month = divmod(began.year * 12 + began.month - 1 + 3, 12)
        last = date(year, month + 1, monthrange(year, month + 1)[1])
        # § 188 Abs. 3 BGB: a month without such a day ends with its last one, which still counts.
        return day > last if began.day > last.day else day >= last.replace(day=began.day)


# -- Great Britain ----------------------------------------------------------------------------------------------------


def _by_hours(day: Day, trip: Trip, rate: DayRate) -> Day:
    if not (isinstance(trip.depart, datetime) and isinstance(trip.back, datetime)):
        return replace(day, open="the hours away are needed: give the times of leaving and coming back")
    if None in (rate.over_5h, rate.over_10h):
        return replace(day, open=f"the table has no rates by hours: {_GIVE}")
    start = max(trip.depart, datetime.combine(day.date, time()))
    end = min(trip.back, datetime.combine(day.date, time()) + timedelta(days=1))
    hours = Decimal((end - start) // timedelta(minutes=1)) / 60
    past_eight = start <= datetime.combine(day.date, _LATE) < end
    words = f"{hours:.2f} hours away{', past 8 pm' if past_eight else ''}"
    if day.meals:
        meals = ", ".join(day.meals)
        return replace(day, open=f"{meals} provided: HMRC's rates pay only for meals bought; settle by hand")
    amount, added = (rate.over_10h if hours >= 10 else rate.over_5h) or Decimal(0), ""
    if hours < 5:
        return replace(day, amount=Decimal(0), reckoning=f"0: {words}, under five")
    if hours >= 15 and past_eight and rate.late is not None:
        return replace(day, amount=rate.late, reckoning=f"{rate.late}: {words}")
    if past_eight and rate.late_supplement is not None:
        amount, added = amount + rate.late_supplement, f" (with {rate.late_supplement} for past 8 pm)"
    return replace(day, amount=amount, reckoning=f"{amount}: {words}{added}")


def _by_periods(day: Day, trip: Trip, rate: DayRate) -> Iterator[Day]:
    """Yield one row for each period of 24 hours from arrival, and one for the rest of it."""
    if not (isinstance(trip.depart, datetime) and isinstance(trip.back, datetime)):
        yield replace(day, open="periods of 24 hours are counted: give the times of arrival and departure")
        return
    if len({(each.country, each.place) for each in trip.stops}) > 1:
        yield replace(day, open="several places in one trip: state a trip for each, with the times of arrival there")
        return
    if None in (rate.day, rate.over_5h, rate.over_10h) or day.meals or any(trip.meals.values()):
        why = "the table lacks day, over_5h or over_10h" if not any(trip.meals.values()) else "meals were provided"
        yield replace(day, open=f"{why}: settle by hand or {_GIVE}")
        return
    start = trip.depart
    while start < trip.back:
        away = min(trip.back - start, timedelta(days=1))
        hours = Decimal(away // timedelta(minutes=1)) / 60
        short = next((each for least, each in ((10, rate.over_10h), (5, rate.over_5h)) if hours > least), None)
        amount = (rate.day if hours == 24 else short) or Decimal(0)
        words = f"{amount}: {hours:.2f} hours from {start:%Y-%m-%d %H:%M}"
        yield replace(day, date=start.date(), amount=amount, reckoning=words)
        start += away


def _away(trip: Trip) -> timedelta | None:
    if isinstance(trip.depart, datetime) and isinstance(trip.back, datetime):
        return trip.back - trip.depart
    return None
