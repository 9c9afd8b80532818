"""`mobility vault forget CASE | hold CASE`: erasing a case with a certificate, and forbidding it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from toolkit import backup, backup_place
from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.erasure import OUTSIDE, erase
from toolkit.errors import InputError
from toolkit.person_export import export_person
from toolkit.reasons import check_impersonal
from vault.files import write_atomically


@click.command(short_help="Erase a case for good, with a signed certificate.")
@click.argument("reference")
@click.option(
    "--order",
    required=True,
    help="On whose order: 'GDPR Art. 17 request of 2026-11-20'. In the ledger in clear, for ever: nothing personal.",
)
@click.option("--backup", "backups", multiple=True, help="Place of backups: the certificate names those that hold it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for the certificate.",
)
@vault_options
@json_option
def forget(
    reference: str,
    order: str,
    backups: tuple[str, ...],
    yes: bool,
    out: Path,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Erase case REFERENCE: its keys are destroyed, a tombstone stays, and a certificate says what was done.

    A legal hold (`mobility vault hold`) forbids it. The certificate says what backups still hold, and what lies outside
    the vault has to be deleted by hand.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        case = catalog.case_id(reference)
        catalog.check_erasable(case)
        check_impersonal(catalog, case, order)
        question = f"Erase case {reference} and all its papers in the vault? This cannot be undone."
        if not yes and not click.confirm(question, err=True):
            raise InputError("Nothing was erased.")
        folder = existing_parent(out)
        holding = _holding(case, backups) if backups else None
        certificate = erase(vault, catalog, case, order=order, snapshots=holding)
        path = folder / f"erased-{certificate.case}.txt"
        write_atomically(path, certificate.text.encode())
    if as_json:
        echo_json(
            {"case": reference, "documents": certificate.documents, "certificate": str(path), "next_step": OUTSIDE}
        )
        return
    console().print(f"Case {reference} is erased: {counted(certificate.documents, 'document')}. Certificate: {path}")
    console().print(OUTSIDE)


def _holding(case: str, places: Sequence[str]) -> list[str]:
    with TemporaryDirectory() as work:
        return [name for at in places for name in backup.holding(backup_place.place(at), case, Path(work))]


@click.command(short_help="Put a case under a legal hold, or lift it.")
@click.argument("reference")
@click.option("--why", required=True, help="In the ledger in clear, for all to read, for ever: nothing personal.")
@click.option("--lift", is_flag=True, help="Lift the hold.")
@vault_options
@json_option
def hold(reference: str, why: str, lift: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Put case REFERENCE under a legal hold: until it is lifted, nobody's program erases it."""
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        case = catalog.case_id(reference)
        check_impersonal(catalog, case, why)
        vault.office.hold(case, why=why, lift=lift)
    if as_json:
        echo_json({"case": reference, "held": not lift})
        return
    console().print(f"The hold on case {reference} is lifted." if lift else f"Case {reference} is under a legal hold.")


@click.command("export-person", short_help="Hand one person everything the vault holds of her in a case.")
@click.argument("reference")
@click.argument("role")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write into.")
@vault_options
@json_option
def person(
    reference: str, role: str, out: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Write what the vault holds of the person with ROLE (such as `principal`) in case REFERENCE into --out.

    That is the answer to a request under GDPR Art. 15: what was stated of her, her papers as they were sent, what was
    read from them, and to whom packets of the case went; of the principal also the case's dates and details. It lies
    there in clear text: hand it over safely, and delete it.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        done = export_person(vault, catalog, reference, role, existing_parent(out))
    if as_json:
        files = [str(each) for each in done.files]
        echo_json({"files": files, "unnamed": done.unnamed, "log_entries": done.log_entries})
        return
    console().print(f"{counted(len(done.files), 'file')} in {out}, unsealed. Hand them over safely, and delete them.")
    if done.unnamed:
        console().print(
            f"Nobody was named for these, so they are not in it: {', '.join(done.unnamed)} (mobility settle)."
        )
    if done.log_entries:
        entries = counted(done.log_entries, "entry", "entries")
        console().print(f"The case's log has {entries}, not in it: look whether they speak of her (mobility log CASE).")
