"""A stranger's Word file looked at as a template: what is wrong with it and where, and how it looks filled.

Runs in a confined child (`toolkit.confine`): it parses the file. Knows no folder: the definition and the names that a
case can have come from who calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from toolkit import phrasing
from toolkit.errors import DefinitionError
from toolkit.template_definition import ENGLISH_ONLY, GROUPS, TODAY, Template
from toolkit.template_folder import FILE, examined, first_uses
from toolkit.template_specimen import assumed, preview
from toolkit.word_template import Problem, Use, WordTemplate
from toolkit.word_template_tags import nearest

_IDENTITY = ("surname", "given_names", "full_name", "birth_date", "nationality")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a template: the place as a person finds it, what is wrong, and whether it stops the letter."""

    where: str
    what: str
    note: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What lint says of one file. `definition` is what it declares, or would have to; None where it cannot be read.

    `preview` is the file filled with specimens, empty where its tags cannot be read; `missing` is what is yellow in it.
    """

    remarks: tuple[Remark, ...]
    definition: Template | None
    missing: tuple[str, ...] = ()
    preview: bytes = field(default=b"", repr=False)

    @property
    def good(self) -> bool:
        """Whether a letter can be written with it."""
        return all(remark.note for remark in self.remarks)


def lint(docx: bytes, name: str, definition: Template | None, language: str, known: Sequence[str]) -> Report:
    """Return what is wrong with *docx*, held to *definition* where there is one, else to the names *known*.

    Never raises for what is in the file: a file that cannot be read is a remark. One that could do something when it
    is opened has no preview.
    """
    try:
        if definition is not None:
            ready = examined(name, definition, docx)
            word, problems = ready.word, list(ready.problems)
        else:
            word = WordTemplate(docx, name, language if language in phrasing.LANGUAGES else phrasing.LANGUAGES[0])
            problems = word.problems()
            whole = all(problem.note for problem in problems)
            problems += _unknown(word.uses if whole else word.readable, language, known)
    except DefinitionError as mistake:
        return Report(
            (Remark("", str(mistake).removeprefix(f"{name}: ").removeprefix(f"{name}/{FILE}: "), False),), None
        )
    remarks = tuple(Remark(str(each.paragraph or ""), each.what, each.note) for each in problems)
    if word.dangers:
        return Report(remarks, definition)  # whoever opened its preview would open what it hides
    try:
        shape = definition or _without(assumed(word.uses, language), set(_missing(word.uses, known)))
        made = preview(word, shape, shape.language)
    except DefinitionError:
        return Report(remarks, definition)
    return Report(remarks, definition or assumed(word.uses, language), made.missing, made.docx)


def _unknown(uses: tuple[Use, ...], language: str, known: Sequence[str]) -> Iterator[Problem]:
    """What a file without a definition asks for that no case is known to have."""
    for use in first_uses(uses):
        group, _, column = use.variable.partition(".")
        if use.rows and use.rows not in GROUPS:
            there = ", ".join(GROUPS)
            yield Problem(
                f"there are no rows called {use.rows}{nearest(use.rows, list(GROUPS))}; there are {there}",
                use.paragraph,
            )
        elif use.rows and column and column not in GROUPS[group]:
            near = nearest(column, list(GROUPS[group]))
            yield Problem(f"{group} has no column {column}{near}; it has {', '.join(GROUPS[group])}", use.paragraph)
        elif use.variable in ENGLISH_ONLY and not language.startswith("en"):
            yield Problem(f"{use.variable} is known in English only", use.paragraph)
        elif not use.rows and not _is_known(use.variable, known):
            near = nearest(use.variable, known)
            advice = "" if near else ". If it is a detail that your cases state, declare it in template.toml"
            yield Problem(f"{use.variable} is not a name the toolkit knows{near}{advice}", use.paragraph, note=not near)


def _without(shape: Template, names: set[str]) -> Template:
    """Return *shape* without *names*, which a preview then shows as missing."""
    needs, may = ({name: text for name, text in part.items() if name not in names} for part in (shape.needs, shape.may))
    rows = {group: columns for group, columns in shape.rows.items() if group in GROUPS}
    return Template(shape.title, shape.audience, shape.language, needs, may, rows)


def _missing(uses: tuple[Use, ...], known: Sequence[str]) -> Iterator[str]:
    for use in first_uses(uses):
        group, _, column = use.variable.partition(".")
        of_rows = use.rows in GROUPS and (not column or column in GROUPS[group])
        if not (of_rows if use.rows else _is_known(use.variable, known)):
            yield use.variable


def _is_known(name: str, known: Sequence[str]) -> bool:
    return name == TODAY or name in known or name in GROUPS


def vocabulary(templates: Sequence[Template]) -> list[str]:
    """Return the names a case can have: what *templates* ask for, and who people are."""
    people = [f"{role}.{name}" for role in ("principal", "spouse", "partner", "child") for name in _IDENTITY]
    plan = ["case.reference", "case.route", "case.filing", "case.start", "case.end"]
    return sorted({*people, *plan, *(name for each in templates for name in each.declared)})
