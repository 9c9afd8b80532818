"""The claim pack: the spreadsheet, and one PDF of the schedule and the receipts, each stamped with its line number.

Knows the schedule and how to bind pages; decides nothing about what counts (`claim` does).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pikepdf

from toolkit import claim_sheet, packet_check, phrasing, typeset
from toolkit.bind import PAGE_ADDRESS, Binding, Foreign, Mark
from toolkit.claim import Rules, schedule
from toolkit.errors import InputError, ToolkitError
from toolkit.expense import ClaimItem, Schedule, Subtotal
from toolkit.likeness import Paper
from toolkit.model import Case
from toolkit.rates import Table

_SOURCE = "claim/claim.typ"
_PASSES = 4
_RULE = (
    "Amounts are converted at the euro foreign exchange reference rate of the European Central Bank for the date of "
    "the receipt, or the last one published before it where the bank published none that day; two other currencies "
    "are crossed over the euro. A converted amount is the amount times the rate shown, rounded to the smallest unit, "
    "halves away from zero. The bank publishes these rates for information."
)


@dataclass(frozen=True, slots=True)
class ClaimPack:
    """The finished claim: its schedule, the spreadsheet and the PDF."""

    schedule: Schedule
    xlsx: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    pages: int


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt in the pack: what it is stamped with, its bookmark, and its PDF."""

    stamp: str
    mark: str
    source: Foreign


def claim(
    case: Case,
    items: Sequence[ClaimItem],
    currency: str,
    *,
    today: date,
    table: Table | None = None,
    rules: Rules | None = None,
    others: Sequence[Paper] = (),
) -> ClaimPack:
    """Return the claim pack of *items* in *currency*; with *table*, by other rates than the packaged ones.

    *rules* are the policy's categories, what settles a date, and what a person decided; *others* are the papers of
    other cases, among which a receipt of this claim may be once more.

    Raises InputError when there is nothing to claim, for an unknown currency, and for a document that is no receipt;
    UnreadableError naming the document id when a receipt cannot be bound. What is unsure on a receipt raises nothing:
    it is listed as to be settled.
    """
    if not items:
        raise InputError(
            f"Case {case.reference} has no receipts or invoices to claim.", remedy="File receipts with the case first."
        )
    made = schedule(items, currency, today=today, table=table, rules=rules or Rules(), others=others)
    principal = case.person("principal")
    claimant = f"{principal.given_names} {principal.surname}" if principal else ""
    pdf, pages = _pdf(case, claimant, made, items, today)
    xlsx = claim_sheet.workbook(made, reference=case.reference, claimant=claimant, today=today)
    return ClaimPack(made, xlsx, pdf, pages)


def _pdf(case: Case, claimant: str, made: Schedule, items: Sequence[ClaimItem], today: date) -> tuple[bytes, int]:
    paper = "us-letter" if case.route.startswith("us/") else "a4"
    language = "en-US" if paper == "us-letter" else "en-GB"
    receipts = _receipts(made, items, language)
    covers = 1
    for _ in range(_PASSES):
        data = _data(case, claimant, made, _first_pages(receipts, covers), (paper, language), today)
        front = pikepdf.open(io.BytesIO(typeset.pdf(_SOURCE, data, today=today)))
        if len(front.pages) == covers:
            break
        covers = len(front.pages)
    else:
        raise ToolkitError("The schedule of the claim does not settle.", remedy="Report this with the number of lines.")
    binding = Binding(paper)
    binding.own(front, range(covers), "Schedule")
    for receipt in receipts:
        binding.foreign(receipt.source, receipt.stamp.split(":")[0], receipt.stamp)
    pages = _first_pages(receipts, covers)
    below = tuple(Mark(receipt.mark, page) for receipt, page in zip(receipts, pages, strict=True))
    pdf = binding.finish(f"Expense claim {case.reference}", [Mark("Schedule", 1), Mark("Receipts", pages[0], below)])
    if packet_check.page_numbers(pdf, covers, binding.count) != frozenset(pages):
        raise ToolkitError("The schedule of the claim does not lead to its receipts.", remedy="Report this.")
    return pdf, binding.count


def _receipts(made: Schedule, items: Sequence[ClaimItem], language: str) -> list[_Receipt]:
    """Every receipt, lines first, then what is to be settled, slips and duplicates: all of them are in the pack."""
    left: dict[str, list[Foreign]] = {}
    for item in items:
        left.setdefault(item.key, []).append(Foreign.open(item.document, _own_pages(item)))
    receipts = []
    for line in made.lines:
        amount = phrasing.money(line.amount, line.currency, language).replace("\u00a0", " ")
        mark = f"Line {line.number}: {phrasing.printable(line.merchant)}"
        receipts.append(_Receipt(f"Line {line.number}: {amount}", mark, left[line.document].pop()))
    for each in made.unsettled:
        stamp = f"S{each.number}: to be settled"
        receipts.append(_Receipt(stamp, stamp, left[each.document].pop()))
    for slip in made.slips:
        stamp = f"P{slip.number}: card slip of line {slip.of}"
        receipts.append(_Receipt(stamp, stamp, left[slip.document].pop()))
    for twin in made.duplicates:
        stamp = f"D{twin.number}: duplicate of line {twin.of}"
        receipts.append(_Receipt(stamp, stamp, left[twin.document].pop()))
    return receipts


def _own_pages(item: ClaimItem) -> bytes:
    """The PDF of the pages that the receipt stands on, where its file has others' pages too."""
    own, all_pages = item.record.pages, len(item.record.turns)
    if not own or len(own) >= all_pages:
        return item.pdf
    try:
        with pikepdf.open(io.BytesIO(item.pdf)) as whole:
            # A file that was laid out anew has other pages than those that were read.
            if len(whole.pages) != all_pages:
                return item.pdf
            for at in reversed(range(all_pages)):
                if at + 1 not in own:
                    del whole.pages[at]
            out = io.BytesIO()
            whole.save(out)
    except pikepdf.PdfError:
        return item.pdf  # which is said when it is bound
    return out.getvalue()


def _first_pages(receipts: Sequence[_Receipt], covers: int) -> list[int]:
    pages, page = [], covers + 1
    for receipt in receipts:
        pages.append(page)
        page += receipt.source.count
    return pages


def _data(
    case: Case, claimant: str, made: Schedule, pages: Sequence[int], style: tuple[str, str], today: date
) -> typeset.Data:
    paper, language = style
    days = [line.date for line in made.lines]
    return {
        "title": f"Expense claim {case.reference}",
        "paper": paper,
        "address": PAGE_ADDRESS,
        "reference": case.reference,
        "claimant": claimant,
        "period": f"Receipts of {min(days)} to {max(days)}" if days else "",
        "today": phrasing.long_date(today, language),
        "currency": made.currency,
        "total": phrasing.money(made.total, made.currency, language),
        "total_plain": phrasing.amount(made.total, made.currency, language),
        "rule": _RULE,
        "by_currency": [_subtotal(each, made.currency, language) for each in made.by_currency],
        "by_category": [_subtotal(each, made.currency, language) for each in made.by_category],
        **_rows(made, iter(pages), language),
        "findings": _findings(made, pages),
    }


def _rows(made: Schedule, page: Iterator[int], language: str) -> dict[str, typeset.Data]:
    """The rows of the schedule, of what is to be settled, of slips and duplicates, in the order of the receipts."""
    lines: list[typeset.Data] = [
        {
            "number": line.number,
            "date": line.date.isoformat(),
            "merchant": line.merchant,
            "category": line.category,
            "amount": phrasing.money(line.amount, line.currency, language),
            "rate": "" if line.currency == made.currency else f"{line.rate.value:f}",
            "rate_date": "" if line.currency == made.currency else line.rate.date.isoformat(),
            "converted": phrasing.amount(line.converted, made.currency, language),
            "notes": "; ".join(line.notes),
            "page": next(page),
        }
        for line in made.lines
    ]
    unsettled: list[typeset.Data] = [
        {"number": f"S{x.number}", "seen": x.seen, "reasons": "; ".join(x.reasons), "page": next(page)}
        for x in made.unsettled
    ]
    slips: list[typeset.Data] = [
        {"number": f"P{x.number}", "of": x.of, "why": x.why, "page": next(page)} for x in made.slips
    ]
    twins: list[typeset.Data] = [
        {"number": f"D{x.number}", "of": x.of, "why": x.why, "page": next(page)} for x in made.duplicates
    ]
    return {"lines": lines, "unsettled": unsettled, "slips": slips, "duplicates": twins}


def _findings(made: Schedule, pages: Sequence[int]) -> list[typeset.Data]:
    place = {name: page for (name, _), page in zip(made.papers, pages, strict=True)}
    return [{"number": each.paper, "says": each.says, "page": place[each.paper]} for each in made.findings]


def _subtotal(each: Subtotal, currency: str, language: str) -> typeset.Data:
    spent = "" if each.amount is None else phrasing.amount(each.amount, each.name, language)
    converted = phrasing.amount(each.converted, currency, language)
    return {"name": each.name, "count": each.count, "amount": spent, "converted": converted}
