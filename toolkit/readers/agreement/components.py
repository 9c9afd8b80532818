"""The parts of a person's pay: base salary, further months, bonuses, allowances, benefits in kind, each as promised.

The words for the parts are in `kinds/contract/components.toml`. A part is what a sentence or row promises; what is only
mentioned ("a bonus of 10 % of the base salary" mentions the salary) is none. Knows no party and no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.fields import currency, money
from toolkit.fields.money import MoneyReading
from toolkit.kind import Language, loosened
from toolkit.readers.agreement.local_currency import settled
from toolkit.readers.agreement.pay_terms import condition, heads, period
from toolkit.readers.prose import Prose


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `components.toml`: expressions for the parts of pay, by part and language."""

    parts: Mapping[str, Mapping[Language, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the pay: decimal string or "", ISO 4217 code or "", "year" ... "once" or "", and on what condition.

    `trust` is in the amount, `settles` in the currency; `start`..`end` is where the amount stands, or the words for
    the part where it has none.
    """

    name: str
    amount: str
    currency: str
    period: str
    condition: str
    trust: float
    settles: float
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Component {self.name} {self.start}..{self.end} {self.trust:.2f}>"

    @property
    def row(self) -> dict[str, str]:
        """As a record holds it; what is not said is left out."""
        said = {"name": self.name, "amount": self.amount, "currency": self.currency}
        said |= {"period": self.period, "condition": self.condition}
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class _Paper:
    """The text of a paper and the decimal mark its telling amounts agree on."""

    text: str
    decimal: str | None

    def amounts(self, start: int, end: int, *, bare: bool = False) -> tuple[MoneyReading, ...]:
        """Return the amounts within `start`..`end`, at their places in the whole text."""
        found = money.find(self.text[start:end], self.decimal, bare=bare)
        return tuple(replace(each, start=each.start + start, end=each.end + start) for each in found)

    def __repr__(self) -> str:
        return f"<_Paper {len(self.text)} characters>"


@dataclass(frozen=True, slots=True)
class _Cue:
    name: str
    start: int
    end: int


BASE = "base salary"
#: Parts that are promised without a figure.
_IN_KIND = frozenset(("13th month", "14th month", "company car", "home leave"))
_ONCE = frozenset(("signing bonus",))
_LEAST_SALARY = 400
_STATEMENT = 260
#: No contract speaks of pay more often than this.
_MOST = 800
_REFERRED = re.compile(
    r"(?:%|per\s?cent|prozent|month'?s?'?|mois|months?'|times|portion|days?'?|días|mes|egal\w*|review\s+of"
    r"|of\s+(?:your|the|his|her))\s*"
    r"(?:of\s+|d[eu]s?\s+|der\s+|von\s+|del\s+)?(?:(?:your|the|his|her|its|ihres|des|la|le|su|brutto|annual"
    r"|then|current|[\w']+'s)\s+){0,3}\Z",
    re.IGNORECASE,
)
_NOT_PAY = re.compile(
    r"increase|deduct|severance|exceed|less\s+than|threshold|overtime|pension|formerly|previous|in\s+lieu|range|scale",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|none|nil|not|kein\w*|nicht|aucun\w*|pas|geen|nessun\w*|sin|n/a)\b|includes\s+no", re.IGNORECASE
)


@cache
def _cues() -> tuple[re.Pattern[str], tuple[str, ...]]:
    read = definitions.load(Path(__file__).parents[2] / "kinds" / "contract" / "components.toml", Parts)
    names = tuple(read.parts)
    groups = (
        f"(?P<p{number}>{'|'.join(_on_a_line(each) for words in parts.values() for each in words)})"
        for number, parts in enumerate(read.parts.values())
    )
    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups)})(?!\w)", re.IGNORECASE), names


def _on_a_line(expression: str) -> str:
    """The expression with a space or a line's end for each space: words of two columns belong to no one phrase."""
    return loosened(expression).replace(r"\s+", r"(?:[ ]|(?<=[^\n\t]{30})\n)+")


def components(prose: Prose) -> tuple[Component, ...]:
    """Return the parts of the pay in the order they are promised; the same part at the same figure stands once."""
    text = prose.text
    paper = _Paper(text, money.decimal_mark([text]))
    cues = list(islice(_found(text), _MOST))
    kept: dict[tuple[str, str], Component] = {}
    for place, cue in enumerate(cues):
        limit = cues[place + 1].start if place + 1 < len(cues) else len(text)
        since = cues[place - 1].end if place else 0
        for each in _promised(paper, cue, since, limit):
            known = kept.get((each.name, each.amount))
            if known is None or _says_more(each, known):
                kept[each.name, each.amount] = each
    with_amount = {each.name for each in kept.values() if each.amount}
    # "The annual bonus" after its figure was given adds nothing.
    return tuple(each for each in kept.values() if each.amount or each.name not in with_amount)


def _says_more(one: Component, other: Component) -> bool:
    return (bool(one.period), bool(one.currency), one.trust) > (bool(other.period), bool(other.currency), other.trust)


def _found(text: str) -> Iterator[_Cue]:
    pattern, names = _cues()
    for match in pattern.finditer(text):
        name = names[int((match.lastgroup or "p0")[1:])]
        before = text[max(0, match.start() - 70) : match.start()]
        if name == BASE and _REFERRED.search(before):
            continue
        yield _Cue(name, *match.span())


def _promised(paper: _Paper, cue: _Cue, since: int, limit: int) -> Iterator[Component]:
    text = paper.text
    line = text.find("\n", cue.end)
    line = len(text) if line < 0 else line
    begun = max(since, text.rfind("\n", 0, cue.start) + 1)
    if "\t" in text[cue.end : line] and not text[begun : cue.start].strip("0123456789.() \t-"):
        yield from _in_table(paper, cue, line)
        return
    end = min(limit, statement_end(text, cue.end))
    begin = max(since, statement_begin(text, cue.start))
    said = text[max(begin, text.rfind(",", begin, cue.start)) : end]
    on = condition(said, cue.name)
    if (reading := _amount_after(paper, cue, end)) is not None:
        often = period(text[reading.end : end], text[cue.start : cue.end], text[cue.end : reading.start])
    elif (reading := _amount_before(paper, cue, since)) is not None:
        often = period(text[reading.end : cue.start], text[cue.start : cue.end], "")
    if reading is not None:
        yield from _component(paper, cue, reading, often or _of_the_name(cue.name, _with_its_adjectives(text, cue)), on)
    elif _stands_without(cue, said, on):
        yield Component(cue.name, "", "", "", on, 0.85, 0.0, cue.start, cue.end)
        if cue.name == "14th month" and _FOURTEEN_PAYMENTS.match(text, cue.start, cue.end):
            yield Component("13th month", "", "", "", on, 0.85, 0.0, cue.start, cue.end)


#: Fourteen payments are a thirteenth and a fourteenth; the fourteenth month is one.
_FOURTEEN_PAYMENTS = re.compile(r"14(?!\.|th)|catorce|quattordici|quatorze|sur", re.IGNORECASE)


def _stands_without(cue: _Cue, said: str, on: str) -> bool:
    if cue.name in (BASE, "total") or _DENIED.search(said):
        return False
    return cue.name in _IN_KIND or bool(on)


def statement_end(text: str, at: int) -> int:
    """Return where the statement that *at* is part of ends: a sentence, an item of a list, a paragraph."""
    stop = _ENDS.search(text, at, at + _STATEMENT)
    return stop.start() if stop else min(len(text), at + _STATEMENT)


def statement_begin(text: str, at: int) -> int:
    """Return where the statement that *at* is part of begins."""
    begin = max(0, at - 160)
    for stop in _ENDS.finditer(text, begin, at):
        begin = stop.end()
    return begin


_ENDS = re.compile(
    r"(?<!\bRs)(?<!\bNo)(?<!\bca)\.(?=\s+[A-ZÀ-Þ(\"])|;|\n\s*\n|\f|\n(?=[-•*])|\n(?=[^\n\t:]{2,40}[:\t])"
)


def _amount_after(paper: _Paper, cue: _Cue, end: int) -> MoneyReading | None:
    """The first amount behind the cue; none where other words claim it."""
    for reading in paper.amounts(cue.end, end):
        if not reading.currencies and (cue.name != BASE or (reading.value or 0) < _LEAST_SALARY):
            continue  # the number of a clause
        between = paper.text[cue.end : reading.start]
        claimed = _NOT_PAY.search(between) or (
            cue.name == BASE and re.search(r"bonus|allowance|%", between, re.IGNORECASE)
        )
        return None if claimed else reading
    if cue.name != BASE:
        return None
    line = paper.text.find("\n", cue.end, end)
    for reading in paper.amounts(cue.end, end if line < 0 else line, bare=True):
        if (
            reading.value is not None
            and reading.value >= _LEAST_SALARY
            and not _NOT_PAY.search(paper.text[cue.end : reading.start])
        ):
            return reading
    return None


_JOINED = re.compile(
    r"(?:[ ]|\(|per|a|an|annual|annum|monthly|month|year|gross|guaranteed|one-time|as|brutto|par|mois|pro"
    r"|monat|jahr|in|net|target|performance)*",
    re.IGNORECASE,
)


def _amount_before(paper: _Paper, cue: _Cue, since: int) -> MoneyReading | None:
    """An amount right before the words for the part: "a $36,400 annual bonus"; never a base salary's."""
    if cue.name == BASE or cue.name in _IN_KIND:
        return None
    readings = paper.amounts(max(since, cue.start - 60), cue.start)
    if not readings or not readings[-1].currencies or not _JOINED.fullmatch(paper.text[readings[-1].end : cue.start]):
        return None
    return readings[-1]


def _component(paper: _Paper, cue: _Cue, reading: MoneyReading, often: str, on: str) -> Iterator[Component]:
    """The part with its amount; none for a figure that can be no salary."""
    code, settles = _currency(paper.text, cue, reading)
    value, sureness = _value(reading, often)
    if value is None or (cue.name == BASE and value < _LEAST_SALARY and often not in ("hour", "day", "week")):
        return
    trust = _STRONG if _STRONG_WORDS.search(paper.text[cue.start : cue.end]) else _PLAIN
    trust = min(trust, sureness)
    trust = trust if code else min(trust, 0.85 if reading.currencies else 0.6)
    yield Component(cue.name, money.formatted(value), code, often, on, trust, settles, reading.start, reading.end)


def _value(reading: MoneyReading, often: str) -> tuple[Decimal | None, float]:
    """The amount; of `6,150` that thousands or decimals could part, the one that a month or a year can be paid with."""
    if reading.value is not None:
        # "(USD 182,000)" after the sum in words is in brackets, and no debt.
        return abs(reading.value), reading.confidence
    large = [abs(each) for each in reading.alternatives if abs(each) >= _LEAST_SALARY]
    if len(large) != 1:
        return None, 0.0
    return large[0], 0.91 if often in ("month", "year") else 0.8


_STRONG, _PLAIN = 0.94, 0.91
_STRONG_WORDS = re.compile(r"base|basic|fix|grund|brut|gross|lord|ilíquid|annual|monthly|jahres|monats", re.IGNORECASE)


def _with_its_adjectives(text: str, cue: _Cue) -> str:
    """The words for the part with the two before them: "one-time sign-on bonus", "yearly performance bonus"."""
    before = text[max(0, cue.start - 40) : cue.start].split()[-2:]
    return " ".join([*before, text[cue.start : cue.end]])


def _of_the_name(name: str, words: str) -> str:
    if name in _ONCE or re.search(r"one[- ]time|one[- ]off|lump|einmalig", words, re.IGNORECASE):
        return "once"
    return period("", words, "")


def _currency(text: str, cue: _Cue, reading: MoneyReading) -> tuple[str, float]:
    """The currency of an amount: by its own mark, by the head of the table it stands in, or by the country shown."""
    if reading.currency:
        return reading.currency, 0.95
    # "CAD $52.00": the code says which dollar the sign is.
    beside = currency.mark(text[max(0, reading.start - 5) : reading.start].strip())
    if beside is not None and beside.settles and beside.currencies[0] in (reading.currencies or beside.currencies):
        return beside.currencies[0], 0.95
    above = text[max(0, cue.start - 900) : cue.start]
    named = {code for mark in currency.marks(above[-260:]) if mark.settles for code in mark.currencies}
    named |= {
        code
        for match in _ALL_IN.finditer(above)
        for mark in currency.marks(match.group())
        if mark.settles
        for code in mark.currencies
    }
    fitting = {code for code in named if not reading.currencies or code in reading.currencies}
    if len(fitting) == 1:
        return fitting.pop(), 0.92
    code, trust = settled(text, reading.currencies) if reading.currencies else (None, 0.0)
    return (code, trust) if code else ("", 0.0)


_ALL_IN = re.compile(
    r"\((?:all\s+)?(?:figures|amounts|alle\s+beträge|montants)?[^()\n]{0,20}\b(?:in|en)\s+[^()\n]{1,12}\)",
    re.IGNORECASE,
)


def _in_table(paper: _Paper, cue: _Cue, line: int) -> Iterator[Component]:
    """A row of a table: the amount in the column that speaks of a year, else the only one, with its period."""
    text = paper.text
    rest = text[cue.end : line]
    if _DENIED.fullmatch(rest.strip(" \t.-:")):
        return
    on = condition(text[cue.start : line], cue.name)
    found = list(_columns(paper, cue, line))
    if not found:
        if _stands_without(cue, rest, on):
            yield Component(cue.name, "", "", "", on, 0.85, 0.0, cue.start, cue.end)
        return
    reading, head = next((each for each in found if each[1] == "year"), found[0])
    own = period(text[reading.end : line], text[cue.start : cue.end], "") if len(found) == 1 else ""
    often = head or own or _of_the_name(cue.name, text[cue.start : line])
    yield from _component(paper, cue, reading, often, on)


def _columns(paper: _Paper, cue: _Cue, line: int) -> Iterator[tuple[MoneyReading, str]]:
    """The amounts of a row, each with the period that the head of the table gives its column."""
    columns = heads(paper.text, cue.start)
    begin = paper.text.find("\t", cue.end, line) + 1
    for number, cell in enumerate(paper.text[begin:line].split("\t")):
        for reading in paper.amounts(begin, begin + len(cell), bare=True)[:1]:
            if reading.currencies or (reading.value is not None and reading.value >= _LEAST_SALARY / 4):
                yield reading, columns[number] if number < len(columns) else ""
        begin += len(cell) + 1
