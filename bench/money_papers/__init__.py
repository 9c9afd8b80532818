"""Receipts and invoices of invented merchants, drawn in many layouts and languages, with their truth, and photographed.

    python -m bench.money_papers --count 160 --seed 1 --out out/bench/receipts

Same arguments and fonts, same pictures. A locale whose font is not on the machine is skipped with a message.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.money_papers import camera, customs, drawing, journeys, sheets, slips
from bench.money_papers.draft import Draft

LAYOUTS: Mapping[str, Callable[[Draft], dict[str, Any]]] = {
    "till": slips.till, "pharmacy": slips.pharmacy, "refund": slips.refund, "code_rows": slips.code_rows,
    "bill_quantity_first": slips.bill_quantity_first, "bill_row_below": slips.bill_row_below, "taxi": journeys.taxi,
    "fuel": journeys.fuel, "rail": journeys.rail, "parking": journeys.parking, "card_slip": journeys.card_slip,
    "invoice": sheets.invoice, "credit_note": sheets.credit_note, "folio": sheets.folio, "mileage": sheets.mileage,
}  # fmt: skip
_SHEETS = ("invoice", "credit_note", "folio", "mileage")


def usable() -> list[str]:
    """The locales whose fonts are on this machine; says on stderr which are not."""
    names = []
    for name in customs.locales():
        font = customs.locale(name).font
        if font and not drawing.on_this_machine(font):
            lacking = drawing.FACES[font][0]
            print(
                f"{name} is skipped: the font {lacking} is not on this machine. Install it (Debian: "
                "fonts-ipaexfont-gothic, fonts-wqy-microhei) or name its folder in MONEY_PAPER_FONTS.",
                file=sys.stderr,
            )
        else:
            names.append(name)
    return names


def drawn(layout: str, locale: str, seed: Sequence[int]) -> tuple[drawing.Pixels, float, dict[str, Any]]:
    """One clean paper, the width of its letters in pixels, and its truth."""
    rng = np.random.default_rng(seed)
    draft = Draft(locale, customs.locale(locale), rng)
    truth = LAYOUTS[layout](draft)
    letter = draft.paper.extent("0") * (draft.paper.width - 2 * draft.paper.margin) * drawing.SCALE
    return draft.paper.picture(rng), letter, truth


def make(out: Path, *, count: int, seed: int, locales: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Write *count* pictures and `truth.jsonl` into *out* and return the truth; layouts and locales take turns.

    *locales*: only these, where given.
    """
    out.mkdir(parents=True, exist_ok=True)
    names, rows = [name for name in usable() if not locales or name in locales], []
    order = np.random.default_rng(seed)
    layouts: list[str] = []
    places: list[str] = []
    for number in range(count):
        layouts = layouts or list(order.permutation(list(LAYOUTS)))
        places = places or list(order.permutation(names))
        layout, place = str(layouts.pop()), str(places.pop())
        page, letter, truth = drawn(layout, place, (seed, number))
        rng = np.random.default_rng((seed, number, 1))
        shot = camera.drawn(rng, thermal=layout not in _SHEETS)
        file = f"{number:03d}-{layout}-{place}.jpg"
        (out / file).write_bytes(camera.photograph(page, letter, shot, rng))
        rows.append({"file": file, **truth, **shot.row()})
    with (out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return rows
