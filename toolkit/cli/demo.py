"""`mobility demo`: the whole job on made-up people, from an inbox to letters, claim packs and counsel packets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_urlsafe

import click

from toolkit import office, overrides, packet_papers, shipped, write_batch
from toolkit.case_file import read_case_file
from toolkit.catalog import Catalog
from toolkit.check import outstanding, prepared_for
from toolkit.cli import claim, pack, write
from toolkit.cli.check import complete, judge
from toolkit.cli.intake import run_with_progress, show
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import existing_parent
from toolkit.dossier import Dossier, dossier
from toolkit.errors import IncompleteError, InputError
from toolkit.intake import Intake
from toolkit.model import Verdict
from toolkit.outcome import Reconciliation
from toolkit.overrides import Overridden, Override
from toolkit.write import Letter
from toolkit.write_batch import How
from toolkit.write_style import dressing
from vault import Vault

MARK = "demo-made-this-folder"
#: The letters that the cases in samples/ have the facts for, by route.
_LETTERS = {
    "us/l-1a": ("long-term-assignment-letter", "policy-summary", "l-1-support-letter"),
    "gb/skilled-worker": ("skilled-worker-sponsor-letter",),
}


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/demo"),
    show_default=True,
    help="Folder to write into.",
)
@json_option
def command(out: Path, as_json: bool) -> None:
    """Run the whole job on the samples that come with the toolkit, into --out (made anew each time)."""
    _emptied(out)
    passphrase = token_urlsafe(16)
    (out / "passphrase.txt").write_text(passphrase + "\n", "utf-8")
    samples = shipped.folder("samples")
    vault = Vault.create(out / "vault", officer="demo", passphrase=passphrase)
    with Catalog.open(vault) as catalog:
        for file in sorted((samples / "cases").glob("*.toml")):
            catalog.add_case(read_case_file(file))
        with Intake(vault, catalog) as intake:
            taken = run_with_progress(intake, samples / "inbox")
        cases = [dossier(catalog, case.reference) for case in catalog.cases()]
    if not as_json:
        show(taken)
    results = [_case(vault, known, out) for known in cases]
    if as_json:
        echo_json({"out": str(out), "reconciliation": str(taken), "cases": results})
        return
    _summary(out, taken, results)


def _emptied(out: Path) -> None:
    """Make *out* anew, but never delete a folder that this verb did not make."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise InputError(f"{out} is not empty, and was not made by the demo.", remedy="Give another --out.")
    shutil.rmtree(out, ignore_errors=True)
    existing_parent(out)
    (out / MARK).touch()


@dataclass(frozen=True, slots=True)
class _CaseDone:
    """What the demo made of one case."""

    case: str
    route: str
    complete: bool
    prepared_for: str
    met: int
    open: int
    later: int
    contradictions: int
    files: tuple[str, ...]
    not_written: tuple[str, ...]
    left_out: tuple[str, ...]


def _case(vault: Vault, known: Dossier, out: Path) -> _CaseDone:
    findings = judge(known)
    met, still_open = sum(finding.verdict is Verdict.MET for finding in findings), len(outstanding(findings))
    letters, refused = _letters(known, out)
    files = write.deliver(known, letters, out)
    claimed, left_out = claim.make(vault, known, currency=known.case.details.get("claim.currency", ""))
    files += claim.deliver(known, claimed, out)
    if still_open:
        overridden = Overridden(Override.PACKET_INCOMPLETE, known.case, {"open": str(still_open)})
        overrides.tell(vault, [overridden], "demonstration")
    packet, missing = pack.compile_packet(vault, known, incomplete=True)
    files += pack.deliver(known, packet, out, signing=packet_papers.signing(vault, known.case.reference))
    return _CaseDone(
        known.case.reference,
        known.case.route,
        complete(findings),
        prepared_for(known.case),
        met,
        still_open,
        len(findings) - met - still_open,
        len(known.facts.contradictions()),
        tuple(str(path) for path in files),
        tuple(refused),
        tuple(sorted({*left_out, *missing})),
    )


def _letters(known: Dossier, out: Path) -> tuple[list[Letter], list[str]]:
    """Write the letters of the case, as `mobility write` does; say of those that are stopped why."""
    letters, refused = [], []
    dress, style = dressing(None)
    how = How(out, date.today(), dress=dress, style=style)
    for name in _LETTERS.get(known.case.route, ()):
        try:
            letters.append(write_batch.one(known, name, how))
        except IncompleteError as problem:
            missing = problem.message.count("\n- ")
            refused.append(f"{name}: not written, {missing} facts are missing or unsure (mobility write says which)")
    return letters, refused


def _summary(out: Path, taken: Reconciliation, done: list[_CaseDone]) -> None:
    say = console().print
    for each in done:
        say(f"\n{each.case}  {each.route}", style="bold")
        stage = f"complete up to the stage {each.prepared_for.replace('_', ' ')}"
        said = stage if each.complete else "not complete, as the packet's cover says"
        say(f"  requirements: {each.met} met, {each.open} open, {each.later} recommended or due later; {said}")
        if each.contradictions:
            say(f"  contradictions between papers: {each.contradictions} (mobility case show {each.case})")
        for line in (*each.files, *each.not_written):
            say(f"  {line}")
    say(f"\nInbox: {taken}", style="bold")
    if office.program() is None:
        say(
            "Left out, because LibreOffice Writer is not installed: PDF letters, Word files in packets.", style="yellow"
        )
    for line in _next(out):
        say(line)


def _next(out: Path) -> Iterator[str]:
    yield "\nLook further:"
    yield f"  export MOBILITY_VAULT={out}/vault MOBILITY_PASSPHRASE=$(cat {out}/passphrase.txt)"
    yield "  mobility case show GM-2026-001"
    yield "  mobility check GM-2026-001"
    yield "  mobility vault verify"
