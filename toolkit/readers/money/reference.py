"""The number of the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.fields import currency
from toolkit.fields.calendar_words import fold
from toolkit.model import Word
from toolkit.readers.money.figures import narrow
from toolkit.readers.money.head import classify
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: What a number looks like.
_TOKEN = re.compile(
    r"(?<![\w.,/-])(?P<number>(?:[A-Z]{1,12}[-/_]?){0,3}\d[\w/.-]{0,60}\w|[A-Z]{2,5}/\d[\w/-]{1,60})", re.IGNORECASE
)
#: `invoice_number_1`: words joined by strokes, at a sign that says it is the number.
_JOINED = re.compile(r"[#№]\s?(?P<number>[A-Z]{1,12}(?:_[A-Z0-9]{1,12}){1,4})(?!\w)", re.IGNORECASE)
#: `No:4711`, `№4711`, `#4711` without a space.
_STUCK = re.compile(r"(?:[#№°º:.：]|\bno|\bnr)\s?(?P<number>[A-Z]{0,6}[-/]?\d[\w/.-]{0,60}\w)", re.IGNORECASE)
#: `F 1234`: the letters of a series before the number.
_SERIES = re.compile(r"(?<![\w.])(?P<letters>(?!(?:ID|NO|NR|NUM|REF) )[A-Z]{1,4}) $")
#: What a number with such words before it is instead: a telephone, a tax number, a table, a card.
_NOT = re.compile(
    r"\b(?:tel|fax|phone|gst|vat|ust|tax id|card|karte|account|konto|iban|table|member|co\.? ?no|co reg|tisch|mesa|bord"
    r"|tafel|stolik|kasse|kassa|till|pos|terminal|tid|mid|aid|trace|auth|approval|batch|customer|kunden|klant|kund|seat"
    r"|room|zimmer|lot|plate|pump|flight|gate|po|purchase order|reg|abn|siret|nif|cif|nip|iva|tva|btw|moms|cashier"
    r"|address|adresse|anschrift|direccion|indirizzo|adres|alamat)\b"
    r"\W{0,3}(?:id|no|nr|nummer|number|n|num|reg)?\W{0,4}$"
)
#: Behind a number, what makes it an amount.
_IS_AMOUNT = re.compile(r"\s?,\d\d(?!\d)|\s?%")
#: An amount without its thousands, a version: `ZUGFeRD 2.2`.
_DECIMAL = re.compile(r"\d{1,3}[.,]\d{1,2}")
#: `Sample invoices, 2022`.
_YEAR = re.compile(r"(?:19|20)\d\d")
#: So many cells and words of one row are looked at.
_CELLS = 60
#: Names of papers, which tell their number from that of a till or an order.
_PAPER = re.compile(
    r"inv|rechnung|rechn|fact|fatt|fatu|faktu|receipt|resit|bill|beleg|bon|doc|quitt|kvitt|paragon|scontr|ricev|recibo|recu"
    r"|credit|gutschrift|avoir|abono|korekta|領収|請求|レシート|发票|發票|红字|kredit|fra\b|fs\b|ft\b"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[.:]\d\d(?:[.:]\d\d)?")
#: So many words before a number are looked at for its label, and so many letters.
_WORDS, _BEFORE = 4, 48
#: Below its label a number stands no further left or right than this share of the page.
_BESIDE = 0.04
#: No row has so many numbers, and no rank is so low.
_MOST, _NO_RANK = 8, 9
#: A label that says only "no." takes no number of fewer digits.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """A value with the place it was read at."""

    value: str
    confidence: float
    row: Row
    start: int
    end: int


def number(rows: Sequence[Row]) -> Reference | None:
    """Return the invoice or receipt number: the first labelled one, an invoice's before a till's."""
    best: tuple[int, Reference] | None = None
    for at, row in enumerate(rows):
        found = list(_behind(row))
        if not found and "number" in roles(row.text):
            found = list(_apart(row, rows[at + 1 : at + 2]))
        rank, reference = min(found, key=lambda each: each[0], default=(_NO_RANK, None))
        better = reference is not None and (best is None or rank < best[0])
        if better and reference is not None and classify(row) not in ("tax_id", "registration"):
            best = rank, reference
            if rank == 0:
                break
    return best[1] if best else None


def _behind(row: Row) -> Iterator[tuple[int, Reference]]:
    """Numbers that stand right behind their label, with 0 for an invoice's or receipt's own and 2 for others."""
    text = narrow(row.text)
    places = {
        match.span("number"): match["number"]
        for pattern in (_TOKEN, _STUCK, _JOINED)
        for match in pattern.finditer(text)
        if not _IS_AMOUNT.match(text, match.end("number"))
    }
    for (start, end), written in sorted(places.items())[:_MOST]:
        value = written.strip(" .-")
        before = fold(text[max(0, start - _BEFORE) : start])
        if not (_is_number(value) or "_" in value) or _NOT.search(before):
            continue
        if not (_labelled(before) or ("_" in value and before.endswith(("#", "# ")))):
            continue
        own = bool(_PAPER.search(" ".join(before.split()[-_WORDS:])))
        if not own and sum(each.isdigit() for each in value) < _FEW and "_" not in value:
            continue
        glyphs = row.confidence_of(start, end)
        confidence = 0.88 if own and glyphs >= 0.97 else 0.75
        series = _series(text[:start])
        if series:
            value = f"{series} {value}"
        # `Handelsrechnung (380) Nr. 471102`: the code of a kind of paper, where another number follows.
        aside = text[start - 1 : start] == "(" and text[end : end + 1] == ")"
        yield (
            (0 if own else 2) + (aside or _YEAR.fullmatch(value) is not None),
            Reference(value, confidence, row, start, end),
        )


def _series(before: str) -> str:
    """The letters of a series that stand between a label and its number, empty without them."""
    found = _SERIES.search(before)
    if found is None or found["letters"].upper() in currency.CODES or _labelled(fold(found[0])):
        return ""
    return found["letters"] if _labelled(fold(before[: found.start()])) else ""


def _labelled(before: str) -> bool:
    """Whether the words just before a number say that it is one: the fewest words that say anything decide."""
    words = re.split(r"\s+|(?<=[:：])", before.rstrip(" :.#№°º=-：　"))
    for count in range(1, _WORDS + 1):
        said = roles(" ".join(words[-count:]))
        if said & {"date", "other_date", "total", "due", "tax"}:
            return False
        if "number" in said:
            return True
    return False


def _apart(row: Row, below: Sequence[Row]) -> Iterator[tuple[int, Reference]]:
    """Numbers in the next cell of a row, or in the row below at the place of their label."""
    # A row that names a day itself is no row of values.
    values = [each for each in below if not roles(each.text) & {"date", "other_date"}]
    for label in _labels(row):
        said = fold(label.text)
        box = label.words[0].box
        right = label.words[-1].box.right
        under = [
            (line, each)
            for line in values
            for each in line.words
            if abs(each.box.left - box.left) < _BESIDE or abs(each.box.right - right) < _BESIDE
        ]
        at = row.words.index(label.words[-1])
        for line, each in [*((row, each) for each in row.words[at + 1 : at + 2]), *under]:
            match = _TOKEN.fullmatch(each.text.strip(" #№"))
            if match and _is_number(match["number"]):
                start = max(0, line.text.find(match["number"]))
                end = start + len(match["number"])
                rank = 1 if _PAPER.search(said) else 3
                yield rank, Reference(match["number"], min(each.confidence, 0.75), line, start, end)
                break


@dataclass(frozen=True, slots=True)
class _Label:
    """Words of a row that name a number."""

    text: str
    words: tuple[Word, ...]


def _labels(row: Row) -> Iterator[_Label]:
    """Yield the cells of *row* that name a number, and then the single words that do."""
    cells, at = [], 0
    for text in re.split(r"(\s{2,})", row.text):
        if text.strip():
            cells.append(_Label(text, row.part(at, at + len(text))))
        at += len(text)
    words = [_Label(word.text, (word,)) for word in row.words]
    for label in [*cells, *(word for word in words if word.text not in {cell.text for cell in cells})][:_CELLS]:
        if "number" in roles(label.text) and not _NOT.search(fold(label.text)) and len(label.text) <= _BEFORE:
            yield label


def _is_number(value: str) -> bool:
    return sum(each.isdigit() for each in value) >= 2 and not _DATE.fullmatch(value) and not _DECIMAL.fullmatch(value)
