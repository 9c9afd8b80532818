"""The words and figures of the pages of a claim, as `templates/claim/claim.typ` reads them.

Knows the assessed claim and how figures are written; knows no PDF. `figures` are the sums that have to stand on the
pages as they were typeset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit import phrasing, typeset
from toolkit.bind import PAGE_ADDRESS
from toolkit.claim_assessed import Allowance, Assessed, Paid
from toolkit.claim_limits import Outcome, Ruling
from toolkit.claim_proof import basis
from toolkit.expense import Line, Schedule, Subtotal
from toolkit.fields import country as countries
from toolkit.model import Verdict

_ECB = (
    "Amounts are converted at the euro foreign exchange reference rate of the European Central Bank for the date of "
    "the receipt, or the last one published before it where the bank published none that day; two other currencies "
    "are crossed over the euro. The bank publishes these rates for information."
)
_OWN = "Currencies that the company's own table of rates names are converted at its rate of that day, and by it alone."
_ROUNDED = (
    "A converted amount is the amount times the rate shown, rounded to the smallest unit, halves away from zero; "
    "totals are sums of converted amounts."
)
_REGIMES = {"us": "United States", "gb": "United Kingdom", "de": "Germany"}


@dataclass(frozen=True, slots=True)
class Head:
    """Who claims, on what paper and in which language figures are written.

    `originals` are, of each paper of the schedule, what it is called there, its document and the SHA-256 of the
    original; a paper in several photos has each of them.
    """

    reference: str
    claimant: str
    paper: str
    language: str
    today: date
    own_rates: bool = False
    originals: Sequence[tuple[str, str, str]] = ()


def data(claim: Assessed, head: Head, pages: Sequence[int]) -> typeset.Data:
    """Return the data of the typst source; *pages* are the first pages of the papers in the order of the schedule."""
    made = claim.schedule
    currency, language = made.currency, head.language
    days = [line.date for line in made.lines]
    over_in_all = claim.over + claim.over_days
    return {
        "title": f"Expense claim {head.reference}",
        "paper": head.paper,
        "address": PAGE_ADDRESS,
        "reference": head.reference,
        "claimant": head.claimant,
        "stated": _stated(claim),
        "period": f"Receipts of {min(days)} to {max(days)}" if days else "",
        "today": phrasing.long_date(head.today, language),
        "currency": currency,
        "total": phrasing.money(claim.payable, currency, language),
        "payable_plain": phrasing.amount(claim.payable, currency, language),
        "total_plain": phrasing.amount(made.total, currency, language),
        "balance": _balance(claim, language),
        "over": phrasing.amount(claim.over, currency, language) if claim.over else "",
        "over_in_all": phrasing.amount(over_in_all, currency, language) if over_in_all else "",
        "policy": claim.policy,
        "approver": claim.stated.approver,
        "rule": " ".join([_ECB, _OWN, _ROUNDED] if head.own_rates else [_ECB, _ROUNDED]),
        "by_currency": [_subtotal(each, currency, language) for each in made.by_currency],
        "by_category": [_subtotal(each, currency, language) for each in made.by_category],
        "by_cost_centre": [_subtotal(each, currency, language) for each in made.by_cost_centre],
        **_papers(claim, iter(pages), language),
        "findings": _findings(made, pages),
        **_per_diem(claim, language),
        "exceptions": _exceptions(claim, pages, language),
        **_proofs(claim),
        **_vat(claim, language),
        **_payroll(claim, language),
        "manifest": [
            {"number": name, "document": document, "sha256": digest}
            for name, document, digest in head.originals
            if digest
        ],
    }


def figures(claim: Assessed, language: str) -> tuple[str, ...]:
    """Return the sums that have to stand on the typeset pages, as they are written there."""
    made = claim.schedule
    sums = [made.total, claim.payable, *(each.converted for each in (*made.by_category, *made.by_cost_centre))]
    sums += [line.converted for line in made.lines]
    return tuple(dict.fromkeys(phrasing.amount(each, made.currency, language) for each in sums))


def _stated(claim: Assessed) -> list[typeset.Data]:
    said = claim.stated
    names = (
        ("Business purpose", said.purpose),
        ("Employee no.", said.employee),
        ("Cost centre", said.cost_centre),
        ("Entity charged", said.entity),
        ("Home country", countries.name(said.home) if said.home else ""),
        ("Host country", countries.name(said.host) if said.host else ""),
        ("Policy", claim.policy),
        *((("Claimed before", "; ".join(claim.earlier)),) if claim.earlier else ()),
    )
    return [{"name": name, "value": _broken(value) or "not stated"} for name, value in names]


def _balance(claim: Assessed, language: str) -> list[typeset.Data]:
    currency = claim.schedule.currency
    rows = [("Receipts", claim.schedule.total)]
    if claim.allowances:
        rows.append(("Daily allowances", claim.allowed))
    if claim.advances:
        rows.append(("Less advances", -claim.advanced))
    made: list[typeset.Data] = [{"name": n, "amount": phrasing.amount(x, currency, language)} for n, x in rows]
    return made + [_advance_open(each) for each in claim.advances if each.open]


def _advance_open(each: Paid) -> typeset.Data:
    lacks = "" if each.settled else " not converted"
    return {"name": f"Advance of {each.advance.date}{lacks}: {each.open}", "amount": ""}


def _papers(claim: Assessed, page: Iterator[int], language: str) -> dict[str, typeset.Data]:
    """The rows of the schedule, of what is to be settled, of slips and duplicates, in the order of the receipts."""
    made = claim.schedule
    lines: list[typeset.Data] = [
        _line(line, ruling, made.currency, language) | {"page": next(page)}
        for line, ruling in zip(made.lines, claim.rulings, strict=True)
    ]
    unsettled: list[typeset.Data] = [
        {
            "number": f"S{x.number}",
            "seen": _broken(x.seen),
            "reasons": _broken("; ".join(x.reasons)),
            "page": next(page),
        }
        for x in made.unsettled
    ]
    slips: list[typeset.Data] = [
        {"number": f"P{x.number}", "of": x.of, "why": x.why, "page": next(page)} for x in made.slips
    ]
    twins: list[typeset.Data] = [
        {"number": f"D{x.number}", "of": x.of, "why": x.why, "page": next(page)} for x in made.duplicates
    ]
    return {"lines": lines, "unsettled": unsettled, "slips": slips, "duplicates": twins}


def _line(line: Line, ruling: Ruling, currency: str, language: str) -> dict[str, typeset.Data]:
    more, same = line.more, line.currency == currency
    tax = "" if more.tax is None else phrasing.amount(more.tax, line.currency, language)
    shares = [
        f"{phrasing.amount(x.tax, line.currency, language)} at {x.rate.normalize():f} %"
        for x in more.tax_shares
        if x.rate is not None and x.tax is not None
    ]
    said = [("Purpose", more.purpose), ("Charged to", more.entity), ("Participants", ", ".join(more.attendees))]
    if not same:
        said.append(("Rate", line.rate.source))
    if len(shares) > 1:
        said.append(("Tax", ", ".join(shares)))
    if ruling.limit:
        said.append(("Limit", ruling.limit))
    return {
        "number": line.number,
        "date": line.date.isoformat(),
        "merchant": _broken(line.merchant, 14),
        "where": _broken(", ".join(each for each in (more.place, more.country) if each), 16) or "place not known",
        "category": _broken(_spoken(line.category)),
        "amount": phrasing.money(line.amount, line.currency, language),
        "rate": "" if same else f"{line.rate.value:f}",
        "rate_date": "" if same else line.rate.date.isoformat(),
        "converted": phrasing.amount(line.converted, currency, language),
        "tax": tax,
        "clause": ruling.clause,
        "standing": "" if ruling.standing is Outcome.NO_POLICY else ruling.standing.value,
        "over": phrasing.amount(ruling.over, currency, language) if ruling.over else "",
        "cost_centre": _broken(more.cost_centre, 12),
        "home": ruling.home,
        "host": ruling.host,
        "said": [{"name": name, "value": _broken(value)} for name, value in said if value],
        "notes": _broken("; ".join(line.notes)),
    }


def _findings(made: Schedule, pages: Sequence[int]) -> list[typeset.Data]:
    place = {name: page for (name, _), page in zip(made.papers, pages, strict=True)}
    return [{"number": each.paper, "says": _broken(each.says), "page": place[each.paper]} for each in made.findings]


def _per_diem(claim: Assessed, language: str) -> dict[str, typeset.Data]:
    currency = claim.schedule.currency
    return {
        "per_diem": [_day(each, currency, language) for each in claim.allowances],
        "per_diem_total": phrasing.amount(claim.allowed, currency, language),
        "per_diem_sources": _sources(claim.allowances),
    }


def _day(each: Allowance, currency: str, language: str) -> typeset.Data:
    day = each.day
    amount = "" if day.amount is None else phrasing.money(day.amount, day.currency, language)
    return {
        "trip": day.trip,
        "date": day.date.isoformat(),
        "where": ", ".join(x for x in (day.place, day.country) if x),
        "scheme": day.scheme,
        "reckoning": each.open or day.reckoning,
        "open": bool(each.open),
        "amount": amount,
        "rate": "" if each.rate is None or day.currency == currency else f"{each.rate.value:f}",
        "converted": "" if each.converted is None else phrasing.amount(each.converted, currency, language),
    }


def _sources(allowances: Sequence[Allowance]) -> list[typeset.Data]:
    said = [f"{x.day.scheme}: {x.day.source}" for x in allowances if x.day.source]
    said += [f"Policy {x.held.clause}: {x.held.limit or 'no limit for a day there'}." for x in allowances if x.held]
    return list(dict.fromkeys(said))


def _exceptions(claim: Assessed, pages: Sequence[int], language: str) -> list[typeset.Data]:
    currency = claim.schedule.currency
    return [
        {
            "of": each.paper,
            "why": each.why,
            "clause": each.clause,
            "limit": each.limit,
            "over": phrasing.amount(each.over, currency, language) if each.over else "",
            "approver": each.approver,
            "page": pages[each.line - 1] if each.line else 0,
        }
        for each in claim.exceptions
    ]


def _proofs(claim: Assessed) -> dict[str, typeset.Data]:
    lacking = [each for each in claim.proofs if each.verdict is not Verdict.MET]
    laws = dict.fromkeys(f"{each.asked}: {each.law}" for each in lacking)
    regimes = claim.stated.proof
    return {
        "proof_rules": [f"{_REGIMES[each]} ({basis(each)})" for each in regimes],
        "proof_met": len(claim.proofs) - len(lacking),
        "proof_laws": list(laws),
        "proof": [
            {
                "line": f"Line {each.line}" if each.line else "Claim",
                "rules": each.regime.upper(),
                "asked": each.asked,
                "verdict": each.verdict.value,
                "because": each.because,
            }
            for each in lacking
        ],
    }


def _vat(claim: Assessed, language: str) -> dict[str, typeset.Data]:
    return {
        "vat": [
            {
                "line": each.line,
                "country": countries.name(each.country),
                "tax": phrasing.money(each.tax, each.currency, language),
                "scheme": each.scheme,
                "deadline": "with the return" if each.deadline is None else each.deadline.isoformat(),
                "expired": each.expired,
                "lacking": ", ".join(each.lacking),
            }
            for each in claim.vat.candidates
        ],
        "vat_laws": list(
            dict.fromkeys(
                "; ".join(each for each in (f"{x.scheme}: {x.law}", x.note) if each) for x in claim.vat.candidates
            )
        ),
        "vat_asked": list(claim.vat.asked),
    }


def _payroll(claim: Assessed, language: str) -> dict[str, typeset.Data]:
    currency = claim.schedule.currency
    return {
        "payroll": [
            {
                "employee": row.employee or "?",
                "code": row.code or "?",
                "category": _spoken(row.category),
                "amount": phrasing.amount(row.amount, currency, language),
                "home": row.home,
                "host": row.host,
                "lines": ", ".join(map(str, row.lines)),
            }
            for row in claim.payroll.rows
        ],
        "payroll_total": phrasing.amount(claim.payroll.total, currency, language),
        "payroll_asked": list(claim.payroll.asked),
        "gross_up": [
            {
                "side": each.side,
                "rate": f"{each.rate:f}",
                "method": each.method,
                "formula": each.formula,
                "source": each.source,
                "gross": phrasing.amount(each.gross, currency, language),
                "lines": ", ".join(map(str, each.lines)),
            }
            for each in claim.payroll.gross_up
        ],
    }


def _broken(text: str, longest: int = 24) -> str:
    """*text* with places where a run of letters without a space may go over to the next line: nothing is cut."""
    return re.sub(rf"(\S{{{longest}}})(?=\S)", "\\1\u200b", text)


def _spoken(category: str) -> str:
    """The reader's `language_training` as people write it."""
    return category.replace("_", " ")


def _subtotal(each: Subtotal, currency: str, language: str) -> typeset.Data:
    spent = "" if each.amount is None else phrasing.amount(each.amount, each.name, language)
    converted = phrasing.amount(each.converted, currency, language)
    return {"name": _broken(_spoken(each.name)), "count": each.count, "amount": spent, "converted": converted}
