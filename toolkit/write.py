"""Letters and summaries from Word templates: every value a known fact, nothing unsure, nothing blank.

A template is a folder under `templates/` with a `template.toml` and a `template.docx`. It declares the facts it needs,
and gets those and no others, as text. Knows facts; knows nothing of vaults, catalogues or LibreOffice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import msgspec

from toolkit import phrasing, shipped
from toolkit.definitions import folders
from toolkit.errors import DefinitionError, IncompleteError, UnknownNameError
from toolkit.facts import Facts, Plain
from toolkit.model import Fact, Field
from toolkit.word_template import Problem, Use, WordTemplate

Tree: TypeAlias = "dict[str, str | Tree]"

_DEFINITION = "template.toml"
_FILE = "template.docx"
#: The one variable every template has without declaring it: the day the letter is written.
_TODAY = "today"
_SUPPLY = (
    'State it as a detail of the case, `"name" = "value"` under [details] of a file for `mobility case add`, or take '
    "in a document that says it; what is unsure is stated in the same way."
)


class Template(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of `template.toml`. `needs` and `may` name facts, each with a label a person understands.

    A letter is never written without all that it `needs`; what it `may` have is left out, with the words around it,
    when there is none.
    """

    title: str
    audience: str
    language: str
    needs: dict[str, str]
    may: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter: the template's name and title, and the Word file."""

    name: str
    title: str
    docx: bytes = field(repr=False)


def templates() -> Mapping[str, Template]:
    """Return every template by name. Raises DefinitionError for a broken template.toml."""
    return folders(shipped.folder("templates"), _DEFINITION, Template)


def template(name: str) -> Template:
    """Return the template called *name*. Raises UnknownNameError, listing those there are."""
    every = templates()
    if name not in every:
        raise UnknownNameError(f"There is no template called {name}.", remedy=f"There are: {', '.join(every)}.")
    return every[name]


def write(name: str, facts: Facts, *, today: date, allow_unsure: bool = False) -> Letter:
    """Write the letter *name* from *facts* (by dotted name), dated *today*.

    Raises IncompleteError naming template, paragraph and fact, for all of them at once, when a needed fact is missing
    or empty, or (unless *allow_unsure*) is unsure or contradicted by another document, and when a value is none its
    filter can write. Raises DefinitionError for a template that does not pass `lint`.
    """
    ready = _opened(name)
    definition, word = ready.definition, ready.word
    if ready.problems:
        raise DefinitionError("\n".join(f"{word.origin}: {problem}" for problem in ready.problems))
    given = _given(definition, facts)
    stops = [*_missing(definition, word, given)]
    if not allow_unsure:
        stops += _doubtful(definition, word, given)
    if stops:
        raise IncompleteError("\n- ".join([f"{definition.title} cannot be written:", *stops]) + "\n", remedy=_SUPPLY)
    shown = facts.plain()
    values = {each: _shown(shown, each) if each in given else "" for each in _declared(definition)}
    values[_TODAY] = today.isoformat()
    _check_values(word, values, definition.language)
    return Letter(name, definition.title, word.render(_nested(values)))


def lint(name: str) -> list[Problem]:
    """Return what is wrong with a template, each with its paragraph; an empty list when it can be used."""
    return list(_opened(name).problems)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A template read, parsed and linted."""

    definition: Template
    word: WordTemplate
    problems: tuple[Problem, ...]


def _opened(name: str) -> _Ready:
    """Return the template, parsed and linted once for as long as its files do not change."""
    if Path(name).name != name:
        template(name)
    place = shipped.folder("templates") / name
    try:
        changed = tuple((place / file).stat().st_mtime_ns for file in (_DEFINITION, _FILE))
    except OSError as mistake:
        template(name)
        raise DefinitionError(f"{place / _FILE}: cannot be read: {mistake.strerror}") from mistake
    return _read(place, changed)


@lru_cache(maxsize=32)
def _read(place: Path, _changed: tuple[int, ...]) -> _Ready:
    definition = template(place.name)
    word = WordTemplate((place / _FILE).read_bytes(), f"{place.name}/{_FILE}", definition.language)
    return _Ready(definition, word, tuple(_problems(definition, word)))


def _problems(definition: Template, word: WordTemplate) -> list[Problem]:
    if definition.language not in phrasing.LANGUAGES:
        return [Problem(f"the language is not one of {', '.join(phrasing.LANGUAGES)}")]
    return word.problems() or [*_disagreements(definition, word)]


def _disagreements(definition: Template, word: WordTemplate) -> Iterator[Problem]:
    """Where template.toml and the Word file do not say the same."""
    declared = _declared(definition)
    used = {use.variable for use in word.uses}
    for use in _first_uses(word.uses):
        if use.variable != _TODAY and use.variable not in declared:
            yield Problem(f"{use.variable} is used but not declared in template.toml", use.paragraph)
    for name in declared:
        if name not in used:
            yield Problem(f"template.toml declares {name}, which the Word file does not use")
        if any(other.startswith(f"{name}.") for other in declared):
            yield Problem(f"{name} is declared both as a value and as a group of values")
        if name in definition.needs and name in definition.may:
            yield Problem(f"{name} is declared twice, under needs and under may")
    for use in word.uses:
        if use.filter == "country" and not definition.language.startswith("en"):
            yield Problem("country names are known in English only: write the name as a fact of its own", use.paragraph)
        if use.variable in definition.may and use.printed and not use.guarded:
            yield Problem(
                f"{use.variable} may be missing: put an if around it, or declare it under needs", use.paragraph
            )


def _missing(definition: Template, word: WordTemplate, given: Mapping[str, Fact]) -> Iterator[str]:
    for use in _first_uses(word.uses):
        label = definition.needs.get(use.variable)
        if label is not None and use.variable not in given:
            yield f"{use.variable} ({label}) is missing, needed in {use.paragraph}"


def _doubtful(definition: Template, word: WordTemplate, given: Mapping[str, Fact]) -> Iterator[str]:
    for use in _first_uses(word.uses):
        fact = given.get(use.variable)
        if fact is None:
            continue
        label = _declared(definition)[use.variable]
        if not fact.field.sure:
            yield f"{use.variable} ({label}) was read but is unsure, needed in {use.paragraph}"
        elif not fact.settled:
            yield f"{use.variable} ({label}) differs between documents, needed in {use.paragraph}"


def _check_values(word: WordTemplate, values: Mapping[str, str], language: str) -> None:
    for use in word.uses:
        value = values[use.variable]
        if not value or not use.filter:
            continue
        try:
            if use.filter == "long_date":
                phrasing.long_date(value, language)
            elif use.filter == "money":
                phrasing.money(value, "XXX", language)
        except ValueError as mistake:
            what = "a date (YYYY-MM-DD)" if use.filter == "long_date" else "an amount (1234.50)"
            message = f"{word.origin}: {use.paragraph}: {use.variable} does not hold {what}"
            raise IncompleteError(message, remedy=_SUPPLY) from mistake


def _given(definition: Template, facts: Facts) -> dict[str, Fact]:
    """The declared facts that have a value; an amount's currency stands in for a missing `<amount>_currency`."""
    given: dict[str, Fact] = {}
    for name in _declared(definition):
        fact = facts.get(name)
        if fact is None and name.endswith("_currency"):
            amount = facts.get(name.removesuffix("_currency"))
            if amount is not None and amount.field.currency:
                fact = _currency(name, amount.field)
        if fact is not None and _text(fact.field.value).strip():
            given[name] = fact
    return given


def _currency(name: str, amount: Field) -> Fact:
    """The currency of an amount, as sure as the amount is."""
    return Fact(name, Field(name, amount.currency or "", amount.confidence, amount.source, amount.proof))


def _declared(definition: Template) -> dict[str, str]:
    return {**definition.needs, **definition.may}


def _first_uses(uses: tuple[Use, ...]) -> list[Use]:
    first: dict[str, Use] = {}
    for use in uses:
        first.setdefault(use.variable, use)
    return list(first.values())


def _shown(tree: Plain, name: str) -> str:
    """Return the value of a fact as letters show it; of spellings that agree, the one in upper and lower case."""
    place: Plain | str | list[str] | list[dict[str, str]] = tree
    for step in name.split("."):
        place = place[step] if isinstance(place, dict) else ""
    if isinstance(place, dict):
        return ""
    return _text(place)


def _text(value: str | Sequence[str | Mapping[str, str]]) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(each if isinstance(each, str) else " ".join(each.values()) for each in value)


def _nested(values: Mapping[str, str]) -> Tree:
    tree: Tree = {}
    for name, value in values.items():
        *path, last = name.split(".")
        place = tree
        for step in path:
            below = place.setdefault(step, {})
            if isinstance(below, str):  # `_disagreements` has refused such a template
                raise DefinitionError(f"{name}: declared both as a value and as a group of values")
            place = below
        place[last] = value
    return tree
