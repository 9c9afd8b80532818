"""Compartments: one X25519 key pair each, so that forgetting what is in one is deleting a few small files.

A compartment is a folder with `public.json` (its public key and who it is granted to, signed) and its key, wrapped to
those who may open it (vault.wraps). Sealing needs the first file only. A forgotten one keeps a signed `public.json`
that says so: its tombstone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from vault import named_keys
from vault.compartment import Compartment
from vault.entries import Authority, Entry, parse_entry
from vault.errors import HeldError, MissingError, NotGrantedError, TamperedError, VaultError
from vault.files import listed, naming, read_plain, remove, write_atomically, write_folder
from vault.keys import X25519Identity, X25519Recipient
from vault.officers import PUBLIC_FILE, check_label, describe, is_label
from vault.roll import Roll
from vault.store import Store
from vault.wraps import Wraps, write_all

_PURPOSE = "compartment"
#: What only those may sign who appoint: whoever opens a case says whom it belongs to once, and never again.
_CHANGE = "compartment change"
_OPEN = "open"
#: Nothing is under way any more.
_DONE = ("changing", "")
_FORGOTTEN = "forgotten"


class Compartments:
    """The compartments' folders of one vault, as one officer sees them. *roll* is None in the first format."""

    def __init__(self, folder: Path, authority: Authority, wraps: Wraps, store: Store, roll: Roll | None) -> None:
        self._folder = folder
        self._authority = authority
        self.wraps = wraps
        self._store = store
        self._roll = roll
        self._opened: dict[str, list[X25519Identity]] = {}
        self._known: dict[str, tuple[tuple[int, int], Compartment]] = {}
        #: Called with the names of compartments before their keys are opened for the first time.
        self.opening: Callable[[Sequence[str]], None] = lambda names: None

    def use_store(self, store: Store) -> None:
        """Keep what is sealed to any compartment in *store* from now on."""
        self._store = store
        self._known.clear()

    def create(self, name: str, granted: Iterable[str], readers: Iterable[str], roll: int = 0) -> None:
        """Make a key pair for the *readers*; raise VaultError where the name is or was in use.

        *roll* is how many statements the roll of officers had by then.
        """
        check_label(name, "compartment")
        if (self._folder / name).exists():
            raise VaultError(f"There is or was a compartment {name} already.")
        identity = X25519Identity.generate()
        entry = self._line(self._fresh(name, identity.recipient, granted, roll))
        write_folder(self._folder / name, {**self.wraps.sealed([identity], readers), PUBLIC_FILE: entry})
        # Who made it has read nothing by that.
        self._opened[name] = [identity]

    def get(self, name: str) -> Compartment:
        """Return the compartment; raise MissingError where there is none, or none any more."""
        stamp = self._stamp(name)
        if name in self._known and self._known[name][0] == stamp:
            return self._known[name][1]
        entry = self.read(name)
        if entry["state"] != _OPEN:
            raise MissingError(f"The compartment {name} was forgotten.")
        recipient = X25519Recipient.parse(str(entry["recipient"]))
        compartment = Compartment(name, recipient, lambda: self.identities(name, entry), self._store)
        self._known[name] = stamp, compartment
        return compartment

    def names(self) -> list[str]:
        """Return the names of all compartments that are not forgotten, in order."""
        return [name for name in self.all_names() if not self._seems_forgotten(name)]

    def has(self, name: str) -> bool:
        """Whether there is a compartment of that name that is not forgotten."""
        return is_label(name) and (self._folder / name).is_dir() and not self._seems_forgotten(name)

    def readable(self, names: Iterable[str]) -> list[str]:
        """Return which of *names* the officer at work has a key to; opens them, all in one line of the ledger."""
        able, opened = [], {}
        for name in names:
            try:
                if name not in self._opened:
                    opened[name] = self.wraps.open(self._folder / name)
                able.append(name)
            except (NotGrantedError, MissingError):
                continue
        if opened:
            self.opening(list(opened))
            for name, identities in opened.items():
                self._opened[name] = self._checked(name, self.read(name), identities)
        return able

    def was_forgotten(self, name: str) -> bool:
        """Whether the compartment's key was given up."""
        return bool(self.read(name)["state"] == _FORGOTTEN)

    def check_not_held(self, name: str) -> None:
        """Raise HeldError where a legal hold forbids to forget it."""
        if self.read(name).get("held"):
            raise HeldError(
                f"The case {name} is under a legal hold.",
                remedy=f"Lift it first: mobility vault hold {name} --lift --why WHY.",
            )

    def mark_forgotten(self, name: str) -> None:
        """Say that the compartment is forgotten; from here on a kill is completed by vault.finishing."""
        self.write(name, {**self.read(name), "state": _FORGOTTEN})

    def drop_keys(self, name: str) -> None:
        """Delete every key file."""
        self._opened.pop(name, None)
        for path in self.wraps.files(self._folder / name):
            remove(path)

    def write(self, name: str, entry: Entry) -> None:
        """Write what is said of a compartment anew, as the next version."""
        said = {key: value for key, value in entry.items() if key not in ("by", "key") and (key, value) != _DONE}
        if self._roll is not None:
            said["version"] = int(said.get("version", 1)) + 1
        write_atomically(self._folder / name / PUBLIC_FILE, self._line(said))

    def write_keys(self, name: str, identities: Sequence[X25519Identity], readers: Iterable[str]) -> None:
        """Wrap *identities* to each of *readers*."""
        write_all(self._folder / name, self.wraps.sealed(identities, readers))

    def problems(self, name: str) -> list[str]:
        """Return in plain words what is wrong with a compartment's files, as far as this officer can open them."""
        self.drop_known(name)
        try:
            if self.was_forgotten(name):
                return [f"compartment {name}: forgotten, but its key is still there"] if self.has_key(name) else []
            found = self.wraps.open(self._folder / name)
            if len(found) > len(self._checked(name, self.read(name), found)):
                return [f"compartment {name}: a key out of use is still there: make a new one with vault rotate"]
        except NotGrantedError:
            return []
        except (VaultError, OSError) as mistake:
            return [f"compartment {name}: {describe(mistake)}"]
        return []

    def has_key(self, name: str) -> bool:
        """Whether a key file of the compartment is there."""
        return bool(self.wraps.files(self._folder / name))

    def all_names(self) -> list[str]:
        """Return the names of all compartments, forgotten ones too, in order."""
        return [path.name for path in listed(self._folder) if is_label(path.name)]

    def folder(self, name: str) -> Path:
        """Return the folder of a compartment."""
        return self._folder / name

    def drop_known(self, name: str) -> None:
        """Have the compartment's key opened anew the next time."""
        self._known.pop(name, None)
        self._opened.pop(name, None)

    def _seems_forgotten(self, name: str) -> bool:
        return self.unchecked(name).get("state") == _FORGOTTEN and self.was_forgotten(name)

    def unchecked(self, name: str) -> Entry:
        """Return what the public file says; empty where it is damaged. Many cases are not checked at each opening."""
        try:
            return parse_entry(read_plain(self._folder / name / PUBLIC_FILE))
        except FileNotFoundError as mistake:
            raise self._missing(name) from mistake
        except TamperedError:
            return {}

    def _stamp(self, name: str) -> tuple[int, int]:
        """Return what changes when the public file is written anew, by us or by another process."""
        check_label(name, "compartment")
        try:
            stat = (self._folder / name / PUBLIC_FILE).lstat()
        except FileNotFoundError as mistake:
            raise self._missing(name) from mistake
        return stat.st_ino, stat.st_mtime_ns

    def read(self, name: str) -> Entry:
        """Return what is said of a compartment; raise MissingError, or TamperedError where nobody entitled said it."""
        try:
            line = read_plain(self._folder / name / PUBLIC_FILE)
        except FileNotFoundError as mistake:
            raise self._missing(name) from mistake
        with naming(self._folder / name / PUBLIC_FILE):
            purpose = _purpose(parse_entry(line))
            entry = self._authority.read_entry(purpose, line)
            if self._roll is not None and purpose == _CHANGE:
                named_keys.check(self._authority, self._roll, entry)
        if entry["name"] != name:
            raise TamperedError(f"The public key of compartment {name} is another's.")
        return entry

    def _missing(self, name: str) -> MissingError:
        if not (self._folder / name).is_dir():
            return MissingError(f"There is no compartment {name}.")
        return MissingError(
            f"The file compartments/{name}/{PUBLIC_FILE} is gone.",
            remedy=f"Restore it from a backup; where there never was such a case, remove compartments/{name}.",
        )

    def _fresh(self, name: str, recipient: X25519Recipient, granted: Iterable[str], roll: int) -> Entry:
        first: Entry = {"name": name, "recipient": str(recipient), "state": _OPEN}
        if self._roll is None:
            return first
        return {**first, "former": "", "granted": " ".join(sorted(granted)), "held": "", "roll": roll, "version": 1}

    def _line(self, said: Entry) -> bytes:
        whole = said if self._roll is None else named_keys.vouched(self._authority, said)
        return self._authority.write_entry(_purpose(said), whole)

    def identities(self, name: str, entry: Entry) -> list[X25519Identity]:
        """Return the compartment's keys, the one in use first; the ledger is told before they are opened."""
        known = self._opened.get(name)
        if known is not None and known[0].recipient == X25519Recipient.parse(str(entry["recipient"])):
            return known
        found = self._checked(name, entry, self.wraps.open(self._folder / name))
        self.opening([name])
        self._opened[name] = found
        return found

    def _checked(self, name: str, entry: Entry, found: Iterable[X25519Identity]) -> list[X25519Identity]:
        """Return the keys that the signed public file names; what else the key file holds was never in use."""
        wanted = [str(entry["recipient"]), *str(entry.get("former", "")).split()]
        by_recipient = {str(identity.recipient): identity for identity in found}
        if not set(wanted) <= by_recipient.keys():
            # Anybody can seal a key of his own to the officers; only the signed public file says which one is ours.
            raise TamperedError(f"The key of compartment {name} was replaced.")
        return [by_recipient[recipient] for recipient in wanted]


def _purpose(said: Entry) -> str:
    return _PURPOSE if said.get("version", 1) == 1 else _CHANGE
