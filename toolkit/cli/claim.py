"""`mobility claim CASE`: the expense claim pack of a case's receipts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from toolkit.claim import ClaimItem, Schedule
from toolkit.claim_pack import ClaimPack, claim
from toolkit.cli.show import console, echo_json, json_option, progress
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError
from toolkit.originals import as_pdfs
from toolkit.phrasing import rounded
from vault import Vault

KINDS = ("receipt", "invoice")


@click.command()
@click.argument("reference")
@click.option("--currency", help="Currency of the claim (ISO 4217). Default: the case's detail claim.currency.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for what is made.",
)
@vault_options
@json_option
def command(
    reference: str, currency: str | None, out: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make the claim pack of case REFERENCE: a spreadsheet, and a PDF of schedule and numbered receipts.

    Every receipt is converted by the European Central Bank's reference rate of its date. What is unsure is listed as
    to be settled and left out of the sums.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        made, left_out = make(
            vault, known, currency=(currency or "").strip().upper() or known.case.details.get("claim.currency", "")
        )
    paths = deliver(known, made, existing_parent(out))
    if as_json:
        files = [str(path) for path in paths]
        echo_json({"case": known.case.reference, **sums(made.schedule), "files": files, "left_out": left_out})
        return
    for path in paths:
        console().print(str(path))


def sums(made: Schedule) -> dict[str, str | int]:
    """What the spreadsheet and the PDF say in all: the same total, to the smallest unit of the currency."""
    return {
        "currency": made.currency,
        "total": f"{rounded(made.total, made.currency):f}",
        "lines": len(made.lines),
        "to_be_settled": len(made.unsettled),
        "duplicates": len(made.duplicates),
    }


def make(vault: Vault, known: Dossier, *, currency: str) -> tuple[ClaimPack, list[str]]:
    """Return the claim pack, and the ids of Word documents left out of it because LibreOffice is not installed."""
    if not currency:
        raise InputError(
            "The currency of the claim is not known.", remedy="Give --currency, or state claim.currency in the case."
        )
    papers = known.of_kind(*KINDS)
    with progress("Opening originals", len(papers)) as opened:
        originals = as_pdfs(vault, papers, progress=opened)
    items = [ClaimItem(d.id, record, originals[d.id].pdf) for d, record in papers if d.id in originals]
    made = claim(known.case, items, currency, today=date.today())
    return made, [document.id for document, _ in papers if document.id not in originals]


def deliver(known: Dossier, made: ClaimPack, out: Path) -> list[Path]:
    """Write spreadsheet and PDF into *out* and return the paths."""
    paths = [out / f"{known.case.reference}-claim.xlsx", out / f"{known.case.reference}-claim.pdf"]
    for path, data in zip(paths, (made.xlsx, made.pdf), strict=True):
        path.write_bytes(data)
    return paths
