"""The clauses of a contract by what they speak of: numbered clauses, headed paragraphs, and rows of label and value.

Knows how clauses are numbered and headed, in the words of `kinds/contract/clauses.toml`; knows no field.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.kind import Language
from toolkit.readers.prose import Prose, Row


class Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `clauses.toml`: the words that head a clause, by topic and language."""

    topics: Mapping[str, Mapping[Language, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands at `start`..`end` under a heading or beside a label, and the topics its heading names.

    `row` tells a label with its value on the line from a heading with text under it; `head` is where the heading
    stands, `numbered` whether it has a number.
    """

    topics: frozenset[str]
    head: tuple[int, int]
    start: int
    end: int
    row: bool
    numbered: bool


_COUNTED = (
    r"PRIMER[AO]|SEGUND[AO]|TERCER[AO]|CUART[AO]|QUINT[AO]|SEXT[AO]|S[ÉE]PTIM[AO]|OCTAV[AO]|NOVEN[AO]|D[ÉE]CIM[AO]"
)
_NUMBER = re.compile(
    r"[ ]*(?:§[ ]?\d{1,3}[a-z]?|(?:article|artikel|art|item|clause|cl[áa]usula|section|sec|ziffer|punkt|art[íi]culo"
    r"|articolo|artigo)\.?[ ]?\d{1,3}(?:\.\d{1,2})*\.?[ªº°]?"
    rf"|(?:{_COUNTED})(?=[ ]*[.:-])|\(?[a-h]\)|\(?\d{{1,2}}\)|\d{{1,2}}(?:\.\d{{1,2}}){{1,2}}\.?|\d{{1,2}}\.(?=[ \t])"
    r"|[IVX]{1,5}\.(?=[ \t]))[ \t.:-]*",
    re.IGNORECASE,
)
#: A heading or label is not longer than this, in characters and in words.
_LONGEST, _MOST_WORDS = 64, 9
_CUT = re.compile(r"[:\t]|\.(?=[ ])|[ ]-[ ]")
#: A number without a dot heads a clause only where a heading follows ("4 TAX"); dates and addresses begin so, too.
_BARE_NUMBER = re.compile(r"[ ]*\d{1,2}[ ](?=[A-ZÄÖÜÉÁ])")
#: A heading consists of its topic's words to this part; a sentence before a full stop nearly does.
_HEADED, _LABELLED, _ENDED = 0.3, 0.4, 0.7
#: What a label says of a party beside the name.
_OF_A_PARTY = re.compile(
    r"\b(?:address|signed|signature|unterschrift|firma|sign\w*|anschrift|adresse|domicilio|number|nummer|nationality|by"
    r"|represent\w*|phone|email|place|lugar|lieu|for)\b"
)
_BRACKETED = re.compile(r"\([^()]*\)")
_NOT_A_WORD = re.compile(r"[^\w']+")


@cache
def _headings() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """(phrase, topic, the phrase as whole words), the longest first."""
    read = definitions.load(Path(__file__).parents[2] / "kinds" / "contract" / "clauses.toml", Topics)
    phrases = {(_plain(p), topic) for topic, each in read.topics.items() for words in each.values() for p in words}
    ordered = sorted(phrases, key=lambda each: (-len(each[0]), each))
    return tuple((phrase, topic, re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")) for phrase, topic in ordered)


def clauses(prose: Prose) -> tuple[Clause, ...]:
    """Return the clauses of *prose* in their order; text before the first one belongs to none."""
    return tuple(_bounded(prose, list(_begun(prose))))


def about(found: tuple[Clause, ...], *topics: str) -> Iterator[Clause]:
    """Yield the clauses whose heading names one of *topics*: rows first, then headed paragraphs."""
    wanted = [clause for clause in found if not clause.topics.isdisjoint(topics)]
    yield from (clause for clause in wanted if clause.row)
    yield from (clause for clause in wanted if not clause.row)


def topics_of(words: str, share: float = _HEADED) -> frozenset[str]:
    """Return the topics a heading of these *words* opens: none where their words are less than *share* of it."""
    plain = _plain(_BRACKETED.sub(" ", words))
    fits = 1 < len(plain) <= _LONGEST and len(plain.split()) <= _MOST_WORDS
    return _topics(plain, share) if fits else frozenset()


@cache
def _topics(plain: str, share: float) -> frozenset[str]:
    exact = frozenset(topic for phrase, topic, _ in _headings() if phrase == plain)
    if exact:
        return exact
    found: set[str] = set()
    rest, covered = plain, 0
    for phrase, topic, pattern in _headings():
        if pattern.search(rest):
            found.add(topic)
            covered += len(phrase)
            # "Period of notice" is no other period: words count once.
            rest = pattern.sub(lambda seen: "_" * len(seen.group()), rest)
    # "Date of entry" is no date of the paper: that label stands alone.
    found.discard("made")
    if covered < share * len(plain):
        return frozenset()
    return frozenset(found - _PARTIES if _OF_A_PARTY.search(plain) else found)


_PARTIES = frozenset(("employer", "employee", "home_employer", "host_employer"))


def _plain(words: str) -> str:
    return " ".join(_NOT_A_WORD.sub(" ", fold(words)).split())


def _begun(prose: Prose) -> Iterator[Clause]:
    """The clauses as they begin; each still ends with its line."""
    for row in prose.rows:
        text = prose.row_text(row)
        number = _NUMBER.match(text) or _bare(text)
        at = number.end() if number else 0
        yield from _of_row(row, text, at, number is not None)


def _bare(text: str) -> re.Match[str] | None:
    number = _BARE_NUMBER.match(text)
    return number if number and topics_of(text[number.end() :], _LABELLED) else None


def _of_row(row: Row, text: str, at: int, numbered: bool) -> Iterator[Clause]:
    cells = _cells(text, at)
    named = [(start, end, topics_of(text[start:end].rstrip(": "), _LABELLED)) for start, end in cells]
    if any(topics for _, _, topics in named[:-1]):
        yield from _of_cells(row, text, named, numbered)
        return
    cut = _CUT.search(text, at, at + _LONGEST)
    share = _ENDED if cut and cut.group() == "." else _LABELLED
    # "... las instrucciones de la / empresa. Todo accidente": the end of a sentence on a new line is no label.
    ends = cut is not None and cut.group() == "." and not numbered and text[at:].lstrip()[:1].islower()
    if cut and not ends and (topics := topics_of(text[at : cut.start()], share)):
        yield Clause(topics, _at(row, 0, cut.start()), row.start + cut.end(), row.end, True, numbered)
    elif topics := topics_of(text[at:]) if _heading_like(text[at:], numbered) else frozenset():
        yield Clause(topics, _at(row, 0, len(text)), row.end, row.end, False, numbered)
    elif numbered:
        yield Clause(frozenset(), _at(row, 0, at), row.start + at, row.end, False, True)


def _of_cells(row: Row, text: str, named: list[tuple[int, int, frozenset[str]]], numbered: bool) -> Iterator[Clause]:
    """The labels of a line of cells: each with the cell beside it, or with all that is right of the only label."""
    several = len(named) > 2 and sum(bool(topics) for _, _, topics in named) > 1
    for (start, end, topics), (begin, close, others) in pairwise(named):
        if topics and (not others or len(named) == 2):
            last = row.start + (close if several else len(text))
            yield Clause(topics, _at(row, start, end), row.start + begin, last, True, numbered)


def _heading_like(text: str, numbered: bool) -> bool:
    """Whether a line can be a heading by itself: it begins with a capital and does not end as a sentence does."""
    plain = text.strip()
    return bool(plain) and (numbered or plain[0].isupper()) and not plain.endswith((".", ",", ";"))


def _cells(text: str, at: int) -> list[tuple[int, int]]:
    found = []
    for match in re.finditer(r"[^\t]+", text[at:]):
        if match.group().strip(" :|"):
            found.append((at + match.start(), at + match.end()))
    return found


def _at(row: Row, start: int, end: int) -> tuple[int, int]:
    return row.start + start, row.start + end


def _bounded(prose: Prose, begun: list[Clause]) -> Iterator[Clause]:
    """Each clause up to where the next begins; a row of a table keeps to its line where the line has a value."""
    heads = [clause.head[0] for clause in begun]
    for clause in begun:
        after = bisect_right(heads, max(clause.head[0], clause.end - 1))
        following = max(clause.end, heads[after] if after < len(heads) else len(prose.text))
        valued = bool(prose.text[clause.start : clause.end].strip(" \t:|-"))
        in_table = clause.row and "\t" in prose.text[clause.head[0] : clause.start]
        yield replace(clause, end=clause.end if valued and in_table else following)
