"""`mobility pack CASE`: the packet for counsel, and its manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from toolkit.checklist import checklist
from toolkit.cli.check import judge
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import MissingToolError
from toolkit.exhibits import Exhibit
from toolkit.kind import kinds
from toolkit.model import Document, Record
from toolkit.originals import as_pdfs
from toolkit.pack import Packet, pack
from vault import Vault

#: Papers that go to the payroll, not to counsel.
NOT_FOR_COUNSEL = frozenset({"receipt", "invoice", "unknown"})


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
@vault_options
@json_option
def command(
    reference: str, out: Path, incomplete: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> int:
    """Compile the packet of case REFERENCE: one PDF with cover, index, bookmarks and exhibits, and a manifest.

    Refused (exit code 5) while a requirement is UNMET or UNSURE, unless --incomplete.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        packet, left_out = compile_packet(vault, known, incomplete=incomplete)
    paths = deliver(known, packet, existing_parent(out))
    if as_json:
        files = [str(path) for path in paths]
        waiting = [document.id for document in known.waiting]
        done = {"case": known.case.reference, "pages": packet.pages, "files": files}
        echo_json({**done, "left_out": left_out, "waiting": waiting})
        return MissingToolError.exit_code if left_out else 0
    for path in paths:
        console().print(str(path))
    if known.waiting:
        papers = counted(len(known.waiting), "paper of the case waits", "papers of the case wait")
        console(stderr=True).print(f"{papers} for an answer and cannot be in it: mobility case show {reference}")
    if left_out:
        raise MissingToolError(
            f"Word files were left out of the packet: {', '.join(left_out)}.",
            remedy="Install LibreOffice with: apt-get install libreoffice-writer-nogui",
        )
    return 0


def compile_packet(vault: Vault, known: Dossier, *, incomplete: bool) -> tuple[Packet, list[str]]:
    """Return the packet, and the ids of Word documents left out of it because LibreOffice is not installed."""
    papers = [(d, r) for d in known.documents if (r := known.record(d.id)) and r.kind not in NOT_FOR_COUNSEL]
    with progress("Opening originals", len(papers)) as opened:
        originals = as_pdfs(vault, papers, progress=opened)
    titles = {document.id: _title(known, document, record, papers) for document, record in papers}
    exhibits = [
        Exhibit(titles[d.id], record.kind, d.id, originals[d.id].pdf, originals[d.id].sha256, d.person)
        for d, record in papers
        if d.id in originals
    ]
    left_out = [document.id for document, _ in papers if document.id not in originals]
    packet = pack(
        known.case,
        judge(known),
        exhibits,
        today=date.today(),
        route_title=checklist(known.case.route).title,
        incomplete=incomplete,
        left_out=[titles[document] for document in left_out],
    )
    return packet, left_out


def _title(known: Dossier, document: Document, record: Record, papers: Sequence[tuple[Document, Record]]) -> str:
    """Make "Passport of Ada Example"; contracts by their type; numbered when one person has several alike."""
    subtype = record.get("contract_type")
    name = kinds()[record.kind].title
    if subtype is not None and isinstance(subtype.value, str) and subtype.sure:
        name = f"{subtype.value} {record.kind}".capitalize()
    person = known.case.person(document.person)
    alike = [d.id for d, r in papers if r.kind == record.kind and d.person == document.person]
    number = f" {alike.index(document.id) + 1}" if len(alike) > 1 and subtype is None else ""
    return f"{name}{number} of {person.given_names} {person.surname}" if person else f"{name}{number}"


def deliver(known: Dossier, packet: Packet, out: Path) -> list[Path]:
    """Write the packet and its manifest into *out* and return the paths."""
    pdf = out / f"{known.case.reference}-packet.pdf"
    manifest = out / f"{known.case.reference}-packet.manifest.json"
    pdf.write_bytes(packet.pdf)
    manifest.write_text(json.dumps(packet.manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return [pdf, manifest]
