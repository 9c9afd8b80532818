"""`mobility pack CASE`: the packet for counsel, and its manifest; `pack verify` and `pack diff` need no vault."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import click

from toolkit import packet_papers, packet_profiles, packet_proofs, packet_signed
from toolkit.checklist import checklist
from toolkit.cli.check import judge
from toolkit.cli.show import console, counted, echo_json, json_option, progress, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError, MissingToolError
from toolkit.pack import Packet, Way, pack
from toolkit.packet_diff import Difference, difference
from toolkit.packet_manifest import as_csv
from toolkit.packet_verify import MANIFEST, Verified, manifests, read_manifest, verify
from vault import Vault, X25519Recipient, seal
from vault.errors import VaultError
from vault.files import write_atomically

_MAKE = "case"
#: Gives the signed list of files by name.
Signing: TypeAlias = Callable[[Mapping[str, bytes]], bytes]


class _Pack(click.Group):
    """Takes `mobility pack REFERENCE` for `mobility pack case REFERENCE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the sub-verb before arguments that name none."""
        asks_for_help = args[:1] and args[0] in ctx.help_option_names
        if args and args[0] not in self.commands and not asks_for_help:
            args = [_MAKE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Pack)
def command() -> None:
    """Compile the packet of a case for counsel, and check or compare packets.

    `mobility pack REFERENCE` is short for `mobility pack case REFERENCE`: its options are under
    `mobility pack case --help`.
    """


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a packet is to be beyond its case: how it is made, what goes along, and whether scans become searchable."""

    way: Way = field(default_factory=Way)
    along: tuple[packet_papers.Along, ...] = ()
    searchable: bool = False


@command.command(_MAKE)
@click.argument("reference")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for what is made.",
)
@click.option("--incomplete", is_flag=True, help="Compile it although something is UNMET or UNSURE; the cover says so.")
@click.option("--profile", default="plain", show_default=True, help="Who receives it: see `mobility pack profiles`.")
@click.option(
    "--with",
    "along",
    multiple=True,
    metavar="KIND=FILE",
    help="A finished PDF that goes along: official-form=g-28.pdf.",
)
@click.option(
    "--proves",
    multiple=True,
    metavar="KEY[@ROLE]=FILE",
    help="Which requirement a FILE of --with proves: g28=g-28.pdf, have_ds160@spouse=ds-160.pdf.",
)
@click.option(
    "--bates", default="", metavar="PREFIX", help="Number every page once more, after this prefix, in six digits."
)
@click.option(
    "--searchable/--not-searchable", default=None, help="Read scans anew and lay their words under them (slow)."
)
@click.option("--pdf-a", "archival", is_flag=True, help="Make the bound packet a PDF/A-2b.")
@click.option(
    "--supersedes", type=click.Path(path_type=Path, exists=True), help="Manifest of the packet this one replaces."
)
@click.option(
    "--to", "recipients", multiple=True, metavar="age1...", help="Seal it to counsel's age key; may be repeated."
)
@vault_options
@json_option
def case_command(
    reference: str,
    out: Path,
    incomplete: bool,
    profile: str,
    along: tuple[str, ...],
    proves: tuple[str, ...],
    bates: str,
    searchable: bool | None,
    archival: bool,
    supersedes: Path | None,
    recipients: tuple[str, ...],
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Compile the packet of case REFERENCE: cover, letter, index, bookmarks, exhibits, and a manifest.

    Refused (exit code 5) while a requirement is UNMET or UNSURE, unless --incomplete.
    """
    found = packet_profiles.profile(profile)
    if archival and not found.bound:
        raise InputError(
            f"The profile {profile} takes one document a file, and those are not made PDF/A.",
            remedy="Leave out --pdf-a, or choose a profile that is bound.",
        )
    keys = [_recipient(each) for each in recipients]
    wishes = Wishes(
        Way(profile, archival, _prefix(bates), read_manifest(supersedes) if supersedes else None),
        tuple(map(packet_papers.along, along)),
        found.searchable if searchable is None else searchable,
    )
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        wishes = replace(wishes, along=packet_proofs.proving(wishes.along, proves, known.case))
        packet, left_out = compile_packet(vault, known, incomplete=incomplete, wishes=wishes)
        paths = deliver(known, packet, existing_parent(out), keys, packet_papers.signing(vault, known.case.reference))
        told = {"packet": packet.manifest["sha256"], "to": " ".join(map(str, keys))}
        vault.ledger.append("packet.made", case=known.case.id, **told)
    _say(known, packet, paths, left_out, as_json=as_json)
    if not as_json:
        _say_signed(vault, packet_proofs.questions(wishes.along, known.case))
    if left_out and not as_json:
        raise MissingToolError(
            f"Word files were left out of the packet: {', '.join(left_out)}.",
            remedy="Install LibreOffice with: apt-get install libreoffice-writer-nogui",
        )
    return MissingToolError.exit_code if left_out else 0


def _say_signed(vault: Vault, questions: Sequence[str]) -> None:
    notes = console(stderr=True)
    for each in questions:
        notes.print(each)
    if vault.parts.roll is None:
        notes.print("The list of files is not signed: the vault is of the first format. See mobility vault upgrade.")
        return
    notes.print(f"Signed with your key {packet_signed.fingerprint(vault.parts.signatory.key)}: tell counsel once.")


def _say(known: Dossier, packet: Packet, paths: Sequence[Path], left_out: Sequence[str], *, as_json: bool) -> None:
    manifest = packet.manifest
    if as_json:
        waiting = [document.id for document in known.waiting]
        done: dict[str, Any] = {"case": known.case.reference, "pages": packet.pages, "files": [str(p) for p in paths]}
        named = {key: manifest[key] for key in ("profile", "profile_expired", "orphans", "unproved", "done")}
        echo_json({**done, **named, "left_out": left_out, "waiting": waiting})
        return
    for path in paths:
        console().print(str(path))
    notes = console(stderr=True)
    for line in packet.done:
        notes.print(line)
    found = packet_profiles.profile(manifest["profile"])
    if warning := packet_profiles.warning(manifest["profile"], found, date.today()):
        notes.print(warning, style="yellow")
    if manifest["orphans"]:
        notes.print(f"Exhibits that prove no requirement: {', '.join(map(str, manifest['orphans']))}")
    if manifest["unproved"]:
        notes.print(f"{counted(len(manifest['unproved']), 'binding requirement')} without an exhibit: see the packet")
    if known.waiting:
        papers = counted(len(known.waiting), "paper of the case waits", "papers of the case wait")
        notes.print(f"{papers} for an answer and cannot be in it: mobility case show {known.case.reference}")


def compile_packet(
    vault: Vault, known: Dossier, *, incomplete: bool, wishes: Wishes | None = None
) -> tuple[Packet, list[str]]:
    """Return the packet, and the ids of Word documents left out of it because LibreOffice is not installed."""
    wishes = wishes or Wishes()
    papers = len(packet_papers.papers_of(known))
    with progress("Opening originals", papers) as opened:
        exhibits, left_out, titles = packet_papers.exhibits_of(
            vault, known, searchable=wishes.searchable, progress=opened
        )
    exhibits = [*packet_papers.finished(wishes.along), *exhibits]
    with progress("Binding", len(exhibits)) as bound:
        packet = pack(
            known.case,
            judge(known),
            exhibits,
            today=date.today(),
            route_title=checklist(known.case.route).title,
            incomplete=incomplete,
            left_out=titles,
            way=wishes.way,
            progress=bound,
        )
    return packet, left_out


def deliver(
    known: Dossier,
    packet: Packet,
    out: Path,
    recipients: Sequence[X25519Recipient] = (),
    signing: Signing | None = None,
) -> list[Path]:
    """Write the packet and its manifest into *out* and return the paths; to *recipients*, as one sealed file alone.

    With *signing* the list of the files goes along, signed (`packet_signed`).
    """
    name = f"{known.case.reference}-packet"
    files = {each.name: each.data for each in packet.files}
    files[f"{name}{MANIFEST}"] = (json.dumps(packet.manifest, indent=2, ensure_ascii=False) + "\n").encode()
    files[f"{name}.manifest.csv"] = as_csv(packet.manifest).encode()
    if signing is not None:
        files[f"{name}{packet_signed.SUMS}"] = signing(files)
    if recipients:
        sealed = out / f"{name}.zip.age"
        _write(sealed, seal(_zipped(files), recipients))
        return [sealed]
    _remove_old(out, out / f"{name}{MANIFEST}")
    paths = []
    for each, data in files.items():
        path = out / each
        existing_parent(path.parent)
        _write(path, data)
        paths.append(path)
    return paths


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem


def _remove_old(out: Path, manifest: Path) -> None:
    """Remove the files of the packet that was made before into the same folder, lest its parts lie among the new."""
    if not manifest.is_file():
        return
    manifest.with_name(manifest.name.removesuffix(MANIFEST) + packet_signed.SUMS).unlink(missing_ok=True)
    try:
        rows = read_manifest(manifest)["files"]
    except InputError:
        return
    for row in rows:
        path = (out / str(row["name"])).resolve()
        own = str(row["name"]).startswith(manifest.name.removesuffix(MANIFEST))
        if own and path.is_relative_to(out.resolve()) and path.suffix == ".pdf":
            path.unlink(missing_ok=True)


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            # A fixed time: when the packet was made stands in its manifest.
            archive.writestr(zipfile.ZipInfo(name), data)
    return made.getvalue()


def _recipient(text: str) -> X25519Recipient:
    try:
        return X25519Recipient.parse(text)
    except VaultError as mistake:
        raise InputError(
            f"--to takes a public age key, and this is none: {mistake.message}",
            remedy="Counsel's key begins with age1: age-keygen prints it. Copy all of it.",
        ) from mistake


def _prefix(bates: str) -> str:
    if len(bates) > 20 or not all(letter.isascii() and (letter.isalnum() or letter in " -_.") for letter in bates):
        raise InputError(
            "A Bates prefix has at most 20 letters, digits, spaces, dashes, dots and underscores.",
            remedy="For example: --bates GM26-",
        )
    return bates


@command.command("verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--signed-by", "signer", default="", metavar="KEY", help="The key that the sender told you.")
@json_option
def verify_command(path: Path, signer: str, as_json: bool) -> int:
    """Check a packet that was received: PATH is its folder or its manifest. Needs no vault and no connection.

    Every file's SHA-256, who signed the list of them, and in bound files every page number, index line, link, bookmark,
    label, Bates number and drawing. Exit code 2 where anything is off.
    """
    found = manifests(path)
    results: list[Verified] = []
    for each in found:
        with progress(each.name, len(read_manifest(each).get("files", ()))) as moved:
            results.append(verify(each, moved, signer=signer))
    if as_json:
        echo_json(results)
    for result in results if not as_json else ():
        _say_verified(result)
    return InputError.exit_code if any(each.problems for each in results) else 0


def _say_verified(found: Verified) -> None:
    say = console().print
    state = "as it was made" if not found.problems else f"NOT as it was made: {counted(len(found.problems), 'problem')}"
    files = f"{counted(found.files, 'file')}, {counted(found.pages, 'numbered page')}"
    say(f"{found.case}, made {found.made}: {files}, {state}", style="bold" if not found.problems else "bold red")
    for problem in found.problems:
        say(f"- {problem}")
    if found.signed_by:
        say(f"Signed with the key {found.signed_by}: compare it with the sender's, once, by telephone.")
    else:
        say("Nobody has signed it: compare the SHA-256 of the manifest with the sender.", style="yellow")
    if not found.complete:
        say("The packet says of itself that it is INCOMPLETE.", style="yellow")


@command.command("diff")
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@json_option
def diff_command(old: Path, new: Path, as_json: bool) -> None:
    """Say what changed from one packet to the next; OLD and NEW are manifests, or folders with one manifest."""
    before, after = (read_manifest(_one(each)) for each in (old, new))
    try:
        found = difference(before, after)
    except (KeyError, TypeError):
        raise InputError("One of the manifests is damaged.", remedy="Ask for it again.") from None
    if as_json:
        echo_json(found)
        return
    _say_difference(found, str(before["made"]), str(after["made"]))


def _one(path: Path) -> Path:
    found = manifests(path)
    if len(found) > 1:
        raise InputError(f"There are {len(found)} manifests in {path}.", remedy="Name one of them.")
    return found[0]


def _say_difference(found: Difference, before: str, after: str) -> None:
    say = console().print
    if found.same:
        say("Nothing changed: the same exhibits with the same numbers, and the same answers.")
        return
    rows = [(each.what, each.says) for each in found.exhibits]
    say(table(f"Exhibits, {before} to {after}", ("change", "document"), rows))
    if found.verdicts:
        changed = [
            (each.requirement, each.person, each.old or "not asked", each.new or "not asked") for each in found.verdicts
        ]
        say(table("Requirements", ("requirement", "person", "before", "now"), changed))


@command.command("profiles")
@json_option
def profiles_command(as_json: bool) -> None:
    """List the receivers a packet can be made for: limits, source, and when they were last checked."""
    today = date.today()
    found = {name: packet_profiles.profile(name) for name in packet_profiles.names()}
    if as_json:
        echo_json([{"name": name, "expired": each.expired(today), **_told(each)} for name, each in found.items()])
        return
    rows = [
        (
            name,
            each.title,
            f"{each.most_bytes / 1_000_000:g} MB" if each.most_bytes else "no limit",
            each.layout,
            f"{each.checked.isoformat()}{' EXPIRED' if each.expired(today) else ''}, {each.basis}",
            each.source,
        )
        for name, each in found.items()
    ]
    console().print(table("", ("profile", "for", "a file", "layout", "checked", "source"), rows))


def _told(found: packet_profiles.Profile) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__}
