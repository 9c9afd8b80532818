"""The strict loader of definition files (TOML into typed shapes): a misspelt key is an error with file and place."""

from __future__ import annotations

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
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), shape)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake
    except OSError as mistake:
        raise DefinitionError(f"{path}: cannot be read: {mistake.strerror}") from mistake


def folders(root: Path, file: str, shape: type[T]) -> Mapping[str, T]:
    """Load `<root>/<name>/<file>` for every folder that has one; definitions are found, not registered."""
    return {path.parent.name: load(path, shape) for path in sorted(root.glob(f"*/{file}"))}
