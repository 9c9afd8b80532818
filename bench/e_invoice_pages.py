"""What the printed pages of public e-invoices say, read without the data inside them, against what that data says.

Real layouts with a truth that nobody typed: `python -m bench.e_invoice_pages --data ../shared/data`. A few papers of
the set print another sum, or another invoice, than they carry; they stay in, so no reader can be right of all.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.money_papers import marks
from toolkit import e_invoices, pages, sniff
from toolkit.model import SURE
from toolkit.readers.money import printed

#: Our field by that of the set's truth.
FIELDS = {"merchant": "seller", "number": "invoice_number", "date": "date", "total": "total", "tax": "tax"}
FIELDS |= {"currency": "currency", "merchant_tax_id": "seller_vat"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    print("\n".join(compare(parser.parse_args().data)))


def compare(data: Path) -> list[str]:
    """Return a Markdown table by field, and a row for the line items; a sentence where the set is absent."""
    truth = data / "zugferd" / "truth.jsonl"
    if not truth.exists():
        return [f"The public e-invoices ({truth}) are not on this machine."]
    count: dict[str, Counter[str]] = defaultdict(Counter)
    for row in map(json.loads, truth.read_text("utf-8").splitlines()):
        for name, what in _judged(row, (data / row["file"]).read_bytes()):
            count[name][what] += 1
    table = ["| field | asked | right | vouched for | of these wrong |", "|---|---|---|---|---|"]
    for name, found in count.items():
        table.append(f"| {name} | {found['asked']} | {found['right']} | {found['sure']} | {found['sure wrong']} |")
    return table


def _judged(row: Mapping[str, Any], pdf: bytes) -> Iterator[tuple[str, str]]:
    opened = pages.open_bytes(pdf, sniff.PDF)
    if not any(page.words for page in opened.pages):
        return
    found = {field.name: field for field in printed.read(replace(opened, attachments=())).fields}
    for name, key in FIELDS.items():
        if row.get(key) in (None, ""):
            continue
        field = found.get(name)
        right = field is not None and marks.same(name, row[key], field.value)
        yield name, "asked"
        if right:
            yield name, "right"
        if field is not None and field.confidence >= SURE:
            yield name, "sure"
            if not right:
                yield name, "sure wrong"
    amounts = sorted(_stated(opened.attachments))
    if amounts:
        lines = found.get("lines")
        got = sorted(Decimal(each["amount"]) for each in (lines.value if lines else ()))
        name = "line amounts, all of a paper"
        yield name, "asked"
        if got == amounts:
            yield name, "right"
        if lines is not None and lines.confidence >= SURE:
            yield name, "sure"
            if got != amounts:
                yield name, "sure wrong"


def _stated(attachments: tuple[tuple[str, bytes], ...]) -> list[Decimal]:
    inside = next((data for name, data in attachments if name.lower().endswith(".xml")), b"")
    invoices = e_invoices.read(inside)[:1] if inside else ()
    return [line.net for invoice in invoices for line in invoice.lines if line.net is not None]


if __name__ == "__main__":
    main()
