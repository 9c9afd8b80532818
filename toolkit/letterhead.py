"""The house style on a Word file: letterhead, foot line, font and colours, all from one folder.

Knows Word files and `house.toml`; knows no facts. It may dress a finished letter or, once for all, the template the
letters are made of: what it adds holds no tags. What the file says itself stays.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import msgspec

from toolkit import letterhead_parts, letterhead_word, shipped
from toolkit.definitions import load as load_definition
from toolkit.errors import DefinitionError

#: The environment variable that names the folder of the house style.
VARIABLE = "MOBILITY_HOUSE"
_FILE = "house.toml"
#: A letterhead made in Word, if the folder has one.
_WORD = "letterhead.docx"
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
#: A logo in a letter of a few pages: more is a picture made for posters, carried by every letter.
_LARGEST_LOGO = 1_000_000
_TAG = re.compile(r"\{\{|\{%|\{#")
#: As templates are made: a little larger, in half the time.
_EFFORT = 3


class _Colours(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    ink: str = "1F2A44"
    quiet: str = "5B6475"
    line: str = "C9CFDA"
    shade: str = "EEF1F6"


class _Definition(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of `house.toml`."""

    company: str = ""
    address: tuple[str, ...] = ()
    logo: str = ""
    logo_height_mm: int = 12
    font: str = "Arial"
    colours: _Colours = _Colours()
    registration: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class House:
    """A house style, read and checked. `registration` holds (language, line); `logo` the bytes of a PNG or JPEG."""

    company: str = ""
    address: tuple[str, ...] = ()
    font: str = "Arial"
    ink: str = "1F2A44"
    quiet: str = "5B6475"
    line: str = "C9CFDA"
    shade: str = "EEF1F6"
    registration: tuple[tuple[str, str], ...] = ()
    logo: bytes = field(default=b"", repr=False)
    logo_kind: str = ""
    #: Width and height in millimetres.
    logo_size: tuple[float, float] = (0.0, 0.0)
    #: Head and foot of `letterhead.docx`.
    head: letterhead_word.Piece | None = None
    foot: letterhead_word.Piece | None = None

    def registered(self, language: str) -> str:
        """Return the foot line for *language* ("de" or "de-DE"): that of the language, else the English, else none."""
        lines = dict(self.registration)
        return lines.get(language[:2]) or lines.get("en", "")


def place(folder: Path | None = None) -> Path:
    """Return where the house style lies: *folder*, else what MOBILITY_HOUSE names, else the toolkit's own."""
    if folder is not None:
        return folder
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else shipped.folder("templates") / "house"


def load(folder: Path | None = None) -> House:
    """Read the house style in *folder* (see `place`). Raises DefinitionError naming the file and the remedy."""
    home = place(folder)
    definition = load_definition(home / _FILE, _Definition)
    for name in ("ink", "quiet", "line", "shade"):
        if not _COLOUR.fullmatch(getattr(definition.colours, name)):
            raise DefinitionError(f"{home / _FILE}: colours.{name} is not six hexadecimal digits, such as 1F2A44")
    written = [definition.company, *definition.address, definition.font, *definition.registration.values()]
    if any(_TAG.search(each) for each in written):
        raise DefinitionError(
            f"{home / _FILE}: tags such as {{{{ … }}}} have no meaning here: write the words themselves"
        )
    logo, kind, size = _logo(home, definition)
    colours = definition.colours
    word = home / _WORD
    head, foot = letterhead_word.pieces(word.read_bytes(), str(word)) if word.is_file() else (None, None)
    return House(
        definition.company, definition.address, definition.font, colours.ink, colours.quiet, colours.line,
        colours.shade, tuple(definition.registration.items()), logo, kind, size, head, foot,
    )  # fmt: skip


def _logo(home: Path, definition: _Definition) -> tuple[bytes, str, tuple[float, float]]:
    """Return the logo's bytes, "png" or "jpeg", and its printed size in millimetres."""
    if not definition.logo:
        return b"", "", (0.0, 0.0)
    if Path(definition.logo).name != definition.logo:
        raise DefinitionError(f"{home / _FILE}: the logo lies in the same folder: write its file name only")
    path = home / definition.logo
    try:
        data = path.read_bytes()
    except OSError as mistake:
        raise DefinitionError(f"{path}: the logo cannot be read: {mistake.strerror}") from mistake
    kind = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), "")
    if not kind:
        raise DefinitionError(f"{path}: the logo is neither a PNG nor a JPEG file: save it as PNG")
    if len(data) > _LARGEST_LOGO:
        raise DefinitionError(f"{path}: the logo is larger than 1 MB, and every letter would carry it: make it smaller")
    if not 3 <= definition.logo_height_mm <= 40:
        raise DefinitionError(f"{home / _FILE}: logo_height_mm is a height from 3 to 40")
    across, down = _pixels(data, path)
    return data, kind, (definition.logo_height_mm * across / down, float(definition.logo_height_mm))


def _pixels(data: bytes, path: Path) -> tuple[int, int]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            size: tuple[int, int] = picture.size
            return size
    except (UnidentifiedImageError, OSError) as mistake:
        raise DefinitionError(f"{path}: the logo cannot be opened as a picture: save it anew as PNG") from mistake


def dress(docx: bytes, house: House, *, language: str = "en") -> bytes:
    """Return *docx* (a letter, or a template) in the house style; the same input gives the same bytes.

    Raises DefinitionError when *docx* is no Word file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as bundle:
            infos = [info for info in bundle.infolist() if not info.is_dir()]
            parts = {info.filename: bundle.read(info) for info in infos}
    except zipfile.BadZipFile as mistake:
        raise DefinitionError("the letter to dress is no Word file (.docx)") from mistake
    if letterhead_parts.DOCUMENT not in parts:
        raise DefinitionError("the letter to dress is no Word file (.docx)")
    stamps = {info.filename: info.date_time for info in infos}
    return _packed(_dressed(parts, house, language), stamps)


def _dressed(parts: Mapping[str, bytes], house: House, language: str) -> dict[str, bytes]:
    made = dict(parts)
    if "word/styles.xml" in made:
        made["word/styles.xml"] = _styles(made["word/styles.xml"], house)
    letterhead = letterhead_parts.Letterhead(
        house.company, house.address, house.logo, house.logo_kind, house.logo_size, house.registered(language),
        house.head, house.foot,
    )  # fmt: skip
    if letterhead.says_something:
        letterhead_parts.place(made, letterhead, language)
    return made


@lru_cache(maxsize=256)
def _styles(styles: bytes, house: House) -> bytes:
    """Styles of one template are the same in every letter of it: worked out once."""
    return letterhead_parts.restyled(styles, house.font, house.ink, house.quiet, house.line, house.shade)


def _packed(parts: Mapping[str, bytes], stamps: Mapping[str, tuple[int, int, int, int, int, int]]) -> bytes:
    out = io.BytesIO()
    stamp = min(stamps.values())
    with zipfile.ZipFile(out, "w") as bundle:
        for name, content in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, stamps.get(name, stamp)), content, zipfile.ZIP_DEFLATED, _EFFORT)
    return out.getvalue()
