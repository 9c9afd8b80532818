"""The one message that asks somebody for papers: what to send, why, what it has to be like, and by when. Pure.

Said to one person about that person's own papers. Of the papers of others in the family it says only which are needed
and what they have to be like, never what stands in them; to an employer or counsel it says no value that was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from toolkit import phrasing
from toolkit.asking_words import FALLBACK, Wording, wording
from toolkit.checklist import Purpose
from toolkit.facts import roles
from toolkit.model import Case, Person
from toolkit.owed import Item
from toolkit.owed_papers import Wanted, known_kinds
from toolkit.owed_reasons import Cause, Reason

To: TypeAlias = Literal["employee", "employer", "counsel"]
_PROVIDERS: Mapping[To, tuple[str, ...]] = {
    "employee": ("employee", "dependant"),
    "employer": ("employer",),
    "counsel": ("counsel",),
}
#: Values that were read from a paper, which only its owner is told.
_READ = ("found",)
_MOST_NOUNS = 3
#: Words of a name that tell no paper apart from another.
_SMALL = frozenset({"a", "an", "the", "of", "and", "or", "it", "copy", "copie", "complete", "proof", "photograph"})
#: Levels of what need not be sent now.
_NOT_NOW = ("later", "recommended")


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as a JPEG of *width* by *height* pixels; *framed*: the place in question has a red frame."""

    jpeg: bytes = field(repr=False)
    page: int
    width: int
    height: int
    framed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to send. Every text is worded in the language of the message but `english`."""

    title: str
    english: tuple[str, ...]
    shows: str
    reasons: tuple[str, ...]
    musts: tuple[str, ...]
    due: str
    begin: str
    place: str
    picture: Picture | None
    item: Item

    def __repr__(self) -> str:
        return f"<Entry {len(self.reasons)} reasons>"


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading: the reader's own, those of somebody of the family, what is needed later."""

    heading: str
    entries: tuple[Entry, ...]

    def __repr__(self) -> str:
        return f"<Section {len(self.entries)} entries>"


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to one reader. `sections` is empty where nothing is owed."""

    words: Wording = field(repr=False)
    subject: str
    greeting: str = field(repr=False)
    intro: tuple[str, ...] = field(repr=False)
    sections: tuple[Section, ...]
    how: tuple[str, ...]
    closing: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries of all sections, in order."""
        return tuple(entry for section in self.sections for entry in section.entries)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the message is for: *to*, about *person*; an employee's message speaks of the family as well.

    *purpose* is that of the case's route: a check of the right to work is no move.
    """

    to: To
    person: Person
    purpose: Purpose = "permission"

    @property
    def about(self) -> str:
        """Return the end of the names of sentences that say what the papers are for."""
        return "_work" if self.purpose == "right_to_work" else ""

    def owes(self, item: Item) -> bool:
        """Whether *item* stands in the message to this reader."""
        family = self.to != "employee" or self.person.role == "principal" or item.person == self.person.id
        return item.by in _PROVIDERS[self.to] and family

    def owns(self, item: Item) -> bool:
        """Whether *item* is a paper of the reader, who may see what stands in it."""
        return self.to == "employee" and item.person == self.person.id


Draw: TypeAlias = Callable[[Item], Picture | None]


def ask(
    case: Case,
    items: Sequence[Item],
    reader: Reader,
    words: Wording,
    *,
    today: date,
    place: str = "",
    unopened: int = 0,
    draw: Draw = lambda _: None,
) -> Message:
    """Return the message to *reader* for what of *items* is the reader's, worded by *words*.

    *draw* returns the picture of what was wrong with an item; it is asked for the reader's own papers alone. *place*
    says where to send it, *unopened* how many files came that nobody could open. *today* tells what is overdue.
    """
    # The reader's own papers come first; in each section the items keep their order by date.
    mine = sorted((item for item in items if reader.owes(item)), key=lambda item: not reader.owns(item))
    sections: dict[str, list[Entry]] = {}
    for late in (False, True):
        for item in mine:
            if (item.level in _NOT_NOW) is late:
                made = _entry(item, reader, words, today, draw)
                sections.setdefault(_heading(item, case, reader, words), []).append(made)
    dues = [item.due for item in mine if item.due is not None and item.level not in _NOT_NOW]
    return Message(
        words,
        _subject(reader, min(dues, default=None), words, today),
        _greeting(reader, words),
        (_intro(reader, words), *([words.say("unopened", count=str(unopened))] if unopened else [])),
        tuple(Section(heading, tuple(entries)) for heading, entries in sections.items()),
        (
            words.say("how_place", place=phrasing.printable(place)) if place else words.say("how_usual"),
            *(words.say(name) for name in ("how_format", "how_whole", "how_plain")),
        ),
        (
            words.say("help"),
            words.say("advice" if reader.to == "employee" else "advice_case"),
            *([words.say("reference", reference=case.reference)] if not _names_somebody(case) else []),
            words.say("closing"),
        ),
    )


def _names_somebody(case: Case) -> bool:
    return names_somebody(case.reference, case)


def names_somebody(text: str, case: Case) -> bool:
    """Whether *text* bears a name of one of the people of the case, which belongs in no file name and no subject."""
    small = text.casefold()
    names = [part for p in case.people for part in f"{p.surname} {p.given_names}".casefold().split() if len(part) > 2]
    return any(name in small for name in names)


def _subject(reader: Reader, due: date | None, words: Wording, today: date) -> str:
    name = ("subject" if reader.to == "employee" else "subject_case") + reader.about
    return words.say(f"{name}_by", date=words.day(due)) if due is not None and due >= today else words.say(name)


def _greeting(reader: Reader, words: Wording) -> str:
    name = f"{reader.person.given_names} {reader.person.surname}".strip()
    if reader.to != "employee" or reader.person.role == "child" or not name:
        return words.say("greeting_plain")
    return words.say("greeting", name=phrasing.printable(name))


def _intro(reader: Reader, words: Wording) -> str:
    if reader.to == "employee" and reader.person.role == "child":
        return words.say("intro_child", name=phrasing.printable(reader.person.given_names))
    return words.say(f"intro_{reader.to}" + (reader.about if reader.to != "counsel" else ""))


def _heading(item: Item, case: Case, reader: Reader, words: Wording) -> str:
    whose = _whose(item, case, reader, words)
    if item.level in _NOT_NOW:
        about = "" if reader.owns(item) else f" ({whose})"
        return words.say(item.level) + about
    return whose


def _whose(item: Item, case: Case, reader: Reader, words: Wording) -> str:
    person = case.person(item.person) or reader.person
    if reader.owns(item):
        return words.say("own")
    if person.role == "principal" or reader.to != "employee":
        return words.say("of_principal" if person.role == "principal" else f"case_{person.role}")
    children = [each for each in case.people if each.role == "child"]
    if person.role == "child" and len(children) > 1:
        return words.say("of_child_number", number=str(children.index(person) + 1))
    return words.say(f"of_{person.role}")


def _entry(item: Item, reader: Reader, words: Wording, today: date, draw: Draw) -> Entry:
    own = reader.owns(item)
    picture = draw(item) if own else None
    wanted = item.wanted
    called = words.called(known_kinds(wanted), wanted.have)[:_MOST_NOUNS]
    title = f" {words.say('or')} ".join(dict.fromkeys(each.noun for each in called)) or words.say("paper")
    specific = [wanted.english] if _says_more(wanted, words) else []
    shows, english = [each.shows for each in called[:1]], [*specific, *([] if called else item.send)]
    if words.tag.startswith(FALLBACK):
        title = f"{specific[0][:1].upper()}{specific[0][1:]}" if specific else title
        # Where what to send is only the name again, what a copy has to show says more.
        said = [each for each in item.send if each.rstrip(".").casefold() != title.casefold()]
        shows, english = said or shows, []
    return Entry(
        phrasing.printable(title),
        tuple(dict.fromkeys(phrasing.printable(text) for text in english)),
        phrasing.printable(" ".join(dict.fromkeys(shows))),
        _why(item, own, reader, words),
        tuple(must for must in (words.asked(each.name, each.values) for each in item.musts) if must),
        _due(item, words, today),
        _begin(item, words, today),
        _place(item, reader, picture, words),
        picture,
        item,
    )


def _says_more(wanted: Wanted, words: Wording) -> bool:
    """Whether the checklist's name tells the paper apart from others that are called the same in the message."""
    kinds = known_kinds(wanted)
    if not wanted.english or (not kinds and wanted.have in words.papers):
        return False
    if wanted.have or not kinds:
        return True
    nouns = " ".join(noun.noun for noun in wording(FALLBACK).called(kinds, ""))
    return not _telling(wanted.english) <= _telling(nouns)


def _telling(text: str) -> frozenset[str]:
    """Return the words of an English name that tell what it is, in the singular."""
    return frozenset(word.rstrip("s") for word in re.findall(r"\w+", text.casefold())) - _SMALL


def _why(item: Item, own: bool, reader: Reader, words: Wording) -> tuple[str, ...]:
    if not own and reader.to == "employee":
        missing = all(reason.cause is Cause.MISSING for reason in item.reasons)
        return (_because(item.reasons[0], own, words) if missing else words.say("other_person"),)
    return tuple(dict.fromkeys(_because(reason, own, words) for reason in item.reasons))


def _because(reason: Reason, own: bool, words: Wording) -> str:
    told = {name: value for name, value in reason.values.items() if own or name not in _READ}
    return words.because(reason.rule, reason.cause.value, told)


def _due(item: Item, words: Wording, today: date) -> str:
    if item.due is None:
        return words.say("undated")
    return words.say("due" if item.due >= today else "overdue", date=words.day(item.due))


def _begin(item: Item, words: Wording, today: date) -> str:
    if item.begin is None:
        return ""
    return words.say("begin", date=words.day(item.begin)) if item.begin > today else words.say("begin_now")


def _place(item: Item, reader: Reader, picture: Picture | None, words: Wording) -> str:
    """Return what stands under the picture, or instead of it where there is none but the page is known."""
    if picture is not None:
        return words.say("picture" if picture.framed else "picture_whole", page=str(picture.page))
    if reader.to == "employee" and not reader.owns(item):
        return ""
    failed = (each for reason in item.reasons if reason.cause is not Cause.MISSING for each in reason.evidence)
    page = next((each.source.page for each in failed if each.source.document and each.source.page), None)
    return words.say("no_picture", page=str(page)) if page is not None else ""


def role_of(case: Case, role: str) -> Person | None:
    """Return the person of the case who is called *role* (principal, spouse, child, child2), or None."""
    return next((person for person, called in roles(case).items() if called == role), None)
