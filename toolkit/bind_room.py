"""The binding of one packet inside a confined child: opens exhibits, binds, cuts and hands the file out in parts.

The functions are called one after another over `toolkit.confine`; what they share is this process's one room. It holds
no key. A stranger's PDF that takes over qpdf or PDFium here can spoil this packet, and reaches nothing else.
"""

from __future__ import annotations

import ctypes
import gc
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf
import pypdfium2

from toolkit import packet_archival, packet_check, packet_cut, packet_margins, packet_shrink
from toolkit.bind import Binding, Foreign, Mark
from toolkit.errors import ToolkitError
from toolkit.model import Page, Word
from toolkit.packet_cut import Cut
from toolkit.packet_told import Told
from toolkit.stamp_font import stamp_font

_MMAP_THRESHOLD = -3


@dataclass(frozen=True, slots=True)
class Taken:
    """How many pages an exhibit has, its size in bytes, and what was done to it to make it fit."""

    pages: int
    size: int
    done: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Pages to add: `source` of the exhibits taken, by its place, or pages `first` to `last` of our own (from 0).

    `label` goes to the foot of each page, `head` of an exhibit to its top.
    """

    label: str
    source: int = -1
    first: int = 0
    last: int = 0
    head: str = ""


@dataclass(slots=True)
class _Room:
    paper: str = "a4"
    archival: bool = False
    letters: bytes = b""
    sources: dict[int, Foreign] = field(default_factory=dict)
    strips: list[list[str]] = field(default_factory=list)
    words: dict[int, list[tuple[Word, ...]]] = field(default_factory=dict)
    incoming: io.BytesIO = field(default_factory=io.BytesIO)
    made: io.BytesIO = field(default_factory=io.BytesIO)


_ROOM = _Room()


def begin(paper: str, archival: bool, letters: bytes) -> None:
    """Empty the room for a packet on *paper*; *letters* is the file that holds the font of stamps."""
    global _ROOM
    _ROOM = _Room(paper, archival, letters)
    # Large blocks come from the system one by one, so that what is freed goes back at once (mallopt(3)).
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_MMAP_THRESHOLD, 256 << 10)


def take(document: str, data: bytes, most_bytes: int, lowest_dpi: int) -> Taken:
    """Take in one exhibit; over *most_bytes* (0: no limit) its pictures are made coarser, never under *lowest_dpi*.

    Raises UnreadableError naming the document id.
    """
    done = ""
    if most_bytes and len(data) > most_bytes:
        data, done = packet_shrink.shrunk(data, most_bytes, lowest_dpi)
    source = Foreign.open(document, data)
    done = "; ".join(filter(None, (done, _without_layers(source.hidden))))
    if _ROOM.archival:
        source, drawn, words = packet_archival.conforming(source)
        done = "; ".join(filter(None, (done, drawn)))
        if words:
            _ROOM.words[len(_ROOM.sources)] = [words.get(at, ()) for at in range(source.count)]
    _ROOM.sources[len(_ROOM.sources)] = source
    _ROOM.strips.append(packet_margins.free_strips(data))
    return Taken(source.count, len(data), done)


def _without_layers(pages: int) -> str:
    return f"{pages} page{'s' if pages > 1 else ''} without a hidden layer" if pages else ""


def lay(source: int, pages: list[Page]) -> None:
    """Lay the words of *pages* unseen over the pages of an exhibit, which show them as a picture only."""
    words = _ROOM.words.setdefault(source, [() for _ in range(_ROOM.sources[source].count)])
    for page in pages:
        if 1 <= page.number <= len(words) and not words[page.number - 1]:
            words[page.number - 1] = page.words


def keep(source: int, pages: list[int]) -> int:
    """Leave only *pages* (from 1) of an exhibit, and return how many it has now."""
    whole = _ROOM.sources[source]
    for at in reversed(range(whole.count)):
        if at + 1 not in pages:
            del whole.pdf.pages[at]
    strips = _ROOM.strips[source]
    _ROOM.strips[source] = [strip for at, strip in enumerate(strips, start=1) if at in pages]
    _ROOM.sources[source] = Foreign(whole.document, whole.pdf, len(whole.pdf.pages))
    return len(whole.pdf.pages)


def bind(front: bytes, steps: list[Step], marks: list[Mark], title: str, bates: str) -> list[list[str]]:
    """Bind our own pages in *front* and the exhibits in the order of *steps*; return the prints of the exhibits' pages.

    The file is then had in parts (`part`), from 0 on, `size` bytes in all.
    """
    own = pikepdf.open(io.BytesIO(front))
    binding = Binding(_ROOM.paper, stamp_font(_ROOM.letters))
    prints = []
    for step in steps:
        if step.source < 0:
            binding.own(own, range(step.first, step.last + 1), step.label)
        else:
            # Taken out, since what was drawn was copied: exhibits and their copies together take twice the memory.
            source, free = _ROOM.sources.pop(step.source), _ROOM.strips[step.source]
            words = _ROOM.words.get(step.source, [])
            prints.append(binding.foreign(source, step.label, step.head, words=words, free=free))
            source.pdf.close()
    if _ROOM.archival:
        binding.archive(own.Root.OutputIntents)
    _ROOM.made = io.BytesIO()
    binding.finish_into(_ROOM.made, title, marks, bates=bates)
    del binding
    _give_back()
    return prints


def _give_back() -> None:
    """Return freed memory to the system: glibc keeps it, and this process waits while others need it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def size() -> int:
    """Return how many bytes the file has that was made last."""
    return _ROOM.made.getbuffer().nbytes


def part(start: int, length: int) -> bytes:
    """Return some bytes of the file that was made last."""
    return bytes(_ROOM.made.getbuffer()[start : start + length])


def feed(data: bytes) -> None:
    """Take in the next bytes of a file that is checked or cut afterwards."""
    _ROOM.incoming.write(data)


def problems(told: Told) -> list[str]:
    """Check the file that was fed in; see `packet_check.problems`."""
    return packet_check.problems(_ROOM.incoming.getvalue(), told)


def followed(covers: int, pages: int) -> list[int]:
    """Return the pages that links on the first *covers* pages of what was fed in open; `packet_check.page_numbers`."""
    return sorted(packet_check.page_numbers(_ROOM.incoming.getvalue(), covers, pages))


def printed(pages: int) -> list[list[str]]:
    """Return the lines of the first *pages* pages of what was fed in, as a reader of the file finds them."""
    reader = pypdfium2.PdfDocument(_ROOM.incoming.getvalue())
    try:
        return [reader[n].get_textpage().get_text_range().splitlines() for n in range(pages)]
    finally:
        reader.close()


def plan_cuts(begins: list[int], most_bytes: int) -> list[Cut]:
    """Return where the file that was fed in is cut, at one of the page numbers *begins*; see `packet_cut.plan`."""
    return packet_cut.plan(_ROOM.incoming.getvalue(), begins, most_bytes)


def cut(first: int, last: int, title: str, marks: list[Mark]) -> int:
    """Make a file of the pages *first* to *last* of the one that was fed in, and return its size."""
    _ROOM.made = io.BytesIO(packet_cut.pages(_ROOM.incoming.getvalue(), first, last, title, marks))
    return _ROOM.made.getbuffer().nbytes


def single(source: int, first: int, last: int) -> int:
    """Make a file of pages of one exhibit as they are, not drawn and not stamped, and return its size."""
    _ROOM.made = io.BytesIO(packet_cut.unstamped(_ROOM.sources[source].pdf, first, last))
    return _ROOM.made.getbuffer().nbytes


def single_sizes(source: int) -> list[int]:
    """Return how many bytes each page of an exhibit takes in a file of its own."""
    found: Sequence[int] = packet_cut.page_sizes(_ROOM.sources[source].pdf)
    return list(found)


def look(pages: int, most_bytes: int) -> list[str]:
    """Check a file that was fed in and is uploaded by itself: pages, size, and nothing in it that acts."""
    return packet_check.loose(_ROOM.incoming.getvalue(), pages, most_bytes)


def empty() -> None:
    """Forget the file that was fed in."""
    if _ROOM.incoming.closed:
        raise ToolkitError("The room is closed.")
    _ROOM.incoming = io.BytesIO()


def missing(texts: list[str]) -> list[str]:
    """Return those of *texts* that the file that was fed in does not print."""
    return packet_check.missing(_ROOM.incoming.getvalue(), texts)
