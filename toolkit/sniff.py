"""The media type of a file by its content alone; names and extensions are never believed.

Signatures of the types we read are checked here, because acceptance must not hang on a database; libmagic (the library
and the database of the `pylibmagic` wheel, both by full path) only names what is left, so that the answer to the sender
is helpful. Knows formats; opens nothing.
"""

from __future__ import annotations

import ctypes
import io
import re
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from toolkit import cades

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"
MAIL = "message/rfc822"
XML = "application/xml"
TEXT = "text/plain"
OLE = "application/x-ole-storage"

_OOXML = {
    "word/document.xml": WORD,
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
#: The body of a Word file, as programs name it that number it.
_BODY = re.compile(r"word/document\d*\.xml")
#: Brands of the ISO base media file format that libheif reads as still pictures (ISO/IEC 23008-12).
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2", b"avif"}
_MAIL_FIELD = re.compile(
    rb"(?im)^(from|to|cc|subject|date|received|return-path|message-id|mime-version|delivered-to|reply-to|sender|"
    rb"content-type|content-transfer-encoding|x-[a-z-]+)[ \t]*:"
)
_PDF_REMAINS = re.compile(rb"\A\s*%PDF|\bstartxref\s+\d|\bendobj\b|\btrailer\s*<<|\b\d+ \d+ ?obj\s*<<")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CONTROLS = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f\x1b")


def media_type(data: bytes) -> str:
    """Return the media type of *data* by content; "application/octet-stream" where nothing is recognised.

    XML in a signed envelope (`.xml.p7m`) is XML: what it says is inside.
    """
    return _picture(data) or _container(data) or _signed(data) or _written(data) or _named_by_libmagic(data)


def _picture(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "image/tiff"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and len(data) > 26 and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return "image/bmp"
    return _heif(data)


def _heif(data: bytes) -> str:
    if data[4:8] != b"ftyp":
        return ""
    size = int.from_bytes(data[:4], "big")
    # The major brand may be private; then a compatible brand decides.
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, min(size, 256, len(data)), 4))]
    known = next((brand for brand in brands if brand in _HEIF), b"")
    return "" if not known else "image/avif" if known == b"avif" else "image/heic"


def _container(data: bytes) -> str:
    # Readers accept a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H.3.4.1); mail that
    # quotes a PDF and archives that hold one begin with their own marks, so those are looked at first.
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLE
    if is_mail(data):
        return MAIL
    if data.startswith((b"MZ", b"\x7fELF")):
        return ""
    # A PDF that lost its header is a damaged PDF, not a text about one.
    return PDF if b"%PDF-" in data[:1029] or _PDF_REMAINS.search(data[:4096] + data[-1024:]) else ""


def _signed(data: bytes) -> str:
    inner = cades.content(data)
    return XML if inner is not None and _written(inner) == XML else ""


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ZIP
    if "[Content_Types].xml" in names:
        # Some programs number the body of a Word file.
        word = any(_BODY.fullmatch(name) for name in names)
        return WORD if word else next((kind for part, kind in _OOXML.items() if part in names), ZIP)
    return "application/vnd.oasis.opendocument.text" if {"mimetype", "content.xml"} <= names else ZIP


def is_mail(data: bytes) -> bool:
    """Tell whether *data* opens with a block of mail header fields (RFC 5322), at least two of them well known."""
    head = data[:65536].lstrip(b"\r\n\xef\xbb\xbf")
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    first = block.split(b"\n", 1)[0]
    if not (first.startswith(b"From ") or re.match(rb"[!-9;-~]+[ \t]*:", first)):
        return False
    found = {name.lower() for name in _MAIL_FIELD.findall(block)}
    return len(found) >= 2


def text(data: bytes) -> str | None:
    """Return *data* as text if it is text: UTF-8, UTF-16 with a mark, or Windows-1252; None if it is binary."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    for each in (encoding, "cp1252"):
        try:
            decoded = data.decode(each)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS & set(decoded) else decoded
    return None


def _written(data: bytes) -> str:
    content = text(data)
    if content is None or not content.strip():
        return ""
    start = content.lstrip()[:2048].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body", "<script")):
        return "text/html"
    if start.startswith("{\\rtf"):
        return "text/rtf"
    if start.startswith("<"):
        return _markup(data, start)
    if start.startswith(("#!", "<?php", "@echo", "%!ps")):
        return "text/x-script"
    return TEXT


def _markup(data: bytes, start: str) -> str:
    try:
        root = etree.fromstring(data, xml_parser())
    except (etree.XMLSyntaxError, ValueError):
        if re.search(r"<(html|body|table|div|p)\b", start):
            return "text/html"
        # What calls itself XML and is none was cut off on its way: it is damaged, and no text to be read line by line.
        return XML if start.startswith("<?xml") else TEXT
    name = etree.QName(root).localname.lower() if isinstance(root.tag, str) else ""
    return {"html": "text/html", "svg": "image/svg+xml"}.get(name, XML)


def xml_parser() -> etree.XMLParser:
    """Return a parser that expands no entity, loads no DTD, fetches nothing and keeps the library's size limits."""
    return etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, dtd_validation=False
    )


def _named_by_libmagic(data: bytes) -> str:
    library, cookie = _libmagic()
    if library is None:
        return "application/octet-stream"
    name = library.magic_buffer(cookie, data, ctypes.c_size_t(min(len(data), 1 << 20)))
    return name.decode("ascii", "replace") if name else "application/octet-stream"


@cache
def _libmagic() -> tuple[ctypes.CDLL | None, ctypes.c_void_p]:
    # Neither `import magic` nor `import pylibmagic`: the first finds a system library and gives it the wheel's
    # database, whose version does not fit; the second patches ctypes for the whole process.
    wheel = find_spec("pylibmagic")
    folder = Path((wheel.submodule_search_locations or [""])[0]) if wheel else Path()
    file = next((each for name in ("libmagic.so.1", "libmagic.dylib") if (each := folder / name).is_file()), None)
    if file is None:
        return None, ctypes.c_void_p()
    library = ctypes.CDLL(str(file))
    library.magic_open.restype = ctypes.c_void_p
    library.magic_buffer.restype = ctypes.c_char_p
    library.magic_buffer.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
    mime_type = 0x10
    cookie = ctypes.c_void_p(library.magic_open(mime_type))
    loaded = library.magic_load(cookie, str(folder / "magic.mgc").encode()) == 0
    return (library if loaded else None), cookie
