"""What arrives: its true type, whether it may come in, and what lies in it when it is a container.

Runs in a confined child. Decides by content, never by name; knows no kind of document, no case and no key. Every
refusal is an InputError with its cause and what to ask for instead.
"""

from __future__ import annotations

from pathlib import PurePath

from toolkit import sniff
from toolkit.arrival import Arrival, Limits, Member
from toolkit.errors import EncryptedError, InputError, TooLargeError, UnknownFormatError, UnreadableError
from toolkit.pages import pdf, picture, word
from toolkit.unpack import unmail, unzip

__all__ = ["Arrival", "Limits", "Member", "inspect"]

_ANOTHER_COPY = "Ask for another copy of the document."
_AS_PDF = "Ask for the document as a PDF."


#: What each refused type is called, and what to ask for.
_REFUSED = {
    "text/html": ("a web page", _AS_PDF),
    "text/rtf": ("a rich text file", "Ask for it saved as .docx or PDF."),
    "application/vnd.oasis.opendocument.text": ("an OpenDocument text", "Ask for it saved as .docx or PDF."),
    "image/svg+xml": ("a drawing", _AS_PDF),
    "text/x-script": ("a program", "Ask what was meant to be sent."),
    "application/x-7z-compressed": ("an archive", "Ask for the documents as single files or as .zip."),
    "application/x-rar": ("an archive", "Ask for the documents as single files or as .zip."),
    "application/gzip": ("an archive", "Ask for the documents as single files or as .zip."),
    "application/x-tar": ("an archive", "Ask for the documents as single files or as .zip."),
    "application/octet-stream": ("no type of document that is known", _ANOTHER_COPY),
}
_EXTENSIONS = {
    sniff.PDF: {".pdf"},
    sniff.WORD: {".docx", ".docm", ".dotx", ".dotm"},
    sniff.ZIP: {".zip"},
    sniff.MAIL: {".eml"},
    sniff.XML: {".xml"},
    sniff.TEXT: {".txt", ".md", ".csv", ".text", ".log"},
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "image/png": {".png"},
    "image/tiff": {".tif", ".tiff"},
    "image/gif": {".gif"},
    "image/webp": {".webp"},
    "image/bmp": {".bmp", ".dib"},
    "image/heic": {".heic", ".heif", ".hif"},
    "image/avif": {".avif"},
}


def inspect(data: bytes, name: str, depth: int = 0, limits: Limits = Limits()) -> Arrival:  # noqa: B008 (frozen)
    """Return what *data* is and what lies in it, one level deep; *depth* counts the containers it came out of.

    *name* is only compared with the content: a wrong extension is a note. Raises UnreadableError, EncryptedError,
    TooLargeError, HostileError or UnknownFormatError.
    """
    if not data:
        raise UnreadableError("The file is empty.", remedy=_ANOTHER_COPY)
    if len(data) > limits.bytes:
        raise TooLargeError(f"The file is larger than {limits.bytes >> 20} MB.", remedy="Ask for a smaller scan.")
    media_type = sniff.media_type(data)
    notes = _misnamed(name, media_type)
    if media_type in (sniff.ZIP, sniff.MAIL):
        return _container(data, media_type, depth, limits, notes)
    if media_type == sniff.PDF:
        pages, found = pdf.examine(data, limits.pages)
        return Arrival(media_type, notes=notes + found, pages=pages)
    if media_type == sniff.WORD:
        return Arrival(media_type, notes=notes + word.examine(data, limits.unpack.bytes))
    if media_type in picture.MEDIA_TYPES:
        return Arrival(media_type, notes=notes, pages=picture.examine(data, limits.pixels, limits.pages))
    if media_type in (sniff.XML, sniff.TEXT):
        return Arrival(media_type, notes=notes)
    raise _refusal(data, media_type)


def _container(data: bytes, media_type: str, depth: int, limits: Limits, notes: tuple[str, ...]) -> Arrival:
    if depth >= limits.depth:
        raise TooLargeError(
            f"More than {limits.depth} containers lie in one another.", remedy="Ask for the documents as single files."
        )
    members, found = (unzip if media_type == sniff.ZIP else unmail)(data, limits.unpack)
    if not members:
        what = "zip archive" if media_type == sniff.ZIP else "mail"
        raise UnreadableError(f"The {what} holds no document.", remedy=_ANOTHER_COPY)
    return Arrival(media_type, members, notes + found, pages=0)


def _misnamed(name: str, media_type: str) -> tuple[str, ...]:
    extension = PurePath(name).suffix.lower()
    known = _EXTENSIONS.get(media_type)
    if known is None or extension in known or not any(extension in each for each in _EXTENSIONS.values()):
        return ()
    return (f"the name ends in {extension}, the content is {media_type}",)


def _refusal(data: bytes, media_type: str) -> InputError:
    if media_type == sniff.OLE:
        return _ole(data)
    if media_type.startswith("application/vnd.openxmlformats"):
        return UnknownFormatError("The file is a spreadsheet or a presentation.", remedy=_AS_PDF)
    if "exec" in media_type or media_type.startswith(("application/x-mach", "application/x-sharedlib")):
        return UnknownFormatError("The file is a program.", remedy="Ask what was meant to be sent.")
    called, remedy = _REFUSED.get(media_type, (f"of type {media_type[:60]}, which cannot be read", _AS_PDF))
    return UnknownFormatError(f"The file is {called}.", remedy=remedy)


def _ole(data: bytes) -> InputError:
    """Tell old Office files, Outlook messages and encrypted Office files apart by their stream names."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        return EncryptedError("The Office file asks for a password.", remedy="Ask for it saved without one, or as PDF.")
    if has("__substg1.0_") or has("__properties_version1.0"):
        return UnknownFormatError("The file is an Outlook message (.msg).", remedy="Ask for it saved as .eml.")
    if has("WordDocument"):
        return UnknownFormatError(
            "The file is an old Word document (.doc).", remedy="Ask for it saved as .docx or PDF."
        )
    return UnknownFormatError("The file is an old Office file.", remedy=_AS_PDF)
