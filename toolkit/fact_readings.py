"""One fact out of several readings of it: which is trusted most, which say the same, which contradict it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from toolkit.fields import country
from toolkit.identity_names import may_be_one
from toolkit.model import Fact, Field, Method, Proof, Record, Value

_A_YEAR = {"year": 1, "month": 12, "week": 52}


@dataclass(frozen=True, slots=True)
class Reading:
    """A field with the paper it was read from; `issued` and `received` tell which of two is newer."""

    field: Field
    record: Record | None = None
    issued: str = ""
    received: str = ""


#: Readings from the strongest proof to the weakest: what proves one, else how it was read.
_BY_PROOF = {Proof.CHECK_DIGIT: 0, Proof.CROSS_MATCH: 2, Proof.ARITHMETIC: 2}
_BY_METHOD = {Method.E_INVOICE: 1, Method.TEXT_LAYER: 3, Method.MRZ: 4, Method.OCR: 5, Method.COMPUTED: 5}
_WEAKEST = 6


def trust(reading: Reading) -> tuple[bool, bool, bool, int]:
    """Return what readings are sorted by, the one to trust most first: see `toolkit.facts` for the order."""
    field = reading.field
    step = min(_BY_PROOF.get(field.proof, _WEAKEST), _BY_METHOD.get(field.source.method, _WEAKEST))
    corrected = field.proof is Proof.PERSON
    return not corrected, corrected and bool(field.source.document), not field.sure, step


def settle(name: str, candidates: Sequence[Reading], others: Sequence[Field] = ()) -> Fact:
    """Return the fact *name* from its readings; *others* contradict it for reasons of their own."""
    if len(candidates) == 1:
        return Fact(name, candidates[0].field, tuple(others))
    newest_first = sorted(candidates, key=lambda r: (r.issued, r.received), reverse=True)
    best, *rest = sorted(newest_first, key=trust)
    same = _comparison(name.rpartition(".")[2])
    agreeing, against = [], []
    for each in rest:
        if same(best, each):
            agreeing.append(each.field)
        elif each.field.sure or not best.field.sure:
            # An unsure reading that differs from a sure one is a misreading until somebody vouches for it.
            against.append(each.field)
    return Fact(name, best.field, (*against, *others), tuple(agreeing))


def _comparison(field: str) -> Callable[[Reading, Reading], bool]:
    if field in ("surname", "given_names", "full_name"):
        # A middle name left out is still the same given name; a surname with a part more is one to be explained.
        whole = field != "given_names"
        return lambda one, other: may_be_one(str(one.field.value), str(other.field.value), full=whole)
    if field == "nationality":
        return lambda one, other: country.iso3(str(one.field.value)) == country.iso3(str(other.field.value))
    if field == "salary":
        return _same_pay
    return lambda one, other: letters(one.field.value) == letters(other.field.value)


def _same_pay(one: Reading, other: Reading) -> bool:
    (amount, currency, times), (amount2, currency2, times2) = _pay(one), _pay(other)
    if currency and currency2 and currency != currency2:
        return False
    if times == times2 and one.field.value == other.field.value:
        return True
    # Where one does not say what its amount is for, the amounts themselves have to be the same.
    return amount * times == amount2 * times2 if times and times2 else amount == amount2


def _pay(reading: Reading) -> tuple[Decimal, str, int]:
    """The amount, its currency, and how many of it make a year (0: not said); an amount nobody can read is NaN."""
    period = reading.record.get("salary_period") if reading.record is not None else None
    times = _A_YEAR.get(str(period.value), 0) if period is not None else 0
    try:
        amount = Decimal(str(reading.field.value))
    except InvalidOperation:
        amount = Decimal("NaN")
    return amount, reading.field.currency or "", times


def letters(value: Value) -> str:
    """Return what two texts are compared by: letters and digits alone, small."""
    return "".join(letter for letter in repr(value).casefold() if letter.isalnum())
