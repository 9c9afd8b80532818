"""FatturaPA, the Italian electronic invoice: ordinary (FPA12, FPR12) and simplified (FSM10).

Numbers are those of the specification ("Specifiche tecniche", Agenzia delle Entrate). One file can hold a lot of
invoices (lotto): one header, several bodies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from toolkit.e_invoices import payment
from toolkit.e_invoices.element import Element, day, joined
from toolkit.e_invoices.terms import EInvoice, Line, Sums, TaxLine, credits

ROOTS = frozenset({"FatturaElettronica", "FatturaElettronicaSemplificata"})
BODY = "FatturaElettronicaBody"
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15


def read(root: Element) -> tuple[EInvoice, ...]:
    """Return every invoice of a file, signs as stated; the seller stands once, in the header."""
    seller = root.first("FatturaElettronicaHeader/CedentePrestatore") or root
    simple = root.name == "FatturaElettronicaSemplificata"
    made = EInvoice(
        "FatturaPA",
        merchant=_name(seller),  # 1.2.1.3; simplified 1.2.3
        merchant_address=_address(seller),  # 1.2.2
        merchant_tax_id=seller.text("DatiAnagrafici/IdFiscaleIVA/IdPaese", "IdFiscaleIVA/IdPaese")  # 1.2.1.1
        + seller.text("DatiAnagrafici/IdFiscaleIVA/IdCodice", "IdFiscaleIVA/IdCodice"),
    )
    return tuple((_simplified if simple else _ordinary)(made, body) for body in root.all(BODY))


def _name(seller: Element) -> str:
    who = seller.first("DatiAnagrafici/Anagrafica") or seller
    return who.text("Denominazione") or f"{who.text('Nome')} {who.text('Cognome')}".strip()


def _address(seller: Element) -> str:
    seat = seller.first("Sede")
    if seat is None:
        return ""
    street = f"{seat.text('Indirizzo')} {seat.text('NumeroCivico')}".strip()
    town = " ".join(each for each in (seat.text("CAP"), seat.text("Comune"), seat.text("Provincia")) if each)
    return joined([street, town, seat.text("Nazione")])


def _headed(made: EInvoice, body: Element) -> EInvoice:
    """Add what the general data say, the same in both forms (2.1.1)."""
    general = body.first("DatiGenerali/DatiGeneraliDocumento") or body
    type_code = general.text("TipoDocumento")
    return replace(
        made,
        type_code=type_code,
        credit=credits(type_code),
        currency=general.text("Divisa"),
        date=day(general.text("Data")),
        number=general.text("Numero"),
        enclosed=sum(1 for _ in body.all("Allegati")),  # 2.5
    )


def _ordinary(made: EInvoice, body: Element) -> EInvoice:
    made = _headed(made, body)
    general = body.first("DatiGenerali/DatiGeneraliDocumento") or body
    taxes = tuple(map(_tax_line, body.all("DatiBeniServizi/DatiRiepilogo")))  # 2.2.2
    off, on = _allowances(general)
    net, tax = total_of(each.net for each in taxes), total_of(each.tax for each in taxes)
    rounding = general.decimal("Arrotondamento")  # 2.1.1.10
    gross = general.decimal("ImportoTotaleDocumento")  # 2.1.1.9, may be left out
    computed: frozenset[str] = frozenset()
    if gross is None and net is not None and tax is not None and not off and not on and not rounding:
        gross, computed = net + tax, frozenset({"total"})
    return replace(
        made,
        sums=Sums(allowances=off, charges=on, net=net, tax=tax, gross=gross, rounding=rounding, due=_due(body)),
        tax_lines=taxes,
        lines=tuple(map(_line, body.all("DatiBeniServizi/DettaglioLinee"))),  # 2.2.1
        payment_method=_payment(body),
        computed=computed,
    )


def _allowances(general: Element) -> tuple[Decimal | None, Decimal | None]:
    """Discounts (SC) and surcharges (MG) on the whole document (2.1.1.8), where they are stated as amounts."""
    sums: dict[str, Decimal] = {}
    for each in general.all("ScontoMaggiorazione"):
        kind, amount = each.text("Tipo"), each.decimal("Importo")
        if amount is not None:
            sums[kind] = sums.get(kind, Decimal(0)) + amount
    return sums.get("SC"), sums.get("MG")


def _due(body: Element) -> Decimal | None:
    """What is to be paid, all instalments together (2.4.2.6)."""
    return total_of(each.decimal("ImportoPagamento") for each in body.all("DatiPagamento/DettaglioPagamento"))


def _payment(body: Element) -> str:
    """How it is paid (2.4.2.2), where all instalments are paid alike."""
    ways = {
        payment.ITALIAN.get(each.own, "") for each in body.all("DatiPagamento/DettaglioPagamento/ModalitaPagamento")
    }
    return ways.pop() if len(ways) == 1 else ""


def _tax_line(summary: Element) -> TaxLine:
    return TaxLine(
        summary.decimal("AliquotaIVA"), summary.decimal("ImponibileImporto"), summary.decimal("Imposta")
    )  # 2.2.2.1, .5, .6


def _line(line: Element) -> Line:
    return Line(
        line.text("Descrizione"),
        line.decimal("Quantita"),
        line.decimal("PrezzoUnitario"),
        line.decimal("PrezzoTotale"),
    )  # 2.2.1.4, .5, .9, .11


def _simplified(made: EInvoice, body: Element) -> EInvoice:
    """A simplified invoice states each amount with its tax; the tax, or else its rate, stands beside it (2.2)."""
    made = _headed(made, body)
    sold = list(body.all("DatiBeniServizi"))
    gross = total_of(each.decimal("Importo") for each in sold)
    taxes = tuple(map(_within, sold))
    tax = total_of(each.tax for each in taxes)
    stated = all(each.decimal("DatiIVA/Imposta") is not None for each in sold)
    return replace(
        made,
        sums=Sums(net=None if gross is None or tax is None else gross - tax, tax=tax, gross=gross),
        tax_lines=taxes,
        lines=tuple(Line(each.text("Descrizione"), net=each.decimal("Importo")) for each in sold),
        computed=frozenset({"total"}),
        rounded=frozenset() if stated else frozenset({"subtotal", "tax", "tax_lines"}),
    )


def _within(sold: Element) -> TaxLine:
    gross, tax, rate = sold.decimal("Importo"), sold.decimal("DatiIVA/Imposta"), sold.decimal("DatiIVA/Aliquota")
    if tax is None and gross is not None and abs(gross) < _MOST and rate is not None and 0 <= rate <= 100:
        tax = (gross * rate / (100 + rate)).quantize(_CENT, ROUND_HALF_UP)
    return TaxLine(rate, None if gross is None or tax is None else gross - tax, tax)


def total_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None when there is nothing to add, or one of the amounts is not stated."""
    found = list(amounts)
    known = [each for each in found if each is not None]
    return sum(known, Decimal(0)) if found and len(known) == len(found) else None
