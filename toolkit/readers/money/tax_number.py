"""The merchant's tax number, told from the buyer's and from the numbers of tax offices and registers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.fields.calendar_words import fold
from toolkit.model import Method
from toolkit.readers.money import tax_schemes
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row
from toolkit.readers.money.tax_schemes import Scheduled

#: Confidence of a number whose check digit holds, that has none but a label in a text layer, that has less, whose digit
#: does not hold.
_PROVED, _LABELLED, _LOOSE, _WRONG = 0.95, 0.92, 0.80, 0.60


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A tax number without its spaces, and the row it stands in.

    `rule` names the scheme whose check digit holds (`D USt-IdNr.`), empty without such proof.
    """

    value: str
    confidence: float
    rows: tuple[Row, ...]
    rule: str = ""

    def __repr__(self) -> str:
        return f"<TaxNumber {self.confidence:.2f} {self.rule}>"


_ID = re.compile(r"(?:[A-Z]{2,3}[- ]?)?[A-Z]?\d(?:[ .\-/]?[0-9A-Z]){6,17}\b")
#: A number stands no further behind its label than this.
_FAR = 28
#: So many rows below its label the block of the buyer ends, at the latest.
_BLOCK = 7
_OFFICE = re.compile(r"steuer-?n|st\.?-?nr|siret|siren|registr")
#: The buyer's own number, by the words of its row.
_OF_BUYER = re.compile(
    r"\b(?:ihre|your|customer'?s?|client|kunden?|buyer|nabywcy|acheteur|cliente|klant|uw|votre|su|vostr[ao]|kundens?)\b"
    r"\W{0,3}(?:\w+\W{0,3})?(?:ust|vat|tva|iva|btw|nip|nif|cif|uid|moms|gst|tax)"
)


def read(rows: Sequence[Row], label_pattern: re.Pattern[str]) -> TaxNumber | None:
    """Return the merchant's tax number: for value added tax first, a tax office's last.

    A number whose row says that it is the buyer's is none; one in the block of the buyer is never sure.

    A number whose check digit holds comes before one that has none, and that before one whose digit is wrong.
    """
    found: list[tuple[int, int, TaxNumber]] = []
    bought = [row.index for row in rows if _is_buyer(row)]
    sold = [row.index for row in rows if "seller" in roles(row.text) and len(row.text) <= 24]
    for row in rows:
        if _OF_BUYER.search(_plain(row.text)):
            continue
        of_buyer = _of_buyer(row, bought, sold)
        for number, rank in _of_row(row, label_pattern):
            confidence = min(number.confidence, _LOOSE) if of_buyer else number.confidence
            found.append((rank + 10 * of_buyer, row.index, replace(number, confidence=confidence)))
    best = min(found, key=lambda each: each[:2], default=None)
    if best is None:
        return None
    rivals = {_compact(each.value) for rank, _, each in found if rank == best[0]}
    return best[2] if len(rivals) == 1 else replace(best[2], confidence=min(best[2].confidence, 0.75))


def _of_row(row: Row, label_pattern: re.Pattern[str]) -> Iterator[tuple[TaxNumber, int]]:
    """Yield the numbers in *row* with their rank, the likeliest 0: by known schemes, else whatever a label precedes."""
    known = tax_schemes.find(row.text)
    for each in known:
        if each.valid is False and not each.labelled and not each.scheme.prefix:
            continue
        rank = 4 * each.scheme.register + 2 * (each.valid is False) + (each.valid is None)
        yield _scheduled(row, each), rank
    if not known:
        loose = _labelled(row, label_pattern)
        if loose is not None:
            yield loose, 1 + 4 * (_OFFICE.search(_plain(row.text)) is not None)


def _scheduled(row: Row, each: Scheduled) -> TaxNumber:
    glyphs = row.confidence_of(each.start, each.end)
    value = re.sub(r"\s", "", each.written)
    if each.valid:
        # A misread digit would break the check: the proof does not depend on the OCR's own opinion.
        name = f"{each.scheme.country} {each.scheme.name}"
        return TaxNumber(value, _LOOSE if each.scheme.register else _PROVED, (row,), name)
    if each.valid is False:
        return TaxNumber(value, min(_WRONG, glyphs), (row,))
    sure = each.labelled and glyphs >= 0.95 and not each.scheme.register and _printed(row)
    return TaxNumber(value, min(_LABELLED if sure else _LOOSE, max(glyphs, 0.3)), (row,))


def _printed(row: Row) -> bool:
    """Whether the row was not read off a picture, where nothing shows that a B is an 8."""
    return row.method is Method.TEXT_LAYER


def _labelled(row: Row, label_pattern: re.Pattern[str]) -> TaxNumber | None:
    """The number behind a label, of no scheme that is known."""
    label = label_pattern.search(_plain(row.text))
    if label is None:
        return None
    start = label.start()
    text = row.text[start:].upper()
    match = _ID.search(text.replace("O", "0") if "GST" in text else text)
    if match is None or match.start() > _FAR or sum(each.isdigit() for each in match[0]) < 7:
        return None
    glyphs = row.confidence_of(start + match.start(), start + match.end())
    office = _OFFICE.search(_plain(row.text)) is not None
    confidence = _LABELLED if glyphs >= 0.95 and not office and _printed(row) else _LOOSE
    return TaxNumber(_bare(match[0]), min(confidence, max(glyphs, 0.3)), (row,))


def _of_buyer(row: Row, bought: Sequence[int], sold: Sequence[int]) -> bool:
    above = [each for each in bought if each <= row.index <= each + _BLOCK]
    return bool(above) and not any(above[-1] < each <= row.index for each in sold)


def _bare(written: str) -> str:
    """The number without spaces and without the end of its label (`P.IVA 0123...`, `NIP 123-...`)."""
    label = r"^(?:ID|NO|NR|REG|IVA|NIP|NIF|CIF|TVA|VAT|BTW|UST|ABN|EIN|TIN|TRN|UID)\W?(?=\d)"
    return re.sub(label, "", re.sub(r"\s", "", written))


def _compact(value: str) -> str:
    """Letters and digits without the letters in front: `DE123456789` and `123456789` are one number."""
    return re.sub(r"^[A-Z]+(?=\d)", "", re.sub(r"[^0-9A-Z]", "", value))


def _is_buyer(row: Row) -> bool:
    return "buyer" in roles(row.text) and len(row.text) <= 24


def _plain(text: str) -> str:
    return fold(text).replace("ß", "ss")
