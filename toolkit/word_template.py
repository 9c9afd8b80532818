"""A Word file with Jinja tags: what it asks for and where, what is wrong with it, and the letter it makes of values.

Knows Word files and Jinja; knows no facts and no folder. A template is treated as code from outside: it runs in a
sandbox, and only printed variables, our filters and `if` are allowed in it. Tags follow docxtpl: `{{ name }}`, and
`{%p if %}`, `{%tr if %}` for whole paragraphs and table rows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from toolkit import phrasing
from toolkit.errors import DefinitionError
from toolkit.fields import country

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_BRACE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_SNIPPET = 70
#: Letters are made by the thousand: a little larger, in half the time.
_EFFORT = 3
#: A fixed time stamp makes the same letter the same bytes.
_STAMP = (2020, 1, 1, 0, 0, 0)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Getattr, nodes.Filter, nodes.Const,
    nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the template: where it stands, and its text with the tags in it."""

    part: str
    number: int
    heading: str
    text: str

    def __str__(self) -> str:
        place = f"paragraph {self.number}" if self.part == "document" else f"{self.part}, paragraph {self.number}"
        under = f' under "{self.heading}"' if self.heading else ""
        text = self.text if len(self.text) <= _SNIPPET else self.text[: _SNIPPET - 1] + "…"
        return f'{place}{under} ("{text}")'


@dataclass(frozen=True, slots=True)
class Use:
    """A variable in a paragraph: the filter its value passes first, and whether an `if` around it asks for it."""

    variable: str
    paragraph: Paragraph
    filter: str = ""
    printed: bool = True
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a template, and where."""

    what: str
    paragraph: Paragraph | None = None

    def __str__(self) -> str:
        return f"{self.paragraph}: {self.what}" if self.paragraph else self.what


class WordTemplate:
    """One Word template, parsed and compiled once and rendered many times."""

    def __init__(self, data: bytes, origin: str, language: str) -> None:
        """Take a .docx that messages call *origin*. Raises DefinitionError when it is no Word file."""
        self.origin = origin
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                self._members = {info.filename: bundle.read(info) for info in bundle.infolist() if not info.is_dir()}
            self.paragraphs = tuple(self._read_paragraphs())
        except (zipfile.BadZipFile, etree.XMLSyntaxError) as mistake:
            raise DefinitionError(f"{origin}: this is not a Word file (.docx)") from mistake
        self._environment = _environment(language)
        self._compiled: dict[str, Template] | None = None

    def render(self, values: Mapping[str, Any]) -> bytes:
        """Return the letter for *values* (nested mappings of text): never taken for markup, never rendered again.

        Raises DefinitionError when the template does not compile or asks for something *values* has not.
        """
        out = io.BytesIO()
        parts = self._templates
        try:
            with zipfile.ZipFile(out, "w") as bundle:
                for name, content in self._members.items():
                    made = parts[name].render(values).encode("utf-8") if name in parts else content
                    info = zipfile.ZipInfo(name, _STAMP)
                    bundle.writestr(info, made, zipfile.ZIP_DEFLATED, _EFFORT)
        except TemplateError as mistake:
            raise DefinitionError(f"{self.origin}: {mistake}") from mistake
        return out.getvalue()

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every variable the template names, in reading order. Raises DefinitionError where a tag cannot be read."""
        if problems := [*self._broken_tags()]:
            raise DefinitionError("; ".join(f"{self.origin}: {problem}" for problem in problems))
        found: list[Use] = []
        guards: list[frozenset[str]] = []
        for paragraph in self.paragraphs:
            for tag in _TAG.findall(paragraph.text):
                found += self._uses_of(tag, paragraph, guards)
        return tuple(found)

    def problems(self) -> list[Problem]:
        """Return what is wrong with the template by itself, in reading order; an empty list when it can be used."""
        found = [*self._remote_parts(), *self._broken_tags()]
        if not found:
            try:
                _ = self.uses, self._templates
            except (DefinitionError, TemplateError) as mistake:
                found.append(Problem(str(mistake).removeprefix(f"{self.origin}: ")))
        return found

    @property
    def _templates(self) -> Mapping[str, Template]:
        if self._compiled is None:
            patch = DocxTemplate(None).patch_xml
            compiled = {}
            for name in self._text_parts():
                source = patch(self._members[name].decode("utf-8"))
                try:
                    compiled[name] = self._environment.from_string(source)
                except TemplateError as mistake:
                    raise DefinitionError(f"{self.origin}: {mistake}") from mistake
            self._compiled = compiled
        return self._compiled

    def _text_parts(self) -> list[str]:
        names = [name for name in self._members if _TEXT_PARTS.fullmatch(name)]
        return sorted(names, key=lambda name: (name != "word/document.xml", name))

    def _read_paragraphs(self) -> Iterator[Paragraph]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for name in self._text_parts():
            part = name.removeprefix("word/").removesuffix(".xml")
            heading = ""
            tree = etree.fromstring(self._members[name], parser)
            for number, element in enumerate(tree.iter(f"{_WORD}p"), start=1):
                text = "".join(run.text or "" for run in element.iter(f"{_WORD}t")).strip()
                style = element.find(f"{_WORD}pPr/{_WORD}pStyle")
                if style is not None and style.get(f"{_WORD}val", "").startswith("Heading"):
                    heading = _TAG.sub("…", text)
                if text:
                    yield Paragraph(part, number, heading, text)

    def _broken_tags(self) -> Iterator[Problem]:
        depth: list[Paragraph] = []
        for paragraph in self.paragraphs:
            tags = _TAG.findall(paragraph.text)
            if left := _BRACE.search(_TAG.sub("", paragraph.text)):
                yield Problem(f"a tag is not closed or not opened near {left.group()}", paragraph)
            for tag in tags:
                if any(quote in tag for quote in _CURLY):
                    yield Problem("curly quotes inside a tag: type straight ones", paragraph)
                word = _statement(tag)
                if word == "if":
                    depth.append(paragraph)
                elif word == "endif" and depth:
                    depth.pop()
                elif word in ("endif", "else", "elif") and not depth:
                    yield Problem(f"{word} without an if before it", paragraph)
                elif word and word not in ("if", "elif", "else", "endif"):
                    yield Problem(
                        f'"{word}" is not allowed in a template: only if, elif, else and endif are', paragraph
                    )
        yield from (Problem("this if is never closed by endif", paragraph) for paragraph in depth)

    def _remote_parts(self) -> Iterator[Problem]:
        for name, content in self._members.items():
            if name.endswith(".rels"):
                for relation in etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True)):
                    kind = relation.get("Type", "").rsplit("/", 1)[-1]
                    if relation.get("TargetMode") == "External" and kind != "hyperlink":
                        yield Problem(f"{name} points outside the file ({kind}): remove it in Word")
            elif name.endswith(("vbaProject.bin", "vbaData.xml")) or "/embeddings/" in name or "/activeX/" in name:
                yield Problem(f"{name}: macros and embedded objects are not allowed in a template")

    def _uses_of(self, tag: str, paragraph: Paragraph, guards: list[frozenset[str]]) -> Iterator[Use]:
        word = _statement(tag)
        if word == "endif":
            guards.pop()
        elif word == "else":
            # What the `if` asked for is what this branch has not.
            guards[-1] = frozenset()
        elif word or tag.startswith("{{"):
            tree = self._parse(tag, word, paragraph)
            names = list(_names(tree))
            if word:
                asked = frozenset(name for name, _ in _asked(tree))
                guards[-1:] = [asked] if word == "elif" else [*guards[-1:], asked]
            known = frozenset().union(*guards)
            for name, first_filter in names:
                yield Use(name, paragraph, first_filter, printed=not word, guarded=name in known)

    def _parse(self, tag: str, word: str, paragraph: Paragraph) -> nodes.Template:
        body = re.sub(r"^\{[{%](?:p|tr|tc|r)\s|^\{[{%]-?", "", tag)[:-2].rstrip("-").strip()
        body = re.sub(r"^(if|elif)\s", "", body) if word else body
        try:
            tree = self._environment.parse(f"{{% if {body} %}}{{% endif %}}" if word else f"{{{{ {body} }}}}")
        except TemplateError as mistake:
            raise DefinitionError(f"{self.origin}: {paragraph}: {mistake}") from mistake
        for node in [tree, *tree.find_all(nodes.Node)]:
            if not isinstance(node, _ALLOWED):
                what = type(node).__name__.lower()
                raise DefinitionError(f"{self.origin}: {paragraph}: {what} is not allowed in a template")
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                raise DefinitionError(
                    f"{self.origin}: {paragraph}: no filter is called {node.name}; there are {', '.join(FILTERS)}"
                )
        return tree


def _statement(tag: str) -> str:
    """Return the first word of a `{% %}` tag, "" for the other tags."""
    found = re.match(r"\{%(?:p\s|tr\s|tc\s|r\s|-)?\s*(\w+)", tag)
    return found.group(1) if found else ""


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    return f"{_dotted(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else ""


def _names(node: nodes.Node, first_filter: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted names below *node*, each with the filter it is passed through first."""
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        yield _dotted(node), first_filter
    elif isinstance(node, nodes.Filter):
        if node.node is not None:
            inner = node.name if isinstance(node.node, (nodes.Name, nodes.Getattr)) else ""
            yield from _names(node.node, inner)
        for argument in node.args:
            yield from _names(argument)
    else:
        for child in node.iter_child_nodes():
            yield from _names(child)


def _asked(node: nodes.Node) -> Iterator[tuple[str, str]]:
    """Yield the names that are certainly there where the condition holds: joined by `and`, not under `or` or `not`."""
    if isinstance(node, (nodes.Or, nodes.Not, nodes.Compare)):
        return
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        yield _dotted(node), ""
        return
    for child in node.iter_child_nodes():
        yield from _asked(child)


#: The filters a template may use: `{{ case.start | long_date }}`, `{{ salary.amount | money(salary.currency) }}`.
FILTERS = ("long_date", "money", "country", "upper")


def _environment(language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_as_word)
    environment.filters = {
        "long_date": lambda value: phrasing.long_date(value, language),
        "money": lambda value, currency: phrasing.money(value, currency, language),
        "country": country.name,
        "upper": str.upper,
    }
    environment.globals = {}
    environment.tests = {}
    return environment


def _as_word(value: object) -> object:
    """Turn a printed value into Word text: XML escaped, control characters gone, line ends as line breaks."""
    if isinstance(value, (StrictUndefined, Markup)):
        return value
    lines = phrasing.printable(str(value)).split("\n")
    return Markup('</w:t><w:br/><w:t xml:space="preserve">').join(escape(line) for line in lines)
