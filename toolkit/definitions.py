"""The strict loader of definition files (TOML into typed shapes): a misspelt key is an error with file and place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from toolkit.errors import DefinitionError

T = TypeVar("T")


def load(path: Path, shape: type[T]) -> T:
    """Read one definition file into *shape* (a `msgspec.Struct` with `forbid_unknown_fields`).

    Raises DefinitionError "file: place: what" for unreadable TOML, unknown keys and wrong types; nothing is skipped.
    """
    try:
        text = path.read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), shape)
    except msgspec.ValidationError as mistake:
        raise DefinitionError(f"{path}: {mistake}{_lines(text, str(mistake))}") from mistake
    except UnicodeDecodeError as mistake:
        raise DefinitionError(f"{path}: the file is not UTF-8; save it as UTF-8") from mistake
    except tomllib.TOMLDecodeError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake
    except OSError as mistake:
        raise DefinitionError(f"{path}: cannot be read: {mistake.strerror}") from mistake


def _lines(text: str, mistake: str) -> str:
    """Return " (line 12)" for the word that *mistake* quotes, where the shape alone cannot tell the place."""
    quoted = re.search(r"(?:unknown field `|Invalid value ')([^`']+)", mistake)
    if quoted is None:
        return ""
    word = re.compile(rf"(?<![\w-]){re.escape(quoted[1])}(?![\w-])")
    found = [str(number) for number, line in enumerate(text.splitlines(), 1) if word.search(line.split("#")[0])]
    return f" (line {', '.join(found)})" if 0 < len(found) <= 5 else ""


def folders(root: Path, file: str, shape: type[T]) -> Mapping[str, T]:
    """Load `<root>/<name>/<file>` for every folder that has one; definitions are found, not registered."""
    return {path.parent.name: load(path, shape) for path in sorted(root.glob(f"*/{file}"))}
