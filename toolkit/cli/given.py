"""A text that a person gives in a file or on standard input, never on the command line: it may be personal."""

from __future__ import annotations

import sys
from pathlib import Path

from toolkit.errors import InputError


def text_of(source: str, most: int) -> str | None:
    """Return the text of the file *source*, or of standard input for `-`; None where it has more than *most* bytes.

    Raises InputError, naming the file and nothing of what stands in it, where it cannot be read or is no UTF-8.
    """
    try:
        if source == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(most + 1)
    except OSError as problem:
        raise InputError(f"{source}: cannot be read: {problem.strerror}.", remedy="Check the path.") from problem
    if len(data) > most:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The cause would hold what stands in the file.
        raise InputError(f"{source}: the file is not UTF-8.", remedy="Save it as UTF-8.") from None
