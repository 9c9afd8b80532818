"""Looks at every file of a vault and says in plain words what is wrong. Raises nothing and mends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vault import told
from vault.errors import TamperedError, VaultError
from vault.files import read_plain
from vault.officers import Officers, describe, read_header
from vault.opened import META, META_FILE, ROOT_FILE, Opened
from vault.wraps import KEY_FILE, wrapped_to

FORGOTTEN = "compartment.forgotten"
CREATED = "compartment.created"


@dataclass(frozen=True, slots=True)
class Report:
    """What `Vault.verify` looked at, and what is wrong in plain words."""

    checked: int
    problems: tuple[str, ...]


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
    problems += [f"store: {name} was not put there by the vault" for name in opened.store.strangers()]
    problems += [f"store: {name} is missing" for name in sorted(set(expected) - set(blobs))]
    problems += opened.ledger.problems() or [*_promise_problems(opened, names), *told.problems(opened)]
    people = len(opened.roll.officers) if opened.roll is not None else len(officers)
    return Report(people + len(names) + len(blobs) + 3, tuple(problems))


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


def _promise_problems(opened: Opened, there: Sequence[str]) -> list[str]:
    """Compare what the ledger says of compartments and officers with those that are there."""
    made: list[str] = []
    forgotten: set[str] = set()
    versions: dict[str, int] = {}
    for entry in opened.ledger.entries():
        name = str(entry.get("fact.compartment", ""))
        if entry["event"] == CREATED:
            made.append(name)
        elif entry["event"] == FORGOTTEN:
            forgotten.add(name)
        versions[name] = int(entry.get("fact.version") or versions.get(name, 0))
    problems = [f"compartment {name}: made and never forgotten, but not there" for name in made if name not in there]
    problems += [
        f"compartment {name}: the ledger says forgotten, but its key is still there: forget it again"
        for name in sorted(forgotten)
        if opened.compartments.has_key(name)
    ]
    problems += [
        f"compartment {name}: what is said of it is older than the ledger says: an old copy was put in its place"
        for name in there
        if _version(opened, name) < versions.get(name, 0)
    ]
    return problems


def _version(opened: Opened, name: str) -> int:
    try:
        return int(opened.compartments.read(name).get("version", 1))
    except (TamperedError, VaultError):
        return 1 << 62  # what is wrong with it was said already
