"""What is changed in a vault's folder is noticed, and what is wrong is named: bytes by lot, rows, files, old copies.

`python -m bench.vault_tamper` flips every byte.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.vault_campaign import FACTOR, PASSPHRASES, file, look, record, small, unlocked
from tests.vault_campaign_tamper import Snapshot, Trial, execute, files, flipped, names, put_back
from toolkit.catalog import Catalog
from vault import Role, VaultError, audit, note

SEED = 20261126


@pytest.fixture(autouse=True, scope="module")
def quick_disk() -> Iterator[None]:
    """Nothing here is about power cuts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small vault, and a copy of how it was before its last changes."""
    place = tmp_path_factory.mktemp("tamper")
    folder = small(place / "vault")
    shutil.copytree(folder, place / "older")
    vault = unlocked(folder)
    with Catalog.open(vault) as catalog:
        catalog.replace_records("d1", [record("UXCHANGED")])
        file(vault, catalog, "d5", "c2", b"%PDF a later paper")
    vault.office.add_with_passphrase("eve", Role.AUDITOR, PASSPHRASES["eve"], FACTOR)
    vault.office.revoke("ann", "c1")
    assert look(folder) == []
    return folder, place / "older"


@pytest.fixture
def folder(built: tuple[Path, Path]) -> Iterator[Path]:
    snapshot = Snapshot(built[0])
    yield built[0]
    snapshot.restore()


def test_a_flipped_bit_is_noticed_wherever_it_is(folder: Path) -> None:
    rng = Random(SEED)
    trials: list[Trial] = []
    for path in files(folder):
        size = path.stat().st_size
        if path.suffix == ".db":
            # Most of a page is empty: what is not is drawn from.
            data = path.read_bytes()
            offsets = rng.sample([at for at in range(size) if data[at]], 30)
        else:
            offsets = rng.sample(range(size), min(size, 3))
        trials += flipped(folder, path, offsets, rng)
    assert [trial for trial in trials if trial.missed] == []
    assert sum(bool(trial.noticed) for trial in trials) >= 80
    assert [trial for trial in trials if trial.noticed and not trial.named] == []


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def linked(path: Path) -> None:
    """A link to a true copy elsewhere: whoever can write there can change it later."""
    copy = path.with_name(f"{path.name}.elsewhere")
    shutil.move(path, copy)
    path.symlink_to(copy)


@pytest.mark.parametrize("spoil", [removed, emptied, halved, lengthened, linked])
def test_every_file_that_is_spoilt_is_named(folder: Path, spoil: Callable[[Path], None]) -> None:
    assert [each for each in spoilt(folder, spoil) if not names(*each)] == []


def spoilt(folder: Path, spoil: Callable[[Path], None]) -> list[tuple[str, list[str]]]:
    """Spoil every file in turn; return what was noticed of each."""
    snapshot, trials = Snapshot(folder), []
    for path in files(folder):
        place = str(path.relative_to(folder))
        if (spoil, path.name) in ((lengthened, "catalog.db"), (lengthened, "ledger.jsonl"), (linked, "catalog.db")):
            continue  # SQLite looks no further than its last page, and follows links; an empty line ends no entry
        spoil(path)
        trials.append((place, look(folder)))
        snapshot.restore()
    return trials


def test_any_two_files_of_a_kind_that_are_swapped_are_noticed(folder: Path) -> None:
    snapshot, missed = Snapshot(folder), []
    kinds: dict[str, list[Path]] = {}
    for path in files(folder):
        kinds.setdefault(path.name.split(".")[0] if "store" not in str(path) else "blob", []).append(path)
    for paths in kinds.values():
        for one, two in pairwise(paths):
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)
            missed += [] if look(folder) else [(one, two)]
            snapshot.restore()
    assert missed == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM records WHERE document_id = 'd3'",
        "DELETE FROM lookups WHERE document_id = 'd1'",
        "DELETE FROM case_log WHERE number = 2",
        "DELETE FROM arrivals WHERE document_id = 'd2'",
        "DELETE FROM heads WHERE scope = 'records/c1'",
        "DELETE FROM generations",
        "UPDATE documents SET blob = (SELECT blob FROM documents WHERE id = 'd2') WHERE id = 'd1'",
        "UPDATE documents SET sealed = (SELECT sealed FROM documents WHERE id = 'd2') WHERE id = 'd1'",
        "UPDATE records SET document_id = 'd5', number = 7 WHERE document_id = 'd1'",
        "UPDATE documents SET case_id = 'c2' WHERE id = 'd1'",
        "UPDATE cases SET reference = 'GM-other' WHERE id = 'c1'",
        "UPDATE heads SET total = '0' WHERE scope = 'heads'",
        "INSERT INTO lookups SELECT tag || 'x', case_id, document_id, version, signature FROM lookups LIMIT 1",
    ],
)
def test_rows_swapped_removed_moved_or_added_are_noticed(folder: Path, statement: str) -> None:
    execute(folder / "catalog.db", "PRAGMA foreign_keys = OFF")
    execute(folder / "catalog.db", statement)
    assert names("catalog.db", look(folder))


def test_two_swapped_rows_are_noticed(folder: Path) -> None:
    for one, two in (("d1", "swapping"), ("d2", "d1"), ("swapping", "d2")):
        execute(folder / "catalog.db", "UPDATE records SET document_id = ? WHERE document_id = ?", (two, one))
    assert names("catalog.db", look(folder))


def test_an_older_row_replayed_is_noticed(built: tuple[Path, Path], folder: Path) -> None:
    path = folder / "catalog.db"
    execute(path, "DELETE FROM records WHERE document_id = 'd1'")
    attached = f"ATTACH '{built[1] / 'catalog.db'}' AS old"
    replay(path, attached, "INSERT INTO records SELECT * FROM old.records WHERE document_id = 'd1'")
    assert names("catalog.db", look(folder))


def replay(path: Path, *statements: str) -> None:

    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def truncated(folder: Path, older: Path) -> None:
    path = folder / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))


def reordered(folder: Path, older: Path) -> None:
    path = folder / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:5], lines[6], lines[5], *lines[7:]]))


def doubled(folder: Path, older: Path) -> None:
    path = folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])


def roll_cut(folder: Path, older: Path) -> None:
    path = folder / "access.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def roll_reordered(folder: Path, older: Path) -> None:
    path = folder / "access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[:0:-1]]))


def older_places(*places: str) -> Callable[[Path, Path], None]:
    def put(folder: Path, older: Path) -> None:
        put_back(folder, older, *places)

    put.__name__ = f"older {' '.join(places)}"
    return put


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (truncated, "ledger.jsonl"),
        (reordered, "ledger.jsonl"),
        (doubled, "ledger.jsonl"),
        (roll_cut, "vault.json"),
        (roll_reordered, "access.jsonl"),
        (older_places("catalog.db"), "catalog.db"),
        (older_places("ledger.jsonl"), "ledger.jsonl"),
        (older_places("ledger.jsonl", "ledger-head.json"), "ledger.jsonl"),
        (older_places("access.jsonl"), "access.jsonl"),
        (older_places("compartments/c1"), "compartments/c1/public.json"),
        (older_places("compartments/c1/public.json"), "compartments/c1/public.json"),
        (older_places("compartments/c1/key.ann.age"), "compartments/c1/key.ann.age"),
        (older_places("catalog.db", "store"), "catalog.db"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_older_and_cut_parts_are_noticed(
    built: tuple[Path, Path], folder: Path, change: Callable[[Path, Path], None], place: str
) -> None:
    change(folder, built[1])
    assert names(place, look(folder)), look(folder)


def test_the_whole_vault_turned_back_is_noticed_against_a_kept_checkpoint(built: tuple[Path, Path]) -> None:
    folder, older = built
    kept = audit.checkpoint(unlocked(folder).parts)
    assert audit.problems(unlocked(folder).parts, [kept]) == []
    found = audit.problems(unlocked(older).parts, [note.parse(kept.whole.encode())])
    assert names("ledger.jsonl", found)


def test_catalogue_and_ledger_turned_back_together_are_noticed_against_a_kept_checkpoint(
    built: tuple[Path, Path], folder: Path
) -> None:
    kept = audit.checkpoint(unlocked(folder).parts)
    put_back(folder, built[1], "catalog.db", "ledger.jsonl", "ledger-head.json")
    assert names("ledger.jsonl", audit.problems(unlocked(folder).parts, [kept]))


def test_an_export_of_the_ledger_is_checked_without_the_vault(folder: Path) -> None:
    target = io.BytesIO()
    audit.export(unlocked(folder).parts, target)
    data, rng = target.getvalue(), Random(SEED)
    assert audit.check_export(io.BytesIO(data)).problems == ()
    for at in rng.sample(range(len(data)), 150):
        changed = bytearray(data)
        changed[at] ^= 1 << rng.randrange(8)
        assert noticed_in(bytes(changed)), f"byte {at} of the export: {data[at - 20 : at + 20]!r}"


def noticed_in(data: bytes) -> bool:

    try:
        return bool(audit.check_export(io.BytesIO(data)).problems)
    except VaultError:
        return True


def test_an_officer_who_is_not_entitled_opens_nothing(folder: Path) -> None:
    vault = unlocked(folder, "ann")
    assert vault.readable(["c1", "c2"]) == []
