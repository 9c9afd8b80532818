"""`mobility vault rotate | upgrade | recovery`: new keys for old, the present format for the first, lost officers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from toolkit import places
from toolkit.cli.officer import print_findings
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import passphrase, unlocked_vault, vault_options
from toolkit.errors import InputError
from vault import Right, Share, Vault, access, recovery, rotating, upgrading, write_identity_file
from vault.files import locked, write_durably
from vault.holders import findings

_INTAKE_LOCK = "intake.lock"


@click.command(short_help="Make new keys: those that are due, your own, or a case's.")
@click.option("--mine", is_flag=True, help="New keys of your own, under a passphrase that is asked for.")
@click.option("--case", "cases", multiple=True, metavar="CASE", help="A new key for this case. (Several times.)")
@click.option("--reseal", metavar="CASE", help="The case's key may be stolen: seal everything of it anew.")
@click.option(
    "--everything", is_flag=True, help="Every case's key, and those that rows are found and checked by, due or not."
)
@click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --mine: file whose first line is your new passphrase; without it you are asked.",
)
@click.option(
    "--new-identity-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --mine: new file for your new keys, instead of a passphrase.",
)
@vault_options
@json_option
def rotate(
    mine: bool,
    cases: tuple[str, ...],
    reseal: str | None,
    everything: bool,
    new_passphrase_file: Path | None,
    new_identity_file: Path | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make new keys. Without an option: those that are due because an officer who had them has left.

    Only keys are wrapped anew; papers stay as they are, and what is sealed from now on is closed to who has an old key.
    With --reseal everything of one case is sealed anew, and its old key opens nothing that is still in the vault. Stop
    it at any time and run it again: it goes on.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    if mine and new_identity_file is not None:
        _own_file(vault, vault_folder, new_identity_file, as_json=as_json)
        return
    if mine:
        _own(vault, vault_folder, new_passphrase_file, as_json=as_json)
        return
    access.require(vault.role, Right.ROTATE)
    with places.opened(vault) as catalog, locked(vault.folder / _INTAKE_LOCK):
        if reseal:
            case = catalog.case_id(reseal)
            with progress("sealing anew", len(catalog.documents(case)) * 2 + 1) as done:
                rows = catalog.rotation.reseal(case, lambda _: done())
            _said({"resealed": reseal, "rows": rows}, f"{reseal}: {rows} rows sealed anew.", as_json=as_json)
            return
        old, due = rotating.due(vault.parts)
        # What was stopped goes on, whoever asks for what.
        kinds = sorted({*old, *catalog.rotation.unfinished()})
        chosen = [catalog.case_id(each) for each in cases] or (vault.compartments() if everything else due)
        if everything:
            kinds = ["find", "sum"]
        if kinds and not cases:
            catalog.rotation.hash_keys(progress, kinds)
        with progress("cases", len(chosen)) as done:
            for case in chosen:
                catalog.rotation.case(case)
                done()
    made = [] if cases else kinds
    hashes = " and ".join(f"the {kind} keys" for kind in made) or "no hash keys"
    words = f"New keys: {hashes}; {counted(len(chosen), 'case')}."
    _said({"hash_keys": made, "cases": chosen}, words, as_json=as_json)


def _own_file(vault: Vault, folder: Path, file: Path, *, as_json: bool) -> None:
    fresh = vault.office.new_keys(vault.officer)
    rotating.rekey(vault.parts, fresh, lambda: write_identity_file(file, fresh))
    again = Vault.unlock(folder, keys=fresh)
    rotating.settle(again.parts)
    words = f"{fresh.label} has new keys, in {file}; the old ones open nothing: delete their file."
    _said({"officer": fresh.label, "file": str(file)}, words, as_json=as_json)
    if not as_json:
        print_findings(findings(again.parts.roll))


def _own(vault: Vault, folder: Path, new_passphrase_file: Path | None, *, as_json: bool) -> None:
    if new_passphrase_file is None and not sys.stdin.isatty():
        raise InputError("Your new passphrase is needed.", remedy="Give --new-passphrase-file FILE, or use a terminal.")
    if new_passphrase_file is None:
        click.echo("Now your new passphrase:", err=True)
    new = passphrase(new_passphrase_file, new=True)
    vault.rotate_own_keys(new)
    again = Vault.unlock(folder, new, vault.officer)
    _said({"officer": again.officer}, f"{again.officer} has new keys; the old ones open nothing.", as_json=as_json)
    if not as_json:
        print_findings(findings(again.parts.roll))


@click.command(short_help="Bring a vault of the first format to the present one.")
@vault_options
@json_option
def upgrade(vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Give every officer keys of her own. You become a lead; the others are added anew afterwards.

    Papers stay as they are. Back the folder up before. Stopped half-way, run it again.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    others = [each for each in vault.officers() if each != vault.officer]
    if vault.parts.roll is None:
        new = passphrase(passphrase_file)
        upgrading.upgrade(vault.parts, new)
        vault = Vault.unlock(vault_folder, new, vault.officer)
        places.attach(vault)
    if vault.parts.roll is None or vault.parts.roll.retired:
        raise InputError("The vault is of the present format already.")
    upgrading.convert(vault.parts)
    with places.opened(vault) as catalog:
        catalog.rotation.sign_again()
        if (vault.folder / places.FILE).exists():
            places.write(vault, places.read(vault))
        catalog.rotation.hash_keys(progress)
        for case in vault.compartments():
            catalog.rotation.case(case)
        upgrading.retire(vault.parts)
        problems = catalog.verify().problems
    told: dict[str, object] = {"officer": vault.officer, "to_be_added": others, "problems": problems}
    words = f"The vault is of the present format; {vault.officer} is its lead."
    if others:
        words += f" Add anew, with `mobility vault officer`: {', '.join(others)}."
    _said(told, words, as_json=as_json)


@click.group(short_help="When every lead is lost: several holders together appoint a new one.")
def recovery_group() -> None:
    """Shares of a recovery key: any few of several holders together can appoint a new lead."""


@recovery_group.command("set-up", short_help="Give shares to holders.")
@click.argument("holders", nargs=-1, required=True)
@click.option("--needed", type=click.IntRange(2, 16), required=True, help="How many of them are needed together.")
@vault_options
@json_option
def set_up(
    holders: tuple[str, ...], needed: int, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make a recovery key and give each of the officers HOLDERS a share. The key exists nowhere as a whole."""
    vault = unlocked_vault(vault_folder, passphrase_file)
    recovery.set_up(vault.parts, holders, needed)
    _said({"holders": holders, "needed": needed}, f"Any {needed} of {len(holders)} can recover.", as_json=as_json)


@recovery_group.command(short_help="Write your share, to bring it together with others.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="New file for the share.")
@vault_options
@json_option
def share(out: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Write your share into a new file that you alone can read. Hand it over in person, and delete it."""
    vault = unlocked_vault(vault_folder, passphrase_file)
    try:
        write_durably(out, f"{recovery.own_share(vault.parts)}\n".encode())
    except OSError as problem:
        raise InputError(f"{out} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    words = f"{out}: your share of the recovery key; alone it opens nothing. Hand it over in person, and delete it."
    _said({"file": str(out)}, words, as_json=as_json)


@recovery_group.command(short_help="Appoint a new lead with the shares of several holders.")
@click.argument("name")
@click.argument("shares", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@vault_options
@json_option
def use(name: str, shares: tuple[Path, ...], vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Appoint NAME as a lead with the files SHARES. The passphrase that is asked for will be hers.

    The vault cannot be unlocked by anybody for this; the shares are used up, so set recovery up anew afterwards.
    """
    found = [Share.parse(each.read_text("ascii", "replace")) for each in shares]
    keys, secret = recovery.use(vault_folder, found, name)
    new = passphrase(passphrase_file, new=True)
    recovery.keep(vault_folder, keys, new)
    recovery.appoint(vault_folder, keys, secret)
    words = f"{name} is a lead now. Remove lost officers, and set recovery up anew: mobility vault recovery set-up."
    _said({"officer": name, "role": "lead"}, words, as_json=as_json)


def _said(told: dict[str, object], words: str, *, as_json: bool) -> None:
    if as_json:
        echo_json(told)
    else:
        console().print(words)
