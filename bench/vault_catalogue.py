"""How a catalogue of very many records does: `python -m bench.vault_catalogue --records 1000000`.

Builds a vault with so many made-up records (and as many names to find), then measures looking a name up, opening,
verifying, putting and getting one small record, putting a hundred at once, and rotating the keys of the keyed hashes
(which is stopped half-way and gone on with), beside half as many: what is linear takes twice the time, of the processor
even where other programs take it too. Each size runs in a process of its own, so the most memory it ever took is its
own. SQLCipher, which encrypts whole pages and signs nothing, does the small records beside it
where `sqlcipher3-wheels` is installed (`make setup` does).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from toolkit.catalog import Catalog, contents, lookup
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from vault import Vault

PASSPHRASE = "made up for measuring"
DOCUMENTS_A_CASE, RECORDS_A_DOCUMENT = 100, 10
LOOKS, AT_ONCE = 40, 100


@dataclass(slots=True)
class Size:
    """How large a catalogue is, and what was measured of it: seconds, those of the processor, and the most MiB."""

    records: int
    seconds: dict[str, float] = field(default_factory=dict)
    worked: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    bytes: int = 0

    def did(self, what: str, seconds: float, worked: float = 0.0) -> None:
        """Note a measurement, and tell whoever waits for the others."""
        self.seconds[what] = self.seconds.get(what, 0.0) + seconds
        self.worked[what] = self.worked.get(what, 0.0) + worked
        self.memory[what] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  {self.records:,} records: {what} {seconds:.4f} s, {worked:.4f}", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Measure what is done in the block; done more than once it is added up."""
        start, work = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.did(what, time.perf_counter() - start, time.process_time() - work)


class Stopped(Exception):
    """A rotation was stopped half-way, as by a kill."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--no-rotation", action="store_true", help="leave out the rotation of keys")
    args = parser.parse_args()
    for name, figure in figures(args.records, rotate=not args.no_rotation):
        print(f"{name}: {figure}", flush=True)


def figures(records: int, *, rotate: bool = True) -> Iterator[tuple[str, str]]:
    """Yield a name and a figure each."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as alone:
        half, whole = alone.map(measured, (records // 2, records), (rotate, rotate))
    now, before = whole.seconds, half.seconds
    for name in ("look up a name", "look up half-way through a rotation", "look up after rotation"):
        if name in now:
            ours, less = whole.worked[name] * 1000, half.worked[name] * 1000
            words = f"{now[name] * 1000:.2f} ms in {records:,} records, {before[name] * 1000:.2f} in half (medians); "
            yield name, f"{words}{ours:.2f} and {less:.2f} of the processor"
    for name in ("build", "open the catalogue", "verify", "rotate find keys", "rotate sum keys"):
        if name in now:
            grows = now[name] / max(before[name], 1e-9)
            work, less = whole.worked[name], half.worked[name]
            worked = f"{work:.1f} s of the processor, {work / max(less, 1e-9):.2f} times"
            memory = f"at most {whole.memory[name]} MiB of memory, {half.memory[name]} with half"
            yield name, f"{now[name]:.1f} s for {records:,} records, {grows:.2f} times that of half; {worked}; {memory}"
    if rotate:
        yield "longest wait for others while rotating", f"{now['longest wait']:.1f} s ({before['longest wait']:.1f})"
    yield "catalog.db", f"{whole.bytes / records:.0f} bytes a record"
    yield "put one small record", f"{now['put'] * 1000:.1f} ms (signed, summed, told to the ledger, on the disk)"
    yield f"put {AT_ONCE} small records at once", f"{now['put at once'] * 1000 / AT_ONCE:.2f} ms each"
    yield "get one small record", f"{now['get'] * 1000:.2f} ms"
    yield from sqlcipher(records)


def measured(records: int, rotate: bool) -> Size:
    """Build a catalogue in a temporary folder and measure it."""
    size = Size(records)
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.create(Path(folder) / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=2)
        with size.doing("build"), Catalog.open(vault) as catalog:
            build(vault, catalog, records)
        vault = Vault.unlock(Path(folder) / "vault", PASSPHRASE)
        with contextlib.ExitStack() as stack:
            with size.doing("open the catalogue"):
                catalog = stack.enter_context(Catalog.open(vault))
            look_up(catalog, "look up a name", size)
            small(vault, catalog, size)
            with size.doing("verify"):
                report = catalog.verify()
            if report.problems:
                raise SystemExit(f"not clean: {report.problems[:3]}")
            if rotate:
                rotation(vault, catalog, size)
        size.bytes = (Path(folder) / "vault" / "catalog.db").stat().st_size
    return size


def rotation(vault: Vault, catalog: Catalog, size: Size) -> None:
    """Give the vault new find keys and sum keys, each stopped half-way and gone on with."""
    for kind in ("find", "sum"):
        with contextlib.suppress(Stopped), size.doing(f"rotate {kind} keys"):
            catalog.rotation.hash_keys(stopping, (kind,))
        if kind == "find":
            look_up(catalog, "look up half-way through a rotation", size)
        with size.doing(f"rotate {kind} keys"):
            catalog.rotation.hash_keys(kinds=(kind,))
    told = [each for each in vault.ledger.entries() if str(each["event"]).startswith("keys.")]
    times = [datetime.fromisoformat(str(each["at"])) for each in told]
    size.did("longest wait", max((later - one).total_seconds() for one, later in pairwise(times)))
    look_up(catalog, "look up after rotation", size)


def stopping(_what: str, total: int) -> AbstractContextManager[Callable[[], None]]:
    """Stop whatever shows how far it is half-way through."""
    steps = iter(range(1, total + 1))

    def step() -> None:
        if next(steps) >= total // 2:
            raise Stopped

    return nullcontext(step)


def build(vault: Vault, catalog: Catalog, records: int) -> None:
    """Fill a catalogue with rows, a case in one transaction; the sealed parts are alike, the signatures are not."""
    rows, made = catalog._rows, 0
    while made < records:
        case = f"c{made}"
        catalog.add_case(Case(case, f"GM-{made}", "us/l-1a", (Person("p", "principal", "Sample", f"A{made}"),), {}))
        compartment = vault.compartment(case)
        blob = compartment.put(b"one original for all documents of a case: the store is measured elsewhere").name
        document = contents.seal_document(compartment, paper("d", case, blob))
        sealed = contents.seal_record(compartment, record("d", "Sample, Anna"))
        with rows.writing():
            for number in range(min(DOCUMENTS_A_CASE, -(-(records - made) // RECORDS_A_DOCUMENT))):
                id = f"{case}-{number}"
                tags = {f"{what}_tag": vault.keyed_hash(what, id.encode()) for what in ("path", "content")}
                row = {"id": id, **contents.shown(paper(id, case, blob)), "sealed": document}
                rows.insert("documents", {**row, "content_tag": tags["content_tag"]})
                rows.insert("arrivals", {**tags, "intended": "", "document_id": id})
                for place in range(min(RECORDS_A_DOCUMENT, records - made)):
                    row = {"document_id": id, "number": place, "case_id": case, "sealed": sealed}
                    rows.insert("records", row)
                    for form in lookup.forms("name", name_of(made)):
                        tag = vault.keyed_hash("find/name", form.encode())
                        rows.insert("lookups", {"tag": tag, "case_id": case, "document_id": id})
                    made += 1


def name_of(number: int) -> str:
    """A name of its own for each record."""
    return f"Specimen Number{number}"


def paper(id: str, case: str, blob: str) -> Document:
    """A document of a case."""
    return Document(id, case, "passport.pdf", "application/pdf", 1000, blob, "2026-01-01T00:00:00+00:00", State.FILED)


def record(document: str, name: str) -> Record:
    """What might be read from a passport."""
    source = Source(document, 1, None, Method.OCR)
    fields = tuple(Field(each, name, 0.97, source) for each in ("holder", "document_number", "place_of_birth"))
    return Record("passport", 0.99, (1,), fields, document=document)


def look_up(catalog: Catalog, what: str, size: Size) -> None:
    """Look names up that are there, and note the median seconds."""
    took = []
    for number in range(0, size.records, max(1, size.records // LOOKS)):
        start, work = time.perf_counter(), time.process_time()
        if not catalog.find("name", name_of(number)):
            raise SystemExit(f"{name_of(number)} was not found")
        took.append((time.perf_counter() - start, time.process_time() - work))
    size.did(what, statistics.median(wall for wall, _ in took), statistics.median(work for _, work in took))


def small(vault: Vault, catalog: Catalog, size: Size) -> None:
    """Put and get documents with one small record each, one by one and many in one transaction."""
    case = next(name for name in vault.compartments() if name != "inbox")
    blob, put, got = vault.compartment(case).put(b"a small paper").name, [], []
    for number in range(LOOKS):
        id = f"small-{number}"
        put.append(timed(lambda id=id: catalog.add_document(paper(id, case, blob), [record(id, "Sample, Anna")])))
        got.append(timed(lambda id=id: catalog.record(id)))
    size.did("put", statistics.median(put))
    size.did("get", statistics.median(got))

    def at_once() -> None:
        with catalog._writing("document.filed", case=case):
            for number in range(AT_ONCE):
                catalog._papers.file(paper(f"o{number}", case, blob), [record(f"o{number}", "Sample, Anna")], "", "")

    size.did("put at once", timed(at_once))


def timed(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def sqlcipher(records: int) -> Iterator[tuple[str, str]]:
    """The same small records in SQLCipher."""
    if importlib.util.find_spec("sqlcipher3") is None:
        yield "SQLCipher", "not measured: install sqlcipher3-wheels to have it beside"
        return
    from sqlcipher3 import dbapi2

    with tempfile.TemporaryDirectory() as folder:
        connection = dbapi2.connect(str(Path(folder) / "beside.db"), isolation_level=None)
        for statement in (
            f"PRAGMA key = \"x'{os.urandom(32).hex()}'\"",
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE records (id TEXT PRIMARY KEY, name TEXT NOT NULL, data BLOB NOT NULL)",
            "CREATE INDEX by_name ON records (name)",
        ):
            connection.execute(statement).fetchall()
        data = os.urandom(600)
        connection.execute("BEGIN")
        for number in range(records):
            connection.execute("INSERT INTO records VALUES (?, ?, ?)", (f"r{number}", name_of(number), data))
        connection.execute("COMMIT")
        put = [
            timed(lambda n=n: connection.execute("INSERT INTO records VALUES (?, ?, ?)", (f"s{n}", f"{n}", data)))
            for n in range(LOOKS)
        ]
        select = "SELECT data FROM records WHERE name = ?"
        got = [
            timed(lambda n=n: connection.execute(select, (name_of(n),)).fetchall())
            for n in range(0, records, max(1, records // LOOKS))
        ]
        connection.close()
    yield "SQLCipher: put one small record", f"{statistics.median(put) * 1000:.1f} ms (encrypted, on the disk)"
    yield "SQLCipher: look up a name", f"{statistics.median(got) * 1000:.2f} ms in {records:,} records"


if __name__ == "__main__":
    main()
