"""Which house style letters are dressed in. Knows where it is found; knows nothing of how it looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from toolkit import letterhead
from toolkit.template_definition import Template


def dressing(folder: Path | None = None) -> tuple[Callable[[bytes, Template], bytes], str]:
    """Return what puts the house style of *folder* (else the usual one) on a letter, and a text that changes with it.

    Raises DefinitionError for a house style that cannot be used.
    """
    house = letterhead.load(folder)
    files = sorted(each for each in letterhead.place(folder).iterdir() if each.is_file())
    style = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
    return lambda docx, definition: letterhead.dress(docx, house, language=definition.language), style
