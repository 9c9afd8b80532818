"""Electronic invoices of invented companies: UBL (invoice and credit note), CII FatturaPA, and a signed one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<ubl:{root} xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID>
 <cbc:ID>U-7</cbc:ID><cbc:IssueDate>2026-05-03</cbc:IssueDate><cbc:{root}TypeCode>{type}</cbc:{root}TypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>Utopia Tours</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>Weg 2</cbc:StreetName><cbc:CityName>Bremen</cbc:CityName>
   <cbc:PostalZone>28195</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>75 123 45678</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme>
  </cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>DE999999999</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
  </cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Utopia Reisen GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Buyer</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode></cac:PaymentMeans>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">22.00</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>
   </cac:TaxCategory></cac:TaxSubtotal>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">42.86</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">3.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>7.00
    </cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
 <cac:TaxTotal><cbc:TaxAmount currencyID="SEK">250.00</cbc:TaxAmount></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">150.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">142.86</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">164.86</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="EUR">2.86</cbc:ChargeTotalAmount>
  <cbc:PrepaidAmount currencyID="EUR">64.00</cbc:PrepaidAmount>
  <cbc:PayableRoundingAmount currencyID="EUR">0.04</cbc:PayableRoundingAmount>
  <cbc:PayableAmount currencyID="EUR">100.90</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity}>2</cbc:{quantity}>
  <cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Coach tour</cbc:Name></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">500.00</cbc:PriceAmount><cbc:BaseQuantity>10</cbc:BaseQuantity>
  </cac:Price>
 </cac:{root}Line>
 <cac:{root}Line><cbc:ID>2</cbc:ID><cbc:{quantity}>4</cbc:{quantity}>
  <cbc:LineExtensionAmount currencyID="EUR">50.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Guide book</cbc:Name></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">12.50</cbc:PriceAmount></cac:Price>
 </cac:{root}Line>
</ubl:{root}>"""

_FATTURA = """<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
 <FatturaElettronicaHeader>
  <DatiTrasmissione><ProgressivoInvio>00001</ProgressivoInvio><FormatoTrasmissione>FPR12</FormatoTrasmissione>
  </DatiTrasmissione>
  <CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>99999999990</IdCodice></IdFiscaleIVA>
    <Anagrafica><Denominazione>Albergo Utopia S.r.l.</Denominazione></Anagrafica></DatiAnagrafici>
   <Sede><Indirizzo>Via Finta</Indirizzo><NumeroCivico>7</NumeroCivico><CAP>20121</CAP><Comune>Milano</Comune>
    <Provincia>MI</Provincia><Nazione>IT</Nazione></Sede></CedentePrestatore>
  <CessionarioCommittente><DatiAnagrafici><Anagrafica><Denominazione>Compratore</Denominazione></Anagrafica>
  </DatiAnagrafici></CessionarioCommittente>
 </FatturaElettronicaHeader>
{bodies}
</p:FatturaElettronica>"""
_BODY = """ <FatturaElettronicaBody>
  <DatiGenerali><DatiGeneraliDocumento><TipoDocumento>{type}</TipoDocumento><Divisa>EUR</Divisa><Data>2026-05-03</Data>
   <Numero>{number}</Numero>{total}</DatiGeneraliDocumento></DatiGenerali>
  <DatiBeniServizi>
   <DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Camera doppia</Descrizione><Quantita>2.00</Quantita>
    <PrezzoUnitario>90.00</PrezzoUnitario><PrezzoTotale>180.00</PrezzoTotale><AliquotaIVA>10.00</AliquotaIVA>
   </DettaglioLinee>
   <DettaglioLinee><NumeroLinea>2</NumeroLinea><Descrizione>Parcheggio</Descrizione>
    <PrezzoUnitario>20.00</PrezzoUnitario><PrezzoTotale>20.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA>
   </DettaglioLinee>
   <DatiRiepilogo><AliquotaIVA>10.00</AliquotaIVA><ImponibileImporto>180.00</ImponibileImporto><Imposta>18.00</Imposta>
   </DatiRiepilogo>
   <DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>20.00</ImponibileImporto><Imposta>4.40</Imposta>
   </DatiRiepilogo>
  </DatiBeniServizi>
  <DatiPagamento><DettaglioPagamento><ModalitaPagamento>MP08</ModalitaPagamento>
   <ImportoPagamento>222.40</ImportoPagamento></DettaglioPagamento></DatiPagamento>
 </FatturaElettronicaBody>"""

SIMPLIFIED = b"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronicaSemplificata versione="FSM10"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0">
 <FatturaElettronicaHeader><DatiTrasmissione><FormatoTrasmissione>FSM10</FormatoTrasmissione></DatiTrasmissione>
  <CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>99999999990</IdCodice></IdFiscaleIVA>
   <Nome>Ada</Nome><Cognome>Finta</Cognome>
   <Sede><Indirizzo>Via Finta 7</Indirizzo><CAP>20121</CAP><Comune>Milano</Comune><Nazione>IT</Nazione></Sede>
  </CedentePrestatore></FatturaElettronicaHeader>
 <FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD07</TipoDocumento><Divisa>EUR</Divisa>
   <Data>2026-05-03</Data><Numero>S-3</Numero></DatiGeneraliDocumento></DatiGenerali>
  <DatiBeniServizi><Descrizione>Pranzo</Descrizione><Importo>22.00</Importo>
   <DatiIVA><Aliquota>10.00</Aliquota></DatiIVA>
  </DatiBeniServizi>
 </FatturaElettronicaBody></p:FatturaElettronicaSemplificata>"""


def ubl(type_code: str = "380", *, credit_note: bool = False) -> bytes:
    """Two lines at two rates, an allowance, a charge, a prepayment and a rounding; 164.86 EUR, of which 100.90 due."""
    root, quantity = ("CreditNote", "CreditedQuantity") if credit_note else ("Invoice", "InvoicedQuantity")
    return _UBL.format(root=root, quantity=quantity, type=type_code).encode()


def fattura(*numbers: str, type_code: str = "TD01", total: str = "222.40") -> bytes:
    """One FatturaPA, or a lot with one body a number; 222.40 EUR each. An empty *total* leaves it unstated."""
    stated = f"<ImportoTotaleDocumento>{total}</ImportoTotaleDocumento>" if total else ""
    bodies = (_BODY.format(type=type_code, number=number, total=stated) for number in numbers or ("12/A",))
    return _FATTURA.format(bodies="\n".join(bodies)).encode()


def signed(document: bytes) -> bytes:
    """*document* in a CMS envelope (DER) under the key of an invented signer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ada Finta")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(document).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
