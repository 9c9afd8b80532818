"""Which receipts are the same receipt twice, and which two papers (a bill and the slip of its payment) are one expense.

Knows records, and where they were taken, what the papers print. Proposes with a degree and a reason; decides nothing:
what a person answered is kept among the details of the case. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from toolkit.model import Field, Method, Record
from toolkit.prints import Print, alike
from toolkit.told import Told, amount, plain, same_name, text


class Degree(StrEnum):
    """How sure it is that two papers are one expense."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Relation(StrEnum):
    """What the two papers are to each other."""

    TWIN = "duplicate"
    SLIP = "card slip of the bill"


class Answer(StrEnum):
    """What a person decided of two papers: one expense, or two that both count."""

    SAME = "same"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Paper:
    """One receipt or invoice to be compared. `key` names it: the document's id, and `#2` for the second in its file."""

    key: str
    record: Record
    #: What the paper prints and looks like, where that was taken.
    print: Print | None = field(default=None, repr=False)
    #: The case it is filed in, where papers of several are compared.
    case: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two papers that may be one expense. For a slip, `one` is the bill, `other` the slip, and `tip` what it adds."""

    one: str
    other: str
    relation: Relation
    degree: Degree
    why: str
    tip: Decimal = field(default=Decimal(0), repr=False)


_OPEN = Degree.POSSIBLE
_STATEMENT = "claim.alike."
#: A number shorter than this is a till, a table or a guest.
_SHORTEST_NUMBER = 4
#: A field read with less than this says nothing against another.
_FIRM = 0.85
#: Minutes between a bill and its payment, at most; where the names on both differ, only so many.
_PAID_WITHIN, _PAID_AT_ONCE = 180, 30
#: Two times so many minutes apart can stand on one receipt; of two photos one can show the one, one the other.
_ONE_MOMENT, _HALF_A_DAY = 5, 720
#: What two receipts of one shop differ in.
_TELLING = ("number", "time", "date", "total", "currency")
#: A tip is at most this share of the bill.
_LARGEST_TIP = Decimal("0.35")
#: Two photos of one receipt share at least this much of their figures; of two receipts of one shop, none did.
_SAME_PRINT, _NEARLY_SAME_PRINT = 0.80, 0.62


def key(document: str, part: int = 0) -> str:
    """Return what a paper is called: the id of its document, and which receipt of that file where it has several."""
    return f"{document}#{part + 1}" if part else document


def compare(papers: Sequence[Paper]) -> tuple[Alike, ...]:
    """Return every two of *papers* that may be one expense, the surest first; papers keep their order within a pair."""
    places = {paper.key: at for at, paper in enumerate(papers)}
    said = [_Said(paper, Told(paper.record)) for paper in papers]
    found = [each for a, b in sorted(_candidates(said)) if (each := _pair(said[a], said[b])) is not None]
    rank = list(Degree)
    twins = {frozenset((x.one, x.other)) for x in found if x.relation is Relation.TWIN and x.degree is not _OPEN}
    bills: dict[str, list[str]] = defaultdict(list)
    for each in [each for each in found if each.relation is Relation.SLIP]:
        # A slip of a bill that was photographed twice is asked about once.
        if any(frozenset((each.one, bill)) in twins for bill in bills[each.other]):
            found.remove(each)
        bills[each.other].append(each.one)
    return tuple(sorted(found, key=lambda each: (rank.index(each.degree), places[each.one], places[each.other])))


def across(papers: Iterable[Paper], others: Iterable[Paper]) -> list[tuple[Paper, Paper, Alike]]:
    """Return each of *papers* with each of *others* (of other cases) that may be the same receipt."""
    mine = list(papers)
    both = [_Said(paper, Told(paper.record)) for paper in (*mine, *others)]
    return [
        (both[a].paper, both[b].paper, each)
        for a, b in sorted(_candidates(both, len(mine)))
        if (each := _twin(both[a], both[b])) is not None
    ]


def pair(one: Paper, other: Paper) -> Alike | None:
    """Say what two papers are to each other, or None where nothing says that they are one expense."""
    return _pair(_Said(one, Told(one.record)), _Said(other, Told(other.record)))


def _pair(one: _Said, other: _Said) -> Alike | None:
    twin = _twin(one, other)
    if twin is not None and twin.degree is not Degree.POSSIBLE:
        slip = _slip(one, other)
        return slip if slip is not None and slip.degree is not Degree.POSSIBLE else twin
    return _slip(one, other) or twin


def answers(details: Mapping[str, str]) -> dict[frozenset[str], Answer]:
    """Return what a person decided of two papers, by their keys, out of the details of a case."""
    made = {}
    for name, value in details.items():
        if name.startswith(_STATEMENT) and (word := value.split(" ", 1)[0]) in set(Answer):
            made[frozenset(name.removeprefix(_STATEMENT).split("+"))] = Answer(word)
    return made


def answered(details: Mapping[str, str], one: str, other: str, answer: Answer, today: date) -> dict[str, str]:
    """Return *details* with the decision on two papers; a later one takes the place of an earlier."""
    return {**details, _STATEMENT + "+".join(sorted((one, other))): f"{answer.value} {today.isoformat()}"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A paper, and what it says in a form that can be compared: made once, for it is compared with many."""

    paper: Paper
    told: Told = field(repr=False)


# --- which to look at


def _candidates(papers: Sequence[_Said], before: int | None = None) -> set[tuple[int, int]]:
    """Pairs that share something telling, so that a year of receipts is not compared each with each.

    With *before*, only pairs of one of the first so many papers and one of the rest.
    """
    baskets: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, paper in enumerate(papers):
        for mark in _marks(paper.paper.record, paper.told):
            baskets[mark].append(at)
    if before is None:
        return {two for basket in baskets.values() for two in combinations(basket, 2)}
    return {(a, b) for each in baskets.values() for a in each if a < before for b in each if b >= before}


def _marks(record: Record, told: Told) -> Iterable[tuple[str, ...]]:
    days, totals, times = ({text(f) for f in _readings(record, name)} for name in ("date", "total", "time"))
    number = told["number"]
    if len(number) >= _SHORTEST_NUMBER:
        yield ("number", number)
    amounts = {amount(each) for each in totals} - {None}
    for day in days:
        yield ("day", day)
    for each in amounts:
        for time in times:
            yield ("paid", str(each), time[:5])
        yield ("spent", str(each), plain(text(record.get("merchant")))[:6])


def _readings(record: Record, name: str) -> list[Field]:
    return [each for each in (*record.fields, *record.rejected) if each.name == name and text(each)]


# --- the same receipt twice


@dataclass(frozen=True, slots=True)
class _Two:
    """What two records say alike, and what against each other."""

    one: _Said
    other: _Said

    def told(self, name: str) -> tuple[str, str]:
        """What each says of *name*, in the form in which two readings of it are the same text."""
        return self.one.told[name], self.other.told[name]

    def agree(self, name: str) -> bool:
        first, second = self.told(name)
        return bool(first) and first == second

    def clash(self, name: str, moment: int = 0) -> bool:
        """Whether both say something firm, and not the same; times up to *moment* minutes apart are the same."""
        first, second = self.told(name)
        if not first or not second or first == second:
            return False
        known = [each.paper.record.get(name) for each in (self.one, self.other)]
        if any(each is None or each.confidence < _FIRM for each in known):
            return False
        if name == "time":
            apart = self.minutes
            # A clock of twelve hours, of which one photo lost the "pm".
            return apart is not None and min(apart, abs(apart - _HALF_A_DAY)) > moment
        return True

    @property
    def minutes(self) -> int | None:
        """How far apart the times on both are; None where one has none."""
        times = [re.match(r"(\d\d):(\d\d)", each) for each in self.told("time")]
        if times[0] is None or times[1] is None:
            return None
        first, second = (60 * int(each[1]) + int(each[2]) for each in times if each is not None)
        return abs(first - second)

    @property
    def number(self) -> bool:
        """Whether both carry the same number, long enough to be one of a receipt."""
        return self.agree("number") and len(self.one.told["number"]) >= _SHORTEST_NUMBER

    @property
    def merchant(self) -> bool:
        """Whether both name the same shop: its tax number, or its name but for letters misread."""
        return self.agree("merchant_tax_id") or same_name(*self.told("merchant"))

    @property
    def currency(self) -> bool:
        """Whether both are in one currency, as far as both tell it."""
        return not self.clash("currency")

    @property
    def stated_apart(self) -> bool:
        """Whether both are electronic invoices with a number of their own: nothing there was misread."""
        known = [each.paper.record.get("number") for each in (self.one, self.other)]
        return self.clash("number") and all(
            each is not None and each.source.method is Method.E_INVOICE for each in known
        )


def _twin(one: _Said, other: _Said) -> Alike | None:
    two = _Two(one, other)
    if two.stated_apart:
        return None
    found = None
    if one.paper.print and other.paper.print:
        found = _by_print(two, one.paper.print, other.paper.print)
    found = found or _by_fields(two)
    if found is None:
        return None
    return Alike(one.paper.key, other.paper.key, Relation.TWIN, *found)


def _by_fields(two: _Two) -> tuple[Degree, str] | None:
    day, total = two.agree("date"), two.agree("total") and two.currency
    if not day and not total:
        return None
    # Names take longest to compare, so they come last everywhere.
    against = [name for name in _TELLING if two.clash(name)]
    if day and total and two.merchant:
        if two.number:
            degree = Degree.LIKELY if "time" in against else Degree.CERTAIN
            return degree, "same merchant, number, date and total"
        if not against:
            when = "date, time" if two.agree("time") else "date, currency"
            return Degree.LIKELY, f"same merchant, {when} and total"
    if two.number and total and two.agree("time") and against == ["date"] and two.merchant:
        return Degree.LIKELY, "same merchant, number, time and total, though another date"
    if not against and two.merchant:
        what, missing = ("date", "total") if day else ("total", "date")
        if two.number or two.agree("time"):
            also = "number" if two.number else "time"
            return Degree.LIKELY, f"same merchant, {also} and {what}; the {missing} is unsure or missing on one"
    return _possible(two, day, total, [name for name in against if name in ("number", "time")])


def _by_print(two: _Two, first: Print, second: Print) -> tuple[Degree, str] | None:
    """Judge by the figures on both, unless a number, time, date or total is on one and not on the other."""
    printed = alike(first, second)
    if printed is None:
        return None
    for name in _TELLING:
        if two.clash(name, _ONE_MOMENT) and not _on_both(two, name, first, second):
            return None
    day, total = two.agree("date"), two.agree("total") and two.currency
    why = f"{round(100 * printed)} % of the figures printed on them are the same"
    if printed >= _SAME_PRINT and day and total:
        return Degree.CERTAIN, f"{why}, date and total among them"
    if printed >= _SAME_PRINT or (printed >= _NEARLY_SAME_PRINT and (day or total)):
        return Degree.LIKELY, why
    return None


def _on_both(two: _Two, name: str, first: Print, second: Print) -> bool:
    """Whether both papers print both values: then another of two numbers (or times) was taken from each."""
    values = [re.sub(r"\D", "", each) for each in two.told(name)]
    return name in ("number", "time") and all(
        len(value) >= _SHORTEST_NUMBER and any(value in group for group, _ in each.figures)
        for value in values
        for each in (first, second)
    )


def _possible(two: _Two, day: bool, total: bool, against: Sequence[str]) -> tuple[Degree, str] | None:
    if day and total:
        said = [f"another {name}" for name in against] or ["another merchant"]
        return Degree.POSSIBLE, f"same date and total, but {' and '.join(said)}"
    if two.number and total:
        return Degree.POSSIBLE, "same number and total"
    return None


# --- a bill and the slip of its payment


def _slip(one: _Said, other: _Said) -> Alike | None:
    """Say whether one is the bill and the other proves its payment: both of one day, the slip without goods."""
    two = _Two(one, other)
    if two.number or not two.agree("date") or not two.currency:
        return None
    order = _bill_first(one, other)
    if order is None:
        return None
    bill, slip = order
    apart = two.minutes
    if apart is not None and apart > _PAID_WITHIN:
        return None
    owed, paid = (amount(text(each.paper.record.get("total"))) for each in (bill, slip))
    if owed is None or paid is None or owed <= 0:
        return None
    tip = _tip(slip, owed, paid)
    if tip is None:
        return None
    shop = two.merchant
    if not shop and (apart is None or apart > _PAID_AT_ONCE):
        return None
    reasons = ["same day", "same merchant" if shop else f"paid {apart} minutes apart"]
    if shop and apart is not None:
        reasons.append(f"{apart} minutes apart")
    reasons.append(f"the slip pays the bill and a tip of {tip:f}" if tip else "same total")
    # A second purchase of the same price, of which no goods were read, looks like a slip that does not say "card".
    degree = Degree.LIKELY if tip or slip.told["payment_method"] else Degree.POSSIBLE
    return Alike(bill.paper.key, slip.paper.key, Relation.SLIP, degree, ", ".join(reasons), tip)


def _bill_first(one: _Said, other: _Said) -> tuple[_Said, _Said] | None:
    """Return (bill, slip): the bill lists what was bought or taxed, the slip says how it was paid and lists nothing."""
    for bill, slip in ((one, other), (other, one)):
        if _lists(bill.paper.record) and not _lists(slip.paper.record) and slip.told["payment_method"] != "cash":
            return bill, slip
    return None


def _lists(record: Record) -> bool:
    lines = record.get("lines")
    return (lines is not None and bool(lines.value)) or record.get("tax") is not None


def _tip(slip: _Said, owed: Decimal, paid: Decimal) -> Decimal | None:
    """Return what the slip pays beyond the bill, 0 for nothing; None where that is no tip."""
    if paid == owed:
        return Decimal(0)
    more = paid - owed
    if not 0 < more <= _LARGEST_TIP * owed:
        return None
    # The slip must say so itself: two meals of one day can differ by any amount.
    return more if more == amount(slip.told["tip"]) or amount(slip.told["subtotal"]) == owed else None
