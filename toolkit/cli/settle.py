"""`mobility settle DOCUMENT`: a person answers what intake asked."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.intake import report
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.intake import Intake
from toolkit.settling import UNKNOWN, settle


@click.command()
@click.argument("document")
@click.option("--case", "reference", default="", help="The case the document belongs to.")
@click.option("--person", default="", help="Whose it is: principal, spouse, partner, child, or a person's id.")
@click.option(
    "--kind",
    default="",
    help="Which kind it is, such as degree: it is then read again. `unknown`: none of them, keep it unread.",
)
@click.option("--retry", is_flag=True, help="Have the sealed original read again, as intake does; answers nothing.")
@vault_options
@json_option
def command(
    document: str,
    reference: str,
    person: str,
    kind: str,
    retry: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Settle DOCUMENT (its id stands in the intake table and in `mobility case show`): file it where it belongs.

    What is asked about or in quarantine stays open: --retry reads the sealed original anew, after an update or when the
    machine is idle, and files it, asks or quarantines it again; an archive's papers are taken in one by one. To look at
    the original yourself, see `mobility case original`.
    """
    if retry and (reference or person or kind):
        raise click.UsageError("--retry stands alone: it answers nothing.")
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        if retry:
            with Intake(vault, catalog, jobs=1) as intake:
                report(intake.again(document), as_json=as_json)
            return
        settled = settle(vault, catalog, document, reference=reference, person=person, kind=kind)
    if as_json:
        echo_json(settled)
    else:
        what = "paper of no known kind" if settled.kind == UNKNOWN else settled.kind
        console().print(f"{document} filed: {what} of the {settled.person} in {settled.case}.")
