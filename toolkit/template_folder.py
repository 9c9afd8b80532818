"""Where templates lie, and each as it is ready to write with: read, compiled and linted once while its files stay.

A template is a folder with a `template.toml` and a `template.docx`: those that come with the toolkit, and those of a
folder of the user's own, which stand before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from toolkit import phrasing, shipped, template_invented
from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError
from toolkit.template_definition import DEFINITION, ENGLISH_ONLY, GROUPS, TODAY, Rows, Template
from toolkit.word_template import Problem, Use, WordTemplate
from toolkit.word_template_tags import nearest

FILE = "template.docx"


@dataclass(frozen=True, slots=True)
class Ready:
    """A template read, parsed and linted; `errors` keep it from being used, the other problems are notes."""

    name: str
    definition: Template
    word: WordTemplate
    problems: tuple[Problem, ...]
    #: Whether it lies in a folder of the user's own.
    own: bool = False

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the problems that keep it from being used."""
        return tuple(problem for problem in self.problems if not problem.note)


def templates(beside: Path | None = None) -> Mapping[str, Template]:
    """Return every template by name, those in the folder *beside* too. Raises DefinitionError for a broken one."""
    return {name: load(place / DEFINITION, Template) for name, place in places(beside).items()}


def places(beside: Path | None = None) -> Mapping[str, Path]:
    """Return the folder of every template by its name, in the order of the names."""
    found = {
        path.parent.name: path.parent
        for root in (shipped.folder("templates"), beside)
        if root is not None
        for path in root.glob(f"*/{DEFINITION}")
    }
    return dict(sorted(found.items()))


def template(name: str, beside: Path | None = None) -> Template:
    """Return the template called *name*. Raises UnknownNameError, listing those there are."""
    return load(_place(name, beside) / DEFINITION, Template)


def _place(name: str, beside: Path | None) -> Path:
    every = places(beside)
    if name not in every:
        raise UnknownNameError(
            f"There is no template called {name}{nearest(name, list(every)) or '.'}",
            remedy=f"There are: {', '.join(every)}.",
        )
    return every[name]


def opened(name: str, beside: Path | None = None) -> Ready:
    """Return the template called *name*, parsed and linted once for as long as its files do not change."""
    place = _place(name, beside)
    try:
        changed = tuple((place / file).stat().st_mtime_ns for file in (DEFINITION, FILE))
    except OSError as mistake:
        raise DefinitionError(f"{place / FILE}: cannot be read: {mistake.strerror}") from mistake
    return _read(place, changed, own=beside is not None and place.parent == beside)


@lru_cache(maxsize=64)
def _read(place: Path, _changed: tuple[int, ...], *, own: bool) -> Ready:
    definition = load(place / DEFINITION, Template)
    return replace(examined(place.name, definition, (place / FILE).read_bytes()), own=own)


def examined(name: str, definition: Template, docx: bytes) -> Ready:
    """Return the template *name* as *definition* and the Word file *docx* make it, linted."""
    if definition.language not in phrasing.LANGUAGES:
        word = WordTemplate(docx, f"{name}/{FILE}", phrasing.LANGUAGES[0])
        problem = Problem(f"the language is not one of {', '.join(phrasing.LANGUAGES)}")
        return Ready(name, definition, word, (problem,))
    word = WordTemplate(docx, f"{name}/{FILE}", definition.language)
    found = word.problems()
    if all(problem.note for problem in found):
        found += _disagreements(definition, word)
        if all(problem.note for problem in found):
            found += _trials(definition, word)
    return Ready(name, definition, word, tuple(found))


def _disagreements(definition: Template, word: WordTemplate) -> Iterator[Problem]:
    """Where template.toml and the Word file do not say the same."""
    declared = definition.declared
    used = {use.variable for use in word.uses if not use.rows}
    for use in first_uses(word.uses):
        if not use.rows and use.variable in definition.rows:
            if any(each.printed and each.variable == use.variable for each in word.uses):
                yield Problem(f"{use.variable} are rows: loop over them with for", use.paragraph)
        elif not use.rows and use.variable != TODAY and use.variable not in declared:
            near = nearest(use.variable, list(declared))
            yield Problem(f"{use.variable} is used but not declared in {DEFINITION}{near}", use.paragraph)
    for name in declared:
        if name not in used:
            yield Problem(f"{DEFINITION} declares {name}, which the Word file does not use")
        if any(other.startswith(f"{name}.") for other in declared) or name in definition.rows:
            yield Problem(f"{name} is declared both as a value and as a group of values")
        if name in definition.needs and name in definition.may:
            yield Problem(f"{name} is declared twice, under needs and under may")
    for use in word.uses:
        if use.variable in definition.may and use.printed and not use.guarded:
            yield Problem(
                f"{use.variable} may be missing: put an if around it, or declare it under needs", use.paragraph
            )
    yield from _of_rows(definition, word)


def _of_rows(definition: Template, word: WordTemplate) -> Iterator[Problem]:
    for name, columns in definition.rows.items():
        if name not in GROUPS:
            there = ", ".join(GROUPS)
            yield Problem(
                f"{DEFINITION}: there are no rows called {name}{nearest(name, list(GROUPS))}; there are {there}"
            )
        for column in columns:
            if column not in GROUPS.get(name, {column: ""}):
                near = nearest(column, list(GROUPS[name]))
                there = ", ".join(GROUPS[name])
                yield Problem(f"{DEFINITION}: {name} has no column {column}{near}; it has {there}")
            elif not any(use.variable == f"{name}.{column}" for use in word.uses):
                yield Problem(f"{DEFINITION} declares the column {name}.{column}, which the Word file does not use")
    for use in first_uses(word.uses):
        group, _, column = use.variable.partition(".")
        if use.rows and use.rows not in definition.rows:
            near = nearest(use.rows, list(definition.rows) or list(GROUPS))
            yield Problem(
                f"{use.rows} is looped over but not declared under [rows] in {DEFINITION}{near}", use.paragraph
            )
        elif use.rows and column and column not in definition.rows[group]:
            near = nearest(column, definition.rows[group])
            yield Problem(f"{use.variable} is used but not declared under [rows] in {DEFINITION}{near}", use.paragraph)
        if use.variable in ENGLISH_ONLY and not definition.language.startswith("en"):
            yield Problem(f"{use.variable} is known in English only", use.paragraph)


def _trials(definition: Template, word: WordTemplate) -> Iterator[Problem]:
    """Write the letter with all there can be and with the least, and see that it is a Word file each time."""
    values = template_invented.values(definition, word.uses) | {TODAY: "2026-11-23"}
    least = {name: "" if name in definition.may else value for name, value in values.items()}
    bare: Rows = {name: () for name in definition.rows}
    for all_, rows in ((values, template_invented.rows(definition)), (least, bare)):
        if why := word.trial(all_, rows):
            mistake = "An if or a loop has to open and close in the same place: the same paragraph, or whole paragraphs"
            advice = f". {mistake} ({{%p), or whole rows ({{%tr) of one table" if "damaged" in why else ""
            yield Problem(f"filled with specimens it would be no letter: {why}{advice}")
            return


def first_uses(uses: tuple[Use, ...]) -> list[Use]:
    """Return the first use of every variable, in reading order."""
    first: dict[str, Use] = {}
    for use in uses:
        first.setdefault(use.variable, use)
    return list(first.values())
