"""Amounts of money in text: sign, separators and currency by evidence, and every reading kept where that is lacking.

`1.234` is a thousand or a one with decimals; which, is told by the other amounts, by the currency's minor units, or by
nobody: then there is no value, only alternatives. A currency is never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.fields.calendar_words import plain_digits
from toolkit.fields.currency import COMMA_DECIMALS, MINOR_UNITS, PATTERN, WHOLE, Mark, mark

_PLAIN, _WHOLE, _SPACED, _SLIPPED, _MENDED, _OPEN = 0.97, 0.92, 0.88, 0.85, 0.70, 0.5


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as money is written. `value` None: the separators do not tell, see `alternatives`."""

    value: Decimal | None
    alternatives: tuple[Decimal, ...]
    confidence: float
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class MoneyReading:
    """One amount as written at `start`..`end`, its currency mark included.

    `currency` is set only when the mark beside it means one currency; `currencies` are all it can mean. `decimals` is
    the number of digits after the decimal mark as printed.
    """

    value: Decimal | None
    alternatives: tuple[Decimal, ...]
    currency: str | None
    currencies: tuple[str, ...]
    start: int
    end: int
    text: str
    confidence: float
    decimals: int = 0

    def __repr__(self) -> str:
        return f"<MoneyReading {self.start}..{self.end} {self.confidence:.2f} {len(self.alternatives)} others>"


_DIGIT = "[0-9OoIl]"
_SPACE = "[ \u00a0\u202f]"
_NUMBER = (
    rf"(?:(?<!\d)\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,4}}[.,]\d\d(?!\d)"  # 1 234,56
    rf"|(?<!\d)\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,4}}(?!\d|[.,]\d|{_SPACE}\d)"  # 12 500
    rf"|\d{{1,3}}(?:['’´`]\d{{3}})+(?:[.,]\d{{1,2}})?"  # 1'234.56
    rf"|(?<![0-9OoIl]){_DIGIT}+(?:[.,]{_DIGIT}+)+"  # 1.234,56  RMO.65
    rf"|\d+\s?[.,]\s?\d\d(?!\d)"  # 12 .50, a space crept in
    rf"|(?<![\d.,])[.,]\d\d(?!\d)"  # .50, its nought lost or never printed
    rf"|\d+)"
)
_FIND = re.compile(
    rf"(?P<open>\(\s?)?(?P<minus>[-−–]\s?)?(?:(?:(?<![^\W\d_])|(?<=[a-z])(?=RM|EUR|USD|GBP|SGD|CHF|INR))(?P<before>{PATTERN})\.?\s{{0,2}}:?\s?)?(?P<sign>[-−–]\s?)?"
    rf"(?P<number>{_NUMBER})(?P<dash>[,.](?:[-–—]{{1,2}}|=)|:-)?(?P<trailing>\s?[-−](?![\w.,]))?"
    rf"(?P<scale>\s?(?:k|K|million|thousand|billion|mn|bn|Mio\.?|Tsd\.?|Mrd\.?)(?![\w]))?"
    rf"(?:\s?(?P<after>{PATTERN})(?![^\W\d_]))?(?P<close>\s?\))?"
)
#: No more is looked at on either side of an amount: a page can be one long line.
_LONGEST_WORD = 40
_SCALES = {"k": 3, "thousand": 3, "tsd": 3, "million": 6, "mn": 6, "mio": 6, "billion": 9, "bn": 9, "mrd": 9}
_CENTS = re.compile(r"[.,]\s?[0-9OoIl]{1,3}\Z")
_SLIPS = re.compile("[OoIl]")
_GAPS = re.compile(r"[\s'’´`]")
_WRITTEN = re.compile(r"[0-9.,]*[0-9]")
_SPLIT = re.compile(r"\d\s[.,]|[.,]\s")
_MARKS = re.compile("[.,]")
_LETTERS_AS_DIGITS = str.maketrans("OoIl", "0011")
_PER_UNIT = re.compile(r"\s?/\s?(?:l|kg|litre|liter|g|km|kwh)\b", re.IGNORECASE)


def find(text: str, decimal: str | None = None, *, bare: bool = False) -> tuple[MoneyReading, ...]:
    """Return the amounts in *text*; *decimal* is the decimal mark ("." or ",") the caller has evidence for.

    Whole numbers without a currency mark are left out unless *bare*; percentages, dates and times always are. Never
    raises.
    """
    plain = plain_digits(text)
    decimal = decimal or decimal_mark([plain])
    found = (_reading(plain, match, decimal, bare) for match in _FIND.finditer(plain))
    if plain == text:
        return tuple(each for each in found if each is not None)
    return tuple(replace(each, text=text[each.start : each.end]) for each in found if each is not None)


def decimal_mark(texts: Sequence[str]) -> str | None:
    """Return the decimal mark that the telling amounts of *texts* agree on (nearly all), else None.

    Where no amount has decimals, three or more that are grouped in thousands alike tell it too: their mark is not it.
    """
    votes = {".": 0, ",": 0}
    groups = {".": 0, ",": 0}
    for text in texts:
        for match in _TELLING.finditer(text):
            votes[match[1]] += 1
        for match in _THOUSANDS.finditer(text):
            # Twice the mark cannot be decimals; a nought in front cannot be thousands.
            groups[match[1]] += 3 if match[2] else -9 if match[0].startswith("0") else 1
    most, least = max(votes, key=lambda each: votes[each]), min(votes.values())
    if votes[most]:
        return most if votes[most] > 4 * least else None
    sign, other = (".", ",") if groups["."] > groups[","] else (",", ".")
    if groups[sign] < _AGREEING or groups[other] or _has_thousandths(texts):
        return None
    return other


_TELLING = re.compile(r"(?<![\d.,:/])\d+(?:[.,]\d{3})*([.,])\d\d(?![\d.,:/]|\s?%)")
_THOUSANDS = re.compile(
    r"(?<![\d.,:/])\d{1,3}([.,])\d{3}((?:\1\d{3})*)(?![\d.,:/]|\s?(?:%|kg\b|g\b|l\b|lt\b|litre|liter))", re.I
)
#: So many amounts in thousands, and no other, tell the mark.
_AGREEING = 3
#: Where three decimals are customary: the dinars and the rial of Oman, and the countries that have them.
_DINARS = re.compile(
    r"(?i)\b(?:bhd|iqd|jod|kwd|lyd|omr|tnd|k\.?d|b\.?d|r\.?o|j\.?d|d\.?t|dinars?|fils|baisa|millimes?|kuwait|bahrain|oman"
    r"|jordan|iraq|libya|tunis\w*)\b|د\.|دينار|ريال"
)


def _has_thousandths(texts: Sequence[str]) -> bool:
    return any(_DINARS.search(text) for text in texts)


def amount(written: str, decimal: str | None = None, currency: str | None = None) -> Amount | None:
    """Read a number such as `1.234,56`, `1'234.50`, `1 234,5` or `RMO.65`'s `O.65`; None when it is no number."""
    slipped = _SLIPS.search(written) is not None
    plain = _GAPS.sub("", written.translate(_LETTERS_AS_DIGITS))
    if not _WRITTEN.fullmatch(plain) or not any(map(str.isdecimal, written)):
        return None
    read = _separated(plain, decimal, currency)
    if read is None:
        return None
    confidence = min(read.confidence, _SLIPPED) if slipped or _SPLIT.search(written) else read.confidence
    return Amount(read.value, read.alternatives, confidence, read.decimals)


def _separated(plain: str, decimal: str | None, currency: str | None) -> Amount | None:
    marks = re.sub(r"\d", "", plain)
    if not marks:
        return Amount(Decimal(plain), (), _WHOLE)
    groups = _MARKS.split(plain)
    if len(set(marks)) == 2:
        return _both(groups, marks)
    if len(marks) > 1:
        return _repeated(groups)
    return _single(groups[0], groups[1], marks, decimal, currency)


def _both(groups: list[str], marks: str) -> Amount | None:
    """Both marks appear: the last one parts the decimals, if it stands once and the thousands are in order."""
    whole, cents = groups[:-1], groups[-1]
    if marks.count(marks[-1]) > 1 or not _grouped(whole) or len(cents) > 3:
        return None
    return Amount(_join(whole, cents), (), _PLAIN if len(cents) <= 2 else _SLIPPED, len(cents))


def _repeated(groups: list[str]) -> Amount | None:
    if _grouped(groups):
        return Amount(Decimal("".join(groups)), (), _PLAIN)
    if _grouped(groups[:-1]) and len(groups[-1]) == 2:
        # `1.234.56`: one of the marks was misread; the magnitude is not in doubt, yet it is a repair.
        return Amount(_join(groups[:-1], groups[-1]), (), _MENDED, 2)
    return None


def _single(whole: str, cents: str, sign: str, decimal: str | None, currency: str | None) -> Amount:
    fraction = Amount(_join([whole or "0"], cents), (), _PLAIN, len(cents))
    if len(cents) != 3:
        odd = len(cents) > 3 or (decimal not in (None, sign)) or not whole
        return Amount(fraction.value, (), _SLIPPED if odd else fraction.confidence, len(cents))
    thousands = Decimal(whole + cents) if whole else Decimal(0)
    minor = MINOR_UNITS.get(currency, 2) if currency else None
    own = minor == 3 and sign == ("," if currency in COMMA_DECIMALS else ".")
    if not whole or len(whole) > 3 or whole.startswith("0") or decimal == sign or own:
        # A third decimal is customary for quantities, fuel and the dinars.
        return Amount(fraction.value, (thousands,), _PLAIN if own else _SLIPPED, 3)
    # `1,799 EUR` may be a litre of fuel; `12,500 EUR` and `$1,799` are not.
    comma = sign == "," and currency not in COMMA_DECIMALS
    if decimal is not None or currency in WHOLE or (minor == 2 and (len(whole) > 1 or comma)):
        return Amount(thousands, (fraction.value or Decimal(0),), 0.93)
    return Amount(None, (thousands, fraction.value or Decimal(0)), _OPEN, 3)


def _grouped(groups: Sequence[str]) -> bool:
    """Whether digits stand in thousands, or as India writes them (12,34,567)."""
    if len(groups) == 1:
        return bool(groups[0])
    first, *middle, last = groups
    thousands = len(first) <= 3 and all(len(group) == 3 for group in middle)
    lakhs = len(first) <= 2 and bool(middle) and all(len(group) == 2 for group in middle)
    return bool(first) and len(last) == 3 and (thousands or lakhs)


def _join(whole: Sequence[str], cents: str) -> Decimal:
    return Decimal(f"{''.join(whole)}.{cents}")


def _reading(text: str, match: re.Match[str], decimal: str | None, bare: bool) -> MoneyReading | None:
    if not _stands_alone(text, match):
        return None
    found = [each for name in ("before", "after") if (each := _mark(match, name))]
    currencies = _meant(found)
    settled = currencies[0] if len(currencies) == 1 and any(each.settles for each in found) else None
    written = match["number"]
    if not found and not bare and not match["dash"] and not _CENTS.search(written):
        return None
    per_unit = _PER_UNIT.match(text, match.end("number"))
    per_unit = per_unit or (_PER_UNIT.match(text, match.end()) if match["after"] else None)
    known = settled or ("" if not currencies else currencies[0])
    separator = _MARKS.search(written)
    read = amount(written, separator[0] if per_unit and separator else decimal, known or None)
    if read is None:
        return None
    if match["dash"] and read.value is None:
        # `1.250,-`: the dash stands for the decimals.
        read = Amount(read.alternatives[0], read.alternatives[1:], _WHOLE)
    spaced = _spaced(written, read, before=bool(match["before"] or match["dash"]), currency=known or None)
    return _signed(text, match, spaced, settled, currencies)


def _spaced(written: str, read: Amount, *, before: bool, currency: str | None) -> Amount:
    """Doubt a plain space between thousands: `2 150,00` may be two at 150.00, and `12 500` twelve at 500."""
    parts = written.split(" ")
    if len(parts) != 2 or not all(parts) or len(re.sub(r"[.,]\d*$", "", parts[1])) != 3:
        return read
    behind = _separated(parts[1], None, currency)
    others = (behind.value,) if behind is not None and behind.value is not None else ()
    if read.decimals or before or currency in WHOLE:
        return Amount(
            read.value, others, min(read.confidence, _WHOLE if before or not read.decimals else _SPACED), read.decimals
        )
    if currency or read.value is None:
        return Amount(read.value, others, min(read.confidence, _SLIPPED), read.decimals)
    return Amount(None, (read.value, *others), _OPEN)


_CLOSED_BY_STROKE = ("¥", "￥", "JPY")


def _signed(
    text: str, match: re.Match[str], read: Amount, settled: str | None, currencies: tuple[str, ...]
) -> MoneyReading:
    # Any kind of space, and the dot of an abbreviation, may stand in the match.
    word = "".join(filter(str.isalpha, match["scale"] or ""))
    scale = Decimal(10) ** _SCALES[word.lower()] if word else Decimal(1)
    # `¥12,000-`: the stroke closes the sum, so that nobody adds a digit.
    trailing = match["trailing"] and match["before"] not in _CLOSED_BY_STROKE
    negative = bool(_minus(text, match) or trailing or (match["open"] and match["close"]))
    factor = -scale if negative else scale
    start, end = match.span()
    if match["open"] and not match["close"]:
        start = match.end("open")
    return MoneyReading(
        None if read.value is None else read.value * factor,
        tuple(other * factor for other in read.alternatives),
        settled,
        currencies,
        start,
        end,
        text[start:end],
        read.confidence,
        read.decimals,
    )


def _minus(text: str, match: re.Match[str]) -> bool:
    """A dash is a minus where nothing but space or a bracket stands before it: `A-12.50` is no debt."""
    if match["minus"]:
        before = text[: match.start("minus")][-1:]
        return not before or before in " \t\n:(=|"
    return bool(match["sign"])


def _mark(match: re.Match[str], name: str) -> Mark | None:
    # An L behind a number counts litres; it is the lempira's only before one.
    if not match[name] or (name == "after" and match[name] == "L"):
        return None
    return mark(match[name], match.start(name))


def _meant(found: Sequence[Mark]) -> tuple[str, ...]:
    if len(found) == 2:
        both = tuple(each for each in found[0].currencies if each in found[1].currencies)
        return both or tuple(dict.fromkeys(found[0].currencies + found[1].currencies))
    return found[0].currencies if found else ()


def _taxed(written: str, after: str) -> bool:
    """`2.10ZRL`: the class of the tax, without a space."""
    return _CENTS_END.search(written) is not None and _TAX_CODE.match(after) is not None


_CENTS_END = re.compile(r"[.,]\d\d\Z")
#: Classes of the goods and services tax as tills of Malaysia print them.
_TAX_CODE = re.compile(r"(?:SR[EP]?|ZRL?|ZDA|ES|OS|RS|GS)(?![^\W_])")
#: What makes a number a piece of something else: behind it, before it; and of a code.
_GOES_ON = re.compile(r"\s?%|[:/]\d|[.,]\d|\d")
_BEGAN = re.compile(r"\d[:/.,]?\Z|\d[:/]\s?\Z")
_CODE = re.compile(r"[^\W\d_]{2,}|[^\W\d_]\d|-\d{3,}")


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Not a piece of a date, a time, a percentage, a longer number or an article code."""
    start, end = match.span("number")
    before, after = text[max(0, start - _LONGEST_WORD) : start], text[end : end + _LONGEST_WORD]
    if _GOES_ON.match(after) or _BEGAN.search(before):
        return False
    if before[-1:].isalpha() and not match["before"]:
        return False
    if match["before"] and match["sign"] and text[: match.start("before")][-1:] in ("-", "/"):
        # `68-KD-428`: the middle of a number of an article.
        return False
    # One letter may follow: receipts print the tax class there (`5,69A`); two make it a code.
    return (
        match["after"] is not None or not _CODE.match(after) or _taxed(match["number"], after) or bool(match["scale"])
    )


def formatted(value: Decimal) -> str:
    """Return *value* as a plain decimal string with at least two decimals, as records hold money."""
    exponent = value.normalize().as_tuple().exponent
    return f"{value:.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"


def values(readings: Sequence[MoneyReading]) -> Iterator[Decimal]:
    """Yield the settled values of *readings*."""
    return (reading.value for reading in readings if reading.value is not None)
