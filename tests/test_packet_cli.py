"""What leaves by `mobility pack`: files for their owner alone, sealed ones that age opens, PDFs that go along."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyrage
import pytest
from click.testing import CliRunner

from tests.test_pack import CASE, EXHIBITS, FINDINGS, TODAY, paper, plain
from tests.test_packet_profiles import loose_ones
from toolkit.cli.pack import command, deliver
from toolkit.dossier import Dossier
from toolkit.errors import InputError, UnknownFormatError
from toolkit.pack import Way, pack
from toolkit.packet_manifest import as_csv
from toolkit.packet_papers import along, finished, verified_by
from toolkit.packet_proofs import proving, questions
from toolkit.packet_verify import verify
from vault import X25519Recipient

KNOWN = Dossier(CASE, (), (), {}, ())  # type: ignore[arg-type]


def test_what_is_delivered_verifies_and_is_for_its_owner_alone(tmp_path: Path):
    paths = deliver(KNOWN, loose_ones(), tmp_path)
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
    assert verify(tmp_path / "DEMO-1-packet.manifest.json").problems == ()
    rows = (tmp_path / "DEMO-1-packet.manifest.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + len(EXHIBITS) and rows[0].startswith("exhibit,kind,role,document")


def test_what_lies_from_the_packet_before_is_removed_and_a_stranger_is_named(tmp_path: Path):
    deliver(KNOWN, loose_ones(), tmp_path)
    deliver(KNOWN, pack(CASE, FINDINGS, EXHIBITS[:2], today=TODAY, way=Way("ceac")), tmp_path)
    left = sorted(path.name for path in (tmp_path / "DEMO-1-packet").iterdir())
    assert left == ["01_passport.pdf", "02_degree.pdf"] or len(left) == 2
    (tmp_path / "DEMO-1-packet" / "more.pdf").write_bytes(b"x")
    assert verify(tmp_path / "DEMO-1-packet.manifest.json").problems == (
        "DEMO-1-packet/more.pdf: is not in the manifest",
    )


def test_a_sealed_packet_is_one_file_that_age_opens(tmp_path: Path):
    key = pyrage.x25519.Identity.generate()
    made = plain()
    paths = deliver(KNOWN, made, tmp_path, [X25519Recipient.parse(str(key.to_public()))])
    assert [path.name for path in paths] == ["DEMO-1-packet.zip.age"] == [path.name for path in tmp_path.iterdir()]
    opened = pyrage.decrypt(paths[0].read_bytes(), [key])
    with zipfile.ZipFile(io.BytesIO(opened)) as archive:
        archive.extractall(tmp_path / "opened")
    assert verify(tmp_path / "opened" / "DEMO-1-packet.manifest.json").problems == ()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(paths[0].read_bytes(), [pyrage.x25519.Identity.generate()])


def test_a_finished_pdf_goes_along_by_kind_and_title(tmp_path: Path):
    file = tmp_path / "g_28.pdf"
    file.write_bytes(paper(2, text="form "))
    said = [along(f"official-form={file}"), along(f"letter=Support letter={file}")]
    assert [each.title for each in said] == ["g 28", "Support letter"]
    exhibits = finished(said)
    assert [each.sha256 for each in exhibits] == [hashlib.sha256(file.read_bytes()).hexdigest()] * 2
    made = pack(CASE, FINDINGS, [*EXHIBITS, *exhibits], today=TODAY)
    assert [each["kind"] for each in made.manifest["exhibits"]][:2] == ["official-form", "letter"]


@pytest.mark.parametrize("said", ["g-28.pdf", "song=x.pdf", "letter=nowhere.pdf", "letter"])
def test_what_cannot_go_along_is_said_with_how(said: str):
    with pytest.raises(InputError, match="--with official-form=FILE"):
        along(said)


def test_a_file_that_is_no_pdf_cannot_go_along(tmp_path: Path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"PK\x03\x04 no pdf")
    with pytest.raises(UnknownFormatError, match=r"letter\.pdf cannot go along"):
        finished([along(f"letter={file}")])


def test_the_verb_takes_a_case_without_a_sub_verb():
    for words, usage in ((["GM-1"], "case"), (["--out", "x", "GM-1"], "case"), (["verify"], "verify"), ([], "pack")):
        shown = CliRunner().invoke(command, [*words, "--help"], prog_name="pack").output
        assert shown.startswith(f"Usage: pack {usage} [OPTIONS]" if usage != "pack" else "Usage: pack [OPTIONS]")


@pytest.mark.parametrize("bates", ["A" * 21, "Ä-", "a/b"])
def test_a_bates_prefix_is_plain(bates: str, tmp_path: Path):
    ran = CliRunner().invoke(command, ["GM-1", "--bates", bates, "--vault", str(tmp_path)], standalone_mode=False)
    assert "Bates prefix" in str(ran.exception)


def test_who_confirmed_a_reading_is_in_the_manifest():
    said = [
        {"event": "record.corrected", "by": "ruth", "fact.document": "d1"},
        {"event": "record.corrected", "by": "omar", "fact.document": "d1"},
        {"event": "record.corrected", "by": "ruth", "fact.document": "d9"},
        {"event": "document.shown", "by": "ilse", "fact.document": "d2"},
    ]
    vault: Any = SimpleNamespace(ledger=SimpleNamespace(entries=lambda: iter(said)))
    assert verified_by(vault, ["d1", "d2"]) == {"d1": ("omar", "ruth")}
    made = pack(CASE, FINDINGS, [replace(EXHIBITS[2], verified_by=("omar", "ruth"))], today=TODAY)
    assert made.manifest["exhibits"][0]["verified_by"] == ["omar", "ruth"]
    assert "omar; ruth" in as_csv(made.manifest)


def test_what_is_no_key_is_said(tmp_path: Path):
    ran = CliRunner().invoke(command, ["GM-1", "--to", "age1x", "--vault", str(tmp_path)], standalone_mode=False)
    assert "begins with age1" in str(ran.exception)


def test_pdf_a_is_for_bound_packets(tmp_path: Path):
    words = ["GM-1", "--profile", "ceac", "--pdf-a", "--vault", str(tmp_path)]
    ran = CliRunner().invoke(command, words, standalone_mode=False)
    assert "one document a file" in str(ran.exception)


def test_diff_tells_packets_apart(tmp_path: Path):
    for name, exhibits in (("old", EXHIBITS), ("new", EXHIBITS[1:])):
        (tmp_path / name).mkdir()
        made = pack(CASE, FINDINGS, exhibits, today=TODAY)
        (tmp_path / name / "x.manifest.json").write_text(json.dumps(made.manifest), "utf-8")
    words = ["diff", str(tmp_path / "old"), str(tmp_path / "new")]
    shown = CliRunner().invoke(command, words).output
    assert "passport (spouse)" in " ".join(shown.split()) and "no longer in" in " ".join(shown.split())
    told = json.loads(CliRunner().invoke(command, [*words, "--json"]).output)
    assert [each["what"] for each in told["exhibits"]].count("removed") == 1
    assert "Nothing changed" in CliRunner().invoke(command, ["diff", words[1], words[1]]).output


def test_profiles_are_listed_with_their_source():
    told = json.loads(CliRunner().invoke(command, ["profiles", "--json"]).output)
    ceac = next(each for each in told if each["name"] == "ceac")
    assert ceac["most_bytes"] == 2_000_000 and "ceac.state.gov" in ceac["source"]


def test_what_a_file_proves_is_said_by_key_and_person(tmp_path: Path):
    file = tmp_path / "g-28.pdf"
    file.write_bytes(paper(1))
    along_ = (along(f"official-form=Form G-28={file}"),)
    assert proving(along_, [f"have_g28={file}"], CASE)[0].proves == (("g28", "p1"),)
    both = proving(along_, [f"g28={file}", f"have_ds160@spouse={file}"], CASE)
    assert both[0].proves == (("g28", "p1"), ("dependant-ds160", "p2"))
    assert finished(both)[0].proves == both[0].proves
    assert any("--proves g28=" in each for each in questions(along_, CASE)) and questions(both, CASE) == []


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("have_g29={}", "have_g28"),
        ("g28@child={}", "no child"),
        ("g28=other.pdf", "no --with"),
        ("g28@spouse={}", "not asked"),
    ],
)
def test_what_it_cannot_prove_is_said_with_how(said: str, says: str, tmp_path: Path):
    file = tmp_path / "g-28.pdf"
    file.write_bytes(paper(1))
    with pytest.raises(InputError) as caught:
        proving((along(f"official-form={file}"),), [said.format(file)], CASE)
    assert says in f"{caught.value.message} {caught.value.remedy}"


def test_a_signed_list_goes_along_and_one_of_before_does_not_stay(tmp_path: Path):
    made = plain()
    paths = deliver(KNOWN, made, tmp_path, signing=lambda files: "".join(sorted(files)).encode())
    assert paths[-1].name == "DEMO-1-packet.sha256" and b"manifest.csv" in paths[-1].read_bytes()
    deliver(KNOWN, made, tmp_path)
    assert not paths[-1].exists()
