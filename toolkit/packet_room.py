"""The parent's side of binding: one confined child that binds, another that checks, and files handed over in parts.

Files go over the pipe a few megabytes at a time, so that a packet of hundreds of megabytes is not held many times.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from toolkit.bind import Mark
from toolkit.bind_room import Step, Taken
from toolkit.confine import Child, Limits
from toolkit.model import Page
from toolkit.packet_cut import Cut
from toolkit.packet_told import Told
from toolkit.stamp_font import letters

_PART = 4 << 20
#: One packet is one run of calls, and its exhibits stay in the child meanwhile.
_LIMITS = Limits(seconds=900.0, memory_mb=6144, answer_mb=64, calls=1_000_000_000)
_MODULE = "toolkit.bind_room:"


class Room:
    """A confined child with one packet in it; see `toolkit.bind_room` for what each step does and raises."""

    def __init__(self, paper: str = "a4", *, archival: bool = False) -> None:
        self._child = Child(_LIMITS, functions=(_MODULE,))
        self._call("begin", paper, archival, letters(), result=None)

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._child.close()

    def close(self) -> None:
        """End the child; it is done, and what it holds is not needed any more."""
        self._child.close()

    def take(self, document: str, data: bytes, most_bytes: int, lowest_dpi: int) -> Taken:
        """Take in one exhibit."""
        taken: Taken = self._call("take", document, data, most_bytes, lowest_dpi, result=Taken)
        return taken

    def lay(self, source: int, pages: Sequence[Page]) -> None:
        """Lay recorded words over an exhibit's pages."""
        self._call("lay", source, list(pages), result=None)

    def keep(self, source: int, pages: Sequence[int]) -> int:
        """Leave only some pages (from 1) of an exhibit, and return how many it has now."""
        left: int = self._call("keep", source, list(pages), result=int)
        return left

    def bind(
        self, front: bytes, steps: Sequence[Step], marks: Sequence[Mark], title: str, bates: str
    ) -> tuple[bytes, list[list[str]]]:
        """Return the bound file, and the prints of each exhibit's pages in the order of *steps*."""
        prints: list[list[str]] = self._call(
            "bind", front, list(steps), list(marks), title, bates, result=list[list[str]]
        )
        return self._made(self._call("size", result=int)), prints

    def single(self, source: int, first: int, last: int) -> bytes:
        """Return pages of one exhibit as a file of their own."""
        return self._made(self._call("single", source, first, last, result=int))

    def single_sizes(self, source: int) -> list[int]:
        """Return the size of each page of an exhibit."""
        sizes: list[int] = self._call("single_sizes", source, result=list[int])
        return sizes

    def feed(self, data: bytes) -> None:
        """Give the child a whole file, in place of the one before."""
        self._call("empty", result=None)
        for start in range(0, len(data), _PART):
            self._call("feed", data[start : start + _PART], result=None)

    def problems(self, told: Told) -> list[str]:
        """Check the file that was fed."""
        found: list[str] = self._call("problems", told, result=list[str])
        return found

    def look(self, pages: int, most_bytes: int) -> list[str]:
        """Check a loose file that was fed."""
        found: list[str] = self._call("look", pages, most_bytes, result=list[str])
        return found

    def says(self, texts: Sequence[str]) -> list[str]:
        """Return those of *texts* that the file that was fed does not print."""
        found: list[str] = self._call("missing", list(texts), result=list[str])
        return found

    def followed(self, covers: int, pages: int) -> frozenset[int]:
        """Return the pages that links on the first *covers* of *pages* pages of the file that was fed open."""
        targets: list[int] = self._call("followed", covers, pages, result=list[int])
        return frozenset(targets)

    def printed(self, pages: int) -> list[list[str]]:
        """Return the lines of the first *pages* pages of the file that was fed."""
        lines: list[list[str]] = self._call("printed", pages, result=list[list[str]])
        return lines

    def plan_cuts(self, begins: Sequence[int], most_bytes: int) -> list[Cut]:
        """Return where the file that was fed is cut."""
        cuts: list[Cut] = self._call("plan_cuts", list(begins), most_bytes, result=list[Cut])
        return cuts

    def cut(self, first: int, last: int, title: str, marks: Sequence[Mark]) -> bytes:
        """Return a file of some pages of the one that was fed."""
        return self._made(self._call("cut", first, last, title, list(marks), result=int))

    def _made(self, size: int) -> bytes:
        # What a BytesIO holds is handed over without a copy, unlike a bytearray.
        made = io.BytesIO()
        while made.tell() < size:
            made.write(self._call("part", made.tell(), _PART, result=bytes))
        return made.getvalue()

    def _call(self, function: str, *arguments: object, result: Any) -> Any:
        return self._child.call(f"{_MODULE}{function}", *arguments, result=result)
