"""An officer's own signature, and whose signatures are believed: those the roll of officers entitles. No folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.access import Right, require
from vault.entries import Entry, check_ed25519, parse_entry, parted, render, signed
from vault.errors import TamperedError
from vault.roll import Officer, Roll
from vault.root import check_first, read_first

_KEY_BYTES = 32
#: What a role must be allowed to have signed for that purpose.
_RIGHTS = {
    "vault": Right.APPOINT,
    "compartment": Right.START_CASES,
    "compartment change": Right.APPOINT,
    "compartment keys": Right.START_CASES,
    "hash keys": Right.CHECK_SUMS,
    "ledger": Right.SIGN_LEDGER,
    "ledger head": Right.SIGN_LEDGER,
    "message": Right.SIGN_ROWS,
    "drop": Right.SEAL,
}
#: What an entry that a vault's first format left behind may be for, until it is written anew.
_FIRST = frozenset({"compartment", "ledger", "ledger head"})


class Signatory:
    """Signs with one officer's key. A signature is 96 bytes: whose key it is, and what that key gave."""

    def __init__(self, roll: Roll, label: str, signing: Ed25519PrivateKey) -> None:
        self.roll = roll
        self.label = label
        self._signing = signing
        self.key = signing.public_key().public_bytes_raw().hex()

    @property
    def officer(self) -> Officer:
        """Who signs, as the roll has her; raise TamperedError where she is no officer any more."""
        return self.roll.by_key(self.key, Right.SIGN_LEDGER, ever=False)

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Sign *message* for this purpose only; raise NotGrantedError where her role does not allow it."""
        require(self.officer.role, _RIGHTS[purpose])
        return bytes.fromhex(self.key) + self.raw(self.roll.message(purpose, message))

    def raw(self, message: bytes) -> bytes:
        """Return the plain Ed25519 signature; the caller keeps purposes apart."""
        return self._signing.sign(message)

    def check(self, purpose: str, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless somebody whose role allows it gave *signature*."""
        if len(signature) == _KEY_BYTES + 64:
            key, rest = signature[:_KEY_BYTES], signature[_KEY_BYTES:]
            self.roll.by_key(key.hex(), _RIGHTS[purpose], ever=True)
            check_ed25519(key, self.roll.message(purpose, message), rest)
        elif self.roll.retired:
            raise TamperedError("A signature does not fit what it signs.")
        else:
            check_first(self.roll.first_key, purpose, message, signature)

    def signer(self, signature: bytes) -> str:
        """Return who gave a signature that was checked; empty for one of the vault's first format."""
        found = self.roll.ever.get(signature[:_KEY_BYTES].hex())
        return found.label if found and len(signature) == _KEY_BYTES + 64 else ""

    def write_entry(self, purpose: str, entry: Mapping[str, str | int]) -> bytes:
        """Return *entry* as one signed line that says who signed it."""
        whole = {**entry, "by": self.label, "key": self.key}
        return signed(whole, self.sign(purpose, render(whole))[_KEY_BYTES:])

    def read_entry(self, purpose: str, line: bytes) -> Entry:
        """Return a signed entry, with who signed it; raise TamperedError."""
        if purpose in _FIRST and not self.roll.retired and "key" not in parse_entry(line):
            return read_first(self.roll.first_key, purpose, line)
        return read_signed(self.roll, purpose, line, ever=True)

    def in_order(self) -> Callable[[bytes], Entry]:
        """Return a reader of the ledger's lines from the first on."""
        return LedgerReader(self.roll.vault, self.roll.anchor, self.roll.first_key).read

    def __repr__(self) -> str:
        return f"<Signatory {self.label}>"


class LedgerReader:
    """Reads the lines of a ledger from the first on, and knows from them alone who was an officer at each.

    So it needs no vault: an exported ledger is checked by it as well.
    """

    def __init__(self, vault: str, anchor: bytes, first_key: bytes = b"") -> None:
        self.roll = Roll(vault, anchor, first_key)

    def read(self, line: bytes) -> Entry:
        """Return the next line's entry; raise TamperedError where nobody who was entitled then has signed it."""
        entry = parse_entry(line)
        if self.roll.first_key and not self.roll.count and "key" not in entry:
            return read_first(self.roll.first_key, "ledger", line)
        statement = str(entry.get("fact.statement", ""))
        told = str(entry.get("event")) == "roll"
        if told != bool(statement):
            raise TamperedError("A line of the ledger tells a statement in the wrong way.")
        try:
            # Whoever signs the line may be leaving her old key with it, or coming in by it.
            before = read_signed(self.roll, "ledger", line, ever=False)
        except TamperedError:
            if not told:
                raise
            before = {}
        if told:
            self.roll.apply(statement.encode() + b"\n")
        return before or read_signed(self.roll, "ledger", line, ever=False)


def read_signed(roll: Roll, purpose: str, line: bytes, *, ever: bool) -> Entry:
    """Return an entry that an officer who may has signed, today or (*ever*) at some time; raise TamperedError."""
    entry, signature = parted(line)
    key = str(entry.get("key", ""))
    officer = roll.by_key(key, _RIGHTS[purpose], ever=ever)
    if entry.get("by") != officer.label:
        raise TamperedError("A signed entry is signed by another than it says.")
    check_ed25519(bytes.fromhex(key), roll.message(purpose, render(entry)), signature)
    return entry
