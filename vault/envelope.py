"""Seals and opens one stream in the age v1 file format; the only module that touches a cipher.

Specification: c2sp.org/age. It knows no kind of key: a Recipient wraps the file key of a new file into a stanza, an
Identity finds the file key in the stanzas of a file. Who they are is for vault.keys.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.errors import HeaderError, HeaderMacError, PayloadError, VaultError, WrongKeyError
from vault.header import Stanza, finish, parse, render

CHUNK = 64 * 1024
TAG = 16
FILE_KEY = 16
NONCE = 16


class Recipient(Protocol):
    """Somebody a file can be sealed to."""

    @property
    def mixes(self) -> bool:
        """Whether a file may have other recipients beside this one; a passphrase stands alone."""
        ...

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the stanza that carries *file_key* to this recipient."""
        ...


class Identity(Protocol):
    """Somebody who can open what was sealed to its recipient."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity; raise HeaderError on a malformed one."""
        ...


def derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes by HKDF-SHA-256, the only derivation of the format."""
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def wrap_key(wrapping: bytes, file_key: bytes) -> bytes:
    """Encrypt a file key under a key that encrypts nothing else."""
    # The nonce can be fixed: the format gives every stanza of every file a wrapping key of its own.
    return ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)


def unwrap_key(wrapping: bytes, body: bytes) -> bytes | None:
    """Return the file key in *body* (which is FILE_KEY + TAG long), or None when *wrapping* is not its key."""
    try:
        return ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
    except InvalidTag:
        return None


def seal(plaintext: bytes, recipients: Iterable[Recipient]) -> bytes:
    """Return *plaintext* as an age file that any one of *recipients* can open."""
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), sealed, recipients)
    return sealed.getvalue()


def unseal(sealed: bytes, identities: Iterable[Identity]) -> bytes:
    """Return the plaintext; raise WrongKeyError or TamperedError, and then return no part of it."""
    plaintext = io.BytesIO()
    unseal_stream(io.BytesIO(sealed), plaintext, identities)
    return plaintext.getvalue()


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Iterable[Recipient]) -> None:
    """Write what *source* holds to *target* as an age file, a chunk in memory at a time."""
    recipients = tuple(recipients)
    if not recipients:
        raise VaultError("Nothing can be sealed to nobody.", remedy="Give at least one recipient.")
    if len(recipients) > 1 and not all(each.mixes for each in recipients):
        raise VaultError("A passphrase cannot be mixed with other recipients.", remedy="Seal twice.")
    file_key, nonce = os.urandom(FILE_KEY), os.urandom(NONCE)
    covered = render(tuple(each.wrap(file_key) for each in recipients))
    target.write(finish(covered, _header_mac(file_key, covered)))
    target.write(nonce)
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    for number, chunk, last in _chunks(source, CHUNK):
        target.write(cipher.encrypt(_chunk_nonce(number, last), chunk, None))


def unseal_stream(source: BinaryIO, target: BinaryIO, identities: Iterable[Identity]) -> None:
    """Write the plaintext of the age file in *source* to *target*, each chunk only once it is known to be genuine.

    Raise WrongKeyError or TamperedError. After a PayloadError *target* holds a genuine beginning that must not be taken
    for the whole: throw it away.
    """
    header = parse(source)
    file_key = _file_key(header.stanzas, identities)
    if not hmac.compare_digest(_header_mac(file_key, header.covered), header.mac):
        raise HeaderMacError("The header of the sealed file was changed.")
    nonce = source.read(NONCE)
    if len(nonce) != NONCE:
        raise HeaderError("The sealed file is cut short.")
    cipher = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
    for number, chunk, last in _chunks(source, CHUNK + TAG):
        if number and len(chunk) <= TAG:
            # An empty last chunk is legal only where all is empty; otherwise there would be two ways to write a file.
            raise PayloadError("The sealed file is cut short or was extended.")
        plaintext, marked_last = _open_chunk(cipher, number, chunk, last)
        target.write(plaintext)
        if marked_last != last:
            raise PayloadError("The sealed file is cut short or was extended.")


def _open_chunk(cipher: ChaCha20Poly1305, number: int, chunk: bytes, last: bool) -> tuple[bytes, bool]:
    """Return the plaintext of a chunk and whether it was marked as the last when it was written."""
    # A full chunk that stands in the wrong place is genuine all the same: it is released, and the failure comes after.
    for mark in (last, not last) if len(chunk) == CHUNK + TAG else (True,):
        try:
            return cipher.decrypt(_chunk_nonce(number, mark), chunk, None), mark
        except InvalidTag:
            continue
    raise PayloadError("The sealed file was changed, cut short or extended.")


def _file_key(stanzas: Sequence[Stanza], identities: Iterable[Identity]) -> bytes:
    for identity in identities:
        file_key = identity.unwrap(stanzas)
        if file_key is not None:
            return file_key
    raise WrongKeyError("None of the keys given opens the sealed file.")


def _header_mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), covered, hashlib.sha256)


def _chunk_nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield (number, chunk, whether it is the last); an empty source gives one empty chunk."""
    number, chunk = 0, _fill(source, size)
    while True:
        # A full chunk may be the last one, so the next must be asked for before this one can be marked.
        following = _fill(source, size) if len(chunk) == size else b""
        yield number, chunk, not following
        if not following:
            return
        number, chunk = number + 1, following


def _fill(source: BinaryIO, size: int) -> bytes:
    """Read *size* bytes, fewer only at the end; pipes and sockets give less than asked."""
    data = source.read(size)
    while data and len(data) < size:
        more = source.read(size - len(data))
        if not more:
            break
        data += more
    return data
