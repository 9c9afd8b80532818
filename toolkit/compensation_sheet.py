"""The compensation table as a spreadsheet: numbers are numbers, totals are formulas, no text can become a formula."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit import scratch
from toolkit.compensation_letter import notes
from toolkit.compensation_rows import Compensation, Row
from toolkit.compensation_words import LABELS, ONCE, PERIODS
from toolkit.errors import ToolkitError
from toolkit.phrasing import minor_units, printable
from toolkit.policy_words import base_language

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_HEAD = 4
_WIDTHS = (5, 36, 16, 16, 16, 10, 12, 12, 12, 60)


def workbook(made: Compensation, *, reference: str, language: str, today: date) -> bytes:
    """Return *made* as .xlsx: the rows, their totals as formulas, the rates and what is asked.

    Raises ToolkitError where the totals that the formulas give differ from those of *made*.
    """
    from openpyxl import Workbook  # it loads lxml, which no verb that holds keys may load before it is needed

    book = Workbook()
    book.properties.creator = "Mobility Toolkit"
    book.properties.created = datetime.combine(today, time())
    sheet: Worksheet = book.create_sheet("Compensation", 0)
    del book["Sheet"]
    _embolden(_put(sheet, 1, 1, printable(f"Compensation {reference}")))
    _put(sheet, 2, 1, f"{PERIODS[made.period]['en']}; made on {today.isoformat()}")
    _heads(sheet, made)
    at = _HEAD
    for once in (False, True):
        rows = [row for row in made.rows if row.once is once]
        if rows:
            at = _block(sheet, at, rows, made, once=once, language=base_language(language))
    at += 1
    for sentence in (*notes(made, language), *(f"Asked: {each}" for each in made.asked)):
        at += 1
        _put(sheet, at, 2, sentence)
    sheet.freeze_panes = f"A{_HEAD + 1}"
    sheet.page_setup.orientation = "landscape"
    out = io.BytesIO()
    with scratch.taking_temporary_files():
        book.save(out)
    return out.getvalue()


def _heads(sheet: Worksheet, made: Compensation) -> None:
    from openpyxl.styles import Alignment, PatternFill

    heads = (
        "No.", "Row", f"Home payroll ({made.home_currency})", f"Host payroll ({made.host_currency or 'not known'})",
        f"Worth in {made.home_currency}", "Payroll", "Taxed at home", "Taxed at host", "Gross-up", "Basis",
    )  # fmt: skip
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True), 1):
        cell = _put(sheet, _HEAD, column, head)
        _embolden(cell)
        cell.fill, cell.alignment = PatternFill("solid", fgColor="EEF1F6"), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = width


def _block(sheet: Worksheet, at: int, rows: list[Row], made: Compensation, *, once: bool, language: str) -> int:
    """Write *rows* below line *at*, and their total; return the line of the total."""
    first = at + 1
    for number, row in enumerate(rows, 1):
        at += 1
        values = (number, row.label[language], row.placed.home, row.placed.host, row.placed.value, row.side)
        flags = (row.taxable_home, row.taxable_host, "yes" if row.gross_up else "", row.basis[language])
        for column, value in enumerate((*values, *flags), 1):
            cell = _put(sheet, at, column, value)
            if row.kind == "subtotal":
                _embolden(cell)
    _check(rows, made, once=once)
    counted = [n for n, row in enumerate(rows, first) if row.kind != "subtotal"]
    at += 1
    label = LABELS["total_once" if once else "total"][language]
    period = (ONCE if once else PERIODS[made.period])[language]
    _embolden(_put(sheet, at, 2, label if once else f"{label} {period}"))
    for column, letter, currency in ((3, "C", made.home_currency), (4, "D", made.host_currency), (5, "E", "")):
        code = currency or made.home_currency
        # Cell by cell: a subtotal stands among the rows and is not added again.
        cell = _put(sheet, at, column, None)
        cell.value = "=" + "+".join(f"N({letter}{n})" for n in counted)
        _embolden(cell)
        for line in range(first, at + 1):
            sheet.cell(line, column).number_format = _format(code)
    return at + 1


def _check(rows: list[Row], made: Compensation, *, once: bool) -> None:
    total = made.total(once=once)
    own = [row.placed for row in rows if row.kind != "subtotal"]
    for each, expected in (
        (sum((p.home or Decimal(0) for p in own), Decimal(0)), total.home or Decimal(0)),
        (sum((p.host or Decimal(0) for p in own), Decimal(0)), total.host or Decimal(0)),
        (sum((p.value for p in own), Decimal(0)), total.value),
    ):
        if each != expected:
            raise ToolkitError("The totals of the spreadsheet differ from those of the table.", remedy="Report this.")


def _embolden(cell: Cell) -> None:
    from openpyxl.styles import Font

    cell.font = Font(bold=True)


def _format(currency: str) -> str:
    digits = minor_units(currency)
    return "#,##0" + ("." + "0" * digits if digits else "")


def _put(sheet: Worksheet, row: int, column: int, value: str | int | Decimal | None) -> Cell:
    cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]  # a new sheet has no merged cells
    if isinstance(value, str):
        text = printable(value)
        # A spreadsheet takes such a text for a formula, at the latest once it has been through CSV.
        cell.value = f"'{text}" if text[:1] in tuple("=+-@|%") and text else text
        cell.data_type = "s"
    else:
        cell.value = value
    return cell
