"""`mobility vault move | backup | snapshots | restore | drill`: where a vault lies, and its copies."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from toolkit import backup, backup_place, moving, places
from toolkit.backup_place import Place
from toolkit.cli.show import console, counted, echo_json, json_option, progress, table
from toolkit.cli.unlock import unlocked, unlocked_vault, vault_options
from toolkit.errors import InputError
from toolkit.places import Places, Progress
from vault import TamperedError


def _bar(what: str) -> Progress:
    return lambda total: progress(what, total)


@click.command(short_help="Move sealed files to a bucket, the catalogue to PostgreSQL, or both back.")
@click.option("--store", help="s3://BUCKET/PREFIX?endpoint=URL, or `folder` for the vault's own.")
@click.option("--catalog", "catalog_at", help="postgresql://USER@HOST/DATABASE, or `folder` for the vault's own.")
@vault_options
@json_option
def move(
    store: str | None, catalog_at: str | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Move where the vault's sealed files and its catalogue lie. Every file is read back; interrupted, run it again.

    Keys, the roll of officers and the audit trail stay in the vault's folder.
    """
    if store is None and catalog_at is None:
        raise InputError("Where to?", remedy="Give --store, --catalog, or both.")
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        was = places.read(vault)
        to = Places(was.store if store is None else store, was.catalog if catalog_at is None else catalog_at)
        moved = moving.move(vault, catalog, to, progress=_bar("Sealed files"))
    if as_json:
        echo_json({"store": to.store, "catalog": to.catalog, "blobs": moved.blobs, "rows": moved.rows})
        return
    console().print(
        f"Sealed files: {to.store} ({moved.blobs} moved). Catalogue: {to.catalog} ({moved.rows} rows moved)."
    )


@click.command("backup", short_help="Make a snapshot of the whole vault in a folder or a bucket.")
@click.argument("at")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Remove all but this vault's newest KEEP snapshots afterwards."
)
@vault_options
@json_option
def take(at: str, keep: int | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a snapshot of the vault at AT; only sealed files that are not there yet are sent.

    AT: a folder (on another disk), or s3://BUCKET/PREFIX?endpoint=URL. A snapshot shows what the vault's folder shows,
    and opens with the same passphrases. What was erased is in older snapshots until they are removed: see --keep.
    """
    place = backup_place.place(at)
    gone: list[str] = []
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        with TemporaryDirectory() as work:
            taken = backup.take(vault, catalog, place, Path(work), progress=_bar("Sealed files"))
        if keep is not None:
            with TemporaryDirectory() as work:
                gone, _ = backup.expire(place, vault.parts.keys.vault, keep, Path(work))
    if as_json:
        echo_json({"snapshot": taken.name, "blobs": taken.blobs, "new": taken.new, "removed": gone})
        return
    files = counted(taken.blobs, "sealed file")
    console().print(f"Snapshot {taken.name}: {files}, {taken.new} of them new there; {taken.rows} rows.")
    if gone:
        console().print(f"Removed: {', '.join(gone)}.")
    console().print("Try it now and then: mobility vault drill.")


@click.command(short_help="List the snapshots at a place, or those that still hold a case.")
@click.argument("at")
@click.option("--holding", help="Id of a case (of one that was erased, too): which snapshots still hold its key.")
@json_option
def snapshots(at: str, holding: str | None, as_json: bool) -> None:
    """List the snapshots at AT, oldest first. Needs no passphrase: nothing in them is opened."""
    place = backup_place.place(at)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        names = backup.holding(place, holding, work) if holding else list(place.snapshots())
        found = [(name, backup.manifest(place, name, work)) for name in names]
    rows = [(name, said.made, len(said.blobs), said.vault) for name, said in found]
    if as_json:
        echo_json([dict(zip(("snapshot", "made", "blobs", "vault"), row, strict=True)) for row in rows])
        return
    shown = [(name, made, str(blobs), vault[:8]) for name, made, blobs, vault in rows]
    console().print(table("", ("snapshot", "made", "sealed files", "vault's id begins"), shown))


@click.command(short_help="Make a vault again from a snapshot.")
@click.argument("at")
@click.option("--snapshot", help="Name of the snapshot; the newest unless given.")
@vault_options
@json_option
def restore(at: str, snapshot: str | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> int:
    """Make a vault in --vault, a folder that is absent or empty, from a snapshot at AT, and verify the whole of it."""
    place = backup_place.place(at)
    name = snapshot or _latest(place)
    backup.restore(place, name, vault_folder, progress=_bar("Sealed files"))
    vault = unlocked_vault(vault_folder, passphrase_file)
    backup.check(vault)
    backup.settle(vault)
    with places.opened(vault) as catalog:
        report = catalog.verify()
    return _told(name, report.checked, report.problems, as_json=as_json)


@click.command(short_help="Restore a snapshot in a temporary folder, and verify that it is whole.")
@click.argument("at")
@click.option("--snapshot", help="Name of the snapshot; the newest unless given.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with room for the whole vault; without it, the temporary folder.",
)
@vault_options
@json_option
def drill(
    at: str, snapshot: str | None, work: Path | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> int:
    """Try whether the vault could be had again from a snapshot at AT: restore, unlock, verify, and remove it."""
    place = backup_place.place(at)
    keys = unlocked_vault(vault_folder, passphrase_file).parts.keys
    name = snapshot or _latest(place, keys.vault)
    with TemporaryDirectory(dir=work) as trial:
        report = backup.drill(place, name, keys, Path(trial), progress=_bar("Sealed files"))
    return _told(name, report.checked, report.problems, as_json=as_json)


def _latest(place: Place, vault: str = "") -> str:
    with TemporaryDirectory() as work:
        return backup.latest(place, Path(work), vault)


def _told(name: str, checked: int, problems: tuple[str, ...], *, as_json: bool) -> int:
    if as_json:
        echo_json({"snapshot": name, "checked": checked, "problems": list(problems)})
        return TamperedError.exit_code if problems else 0
    console().print(f"Snapshot {name}: {checked} things checked, {counted(len(problems), 'problem')}.")
    for problem in problems:
        console().print(f"  - {problem}")
    if problems:
        raise TamperedError("The snapshot is not as it was made.", remedy="Use another: mobility vault snapshots.")
    return 0
