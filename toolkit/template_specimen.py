"""A template shown filled: with invented values in its language, and with what it lacks marked in yellow."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from markupsafe import Markup

from toolkit import template_invented
from toolkit.errors import DefinitionError
from toolkit.template_definition import GROUPS, TODAY, Template
from toolkit.template_folder import Ready, opened
from toolkit.word_template import Use, WordTemplate
from toolkit.word_template_file import TEXT_PARTS, WORD
from toolkit.write import Letter

#: The day specimens are written on.
DAY = "2026-11-23"
#: What is missing stands between these, which no value can hold: `phrasing.printable` takes unassigned signs away.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Preview:
    """A template filled with specimens, and the variables in it that nothing declares, marked yellow."""

    docx: bytes = field(repr=False)
    missing: tuple[str, ...]


def specimen_values(template: Template, uses: Sequence[Use] = ()) -> dict[str, str]:
    """Return an invented value, in its language, for every fact that *template* needs or may have.

    With *uses* (of its Word file) each is one that its filter can write; without, names decide.
    """
    return template_invented.values(template, uses)


def specimen_rows(template: Template) -> dict[str, tuple[Mapping[str, str], ...]]:
    """Return invented rows, with every column, for every group of rows that *template* declares."""
    return template_invented.rows(template)


def specimen_letter(name: str, beside: Path | None = None, *, least: bool = False) -> Letter:
    """Return the letter *name* filled with specimens; with *least* without all that may be missing.

    Raises DefinitionError for a template that does not pass lint.
    """
    ready = opened(name, beside)
    _refuse(ready)
    values = specimen_values(ready.definition, ready.word.uses)
    if least:
        values |= dict.fromkeys(ready.definition.may, "")
    rows = specimen_rows(ready.definition)
    if least:
        needed = {use.rows for use in ready.word.uses if use.rows == use.variable and not (use.guarded or use.printed)}
        rows = {group: each if group in needed else () for group, each in rows.items()}
    docx = ready.word.render(values | {TODAY: DAY}, rows)
    return Letter(name, ready.definition.title, docx)


def _refuse(ready: Ready) -> None:
    if ready.errors:
        raise DefinitionError("\n".join(f"{ready.word.origin}: {problem}" for problem in ready.errors))


def preview(word: WordTemplate, definition: Template | None, language: str) -> Preview:
    """Return *word* filled with specimens for what *definition* declares; everything else it names is marked yellow.

    Without a definition every name that a case can have is filled. Raises DefinitionError where its tags cannot be
    read.
    """
    uses = word.uses
    shape = definition or assumed(uses, language)
    values = specimen_values(shape, uses) | {TODAY: DAY}
    rows = {name: template_invented.invented_rows(name, language) for name in shape.rows if name in GROUPS}
    missing = [*dict.fromkeys(_absent(uses, values, rows, shape))]
    values |= {name: _gap(name) for name in missing if name.partition(".")[0] not in rows}
    rows = {group: tuple(_with_missing(group, row, missing) for row in each) for group, each in rows.items()}
    return Preview(_marked(word.render(_without_clashes(values), rows)), tuple(missing))


def assumed(uses: Sequence[Use], language: str) -> Template:
    """Return the definition a Word file without one asks for: what is printed under an `if` may be missing."""
    rows: dict[str, list[str]] = {}
    for use in uses:
        if use.rows:
            column = use.variable.partition(".")[2]
            rows.setdefault(use.rows, []).extend([column] if column else [])
    names = [use.variable for use in uses if not use.rows and use.variable not in rows and use.variable != TODAY]
    bare = {use.variable for use in uses if use.printed and not use.guarded}
    needs = {name: name for name in names if name in bare}
    may = {name: name for name in names if name not in bare}
    return Template("", "", language, needs, may, {name: tuple(dict.fromkeys(each)) for name, each in rows.items()})


def _absent(
    uses: Sequence[Use], values: Mapping[str, str], rows: Mapping[str, object], shape: Template
) -> Iterator[str]:
    for use in uses:
        if not use.rows:
            if use.variable not in values and use.variable not in rows:
                yield use.variable
        elif use.rows not in rows:
            yield use.rows
        elif (column := use.variable.partition(".")[2]) and not (
            column in shape.rows[use.rows] and column in GROUPS[use.rows]
        ):
            yield use.variable


def _with_missing(group: str, row: Mapping[str, str], missing: Sequence[str]) -> Mapping[str, str]:
    gone = [name.partition(".")[2] for name in missing if name.startswith(f"{group}.")]
    return {**row, **{column: _gap(f"{group}.{column}") for column in gone}}


def _gap(name: str) -> Markup:
    """Return what stands for a value that is missing; no filter touches it."""
    # The signs hold no markup, and the name between them is escaped by the sum.
    return Markup(_OPEN) + name + Markup(_CLOSE)  # noqa: S704


def _without_clashes(values: Mapping[str, str]) -> dict[str, str]:
    """Leave out a value whose name is also that of a group of values: lint names it."""
    return {name: value for name, value in values.items() if not any(other.startswith(f"{name}.") for other in values)}


def _marked(docx: bytes) -> bytes:
    """Return the letter with what stands between the signs of the missing in yellow, and the signs gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if TEXT_PARTS.fullmatch(info.filename) and _OPEN.encode() in content:
                tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
                for text in [each for each in tree.iter(f"{WORD}t") if _OPEN in (each.text or "")]:
                    _mark(text)
                content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(info, content)
    return out.getvalue()


def _mark(text: etree._Element) -> None:
    """Split the run of *text* at the signs; what stood between them gets a yellow ground."""
    run = text.getparent()
    if run is None or run.tag != f"{WORD}r":
        return
    for piece in _pieces(text.text or ""):
        marked = piece.startswith(_OPEN)
        made = etree.Element(f"{WORD}r")
        style = run.find(f"{WORD}rPr")
        style = etree.Element(f"{WORD}rPr") if style is None else deepcopy(style)
        if marked:
            for old in style.findall(f"{WORD}highlight"):
                style.remove(old)
            etree.SubElement(style, f"{WORD}highlight").set(f"{WORD}val", "yellow")
        made.append(style)
        words = etree.SubElement(made, f"{WORD}t")
        words.set(_SPACE, "preserve")
        words.text = piece.strip(_OPEN + _CLOSE)
        run.addprevious(made)
    run.remove(text)


def _pieces(text: str) -> Iterator[str]:
    rest = text
    while rest:
        before, opened_, after = rest.partition(_OPEN)
        if before:
            yield before
        name, _, rest = after.partition(_CLOSE)
        if opened_:
            yield f"{_OPEN}{name}{_CLOSE}"
