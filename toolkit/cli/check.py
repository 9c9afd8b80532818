"""`mobility check CASE`: what is met, unmet or unsure, why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from toolkit.check import check, due_later, outstanding, prepared_for
from toolkit.checklist import LegalSource, checklist
from toolkit.cli.show import VERDICT_STYLE, console, echo_json, json_option, table
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import IncompleteError
from toolkit.facts import resolve
from toolkit.model import Case, Finding, Verdict

#: Levels that are reported and keep no case from being complete.
_LATER = ("recommended", "later", "not applicable")


class _Day(click.DateTime):
    """A day as ISO 8601 writes it: 31.01. and 01/31 are one day to some and none to others."""

    name = "day"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, *_: object, **__: object) -> str:
        return "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return datetime.strptime(str(value), "%Y-%m-%d")
        except ValueError:
            self.fail(f"{value} is no day; write year, month and day as in 2027-01-31.", param, ctx)


DAY = _Day()


@click.command()
@click.argument("reference")
@click.option("--filing", type=DAY, help="Judge as if filed on this day instead of the planned one.")
@click.option("--start", type=DAY, help="Judge with this first day of work.")
@click.option("--end", type=DAY, help="Judge with this last day of the assignment.")
@click.option("--all", "everything", is_flag=True, help="Show what does not apply, too, and why not.")
@vault_options
@json_option
def command(
    reference: str,
    filing: datetime | None,
    start: datetime | None,
    end: datetime | None,
    everything: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Judge case REFERENCE against its route at its planned dates. Exit code 5 when something is UNMET or UNSURE."""
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        known = dossier(catalog, reference)
    other = {name: day.date() for name, day in (("filing", filing), ("start", start), ("end", end)) if day}
    findings = judge(known, other, everything=everything)
    if as_json:
        echo_json(
            {
                "case": known.case.reference,
                "route": known.case.route,
                "prepared_for": prepared_for(known.case),
                "complete": complete(findings),
                "due_later": len(due_later(findings)),
                "findings": findings,
                "sources": sources(known.case.route, findings),
            }
        )
    else:
        show(known.case, findings, prepared_for(known.case))
    return 0 if complete(findings) else IncompleteError.exit_code


def judge(known: Dossier, dates: dict[str, date] | None = None, *, everything: bool = False) -> Sequence[Finding]:
    """Judge a case by its route's checklist at its planned dates or at *dates*; *everything*: what does not apply."""
    case = replace(known.case, dates={**known.case.dates, **(dates or {})})
    # What holds on a day, as a contract that is amended does, hangs on the dates too.
    facts = resolve(case, known.records, known.documents) if dates else known.facts
    return check(case, facts, known.records, known.documents, checklist(case.route), everything=everything)


def complete(findings: Sequence[Finding]) -> bool:
    """Whether nothing that binds at the stage the case is prepared for is open."""
    return not outstanding(findings)


def sources(route: str, findings: Sequence[Finding]) -> dict[str, LegalSource]:
    """Return the legal source of every requirement among *findings*, with its further readings."""
    requirements = checklist(route).requirements
    names = dict.fromkeys(finding.requirement for finding in findings)
    return {name: requirements[name].source for name in names if name in requirements}


def show(case: Case, findings: Sequence[Finding], stage: str) -> None:
    """Print the findings as a table, open ones first, their count, and up to which *stage* they are judged as due."""
    out = console()
    names = {person.id: f"{person.given_names}, {person.role}" for person in case.people}
    order = {Verdict.UNMET: 0, Verdict.UNSURE: 1, Verdict.MET: 2, Verdict.NOT_APPLICABLE: 3}
    ranked = sorted(findings, key=lambda f: (f.level in _LATER, order[f.verdict]))
    read = sources(case.route, findings)
    rows = [
        (
            finding.verdict.value + (f"\n({finding.level})" if finding.level in ("recommended", "later") else ""),
            finding.label + (f" [{names.get(finding.person, finding.person)}]" if finding.person else ""),
            "\n".join(part for part in (finding.because, finding.next_step) if part),
            _law(finding, read.get(finding.requirement)),
        )
        for finding in ranked
    ]
    styles = [VERDICT_STYLE[finding.verdict.value] for finding in ranked]
    out.print(table("", ("verdict", "requirement", "because, next step", "legal source"), rows, styles=styles))
    counts = {verdict: sum(f.verdict is verdict for f in findings) for verdict in Verdict}
    counted = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n or verdict is not Verdict.NOT_APPLICABLE)
    said = "Complete" if complete(findings) else "Not complete"
    later = len(due_later(findings))
    ahead = f"; {later} of later stages not met yet" if later else ""
    out.print(f"{counted}. {said} up to the stage {stage.replace('_', ' ')}{ahead}.", style="bold")


def _law(finding: Finding, source: LegalSource | None) -> str:
    """Return the legal source as it is cited, the day it was checked, and what else was read for it."""
    further = dict.fromkeys(f"{each.citation} ({each.level})" for each in (source.further if source else ()))
    return "\n".join((f"{finding.legal_source} (checked {finding.checked})", *(f"also: {each}" for each in further)))
