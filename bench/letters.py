"""Letters: ours beside plain docxtpl, and a warm LibreOffice beside one start a letter, in one run.

The letter is the long-term assignment letter (two pages, with tables) filled with specimens. Ours is what a batch does
(`toolkit.write.write`: facts looked up, checked, rendered, dressed in the house style); docxtpl gets the values ready
made, opens the template, renders and saves, as its documentation shows. PDF counts the start of the warm LibreOffice.

    python -m bench.letters [--letters 5000] [--pdf 60]
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import Environment

from toolkit import office, office_pool, shipped, template_specimen, write
from toolkit.facts import Facts
from toolkit.model import Fact, Field, Method, Proof, Source
from toolkit.template_folder import opened
from toolkit.word_template import filters
from toolkit.write_style import dressing

NAME = "long-term-assignment-letter"
TODAY = date(2026, 11, 23)
_ROUNDS = 5


def measured(letters: int = 5000, pdf: int = 60) -> str:
    """Return the table: ms a letter of each way, the ratios, memory over *letters*, PDF over *pdf* letters."""
    ours, plain = _ours(), _plain()
    mine, theirs = _each(ours, 200), _each(plain, 20)
    rows = [
        ("Word letter, plain docxtpl", f"{theirs:.1f} ms", "1"),
        ("Word letter, ours, checked and in the house style", f"{mine:.2f} ms", f"{theirs / mine:.0f} times as fast"),
        (f"memory over {letters} letters", _memory(ours, letters), ""),
    ]
    if office.program() is not None:
        rows += _pdf(ours(), pdf)
    lines = ["| letters | a letter | ratio |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)]
    return "\n".join(lines)


def _each(make: Callable[[], object], count: int) -> float:
    """Return the median over rounds of the milliseconds one call takes."""
    make()
    took = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        for _ in range(count):
            make()
        took.append((time.perf_counter() - start) / count * 1000)
    return statistics.median(took)


def _ours() -> Callable[[], bytes]:
    ready = opened(NAME)
    values = template_specimen.specimen_values(ready.definition, ready.word.uses)
    rows = template_specimen.specimen_rows(ready.definition)
    source = Source("", None, None, Method.PERSON)
    facts = Facts({n: Fact(n, Field(n, value, 1.0, source, Proof.PERSON)) for n, value in values.items()})
    dress, _ = dressing()
    return lambda: (
        write.write(NAME, facts, today=TODAY, rows=rows, dress=lambda docx: dress(docx, ready.definition)).docx
    )


def _plain() -> Callable[[], bytes]:
    ready = opened(NAME)
    place = shipped.folder("templates") / NAME / "template.docx"
    values = template_specimen.specimen_values(ready.definition, ready.word.uses) | {"today": TODAY.isoformat()}
    context: dict[str, object] = dict(template_specimen.specimen_rows(ready.definition))
    for name, value in values.items():
        *path, last = name.split(".")
        level = context
        for step in path:
            level = level.setdefault(step, {})
        level[last] = value

    def make() -> bytes:
        environment = Environment(autoescape=True)
        environment.filters.update(filters(ready.definition.language))
        out = io.BytesIO()
        document = DocxTemplate(str(place))
        document.render(context, environment)
        document.save(out)
        return out.getvalue()

    return make


def _memory(make: Callable[[], bytes], letters: int) -> str:
    for _ in range(min(500, letters)):
        make()
    before = _resident()
    for _ in range(letters):
        make()
    grown = _resident() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return f"{grown:+.1f} MiB after the first 500 (peak of the process {peak} MiB)"


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def _pdf(docx: bytes, count: int) -> list[tuple[str, str, str]]:
    start = time.perf_counter()
    alone = 4
    for _ in range(alone):
        office.to_pdf([docx])
    cold = (time.perf_counter() - start) / alone
    rows = [("PDF/A, one start of LibreOffice a letter", f"{cold * 1000:.0f} ms", "1")]
    for size in dict.fromkeys((1, office_pool.fitting())):
        start = time.perf_counter()
        with office_pool.pool(size, archival=True) as pool:
            pool.warm(size)
            warm = time.perf_counter()
            made = pool.map([docx] * count)
            end = time.perf_counter()
        if failed := [each for each in made if not isinstance(each, bytes)]:
            raise failed[0]
        each, all_ = (end - warm) / count, (end - start) / count
        ratio = f"{cold / each:.0f} times as fast; {cold / all_:.0f} with its start over {count} letters"
        rows.append((f"PDF/A, {size} LibreOffice kept running", f"{each * 1000:.0f} ms", ratio))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=5000, help="letters for the memory figure")
    parser.add_argument("--pdf", type=int, default=60, help="letters to PDF")
    args = parser.parse_args()
    print(measured(args.letters, args.pdf))
