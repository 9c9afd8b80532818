"""Cells of a spreadsheet: numbers are numbers, text can never be a formula, and every formula is checked.

A formula is written with the value it must give. `Book.finish` opens the finished file again, computes every formula in
it as a spreadsheet would and compares: a formula that nobody vouched for, or that gives anything else, is not let out.
Knows openpyxl; knows no claim.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from toolkit import scratch
from toolkit.errors import ToolkitError
from toolkit.phrasing import minor_units, printable

Content: TypeAlias = str | int | Decimal | date | None

BOLD: Final = Font(bold=True)
SHADE: Final = PatternFill("solid", fgColor="EEF1F6")
RULE: Final = Border(bottom=Side("thin", color="C9CFDA"))
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
#: Text stands off the figures in the column before it.
TEXT: Final = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
#: The height of one line of print in points, and the share of a column's width that is counted on: fonts differ.
_LINE, _SURE = 15.0, 0.9
#: A spreadsheet takes text that begins with one of these for a formula, at the latest once it has been through CSV.
_DANGEROUS = re.compile(r"^\s*[=+\-@|%\uff0b\uff0d\uff1d\uff20]|^[\t\r\n\x00]")
_REFERENCE = r"([A-Z]{1,2})(\d+)"
_SUM = re.compile(rf"=SUM\({_REFERENCE}:\1(\d+)\)")
#: Not SUMIF, which would take "*" and ">" in a name for a pattern, and not "=", to which "Meals" and "meals" are one.
_SOME = re.compile(rf"=SUMPRODUCT\(EXACT\(([A-Z]+)(\d+):\1(\d+),{_REFERENCE}\)\*([A-Z]+)\2:\6\3\)")
_PRODUCT = re.compile(rf"=ROUND\({_REFERENCE}\*{_REFERENCE},(\d)\)")
_PERCENT = re.compile(rf"=ROUND\({_REFERENCE}\*{_REFERENCE}/100,(\d)\)")
_INVERSE = re.compile(rf"=ROUND\({_REFERENCE}/\(1-{_REFERENCE}/100\),(\d)\)")
_TERMS = re.compile(r"=([A-Z]{1,2}\d+(?:[+-][A-Z]{1,2}\d+)+)")
_TERM = re.compile(r"([+-]?)([A-Z]{1,2}\d+)")
_AGREES = re.compile(rf'=IF\(ABS\({_REFERENCE}-{_REFERENCE}\)<0\.0005,"(agrees with the PDF)","DIFFERS FROM THE PDF"\)')


def harmless(text: str) -> str:
    """Return printable *text* that no spreadsheet takes for a formula (OWASP ASVS 1.2.10), also after CSV."""
    text = printable(text)
    return f"'{text}" if _DANGEROUS.match(text) else text


def money_format(currency: str) -> str:
    """Return the number format for amounts of *currency*."""
    decimals = minor_units(currency)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def fitted(sheet: Worksheet, row: int) -> None:
    """Make *row* as high as its wrapped texts are: not every office program does, and rows would lie over rows."""
    lines = 1
    for cell in sheet[row]:
        if isinstance(cell.value, str) and cell.data_type == "s":
            width = max(1, int(sheet.column_dimensions[cell.column_letter].width * _SURE))
            lines = max(lines, sum(max(1, len(textwrap.wrap(part, width))) for part in cell.value.split("\n")))
    sheet.row_dimensions[row].height = lines * _LINE


def to_print(sheet: Worksheet, head: int, *, wide: int = 1, first: str = "") -> None:
    """Have *sheet* printed *wide* pages wide, with the row *head* and the columns *first* ("A:C") on each.

    Pages that show the same rows come one after another.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = wide
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.print_title_rows = f"{head}:{head}"
    if first:
        sheet.print_title_cols = first


class Book:
    """A workbook in the making: `sheet` adds one, `put` and `formula` fill cells, `finish` checks and returns it."""

    def __init__(self, title: str, today: date) -> None:
        self._book = Workbook()
        self._book.properties.creator = "Mobility Toolkit"
        self._book.properties.title = printable(title)
        self._book.properties.created = datetime.combine(today, time())
        if self._book.active is not None:
            self._book.remove(self._book.active)
        self._expected: dict[tuple[str, str], Decimal | str] = {}

    def sheet(self, title: str) -> Worksheet:
        """Add an empty sheet."""
        made: Worksheet = self._book.create_sheet(title)
        return made

    def put(self, sheet: Worksheet, row: int, column: int, value: Content) -> Cell:
        """Write a value; text stays text whatever it begins with."""
        cell = sheet.cell(row, column)
        if not isinstance(cell, Cell):
            raise ToolkitError("A cell of a new sheet is merged.")
        if isinstance(value, str):
            cell.value = harmless(value)
            # Without this openpyxl would make a formula of text that begins with "=".
            cell.data_type = "s"
        else:
            cell.value = value
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
        return cell

    def formula(self, sheet: Worksheet, row: int, column: int, formula: str, expected: Decimal | str) -> Cell:
        """Write a formula of ours and note what it must give."""
        cell = sheet.cell(row, column)
        if not isinstance(cell, Cell):
            raise ToolkitError("A cell of a new sheet is merged.")
        cell.value = formula
        self._expected[(sheet.title, cell.coordinate)] = expected
        return cell

    def listing(
        self, title: str, head: Sequence[tuple[str, int]], rows: Sequence[Sequence[Content]], currency: str = ""
    ) -> Worksheet:
        """Add a sheet with a head of (title, width) and *rows*; decimals are amounts of *currency*."""
        sheet = self.sheet(title)
        for column, (name, width) in enumerate(head, start=1):
            cell = self.put(sheet, 1, column, name)
            cell.font, cell.fill, cell.alignment = BOLD, SHADE, TEXT
            sheet.column_dimensions[cell.column_letter].width = width
        for row, values in enumerate(rows or [("none",)], start=2):
            for column, value in enumerate(values, start=1):
                cell = self.put(sheet, row, column, value)
                cell.alignment, cell.border = TEXT if isinstance(value, str) else WRAPPED, RULE
                if isinstance(value, Decimal) and currency:
                    cell.number_format = money_format(currency)
            fitted(sheet, row)
        sheet.freeze_panes = "A2"
        to_print(sheet, 1)
        return sheet

    def finish(self) -> bytes:
        """Return the file. Raises ToolkitError when a formula in it gives other than was noted for it."""
        out = io.BytesIO()
        with scratch.taking_temporary_files():
            self._book.save(out)
        check(out.getvalue(), self._expected)
        return out.getvalue()


def check(data: bytes, expected: dict[tuple[str, str], Decimal | str]) -> None:
    """Compute every formula of the file *data*; raise ToolkitError unless each gives what is *expected* of it."""
    book = load_workbook(io.BytesIO(data))
    found: dict[tuple[str, str], Decimal | str] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found[(sheet.title, cell.coordinate)] = _value(sheet, cell.coordinate)
    if found != expected:
        raise ToolkitError("The totals of the spreadsheet differ from those of the claim.", remedy="Report this.")


def _value(sheet: Worksheet, at: str) -> Decimal | str:
    """The value of a cell; formulas are computed, those they lean on too."""
    value = sheet[at].value
    if sheet[at].data_type != "f":
        return Decimal(0) if value is None else Decimal(str(value))
    formula = str(value)
    if parts := _AGREES.fullmatch(formula):
        one, other = _number(sheet, parts[1] + parts[2]), _number(sheet, parts[3] + parts[4])
        return parts[5] if abs(one - other) < Decimal("0.0005") else "differs"
    for pattern, compute in ((_PRODUCT, _product), (_PERCENT, _percent), (_INVERSE, _inverse)):
        if parts := pattern.fullmatch(formula):
            one, other = _number(sheet, parts[1] + parts[2]), _number(sheet, parts[3] + parts[4])
            return compute(one, other).quantize(Decimal(1).scaleb(-int(parts[5])), rounding=ROUND_HALF_UP)
    if parts := _TERMS.fullmatch(formula):
        terms = [(sign, _number(sheet, cell)) for sign, cell in _TERM.findall(parts[1])]
        return sum((-value if sign == "-" else value for sign, value in terms), Decimal(0))
    return _summed(sheet, formula)


def _summed(sheet: Worksheet, formula: str) -> Decimal:
    if plain := _SUM.fullmatch(formula):
        column, first, last = plain.groups()
        names = name = ""
    elif some := _SOME.fullmatch(formula):
        names, first, last, at, line, column = some.groups()
        name = sheet[f"{at}{line}"].value
    else:
        raise ToolkitError("The spreadsheet holds a formula that cannot be checked.", remedy="Report this.")
    rows = range(int(first), int(last) + 1)
    wanted = [row for row in rows if not names or sheet[f"{names}{row}"].value == name]
    return sum((_number(sheet, f"{column}{row}") for row in wanted), Decimal(0))


def _number(sheet: Worksheet, at: str) -> Decimal:
    value = _value(sheet, at)
    return value if isinstance(value, Decimal) else Decimal(0)


def _product(one: Decimal, other: Decimal) -> Decimal:
    return one * other


def _percent(one: Decimal, rate: Decimal) -> Decimal:
    return one * rate / 100


def _inverse(one: Decimal, rate: Decimal) -> Decimal:
    return one / (1 - rate / 100)
