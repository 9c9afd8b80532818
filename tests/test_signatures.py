from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import page

from tests.specimens import signed_pdf
from toolkit import cms, pages
from toolkit.kind import kinds
from toolkit.model import SURE, Field
from toolkit.pages import Opened, Sheet
from toolkit.readers import contract
from toolkit.readers.agreement.pdf_signatures import digital_signatures
from toolkit.recognise import Recognised

HEAD = """
EMPLOYMENT AGREEMENT
This Employment Agreement is made on 1 July 2026 between Mesa Verde Turbines Ltd (the "Employer") and Tobias Renquist
(the "Employee"). The employment begins on 1 August 2026.
The Employee is employed as Blade Designer. The gross annual salary is GBP 62,000 per year.
"""


def read(block: str) -> tuple[dict[str, Field], tuple[str, ...]]:
    reading = contract.read_pages([page(HEAD + "\n" * 3 + block)])
    return {field.name: field for field in reading.fields}, reading.warnings


BOTH = """
Signed for the Employer | Signed by the Employee
/s/ Ingrid Solheim | /s/ Tobias Renquist
Ingrid Solheim, Director | Tobias Renquist
Date: 2 July 2026 | Date: 3 July 2026
"""


def test_a_contract_that_every_side_has_signed_is_signed() -> None:
    got, warnings = read(BOTH)
    assert got["signed"].value == "yes" and got["signed"].sure
    assert got["signatures"].value == (
        {"name": "Ingrid Solheim", "capacity": "Director", "date": "2026-07-02", "how": "conformed"},
        {"name": "Tobias Renquist", "capacity": "employee", "date": "2026-07-03", "how": "conformed"},
    )
    assert not any("signed" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("block", "missing"),
    [
        (BOTH.replace("/s/ Tobias Renquist", "____________________"), "employee"),
        (BOTH.replace("/s/ Ingrid Solheim", "____________________"), "employer"),
        ("Employer: /s/ Ingrid Solheim\nEmployee:\nSignature: ____________________ Date: ________\n", "employee"),
        ("For the Employer\ngez. Ingrid Solheim\n\nThe Employee\n.................................\n", "employee"),
    ],
)
def test_a_contract_that_one_side_has_signed_is_not_signed_and_says_who_is_missing(block: str, missing: str) -> None:
    got, warnings = read(block)
    assert got["signed"].value == "no"
    assert f"The contract is not signed by all: no signature of the {missing}." in warnings
    assert not any("Renquist" in warning or "Solheim" in warning for warning in warnings)


def test_blank_lines_in_the_text_alone_are_no_sure_no() -> None:
    got, _ = read("Employer: ______________________ | Employee: ______________________\n")
    assert got["signed"].value == "no" and not got["signed"].sure


def test_a_blank_for_a_date_or_a_name_is_no_signature_line() -> None:
    got, _ = read(BOTH.replace("Date: 3 July 2026", "Date: ______________"))
    assert got["signed"].value == "yes"


@pytest.mark.parametrize("mark", ["/s/ {}", "gez. {}", "(s.) {}", "Sgd. {}", "Signé : {}"])
def test_conformed_signatures_of_several_countries_are_known(mark: str) -> None:
    block = f"The Employer | The Employee\n{mark.format('Ingrid Solheim')} | {mark.format('Tobias Renquist')}\n"
    assert read(block)[0]["signed"].value == "yes"


@pytest.mark.parametrize("typed", ["Fdo.: Ingrid Solheim | Fdo.: Tobias Renquist", "Ingrid Solheim | Tobias Renquist"])
def test_printed_names_alone_tell_nothing(typed: str) -> None:
    assert read(f"The Employer | The Employee\n{typed}\n")[0]["signed"].value == "unsure"


@pytest.mark.parametrize(
    "stamp",
    ["DocuSigned by: {}", "Digitally signed by {}", "Electronically signed by: {}", "Firmado digitalmente por {}"],
)
def test_the_stamps_of_signing_programs_count_and_are_not_vouched_for(stamp: str) -> None:
    block = f"For the Employer\n{stamp.format('Ingrid Solheim')}\nThe Employee\n{stamp.format('Tobias Renquist')}\n"
    got, _ = read(block)
    assert got["signed"].value == "yes" and not got["signed"].sure
    rows = got["signatures"].value
    assert [(row["how"], row["intact"]) for row in rows] == [("digital", "unsure")] * 2  # type: ignore[index,union-attr]


def _sheet(drawn: bool) -> Opened:
    lines = (
        "The Employer | The Employee",
        "",
        "",
        "/s/ Ingrid Solheim | ______________",
        "Ingrid Solheim | Tobias Renquist",
    )
    block = "\n\n" + "\n".join(lines)
    made = page(HEAD + "\n" * 3 + block)
    picture = np.full((1200, 1000, 3), 250, np.uint8)
    line = next(word.box for word in made.words if word.text.startswith("____"))
    foot = int(line.top * 1200)
    picture[foot + 8 : foot + 10, int(line.left * 1000) : int(line.right * 1000)] = 30
    if drawn:
        for step in range(180):
            at = foot - 20 + int(16 * np.sin(step / 8))
            picture[at : at + 3, int(line.left * 1000) + step : int(line.left * 1000) + step + 3] = (30, 40, 90)
    return Opened("application/pdf", b"", (Sheet(made, lambda: picture),))


@pytest.mark.parametrize(("drawn", "answer"), [(True, "yes"), (False, "no")])
def test_a_hand_over_the_blank_line_signs_it(drawn: bool, answer: str) -> None:
    reading = contract.read(_sheet(drawn), Recognised(kinds()["contract"], "contract", 1.0, (1,)))
    got = {field.name: field for field in reading.fields}
    assert got["signed"].value == answer
    assert bool(reading.warnings) == (answer == "no")
    assert got["signed"].sure == (answer == "no")  # that nothing is there is seen; whose hand it is is not


WORDS = (HEAD + "Signed electronically.").strip()


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_digital_signature_names_its_signer_and_fits(kind: str) -> None:
    (found,) = digital_signatures(signed_pdf.signed(WORDS, "Tobias Renquist", kind))
    assert (found.name, found.intact) == ("Tobias Renquist", "yes")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found.date)


def test_a_changed_byte_is_noticed() -> None:
    data = signed_pdf.signed(WORDS, "Tobias Renquist")
    (found,) = digital_signatures(data.replace(b"62,000", b"92,000", 1))
    assert found.intact == "no"


def test_a_page_changed_after_signing_is_noticed() -> None:
    data = signed_pdf.changed_since(signed_pdf.signed(WORDS, "Tobias Renquist"), "The salary is GBP 92,000.")
    (found,) = digital_signatures(data)
    assert (found.name, found.intact) == ("Tobias Renquist", "no")


def test_a_range_that_leaves_bytes_out_signs_nothing() -> None:
    data = signed_pdf.signed(WORDS, "Tobias Renquist")
    reach = re.search(rb"\[ 0 (\d+) (\d+)", data)
    assert reach
    shorter = b"[ 0 %d %s" % (int(reach[1]) - 9, reach[2])
    (found,) = digital_signatures(data.replace(reach.group(), shorter.ljust(len(reach.group())), 1))
    assert found.intact == "no"


def test_one_digital_signature_of_two_sides_is_no_signed_contract() -> None:
    data = signed_pdf.signed(WORDS, "Tobias Renquist")
    opened = pages.open_bytes(data, "application/pdf")
    reading = contract.read(opened, Recognised(kinds()["contract"], "contract", 1.0, (1,)))
    got = {field.name: field for field in reading.fields}
    assert got["signed"].value == "unsure"
    assert {"name": "Tobias Renquist", "how": "digital", "intact": "yes"}.items() <= dict(
        got["signatures"].value[0]
    ).items()  # type: ignore[arg-type,index]


def test_a_broken_digital_signature_is_told_and_makes_the_answer_unsure() -> None:
    data = signed_pdf.signed(WORDS, "Tobias Renquist").replace(b"62,000", b"92,000", 1)
    reading = contract.read(
        pages.open_bytes(data, "application/pdf"), Recognised(kinds()["contract"], "contract", 1.0, (1,))
    )
    got = {field.name: field for field in reading.fields}
    assert got["signed"].value == "unsure" and got["signed"].confidence < SURE
    assert any("changed after signing" in warning for warning in reading.warnings)


def test_a_pdf_without_signatures_has_none() -> None:
    assert digital_signatures(signed_pdf.paper(WORDS)) == ()
    assert digital_signatures(b"%PDF-1.7 /ByteRange garbage") == ()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_of_envelopes_fall(data: bytes) -> None:
    assert cms.signers(data, b"content") == ()
    assert cms.signers(b"\x30\x82\x01\x00" + data, b"content") == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5999), st.integers(1, 255))
def test_no_changed_envelope_makes_it_fall_or_fit_by_chance(where: int, flip: int) -> None:
    data = bytearray(_ENVELOPE)
    at = where % len(data)
    data[at] ^= flip
    for each in cms.signers(bytes(data), _CONTENT):
        # What changes the certificate's own signature, or a name, leaves the fit of the paper as it is.
        assert each.fit in ("yes", "no", "unsure")


_SIGNED = signed_pdf.signed("One page.", "Tobias Renquist", "ec")
_GAP = re.search(rb"<((?:[0-9a-f]{2}){6000})>", _SIGNED)
assert _GAP
_ENVELOPE = bytes.fromhex(_GAP[1].decode())[:1200]
_CONTENT = _SIGNED[: _GAP.start()] + _SIGNED[_GAP.end() :]
