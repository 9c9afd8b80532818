"""What an embedded electronic invoice states, checked against the page a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from toolkit import e_invoice
from toolkit.e_invoice import EInvoice
from toolkit.errors import UnreadableError
from toolkit.fields import money
from toolkit.fields.calendar_words import fold
from toolkit.model import Field, Method, Proof, Source, Value
from toolkit.pages import Opened
from toolkit.readers import Reading

_STATED, _ODD = 0.98, 0.85
#: With less text than this the page is a picture or empty, and shows nothing to check against.
_LITTLE = 40

_MONEY = frozenset({"subtotal", "tax", "total"})


def read(opened: Opened) -> Reading | None:
    """Read the first electronic invoice embedded in *opened*; None when there is none.

    A damaged or scheming one gives a reading without fields and a warning: the page has to be read then.
    """
    embedded = list(opened.attachments)
    bare = "xml" in opened.media_type
    if bare:
        embedded.append(("", opened.data))
    warnings: list[str] = []
    for name, data in embedded:
        if name and not name.lower().endswith(".xml"):
            continue
        try:
            found = e_invoice.read(data)
        except UnreadableError as mistake:
            warnings.append(f"{mistake.message} The printed page was read instead.")
            continue
        if found is not None:
            return _reading(found, "" if bare else _text(opened), warnings)
    return Reading(warnings=tuple(warnings)) if warnings else None


def _reading(found: EInvoice, text: str, warnings: list[str]) -> Reading:
    unseen = _unseen(found, text) if len(text) >= _LITTLE else frozenset()
    warnings += [
        f"{name.replace('_', ' ')}: the printed page does not show what the embedded invoice states; compare them."
        for name in sorted(unseen)
    ]
    if found.adds_up is False:
        warnings.append("total: subtotal and tax of the embedded invoice do not come to its total.")
    fields = [_field(name, value, found, unseen) for name, value in _values(found)]
    return Reading(tuple(fields), (), tuple(warnings))


def _values(found: EInvoice) -> Sequence[tuple[str, Value]]:
    sums = {"subtotal": found.subtotal, "tax": found.tax, "total": found.total}
    values: list[tuple[str, Value]] = [
        ("merchant", found.merchant),
        ("merchant_address", found.merchant_address),
        ("merchant_tax_id", found.merchant_tax_id),
        ("number", found.number),
        ("date", found.date),
        ("currency", found.currency),
        *((name, money.formatted(value)) for name, value in sums.items() if value is not None),
        ("payment_method", found.payment_method),
        ("lines", found.lines),
    ]
    return [(name, value) for name, value in values if value]


def _field(name: str, value: Value, found: EInvoice, unseen: frozenset[str]) -> Field:
    confidence = _ODD if name in unseen or (name == "total" and found.adds_up is False) else _STATED
    proof = Proof.ARITHMETIC if name in _MONEY and found.adds_up else Proof.NONE
    currency = found.currency if name in _MONEY and found.currency else None
    return Field(name, value, confidence, Source("", None, None, Method.E_INVOICE), proof, currency)


def _unseen(found: EInvoice, text: str) -> frozenset[str]:
    loose = _loose(text)
    unseen = {
        name
        for name, value in (("merchant", found.merchant), ("number", found.number))
        if value and _loose(value) not in loose
    }
    if found.total is not None and not _shows(text, found.total):
        unseen.add("total")
    return frozenset(unseen)


def _shows(text: str, total: Decimal) -> bool:
    # A credit note may print the sum without its minus.
    return any(
        abs(value) == abs(total)
        for reading in money.find(text, bare=True)
        for value in (reading.value, *reading.alternatives)
        if value is not None
    )


def _text(opened: Opened) -> str:
    return "\n".join(" ".join(word.text for word in page.words) for page in opened.pages)


def _loose(text: str) -> str:
    return "".join(each for each in fold(text) if each.isalnum())
