"""Draws exactness against difficulty as a picture, with typst: no plotting library is needed for two dozen points."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import typst

from bench.verdicts import Verdict

_TENTHS = 10
_COLOURS = ("#1f4e8c", "#c2571a", "#3c7a3c", "#7a3c78")
_PAGE = """
#let d = json(bytes(sys.inputs.data))
#set page(width: 160mm, height: 96mm, margin: 0pt, fill: white)
#set text(font: "Libertinus Serif", size: 9pt, fill: rgb("#222222"))
#let (left, top, w, h) = (16mm, 14mm, 108mm, 66mm)
#let at(x, y) = (left + x * w, top + (1 - y) * h)
#let label(x, y, body, dx: 0mm, dy: 0mm) = {
  let (px, py) = at(x, y)
  place(dx: px + dx, dy: py + dy, body)
}
#place(dx: left, dy: 4mm, text(size: 11pt, weight: "bold", d.title))
#for step in range(0, 11, step: 2) {
  let v = step / 10
  place(line(start: at(0, v), end: at(1, v), stroke: 0.3pt + rgb("#cccccc")))
  label(0, v, dx: -9mm, dy: -1.6mm, box(width: 8mm, align(right, str(step * 10) + " %")))
  label(v, 0, dx: -3mm, dy: 1.5mm, box(width: 6mm, align(center, str(v))))
}
#label(0.5, 0, dx: -40mm, dy: 7mm, box(width: 80mm, align(center, [difficulty of the picture])))
#for s in d.series {
  let c = rgb(s.colour)
  if s.shaded {
    let up = s.points.map(p => at(p.x, p.high))
    let down = s.points.map(p => at(p.x, p.low)).rev()
    place(polygon(fill: c.transparentize(86%), ..up, ..down))
  }
  for (a, b) in s.points.zip(s.points.slice(1)) {
    place(line(start: at(a.x, a.y), end: at(b.x, b.y), stroke: (paint: c, thickness: 1.4pt, dash: s.dash)))
  }
  for p in s.points { label(p.x, p.y, dx: -0.8mm, dy: -0.8mm, circle(radius: 0.8mm, fill: c)) }
}
#for (i, s) in d.series.enumerate() {
  label(1, 1, dx: 3mm, dy: i * 9mm, box(width: 31mm, text(fill: rgb(s.colour), s.name)))
}
#place(dx: left, dy: 90.5mm, text(size: 7pt, fill: rgb("#666666"), d.note))
"""


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share: what this many documents can say at all."""
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def points(verdicts: Sequence[Verdict], what: str = "exact") -> list[dict[str, float]]:
    """The share of documents (`exact`) or lines (`lines_right`) right in each tenth of difficulty that has any."""
    found = []
    for tenth in range(_TENTHS):
        members = [v for v in verdicts if not v.negative and min(_TENTHS - 1, int(v.difficulty * _TENTHS)) == tenth]
        of = len(members) if what == "exact" else sum(v.lines for v in members)
        if of:
            right = sum(getattr(v, what) for v in members)
            low, high = interval(right, of)
            found.append({"x": (tenth + 0.5) / _TENTHS, "y": right / of, "low": low, "high": high})
    return found


def draw(series: Mapping[str, Sequence[Verdict]], out: Path, *, note: str) -> None:
    """Write a PNG: the first reader's documents and lines, the others' documents."""
    lines = []
    for place, (name, verdicts) in enumerate(series.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        line = {"points": points(verdicts), "colour": colour, "dash": "solid", "shaded": place == 0}
        lines.append({"name": f"{name}: documents"} | line)
        if place == 0:
            every = points(verdicts, "lines_right")
            lines.append({"name": f"{name}: lines"} | line | {"points": every, "colour": "#6f93c4"})
            lines[-1] |= {"dash": "dashed", "shaded": False}
    data = {"title": "Zones read exactly, by difficulty of the picture", "series": lines, "note": note}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "curve.typ"
        page.write_text(_PAGE, "utf-8")
        out.write_bytes(typst.compile(page, format="png", ppi=150, sys_inputs={"data": json.dumps(data)}))
