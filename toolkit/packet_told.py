"""What a packet says of itself, to be held against its pages: taken from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ToldExhibit:
    """An exhibit's number and packet pages, and the print of each of its drawn pages."""

    number: int
    divider: int
    first: int
    last: int
    prints: tuple[str, ...]
    #: Role, first and last packet page of what is bound behind it.
    behind: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one bound file says: pages `first` to `last` of `total`, of which `covers` stand before the exhibits.

    `proofs` are the (exhibit, page) pairs that the list of requirements points to; `bates` is the prefix or "".
    """

    total: int
    first: int
    last: int
    covers: int
    bates: str
    exhibits: tuple[ToldExhibit, ...]
    proofs: tuple[tuple[int, int], ...] = ()
    #: Exhibits that begin in another file of a packet that was cut.
    elsewhere: tuple[ToldExhibit, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the file holds the whole packet."""
        return self.first == 1 and self.last == self.total


def from_manifest(manifest: Mapping[str, Any], first: int, last: int) -> Told:
    """Return what *manifest* tells of the pages *first* to *last*. Raises KeyError, TypeError or ValueError."""
    exhibits = tuple(
        ToldExhibit(
            int(each["exhibit"]),
            int(each["divider"]),
            int(each["first_page"]),
            int(each["last_page"]),
            tuple(str(one) for one in each["page_prints"]),
            # Packets that were made before know nothing behind an exhibit.
            tuple((str(b["role"]), int(b["first_page"]), int(b["last_page"])) for b in each.get("behind", ())),
        )
        for each in manifest["exhibits"]
    )
    inside = tuple(each for each in exhibits if each.divider <= last and each.last >= first)
    elsewhere = tuple(each for each in exhibits if each.divider > last)
    proofs = tuple(
        (int(place["exhibit"]), int(place["page"])) for each in manifest["requirements"] for place in each["proven_by"]
    )
    return Told(
        int(manifest["pages"]), first, last, int(manifest["covers"]), str(manifest["bates"]), inside, proofs, elsewhere
    )
