"""`mobility audit show | checkpoint | export | verify`: who did and read what, and proof that it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from toolkit import erasure_certificate, places
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, unlocked_vault, vault_options
from toolkit.errors import InputError, UnknownNameError
from vault import NotGrantedError, TamperedError, Vault, VaultError, audit, note
from vault.files import read_plain, write_atomically
from vault.officers import is_label

F = TypeVar("F", bound=Callable[..., Any])

#: Lines that say somebody could see contents from then on, or was handed some.
_READS = frozenset(
    {"case.opened", "document.shown", "document.handed-out", "packet.made", "person.exported", "grant.carried-out"}
)


@click.group()
def command() -> None:
    """Show the ledger, keep checkpoints of it, export it, and check an export with nothing else at hand."""


def kept_option(verb: F) -> F:
    """Add `--checkpoint FILE`, which can be given several times."""
    return click.option(
        "--checkpoint",
        "checkpoints",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A checkpoint kept elsewhere: what was cut away or put back since is noticed. (Several times.)",
    )(verb)


def read_checkpoints(files: Iterable[Path]) -> list[note.Checkpoint]:
    """Return the checkpoints in *files*; raise TamperedError where one is none."""
    return [note.parse(read_plain(file)) for file in files]


@command.command(short_help="Show the ledger's lines.")
@click.option("--case", default="", help="Only lines about this case: its reference, or its id.")
@click.option("--by", default="", help="Only lines by this officer.")
@click.option("--event", default="", help="Only this event, such as case.opened.")
@click.option("--reads", is_flag=True, help="Only what let somebody see contents: cases opened, papers handed out.")
@vault_options
@json_option
def show(
    case: str, by: str, event: str, reads: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Show who did what, when and why. Every line is checked on the way; showing it is a line of its own.

    Who read a case: --case CASE --reads. A case that was erased is known by the id in its certificate alone.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    about = _known_case(vault, case) if case else ""
    vault.ledger.append("audit.shown")
    found = []
    for entry in vault.ledger.entries():
        facts = {name.removeprefix("fact."): value for name, value in entry.items() if name.startswith("fact.")}
        right = about in ("", facts.get("case"), facts.get("compartment")) and by in ("", entry["by"])
        if right and event in ("", entry["event"]) and (entry["event"] in _READS or not reads):
            said = {name: entry[name] for name in ("number", "at", "by", "event")}
            found.append({**said, "facts": {name: value for name, value in facts.items() if name != "statement"}})
    if as_json:
        echo_json(found)
        return
    rows = [
        (str(each["number"]), str(each["at"]), str(each["by"]), str(each["event"]), _facts(each["facts"]))
        for each in found
    ]
    console().print(table("", ("line", "when (UTC)", "by", "event", "what"), rows))


def _known_case(vault: Vault, case: str) -> str:
    """Return the id of a case by reference or id, of an erased one too; raise UnknownNameError."""
    with suppress(VaultError):  # of one that never was, the name may be none that a folder can have
        if is_label(case) and (vault.has_compartment(case) or vault.was_forgotten(case)):
            return case
    with suppress(NotGrantedError, UnknownNameError), places.opened(vault) as catalog:
        return catalog.case_id(case)
    raise UnknownNameError(
        "There is no such case.", remedy="See `mobility audit cases`; an erased one goes by the id in its certificate."
    )


def _facts(facts: object) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items()) if isinstance(facts, dict) else ""


@command.command(short_help="List the cases from outside: nothing of them is opened.")
@vault_options
@json_option
def cases(vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """List every case by id, reference and route, how many papers it has, who can open it, and what is held."""
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        held = set(vault.held())
        found = [(each, sorted(vault.office.readers(each.id)), each.id in held) for each in catalog.outlines()]
    if as_json:
        echo_json([{"case": case, "readers": readers, "held": on_hold} for case, readers, on_hold in found])
        return
    rows = [
        (
            case.id,
            case.reference,
            case.route,
            ", ".join(f"{count} {state}" for state, count in case.documents.items()),
            ", ".join(readers),
            "held" if on_hold else "",
        )
        for case, readers, on_hold in found
    ]
    console().print(table("", ("id", "reference", "route", "papers", "can be opened by", "hold"), rows))


@command.command(short_help="Sign how far the ledger goes, to be kept elsewhere.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; otherwise it is printed.")
@vault_options
@json_option
def checkpoint(out: Path | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Sign a checkpoint (c2sp.org/tlog-checkpoint). Keep it where who has the vault cannot reach it.

    `mobility vault verify --checkpoint FILE` notices later that lines were cut away, rewritten, or that the whole vault
    was put back to an older copy.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    made = audit.checkpoint(vault.parts)
    key = note.verifier_key(made.origin, bytes.fromhex(vault.parts.signatory.key))
    if out is not None:
        _write(out, made.whole.encode())
    if as_json:
        echo_json({"size": made.size, "root": made.root.hex(), "checkpoint": made.whole, "verifier_key": key})
        return
    if out is None:
        click.echo(made.whole, nl=False)
    else:
        console().print(f"{out}: the ledger at {counted(made.size, 'line')}. To check it elsewhere: {key}")


@command.command(short_help="Write the ledger into one file that can be checked without the vault.")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@vault_options
@json_option
def export(out: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Write the whole ledger and a checkpoint into OUT: ids, names of officers, times and reasons, no contents."""
    vault = unlocked_vault(vault_folder, passphrase_file)
    existing_parent(out.parent)
    try:
        with out.open("xb") as file:
            made = audit.export(vault.parts, file)
    except OSError as problem:
        raise InputError(f"{out} cannot be written: {problem.strerror}.", remedy="Give a new file.") from problem
    if as_json:
        echo_json({"file": str(out), "lines": made.size, "founder_key": vault.parts.keys.anchor.hex()})
        return
    console().print(f"{out}: {counted(made.size, 'line')}. Give the auditor this by another way than the file:")
    console().print(f"founder's key {vault.parts.keys.anchor.hex()}")


@command.command(short_help="Check an exported ledger, with nothing else at hand.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", default="", help="The founder's signing key, as it was told by another way than the file.")
@kept_option
@json_option
def verify(file: Path, key: str, checkpoints: tuple[Path, ...], as_json: bool) -> int:
    """Check the exported ledger FILE: every signature, that its signer was an officer then, and that nothing is
    missing.

    Needs no vault and no key. What the file cannot prove by itself is whose vault it is: compare the founder's key.
    """
    kept = read_checkpoints(checkpoints)
    with file.open("rb") as source:
        found = audit.check_export(source, kept, key)
    if as_json:
        echo_json(found)
        return TamperedError.exit_code if found.problems else 0
    console().print(f"{counted(found.lines, 'line')} of vault {found.vault}, vouched for by {_named(found.signed_by)}.")
    console().print(f"Officers at its end: {', '.join(found.officers)}.")
    console().print(f"Founder's key {found.anchor}" + (": the one given." if key == found.anchor else ": compare it."))
    for problem in found.problems:
        console().print(f"  - {problem}")
    if found.problems:
        raise TamperedError("The export is not as it was written.", remedy="Ask for it anew, and keep both.")
    return 0


@command.command(short_help="Check a certificate of erasure against an exported ledger.")
@click.argument("certificate", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("ledger", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", default="", help="The founder's signing key, as it was told by another way than the file.")
@json_option
def certificate(certificate: Path, ledger: Path, key: str, as_json: bool) -> int:
    """Check that CERTIFICATE says what the exported LEDGER tells: that its signer had the case's keys destroyed.

    Needs no vault and no key. Copies outside the vault, and backups, are what no ledger can tell of.
    """
    with ledger.open("rb") as source:
        found = erasure_certificate.check(read_plain(certificate), source, key)
    if as_json:
        echo_json(found)
        return TamperedError.exit_code if found.problems else 0
    console().print(f"Case {found.case}, erased {found.at} by {found.by}, on the order: {found.order}")
    for problem in found.problems:
        console().print(f"  - {problem}")
    if found.problems:
        raise TamperedError("The erasure is not proved.", remedy="Ask for the certificate and the ledger anew.")
    told = "" if key else " Whose ledger it is, it cannot tell: give --key, the founder's key."
    console().print(f"The ledger tells the same: its keys were destroyed.{told}")
    return 0


def _named(officers: Iterable[str]) -> str:
    return ", ".join(officers) or "nobody"


def _write(out: Path, data: bytes) -> None:
    existing_parent(out.parent)
    try:
        write_atomically(out, data)
    except OSError as problem:
        raise InputError(f"{out} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
