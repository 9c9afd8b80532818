"""What an electronic invoice states, embedded in a PDF or bare, checked by its own arithmetic and against the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from toolkit import e_invoices, sniff
from toolkit.e_invoices import Breach, EInvoice, Line
from toolkit.errors import InputError
from toolkit.fields import money
from toolkit.model import Field, Method, Proof, Source, Value
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.money import printed, witness
from toolkit.readers.money.category import category

_STATED, _ODD = 0.98, 0.85
#: What is read off the page against the XML is there for the reviewer, never to be believed.
_OTHER = 0.5
_LIKELY = 0.7
#: An allowance, a prepayment or a rounding of nothing is not worth a field; these are.
_NOTHING, _EVEN_NOTHING = "0.00", ("subtotal", "tax", "total", "amount_due")
_INVOICES = (".xml", ".p7m")
_MONEY = ("subtotal", "tax", "total", "allowances", "charges", "prepaid", "rounding", "amount_due")
#: Fields that go into a claim: what several invoices in one file put in doubt.
_CLAIMED = ("number", "date", "subtotal", "tax", "total", "amount_due", "lines", "tax_lines")


def read(opened: Opened) -> Reading | None:
    """Read the first electronic invoice in *opened*: its attachments, or the file itself; None when there is none.

    A damaged or scheming attachment gives a reading without fields and a warning: the page has to be read then. A bare
    file has no page to fall back on: UnreadableError or HostileError.
    """
    bare = opened.media_type == sniff.XML
    warnings: list[str] = []
    found: list[tuple[str, EInvoice]] = []
    for name, data in (("", opened.data),) if bare else opened.attachments:
        if not bare and not name.lower().endswith(_INVOICES):
            continue
        try:
            found += [(name, each) for each in e_invoices.read(data)]
        except InputError as mistake:
            if bare:
                raise
            warnings.append(f"The embedded invoice was not used, and the page read instead. {mistake}")
    if not found:
        return Reading(warnings=tuple(warnings)) if warnings else None
    return _reading([each for _, each in found], _place(found[0][0]), None if bare else opened, warnings)


def _place(name: str) -> str:
    # A file name comes from the sender; the usual ones alone are worth naming.
    return name if name.lower() in e_invoices.FILE_NAMES else "the XML"


def _reading(found: Sequence[EInvoice], place: str, page: Opened | None, warnings: list[str]) -> Reading:
    invoice = found[0]
    breaches = e_invoices.broken(invoice)
    unseen, against = _against(invoice, page) if page else ({}, ())
    several = _several(found)
    doubted = {name for breach in breaches for name in breach.fields} | set(unseen) | set(several)
    warnings += [_differs(name, more, invoice, place, against) for name, more in unseen.items()]
    warnings += [_breaks(breach, place) for breach in breaches]
    warnings += _remarks(found, place, page is None)
    if _credit_below_zero(invoice):
        doubted |= {*_MONEY, "lines", "tax_lines"}
    fields = tuple(_field(name, value, invoice, name in doubted) for name, value in _values(invoice))
    fields += tuple(_category(invoice))
    others = tuple(
        replace(each, confidence=min(each.confidence, _OTHER))
        for each in against
        if each.name in unseen and each.value != dict(_values(invoice)).get(each.name)
    )
    return Reading(fields, others, tuple(warnings))


def _category(invoice: EInvoice) -> Iterator[Field]:
    """What was bought, as a suggestion: no standard has a term for it. A single word of a line is none."""
    found = category(invoice.merchant, [line.description for line in invoice.lines])
    if found is not None and found[1] >= _LIKELY:
        yield Field("expense_category", found[0], found[1], Source("", None, None, Method.COMPUTED))


def _against(invoice: EInvoice, page: Opened) -> tuple[dict[str, str], Sequence[Field]]:
    """The fields that the page contradicts, as `witness.unseen` gives them, and what it says by its own layout.

    A page that says nothing of a date, a tax, a tax number or the lines does not contradict them.
    """
    shown = witness.Shown(page.pages)
    unseen = witness.unseen(invoice, shown)
    if not unseen:
        return {}, ()
    fields = printed.read(page).fields
    # Any row with an amount looks like an invoice line; those that sum to the total are.
    said = {field.name for field in fields if field.sure or field.name != "lines"}
    said |= witness.ALWAYS_SHOWN | witness.shown_in_part(invoice, shown)
    return {name: more for name, more in unseen.items() if name in said}, fields


def _several(found: Sequence[EInvoice]) -> tuple[str, ...]:
    """The fields in which the invoices of one file differ: a lot of FatturaPA, or a PDF with two XML of one invoice."""
    same = {(each.number, each.date, each.sums.gross) for each in found}
    return _CLAIMED if len(same) > 1 else ()


def _remarks(found: Sequence[EInvoice], place: str, bare: bool) -> Iterator[str]:
    invoice = found[0]
    if _several(found):
        yield (
            f"invoices: {place} holds {len(found)} invoices and only the first is given here; "
            "file the others one by one, or ask for a file each."
        )
    if _credit_below_zero(invoice):
        yield (
            "total: the document is called a credit note and states negative amounts, which by the standard would be a "
            "charge; they are given as stated. Ask the supplier whether money comes back."
        )
    if bare and invoice.enclosed:
        yield f"enclosures: {invoice.enclosed} files inside the electronic invoice were not read; open them with it."
    if "total" in invoice.computed and invoice.sums.gross is not None:
        yield "total: the invoice states none; it is the sum of the parts it states."


def _credit_below_zero(invoice: EInvoice) -> bool:
    return invoice.credit and not invoice.turned and (invoice.sums.gross or Decimal(0)) < 0


def _differs(name: str, more: str, invoice: EInvoice, place: str, against: Sequence[Field]) -> str:
    other = next((field.source for field in against if field.name == name), None)
    where = "the printed page does not show it"
    if other is not None and other.page is not None and other.box is not None:
        where = f"the page does not show it (read there: page {other.page}, {other.box.middle:.0%} down)"
    term = invoice.terms.get(name)
    stated = f"{place}, {term}" if term else place
    return (
        f"{name.replace('_', ' ')}{more}: the electronic invoice states one value ({stated}) and {where}. The page or "
        "the XML was changed, or made from other data: compare them, and ask the supplier before paying."
    )


def _breaks(breach: Breach, place: str) -> str:
    names = ", ".join(name.replace("_", " ") for name in breach.fields)
    return (
        f"{names}: the electronic invoice breaks rule {breach.rule} ({breach.says}), so an amount in {place} is wrong; "
        "check the sums, and ask the supplier for a corrected invoice."
    )


def _values(invoice: EInvoice) -> Sequence[tuple[str, Value]]:
    sums = invoice.sums
    stated = (sums.net, sums.tax, sums.gross, sums.allowances, sums.charges, sums.prepaid, sums.rounding, sums.due)
    values: list[tuple[str, Value]] = [
        ("merchant", invoice.merchant),
        ("merchant_address", invoice.merchant_address),
        ("merchant_tax_id", invoice.merchant_tax_id),
        ("number", invoice.number),
        ("date", invoice.date),
        ("currency", invoice.currency),
        *((name, money.formatted(value)) for name, value in zip(_MONEY, stated, strict=True) if value is not None),
        ("payment_method", invoice.payment_method),
        ("tax_lines", tuple(_row(rate=each.rate, net=each.net, tax=each.tax) for each in invoice.tax_lines)),
        ("lines", tuple(map(_line, invoice.lines))),
    ]
    return [(name, value) for name, value in values if value and (value != _NOTHING or name in _EVEN_NOTHING)]


def _line(line: Line) -> Mapping[str, str]:
    amounts = _row(quantity=line.quantity, unit_price=line.unit_price, amount=line.net)
    return {"description": line.description} | dict(amounts)


def _row(**values: Decimal | None) -> Mapping[str, str]:
    counted = ("rate", "quantity")
    return {
        name: _plain(value) if name in counted else money.formatted(value)
        for name, value in values.items()
        if value is not None
    }


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def _field(name: str, value: Value, invoice: EInvoice, doubted: bool) -> Field:
    # What was added up here proves nothing by adding up.
    proved = invoice.adds_up and "total" not in invoice.computed and name in ("subtotal", "tax", "total")
    proof = Proof.ARITHMETIC if proved else Proof.NONE
    method = Method.COMPUTED if name in invoice.computed | invoice.rounded else Method.E_INVOICE
    confidence = _ODD if doubted or name in invoice.rounded else _STATED
    currency = invoice.currency if name in _MONEY and invoice.currency else None
    return Field(name, value, confidence, Source("", None, None, method), proof, currency)
