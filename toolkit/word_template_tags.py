"""The language of templates: printed values, our filters, `if`, and `for` over rows. Closed: the syntax tree decides.

Knows Jinja and paragraphs; knows no Word file and no fact. Tags follow docxtpl: `{{ name }}`, `{% if %}`, and
`{%p if %}`, `{%tr for row in rows %}` for whole paragraphs and table rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import Environment, TemplateError, nodes

from toolkit.errors import DefinitionError
from toolkit.word_template_file import BRACE, TAG, Paragraph, Problem

_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_BLOCKS = {"if": "endif", "for": "endfor"}
_WORDS = ("if", "elif", "else", "endif", "for", "endfor")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Getattr, nodes.Filter,
    nodes.Const, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip
#: What a loop knows of itself.
LOOP = ("index", "first", "last")


@dataclass(frozen=True, slots=True)
class Use:
    """A variable in a paragraph: the filter its value passes first, and whether an `if` around it asks for it.

    `variable` is the fact's dotted name, for a cell of a row `<rows>.<column>`, for a loop's own the rows' name;
    `rows` is the name of those rows, else empty. `argument` is the variable handed to the filter.
    """

    variable: str
    paragraph: Paragraph
    filter: str = ""
    printed: bool = True
    guarded: bool = False
    rows: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """An `if` or `for` that waits for its end; `kind` is "p", "tr", "tc" or "r" where it stands for a whole one."""

    word: str
    kind: str
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class _Block:
    """An open `if` with what it certainly asks for, or an open `for` with its row's name and rows."""

    word: str
    paragraph: Paragraph
    asked: frozenset[str] = frozenset()
    row: str = ""
    rows: str = ""


def broken(paragraphs: Sequence[Paragraph]) -> Iterator[Problem]:
    """Yield the tags that cannot be read: not closed, curly quotes, unknown words, blocks that do not match."""
    open_: list[_Open] = []
    part = ""
    for paragraph in paragraphs:
        if paragraph.part != part:
            yield from _never_closed(open_)
            part = paragraph.part
        if left := BRACE.search(TAG.sub("", paragraph.text)):
            yield Problem(f"a tag is not closed or not opened near {left.group()}", paragraph)
        for tag in TAG.findall(paragraph.text):
            yield from _broken_tag(tag, paragraph, open_)
    yield from _never_closed(open_)


def _never_closed(open_: list[_Open]) -> Iterator[Problem]:
    for each in open_:
        yield Problem(f"this {each.word} is never closed by {_BLOCKS[each.word]}", each.paragraph)
    open_.clear()


def _broken_tag(tag: str, paragraph: Paragraph, open_: list[_Open]) -> Iterator[Problem]:
    if quote := next((each for each in tag if each in _CURLY), ""):
        yield Problem(f"curly quotes inside a tag ({quote} in {tag}): type straight ones", paragraph)
    if paragraph.boxed:
        yield Problem("a tag in a text box: Word keeps the box twice; put the words into a table or a frame", paragraph)
    whole = re.match(r"\{%-?(p|tr|tc)\s", tag)
    if whole and whole[1] != "tc" and (paragraph.row or paragraph.text if whole[1] == "tr" else paragraph.text) != tag:
        where = "row" if whole[1] == "tr" else "paragraph"
        yield Problem(f"{tag} has to stand alone in its {where}: what stands beside it would be lost", paragraph)
    if re.match(r"\{\{(p|tr|tc|r)\s", tag) or tag.startswith("{#"):
        yield Problem(f"{tag}: only {{{{ name }}}} prints a value", paragraph)
    yield from _broken_block(tag, paragraph, open_)


def _broken_block(tag: str, paragraph: Paragraph, open_: list[_Open]) -> Iterator[Problem]:
    word = statement(tag)
    whole = re.match(r"\{%-?(p|tr|tc|r)\s", tag)
    kind = whole[1] if whole else ""
    last = open_[-1] if open_ else None
    if word in _BLOCKS:
        open_.append(_Open(word, kind, paragraph))
    elif word and word not in _WORDS:
        yield Problem(
            f'"{word}" is not allowed in a template: only if, elif, else, endif, for and endfor are', paragraph
        )
    elif last is not None and (word == _BLOCKS[last.word] or (word in ("else", "elif") and last.word == "if")):
        if kind != last.kind:
            yield Problem(f"{tag} belongs to a {{%{last.kind} {last.word}: write {{%{last.kind} {word}", paragraph)
        elif kind not in ("tr", "tc") and paragraph.cell != last.paragraph.cell:
            yield Problem(f"the {last.word} that {tag} belongs to stands in another cell of the table", paragraph)
        if word == _BLOCKS[last.word]:
            open_.pop()
    elif word in ("else", "elif"):
        yield Problem(f"{word} without an if before it", paragraph)
    elif word:
        inner = f"; the {last.word} before it is still open" if last else ""
        yield Problem(f"{word} without {'an if' if word == 'endif' else 'a for'} before it{inner}", paragraph)


def split_tags(paragraphs: Sequence[Paragraph]) -> Iterator[Problem]:
    """Yield a note for every tag whose pieces are formatted differently; they are put together again."""
    for paragraph in paragraphs:
        text = "".join(piece for piece, _ in paragraph.pieces)
        ends, end = list[tuple[int, bytes]](), 0
        for piece, style in paragraph.pieces:
            end += len(piece)
            ends.append((end, style))
        for tag in TAG.finditer(text):
            start = 0
            styles = set[bytes]()
            for stop, style in ends:
                if start < tag.end() and stop > tag.start():
                    styles.add(style)
                start = stop
            if len(styles) > 1:
                what = f"{tag.group()} is split by formatting: mended, it takes the formatting of its first sign"
                yield Problem(what, paragraph, note=True)


def uses(paragraphs: Sequence[Paragraph], environment: Environment, origin: str) -> Iterator[Use]:
    """Yield every variable in reading order. Raises DefinitionError naming the paragraph of what is not allowed."""
    blocks: list[_Block] = []
    for paragraph in paragraphs:
        for tag in TAG.findall(paragraph.text):
            try:
                yield from _uses_of(tag, paragraph, blocks, environment)
            except (TemplateError, _NotAllowed) as mistake:
                raise DefinitionError(f"{origin}: {paragraph}: {mistake}") from mistake


def loose(paragraphs: Sequence[Paragraph], environment: Environment) -> Iterator[Use]:
    """Yield the variables of the tags that can be read, whatever the blocks around them: for a file to be mended.

    What a loop's row is called is taken from any loop of the file.
    """
    text = " ".join(paragraph.text for paragraph in paragraphs)
    loops = {row: _Block("for", paragraphs[0], row=row, rows=rows) for row, rows in _LOOP.findall(text)}
    for paragraph in paragraphs:
        for tag in TAG.findall(paragraph.text):
            if tag.startswith("{{"):
                with suppress(TemplateError, _NotAllowed):
                    for name, first_filter, argument in _names(_parse(tag, "", environment)):
                        block = loops.get(name.partition(".")[0])
                        variable, rows = _resolved(name, [block] if block else [])
                        yield Use(variable, paragraph, first_filter, rows=rows, argument=argument)


_LOOP = re.compile(r"\{%-?(?:\w+ )?\s*for\s+(\w+)\s+in\s+(\w+)")


class _NotAllowed(Exception):
    """What a tag does that the language has not."""


def _uses_of(tag: str, paragraph: Paragraph, blocks: list[_Block], environment: Environment) -> Iterator[Use]:
    word = statement(tag)
    if word in ("endif", "endfor"):
        blocks.pop()
    elif word == "else":
        # What the `if` asked for is what this branch has not.
        blocks[-1] = _Block("if", paragraph)
    elif word == "for":
        yield _open_loop(tag, paragraph, blocks, environment)
    elif word or tag.startswith("{{"):
        tree = _parse(tag, word, environment)
        found = list(_names(tree))
        if word:
            block = _Block("if", paragraph, frozenset(_resolved(name, blocks)[0] for name in _asked(tree)))
            blocks[-1:] = [block] if word == "elif" else [*blocks[-1:], block]
        asked = frozenset[str]().union(*(block.asked for block in blocks))
        for name, first_filter, argument in found:
            variable, rows = _resolved(name, blocks)
            handed = _resolved(argument, blocks)[0] if argument else ""
            yield Use(variable, paragraph, first_filter, not word, bool(rows) or variable in asked, rows, handed)


def _open_loop(tag: str, paragraph: Paragraph, blocks: list[_Block], environment: Environment) -> Use:
    tree = environment.parse(f"{{% {_body(tag)} %}}{{% endfor %}}")
    loop = tree.body[0]
    if not isinstance(loop, nodes.For) or not isinstance(loop.target, nodes.Name) or loop.test or loop.recursive:
        raise _NotAllowed("a loop is written {% for row in rows %}")
    if not isinstance(loop.iter, nodes.Name):
        raise _NotAllowed("a loop goes over rows that the toolkit gives, by their name alone")
    if outer := next((block for block in blocks if block.word == "for"), None):
        raise _NotAllowed(f"a loop inside a loop is not allowed; the one over {outer.rows} is still open")
    rows, row = loop.iter.name, loop.target.name
    if row in ("loop", rows) or _inward(loop.target):
        raise _NotAllowed(f"a row cannot be called {row}")
    asked = frozenset[str]().union(*(block.asked for block in blocks))
    blocks.append(_Block("for", paragraph, row=row, rows=rows))
    return Use(rows, paragraph, printed=False, guarded=rows in asked, rows=rows)


def _resolved(name: str, blocks: Sequence[_Block]) -> tuple[str, str]:
    """Return the variable and, where it is of a row, the rows that *name* means inside the open *blocks*."""
    loop = next((block for block in blocks if block.word == "for"), None)
    first, _, rest = name.partition(".")
    if loop is not None and first == "loop":
        if rest not in LOOP:
            raise _NotAllowed(f"{name}: a loop has {', '.join(f'loop.{each}' for each in LOOP)}")
        return loop.rows, loop.rows
    if loop is not None and first == loop.row:
        if not rest:
            raise _NotAllowed(f"{name} is a whole row: name a column, as in {name}.{'{column}'}")
        return f"{loop.rows}.{rest}", loop.rows
    return name, ""


def _parse(tag: str, word: str, environment: Environment) -> nodes.Template:
    body = re.sub(r"^(if|elif)\s", "", _body(tag)) if word else _body(tag)
    tree = environment.parse(f"{{% if {body} %}}{{% endif %}}" if word else f"{{{{ {body} }}}}")
    for node in [tree, *tree.find_all(nodes.Node)]:
        if not isinstance(node, _ALLOWED):
            raise _NotAllowed(f"{type(node).__name__.lower()} is not allowed in a template")
        if what := _inward(node):
            raise _NotAllowed(f"{what} is no name of a value")
        if isinstance(node, nodes.Filter) and node.name not in environment.filters:
            known = get_close_matches(node.name, list(environment.filters), 1)
            near = f"did you mean {known[0]}? " if known else ""
            there = ", ".join(environment.filters)
            raise _NotAllowed(f"no filter is called {node.name}; {near}there are {there}")
    return tree


def _body(tag: str) -> str:
    return re.sub(r"^\{[{%](?:-?(?:p|tr|tc|r)\s|-)?", "", tag)[:-2].rstrip("-").strip()


def statement(tag: str) -> str:
    """Return the first word of a `{% %}` tag, "" for the other tags."""
    found = re.match(r"\{%(?:-?(?:p|tr|tc|r)\s|-)?\s*(\w+)", tag)
    return found.group(1) if found else ""


def foreign(tree: nodes.Template) -> str:
    """Return what a whole compiled part holds that the language has not, "" where there is nothing: the second wall.

    The first reads paragraphs, as people do; this one sees what the file makes of them.
    """
    for node in [tree, *tree.find_all(nodes.Node)]:
        if not isinstance(node, _ALLOWED):
            return type(node).__name__.lower()
        if what := _inward(node):
            return what
        if isinstance(node, nodes.For) and (node.test or node.recursive or not isinstance(node.iter, nodes.Name)):
            return "for"
    return ""


def _inward(node: nodes.Node) -> str:
    """Return the name by which *node* would reach into Jinja or Python instead of the case, "" for every other."""
    name = node.name if isinstance(node, nodes.Name) else node.attr if isinstance(node, nodes.Getattr) else ""
    return name if name.startswith("_") or (name == "self" and isinstance(node, nodes.Name)) else ""


def named(tree: nodes.Template) -> set[str]:
    """Return the dotted names that a whole compiled part reads, those of rows and loops left out."""
    rows = {"loop"} | {
        str(loop.target.name) for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)
    }
    return {name for name, _, _ in _names(tree) if name.partition(".")[0] not in rows}


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    return f"{_dotted(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else ""


def _names(node: nodes.Node, first_filter: str = "", argument: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the dotted names below *node*, each with the filter it is passed through first and what that is handed."""
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        yield _dotted(node), first_filter, argument
    elif isinstance(node, nodes.Filter):
        if node.node is not None:
            direct = isinstance(node.node, (nodes.Name, nodes.Getattr))
            handed = next((_dotted(each) for each in node.args), "")
            yield from _names(node.node, node.name if direct else "", handed if direct else "")
        for each in node.args:
            yield from _names(each)
    else:
        for child in node.iter_child_nodes():
            yield from _names(child)


def _asked(node: nodes.Node) -> Iterator[str]:
    """Yield the names that are certainly there where the condition holds: joined by `and`, not under `or` or `not`."""
    if isinstance(node, (nodes.Or, nodes.Not, nodes.Compare)):
        return
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        yield _dotted(node)
        return
    for child in node.iter_child_nodes():
        yield from _asked(child)


def nearest(name: str, known: Mapping[str, str] | Sequence[str] | frozenset[str]) -> str:
    """Return "; did you mean ...?" for the known name most like *name*, or nothing."""
    near = get_close_matches(name, list(known), 1, 0.75)
    return f"; did you mean {near[0]}?" if near else ""
