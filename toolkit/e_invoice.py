"""Electronic invoices as values: UN/CEFACT CII (Factur-X, ZUGFeRD 1 and 2, XRechnung) and OASIS UBL 2 (XRechnung).

Both syntaxes carry the terms of EN 16931; fields are named after its business terms (BT) in the comments. Elements are
found by their local names, since the namespaces changed between ZUGFeRD 1 drafts and Factur-X while the names did not.
Knows XML; knows no PDF and no page. A document type declaration is refused: none of the formats has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from toolkit.errors import UnreadableError

_LARGEST = 20 * 1024 * 1024

#: Payment means (UNTDID 4461) as words of our own.
_MEANS = {
    "10": "cash",
    "20": "cheque",
    "30": "bank transfer",
    "31": "bank transfer",
    "42": "bank transfer",
    "48": "card",
    "49": "direct debit",
    "54": "card",
    "55": "card",
    "57": "bank transfer",
    "58": "bank transfer",
    "59": "direct debit",
    "68": "online payment",
}


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an electronic invoice says. Empty text or None where it says nothing; money is never rounded."""

    number: str
    date: str
    merchant: str
    merchant_address: str
    merchant_tax_id: str
    currency: str
    subtotal: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    payment_method: str
    lines: tuple[Mapping[str, str], ...]

    @property
    def adds_up(self) -> bool | None:
        """Whether subtotal and tax make the total; None when one of them is not stated."""
        if self.subtotal is None or self.tax is None or self.total is None:
            return None
        return self.subtotal + self.tax == self.total

    def __repr__(self) -> str:
        return f"<EInvoice {len(self.lines)} lines>"


def read(data: bytes) -> EInvoice | None:
    """Read an invoice from XML; None when the XML is something else.

    Raises UnreadableError for what is no well-formed XML, is over 20 MB, or declares a document type.
    """
    if len(data) > _LARGEST:
        raise UnreadableError("The embedded invoice is too large to be one.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as mistake:
        raise UnreadableError("The embedded invoice is no well-formed XML.") from mistake
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("The embedded invoice declares a document type, which no invoice format does.")
    node = _Node(root)
    if node.name in {"CrossIndustryInvoice", "CrossIndustryDocument"} or node.first("SellerTradeParty"):
        return _cii(node)
    if node.name in {"Invoice", "CreditNote"} and node.first("AccountingSupplierParty"):
        return _ubl(node)
    return None


class _Node:
    """An element seen by local names only; comments and processing instructions do not exist."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self.name = etree.QName(element).localname

    def all(self, path: str) -> Iterator[_Node]:
        """Every descendant by `A/B`: an A at any depth, then a B that is its child."""
        first, *rest = path.split("/")
        found = list(self._element.iter("{*}" + first))
        for name in rest:
            found = [child for parent in found for child in parent.iterchildren("{*}" + name)]
        return (_Node(each) for each in found)

    def first(self, path: str) -> _Node | None:
        return next(self.all(path), None)

    def child(self, name: str) -> _Node | None:
        return next((_Node(each) for each in self._element.iterchildren("{*}" + name)), None)

    def text(self, *paths: str) -> str:
        """The text at the first of *paths* that has any, white space evened out."""
        for path in paths:
            for node in self.all(path):
                if found := node.own:
                    return found
        return ""

    @property
    def own(self) -> str:
        return " ".join((self._element.text or "").split())

    def attribute(self, name: str) -> str:
        return self._element.get(name, "")

    def money(self, *paths: str) -> Decimal | None:
        return _decimal(self.text(*paths))

    def __bool__(self) -> bool:
        return True


def _cii(root: _Node) -> EInvoice:
    head = root.first("ExchangedDocument") or root.first("HeaderExchangedDocument") or root
    seller = root.first("SellerTradeParty") or root
    currency = root.text("InvoiceCurrencyCode")
    sums = (
        root.first("SpecifiedTradeSettlementHeaderMonetarySummation")
        or root.first("SpecifiedTradeSettlementMonetarySummation")
        or root
    )
    return EInvoice(
        number=_own_text(head, "ID"),  # BT-1
        date=_compact_date(
            head.text("IssueDateTime/DateTimeString", "IssueDateTime/DateTime", "IssueDateTime")
        ),  # BT-2
        merchant=_own_text(seller, "Name"),  # BT-27
        merchant_address=_cii_address(seller),
        merchant_tax_id=_cii_tax_id(seller),  # BT-31, else BT-32
        currency=currency,  # BT-5
        subtotal=sums.money("TaxBasisTotalAmount"),  # BT-109
        tax=_in_currency(sums, "TaxTotalAmount", currency),  # BT-110
        total=sums.money("GrandTotalAmount"),  # BT-112
        payment_method=_MEANS.get(root.text("SpecifiedTradeSettlementPaymentMeans/TypeCode"), ""),  # BT-81
        lines=tuple(_cii_line(line) for line in root.all("IncludedSupplyChainTradeLineItem")),
    )


def _cii_address(seller: _Node) -> str:
    address = seller.child("PostalTradeAddress")
    if address is None:
        return ""
    streets = [address.text(each) for each in ("LineOne", "LineTwo", "LineThree")]
    town = f"{address.text('PostcodeCode')} {address.text('CityName')}".strip()
    return ", ".join(each for each in (*streets, town, address.text("CountryID")) if each)


def _cii_tax_id(seller: _Node) -> str:
    ids = {node.attribute("schemeID"): node.own for node in seller.all("SpecifiedTaxRegistration/ID")}
    return ids.get("VA") or ids.get("FC") or ids.get("") or ""


def _cii_line(line: _Node) -> Mapping[str, str]:
    return _line(
        line.text("SpecifiedTradeProduct/Name", "SpecifiedTradeProduct/Description", "IncludedNote/Content"),
        line.text("BilledQuantity"),
        line.text("NetPriceProductTradePrice/ChargeAmount", "GrossPriceProductTradePrice/ChargeAmount"),
        line.text("LineTotalAmount"),
    )


def _ubl(root: _Node) -> EInvoice:
    supplier = root.first("AccountingSupplierParty/Party") or root
    currency = _own_text(root, "DocumentCurrencyCode")
    return EInvoice(
        number=_own_text(root, "ID"),
        date=_iso_date(_own_text(root, "IssueDate")),
        merchant=supplier.text("PartyLegalEntity/RegistrationName", "PartyName/Name"),
        merchant_address=_ubl_address(supplier),
        merchant_tax_id=supplier.text("PartyTaxScheme/CompanyID"),
        currency=currency,
        subtotal=root.money("LegalMonetaryTotal/TaxExclusiveAmount"),
        tax=_in_currency(root, "TaxTotal/TaxAmount", currency),
        total=root.money("LegalMonetaryTotal/TaxInclusiveAmount"),
        payment_method=_MEANS.get(root.text("PaymentMeans/PaymentMeansCode"), ""),
        lines=tuple(_ubl_line(line) for name in ("InvoiceLine", "CreditNoteLine") for line in root.all(name)),
    )


def _ubl_address(supplier: _Node) -> str:
    address = supplier.child("PostalAddress")
    if address is None:
        return ""
    streets = [address.text(each) for each in ("StreetName", "AdditionalStreetName", "AddressLine/Line")]
    town = f"{address.text('PostalZone')} {address.text('CityName')}".strip()
    return ", ".join(each for each in (*streets, town, address.text("Country/IdentificationCode")) if each)


def _ubl_line(line: _Node) -> Mapping[str, str]:
    return _line(
        line.text("Item/Name", "Item/Description"),
        line.text("InvoicedQuantity", "CreditedQuantity"),
        line.text("Price/PriceAmount"),
        _own_text(line, "LineExtensionAmount"),
    )


def _line(description: str, quantity: str, unit_price: str, amount: str) -> Mapping[str, str]:
    plain = {
        name: _plain(value) for name, value in (("quantity", quantity), ("unit_price", unit_price), ("amount", amount))
    }
    return {"description": description} | {name: value for name, value in plain.items() if value}


def _own_text(node: _Node, name: str) -> str:
    child = node.child(name)
    return child.own if child else ""


def _in_currency(node: _Node, path: str, currency: str) -> Decimal | None:
    """The amount in the invoice's own currency: foreign invoices state the tax in the tax currency too."""
    amounts = list(node.all(path))
    own = [each for each in amounts if each.attribute("currencyID") == currency] or amounts
    return _decimal(own[0].own) if own else None


def _decimal(written: str) -> Decimal | None:
    # XML Schema decimals only: neither exponents nor NaN nor a comma.
    if not re.fullmatch(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _plain(written: str) -> str:
    value = _decimal(written)
    if value is None:
        return ""
    return f"{value.normalize():f}" if value == value.to_integral_value() else f"{value:f}"


def _compact_date(written: str) -> str:
    """CII writes days as format 102, YYYYMMDD; early drafts as an XML dateTime."""
    digits = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", written)
    return _iso_date("-".join(digits.groups())) if digits else ""


def _iso_date(written: str) -> str:
    try:
        return date.fromisoformat(written[:10]).isoformat()
    except ValueError:
        return ""
