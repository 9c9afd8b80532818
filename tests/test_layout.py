from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toolkit import layout
from toolkit.model import Box, Method, Page, Word


def page(*words: Word) -> Page:
    return Page(1, 100, 100, words, Method.OCR)


def word(text: str, left: float, top: float, height: float = 0.02, confidence: float = 1.0) -> Word:
    return Word(text, Box(left, top, left + 0.05, top + height), confidence)


def test_words_of_one_line_are_joined_from_left_to_right():
    found = layout.lines(page(word("12.50", 0.8, 0.101), word("Total", 0.1, 0.1), word("Thanks", 0.1, 0.2)))
    assert [line.text for line in found] == ["Total 12.50", "Thanks"]
    assert found[0].box.left == 0.1 and found[0].box.right == 0.8 + 0.05


def test_a_line_is_as_sure_as_its_worst_word():
    line = layout.lines(page(word("a", 0.1, 0.1, confidence=0.9), word("b", 0.3, 0.1, confidence=0.4)))[0]
    assert line.confidence == 0.4


def test_lines_that_only_touch_stay_apart():
    assert len(layout.lines(page(word("a", 0.1, 0.100), word("b", 0.3, 0.115)))) == 2


def test_pages_are_parted_by_a_form_feed():
    assert layout.text([page(word("a", 0, 0)), page(word("b", 0, 0), word("c", 0, 0.5))]) == "a\fb\nc"


fraction = st.floats(0, 0.95)
words = st.builds(lambda left, top, height: word("w", left, top, height), fraction, fraction, st.floats(0.001, 0.05))


@given(st.lists(words, max_size=30))
def test_no_word_is_lost_or_doubled(found):
    lines = layout.lines(page(*found))
    assert sorted(id(each) for line in lines for each in line.words) == sorted(id(each) for each in found)
    assert [line.box.middle for line in lines] == sorted(line.box.middle for line in lines)
