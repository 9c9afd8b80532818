"""Recipients and identities of age v1: X25519 key pairs and passphrases (scrypt). Knows no files and no vault."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from vault import bech32
from vault.envelope import FILE_KEY, TAG, derive, unwrap_key, wrap_key
from vault.errors import HeaderError, VaultError
from vault.header import Stanza, decode, encode

_X25519 = "X25519"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_RECIPIENT_PREFIX = "age"
_IDENTITY_PREFIX = "age-secret-key-"
_SCRYPT = "scrypt"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SCRYPT_SALT = 16
#: 2**18 takes about a second and 256 MiB; age's own default.
WORK_FACTOR = 18
#: 2**22 takes 4 GiB. A file may ask for any amount of work, so there has to be a most.
MAX_WORK_FACTOR = 22


class X25519Recipient:
    """The public half of a key pair: `age1...` as text."""

    mixes: ClassVar[bool] = True

    def __init__(self, public: bytes) -> None:
        self._public = X25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, text: str) -> X25519Recipient:
        """Read `age1...`; raise VaultError."""
        return cls(_key_bytes(text, _RECIPIENT_PREFIX, "recipient"))

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._public.public_bytes_raw()

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap *file_key* under a fresh ephemeral key."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrapping = derive(ephemeral.exchange(self._public), share + self.public, _X25519_INFO)
        return Stanza((_X25519, encode(share)), wrap_key(wrapping, file_key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)

    def __str__(self) -> str:
        return bech32.encode(_RECIPIENT_PREFIX, self.public)

    def __repr__(self) -> str:
        return f"<X25519Recipient {self}>"


class X25519Identity:
    """A key pair. Its text form `AGE-SECRET-KEY-1...` is the secret itself, so `str` is the only way to it."""

    def __init__(self, secret: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(secret)
        self.recipient = X25519Recipient(self._private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> X25519Identity:
        """Make a new key pair."""
        return cls(os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> X25519Identity:
        """Read `AGE-SECRET-KEY-1...`; raise VaultError, whose message never holds the text."""
        return cls(_key_bytes(text, _IDENTITY_PREFIX, "identity"))

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None; raise HeaderError on an X25519 stanza that breaks the format."""
        # All are looked at before any is opened: which of them was ours must not decide whether the file is valid.
        shares = [(_share(stanza), stanza.body) for stanza in stanzas if stanza.arguments[0] == _X25519]
        for share, body in shares:
            try:
                shared = self._private.exchange(X25519PublicKey.from_public_bytes(share))
            except ValueError as mistake:  # the all-zero result, which the format says must abort
                raise HeaderError("An X25519 stanza of the age header holds a low-order point.") from mistake
            file_key = unwrap_key(derive(shared, share + self.recipient.public, _X25519_INFO), body)
            if file_key is not None:
                return file_key
        return None

    def __str__(self) -> str:
        return bech32.encode(_IDENTITY_PREFIX, self._private.private_bytes_raw()).upper()

    def __repr__(self) -> str:
        return f"<X25519Identity of {self.recipient}>"


class ScryptRecipient:
    """Whoever knows a passphrase; stands alone in a file."""

    mixes: ClassVar[bool] = False

    def __init__(self, passphrase: str, work_factor: int = WORK_FACTOR) -> None:
        if not passphrase:
            raise VaultError("The passphrase is empty.", remedy="Choose one of several words.")
        if not 1 <= work_factor <= MAX_WORK_FACTOR:
            raise VaultError(f"The work factor is not between 1 and {MAX_WORK_FACTOR}.")
        self._passphrase = passphrase.encode()
        self._work_factor = work_factor

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap *file_key* under the passphrase and a fresh salt."""
        salt = os.urandom(_SCRYPT_SALT)
        wrapping = _stretch(self._passphrase, salt, self._work_factor)
        return Stanza((_SCRYPT, encode(salt), str(self._work_factor)), wrap_key(wrapping, file_key))


class ScryptIdentity:
    """A passphrase that may open a file; refuses files that ask for more work than 2**max_work_factor."""

    def __init__(self, passphrase: str, max_work_factor: int = MAX_WORK_FACTOR) -> None:
        self._passphrase = passphrase.encode()
        self._max_work_factor = max_work_factor

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None; raise HeaderError on a scrypt stanza that breaks the format or is not alone."""
        scrypt = [stanza for stanza in stanzas if stanza.arguments[0] == _SCRYPT]
        if not scrypt:
            return None
        if len(stanzas) != 1:
            # Otherwise a file could be opened by a passphrase its reader does not know of.
            raise HeaderError("A scrypt stanza stands beside others in the age header.")
        salt, work_factor = _scrypt_arguments(scrypt[0])
        if work_factor > self._max_work_factor:
            raise HeaderError(f"The sealed file asks for more work than 2**{self._max_work_factor}.")
        return unwrap_key(_stretch(self._passphrase, salt, work_factor), scrypt[0].body)


def _key_bytes(text: str, prefix: str, what: str) -> bytes:
    try:
        found, data = bech32.decode(text.strip())
    except ValueError as mistake:
        raise VaultError(f"This is no age {what}: {mistake}.") from mistake
    # Each half has its customary case, so that a secret is never mistaken for the other half.
    upper = text.strip().isupper()
    if found != prefix or len(data) != 32 or upper != (prefix == _IDENTITY_PREFIX):
        raise VaultError(f"This is no age X25519 {what}.")
    return data


def _check_body(stanza: Stanza) -> None:
    # Checked before decrypting: a longer body would let one file answer to several keys (partitioning oracle).
    if len(stanza.body) != FILE_KEY + TAG:
        raise HeaderError("A stanza of the age header holds a file key of the wrong size.")


def _share(stanza: Stanza) -> bytes:
    if len(stanza.arguments) != 2 or len(share := decode(stanza.arguments[1])) != 32:
        raise HeaderError("An X25519 stanza of the age header breaks the format.")
    _check_body(stanza)
    return share


def _scrypt_arguments(stanza: Stanza) -> tuple[bytes, int]:
    if len(stanza.arguments) != 3 or len(salt := decode(stanza.arguments[1])) != _SCRYPT_SALT:
        raise HeaderError("The scrypt stanza of the age header breaks the format.")
    # Three digits at most: int() would take a megabyte of them.
    if not re.fullmatch(r"[1-9][0-9]{0,2}", stanza.arguments[2], re.ASCII):
        raise HeaderError("The work factor in the age header is no plain number.")
    _check_body(stanza)
    return salt, int(stanza.arguments[2])


def _stretch(passphrase: bytes, salt: bytes, work_factor: int) -> bytes:
    return Scrypt(_SCRYPT_LABEL + salt, 32, 2**work_factor, 8, 1).derive(passphrase)
