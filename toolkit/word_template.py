"""A Word file with Jinja tags: what it asks for and where, what is wrong with it, and the letter it makes of values.

Knows Word files and Jinja; knows no facts and no folder. A template is treated as code from outside: it runs in a
sandbox, and its language is closed (`toolkit.word_template_tags`). It is parsed and compiled once; a letter is the
parts with tags rendered anew, added to the others, which stay packed as they are.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from toolkit import phrasing
from toolkit.errors import DefinitionError
from toolkit.word_template_file import BRACE, Paragraph, Problem, dangers, members, paragraphs, parsed, text_parts
from toolkit.word_template_tags import Use, broken, foreign, loose, named, split_tags, uses

__all__ = ["FILTERS", "Paragraph", "Problem", "Use", "WordTemplate"]

#: Letters are made by the thousand: a little larger, in half the time.
_EFFORT = 3
#: A fixed time stamp makes the same letter the same bytes.
_STAMP = (2020, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: A letter with more rows than this of one kind is no letter.
MOST_ROWS = 500
#: Nor is one of more signs in a part: a loop over a page of text would take the memory of the machine.
MOST_TEXT = 16 << 20
#: The filters a template may use, and what their value has to be, in the words of a message.
FILTERS: Mapping[str, str] = {
    "long_date": "a date (YYYY-MM-DD)",
    "short_date": "a date (YYYY-MM-DD)",
    "month": "a date (YYYY-MM-DD)",
    "money": "an amount (1234.50) with a currency (EUR)",
    "number": "a number (1234.50)",
    "country": "a country that has a name in this language",
    "language": "a code of a language (de)",
    "upper": "text",
}


class WordTemplate:
    """One Word template, parsed and compiled once and rendered many times."""

    def __init__(self, data: bytes, origin: str, language: str) -> None:
        """Take a .docx that messages call *origin*. Raises DefinitionError when it is no Word file."""
        self.origin = origin
        #: SHA-256 of the file: what it was when a letter was made of it.
        self.digest = hashlib.sha256(data).hexdigest()
        self._members = members(data, origin)
        self._trees = {name: parsed(name, self._members[name], origin) for name in text_parts(self._members)}
        self.paragraphs: tuple[Paragraph, ...] = tuple(paragraphs(self._trees))
        self.filters = filters(language)
        self._environment = _environment(self.filters)

    def render(self, values: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None) -> bytes:
        """Return the letter for *values* (text by dotted name) and *rows* (text by column, by the rows' name).

        A value is never taken for markup and never rendered again. Raises DefinitionError when the template does not
        compile, asks for something that is not there, or is handed more than `MOST_ROWS` of one kind.
        """
        if crowd := next((name for name, each in (rows or {}).items() if len(each) > MOST_ROWS), ""):
            raise DefinitionError(f"{self.origin}: more than {MOST_ROWS} rows of {crowd}")
        tree = _tree(values)
        tree |= {name: [SimpleNamespace(**row) for row in each] for name, each in (rows or {}).items()}
        out = io.BytesIO()
        out.write(self._packed)
        try:
            with zipfile.ZipFile(out, "a") as bundle:
                for name, part in self._templates.items():
                    _add(bundle, name, (_HEAD + self._text(part, tree)).encode("utf-8"))
        except (TemplateError, ValueError) as mistake:
            raise DefinitionError(f"{self.origin}: {mistake}") from mistake
        return out.getvalue()

    def _text(self, part: Template, tree: Mapping[str, Any]) -> str:
        """Fill one part. Stops where rows make more of it than any letter is, before the memory is taken."""
        pieces, size = [], 0
        for piece in part.generate(tree):
            size += len(piece)
            if size > MOST_TEXT:
                raise DefinitionError(f"{self.origin}: its rows make more than {MOST_TEXT >> 20} MB of text: no letter")
            pieces.append(piece)
        return "".join(pieces)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every variable the template names, in reading order. Raises DefinitionError where a tag cannot be read."""
        if problems := [*broken(self.paragraphs)]:
            raise DefinitionError("; ".join(f"{self.origin}: {problem}" for problem in problems))
        return tuple(uses(self.paragraphs, self._environment, self.origin))

    @property
    def readable(self) -> tuple[Use, ...]:
        """Return the variables of all printed tags that can be read, even in a template that has to be mended."""
        return tuple(loose(self.paragraphs, self._environment))

    @cached_property
    def dangers(self) -> tuple[Problem, ...]:
        """What the file could do when it is opened; a letter or preview made of it could do the same."""
        return tuple(dangers(self._members, self._trees, self.origin))

    def problems(self) -> list[Problem]:
        """Return what is wrong with the template by itself, in reading order; none but notes when it can be used."""
        found = [*self.dangers, *broken(self.paragraphs)]
        if not found:
            try:
                _ = self.uses, self._templates
            except DefinitionError as mistake:
                found.append(Problem(str(mistake).removeprefix(f"{self.origin}: ")))
        return [*found, *split_tags(self.paragraphs)]

    def trial(self, values: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
        """Render with *values* and *rows* and return why the letter would be no Word file, "" when it is one.

        An `if` that opens in one cell and closes in another reads well and leaves a broken file.
        """
        try:
            made = members(self.render(values, rows), self.origin)
            for name in self._templates:
                parsed(name, made[name], self.origin)
        except DefinitionError as mistake:
            return str(mistake).removeprefix(f"{self.origin}: ")
        return ""

    @cached_property
    def _templates(self) -> Mapping[str, Template]:
        """The parts with tags, compiled; each is held to the closed language once more, as a whole."""
        patch = DocxTemplate(None).patch_xml
        compiled = {}
        known = {name for use in self.uses for name in (use.variable, use.rows)}
        for name, tree in self._trees.items():
            text = etree.tostring(tree, encoding="unicode")
            if not BRACE.search(text) and "{" not in text:
                continue
            source = patch(text)
            try:
                syntax = self._environment.parse(source)
                if what := foreign(syntax) or ", ".join(sorted(named(syntax) - known)):
                    raise DefinitionError(f"{self.origin}: {name} does something no paragraph shows ({what})")
                compiled[name] = self._environment.from_string(syntax)
            except TemplateError as mistake:
                raise DefinitionError(f"{self.origin}: {mistake}") from mistake
        return compiled

    @cached_property
    def _packed(self) -> bytes:
        """The parts without tags as an archive of their own, which a letter begins with."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as bundle:
            for name, content in self._members.items():
                if name not in self._templates:
                    _add(bundle, name, content)
        return out.getvalue()


def _add(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    bundle.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED, _EFFORT)


def _tree(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested names: a name within another is an attribute, so that no method of a mapping is one."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        place = tree
        for step in path:
            below = place.setdefault(step, SimpleNamespace())
            if not isinstance(below, SimpleNamespace):
                raise DefinitionError(f"{name}: declared both as a value and as a group of values")
            place = vars(below)
        place[last] = value
    return tree


def filters(language: str) -> dict[str, Callable[..., str]]:
    """Return the filters by name, as they write *language*; what is empty stays so. They raise ValueError."""
    made: dict[str, Callable[..., str]] = {
        "long_date": lambda value: phrasing.long_date(value, language),
        "short_date": lambda value: phrasing.short_date(value, language),
        "month": lambda value: phrasing.month(value, language),
        "money": lambda value, currency: phrasing.money(value, currency, language),
        "number": lambda value: phrasing.number(value, language),
        "country": lambda value: phrasing.country(value, language),
        "language": lambda value: phrasing.language_name(value, language),
        "upper": str.upper,
    }
    return {name: _unless_empty(each) for name, each in made.items()}


def _unless_empty(write: Callable[..., str]) -> Callable[..., str]:
    def filter_(value: Any, *more: str) -> str:
        # Markup is never a value: it stands for one that a preview shows to be missing.
        return value if value == "" or isinstance(value, Markup) else write(value, *more)

    return filter_


def _environment(known: Mapping[str, Callable[..., str]]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_as_word)
    environment.filters = dict(known)
    environment.globals = {}
    environment.tests = {}
    return environment


def _as_word(value: object) -> object:
    """Turn a printed value into Word text: XML escaped, control characters gone, line ends as line breaks."""
    if isinstance(value, (StrictUndefined, Markup)):
        return value
    lines = phrasing.printable(str(value)).split("\n")
    return Markup('</w:t><w:br/><w:t xml:space="preserve">').join(escape(line) for line in lines)
