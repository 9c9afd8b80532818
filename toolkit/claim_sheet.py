"""The claim as a spreadsheet: the line schedule with its totals, and a sheet for each thing that is said of it.

Knows the assessed claim; writes and checks cells by `claim_cells`. Decides nothing and adds nothing up by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from toolkit import claim_sheet_lists as lists
from toolkit.claim_assessed import Assessed
from toolkit.claim_cells import BOLD, RULE, SHADE, TEXT, WRAPPED, Book, Content, fitted, money_format, to_print
from toolkit.claim_limits import Ruling
from toolkit.expense import NO_COST_CENTRE, Line, Subtotal
from toolkit.phrasing import minor_units

_COLUMNS: Final = (
    ("Line", 6),
    ("Date", 12),
    ("Merchant", 28),
    ("Country", 9),
    ("Amount", 14),
    ("Currency", 10),
    ("Rate", 13),
    ("Rate of", 11),
    ("Source of the rate", 24),
    ("In {currency}", 14),
    ("Tax in the amount", 12),
    ("Category", 15),
    ("Clause", 9),
    ("Limit", 28),
    ("Over, in {currency}", 12),
    ("Cost centre", 13),
    ("Entity charged", 20),
    ("Home tax", 10),
    ("Host tax", 10),
    ("Business purpose", 26),
    ("Place", 20),
    ("Notes", 40),
    ("Document", 17),
)
_HEAD = 6
_FIRST = _HEAD + 1
_AMOUNT, _RATE, _CONVERTED, _TAX, _OVER = 5, 7, 10, 11, 15
#: Where a total stands: its label, its currency, the formula, whether it agrees, and the sum computed outside.
_LABEL, _CODE, _TOTAL, _AGREES, _CONTROL = 3, 9, 10, 11, 12


def workbook(
    claim: Assessed, *, reference: str, claimant: str, today: date, receipts: Sequence[tuple[str, str, str]] = ()
) -> bytes:
    """Return the claim as .xlsx; *receipts* are paper, document and SHA-256 of each original.

    Raises ToolkitError when a formula in the finished file does not give what the claim says, to the smallest unit.
    """
    book = Book(f"Expense claim {reference}", today)
    sheet = book.sheet("Claim")
    _head(book, sheet, claim, (reference, claimant), today)
    for row, (line, ruling) in enumerate(zip(claim.schedule.lines, claim.rulings, strict=True), start=_FIRST):
        _line(book, sheet, row, line, ruling, claim.schedule.currency)
    _totals(book, sheet, claim, _FIRST + len(claim.schedule.lines) + 1)
    lists.per_diem(book, claim)
    lists.exceptions(book, claim)
    lists.proofs(book, claim)
    lists.vat(book, claim)
    lists.payroll(book, claim)
    lists.papers(book, claim.schedule, receipts)
    return book.finish()


def _head(book: Book, sheet: Worksheet, claim: Assessed, who: tuple[str, str], today: date) -> None:
    facts: tuple[tuple[str, Content], ...] = (
        ("Expense claim", who[0]),
        ("Claimant", who[1]),
        ("Claim currency", claim.schedule.currency),
        ("Made on", today),
    )
    for row, (label, value) in enumerate(facts, start=1):
        book.put(sheet, row, 1, label).font = BOLD
        book.put(sheet, row, 3, value).alignment = Alignment(horizontal="left")
    if claim.policy:
        book.put(sheet, 1, _CODE, "Policy").font = BOLD
        book.put(sheet, 1, _TOTAL, claim.policy)
    for column, (title, width) in enumerate(_COLUMNS, start=1):
        cell = book.put(sheet, _HEAD, column, title.format(currency=claim.schedule.currency))
        cell.font, cell.fill, cell.alignment = BOLD, SHADE, TEXT
        sheet.column_dimensions[cell.column_letter].width = width
    fitted(sheet, _HEAD)
    sheet.freeze_panes = f"A{_FIRST}"
    # So many columns on one page would be print of four points.
    to_print(sheet, _HEAD, wide=2, first="A:C")


def _line(book: Book, sheet: Worksheet, row: int, line: Line, ruling: Ruling, currency: str) -> None:
    more = line.more
    values: tuple[Content, ...] = (
        line.number, line.date, line.merchant, more.country, line.amount, line.currency, line.rate.value,
        line.rate.date, line.rate.source, line.converted, more.tax, line.category, ruling.clause,
        ruling.limit or ruling.standing.value, ruling.over, more.cost_centre or NO_COST_CENTRE, more.entity,
        ruling.home, ruling.host, more.purpose, more.place, "; ".join(line.notes), line.document,
    )  # fmt: skip
    for column, value in enumerate(values, start=1):
        cell = book.put(sheet, row, column, value)
        cell.border, cell.alignment = RULE, TEXT if isinstance(value, str) else WRAPPED
    fitted(sheet, row)
    if _computes_alike(line, currency):
        formula = f"=ROUND(E{row}*G{row},{minor_units(currency)})"
        book.formula(sheet, row, _CONVERTED, formula, line.converted)
    for column in (_AMOUNT, _TAX):
        sheet.cell(row, column).number_format = money_format(line.currency)
    for column in (_CONVERTED, _OVER):
        sheet.cell(row, column).number_format = money_format(currency)
    sheet.cell(row, _RATE).number_format = "0.00########"


def _computes_alike(line: Line, currency: str) -> bool:
    """Whether a spreadsheet, which computes in binary fractions, rounds the line as it was rounded."""
    product = Decimal(f"{float(line.amount) * float(line.rate.value):.15g}")
    smallest = Decimal(1).scaleb(-minor_units(currency))
    return product.quantize(smallest, rounding=ROUND_HALF_UP) == line.converted


def _totals(book: Book, sheet: Worksheet, claim: Assessed, row: int) -> None:
    made = claim.schedule
    last = _FIRST + len(made.lines) - 1
    if not made.lines:
        book.put(sheet, row, _LABEL, "No line can be summed yet: see “To be settled”.")
        if not claim.allowances:
            return
        book.put(sheet, row, _TOTAL, Decimal(0))
    else:
        _total(book, sheet, row, ("Receipts in all", made.currency), f"=SUM(J{_FIRST}:J{last})", made.total)
    row = _balance(book, sheet, claim, row)
    if not made.lines:
        return
    _total(book, sheet, row, ("Over the policy's limits", made.currency), f"=SUM(O{_FIRST}:O{last})", claim.over)
    groups: tuple[tuple[str, str, str, Sequence[Subtotal]], ...] = (
        ("Spent, by currency", "F", "E", made.by_currency),
        ("By category", "L", "J", made.by_category),
        ("By cost centre", "P", "J", made.by_cost_centre),
    )
    for title, names, key, subtotals in groups:
        row += 2
        book.put(sheet, row, _LABEL, title).fill = SHADE
        for each in subtotals:
            row += 1
            amount = each.converted if each.amount is None else each.amount
            code = made.currency if each.amount is None else each.name
            formula = f"=SUMPRODUCT(EXACT({names}{_FIRST}:{names}{last},C{row})*{key}{_FIRST}:{key}{last})"
            _total(book, sheet, row, (each.name, code), formula, amount)


def _balance(book: Book, sheet: Worksheet, claim: Assessed, row: int) -> int:
    """What is owed: receipts and allowances less advances, where there are any. Returns the next free row."""
    if not (claim.allowances or claim.advances):
        return row + 1
    currency, total = claim.schedule.currency, row
    for label, value in (("Daily allowances", claim.allowed), ("Less advances", claim.advanced)):
        row += 1
        book.put(sheet, row, _LABEL, label).font = BOLD
        book.put(sheet, row, _CODE, currency).alignment = Alignment(horizontal="right")
        book.put(sheet, row, _TOTAL, value).number_format = money_format(currency)
    formula = f"=J{total}+J{total + 1}-J{total + 2}"
    _total(book, sheet, row + 1, ("To be paid", currency), formula, claim.payable)
    return row + 2


def _total(book: Book, sheet: Worksheet, row: int, label: tuple[str, str], formula: str, expected: Decimal) -> None:
    """One total: label, currency, the formula, the sum as computed outside the sheet, and whether they agree."""
    book.put(sheet, row, _LABEL, label[0]).font = BOLD
    book.put(sheet, row, _CODE, label[1]).alignment = Alignment(horizontal="right")
    total = book.formula(sheet, row, _TOTAL, formula, expected)
    total.font, total.number_format = BOLD, money_format(label[1])
    book.put(sheet, row, _CONTROL, expected).number_format = money_format(label[1])
    agrees = f'=IF(ABS(J{row}-L{row})<0.0005,"agrees with the PDF","DIFFERS FROM THE PDF")'
    book.formula(sheet, row, _AGREES, agrees, "agrees with the PDF")
