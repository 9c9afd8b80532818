"""One module a family of kinds: what patterns in `kind.toml` cannot say.

A reader is a module with `read(opened: Opened, found: Recognised) -> Reading`; `kind.toml` names it. Readers know pages
and fields; they know no case, no key and no other reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model import Field


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found: the fields it stands for, the losing candidates, and warnings in plain words."""

    fields: tuple[Field, ...] = ()
    rejected: tuple[Field, ...] = ()
    warnings: tuple[str, ...] = ()
