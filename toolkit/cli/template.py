"""`mobility template`: check a template, look at it filled, list those there are, begin one of your own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from toolkit import office, phrasing
from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import existing_parent
from toolkit.cli.write import list_templates
from toolkit.confine import Child
from toolkit.errors import DefinitionError, InputError, MissingToolError
from toolkit.template_definition import DEFINITION
from toolkit.template_folder import FILE, places
from toolkit.template_lint import Report
from toolkit.template_vetting import LIMITS, report
from vault.files import write_atomically

F = TypeVar("F", bound=Callable[..., object])


def _beside(verb: F) -> F:
    return click.option(
        "--templates", "beside", type=click.Path(path_type=Path, file_okay=False), envvar="MOBILITY_TEMPLATES",
        help="Folder of templates of your own; they go before those that come along.",
    )(verb)  # fmt: skip


def _language(verb: F) -> F:
    return click.option(
        "--language", type=click.Choice(phrasing.LANGUAGES), default=phrasing.LANGUAGES[0], show_default=True,
        help="Language of a Word file without a template.toml.",
    )(verb)  # fmt: skip


@click.group()
def command() -> None:
    """Check a Word template, look at it filled, list those there are, begin one of your own."""


@command.command(name="list")
@_beside
@json_option
def list_(beside: Path | None, as_json: bool) -> int:
    """List the templates."""
    return list_templates(beside, as_json=as_json)


@command.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@_language
@_beside
@json_option
def lint(files: tuple[str, ...], language: str, beside: Path | None, as_json: bool) -> int:
    """Say what is wrong with each FILE (a .docx, a folder of one, or a template's name), and in which paragraph.

    The file is opened in a process of its own that can reach nothing. Exit code 3 where something is wrong.
    """
    if not files:
        raise click.UsageError("Give a Word file, a folder with template.docx, or the name of a template.")
    with Child(LIMITS) as child:
        reports = {file: _report(child, file, language, beside) for file in files}
    if as_json:
        echo_json({file: {"good": each.good, "problems": each.remarks} for file, each in reports.items()})
    else:
        for file, said in reports.items():
            _show(file, said)
    return 0 if all(each.good for each in reports.values()) else DefinitionError.exit_code


def _show(file: str, said: Report) -> None:
    out = console()
    errors = sum(not each.note for each in said.remarks)
    out.print(f"{file}: {counted(errors, 'problem') if errors else 'good'}", style="bold red" if errors else "green")
    for each in said.remarks:
        where = f"{each.where}: " if each.where else ""
        out.print(f"  - {'note: ' if each.note else ''}{where}{each.what}", soft_wrap=True)


@command.command()
@click.argument("file")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), show_default=True,
    help="Folder for what is made.",
)  # fmt: skip
@_language
@_beside
@json_option
def preview(file: str, out: Path, language: str, beside: Path | None, as_json: bool) -> int:
    """Fill FILE with invented people and show it, as .docx and .pdf; what nothing declares is yellow."""
    with Child(LIMITS) as child:
        made = _report(child, file, language, beside)
        if not made.preview:
            raise DefinitionError(
                "\n".join(": ".join(filter(None, (file, r.where, r.what))) for r in made.remarks if not r.note),
                remedy="It cannot be filled before this is mended.",
            )
        folder = existing_parent(out)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_called(file)}-preview.docx"
        files = [path]
        write_atomically(path, made.preview)
        if office.program() is not None:
            # It is still a stranger's file: disarmed, and laid out by a LibreOffice that is thrown away.
            disarmed = child.call("toolkit.disarm:word", made.preview, result=bytes)
            files.append(path.with_suffix(".pdf"))
            write_atomically(files[-1], office.submitted_to_pdf(_called(file), disarmed))
    if as_json:
        shown = {"files": [str(each) for each in files], "missing": made.missing, "problems": made.remarks}
        echo_json(shown | {"good": made.good})
    else:
        for each in files:
            console().print(str(each))
        for name in made.missing:
            console().print(f"yellow: {name}", style="yellow")
        if not made.good:
            console().print("`mobility template lint` says what is wrong with it.")
    return 0 if len(files) > 1 else MissingToolError.exit_code


@command.command()
@click.argument("name")
@click.option("--from", "source", default="", help="The template to begin with; the one called NAME unless given.")
@click.option(
    "--templates", "beside", type=click.Path(path_type=Path, file_okay=False), envvar="MOBILITY_TEMPLATES",
    required=True, help="Folder of templates of your own.",
)  # fmt: skip
@json_option
def new(name: str, source: str, beside: Path, as_json: bool) -> None:
    """Copy a template that comes along into your own folder as NAME, to be edited in Word."""
    place, shipped = beside / name, places(None)
    if Path(name).name != name or name.startswith("."):
        raise InputError(f"{name} is no name for a folder.", remedy="Use letters, figures and hyphens.")
    if (source or name) not in shipped:
        raise InputError(f"No template that comes along is called {source or name}.", remedy="Give one with --from.")
    if place.exists():
        raise InputError(f"{place} is there already.", remedy="Give another name.")
    place.mkdir(parents=True)
    for file in (DEFINITION, FILE):
        shutil.copyfile(shipped[source or name] / file, place / file)
    if as_json:
        echo_json({"name": name, "files": [str(place / DEFINITION), str(place / FILE)]})
        return
    console().print(f"{place / FILE}\nEdit it in Word, then: mobility template lint {name} --templates {beside}")


def _report(child: Child, file: str, language: str, beside: Path | None) -> Report:
    docx, definition = _found(file, beside)
    return report(child, docx, definition, language, beside)


def _found(file: str, beside: Path | None) -> tuple[Path, Path | None]:
    """Return the Word file and the definition that *file* means: a path, a folder, or a template's name."""
    path = Path(file)
    if path.is_dir():
        path = path / FILE
    elif not path.is_file():
        every = places(beside)
        if file not in every:
            raise InputError(
                f"{file} is neither a file nor the name of a template.", remedy="`mobility template list` shows them."
            )
        path = every[file] / FILE
    definition = path.with_name(DEFINITION)
    return path, definition if path.name == FILE and definition.is_file() else None


def _called(file: str) -> str:
    path = Path(file)
    return path.parent.name if path.name == FILE else path.stem
