"""A reader of vaults written from docs/vault-format.md alone: it imports nothing of ours.

That it reads what the program writes shows that the page is enough for a second implementation. It reads the second
format in a folder, checks what the page says has to be checked, and stops at the first thing that is not so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Who may sign what, as in the table under "Signatures".
MAY = {
    "statement": "lead administrator",
    "vault": "lead administrator",
    "compartment change": "lead administrator",
    "compartment keys": "lead specialist",
    "compartment": "lead specialist",
    "message": "lead specialist administrator",
    "hash keys": "lead specialist administrator auditor",
    "ledger": "lead specialist administrator auditor intake counsel",
}
MAY |= {each: MAY["ledger"] for each in ("ledger head", "drop")}
#: Columns that a migration added.
ADDED = ("intended", "find_key", "sum_key")


class Reader:
    """One vault's folder, with the keys of one officer."""

    def __init__(self, folder: Path, identity: str) -> None:
        lines = identity.splitlines()
        said = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
        self.folder, self.label, self.id, self.anchor = (
            folder,
            said["officer"],
            said["vault"],
            said["vault signing key"],
        )
        self.identity = pyrage.x25519.Identity.from_str(lines[-1])
        #: By signing key: label, role, and the statements between which she was an officer.
        self.ever: dict[str, dict[str, Any]] = {}
        self.statements: list[bytes] = []
        self.recovery: dict[str, Any] = {}

    # --- signatures

    def signed(self, purpose: str, message: bytes, key: str, signature: bytes, at: int | None = None) -> str:
        """Check a signature and return whose it is; *at* is the statement at which she has to have been an officer."""
        over = f"mobility-vault/2/{self.id}/{purpose}".encode() + b"\0" + message
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, over)
        who = self.ever[key]
        assert who["role"] in MAY[purpose].split(), (purpose, who)
        assert at is None or (who["since"] <= at and (not who["until"] or at < who["until"]))
        return str(who["label"])

    def parted(self, line: bytes) -> tuple[dict[str, Any], bytes, bytes]:
        """Return an entry, what was signed, and the signature; the line has to be spelt as it must be."""
        entry = json.loads(line)
        assert line == json.dumps(entry, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        signature = bytes.fromhex(entry.pop("signature"))
        return entry, json.dumps(entry, sort_keys=True, separators=(",", ":")).encode(), signature

    def entry(self, purpose: str, line: bytes, at: int | None = None) -> dict[str, Any]:
        entry, message, signature = self.parted(line)
        assert self.signed(purpose, message, entry["key"], signature, at) == entry["by"]
        return entry

    # --- the roll of officers

    def read_roll(self) -> None:
        for line in (self.folder / "access.jsonl").read_bytes().splitlines(keepends=True):
            self.take_statement(line)

    def take_statement(self, line: bytes) -> None:
        entry, message, signature = self.parted(line)
        number = len(self.statements) + 1
        previous = hashlib.sha256(self.statements[-1]).hexdigest() if self.statements else "0" * 64
        assert (entry["number"], entry["previous"], entry["vault"]) == (number, previous, self.id)
        event, label = entry["event"], entry.get("officer")
        if number == 1:
            assert event == "vault.founded" and entry["key"] == entry["signing"] == self.anchor
            self.enter(entry, "lead", number)
        elif event == "officer.recovered":
            assert entry["key"] == self.recovery["signing"] and entry["by"] == "recovery"
            self.enter(entry, "lead", number)
        there = next((key for key, each in self.ever.items() if each["label"] == label and not each["until"]), "")
        if event in ("officer.removed", "officer.rekeyed"):
            self.ever[there]["until"] = number
        if event == "officer.added":
            self.enter(entry, entry["role"], number)
        elif event == "officer.rekeyed":
            self.enter(entry, self.ever[there]["role"], number)
        elif event == "recovery.set":
            self.recovery = entry
        key = entry["key"]
        if event == "officer.recovered" or (event == "officer.rekeyed" and self.ever[key]["label"] == label):
            over = f"mobility-vault/2/{self.id}/statement".encode() + b"\0" + message
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, over)
        else:
            assert event != "officer.rekeyed"
            assert self.signed("statement", message, key, signature) == entry["by"]
            if event == "recovery.set" or entry.get("role") == "lead":
                assert number == 1 or self.ever[key]["role"] == "lead"
        self.statements.append(line)

    def enter(self, entry: dict[str, Any], role: str, number: int) -> None:
        assert entry["signing"] not in self.ever
        self.ever[entry["signing"]] = {"label": entry["officer"], "role": role, "since": number, "until": 0}

    # --- the ledger

    def ledger(self) -> Iterator[dict[str, Any]]:
        """Yield every line, checked; the head has to fit its end."""
        number, last, told = 0, "0" * 64, 0
        for line in (self.folder / "ledger.jsonl").read_bytes().splitlines(keepends=True):
            entry = json.loads(line)
            if entry["event"] == "roll":
                assert entry["fact.statement"].encode() + b"\n" == self.statements[told]
                told += 1
            entry = self.entry("ledger", line, at=told)
            assert (entry["number"], entry["previous"], entry["told"]) == (number + 1, last, told)
            number, last = number + 1, hashlib.sha256(line).hexdigest()
            yield entry
        head = self.entry("ledger head", (self.folder / "ledger-head.json").read_bytes())
        assert head["count"] < number or (head["count"], head["last"]) == (number, last)

    def check_checkpoint(self, note: str) -> None:
        """Compare the ledger's first lines with a checkpoint that was kept."""
        text, _, rest = note.rpartition("\n\n")
        origin, size, root = text.split("\n")
        _, name, coded = rest.rstrip("\n").split(" ")
        assert origin == name == f"mobility-vault/{self.id}"
        raw = base64.b64decode(coded)
        lines = (self.folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)[: int(size)]
        assert tree_hash(lines) == base64.b64decode(root)
        named = [key for key in self.ever if raw[:4] == key_id(name, bytes.fromhex(key))]
        for key in named:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(raw[4:], (text + "\n").encode())
        assert named

    # --- keys

    def hash_keys(self, kind: str) -> list[bytes | None]:
        line = pyrage.decrypt((self.folder / "secrets" / kind / f"{self.label}.age").read_bytes(), [self.identity])
        entry = self.entry("hash keys", line)
        assert entry["kind"] == kind
        return [None if each == "-" else bytes.fromhex(each) for each in entry["keys"].split(" ")]

    def keyed(self, secret: bytes | None, purpose: str, data: bytes) -> str:
        assert secret is not None
        info = f"mobility-vault/1/keyed hash/{purpose}".encode()
        return hmac.new(HKDF(SHA256(), 32, None, info).derive(secret), data, "sha256").hexdigest()

    def found_hash(self, purpose: str, data: bytes, upto: int) -> str:
        """Return the hash to find something by under the find keys up to the one of that number."""
        first, *later = self.hash_keys("find")[:upto]
        found = self.keyed(first, purpose, data)
        for key in later:
            found = self.keyed(key, "again", bytes.fromhex(found))
        return found

    def compartment(self, name: str) -> list[Any]:
        """Return the identities of a case, the one in use first, and those it replaced."""
        line = (self.folder / "compartments" / name / "public.json").read_bytes()
        version = json.loads(line).get("version", 1)
        said = self.entry("compartment" if version == 1 else "compartment change", line)
        assert said["state"] == "open"
        if "keys" in said:
            named = self.entry("compartment keys", f"{said['keys']}\n".encode())
            assert all(named[each] == said[each] for each in ("name", "recipient", "former"))
        key_file = self.folder / "compartments" / name / f"key.{self.label}.age"
        lines = pyrage.decrypt(key_file.read_bytes(), [self.identity]).decode().split()
        every = [pyrage.x25519.Identity.from_str(each) for each in lines]
        known = [said["recipient"], *said.get("former", "").split()]
        return [each for each in every if str(each.to_public()) in known]

    # --- the catalogue

    def catalogue(self) -> dict[str, list[dict[str, Any]]]:
        """Return every table's rows: each one's signature and every sum is right."""
        connection = sqlite3.connect(f"file:{self.folder / 'catalog.db'}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        tables = ["cases", "documents", "records", "lookups", "arrivals", "case_log", "pending", "generations", "heads"]
        rows = {table: list(map(dict, connection.execute(f"SELECT * FROM {table}"))) for table in tables}  # noqa: S608
        connection.close()
        digests: dict[str, int] = {}
        self.at = {each["name"]: each["number"] for each in rows["generations"]}
        heads = {head["scope"]: head for head in rows["heads"]}
        keys = self.hash_keys("sum")
        for table in tables:
            for row in rows[table]:
                message = signed_row(table, row)
                self.signed("message", message, row["signature"][:32].hex(), row["signature"][32:])
                for scope in scopes(table, row):
                    if scope in heads:
                        number = heads[scope].get("sum_key") or self.at.get("sum", 1)
                        digest = int(self.keyed(keys[number - 1], "catalog row", message), 16)
                        digests[scope] = digests.get(scope, 0) + digest
        assert digests.keys() <= heads.keys()
        assert {name: int(head["total"], 16) for name, head in heads.items()} == {
            name: digests.get(name, 0) % (1 << 256) for name in heads
        }
        return rows

    def opened(self, case: str, sealed: bytes) -> Any:
        return msgspec.msgpack.decode(pyrage.decrypt(sealed, self.compartment(case)))

    def original(self, case: str, blob: str) -> bytes:
        data = (self.folder / "store" / blob[:2] / blob).read_bytes()
        assert hashlib.sha256(data).hexdigest() == blob
        return bytes(pyrage.decrypt(data, self.compartment(case)))

    def log(self, case: str, rows: list[dict[str, Any]]) -> list[Any]:
        """Return what stands in a case's log, whose links are right and were told to the ledger."""
        told = {
            int(entry["fact.number"]): entry["fact.link"]
            for entry in self.ledger() if entry["event"] == "log.entered" and entry["fact.case"] == case
        }  # fmt: skip
        previous, found = "0" * 64, []
        for row in sorted((each for each in rows if each["case_id"] == case), key=lambda each: each["number"]):
            assert row["previous"] == previous
            named = [case, row["number"], previous, hashlib.sha256(row["sealed"]).hexdigest()]
            previous = self.keyed(self.hash_keys("sum")[0], "case log", json.dumps(named).encode())
            assert told[row["number"]] == previous
            found.append(self.opened(case, row["sealed"]))
        return found


def signed_row(table: str, row: dict[str, Any]) -> bytes:
    cells = [
        [name, "blob", value.hex()] if isinstance(value, bytes) else [name, value]
        for name, value in sorted(row.items())
        if name != "signature" and not (value is None and name in ADDED)
    ]
    return b"catalog row\0" + json.dumps([table, cells], separators=(",", ":")).encode()


def scopes(table: str, row: dict[str, Any]) -> list[str]:
    """Return the scopes that a row may be summed in: by case, or by the beginning of its hash; now and formerly."""
    if table == "heads":
        return [] if row["scope"] == "heads" else ["heads"]
    if table in ("lookups", "arrivals"):
        begins = row["tag" if table == "lookups" else "path_tag"][:3]
        return [f"{table}#{begins}", f"lookups/{row['case_id']}" if table == "lookups" else "arrivals"]
    return [f"{table}/{row['case_id']}"] if "case_id" in row else [table]


def name_form(text: str) -> str:
    """Return the written-out normal form of a name, for the letters that ICAO 9303-3 writes out."""
    out = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Å": "AA", "Æ": "AE", "Ø": "OE"})
    upper = unicodedata.normalize("NFC", text).upper().translate(out)
    bare = "".join(each for each in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(each))
    return " ".join(sorted("".join(each if each.isalnum() else " " for each in bare).split()))


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def tree_hash(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962, 2.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()
