"""Speed of the rooms that read nothing: sealing, letters, packets. Each figure is the best of a few runs."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pikepdf

from toolkit import office, shipped
from toolkit.case_file import read_case_file
from toolkit.exhibits import Exhibit
from toolkit.facts import resolve
from toolkit.pack import pack
from toolkit.write import write
from vault import X25519Identity, seal, unseal

SAMPLES = shipped.folder("samples")
TODAY = date(2026, 11, 23)


def best(task: Callable[[], object], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def figures() -> Iterator[tuple[str, str]]:
    yield from sealing()
    yield from letters()
    yield from packets()


def sealing() -> Iterator[tuple[str, str]]:
    identity = X25519Identity.generate()
    data = os.urandom(64 << 20)
    sealed = seal(data, [identity.recipient])
    yield "seal (64 MiB)", f"{64 * 1.048576 / best(lambda: seal(data, [identity.recipient])):.0f} MB/s"
    yield "open (64 MiB)", f"{64 * 1.048576 / best(lambda: unseal(sealed, [identity])):.0f} MB/s"


def letters() -> Iterator[tuple[str, str]]:
    case = read_case_file(SAMPLES / "cases" / "GM-2026-001.toml")
    facts = resolve(case, (), ())
    count = 100

    def run() -> list[bytes]:
        # What a case file states is unsure until a paper says it too; speed is the same.
        return [write("long-term-assignment-letter", facts, today=TODAY, allow_unsure=True).docx for _ in range(count)]

    yield "assignment letters (Word)", f"{count / best(run):.0f} letters/s"
    if office.program() is not None:
        some = run()[:40]
        yield "letters to PDF (40 in one start)", f"{len(some) / best(lambda: office.to_pdf(some), 1):.1f} letters/s"


def packets() -> Iterator[tuple[str, str]]:
    case = read_case_file(SAMPLES / "cases" / "GM-2026-001.toml")
    contract = Path(SAMPLES / "inbox" / "GM-2026-002" / "Employment contract.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(contract)) as one, pikepdf.new() as made:
        for _ in range(5):
            made.pages.extend(one.pages)
        thick = io.BytesIO()
        made.save(thick)
    exhibits = [Exhibit(f"Contract {n}", "contract", f"d{n}", thick.getvalue(), "0" * 64) for n in range(25)]
    packet = pack(case, (), exhibits, today=TODAY)
    seconds = best(lambda: pack(case, (), exhibits, today=TODAY))
    yield f"packet of {packet.pages} pages, checked", f"{packet.pages / seconds:.0f} pages/s"


if __name__ == "__main__":
    for name, figure in figures():
        print(f"{name}: {figure}")
