"""An officer's own two key pairs as one text: X25519 to open with, Ed25519 to sign with, and whose signature began it
all.

The text is an age identity file, so the plain `age` tool takes it. It lies in the vault's folder under her passphrase,
or outside in a file that she alone can read, or wherever her system keeps secrets. Whoever can write it can make her
trust another vault: that is why it is kept like a key even where only its public parts are at stake.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.envelope import unseal
from vault.errors import TamperedError, VaultError
from vault.files import write_durably
from vault.header import VERSION_LINE
from vault.keys import ScryptIdentity, X25519Identity

_OFFICER = "# officer: "
_VAULT = "# vault: "
#: The key that the first statement of the roll (in the first format: everything) is signed with.
_ANCHOR = "# vault signing key: "
_SIGNING = "# signing secret: "
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class OfficerKeys:
    """Who she is, what she opens and signs with, and the key that all trust in her vault hangs on.

    *signing* is None in identities of the first format, where officers have no signatures of their own.
    """

    label: str
    identity: X25519Identity
    signing: Ed25519PrivateKey | None
    anchor: bytes
    vault: str = ""

    @classmethod
    def generate(cls, label: str, *, vault: str, anchor: bytes = b"") -> OfficerKeys:
        """Make new keys; without *anchor* they are the founder's, and their signature is the anchor."""
        signing = Ed25519PrivateKey.generate()
        return cls(label, X25519Identity.generate(), signing, anchor or signing.public_key().public_bytes_raw(), vault)

    @property
    def own_signing(self) -> Ed25519PrivateKey:
        """The signing key; raise TamperedError where the identity is of the first format and has none."""
        if self.signing is None:
            raise TamperedError("The officer's identity file holds no key to sign with.")
        return self.signing

    @property
    def public_signing(self) -> str:
        """The public half of the signing key, in hexadecimal; empty in the first format."""
        return self.signing.public_key().public_bytes_raw().hex() if self.signing else ""

    def text(self) -> str:
        """Return the identity file: the secrets themselves."""
        lines = [f"{_OFFICER}{self.label}", f"{_VAULT}{self.vault}", f"{_ANCHOR}{self.anchor.hex()}"]
        if self.signing:
            lines.append(f"{_SIGNING}{self.signing.private_bytes_raw().hex()}")
        return "\n".join([*lines, str(self.identity)]) + "\n"

    @classmethod
    def parse(cls, text: str, label: str = "") -> OfficerKeys:
        """Read an identity file; raise TamperedError where it is none, or another officer's than *label*."""
        keys = [line for line in text.splitlines() if line and not line.startswith("#")]
        said = {mark: _after(text, mark) for mark in (_OFFICER, _VAULT, _ANCHOR, _SIGNING)}
        whose = said[_OFFICER][0] if said[_OFFICER] else ""
        if len(keys) != 1 or len(said[_ANCHOR]) != 1 or any(len(each) > 1 for each in said.values()):
            raise TamperedError("The officer's identity file does not hold what it must.")
        if label and whose != label:
            raise TamperedError(f"The identity file of officer {label} is another's.")
        try:
            anchor = bytes.fromhex(said[_ANCHOR][0])
            secret = bytes.fromhex(said[_SIGNING][0]) if said[_SIGNING] else None
            signing = Ed25519PrivateKey.from_private_bytes(secret) if secret is not None else None
        except ValueError:
            # The cause would show what stands in the file.
            raise TamperedError("The officer's identity file holds a key that is none.") from None
        return cls(whose, X25519Identity.parse(keys[0]), signing, anchor, "".join(said[_VAULT]))

    def __repr__(self) -> str:
        return f"<OfficerKeys {self.label}>"


def write_identity_file(path: Path, keys: OfficerKeys) -> None:
    """Write *keys* into a new file that its owner alone can read; raise VaultError where there is a file already."""
    try:
        write_durably(path, keys.text().encode())
    except FileExistsError as mistake:
        raise VaultError("There is a file of that name already.", remedy="Choose another name.") from mistake


def read_identity_file(path: Path, passphrase: str | None = None) -> OfficerKeys:
    """Read an identity file outside the vault; one that `age -p` has sealed needs its *passphrase*.

    Raise VaultError for a symbolic link, for what is no plain file, and for a file that is another user's or that
    others can read or write: then its secrets may be known to them.
    """
    data = read_private(path)
    if data.startswith(VERSION_LINE):
        if passphrase is None:
            raise VaultError("The identity file is under a passphrase.", remedy="Give its passphrase as well.")
        data = unseal(data, [ScryptIdentity(passphrase)])
    try:
        return OfficerKeys.parse(data.decode())
    except UnicodeDecodeError:
        raise TamperedError("The officer's identity file is no text.") from None


def read_private(path: Path) -> bytes:
    """Return what stands in a small file that is the user's alone; raise VaultError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as mistake:
        raise VaultError(
            "The identity file cannot be opened, or is a symbolic link.", remedy="Give the plain file itself."
        ) from mistake
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            raise VaultError("The identity file is no plain small file.")
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise VaultError(
                "The identity file is another user's, or others can read or change it.",
                remedy="Take their rights away (chmod 600), and if they may have read it, make new keys.",
            )
        return os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)


def _after(text: str, mark: str) -> list[str]:
    return [line.removeprefix(mark).strip() for line in text.splitlines() if line.startswith(mark)]
