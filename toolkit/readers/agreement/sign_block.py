"""The signature block by its text: which lines are signed, by whom, in what capacity, when, and which are left blank.

"/s/", "gez.", "(s.)" and their like are conformed signatures: they say that the original is signed. A line of
underscores says that here somebody should have; a hand that wrote over it only the picture shows (`ink`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from toolkit.fields import dates
from toolkit.fields.dates import Order
from toolkit.model import Box
from toolkit.readers.agreement.tongue import day_first
from toolkit.readers.agreement.who import firm, person
from toolkit.readers.naming import Name
from toolkit.readers.prose import Prose, Row


@dataclass(frozen=True, slots=True)
class Side:
    """One side that has to sign: what to call it ("employee"), and its name where the paper gives one."""

    label: str
    name: str
    employs: bool

    def __repr__(self) -> str:
        return f"<Side {self.label}>"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature or signature line: whose, in what capacity, ISO date or "", and how it is there.

    `how` is conformed, drawn, digital, typed or blank; `intact` is yes, no or unsure, and said of digital ones only.
    `side` is the label of the side it is for, "" where nothing tells.
    """

    side: str
    name: str
    capacity: str
    date: str
    how: str
    start: int
    end: int
    intact: str = ""

    def __repr__(self) -> str:
        return f"<Signature {self.side} {self.how} {self.start}..{self.end}>"

    @property
    def row(self) -> dict[str, str]:
        """As a record holds it; what is not known is left out."""
        said = {"name": self.name, "capacity": self.capacity, "date": self.date, "how": self.how, "intact": self.intact}
        return {key: value for key, value in said.items() if value}


_CLOSES = re.compile(
    r"in\s+witness\s+whereof|truly\s+yours|yours\s+(?:very\s+)?(?:truly|sincerely|faithfully)|^\s*sincerely"
    r"|accepted\s+(?:and|&)\s+agreed|agreed\s+(?:to\s+)?and\s+accepted|\bexecuted\s+(?:as|this|by)|signature"
    r"|signed\s+(?:for|by|on|at|this)|^\s*signed\b|\bas\s+witnesses|have\s+executed|regards\b|unterschrift"
    r"|mit\s+freundlichen|fait\s+(?:à|en)|lu\s+et\s+approuvé|bon\s+pour\s+accord|\bfdo\b|firma(?:n|do)?\b"
    r"|en\s+prueba|y\s+para\s+que\s+conste"
    r"|aldus\s+overeengekomen|per\s+accettazione|letto|\bi\s+(?:accept|agree|,\s)|einverstanden|acepto"
    r"|atentamente|recib[íi]",
    re.IGNORECASE,
)
_CONFORMED = re.compile(
    r"/s/|\bgez\.|\(s\.\)|\(sgd?\.?\)|\bsgd\.|\bsd/-|\[signed\]|\(signed\)|\bsign[ée]e?\s*:\s*(?=[A-ZÀ-Þ])"
    r"|\bf\.to\b|\bw\.g\.(?=\s)",
    re.IGNORECASE,
)
#: What programs for signing print beside a digital signature.
_STAMP = re.compile(
    r"docusigned\s+by:?|(?:digitally|electronically)\s+signed\s+by:?|e-?signed\s+by:?"
    r"|signé\s+électroniquement\s+par:?|(?:digital|elektronisch)\s+(?:unterschrieben|signiert"
    r"|unterzeichnet)\s+(?:von|durch):?"
    r"|firmado\s+(?:digital|electrónica)mente\s+por:?|digitaal\s+ondertekend\s+door:?"
    r"|firmato\s+(?:digitalmente|elettronicamente)\s+da:?|assinado\s+(?:digitalmente"
    r"|eletronicamente)\s+por:?",
    re.IGNORECASE,
)
_LINE = re.compile(r"_{4,}|\.{8,}|…{3,}|(?:_ ){4,}")
_OF_ANOTHER = re.compile(
    r"(?:date|datum|fecha|data|name|title|place|ort|lieu|lugar|designation|witness|zeuge|témoin|testigo"
    r"|dated|print(?:ed)?(?:\s+name)?|position|email|address|phone)\s*:?\s*\Z",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:signature(?:\s+d[eu]\s+(?:l'employeur|la\s+salariée|salarié))?|unterschrift|handtekening"
    r"|firma(?:\s+d[ei]\s+\w+(?:\s+\w+)?)?|assinatura|signed)\s*:\s*\Z",
    re.IGNORECASE,
)
_EMPLOYEE = re.compile(
    r"\b(?:employee|assignee|secondee|executive|consultant|contractor|second\s+party|candidate"
    r"|arbeitnehmer(?:in)?|dienstnehmer(?:in)?|mitarbeiter(?:in)?|salariée?|employée?|trabajador[a]?"
    r"|emplead[oa]|werknemer|lavorat(?:ore|rice)"
    r"|dipendente|trabalhador[a]?|i\s+(?:accept|agree)|acceptance|accepted|einverstanden|bon\s+pour\s+accord"
    r"|acepto|recib[íi]|per\s+accettazione|conforme)\b",
    re.IGNORECASE,
)
_EMPLOYER = re.compile(
    r"\b(?:employer|company|university|for\s+and\s+on\s+behalf|on\s+behalf\s+of|client|first\s+party"
    r"|arbeitgeber(?:in)?|dienstgeber(?:in)?|geschäftsführ\w+|vorstand|employeur|société|gérant|président"
    r"|empresa|patr[óo]n|werkgever|datore|amministratore"
    r"|empregador[a]?|ceo|cfo|coo|founder|director|manager|officer|president|partner|secretary|head|hr|human\s+resources|yours"
    r"|sincerely|for|pour|por|für)\b",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"\bhost\b|einsatz(?:unternehmen|gesellschaft)|gastgesellschaft|d'accueil|de\s+destino", re.IGNORECASE
)
_OFFICE = re.compile(
    r"(?:title|its|position|designation|capacity|funktion|qualité|cargo)\s*:\s*(?P<said>[^\n\t]{2,60})"
    r"|(?P<office>(?:[A-Z][\w-]*\s+){0,4}(?:Director|Manager|Officer|President|Partner|Secretary|Chairman"
    r"|CEO|CFO|Counsel|Head|Geschäftsführer(?:in)?|Vorstand|Gérant|Member)"
    r"(?:\s+of\s+[A-Z][\w ]{2,30})?)"
)
_FROM, _AROUND = 0.4, 4
#: A block of signatures, with what is printed above it, is not longer than this, in lines.
_LONGEST = 150


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    end: int
    row: int
    box: Box | None


def signatures(prose: Prose, sides: Sequence[Side]) -> tuple[Signature, ...]:
    """Return the signatures and the blank signature lines of the block, in order, each with the side it is for."""
    rows = _block(prose)
    cells = [cell for number, row in enumerate(rows) for cell in _cells(prose, row, number)]
    marks = list(_marks(prose, cells))
    above = _told_above(prose, cells, marks, sides)
    found = [_described(prose, _column(prose, cells, cell, above), cell, mark, sides) for cell, mark in marks]
    return tuple(_one_each(found, sides))


def verdict(found: Sequence[Signature], sides: Sequence[Side]) -> tuple[str, tuple[str, ...]]:
    """Return whether all *sides* have signed ("yes", "no", "unsure"), and the labels of those whose line is blank."""
    if not sides:
        made = [each for each in found if each.how != "blank"]
        blank = [each for each in found if each.how == "blank"]
        return ("no" if blank else "yes" if made else "unsure"), ()
    done = {each.side for each in found if each.how in MADE}
    if all(side.label in done for side in sides):
        return "yes", ()
    lined = {each.side for each in found}
    missing = tuple(side.label for side in sides if side.label not in done and side.label in lined)
    return ("no", missing) if missing else ("unsure", ())


def partly(prose: Prose, found: Sequence[Signature], sides: Sequence[Side]) -> tuple[str, ...]:
    """Return the sides that the block names and that have no mark, where another side has one."""
    done = {each.side for each in found if each.how in MADE}
    if not done - {""}:
        return ()
    words = [" ".join(prose.row_text(row).split()) for row in _block(prose)]
    return tuple(
        side.label
        for side in sides
        if side.label not in done
        and any(
            _by_words(each, sides) == side.label or (side.name and _plain(side.name) in _plain(each)) for each in words
        )
    )


#: How a signature can be there that was made.
MADE = frozenset(("conformed", "drawn", "digital"))


def _block(prose: Prose) -> list[Row]:
    """The lines from the first closing words of the last part on; from the first mark, where that stands before."""
    late = int(len(prose.text) * _FROM)
    rows = [row for row in prose.rows if row.end >= late]
    for number, row in enumerate(rows):
        text = prose.row_text(row)
        if any(words.search(text) for words in (_CLOSES, _CONFORMED, _LINE, _STAMP)):
            return rows[max(0, number - 2) :][-_LONGEST:]
    return rows[-12:]


def _cells(prose: Prose, row: Row, number: int) -> Iterator[_Cell]:
    for match in re.finditer(r"[^\t]+", prose.row_text(row)):
        if match.group().strip():
            start, end = row.start + match.start(), row.start + match.end()
            # Two marks on one line, with a run of spaces lost between them, are two lines to sign on.
            for begin, stop in _split(prose.text, start, end):
                yield _Cell(begin, stop, number, prose.source(begin, stop).box)


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    marks = list(
        re.finditer(r"/s/|\bgez\.|\(s\.\)|(?<=_)\s+(?=[A-Z][\w ]{2,30}:)|(?<=[_.])\s+(?=_{4}|\.{6})", text[start:end])
    )
    begins = [match.end() if match.group().isspace() else match.start() for match in marks]
    at = 0
    for begin in begins:
        if begin > at and text[start + at : start + begin].strip():
            yield start + at, start + begin
            at = begin
    yield start + at, end


def _marks(prose: Prose, cells: Sequence[_Cell]) -> Iterator[tuple[_Cell, str]]:
    for place, cell in enumerate(cells):
        text = prose.text[cell.start : cell.end]
        line = _LINE.search(text)
        if _STAMP.search(text):
            yield cell, "digital"
        elif _CONFORMED.search(text):
            yield cell, "conformed"
        elif line is not None:
            before = cells[place - 1] if place and cells[place - 1].row == cell.row else None
            left = text[: line.start()] or (prose.text[before.start : before.end] if before else "")
            if not _OF_ANOTHER.search(left.strip(" |")):
                yield cell, "blank"
        elif _LABEL.search(text.strip()) and not _signed_beside(prose, cells, cell):
            yield cell, "blank"


def _signed_beside(prose: Prose, cells: Sequence[_Cell], label: _Cell) -> bool:
    """Whether the line that a label is for stands right of it or below it, and speaks for itself."""
    right = [each for each in cells if each.row == label.row and each.start > label.start]
    below = [each for each in cells if each.row == label.row + 1 and _aligned(each, label)]
    return any(_is_mark(prose, each) for each in [*right, *below])


def _aligned(one: _Cell, other: _Cell) -> bool:
    if one.box is None or other.box is None:
        return True
    overlap = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return overlap > 0 or abs(one.box.left - other.box.left) < 0.06


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands around a mark in its column: its own cells, those below, those above, all words by nearness."""

    own: tuple[_Cell, ...]
    below: tuple[_Cell, ...]
    above: tuple[_Cell, ...]
    nearest: tuple[str, ...]


def _told_above(
    prose: Prose, cells: Sequence[_Cell], marks: Sequence[tuple[_Cell, str]], sides: Sequence[Side]
) -> bool:
    """Whether this block says above a mark whose it is: nothing under the last mark says it."""
    last = marks[-1][0].row if marks else 0
    under = [" ".join(prose.text[each.start : each.end].split()) for each in cells if last < each.row <= last + 3]
    named = (side.name and _plain(side.name) in _plain(words) for words in under for side in sides)
    return not (any(_by_words(words, sides) for words in under) or any(named))


def _column(prose: Prose, cells: Sequence[_Cell], cell: _Cell, told_above: bool) -> _Column:
    near = [
        each for each in cells if abs(each.row - cell.row) <= _AROUND and (each.row == cell.row or _aligned(each, cell))
    ]
    beside = [each for each in near if each.row == cell.row and each is not cell]
    own = [cell, *beside] if not any(_is_mark(prose, each) for each in beside) else [cell]
    below = _until_next(prose, [each for each in near if each.row > cell.row])
    above = _until_next(prose, [each for each in reversed(near) if each.row < cell.row])
    if _LABEL.search(prose.text[cell.start : cell.end].strip()):
        # "Signature:" closes the lines on one person.
        ordered = [*own, *above, *below]
    else:
        ordered = [
            *own,
            *sorted(
                [*below, *above], key=lambda each: (abs(each.row - cell.row), (each.row < cell.row) is not told_above)
            ),
        ]
    words = tuple(" ".join(prose.text[each.start : each.end].split()) for each in ordered)
    return _Column(tuple(own), tuple(below), tuple(above), words)


def _described(prose: Prose, column: _Column, cell: _Cell, how: str, sides: Sequence[Side]) -> Signature:
    """The mark with what stands around it in its column: name, office, date, and whose line it is."""
    # "Signature:" closes the lines on one person; a line is explained by what is under it.
    closes = _LABEL.search(prose.text[cell.start : cell.end].strip()) is not None
    first, second = (column.above, column.below) if closes else (column.below, column.above[:4])
    name = _named(prose, [*column.own, *first]) or (None if closes else _named(prose, second))
    side = _side(column, name, sides)
    said = [*column.own, *column.below]
    office = next((match for each in said if (match := _OFFICE.search(prose.text, each.start, each.end))), None)
    capacity = " ".join((office["said"] or office["office"]).split()) if office else ""
    intact = "unsure" if how == "digital" else ""
    return Signature(
        side, name.text if name else "", capacity or side, _day(prose, said), how, cell.start, cell.end, intact
    )


def _is_mark(prose: Prose, cell: _Cell) -> bool:
    text = prose.text[cell.start : cell.end]
    line = _LINE.search(text)
    return bool(
        _CONFORMED.search(text)
        or _STAMP.search(text)
        or (line and not _OF_ANOTHER.search(text[: line.start()].strip(" |")))
    )


def _until_next(prose: Prose, cells: Sequence[_Cell]) -> list[_Cell]:
    """The cells up to the next mark: what stands beyond it describes another signature."""
    return list(takewhile(lambda each: not _is_mark(prose, each), cells))


def _named(prose: Prose, cells: Sequence[_Cell]) -> Name | None:
    """The first person of the cells: behind a mark, or in a cell that says little else."""
    for each in cells:
        mark = _CONFORMED.search(prose.text, each.start, each.end) or _STAMP.search(prose.text, each.start, each.end)
        name = person(prose.text, mark.end() if mark else each.start, each.end)
        if name is None or firm(prose.text, name.start, each.end):
            continue
        rest = _BESIDE_A_NAME.sub("", prose.text[each.start : name.start] + prose.text[name.end : each.end])
        if mark or len(rest.strip(" ,.:;_/-|")) <= len(name.text):
            return name
    return None


_BESIDE_A_NAME = re.compile(
    r"(?i)(?:printed\s+)?name\s*:?|\b(?:mr|ms|mrs|dr|herr|frau|m|mme|lic|d|c)\b\.?ª?|,.*\Z|\bdate\b.*\Z|\d|_"
    r"|(?:signed|executed)\s+(?:by|as\s+a\s+deed\s+by)|"
    r"signature\s+of|(?:partner|director|manager|president|officer)\b.*\Z"
)


def _side(column: _Column, name: Name | None, sides: Sequence[Side]) -> str:
    """Whose line it is: by a party's name or the words for it, in the mark's own cells and then in the nearest."""
    for words in column.nearest:
        for side in sides:
            if side.name and _plain(side.name) in _plain(words):
                return side.label
        if (label := _by_words(words, sides)) is not None:
            return label
    if name is not None and len(sides) == 2:
        # Who is not the one employed signs for the other side.
        employers = [side for side in sides if side.employs]
        return employers[0].label if len(employers) == 1 else ""
    return ""


def _by_words(words: str, sides: Sequence[Side]) -> str | None:
    labels = {side.label for side in sides}
    if "host employer" in labels and _HOST.search(words):
        return "host employer"
    employee = next((side.label for side in sides if not side.employs), None)
    employer = next((side.label for side in sides if side.employs and side.label != "host employer"), None)
    if employee and _EMPLOYEE.search(words):
        return employee
    return employer if employer and _EMPLOYER.search(words) else None


def _plain(words: str) -> str:
    return re.sub(r"[\W_]", "", words.casefold())


def _day(prose: Prose, cells: Sequence[_Cell]) -> str:
    order = Order.DMY if day_first(prose.text) else None
    for each in cells:
        for reading in dates.find(prose.text[each.start : each.end], order):
            if reading.value is not None:
                return reading.value
    return ""


def _one_each(found: Sequence[Signature], sides: Sequence[Side]) -> Iterator[Signature]:
    """Two sides, two marks, one of them told: the other is the other side's. A label over a signed line is none."""
    loose = [each for each in found if not each.side]
    told = {each.side for each in found}
    untold = [side.label for side in sides if side.label not in told]
    given = untold[0] if len(loose) == 1 and len(untold) == 1 else ""
    for each in found:
        if each.how == "blank" and any(
            other.side == each.side and other.how != "blank" and abs(other.start - each.start) < 200 for other in found
        ):
            continue
        yield replace(each, side=given, capacity=each.capacity or given) if not each.side and given else each
