"""At which of the vault's hash keys a catalogue is, and which next ones are coming into use. Pure.

Next keys come into use little by little (`toolkit.catalog.rehashing`). Until the last row is under the next find key,
hashes are made with the present one, and looked for as they are and as they become.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from toolkit.catalog.database import Cell, Row

TABLE = "generations"
FIND, SUM = "find", "sum"
#: What the row of the next key is called while it comes into use.
NEXT = {FIND: "find-next", SUM: "sum-next"}
_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Generations:
    """The numbers of the find and sum keys in use, and of those coming into use (0: none)."""

    find: int = 1
    sum: int = 1
    next_find: int = 0
    next_sum: int = 0

    @classmethod
    def read(cls, rows: Iterable[Row]) -> Generations:
        """Take the numbers from rows of the table; without a row the first key is in use."""
        at = {str(row["name"]): int(str(row["number"])) for row in rows}
        return cls(at.get(FIND, 1), at.get(SUM, 1), at.get(NEXT[FIND], 0), at.get(NEXT[SUM], 0))

    def present(self, kind: str) -> int:
        """Return the number of the key of that kind in use."""
        return self.find if kind == FIND else self.sum

    def next(self, kind: str) -> int:
        """Return the number of the key of that kind that is coming into use, or 0."""
        return self.next_find if kind == FIND else self.next_sum


def is_tag(value: Cell) -> bool:
    """Whether that is a keyed hash; documents that were never sent by themselves have none."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= _HEXADECIMAL


def either(where: str, values: Sequence[Cell], again: Callable[[str], str]) -> tuple[str, list[Cell]]:
    """Return the condition *where* and its values so that each keyed hash is looked for as it is and as it becomes."""
    *starts, end = where.split("?")
    text, found = "", list[Cell]()
    for start, value in zip(starts, values, strict=True):
        if start.endswith("tag = ") and isinstance(value, str) and is_tag(value):
            text += f"{start.removesuffix('= ')}IN (?, ?)"
            found += [value, again(value)]
        else:
            text += f"{start}?"
            found.append(value)
    return text + end, found
