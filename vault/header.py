"""The bytes of an age v1 header: stanzas to text and back, without knowing any key.

Specification: c2sp.org/age, "Header". There is exactly one way to write a header, and only that one is read: parsing
and rendering again gives the same bytes, so nothing can be changed in a header that is not covered by its MAC.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import BinaryIO

from vault.errors import HeaderError

VERSION_LINE = b"age-encryption.org/v1\n"
#: Body lines of a stanza hold this many characters; the last one holds fewer (perhaps none).
COLUMNS = 64
#: The format sets no limit; this one keeps a hostile file from filling the memory before its MAC can be checked.
MAX_HEADER_BYTES = 1 << 20
_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key as wrapped for one recipient: the arguments name how, the body is the wrapped key."""

    arguments: tuple[str, ...]
    body: bytes

    def __repr__(self) -> str:
        return f"<Stanza {self.arguments[0]}>"


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header: the stanzas, the MAC, and the bytes that the MAC covers."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes


def encode(data: bytes) -> str:
    """Return unpadded standard base64."""
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read unpadded canonical base64 and nothing else; raise HeaderError."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, UnicodeEncodeError) as mistake:
        raise HeaderError("The age header holds text that is no base64.") from mistake
    # The decoder forgives padding in the text and stray bits in the last character. Both would make headers malleable.
    if encode(data) != text:
        raise HeaderError("The age header holds base64 that is not canonical.")
    return data


def is_argument(text: str) -> bool:
    """Whether *text* can stand as a stanza argument: one or more visible ASCII characters."""
    return _VISIBLE.fullmatch(text) is not None


def render(stanzas: tuple[Stanza, ...]) -> bytes:
    """Return the part of the header that the MAC covers, up to and including the `---` mark."""
    lines = []
    for stanza in stanzas:
        if not stanza.arguments or not all(map(is_argument, stanza.arguments)):
            raise ValueError("a stanza's arguments are one or more words of visible ASCII")
        text = encode(stanza.body)
        # One line more than needed when the body fills its lines: the last line must be shorter than the others.
        body = [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
        lines += ["-> " + " ".join(stanza.arguments), *body]
    return VERSION_LINE + "".join(line + "\n" for line in lines).encode("ascii") + b"---"


def finish(covered: bytes, mac: bytes) -> bytes:
    """Return the whole header: what `render` gave, and the MAC over it."""
    return covered + b" " + encode(mac).encode("ascii") + b"\n"


class _Lines:
    """Reads a header line by line, within the limit, and keeps what was read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.read = bytearray()

    def next(self) -> str:
        """Return the next line without its end; raise HeaderError where there is none."""
        line = self._source.readline(MAX_HEADER_BYTES - len(self.read))
        self.read += line
        if not line.endswith(b"\n"):
            raise HeaderError("The age header is cut short, or too long to be one.")
        try:
            return line[:-1].decode("ascii")
        except UnicodeDecodeError as mistake:
            raise HeaderError("The age header holds characters that are no ASCII.") from mistake


def parse(source: BinaryIO) -> Header:
    """Read one header and leave *source* at the first byte of the payload; raise HeaderError."""
    lines = _Lines(source)
    if lines.next().encode("ascii") + b"\n" != VERSION_LINE:
        raise HeaderError("This is no age v1 file.")
    stanzas: list[Stanza] = []
    while not (line := lines.next()).startswith("---"):
        stanzas.append(_stanza(line, lines))
    mac = decode(line[4:])
    if not stanzas or line[3:4] != " " or len(mac) != 32:
        raise HeaderError("The age header does not end as it must.")
    return Header(tuple(stanzas), mac, bytes(lines.read[: -len(line) - 1]) + b"---")


def _stanza(line: str, lines: _Lines) -> Stanza:
    arguments = tuple(line.removeprefix("-> ").split(" "))
    if not line.startswith("-> ") or not all(map(is_argument, arguments)):
        raise HeaderError("A stanza of the age header does not begin as it must.")
    text = ""
    while True:
        part = lines.next()
        if len(part) > COLUMNS:
            raise HeaderError("A line of the age header is too long.")
        text += part
        if len(part) < COLUMNS:
            return Stanza(arguments, decode(text))
