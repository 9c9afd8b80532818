"""The people who can open a vault: one age identity each, itself an age file under a passphrase.

An officer's identity file also holds the vault's signing key. Only who knows the passphrase can write such a file, so
that line is the anchor of all trust: whoever can write to the folder can seal a forged root secret to an officer's
public key, but cannot make it fit the signing key that the officer's passphrase protects.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

from vault.envelope import seal, unseal
from vault.errors import MissingError, TamperedError, VaultError, WrongKeyError
from vault.files import write_folder
from vault.header import Header, parse
from vault.keys import ScryptIdentity, ScryptRecipient, X25519Identity, X25519Recipient
from vault.root import Root

IDENTITY_FILE = "identity.age"
PUBLIC_FILE = "public.json"
_PURPOSE = "officer"
_SIGNING_KEY = "# vault signing key: "
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", re.ASCII)


def check_label(label: str, what: str) -> None:
    """Raise VaultError unless *label* can be the name of a folder in the vault."""
    if not _LABEL.fullmatch(label):
        raise VaultError(
            f"The name of the {what} cannot be used.",
            remedy="Use 1 to 64 letters, digits and . _ @ -, beginning with a letter or digit; it is readable to all.",
        )


class Officers:
    """The officers' files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def enrol(self, label: str, passphrase: str, work_factor: int, root: Root) -> X25519Identity:
        """Make a new officer; raise VaultError where one of that name is there already."""
        check_label(label, "officer")
        if (self._folder / label).exists():
            raise VaultError(f"There is an officer {label} already.")
        identity = X25519Identity.generate()
        text = f"# officer: {label}\n{_SIGNING_KEY}{root.public.hex()}\n{identity}\n"
        public = {"label": label, "recipient": str(identity.recipient)}
        write_folder(
            self._folder / label,
            {
                IDENTITY_FILE: seal(text.encode(), [ScryptRecipient(passphrase, work_factor)]),
                PUBLIC_FILE: root.write_entry(_PURPOSE, public),
            },
        )
        return identity

    def labels(self) -> list[str]:
        """Return the names of all officers, in order."""
        return sorted(path.name for path in self._folder.iterdir() if not path.name.startswith("."))

    def unlock(self, passphrase: str, label: str | None) -> tuple[str, X25519Identity, bytes]:
        """Return the officer's name, identity and the signing key it vouches for.

        Without *label*, try every officer. Raise WrongKeyError, or MissingError where there is no officer *label*.
        """
        labels = self.labels()
        if label is not None and label not in labels:
            raise MissingError(f"There is no officer {label}.", remedy=f"Officers: {', '.join(labels)}.")
        for each in labels if label is None else [label]:
            try:
                text = unseal((self._folder / each / IDENTITY_FILE).read_bytes(), [ScryptIdentity(passphrase)])
            except WrongKeyError:
                continue
            return each, *_parse(text.decode())
        raise WrongKeyError("The passphrase is wrong.")

    def recipients(self, root: Root) -> Mapping[str, X25519Recipient]:
        """Return every officer's public key by name; raise TamperedError where one was changed."""
        found = {}
        for label in self.labels():
            entry = root.read_entry(_PURPOSE, (self._folder / label / PUBLIC_FILE).read_bytes())
            if entry["label"] != label:
                raise TamperedError(f"The public key of officer {label} is another's.")
            found[label] = X25519Recipient.parse(str(entry["recipient"]))
        return found

    def problems(self, label: str, root: Root) -> list[str]:
        """Return in plain words what is wrong with one officer's files."""
        try:
            if [stanza.arguments[0] for stanza in read_header(self._folder / label / IDENTITY_FILE).stanzas] != [
                "scrypt"
            ]:
                return [f"officer {label}: the identity file is not sealed with a passphrase"]
            root.read_entry(_PURPOSE, (self._folder / label / PUBLIC_FILE).read_bytes())
        except (VaultError, OSError) as mistake:
            return [f"officer {label}: {describe(mistake)}"]
        return []


def read_header(path: Path) -> Header:
    """Return the age header of a key file; raise HeaderError or OSError."""
    return parse(io.BytesIO(path.read_bytes()))


def describe(mistake: Exception) -> str:
    """Return what went wrong without the path of the vault."""
    if isinstance(mistake, OSError):
        return f"{Path(str(mistake.filename)).name}: {mistake.strerror}"
    return str(mistake)


def _parse(text: str) -> tuple[X25519Identity, bytes]:
    keys = [line for line in text.splitlines() if line and not line.startswith("#")]
    signing = [line.removeprefix(_SIGNING_KEY) for line in text.splitlines() if line.startswith(_SIGNING_KEY)]
    if len(keys) != 1 or len(signing) != 1:
        raise TamperedError("The officer's identity file does not hold what it must.")
    return X25519Identity.parse(keys[0]), bytes.fromhex(signing[0])
