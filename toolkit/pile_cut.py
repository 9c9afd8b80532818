"""Where one document of a pile ends and the next begins: signs weighed page by page, the best cut found by Viterbi.

Each sign speaks for a beginning (above nought) or for going on (below), in units of log odds; docs/decisions/0054 says
why each weighs what it does. Knows kinds and marks of pages; opens nothing and reads no field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from toolkit.kind import UNKNOWN, kinds
from toolkit.pile_marks import Marks

#: What each sign weighs between a page and the one before it.
WEIGHTS: Mapping[str, float] = {
    "most pages go on": -2.0,
    "next page of the same count": -7.0,
    "another page of the same count": -3.0,
    "first page of a count": 4.0,
    "first page that is numbered": 2.5,
    "behind the last page of a count": 4.0,
    "other count": 3.0,
    "in the middle of a count": -1.0,
    "next page number": -3.0,
    "numbers begin again": 2.5,
    "numbers jump": 0.5,
    "title of another kind": 5.0,
    "other kind": 2.5,
    "title of the kind again": 3.0,
    "title of a money paper": 0.4,
    "same heads": -2.5,
    "same kind without a title": -1.0,
    "other form": 6.0,
    "same form": -4.0,
    "same running head": -3.0,
    "same number at the head": -1.5,
    "clauses go on": -3.0,
    "clauses begin again": 1.5,
    "in the middle of a sentence": -4.0,
    "sentence left open": -1.5,
    "exhibit of a contract": -5.0,
    "divider": 3.0,
    "greeting": 3.5,
    "behind a cover or contents": -5.0,
    "title behind no kind": 3.0,
    "of no kind": -0.8,
    "still of no kind": -1.2,
    "behind a signature": 1.5,
    "other size": 1.5,
    "scan beside text layer": 2.5,
    "other print": 0.7,
    "same print": -1.0,
    "hardly a word": -1.0,
    "other language": 1.5,
    "page before not filled": 1.4,
    "nothing goes on": 1.5,
    "an agreement opens": 2.0,
    "blank sheet between": 1.0,
    "separator between": 99.0,
    "front and back": -8.0,
    "another card or passport": 6.0,
    "behind a travel document": 2.0,
    "photo": 4.0,
}
#: Signs that a page goes on from the one before; few pages inside a document have none of them.
_GOES_ON = frozenset(name for name, odds in WEIGHTS.items() if odds < 0) - {
    "most pages go on",
    "hardly a word",
    "of no kind",
    "still of no kind",
}
#: In a contract signs of a beginning are worth less: forms, letters and certificates are attached to it.
_INSIDE_CONTRACT = 0.5
#: Only a sign above this stands by itself.
_DECIDES = 9.0
#: A page with fewer words has no text of its own to go by.
_FEW_WORDS = 12
_YEAR = 4
#: Sizes this far apart differ, and print this far apart is other print.
_OTHER_SIZE, _OTHER_PRINT = 0.03, 0.3
#: A text layer whose print is as high to this part comes from the same program and the same hand.
_SAME_PRINT = 0.01
#: From this share on the rows at the head of a page are those of the page before.
_SAME_HEADS = 0.6
#: Print that ends above this is the last of a document, more likely than not.
_HALF_EMPTY = 0.6
#: A beginning that was passed over, but had at least these log odds, is told to a person.
DOUBTED = -1.4


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a pile: its marks, and what it is taken for by itself.

    `titled` says that it bears a title of its kind, `zoned` that it has a machine-readable zone, `card` that this is
    one of a card. `blanks` and `separated` are what lies between it and the page before.
    """

    marks: Marks
    kind: str = UNKNOWN
    confidence: float = 0.0
    titled: bool = False
    form: str = ""
    zoned: bool = False
    card: bool = False
    blanks: int = 0
    separated: bool = False

    @property
    def family(self) -> str:
        """The reader of its kind, empty for none."""
        return kinds()[self.kind].reader if self.kind in kinds() else ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where documents begin, as places in the row of pages, and where one might, told to a person."""

    begins: tuple[int, ...]
    doubted: tuple[int, ...]


def cut(leaves: Sequence[Leaf], duplex: bool = False) -> Cut:
    """Return the likeliest cut of *leaves*; *duplex*: every other side is blank, which then says nothing.

    The state is the kind of the document a page belongs to: that of its first page that has one.
    """
    if not leaves:
        return Cut((), ())
    sides = _sides(leaves)
    trail: list[dict[str, tuple[str, bool]]] = []
    scores = {leaves[0].kind: 0.0}
    for at in range(1, len(leaves)):
        one, other = leaves[at - 1], leaves[at]
        step: dict[str, tuple[float, str, bool]] = {}
        for kind, score in scores.items():
            odds = sum(signs(one, other, kind, sides=sides, at=at, duplex=duplex).values())
            goes_on = other.kind if kind == UNKNOWN else kind
            for state, worth, begins in ((goes_on, score - odds / 2, False), (other.kind, score + odds / 2, True)):
                if state not in step or worth > step[state][0]:
                    step[state] = (worth, kind, begins)
        trail.append({state: (kind, begins) for state, (_, kind, begins) in step.items()})
        scores = {state: worth for state, (worth, _, _) in step.items()}
    return _traced(leaves, trail, scores, sides, duplex)


def _traced(
    leaves: Sequence[Leaf],
    trail: Sequence[Mapping[str, tuple[str, bool]]],
    scores: Mapping[str, float],
    sides: Mapping[int, bool],
    duplex: bool,
) -> Cut:
    state = max(scores, key=lambda each: scores[each])
    begins, doubted = [], []
    for at in range(len(leaves) - 1, 0, -1):
        state, begun = trail[at - 1][state]
        if begun:
            begins.append(at)
        elif sum(signs(leaves[at - 1], leaves[at], state, sides=sides, at=at, duplex=duplex).values()) >= DOUBTED:
            doubted.append(at)
    return Cut((0, *reversed(begins)), tuple(reversed(doubted)))


def _sides(leaves: Sequence[Leaf]) -> dict[int, bool]:
    """Return the places where the other side of a card follows (True), or something else follows a card (False)."""
    found: dict[int, bool] = {}
    at = 0
    while at + 1 < len(leaves):
        one, other = leaves[at], leaves[at + 1]
        if one.card != other.card and not (one.zoned and other.zoned) and _may_be_side(other if one.card else one):
            found[at + 1] = True
            found.setdefault(at, False)
            found[at + 2] = False
            at += 2
        else:
            at += 1
    return found


def _may_be_side(leaf: Leaf) -> bool:
    """Whether a page without a zone may be the side of a card that has none."""
    return leaf.family == "travel_document" or (
        leaf.kind == UNKNOWN and leaf.marks.words < 5 * _FEW_WORDS and leaf.marks.scanned
    )


def signs(
    one: Leaf, other: Leaf, kind: str, *, sides: Mapping[int, bool] | None = None, at: int = 0, duplex: bool = False
) -> dict[str, float]:
    """Return what speaks for and against a document that begins with *other*, behind *one* of a document of *kind*."""
    names = ["most pages go on"]
    names += _numbers(one.marks, other.marks, other.family == "money_paper")
    names += _prose(one.marks, other.marks, other.titled)
    names += _looks(one, other)
    if other.titled and _is_cover(one, other, kind):
        names.append("behind a cover or contents")
    names += _travel(one, other, (sides or {}).get(at))
    found = {name: WEIGHTS[name] for name in names}
    found |= _kinds(one, other, kind)
    if other.blanks and not duplex:
        found["blank sheet between"] = WEIGHTS["blank sheet between"]
    if other.separated:
        found["separator between"] = WEIGHTS["separator between"]
    in_contract = kind in kinds() and kinds()[kind].reader == "contract"
    _drop_overruled(found, in_contract)
    if other.marks.words >= _FEW_WORDS and not found.keys() & _GOES_ON:
        found["nothing goes on"] = WEIGHTS["nothing goes on"]
    if in_contract:
        less = {"title of another kind", "other kind"} if other.titled and other.family != "contract" else found.keys()
        return {
            name: odds * (_INSIDE_CONTRACT if name in less and 0 < odds < _DECIDES else 1)
            for name, odds in found.items()
        }
    return found


def _is_cover(leaf: Leaf, other: Leaf, kind: str) -> bool:
    """Whether a document can have this page before its first: a cover sheet, or a table of contents."""
    if kind not in (UNKNOWN, other.kind) or leaf.zoned:
        return False
    if leaf.marks.contents:
        return True
    if leaf.kind == other.kind != UNKNOWN and other.family != "contract":
        # A certificate has few words too, but dates and numbers among them.
        return leaf.marks.words < 2 * _FEW_WORDS and not _dated(leaf.marks.heads)
    few = leaf.marks.words < 8 * _FEW_WORDS and not (leaf.marks.closing or leaf.marks.greeting)
    shares = other.family == "contract" and bool(leaf.marks.heads & other.marks.heads)
    return leaf.marks.words < _FEW_WORDS or (few and shares)


def _dated(rows: Iterable[str]) -> bool:
    """Whether rows bear numbers other than years."""
    parts = (part for row in rows for part in row.split())
    return any(sum(letter.isdigit() for letter in part) not in (0, _YEAR) for part in parts)


def _drop_overruled(found: dict[str, float], in_contract: bool) -> None:
    """Letters and payslips of one employer share their heads: a head says nothing where a new paper opens."""
    opens = {"greeting", "first page of a count", "numbers begin again", "other form"} & found.keys()
    again = "title of the kind again" in found and "same heads" not in found
    if opens or (again and not in_contract):
        found.pop("same running head", None)
        found.pop("same number at the head", None)


def _numbers(one: Marks, other: Marks, numbers_loose: bool) -> list[str]:
    """What page numbers say; on papers full of numbers (*numbers_loose*) one that stands alone may be anything."""
    if other.count is not None and other.place is not None:
        return _counted(one, other.place, other.count)
    if one.count is not None and one.place == one.count:
        return ["behind the last page of a count"]
    if one.place is None and other.place == 2 and one.count is None and not numbers_loose:
        # First pages often bear no number.
        return ["next page number"]
    if one.place is None or other.place is None or one.count is not None:
        return ["numbers begin again"] if one.place and one.count is None and other.place == 1 else []
    if other.place == one.place + 1:
        return ["next page number"]
    return ["numbers begin again"] if other.place == 1 else ["numbers jump"]


def _counted(one: Marks, place: int, count: int) -> list[str]:
    if one.count == count and one.place is not None:
        if abs(place - one.place) == 1:
            return ["next page of the same count"]
        if place not in (one.place, 1):
            return ["another page of the same count"]
    first = "first page of a count" if one.place is not None else "first page that is numbered"
    found = [first] if place == 1 else ["in the middle of a count"]
    if one.count is not None:
        found.append("behind the last page of a count" if one.place == one.count else "other count")
    return found


def _prose(one: Marks, other: Marks, titled: bool) -> list[str]:
    found = []
    if other.opens_within:
        found.append("in the middle of a sentence" if one.ends_within else "sentence left open")
    elif one.ends_within and not (other.greeting or titled):
        found.append("sentence left open")
    if one.clauses and other.clauses:
        last, first = one.clauses[1], other.clauses[0]
        if first > 1 and first in (last, last + 1):
            found.append("clauses go on")
        elif first == 1 and last > 2:
            found.append("clauses begin again")
    if other.greeting and not other.opens_within:
        found.append("greeting")
    if one.closing and not other.opens_within:
        found.append("behind a signature")
    return found


def _looks(one: Leaf, other: Leaf) -> list[str]:
    a, b = one.marks, other.marks
    found = []
    if a.language and b.language and a.language != b.language:
        found.append("other language")
    if a.filled < _HALF_EMPTY:
        found.append("page before not filled")
    if a.runs & b.runs:
        found.append("same running head")
    if a.ids & b.ids:
        found.append("same number at the head")
    if a.scanned != b.scanned:
        found.append("scan beside text layer")
    if any(abs(x - y) > _OTHER_SIZE * max(x, y) for x, y in zip(sorted(a.size), sorted(b.size), strict=True)):
        found.append("other size")
    if min(a.words, b.words) >= 4 * _FEW_WORDS and abs(a.height - b.height) > _OTHER_PRINT * max(a.height, b.height):
        found.append("other print")
    elif (
        other.family in ("contract", "")
        and not a.scanned
        and not b.scanned
        and a.size == b.size
        and abs(a.height - b.height) <= _SAME_PRINT * a.height
    ):
        found.append("same print")
    if b.words < _FEW_WORDS and other.family != "travel_document" and other.kind != "photo":
        found.append("hardly a word")
    return found


def _travel(one: Leaf, other: Leaf, side: bool | None) -> list[str]:
    if side:
        return ["front and back"]
    if other.zoned and (one.zoned or side is False or one.family != "travel_document"):
        return ["another card or passport"]
    if side is False and one.family == "travel_document":
        return ["another card or passport" if other.family == "travel_document" else "behind a travel document"]
    if one.zoned and not other.zoned and (other.kind != UNKNOWN or other.marks.words > 5 * _FEW_WORDS):
        return ["behind a travel document"]
    return []


def _kinds(one: Leaf, other: Leaf, kind: str) -> dict[str, float]:
    """What the kinds of paper say: that of the document so far, and that of the page."""
    name = _attached(one, other, kind)
    if not name and other.kind == UNKNOWN:
        name = "still of no kind" if one.kind == UNKNOWN else "of no kind"
        return {} if other.marks.greeting else {name: WEIGHTS[name]}
    if name:
        return {name: WEIGHTS[name]}
    if other.kind == kind or _near(other.kind, kind):
        return _again(one, other)
    return _another(other, kind)


def _attached(one: Leaf, other: Leaf, kind: str) -> str:
    """What exhibits, numbers of forms and photos say, before any kind; empty for none of them."""
    if other.marks.exhibit and kind in kinds() and kinds()[kind].reader == "contract":
        return "exhibit of a contract"
    if other.marks.exhibit and other.marks.words < _FEW_WORDS:
        return "divider"
    if other.form:
        return "same form" if other.form == one.form else "other form"
    return "photo" if other.kind == "photo" else ""


def _another(other: Leaf, kind: str) -> dict[str, float]:
    """What a page of another kind than that of the document says."""
    agreement = other.family == "contract"
    if other.titled:
        name = "title behind no kind" if kind == UNKNOWN else "title of another kind"
        return {name: WEIGHTS[name]}
    if agreement and kind == UNKNOWN:
        # Any page may speak of the parties and of their agreement.
        name = "an agreement opens" if other.marks.opening else "same kind without a title"
        return {name: WEIGHTS[name]}
    found = {"other kind": WEIGHTS["other kind"] * max(0.0, min(1.0, 2 * other.confidence - 1))}
    if agreement and other.marks.opening:
        found["an agreement opens"] = WEIGHTS["an agreement opens"]
    return found


def _near(one: str, other: str) -> bool:
    """Whether one reader reads both (a receipt, an invoice), and parts them itself."""
    known = kinds()
    return one in known and other in known and known[one].reader == known[other].reader != "patterns"


def _again(one: Leaf, other: Leaf) -> dict[str, float]:
    """A second paper of the kind has its own title and other facts at its head; a further page repeats the head."""
    if other.titled and other.family == "money_paper":
        # Whether it is another receipt, its own reader knows better (`toolkit.receipts_apart`).
        return {"title of a money paper": WEIGHTS["title of a money paper"]}
    if not other.titled:
        return {"same kind without a title": WEIGHTS["same kind without a title"]}
    found = {"title of the kind again": WEIGHTS["title of the kind again"]}
    heads, shared = other.marks.heads, other.marks.heads & one.marks.heads
    numbers = [row for row in heads if any(letter.isdigit() for letter in row)]
    own = sum(row not in shared for row in numbers)
    if heads and len(shared) >= _SAME_HEADS * len(heads) and 2 * own <= len(numbers):
        found["same heads"] = WEIGHTS["same heads"]
    return found
