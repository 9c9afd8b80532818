"""The amounts of a receipt or invoice with what their rows, or the words just before them, say they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.fields import money
from toolkit.fields.calendar_words import fold
from toolkit.fields.money import MoneyReading
from toolkit.readers.money import item_columns
from toolkit.readers.money.labels import Role, roles
from toolkit.readers.money.rows import Row

#: The roles a sum can have, in the order in which they win where a row has several ("Total excl. GST" is a subtotal).
_ORDER: tuple[Role, ...] = (
    "ignore", "change", "discount", "service", "tip", "rounding", "prepaid", "subtotal", "due", "tax", "charge",
    "total", "cash", "card",
)  # fmt: skip
RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%|@\s?(\d{1,2})(?![\d.,])")
#: `88 17`, `20 00`: the point was lost between the boxes.
_LOST_POINT = re.compile(r"(?<![\d.,:/-])(?<!\d\s)(-?\d{1,5})\s(\d\d)\s*$")
#: `TOTAL 412` on a paper that prints cents elsewhere: the number alone at the end of its row.
_WHOLE = re.compile(r"(?<![\w.,:/#-])(-?\d{1,7})\s*$")
#: A sum, and behind it that something is within.
_WITH_TAX = re.compile(
    r"(?<![^\W\d_])(?:summe|gesamt\w{0,12}|betrag|total|totale|totaal|suma|importe|montant|amount|celkem|razem|belopp|summa"
    r"|endbetrag|bruttosumme)\W{0,3}(?:eur|rm|chf)?\W{0,3}(?:inkl(?:usive|usief)?|incl(?:usive|usief|uding)?|inc)(?![^\W\d_])(?!\W{0,3}$)"
)
#: What the columns of a table of taxes are called besides.
_TAXED: frozenset[Role] = frozenset({"subtotal", "total", "due"})
#: An amount in a table of taxes, on papers that print cents and on those that print none.
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)|\d \d\d(?!\d)")
_WHOLE_AMOUNT = re.compile(r"(?<![\w.,:/-])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\w.,:/-])\d{1,7}(?![\w.,:/%-]|\s?%)")
#: Words longer than this beside an amount mean that the amount speaks for itself.
_WORD = re.compile(r"[^\W\d_]{3,}")
#: Full-width forms, as Japan and China print them, and what they are; letter for letter, so that places stay places.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
#: `¥12,000-`: the stroke closes the sum, so that nobody adds a digit; it is no minus.
_CLOSED = re.compile(r"(¥\s?[\d,]+)[-−ー※](?![\d.,])")


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount at its place, and its role.

    `told`: it is the amount the label speaks of (the last of its row, or the one behind its own label). `table`: it
    stands in the table of taxes. `doubtful`: its decimal point is not printed, so its magnitude is not known.
    """

    role: Role | None
    value: Decimal
    row: Row
    start: int
    end: int
    confidence: float
    currencies: tuple[str, ...] = ()
    table: bool = False
    rate: Decimal | None = None
    told: bool = True
    doubtful: bool = False

    def __repr__(self) -> str:
        return f"<Figure {self.role} row {self.row.index} {self.confidence:.2f}>"


def figures(rows: Sequence[Row]) -> tuple[Figure, ...]:
    """Return every amount of *rows* in order, a label without an amount taking the lone amount of the next row."""
    texts = [narrow(row.text) for row in rows]
    decimal = money.decimal_mark(texts)
    bare = decimal is None and not any(reading.decimals for text in texts for reading in money.find(text))
    tables = _tables(rows, _WHOLE_AMOUNT if bare else _AMOUNT)
    found: list[Figure] = []
    waiting: Role | None = None
    for row, text in zip(rows, texts, strict=True):
        role = role_of(row.text)
        whole = bare and (role is not None or row.index in tables)
        readings = [r for r in money.find(text, decimal, bare=whole) if r.value is not None]
        if not readings and role is not None:
            mended = list(_mended(row, text, role))
            found += mended
            role = None if mended else role
        elif readings:
            lone = len(readings) == 1 and role is None and not _WORD.search(row.text)
            own = [] if lone else _own_labels(row, readings)
            meant = own or ([waiting] if lone else [_nearer(row, each, role) for each in readings])
            found += _figures(row, text, readings, meant, own=bool(own), table=row.index in tables)
        # `Description  Total`: a heading of the goods is no label of the lone amount below it.
        waiting = role if role is not None and not readings and not _heads_goods(row) else None
    return tuple(found)


def narrow(text: str) -> str:
    """Return *text* with full-width forms as plain ones and without the stroke behind a sum; places stay places."""
    return _CLOSED.sub(r"\1 ", text.translate(_NARROW))


def last_of_row(found: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the amounts that the labels speak of: the rightmost of each row, or each that has a label of its own."""
    return (figure for figure in found if figure.told)


def decimal_of(written: str) -> Decimal:
    """Return the number of a rate such as `7,5`."""
    return Decimal(written.replace(",", "."))


def role_of(text: str) -> Role | None:
    """Return what the label in *text* makes of an amount beside it, None without one."""
    named = roles(text)
    if "tax" in named and _WITH_TAX.search(fold(text)):
        # `Summe inkl. USt`: not the tax, but the sum that holds it.
        return "due"
    return next((role for role in _ORDER if role in named), None)


def _figures(
    row: Row, text: str, readings: Sequence[MoneyReading], meant: Sequence[Role | None], *, own: bool, table: bool
) -> Iterator[Figure]:
    rate = RATE.search(text)
    for number, (reading, role) in enumerate(zip(readings, meant, strict=True)):
        if reading.value is not None:
            last = number + 1 == len(readings)
            yield Figure(
                role,
                -reading.value if _owed(text, reading) else reading.value,
                row,
                reading.start,
                reading.end,
                min(reading.confidence, row.confidence_of(reading.start, reading.end)),
                reading.currencies,
                table,
                decimal_of(rate[1] or rate[2]) if rate else None,
                told=(own and role is not None) or last,
            )


def _owed(text: str, reading: MoneyReading) -> bool:
    """`411,78 EUR-`, `411,78 euros-`: a minus behind the mark or name of the currency."""
    if reading.value is None or reading.value <= 0:
        return False
    name = r"\s?[^\W\d_]{2,6}" if reading.text[-1:].isdigit() else ""
    return bool(re.match(rf"{name}\s?[-−](?![\w.,])", text[reading.end : reading.end + 12]))


def _own_labels(row: Row, readings: Sequence[MoneyReading]) -> list[Role | None]:
    """The role of each amount of a row where several have a label of their own just before them, else none."""
    ends = [0, *(reading.end for reading in readings)]
    own = [role_of(row.text[end : reading.start]) for end, reading in zip(ends, readings, strict=False)]
    return own if sum(each not in (None, "ignore") for each in own) > 1 else []


def _nearer(row: Row, reading: money.MoneyReading, role: Role | None) -> Role | None:
    """`Qty : 1  Total RM  11.60`: where the row counts something, the words just before the amount may name it.

    `TOTAL for 4 items  A$ 25.50`: nor is an amount with the mark of its currency a count.
    """
    if role != "ignore":
        return role
    before = [each for each in row.part(0, max(1, reading.start)) if re.search(r"[^\W\d_]{2,}", each.text)]
    named = role_of(before[-1].text) if before and len(before) > 1 else None
    if named in (None, "ignore") and reading.currencies and reading.decimals and "total" in roles(row.text):
        return "total"
    return named or role


def _mended(row: Row, text: str, role: Role) -> Iterator[Figure]:
    """What an amount without its point can be; arithmetic has to say which."""
    cut = re.search(r"(?<![\d.,:/-])(\d{1,6})[.,]\s*$", text)
    lost, whole = _LOST_POINT.search(text), _WHOLE.search(text)
    if cut:
        # The edge of the paper took the cents.
        yield _doubtful(row, role, cut, Decimal(cut[1]), 0.50)
    elif lost:
        yield _doubtful(row, role, lost, Decimal(f"{lost[1]}.{lost[2]}"), 0.60)
    elif whole and role not in ("ignore", "cash", "card"):
        yield _doubtful(row, role, whole, Decimal(whole[1]), 0.50)
        if len(whole[1].lstrip("-")) > 2:
            yield _doubtful(row, role, whole, Decimal(whole[1]).scaleb(-2), 0.50)


def _doubtful(row: Row, role: Role, match: re.Match[str], value: Decimal, confidence: float) -> Figure:
    rate = RATE.search(row.text)
    known = decimal_of(rate[1] or rate[2]) if rate else None
    return Figure(role, value, row, match.start(), match.end(), confidence, rate=known, doubtful=True)


def _tables(rows: Sequence[Row], amount: re.Pattern[str]) -> frozenset[int]:
    """The rows of tables of taxes: from a heading without amounts down to the first row without two numbers."""
    inside: set[int] = set()
    open_ = summed = False
    for row in rows:
        amounts = len(amount.findall(narrow(row.text)))
        named = roles(row.text)
        # Below the total, a heading with the words for tax and for net or gross is no heading of the goods.
        heading = amounts == 0 and ("table" in named or (summed and "tax" in named and bool(named & _TAXED)))
        heading = heading and (summed or not _heads_goods(row))
        summed = summed or (amounts > 0 and bool(named & {"total", "due"}))
        if heading:
            open_ = True
        elif open_ and (amounts >= 2 or (amounts == 1 and RATE.search(row.text) is not None)):
            inside.add(row.index)
        elif amounts == 1 or not (open_ and _heads(row)):
            open_ = False
    return frozenset(inside)


def _heads_goods(row: Row) -> bool:
    """Whether the row is the heading of a list of goods, which may have columns for rates and taxes."""
    columns = item_columns.heading(row)
    return columns is not None and columns.has("description")


def _heads(row: Row) -> bool:
    return bool(roles(row.text) & {"tax", "subtotal", "table", "total"})
