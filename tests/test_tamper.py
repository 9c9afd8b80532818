"""What is changed in a vault's folder is noticed, and what is wrong is named: bytes by lot, rows, files, old copies.

`python -m bench.vault_tamper` flips every byte.
"""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests import vault_fixtures
from tests.vault_campaign import look, small, unlocked
from tests.vault_campaign_tamper import (
    Snapshot,
    Trial,
    cells,
    changed_later,
    execute,
    files,
    flipped,
    interrupted,
    names,
    put_back,
    removed_rows,
    replay,
    replayed_rows,
    swap,
    swapped_rows,
)
from toolkit import erasure, erasure_certificate, packet_signed, places
from toolkit.errors import InputError
from vault import VaultError, audit, note
from vault.wraps import RECOVERY_FILE

SEED = 20261126


quick_disk = vault_fixtures.quick_disk


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small vault, and a copy of how it was before its last changes."""
    place = tmp_path_factory.mktemp("tamper")
    folder = small(place / "vault")
    shutil.copytree(folder, place / "older")
    changed_later(folder)
    assert look(folder) == []
    return folder, place / "older"


@pytest.fixture
def folder(built: tuple[Path, Path]) -> Iterator[Path]:
    snapshot = Snapshot(built[0])
    yield built[0]
    snapshot.restore()


#: Read at another time: with the recovery key, which nobody has before it is put together.
_LATER = (RECOVERY_FILE,)


def test_a_flipped_bit_is_noticed_wherever_it_is(folder: Path) -> None:
    rng = Random(SEED)
    trials: list[Trial] = []
    for path in files(folder):
        size = path.stat().st_size
        if path.name in _LATER:
            continue
        if path.suffix == ".db":
            # Most of a page is empty: what is not is drawn from.
            data = path.read_bytes()
            offsets = rng.sample([at for at in range(size) if data[at]], 30)
        else:
            offsets = rng.sample(range(size), min(size, 3))
        trials += flipped(folder, path, offsets, SEED)
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


#: What changes nothing: SQLite looks no further than its last page, and follows links; an empty line ends no entry; all
#: lies in the folder where nothing is said; a paper without its entry was being left when the power went.
_SAME = (
    (lengthened, "catalog.db"),
    (linked, "catalog.db"),
    (lengthened, "ledger.jsonl"),
    (removed, "places.json"),
    (removed, "drop"),
)


def spoilt(folder: Path, spoil: Callable[[Path], None]) -> list[tuple[str, list[str]]]:
    """Spoil every file in turn; return what was noticed of each."""
    snapshot, trials = Snapshot(folder), []
    for path in files(folder):
        place = str(path.relative_to(folder))
        if path.name in _LATER or (spoil, path.name if path.parent.name != "drop" else "drop") in _SAME:
            continue
        spoil(path)
        trials.append((place, look(folder)))
        snapshot.restore()
    return trials


def test_any_two_files_of_a_kind_that_are_swapped_are_named(folder: Path) -> None:
    """Blobs, keys of one officer, keys of one case, public files, identity files: each with its neighbour."""
    snapshot, missed = Snapshot(folder), []
    kinds: dict[str, list[Path]] = {}
    for path in files(folder):
        if path.name not in _LATER:
            kinds.setdefault("blob" if "store" in path.parts else path.name.split(".")[0], []).append(path)
    for one, two in (pair for paths in kinds.values() for pair in pairwise(paths)):
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)
        noticed = look(folder)
        if not any(names(str(path.relative_to(folder)), noticed) for path in (one, two)):
            missed.append((one.name, two.name, noticed))
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
        "INSERT INTO lookups (tag, case_id, document_id, version, signature) "
        "SELECT tag || 'x', case_id, document_id, version, signature FROM lookups LIMIT 1",
    ],
)
def test_rows_swapped_removed_moved_or_added_are_noticed(folder: Path, statement: str) -> None:
    execute(folder / "catalog.db", "PRAGMA foreign_keys = OFF")
    execute(folder / "catalog.db", statement)
    assert names("catalog.db", look(folder))


def rowid(folder: Path, table: str, where: str) -> int:
    connection = sqlite3.connect(folder / "catalog.db")
    (found,) = connection.execute(f"SELECT rowid FROM {table} WHERE {where}").fetchone()  # noqa: S608 (names of ours)
    connection.close()
    return int(found)


@pytest.mark.parametrize("other", ["d2", "d3"], ids=["of one case", "of two cases"])
@pytest.mark.parametrize(("table", "key"), [("records", "document_id"), ("documents", "id")])
def test_two_records_swapped_are_noticed(folder: Path, table: str, key: str, other: str) -> None:
    one, two = (rowid(folder, table, f"{key} = '{each}'") for each in ("d1", other))
    assert swap(folder, table, one, two)
    assert names("catalog.db", look(folder)), look(folder)


def test_entries_of_a_case_log_in_another_order_are_noticed(folder: Path) -> None:
    one, two = (rowid(folder, "case_log", f"case_id = 'c1' AND number = {number}") for number in (1, 2))
    assert swap(folder, "case_log", one, two)
    assert names("catalog.db", look(folder)), look(folder)


def test_every_older_row_put_back_is_named(built: tuple[Path, Path], folder: Path) -> None:
    trials = list(replayed_rows(folder, built[1]))
    assert {"cases", "records", "heads"} <= {trial.place.split(" ")[1] for trial in trials}
    assert [trial for trial in trials if not trial.named] == []


def test_rows_changed_removed_and_swapped_by_lot_are_named(folder: Path) -> None:
    some = slice(SEED % 20, None, 20)
    trials = [*cells(folder, SEED, some), *removed_rows(folder, some), *swapped_rows(folder, some)]
    assert len(trials) >= 30
    assert [trial for trial in trials if not trial.named and not trial.mended] == []


def test_a_record_put_where_it_was_erased_is_noticed(built: tuple[Path, Path], folder: Path) -> None:
    """A row whose case was forgotten, from a copy of before: its head went with it."""
    connection = sqlite3.connect(built[1] / "catalog.db")
    (row,) = connection.execute("SELECT * FROM documents WHERE id = 'd3'").fetchall()
    connection.close()
    vault = unlocked(folder)
    with places.opened(vault) as catalog:
        vault.office.hold("c2", why="settled", lift=True)
        catalog.forget_case("c2")
    assert look(folder) == []
    replay(folder, "documents", row)
    assert names("catalog.db", look(folder)), look(folder)


def test_a_flip_in_what_a_kill_left_in_the_log_of_the_database(tmp_path: Path) -> None:
    """What is cut away by it was told to the ledger, or is done again on opening."""
    folder = interrupted(tmp_path / "vault", tmp_path / "scratch")
    size = (folder / "catalog.db-wal").stat().st_size
    trials = list(flipped(folder, folder / "catalog.db-wal", range(32, size, size // 60), SEED))
    assert [trial for trial in trials if trial.missed or (trial.noticed and not trial.named)] == []
    assert sum(trial.named for trial in trials) > 40
    assert any(trial.mended for trial in trials)


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
        (roll_cut, "access.jsonl"),
        (roll_reordered, "access.jsonl"),
        (older_places("catalog.db"), "catalog.db"),
        (older_places("ledger.jsonl"), "ledger.jsonl"),
        (older_places("ledger.jsonl", "ledger-head.json"), "ledger.jsonl"),
        (older_places("access.jsonl"), "access.jsonl"),
        (older_places("compartments/c1"), "compartments/c1/public.json"),
        (older_places("compartments/c1/public.json"), "compartments/c1/public.json"),
        (older_places("compartments/c1/key.ann.age"), "compartments/c1/key.ann.age"),
        (older_places("catalog.db", "store"), "catalog.db"),
        (older_places("secrets"), "secrets/sum/eve.age"),
        (older_places("compartments/c1", "access.jsonl", "catalog.db"), "access.jsonl"),
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


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What leaves a vault with a signature: a certificate, a checkpoint, a packet's list, the ledger."""
    vault = unlocked(small(tmp_path_factory.mktemp("handed out") / "vault"))
    with places.opened(vault) as catalog:
        certificate = erasure.erase(vault, catalog, "c2", order="Request under Art. 17, by letter").text
    kept = audit.checkpoint(vault.parts).whole
    files = {"packet.pdf": b"%PDF", "packet.manifest.json": b"{}"}
    packet = audit.certify(vault.parts, packet_signed.listed(files, "GM-c1", vault.parts.signatory.key))
    ledger = io.BytesIO()
    audit.export(vault.parts, ledger)
    texts = {"certificate": certificate, "checkpoint": kept, "packet": packet}
    return {**{name: text.encode() for name, text in texts.items()}, "ledger": ledger.getvalue()}


def wrong_in(what: str, data: bytes, ledger: bytes) -> Sequence[str]:
    """Return what is said of something signed that was handed out; *ledger* is the export it is checked against."""
    try:
        if what == "certificate":
            return erasure_certificate.check(data, io.BytesIO(ledger)).problems
        if what == "checkpoint":
            return audit.check_export(io.BytesIO(ledger), [note.parse(data)]).problems
        if what == "packet":
            return packet_signed.read(data).problems
        return audit.check_export(io.BytesIO(data)).problems
    except (VaultError, InputError) as mistake:
        return [mistake.message]


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("certificate", "certificate"),
        ("checkpoint", "checkpoint|kept one|made of"),
        ("packet", "signed list|signature does not fit"),
        ("ledger", "line|ledger|checkpoint|export"),
    ],
)
def test_every_byte_of_what_is_handed_out_counts(handed_out: dict[str, bytes], what: str, named: str) -> None:
    data, rng = handed_out[what], Random(SEED)
    assert wrong_in(what, data, handed_out["ledger"]) == ()
    # Of the ledger all of the first line and of the checkpoint at its end; its lines are signed all alike.
    head, tail = (data.index(b"\n") + 1, data.rindex(b"\n\n")) if what == "ledger" else (len(data), len(data))
    offsets = [*range(head), *rng.sample(range(head, tail), 100 if what == "ledger" else 0), *range(tail, len(data))]
    missed = []
    for at in offsets:
        changed = bytearray(data)
        changed[at] ^= 1 << rng.randrange(8)
        said = wrong_in(what, bytes(changed), handed_out["ledger"])
        if not any(re.search(named, each) for each in said):
            missed.append((at, data[max(0, at - 10) : at + 10], said))
    assert missed == []


def test_a_certificate_of_another_erasure_or_by_another_officer_is_noticed(
    handed_out: dict[str, bytes], folder: Path
) -> None:
    certificate, ledger = handed_out["certificate"], handed_out["ledger"]
    assert erasure_certificate.check(certificate, io.BytesIO(ledger)).case == "c2"
    target = io.BytesIO()
    audit.export(unlocked(folder).parts, target)
    assert "the certificate is of another vault's ledger" in wrong_in("certificate", certificate, target.getvalue())
    with pytest.raises(InputError, match="no certificate of erasure"):
        erasure_certificate.check(handed_out["packet"], io.BytesIO(ledger))
    vault = unlocked(folder)
    text = note.parted(certificate, "certificate")[0]
    head = audit.checkpoint(vault.parts)
    stood = f"The ledger stood at {head.size} lines then, tree hash {head.root.hex()}."
    text = re.sub("vault mobility-vault/.*", f"vault {head.origin}", re.sub("The ledger stood .*", stood, text))
    target = io.BytesIO()
    audit.export(vault.parts, target)
    for forged, said in (
        (text, "the ledger does not say that hr had case c2 erased"),
        (text.replace("officer hr", "officer ann"), "the certificate says that ann erased"),
        (text.replace(stood, "The ledger stood long."), "does not say how far the ledger went"),
    ):
        found = wrong_in("certificate", audit.certify(vault.parts, forged).encode(), target.getvalue())
        assert any(said in each for each in found), found
    by_auditor = audit.certify(unlocked(folder, "eve").parts, text.replace("officer hr", "officer eve")).encode()
    found = wrong_in("certificate", by_auditor, target.getvalue())
    assert "the certificate is signed by nobody whose role lets her erase" in found


def test_an_officer_who_is_not_entitled_opens_nothing(folder: Path) -> None:
    vault = unlocked(folder, "ann")
    assert vault.readable(["c1", "c2"]) == []
