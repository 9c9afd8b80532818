"""The sheets beside the line schedule: per diem, exceptions, proof, value added tax, payroll, and the papers.

Knows the assessed claim and `claim_cells`; the only formulas are sums and the gross-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openpyxl.worksheet.worksheet import Worksheet

from toolkit.claim_assessed import Assessed
from toolkit.claim_cells import BOLD, Book, Content, money_format
from toolkit.expense import Schedule
from toolkit.phrasing import minor_units


def per_diem(book: Book, claim: Assessed) -> None:
    """Every day of the trips with its reckoning."""
    currency = claim.schedule.currency
    rows: list[Sequence[Content]] = [
        (
            each.day.trip, each.day.date, each.day.country, each.day.place, each.day.scheme, each.day.reckoning,
            each.day.amount, each.day.currency, each.rate.value if each.rate else None,
            each.rate.date if each.rate else None, each.converted, each.open,
            ": ".join(x for x in (each.held.clause, each.held.limit) if x) if each.held else "", each.day.source,
        )
        for each in claim.allowances
    ]  # fmt: skip
    head = (
        ("Trip", 6), ("Day", 12), ("Country", 9), ("Place", 18), ("Scheme", 16), ("Reckoning", 46), ("Amount", 12),
        ("Currency", 9), ("Rate", 12), ("Rate of", 12), (f"In {currency}", 12), ("What is missing", 46), ("Policy", 34),
        ("Source", 60),
    )  # fmt: skip
    sheet = book.listing("Per diem", head, rows)
    for row, each in enumerate(claim.allowances, start=2):
        sheet.cell(row, 7).number_format = money_format(each.day.currency or currency)
        sheet.cell(row, 11).number_format = money_format(currency)
    if rows:
        _sum(book, sheet, "K", len(rows), currency, claim.allowed)


def exceptions(book: Book, claim: Assessed) -> None:
    """What has to be decided."""
    currency = claim.schedule.currency
    head = (("Of", 18), ("Why", 60), ("Clause", 28), ("Limit", 40), (f"Over, in {currency}", 14), ("May approve", 34))
    rows = [(e.paper, e.why, e.clause, e.limit, e.over or None, e.approver) for e in claim.exceptions]
    book.listing("Exceptions", head, rows, currency)


def proofs(book: Book, claim: Assessed) -> None:
    """Every demand of proof with its answer."""
    head = (("Line", 8), ("Rules of", 10), ("Asked", 46), ("Answer", 12), ("Because", 60), ("Law", 50))
    rows = [(e.line or "claim", e.regime.upper(), e.asked, e.verdict.value, e.because, e.law) for e in claim.proofs]
    if not claim.stated.proof:
        rows = [("", "", "Not checked: nobody has stated whose rules hold (proof).", "", "", "")]
    book.listing("Required proof", head, rows)


def vat(book: Book, claim: Assessed) -> None:
    """The candidates for a refund of value added tax."""
    head = (
        ("Line", 8), ("Country", 9), ("Tax", 12), ("Currency", 9), ("Scheme", 34), ("Until", 14),
        ("Not read on the invoice", 40), ("Note", 60), ("Law", 60),
    )  # fmt: skip
    rows: list[Sequence[Content]] = [
        (
            e.line, e.country, e.tax, e.currency, e.scheme,
            "" if e.deadline is None else f"{e.deadline}{' (over)' if e.expired else ''}",
            ", ".join(e.lacking), e.note, e.law,
        )
        for e in claim.vat.candidates
    ]  # fmt: skip
    rows += [("", "", None, "", each) for each in claim.vat.asked]
    sheet = book.listing("VAT reclaim", head, rows)
    for row, each in enumerate(claim.vat.candidates, start=2):
        sheet.cell(row, 3).number_format = money_format(each.currency)


def payroll(book: Book, claim: Assessed) -> None:
    """The rows for payroll, and the gross-up with its formula."""
    currency = claim.schedule.currency
    head = (
        ("Employee", 16), ("Earning code", 14), ("Category", 22), ("Amount", 14), ("Currency", 10), ("Home", 10),
        ("Host", 10), ("Lines", 30),
    )  # fmt: skip
    feed = claim.payroll.rows
    rows = [
        (r.employee, r.code, r.category, r.amount, r.currency, r.home, r.host, ", ".join(map(str, r.lines)))
        for r in feed
    ]
    sheet = book.listing("Payroll", head, rows, currency)
    row = 2
    if feed:
        row = _sum(book, sheet, "D", len(feed), currency, claim.payroll.total) + 1
    for asked in claim.payroll.asked:
        row += 1
        book.put(sheet, row, 1, asked)
    _gross_up(book, claim)


def _gross_up(book: Book, claim: Assessed) -> None:
    currency, made = claim.schedule.currency, claim.payroll.gross_up
    places = minor_units(currency)
    head = (
        ("Side", 10), ("Net", 14), ("Rate in %", 10), ("Method", 10), ("Gross", 14), ("Tax", 14), ("Formula", 70),
        ("Source of the rate", 40), ("Lines", 20),
    )  # fmt: skip
    rows: list[Sequence[Content]] = [
        (e.side, e.net, e.rate, e.method, None, None, e.formula, e.source, ", ".join(map(str, e.lines))) for e in made
    ]
    sheet = book.listing("Gross-up preview", head, rows, currency)
    for row, each in enumerate(made, start=2):
        sheet.cell(row, 3).number_format = "0.####"
        if each.method == "inverse":
            book.formula(sheet, row, 5, f"=ROUND(B{row}/(1-C{row}/100),{places})", each.gross)
            book.formula(sheet, row, 6, f"=E{row}-B{row}", each.tax)
        else:
            book.formula(sheet, row, 6, f"=ROUND(B{row}*C{row}/100,{places})", each.tax)
            book.formula(sheet, row, 5, f"=B{row}+F{row}", each.gross)
        for column in (5, 6):
            sheet.cell(row, column).number_format = money_format(currency)


def papers(book: Book, made: Schedule, receipts: Sequence[tuple[str, str, str]]) -> None:
    """What is to be settled, card slips, duplicates, findings, and the manifest of the receipts."""
    book.listing(
        "To be settled",
        (("No.", 8), ("Document", 28), ("Why it is not in the sums", 70), ("What was read", 70)),
        [(f"S{each.number}", each.document, "; ".join(each.reasons), each.seen) for each in made.unsettled],
    )
    book.listing(
        "Card slips",
        (("No.", 8), ("Document", 28), ("Payment of line", 16), ("Why", 70)),
        [(f"P{each.number}", each.document, each.of, each.why) for each in made.slips],
    )
    book.listing(
        "Duplicates",
        (("No.", 8), ("Document", 28), ("Counted as line", 16), ("Why", 70)),
        [(f"D{each.number}", each.document, each.of, each.why) for each in made.duplicates],
    )
    book.listing(
        "Findings",
        (("No.", 8), ("Document", 28), ("What was noticed on the paper", 100)),
        [(each.paper, each.document, each.says) for each in made.findings],
    )
    book.listing(
        "Manifest",
        (("Paper", 10), ("Document", 28), ("SHA-256 of the original", 70)),
        list(receipts),
    )


def _sum(book: Book, sheet: Worksheet, column: str, count: int, currency: str, expected: Decimal) -> int:
    """Write the sum of *column* two rows below its *count* rows; return the row."""
    row = count + 3
    book.put(sheet, row, 1, "Sum").font = BOLD
    cell = book.formula(sheet, row, ord(column) - 64, f"=SUM({column}2:{column}{count + 1})", expected)
    cell.font, cell.number_format = BOLD, money_format(currency)
    return row
