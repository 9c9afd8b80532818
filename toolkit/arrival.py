"""The nouns of what arrives: an inspected file, what lay in it, and the limits it was held to. No parser, no I/O.

Apart from `toolkit.receive`, so that a process with keys can name these types without loading a single parser.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.model import Method, Record

#: The note on a PDF with one file inside: an electronic invoice, perhaps, which only its reader can tell.
ONE_EMBEDDED = "the PDF holds an embedded file"


@dataclass(frozen=True, slots=True)
class Member:
    """A file that lay in a container. `name` is the last part of its path (personal data)."""

    name: str
    data: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"<Member {len(self.data)} bytes>"


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What one container may hold. A ratio counts only for members above `ratio_from` bytes: blank scans pack well."""

    members: int = 200
    bytes: int = 200 << 20
    ratio: int = 200
    ratio_from: int = 4 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in. A file beyond any of these is TooLargeError; a container built as a bomb is HostileError."""

    #: Bytes of one file.
    bytes: int = 100 << 20
    #: Pages of a PDF, frames of a TIFF.
    pages: int = 300
    #: Pixels of a picture: two hundred megapixels, the most that today's telephones make.
    pixels: int = 200_000_000
    #: How many containers may lie in one another; a forwarded mail that holds a zip is two.
    depth: int = 4
    unpack: UnpackLimits = UnpackLimits()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that may come in. A container has `members` and no pages of its own; `notes` are words for the officer."""

    media_type: str
    members: tuple[Member, ...] = ()
    notes: tuple[str, ...] = ()
    #: Pages of a PDF, frames of a TIFF; 0 for containers.
    pages: int = 1


def worth_saying(notes: tuple[str, ...], record: Record) -> tuple[str, ...]:
    """Return the *notes* of an arrival beside a *record* read from it.

    The one file inside a PDF is no news where it is the electronic invoice that was read, or the mark of our
    own questionnaire.
    """
    stated = record.kind == "questionnaire" or any(f.source.method is Method.E_INVOICE for f in record.fields)
    return tuple(note for note in notes if not (stated and note == ONE_EMBEDDED))


def is_photo(media_type: str) -> bool:
    """Whether what came in as *media_type* is a picture or a PDF; no picture comes in that cannot be opened."""
    return media_type == "application/pdf" or media_type.startswith("image/")
