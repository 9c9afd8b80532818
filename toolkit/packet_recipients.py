"""To whom a packet is sealed: a public age key as text, or an officer of the vault whose role is counsel, by name.

An officer's key comes from the signed roll of officers: nobody who can change a mail or a file can put another there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.errors import InputError, UnknownNameError
from vault import Role, Vault, X25519Recipient
from vault.errors import VaultError
from vault.roll import Officer

_KEY = "age1"
_ADD = "Add counsel (mobility vault officer NAME --role counsel --public-keys FILE)"
_OR_KEY = "or give counsel's public key, age1..."


@dataclass(frozen=True, slots=True)
class Recipient:
    """A key to seal to, and the name of the officer whose it is on the roll; "" where it was given as text."""

    key: X25519Recipient
    officer: str = ""

    @property
    def called(self) -> str:
        """What the ledger calls the recipient: the officer's name, else the key."""
        return self.officer or str(self.key)


def check(said: Iterable[str]) -> None:
    """Raise InputError for what begins as a key and is none; names are for `recipients`, which knows the vault."""
    for each in said:
        if each.startswith(_KEY):
            _parsed(each)


def recipients(vault: Vault, said: Sequence[str]) -> list[Recipient]:
    """Return whom to seal to, each once: keys as they are, names by the roll of *vault*.

    Raises InputError for what is no key; UnknownNameError for a name that is not on the roll, of somebody who was
    removed, or of an officer who is not counsel; VaultError where the roll cannot be had or is not as it was signed.
    """
    found = [Recipient(_parsed(each)) if each.startswith(_KEY) else _counsel(vault, each) for each in said]
    return list({str(each.key): each for each in found}.values())


def _counsel(vault: Vault, name: str) -> Recipient:
    if vault.parts.roll is None:
        raise InputError(
            f"--to {name[:64]}: a vault of the first format has no roll that says who is counsel.",
            remedy="Bring it to the present one (mobility vault upgrade), or give counsel's public key, age1...",
        )
    officers = vault.office.officers()
    counsel = [each.label for each in officers if each.role is Role.COUNSEL]
    there = next((each for each in officers if each.label == name), None)
    if there is None:
        raise _missing(name, counsel, removed=_was_there(vault.parts.roll.ever.values(), name))
    if there.role is not Role.COUNSEL:
        raise UnknownNameError(
            f"--to {name}: that officer is {there.role.value}, and packets are sealed to counsel.",
            remedy=f"{_known(counsel)}Name one of them, {_OR_KEY}"
            if counsel
            else f"{_known(counsel)}{_ADD}, {_OR_KEY}",
        )
    return Recipient(X25519Recipient.parse(there.recipient), there.label)


def _missing(name: str, counsel: Sequence[str], *, removed: bool) -> UnknownNameError:
    shown = name[:64]
    if removed:
        return UnknownNameError(
            f"--to {shown}: that officer was removed from the vault, and nothing is sealed to her any more.",
            remedy=f"{_known(counsel)}Ask who is counsel now, {_OR_KEY}",
        )
    return UnknownNameError(
        f"--to {shown}: nobody of that name is on the vault's roll of officers.",
        remedy=f"{_known(counsel)}{_ADD}, {_OR_KEY}",
    )


def _was_there(ever: Iterable[Officer], name: str) -> bool:
    return any(each.label == name for each in ever)


def _known(counsel: Sequence[str]) -> str:
    return f"Counsel on the roll: {', '.join(counsel)}. " if counsel else "The roll has no counsel yet. "


def _parsed(text: str) -> X25519Recipient:
    try:
        return X25519Recipient.parse(text)
    except VaultError as mistake:
        raise InputError(
            f"--to takes a public age key or the name of an officer, and this is neither: {mistake.message}",
            remedy="Counsel's key begins with age1: age-keygen prints it. Copy all of it.",
        ) from mistake
