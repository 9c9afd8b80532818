"""`mobility vault officer NAME | officers | remove | grant | revoke | keys`: who may do and read what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from toolkit import keyring, places
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import passphrase, unlocked_vault, vault_options
from toolkit.errors import InputError, UnknownNameError
from toolkit.reasons import check_impersonal
from vault import NotGrantedError, OfficerKeys, Role, Vault, WrongKeyError, office, rotating, write_identity_file
from vault.holders import Holders, findings, holders
from vault.opened import vault_said
from vault.roll import Officer

_OUT_OF_DATE = "Keys are due: who had them has left, or has new keys of her own. Run `mobility vault rotate`."


@click.command(short_help="Add an officer: a role, and keys or a passphrase of her own.")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([each.value for each in Role]),
    required=True,
    help="What she is there for; `lead` opens everything and appoints.",
)
@click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File whose first line is the new officer's passphrase; without it she is asked.",
)
@click.option(
    "--public-keys",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File with the last line that `mobility vault keys` printed to her: her secrets stay with her.",
)
@click.option("--again", is_flag=True, help="She was an officer before, and gets the cases back that were hers.")
@vault_options
@json_option
def officer(
    name: str,
    role: str,
    new_passphrase_file: Path | None,
    public_keys: Path | None,
    again: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Add officer NAME, with keys under a passphrase that she alone should know, or with the public keys she gave.

    NAME is readable to all who see the vault's folder. What she enters in a case's log bears her name, and an exception
    that one officer asks for is approved by another.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    if not again:
        _check_new(vault, name)
    if public_keys is not None:
        recipient, signing = _public(public_keys, name)
        vault.office.add(name, Role(role), recipient, signing)
    else:
        if new_passphrase_file is None and not sys.stdin.isatty():
            raise InputError(
                "The new officer's passphrase is needed.", remedy="Give --new-passphrase-file FILE, or use a terminal."
            )
        if new_passphrase_file is None:
            click.echo(f"Now {name}'s own passphrase, which she types and nobody else knows:", err=True)
        new = passphrase(new_passphrase_file, new=True)
        _check_own(vault_folder, new)
        if Role(role) is Role.LEAD:
            vault.add_officer(name, new)
        else:
            vault.office.add_with_passphrase(name, Role(role), new)
    officers = vault.officers()
    if as_json:
        echo_json({"officer": name, "role": role, "officers": officers})
        return
    console().print(f"Officer {name} added, as {role}. Officers: {', '.join(officers)}.")


def _check_new(vault: Vault, name: str) -> None:
    """Raise InputError where cases are still granted to somebody of that name who has left."""
    if vault.parts.roll is None or name in vault.officers():
        return
    cases = [case for case in vault.compartments() if name in vault.office.granted(case)]
    if cases:
        raise InputError(
            f"There was an officer {name} before, and {counted(len(cases), 'case')} would be open to her again.",
            remedy="Choose another name; or, if it is the same person and she is to have them back, add --again.",
        )


def _check_own(folder: Path, new: str) -> None:
    """Raise InputError where an officer has this passphrase already: whose key it opens could not be told."""
    try:
        there = Vault.unlock(folder, new)
    except WrongKeyError:
        return
    raise InputError(f"Officer {there.officer} has this passphrase.", remedy="Choose one of her own.")


def _public(file: Path, name: str) -> tuple[str, str]:
    # What `mobility vault keys` printed may have been kept whole, with the line for her own eyes before it.
    lines = [line.split() for line in file.read_text("utf-8", "replace").splitlines()]
    words = next((line for line in lines if line[:2] == ["mobility-officer", name]), [])
    if len(words) != 4:
        raise InputError(
            "The file holds no public keys of that officer.",
            remedy="It holds one line: the last that `mobility vault keys` prints, beginning with mobility-officer.",
        )
    return words[2], words[3]


@click.command(short_help="Make keys of one's own, to be added by an administrator.")
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="New file for the secrets; you alone can read it."
)
@click.option("--in-keyring", is_flag=True, help="Keep the secrets in the system keyring instead.")
@vault_options
@json_option
def keys(
    name: str, out: Path | None, in_keyring: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make keys for officer NAME and print their public halves, for an administrator to add: nothing secret leaves.

    Compare the fingerprint of the vault with what the administrator reads to you: whoever can write to the vault's
    folder could have you trust another one.
    """
    if (out is None) == (not in_keyring):
        raise InputError("It is not said where the secrets go.", remedy="Give --out FILE or --in-keyring.")
    vault, anchor = vault_said(vault_folder)
    made = OfficerKeys.generate(name, vault=vault, anchor=bytes.fromhex(anchor))
    if out is not None:
        write_identity_file(out, made)
    else:
        keyring.store(vault_folder, name, made.text())
    public = f"mobility-officer {name} {made.identity.recipient} {made.public_signing}"
    if as_json:
        echo_json({"officer": name, "public": public, "vault_fingerprint": anchor})
        return
    console().print(f"Fingerprint of the vault: {anchor}")
    click.echo(public)


@click.command(short_help="Who is an officer, as what, and what waits to be carried out.")
@click.argument("case", required=False, default="")
@vault_options
@json_option
def officers(case: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """List the officers and their roles; with CASE, who can open that case, each by herself or several by shares."""
    vault = unlocked_vault(vault_folder, passphrase_file)
    listed = vault.office.officers()
    waiting = vault.office.waiting()
    shares = holders(vault.parts.roll)
    there: frozenset[str] = frozenset()
    if case:
        ids = _case_id(vault, case)
        readers = vault.office.readers(ids)
        there = readers - {each.officer for each in waiting if each.case == ids}
        listed = [each for each in listed if each.label in readers]
    due = rotating.due(vault.parts) if vault.role is Role.LEAD else ([], [])
    wrong = findings(vault.parts.roll)
    if as_json:
        found = [{"officer": each.label, "role": each.role.value, "signing_key": each.signing} for each in listed]
        said = {"hash_keys": due[0], "cases": due[1]}
        echo_json({"officers": found, "waiting": waiting, "due": said, "recovery": shares, "findings": wrong})
    elif case:
        can = [(each.label, each.role.value, "yes" if each.label in there else "to be carried out") for each in listed]
        console().print(table("", ("officer", "role", "can open it"), can))
        _print_recovery(shares)
    else:
        _print_officers(vault, listed, waiting)
        if any(due):
            console().print(_OUT_OF_DATE, style="yellow")
        print_findings(wrong)


def _print_recovery(shares: Holders) -> None:
    if shares.needed:
        names = [*shares.able, *(f"{each} (removed)" for each in shares.gone)]
        console().print(f"Besides, any {shares.needed} together can appoint who opens it: {', '.join(names)}.")
    console().print("Backups open with the keys of the day that they were made on.")


def _print_officers(vault: Vault, listed: Sequence[Officer], waiting: Sequence[office.Waiting]) -> None:
    rows = [(each.label, each.role.value, each.signing[:16]) for each in listed]
    console().print(table("", ("officer", "role", "signing key begins"), rows))
    references = _references(vault) if waiting else {}
    for each in waiting:
        what = f"case {each.case}" if each.case else f"the {each.hash_keys} keys"
        known = f" ({references[each.case]})" if each.case in references else ""
        console().print(f"Waiting: {what} for {each.officer}{known}. Whoever has it: mobility vault grant --carry-out")


def print_findings(found: Sequence[str]) -> None:
    """Say what has to be done although nothing was changed."""
    for each in found:
        console().print(f"To be done: {each}.", style="yellow")


@click.command(short_help="Remove an officer: nothing is wrapped to her any more.")
@click.argument("name")
@vault_options
@json_option
def remove(name: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Take officer NAME from the vault. What she may have kept is said; see `mobility vault rotate`.

    A share of the recovery key that she holds counts until recovery is set up anew.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    cases = vault.office.remove(name)
    wrong = findings(vault.parts.roll)
    if as_json:
        said = {"officer": name, "cases": cases, "kept": office.KEPT, "officers": vault.officers()}
        echo_json({**said, "findings": wrong})
        return
    were = "1 case was" if len(cases) == 1 else f"{len(cases)} cases were"
    console().print(f"Officer {name} is removed; {were} open to her. {office.KEPT}")
    print_findings(wrong)


@click.command(short_help="Let an officer open a case, or carry out what was granted.")
@click.argument("name", required=False, default="")
@click.argument("case", required=False, default="")
@click.option("--why", default="", help="In the ledger in clear, for all to read, for ever: nothing personal.")
@click.option("--carry-out", is_flag=True, help="Wrap the keys that others granted and that you hold.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@vault_options
@json_option
def grant(
    name: str,
    case: str,
    why: str,
    carry_out: bool,
    yes: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Let officer NAME open CASE (a reference, an id, or `inbox`).

    An administrator cannot open cases, so her grant is an order that somebody who can open the case carries out.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    if carry_out:
        _carry_out(vault, yes=yes, as_json=as_json)
        return
    if not name or not case:
        raise InputError("It is not said who may open which case.", remedy="mobility vault grant NAME CASE")
    done = vault.office.grant(name, _why_checked(vault, _case_id(vault, case), why), why=why)
    if as_json:
        echo_json({"officer": name, "case": case, "carried_out": done})
        return
    waits = "" if done else " It waits for somebody who can open it: mobility vault grant --carry-out."
    console().print(f"{case} is granted to {name}.{waits}")


def _carry_out(vault: Vault, *, yes: bool, as_json: bool) -> None:
    waiting = vault.office.waiting()
    if waiting and not as_json:
        references = _references(vault)
        for each in waiting:
            what = f"the {each.hash_keys} keys" if each.hash_keys else references.get(each.case, each.case)
            console().print(f"  {each.officer}: {what}")
    if waiting and not yes and not click.confirm("Wrap these, as far as you hold them?", err=True):
        raise InputError("Nothing was carried out.")
    done = vault.office.carry_out()
    if as_json:
        echo_json({"carried_out": done, "waiting": vault.office.waiting()})
        return
    console().print(f"{len(done)} of {len(waiting)} carried out.")


@click.command(short_help="Take a case back from an officer.")
@click.argument("name")
@click.argument("case")
@click.option("--why", default="", help="In the ledger in clear, for all to read, for ever: nothing personal.")
@vault_options
@json_option
def revoke(name: str, case: str, why: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Take CASE back from officer NAME: her key file is deleted at once. What she may have kept is said."""
    vault = unlocked_vault(vault_folder, passphrase_file)
    vault.office.revoke(name, _why_checked(vault, _case_id(vault, case), why), why=why)
    if as_json:
        echo_json({"officer": name, "case": case, "kept": office.KEPT})
        return
    console().print(f"{case} is taken back from {name}. {office.KEPT}")


def _references(vault: Vault) -> dict[str, str]:
    """Return the reference of every case by its id; none for a role that cannot read the catalogue."""
    try:
        with places.opened(vault) as catalog:
            return {each.id: each.reference for each in catalog.outlines()}
    except NotGrantedError:
        return {}


def _why_checked(vault: Vault, case: str, why: str) -> str:
    """Return the id *case*; raise InputError where *why* names somebody of it, as far as this officer can tell."""
    if why:
        with suppress(NotGrantedError), places.opened(vault) as catalog:
            check_impersonal(catalog, case, why)
    return case


def _case_id(vault: Vault, case: str) -> str:
    """Return the id of a case by its reference, as far as the officer can open the catalogue."""
    if case in vault.compartments():
        return case
    with places.opened(vault) as catalog:
        found = catalog.case_id(case)
    if not found:
        raise UnknownNameError("There is no such case.", remedy="See `mobility case list`.")
    return found
