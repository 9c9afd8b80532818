"""When every lead is lost: any few of several holders together can appoint a new lead who opens everything again.

A recovery key is made, and every case's key and the hash keys are wrapped to it as to a reader. Its secret is cut into
shares (vault.shares), each sealed to its holder; it exists nowhere as a whole. Whoever brings enough shares together
signs with it that somebody is a lead from now on. Shares that were brought together are used up: set recovery up anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.access import Right, may, require
from vault.entries import Entry, parse_entry
from vault.envelope import derive, seal, unseal
from vault.errors import MissingError, VaultError, WrongKeyError
from vault.files import locked, read_plain, sweep, sync_folder, write_atomically, write_folder
from vault.hash_keys import FIND, FOLDER, SUM
from vault.keys import WORK_FACTOR, X25519Identity, X25519Recipient
from vault.officer_keys import OfficerKeys
from vault.officers import Officers, check_label
from vault.opened import LOCK, META_FILE, Opened, first_key, second
from vault.roll import RECOVERY, Event
from vault.roll_file import RollFile
from vault.shares import Share, combine, split
from vault.wraps import RECOVERY_FILE, sealed_keys, write_all

SHARES = "recovery"
_SIGNING = b"mobility-vault/2/recovery signing"


def set_up(opened: Opened, holders: Sequence[str], threshold: int) -> None:
    """Make a recovery key, wrap everything to it, and give each of *holders* a share, *threshold* of which are needed.

    May be run again, after a kill or to change holders: the key before it opens nothing then.
    """
    require(opened.role, Right.APPOINT_LEADS)
    roll = opened.statements
    roll.refresh()
    if unknown := sorted(set(holders) - roll.officers.keys()):
        raise MissingError(f"There is no officer {unknown[0]}.", remedy="See `mobility vault officers`.")
    secret = os.urandom(32)
    identity, signer = X25519Identity(secret), _signer(secret)
    shares = split(secret, threshold, len(set(holders)))
    (opened.folder / SHARES).mkdir(mode=0o700, exist_ok=True)
    public = signer.public_key().public_bytes_raw().hex()
    with locked(opened.folder / LOCK):
        # The shares of before count until the roll says the new key: a kill must not leave the one without the other.
        sealed = {}
        for label, share in zip(sorted(set(holders)), shares, strict=True):
            recipient = X25519Recipient.parse(roll.officers[label].recipient)
            sealed[f"{label}.age"] = seal(f"{share}\n".encode(), [recipient])
        write_folder(opened.folder / SHARES / public, sealed)
        said = {"recipient": str(identity.recipient), "signing": public, "holders": " ".join(sorted(set(holders)))}
        roll.state(Event.RECOVERY, by=opened.keys.label, key=opened.keys.own_signing, threshold=threshold, **said)
        opened.tell()
        finish(opened)


def finish(opened: Opened) -> None:
    """End a set-up that was stopped, as a lead, or undo what was not stated on the roll. *opened* is locked."""
    shares = opened.folder / SHARES
    sweep(shares)
    opened.statements.refresh()  # a set-up may have been stated since this vault was unlocked
    for fresh in [path for path in shares.glob("*") if path.is_dir() and not path.is_symlink()]:
        if fresh.name == opened.statements.recovery.get("signing"):
            if not may(opened.role, Right.ROTATE):
                continue  # until a lead comes, `share_file` finds what is there
            wrap(opened)
            for path in sorted(fresh.iterdir()):
                write_atomically(shares / path.name, read_plain(path))
        shutil.rmtree(fresh)
        sync_folder(shares)


def share_file(opened: Opened) -> Path:
    """Return where the share of the officer at work is, if she has one."""
    name = f"{opened.keys.label}.age"
    fresh = opened.folder / SHARES / str(opened.statements.recovery.get("signing")) / name
    return fresh if fresh.exists() else opened.folder / SHARES / name


def wrap(opened: Opened) -> None:
    """Wrap everything to the recovery key."""
    roll = opened.statements
    recipient = X25519Recipient.parse(str(roll.recovery["recipient"]))
    for kind in (FIND, SUM):
        opened.hash_keys.wrap_to(kind, RECOVERY, [recipient])
    compartments = opened.compartments
    for case in compartments.names():
        identities = compartments.identities(case, compartments.read(case))
        write_all(compartments.folder(case), {RECOVERY_FILE: sealed_keys(identities, [recipient])})


def rewrap_share(opened: Opened, recipients: Sequence[X25519Recipient]) -> None:
    """Seal the share that the officer at work holds, if any, to these keys of hers instead."""
    path = share_file(opened)
    # One that was sealed to somebody else who had her name is not hers.
    with suppress(FileNotFoundError, WrongKeyError):
        write_atomically(path, seal(unseal(read_plain(path), [opened.keys.identity]), recipients))


def own_share(opened: Opened) -> Share:
    """Return the share of the officer at work, to be brought together with others; the ledger is told."""
    label = opened.keys.label
    try:
        sealed = read_plain(share_file(opened))
    except FileNotFoundError as mistake:
        raise MissingError(f"{label} holds no share of the recovery key.") from mistake
    share = Share.parse(unseal(sealed, [opened.keys.identity]).decode("ascii", "replace"))
    opened.ledger.append("recovery.share-handed-out", officer=label)
    return share


def use(folder: Path, shares: Sequence[Share], label: str) -> tuple[OfficerKeys, bytes]:
    """Return keys for a new lead *label*, and the recovery secret; nothing is written yet. Raise VaultError."""
    check_label(label, "officer")
    secret = combine(shares)
    roll = _roll(folder, secret)
    if label in roll.officers:
        raise VaultError(f"There is an officer {label} already.", remedy="Choose another name for the new lead.")
    return OfficerKeys.generate(label, vault=roll.vault, anchor=roll.anchor), secret


def keep(folder: Path, keys: OfficerKeys, passphrase: str, work_factor: int = WORK_FACTOR) -> None:
    """Keep the new lead's keys, from `use`, in the vault's folder under her passphrase."""
    kept = Officers(folder / "officers")
    # A kill before she is appointed leaves a file that opens nothing, and that the next try replaces.
    kept.drop(keys.label)
    kept.keep(keys, passphrase, work_factor)


def appoint(folder: Path, keys: OfficerKeys, secret: bytes) -> Opened:
    """State with the recovery key that *keys* are a lead's, and wrap everything to her."""
    roll, signer = _roll(folder, secret), _signer(secret)
    identity, mine = X25519Identity(secret), keys.identity.recipient
    compartments = sorted(path.parent for path in (folder / "compartments").glob(f"*/{RECOVERY_FILE}"))
    with locked(folder / LOCK):
        # Keys first: whoever is on the roll as a lead can open everything, and a kill before leaves a stranger's files.
        for kind in (FIND, SUM):
            plain = unseal(read_plain(folder / FOLDER / kind / f"{RECOVERY}.age"), [identity])
            write_atomically(folder / FOLDER / kind / f"{keys.label}.age", seal(plain, [mine]))
        for case in compartments:
            plain = unseal(read_plain(case / RECOVERY_FILE), [identity])
            write_atomically(case / f"key.{keys.label}.age", seal(plain, [mine]))
        facts = {"officer": keys.label, "recipient": str(mine), "role": "lead", "signing": keys.public_signing}
        roll.state(Event.RECOVERED, by=RECOVERY, key=signer, **facts)
    opened = second(folder, keys)
    opened.tell()
    opened.ledger.append("officer.recovered", officer=keys.label)
    sync_folder(folder)
    return opened


def _roll(folder: Path, secret: bytes) -> RollFile:
    """Return the roll of officers; raise VaultError unless it says that *secret* is the recovery key."""
    said: Entry = parse_entry(read_plain(folder / META_FILE))
    roll = RollFile(folder, str(said["id"]), bytes.fromhex(str(said["anchor"])), first_key(said))
    roll.refresh()
    if roll.recovery.get("signing") != _signer(secret).public_key().public_bytes_raw().hex():
        raise VaultError(
            "These shares are not of the recovery key that the vault has now.",
            remedy="Recovery was set up anew since: have each holder run `mobility vault recovery share` once more.",
        )
    return roll


def _signer(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(secret, b"", _SIGNING))
