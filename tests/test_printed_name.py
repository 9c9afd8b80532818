"""The name as it is printed, found by the name as a zone encodes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.fields import person_name
from toolkit.fields.person_name import writes
from toolkit.model import Box, Method, Page, Word
from toolkit.readers import printed_name

PAGE = Page(1, 1000, 700, (), Method.TEXT_LAYER)


def words(*texts, left=0.1, step=0.0):
    """Words one below the other, or side by side with *step*."""
    made, at = [], left
    for row, text in enumerate(texts):
        top = 0.1 if step else 0.1 + 0.05 * row
        made.append((PAGE, Word(text, Box(at, top, at + 0.01 * len(text), top + 0.03), 0.9 + 0.01 * row)))
        at = at + 0.01 * len(text) + step if step else left
    return made


@pytest.mark.parametrize(
    ("printed", "encoded"),
    [
        ("Müller", "MUELLER"), ("Müller", "MULLER"), ("MÜLLER", "MUXXLLER"), ("Weiß", "WEISS"),
        ("Ångström", "AANGSTROEM"), ("Ångström", "ANGSTROM"), ("Sørensen", "SOERENSEN"), ("Sørensen", "SORENSEN"),
        ("Ærlig", "AERLIG"), ("Þórður", "THORDUR"), ("Muñoz", "MUNXXOZ"), ("Łukasz", "LUKASZ"), ("Ștefan", "STEFAN"),
        ("İnci", "INCI"), ("Nguyễn", "NGUYEN"), ("Ǆafer", "DZAFER"), ("Щербаков", "SHCHERBAKOV"),
        ("Щербаков", "SHTERBAKOV"), ("Юлия", "IULIIA"), ("Мария", "MARIA"), ("Ковальчук", "KOVALCHUK"),
        ("Ђорђевић", "DORDEVIC"), ("Παπαδόπουλος", "PAPADOPOULOS"), ("Μπάμπης", "BABIS"), ("Ευαγγελία", "EVANGELIA"),
        ("Χρήστος", "CHRISTOS"),
    ],
)  # fmt: skip
def test_a_zone_may_write_it_so(printed, encoded):
    assert writes(printed, encoded)
    assert not writes(printed, encoded + "X")
    assert not writes(printed, encoded[:-1])
    assert all(writes(printed, encoded[:length], cut=True) for length in range(1, len(encoded) + 1))


@pytest.mark.parametrize(
    ("printed", "encoded"),
    [("Müller", "MILLER"), ("林", "LIN"), ("", "A"), ("A", ""), ("Anna", "ANNABEL"), ("林A", "A")],
)
def test_a_zone_does_not_write_it_so(printed, encoded):
    assert not writes(printed, encoded)
    assert not writes(printed, encoded, cut=True)


@given(st.text(st.characters(categories=["L"]), max_size=12), st.text("ABXOEU", max_size=8))
def test_any_letters_are_compared_without_an_error(printed, encoded):
    for cut in (False, True):
        assert writes(printed, encoded, cut=cut) in (True, False)


@given(st.text("ABCDEFÄÖÜßÆØÅŁÉЖЩЮΘΨ", min_size=1, max_size=8))
def test_the_recommended_encoding_is_always_one_of_them(printed):
    assert writes(printed, person_name.encode(printed).replace(" ", ""))


@pytest.mark.parametrize(
    ("texts", "encoded", "found"),
    [
        (("Surname", "Müller"), "MUELLER", "Müller"),
        (("MUELLER", "Müller"), "MUELLER", "Müller"),
        (("IVANOV", "ИВАНОВ"), "IVANOV", "ИВАНОВ"),
        (("ERIKSSON", "Eriksson"), "ERIKSSON", "Eriksson"),
        (("1. Name: van der Mülen-Groß, Jörg",), "VAN DER MUELEN GROSS", "van der Mülen-Groß"),
        (("O'Connor",), "OCONNOR", "O'Connor"),
        (("Mc Donald",), "MCDONALD", "Mc Donald"),
        (("VANDENBERG",), "VAN DEN BERG", "VANDENBERG"),
        (("Erikson",), "ERIKSSON", None),
        (("LI",), "LI", None),
        (("林美華", "LIN, MEI-HUA"), "LIN", "LIN"),
        ((), "ERIKSSON", None),
    ],
)
def test_a_name_is_found_as_it_is_printed(texts, encoded, found):
    spelling = printed_name.find(words(*texts), encoded)
    assert (spelling.text if spelling else None) == found


def test_the_words_of_a_name_may_stand_apart_on_one_line_but_not_on_two():
    apart = printed_name.find(words("Anna", "Maria", step=0.01), "ANNA MARIA")
    assert apart is not None
    assert (apart.text, apart.confidence) == ("Anna Maria", 0.9)
    assert apart.box.width == pytest.approx(0.1)
    assert printed_name.find(words("Anna", "Maria", step=0.2), "ANNA MARIA") is None
    assert printed_name.find(words("Anna", "Maria"), "ANNA MARIA") is None


def test_a_name_that_the_zone_cut_short_is_found_in_full():
    printed = words("Chayapa Dejthamrong Krasuang")
    assert printed_name.find(printed, "CHAYAPA DEJTHAMRONG K") is None
    assert printed_name.find(printed, "CHAYAPA DEJTHAMRONG K", cut=True).text == "Chayapa Dejthamrong Krasuang"
    assert printed_name.find(printed, "CHA DEJ K", cut=True).text == "Chayapa Dejthamrong Krasuang"
    assert printed_name.find(printed, "CHAYAPA KRA", cut=True) is None


def test_a_spelling_hides_the_name():
    assert "Müller" not in repr(printed_name.find(words("Müller"), "MUELLER"))
