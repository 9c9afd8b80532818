"""`mobility doctor`: what is installed, what is missing, and which outputs are left out without it."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

import click

from toolkit import __version__, confine, office, shipped
from toolkit.cli.show import console, echo_json, json_option, table
from toolkit.errors import MissingToolError

LIBRARIES = ("cryptography", "rapidocr", "onnxruntime", "pypdfium2", "pikepdf", "pillow", "pi-heif", "docxtpl", "typst")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the toolkit stands on. `without` says what is left out when it is missing."""

    name: str
    present: bool
    what: str
    without: str = ""


@click.command()
@json_option
def command(as_json: bool) -> int:
    """Say what is installed and what is missing. Exit code 6 when an output would be left out."""
    parts = list(_parts())
    if as_json:
        echo_json({"version": __version__, "parts": parts})
    else:
        rows = [("yes" if part.present else "no", part.name, part.what, part.without) for part in parts]
        styles = ["" if part.present else "yellow" for part in parts]
        console().print(
            table(f"Mobility Toolkit {__version__}", ("there", "part", "what", "without it"), rows, styles=styles)
        )
    return 0 if all(part.present or not part.without for part in parts) else MissingToolError.exit_code


def _parts() -> Iterator[Part]:
    yield Part("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Part("SQLite", True, sqlite3.sqlite_version)
    for library in LIBRARIES:
        try:
            yield Part(library, True, metadata.version(library))
        except metadata.PackageNotFoundError:
            yield Part(library, False, "", "nothing works; install with `pip install mobility-toolkit`")
    program = office.program()
    remedy = "PDF versions of letters, and Word files inside packets: apt-get install libreoffice-writer-nogui"
    yield Part("LibreOffice Writer", program is not None, str(program or ""), "" if program else remedy)
    for folder in ("templates", "forms", "samples"):
        place = shipped.folder(folder)
        yield Part(folder, place.is_dir(), str(place), "" if place.is_dir() else "the files that come with the toolkit")
    for guarantee in confine.guarantees():
        yield Part(f"confinement: {guarantee.name}", guarantee.holds, guarantee.detail)
