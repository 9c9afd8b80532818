"""Looks at every file of a vault and says in plain words what is wrong. Raises nothing and mends nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vault import holders, told
from vault.access import Right, may
from vault.drop import FOLDER as DROP
from vault.entries import Entry
from vault.envelope import unseal
from vault.errors import TamperedError, VaultError
from vault.files import opened_plain, read_plain
from vault.officers import Officers, describe, read_header
from vault.opened import META, META_FILE, ROOT_FILE, Opened
from vault.recovery import share_file
from vault.roll import Roll
from vault.shares import Share
from vault.wraps import KEY_FILE, wrapped_to

FORGOTTEN = "compartment.forgotten"
CREATED = "compartment.created"
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Report:
    """What `Vault.verify` looked at, and what is wrong in plain words.

    *change* is the highest number of a change that a sound ledger was told (`fact.change`); None where it is not sound.
    """

    checked: int
    problems: tuple[str, ...]
    change: int | None = None


def verify(opened: Opened, expected: Iterable[str] = ()) -> Report:
    """Look at every file of the vault; *expected* names blobs that must be in the store."""
    try:
        opened.roles()
    except (VaultError, OSError) as mistake:
        return Report(1, (f"vault: {describe(mistake)}",))  # whom to believe cannot be told, so nothing else can
    kept = Officers(opened.folder / "officers")
    officers, names, blobs = kept.labels(), opened.compartments.all_names(), list(opened.store.list())
    problems = _meta_problems(opened, len(officers))
    root = opened.authority if opened.roll is None else None
    for label in officers:
        problems += kept.problems(label, root)
    for name in names:
        problems += opened.compartments.problems(name) or _wrap_problems(opened, name, len(officers))
    for name in blobs:
        problems += _blob_problems(opened, name)
    problems += [*_share_problems(opened), *_drop_problems(opened)]
    problems += [f"store: {name} was not put there by the vault" for name in opened.store.strangers()]
    problems += [f"store: {name} is missing" for name in sorted(set(expected) - set(blobs))]
    promises = _Promises(opened.roll)
    damaged = _ledger_problems(opened, promises)
    problems += damaged or [*promises.problems(opened, names), *told.problems(opened)]
    people = len(opened.roll.officers) if opened.roll is not None else len(officers)
    change = None if damaged else promises.change
    return Report(people + len(names) + len(blobs) + 3, tuple(problems), change)


def _meta_problems(opened: Opened, officers: int) -> list[str]:
    try:
        opened.authority.read_entry(META, read_plain(opened.folder / META_FILE))
        if opened.roll is not None:
            strangers = sorted(set(Officers(opened.folder / "officers").labels()) - opened.roll.officers.keys())
            return [*(f"officer {label}: is not on the roll" for label in strangers), *opened.hash_keys.problems()]
        wrapped = len(read_header(opened.folder / ROOT_FILE).stanzas)
    except (VaultError, OSError) as mistake:
        return [f"vault: {describe(mistake)}"]
    if wrapped != officers:
        return [f"vault: the root secret is sealed to {wrapped} officers and there are {officers}"]
    return []


def _wrap_problems(opened: Opened, name: str, officers: int) -> list[str]:
    """Compare to whom a compartment's key is wrapped with those it should be wrapped to."""
    folder = opened.compartments.folder(name)
    said = opened.compartments.read(name)
    if said["state"] != "open":
        return []
    if opened.roll is None:
        wrapped = len(read_header(folder / KEY_FILE).stanzas)
        right = wrapped == officers
        return (
            [] if right else [f"compartment {name}: its key is sealed to {wrapped} officers and there are {officers}"]
        )
    # Who waits to be carried out is no defect; who has a file and is not entitled is one.
    strangers = sorted(wrapped_to(folder) - opened.readers(said))
    return [f"compartment {name}: a key file of {label}, who is not entitled to it" for label in strangers]


def _blob_problems(opened: Opened, name: str) -> list[str]:
    try:
        opened.store.get(name)
    except (VaultError, OSError) as mistake:
        return [f"store: {describe(mistake)}"]
    return []


def _share_problems(opened: Opened) -> list[str]:
    """Open the share of the recovery key that the officer at work holds; others can open none but their own."""
    label = opened.keys.label
    if label not in holders.holders(opened.roll).able:
        return []
    try:
        sealed = read_plain(share_file(opened))
        Share.parse(unseal(sealed, [opened.keys.identity]).decode("ascii", "replace"))
    except (VaultError, OSError) as mistake:
        return [f"recovery: the share of {label}: {describe(mistake)}"]
    return []


def _drop_problems(opened: Opened) -> list[str]:
    """Check the papers that wait to be taken in: who left them, and that they are what was left."""
    found = []
    for path in sorted((opened.folder / DROP).glob("*.json")) if opened.roll is not None else ():
        try:
            said = opened.signatory.read_entry("drop", read_plain(path))
            digest = hashlib.sha256()
            with opened_plain(path.with_suffix(".age")) as file:
                while part := file.read(_PART):
                    digest.update(part)
            is_so = said["name"] == path.stem == digest.hexdigest()
            found += [] if is_so else [f"drop: {path.stem}: the sealed paper is not the one that was left"]
        except (VaultError, OSError) as mistake:
            found.append(f"drop: {path.stem}: {describe(mistake)}")
    return found


def _ledger_problems(opened: Opened, promises: _Promises) -> list[str]:
    """Read the whole ledger once; return what is wrong with it itself."""
    count = 0
    try:
        for entry in opened.ledger.entries():
            count += 1
            promises.take(entry)
    except TamperedError as mistake:
        return [f"ledger, after line {count}: {mistake}"]
    return []


class _Promises:
    """What the ledger says of compartments and of changes, to be compared with what is there."""

    def __init__(self, roll: Roll | None) -> None:
        self.change = 0
        self._ever = roll.ever if roll is not None else {}
        self._made: list[str] = []
        self._forgotten: dict[str, str] = {}
        self._versions: dict[str, int] = {}

    def take(self, entry: Entry) -> None:
        """Take in a line of the ledger."""
        name = str(entry.get("fact.compartment", ""))
        if entry["event"] == CREATED:
            self._made.append(name)
        elif entry["event"] == FORGOTTEN:
            self._forgotten[name] = str(entry.get("by", "an officer"))
        # Everybody writes lines: what one of an officer says who cannot have done it would have all else look old.
        if self._may(entry, Right.APPOINT):
            self._versions[name] = int(entry.get("fact.version") or self._versions.get(name, 0))
        if self._may(entry, Right.SIGN_ROWS):
            self.change = max(self.change, int(entry.get("fact.change", 0)))

    def _may(self, entry: Entry, right: Right) -> bool:
        signer = self._ever.get(str(entry.get("key")))
        return signer is None or may(signer.role, right)  # lines of the first format say no key

    def problems(self, opened: Opened, there: Sequence[str]) -> list[str]:
        """Return in plain words which compartments are not as the ledger says; *there* are those that are there."""
        known = set(there)
        gone = [name for name in self._made if name not in known and not opened.compartments.folder(name).is_dir()]
        problems = [f"compartment {name}: made and never forgotten, but not there" for name in gone]
        problems += [
            f"compartment {name}: the ledger says forgotten (a line of {by}), but its key is still there: forget it "
            "again where that was ordered"
            for name, by in sorted(self._forgotten.items())
            if opened.compartments.has_key(name)
        ]
        problems += [
            f"compartment {name}: what is said of it is older than the ledger says: an old copy was put in its place"
            for name in there
            if _version(opened, name) < self._versions.get(name, 0)
        ]
        return problems


def _version(opened: Opened, name: str) -> int:
    try:
        return int(opened.compartments.read(name).get("version", 1))
    except (TamperedError, VaultError):
        return 1 << 62  # what is wrong with it was said already
