"""The amounts of a receipt or invoice with what their rows say they are; and the table of taxes taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.fields import money
from toolkit.readers.money.labels import Role, roles
from toolkit.readers.money.rows import Row

#: The roles a sum can have, in the order in which they win where a row has several ("Total excl. GST" is a subtotal).
_ORDER: tuple[Role, ...] = (
    "ignore", "change", "discount", "tip", "rounding", "subtotal", "due", "tax", "total", "cash", "card",
)  # fmt: skip
_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%|@\s?(\d{1,2})(?![\d.,])")
#: `88 17`, `20 00`: the point was lost between the boxes.
_LOST_POINT = re.compile(r"(?<![\d.,:/-])(?<!\d\s)(-?\d{1,5})\s(\d\d)\s*$")


#: How far a printed tax may be from net x rate: tills round by line.
_OFF = Decimal("0.02")
#: A row with more amounts than this is no row of a table of taxes, and every three of them would have to be tried.
_WIDEST_TABLE = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount at its place, and its role; `table` when it stands in the table of taxes."""

    role: Role | None
    value: Decimal
    row: Row
    start: int
    end: int
    confidence: float
    currencies: tuple[str, ...] = ()
    table: bool = False
    rate: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Figure {self.role} row {self.row.index} {self.confidence:.2f}>"


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row of the table of taxes: net and tax, which its own arithmetic has shown to be that."""

    net: Decimal
    tax: Decimal
    rate: Decimal
    row: Row


def figures(rows: Sequence[Row]) -> tuple[Figure, ...]:
    """Return every amount of *rows* in order, a label without an amount taking the lone amount of the next row."""
    decimal = money.decimal_mark([row.text for row in rows])
    bare = decimal is None and not any(reading.decimals for row in rows for reading in money.find(row.text))
    tables = _tables(rows)
    found: list[Figure] = []
    waiting: Role | None = None
    for row in rows:
        role, rate = _role(row), _rate(row.text)
        readings = [r for r in money.find(row.text, decimal, bare=bare and role is not None) if r.value is not None]
        if not readings and role is not None:
            mended = _mended(row, role)
            if mended is not None:
                found.append(mended)
                role = None
        lone = len(readings) == 1 and role is None and not re.search(r"[^\W\d_]{3,}", row.text)
        for reading in readings:
            if reading.value is not None:
                at_row = min(reading.confidence, row.confidence_of(reading.start, reading.end))
                meant = waiting if lone else _nearer(row, reading.start, role)
                table = row.index in tables
                found.append(
                    Figure(
                        meant, reading.value, row, reading.start, reading.end, at_row, reading.currencies, table, rate
                    )
                )
        waiting = role if role is not None and not readings else None
    return tuple(found)


def last_of_row(found: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the rightmost amount of each row: the one the label speaks of."""
    for number, figure in enumerate(found):
        if number + 1 == len(found) or found[number + 1].row.index != figure.row.index:
            yield figure


def tax_lines(rows: Sequence[Row], found: Sequence[Figure]) -> tuple[TaxLine, ...]:
    """Return the rows where two amounts and a printed rate prove each other: tax = net x rate, to the cent."""
    by_row: dict[int, list[Figure]] = {}
    for figure in found:
        by_row.setdefault(figure.row.index, []).append(figure)
    lines = []
    for row in rows:
        own = by_row.get(row.index, [])
        if not 2 <= len(own) <= _WIDEST_TABLE:
            continue
        line = _tax_line(row, own)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _tax_line(row: Row, own: Sequence[Figure]) -> TaxLine | None:
    values = [each.value for each in own]
    first = re.search(r"\d", row.text)
    # In a table the rate may stand without its sign: `SR 6 87.80 5.27`.
    bare = re.match(r"\W{0,9}[A-Za-z]{0,2}\W{0,3}\w{0,2}?\W{0,9}(\d{1,2})(?:\s|$)", row.text) if first else None
    loose = re.findall(r"(?<![\d.,-])(\d{1,2})(?![\d.,])", row.text) if own[0].table or own[0].role == "tax" else []
    rates = [_decimal(a or b) for a, b in _RATE.findall(row.text)] + ([Decimal(bare[1])] if bare else [])
    rates += [Decimal(each) for each in loose if Decimal(each) <= 27]
    if any(rate == 0 for rate in rates) and values[-1] == 0:
        return TaxLine(values[0], Decimal(0), Decimal(0), row)
    fits = [
        (abs(net * rate / 100 - tax), TaxLine(net, tax, rate, row))
        for rate in rates
        for net in values
        for tax in values
        if rate > 0 and net != tax and abs(tax) < abs(net)
    ]
    # Of two nets that would do (before and after a discount), the one that gives the tax to the cent.
    off, best = min(fits, key=lambda each: each[0], default=(Decimal(1), None))
    return best if off <= _OFF else None


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", "."))


def _role(row: Row) -> Role | None:
    named = roles(row.text)
    return next((role for role in _ORDER if role in named), None)


def _nearer(row: Row, start: int, role: Role | None) -> Role | None:
    """`Qty : 1  Total RM  11.60`: where the row counts something, the words just before the amount may name it."""
    if role != "ignore":
        return role
    before = [each for each in row.part(0, max(1, start)) if re.search(r"[^\W\d_]{2,}", each.text)]
    named = roles(before[-1].text) if before and len(before) > 1 else frozenset()
    return next((each for each in _ORDER if each in named), role)


def _rate(text: str) -> Decimal | None:
    match = _RATE.search(text)
    return _decimal(match[1] or match[2]) if match else None


def _mended(row: Row, role: Role) -> Figure | None:
    cut = re.search(r"(?<![\d.,:/-])(\d{1,6})[.,]\s*$", row.text)
    if cut:
        # The edge of the paper took the cents.
        return Figure(role, Decimal(cut[1]), row, cut.start(), cut.end(), 0.50)
    match = _LOST_POINT.search(row.text)
    if match is None:
        return None
    return Figure(role, Decimal(f"{match[1]}.{match[2]}"), row, match.start(), match.end(), 0.60)


def _tables(rows: Sequence[Row]) -> frozenset[int]:
    """The rows of tables of taxes: from a heading without amounts down to the first row without two numbers."""
    inside: set[int] = set()
    open_ = False
    for row in rows:
        amounts = len(re.findall(r"\d[.,]\d\d(?!\d)|\d \d\d(?!\d)", row.text))
        heading = "table" in roles(row.text) and amounts == 0
        if heading:
            open_ = True
        elif open_ and (amounts >= 2 or (amounts == 1 and _rate(row.text) is not None)):
            inside.add(row.index)
        elif amounts == 1 or not (open_ and _heads(row)):
            open_ = False
    return frozenset(inside)


def _heads(row: Row) -> bool:
    return bool(roles(row.text) & {"tax", "subtotal", "table", "total"})
