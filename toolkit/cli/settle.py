"""`mobility settle DOCUMENT`: a person answers what intake asked."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.session import unlocked, vault_options
from toolkit.cli.show import console, echo_json, json_option
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
@vault_options
@json_option
def command(
    document: str,
    reference: str,
    person: str,
    kind: str,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Settle DOCUMENT (its id stands in the intake table and in `mobility case show`): file it where it belongs."""
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        settled = settle(vault, catalog, document, reference=reference, person=person, kind=kind)
    if as_json:
        echo_json(settled)
    else:
        what = "paper of no known kind" if settled.kind == UNKNOWN else settled.kind
        console().print(f"{document} filed: {what} of the {settled.person} in {settled.case}.")
