"""`mobility show DOCUMENT`: a page with the boxes of the fields read from it, and what proves each, as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from toolkit import inbox
from toolkit.cli.read import field_json
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.confine import Child
from toolkit.depict import Depiction, Paper, depict, of_file, of_vault, pages_with_fields
from toolkit.errors import InputError
from toolkit.model import Record
from toolkit.plain_words import because, standing
from vault.files import write_atomically


@click.command()
@click.argument("document")
@click.option("--page", "number", type=click.IntRange(min=1), help="Show this page only.")
@click.option("--all-pages", is_flag=True, help="Show every page, also those that no field was read on.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder to write into.",
)
@vault_options
@json_option
def command(
    document: str,
    number: int | None,
    all_pages: bool,
    out: Path,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Show why the values of DOCUMENT are believed: its pages with every field framed, and what proves each beside it.

    DOCUMENT is a file, which is read without a vault, or the id of a document in the vault: that is shown as it was
    read at intake, and the audit trail keeps that it was shown. The pictures lie outside the vault: delete them
    afterwards.
    """
    if number and all_pages:
        raise click.UsageError("Give --page or --all-pages, not both.")
    wanted = _Wanted(number, all_pages, out)
    if _is_file(document):
        done = _of_file(Path(document), wanted)
    else:
        with unlocked(vault_folder, passphrase_file) as (vault, catalog), Child() as child:
            papers = of_vault(vault, catalog, document)

            def told() -> None:
                vault.ledger.append("document.shown", document=papers[0].document, case=papers[0].case)

            # What is one document in the vault may hold several papers; one line of the audit trail is enough.
            done = [
                _drawn(child, paper, wanted, told if paper is papers[0] else None, f"{paper.document}-{name}")
                for paper, name in zip(papers, _names(len(papers)), strict=True)
            ]
    if as_json:
        echo_json({"documents": done})
        return
    for each in done:
        for sheet in each["sheets"]:
            console().print(sheet["file"])
        for warning in each["warnings"]:
            console(stderr=True).print(f"  ! {warning}", style="yellow")


@dataclass(frozen=True, slots=True)
class _Wanted:
    number: int | None
    all_pages: bool
    out: Path


def _is_file(document: str) -> bool:
    path = Path(document)
    try:
        if path.is_file():
            return True
    except (OSError, ValueError):
        return False
    # Ids have neither; a slip in a path must not ask for the passphrase of a vault.
    if path.suffix or len(path.parts) > 1 or path.exists():
        raise InputError(
            f"There is no file {document}.",
            remedy="Give a file, or the id of a document as `mobility case show` has it.",
        )
    return False


def _of_file(path: Path, wanted: _Wanted) -> list[dict[str, Any]]:
    try:
        data = inbox.read(path, follow=True)
    except OSError as problem:
        raise InputError(f"It cannot be read: {problem.strerror}.", remedy="Check the path.") from problem
    with Child() as child:
        papers = of_file(child, data, path.name)
        names = _names(len(papers))
        return [_drawn(child, paper, wanted, None, name) for paper, name in zip(papers, names, strict=True)]


def _names(count: int) -> list[str]:
    """How the names of the pictures of each of *count* papers in one file begin: two in one picture share a page."""
    return [f"paper-{place}-" if count > 1 else "" for place in range(1, count + 1)]


def _drawn(child: Child, paper: Paper, wanted: _Wanted, told: Callable[[], None] | None, name: str) -> dict[str, Any]:
    """Draw and write the pages that are wanted, one after the other, each file's name beginning with *name*.

    *told* is called before the first is written.
    """
    numbers = [wanted.number] if wanted.number else pages_with_fields(paper.record)
    if wanted.all_pages:
        numbers = [1]
    sheets: list[dict[str, Any]] = []
    while numbers:
        made = depict(child, paper, numbers.pop(0))
        if wanted.all_pages and not sheets:
            numbers = list(range(2, made.pages + 1))
        if told is not None and not sheets:
            told()
        path = existing_parent(wanted.out) / f"{name}page-{made.page}.png"
        _write(path, made.png, anew=bool(paper.document))
        sheets.append(_sheet(path, made, paper.record))
    return {
        "document": paper.document,
        "kind": paper.record.kind,
        "kind_confidence": round(paper.record.kind_confidence, 4),
        "sheets": sheets,
        "warnings": list(paper.record.warnings),
    }


def _write(path: Path, png: bytes, *, anew: bool) -> None:
    """Write one sheet for the owner's eyes alone. Unless *anew*, another picture of that name is left as it is."""
    try:
        if not anew and path.exists() and path.read_bytes() != png:
            raise InputError(
                f"{path} is there already, and shows something else.", remedy="Move it, or give another --out."
            )
        write_atomically(path, png)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem


def _sheet(path: Path, made: Depiction, record: Record) -> dict[str, Any]:
    fields: Sequence[dict[str, Any]] = [
        {
            "number": each.number or None,
            "name": each.field.name,
            **field_json(each.field),
            "standing": standing(each.field).value,
            "because": because(each.field, record),
        }
        for each in made.shown
    ]
    return {"page": made.page, "pages": made.pages, "file": str(path), "frame": list(made.frame), "fields": fields}
