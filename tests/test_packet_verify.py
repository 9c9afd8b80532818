"""A packet is what it says: any set of exhibits verifies, and one page off is found, in the build and by counsel."""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pikepdf
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_pack import CASE, EXHIBITS, FINDINGS, TODAY, exhibit, finding, paper
from tests.test_packet_profiles import scan
from toolkit import packet_check, packet_profiles, packet_signed
from toolkit.cli.pack import command
from toolkit.model import Verdict
from toolkit.pack import Packet, Way, pack
from toolkit.packet_manifest import as_csv
from toolkit.packet_told import Told, from_manifest
from toolkit.packet_verify import verify
from vault import note


def told_by(made: Packet):
    return from_manifest(made.manifest, 1, made.pages)


@pytest.fixture(scope="module")
def made() -> Packet:
    return pack(CASE, FINDINGS, EXHIBITS, today=TODAY, way=Way(bates="DM-"))


def harmed(pdf: bytes, harm: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        harm(opened)
        opened.save(out)
    return out.getvalue()


def swap_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.insert(12, pdf.pages[13])
    del pdf.pages[14]


def swap_drawings(pdf: pikepdf.Pdf) -> None:
    """Two pages of the contract change what they draw; their stamps stay."""
    one, other = pdf.pages[12].Resources.XObject, pdf.pages[13].Resources.XObject
    one["/Exhibit"], other["/Exhibit"] = other["/Exhibit"], one["/Exhibit"]


def lead_elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].Annots[0].Dest = pikepdf.Array([pdf.pages[6].obj, pikepdf.Name.Fit])


def lead_outside(pdf: pikepdf.Pdf) -> None:
    note = pdf.pages[2].Annots[0]
    del note["/Dest"]
    note.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org")


def move_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[-1].children[0].destination = pikepdf.Array([pdf.pages[4].obj, pikepdf.Name.Fit])


def drop_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        del outline.root[-1].children[0]


def renumber(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].St = 2


def restamp(pdf: pikepdf.Pdf) -> None:
    pdf.pages[5].contents_add(b"q Q")


def add_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")


def drop_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[7]


def blank_index(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].Annots = pikepdf.Array([])


HARMS = (
    (swap_pages, "stamped with another number"),
    (swap_drawings, "does not show page"),
    (lead_elsewhere, "a link reads"),
    (lead_outside, "leads outside"),
    (move_bookmark, "bookmark"),
    (drop_bookmark, "bookmarks do not name"),
    (renumber, "a viewer calls"),
    (restamp, "stamped with another number"),
    (add_script, "acts when it is opened"),
    (drop_page, "instead of"),
    (blank_index, "does not link to exhibit"),
)


def test_a_finished_packet_has_no_problem(made: Packet):
    assert packet_check.problems(made.pdf, told_by(made)) == []


@pytest.mark.parametrize(("harm", "says"), HARMS, ids=[harm.__name__ for harm, _ in HARMS])
def test_one_thing_off_is_found(made: Packet, harm: Callable[[pikepdf.Pdf], None], says: str):
    found = packet_check.problems(harmed(made.pdf, harm), told_by(made))
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize("field", ["divider", "last_page"])
def test_an_index_that_was_made_for_other_pages_is_found(made: Packet, field: str):
    manifest = json.loads(json.dumps(made.manifest))
    manifest["exhibits"][2][field] += 1
    assert packet_check.problems(made.pdf, from_manifest(manifest, 1, made.pages))


def test_a_wrong_number_on_a_page_of_the_index_is_found(made: Packet):
    """The line is there and its link is right; what it prints of the number of pages is not."""
    manifest = json.loads(json.dumps(made.manifest))
    manifest["exhibits"][1]["last_page"] = manifest["exhibits"][1]["first_page"] + 1
    found = packet_check.problems(made.pdf, from_manifest(manifest, 1, made.pages))
    assert "the index line of exhibit 2 is wrong" in found


SIZES = st.tuples(st.integers(40, 1300), st.integers(40, 1300))
PAPERS = st.tuples(
    st.sampled_from(["passport", "contract", "degree", "letter", "odd"]),
    st.integers(1, 4),
    SIZES,
    st.sampled_from([0, 90, 180, 270]),
)


@settings(max_examples=5, deadline=None)
@given(st.lists(PAPERS, max_size=9), st.sampled_from(["", "B-"]), st.randoms(use_true_random=False))
def test_any_set_of_exhibits_verifies_and_a_moved_page_does_not(papers: list, bates: str, chance: random.Random):
    given_exhibits = [
        exhibit(f"{kind} {number}", kind, f"d{number}", paper(pages, size, turn, f"{number}-"))
        for number, (kind, pages, size, turn) in enumerate(papers)
    ]
    made = pack(CASE, FINDINGS, given_exhibits, today=TODAY, way=Way(bates=bates))
    told = told_by(made)
    assert packet_check.problems(made.pdf, told) == []

    def move(pdf: pikepdf.Pdf) -> None:
        old, new = chance.sample(range(len(pdf.pages)), 2)
        page = pdf.pages[old]
        del pdf.pages[old]
        pdf.pages.insert(new, page)

    assert packet_check.problems(harmed(made.pdf, move), told)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_packet_is_a_problem_and_never_a_crash(at: int, noise: bytes):
    data = bytearray(_DAMAGED)
    data[at : at + len(noise)] = noise
    assert isinstance(packet_check.problems(bytes(data), _TOLD), list)


_SMALL = pack(CASE, (), EXHIBITS[:1], today=TODAY)
_DAMAGED, _TOLD = _SMALL.pdf, told_by(_SMALL)


def delivered(made: Packet, folder: Path) -> Path:
    for each in made.files:
        (folder / each.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / each.name).write_bytes(each.data)
    path = folder / "DEMO-1-packet.manifest.json"
    path.write_text(json.dumps(made.manifest), "utf-8")
    (folder / "DEMO-1-packet.manifest.csv").write_text(as_csv(made.manifest), "utf-8")
    return path


def test_counsel_checks_a_folder_without_a_vault(made: Packet, tmp_path: Path):
    delivered(made, tmp_path)
    ran = CliRunner().invoke(command, ["verify", str(tmp_path)], standalone_mode=False)
    assert (ran.return_value, ran.exception) == (0, None)
    assert "as it was made" in ran.output


def test_a_changed_byte_and_a_missing_file_are_named(made: Packet, tmp_path: Path):
    path = delivered(made, tmp_path)
    pdf = tmp_path / "DEMO-1-packet.pdf"
    pdf.write_bytes(harmed(pdf.read_bytes(), swap_drawings))
    found = verify(path)
    assert any("SHA-256" in each for each in found.problems)
    assert any("does not show page" in each for each in found.problems)
    pdf.unlink()
    assert verify(path).problems == ("DEMO-1-packet.pdf: is missing or cannot be read",)
    ran = CliRunner().invoke(command, ["verify", "--json", str(tmp_path)], standalone_mode=False)
    assert ran.return_value == 2 and json.loads(ran.output)[0]["problems"]


def test_a_manifest_cannot_lead_out_of_its_folder(made: Packet, tmp_path: Path):
    path = delivered(made, tmp_path)
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"][0]["name"] = "../../etc/passwd"
    path.write_text(json.dumps(manifest), "utf-8")
    assert "lies outside" in verify(path).problems[0]


@pytest.mark.parametrize(
    ("text", "says"), [("", "not JSON"), ("[1]", "no packet manifest"), ('{"format":"mobility-packet/1"}', "format")]
)
def test_what_is_no_manifest_is_said(text: str, says: str, tmp_path: Path):
    path = tmp_path / "x.manifest.json"
    path.write_text(text, "utf-8")
    ran = CliRunner().invoke(command, ["verify", str(path)], standalone_mode=False)
    assert says in str(ran.exception)


def test_a_sealed_packet_says_how_it_is_opened(tmp_path: Path):
    path = tmp_path / "GM-packet.zip.age"
    path.write_bytes(b"x")
    ran = CliRunner().invoke(command, ["verify", str(path)], standalone_mode=False)
    assert "age -d" in str(ran.exception)


def test_a_loop_in_the_bookmarks_is_a_problem_and_no_crash(made: Packet):
    def loop(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Outlines.First = 7

    assert packet_check.problems(harmed(made.pdf, loop), told_by(made))


@pytest.fixture(scope="module")
def parts() -> Packet:
    """A packet that was cut, with an exhibit that spans three files."""
    with pytest.MonkeyPatch.context() as patch:
        tight = msgspec.structs.replace(packet_profiles.profile("uscis-online"), most_bytes=95_000)
        patch.setattr(packet_profiles, "profile", lambda _: tight)
        exhibits = [*EXHIBITS[:3], exhibit("Scan", "contract", "d7", scan(6, 60))]
        findings = [*FINDINGS, finding("scan", Verdict.MET, "d7", page=5)]
        return pack(CASE, findings, exhibits, today=TODAY, way=Way("uscis-online"))


def told_of(made: Packet, at: int) -> Told:
    return from_manifest(made.manifest, made.files[at].first, made.files[at].last)


def test_every_part_of_a_cut_packet_is_checked_to_its_last_page(parts: Packet):
    spans = [(each.first, each.last) for each in parts.files]
    contract = next(each for each in parts.manifest["exhibits"] if each["document"] == "d7")
    middle = [at for at, (a, z) in enumerate(spans) if contract["divider"] < a and z < contract["last_page"]]
    assert len(parts.files) >= 4 and middle
    for at, each in enumerate(parts.files):
        assert packet_check.problems(each.data, told_of(parts, at)) == []

    def swap(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.XObject["/Exhibit"] = pdf.make_stream(b"")

    found = packet_check.problems(harmed(parts.files[middle[0]].data, swap), told_of(parts, middle[0]))
    assert any("does not show page" in each for each in found), "also where neither divider nor last page is inside"


@pytest.mark.parametrize("field", ["divider", "last_page"])
def test_index_lines_that_lead_into_another_file_are_checked(parts: Packet, field: str):
    manifest = json.loads(json.dumps(parts.manifest))
    far = next(each for each in manifest["exhibits"] if each["divider"] > parts.files[0].last)
    far[field] += 1
    found = packet_check.problems(parts.files[0].data, from_manifest(manifest, 1, parts.files[0].last))
    assert any(f"exhibit {far['exhibit']}, which stands in another file" in each for each in found)


def test_a_proof_in_another_file_is_checked(parts: Packet):
    manifest = json.loads(json.dumps(parts.manifest))
    manifest["requirements"][-1]["proven_by"][0]["page"] += 1
    found = packet_check.problems(parts.files[0].data, from_manifest(manifest, 1, parts.files[0].last))
    assert any("nothing says so" in each for each in found)


KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


def signed_sums(files: dict[str, bytes]) -> bytes:
    text = packet_signed.listed(files, "DEMO-1", PUBLIC.hex())
    return note.signed_text("mobility-vault/x", text, PUBLIC, KEY.sign).encode()


def sealed(made: Packet, folder: Path) -> Path:
    path = delivered(made, folder)
    files = {each.name: each.data for each in made.files}
    files |= {name.name: name.read_bytes() for name in folder.glob("*.manifest.*")}
    (folder / "DEMO-1-packet.sha256").write_bytes(signed_sums(files))
    return path


def test_counsel_learns_who_signed_and_names_the_key(made: Packet, tmp_path: Path):
    path = sealed(made, tmp_path)
    told = packet_signed.fingerprint(PUBLIC.hex())
    assert verify(path).problems == () and verify(path).signed_by == told
    assert verify(path, signer=told.upper()).problems == () and verify(path, signer=PUBLIC.hex()).problems == ()
    assert verify(path, signer="abcd").problems == ("it is signed with another key than you named",)
    (tmp_path / "DEMO-1-packet.sha256").unlink()
    assert verify(path).signed_by == "" and verify(path, signer=told).problems == ("nobody signed it",)


def test_a_manifest_that_fits_a_changed_packet_is_not_what_was_signed(made: Packet, tmp_path: Path):
    path = sealed(made, tmp_path)
    manifest = json.loads(path.read_text("utf-8"))
    manifest["complete"] = not manifest["complete"]
    path.write_text(json.dumps(manifest), "utf-8")
    assert verify(path).problems == ("DEMO-1-packet.manifest.json: is not what was signed",)
    sums = tmp_path / "DEMO-1-packet.sha256"
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    lines = [f"{right}  {line[66:]}" if "manifest.json" in line else line for line in sums.read_text().split("\n")]
    sums.write_text("\n".join(lines))
    assert any("signature does not fit" in each for each in verify(path).problems)


@pytest.mark.parametrize("data", [b"", b"\xff\n\n\n", b"mobility-packet x\nkey 00\n\n", b"mobility-packet\n\n\n"])
def test_what_is_no_signed_list_is_said(data: bytes):
    assert packet_signed.read(data).problems


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_no_list_is_believed_that_nobody_signed(noise: bytes):
    good = signed_sums({"a.pdf": b"1"})
    assert packet_signed.read(good).key == PUBLIC.hex()
    assert noise == good or packet_signed.read(noise).key == ""
    assert packet_signed.read(good.replace(b"a.pdf", noise.hex().encode() or b"b.pdf")).key == ""
