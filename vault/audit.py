"""Checkpoints and exports of the ledger, and checking an export with nothing else at hand: no vault, no key, no
network.

An export is one file: a line that says of which vault it is and with which key its first statement was signed, then the
ledger's lines as they stand, an empty line, and a checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO

from vault.access import Right, may
from vault.entries import check_ed25519, parse_entry, render
from vault.errors import TamperedError, VaultError
from vault.ledger import START, line_hash
from vault.merkle import Tree
from vault.note import Checkpoint, key_id, parse, signed, signed_text
from vault.opened import Opened
from vault.roll import Roll
from vault.signatory import LedgerReader

FORMAT = "mobility-audit/1"
_KEY = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)
_CERTIFICATE = "the certificate"
#: Longer lines are none of ours.
_MOST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What an export holds, who vouches for it, and what is wrong with it in plain words.

    *anchor* is the founder's signing key: whoever knows it from elsewhere compares it, or what it signs proves nothing.
    *certified_by* are those who may erase and have signed the certificates of erasures.
    """

    vault: str
    anchor: str
    lines: int
    officers: tuple[str, ...]
    signed_by: tuple[str, ...]
    problems: tuple[str, ...]
    certified_by: tuple[str, ...] = ()


def origin(vault: str) -> str:
    """Return the name of a vault's ledger in checkpoints, which is that of its keys as well."""
    return f"mobility-vault/{vault}"


def checkpoint(opened: Opened) -> Checkpoint:
    """Sign how far the ledger goes and what it is; raise TamperedError where it is not as it was written."""
    signatory = opened.signatory
    if problems := opened.ledger.problems():
        raise TamperedError(f"The ledger is damaged, so nothing vouches for it: {problems[0]}")
    tree = Tree()
    for line in opened.ledger.lines():
        tree.add(line)
    name = origin(signatory.roll.vault)
    return signed(name, tree.size, tree.root(), bytes.fromhex(signatory.key), signatory.raw)


def certify(opened: Opened, text: str) -> str:
    """Return *text* (lines, each with its line feed, none empty) as a note signed by the officer at work."""
    signatory = opened.signatory
    return signed_text(origin(signatory.roll.vault), text, bytes.fromhex(signatory.key), signatory.raw)


def export(opened: Opened, target: BinaryIO) -> Checkpoint:
    """Write the ledger with a checkpoint; the ledger is told before, so the export holds its own line."""
    opened.ledger.append("audit.exported")
    roll = opened.signatory.roll
    made = checkpoint(opened)
    header = {"anchor": roll.anchor.hex(), "first_key": roll.first_key.hex(), "format": FORMAT, "vault": roll.vault}
    target.write(render(header) + b"\n")
    for number, line in enumerate(opened.ledger.lines(), 1):
        if number <= made.size:
            target.write(line)
    target.write(b"\n" + made.whole.encode())
    return made


def check_export(
    source: BinaryIO, kept: Sequence[Checkpoint] = (), anchor: str = "", certificates: Sequence[Checkpoint] = ()
) -> Checked:
    """Check an export: every line's signature, chain and right, its checkpoint, and those that were *kept* before.

    *certificates* are those of erasures, of which each says how far the ledger went. *anchor* is the founder's key as
    it is known from elsewhere. Raise TamperedError where the file is no export at all.
    """
    header = _header(source.readline(_MOST_LINE))
    reader = LedgerReader(header["vault"], *(bytes.fromhex(header[name]) for name in ("anchor", "first_key")))
    known = anchor in ("", header["anchor"])
    problems = [] if known else ["the ledger was founded with another key than the one given"]
    sizes = {each.size for each in (*kept, *certificates)}
    tree, roots, last = Tree(), {0: Tree().root()}, START
    try:
        for line in _lines(source):
            entry = reader.read(line)
            if entry.get("number") != tree.size + 1 or entry.get("previous") != last:
                raise TamperedError("it does not follow the one before it")
            tree.add(line)
            last = line_hash(line)
            if tree.size in sizes:
                roots[tree.size] = tree.root()
    except TamperedError as mistake:
        problems.append(f"line {tree.size + 1}: {mistake.message}")
        return _checked(reader.roll, tree.size, (), problems)
    roots[tree.size] = tree.root()
    own = _own(source, problems)
    signed_by: dict[str, list[str]] = {_CERTIFICATE: []}
    made = [("the checkpoint at its end", own), ("a kept one", kept), (_CERTIFICATE, certificates)]
    for what, each in ((what, each) for what, some in made for each in some):
        wrong = compare(reader.roll, each, tree.size, roots.get(each.size), what)
        problems += wrong
        right = Right.FORGET if what == _CERTIFICATE else Right.SIGN_LEDGER
        signed_by.setdefault(what, []).extend([] if wrong else signers(reader.roll, each, right))
    if own and own[0].size != tree.size:
        problems.append(f"the checkpoint at its end is about {own[0].size} lines and there are {tree.size}")
    certified_by = tuple(signed_by.pop(_CERTIFICATE))
    found = _checked(reader.roll, tree.size, tuple(dict.fromkeys(chain(*signed_by.values()))), problems)
    return replace(found, certified_by=certified_by)


def problems(opened: Opened, kept: Iterable[Checkpoint]) -> list[str]:
    """Compare the vault's ledger with checkpoints *kept* elsewhere; an older copy of the whole vault is noticed so."""
    found = []
    for each in kept:
        tree = Tree()
        for line in islice(opened.ledger.lines(), each.size):
            tree.add(line)
        wrong = compare(opened.signatory.roll, each, tree.size, tree.root(), "the checkpoint")
        found += [f"ledger: {what}" for what in wrong]
    return found


def compare(roll: Roll, made: Checkpoint, size: int, root: bytes | None, what: str) -> list[str]:
    """Return in plain words where a ledger of *size* lines, of *root* at the checkpoint's size, does not fit it."""
    found = []
    if made.origin != origin(roll.vault):
        return [f"{what} is of another vault's ledger"]
    if made.size > size:
        found.append(
            f"{what} is about {made.size} lines and there are {size}: lines were cut away, or the whole vault is an "
            "older copy"
        )
    elif root != made.root:
        found.append(f"the first {made.size} lines are not those that {what} was made of: they were rewritten")
    try:
        if not signers(roll, made):
            found.append(f"{what} is signed by nobody whom this ledger knows as an officer")
    except VaultError:
        found.append(f"{what} has a signature that does not fit")
    return found


def signers(roll: Roll, made: Checkpoint, right: Right = Right.SIGN_LEDGER) -> list[str]:
    """Return the officers with that right who have signed; raise TamperedError where their signature does not fit."""
    found = []
    for each in made.signatures:
        for key, officer in roll.ever.items():
            public = bytes.fromhex(key)
            if each.name == made.origin and each.key_id == key_id(each.name, public):
                check_ed25519(public, made.text.encode(), each.signature)
                found += [officer.label] if may(officer.role, right) else []
    return found


def _header(line: bytes) -> Mapping[str, str]:
    """Return what the first line of an export says; raise TamperedError unless it is spelt as `export` spells it."""
    damaged = TamperedError("The first line of the exported ledger is damaged.", remedy="Ask for the export anew.")
    try:
        found = parse_entry(line)
    except TamperedError:
        raise damaged from None
    if found.get("format") != FORMAT:
        raise TamperedError("The file is no exported ledger.", remedy="Make one with `mobility audit export`.")
    header = {name: str(found.get(name)) for name in ("anchor", "first_key", "format", "vault")}
    if render(header) + b"\n" != line or not all(_KEY.fullmatch(header[name]) for name in ("anchor", "first_key")):
        raise damaged
    return header


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the ledger's lines up to the empty one."""
    while line := source.readline(_MOST_LINE):
        if line == b"\n":
            return
        yield line
    raise TamperedError("the export ends before its checkpoint: it was cut")


def _own(source: BinaryIO, problems: list[str]) -> list[Checkpoint]:
    try:
        return [parse(source.read(_MOST_LINE))]
    except TamperedError as mistake:
        problems.append(f"the checkpoint at its end: {mistake.message}")
        return []


def _checked(roll: Roll, lines: int, signed_by: tuple[str, ...], found: list[str]) -> Checked:
    officers = tuple(f"{each.label} ({each.role})" for each in sorted(roll.officers.values(), key=lambda o: o.label))
    return Checked(roll.vault, roll.anchor.hex(), lines, officers, signed_by, tuple(found))
