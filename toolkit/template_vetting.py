"""Templates from outside are looked at in a confined child before this process opens them. Knows where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit import definitions
from toolkit.confine import Child, Limits
from toolkit.errors import DefinitionError, InputError
from toolkit.template_definition import DEFINITION, Template
from toolkit.template_folder import FILE, places, templates
from toolkit.template_lint import Report, vocabulary

#: A letter is read in a blink; one that takes longer was built to.
LIMITS = Limits(seconds=60.0, memory_mb=1024, answer_mb=64)
_MOST_BYTES = 32 << 20


def report(child: Child, docx: Path, definition: Path | None, language: str, beside: Path | None) -> Report:
    """Return what lint says of *docx*, opened by *child* alone; *language* is that of one without *definition*.

    Raises InputError for a file that cannot be read or is no letter by its size, HostileError for one that overruns.
    """
    try:
        if docx.stat().st_size > _MOST_BYTES:
            raise InputError(f"{docx} is larger than {_MOST_BYTES >> 20} MB: not a letter.")
        data = docx.read_bytes()
    except OSError as problem:
        raise InputError(f"{docx} cannot be read: {problem.strerror}.") from problem
    shape = None if definition is None else definitions.load(definition, Template)
    known = vocabulary(list(templates(beside).values()))
    name = docx.parent.name if docx.name == FILE else docx.name
    spoken = language if shape is None else shape.language
    said: Report = child.call("toolkit.template_lint:lint", data, name, shape, spoken, known, result=Report)
    return said


def vet(names: Sequence[str], beside: Path | None) -> None:
    """Look at those of the templates *names* that lie in *beside*. Raises DefinitionError for one with an error."""
    every, shipped = places(beside), places(None)
    own = [name for name in names if name in every and every[name] != shipped.get(name)]
    if not own:
        return
    with Child(LIMITS) as child:
        for name in own:
            said = report(child, every[name] / FILE, every[name] / DEFINITION, "", beside)
            if not said.good:
                wrong = [f"{each.where}: {each.what}".removeprefix(": ") for each in said.remarks if not each.note]
                lines = "\n".join(f"{name}/{FILE}: {each}" for each in wrong)
                raise DefinitionError(lines, remedy="`mobility template lint` says more.")
