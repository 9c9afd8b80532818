"""The ledger proves itself: to who has the vault, to who has an export alone, and against copies put back."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests import vault_fixtures
from tests.vault_fixtures import upgraded
from tests.vault_team import GRANTED, OTHER, PEOPLE, Team, make
from toolkit.catalog import Catalog
from toolkit.model import State
from vault import Role, TamperedError, Vault, audit, note
from vault.entries import check_ed25519, parse_entry, render
from vault.ledger import line_hash
from vault.merkle import Tree

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team
first = vault_fixtures.first


# --- the formats, against what others have published

#: Leaves and roots of the certificate-transparency project's own tests of RFC 6962.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_6962():
    tree = Tree()
    assert tree.root().hex() == ROOTS[0]
    for leaf, root in zip(LEAVES, ROOTS[1:], strict=True):
        tree.add(bytes.fromhex(leaf))
        assert tree.root().hex() == root


def test_keys_and_signatures_of_notes_are_those_of_the_go_library():
    """The example in the documentation of golang.org/x/mod/sumdb/note."""
    name, key_id, key = "PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    public = base64.b64decode(key)[1:]
    assert note.key_id(name, public).hex() == key_id
    assert note.verifier_key(name, public) == f"{name}+{key_id}+{key}"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert signature[:4].hex() == key_id
    check_ed25519(public, text.encode(), signature[4:])


def checkpoint() -> note.Checkpoint:
    key = Ed25519PrivateKey.generate()
    return note.signed("example.org/log", 3, bytes(32), key.public_key().public_bytes_raw(), key.sign)


def test_a_checkpoint_is_read_as_it_was_written():
    made = checkpoint()
    assert note.parse(made.whole.encode()) == made
    assert made.whole.startswith(
        "example.org/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\N{EM DASH} example.org/log "
    )
    more = note.parse(made.whole.replace("\n\n", "\nextension\n\n").encode())
    assert (more.size, more.text.count("\n")) == (3, 4)


DASH = "\N{EM DASH}"
NONE, NO_SIZE, NO_BASE64 = "is no checkpoint, or the end of it is missing", "how long the ledger was", "no base64"
NO_SIGNATURE, REWRITTEN = "signature line of the checkpoint is none", "was rewritten"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text[:-1], NONE),
        (lambda text: text.replace("\n\n", "\n"), NONE),
        (lambda text: text.replace("\n\n", "\n\nmore\n\n"), NONE),
        (lambda text: text + "\n", NONE),
        (lambda text: "\n\n" + text, NONE),
        (lambda text: "", NONE),
        (lambda text: text + text.splitlines(keepends=True)[-1] * (note.MOST_BYTES // 100), NONE),
        (lambda text: "only\n" + text[text.index("\n\n") + 1 :], "no checkpoint of a ledger"),
        (lambda text: text.replace("3\n", "03\n"), NO_SIZE),
        (lambda text: text.replace("3\n", "x\n"), NO_SIZE),
        (lambda text: text.replace("\n3\n", "\n"), "no checkpoint of a ledger"),
        (lambda text: text.replace("AAA=", "AAAA"), NO_SIZE),
        (lambda text: text.replace("AAA=", "AA=="), NO_SIZE),
        (lambda text: text.replace("AAAA", f"AA{DASH}A", 1), NO_BASE64),
        (lambda text: text.replace(DASH, "-"), NO_SIGNATURE),
        (lambda text: text + f"{DASH} name\n", NO_SIGNATURE),
        (lambda text: text + f"{DASH} name AAAAAAA= more\n", NO_SIGNATURE),
        (lambda text: text + f"{DASH}  AAAAAAA=\n", NO_SIGNATURE),
        (lambda text: text + f"{DASH} name AAAAAA==\n", NO_SIGNATURE),
        # The last letter of a root or a signature holds two bits that mean nothing.
        (lambda text: text.replace("A=\n\n", "B=\n\n"), REWRITTEN),
        (lambda text: text[:-3] + chr(ord(text[-3]) + 1) + "=\n", REWRITTEN),
    ],
)
def test_what_is_no_checkpoint_is_refused(change, why):
    with pytest.raises(TamperedError, match=why):
        note.parse(change(checkpoint().whole).encode())


def test_what_a_checkpoint_may_just_still_be():
    text = checkpoint().whole + f"{DASH} name AAAAAAA=\n"
    assert len(note.parse(text.encode()).signatures[1].signature) == 1
    room = note.MOST_BYTES - len(text.encode()) - 1
    assert note.parse(text.replace("\n\n", "\n" + "x" * room + "\n\n").encode()).size == 3


def test_what_is_no_text_is_no_checkpoint():
    with pytest.raises(TamperedError, match="no text"):
        note.parse(b"\xff")


# --- exports


def exported(vault: Vault) -> bytes:
    out = io.BytesIO()
    audit.export(vault.parts, out)
    return out.getvalue()


def problems(data: bytes, *kept: note.Checkpoint, anchor: str = "") -> str:
    return "\n".join(audit.check_export(io.BytesIO(data), kept, anchor).problems)


def test_an_export_proves_itself(team: Team) -> None:
    auditor = team.unlock(Role.AUDITOR)
    early = audit.checkpoint(auditor.parts)
    with Catalog.open(team.unlock(Role.SPECIALIST)) as catalog:
        catalog.move_document(f"d-{GRANTED}", state=State.ASKED)
    team.unlock(Role.ADMINISTRATOR).office.remove(PEOPLE[Role.COUNSEL])
    data = exported(auditor)
    anchor = team.keys[Role.LEAD].anchor.hex()
    found = audit.check_export(io.BytesIO(data), [early], anchor)
    assert found.problems == ()
    assert (found.vault, found.anchor, found.signed_by) == (team.keys[Role.LEAD].vault, anchor, (PEOPLE[Role.AUDITOR],))
    left = sorted((label, role) for role, label in PEOPLE.items() if role is not Role.COUNSEL)
    assert found.officers == tuple(f"{label} ({role})" for label, role in left)
    assert found.lines == data.count(b"\n", 0, data.index(b"\n\n")) == len(list(auditor.ledger.entries()))
    assert "another key" in problems(data, anchor="00")


def test_an_export_ends_where_its_checkpoint_does(team: Team) -> None:
    """A line that another program adds while the ledger is written out is left to the next export."""
    auditor, beside = team.unlock(Role.AUDITOR), team.unlock(Role.LEAD)

    class Slow(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if not self.tell():
                beside.ledger.append("meanwhile")
            return super().write(data)

    out = Slow()
    made = audit.export(auditor.parts, out)
    assert len(list(auditor.ledger.entries())) == made.size + 1
    found = audit.check_export(io.BytesIO(out.getvalue()))
    assert (found.lines, found.problems) == (made.size, ())
    assert b"meanwhile" not in out.getvalue() and b"meanwhile" in exported(auditor)


def edited(lines):
    return [lines[0].replace(b"case.", b"cash."), *lines[1:]] if b"case." in lines[0] else [
        line.replace(b'"event":"case.added"', b'"event":"case.addEd"') for line in lines]  # fmt: skip


CHANGES = {
    "a word edited": edited,
    "a line removed": lambda lines: lines[:7] + lines[8:],
    "two lines swapped": lambda lines: [*lines[:7], lines[8], lines[7], *lines[9:]],
    "a line doubled": lambda lines: lines[:8] + lines[7:],
    "the first line removed": lambda lines: lines[1:],
    "the last line removed": lambda lines: lines[:-1],
    "half of it removed": lambda lines: lines[: len(lines) // 2],
    "nothing left": lambda lines: [],
    "rubbish": lambda lines: [*lines, b"[]\n"],
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_changed_export_is_noticed(team: Team, change: str) -> None:
    data = exported(team.unlock(Role.AUDITOR))
    head, _, rest = data.partition(b"\n")
    body, _, end = rest.partition(b"\n\n")
    lines = [line + b"\n" for line in body.split(b"\n")]
    assert problems(data) == ""
    assert problems(head + b"\n" + b"".join(CHANGES[change](lines)) + b"\n" + end) != ""


def test_every_byte_of_an_export_counts(team: Team) -> None:
    data = exported(team.unlock(Role.AUDITOR))
    for place in range(0, len(data), 211):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert problems(changed) != "", place
        except TamperedError:
            continue


def test_the_end_of_an_export_is_needed(team: Team) -> None:
    data = exported(team.unlock(Role.AUDITOR))
    assert "ends before its checkpoint" in problems(data[: data.index(b"\n\n") + 1])
    assert "the checkpoint at its end" in problems(data[: data.index(b"\n\n") + 2])
    with pytest.raises(TamperedError, match="no exported ledger"):
        problems(b'{"format":"x"}\n')
    with pytest.raises(TamperedError, match="damaged"):
        problems(b"rubbish\n")
    header = parse_entry(data[: data.index(b"\n") + 1])
    with pytest.raises(TamperedError, match="damaged"):
        problems(render({**header, "anchor": "zz"}) + b"\n")


def test_another_founders_ledger_is_told_by_the_key(team: Team, tmp_path: Path) -> None:
    """A whole forged vault is sound in itself; the founder's key, known from elsewhere, tells."""
    forged = exported(make(tmp_path / "forged").unlock(Role.AUDITOR))
    assert problems(forged) == ""
    assert "another key" in problems(forged, anchor=team.keys[Role.LEAD].anchor.hex())
    assert "another vault" in problems(forged, audit.checkpoint(team.unlock(Role.AUDITOR).parts))


def test_a_statement_is_told_as_such_or_not_at_all(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    lead.ledger.append("note", statement="x")
    assert "in the wrong way" in lead.ledger.problems()[0]


# --- copies put back


def test_a_vault_put_back_to_an_older_copy_is_noticed(team: Team, tmp_path: Path) -> None:
    shutil.copytree(team.folder, tmp_path / "older")
    team.unlock(Role.LEAD).forget(OTHER)
    kept = audit.checkpoint(team.unlock(Role.AUDITOR).parts)
    assert audit.problems(team.unlock(Role.LEAD).parts, [kept]) == []
    shutil.rmtree(team.folder)
    shutil.copytree(tmp_path / "older", team.folder)
    lead = team.unlock(Role.LEAD)
    assert lead.verify().problems == ()
    (found,) = audit.problems(lead.parts, [kept])
    assert "older copy" in found
    # Going on with the old copy does not make it the same again.
    for _ in range(20):
        lead.ledger.append("event")
    (found,) = audit.problems(lead.parts, [kept])
    assert "were rewritten" in found


def test_a_checkpoint_by_a_stranger_or_with_a_wrong_signature(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    made = audit.checkpoint(lead.parts)
    stranger = Ed25519PrivateKey.generate()
    other = note.signed(made.origin, made.size, made.root, stranger.public_key().public_bytes_raw(), stranger.sign)
    assert "signed by nobody" in audit.problems(lead.parts, [other])[0]
    broken = note.parse(made.whole.replace(f"\n{made.size}\n", f"\n{made.size - 1}\n").encode())
    found = audit.problems(lead.parts, [broken])
    assert any("rewritten" in each for each in found) and any("does not fit" in each for each in found)


def test_of_a_damaged_ledger_nothing_is_vouched_for(team: Team) -> None:
    path = team.folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b"case.added", b"case.lost!"))
    with pytest.raises(TamperedError, match="damaged"):
        audit.checkpoint(team.unlock(Role.AUDITOR).parts)


def test_a_certificate_is_a_signed_note(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    text = audit.certify(lead.parts, "one\ntwo\nthree\n")
    body, _, signature = text.partition("\n\n")
    raw = base64.b64decode(signature.split(" ")[2])
    check_ed25519(bytes.fromhex(lead.parts.signatory.key), (body + "\n").encode(), raw[4:])


def test_an_export_of_a_vault_brought_on_from_the_first_format(first: Path) -> None:
    data = exported(upgraded(first))
    assert problems(data) == ""
    assert "line 1" in problems(data.replace(b"vault.created", b"vault.creates", 1))
    # Lines in the first format's way cannot be added after it was left.
    lines = data.split(b"\n")
    assert line_hash(lines[1] + b"\n") in lines[2].decode()
