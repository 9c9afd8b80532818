"""Sealed storage on the age v1 file format, with signatures and an audit trail; knows no documents.

Depends on `cryptography` and the standard library only, and promises: what is in the vault can be read with the plain
`age` tool and an officer's passphrase (docs/vault-format.md); what was changed, cut, moved or removed is noticed; a
process killed between any two writes leaves a vault that opens.
"""

from __future__ import annotations

from vault.access import Right, Role
from vault.checking import Report
from vault.compartment import Compartment, Stored
from vault.envelope import seal, seal_stream, unseal, unseal_stream
from vault.errors import (
    HeaderError,
    HeaderMacError,
    HeldError,
    MissingError,
    NotGrantedError,
    PayloadError,
    TamperedError,
    VaultError,
    WrongKeyError,
)
from vault.keys import ScryptIdentity, ScryptRecipient, X25519Identity, X25519Recipient
from vault.ledger import Ledger
from vault.office import Waiting
from vault.officer_keys import OfficerKeys, read_identity_file, write_identity_file
from vault.sealed_files import seal_file, unseal_file
from vault.shares import Share
from vault.store import FolderStore, Store
from vault.vault import Vault

__all__ = [
    "Compartment",
    "FolderStore",
    "HeaderError",
    "HeaderMacError",
    "HeldError",
    "Ledger",
    "MissingError",
    "NotGrantedError",
    "OfficerKeys",
    "PayloadError",
    "Report",
    "Right",
    "Role",
    "ScryptIdentity",
    "ScryptRecipient",
    "Share",
    "Store",
    "Stored",
    "TamperedError",
    "Vault",
    "VaultError",
    "Waiting",
    "WrongKeyError",
    "X25519Identity",
    "X25519Recipient",
    "read_identity_file",
    "seal",
    "seal_file",
    "seal_stream",
    "unseal",
    "unseal_file",
    "unseal_stream",
    "write_identity_file",
]
