"""`mobility write CASE TEMPLATE...`: letters and summaries as Word and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from toolkit import office
from toolkit.cli.show import console, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import DefinitionError, MissingToolError
from toolkit.write import Letter, lint, templates, write


@click.command()
@click.argument("reference", required=False)
@click.argument("names", nargs=-1, metavar="TEMPLATE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for what is made.",
)
@click.option("--unsure", is_flag=True, help="Also use values that are unsure or contradicted.")
@click.option("--list", "listing", is_flag=True, help="List the templates and what each needs.")
@click.option(
    "--lint", "linting", is_flag=True, help="Check the templates and say in which paragraph something is wrong."
)
@vault_options
@json_option
def command(
    reference: str | None,
    names: tuple[str, ...],
    out: Path,
    unsure: bool,
    listing: bool,
    linting: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Write the letters TEMPLATE... of case REFERENCE into --out, as .docx and .pdf.

    A value that is missing or unsure stops the letter and is named with its place; nothing is ever left blank.
    """
    if listing:
        _list(as_json)
        return 0
    if linting:
        return _lint(names, as_json)
    if not reference or not names:
        raise click.UsageError("Give a case and at least one template; `mobility write --list` shows the templates.")
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        known = dossier(catalog, reference)
    letters = [write(name, known.facts, today=date.today(), allow_unsure=unsure) for name in names]
    written = deliver(known, letters, existing_parent(out))
    left_out = [letter.name for letter in letters] if office.program() is None else []
    if as_json:
        echo_json({"case": known.case.reference, "files": [str(path) for path in written], "no_pdf": left_out})
        return MissingToolError.exit_code if left_out else 0
    for path in written:
        console().print(str(path))
    if left_out:
        raise MissingToolError(
            "The PDF versions were left out, because LibreOffice Writer is not installed.",
            remedy="Install it with: apt-get install libreoffice-writer-nogui",
        )
    return 0


def deliver(known: Dossier, letters: Sequence[Letter], out: Path) -> list[Path]:
    """Write *letters* into *out* as Word and, where LibreOffice is installed, as PDF; return the paths."""
    written = []
    for letter in letters:
        path = out / f"{known.case.reference}-{letter.name}.docx"
        path.write_bytes(letter.docx)
        written.append(path)
    if office.program() is not None:
        for docx, pdf in zip(list(written), office.to_pdf([letter.docx for letter in letters]), strict=True):
            path = docx.with_suffix(".pdf")
            path.write_bytes(pdf)
            written.append(path)
    return written


def _list(as_json: bool) -> None:
    found = templates()
    if as_json:
        echo_json(found)
        return
    rows = [(name, each.title, each.audience, "\n".join(each.needs)) for name, each in found.items()]
    console().print(table("", ("template", "title", "for", "needs"), rows))


def _lint(names: tuple[str, ...], as_json: bool) -> int:
    problems = {name: [str(problem) for problem in lint(name)] for name in (names or templates())}
    if as_json:
        echo_json(problems)
    else:
        for name, found in problems.items():
            console().print(f"{name}: {'good' if not found else ''}")
            for problem in found:
                console().print(f"  - {problem}")
    return DefinitionError.exit_code if any(problems.values()) else 0
