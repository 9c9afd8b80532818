"""New keys for old: an officer's own, a case's, the hash keys. What was sealed stays; only keys are wrapped anew.

A new key protects what is sealed from now on. What a thief may have copied together with the old key stays readable to
him; for a case whose key is believed stolen everything is sealed anew (`start_reseal`, `end_reseal`), so that the old
key opens nothing that is still here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from vault import recovery
from vault.access import Right, may, require
from vault.errors import MissingError
from vault.files import locked, write_atomically
from vault.hash_keys import FIND, SUM
from vault.keys import X25519Identity, X25519Recipient
from vault.officer_keys import OfficerKeys
from vault.opened import LOCK, Opened
from vault.roll import Event
from vault.wraps import sealed_keys, wrapped_to

#: What the public file of a case says to be changing while its own key is; no officer can be called that.
KEY = "key"


def rekey(opened: Opened, fresh: OfficerKeys, keep: Callable[[], None]) -> None:
    """Give the officer at work the keys *fresh* in the place of hers; *keep* writes them where she will find them.

    May be run again, with other keys, after a kill. The vault has to be unlocked anew with *fresh* afterwards.
    """
    roll, label, old = opened.statements, opened.keys.label, opened.keys.identity
    both = [old.recipient, fresh.identity.recipient]
    with locked(opened.folder / LOCK):
        # Who has other keys by now (another program was quicker) would overwrite those, and be locked out for good.
        roll.refresh()
        require(opened.role, Right.SIGN_LEDGER)
        keep()
        # Until the roll says the new keys, either of the two may be the one she comes back with.
        for kind in (FIND, SUM):
            if label in opened.hash_keys.entitled(kind) - opened.hash_keys.waiting(kind):
                opened.hash_keys.wrap_to(kind, label, both)
        for case in opened.compartments.names():
            if label in wrapped_to(opened.compartments.folder(case)):
                _rewrap(opened, case, both)
        recovery.rewrap_share(opened, both)
        said = {"officer": label, "recipient": str(fresh.identity.recipient), "signing": fresh.public_signing}
        roll.state(Event.REKEYED, by=label, key=opened.keys.own_signing, **said)


def settle(opened: Opened) -> None:
    """After `rekey`, with the new keys: take from the officer's key files what the old ones could open."""
    label, recipient = opened.keys.label, opened.keys.identity.recipient
    opened.tell()
    with locked(opened.folder / LOCK):
        for kind in (FIND, SUM):
            if label in opened.hash_keys.entitled(kind) - opened.hash_keys.waiting(kind):
                opened.hash_keys.wrap_to(kind, label, [recipient])
        for case in opened.compartments.names():
            if label in wrapped_to(opened.compartments.folder(case)):
                _rewrap(opened, case, [recipient])
        recovery.rewrap_share(opened, [recipient])
        opened.ledger.append("keys.rotated", officer=label)


def _rewrap(opened: Opened, case: str, recipients: Sequence[X25519Recipient]) -> None:
    folder = opened.compartments.folder(case)
    data = sealed_keys(opened.compartments.wraps.open(folder), recipients)
    write_atomically(folder / f"key.{opened.keys.label}.age", data)


def due(opened: Opened) -> tuple[list[str], list[str]]:
    """Return which kinds of hash keys and which cases' keys are older than the last leaving of an officer with them."""
    if opened.roll is None:
        return [], []
    opened.roll.refresh()
    gone = [each for each in opened.roll.ever.values() if each.until]
    left = {
        right: max((each.until for each in gone if may(each.role, right)), default=0)
        for right in (Right.FIND, Right.CHECK_SUMS, Right.OPEN_GRANTED_CASES)
    }
    kinds = [
        kind
        for kind, right in ((FIND, Right.FIND), (SUM, Right.CHECK_SUMS))
        if opened.hash_keys.made(kind) < left[right]
    ]
    compartments = opened.compartments
    last = left[Right.OPEN_GRANTED_CASES]
    return kinds, [name for name in compartments.names() if int(compartments.read(name).get("roll", 0)) < last]


def new_case_key(opened: Opened, case: str, *, resealing: bool = False) -> None:
    """Give a case a new key pair for what is sealed from now on; the old one is kept for what is there.

    May be run again after a kill: a key that never came into use is forgotten.
    """
    require(opened.role, Right.ROTATE)
    compartments = opened.compartments
    with locked(opened.folder / LOCK):
        entry = compartments.read(case)
        if entry["state"] != "open":
            raise MissingError(f"The compartment {case} was forgotten.")
        old = compartments.identities(case, entry)
        fresh = X25519Identity.generate()
        readers = opened.readers(entry) & wrapped_to(compartments.folder(case))
        # Both keys are in every reader's hands before the public file names the new one; after a kill it goes again.
        compartments.write(case, {**entry, "changing": KEY})
        entry = compartments.read(case)
        compartments.write_keys(case, [fresh, *old], readers)
        former = " ".join(str(each.recipient) for each in old)
        said = {
            **entry,
            "recipient": str(fresh.recipient),
            "former": former,
            "roll": opened.statements.count,
            "changing": "",
        }
        compartments.write(case, said | ({"resealing": opened.keys.label} if resealing else {}))
        compartments.drop_known(case)
        version = str(compartments.read(case)["version"])
        opened.ledger.append("case.rekeyed", case=case, compartment=case, version=version)


def trim(opened: Opened, case: str, identities: Sequence[X25519Identity] = ()) -> None:
    """Take from a case's key files what its public file does not name, which a kill may have left. It is locked."""
    compartments = opened.compartments
    compartments.drop_known(case)
    entry = compartments.read(case)
    named = identities or compartments.identities(case, entry)
    compartments.write_keys(case, named, opened.readers(entry) & wrapped_to(compartments.folder(case)))
    compartments.write(case, {**entry, "changing": ""})
    compartments.drop_known(case)


def is_resealing(opened: Opened, case: str) -> bool:
    """Whether everything of the case is being sealed anew, perhaps since before a kill."""
    return bool(opened.compartments.read(case).get("resealing"))


def end_reseal(opened: Opened, case: str) -> None:
    """Give up the old keys of a case, now that nothing is sealed to them any more."""
    require(opened.role, Right.ROTATE)
    compartments = opened.compartments
    with locked(opened.folder / LOCK):
        entry = compartments.read(case)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        newest = compartments.identities(case, entry)[:1]
        compartments.write(
            case,
            {
                **entry,
                "changing": KEY,
                "former": "",
                "resealing": "",
                "resealed": now,
                "resealed_by": opened.keys.label,
            },
        )
        trim(opened, case, newest)
        version = str(compartments.read(case)["version"])
        opened.ledger.append("case.resealed", case=case, compartment=case, version=version)
