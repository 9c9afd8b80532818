"""Letters and summaries from Word templates: every value a known fact, nothing unsure, nothing blank.

A template declares the facts and rows it needs, and gets those and no others, as text (`toolkit.template_folder`).
Knows facts; knows nothing of vaults, catalogues, policies or LibreOffice: rows come as text from who calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from toolkit.errors import DefinitionError, IncompleteError
from toolkit.facts import Facts, Plain
from toolkit.model import Fact, Field
from toolkit.template_definition import TODAY, Rows, Template
from toolkit.template_folder import Ready, first_uses, opened, template, templates
from toolkit.word_template import FILTERS, Problem, Use, WordTemplate

__all__ = ["Letter", "Template", "lint", "template", "templates", "unsure", "write"]

_SUPPLY = (
    'State it as a detail of the case, `"name" = "value"` under [details] of a file for `mobility case add`, or take '
    "in a document that says it; what is unsure is stated in the same way."
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter: the template's name and title, and the Word file."""

    name: str
    title: str
    docx: bytes = field(repr=False)


def write(
    name: str,
    facts: Facts,
    *,
    today: date,
    allow_unsure: bool = False,
    rows: Rows | None = None,
    doubts: Mapping[str, str] | None = None,
    stops: Sequence[str] = (),
    dress: Callable[[bytes], bytes] | None = None,
    beside: Path | None = None,
) -> Letter:
    """Write the letter *name* from *facts* (by dotted name) and *rows* (by the name of their group), dated *today*.

    *doubts* says of a column of rows (`family.birth_date`) why it is not sure; *stops* what keeps the letter from being
    written whatever is allowed; *dress* puts the house style on the Word file; *beside* is a folder of further
    templates. Raises IncompleteError naming template, paragraph and fact, for all
    of them at once, when a needed fact or all rows of a loop without an `if` are missing, or (unless *allow_unsure*)
    something is unsure or contradicted by another document, and when a value is none its filter can write. Raises
    DefinitionError for a template that does not pass `lint`.
    """
    ready = opened(name, beside)
    if ready.errors:
        raise DefinitionError("\n".join(f"{ready.word.origin}: {problem}" for problem in ready.errors))
    given = _given(ready.definition, facts)
    mine = _rows(ready, rows)
    why = [*stops, *_missing(ready, given, mine)]
    if not allow_unsure:
        why += unsure(ready, facts, mine, doubts)
    if why:
        title = ready.definition.title
        raise IncompleteError("\n- ".join([f"{title} cannot be written:", *why]) + "\n", remedy=_SUPPLY)
    shown = facts.plain()
    values = {each: _shown(shown, each) if each in given else "" for each in ready.definition.declared}
    values[TODAY] = today.isoformat()
    _check_values(ready.word, values, mine)
    docx = ready.word.render(values, mine)
    return Letter(name, ready.definition.title, docx if dress is None else dress(docx))


def unsure(ready: Ready, facts: Facts, rows: Rows | None = None, doubts: Mapping[str, str] | None = None) -> list[str]:
    """Return what `write` would print of *ready* that is unsure or contradicted, each with the paragraph that needs it.

    *rows* and *doubts* are those of `write`.
    """
    mine = _rows(ready, rows)
    return [*_doubtful(ready, _given(ready.definition, facts)), *_doubtful_rows(ready, mine, doubts or {})]


def lint(name: str, beside: Path | None = None) -> list[Problem]:
    """Return what is wrong with a template, each with its paragraph; none but notes when it can be used."""
    return list(opened(name, beside).problems)


def _rows(ready: Ready, rows: Rows | None) -> Rows:
    return {group: tuple((rows or {}).get(group, ())) for group in ready.definition.rows}


def _missing(ready: Ready, given: Mapping[str, Fact], rows: Rows) -> Iterator[str]:
    for use in first_uses(ready.word.uses):
        label = ready.definition.needs.get(use.variable)
        if label is not None and not use.rows and use.variable not in given:
            yield f"{use.variable} ({label}) is missing, needed in {use.paragraph}"
    for use in ready.word.uses:
        if use.rows and use.variable == use.rows and not (use.printed or use.guarded or rows[use.rows]):
            yield f"{use.rows}: the case has none, and a row is needed in {use.paragraph}"


def _doubtful(ready: Ready, given: Mapping[str, Fact]) -> Iterator[str]:
    for use in first_uses(ready.word.uses):
        fact = None if use.rows else given.get(use.variable)
        if fact is None:
            continue
        label = ready.definition.declared[use.variable]
        if not fact.field.sure:
            yield f"{use.variable} ({label}) was read but is unsure, needed in {use.paragraph}"
        elif not fact.settled:
            yield f"{use.variable} ({label}) differs between documents, needed in {use.paragraph}"


def _doubtful_rows(ready: Ready, rows: Rows, doubts: Mapping[str, str]) -> Iterator[str]:
    for use in first_uses(ready.word.uses):
        if use.rows and rows[use.rows] and use.variable in doubts:
            yield f"{use.variable} {doubts[use.variable]}, needed in {use.paragraph}"


def _check_values(word: WordTemplate, values: Mapping[str, str], rows: Rows) -> None:
    """Raise IncompleteError for a value that its filter cannot write, naming no value."""
    for use in word.uses:
        if not use.filter:
            continue
        group, _, column = use.variable.partition(".")
        # A loop's own number is a number.
        found = rows[group] if use.rows and column else ({column: values[use.variable]},) if not use.rows else ()
        for row in found:
            _check_value(word, use, row[column], row, values)


def _check_value(word: WordTemplate, use: Use, value: str, row: Mapping[str, str], values: Mapping[str, str]) -> None:
    if not value:
        return
    argument = row.get(use.argument.rpartition(".")[2], "") if use.rows else values.get(use.argument, "")
    try:
        word.filters[use.filter](value, *([argument or "XXX"] if use.filter == "money" else []))
    except ValueError as mistake:
        message = f"{word.origin}: {use.paragraph}: {use.variable} does not hold {FILTERS[use.filter]}"
        raise IncompleteError(message, remedy=_SUPPLY) from mistake


def _given(definition: Template, facts: Facts) -> dict[str, Fact]:
    """The declared facts that have a value; an amount's currency stands in for a missing `<amount>_currency`."""
    given: dict[str, Fact] = {}
    for name in definition.declared:
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
