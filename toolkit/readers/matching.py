"""Finds the value of a field by the patterns a `kind.toml` gives for it: labels beside values, and whole sentences.

Knows text, cells and the types a field can have; knows no kind of document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from toolkit.fields import country, dates, money
from toolkit.fields.dates import Order
from toolkit.kind import HOLE, FieldPattern, loosened
from toolkit.model import Box, Field, Page, Proof, Source, Word
from toolkit.readers import spell
from toolkit.readers.label_words import (
    LONGEST_LABEL,
    goes_on,
    holds_label,
    label_words,
    parted,
    past_brackets,
    unnumbered,
    without_spaces,
)
from toolkit.readers.naming import Name, name_at
from toolkit.readers.prose import Prose, printed_rows
from toolkit.recognise import fold

_SENTENCE, _BESIDE, _BELOW = 0.92, 0.92, 0.85
_REACH = 160
#: A stop ends the value, but for those of "Dr. Sample" and "Aleph Sp. z o.o.".
_LINE_END = re.compile(r"[\n\f\t]|(?<=\w{4})(?<!Prof)\.\s(?![a-z])|\s{3,}|$")


@dataclass(frozen=True, slots=True)
class Value:
    """A normalised value at `start`..`end` of the text it was found in; `currency` for money whose mark settles it."""

    text: str
    trust: float
    start: int
    end: int
    currency: str | None = None

    def __repr__(self) -> str:
        return f"<Value {self.start}..{self.end} {self.trust:.2f}>"


def by_sentences(
    name: str, pattern: FieldPattern, prose: Prose, order: Order | None = None
) -> Iterator[tuple[Field, int]]:
    """Yield a field, and where its value begins, for every place where a sentence holds, sentences in their order."""
    for sentences in pattern.sentences.values():
        for sentence in sentences:
            for value in _fitting(sentence, pattern, prose.text, order):
                span = (value.start, value.end)
                yield prose.field(name, value.text, _SENTENCE * value.trust, span, value.currency), value.start


def _fitting(sentence: str, pattern: FieldPattern, text: str, order: Order | None) -> Iterator[Value]:
    before, after = _compiled(sentence)
    for match in before.finditer(text):
        if after is not None and pattern.type == "text" and not pattern.regex:
            end = after.search(text, match.end(), match.end() + _REACH)
            if end is not None and (value := _text(text, match.end(), end.start())):
                yield value
            continue
        value = at(text, match.end(), pattern, order)
        if value is not None and (after is None or after.match(text, value.end)):
            yield value


@cache
def _compiled(sentence: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """A sentence before and after its hole; a space stands for any white space, case does not matter."""
    before, _, after = sentence.partition(HOLE)
    return re.compile(loosened(before), re.IGNORECASE), re.compile(loosened(after), re.IGNORECASE) if after else None


def at(text: str, start: int, pattern: FieldPattern, order: Order | None = None) -> Value | None:
    """Return the value of the pattern's type that begins at *start* of *text* (white space is skipped), or None.

    *order* is how the document at hand writes its dates, where another of them shows it.
    """
    window = text[start : start + _REACH]
    skipped = len(window) - len(window.lstrip(" \t\n\f:|"))
    begin = start + skipped
    if pattern.regex:
        match = re.compile(pattern.regex).match(text, begin)
        if match is None or not match.group().strip():
            return None
        end = match.end()
        return _typed(text, begin, end, pattern.type, order) if pattern.type != "text" else _text(text, begin, end)
    if pattern.type == "text":
        line_end = _LINE_END.search(text, begin, min(len(text), begin + _REACH))
        return _text(text, begin, line_end.start() if line_end else begin + _REACH)
    return _typed(text, begin, min(len(text), begin + _REACH), pattern.type, order)


def _typed(text: str, begin: int, end: int, kind: str, order: Order | None) -> Value | None:
    window = text[begin:end]
    if kind == "person":
        return _person(text, begin, end)
    if kind == "date":
        return _date(window, begin, order)
    if kind == "money":
        amounts = money.find(window)
        if amounts and amounts[0].start <= 3 and amounts[0].value is not None:
            first = amounts[0]
            span = (begin + first.start, begin + first.end)
            return Value(money.formatted(amounts[0].value), min(1.0, first.confidence / 0.97), *span, first.currency)
        return None
    if kind == "country":
        words = re.match(r"[^\n\f,.;()]{2,40}", window)
        code = country.parse(words.group().strip()) if words else ""
        return Value(code, 1.0, begin, begin + words.end()) if code and words else None
    found = re.match(spell.SPELL if kind == "duration" else r"\d+(?:[.,]\d+)?", window, re.IGNORECASE)
    if found is None:
        return None
    plain = spell.plain(found.group()) if kind == "duration" else found.group().replace(",", ".")
    return Value(plain, 1.0, begin, begin + found.end())


def _date(window: str, begin: int, order: Order | None) -> Value | None:
    for reading in dates.find(window, order)[:1]:
        lead = window[: reading.start].strip(" ,:\n\f")
        if reading.value is not None and (
            not lead or re.fullmatch(r"(?:the|den|le|el|am|on|this|day|of|\W)*", lead, re.IGNORECASE)
        ):
            return Value(reading.value, min(1.0, reading.confidence / 0.95), begin + reading.start, begin + reading.end)
    return None


def _person(text: str, begin: int, end: int) -> Value | None:
    east = _EASTERN.match(text, begin, end)
    if east is not None:
        return Value(east[0], 1.0, begin, east.end())
    name = _name(text, begin)
    if name is None or name.end > end or name.organisation or not _personal(name.text):
        return None
    return Value(name.text, 1.0, name.start, name.end)


#: A name in Chinese characters (two to five, surname first) or in the signs Japan writes foreign names with.
_EASTERN = re.compile("[\u3400-\u9fff]{2,5}(?![\u3400-\u9fff])|[\u30a0-\u30ff]{3,20}(?![\u30a0-\u30ff])")


def _name(text: str, begin: int) -> Name | None:
    """The name at *begin*: in prose it can go on in the next line, in a form its line or cell ends it.

    A form is told by the colon before the name, by a name that begins its line, or by a label in the next line.
    """
    name = name_at(text, begin)
    if name is None or not re.search(r"[\n\f\t]", text[name.start : name.end]):
        return name
    line = name_at(text, begin, one_line=True)
    if line is None or len(line.text.split()) < 2:
        return name
    before = text[max(0, begin - _REACH) : begin].rstrip(" ")
    next_line = re.compile(r"[^\n]*\n?([^\n]{0,60})").match(text, line.end)
    labelled = next_line is not None and re.match(r"[^\n:]{2,45}[:\t]", next_line[1])
    formed = not before or before[-1] in ":：\n\f\t|" or labelled or "\t" in text[line.end : line.end + 1]
    return line if formed else name


def _personal(text: str) -> bool:
    """Whether *text* can be a whole name; a hyphen at its end is one that the line's end broke: half a name."""
    return 2 <= len(text.split()) <= 7 and not re.search(r"\d|-$", text) and not holds_label(text)


def _text(text: str, start: int, end: int) -> Value | None:
    written = text[start:end]
    begin = start + len(written) - len(written.lstrip(" \t\n\f:|,"))
    written = " ".join(text[begin:end].split()).strip(" ,:;|\"'")
    value = written.strip(" ,.:;|\"'") + ("." if _POINTED.search(written) else "")
    return Value(value, 1.0, begin, max(begin + 1, end)) if len(value) > 1 else None


#: The point at the end belongs to the value: "Aleph B.V.", "Aleph Sp. z o.o.", "Aleph Inc."
_POINTED = re.compile(r"(?:(?<![^\W_])[^\W\d_]\.){2}$|(?<![^\W_])(?:Inc|Ltd|Corp|Co|LLC|Bros|Pty|Jr|Sr|Cie|[Mm]bH)\.$")


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together on a line, as one cell of a form or table."""

    page: Page
    text: str
    box: Box
    confidence: float

    def __repr__(self) -> str:
        return f"<Cell p{self.page.number} {len(self.text)} characters>"


#: The cells of one page, line by line.
Grid: TypeAlias = tuple[tuple[Cell, ...], ...]


def grids(pages: Sequence[Page]) -> tuple[Grid, ...]:
    """Part each line of each page into cells, where the gap between two words is wider than they are tall."""
    return tuple(tuple(tuple(_cells(page, row)) for row in printed_rows(page)) for page in pages)


def _cells(page: Page, row: tuple[Word, ...]) -> Iterator[Cell]:
    run: list[Word] = []
    for word in row:
        if run and _apart(page, run[-1], word):
            yield _cell(page, run)
            run = []
        run.append(word)
    if run:
        yield _cell(page, run)


#: A space is at most so many times as wide as a letter: in the pitch of a typewriter wider than letters are tall.
_SPACE = 1.4


def _apart(page: Page, before: Word, word: Word) -> bool:
    """Whether the gap between two words of a line is more than a space, all measured in points."""
    gap = (word.box.left - before.box.right) * page.width
    letter = max((each.box.right - each.box.left) * page.width / max(1, len(each.text)) for each in (before, word))
    return gap > max(1.1 * before.box.height * page.height, _SPACE * letter)


def _cell(page: Page, run: list[Word]) -> Cell:
    text = " ".join(word.text for word in run)
    return Cell(page, text, Box.around([word.box for word in run]), min(word.confidence for word in run))


def by_labels(
    name: str, pattern: FieldPattern, rows: Grid, others: frozenset[str], order: Order | None = None
) -> Iterator[Field]:
    """Yield a field for every label of *pattern*: the value after it, in the cells to its right, or below it.

    *others* are the folded labels of the whole kind: a cell that is one of them is never a value.
    """
    labels = frozenset(fold(label) for each in pattern.labels.values() for label in each)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            rest = _after_label(cell.text, labels, others)
            if rest is None:
                continue
            candidates = [(Cell(cell.page, rest, cell.box, cell.confidence), _BESIDE)] if rest else []
            below = []
            if not rest or rest[0] in "([" or pattern.column:
                # "Date Conferred" is not the label "Date" of the cells around it; "Date (day first)" is.
                candidates += [(each, _BESIDE) for each in _right(row[place + 1 :], others)]
                below = [(each, _BELOW) for each in _below(cell, rows[number + 1 : number + 4], others)]
            if pattern.column:
                # The nth cell to the right, and no other: a table gives each person a column.
                candidates, below = candidates[pattern.column - 1 : pattern.column], []
            for candidate, trust in [*candidates, *below][: 3 if not pattern.column else 1]:
                if pattern.type == "person" and candidate.text[:1].islower():
                    # "The tenant pays": prose, whose words stand apart where a line is justified.
                    break
                field = _read_cell(name, pattern, candidate, trust, order, others)
                if field is not None:
                    yield field
                    break


def _right(cells: Sequence[Cell], others: frozenset[str]) -> Iterator[Cell]:
    """The cells that may hold the value: mere labels are passed over, and a "label: value" ends the row."""
    for cell in cells:
        words = unnumbered(parted(cell.text), others)
        count = label_words(words, others)
        if count == len(words):
            continue
        if count and words[count - 1].endswith((":", "：")):
            return
        yield cell


def _after_label(written: str, labels: frozenset[str], others: frozenset[str]) -> str | None:
    """What follows a label at the beginning of *written*; None when it begins with none, "" when it is only labels."""
    words = unnumbered(parted(written), labels)
    first = label_words(words, labels)
    if not first or label_words(words, others) > first:
        # "Surname after marriage" is not the label "Surname".
        return None
    rest, apart = past_brackets(words[first:]), False
    if rest and rest[0][0].islower() and goes_on(" ".join(rest[:4]), words[first - 1]):
        # Nor is "Name of the bank: Aleph" the label "Name", known or not.
        return None
    while rest:
        further = label_words(rest, others)
        if not fold(rest[0]):
            rest, apart = rest[1:], True
        elif further and (
            apart or further == len(rest) or rest[further - 1].endswith((":", "：")) or rest[0] > "\u2e80"
        ):
            # A label in a second language: "Registernummer / Register No.: 114/2014"; but "Bank: Bank of Aleph".
            rest, apart = rest[further:], False
        else:
            break
    return " ".join(rest)


def _below(cell: Cell, rows: Grid, others: frozenset[str]) -> Iterator[Cell]:
    for row in rows:
        for each in row:
            overlap = min(cell.box.right, each.box.right) - max(cell.box.left, each.box.left)
            if (
                overlap > 0
                and each.box.top - cell.box.bottom < 3 * cell.box.height
                and _after_label(each.text, others, others) is None
            ):
                yield each


def _read_cell(
    name: str, pattern: FieldPattern, cell: Cell, trust: float, order: Order | None, others: frozenset[str]
) -> Field | None:
    written = _before_next_label(cell.text, others)
    if pattern.type == "person":
        value = _labelled_person(written, pattern, others)
    else:
        value = at(written + "\n", 0, pattern, order)
    if value is None:
        return None
    confidence = round(min(trust * value.trust, cell.confidence), 3)
    source = Source("", cell.page.number, cell.box, cell.page.method)
    return Field(name, value.text, confidence, source, Proof.NONE, value.currency)


def _before_next_label(written: str, others: frozenset[str]) -> str:
    """What stands before the next "label:" of the same line, where cells ran together."""
    words, known = parted(written), without_spaces(others)
    for at in range(1, len(words)):
        if words[at].endswith((":", "：")):
            for begin in range(max(1, at - LONGEST_LABEL + 1), at + 1):
                if fold("".join(words[begin : at + 1])).replace(" ", "") in known:
                    return " ".join(words[:begin])
    return written


#: No name has more words; a longer text beside a label is something else.
_LONGEST_NAME = 6


def _labelled_person(written: str, pattern: FieldPattern, others: frozenset[str]) -> Value | None:
    """The name in a cell that a label points to. Where lines ran together, the next label ends it.

    With a label before it, a surname alone is a name, and so is "Example, Ada".
    """
    words = " ".join(written.split()).strip(" ,.:").split()
    known = without_spaces(others)
    ends = (at for at, word in enumerate(words[1:-1], 1) if len(word) > 2 and fold(word) in known)
    plain = " ".join(words[: next(ends, len(words))])
    value = at(plain + "\n", 0, pattern, None)
    if value is not None:
        return value
    named = 0 < len(plain.split()) <= _LONGEST_NAME and not re.search(r"[\d:]|-$", plain) and not plain[0].islower()
    name = name_at(plain, 0)
    if (
        not named
        or (name is not None and name.organisation)
        or label_words(parted(plain), others)
        or holds_label(plain)
    ):
        return None
    return Value(plain, 0.98, 0, len(plain))


def date_order(text: str) -> Order | None:
    """Return the order of day and month that the telling dates of *text* agree on, None where they do not."""
    orders = {reading.order for reading in dates.find(text) if reading.order and not reading.alternatives}
    return orders.pop() if len(orders) == 1 else None


def label_set(patterns: Mapping[str, FieldPattern]) -> frozenset[str]:
    """Return every label of a kind, folded."""
    return frozenset(fold(label) for pattern in patterns.values() for each in pattern.labels.values() for label in each)
