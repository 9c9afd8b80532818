"""Guarantees of docs/threats.md that no other test proves, each tried with what the page says is at hand."""

from __future__ import annotations

import ast
import dataclasses
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import vault_fixtures
from tests.vault_team import GRANTED, OTHER, PEOPLE, Team
from toolkit.catalog import Catalog
from toolkit.faces import Face
from toolkit.model import Box
from toolkit.portrait import Portrait
from vault import Role, TamperedError, Vault, WrongKeyError, unseal

ROOT = Path(__file__).resolve().parent.parent


quick_disk = vault_fixtures.quick_disk
made, team = vault_fixtures.made, vault_fixtures.team


# --- forgetting works on copies


def opened_with(folder: Path, team: Team) -> dict[tuple[str, bool], set[str]]:
    """Try what is sealed in the copy *folder* with all that all officers can open now.

    Return, by case and whether it opened, the blobs and the tables whose rows these are.
    """
    vault = team.unlock(Role.LEAD)
    keys = [each.identity for each in team.keys.values()]
    for name in vault.compartments():
        keys += vault.parts.compartments.identities(name, vault.parts.compartments.read(name))
    with closing(sqlite3.connect(folder / "catalog.db")) as database:
        sealed = [(case, f"row of {table}", data) for table, column in CASES.items()
                  for case, data in database.execute(f"SELECT {column}, sealed FROM {table}")]  # noqa: S608  # fmt: skip
        for case, blob in database.execute("SELECT case_id, blob FROM documents"):
            sealed.append((case, blob, (folder / "store" / blob[:2] / blob).read_bytes()))
    found: dict[tuple[str, bool], set[str]] = {}
    for case, what, data in sealed:
        try:
            unseal(data, keys)
            found.setdefault((case, True), set()).add(what)
        except WrongKeyError:
            found.setdefault((case, False), set()).add(what)
    return found


CASES = {"cases": "id", "documents": "case_id", "records": "case_id"}


def test_what_was_copied_without_keys_stays_shut_once_forgotten(team: Team, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(team.folder, copied, ignore=shutil.ignore_patterns("key.*.age", "recovery.age"))
    before = opened_with(copied, team)
    assert {case for case, opens in before if not opens} == set()
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        catalog.forget_case(OTHER)
    found = opened_with(copied, team)
    assert found[OTHER, False] == before[OTHER, True] and len(found[OTHER, False]) == 4
    assert found[GRANTED, True] == before[GRANTED, True]
    assert (OTHER, True) not in found and (GRANTED, False) not in found


# --- who has left makes no sums that pass


class Hers:
    """A program of her own: signs with her key, sums with the newest sum key she was ever given, and asks nobody."""

    def __init__(self, vault: Vault) -> None:
        self._signatory, self._hashes = vault.parts.signatory, vault.parts.hash_keys
        self._hashes.count("sum")  # read now, while it is wrapped to her

    def sign(self, message: bytes) -> bytes:
        signed_over = self._signatory.roll.message("message", message)
        return bytes.fromhex(self._signatory.key) + self._signatory.raw(signed_over)

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        self._hashes.use(0, 0)
        return self._hashes.keyed_hash(purpose, data)

    def check_signature(self, message: bytes, signature: bytes) -> None:
        pass

    def use_hash_keys(self, find: int, sums: int) -> None:
        pass


@pytest.mark.parametrize("rotated", [True, False])
def test_who_had_the_sum_keys_makes_no_sums_that_pass_after_a_rotation(team: Team, rotated: bool) -> None:
    """She was removed, kept the keys, and writes to the folder. Without new keys her sums are right: so they are made.

    That nobody told the ledger of it is noticed here all the same; a better program would not count her transaction.
    """
    hers = Hers(team.unlock(Role.SPECIALIST))
    lead = team.unlock(Role.LEAD)
    lead.office.remove(PEOPLE[Role.SPECIALIST])
    with Catalog.open(lead) as catalog:
        if rotated:
            catalog.rotation.hash_keys()
        assert catalog.verify().problems == ()
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        rows = catalog._rows
        rows._vault = hers
        with rows.writing():
            (row,) = [each for each in rows.find("cases") if each["id"] == GRANTED]
            rows.replace("cases", row, reference="GM-CHANGED")
    try:
        with Catalog.open(team.unlock(Role.LEAD)) as catalog:
            problems = catalog.verify().problems
            changed = catalog.case(GRANTED).reference == "GM-CHANGED"
    except TamperedError as mistake:
        problems, changed = (str(mistake),), False
    wrong = [each for each in problems if not each.startswith("ledger: it is older")]
    assert (bool(wrong), changed) == (rotated, not rotated), problems


# --- faces are placed, never compared

#: What libraries call the making of a template of a face, or the comparison of two.
COMPARING = re.compile(
    r"face_?recogni|facerecognizer|sface|arcface|facenet|insightface|deepface|\bdlib\b|face_?(embedding|encoding|template)",
    re.IGNORECASE,
)


def test_of_a_face_nothing_is_made_but_where_it_is() -> None:
    """Places and measures of a picture: too few numbers, and of too plain a meaning, to know anybody by."""
    points = {"Point", "float", "Box"}
    assert {str(each.type) for kind in (Face, Portrait) for each in dataclasses.fields(kind)} <= points
    assert {each.name for each in dataclasses.fields(Box)} <= {"left", "top", "width", "height", "right", "bottom"}


def test_no_code_and_no_dependency_of_ours_compares_faces() -> None:
    code = [path for folder in ("toolkit", "vault") for path in (ROOT / folder).rglob("*.py")]
    named = {
        f"{path.name}: {found.group()}"
        for path in code
        if COMPARING.search(text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        for name in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "") or "")
        if isinstance(name, str) and (found := COMPARING.search(name))
    }
    assert named == set()
    assert not COMPARING.search((ROOT / "requirements.lock").read_text("utf-8"))
    assert COMPARING.search("cv2.FaceRecognizerSF.create") and COMPARING.search("face_embedding")
