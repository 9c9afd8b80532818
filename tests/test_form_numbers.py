"""The mark of an official form settles what a page is; a form that is only spoken of does not."""

from __future__ import annotations

import pytest
from paper import opened
from test_piles import at_foot

from toolkit import page_signs, read, recognise
from toolkit.model import Method

PAGE = """
Department of Homeland Security
U.S. Citizenship and Immigration Services
Part 1. Petitioner Information
Legal Name of Individual Petitioner
"""


def form(text: str) -> tuple[str, str, str]:
    found = recognise.recognise(opened(text))
    if found.form is None:
        return found.name, "", ""
    return found.name, found.form.number, found.form.edition


@pytest.mark.parametrize(
    ("foot", "edition"),
    [
        ("Form I-129 Edition 01/20/25 | Page 1 of 38", "01/20/25"),
        ("Form I-129  02/06/18 | Page 1 of 36", "02/06/18"),
        ("Form 1-129 (Rev. 05/2021)", "05/2021"),
        ("Form I129 Edition 01/20/25", "01/20/25"),
        ("Form I-129", ""),
    ],
)
def test_the_mark_in_the_corner_settles_it(foot: str, edition: str) -> None:
    assert form(at_foot(PAGE, foot)) == ("petition-form", "I-129", edition)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("IMM 1295 (01-2024) E\nApplication for work permit made outside of Canada", "application-form", "IMM 1295"),
        (
            "Form G-28\nNotice of Entry of Appearance\nas Attorney or Accredited Representative",
            "representation-form",
            "G-28",
        ),
        ("P60 End of Year Certificate\nTax year to 5 April 2026", "tax-record", "P60"),
    ],
)
def test_forms_of_several_countries(text: str, kind: str, number: str) -> None:
    assert form(text)[:2] == (kind, number)


@pytest.mark.parametrize(
    "text",
    [
        at_foot(PAGE, "Form I-129 Instructions 01/20/25 | Page 3 of 29"),
        "Tarn & Fell Analytics Ltd\nRe: Form I-129 for A. Celikhan\nDear Officer,\nwe file Form I-129 for her today.",
        "Tarn & Fell Analytics Ltd\nDear Officer,\nwe attach the completed Form I-129, edition 01/20/25, and ask",
        at_foot(PAGE, "Form I-1290 Edition 01/20/25"),
    ],
)
def test_what_is_about_a_form_is_not_the_form(text: str) -> None:
    assert form(text)[1] == ""


def test_a_longer_number_is_another_form() -> None:
    assert form(at_foot(PAGE, "Form I-129S Edition 06/02/16"))[1] == "I-129S"


def test_an_official_form_that_is_none_of_ours_is_of_no_kind() -> None:
    text = "Employment Eligibility Verification\nOMB No. 1615-0047\nPassport number\nPassport\nDate of expiry"
    assert form(at_foot(text, "Form I-9 Edition 08/01/23")) == ("unknown", "", "")


def test_number_and_edition_are_fields_with_their_places() -> None:
    [(part, found)] = read.parts(opened(at_foot(PAGE, "Form I-129 Edition 01/20/25"), method=Method.TEXT_LAYER))
    record = read._record(part, found)
    fields = {name: record.get(name) for name in ("form_number", "form_edition")}
    assert {name: field.value for name, field in fields.items() if field} == {
        "form_number": "I-129",
        "form_edition": "01/20/25",
    }
    number, edition = fields["form_number"], fields["form_edition"]
    assert number is not None
    assert edition is not None
    assert number.source.box is not None
    assert edition.source.box is not None
    assert 0.9 < number.source.box.top < 1
    assert number.source.box.right <= edition.source.box.left


def test_pages_of_another_form_begin_another_document() -> None:
    first, second = at_foot(PAGE, "Form I-129 Edition 01/20/25"), at_foot(PAGE, "Form G-28 Edition 09/17/18")
    made = read.parts(opened(first, first, second))
    assert [(found.name, found.pages) for _, found in made] == [
        ("petition-form", (1, 2)),
        ("representation-form", (3,)),
    ]


def test_no_phrase_is_looked_for_twice() -> None:
    file = opened(PAGE)
    signs = page_signs.of(file)
    recognise.recognise(file, signs)
    assert signs[0].phrases is signs[0].phrases
