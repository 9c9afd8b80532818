"""One expense counts once: duplicates are set aside, a card slip goes with its bill, and what is open is asked.

Knows the lines of a claim and what papers are to each other; a person's answer goes before every likeness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from toolkit.expense import Duplicate, Line, Slip, Unsettled
from toolkit.likeness import Alike, Answer, Degree, Paper, Relation, compare
from toolkit.phrasing import rounded

#: What a person decided of two papers, by their keys.
Answers = Mapping[frozenset[str], Answer]

#: Lines that a line is asked to be the same as, one by one.
_NAMED = 2
_SURE = (Degree.CERTAIN, Degree.LIKELY)
_BY_A_PERSON = "a person said that it is the same expense"
_ASKED = "no person has confirmed it yet"


@dataclass(frozen=True, slots=True)
class Once:
    """The lines that count, numbered, and what goes with them or is open."""

    lines: tuple[Line, ...]
    unsettled: tuple[Unsettled, ...]
    duplicates: tuple[Duplicate, ...]
    slips: tuple[Slip, ...]
    questions: tuple[Alike, ...]


def count_once(
    lines: Sequence[Line], unsettled: Sequence[Unsettled], papers: Sequence[Paper], answers: Answers, claimed_in: str
) -> Once:
    """Set aside what is counted with another of *lines*, which come in their order; *papers* are those of all of them.

    A paper that stands there twice under one key is its own duplicate. *claimed_in* is the currency of the claim.
    """
    relations, questions = _relations(papers, answers)
    first: dict[str, Line] = {}
    again: list[tuple[Line, Alike]] = []
    for line in lines:
        if line.document in first:
            same = Alike(line.document, line.document, Relation.TWIN, Degree.CERTAIN, "the same document")
            again.append((line, same))
        else:
            first[line.document] = line
    aside: dict[str, tuple[str, Alike]] = {}
    for each in sorted(relations, key=lambda each: each.relation is Relation.SLIP):
        if each.degree in _SURE and each.one in first and each.other in first:
            _set_aside(each, aside, list(first), answers)
    kept = [line for key, line in first.items() if key not in aside]
    numbers = {line.document: n for n, line in enumerate(kept, start=1)}
    lasting = [
        *((first[k], root, alike) for k, (root, alike) in aside.items()),
        *((x, x.document, a) for x, a in again),
    ]
    placed = [(line, numbers[_root(root, aside)], alike) for line, root, alike in lasting]
    slips = [each for each in placed if each[2].relation is Relation.SLIP]
    twins = [each for each in placed if each[2].relation is Relation.TWIN]
    made = [_with_tips(replace(x, number=numbers[x.document]), slips, claimed_in) for x in kept]
    return Once(
        _noted(made, [each for each in relations if each.degree is Degree.POSSIBLE], numbers),
        _doubted(unsettled, relations, numbers, aside),
        tuple(
            Duplicate(n, line.document, of, _why(alike, answers), alike.degree, _decided(alike, answers))
            for n, (line, of, alike) in enumerate(twins, start=1)
        ),
        tuple(
            Slip(n, line.document, of, _why(alike, answers), alike.tip, alike.degree, _decided(alike, answers))
            for n, (line, of, alike) in enumerate(slips, start=1)
        ),
        questions,
    )


def _relations(papers: Sequence[Paper], answers: Answers) -> tuple[list[Alike], tuple[Alike, ...]]:
    """What papers are to each other after what a person said, and what is still to be asked."""
    distinct = list({paper.key: paper for paper in papers}.values())
    relations = []
    found = compare(distinct)
    for each in found:
        answer = answers.get(frozenset((each.one, each.other)))
        if answer is not Answer.KEEP:
            relations.append(replace(each, degree=Degree.CERTAIN) if answer is Answer.SAME else each)
    known = {frozenset((each.one, each.other)) for each in relations}
    order = [paper.key for paper in distinct]
    for two, answer in answers.items():
        if answer is Answer.SAME and two not in known and len(two) == 2 and two <= set(order):
            one, other = sorted(two, key=order.index)
            relations.append(Alike(one, other, Relation.TWIN, Degree.CERTAIN, _BY_A_PERSON))
    return relations, questions(found, answers)


def questions(found: Sequence[Alike], answers: Answers) -> tuple[Alike, ...]:
    """Return what of *found*, the surest first, a person has to be asked.

    Of four photos of one receipt three pairs are asked about, not six: the others follow from them.
    """
    said = [(each, answers.get(frozenset((each.one, each.other)))) for each in found]
    groups: dict[str, str] = {}
    asked: set[tuple[Relation, frozenset[str]]] = set()
    made = []
    for each, answer in sorted(said, key=lambda two: two[1] is not Answer.SAME):
        if answer is Answer.KEEP:
            continue
        one, other = _first(each.one, groups), _first(each.other, groups)
        sure = each.degree in _SURE or answer is Answer.SAME
        mark = each.relation, frozenset((one, other))
        if answer is None and mark not in asked and not (sure and one == other):
            made.append(each)
        if sure and one != other:
            groups[other] = one
        else:
            asked.add(mark)
    return tuple(made)


def _first(key: str, groups: Mapping[str, str]) -> str:
    while key in groups:
        key = groups[key]
    return key


def _set_aside(each: Alike, aside: dict[str, tuple[str, Alike]], order: Sequence[str], answers: Answers) -> None:
    """Count one of two papers with the other: the slip with its bill, the later of two twins with the earlier.

    A third that is like both does not bring together two that a person keeps apart.
    """
    one, other = _root(each.one, aside), _root(each.other, aside)
    if one == other or answers.get(frozenset((one, other))) is Answer.KEEP:
        return
    if each.relation is Relation.TWIN:
        one, other = sorted((one, other), key=order.index)
    aside[other] = (one, each)


def _root(key: str, aside: Mapping[str, tuple[str, Alike]]) -> str:
    while key in aside:
        key = aside[key][0]
    return key


def _decided(alike: Alike, answers: Answers) -> bool:
    return answers.get(frozenset((alike.one, alike.other))) is Answer.SAME


def _why(alike: Alike, answers: Answers) -> str:
    if _decided(alike, answers):
        return alike.why if alike.why == _BY_A_PERSON else f"{_BY_A_PERSON}: {alike.why}"
    if alike.one == alike.other:
        return alike.why
    return f"{alike.degree.value}: {alike.why}; {_ASKED}"


def _with_tips(line: Line, slips: Sequence[tuple[Line, int, Alike]], claimed_in: str) -> Line:
    """The line with what its slips say: that it was paid, and how much more than the bill."""
    notes, amount = list(line.notes), line.amount
    for number, (_, of, alike) in enumerate(slips, start=1):
        if of != line.number:
            continue
        if alike.tip:
            amount += alike.tip
            notes.append(f"card slip P{number} paid {amount:f}: the bill of {line.amount:f} and a tip of {alike.tip:f}")
        else:
            notes.append(f"paid with card slip P{number}")
    converted = rounded(amount * line.rate.value, claimed_in)
    return replace(line, amount=amount, converted=converted, notes=tuple(notes))


def _noted(lines: Sequence[Line], possible: Sequence[Alike], numbers: Mapping[str, int]) -> tuple[Line, ...]:
    """Note at the later of two lines that they may be one expense: both count until a person decides."""
    extra: dict[int, list[str]] = {}
    for each in possible:
        if each.one in numbers and each.other in numbers:
            first, second = sorted((numbers[each.one], numbers[each.other]))
            extra.setdefault(second, []).append(f"{each.why} (line {first}): one purchase or two?")
    return tuple(replace(line, notes=(*line.notes, *_few(extra.get(line.number, ())))) for line in lines)


def _few(asked: Sequence[str]) -> Iterator[str]:
    """Yield the first questions about a line: fifty tickets of one fare are each like every other."""
    yield from asked[:_NAMED]
    if len(asked) > _NAMED:
        yield f"and the same of {len(asked) - _NAMED} more lines"


def _doubted(
    unsettled: Sequence[Unsettled],
    relations: Sequence[Alike],
    numbers: Mapping[str, int],
    aside: Mapping[str, tuple[str, Alike]],
) -> tuple[Unsettled, ...]:
    """Say of what is to be settled that it may be a line already."""
    open_ = {each.document for each in unsettled}
    extra: dict[str, list[str]] = {}
    for each in relations:
        for mine, its in ((each.one, each.other), (each.other, each.one)):
            line = numbers.get(_root(its, aside))
            if mine in open_ and line is not None:
                what = "a duplicate" if each.relation is Relation.TWIN else "the bill or the card slip"
                extra.setdefault(mine, []).append(f"{each.degree.value} {what} of line {line}: {each.why}")
    return tuple(replace(each, reasons=(*each.reasons, *_few(extra.get(each.document, ())))) for each in unsettled)
