"""The merchant's tax number, told from the buyer's and from the numbers of tax offices and registers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A tax number without its spaces, and the row it stands in."""

    value: str
    confidence: float
    rows: tuple[Row, ...]


_ID = re.compile(r"(?:[A-Z]{2,3}[- ]?)?[A-Z]?\d(?:[ .\-/]?[0-9A-Z]){6,17}\b")
#: A number stands no further behind its label than this.
_FAR = 28
#: The shapes of value added tax numbers that need no label (Council Directive 2006/112/EC, art. 215).
_VAT = re.compile(
    r"\b(?:ATU ?\d{8}|BE ?[01]\d{3}\.?\d{3}\.?\d{3}|DE ?\d{3} ?\d{3} ?\d{3}|DK ?\d{8}|ES ?[A-Z0-9]\d{7}[A-Z0-9]"
    r"|FI ?\d{8}"
    r"|FR ?[0-9A-Z]{2} ?\d{3} ?\d{3} ?\d{3}|IE ?\d{7}[A-Z]{1,2}|IT ?\d{11}|LU ?\d{8}|NL ?\d{9} ?B\d{2}|PL ?\d{10}"
    r"|PT ?\d{9}"
    r"|SE ?\d{12}|CHE-?\d{3}\.?\d{3}\.?\d{3}|GB ?\d{3} ?\d{4} ?\d{2})\b"
)


def read(rows: Sequence[Row], label_pattern: re.Pattern[str]) -> TaxNumber | None:
    """Return the merchant's tax number: for value added tax first, a tax office's last; the buyer's never surely."""
    found: list[tuple[int, int, TaxNumber]] = []
    bought = next((row.index for row in rows if _is_buyer(row)), None)
    for row in rows:
        match, start = _VAT.search(row.text.upper()), 0
        label = label_pattern.search(_plain(row.text))
        if match is None and label is not None:
            start = label.start()
            text = row.text[start:].upper()
            match = _ID.search(text.replace("O", "0") if "GST" in text else text)
            if match is not None and match.start() > _FAR:
                match = None
        if match is None or sum(each.isdigit() for each in match[0]) < 7:
            continue
        office = re.search(
            r"steuer-?n|st\.?-?nr|siret|siren|registr", _plain(row.text)
        ) is not None and not _VAT.search(row.text.upper())
        rank = 2 * office + (bought is not None and row.index > bought)
        glyphs = row.confidence_of(start + match.start(), start + match.end())
        confidence = 0.92 if glyphs >= 0.95 and rank == 0 and label is not None else 0.80
        found.append(
            (
                rank,
                row.index,
                TaxNumber(_bare(match[0]), min(confidence, max(glyphs, 0.3)), (row,)),
            )
        )
    best = min(found, key=lambda each: each[:2], default=None)
    if best is None:
        return None
    rivals = {each.value for rank, _, each in found if rank == best[0]}
    return best[2] if len(rivals) == 1 else replace(best[2], confidence=min(best[2].confidence, 0.75))


def _bare(written: str) -> str:
    """The number without spaces and without the end of its label (`P.IVA 0123...`, `NIP 123-...`)."""
    label = r"^(?:ID|NO|NR|REG|IVA|NIP|NIF|CIF|TVA|VAT|BTW|UST|ABN|EIN|TIN|TRN|UID)\W?(?=\d)"
    return re.sub(label, "", re.sub(r"\s", "", written))


def _is_buyer(row: Row) -> bool:
    return "buyer" in roles(row.text) and len(row.text) <= 24


def _plain(text: str) -> str:
    return fold(text).replace("ß", "ss")
