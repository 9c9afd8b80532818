"""Reads what a translator certifies: who, when, from and into which language, of which paper, and each statement alone.

The law asks for statements one by one: that the translation is complete, that it is accurate, and that the translator
is competent (8 CFR 103.2(b)(3)); other states ask for a sworn translator instead. So each statement is yes, no or
unsure with the words that say so and their place; it counts only in a sentence that speaks of the translation.
Knows one paper; whether that is enough for a route is for `toolkit.translation` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from toolkit.definitions import load
from toolkit.fields import dates
from toolkit.fields.calendar_words import fold
from toolkit.kind import Kind, kinds
from toolkit.layout import lines
from toolkit.model import SURE, Box, Field, Method, Page, Source
from toolkit.pages import Opened, Sheet
from toolkit.readers import Reading, patterns
from toolkit.readers.agreement import ink
from toolkit.readers.naming import name_at
from toolkit.readers.prose import Prose, prose
from toolkit.readers.translation_tongues import languages
from toolkit.recognise import Recognised

_KIND = "translation-certificate"
_FOLDER = Path(__file__).parent.parent / "kinds" / _KIND

#: Bounds of what is read: pages, words on each, letters of a line that an engine gave as one, and without a space.
_MOST_PAGES, _MOST_WORDS, _LONGEST_LINE, _LONGEST_RUN = 12, 2500, 400, 80
_RUN = re.compile(r"(\S{80})\S+")

_STATED, _DENIED, _SILENT = 0.95, 0.92, 0.91
#: Words of OCR below this leave open whether a statement that was not found is missing.
_CLEAR = 0.85
_UNSURE = 0.6
#: Words of this many letters on average, or one of so many, are words run together.
_LONG_WORDS, _LONGEST_WORD = 11, 34
#: A statement inside a word this long is one that the engine ran together with others.
_GLUED = 16

_SENTENCE_END = re.compile(r"(?<![ .(]\w)[.;!?](?=\s)|[。；\f]|\n\s*\n")
_SIGNED_IN_PRINT = re.compile(
    r"/s/|\b(?:e-?signed|digitally signed|electronically signed) by\b|\belektronisch signiert\b", re.IGNORECASE
)
_FOR_A_SIGNATURE = re.compile(
    r"\b(?:signatures?(?: of (?:the )?translator)?|translator's signature|signed(?: by)?|unterschrift|firma|assinatura|"
    r"podpis|handtekening)\b[ :]*(?:_{2,}|\.{4,})?",
    re.IGNORECASE,
)
_CERTIFIES = re.compile(
    r"\b(?:certif(?:y|ies|ied)\b(?: that)?|hereby (?:declare|confirm|attest|affirm)|attest\b|bestatig\w*|bescheinig\w*|"
    r"beglaubig\w*|certifie|soussigne\w*|certifica\b|certifico|dichiar\w+|poswiadcz\w*|verklaart?\b|swear\b)"
)
_WORD = re.compile(r"[^\W\d_]+")
_TRADE = re.compile(r",? *(?:\w+ ){0,3}(?:translator|ubersetzer|traduct|traducteur|tradut|traduttor|tlumacz|vertaler)")
_REACH = 3000
_EMPTY_LINE = re.compile(r"(?:_{4,}|\.{6,}|-{6,})")
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:\+|\b(?:tel|phone|telephone|telefon|mobile|tél)\b\.?:? ?)[\d ()/.-]{7,20}\d"
    r"|\b\d{1,5}[ ,]+[A-Z][\w' ]{2,30}(?:street|st|road|rd|avenue|ave|lane|drive|square)\b[^\n]{0,60}"
    r"|[A-ZÄÖÜ][\wäöüß.-]{2,30}(?:straße|strasse|str\.|weg|platz|allee) ?\d{1,4}[a-z]?\b[^\n]{0,40}"
    r"|\b(?:address|anschrift|adresse|domicilio|indirizzo)\b:? ?[^\n]{8,80}"
    r"|\b(?:calle|rue|via|ul\.|rua) [^\n]{4,60}\d+",
    re.IGNORECASE,
)


class _Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: tuple[str, ...]
    denies: tuple[str, ...]


class _Statements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    anchor: tuple[str, ...]
    complete: _Statement
    accurate: _Statement
    competent: _Statement
    sworn: _Statement
    accredited: _Statement
    affidavit: _Statement


@dataclass(frozen=True, slots=True)
class _Text:
    """The certificate's text and its folded twin, character for character, with the sentences that vouch."""

    prose: Prose
    folded: str
    vouching: tuple[tuple[int, int], ...]

    def __repr__(self) -> str:
        return f"<_Text {len(self.folded)} characters, {len(self.vouching)} vouching>"


def read(opened: Opened, found: Recognised) -> Reading:
    """Read the translator's certificate on the pages of *opened* that *found* names."""
    sheets = [sheet for sheet in opened.sheets if sheet.page.number in found.pages]
    reading = read_pages([sheet.page for sheet in sheets], found.kind or kinds()[_KIND])
    translator = next((field for field in reading.fields if field.name == "translator"), None)
    signed = next((field for field in reading.fields if field.name == "signed"), None)
    if signed is None or signed.value == "yes" or translator is None:
        return reading
    for sheet, box in _printed(sheets, str(translator.value)):
        if ink.drawn_above(sheet, box):
            drawn = Field("signed", "yes", SURE, Source("", sheet.page.number, box, sheet.page.method))
            return replace(reading, fields=tuple(drawn if field is signed else field for field in reading.fields))
    return reading


def read_pages(pages: Sequence[Page], kind: Kind) -> Reading:
    """Read a certificate from its words alone: a drawn signature is not seen, so `signed` is then unsure."""
    pages = _tamed(pages)
    text = _text(pages)
    usual = patterns.read_pages(pages, kind.fields)
    fields = [field for field in usual.fields if field.name != "translator" or _plausible(field)]
    got = {field.name for field in fields}
    if "translator" not in got:
        fields += _undersigned(text.prose)
    if "date" not in got:
        fields += _only_date(text)
    named = next((field for field in fields if field.name == "document_translated"), None)
    statements = statements_of_law()
    for name in ("complete", "accurate", "competent"):
        fields.append(_stated(f"statement_{name}", getattr(statements, name), text))
    fields += languages(text.prose, text.folded, text.vouching)
    fields += _standing(statements, text)
    fields.append(_signed(text))
    contact = _CONTACT.search(text.prose.text)
    if contact is not None:
        fields.append(text.prose.field("contact", " ".join(contact.group().split()), SURE, contact.span()))
    if named is not None:
        fields += _paper_named(named)
    return Reading(tuple(fields), usual.rejected)


def beside(pages: Sequence[Page]) -> tuple[Field, ...]:
    """Return what a translator certifies on the *pages* of another kind of paper, names begun with `translation_`.

    A translation often bears its certificate on the same sheet. Nothing where no sentence certifies a translation.
    """
    text = _text(_tamed(pages))
    certifying = [span for span in text.vouching if _CERTIFIES.search(text.folded, *span)]
    if not certifying:
        return ()
    reading = read_pages(pages, kinds()[_KIND])
    stated = [field for field in reading.fields if field.name.startswith("statement_") and field.value == "yes"]
    if not stated:
        return ()
    return tuple(replace(field, name=f"translation_{field.name}") for field in reading.fields)


@cache
def statements_of_law() -> _Statements:
    """Return the expressions of `statements.toml`."""
    return load(_FOLDER / "statements.toml", _Statements)


def _tamed(pages: Sequence[Page]) -> list[Page]:
    """Cut what no certificate has: runs of print without a space, and more words than a sheet holds."""
    return [
        replace(
            page,
            words=tuple(
                word
                if len(word.text) <= _LONGEST_RUN
                else replace(word, text=_RUN.sub(r"\1", word.text)[:_LONGEST_LINE])
                for word in page.words[:_MOST_WORDS]
            ),
        )
        for page in pages[:_MOST_PAGES]
    ]


def _text(pages: Sequence[Page]) -> _Text:
    running = prose(pages)
    folded = _same_length(running.text).replace("\n", " ").replace("\t", " ")
    anchor = re.compile("|".join(statements_of_law().anchor))
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(running.text)), len(folded)]
    vouching = tuple(span for span in pairwise(ends) if anchor.search(folded, *span))
    return _Text(running, folded, vouching)


def _same_length(text: str) -> str:
    """Fold *text* character for character, so that places in it and in the original agree."""
    return "".join(small if len(small := fold(c)) == 1 else c for c in text)


def _stated(name: str, statement: _Statement, text: _Text) -> Field:
    """Return one statement as a field: yes or no with the words that say it, no where a clear text is silent."""
    for answer, expressions, trust in (("no", statement.denies, _DENIED), ("yes", statement.says, _STATED)):
        match = next(_matches(expressions, text), None)
        if match is not None:
            return text.prose.field(name, answer, trust, match.span())
    loose = next(_matches([each.replace(r"\b", r"\w*") for each in statement.says], text), None)
    if loose is not None and len(loose.group()) >= _GLUED:
        return text.prose.field(name, "unsure", _UNSURE, loose.span())
    pages = {row.page for row in text.prose.rows}
    clear = bool(text.vouching) and text.prose.confidence(0, len(text.folded)) >= _CLEAR and not _run_together(text)
    first = min(pages, default=None)
    return Field(
        name, "no" if clear else "unsure", _SILENT if clear else _UNSURE, Source("", first, None, Method.COMPUTED)
    )


def _run_together(text: _Text) -> bool:
    """Whether the engine lost the spaces between words, so that no word can be looked for."""
    letters = [len(word) for word in _WORD.findall(text.folded)]
    return not letters or sum(letters) / len(letters) > _LONG_WORDS or max(letters) > _LONGEST_WORD


def _matches(expressions: Sequence[str], text: _Text, *, anywhere: bool = False) -> Iterator[re.Match[str]]:
    spans = ((0, len(text.folded)),) if anywhere else text.vouching
    for expression in expressions:
        for span in spans:
            if match := _compiled(expression).search(text.folded, *span):
                yield match


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _standing(statements: _Statements, text: _Text) -> Iterator[Field]:
    """Yield by what right the translator certifies: sworn before an affidavit, an affidavit before a membership."""
    for standing in ("sworn", "affidavit", "accredited"):
        statement: _Statement = getattr(statements, standing)
        if next(_matches(statement.denies, text, anywhere=True), None):
            continue
        match = next(_matches(statement.says, text, anywhere=True), None)
        if match is not None:
            words = " ".join(text.prose.text[match.start() : match.end()].split())
            yield text.prose.field("qualification", words, 0.93, match.span())
            yield text.prose.field("standing", standing, 0.93, match.span())
            return


def _signed(text: _Text) -> Field:
    """Return whether the words show a signature: an empty line to sign on shows none, only ink can."""
    printed = _SIGNED_IN_PRINT.search(text.prose.text)
    if printed is not None:
        return text.prose.field("signed", "yes", SURE + 0.03, printed.span())
    line = _FOR_A_SIGNATURE.search(text.prose.text) or _EMPTY_LINE.search(text.prose.text)
    if line is not None:
        return text.prose.field("signed", "unsure", _UNSURE, line.span())
    return Field("signed", "unsure", 0.5, Source("", None, None, Method.COMPUTED))


def _undersigned(running: Prose) -> Iterator[Field]:
    """Yield the name before the word translator on a line ("Anja Vogel, Übersetzerin"), or alone on the line above."""
    rows = running.rows
    for place in reversed(range(len(rows))):
        trade = _TRADE.search(_same_length(running.row_text(rows[place])))
        if trade is None:
            continue
        for row, end in (
            (rows[place], rows[place].start + trade.start()),
            (rows[max(0, place - 1)], rows[place].start),
        ):
            name = name_at(running.text, row.start, one_line=True)
            if name is not None and name.person and name.end <= end and (row is rows[place] or name.end >= row.end):
                yield running.field(
                    "translator", name.text, SURE if row is rows[place] else 0.85, (name.start, name.end)
                )
                return


def _only_date(text: _Text) -> Iterator[Field]:
    """Yield the one date that stands after the first vouching sentence begins, where there is one alone."""
    start = text.vouching[0][0] if text.vouching else 0
    found = [each for each in dates.find(text.prose.text[start : start + _REACH]) if each.value is not None]
    if len({each.value for each in found}) == 1:
        span = (start + found[0].start, start + found[0].end)
        yield text.prose.field("date", str(found[0].value), min(0.85, found[0].confidence), span)


def _plausible(field: Field) -> bool:
    """A name that only a word like "Name" stands beside may be anybody's; a translator is a person with two names."""
    return isinstance(field.value, str) and len(field.value.split()) >= 2


def _paper_named(named: Field) -> Iterator[Field]:
    """Yield the kind of the paper that was translated, by the phrases of the kinds, and whose paper it is."""
    text = f" {fold(str(named.value))} "
    weights = {
        name: max(
            (w for each in kind.phrases.values() for phrase, w in each.items() if f" {fold(phrase)} " in text),
            default=0,
        )
        for name, kind in kinds().items()
        if name != _KIND
    }
    best = max(weights.values(), default=0)
    likely = [name for name, weight in weights.items() if weight == best]
    if best >= 3 and len(likely) == 1:
        yield replace(named, name="document_kind", value=likely[0], confidence=min(named.confidence, 0.93))
    of = re.search(
        r"\b(?:of|for|von|de|di|dla|van|issued to|belonging to|in the name of)\s+(?=[^\W\d_])", str(named.value)
    )
    while of is not None:
        name = name_at(str(named.value), of.end())
        if name is not None and name.person:
            yield replace(named, name="holder", value=name.text, confidence=min(named.confidence, 0.88))
            return
        of = re.compile(r"\b(?:of|for|von|de|di|dla|van)\s+").search(str(named.value), of.end())


def _printed(sheets: Sequence[Sheet], name: str) -> Iterator[tuple[Sheet, Box]]:
    """Yield where *name* is printed, the last place first: a signature stands at the end."""
    wanted = fold(name)
    for sheet in reversed(sheets):
        for line in reversed(lines(sheet.page)):
            if wanted in fold(line.text):
                yield sheet, line.box
