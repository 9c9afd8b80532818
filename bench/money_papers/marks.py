"""Sets what a reader said of a money paper against its truth: field by field, and the lines of goods one to one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any

Row = Mapping[str, Any]
KINDS = ("receipt", "invoice")
#: A value at or above this confidence is one the reader vouches for.
SURE = 0.9
#: So many letters of a number suffice where the other leaves out its country or series.
_TAIL = 4
#: How alike two descriptions are that name the same goods.
_ALIKE = 0.7
#: The fewest letters that name goods by being a part of their description; a Chinese or Japanese sign says more.
_PART = 3
MONEY = ("subtotal", "tax", "tip", "rounding", "discount", "total")
_NUMBERS = (*MONEY, "nights", "kilometres", "miles", "litres", "gallons")
FIELDS = (
    "merchant", "merchant_address", "merchant_tax_id", "number", "date", "time", "currency", "subtotal", "tax",
    "tax_lines", "tip", "rounding", "discount", "total", "payment_method", "expense_category", "nights", "kilometres",
    "miles", "litres", "gallons",
)  # fmt: skip
#: Values that are right too though the paper is not asked for them: the other reading of what is printed.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "merchant": ("merchant_also",), "number": ("number_also",), "date": ("date_also",), "time": ("time_also",),
    "tip": ("service",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One field of one paper. `asked`: the truth has it; `right`: answered as the truth says, or rightly left out."""

    asked: bool
    answered: bool
    right: bool
    confidence: float
    wanted: Any = field(repr=False, default=None)
    got: Any = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over papers; `f1` is of answered against expected."""

    expected: int = 0
    answered: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.expected + self.answered) if self.expected + self.answered else 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one paper; `marks` has only fields that were asked for or answered.

    `known`: whether it was taken for a receipt or an invoice; else nothing is read of it.
    """

    marks: Mapping[str, Mark]
    lines: Tally
    known: bool = True


def judged(truth: Row, answer: Row) -> Verdict:
    """Compare one answer in the shape of `mobility read --json` with the truth of its paper."""
    fields: Mapping[str, Any] = answer.get("fields", {})
    found = {}
    for name in FIELDS:
        wanted, given = _asked(truth, name), fields.get(name) or {}
        got = given.get("value")
        answered = got not in (None, "", [], ())
        also = [*_derived(truth, name), *(value for key in _ALSO.get(name, ()) for value in _several(truth.get(key)))]
        fits = answered and any(same(name, value, got) for value in (wanted, *also) if value is not None)
        if wanted is None and (not answered or fits):
            continue
        found[name] = Mark(wanted is not None, answered, fits, float(given.get("confidence") or 0), wanted, got)
    bought = lines(truth["lines"], (fields.get("lines") or {}).get("value") or ())
    return Verdict(found, bought, answer.get("kind") in KINDS)


def _asked(truth: Row, name: str) -> Any:
    """What a reader is asked for; nobody is asked for a rounding of nothing."""
    wanted = truth.get(name) or None
    return None if name == "rounding" and wanted is not None and amount(wanted) == 0 else wanted


def _derived(truth: Row, name: str) -> list[Decimal]:
    """Amounts that follow from what is printed: the net, what stood before tip and rounding, reductions together."""
    if name == "discount":
        rows = [_number(line["amount"]) for line in truth["lines"]]
        less = -sum((value for value in rows if value < 0), Decimal(0))
        return [less, less + _number(truth.get("discount"))] if less and any(value > 0 for value in rows) else []
    if name != "subtotal" or "total" not in truth:
        return []
    total = _number(truth["total"])
    before = total - _number(truth.get("tip")) - _number(truth.get("rounding"))
    nets = [_number(share.get("net")) for share in truth.get("tax_lines", ())]
    bought = sum((_number(line["amount"]) for line in truth["lines"]), Decimal(0))
    own = _number(truth.get("net"))
    return [
        value for value in (own, sum(nets, Decimal(0)), before, before - _number(truth.get("tax")), bought) if value
    ]


def _number(value: Any) -> Decimal:
    return amount(value) or Decimal(0)


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def same(name: str, wanted: Any, got: Any) -> bool:
    """Whether an answer says what the truth says: money by value, names by letters and digits."""
    if got is None:
        return False
    if name in _NUMBERS:
        return amount(wanted) is not None and amount(wanted) == amount(got)
    if name == "time":
        return str(wanted)[:5] == str(got)[:5]
    if name == "tax_lines":
        return _shares(wanted) == _shares(got)
    if name == "payment_method":
        return ("cash" in str(got).lower()) == (wanted == "cash")
    want, have = letters(str(wanted)), letters(str(got))
    if name in ("merchant_tax_id", "number"):
        return want == have or (min(len(want), len(have)) >= _TAIL and (want.endswith(have) or have.endswith(want)))
    return want == have


def _shares(rows: Any) -> set[tuple[Decimal | None, Decimal | None]]:
    """(rate, tax) of each share that has a rate above zero."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return set()
    pairs = {(amount(row.get("rate")), amount(row.get("tax"))) for row in rows if isinstance(row, Mapping)}
    return {pair for pair in pairs if pair[0]}


def amount(value: Any) -> Decimal | None:
    """A decimal string or number as a number; None for anything else."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def letters(text: str) -> str:
    """Letters and digits only, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ł", "l").replace("Ł", "L"))
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c))).casefold()


def lines(expected: Sequence[Row], answered: Any) -> Tally:
    """Pair rows of goods one to one: the amount exactly, the description loosely; the most alike first."""
    given = [row for row in answered if isinstance(row, Mapping)] if isinstance(answered, Sequence) else []
    pairs = []
    for at, want in enumerate(expected):
        for by, have in enumerate(given):
            if amount(want["amount"]) is not None and amount(want["amount"]) == amount(have.get("amount")):
                alike = likeness(str(want["description"]), str(have.get("description") or ""))
                if alike >= _ALIKE:
                    pairs.append((alike, at, by))
    taken: set[int] = set()
    used: set[int] = set()
    for _, at, by in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if at not in taken and by not in used:
            taken.add(at)
            used.add(by)
    return Tally(len(expected), len(given), len(taken))


def likeness(want: str, have: str) -> float:
    """How alike two descriptions are, 0..1; 1 where one holds the other."""
    a, b = letters(want), letters(have)
    if not a or not b:
        return 0.0
    short = min(a, b, key=len)
    if a == b or ((len(short) >= _PART or not short.isascii()) and (a in b or b in a)):
        return 1.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def tally(verdicts: Iterable[Verdict], name: str) -> Tally:
    """The counts of one field, or of `all` fields together."""
    marks = [mark for verdict in verdicts for key, mark in verdict.marks.items() if name in ("all", key)]
    sure = [mark for mark in marks if mark.answered and mark.confidence >= SURE]
    return Tally(
        sum(mark.asked for mark in marks),
        sum(mark.answered for mark in marks),
        sum(mark.right for mark in marks),
        len(sure),
        sum(mark.right for mark in sure),
    )


def tally_lines(verdicts: Iterable[Verdict]) -> Tally:
    """The counts of the rows of goods."""
    each = [verdict.lines for verdict in verdicts]
    return Tally(sum(t.expected for t in each), sum(t.answered for t in each), sum(t.right for t in each))


def band(truth: Row) -> str:
    """How the picture was taken: clean, scan, or a photo with its difficulty in thirds."""
    if truth["how"] != "photo":
        return str(truth["how"])
    step = min(2, int(float(truth["difficulty"]) * 3))
    return ("photo 0.00 to 0.33", "photo 0.33 to 0.67", "photo 0.67 to 1.00")[step]
