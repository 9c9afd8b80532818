"""From what OCR made of the lines of a zone to the likeliest zones that ICAO Doc 9303 allows. Pure; knows no picture.

A line comes as slots: for each character seen, what it could be and at what cost (a negative log-likelihood). Every
place of a format says which characters may stand there, check digits say which readings agree; the cheapest reading
wins and the runners-up are kept. A check digit that disagrees has a price too, for documents themselves carry wrong
ones: no value is bent at any price.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from toolkit import mrz
from toolkit.fields import country
from toolkit.mrz_layouts import FILLER, LAYOUTS, TOLERATED, Charset, Check, Format, Layout, Span, check_digit
from toolkit.mrz_lines import FAR, Slot, best, fit

#: The price of a check digit that does not agree.
DISAGREES = 5.0
_UNKNOWN_CODE = 3.0
_IMPOSSIBLE_DATE = 4.0
_LATE_NUMBER = 4.0
_STRANGE_DOCUMENT = 4.0
#: A substitution dearer than this is not considered, and no more than two at once.
_DEAREST = 7.0
_KEPT = 5
#: A value read at this price is no longer what it looks like: its check digit chose it, and cannot prove it as well.
_BENT = 3.0
#: The price of a character that cannot stand where it clearly does: documents break their own rules.
_MISPLACED = 5.0
#: Of all the substitutions in a value, as many are tried two by two.
_PAIRED = 16

#: What a filler may cost, on average, where letters stand in the reading: a filler is what it was.
_CRUMB = 5.0
#: National formats that nobody else issues, and letters of the state as even a poor reading shows them.
_OWN_STATE = {Format.FRENCH_CARD: "FR", Format.FRENCH_LICENCE: "FR", Format.RUSSIAN_PASSPORT: "RUS"}
#: The first line of the Swiss licence is nine characters long; a longer one is not it.
_SWISS_FIRST = 14

_CRUMBS = re.compile(r"(?:([KCES])\1{3,}|[KCES]{7,}|(?:<[KCES]{1,3}){3,})[KCES<]*$")

Line: TypeAlias = Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One legal reading of a zone. `margins` says, by field, how much dearer the next acceptable reading is."""

    zone: mrz.Zone
    cost: float
    margins: Mapping[str, float]

    def __repr__(self) -> str:
        return f"<Candidate {self.zone.format} {self.cost:.1f}>"


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a run of places."""

    text: str
    cost: float
    agrees: bool = True

    def __repr__(self) -> str:
        return f"<_Reading {len(self.text)} characters {self.cost:.1f}>"


@dataclass(frozen=True, slots=True)
class _Place:
    """A run of places in a zone and what it can be read as, cheapest first."""

    name: str
    line: int
    start: int
    options: list[_Reading]


def candidates(rough: Sequence[Line], *, today: date) -> tuple[Candidate, ...]:
    """Return the likeliest zones that *rough* (two or three lines, top to bottom) can be, cheapest first."""
    found: dict[tuple[str, ...], Candidate] = {}
    cheapest = FAR * FAR
    for layout in sorted(layouts(rough), key=lambda each: sum(abs(each.width - len(line)) for line in rough)):
        fitted = (fit(line, width) for line, width in zip(rough, layout.widths, strict=True))
        ways = itertools.islice(itertools.product(*fitted), 60)
        for extra, chosen in sorted(((sum(price for _, price in way), way) for way in ways), key=lambda each: each[0]):
            # Prices only add up: what costs more already by its length cannot become the cheapest.
            if extra > cheapest:
                break
            for candidate in read(layout, [line for line, _ in chosen], extra, today=today):
                known = found.get(candidate.zone.lines)
                if known is None or candidate.cost < known.cost:
                    found[candidate.zone.lines] = candidate
                cheapest = min(cheapest, candidate.cost)
    return tuple(sorted(found.values(), key=lambda candidate: candidate.cost)[:_KEPT])


def layouts(rough: Sequence[Line]) -> Iterator[Layout]:
    """Yield the layouts that *rough* could be of, by the number and length of its lines and how the first begins."""
    longest = max(len(line) for line in rough)
    first = best(rough[0])[:1]
    for layout in LAYOUTS.values():
        if layout.height != len(rough) or abs(layout.width - longest) > 8:
            continue
        if layout.format in (Format.MRVA, Format.MRVB) and rough[0][0].get("V", FAR) > _DEAREST:
            continue
        if layout.format in (Format.TD3, Format.TD2) and first == "V" and abs(layout.width - longest) <= 1:
            continue
        if layout.format in _OWN_STATE and _OWN_STATE[layout.format] not in best(rough[0])[:6]:
            continue
        if layout.format is Format.SWISS_LICENCE and len(rough[0]) > _SWISS_FIRST:
            continue
        yield layout


def read(layout: Layout, lines: Sequence[Line], price: float, *, today: date) -> list[Candidate]:
    """Return the likeliest zones that *lines*, as long as *layout* asks, can be; *price* is added to their cost."""
    places = _places(layout, lines, range(layout.height))
    return [
        Candidate(
            zone, cost + price, {place.name: _margin(place, one) for place, one in zip(places, chosen, strict=True)}
        )
        for text, cost, chosen in _assembled(layout, places)
        if (zone := mrz.parse(text, today=today)) is not None and zone.format is layout.format
    ]


def row(layout: Layout, line: int, seen: Line) -> tuple[str, float]:
    """Return the likeliest text of line number *line* of *layout* alone, and its price; *seen* is as long as asked."""
    lines: list[Line] = [seen if place == line else () for place in range(layout.height)]
    places = _places(layout, lines, (line,))
    text, price, _ = _assembled(layout, places)[0]
    return text[line], price


def _places(layout: Layout, lines: Sequence[Line], rows: Collection[int]) -> list[_Place]:
    """What stands at the places of those *rows* of *layout*: values with their check digits, codes, and the rest."""
    groups = {check.name: check for check in layout.checks if check.name != "composite" and check.line in rows}
    taken = {(check.line, place) for check in groups.values() for place in range(check.pieces[0][1], check.at + 1)}
    places = [
        _Place(name, check.line, check.pieces[0][1], _checked(layout, check, lines)) for name, check in groups.items()
    ]
    codes = _codes(layout, lines)
    issuer = codes["issuing_state"][0].text if "issuing_state" in codes else ""
    # Only Spain is known to print its own letter; elsewhere a speck over an N is a speck.
    letters = TOLERATED if issuer in ("", "ESP") else ""
    return places + [
        _Place(span.name, span.line, span.start, codes.get(span.name) or _plain(span, lines[span.line], letters))
        for span in layout.spans
        if span.line in rows and (span.line, span.start) not in taken
    ]


def _margin(place: _Place, chosen: _Reading) -> float:
    """How much dearer the next reading is that is as good as the chosen one; nothing, if that one was bent itself."""
    if chosen.cost >= _BENT:
        return 0.0
    rivals = [each for each in place.options if each is not chosen and (each.agrees or not chosen.agrees)]
    return min((each.cost - chosen.cost for each in rivals), default=FAR)


def _assembled(layout: Layout, places: Sequence[_Place]) -> list[tuple[tuple[str, ...], float, tuple[_Reading, ...]]]:
    """Put the readings of all places together, cheapest first, as the composite check digit sees it."""
    composite = next((check for check in layout.checks if check.name == "composite"), None)
    # Of a line alone the composite digit says nothing where it covers others too.
    rows = {place.line for place in places}
    whole = composite is not None and {composite.line, *(line for line, _, _ in composite.pieces)} <= rows
    found = []
    for count, chosen in enumerate(_combinations([place.options for place in places])):
        blank = [[FILLER] * width for width in layout.widths]
        for place, reading in zip(places, chosen, strict=True):
            blank[place.line][place.start : place.start + len(reading.text)] = reading.text
        text = tuple("".join(each) for each in blank)
        cost = sum(reading.cost + (0 if reading.agrees else DISAGREES) for reading in chosen)
        agrees = not composite or not whole or composite.digit(text) == check_digit(composite.covered(text))
        found.append((text, cost if agrees else cost + DISAGREES, chosen))
        if count == 0 and agrees:
            break  # the cheapest of everything, and the composite check digit agrees: nothing can be cheaper
    return sorted(found, key=lambda each: each[1])[:_KEPT]


def _combinations(options: Sequence[list[_Reading]]) -> Iterator[tuple[_Reading, ...]]:
    """The best reading of every place, then each with one or two places read otherwise."""
    first = tuple(each[0] for each in options)
    yield first
    others = [(place, reading) for place, each in enumerate(options) for reading in each[1:]]
    for place, reading in others:
        yield (*first[:place], reading, *first[place + 1 :])
    for (one, reading), (two, second) in itertools.combinations(others, 2):
        if one != two:
            changed = list(first)
            changed[one], changed[two] = reading, second
            yield tuple(changed)


def _checked(layout: Layout, check: Check, lines: Sequence[Line]) -> list[_Reading]:
    """Readings of a value together with its check digit, those that agree first by price."""
    start, end = check.pieces[0][1], check.at
    spans = [span for span in layout.spans if span.line == check.line and start <= span.start <= end]
    charsets = [span.charset.value for span in spans for _ in range(span.start, span.end)]
    slots = lines[check.line][start : end + 1]
    readings = [
        _Reading(text, cost + _value_price(check.name, text), _agrees(layout, check, text, lines))
        for text, cost in (*_substituted(slots, charsets), *_emptied(check.name, slots))
    ]
    readings.sort(key=lambda each: each.cost + (0 if each.agrees else DISAGREES))
    if not readings[0].agrees:
        # Nothing to be gained by taking a sign for a digit it does not look like: some cards leave the digit out.
        readings[0] = _Reading(readings[0].text[:-1] + best(slots[-1:]), readings[0].cost, agrees=False)
    kept = readings[:_KEPT]
    # The runner-up that agrees is what the margin is measured by, however dear.
    kept += [each for each in readings[_KEPT:] if each.agrees][:1]
    return kept


def _agrees(layout: Layout, check: Check, text: str, lines: Sequence[Line]) -> bool:
    value, printed = text[:-1], text[-1]
    if printed != FILLER:
        return printed == check_digit(value)
    if check.name == "optional_data":
        return not value.strip(FILLER)
    span = layout.span("optional_data")
    if check.name != "document_number" or span is None or layout.format not in (Format.TD1, Format.TD2):
        return False
    # A long document number goes on in the optional data, up to and with its check digit (Doc 9303-5, 4.2.4).
    rest = best(lines[span.line][span.start : span.end], span.charset.value).partition(FILLER)[0]
    state = layout.span("issuing_state")
    seen = lines[state.line][state.start : state.end] if state is not None else ()
    issuer = best(seen, Charset.LETTERS.value)
    return mrz.long_number_agrees(issuer.rstrip(FILLER), value, rest)


def _value_price(name: str, text: str) -> float:
    """The price of a value that a document hardly has: a number begins at the left of its place, days are days."""
    if name == "document_number":
        return _LATE_NUMBER if text.startswith(FILLER) and text[:-1].strip(FILLER) else 0.0
    if name not in ("birth_date", "expiry_date"):
        return 0.0
    month, day = text[2:4], text[4:6]
    possible = (month in ("<<", "00") or "01" <= month <= "12") and (day in ("<<", "00") or "01" <= day <= "31")
    # An expiry of 999999 or 000000 stands for "none" on some cards.
    return 0.0 if possible or text[:6] in ("999999", "000000") else _IMPOSSIBLE_DATE


def _substituted(slots: Line, charsets: Sequence[str]) -> Iterator[tuple[str, float]]:
    """The best legal text for *slots*, then texts with one or two characters read otherwise, with their prices."""
    options = [
        sorted((slot.get(c, FAR), c) for c in charset if slot.get(c, FAR) <= _DEAREST)
        or [(_MISPLACED, _fallback(slot, charset))]
        for slot, charset in zip(slots, charsets, strict=True)
    ]
    first = [each[0][1] for each in options]
    price = sum(each[0][0] for each in options)
    yield "".join(first), price
    others = [
        (
            place,
            c,
            cost - each[0][0] + (_out_of_place(first, place, c) if charsets[place] == Charset.MIXED.value else 0),
        )
        for place, each in enumerate(options)
        for cost, c in each[1:]
    ]
    for place, c, more in others:
        yield "".join((*first[:place], c, *first[place + 1 :])), price + more
    others.sort(key=lambda each: each[2])
    for (one, c, more), (two, d, most) in itertools.combinations(others[:_PAIRED], 2):
        if one != two and more + most <= _DEAREST:
            changed = list(first)
            changed[one], changed[two] = c, d
            yield "".join(changed), price + more + most


def _emptied(name: str, slots: Line) -> Iterator[tuple[str, float]]:
    """An optional field of nothing but fillers, many of which were read as letters: one cause, so one price."""
    if not name.startswith("optional_data"):
        return
    body = slots[:-1] if name == "optional_data" and len(slots) == 15 else slots
    read = best(body)
    strays = sum(c != FILLER for c in read)
    if 2 < strays <= len(read) // 2 and set(read) <= set("<KCESX5"):
        ends = "0" + FILLER if len(body) < len(slots) else ("",)
        yield from ((FILLER * len(body) + end, 2.0 + 0.3 * strays) for end in ends)


def _out_of_place(text: Sequence[str], place: int, new: str) -> float:
    """The price of a letter among digits or a digit among letters, where both may stand."""
    if new.isdigit() == text[place].isdigit():
        return 0.5
    beside = [c for c in (*text[max(0, place - 1) : place], *text[place + 1 : place + 2]) if c != FILLER]
    return 0.5 + sum(1.0 for c in beside if c.isdigit() != new.isdigit())


def _fallback(slot: Slot, charset: str) -> str:
    """What stands where nothing legal was seen: the character as seen; its check digit will not agree."""
    return min(slot, key=lambda c: slot[c], default=FILLER) if slot else charset[-1]


def _plain(span: Span, line: Line, letters: str) -> list[_Reading]:
    """Readings of a place that no check digit of its own covers; names may hold *letters* too."""
    slots = line[span.start : span.end]
    if span.name in ("names", "surname", "given_names"):
        return [_name(slots, span.charset.value + letters)]
    options = (*_substituted(slots, [span.charset.value] * len(slots)), *_emptied(span.name, slots))
    found = sorted(options, key=lambda each: each[1])
    if span.name == "document_code":
        found = sorted(((text, cost + _document_price(text)) for text, cost in found), key=lambda each: each[1])
    return [_Reading(text, cost) for text, cost in found[:_KEPT]]


def _document_price(code: str) -> float:
    price = 0.0 if code[0] in "PIACV" else _STRANGE_DOCUMENT
    # Fillers are often read as K and C; no document code ends in K, hardly a passport's in C. Of digits only those of
    # American cards are known.
    if code[1] == "K" or (code[1].isdigit() and code not in ("C1", "C2")):
        return price + _STRANGE_DOCUMENT
    return price + (2.5 if code == "PC" else 0.0)


def _name(slots: Line, charset: str) -> _Reading:
    """Read names: letters and fillers, nothing but fillers after a second double filler."""
    text = best(slots, charset)
    text = _parted(slots, text)
    cost = sum(slot.get(c, FAR) for slot, c in zip(slots, text, strict=True))
    # Fillers read as letters: one letter again and again, or crumbs between fillers, up to the end.
    body = _CRUMBS.sub("", text.rstrip(FILLER)).rstrip(FILLER)
    surname, separator, given = body.partition(FILLER * 2)
    given, cut, _ = given.lstrip(FILLER).partition(FILLER * 2)
    kept = (surname + separator + given if not cut or given else body).ljust(len(text), FILLER)
    return _Reading(kept if _were_fillers(slots, text, kept) else text, cost)


def _were_fillers(slots: Line, text: str, kept: str) -> bool:
    """Whether what *kept* has in other places than *text* looks like that: a letter that is no filler stays."""
    prices = [slot.get(now, FAR) for slot, was, now in zip(slots, text, kept, strict=True) if was != now]
    return sum(prices) <= _CRUMB * len(prices)


def _parted(slots: Line, text: str) -> str:
    """Read two letters as the double filler between the names if there is none and they look like fillers."""
    if FILLER * 2 in text.strip(FILLER):
        return text
    body = len(text.rstrip(FILLER))
    prices = [
        (sum(slots[at].get(FILLER, FAR) - slots[at].get(text[at], FAR) for at in (place, place + 1)), place)
        for place in range(1, body - 2)
    ]
    price, place = min(prices, default=(FAR, 0))
    dearest = 1.5 if FILLER in text[place : place + 2] else 4.0
    return text[:place] + FILLER * 2 + text[place + 2 :] if price < dearest else text


def _codes(layout: Layout, lines: Sequence[Line]) -> dict[str, list[_Reading]]:
    """Readings of issuing state and nationality: known codes before unknown ones, the same code before two."""
    found: dict[str, list[_Reading]] = {}
    for name in ("issuing_state", "nationality"):
        span = layout.span(name)
        if span is None or not lines[span.line]:
            continue
        slots = lines[span.line][span.start : span.end]
        options = [
            _Reading(text, cost + (0 if country.known(text.rstrip(FILLER)) else _UNKNOWN_CODE))
            for text, cost in _substituted(slots, [Charset.LETTERS.value] * 3)
        ]
        found[name] = sorted(options, key=lambda each: each.cost)[:_KEPT]
    if len(found) == 2:
        pairs = itertools.product(found["issuing_state"], found["nationality"])
        state, nation = min(pairs, key=lambda pair: pair[0].cost + pair[1].cost + 0.5 * (pair[0].text != pair[1].text))
        for name, chosen in (("issuing_state", state), ("nationality", nation)):
            found[name] = [chosen, *(each for each in found[name] if each is not chosen)]
    return found
