"""Checks a certificate of erasure against an exported ledger. Needs no vault, no key and no connection.

A company that was asked to erase has to show that it did (GDPR Art. 5(2)); whoever gets the certificate can check it
with the export of the vault's ledger, which holds the officers' public keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from toolkit.errors import InputError
from vault import TamperedError, audit, note
from vault.entries import parse_entry

_NAME = "certificate of erasure"
_TITLE = "Certificate of erasure"
_LINES = (
    re.compile(_TITLE),
    re.compile(r"vault (?P<vault>\S+)"),
    re.compile(r"case (?P<case>\S+), [0-9]+ documents", re.ASCII),
    re.compile(r"erased (?P<at>\S+) by officer (?P<by>\S+)"),
    re.compile(r"on the order: (?P<order>.+)"),
)
_STOOD = re.compile(r"^The ledger stood at (?P<size>[0-9]{1,18}) lines then, tree hash (?P<root>[0-9a-f]{64})\.$", re.M)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a certificate says (the case's id, when in UTC, by which officer), and what is wrong in plain words."""

    case: str
    at: str
    by: str
    order: str
    problems: tuple[str, ...]


def check(certificate: bytes, export: BinaryIO, anchor: str = "") -> Proof:
    """Check a certificate against the export, which can be read from its beginning more than once.

    *anchor* is the founder's key as it is known from elsewhere. Raise TamperedError where one of the two is not what it
    should be at all, InputError where the certificate is another note.
    """
    said, made = _read(certificate)
    found = audit.check_export(export, anchor=anchor, certificates=[made])
    problems = list(found.problems)
    if not problems:
        if not found.certified_by:
            problems.append("the certificate is signed by nobody whose role lets her erase")
        elif said["by"] not in found.certified_by:
            problems.append(f"the certificate says that {said['by']} erased, and it is signed by another officer")
        export.seek(0)
        if not _was_forgotten(export, said, made.size):
            problems.append(f"the ledger does not say that {said['by']} had case {said['case']} erased")
    return Proof(said["case"], said["at"], said["by"], said["order"], tuple(problems))


def _read(certificate: bytes) -> tuple[dict[str, str], note.Checkpoint]:
    """Return what a certificate says by name, and as a checkpoint how far the ledger went then."""
    text, signatures = note.parted(certificate, _NAME)
    said: dict[str, str] = {}
    for pattern, line in zip(_LINES, text.split("\n"), strict=False):
        found = pattern.fullmatch(line)
        if found is None:
            raise InputError(f"The file is no {_NAME}.", remedy="It is what `mobility vault forget` wrote.")
        said |= found.groupdict()
    stood = _STOOD.search(text)
    if stood is None:
        raise TamperedError(f"The {_NAME} does not say how far the ledger went.")
    made = note.Checkpoint(said["vault"], int(stood["size"]), bytes.fromhex(stood["root"]), text, signatures)
    return said, made


def _was_forgotten(export: BinaryIO, said: dict[str, str], size: int) -> bool:
    """Whether the first *size* lines of a checked export say that the officer had the case's keys destroyed."""
    export.readline()
    for _ in range(size):
        entry = parse_entry(export.readline())
        if (entry["event"], entry.get("fact.compartment"), entry["by"]) == (
            "compartment.forgotten",
            said["case"],
            said["by"],
        ):
            return True
    return False
