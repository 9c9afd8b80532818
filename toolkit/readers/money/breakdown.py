"""What the total is made of: subtotal, taxes by rate, tip, service charge, discount, rounding; and what proves each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.model import SURE
from toolkit.readers.money import tax_rates, tax_table
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.item_names import DAY
from toolkit.readers.money.labels import Role
from toolkit.readers.money.proofs import CENT, ROUNDING, Equation, Ledger, left_to_pay
from toolkit.readers.money.sums import Sums

#: Proved and at a rate of the country; proved; borne out by another sum; printed at its label; one of several; put
#: together from loose rows.
_PROVED_AT_RATE, _PROVED, _SHOWN, _LABELLED, _LOOSE, _DOUBTFUL = 0.97, 0.95, 0.92, 0.80, 0.75, 0.70
#: The most a part of an unsure total is believed.
_UNSURE = 0.88
_NOUGHT = Decimal(0)
_FARE = re.compile(r"(?<![a-z])(?:fare|fahrpreis|grundpreis|course|tariffa|corsa|carrera|ritprijs|taxa)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the total. `figure` None: it is worked out, and stands where the total stands."""

    name: str
    value: Decimal
    figure: Figure | None
    confidence: float
    proved: bool = False


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The tax at one rate; `rate` in per cent, `net` where it can be told."""

    tax: Decimal
    rate: Decimal | None
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The parts, the taxes by rate, whether these are all of the tax and how sure that is, and what does not fit."""

    parts: tuple[Part, ...] = ()
    shares: tuple[TaxShare, ...] = ()
    whole: bool = False
    shares_confidence: float = 0.0
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Taxes:
    """What is known of the tax: its sum, where it stands, whether arithmetic proves it, and its shares by rate."""

    value: Decimal
    figure: Figure | None
    proved: bool
    shares: tuple[TaxShare, ...] = ()


def breakdown(result: Sums, country: str | None) -> Breakdown:
    """Take the total of *result* apart; *country* (ICAO 9303, None when unsure) says which rates of tax there are.

    Parts of a total that is not sure are not sure either: most of their proofs lean on it.
    """
    if result.total is None:
        return Breakdown()
    # A refund that prints its sums without a minus adds up without one.
    sign = -1 if result.negated else 1
    total, book = sign * result.total.value, result.book
    taxes = _taxes(total, result.equation, book, country)
    findings: list[str] = []
    parts = [each for each in (_subtotal(total, taxes, result), *_others(result, total)) if each]
    shares: tuple[TaxShare, ...] = ()
    whole, sure = False, 0.0
    if taxes is not None:
        confidence = _tax_confidence(taxes, total, country, findings)
        parts.insert(0, Part("tax", taxes.value, taxes.figure, confidence, taxes.proved))
        shares = tuple(replace(each, tax=sign * each.tax, net=_signed(sign, each.net)) for each in taxes.shares)
        complete = all(each.rate is not None and each.net is not None for each in shares)
        whole = taxes.proved and complete and sum((each.tax for each in taxes.shares), _NOUGHT) == taxes.value
        sure = confidence if whole else _DOUBTFUL
    cap = 1.0 if result.confidence >= SURE else _UNSURE
    parts = [
        replace(each, value=(1 if each.name == "discount" else sign) * each.value, confidence=min(each.confidence, cap))
        for each in parts
    ]
    return Breakdown(tuple(parts), shares, whole, min(sure, cap), tuple(findings))


def _signed(sign: int, value: Decimal | None) -> Decimal | None:
    return None if value is None else sign * value


def _others(result: Sums, total: Decimal) -> Iterator[Part | None]:
    """Tip, service charge, discount and rounding; and what was paid before, where it and the rest are printed."""
    for name, role in _EXTRAS:
        yield _extra(name, role, result)
    rest = left_to_pay(result.book, total) if "balance" in result.proved else None
    if rest is not None:
        yield Part("prepaid", total - rest.value, None, _PROVED, proved=True)
        yield Part("amount_due", rest.value, rest, _PROVED, proved=True)


#: The other fields, and the role of the rows they are read from.
_EXTRAS: Sequence[tuple[str, Role]] = (
    ("tip", "tip"), ("service_charge", "service"), ("discount", "discount"), ("rounding", "rounding"),
)  # fmt: skip


def _taxes(total: Decimal, equation: Equation | None, book: Ledger, country: str | None) -> _Taxes | None:
    table = _from_table(total, book)
    if table is not None and table.proved:
        return table
    if equation is not None and equation.of("tax") and not equation.lines:
        return _from_equation(equation, country)
    labelled = [each for each in book.of("tax") if abs(each.value) < abs(total) and not each.doubtful]
    near = [CENT / 2, *([ROUNDING] if book.of("rounding") else [])]
    for off in near:
        for tax in labelled:
            for subtotal in book.of("subtotal"):
                if tax.value and abs(subtotal.value + tax.value - total) <= off:
                    share = TaxShare(tax.value, tax.rate, subtotal.value)
                    return _Taxes(tax.value, tax, True, _rated((share,), country))
    if table is not None and not labelled:
        return table
    return _labelled(total, labelled, book, country) if labelled else None


def _from_table(total: Decimal, book: Ledger) -> _Taxes | None:
    """What the table of taxes says; a table of which a row was missed comes to another sum and proves nothing."""
    if book.gross is None:
        return None
    lines = tax_table.distinct(book.taxes)
    sign = -1 if total < 0 else 1
    whole = abs(book.gross - abs(total)) <= ROUNDING or _untaxed(abs(total) - book.gross, book)
    value = sign * sum((line.tax for line in lines), _NOUGHT)
    shares = tuple(TaxShare(sign * line.tax, line.rate, sign * line.net) for line in lines)
    return _Taxes(value, (book.printed.get(value) or (None,))[-1], whole, shares)


def _untaxed(rest: Decimal, book: Ledger) -> bool:
    """Whether what the table leaves out of the total is printed as a tip, or as a charge that bears no tax."""
    extras = [[each.value for each in book.of(role)] for role in ("tip", "charge")]
    return any(rest in (*each, sum(each, _NOUGHT)) for each in extras if each) and rest != 0


def _from_equation(equation: Equation, country: str | None) -> _Taxes:
    figures = equation.of("tax")
    value = sum((each.value for each in figures), _NOUGHT)
    start = equation.subtotal.value if equation.subtotal else _NOUGHT
    net = start - sum((abs(each.value) for each in equation.of("discount")), _NOUGHT)
    base = net + sum((each.value for role in ("service", "charge") for each in equation.of(role)), _NOUGHT)
    shares = tuple(TaxShare(each.value, each.rate, _base(each, (net, base, start))) for each in figures)
    if len(shares) == 1 and shares[0].rate is None:
        shares = (TaxShare(value, None, net),)
    return _Taxes(value, figures[0], True, _rated(shares, country))


def _base(tax: Figure, bases: Sequence[Decimal]) -> Decimal | None:
    """Which of *bases* bears the printed rate of *tax* to the cent."""
    if tax.rate is None:
        return None
    return next((each for each in bases if abs(each * tax.rate / 100 - tax.value) <= tax_table.OFF), None)


def _rated(shares: tuple[TaxShare, ...], country: str | None) -> tuple[TaxShare, ...]:
    """Fill in the rate that is not printed, where just one of the country's fits."""
    return tuple(
        TaxShare(each.tax, tax_rates.single(country, each.net, each.tax), each.net)
        if each.rate is None and each.net is not None
        else each
        for each in shares
    )


def _labelled(total: Decimal, labelled: Sequence[Figure], book: Ledger, country: str | None) -> _Taxes:
    """The tax as its own rows print it: within the total, or one of several of which nothing says that it is whole."""
    labelled = [each for each in labelled if each.value] or list(labelled)
    nightly = _nightly(book)
    nights = sum((each.value for each in nightly), _NOUGHT)
    if nightly and abs(nights) < abs(total):
        return _Taxes(nights, nightly[-1], False)
    rated = {(each.rate, each.value): each for each in labelled if each.rate and each.value}
    within = [each for each in rated.values() if _holds(total, each)]
    only = within[0] if within else labelled[-1]
    if len(within) == 1:
        return _Taxes(only.value, only, True, (TaxShare(only.value, only.rate, total - only.value),))
    if len({rate for rate, _ in rated}) == len(rated) > 1:
        return _several(total, list(rated.values()))
    net = total - only.value
    plain = only.rate is None and bool(only.value) and len({each.value for each in labelled}) == 1
    rate = tax_rates.single(country, net, only.value) if plain else None
    if rate is not None:
        return _Taxes(only.value, only, True, (TaxShare(only.value, rate, net),))
    shares = tuple(TaxShare(each.value, each.rate, None) for each in labelled if each.rate and each.value)
    return _Taxes(only.value, only, plain and net in book.printed, shares)


def _nightly(book: Ledger) -> Sequence[Figure]:
    """The taxes that a folio charges night by night: rows of several days, no two alike, each with its day in front."""
    charged = [each for figures in book.printed.values() for each in figures if each.role == "tax" and each.value]
    charged.sort(key=lambda each: each.row.index)
    texts = {each.row.text for each in charged}
    found = [DAY.match(text) for text in texts]
    days = {each[0].strip() for each in found if each}
    return charged if all(found) and len(days) > 1 and len(texts) == len(charged) else ()


def _several(total: Decimal, rated: Sequence[Figure]) -> _Taxes:
    """One row a rate: what each tax says of its gross adds up to the total, as near as the cents of a tax can tell."""
    factors = [(100 + each.rate) / each.rate for each in rated if each.rate]
    gross = sum((each.value * factor for each, factor in zip(rated, factors, strict=True)), _NOUGHT)
    proved = abs(gross - total) <= sum(factors) * CENT
    value = sum((each.value for each in rated), _NOUGHT)
    shares = tuple(TaxShare(each.value, each.rate, None) for each in rated)
    return _Taxes(value, rated[-1], proved, shares)


def _holds(total: Decimal, tax: Figure) -> bool:
    rate = tax.rate or _NOUGHT
    return rate > 0 and abs(total * rate / (100 + rate) - tax.value) <= CENT


def _tax_confidence(taxes: _Taxes, total: Decimal, country: str | None, findings: list[str]) -> float:
    rated = [each for each in taxes.shares if each.rate]
    strange = any(tax_rates.fits(country, _of(each), each.tax, each.rate) is False for each in rated)
    whole = tax_rates.fits(country, total - taxes.value, taxes.value)
    if strange or (whole is False and not taxes.shares):
        findings.append(f"tax: it fits no rate that is known for {country}; compare it with the paper.")
        return _LABELLED if taxes.proved else 0.60
    if not taxes.proved:
        return _LOOSE
    at_rate = bool(taxes.shares) and all(
        tax_rates.fits(country, _of(each), each.tax, each.rate) for each in taxes.shares if each.tax
    )
    return _PROVED_AT_RATE if at_rate and country else _PROVED


def _of(share: TaxShare) -> Decimal:
    return share.net if share.net is not None else Decimal(1)


def _subtotal(total: Decimal, taxes: _Taxes | None, result: Sums) -> Part | None:
    """What the paper calls its subtotal, after discounts where it prints that; else the sum without tax."""
    book, equation = result.book, result.equation
    if equation is not None and equation.subtotal is not None and equation.subtotal.role == "subtotal":
        start = _above_parts(total, equation, equation.subtotal, book)
        less = start.value - sum((abs(each.value) for each in equation.of("discount")), _NOUGHT)
        after = book.printed[less][-1] if less in book.printed and less not in (start.value, total) else None
        part = Part("subtotal", after.value if after else start.value, after or start, _PROVED, proved=True)
        # A fare with charges added to it is one of the lines of the ride as much as their sum.
        fare = bool(equation.of("charge")) and _FARE.search(start.row.folded) is not None
        return replace(part, confidence=_LABELLED) if fare else part
    # `Netto 19 % 12,71` is a row of the table of taxes, in other clothes.
    net = _net(total, taxes)
    # `Base fare` is one of the lines, where these add up.
    lines = book.line_rows if book.line_sum in (total, net) else frozenset()
    labelled = [
        each
        for each in book.of("subtotal")
        if abs(each.value) <= abs(total) and each.rate is None and not each.doubtful and each.row.index not in lines
    ]
    whole = net is not None and taxes is not None and _all_of(total, net + taxes.value, book)
    if labelled:
        last = labelled[-1]
        proved = last.value in (total, book.line_sum) or (whole and last.value == net)
        return Part("subtotal", last.value, last, _SHOWN if proved else _LABELLED, proved)
    row = _sum_of_lines(result)
    if row is not None:
        return Part("subtotal", row.value, row, _SHOWN, proved=True)
    if net is None or (net not in book.printed and book.gross is None):
        return None
    return Part("subtotal", net, book.printed.get(net, (None,))[-1], _SHOWN if whole else _LABELLED, proved=whole)


def _above_parts(total: Decimal, equation: Equation, start: Figure, book: Ledger) -> Figure:
    """The last subtotal that comes to the total with what is printed below it.

    `Metered fare 38.69`, `Waiting time 3.10`, `Goods total 41.79`, `Gratuity 4.21`: the fare is no subtotal there.
    """
    if equation.of("discount"):
        return start
    for each in reversed(book.of("subtotal")):
        if each.row.index <= start.row.index:
            break
        below = [part for part in equation.parts if part.row.index > each.row.index]
        if not each.doubtful and each.value + sum((part.value for part in below), _NOUGHT) == total:
            return each
    return start


def _all_of(total: Decimal, gross: Decimal, book: Ledger) -> bool:
    """Whether *gross* is *total*, with what is printed of tip, service and rounding: no part has been left out."""
    rest = abs(total) - abs(gross)
    extras = [each.value for role in ("tip", "service", "rounding") for each in book.of(role)]
    return abs(rest) <= CENT or rest in (*extras, sum(extras, _NOUGHT))


def _sum_of_lines(result: Sums) -> Figure | None:
    """The row above the total that prints what the line items come to, by whatever name the till calls it."""
    lines, total = result.book.line_sum, result.total
    if lines is None or total is None:
        return None
    rows = [
        each
        for each in result.book.printed.get(lines, ())
        if each.row.index < total.row.index
        and each.row.index > max(result.book.line_rows, default=-1)
        and (each.role is None or (each.role in ("total", "due") and each.value != total.value))
    ]
    return rows[-1] if rows else None


def _net(total: Decimal, taxes: _Taxes | None) -> Decimal | None:
    """What is left of *total* without tax, where the tax is proved."""
    if taxes is None or not taxes.proved:
        return None
    nets = [each.net for each in taxes.shares if each.net is not None]
    return sum(nets, _NOUGHT) if nets and len(nets) == len(taxes.shares) else total - taxes.value


def _extra(name: str, role: Role, result: Sums) -> Part | None:
    """Tip, service charge, discount or rounding: as the equation of the total has it, else as its own row has it."""
    own = result.equation.of(role) if result.equation is not None else ()
    if own:
        value = sum((each.value for each in own), _NOUGHT)
        return Part(name, abs(value) if role == "discount" else value, own[-1], _PROVED, proved=True)
    printed = [each for each in result.book.of(role) if each.value and not each.doubtful]
    if not printed or (role == "discount" and len({each.value for each in printed}) > 1):
        return None
    if role == "rounding" and "rounding" not in result.proved:
        return None
    figure = printed[0] if role == "tip" else printed[-1]
    return Part(name, abs(figure.value) if role == "discount" else figure.value, figure, _LOOSE)


def as_rows(shares: Sequence[TaxShare], written: Mapping[str, str] | None = None) -> tuple[Mapping[str, str], ...]:
    """Return *shares* as the rows of the field `tax_lines`: decimal strings, without what is not known."""
    rows = []
    for share in shares:
        row = {"rate": _plain(share.rate)} if share.rate is not None else {}
        if share.net is not None:
            row["net"] = f"{share.net:.2f}"
        rows.append({**row, "tax": f"{share.tax:.2f}", **(written or {})})
    return tuple(rows)


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
