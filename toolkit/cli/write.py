"""`mobility write CASE... TEMPLATE...`: letters and summaries as Word and PDF, for one case or hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click

from toolkit import office, office_pool, overrides
from toolkit.cli.overriding import why_option
from toolkit.cli.show import console, counted, echo_json, json_option, progress, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import DefinitionError, IncompleteError, InputError, MissingToolError
from toolkit.template_definition import Template
from toolkit.template_folder import opened, places, templates
from toolkit.template_vetting import vet
from toolkit.write import Letter
from toolkit.write_batch import Ended, How, Outcome, batch, checked
from toolkit.write_style import dressing

_NO_PDF = MissingToolError(
    "The PDF versions were left out, because LibreOffice Writer is not installed.", remedy=office.INSTALL
)
_STYLES = {Outcome.WRITTEN: "green", Outcome.KEPT: "dim", Outcome.ASKED: "yellow", Outcome.FAILED: "bold red"}
_STOPPED = (Outcome.ASKED, Outcome.FAILED)


@click.command()
@click.argument("words", nargs=-1, metavar="[CASE]... TEMPLATE...")
@click.option("--all", "everything", is_flag=True, help="Write for every case of the vault; every word is a template.")
@click.option("--route", default="", help="Write for every case of this route; every word is a template.")
@click.option(
    "--cases", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Write for the cases this file names, a reference a line; every word is a template.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), show_default=True,
    help="Folder for what is made.",
)  # fmt: skip
@click.option(
    "--templates", "beside", type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="MOBILITY_TEMPLATES", help="Folder of templates of your own; they go before those that come along.",
)  # fmt: skip
@click.option(
    "--house", type=click.Path(path_type=Path, file_okay=False, exists=True), envvar="MOBILITY_HOUSE",
    help="Folder of the house style: letterhead, font, colours; templates of your own get it only where it is given.",
)  # fmt: skip
@click.option("--pdf-a", "archival", is_flag=True, help="Make PDF/A-2b, which opens the same in thirty years.")
@click.option("--no-pdf", is_flag=True, help="Write Word files only.")
@click.option("--unsure", is_flag=True, help="Also use values that are unsure or contradicted.")
@click.option("--other-type", is_flag=True, help="Also write letters meant for another type of assignment or route.")
@why_option("--unsure", "--other-type")
@click.option("--list", "listing", is_flag=True, help="List the templates and what each needs.")
@click.option("--lint", "linting", is_flag=True, help="Check the templates; `mobility template lint` checks files.")
@vault_options
@json_option
def command(
    words: tuple[str, ...],
    everything: bool,
    route: str,
    cases: Path | None,
    out: Path,
    beside: Path | None,
    house: Path | None,
    archival: bool,
    no_pdf: bool,
    unsure: bool,
    other_type: bool,
    why: str,
    listing: bool,
    linting: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Write the letters TEMPLATE... of each CASE into --out, as .docx and .pdf.

    A value that is missing or unsure stops the letter and is named with its place; nothing is ever left blank. A letter
    that is meant for another type of assignment or another route than the case's is asked about. Of many cases one that
    is stopped stops no other, and a letter that is there already from the same facts is kept: run the same command
    again to go on.
    """
    if listing:
        return list_templates(beside, as_json=as_json)
    if linting:
        return _lint(words, beside, as_json=as_json)
    given_all_the_same = {"--unsure": unsure, "--other-type": other_type}
    overrides.check_why(why, [option for option, given in given_all_the_same.items() if given])
    many = everything or bool(route) or cases is not None
    given, names = ((), words) if many else _told_apart(words, beside)
    if not names or not (many or given):
        raise click.UsageError("Give a case and at least one template; `mobility write --list` shows the templates.")
    vet(names, beside)
    checked(names, beside)
    with ExitStack() as stack:
        vault, catalog = stack.enter_context(unlocked(vault_folder, passphrase_file))
        references = list(given) or [each.reference for each in catalog.cases() if route in ("", each.route)]
        references = references if cases is None else _named(cases, references, route)
        if not references:
            raise InputError("No case is chosen.", remedy="`mobility case list` shows the cases and their routes.")
        if len(references) == 1:
            dossier(catalog, references[0])  # one case that is not there is an error, not a letter that failed
        folder = existing_parent(out)
        folder.mkdir(parents=True, exist_ok=True)
        dress, style = dressing(house)
        how = How(
            folder, date.today(), unsure, beside, dress, house is not None, other_type, why,
            lambda overridden: overrides.tell(vault, overridden, why), f"{style} {archival}",
        )  # fmt: skip
        pool = None
        if not no_pdf and office.program() is not None:
            pool = stack.enter_context(office_pool.pool(office_pool.fitting(), archival=archival))
        done = stack.enter_context(progress("letters", len(references) * len(names)))
        ended = [*batch(references, names, lambda each: dossier(catalog, each), how, pool=pool, done=done)]
    left_out = pool is None and not no_pdf
    return _show(ended, folder, left_out=left_out, single=len(references) == 1, as_json=as_json)


def _told_apart(words: Sequence[str], beside: Path | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cases and the templates among *words*: the first is a case, and all before the first template."""
    known = places(beside)
    first = next((place for place, word in enumerate(words) if place and word in known), min(1, len(words)))
    return tuple(words[:first]), tuple(words[first:])


def _named(file: Path, there: Sequence[str], route: str) -> list[str]:
    """Return the references a file names, a line each; empty lines and those that begin with # say nothing."""
    try:
        lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{file} cannot be read as text.", remedy="Save it as plain text (UTF-8).") from problem
    named = [line for line in lines if line and not line.startswith("#")]
    return [each for each in named if each in there] if route else named


def _show(ended: Sequence[Ended], folder: Path, *, left_out: bool, single: bool, as_json: bool) -> int:
    stopped = [each for each in ended if each.outcome in _STOPPED]
    count = {outcome: sum(each.outcome is outcome for each in ended) for outcome in Outcome}
    if as_json:
        files = [file for each in ended for file in each.files]
        no_pdf = [each.template for each in ended] if left_out else []
        said = {"case": ended[0].case} if single else {}
        echo_json(
            {**said, "files": files, "no_pdf": no_pdf, "letters": ended}
            | {outcome.name.casefold(): number for outcome, number in count.items()}
        )
    elif single and len(stopped) == len(ended):
        # One case is told as it stands: what is missing, and what to do.
        remedies = " ".join(dict.fromkeys(each.remedy for each in stopped))
        raise IncompleteError("\n".join(each.reason for each in stopped) + "\n", remedy=remedies)
    else:
        _print(ended, count, folder, single=single)
        if left_out:
            raise _NO_PDF
    if stopped:
        return IncompleteError.exit_code
    return MissingToolError.exit_code if left_out else 0


def _print(ended: Sequence[Ended], count: dict[Outcome, int], folder: Path, *, single: bool) -> None:
    out = console()
    if single:
        for file in (file for each in ended for file in each.files):
            out.print(file)
    shown = [each for each in ended if each.outcome in _STOPPED or (single and each.outcome is Outcome.KEPT)]
    # What stops many cases for one reason is said once.
    alike: dict[tuple[str, Outcome, str], list[str]] = {}
    for each in shown:
        alike.setdefault((each.template, each.outcome, each.reason), []).append(each.case)
    if shown:
        rows = [("\n".join(cases), name, outcome.value, why) for (name, outcome, why), cases in alike.items()]
        styles = [_STYLES[outcome] for _, outcome, _ in alike]
        out.print(table("", ("case", "template", "ended", "because"), rows, styles=styles))
    for remedy in dict.fromkeys(each.remedy for each in shown if each.remedy):
        out.print(remedy)
    if not single or shown:
        kept = f", {count[Outcome.KEPT]} kept as they were" if count[Outcome.KEPT] else ""
        asked = f", {count[Outcome.ASKED]} asked about" if count[Outcome.ASKED] else ""
        written = f"{counted(count[Outcome.WRITTEN], 'letter')} written into {folder}"
        out.print(f"{written}{kept}{asked}, {count[Outcome.FAILED]} failed.", style="bold")


def deliver(known: Dossier, letters: Sequence[Letter], out: Path) -> list[Path]:
    """Write *letters* into *out* as Word and, where LibreOffice is installed, as PDF/A; return the paths."""
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


def list_templates(beside: Path | None, *, as_json: bool) -> int:
    """Print every template with what it needs."""
    found = templates(beside)
    if as_json:
        echo_json(found)
        return 0
    shipped = places(None)
    rows = [
        (name, each.title, each.language, each.audience, _meant(each), "yours" if place != shipped.get(name) else "")
        for (name, each), place in zip(found.items(), places(beside).values(), strict=True)
    ]
    console().print(table("", ("template", "title", "language", "for", "in cases of", "whose"), rows))
    console().print("`mobility write --list --json` also says what each needs.")
    return 0


def _meant(template: Template) -> str:
    """For which cases a template is meant; empty where for all."""
    return ", ".join((*template.assignment_types, *template.routes))


def _lint(names: Sequence[str], beside: Path | None, *, as_json: bool) -> int:
    found = {name: opened(name, beside) for name in (names or places(beside))}
    if as_json:
        echo_json({name: [str(problem) for problem in ready.problems] for name, ready in found.items()})
    else:
        for name, ready in found.items():
            console().print(f"{name}: {'' if ready.problems else 'good'}")
            for problem in ready.problems:
                console().print(f"  - {problem}")
    return DefinitionError.exit_code if any(ready.errors for ready in found.values()) else 0
