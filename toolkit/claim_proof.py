"""Whether each line proves what a tax authority asks: the United States, the United Kingdom, Germany.

The amounts and laws lie in `tables/proof_of_expense.toml`. Which authority's rules hold is stated with the claim and
never assumed. A demand that the paper alone cannot show met is UNSURE.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.claim_limits import Rates
from toolkit.claim_stated import Advance
from toolkit.errors import InputError
from toolkit.expense import Line
from toolkit.model import Verdict

_TABLE = Path(__file__).resolve().parent / "tables" / "proof_of_expense.toml"
_LODGING = "lodging"
_MEALS = "meals"


class _UnitedStates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    law: str
    receipt_from: str
    receipt_law: str
    currency: str
    substantiate_days: int
    advance_days: int
    return_days: int
    timely_law: str
    basis: str


class _UnitedKingdom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    law: str
    basis: str


class _Germany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    law: str
    receipt_law: str
    currency: str
    host_named_above: str
    host_law: str
    basis: str


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checked: date
    us: _UnitedStates
    gb: _UnitedKingdom
    de: _Germany


@dataclass(frozen=True, slots=True)
class Proof:
    """One demand on one line (0: on the claim as a whole): what is asked, the answer, why, and the law."""

    line: int
    regime: str
    asked: str
    verdict: Verdict
    because: str
    law: str


@cache
def _rules() -> _Rules:
    return definitions.load(_TABLE, _Rules)


def basis(regime: str) -> str:
    """Return how the figures of *regime* (us, gb, de) are known."""
    known: str = getattr(_rules(), regime).basis
    return known


def proofs(
    lines: Sequence[Line], regimes: Sequence[str], rates: Rates, today: date, advances: Sequence[Advance] = ()
) -> tuple[Proof, ...]:
    """Return every demand of *regimes* on *lines*, by line; never raises."""
    made: list[Proof] = []
    for line in lines:
        for regime in regimes:
            made += {"us": _us, "gb": _gb, "de": _de}[regime](line, rates, today)
    if "us" in regimes:
        made += _advances(lines, advances, today)
    return tuple(made)


def _us(line: Line, rates: Rates, today: date) -> Iterator[Proof]:
    rule, more = _rules().us, line.more
    yield Proof(line.number, "us", "amount and time", Verdict.MET, "on the receipt", rule.law)
    yield _told(line, "us", "place", more.place, "state the place (city) of the line", rule.law)
    yield _told(line, "us", "business purpose", more.purpose, "state the business purpose", rule.law)
    yield _receipt_us(line, rates)
    days = (today - line.date).days
    late = days > rule.substantiate_days
    because = f"{days} days after the expense, {rule.substantiate_days} are safe"
    if late:
        because += ": say why it is a reasonable time, or it is wages"
    yield Proof(
        line.number, "us", "substantiated in time", Verdict.UNSURE if late else Verdict.MET, because, rule.timely_law
    )


def _receipt_us(line: Line, rates: Rates) -> Proof:
    rule, more = _rules().us, line.more
    asked, law = "documentary evidence", rule.receipt_law
    try:
        worth = line.amount * rates(line.currency, rule.currency, line.date).value
    except InputError as missing:
        return Proof(line.number, "us", asked, Verdict.UNSURE, str(missing), law)
    lodging = more.reads_as == _LODGING
    if not lodging and worth < Decimal(rule.receipt_from):
        return Proof(line.number, "us", asked, Verdict.MET, f"under USD {rule.receipt_from}: none is required", law)
    if more.slip_alone:
        return Proof(line.number, "us", asked, Verdict.UNMET, "only the slip of a card payment: ask for the bill", law)
    if lodging and not more.itemised:
        because = "a hotel's bill has to show room, meals and other charges apart: look at it"
        return Proof(line.number, "us", asked, Verdict.UNSURE, because, law)
    return Proof(line.number, "us", asked, Verdict.MET, "the receipt is in this claim", law)


def _gb(line: Line, rates: Rates, today: date) -> Iterator[Proof]:
    law = _rules().gb.law
    yield _told(line, "gb", "qualifying travel: journey", line.more.place, "state where the journey led", law)
    yield _told(line, "gb", "qualifying travel: purpose", line.more.purpose, "state the business purpose", law)
    yield _paper(line, "gb", "cost incurred", law)


def _de(line: Line, rates: Rates, today: date) -> Iterator[Proof]:
    rule, more = _rules().de, line.more
    yield _told(line, "de", "occasion", more.purpose, "state the business occasion", rule.law)
    if not (more.attendees and more.reads_as == _MEALS):
        yield _paper(line, "de", "receipt", rule.receipt_law)
        return
    # Entertaining business partners: the Bewirtungsbeleg.
    yield Proof(line.number, "de", "day and amount", Verdict.MET, "on the receipt", rule.law)
    yield _told(line, "de", "place of the meal", more.place, "state the place (restaurant, town)", rule.law)
    several = len(more.attendees) > 1
    yield Proof(
        line.number,
        "de",
        "participants by name",
        Verdict.MET if several else Verdict.UNMET,
        f"{len(more.attendees)} are stated" if several else "name every participant, the host too",
        rule.law,
    )
    yield Proof(
        line.number,
        "de",
        "machine-made bill, item by item",
        Verdict.MET if more.itemised and not more.slip_alone else Verdict.UNSURE,
        "its items were read" if more.itemised else "no items were read: “food and drink” is not enough, look at it",
        rule.law,
    )
    yield _host_named(line, rates)


def _host_named(line: Line, rates: Rates) -> Proof:
    rule, more = _rules().de, line.more
    asked = f"above EUR {rule.host_named_above}: tax number, number of the bill, name of the host"
    try:
        worth = line.amount * rates(line.currency, rule.currency, line.date).value
    except InputError as missing:
        return Proof(line.number, "de", asked, Verdict.UNSURE, str(missing), rule.host_law)
    if worth <= Decimal(rule.host_named_above):
        return Proof(line.number, "de", asked, Verdict.MET, "not above", rule.host_law)
    lacking = [name for name, value in (("tax number", more.tax_id), ("number", more.number)) if not value]
    because = f"not read: {', '.join(lacking)}; " if lacking else ""
    because += "whether it names the host, who paid, is for a person to see"
    return Proof(line.number, "de", asked, Verdict.UNSURE, because, rule.host_law)


def _told(line: Line, regime: str, asked: str, value: str, remedy: str, law: str) -> Proof:
    verdict = Verdict.MET if value else Verdict.UNMET
    return Proof(line.number, regime, asked, verdict, "stated" if value else remedy, law)


def _paper(line: Line, regime: str, asked: str, law: str) -> Proof:
    if line.more.slip_alone:
        because = "only the slip of a card payment: ask for the bill"
        return Proof(line.number, regime, asked, Verdict.UNSURE, because, law)
    return Proof(line.number, regime, asked, Verdict.MET, "the receipt is in this claim", law)


def _advances(lines: Sequence[Line], advances: Sequence[Advance], today: date) -> Iterator[Proof]:
    """Whether an advance was paid not too long before the first expense, and any excess is back in time."""
    rule = _rules().us
    for advance in advances:
        first = min((line.date for line in lines), default=today)
        early = (first - advance.date).days > rule.advance_days
        yield Proof(
            0,
            "us",
            f"advance of {advance.date} within {rule.advance_days} days of the expense",
            Verdict.UNSURE if early else Verdict.MET,
            f"the first expense is of {first}",
            rule.timely_law,
        )
        last = max((line.date for line in lines), default=advance.date)
        until = last + timedelta(days=rule.return_days)
        yield Proof(
            0,
            "us",
            f"what the advance of {advance.date} exceeds the expenses by is returned by {until}",
            Verdict.UNSURE if today > until else Verdict.MET,
            f"{rule.return_days} days after the last expense",
            rule.timely_law,
        )
