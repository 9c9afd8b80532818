"""Making and unlocking a vault's folder: from an officer's keys to everything that follows from them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vault.access import Role, readers
from vault.compartments import Compartments
from vault.entries import Entry, parse_entry
from vault.envelope import unseal
from vault.errors import MissingError, TamperedError, VaultError
from vault.files import naming, read_plain, sync_folder, write_atomically
from vault.hash_keys import HashKeys
from vault.ledger import Ledger
from vault.officer_keys import OfficerKeys
from vault.officers import Officers
from vault.roll import Event
from vault.roll_file import RollFile
from vault.root import Root
from vault.signatory import Signatory
from vault.store import FolderStore, Store
from vault.wraps import KeyEach, SharedKey

FIRST, FORMAT = "mobility-vault/1", "mobility-vault/2"
META_FILE = "vault.json"
ROOT_FILE = "root.age"
LOCK = "vault.lock"
META = "vault"
UPGRADE = "Bring it to the present one: mobility vault upgrade."


@dataclass(slots=True, repr=False)
class Opened:
    """An unlocked vault's parts. *roll* is None, and *hashes* the root secret, in a vault of the first format."""

    folder: Path
    keys: OfficerKeys
    authority: Signatory | Root
    hashes: HashKeys | Root
    compartments: Compartments
    ledger: Ledger
    store: Store
    roll: RollFile | None

    @property
    def role(self) -> Role:
        """What the officer at work is; in the first format everybody is what a lead is."""
        return Role.LEAD if self.roll is None else self.signatory.officer.role

    @property
    def signatory(self) -> Signatory:
        """Who signs, with keys of her own; raise VaultError in a vault of the first format."""
        if not isinstance(self.authority, Signatory):
            raise VaultError("The vault is of the first format, where all officers share one key.", remedy=UPGRADE)
        return self.authority

    @property
    def hash_keys(self) -> HashKeys:
        """The keys of the keyed hashes; raise VaultError in a vault of the first format."""
        if not isinstance(self.hashes, HashKeys):
            raise VaultError("The vault is of the first format.", remedy=UPGRADE)
        return self.hashes

    @property
    def statements(self) -> RollFile:
        """The roll of officers; raise VaultError in a vault of the first format."""
        if self.roll is None:
            raise VaultError("The vault is of the first format.", remedy=UPGRADE)
        return self.roll

    def tell(self) -> None:
        """Have the ledger told what the roll of officers says by now."""
        if self.roll is not None:
            self.ledger.tell(self.roll.lines)

    def roles(self) -> Mapping[str, Role]:
        """Return the role of each officer."""
        if self.roll is None:
            return dict.fromkeys(Officers(self.folder / "officers").labels(), Role.LEAD)
        return self.roll.roles()

    def readers(self, said: Entry) -> frozenset[str]:
        """Return who is entitled to the key of the compartment of which that is *said*."""
        return readers(str(said.get("granted", "")).split(), self.roles())

    def __repr__(self) -> str:
        return f"<Opened by {self.keys.label}>"


def create(folder: Path, label: str, passphrase: str, work_factor: int) -> Opened:
    """Make a vault in *folder*, which must be absent or empty; it appears there complete or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists() and any(folder.iterdir()):
        raise VaultError("The folder for the new vault is not empty.", remedy="Choose another.")
    unfinished = folder.parent / f".{secrets.token_hex(8)}.tmp"
    for part in (unfinished, unfinished / "officers", unfinished / "compartments"):
        part.mkdir(mode=0o700)
    keys = OfficerKeys.generate(label, vault=secrets.token_hex(16))
    Officers(unfinished / "officers").keep(keys, passphrase, work_factor)
    found(unfinished, keys, Event.FOUNDED)
    write_meta(unfinished, keys)
    made = second(unfinished, keys)
    Ledger.start(unfinished, made.authority, by=label, telling=True)
    made.hash_keys.start()
    made.tell()
    made.ledger.append("vault.created", vault=keys.vault)
    unfinished.rename(folder)
    sync_folder(folder.parent)
    return second(folder, keys)


def found(folder: Path, keys: OfficerKeys, event: Event, first_key: bytes = b"", handed_over: str = "") -> RollFile:
    """Write the first statement of the roll: *keys* are those of the founder, a lead."""
    roll = RollFile(folder, keys.vault, keys.anchor, first_key)
    facts = {"officer": keys.label, "recipient": str(keys.identity.recipient), "role": Role.LEAD.value}
    if handed_over:
        facts["handed_over"] = handed_over
    facts["signing"] = keys.public_signing
    roll.state(event, by=keys.label, key=keys.own_signing, **facts)
    return roll


def write_meta(folder: Path, keys: OfficerKeys, first_key: bytes = b"") -> None:
    """Write vault.json, which says of what format the vault is and whose signature everything hangs on."""
    said: Entry = {
        "anchor": keys.anchor.hex(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "first_key": first_key.hex(),
        "format": FORMAT,
        "id": keys.vault,
    }
    signatory = _signatory(_roll(folder, keys, first_key), keys)
    write_atomically(folder / META_FILE, signatory.write_entry(META, said))


def unlock(folder: Path, keys: OfficerKeys) -> Opened:
    """Open the vault in *folder* with an officer's *keys*; raise MissingError, WrongKeyError or TamperedError."""
    said = _said(folder)
    if said.get("format") == FIRST:
        if keys.signing is not None:
            # Otherwise whoever may write to the folder could have her trust the old format again.
            raise TamperedError(
                "The vault says that it is of the first format, and this officer's keys are of the second.",
                remedy="Restore vault.json from a backup.",
            )
        return _unlock_first(folder, keys)
    if said.get("format") != FORMAT:
        raise VaultError(f"The vault is of format {said.get('format')}.", remedy="Use a newer version of the program.")
    if keys.signing is None:
        raise VaultError(
            f"The vault was brought to a newer format, for which {keys.label} has no keys yet.",
            remedy="Ask an administrator or lead to add you anew: mobility vault officer.",
        )
    opened = second(folder, keys)
    with naming(folder / META_FILE):
        opened.signatory.read_entry(META, read_plain(folder / META_FILE))
    if opened.signatory.officer.label != keys.label:
        raise TamperedError("The officer's identity file is another's.")
    return opened


def vault_said(folder: Path) -> tuple[str, str]:
    """Return what vault.json says of itself, which nobody has checked: its id and the founder's signing key."""
    try:
        said = _said(folder)
    except FileNotFoundError as mistake:
        raise MissingError("There is no vault in that folder.", remedy="Point --vault at it.") from mistake
    if said.get("format") != FORMAT:
        raise VaultError("The vault is of the first format.", remedy=UPGRADE)
    return str(said["id"]), str(said["anchor"])


def first_key(said: Entry) -> bytes:
    """Return the public signing key of the vault's first format, as vault.json says it: empty where it had none."""
    try:
        return bytes.fromhex(str(said["first_key"]))
    except (KeyError, ValueError) as mistake:
        raise TamperedError("The file vault.json is damaged.", remedy="Restore it from a backup.") from mistake


def is_on_roll(folder: Path, keys: OfficerKeys) -> bool:
    """Whether the roll of officers has these keys today."""
    said = _said(folder)
    if said.get("format") != FORMAT:
        return False
    roll = _roll(folder, keys, first_key(said))
    officer = roll.officers.get(keys.label)
    return officer is not None and officer.signing == keys.public_signing


def second(folder: Path, keys: OfficerKeys) -> Opened:
    """Put the parts of a vault of the second format together."""
    said = _said(folder)
    if (said.get("anchor"), said.get("id")) != (keys.anchor.hex(), keys.vault):
        raise TamperedError(
            "These keys are of another vault, or vault.json was replaced.", remedy="Restore vault.json from a backup."
        )
    roll = _roll(folder, keys, first_key(said))
    signatory = _signatory(roll, keys)
    store = FolderStore(folder / "store")
    wraps = KeyEach(keys.label, keys.identity, roll)
    compartments = Compartments(folder / "compartments", signatory, wraps, store, roll)
    ledger = Ledger(folder, signatory, by=keys.label, telling=True)
    return Opened(
        folder, keys, signatory, HashKeys(folder, signatory, keys.identity), compartments, ledger, store, roll
    )


def _said(folder: Path) -> Entry:
    line = read_plain(folder / META_FILE)
    with naming(folder / META_FILE):
        return parse_entry(line)


def _roll(folder: Path, keys: OfficerKeys, first_key: bytes) -> RollFile:
    roll = RollFile(folder, keys.vault, keys.anchor, first_key)
    roll.refresh()
    return roll


def _signatory(roll: RollFile, keys: OfficerKeys) -> Signatory:
    return Signatory(roll, keys.label, keys.own_signing)


def _unlock_first(folder: Path, keys: OfficerKeys) -> Opened:
    try:
        root = Root(bytes.fromhex(unseal(read_plain(folder / ROOT_FILE), [keys.identity]).decode()))
    except FileNotFoundError as mistake:
        raise MissingError("The vault's root secret is gone.", remedy="Restore root.age from a backup.") from mistake
    if root.public != keys.anchor:
        raise TamperedError("The vault's root secret was replaced.", remedy="Restore root.age from a backup.")
    root.read_entry(META, read_plain(folder / META_FILE))
    store = FolderStore(folder / "store")
    officers = Officers(folder / "officers")
    wraps = SharedKey(keys.identity, lambda: officers.recipients(root).values())
    compartments = Compartments(folder / "compartments", root, wraps, store, None)
    return Opened(folder, keys, root, root, compartments, Ledger(folder, root, by=keys.label), store, None)
