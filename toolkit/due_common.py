"""Key dates that every route has, as data: papers that run out, the plan, and where else a fact may stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from toolkit.checklist import Due, Purpose
from toolkit.definitions import load

_FILE = Path(__file__).resolve().parent / "due_papers.toml"


class PaperDue(Due, frozen=True, forbid_unknown_fields=True):
    """A date of a paper or of the plan. `each`: every paper of the kind has its own one.

    `expected`: a paper of this kind always says it (or a plan always has it), so that its absence is reported;
    `unplanned` names the purposes of routes whose plan need not have it (a check of the right to work files nothing).
    """

    each: bool = False
    expected: bool = False
    unplanned: tuple[Purpose, ...] = ()


class CommonDues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `toolkit/due_papers.toml`: dates by name; anchors of routes, with facts that say them too."""

    anchors: Mapping[str, tuple[str, ...]]
    due: Mapping[str, PaperDue]


@cache
def common_dues() -> CommonDues:
    """Return the dates that ship for every route. Raises DefinitionError "file: place: what"."""
    return load(_FILE, CommonDues)
