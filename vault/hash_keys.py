"""The keys of the keyed hashes, wrapped to the officers whose role needs them: the find keys and the sum keys.

`secrets/find/OFFICER.age` and `secrets/sum/OFFICER.age` hold all keys of that kind, oldest first, in an entry signed by
whoever wrapped them. Hashes to *find* by are hashed anew under each next key (a row can be brought to a new key without
its content); sums are made with the newest key alone, and the links of case logs for ever with the first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from vault.access import Right, may
from vault.entries import Entry
from vault.envelope import seal, unseal
from vault.errors import NotGrantedError, TamperedError, VaultError, WrongKeyError
from vault.files import naming, read_plain, remove, write_atomically
from vault.keys import X25519Identity, X25519Recipient
from vault.roll import RECOVERY, Roll
from vault.root import derived_hash
from vault.signatory import Signatory

FOLDER = "secrets"
FIND, SUM = "find", "sum"
RIGHTS = {FIND: Right.FIND, SUM: Right.CHECK_SUMS}
_PURPOSE = "hash keys"
#: Purposes whose hashes only notice changes; all others let somebody be found.
_SUMS = "catalog row"
_LINKS = "case log"
_AGAIN = "again"
_DESTROYED = "-"


class HashKeys:
    """One officer's view of both kinds of keys."""

    def __init__(self, folder: Path, signatory: Signatory, identity: X25519Identity) -> None:
        self._folder = folder / FOLDER
        self._signatory = signatory
        self._identity = identity
        self._keys: dict[str, list[bytes | None]] = {}
        #: How many statements the roll had when the newest key of each kind was made.
        self._made: dict[str, int] = {}
        self._derived: dict[bytes, dict[str, bytes]] = {}
        #: How many keys of each kind the catalogue is at; 0 for all there are.
        self._used = {FIND: 0, SUM: 0}

    @property
    def _roll(self) -> Roll:
        return self._signatory.roll

    def start(self, first: bytes | None = None) -> None:
        """Make the first keys, or take the root secret of the vault's first format for both."""
        for kind in (FIND, SUM):
            self._keys[kind], self._made[kind] = [first or os.urandom(32)], self._roll.count
            (self._folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.wrap(kind)

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """Return HMAC-SHA-256 in hexadecimal under the keys for that purpose; raise NotGrantedError without them."""
        if purpose in (_SUMS, _LINKS):
            return self._hash(self._key(SUM, 1 if purpose == _LINKS else self._at(SUM)), purpose, data)
        found = self._hash(self._key(FIND, 1), purpose, data)
        for number in range(2, self._at(FIND) + 1):
            found = self.again(found, number)
        return found

    def summed(self, number: int, data: bytes) -> str:
        """Return the hash of a catalogue's row under the sum key of that *number*, while sums are made anew."""
        return self._hash(self._key(SUM, number), _SUMS, data)

    def again(self, found: str, number: int) -> str:
        """Return what a hash to find by becomes under the find key of that *number*, from what it was before it."""
        return self._hash(self._key(FIND, number), _AGAIN, bytes.fromhex(found))

    def use(self, find: int, sums: int) -> None:
        """Hash as a catalogue does that is at these numbers of keys; other programs may have made new ones since."""
        self._used = {FIND: find, SUM: sums}

    def count(self, kind: str) -> int:
        """Return how many keys of that kind there are by now."""
        return len(self._load(kind, anew=True))

    def add(self, kind: str) -> int:
        """Make a next key, wrap it to everybody entitled, and return its number."""
        self._keys[kind], self._made[kind] = [*self._load(kind, anew=True), os.urandom(32)], self._roll.count
        self.wrap(kind)
        return len(self._keys[kind])

    def destroy(self, kind: str) -> None:
        """Give up every sum key but the first (links) and the newest: what was summed with them is summed anew."""
        keys = self._load(kind, anew=True)
        self._keys[kind] = [key if number in (0, len(keys) - 1) else None for number, key in enumerate(keys)]
        self.wrap(kind)

    def spent(self) -> bool:
        """Whether there are sum keys that nothing is summed with any more, once no new one is coming into use."""
        return any(self._load(SUM, anew=True)[1:-1])

    def wrap(self, kind: str, labels: Iterable[str] | None = None) -> None:
        """Wrap the keys to *labels*, or to every officer whose role needs them; take them from everybody else."""
        entitled = self.entitled(kind)
        self._load(kind)
        for label in entitled if labels is None else set(labels) & entitled:
            self.wrap_to(kind, label, [X25519Recipient.parse(self._roll.officers[label].recipient)])
        if labels is None and self._roll.recovery:
            self.wrap_to(kind, RECOVERY, [X25519Recipient.parse(str(self._roll.recovery["recipient"]))])
        self.tidy()

    def wrap_to(self, kind: str, label: str, recipients: Iterable[X25519Recipient]) -> None:
        """Wrap the keys to some public keys of one officer."""
        words = " ".join(key.hex() if key else _DESTROYED for key in self._load(kind))
        said: Entry = {"kind": kind, "keys": words, "roll": self._made[kind]}
        write_atomically(self._path(kind, label), seal(self._signatory.write_entry(_PURPOSE, said), recipients))

    def made(self, kind: str) -> int:
        """Return how many statements the roll of officers had when the newest key was made."""
        self._load(kind)
        return self._made[kind]

    def entitled(self, kind: str) -> set[str]:
        """Return the officers whose role needs that kind."""
        return {label for label, role in self._roll.roles().items() if may(role, RIGHTS[kind])}

    def tidy(self) -> None:
        """Remove what is wrapped to nobody who is entitled."""
        for kind in (FIND, SUM):
            for path in sorted((self._folder / kind).glob("*.age")):
                if path.stem not in self.entitled(kind) and path.stem != RECOVERY:
                    remove(path)

    def waiting(self, kind: str) -> set[str]:
        """Return who is entitled to that kind and has it not yet."""
        return {label for label in self.entitled(kind) if not self._path(kind, label).exists()}

    def problems(self) -> list[str]:
        """Return in plain words what is wrong with what is wrapped to this officer."""
        found = []
        for kind in (FIND, SUM):
            if self._signatory.label in self.entitled(kind) and self._path(kind, self._signatory.label).exists():
                try:
                    self._load(kind, anew=True)
                except (VaultError, OSError) as mistake:
                    found.append(f"{kind} keys: {mistake}")
        return found

    def _at(self, kind: str) -> int:
        return self._used[kind] or len(self._load(kind))

    def _key(self, kind: str, number: int) -> bytes:
        keys = self._load(kind)
        if number > len(keys):
            keys = self._load(kind, anew=True)
        key = keys[number - 1] if 1 <= number <= len(keys) else None
        if key is None:
            raise TamperedError(f"The {kind} key number {number} is not there: an old copy was put in its place.")
        return key

    def _load(self, kind: str, *, anew: bool = False) -> list[bytes | None]:
        if kind in self._keys and not anew:
            return self._keys[kind]
        label = self._signatory.label
        try:
            sealed = read_plain(self._path(kind, label))
            with naming(self._path(kind, label)):
                plain = unseal(sealed, [self._identity])
        except FileNotFoundError as mistake:
            raise NotGrantedError(
                f"The {kind} keys of the vault are not wrapped to {label}.",
                remedy="A lead or specialist has to carry it out: mobility vault grant --carry-out.",
            ) from mistake
        except WrongKeyError as mistake:
            raise WrongKeyError(f"The {kind} keys are not sealed to this officer's present keys.") from mistake
        entry = self._signatory.read_entry(_PURPOSE, plain)
        if entry["kind"] != kind:
            raise TamperedError(f"The {kind} keys were replaced by others.")
        words, self._made[kind] = str(entry["keys"]).split(" "), int(entry["roll"])
        self._keys[kind] = [None if word == _DESTROYED else bytes.fromhex(word) for word in words]
        return self._keys[kind]

    def _path(self, kind: str, label: str) -> Path:
        return self._folder / kind / f"{label}.age"

    def _hash(self, key: bytes, purpose: str, data: bytes) -> str:
        return derived_hash(self._derived.setdefault(key, {}), key, purpose, data)

    def __repr__(self) -> str:
        return "<HashKeys>"
