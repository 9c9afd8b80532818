"""`mobility pack CASE`: the packet for counsel, and its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from toolkit import (
    overrides,
    packet_papers,
    packet_profiles,
    packet_proofs,
    packet_recipients,
    packet_signed,
    packet_translations,
)
from toolkit.check import outstanding
from toolkit.checklist import checklist
from toolkit.cli.check import judge
from toolkit.cli.overriding import why_option
from toolkit.cli.pack_delivery import deliver
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError, MissingToolError
from toolkit.model import Finding
from toolkit.overrides import Overridden, Override
from toolkit.pack import Packet, Way, pack
from toolkit.packet_profiles import Profile
from toolkit.packet_verify import read_manifest
from vault import Vault


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a packet is to be beyond its case: how it is made, what goes along, and whether scans become searchable."""

    way: Way = field(default_factory=Way)
    along: tuple[packet_papers.Along, ...] = ()
    searchable: bool = False

    @property
    def profile(self) -> Profile:
        """The receiver."""
        return packet_profiles.profile(self.way.profile)


@click.command()
@click.argument("reference")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for what is made.",
)
@click.option("--incomplete", is_flag=True, help="Compile it although something is UNMET or UNSURE; the cover says so.")
@why_option("--incomplete")
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
    "--to",
    "recipients",
    multiple=True,
    metavar="NAME|age1...",
    help="Seal it to an officer of the vault whose role is counsel, or to counsel's age key; may be repeated.",
)
@vault_options
@json_option
def case_command(
    reference: str,
    out: Path,
    incomplete: bool,
    why: str,
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

    Refused (exit code 5) while a requirement is UNMET or UNSURE, unless --incomplete, which the ledger keeps with why.
    """
    overrides.check_why(why, ["--incomplete"] if incomplete else [])
    found = packet_profiles.profile(profile)
    if archival and not found.bound:
        raise InputError(
            f"The profile {profile} takes one document a file, and those are not made PDF/A.",
            remedy="Leave out --pdf-a, or choose a profile that is bound.",
        )
    packet_recipients.check(recipients)
    wishes = Wishes(
        Way(profile, archival, _prefix(bates), read_manifest(supersedes) if supersedes else None),
        tuple(map(packet_papers.along, along)),
        found.searchable if searchable is None else searchable,
    )
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        to = packet_recipients.recipients(vault, recipients)
        wishes = replace(wishes, along=packet_proofs.proving(wishes.along, proves, known.case))
        if incomplete:
            _override(vault, known, why, found)
        packet, left_out = compile_packet(vault, known, incomplete=incomplete, wishes=wishes)
        signing = packet_papers.signing(vault, known.case.reference)
        paths = deliver(known, packet, existing_parent(out), [each.key for each in to], signing)
        told = {"packet": packet.manifest["sha256"], "to": " ".join(each.called for each in to)}
        if to:
            told["keys"] = " ".join(str(each.key) for each in to)
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


def _override(vault: Vault, known: Dossier, why: str, profile: Profile) -> None:
    """Tell the ledger that the packet is compiled all the same, where something keeps it from being complete."""
    overrides.check_impersonal(why, known.case, known.records)
    open_ = outstanding(_findings(known, profile))
    if open_:
        told = Overridden(Override.PACKET_INCOMPLETE, known.case, {"open": str(len(open_))})
        overrides.tell(vault, [told], why)


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
    papers = packet_papers.papers_of(known)
    bound = packet_translations.translations(known, papers, wishes.profile)
    with progress("Opening originals", len(papers)) as opened:
        exhibits, left_out, titles = packet_papers.exhibits_of(
            vault, known, searchable=wishes.searchable, bound=bound, progress=opened
        )
    exhibits = [*packet_papers.finished(wishes.along), *exhibits]
    with progress("Binding", len(exhibits)) as binding:
        packet = pack(
            known.case,
            _findings(known, wishes.profile),
            exhibits,
            today=date.today(),
            route_title=checklist(known.case.route).title,
            incomplete=incomplete,
            left_out=titles,
            way=wishes.way,
            progress=binding,
        )
    return replace(packet, done=(*packet.done, *bound.doubts)), left_out


def _findings(known: Dossier, profile: Profile) -> list[Finding]:
    """What the route asks, and the translations that the receiver demands beyond it."""
    route = judge(known)
    return [*route, *packet_translations.findings(known, packet_papers.papers_of(known), profile, route)]


def _prefix(bates: str) -> str:
    if len(bates) > 20 or not all(letter.isascii() and (letter.isalnum() or letter in " -_.") for letter in bates):
        raise InputError(
            "A Bates prefix has at most 20 letters, digits, spaces, dashes, dots and underscores.",
            remedy="For example: --bates GM26-",
        )
    return bates
