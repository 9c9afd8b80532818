"""Signs and codes of currencies in text: which currencies a mark can stand for, never which one it should."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_IN_USE = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
XOF XPF YER ZAR ZMW ZWG
"""
#: ISO 4217 codes in use (list one, without funds, metals and test codes).
CODES = frozenset(_IN_USE.split())
#: Codes of the currencies that the euro took the place of (ISO 4217 list three).
FORMER = frozenset("ATS BEF DEM ESP FIM FRF GRD IEP ITL LUF NLG PTE HRK SIT SKK EEK LVL LTL MTL CYP".split())  # noqa: SIM905
#: Codes that are also words or common shop abbreviations: they hint, and need other evidence.
_NOT_ONLY_CODES = "ALL ANG BHD BOB COP CUP GEL LAK MAD MOP MUR PEN SOS TOP TRY"
_WORDS = frozenset(_NOT_ONLY_CODES.split())

_NO_CENTS = "BIF CLP DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
#: Digits after the decimal mark where there are not two (ISO 4217 minor units).
MINOR_UNITS: Mapping[str, int] = dict.fromkeys(_NO_CENTS.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)

_SUBUNITS_UNUSED = "AMD CDF COP CRC HUF IDR IRR KHR KZT LAK LBP LKR MMK MNT MWK NGN PKR RSD SLE SOS SYP TWD TZS UZS YER"
#: Currencies whose prices are written without subunits, whether or not ISO 4217 still counts some.
WHOLE = frozenset([*_NO_CENTS.split(), *_SUBUNITS_UNUSED.split()])
_COMMA = (
    "EUR ALL AOA ARS AZN BAM BGN BRL BYN CLP COP CRC CUP CVE CZK DKK DZD GEL HUF IDR ISK KGS KZT MAD MDL MKD MNT MZN "
    "NOK PLN PYG RON RSD RUB SEK STN TJS TMT TND TRY UAH UYU UZS VES VND XAF XOF XPF"
)
#: Currencies in whose countries a comma may part the decimals.
COMMA_DECIMALS = frozenset(_COMMA.split())

_DOLLAR_COUNTRIES = (
    "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP JMD BBD BSD BND FJD TTD BMD KYD BZD GYD XCD NAD LRD SRD SBD UYU DOP "
    "CUP NIO"
)
_DOLLARS = tuple(_DOLLAR_COUNTRIES.split())
_RUPEES = ("INR", "PKR", "LKR", "NPR", "MUR", "SCR")
_CROWNS = ("SEK", "NOK", "DKK", "ISK")
#: What a sign can stand for. One currency: the sign settles it. More: it does not.
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",), "EURO": ("EUR",), "Euro": ("EUR",), "euro": ("EUR",), "euros": ("EUR",), "Euros": ("EUR",),
    "£": ("GBP",), "US$": ("USD",), "USD$": ("USD",), "U.S.$": ("USD",), "A$": ("AUD",), "AU$": ("AUD",),
    "C$": ("CAD",), "CA$": ("CAD",), "CDN$": ("CAD",), "NZ$": ("NZD",), "S$": ("SGD",), "SG$": ("SGD",),
    "HK$": ("HKD",),     "NT$": ("TWD",), "R$": ("BRL",), "MX$": ("MXN",), "$": _DOLLARS,
    "RM": ("MYR",), "Rp": ("IDR",), "₹": ("INR",),
    "Rs": _RUPEES, "Rs.": _RUPEES, "₱": ("PHP",),
    "₩": ("KRW",), "원": ("KRW",), "円": ("JPY",), "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"), "元": ("CNY", "TWD"),
    "RMB": ("CNY",), "฿": ("THB",), "₫": ("VND",), "₪": ("ILS",), "₺": ("TRY",), "TL": ("TRY",), "₽": ("RUB",),
    "руб": ("RUB", "BYN"), "₴": ("UAH",), "грн": ("UAH",), "лв": ("BGN",), "лв.": ("BGN",),
    "zł": ("PLN",), "ZŁ": ("PLN",),
    "zl": ("PLN",), "Kč": ("CZK",), "Ft": ("HUF",), "lei": ("RON", "MDL"), "kr": _CROWNS,
    "kr.": _CROWNS, "Kr": _CROWNS, "KR": _CROWNS,
    "SFr.": ("CHF",), "sFr.": ("CHF",), "Fr.": ("CHF", "XAF", "XOF"), "Dhs": ("AED", "MAD"),
    "₦": ("NGN",), "₡": ("CRC",), "₲": ("PYG",), "₵": ("GHS",), "₸": ("KZT",), "₼": ("AZN",), "₾": ("GEL",),
    "Eur": ("EUR",), "eur": ("EUR",), "Fr": ("CHF", "XAF", "XOF"), "FCFA": ("XAF", "XOF"), "F CFA": ("XAF", "XOF"),
    "Lei": ("RON", "MDL"), "LEI": ("RON", "MDL"), "Rp.": ("IDR",), "₨": _RUPEES, "৳": ("BDT",), "₮": ("MNT",),
    "៛": ("KHR",), "₭": ("LAK",), "֏": ("AMD",), "тг": ("KZT",), "сом": ("KGS",), "ден": ("MKD",), "дин": ("RSD",),
    "圓": ("TWD", "HKD", "JPY"), "บาท": ("THB",), "MOP$": ("MOP",), "GH₵": ("GHS",), "GH¢": ("GHS",), "KSh": ("KES",),
    "Ksh": ("KES",), "KSH": ("KES",), "TSh": ("TZS",), "USh": ("UGX",), "S/.": ("PEN",), "B/.": ("PAB",),
    "Bs.": ("BOB", "VES"), "L.E.": ("EGP",), "E£": ("EGP",), "ج.م": ("EGP",), "د.إ": ("AED",), "ر.س": ("SAR",),
    "د.ك": ("KWD",), "K.D.": ("KWD",), "ر.ق": ("QAR",), "ر.ع": ("OMR",), "د.ب": ("BHD",), "د.ت": ("TND",),
    "د.ج": ("DZD",), "د.م": ("MAD",), "ريال": ("SAR", "QAR", "OMR", "YER"), "درهم": ("AED", "MAD"),
    "جنيه": ("EGP", "SDG"), "دينار": ("KWD", "BHD", "JOD", "TND", "DZD", "IQD", "LYD"), "VNĐ": ("VND",),
    "Dh": ("AED", "MAD"), "DH": ("AED", "MAD"), "dh": ("AED", "MAD"), "dhs": ("AED", "MAD"), "J$": ("JMD",),
    "TT$": ("TTD",), "RD$": ("DOP",), "COL$": ("COP",), "AR$": ("ARS",), "CLP$": ("CLP",), "COP$": ("COP",),
    "MXN$": ("MXN",), "N$": ("NAD",), "Z$": ("ZWG",), "EC$": ("XCD",), "BZ$": ("BZD",), "B$": ("BND", "BSD"),
    "FJ$": ("FJD",),
}  # fmt: skip
#: A sign that means one currency abroad and others at a till: on a receipt the country has to say which.
ABROAD: Mapping[str, tuple[str, ...]] = {
    "£": ("GBP", "EGP", "LBP", "SYP", "GIP", "FKP", "SHP", "SDG", "SSP"),
}
#: Letters that stand for a currency only where something else says so.
_HINTS: Mapping[str, tuple[str, ...]] = {
    "R": ("ZAR",),
    "KD": ("KWD",),
    "JD": ("JOD",),
    "đ": ("VND",),
    "Q": ("GTQ",),
    "L": ("HNL",),
    "zt": ("PLN",),
    "S/": ("PEN",),
    # `Rm29.30`: cameras lose the height of letters, and `Rm` is also a room, `sek` a second.
    "Rm": ("MYR",),
    **{
        written: (code,)
        for code in ("USD", "GBP", "SGD", "CHF", "PLN", "SEK", "NOK", "DKK", "MYR", "AUD", "CAD", "INR")
        for written in (code.capitalize(), code.lower())
    },
}

_ALL = sorted([*_SIGNS, *_HINTS, *CODES], key=len, reverse=True)
#: A mark as a regular expression; letters must not run into other letters on the outer side.
PATTERN = "(?:" + "|".join(re.escape(each) for each in _ALL) + ")"
#: `BEN-U-RON` is no Romanian leu.
_STANDING = re.compile(rf"(?<![^\W\d_])(?<![^\W\d_][-'’]){PATTERN}(?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign or code as printed, and the currencies it can mean. `settles` when it means exactly one, beyond doubt."""

    text: str
    currencies: tuple[str, ...]
    settles: bool
    start: int
    end: int


def mark(text: str, start: int = 0) -> Mark | None:
    """Return what the sign or code *text* can mean, None when it is neither."""
    if text in _SIGNS:
        meant = _SIGNS[text]
        return Mark(text, meant, len(meant) == 1, start, start + len(text))
    if text in CODES:
        return Mark(text, (text,), text not in _WORDS, start, start + len(text))
    if text in _HINTS:
        return Mark(text, _HINTS[text], False, start, start + len(text))
    return None


def marks(text: str) -> tuple[Mark, ...]:
    """Every currency sign or code that stands on its own in *text* (beside digits or brackets counts as its own)."""
    found = (mark(match[0], match.start()) for match in _STANDING.finditer(text) if not _measured(text, match))
    return tuple(each for each in found if each is not None)


def _measured(text: str, match: re.Match[str]) -> bool:
    """Whether `Ft` is no forint: `100 Ft Road` goes on with a word, and the forint stands behind its amount."""
    if match[0] != "Ft":
        return False
    before, after = text[: match.start()].rstrip(), text[match.end() :]
    goes_on = re.match(r"(?:\. ?|[ -])?(?:[A-Z][^\W\d_]|road|rd|main|ring|wide|cable)", after) is not None
    return goes_on or (bool(before) and before[-1] not in "(0123456789-" and not text[: match.start()].endswith("  "))
