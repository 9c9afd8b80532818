"""A packet of loose files, for portals that take one document a file: named, under the limit, nothing stamped on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.exhibits import Placed
from toolkit.packet_manifest import PacketFile
from toolkit.packet_profiles import Profile
from toolkit.packet_room import Room

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: What pages that share fonts or pictures can take less together than alone is not counted on.
_SLACK = 0.97


def files(
    room: Room, profile: Profile, placed: Sequence[Placed], places: Mapping[int, int], folder: str
) -> tuple[list[PacketFile], list[str]]:
    """Return the files of all exhibits, and in plain words what is still over the limit.

    Names are plain ASCII and hold no name of a person: number and kind, "04_passport.pdf", with a letter where one
    document had to be cut.
    """
    made, said = [], []
    for each in placed:
        source, count = places[id(each.exhibit)], each.last - each.first + 1
        whole = room.single(source, 1, count)
        spans = [(1, count)]
        if profile.most_bytes and len(whole) > profile.most_bytes and profile.split_documents and count > 1:
            spans = _spans(room.single_sizes(source), profile.most_bytes)
        for at, (first, last) in enumerate(spans):
            data = whole if len(spans) == 1 else room.single(source, first, last)
            letter = "" if len(spans) == 1 else _letter(at)
            name = f"{each.number:02d}{letter}_{each.exhibit.kind}.pdf"
            made.append(PacketFile(f"{folder}/{name}", data, "document", last - first + 1, exhibit=each.number))
            if profile.most_bytes and len(data) > profile.most_bytes:
                said.append(
                    f"{name} has {len(data):,} bytes at {profile.lowest_dpi} dpi, and the limit is "
                    f"{profile.most_bytes:,}: scan it anew, in grey or with fewer pages"
                )
        if len(spans) > 1:
            said.append(
                f"exhibit {each.number} is over the limit even after compression, and was cut into {len(spans)} files"
            )
    return made, said


def _spans(sizes: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Return runs of pages (from 1) that stay under *most*; a page that does not stands alone."""
    spans: list[tuple[int, int]] = []
    held = 0
    for number, size in enumerate(sizes, start=1):
        if spans and held + size <= most * _SLACK:
            spans[-1] = (spans[-1][0], number)
            held += size
        else:
            spans.append((number, number))
            held = size
    return spans


def _letter(at: int) -> str:
    """a, b ... z, aa, ab ..."""
    return _LETTERS[at] if at < len(_LETTERS) else _LETTERS[at // len(_LETTERS) - 1] + _LETTERS[at % len(_LETTERS)]
