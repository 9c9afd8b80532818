"""How a catalogue of very many records does: `python -m bench.vault_catalogue --records 1000000`.

Builds a vault with so many made-up records (and as many names to find), then measures looking a name up, opening,
verifying, putting and getting one small record, and rotating the keys of the keyed hashes, beside half as many: what is
linear takes twice the time. SQLCipher, which encrypts whole pages and signs nothing, does the small records beside it
where `sqlcipher3-wheels` is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.catalog import Catalog, contents, lookup
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from vault import Vault

PASSPHRASE = "made up for measuring"
DOCUMENTS_A_CASE, RECORDS_A_DOCUMENT = 100, 10
LOOKS = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How large a catalogue is, and what was measured of it in seconds."""

    records: int
    built: float
    opened: float
    found: float
    put: float
    got: float
    verified: float
    rotated: float
    bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--no-rotation", action="store_true", help="leave out the rotation of keys")
    args = parser.parse_args()
    for name, figure in figures(args.records, rotate=not args.no_rotation):
        print(f"{name}: {figure}", flush=True)


def figures(records: int, *, rotate: bool = True) -> Iterator[tuple[str, str]]:
    """Yield a name and a figure each."""
    half, whole = (measured(count, rotate=rotate) for count in (records // 2, records))
    yield (
        "look up a name (median)",
        f"{whole.found * 1000:.2f} ms in {records:,} records, {half.found * 1000:.2f} in half",
    )
    for name, seconds, before in (
        ("build", whole.built, half.built),
        ("open the catalogue", whole.opened, half.opened),
        ("verify", whole.verified, half.verified),
        ("rotate find and sum keys", whole.rotated, half.rotated),
    ):
        if seconds:
            yield name, f"{seconds:.1f} s for {records:,} records, {seconds / max(before, 1e-9):.2f} times that of half"
    yield "catalog.db", f"{whole.bytes / records:.0f} bytes a record"
    yield "put one small record", f"{whole.put * 1000:.1f} ms (signed, summed, told to the ledger, on the disk)"
    yield "get one small record", f"{whole.got * 1000:.2f} ms"
    yield from sqlcipher(records)


def measured(records: int, *, rotate: bool) -> Size:
    """Build a catalogue in a temporary folder and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.create(Path(folder) / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=2)
        start = time.perf_counter()
        with Catalog.open(vault) as catalog:
            build(vault, catalog, records)
        built = time.perf_counter() - start
        start = time.perf_counter()
        vault = Vault.unlock(Path(folder) / "vault", PASSPHRASE)
        with Catalog.open(vault) as catalog:
            opened = time.perf_counter() - start
            found = statistics.median(looked_up(catalog, records))
            put, got = one(vault, catalog)
            start = time.perf_counter()
            report = catalog.verify()
            verified = time.perf_counter() - start
            if report.problems:
                raise SystemExit(f"not clean: {report.problems[:3]}")
            start = time.perf_counter()
            if rotate:
                catalog.rotation.hash_keys()
            rotated = time.perf_counter() - start if rotate else 0.0
            if rotate and not catalog.find("name", name_of(records - 1)):
                raise SystemExit("a name is not found after the rotation")
        size = (Path(folder) / "vault" / "catalog.db").stat().st_size
    return Size(records, built, opened, found, put, got, verified, rotated, size)


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
                shown = contents.shown(paper(id, case, blob))
                rows.insert("documents", {"id": id, **shown, "content_tag": "", "sealed": document})
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


def looked_up(catalog: Catalog, records: int) -> Iterator[float]:
    """Look names up that are there; yield seconds."""
    for number in range(0, records, max(1, records // LOOKS)):
        start = time.perf_counter()
        if not catalog.find("name", name_of(number)):
            raise SystemExit(f"{name_of(number)} was not found")
        yield time.perf_counter() - start


def one(vault: Vault, catalog: Catalog) -> tuple[float, float]:
    """Put and get a document with one small record; return the median seconds of each."""
    case = next(name for name in vault.compartments() if name != "inbox")
    blob, put, got = vault.compartment(case).put(b"a small paper").name, [], []
    for number in range(LOOKS):
        id = f"small-{number}"
        put.append(timed(lambda id=id: catalog.add_document(paper(id, case, blob), [record(id, "Sample, Anna")])))
        got.append(timed(lambda id=id: catalog.record(id)))
    return statistics.median(put), statistics.median(got)


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
