"""The claim as a spreadsheet: numbers are numbers, totals are formulas, text can never be one.

Knows openpyxl and the schedule; does no arithmetic of its own but to check the formulas it wrote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.errors import ToolkitError
from toolkit.expense import Line, Schedule
from toolkit.phrasing import minor_units, printable

Content: TypeAlias = str | int | Decimal | date

_COLUMNS: Final = (
    ("Line", 6),
    ("Date", 12),
    ("Merchant", 34),
    ("Category", 18),
    ("Amount", 14),
    ("Currency", 10),
    ("Rate", 13),
    ("Rate of", 12),
    ("Source of the rate", 44),
    ("In {currency}", 14),
    ("Notes", 48),
    ("Document", 26),
)
#: Of the sheets that list papers: number, document, and what is said of it.
_WIDTHS: Final = (8, 28, 70, 70)
_HEAD = 6
_FIRST = _HEAD + 1
_BOLD = Font(bold=True)
_SHADE = PatternFill("solid", fgColor="EEF1F6")
_RULE = Border(bottom=Side("thin", color="C9CFDA"))
#: A spreadsheet takes text that begins with one of these for a formula, at the latest once it has been through CSV.
_DANGEROUS = re.compile(r"^[=+\-@\t\r\n\x00|%]")


def workbook(schedule: Schedule, *, reference: str, claimant: str, today: date) -> bytes:
    """Return the schedule as .xlsx: the claim with its totals, what is to be settled, card slips, duplicates, findings.

    Raises ToolkitError when a formula in the finished file does not give the total of the schedule to the cent.
    """
    book = Workbook()
    book.properties.creator = "Mobility Toolkit"
    book.properties.title = printable(f"Expense claim {reference}")
    book.properties.created = datetime.combine(today, time())
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise ToolkitError("A new workbook has no sheet.")
    sheet.title = "Claim"
    _claim(sheet, schedule, reference, claimant, today)
    _listing(
        book.create_sheet("To be settled"),
        ("No.", "Document", "Why it is not in the sums", "What was read"),
        [(f"S{each.number}", each.document, "; ".join(each.reasons), each.seen) for each in schedule.unsettled],
    )
    _listing(
        book.create_sheet("Card slips"),
        ("No.", "Document", "Payment of line", "Why"),
        [(f"P{each.number}", each.document, each.of, each.why) for each in schedule.slips],
    )
    _listing(
        book.create_sheet("Duplicates"),
        ("No.", "Document", "Counted as line", "Why"),
        [(f"D{each.number}", each.document, each.of, each.why) for each in schedule.duplicates],
    )
    _listing(
        book.create_sheet("Findings"),
        ("No.", "Document", "What was noticed on the paper"),
        [(each.paper, each.document, each.says) for each in schedule.findings],
    )
    out = io.BytesIO()
    book.save(out)
    _check(out.getvalue(), schedule)
    return out.getvalue()


def _claim(sheet: Worksheet, schedule: Schedule, reference: str, claimant: str, today: date) -> None:
    facts: tuple[tuple[str, Content], ...] = (
        ("Expense claim", reference),
        ("Claimant", claimant),
        ("Claim currency", schedule.currency),
        ("Made on", today),
    )
    for row, (label, value) in enumerate(facts, start=1):
        _put(sheet, row, 1, label).font = _BOLD
        _put(sheet, row, 3, value)
    for column, (title, width) in enumerate(_COLUMNS, start=1):
        cell = _put(sheet, _HEAD, column, title.format(currency=schedule.currency))
        cell.font, cell.fill = _BOLD, _SHADE
        sheet.column_dimensions[cell.column_letter].width = width
    for row, line in enumerate(schedule.lines, start=_FIRST):
        _line(sheet, row, line, schedule.currency)
    _totals(sheet, schedule, _FIRST + len(schedule.lines) + 1)
    sheet.freeze_panes = f"A{_FIRST}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"


def _line(sheet: Worksheet, row: int, line: Line, currency: str) -> None:
    values: tuple[Content, ...] = (
        line.number, line.date, line.merchant, line.category, line.amount, line.currency,
        line.rate.value, line.rate.date, line.rate.source, line.converted, "; ".join(line.notes), line.document,
    )  # fmt: skip
    for column, value in enumerate(values, start=1):
        _put(sheet, row, column, value).border = _RULE
    sheet.cell(row, 5).number_format = _format(line.currency)
    sheet.cell(row, 7).number_format = "0.00########"
    sheet.cell(row, 10).number_format = _format(currency)


def _totals(sheet: Worksheet, schedule: Schedule, row: int) -> None:
    last = _FIRST + len(schedule.lines) - 1
    if not schedule.lines:
        _put(sheet, row, 3, "No line can be summed yet: see “To be settled”.")
        return
    _total(sheet, row, "Total", schedule.currency, f"=SUM(J{_FIRST}:J{last})", schedule.total)
    for label, names, key, subtotals in (
        ("Spent in {}", "F", "E", schedule.by_currency),
        ("{}", "D", "J", schedule.by_category),
    ):
        row += 1
        for each in subtotals:
            row += 1
            amount = each.converted if each.amount is None else each.amount
            code = schedule.currency if each.amount is None else each.name
            # Not SUMIF, which would take "*", "?" and ">" in a name for a pattern.
            wanted = _harmless(each.name).replace('"', '""')
            formula = f'=SUMPRODUCT(({names}{_FIRST}:{names}{last}="{wanted}")*{key}{_FIRST}:{key}{last})'
            _total(sheet, row, label.format(each.name), code, formula, amount)


def _total(sheet: Worksheet, row: int, label: str, currency: str, formula: str, expected: Decimal) -> None:
    """One total: label, currency, the formula, the sum as computed outside the sheet, and whether they agree."""
    _put(sheet, row, 3, label).font = _BOLD
    _put(sheet, row, 9, currency).alignment = Alignment(horizontal="right")
    total = sheet.cell(row, 10, formula)
    total.font, total.number_format = _BOLD, _format(currency)
    control = _put(sheet, row, 12, expected)
    control.number_format = _format(currency)
    sheet.cell(row, 11, f'=IF(ABS(J{row}-L{row})<0.0005,"agrees with the PDF","DIFFERS FROM THE PDF")')


def _listing(sheet: Worksheet, head: Sequence[str], rows: Sequence[Sequence[Content]]) -> None:
    for column, (title, width) in enumerate(zip(head, _WIDTHS, strict=False), start=1):
        cell = _put(sheet, 1, column, title)
        cell.font, cell.fill = _BOLD, _SHADE
        sheet.column_dimensions[cell.column_letter].width = width
    for row, values in enumerate(rows or [("", "none")], start=2):
        for column, value in enumerate(values, start=1):
            _put(sheet, row, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, column: int, value: Content) -> Cell:
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise ToolkitError("A cell of a new sheet is merged.")
    if isinstance(value, str):
        cell.value = _harmless(value)
        # Without this openpyxl would make a formula of text that begins with "=".
        cell.data_type = "s"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    return cell


def _harmless(text: str) -> str:
    text = printable(text)
    return f"'{text}" if _DANGEROUS.match(text) else text


def _format(currency: str) -> str:
    decimals = minor_units(currency)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


_SUM = re.compile(r"=SUM\(J(\d+):J(\d+)\)")
_SOME = re.compile(r'=SUMPRODUCT\(\(([A-Z])(\d+):\1(\d+)="(.*)"\)\*([A-Z])\2:\5\3\)')


def _check(data: bytes, schedule: Schedule) -> None:
    """Compute every total of the file as a spreadsheet would, and compare it with the schedule."""
    sheet = load_workbook(io.BytesIO(data))["Claim"]
    found = []
    for row in range(_FIRST + len(schedule.lines), sheet.max_row + 1):
        formula = sheet.cell(row, 10).value
        if isinstance(formula, str) and formula.startswith("="):
            found.append(_computed(sheet, formula))
    expected = [schedule.total] if schedule.lines else []
    expected += [each.amount or Decimal(0) for each in schedule.by_currency]
    expected += [each.converted for each in schedule.by_category]
    if found != expected:
        raise ToolkitError("The totals of the spreadsheet differ from those of the claim.", remedy="Report this.")


def _computed(sheet: Worksheet, formula: str) -> Decimal:
    if plain := _SUM.fullmatch(formula):
        first, last = plain.groups()
        column, names, name = "J", "", ""
    elif some := _SOME.fullmatch(formula):
        names, first, last, name, column = some.groups()
        name = name.replace('""', '"')
    else:
        raise ToolkitError("The spreadsheet holds a formula that cannot be checked.", remedy="Report this.")
    rows = range(int(first), int(last) + 1)
    wanted = [row for row in rows if not names or sheet[f"{names}{row}"].value == name]
    return sum((Decimal(str(sheet[f"{column}{row}"].value)) for row in wanted), Decimal(0))
