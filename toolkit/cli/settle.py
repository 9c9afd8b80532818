"""`mobility settle DOCUMENT`: a person answers what intake asked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

import click

from toolkit.catalog import Catalog
from toolkit.cli.intake import report
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.errors import InputError
from toolkit.intake import Intake
from toolkit.settling import UNKNOWN, Joined, Settled, join, settle, take_apart
from vault import Vault

Answer: TypeAlias = dict[str, str]


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option("--case", "reference", default="", help="The case the document belongs to.")
@click.option("--person", default="", help="Whose it is: principal, spouse, partner, child, or a person's id.")
@click.option(
    "--kind",
    default="",
    help="Which kind it is, such as degree: it is then read again. `unknown`: none of them, keep it unread.",
)
@click.option(
    "--join",
    "others",
    multiple=True,
    metavar="OTHER",
    help="OTHER is a further photo of the same long receipt: read them together. (Can be given several times.)",
)
@click.option("--retry", is_flag=True, help="Have the sealed original read again, as intake does; answers nothing.")
@vault_options
@json_option
def command(
    documents: tuple[str, ...],
    reference: str,
    person: str,
    kind: str,
    others: tuple[str, ...],
    retry: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Settle DOCUMENT... (ids stand in the intake table and in `mobility case show`): file them where they belong.

    Without --person the name on a paper tells whose it is. A questionnaire that came back goes to whom it was made for,
    by the mark in it, and never by a name; one without the mark needs --case and --person.

    Several documents get the same answer; one that cannot take it is named and does not stop the others.

    What is asked about or in quarantine stays open: --retry reads the sealed original anew, after an update or when the
    machine is idle, and files it, asks or quarantines it again; an archive's papers are taken in one by one. To look at
    the original yourself, see `mobility case original`.

    --join makes filed photos of one long receipt one paper: rows on two photos are taken once, and the claim counts it
    once and binds every photo. --retry on a further photo makes that a document of its own again.
    """
    if retry and (reference or person or kind or others or len(documents) > 1):
        raise click.UsageError("--retry stands alone, with one document: it answers nothing.")
    if others and len(documents) > 1:
        raise click.UsageError("Name one document, and each further photo of it after a --join of its own.")
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        if retry:
            take_apart(vault, catalog, documents[0])
            with Intake(vault, catalog, jobs=1) as intake:
                report(intake.again(documents[0]), as_json=as_json)
            return 0
        said = {"reference": reference, "person": person, "kind": kind}
        if others:
            _report_joined(join(vault, catalog, documents[0], others, **said), as_json=as_json)
            return 0
        if len(documents) == 1:
            answers = [_answer(settle(vault, catalog, documents[0], **said))]
        else:
            answers = [_tried(vault, catalog, each, said) for each in documents]
    if as_json:
        echo_json(answers)
    else:
        for answer in answers:
            console().print(_said(answer), style="yellow" if answer["error"] else "")
    return InputError.exit_code if any(answer["error"] for answer in answers) else 0


def _report_joined(made: Joined, *, as_json: bool) -> None:
    answer = _answer(made.settled)
    if as_json:
        echo_json([{**answer, "photos": list(made.photos), "warnings": list(made.warnings)}])
        return
    console().print(f"{_said(answer)} It is one paper in {len(made.photos)} files: {', '.join(made.photos)}.")
    for warning in made.warnings:
        console().print(f"  ! {warning}", style="yellow")


def _tried(vault: Vault, catalog: Catalog, document: str, said: dict[str, str]) -> Answer:
    try:
        return _answer(settle(vault, catalog, document, **said))
    except InputError as problem:
        return {"document": document, "case": "", "person": "", "kind": "", "error": str(problem)}


def _answer(settled: Settled) -> Answer:
    return {**asdict(settled), "error": ""}


def _said(answer: Answer) -> str:
    if answer["error"]:
        return f"{answer['document']} not filed: {answer['error']}"
    what = "paper of no known kind" if answer["kind"] == UNKNOWN else answer["kind"]
    return f"{answer['document']} filed: {what} of the {answer['person']} in {answer['case']}."
