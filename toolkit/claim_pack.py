"""The claim pack: one PDF of form, schedule and the receipts, each stamped with its number; spreadsheet, CSV and JSON.

Knows the assessed claim and how to bind pages; decides nothing about what counts (`claim` does). Every file is read
again after it was made: what it adds up to is what the claim says, to the smallest unit. Receipts are strangers' files:
they are bound, and the bound file is read again, in a confined child (`packet_room`), never here beside the keys.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pikepdf
import pypdfium2

from toolkit import claim_files, claim_pages, claim_sheet, phrasing, typeset
from toolkit.bind import Mark
from toolkit.bind_room import Step
from toolkit.claim import Rules, schedule
from toolkit.claim_assessed import Assessed, Measures, assess
from toolkit.claim_pages import Head
from toolkit.errors import InputError, ToolkitError
from toolkit.expense import ClaimItem, Schedule
from toolkit.likeness import Paper
from toolkit.model import Case
from toolkit.packet_room import Room
from toolkit.rates import Table

_SOURCE = "claim/claim.typ"
_PASSES = 4
#: The parts before the receipts, by the titles that they are typeset with.
_PARTS = (
    "Expense claim", "Schedule of receipts", "Daily allowances", "Exceptions", "Duplicates and card slips",
    "Required proof",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimPack:
    """The finished claim: its schedule, what is said of it, and its files by the end of their names.

    `number` is the running number of the claim in its case; from the second on the names of its files have it.
    """

    schedule: Schedule
    xlsx: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    pages: int
    #: How many pages come before the receipts.
    covers: int
    assessed: Assessed
    files: Mapping[str, bytes] = field(repr=False)
    number: int = 1


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt in the pack: what it is stamped with, its bookmark, its place in the room, and its number of pages."""

    stamp: str
    mark: str
    source: int
    count: int


def claim(
    case: Case,
    items: Sequence[ClaimItem],
    currency: str,
    *,
    today: date,
    table: Table | None = None,
    rules: Rules | None = None,
    others: Sequence[Paper] = (),
    measures: Measures | None = None,
) -> ClaimPack:
    """Return the claim pack of *items* in *currency*; with *table*, by other rates than the packaged ones.

    *rules* are the policy's categories, what settles a date, what a person decided and stated; *others* are the papers
    of other cases, among which a receipt of this claim may be once more; *measures* are the policy and per-diem tables.

    Raises InputError when there is nothing to claim, for an unknown currency, and for a document that is no receipt;
    UnreadableError naming the document id when a receipt cannot be bound. What is unsure on a receipt raises nothing:
    it is listed as to be settled.
    """
    going_by = rules or Rules()
    if not items and not going_by.stated.trips:
        raise InputError(
            f"Case {case.reference} has no receipts or invoices to claim.", remedy="File receipts with the case first."
        )
    made = schedule(items, currency, today=today, table=table, rules=going_by, others=others)
    assessed = assess(made, going_by.stated, today, going_by.rates, measures)
    sums = {item.key: ((item.key, item.sha256), *item.further) for item in items}
    originals = [(name, *each) for name, document in made.papers for each in sums[document]]
    head = _head(case, today, bool(going_by.rates.rows), originals)
    pdf, pages, covers = _pdf(assessed, head, items)
    number = measures.earlier.recorded + 1 if measures else 1
    files = _files(assessed, head, pdf, number)
    xlsx = next(data for name, data in files.items() if name.endswith(".xlsx"))
    return ClaimPack(made, xlsx, pdf, pages, covers, assessed, files, number)


def _head(case: Case, today: date, own_rates: bool, originals: Sequence[tuple[str, str, str]]) -> Head:
    principal = case.person("principal")
    claimant = f"{principal.given_names} {principal.surname}" if principal else ""
    paper = "us-letter" if case.route.startswith("us/") else "a4"
    language = "en-US" if paper == "us-letter" else "en-GB"
    return Head(case.reference, claimant, paper, language, today, own_rates, originals)


def _files(claim: Assessed, head: Head, pdf: bytes, number: int) -> dict[str, bytes]:
    """The files of a claim by the end of their names; the manifest comes last and has the others'."""
    # What was handed in is never overwritten: a claim after a recorded one has names of its own.
    stem = "claim" if number == 1 else f"claim-{number}"
    files = {
        f"{stem}.xlsx": claim_sheet.workbook(
            claim, reference=head.reference, claimant=head.claimant, today=head.today, receipts=head.originals
        ),
        f"{stem}.pdf": pdf,
        f"{stem}-lines.csv": claim_files.lines_csv(claim),
        f"{stem}-payroll.csv": claim_files.payroll_csv(claim),
        f"{stem}.json": claim_files.as_json(claim, reference=head.reference, today=head.today),
    }
    named = {f"{head.reference}-{name}": data for name, data in files.items()}
    return {**files, f"{stem}-manifest.json": claim_files.manifest(head.originals, named)}


def _pdf(claim: Assessed, head: Head, items: Sequence[ClaimItem]) -> tuple[bytes, int, int]:
    with Room(head.paper) as room:
        receipts = _receipts(room, claim.schedule, items, head.language)
        front, covers = _front(claim, head, receipts)
        title, pages = f"Expense claim {head.reference}", _first_pages(receipts, covers)
        steps = [Step(title, last=covers - 1)]
        steps += [Step(each.stamp.split(":")[0], each.source, head=each.stamp) for each in receipts]
        below = tuple(Mark(each.mark, page) for each, page in zip(receipts, pages, strict=True))
        behind = [Mark("Receipts", pages[0], below)] if below else []
        pdf, _ = room.bind(front, steps, [*_parts(front, covers), *behind], title, "")
        count = covers + sum(each.count for each in receipts)
        room.feed(pdf)
        if room.followed(covers, count) != frozenset(pages):
            raise ToolkitError("The schedule of the claim does not lead to its receipts.", remedy="Report this.")
        words = {word for lines in room.printed(covers) for line in lines for word in line.split()}
    if any(each not in words for each in claim_pages.figures(claim, head.language)):
        raise ToolkitError("A sum of the claim does not stand on its pages.", remedy="Report this.")
    return pdf, count, covers


def _front(claim: Assessed, head: Head, receipts: Sequence[_Receipt]) -> tuple[bytes, int]:
    """The pages before the receipts, and how many: they name pages, whose numbers hang on how many these are."""
    covers = 3
    for _ in range(_PASSES):
        made = typeset.pdf(_SOURCE, claim_pages.data(claim, head, _first_pages(receipts, covers)), today=head.today)
        with pikepdf.open(io.BytesIO(made)) as front:
            if len(front.pages) == covers:
                return made, covers
            covers = len(front.pages)
    raise ToolkitError("The schedule of the claim does not settle.", remedy="Report this with the number of lines.")


def _parts(front: bytes, covers: int) -> list[Mark]:
    """A bookmark for each part, at the first page that bears its title; *front* are pages of ours alone."""
    reader = pypdfium2.PdfDocument(front)
    try:
        texts = [reader[n].get_textpage().get_text_range().splitlines() for n in range(covers)]
    finally:
        reader.close()
    found = [(each, next((n for n, lines in enumerate(texts, 1) if each in lines), 0)) for each in _PARTS]
    return [Mark(title, page) for title, page in found if page]


def _receipts(room: Room, made: Schedule, items: Sequence[ClaimItem], language: str) -> list[_Receipt]:
    """Every receipt, lines first, then what is to be settled, slips and duplicates: all of them are in the pack."""
    left: dict[str, list[tuple[int, int]]] = {}
    for source, item in enumerate(items):
        left.setdefault(item.key, []).append((source, _taken(room, source, item)))
    receipts = []
    for line in made.lines:
        amount = phrasing.money(line.amount, line.currency, language).replace("\u00a0", " ")
        mark = f"Line {line.number}: {phrasing.printable(line.merchant)}"
        receipts.append(_Receipt(f"Line {line.number}: {amount}", mark, *left[line.document].pop()))
    for each in made.unsettled:
        stamp = f"S{each.number}: to be settled"
        receipts.append(_Receipt(stamp, stamp, *left[each.document].pop()))
    for slip in made.slips:
        stamp = f"P{slip.number}: card slip of line {slip.of}"
        receipts.append(_Receipt(stamp, stamp, *left[slip.document].pop()))
    for twin in made.duplicates:
        stamp = f"D{twin.number}: duplicate of line {twin.of}"
        receipts.append(_Receipt(stamp, stamp, *left[twin.document].pop()))
    return receipts


def _taken(room: Room, source: int, item: ClaimItem) -> int:
    """Hand a receipt into the room; return how many pages it has: its own, where its file has others' pages too."""
    own, all_pages = item.record.pages, len(item.record.turns)
    count = room.take(item.document, item.pdf, 0, 0).pages
    # A file that was laid out anew has other pages than those that were read.
    if own and len(own) < all_pages and count == all_pages:
        return room.keep(source, own)
    return count


def _first_pages(receipts: Sequence[_Receipt], covers: int) -> list[int]:
    pages, page = [], covers + 1
    for receipt in receipts:
        pages.append(page)
        page += receipt.count
    return pages
