"""`mobility ready CASE`: why a case is not ready, as a report with its evidence and as one page of PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from toolkit.case_log_entries import standings
from toolkit.check import check, checklist
from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import dossier
from toolkit.errors import IncompleteError, InputError
from toolkit.model import Verdict
from toolkit.why_not_ready import Missing, Report, report
from toolkit.why_not_ready_crops import crops
from toolkit.why_not_ready_print import html, sheet
from vault.files import write_atomically


@click.command()
@click.argument("reference", metavar="CASE")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder to write into.",
)
@click.option("--all", "everything", is_flag=True, help="List what does not apply to the case, too, and why.")
@click.option("--log", "with_log", is_flag=True, help="Put the case's log into the report.")
@vault_options
@json_option
def command(
    reference: str,
    out: Path,
    everything: bool,
    with_log: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Write why CASE is not ready: a report as one HTML file, and one page of PDF.

    The report has every requirement with its verdict, reason, legal source and how well that was read, the piece of
    the page that shows it, what would settle it and who owes it. It is one file that loads nothing and can be printed.
    Both are named after the id of the case, lie outside the vault, and hold personal data: delete them afterwards.

    Exit code 5 when the case is not ready, as with mobility check.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        route = checklist(known.case.route)
        findings = check(known.case, known.facts, known.records, known.documents, route, everything=everything)
        made = report(known, route, findings, date.today())
        entries = catalog.log.entries(known.case.id) if with_log else []
        shown = crops(vault, known, made)
        told = {"case": known.case.id, "documents": " ".join(dict.fromkeys(piece.document for piece in shown))}
        # Told before it is written: who sees the papers is in the audit trail, also where the disk is full.
        vault.ledger.append("case.reported", **told)
    worth = standings(entries)
    folder = existing_parent(out)
    paths = folder / f"{known.case.id}-ready.html", folder / f"{known.case.id}-why-not-ready.pdf"
    log = [(entry, worth[entry.number]) for entry in entries]
    _write(paths[0], html(made, shown, log, sheet=paths[1].name))
    _write(paths[1], sheet(made))
    if as_json:
        echo_json(_json(made, paths))
    else:
        _say(made, paths)
    return 0 if made.ready else IncompleteError.exit_code


def _write(path: Path, data: bytes) -> None:
    """Write one file for the owner's eyes alone."""
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem


def _say(made: Report, paths: Sequence[Path]) -> None:
    for path in paths:
        console().print(str(path))
    words = ", ".join(f"{made.count(each, binding=True)} {each}" for each in Verdict)
    ahead = sum(line.open and line.finding.level == "later" for line in made.lines)
    later = f"; {ahead} of later stages not met yet" if ahead else ""
    said = "Ready" if made.ready else f"Not ready: {counted(len(made.missing), 'thing')} missing"
    console().print(f"{said}. Binding now: {words}{later}.", style="bold")


def _json(made: Report, paths: Sequence[Path]) -> dict[str, object]:
    return {
        "case": made.case.reference,
        "route": made.case.route,
        "prepared_for": made.stage,
        "ready": made.ready,
        "counts": {str(each): made.count(each, binding=True) for each in Verdict},
        "missing": [_missing(made, each) for each in made.missing],
        "contradictions": [
            {"fact": each.name, "settled": each.settled, "readings": len(each.readings)} for each in made.clashes
        ],
        "sources": {each.finding.requirement: each.source for each in made.lines if each.source is not None},
        "waiting": made.waiting,
        "files": [str(path) for path in paths],
    }


def _missing(made: Report, each: Missing) -> dict[str, object]:
    return {
        "what": each.what,
        "person": each.who,
        "because": each.because,
        "owed_by": each.owed_by,
        "due": each.due,
        "begin": each.begin,
        "requirements": list(dict.fromkeys(made.lines[at].finding.requirement for at in each.lines)),
    }
