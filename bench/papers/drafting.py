"""From a wording and a generator to what is printed: blocks with their holes filled, and the look of this one paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np

from bench.papers.inventing import Invented, hows_of, places
from bench.papers.wording import Table, Wording, clauses
from tests.specimens.signature import signature

_FONTS = (
    "Liberation Sans",
    "Liberation Serif",
    "Libertinus Serif",
    "New Computer Modern",
    "DejaVu Sans",
    "DejaVu Serif",
    "FreeSans",
    "FreeSerif",
    "Liberation Sans Narrow",
    "Liberation Sans",
    "Liberation Serif",
)
_FALLBACK = ("Liberation Sans", "DejaVu Sans", "IPAexGothic", "VL Gothic", "WenQuanYi Micro Hei")
_JAPANESE = "IPAexGothic"
_ACCENTS = ("#1f3a5f", "#7a1f2b", "#1e5b3a", "#333333", "#5b3a8c", "#8a5a00", "#005f73", "#000000")
_LETTER_PAPER = ("USA", "CAN", "MEX")
_AMOUNT = re.compile(r"^[-+(]?\D{0,4}\d[\d.,'\u00a0 ]*\D{0,4}$")
#: A label that numbers itself.
_NUMBERED = re.compile(r"\d|[a-f][.) ]")
_MOVES = re.compile(r"([-+])(\d+)\.\.(\d+)$")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the typesetter takes, and the truth about it."""

    data: Mapping[str, Any]
    truth: Mapping[str, str]


def drafted(wording: Wording, layout: str, rng: np.random.Generator) -> Draft:
    """Fill *wording* for one paper in *layout*; the same generator state gives the same draft."""
    world = Invented(rng, wording.language, wording.country, hows=hows_of(list(_texts(wording))))
    table = _table(wording.table, world) if wording.table else None
    blocks = list(_blocks(wording, world, table))
    fill = world.filled
    issuer = fill(wording.issuer)
    data = _look(wording, rng) | {
        "layout": layout,
        "language": wording.language,
        "issuer": issuer,
        "head": [fill(each) for each in wording.head],
        "to": [fill(each) for each in wording.to],
        "dated": fill(wording.dated),
        "corner": fill(wording.corner),
        "title": fill(wording.title),
        "subtitle": fill(wording.subtitle),
        "blocks": blocks,
        "foot": fill(wording.foot),
        "sign": [fill(each).split("; ") for each in wording.sign],
        "seal": wording.seal or issuer,
        "url": wording.url,
        "running": fill(wording.running),
        "printed": world.written(world.days["issue_date"]),
    }
    labels = [row[0] for block in blocks if block["t"] == "fields" for row in block["rows"]]
    if any(_NUMBERED.match(label) for label in labels):
        data |= {"numbers": False}
    truth = {name: value for name, value in world.truth.items() if not name.startswith("x")}
    return Draft(data, {"issuer": issuer, **truth, **{name: fill(value) for name, value in wording.also.items()}})


def _texts(part: Any) -> Iterator[str]:
    """All the text in a wording."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, msgspec.Struct):
        yield from (text for name in part.__struct_fields__ for text in _texts(getattr(part, name)))
    elif isinstance(part, Mapping):
        yield from (text for each in part.values() for text in _texts(each))
    elif isinstance(part, tuple):
        yield from (text for each in part for text in _texts(each))


def _look(wording: Wording, rng: np.random.Generator) -> dict[str, Any]:
    """The accidents of one printing: fonts, sizes, rules, colours."""

    def some(values: Sequence[Any]) -> Any:
        return values[int(rng.integers(len(values)))]

    def chance(share: float) -> bool:
        return bool(rng.random() < share)

    page_of = some(places()["page_of"][wording.language]) if chance(0.8) else ""
    return {
        "font": _JAPANESE if wording.language == "ja" else some(_FONTS),
        "fallback": _FALLBACK,
        "size": some((9.5, 10, 10.5, 11)),
        "ink": some((0, 20, 40)),
        "leading": some((0.6, 0.65, 0.75, 0.85)),
        "justify": chance(0.4),
        "accent": some(_ACCENTS),
        "paper": "us-letter" if wording.country in _LETTER_PAPER else "a4",
        "bold_labels": chance(0.5),
        "colon": some((":", ":", "", " :")) if wording.language != "fr" else some((" :", " :", "")),
        "split": some((30, 35, 40, 45)),
        "gutter": some((0.7, 0.9, 1.1)),
        "wide": chance(0.25),
        "numbers": chance(0.5),
        "table": some(("grid", "rules", "bands", "none")),
        "row_inset": some((2.5, 3.5, 4.5)),
        "flag": chance(0.5),
        "date_right": chance(0.6),
        "sealed": chance(0.6),
        "inked": chance(0.85),
        "counts_one": chance(0.4),
        "cover": chance(0.3),
        "page_of": page_of,
        "serial": int(rng.integers(9)),
        "strokes": [signature(rng) for _ in range(3)],
    }


def _blocks(wording: Wording, world: Invented, table: Mapping[str, Any] | None) -> Sequence[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    style = world.pick(
        (
            "{n}. ",
            "{n}  ",
            "§ {n} " if wording.language == "de" else "Article {n}. " if wording.language == "fr" else "{n}. ",
        )
    )
    headings = 0
    for line in filter(None, (each.strip() for each in wording.body.splitlines())):
        name, bar, value = line.partition(" | ")
        if line.startswith("@clauses"):
            for head, text in _chosen(world, wording.language, int(line.split()[1])):
                headings += 1
                blocks.append({"t": "h", "text": style.format(n=headings) + head})
                blocks += [{"t": "p", "text": world.filled(each)} for each in text.splitlines()]
        elif line.startswith("# *"):
            headings += 1
            blocks.append({"t": "h", "text": style.format(n=headings) + world.filled(line[3:])})
        elif line.startswith("# "):
            blocks.append({"t": "h", "text": world.filled(line[2:])})
        elif line == "---":
            blocks.append({"t": "break"})
        elif line == "@photo":
            blocks.append({"t": "photo"})
        elif line == "@table":
            if table is None:
                raise ValueError("@table without a table")
            blocks.append(dict(table))
        elif bar:
            if not blocks or blocks[-1]["t"] != "fields":
                blocks.append({"t": "fields", "rows": []})
            blocks[-1]["rows"].append([world.filled(name), world.filled(value)])
        else:
            blocks.append({"t": "p", "text": world.filled(line)})
    return blocks


def _chosen(world: Invented, language: str, count: int) -> Sequence[tuple[str, str]]:
    known = clauses(language)
    order = sorted(int(n) for n in world.rng.permutation(len(known))[:count])
    return [known[at] for at in order]


# --- tables


def _table(table: Table, world: Invented) -> dict[str, Any]:
    head = _cells(world, table.head)
    if table.ledger:
        rows = _ledger(table, world)
    else:
        rows = [_cells(world, row) for row in table.rows]
        count = int(world.rng.integers(table.draw[0], table.draw[1] + 1))
        order: list[int] = []
        for _ in range(count):
            order = order or [int(n) for n in world.rng.permutation(len(table.rows_from))]
            rows.append(_cells(world, table.rows_from[order.pop()]))
    rows += [_cells(world, row) for row in table.foot]
    width = len(head)
    if any(len(row) != width for row in rows):
        raise ValueError(f"rows of the table {table.head!r} differ in length")
    aligns = ["r" if sum(bool(_AMOUNT.match(row[at])) for row in rows) > len(rows) / 2 else "l" for at in range(width)]
    longest = [max(8, *(min(42, len(row[at])) for row in (head, *rows))) for at in range(width)]
    return {"t": "table", "head": head, "rows": rows, "aligns": aligns, "widths": table.widths or longest}


def _cells(world: Invented, row: str) -> list[str]:
    return [world.filled(cell.strip()) for cell in row.split(" | ")]


def _ledger(table: Table, world: Invented) -> list[list[str]]:
    """Movements between the period's days, each with the balance after it; notes opening, closing and lowest."""
    world.filled("{period_start}{period_end}")
    first, last = world.days["period_start"], world.days["period_end"]
    world.filled("{opening_balance:c1800..9000}")
    balance, lowest = world.sums["opening_balance"], world.sums["opening_balance"]
    level = max(Decimal(1), (balance / 4000).quantize(Decimal(1)))
    count = int(world.rng.integers(table.draw[0], table.draw[1] + 1))
    days = sorted(first + timedelta(days=int(n)) for n in world.rng.integers(0, (last - first).days + 1, count))
    rows = []
    for day in days:
        text, _, move = world.pick(table.rows_from).rpartition(" | ")
        span = _MOVES.search(move)
        assert span is not None
        value = Decimal(int(world.rng.integers(int(span[2]) * 100, int(span[3]) * 100))) / 100 * level
        value = -value if span[1] == "-" and balance - value > 40 * level else value
        balance += value
        lowest = min(lowest, balance)
        figures = {"out": "", "in": "", "change": world.figures(value), "balance": world.figures(balance)}
        figures["out" if value < 0 else "in"] = world.figures(abs(value))
        shown = {"day": world.written(day, "{dd}.{mm}.{y}" if "." in world.pattern else ""), "text": world.filled(text)}
        rows.append([cell.strip().format(**shown, **figures) for cell in table.rows[0].split(" | ")])
    world.said["closing_balance"] = world.money("closing_balance", balance)
    world.said["lowest_balance"] = world.money("lowest_balance", lowest)
    return rows
