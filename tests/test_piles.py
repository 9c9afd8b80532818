"""A file that holds a pile of papers is cut into its documents, and no page of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import opened, page
from strangers import STRANGERS

from tests.zone_print import TD1
from tests.zone_print import page as zone_page
from toolkit import piles, read, zone_reading
from toolkit.errors import InputError
from toolkit.model import Box, Method, Page, Record, Word
from toolkit.pages import Opened, Sheet

CONTRACT = [
    """
CONTRACT OF EMPLOYMENT
This contract is made on 12 October 2026 between Tarn & Fell Analytics Ltd (the "Employer") and
Aylin Celikhan (the "Employee"). The probationary period is six months.
1. Commencement
The employment begins on 1 January 2027 and continues until it is terminated under clause 7. The Employee
2. Duties
The Employee serves as Data Scientist and performs all duties that the Employer may reasonably assign to her, and

{foot}
""",
    """
reports to the Head of Research for as long as this contract lasts, wherever the Employer may send her.
3. Salary
The Employee receives a salary of 84,000 euros a year, in twelve equal parts. A passport and a visa are hers to show.
4. Holidays
The Employee has thirty days of holiday a year. The receipt for travel is handed in within a month.

{foot}
""",
    """
5. Notice
Either party may end this contract by three months' notice in writing, to the end of a month, and not before the end
6. Law
of the probationary period. The law of the Republic of Utopia governs this contract.
7. Signature
In witness whereof the parties have signed.

{foot}
""",
]
MARRIAGE = """
Republik Utopia / Republic of Utopia
Eheurkunde
Marriage Certificate
Standesamt / Registry office: Port Amaurot
Number 114/2019
"""
DEGREE = """
UNIVERSITY OF EUNOMIA
The Rector and the Senate make known that
Marit Ostervang
has been awarded the degree of
Master of Science
"""
POLICE = """
Bundesamt für Justiz
Führungszeugnis
über Celikhan, Aylin
Inhalt: Keine Eintragung
"""
LETTER = STRANGERS["a letter to a friend"]


def contract(foot: str = "Page {n} of 3") -> list[str]:
    return [at_foot(text.format(foot=""), foot.format(n=number)) for number, text in enumerate(CONTRACT, 1)]


def at_foot(text: str, foot: str) -> str:
    rows = text.strip("\n").split("\n")
    return "\n".join([*rows, *[""] * (57 - len(rows)), foot])


def cuts(file: Opened) -> list[tuple[str, tuple[int, ...]]]:
    return [(found.name, part_pages(part)) for part, found in piles.documents(file)]


def part_pages(part: Opened) -> tuple[int, ...]:
    return tuple(each.number for each in part.pages)


def notes(file: Opened) -> list[tuple[str, ...]]:
    return [part.notes for part, _ in piles.documents(file)]


def with_sheets(file: Opened, at: int, *sheets: Sheet) -> Opened:
    """Put *sheets* into *file* before its page at place *at*, all numbered anew."""
    all_ = [*file.sheets[:at], *sheets, *file.sheets[at:]]
    return Opened(file.media_type, b"", tuple(renumbered(each, number) for number, each in enumerate(all_, 1)))


def renumbered(sheet: Sheet, number: int) -> Sheet:
    made = sheet.page
    return Sheet(Page(number, made.width, made.height, made.words, made.method), lambda: sheet.image, sheet.zones)


def blank(specks: int = 20) -> Sheet:
    image = np.full((840, 600, 3), 243, np.uint8)
    for x, y in np.random.default_rng(specks).integers(40, 560, (specks, 2)):
        image[y, x] = 40
    return Sheet(Page(1, 600.0, 840.0, (), Method.OCR), lambda: image, ())


# -- where documents begin -------------------------------------------------------------------------------------------


def test_a_pile_is_its_documents() -> None:
    file = opened(*contract(), MARRIAGE, DEGREE, POLICE, LETTER)
    assert cuts(file) == [
        ("contract", (1, 2, 3)),
        ("marriage-certificate", (4,)),
        ("degree", (5,)),
        ("police-certificate", (6,)),
        ("unknown", (7,)),
    ]


def test_pages_without_numbers_go_on_by_their_clauses_and_sentences() -> None:
    assert cuts(opened(*contract(foot=""), DEGREE)) == [("contract", (1, 2, 3)), ("degree", (4,))]


@pytest.mark.parametrize(
    "foot", ["Seite {n} von 3", "page {n}/3", "Página {n} de 3", "{n} / 3", "- {n} -", "strona {n} z 3"]
)
def test_pages_are_numbered_in_the_way_of_many_countries(foot: str) -> None:
    assert cuts(opened(MARRIAGE, *contract(foot), POLICE))[1] == ("contract", (2, 3, 4))


def test_an_exhibit_belongs_to_its_contract_whatever_it_is() -> None:
    exhibit = "Exhibit A\nForm of Marriage Certificate\nMarriage Certificate\nRegistry office"
    assert cuts(opened(*contract(foot=""), exhibit, "Schedule 2\nInvoice\nInvoice number 1\nTotal 12.00")) == [
        ("contract", (1, 2, 3, 4, 5))
    ]


def test_two_certificates_of_one_kind_are_two() -> None:
    other = MARRIAGE.replace("114/2019", "7/1988").replace("Port Amaurot", "Neustadt")
    assert cuts(opened(MARRIAGE, other)) == [("marriage-certificate", (1,)), ("marriage-certificate", (2,))]


def test_one_document_stays_the_file_it_is() -> None:
    file = opened(*contract())
    [(part, _)] = piles.documents(file)
    assert part is file


def test_a_stranger_in_the_middle_is_a_document_of_no_kind() -> None:
    assert cuts(opened(DEGREE, LETTER, POLICE)) == [
        ("degree", (1,)),
        ("unknown", (2,)),
        ("police-certificate", (3,)),
    ]


def test_where_it_is_not_sure_the_page_stays_and_that_is_said() -> None:
    full = MARRIAGE + "\n" * 42 + "Port Amaurot, 12 March 2019, the registrar\n"
    text = "Notes\nSeen and returned to the family in March by the office of the registrar of Port Amaurot."
    file = opened(full, text, method=Method.OCR)
    assert [pages_ for _, pages_ in cuts(file)] == [(1, 2)]
    assert notes(file) == [("Page 2 may be a document of its own: look at it.",)]
    numbered = opened(f"{full}\npage 1 of 2", f"{text}\npage 2 of 2", method=Method.OCR)
    assert notes(numbered) == [()]


# -- order -----------------------------------------------------------------------------------------------------------


def test_pages_out_of_order_are_read_in_order_and_that_is_said() -> None:
    one, two, three = contract()
    file = opened(one, three, two, DEGREE)
    assert cuts(file)[0] == ("contract", (1, 3, 2))
    assert "The pages stand out of order; they are read as their page numbers say: pages 1, 3 and 2." in notes(file)[0]


def test_a_document_that_was_scanned_backwards_is_one() -> None:
    assert cuts(opened(*reversed(contract("Tarn & Fell Analytics  Page {n} of 3"))))[0] == ("contract", (3, 2, 1))


def test_a_page_that_strayed_behind_others_is_brought_back() -> None:
    one, two, three = contract("Tarn & Fell Analytics  Page {n} of 3")
    file = opened(one, three, DEGREE, POLICE, two)
    assert cuts(file) == [("contract", (1, 5, 2)), ("degree", (3,)), ("police-certificate", (4,))]


def test_a_page_that_is_not_there_is_missed() -> None:
    one, _, three = contract()
    assert "Page 2 of 3 of this document is not in the file." in notes(opened(one, three))[0]


def test_clauses_that_run_backwards_are_told() -> None:
    one, two, three = contract(foot="")
    assert "The clauses run backwards; by their numbers the pages should stand in this order: pages 1, 3 and 2." in [
        note for part in notes(opened(one, three, two)) for note in part
    ]


# -- blank sheets and separators -------------------------------------------------------------------------------------


def test_blank_sheets_are_told_and_part_nothing() -> None:
    file = with_sheets(opened(*contract(), DEGREE), 1, blank())
    assert cuts(file) == [("contract", (1, 3, 4)), ("degree", (5,))]
    assert notes(file)[0] == ("Page 2 is blank.",)


def test_the_blank_backs_of_a_two_sided_scan_are_told() -> None:
    file = opened(*contract(), DEGREE)
    for at in (4, 3, 2, 1):
        file = with_sheets(file, at, blank(at))
    assert cuts(file) == [("contract", (1, 3, 5)), ("degree", (7,))]
    assert notes(file) == [("Pages 2, 4 and 6 are blank.",), ("Page 8 is blank.",)]


def test_a_file_of_blank_sheets_is_one_record_with_all_of_them() -> None:
    file = with_sheets(Opened("application/pdf", b"", (blank(),)), 0, blank(2))
    [(part, found)] = piles.documents(file)
    assert (found.name, found.pages, part.notes) == ("unknown", (1, 2), ("Every page is blank.",))


def test_print_that_no_engine_read_is_not_blank() -> None:
    image = np.full((840, 600, 3), 243, np.uint8)
    image[200:600:12, 100:500] = 20
    unread = Sheet(Page(1, 600.0, 360.0, (), Method.TEXT_LAYER), lambda: image, ())
    assert cuts(with_sheets(opened(DEGREE), 1, unread)) == [("degree", (1, 2))]


@pytest.mark.parametrize("words", ["Document separator", "PATCHT", "Trennblatt", "MOBILITY-SEPARATOR"])
def test_a_sheet_with_the_words_for_it_parts_documents(words: str) -> None:
    one, two, three = contract(foot="")
    file = opened(one, two, words, three)
    assert [pages_ for _, pages_ in cuts(file)] == [(1, 2), (4,)]
    assert notes(file)[0] == ("Page 3 is a separator sheet.",)


def test_a_sheet_with_a_code_for_it_parts_documents() -> None:
    code = cv2.resize(
        cv2.QRCodeEncoder_create().encode("MOBILITY-SEPARATOR"), (240, 240), interpolation=cv2.INTER_NEAREST
    )
    image = np.full((1120, 800, 3), 255, np.uint8)
    image[300:540, 280:520] = code[:, :, None]
    sheet = Sheet(Page(1, 800.0, 1120.0, (), Method.OCR), lambda: image, ())
    file = with_sheets(opened(*contract(foot="")[:2]), 1, sheet)
    assert [pages_ for _, pages_ in cuts(file)] == [(1,), (3,)]


def test_a_contract_that_speaks_of_a_separator_is_no_separator() -> None:
    text = (
        "The document separator is to be laid between two documents before they are scanned by the scanner in the hall."
    )
    assert [pages_ for _, pages_ in cuts(opened(*contract(foot="")[:2], text))] == [(1, 2, 3)]


# -- cards -----------------------------------------------------------------------------------------------------------


def card_back() -> Sheet:
    image, _ = zone_page(TD1, capital=18, size=(800, 500), at=(100, 330))
    return Sheet(
        Page(1, 800.0, 500.0, (), Method.OCR), lambda: image, zone_reading.zones(image, today=date(2026, 11, 23))
    )


def card_front(surname: str = "ERIKSSON") -> Sheet:
    rows = ["REPUBLIC OF UTOPIA", "IDENTITY CARD", "Surname", surname, "Given names", "ANNA MARIA"]
    words = tuple(
        Word(text, Box(0.4, 0.1 + 0.1 * at, 0.4 + 0.02 * len(text), 0.15 + 0.1 * at), 0.98)
        for at, text in enumerate(rows)
    )
    image = np.full((500, 800, 3), 220, np.uint8)
    return Sheet(Page(1, 800.0, 500.0, words, Method.OCR), lambda: image, ())


@pytest.mark.parametrize("turned", [False, True])
def test_front_and_back_of_a_card_on_two_pages_are_one_document(turned: bool) -> None:
    sides = [card_back(), card_front()] if turned else [card_front(), card_back()]
    assert cuts(with_sheets(opened(DEGREE, POLICE), 1, *sides)) == [
        ("degree", (1,)),
        ("identity-card", (2, 3)),
        ("police-certificate", (4,)),
    ]


def test_two_cards_of_two_sides_are_two_documents() -> None:
    file = with_sheets(opened(DEGREE), 0, card_front(), card_back(), card_front("OKAFOR"), card_back())
    assert [pages_ for _, pages_ in cuts(file)] == [(1, 2), (3, 4), (5,)]


# -- a cut that a person named ---------------------------------------------------------------------------------------


def test_a_cut_that_a_person_named_is_not_doubted() -> None:
    file = opened(*contract(), DEGREE)
    made = piles.documents(file, ((1, 2), (4, 3)))
    assert [found.pages for _, found in made] == [(1, 2), (4, 3)]
    assert [part_pages(part) for part, _ in read.parts(file, cut=((4,), (1, 3, 2)))] == [(4,), (1, 3, 2)]


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (((1, 2), (4,)), "Page 3 is in no document"),
        (((1, 2), (2, 3, 4)), "Page 2 is named twice"),
        (((1, 2, 3, 4, 5),), "no page 5 in this file"),
        (((1, 2, 3, 4), ()), "without a page"),
    ],
)
def test_a_cut_that_loses_a_page_is_refused_by_name(cut: Sequence[Sequence[int]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        piles.documents(opened(*contract(), DEGREE), cut)


def test_each_document_of_a_file_says_which_it_is_and_keeps_the_turns_of_all_pages() -> None:
    file = opened(DEGREE, POLICE)
    records = [read._record(part, found, (0, 90)) for part, found in read.parts(file)]
    assert [record.warnings[-1] for record in records] == [f"Document {n} of 2 in this file: page {n}." for n in (1, 2)]
    assert [record.turns for record in records] == [(0, 90), (0, 90)]


# -- no page is ever lost --------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from([*CONTRACT, *contract(), MARRIAGE, DEGREE, POLICE, *STRANGERS.values(), "Document separator", ""]),
    st.text(max_size=200),
    st.builds("Page {} of {}\n{}".format, st.integers(0, 9), st.integers(0, 9), st.sampled_from([DEGREE, LETTER, "x"])),
    st.lists(
        st.sampled_from(["Page 2 of 3", "1.", "99. x", "Dear", "Exhibit A", "<<<<<<", "§ 4", "（", "\u202e", "0/0"])
    ).map("\n".join),
)


def sheets(texts: Sequence[str | None]) -> Opened:
    made = [
        blank(at) if text is None else Sheet(page(text.replace("<", "(")), lambda: INK, ())
        for at, text in enumerate(texts)
    ]
    return Opened("application/pdf", b"", tuple(renumbered(each, number) for number, each in enumerate(made, 1)))


INK = np.full((420, 300, 3), 255, np.uint8)
INK[60:300:9, 40:260] = 0


def assert_nothing_lost(records: Sequence[Record], count: int) -> None:
    held = [number for record in records for number in record.pages]
    named = {number for record in records for note in record.warnings for number in told(note)}
    assert sorted(held) == sorted(set(held)), "no page is in two documents"
    assert set(held) | named == set(range(1, count + 1))
    assert not set(held) & named


def told(note: str) -> set[int]:
    """The pages that a note names as blank or as separators."""
    if not note.endswith(("blank.", "separator sheet.", "separator sheets.")) or note.startswith("Every"):
        return set()
    numbers = [int(each) for each in "".join(c if c.isdigit() else " " for c in note).split()]
    return set(range(numbers[0], numbers[1] + 1)) if " to " in note else set(numbers)


@settings(max_examples=120)
@given(st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=14))
def test_every_page_of_any_pile_is_in_one_document_or_told(texts: list[str | None]) -> None:
    file = sheets(texts)
    records = [
        Record(found.name, found.confidence, found.pages, (), (), part.notes) for part, found in piles.documents(file)
    ]
    assert_nothing_lost(records, len(texts))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_every_page_of_any_named_cut_is_where_it_was_named(texts: list[str], rng: object) -> None:
    numbers = list(range(1, len(texts) + 1))
    rng.shuffle(numbers)  # type: ignore[attr-defined]
    at = rng.randint(1, len(texts) - 1)  # type: ignore[attr-defined]
    cut = (tuple(numbers[:at]), tuple(numbers[at:]))
    assert [found.pages for _, found in piles.documents(sheets(texts), cut)] == list(cut)
