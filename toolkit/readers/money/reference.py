"""The number of the paper and how it was paid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.readers.money.figures import Figure
from toolkit.readers.money.head import classify
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

_NUMBER = re.compile(
    r"(?i)(?:\bn[o0°º]|\bnr|number|nunber|nummer|#|\bnum(?:ero)?|\bid|invoice|receipt|\binv|factuur|fatura|factura|facture)"
    r"[.:#\s№=-]{0,5}(?P<number>[A-Z]{0,6}[-/ ]?\d[\w/.-]*\w|\d{2,}|[A-Z]{2,5}/\d[\w/-]+)"
)
#: What a number is not: a telephone, a day, a tax number, a card.
_NOT = re.compile(
    r"(?i)\b(?:tel|fax|phone|gst|vat|ust|tax id|card|karte|account|konto|iban|table|member|co\.? ?no|co reg)\b"
)


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
    found: list[tuple[int, int, Reference]] = []
    for row in rows:
        if "number" not in roles(row.text) or classify(row) in ("tax_id", "registration"):
            continue
        for match in _NUMBER.finditer(row.text):
            if _NOT.search(row.text[max(0, match.start() - 12) : match.start("number")]):
                continue
            value = match["number"].strip(" .-")
            if sum(each.isdigit() for each in value) < 2 or re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", value):
                continue
            glyphs = row.confidence_of(match.start("number"), match.end("number"))
            rank = 0 if re.search(r"(?i)inv|rechnung|fact|fatt|fatu|faktu|receipt|bill|beleg|bon|doc", row.text) else 1
            confidence = 0.88 if glyphs >= 0.97 and rank == 0 else 0.75
            found.append(
                (rank, row.index, Reference(value, confidence, row, match.start("number"), match.end("number")))
            )
    return min(found, key=lambda each: each[:2])[2] if found else None


def payment(found: Sequence[Figure], total: Decimal | None) -> Reference | None:
    """Return `card` or `cash` with the row that says so; the row with the total's own amount speaks first."""
    ways = [figure for figure in found if figure.role in ("card", "cash") and not figure.table]
    if not ways:
        return None
    exact = [figure for figure in ways if total is not None and abs(figure.value) == abs(total)]
    kinds = {figure.role for figure in ways}
    best = (exact or ways)[0]
    # A card slip's own amount is the total; cash is more than the total, and change comes back.
    change = any(figure.role == "change" and figure.value for figure in found)
    if "card" in {figure.role for figure in exact}:
        best = next(figure for figure in exact if figure.role == "card")
    sure = len(kinds) == 1 and (bool(exact) or change)
    word = re.search(r"(?i)paid|payment|tendered|received|bezahlt|gegeben", best.row.text)
    value = best.role or ""
    if (
        word
        and best.role == "cash"
        and not re.search(r"(?i)cash|bar\b|contant|efectivo|esp[eè]ces|dinheiro", best.row.text)
    ):
        sure = False
    return Reference(value, 0.92 if sure else 0.70, best.row, best.start, best.end)
