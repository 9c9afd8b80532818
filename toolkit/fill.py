"""Official forms from the facts of a case: what goes into which field, what is asked, what does not fit. Pure.

A form is a draft for a signature: a field whose fact is missing, unsure or contradicted stays empty and is asked for,
and a value that does not fit is written down whole on an addendum. Nothing is guessed, nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden
from datetime import date

from toolkit import fill_print
from toolkit.acroform_fields import Blank, FormField
from toolkit.errors import DefinitionError, InputError
from toolkit.facts import Facts
from toolkit.fill_definition import Definition, Edition, Entry, Named, Part, Slot
from toolkit.fill_print import Typed
from toolkit.fill_values import Answer, Known, ticks, written

_SEE = ("See additional information", "See addendum", "Addendum")


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that the form needs and the case does not have for sure; `why` as in `fill_values.Answer`."""

    fact: str
    why: str
    part: str
    about: str
    items: tuple[str, ...]
    fields: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Longer:
    """A value, or the rest of one, that goes to the addendum, by the page, part and item it belongs to."""

    field: str
    page: int
    part: str
    item: str
    label: str
    text: str = hidden(repr=False)
    #: What stands in the field itself: nothing, words that point to the addendum, or the value's beginning.
    kept: str = hidden(repr=False, default="")
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Filling:
    """What is to be written: texts and states of boxes by field, what is asked, what is too long, what is to be said.

    `typed` has every text with its place, in the order in which they are drawn.
    """

    values: dict[str, str] = hidden(repr=False)
    boxes: dict[str, str] = hidden(repr=False)
    typed: tuple[Typed, ...] = hidden(repr=False)
    asked: tuple[Asked, ...]
    longer: tuple[Longer, ...]
    addendum: tuple[Longer, ...]
    findings: tuple[str, ...]

    @property
    def order(self) -> list[tuple[str, int]]:
        """Return the field and the number of its place (from 0) for each of `typed`."""
        return [(each.field.name, each.field.places.index(each.place)) for each in self.typed]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A text for a field, with where it comes from."""

    field: FormField
    part: Part
    entry: Entry
    text: str = hidden(repr=False)


def edition_findings(named: Named, edition: Edition | None, today: date) -> list[str]:
    """Say what is wrong with the edition: not known, or past the day printed on it."""
    source = named.definition.source
    if edition is None:
        return [f"The edition of the blank is not checked; compare it with the current one at {source}."]
    if edition.expires is not None and edition.expires < today:
        return [
            f"Edition {edition.edition} expired on {edition.expires.isoformat()}, and authorities refuse old editions; "
            f"get the current one at {source}, and a definition that names it."
        ]
    return []


def check_fields(named: Named, blank: Blank, edition: str, route: str) -> None:
    """Raise DefinitionError, naming the field, where the definition fills fields that the blank does not have so."""
    place = named.place
    for part, entry in named.definition.entries(route, edition):
        found = blank.get(entry.field)
        if found is None:
            raise DefinitionError(
                f"{place}: {part.name}: the blank has no field {entry.field!r}",
                remedy="`mobility fill --fields FILE` lists the fields it has.",
            )
        boxed = bool(entry.ticks or entry.state)
        if boxed != (found.kind == "box"):
            raise DefinitionError(f"{place}: {part.name}: {entry.field!r} is {_a(found)}; see tick and fact")
        if boxed and not _state(entry, found):
            raise DefinitionError(f"{place}: {part.name}: state: {entry.field!r} has {', '.join(found.states)}")


def fill(named: Named, facts: Facts, blank: Blank, *, edition: str, route: str, role: str = "principal") -> Filling:
    """Return what goes into *blank* for the person called *role*, measured by the print of each field.

    Raises DefinitionError as `check_fields` does.
    """
    check_fields(named, blank, edition, route)
    blank = _ruled(blank, named.definition.ruled)
    known = Known(facts, role)
    wanted: list[_Wanted] = []
    boxes: dict[str, str] = {}
    asked: list[Asked] = []
    findings: list[str] = []
    for part, entry in named.definition.entries(route, edition):
        found = blank.get(entry.field)
        assert found is not None  # noqa: S101 - check_fields has seen it
        answer = _answer(entry, found, known)
        if answer.why:
            if not (entry.optional and answer.why == "missing"):
                failed = [each for joined in known.asked_of(entry) for each in joined if each.why]
                asked += [_asked(each, part, entry) for each in failed or [answer]]
            continue
        if answer.doubt:
            findings.append(f"{part.name}, item {entry.item}: {answer.doubt}." if entry.item else answer.doubt)
        if found.kind == "box":
            if entry.fixed or ticks(entry, answer.text):
                boxes[entry.field] = _state(entry, found)
        else:
            wanted.append(_Wanted(found, part, entry, answer.text))
    asked += _unticked(route, edition, named.definition, known)
    return _fitted(named.definition, blank, wanted, boxes, _merged(asked), list(dict.fromkeys(findings)))


def _ruled(blank: Blank, ruled: float) -> Blank:
    fields = tuple(replace(each, ruled=ruled) if each.lines else each for each in blank.fields)
    return replace(blank, fields=fields)


def _answer(entry: Entry, found: FormField, known: Known) -> Answer:
    if entry.fixed:
        return Answer("", entry.fixed)
    raw = _in_currency(entry, known.first(entry), known)
    answer = raw if entry.join else written(entry.format, raw, known)
    if answer.why or found.kind == "box":
        return answer
    if not fill_print.printable(answer.text):
        return Answer(answer.fact, why="unfit", detail="the form takes Latin letters only")
    if found.kind == "choice" and not found.editable:
        return _chosen(answer, found)
    return answer


def _in_currency(entry: Entry, answer: Answer, known: Known) -> Answer:
    """Return *answer*, unless it is an amount of another currency than the field's, or of one that nobody states."""
    if answer.why or not entry.currency:
        return answer
    said = known.currency(answer)
    if not said:
        return Answer(f"{answer.fact}_currency", why="missing")
    wrong = f"it is in {said[:3]}, and the field takes {entry.currency}"
    return answer if said == entry.currency else Answer(answer.fact, why="unfit", detail=wrong)


def _unticked(route: str, edition: str, definition: Definition, known: Known) -> list[Asked]:
    """Ask for what is known and means none of the boxes that the form has for it: sex X, where it has two."""
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[Part, Entry]]] = {}
    for part, entry in definition.entries(route, edition):
        if entry.ticks and entry.facts:
            groups.setdefault((part.name, entry.facts), []).append((part, entry))
    made = []
    for members in groups.values():
        answer = known.first(members[0][1])
        ticked = any(ticks(entry, answer.text) for _, entry in members)
        if len(members) > 1 and not (ticked or answer.why):
            unfit = Answer(answer.fact, why="unfit", detail="its value is none of the boxes on the form")
            made += [_asked(unfit, part, entry) for part, entry in members]
    return made


def _chosen(answer: Answer, found: FormField) -> Answer:
    """Return the value of the list that *answer* means; what it shows and its value are both understood."""
    key = answer.text.strip().casefold()
    for shown, value in found.options:
        if key in (shown.strip().casefold(), value.strip().casefold()):
            return Answer(answer.fact, value, doubt=answer.doubt)
    return Answer(answer.fact, why="unfit", detail="it is none of the list that the form offers")


def _fitted(
    definition: Definition,
    blank: Blank,
    wanted: Sequence[_Wanted],
    boxes: dict[str, str],
    asked: tuple[Asked, ...],
    findings: list[str],
) -> Filling:
    """Measure what fits, and send the rest to the form's own part for more, or to an addendum."""
    measured = _held([Typed(each.field, place, _shown(each)) for each in wanted for place in each.field.places])
    values: dict[str, str] = {}
    longer: list[Longer] = []
    for each in wanted:
        held = min((measured[each.field.name, at] for at in range(len(each.field.places))), key=len)
        if held == _shown(each):
            values[each.field.name] = each.text
            continue
        rest = _longer(each, held)
        longer.append(rest)
        values[each.field.name] = rest.kept
    slots = _slots(definition, blank, longer)
    for name, text in slots.values:
        values[name] = text
    findings += [
        f"Page {each.page}, {each.part}, item {each.item or '-'} ({each.label or each.field}): "
        "the value is longer than the field and "
        f"{'goes on' if each.continues else 'stands in full'} "
        f"{'in the addendum' if each in slots.rest else 'in the part of the form for more information'}."
        for each in longer
    ]
    typed = [
        Typed(found, place, _as_shown(found, text))
        for name, text in values.items()
        if text and (found := blank.get(name)) is not None
        for place in found.places
    ]
    filled = {name: text for name, text in values.items() if text}
    return Filling(filled, boxes, tuple(typed), asked, tuple(longer), slots.rest, tuple(findings))


def _held(typed: Sequence[Typed]) -> dict[tuple[str, int], str]:
    found = fill_print.held(typed)
    return {
        (each.field.name, each.field.places.index(each.place)): text for each, text in zip(typed, found, strict=True)
    }


def split(text: str, held: str, *, continues: bool, pointers: Sequence[str] = ()) -> tuple[str, str]:
    """Return what stays in the field and what goes to the addendum, of a *text* of which the field holds *held*.

    Where the value *continues*, both together are the text; else the addendum has all of it, and the field points there
    with the first of *pointers*, or is empty.
    """
    if continues:
        return held, text[len(held) :]
    return (pointers[0] if pointers else ""), text


def _longer(each: _Wanted, held: str) -> Longer:
    continues = each.entry.overflow == "continue" or (not each.entry.overflow and each.field.lines)
    place = each.field.places[0]
    fitting = [] if continues or each.field.comb or each.field.kind != "text" else _pointers(each.field)
    kept, rest = split(each.text, held, continues=continues and bool(held), pointers=fitting)
    label = each.entry.label or _label(each.field.label)
    return Longer(
        each.field.name, place.page, each.part.name, each.entry.item, label, rest, kept, continues and bool(held)
    )


def _label(told: str) -> str:
    """Return the last words of what a form tells of a field, from the beginning of a sentence on."""
    return re.sub(r"^[^A-Z]*[.:] +(?=[A-Z])", "", told[-120:]).strip(" .")


def _pointers(found: FormField) -> list[str]:
    typed = [Typed(found, found.places[0], text) for text in _SEE]
    return [text for text, held in zip(_SEE, fill_print.held(typed), strict=True) if held == text]


@dataclass(frozen=True, slots=True)
class _Slots:
    values: tuple[tuple[str, str], ...]
    rest: tuple[Longer, ...]


def _slots(definition: Definition, blank: Blank, longer: Sequence[Longer]) -> _Slots:
    """Put what is too long into the form's own part for more, as far as its places hold it whole."""
    free = [slot for slot in definition.more if _usable(slot, blank)]
    values: list[tuple[str, str]] = []
    rest: list[Longer] = []
    for each in longer:
        slot = free[0] if free else None
        parts = list(_in_slot(slot, each)) if slot is not None else []
        typed = [Typed(f, f.places[0], text) for name, text in parts if (f := blank.get(name)) is not None]
        if typed and all(held == t.text for held, t in zip(fill_print.held(typed), typed, strict=True)):
            values += parts
            free.pop(0)
        else:
            rest.append(each)
    return _Slots(tuple(values), tuple(rest))


def _usable(slot: Slot, blank: Blank) -> bool:
    return all(blank.get(name) is not None for name in (slot.text, slot.page, slot.part, slot.item) if name)


def _in_slot(slot: Slot, each: Longer) -> Iterator[tuple[str, str]]:
    number = each.part.removeprefix("Part ").strip() if each.part.startswith("Part ") else ""
    for name, text in ((slot.page, str(each.page)), (slot.part, number), (slot.item, each.item)):
        if name and text:
            yield name, text
    yield slot.text, each.text if number or not slot.part else f"{each.part}: {each.text}"


def _shown(each: _Wanted) -> str:
    return _as_shown(each.field, each.text)


def _as_shown(found: FormField, text: str) -> str:
    """Return what a list shows for its value; other fields show what they hold."""
    return next((shown for shown, value in found.options if value == text), text)


def _asked(answer: Answer, part: Part, entry: Entry) -> Asked:
    return Asked(answer.fact, answer.why, part.name, part.about, (entry.item,), (entry.field,), answer.detail)


def _merged(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Ask for each fact once, with all items that wait for it."""
    made: dict[tuple[str, str, str], Asked] = {}
    for each in asked:
        key = (each.fact, each.why, each.part)
        was = made.get(key)
        if was is None:
            made[key] = each
            continue
        items = tuple(dict.fromkeys((*was.items, *each.items)))
        made[key] = Asked(
            was.fact, was.why, was.part, was.about, items, (*was.fields, *each.fields), was.detail or each.detail
        )
    return tuple(made.values())


def _state(entry: Entry, found: FormField) -> str:
    """Return the state that ticks the box of *entry*; empty where the form has no such box."""
    if entry.state:
        return entry.state if entry.state in found.states else ""
    return found.states[0] if len(found.states) == 1 else ""


def _a(found: FormField) -> str:
    return {"box": "a box to tick", "choice": "a list", "text": "a field for text"}.get(found.kind, f"a {found.kind}")


def refuse_unknown(named: Named, given: str) -> InputError:
    """Return the error for a blank that the definition does not name, with the remedy."""
    editions = ", ".join(each.edition for each in named.definition.editions)
    return InputError(
        f"The blank ({given}) is none of the editions of Form {named.definition.form} that are known here: {editions}.",
        remedy=(
            f"Take the form from {named.definition.source}; if that is what you gave, it is a newer edition: "
            "--edition-unknown with --why fills it all the same where every field is still there, and says so."
        ),
    )
