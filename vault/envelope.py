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
from typing import BinaryIO, Protocol, TypeAlias

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
#: How many chunks are read, ciphered and written together: a call of Python costs as much as some kilobytes of cipher.
BATCH = 16
#: A few chunks, and whether nothing follows them.
_Piece: TypeAlias = tuple[memoryview, bool]


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
    _seal_pieces(_begin(sealed, recipients), _slices(memoryview(plaintext), BATCH * CHUNK), sealed)
    return sealed.getvalue()


def unseal(sealed: bytes, identities: Iterable[Identity]) -> bytes:
    """Return the plaintext; raise WrongKeyError or TamperedError, and then return no part of it."""
    source, plaintext = io.BytesIO(sealed), io.BytesIO()
    cipher = _opened(source, identities)
    _open_pieces(cipher, _slices(memoryview(sealed)[source.tell() :], BATCH * (CHUNK + TAG)), plaintext)
    return plaintext.getvalue()


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Iterable[Recipient]) -> None:
    """Write what *source* holds to *target* as an age file, a few chunks in memory at a time."""
    _seal_pieces(_begin(target, recipients), _pieces(source, BATCH * CHUNK), target)


def unseal_stream(source: BinaryIO, target: BinaryIO, identities: Iterable[Identity]) -> None:
    """Write the plaintext of the age file in *source* to *target*, each chunk only once it is known to be genuine.

    Raise WrongKeyError or TamperedError. After a PayloadError *target* holds a genuine beginning that must not be taken
    for the whole: throw it away.
    """
    _open_pieces(_opened(source, identities), _pieces(source, BATCH * (CHUNK + TAG)), target)


def _begin(target: BinaryIO, recipients: Iterable[Recipient]) -> ChaCha20Poly1305:
    """Write the header of a new file and return the cipher of its payload."""
    recipients = tuple(recipients)
    if not recipients:
        raise VaultError("Nothing can be sealed to nobody.", remedy="Give at least one recipient.")
    if len(recipients) > 1 and not all(each.mixes for each in recipients):
        raise VaultError("A passphrase cannot be mixed with other recipients.", remedy="Seal twice.")
    file_key, nonce = os.urandom(FILE_KEY), os.urandom(NONCE)
    covered = render(tuple(each.wrap(file_key) for each in recipients))
    target.write(finish(covered, _header_mac(file_key, covered)) + nonce)
    return ChaCha20Poly1305(derive(file_key, nonce, b"payload"))


def _opened(source: BinaryIO, identities: Iterable[Identity]) -> ChaCha20Poly1305:
    """Read and check the header and return the cipher of the payload, which comes next in *source*."""
    header = parse(source)
    file_key = _file_key(header.stanzas, identities)
    if not hmac.compare_digest(_header_mac(file_key, header.covered), header.mac):
        raise HeaderMacError("The header of the sealed file was changed.")
    nonce = source.read(NONCE)
    if len(nonce) != NONCE:
        raise HeaderError("The sealed file is cut short.")
    return ChaCha20Poly1305(derive(file_key, nonce, b"payload"))


def _seal_pieces(cipher: ChaCha20Poly1305, pieces: Iterable[_Piece], target: BinaryIO) -> None:
    number, room = 0, bytearray()
    for piece, last in pieces:
        count = max(1, -(-len(piece) // CHUNK))
        # Kept from piece to piece: fresh memory costs a third of what the cipher does.
        room = room if len(room) == len(piece) + count * TAG else bytearray(len(piece) + count * TAG)
        made = memoryview(room)
        for place in range(count):
            nonce = _chunk_nonce(number + place, last and place == count - 1)
            chunk = piece[place * CHUNK : (place + 1) * CHUNK]
            cipher.encrypt_into(nonce, chunk, None, made[place * (CHUNK + TAG) : (place + 1) * (CHUNK + TAG)])
        target.write(made)
        number += count


def _open_pieces(cipher: ChaCha20Poly1305, pieces: Iterable[_Piece], target: BinaryIO) -> None:
    number, room = 0, memoryview(bytearray())
    for piece, last in pieces:
        starts = range(0, max(1, len(piece)), CHUNK + TAG)
        room = room if len(room) >= len(piece) else memoryview(bytearray(len(piece)))
        genuine = 0
        for start in starts:
            chunk, final = piece[start : start + CHUNK + TAG], last and start == starts[-1]
            marked = _open_chunk(cipher, number, chunk, final, room[genuine:])
            genuine += len(chunk) - TAG if marked is not None else 0
            number += 1
            if marked != final:
                # A full chunk in the wrong place is genuine all the same: it is released, and the failure comes after.
                target.write(room[:genuine])
                raise PayloadError("The sealed file was changed, cut short or extended.")
        target.write(room[:genuine])


def _open_chunk(cipher: ChaCha20Poly1305, number: int, chunk: memoryview, final: bool, room: memoryview) -> bool | None:
    """Write the plaintext of a chunk to *room*; return whether it was marked as the last, None where it was changed."""
    # An empty last chunk is legal only where all is empty; otherwise there would be two ways to write a file.
    if len(chunk) < TAG or (number and len(chunk) == TAG):
        return None
    for mark in (final, not final) if len(chunk) == CHUNK + TAG else (True,):
        try:
            cipher.decrypt_into(_chunk_nonce(number, mark), chunk, None, room[: len(chunk) - TAG])
        except InvalidTag:
            continue
        return mark
    return None


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


def _slices(data: memoryview, size: int) -> Iterator[_Piece]:
    """Yield *data* in pieces of *size* bytes, the last shorter, and whether each is the last."""
    for start in range(0, max(1, len(data)), size):
        yield data[start : start + size], start + size >= len(data)


def _pieces(source: BinaryIO, size: int) -> Iterator[_Piece]:
    """Yield what *source* holds in pieces of *size* bytes, the last shorter, and whether each is the last."""
    piece = _fill(source, size)
    while True:
        # A full piece may be the last one, so the next must be asked for before this one can be marked.
        following = _fill(source, size) if len(piece) == size else b""
        yield memoryview(piece), not following
        if not following:
            return
        piece = following


def _fill(source: BinaryIO, size: int) -> bytes:
    """Read *size* bytes, fewer only at the end; pipes and sockets give less than asked."""
    parts = [source.read(size)]
    missing = size - len(parts[0])
    while parts[-1] and missing:
        parts.append(source.read(missing))
        missing -= len(parts[-1])
    return b"".join(parts) if len(parts) > 1 else parts[0]
