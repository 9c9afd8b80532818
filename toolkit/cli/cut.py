"""`mobility cut DOCUMENT [PAGES]...`: where the documents of one scan begin and end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.cutting import Cut, cut, cut_of
from toolkit.model import State
from toolkit.parts import named


@click.command()
@click.argument("document")
@click.argument("pages", nargs=-1)
@click.option("--none", "none", default="", metavar="PAGES", help="These pages are in no document (blank sheets): 6,9.")
@click.option("--whole", is_flag=True, help="It is one document after all.")
@vault_options
@json_option
def command(
    document: str,
    pages: tuple[str, ...],
    none: str,
    whole: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Show how a scan of several documents was cut, or cut it as PAGES say.

    DOCUMENT is the id of the scan or of any document in it. PAGES are one word a document, such as `1-2 3 4-7`; pages
    out of order are joined by commas: `1,3,2`. Every page has to be named, but for blank sheets that are in no
    document. Documents that keep their pages stay as they
    are, with all that was settled and corrected; the others are read anew and filed or asked about. The scan itself is
    kept as it came, so a wrong cut can always be mended.
    """
    if whole and (pages or none):
        raise click.UsageError("--whole stands alone: it names all pages.")
    if none and not pages:
        raise click.UsageError("Name the documents beside --none: mobility cut ID 1-5 7-8 --none 6")
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        made = cut_of(vault, catalog, document)
        if whole or pages:
            made = cut(vault, catalog, document, pages or (f"1-{made.pages}",), none)
    if as_json:
        echo_json(_plain(made))
    else:
        _print(made)
    return 0


def _plain(made: Cut) -> dict[str, Any]:
    parts = [
        {
            "document": part.id,
            "pages": list(part.pages),
            "kind": record.kind if record else "",
            "state": part.state.value,
            "reason": part.reason,
            "next_step": part.next_step,
        }
        for part, record in made.parts
    ]
    return {"document": made.file.id, "pages": made.pages, "documents": parts, "no_document": list(made.blank)}


def _print(made: Cut) -> None:
    out = console()
    if not made.parts:
        pages = counted(made.pages, "page")
        out.print(f"{made.file.id} is one document of {pages}. Cut it: mobility cut {made.file.id} PAGES...")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("document", "pages", "kind", "where it stands"):
        table.add_column(title)
    for part, record in made.parts:
        asked = f": {part.reason} {part.next_step}" if part.state is not State.FILED else ""
        table.add_row(
            part.id, named(part.pages).partition(" ")[2], record.kind if record else "", part.state.value + asked
        )
    out.print(table)
    if made.blank:
        out.print(f"No document: {named(made.blank)}.")
