"""What the recogniser says is read as exactly so many places: never miscounted, never a blend of shifted readings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.zone_print import TD1, TD3, strip
from toolkit import mrz, mrz_lattice
from toolkit.mrz import Format, Holder
from toolkit.mrz_lattice import places, text, trimmed
from toolkit.mrz_layouts import ALPHABET, LAYOUTS, TOLERATED, Charset, Layout, Span
from toolkit.mrz_lines import DIGIT_FOR_DIGIT, FAR
from toolkit.zone_letters import CHARACTERS, Chances, chances, spoken

ROWS = [(form, row) for form, layout in LAYOUTS.items() for row in range(layout.height)]
NAMES, DATA = (LAYOUTS[Format.TD3], 0), (LAYOUTS[Format.TD3], 1)
HOLDER = Holder(
    "P", "UTO", "ERIKSSON", "L898902C3", "1974-08-12", "F", "ANNA MARIA", "UTO", "2032-04-15", optional_data="ZE18"
)
SPECIAL = {
    Format.TD1: Holder("I", "D", "ZWOELF", "L01X00T47", "1964-08-12", "F", "OE", "D", "2030-10-31"),
    Format.FRENCH_CARD: Holder("ID", "FRA", "BERTHIER", "880692310285", "1965-12-06", "F", "CORINNE"),
    Format.FRENCH_LICENCE: Holder("D1", "FRA", "BERTHIER", "13AA00026", "", "", expiry_date="2028-01-18"),
    Format.ISO_LICENCE: Holder("D1", "", "", "", "", "", optional_data="NLD15094962111659876"),
    Format.SWISS_LICENCE: Holder(
        "FA", "CHE", "MUSTER", "123456789001", "1974-08-12", "", "HANS", optional_data="AAA123D"
    ),
    Format.RUSSIAN_PASSPORT: Holder(
        "PN", "RUS", "IVANOV", "3980000001", "1964-08-12", "M", "PETR", "RUS", issue_date="2011-07-13"
    ),
    Format.MRVA: Holder("V", "UTO", "ERIKSSON", "L8988901C", "1940-09-07", "X", "ANNA", "XXX", "2029-10-31"),
    Format.MRVB: Holder("V", "UTO", "ERIKSSON", "L8988901C", "1940-09-07", "M", "ANNA", "XXX", "2029-10-31"),
}


def row_of(*chance: tuple[str, float]) -> NDArray[np.float64]:
    """One step: the chances named (a space is the blank), the rest shared by all others."""
    named = {0 if c == " " else 1 + CHARACTERS.index(c): share for c, share in chance}
    rest = (1 - sum(named.values())) / (1 + len(CHARACTERS) - len(named))
    step = np.full(1 + len(CHARACTERS), rest)
    step[list(named)] = list(named.values())
    return step


def clean(line: str) -> list[NDArray[np.float64]]:
    """Steps that say *line* plainly: each character, then a blank."""
    return [step for c in line for step in (row_of((c, 0.99)), row_of((" ", 0.99)))]


@pytest.mark.parametrize("form", list(Format))
def test_printed_lines_of_every_layout_are_read_exactly(form: Format) -> None:
    lines = mrz.compose(form, SPECIAL.get(form, HOLDER))
    read = [places(chances(strip(line)), LAYOUTS[form], row) for row, line in enumerate(lines)]
    assert tuple(text(each.slots) for each in read) == lines
    assert all(abs(each.price) < 0.05 for each in read)


@st.composite
def legal_lines(draw: st.DrawFn) -> tuple[Format, int, str]:
    """Any line that a layout allows: at each place a character of its span."""
    form, row = draw(st.sampled_from(ROWS))
    layout = LAYOUTS[form]
    line = [""] * layout.widths[row]
    for span in layout.spans:
        if span.line == row:
            letters = st.text(span.charset.value, min_size=span.end - span.start, max_size=span.end - span.start)
            line[span.start : span.end] = draw(letters)
    return form, row, "".join(line)


@given(legal_lines(), st.integers(1, 3), st.integers(1, 3), st.integers(0, 9))
def test_plain_steps_of_any_legal_line_are_that_line_at_no_price(
    made: tuple[Format, int, str], long: int, apart: int, ahead: int
) -> None:
    form, row, line = made
    steps = [row_of((" ", 0.99))] * ahead
    for character in line:
        steps += [row_of((character, 0.99))] * long + [row_of((" ", 0.99))] * apart
    read = places(np.array(steps), LAYOUTS[form], row)
    assert text(read.slots) == line
    assert abs(read.price) < 1e-6
    assert all(min(slot.values()) == 0 for slot in read.slots)


@settings(max_examples=40)
@given(st.sampled_from(ROWS), st.integers(60, 160), st.integers(0, 2**32 - 1), st.floats(0.02, 2.0))
def test_any_steps_give_exactly_so_many_places(which: tuple[Format, int], count: int, seed: int, spread: float) -> None:
    form, row = which
    steps = np.random.default_rng(seed).dirichlet(np.full(1 + len(CHARACTERS), spread), count)
    read = places(steps, LAYOUTS[form], row)
    assert len(read.slots) == LAYOUTS[form].widths[row]
    assert np.isfinite(read.price)
    for slot in read.slots:
        assert set(slot) <= set(ALPHABET + TOLERATED)
        assert min(slot.values()) == 0
        assert max(slot.values()) < FAR


@pytest.mark.parametrize("form", list(Format))
def test_fewer_steps_than_places_are_no_line(form: Format) -> None:
    read = places(np.array(clean("AB")), LAYOUTS[form], LAYOUTS[form].height - 1)
    assert read.price == np.inf
    assert read.slots == ({},) * LAYOUTS[form].widths[-1]


def test_a_filler_lost_in_a_run_is_restored() -> None:
    line = TD3[0]
    steps = clean(line)
    place = 2 * line.index("<<ANNA")
    # The second of two fillers is fainter than the paper between them.
    steps[place + 2] = row_of((" ", 0.70), ("<", 0.28))
    assert len(spoken(np.array(steps))) == 43
    read = places(np.array(steps), *NAMES)
    assert text(read.slots) == line
    assert 0.5 < read.price < 1.5


def test_a_filler_too_many_is_dropped() -> None:
    steps = clean(TD3[0])
    steps[60:60] = [row_of(("<", 0.7), (" ", 0.28)), row_of((" ", 0.99))]
    assert len(spoken(np.array(steps))) == 45
    read = places(np.array(steps), *NAMES)
    assert text(read.slots) == TD3[0]
    assert 0.5 < read.price < 1.5


def test_fillers_blotted_out_of_a_printed_line_are_restored() -> None:
    line = TD3[0]
    grey = strip(line).copy()
    pitch = grey.shape[1] / (len(line) + 2)
    grey[:, round(36 * pitch) : round(38.2 * pitch)] = 236
    steps = chances(grey)
    assert len(spoken(steps)) < 44
    assert text(places(steps, *NAMES).slots) == line


def test_edges_taken_for_characters_are_passed_over() -> None:
    steps = np.array([row_of(("I", 0.9)), row_of((" ", 0.99)), *clean(TD3[1]), row_of(("1", 0.9))])
    assert spoken(steps) == f"I{TD3[1]}1"
    read = places(steps, *DATA)
    assert text(read.slots) == TD3[1]
    # Two edges passed over.
    assert 3 < read.price < 4.5


def test_the_frame_around_a_printed_line_is_passed_over() -> None:
    grey = strip(TD3[1]).copy()
    grey[:, 6:10] = grey[:, -9:-5] = 30
    ways = [places(kept, *DATA) for kept, _ in trimmed(chances(grey), len(spoken(chances(grey))) - 44)]
    assert text(min(ways, key=lambda read: read.price).slots) == TD3[1]


def test_a_character_out_of_place_stays_visible_at_its_price() -> None:
    line = TD3[0].replace("ANNA", "4NNA")
    read = places(np.array(clean(line)), *NAMES)
    assert text(read.slots) == line
    assert 2.5 < read.price < 3.5
    many = line.replace("ERIKSSON", "3R1K550N")
    assert places(np.array(clean(many)), *NAMES).price > 5 * 2.5


def test_a_likelier_character_that_may_not_stand_there_gives_way_and_stays_near() -> None:
    steps = clean(TD3[0])
    place = TD3[0].index("ON<<")
    steps[2 * place] = row_of(("0", 0.6), ("O", 0.3))
    read = places(np.array(steps), *NAMES)
    assert read.slots[place]["O"] == 0
    assert read.slots[place]["0"] == pytest.approx(3 - np.log(2), abs=1e-6)
    assert read.price == pytest.approx(np.log(2), abs=1e-6)


def test_a_doubtful_character_keeps_both_readings_and_says_how_far_apart_they_are() -> None:
    steps = clean(TD3[1])
    place = TD3[1].index("C3")
    steps[2 * place] = row_of(("C", 0.6), ("G", 0.3))
    slot = places(np.array(steps), *DATA).slots[place]
    assert slot["C"] == 0
    assert slot["G"] == pytest.approx(np.log(2), abs=1e-6)


def test_one_digit_for_another_is_dearer() -> None:
    steps = clean(TD3[1])
    place = TD3[1].index("8989")
    steps[2 * place] = row_of(("8", 0.6), ("3", 0.3))
    assert places(np.array(steps), *DATA).slots[place]["3"] == pytest.approx(np.log(2) + DIGIT_FOR_DIGIT, abs=1e-6)


def test_the_places_are_one_reading_and_not_a_blend_of_shifted_ones() -> None:
    # One character of the first half is missing, so that every place after it could be read one further on.
    line = "ABCDEFGHIJKLMNOPQRSTUVWXYZ<<<<"
    layout = LAYOUTS[Format.TD1]
    steps = clean(line[:10] + line[11:])
    steps[18:20] = [row_of(("J", 0.5), (" ", 0.2)), row_of((" ", 0.5), ("K", 0.3))]
    read = text(places(np.array(steps), layout, 2).slots)
    assert len(read) == 30
    assert read[:9] == line[:9]
    assert read[11:] == line[11:]


def _layout(charset: Charset, width: int) -> Layout:
    return Layout(Format.ISO_LICENCE, 1, width, (Span("any", 0, 0, width, charset),), ())


def _forced(steps: Chances, said: str) -> float:
    """The log-likelihood of the best way in which *steps* say *said*, edges passed over: plain forced alignment."""
    states = [0, *itertools.chain.from_iterable((1 + CHARACTERS.index(c), 0) for c in said)]
    best = np.full(len(states), -np.inf)
    for number, step in enumerate(np.log(steps)):
        chance = step[states].copy()
        chance[[0, -1]] = np.maximum(step[0], -1.9)
        before = best.copy() if number else np.where(np.arange(len(states)) == 0, 0.0, -np.inf)
        best = np.full(len(states), -np.inf)
        for state, kind in enumerate(states):
            ways = [before[state], before[state - 1] if state else -np.inf]
            if kind and state >= 2 and states[state - 2] != kind:
                ways.append(before[state - 2])
            if number == 0 and state == 1:
                ways.append(0.0)
            best[state] = max(ways) + chance[state]
    return float(max(best[-1], best[-2]))


@settings(max_examples=15)
@given(st.integers(3, 6), st.integers(0, 2**32 - 1), st.sampled_from([0.3, 1.0]))
def test_every_chance_of_two_places_is_that_of_the_best_line_with_it(count: int, seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    # Five characters may stand out; the others share a thousandth.
    steps = np.full((count, 1 + len(CHARACTERS)), 1e-4)
    seen = [0, *(1 + CHARACTERS.index(c) for c in "07AB<")]
    steps[:, seen] = rng.dirichlet(np.full(len(seen), spread), count) + 1e-3
    steps /= steps.sum(axis=1, keepdims=True)
    read = places(steps, _layout(Charset.MIXED, 2), 0)
    scores = {(a, b): _forced(steps, a + b) for a in ALPHABET for b in ALPHABET}
    best = max(scores.values())
    assert read.price == pytest.approx(np.log(steps.max(axis=1)).sum() - best, abs=1e-6)
    winner = max(scores, key=lambda pair: scores[pair])
    for place, slot in enumerate(read.slots):
        for character in "07AB<":
            price = best - max(score for pair, score in scores.items() if pair[place] == character)
            price += DIGIT_FOR_DIGIT * (character.isdigit() and winner[place].isdigit() and character != winner[place])
            assert slot.get(character, FAR) == pytest.approx(min(price, FAR), abs=1e-6)


def test_trimming_offers_every_way_to_lose_what_is_too_much() -> None:
    steps = np.array(clean("XY" + TD1[2]))
    ways = list(trimmed(steps, 2))
    assert [spoken(kept) for kept, _ in ways] == [
        "XY" + TD1[2],
        ("XY" + TD1[2])[:-2],
        ("Y" + TD1[2])[:-1],
        TD1[2],
    ]
    assert ways[0][1] == 0
    assert {price for _, price in ways[1:]} == {3.0}
    assert ways[0][0] is steps


@pytest.mark.parametrize("surplus", [-3, 0, 4, 40])
def test_nothing_is_trimmed_where_nothing_or_too_much_is_over(surplus: int) -> None:
    steps = np.array(clean(TD1[2]))
    assert [price for _, price in trimmed(steps, surplus)] == [0.0]
    assert len(list(trimmed(np.array(clean("AB")), 2))) == 1


def test_places_show_nothing_of_what_they_say() -> None:
    assert "ERIKSSON" not in repr(places(np.array(clean(TD3[0])), *NAMES))
    assert mrz_lattice.text(({"A": 0.0, "B": 1.0}, {"<": 2.0, "C": 0.5})) == "AC"
