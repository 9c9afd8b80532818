"""Hands one sealed original back as it was submitted, so that a person can look at it. The ledger says so first."""

from __future__ import annotations

from pathlib import Path

from toolkit.catalog import Catalog
from toolkit.confine import Child
from toolkit.errors import InputError
from vault import Vault
from vault.files import write_atomically

#: What a file is called by its content. Nothing else gets an extension that a program would open it for.
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/zip": ".zip",
    "application/xml": ".xml",
    "message/rfc822": ".eml",
    "text/plain": ".txt",
    "text/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/heic": ".heic",
    "image/avif": ".avif",
}
_ANY = ".bin"


def hand_out(vault: Vault, catalog: Catalog, id: str, out: Path) -> Path:
    """Write the original of document *id* into *out*, byte for byte, named by its id, for the owner's eyes alone.

    Raise UnknownNameError, and InputError where its bytes were given up or cannot be written.
    """
    document = catalog.document(id)
    data = vault.compartment(document.case).get(document.sha256_sealed)
    if not data:
        raise InputError(f"Document {id} holds nothing.", remedy=document.reason)
    path = out / f"{document.id}{_extension(data)}"
    vault.ledger.append("document.handed-out", document=document.id, case=document.case)
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    return path


def _extension(data: bytes) -> str:
    with Child() as child:
        try:
            found: str = child.call("toolkit.sniff:media_type", data, result=str)
        except InputError:
            return _ANY
    return _EXTENSIONS.get(found, _ANY)
