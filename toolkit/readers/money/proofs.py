"""What arithmetic says about one sum: every way in which the other amounts of the paper come to it.

subtotal + tax + tip + service + charges + rounding - discount, cash - change, several payments, what was paid before
and what is left, net and tax per rate, the tax within, the lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from toolkit.readers.money import tax_table
from toolkit.readers.money.figures import Figure, last_of_row
from toolkit.readers.money.labels import Role
from toolkit.readers.money.tax_table import TaxLine

CENT = Decimal("0.01")
#: The largest rounding a till makes on its own (Swiss and Malaysian five cents, Swedish whole crowns).
ROUNDING = Decimal("0.05")
#: Sums stand at the end of a paper; of a long statement only so many of each role are tried against each other.
_LAST = 12
#: So many amounts are added to a subtotal at most, and so many are there to choose from: more would prove anything.
_PARTS, _CHOICE = 4, 8
#: The roles of what a sum with a tip is printed as, and of what is added to (or taken from) a subtotal.
_FINAL: tuple[Role, ...] = ("due", "total", "card", "cash")
_EXTRAS: tuple[Role, ...] = ("tip", "charge", "service")
_ADDED: tuple[Role, ...] = ("tax", "tip", "service", "charge", "rounding", "discount")


@dataclass(frozen=True, slots=True)
class Equation:
    """`subtotal` and `parts` that come to one sum; `lines`: the subtotal is what the line items come to.

    `firm`: every amount in it is printed with its decimal point, so the equation vouches for the magnitude too.
    """

    subtotal: Figure | None
    parts: tuple[Figure, ...]
    firm: bool

    @property
    def lines(self) -> bool:
        """Whether it starts from the line items."""
        return self.subtotal is None

    def of(self, role: Role) -> tuple[Figure, ...]:
        """Return the parts of that role."""
        return tuple(each for each in self.parts if each.role == role)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The amounts of a paper by role, its table of taxes, its lines, and all that its subtotals come to.

    `gross` is what the table of taxes comes to; `printed` are all amounts but payments, by value.
    """

    by_role: Mapping[Role, Sequence[Figure]]
    taxes: Sequence[TaxLine]
    line_sum: Decimal | None
    line_rows: frozenset[int]
    equations: Mapping[Decimal, Equation]
    gross: Decimal | None
    printed: Mapping[Decimal, Sequence[Figure]]

    def shows(self, value: Decimal) -> bool:
        """Whether some row prints *value*, or its payment with a minus."""
        payments = (*self.of("cash"), *self.of("card"))
        return value in self.printed or any(abs(each.value) == abs(value) for each in payments)

    def of(self, role: Role) -> Sequence[Figure]:
        """Return the amounts of that role, top to bottom."""
        return self.by_role.get(role, ())

    def __repr__(self) -> str:
        return f"<Ledger {len(self.by_role)} roles {len(self.taxes)} tax lines>"


def ledger(
    found: Sequence[Figure],
    taxes: Sequence[TaxLine],
    line_sum: Decimal | None,
    line_rows: frozenset[int] = frozenset(),
) -> Ledger:
    """Sort the amounts *found* by role and work out what the subtotals among them come to.

    *line_sum* is what the line items come to, which stand in *line_rows*.
    """
    roles: dict[Role, list[Figure]] = {}
    printed: dict[Decimal, list[Figure]] = {}
    for figure in last_of_row(found):
        if figure.table:
            continue
        if figure.role not in ("cash", "card", "change", "ignore"):
            printed.setdefault(figure.value, []).append(figure)
        if figure.role is not None:
            roles.setdefault(figure.role, []).append(figure)
    taxes_unnamed = [each for each in _unnamed(found, printed) if each.value]
    if taxes_unnamed:
        roles.setdefault("tax", []).extend(taxes_unnamed)
    by_role = {role: figures[-_LAST:] for role, figures in roles.items()}
    return Ledger(
        by_role, taxes, line_sum, line_rows, _equations(by_role, printed, line_sum), tax_table.gross(taxes), printed
    )


def _unnamed(found: Sequence[Figure], printed: Mapping[Decimal, Sequence[Figure]]) -> Iterator[Figure]:
    """Yield the amounts that are a tax by their arithmetic: its rate times a total above, and both together below.

    `Gesamtbeitrag 50,00`, `Versicherungsteuer 19 % 9,50`, `Rechnungsbeitrag 59,50`: taxes have many names.
    """
    totals = [each for each in last_of_row(found) if each.role in ("due", "total")][:_LAST]
    for tax in last_of_row(found):
        if tax.role is not None or tax.table or not tax.rate:
            continue
        for start in totals:
            due = abs(start.value * tax.rate / 100 - tax.value) <= CENT
            sums = printed.get(start.value + tax.value, ())
            if due and start.row.index < tax.row.index and any(each.row.index > tax.row.index for each in sums):
                yield replace(tax, role="tax")
                break


def added(figure: Figure) -> Decimal:
    """Return what *figure* adds to a subtotal: a discount is taken off however it is printed."""
    return -abs(figure.value) if figure.role == "discount" else figure.value


def proofs(book: Ledger, value: Decimal, *, doubtful: bool = False) -> frozenset[str]:
    """Return the names of the ways in which *value* adds up.

    *doubtful*: its decimal point is not printed; then only amounts that are printed with theirs can prove it.
    """
    names = set(_paid(book, value, doubtful))
    equation = book.equations.get(value)
    if equation is not None and (equation.firm or not doubtful):
        names.add("lines" if equation.lines else "sum")
    if book.gross is not None and abs(book.gross - abs(value)) < CENT:
        names.add("taxes")
    if any(_within(value, tax) for tax in book.of("tax")) and not doubtful:
        names.add("tax within")
    if any(value == before.value + step for before, step in rounded(book)):
        names.add("rounding")
    if book.line_sum is not None and book.line_sum == value:
        names.add("lines")
    return frozenset(names)


def rounded(book: Ledger) -> Iterator[tuple[Figure, Decimal]]:
    """Yield each sum above a rounding row with the step the row makes; tills print its sign or leave it out."""
    for rounding in book.of("rounding"):
        for role in ("due", "total", "subtotal"):
            for figure in book.of(role):
                if figure.row.index < rounding.row.index and 0 < abs(rounding.value) < 1:
                    steps = (rounding.value, -rounding.value) if rounding.value > 0 else (rounding.value,)
                    # What is rounded ends in a coin that there is.
                    yield from ((figure, step) for step in steps if (figure.value + step) % ROUNDING == 0)


def superseded(book: Ledger, total: Decimal) -> Decimal | None:
    """Return the total above that *total* holds besides a tip, charge or tax printed between the two, None without one.

    A sum with the tax may stand under any name or none; one with a tip needs a name, for tips are also suggested.
    """
    named = [each.row.index for role in _FINAL for each in book.of(role) if each.value == total]
    printed = [each.row.index for each in book.printed.get(total, ()) if each.role in (None, "total", "due")]
    for roles, ends in ((_EXTRAS, named), ((*_EXTRAS, "tax"), printed)):
        before = _grown(book, roles, max(ends, default=0), total)
        if before is not None:
            return before
    return None


def outgrown(book: Ledger, total: Decimal) -> bool:
    """Whether *total* with a labelled tip, charge or tax below it is an amount printed further down."""
    return any(
        _grown(book, roles, each.row.index, value, total) is not None
        for value, figures in book.printed.items()
        if value > total > 0
        for each in figures[-1:]
        for roles in (_EXTRAS, (*_EXTRAS, "tax"))
    )


def _grown(
    book: Ledger, roles: Sequence[Role], end: int, total: Decimal, before: Decimal | None = None
) -> Decimal | None:
    """The total (or the value *before*) above row *end* that with all amounts of *roles* between comes to *total*."""
    extras = [each for role in roles for each in book.of(role) if each.value > 0 and each.row.index < end]
    for start in (each for role in ("due", "total") for each in book.of(role)):
        between = [each.value for each in extras if start.row.index < each.row.index]
        if before not in (None, start.value) or not between:
            continue
        if abs(start.value + sum(between, Decimal(0)) - total) < CENT:
            return start.value
    return None


def left_to_pay(book: Ledger, total: Decimal) -> Figure | None:
    """Return the sum that is *total* less what was paid before, where the paper prints all three in that order."""
    above = min((each.row.index for each in book.printed.get(total, ())), default=None)
    if above is None:
        return None
    for paid, row in _prepaid(book):
        for role in ("due", "total"):
            for rest in book.of(role):
                later = rest.row.index > max(row, above)
                if later and rest.value != total and abs(total - paid - rest.value) < CENT:
                    return rest
    return None


def _prepaid(book: Ledger) -> Iterator[tuple[Decimal, int]]:
    """Yield what was paid before, in parts and as a whole, with the last row that says so."""
    # A folio: what was paid by card or in cash stands among the charges, and the balance is nought.
    payments = [each for role in ("card", "cash") for each in book.of(role) if each.value < 0]
    for group in ([each for each in book.of("prepaid") if each.value], payments):
        yield from ((abs(each.value), each.row.index) for each in group)
        if len(group) > 1:
            yield sum((abs(each.value) for each in group), Decimal(0)), max(each.row.index for each in group)


def _paid(book: Ledger, value: Decimal, doubtful: bool) -> Iterator[str]:
    for cash in book.of("cash"):
        for change in book.of("change"):
            # Tills print the cash given or the change with a minus as they please.
            firm = not (cash.doubtful or change.doubtful)
            if change.value and firm and abs(abs(cash.value) - abs(change.value) - value) < CENT:
                yield "change"
    payments = [each.value for role in ("cash", "card") for each in book.of(role) if each.value > 0][:_CHOICE]
    if any(sum(chosen) == value for count in (2, 3) for chosen in combinations(payments, count)) and not doubtful:
        yield "payments"
    if value > 0 and not doubtful and left_to_pay(book, value) is not None:
        yield "balance"


def _within(value: Decimal, tax: Figure) -> bool:
    if not tax.rate or not tax.value:
        return False
    return abs(value * tax.rate / (100 + tax.rate) - tax.value) <= CENT / 2 + CENT / 10


def _equations(
    by_role: Mapping[Role, Sequence[Figure]], printed: Mapping[Decimal, Sequence[Figure]], line_sum: Decimal | None
) -> Mapping[Decimal, Equation]:
    parts = sorted(
        {(each.role, each.row.index, each.value): each for role in _ADDED for each in by_role.get(role, ())}.values(),
        key=lambda each: each.row.index,
    )
    parts = [each for each in parts if each.value][-_CHOICE:]
    chosen = [each for count in range(1, _PARTS + 1) for each in combinations(parts, count)]
    starts: list[tuple[Decimal, Figure | None]] = [(each.value, each) for each in by_role.get("subtotal", ())]
    starts += [(each.value, each) for role in ("due", "total") for each in by_role.get(role, ())]
    if line_sum is not None:
        starts.append((line_sum, None))
    best: dict[Decimal, tuple[tuple[int, ...], Equation]] = {}
    for start, subtotal in starts:
        for each in chosen:
            step = sum((added(part) for part in each), Decimal(0))
            if step == 0 or start == 0 or not _may_follow(subtotal, each, printed.get(start + step, ())):
                continue
            firm = not any(part.doubtful for part in each) and not (subtotal and subtotal.doubtful)
            kinds = {part.role for part in each}
            named = subtotal is not None and subtotal.role == "subtotal"
            rank = (firm, subtotal is not None, named, "tax" in kinds, -_repeats(each), len(each))
            if start + step not in best or rank > best[start + step][0]:
                best[start + step] = (rank, Equation(subtotal, each, firm))
    return {value: equation for value, (_, equation) in best.items()}


def _may_follow(start: Figure | None, parts: tuple[Figure, ...], sums: Sequence[Figure]) -> bool:
    """Whether *parts* can be added to *start*: to a total only what stands below it, and a tax it holds already.

    Only where the sum of both is printed below them (*sums*) does a total lack its tax. A charge above a subtotal is
    one of its lines.
    """
    if start is None:
        return True
    below = {part.role for part in parts if part.row.index > start.row.index}
    if start.role == "subtotal":
        return all(part.role != "charge" or part.role in below for part in parts)
    if any(part.role == "tax" for part in parts):
        last = max(part.row.index for part in parts)
        whole = any(each.row.index > last and each.role in (None, "total", "due") for each in sums)
        return whole and all(part.role in (*_EXTRAS, "tax") and part.row.index > start.row.index for part in parts)
    return all(part.role in _EXTRAS and part.role in below for part in parts)


def _repeats(parts: Sequence[Figure]) -> int:
    # Two equal amounts of one label are one amount printed twice, except where taxes are halved (CGST, SGST).
    return len(parts) - len({(each.role, each.value) for each in parts})
