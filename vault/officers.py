"""The officers' identity files in the vault's folder, each an age file under a passphrase. Knows no roles.

An identity file also holds the key that all trust hangs on. Only who knows the passphrase can write such a file:
whoever can write to the folder can seal a forged secret to an officer's public key, but cannot make it fit that key.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

from vault.entries import Authority
from vault.envelope import seal, unseal
from vault.errors import MissingError, TamperedError, VaultError, WrongKeyError
from vault.files import listed, naming, read_plain, remove, write_atomically, write_folder
from vault.header import Header, parse
from vault.keys import ScryptIdentity, ScryptRecipient, X25519Identity, X25519Recipient
from vault.officer_keys import OfficerKeys
from vault.root import Root

IDENTITY_FILE = "identity.age"
NEXT_FILE = "next.age"
PUBLIC_FILE = "public.json"
_PURPOSE = "officer"
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", re.ASCII)
#: Names of files beside an officer's.
_TAKEN = frozenset({"recovery", "key", "public"})


def check_label(label: str, what: str) -> None:
    """Raise VaultError unless *label* can be the name of a folder in the vault."""
    if not _LABEL.fullmatch(label) or label in _TAKEN:
        raise VaultError(
            f"The name of the {what} cannot be used.",
            remedy="Use 1 to 64 letters, digits and . _ @ -, beginning with a letter or digit; it is readable to all.",
        )


def is_label(label: str) -> bool:
    """Whether a folder of that name can be an officer's or a compartment's."""
    return bool(_LABEL.fullmatch(label))


class Officers:
    """The identity files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, keys: OfficerKeys, passphrase: str, work_factor: int) -> None:
        """Keep *keys* under a passphrase; raise VaultError where there is an officer of that name already."""
        check_label(keys.label, "officer")
        if (self._folder / keys.label).exists():
            raise VaultError(f"There is an officer {keys.label} already.")
        write_folder(self._folder / keys.label, {IDENTITY_FILE: _sealed(keys, passphrase, work_factor)})

    def enrol(self, label: str, passphrase: str, work_factor: int, root: Root) -> X25519Identity:
        """Make a new officer of a vault of the first format."""
        check_label(label, "officer")
        if (self._folder / label).exists():
            raise VaultError(f"There is an officer {label} already.")
        keys = OfficerKeys(label, X25519Identity.generate(), None, root.public)
        public = {"label": label, "recipient": str(keys.identity.recipient)}
        files = {
            IDENTITY_FILE: _sealed(keys, passphrase, work_factor),
            PUBLIC_FILE: root.write_entry(_PURPOSE, public),
        }
        write_folder(self._folder / label, files)
        return keys.identity

    def labels(self) -> list[str]:
        """Return the names of those who have an identity file here, in order."""
        return [path.name for path in listed(self._folder) if is_label(path.name)]

    def unlock(self, passphrase: str, label: str | None) -> OfficerKeys:
        """Return the officer's keys.

        Without *label*, try every officer. Raise WrongKeyError, or MissingError where there is no officer *label*.
        """
        labels = self.labels()
        if label is not None and label not in labels:
            raise MissingError(f"There is no officer {label}.", remedy=f"Officers: {', '.join(labels)}.")
        for each in labels if label is None else [label]:
            for name in (IDENTITY_FILE, NEXT_FILE):
                keys = self._opened(each, name, passphrase)
                if keys is not None:
                    return keys
        if label is not None and not any((self._folder / label / name).exists() for name in (IDENTITY_FILE, NEXT_FILE)):
            raise MissingError(
                f"The identity file of officer {label} (officers/{label}/{IDENTITY_FILE}) is gone.",
                remedy="Restore it from a backup.",
            )
        if label is None:
            raise WrongKeyError("The passphrase is wrong.")
        raise WrongKeyError(
            f"The passphrase of officer {label} is wrong.",
            remedy=f"If it is surely right, her identity file was changed: restore officers/{label} from a backup.",
        )

    def _opened(self, label: str, name: str, passphrase: str) -> OfficerKeys | None:
        """Return the keys in a file, or None where there is none, or another passphrase opens it."""
        try:
            sealed = read_plain(self._folder / label / name)
            with naming(self._folder / label / name):
                text = unseal(sealed, [ScryptIdentity(passphrase)])
        except (FileNotFoundError, WrongKeyError):
            return None
        return OfficerKeys.parse(text.decode("utf-8", "replace"), label)

    def keep_next(self, keys: OfficerKeys, passphrase: str, work_factor: int) -> None:
        """Keep an officer's next keys beside those she has, until the roll of officers says them."""
        (self._folder / keys.label).mkdir(mode=0o700, exist_ok=True)
        write_atomically(self._folder / keys.label / NEXT_FILE, _sealed(keys, passphrase, work_factor))

    def next(self, label: str, passphrase: str) -> OfficerKeys | None:
        """Return the keys that an officer was about to get, where a rotation did not come to its end."""
        return self._opened(label, NEXT_FILE, passphrase)

    def promote(self, label: str) -> None:
        """Put an officer's next keys in the place of those she had, which are gone then."""
        # No rename: in a power cut it could take the one name and not bring the other.
        write_atomically(self._folder / label / IDENTITY_FILE, read_plain(self._folder / label / NEXT_FILE))
        remove(self._folder / label / NEXT_FILE)

    def drop(self, label: str) -> None:
        """Remove an officer's files, if there are any."""
        for name in (IDENTITY_FILE, PUBLIC_FILE, NEXT_FILE):
            if (self._folder / label / name).exists():
                remove(self._folder / label / name)
        if (self._folder / label).exists():
            (self._folder / label).rmdir()

    def recipients(self, root: Authority) -> Mapping[str, X25519Recipient]:
        """Return every officer's public key by name (first format); raise TamperedError where one was changed."""
        found = {}
        for label in self.labels():
            entry = root.read_entry(_PURPOSE, read_plain(self._folder / label / PUBLIC_FILE))
            if entry["label"] != label:
                raise TamperedError(f"The public key of officer {label} is another's.")
            found[label] = X25519Recipient.parse(str(entry["recipient"]))
        return found

    def problems(self, label: str, root: Authority | None) -> list[str]:
        """Return in plain words what is wrong with one officer's files; *root* is for those of the first format."""
        try:
            if [stanza.arguments[0] for stanza in read_header(self._folder / label / IDENTITY_FILE).stanzas] != [
                "scrypt"
            ]:
                return [f"officer {label}: the identity file is not sealed with a passphrase"]
            if root is not None:
                root.read_entry(_PURPOSE, read_plain(self._folder / label / PUBLIC_FILE))
        except (VaultError, OSError) as mistake:
            return [f"officer {label}: {describe(mistake)}"]
        return []


def read_header(path: Path) -> Header:
    """Return the age header of a key file; raise HeaderError or OSError."""
    return parse(io.BytesIO(read_plain(path)))


def describe(mistake: Exception) -> str:
    """Return what went wrong without the path of the vault."""
    if isinstance(mistake, OSError):
        return f"{Path(str(mistake.filename)).name}: {mistake.strerror}"
    return str(mistake)


def _sealed(keys: OfficerKeys, passphrase: str, work_factor: int) -> bytes:
    return seal(keys.text().encode(), [ScryptRecipient(passphrase, work_factor)])
