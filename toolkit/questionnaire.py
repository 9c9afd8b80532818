"""What one person is asked for a case, with what is known filled in. Pure; knows no PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from toolkit.facts import Facts, roles
from toolkit.fill_values import Known
from toolkit.model import Case, Person
from toolkit.questionnaire_facts import fact_of
from toolkit.questionnaire_words import ASKED, REMARKS, Kind, Question, Words, asked
from toolkit.rules import Ask


@dataclass(frozen=True, slots=True)
class Item:
    """One question as it is put: `value` is what is known already (dates ISO 8601, countries as codes)."""

    name: str
    kind: Kind
    text: str
    required: bool
    answers: tuple[tuple[str, str], ...] = ()
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under one heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All that one person is asked."""

    language: str
    words: Words = field(repr=False)
    role: str
    route: str
    about: str
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Return the questions of all sections, in order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Return the kind of each question by its name."""
        return {item.name: item.kind for item in self.items}


def questionnaire(
    case: Case, person: Person, facts: Facts, asks: Mapping[str, Ask], language: str, words: Words
) -> Questionnaire:
    """Return what *person* is asked in *case*, whose route asks for *asks*, in the given words.

    Filled in is what is known for sure and not contradicted; the rest is left to the person.
    """
    role = roles(case)[person]
    known = Known(facts, role)
    made = [
        Section(words.sections[section.name], tuple(_item(each, known, role, words) for each in section.questions))
        for section in asked().sections
        if _holds(section.when, case, person)
    ]
    made.append(Section(words.form["route"], tuple(_of_route(person, known, role, asks, words))))
    remarks = Item(REMARKS, "lines", words.form["remarks"], False)
    made[-1] = Section(made[-1].title, (*made[-1].items, remarks))
    about = words.roles.get(person.role, person.role)
    return Questionnaire(language, words, role, case.route, about, tuple(made))


def _holds(when: str, case: Case, person: Person) -> bool:
    return not when or person.role == when or case.route.startswith(when)


def _of_route(person: Person, known: Known, role: str, asks: Mapping[str, Ask], words: Words) -> Iterator[Item]:
    """Yield what the route asks and the person can answer; what holds for the case is asked of the principal."""
    for key, each in asked().asks.items():
        ask, kind = asks.get(key), each.kind
        if ask is None or each.of not in ("", person.role) or (ask.about == "case" and person.role != "principal"):
            continue
        if kind == "choice" and set(ask.answers) - {"yes", "no"}:
            continue
        answers = ask.answers if kind == "choice" else ()
        yield _item(Question(ASKED + key, kind, answers=answers), known, role, words)


def _item(question: Question, known: Known, role: str, words: Words) -> Item:
    answers = tuple((each, words.answers[each]) for each in question.answers)
    text = words.questions[question.name.removeprefix(ASKED)]
    there = known.ask(fact_of(role, question.name))
    value = there.text if question.prefill and not there.why else ""
    if answers and value not in dict(answers):
        value = ""
    return Item(question.name, question.kind, text, question.required, answers, value)
