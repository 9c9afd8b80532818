"""What a page says of its place in a document: "page 2 of 5", running heads, clause numbers, a letter's greeting.

Knows print and the words that papers of many countries use for it; knows no kind and cuts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from toolkit.kind_phrases import is_prose
from toolkit.layout import Line
from toolkit.model import Page

#: Heads and feet of a page: so much of it, and at most so many rows.
_HEAD, _FOOT, _EDGE_ROWS = 0.14, 0.88, 4
#: A running head says at least so much.
_SAYS = 6
#: A sentence has so many words; a page number stands in a row of at most so many characters.
_SENTENCE, _SHORT_ROW = 6, 60
#: More pages than this no paper claims to have.
_MOST = 400
#: Marks stand on so many rows of so many characters at most; what has more was made to keep us busy.
_ROWS, _LONGEST = 400, 400

_PAGE = (
    r"(?:pages?|pg\.?|p\.|seiten?|blatt|pagina|página|páginas|pág\.?|pag\.?|sidan?|side|sivu|strona|str\.|strana|stránka"
    r"|stranica|oldal|sayfa|lk|lapa|puslapis|лист|стр\.?|страница|сторінка|σελίδα|σελ\.?|halaman|trang|第|頁|페이지)"
)
_OF = r"(?:of|von|de|di|du|sur|van|av|af|z|ze|od|iz|из|з|από|dari|/|\||⁄|共|페이지 중)"
_LABELLED = re.compile(
    rf"(?<![^\W\d_]){_PAGE}[\s:#.]{{0,3}}(\d{{1,3}})\s*(?:ページ|页|頁)?[\s,;(]{{0,3}}{_OF}\s*第?\s*(\d{{1,3}})(?!\d)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:^|\s)[-–(\[]?\s*(\d{1,3})\s*(?:/|⁄|of|von|de|sur|di|van|av|af|z)\s*(\d{1,3})\s*[-–)\]]?$", re.IGNORECASE
)
_SINGLE = re.compile(
    rf"(?:^|(?<=\s))(?:{_PAGE}[\s:#.]{{0,3}}(\d{{1,3}})|[-–—]\s*(\d{{1,3}})\s*[-–—])(?=$|\s|[.,;|])", re.IGNORECASE
)
_ALONE = re.compile(r"^\W*(\d{1,3})\W*$")
_CLAUSE = re.compile(
    r"^\W{0,2}(?:(?:§|art(?:icle|ikel|ículo|icolo|\.)|section|clause|ziffer|cl[aá]usula)\s*(\d{1,2})\b"
    r"|(\d{1,2})(?:\.\d{1,2}){0,3}[.)]\s*[^\W\d_]|(\d{1,2})(?:\.\d{1,2}){1,3}\s+[^\W\d_])",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:dear\b|to whom it may concern|sehr geehrte|liebe[rs]?\b|guten tag|madame|monsieur|messieurs|chère?s?\b"
    r"|estimad[oa]s?\b|muy señor|a quien corresponda|a quien pueda interesar|gentile\b|spett|egregio|geachte\b|beste\b"
    r"|prezad[oa]|exm[oa]|szanown|vážen|tisztelt|stimat|sayın|bästa|hej\b|kære|kjære|hyvä|уважаем|шановн|αξιότιμ"
    r"|拝啓|尊敬的|致|관계자)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:sincerely|yours faithfully|yours truly|(?:kind|best|warm) regards|respectfully|in witness whereof"
    r"|mit freundlichen grüßen|mit freundlichen gruessen|hochachtungsvoll|cordialement|veuillez agréer|salutations"
    r"|atentamente|saludos|distinti saluti|cordiali saluti|met vriendelijke groet|melhores cumprimentos|atenciosamente"
    r"|z poważaniem|s pozdravem|tisztelettel|med vänlig|med venlig|med vennlig|ystävällisin|saygılar|с уважением"
    r"|authori[sz]ed signatory|signature of|unterschrift|firmado|敬具|此致)",
    re.IGNORECASE,
)
#: "Exhibit 10.1" is what a filing calls an agreement, not what an agreement calls its annex.
_EXHIBIT = re.compile(
    r"^\W*(?!exhibit\s+\d+\.\d)(?:exhibit|schedule|annex(?:e|ure)?|appendix|attachment|addendum|anlage|anhang|anexo"
    r"|allegato|bijlage|bilaga|vedlegg|bilag|liite|załącznik|příloha|melléklet|anexa|ek|приложение|附件|別紙)\b[\s:.\"“-]{0,3}"
    r"(?:[A-Z]{1,2}(?:-?\d{1,3})?|\d{1,3}(?:\.\d{1,2})?|[IVX]{1,5}|\W*$)(?!\w)",
    re.IGNORECASE,
)
#: How an agreement opens: between whom, and that it is made, in one sentence.
_BETWEEN = r"\b(?:between|among|zwischen|entre|tra|tussen|pomiędzy|mellan|mellom|mellem)\b"
_MADE = (
    r"\b(?:made|entered into|dated|effective|agreed|geschlossen|vereinbart|conclu|convenu|celebra|suscri|stipula"
    r"|gesloten|zawart|ingå|inngå|indgå)"
)
_OPENS = re.compile(rf"{_MADE}.{{0,200}}?{_BETWEEN}|{_BETWEEN}.{{0,400}}?{_MADE}", re.IGNORECASE)
_OPENING_ROWS = 18
#: The commonest words of some languages, as far as no two share them; a page has so many of them and twice as many as
#: of any other, or its language is not told.
_COMMON_WORDS = """
en the and of to is that for with this by shall be was on from has are
de der die und das ist nicht den mit von für auf eine dem wird im zu des
fr le les et des est du une dans pour qui que par sur au ce il avec
es el los las y en del una por con para es su al lo como más
it il di che è della per gli nel con del alla sono delle non dei
pt o os do da em um uma não com para dos das ao pela pelo
nl het een van en de is dat op te voor met zijn wordt aan niet
pl w i na z do się nie jest oraz przez od dla po za
"""
_COMMON = {line.split()[0]: frozenset(line.split()[1:]) for line in _COMMON_WORDS.strip().splitlines()}
_ENOUGH = 8
#: A row of a table of contents; so many make one.
_LISTED, _SEVERAL = re.compile(r"(?:\.{3,}|…|(?:\. ){3,}|_{3,})\s*\d{1,3}\W*$"), 5
_ID = re.compile(r"(?<![\w])(?=(?:\S*\d){4})[A-Z0-9][A-Z0-9/.-]{5,24}(?![\w])", re.IGNORECASE)
_DATE_LIKE = re.compile(r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|[\d.,]+)$")


@dataclass(frozen=True, slots=True)
class Marks:
    """What one page says of its place.

    `place` is its number, `count` how many pages it says there are (None where it does not say so), `clauses` the first
    and the last number of clauses on it; `runs` are the rows at its head and foot, without their digits; `heads` those
    of its upper part with them; `filled` is how far down its print goes, as a fraction; `height` is that of its print
    over the width of the page.
    """

    number: int
    words: int
    place: int | None
    count: int | None
    runs: frozenset[str]
    heads: frozenset[str]
    ids: frozenset[str]
    clauses: tuple[int, int] | None
    greeting: bool
    closing: bool
    exhibit: bool
    opening: bool
    contents: bool
    language: str
    filled: float
    opens_within: bool
    ends_within: bool
    height: float
    size: tuple[float, float]
    scanned: bool

    def __repr__(self) -> str:
        return f"<Marks p{self.number} {self.place}/{self.count} {self.words} words>"


def of(page: Page, lines: Sequence[Line], scanned: bool) -> Marks:
    """Return the marks of *page*, whose rows are *lines*."""
    texts = [line.text[:_LONGEST] for line in lines[:_ROWS]]
    edges = _edges(lines)
    place, count = _numbered([line.text[:_LONGEST] for line in edges], [*texts[:_EDGE_ROWS], *texts[-_EDGE_ROWS:]])
    inner = [
        text for line, text in zip(lines, texts, strict=False) if line not in edges or len(text.split()) > _SENTENCE
    ]
    upper = [line.text[:_LONGEST] for line in lines[:_ROWS] if line.box.top < 0.4]
    return Marks(
        number=page.number,
        words=sum(len(text.split()) for text in texts),
        place=place,
        count=count,
        runs=frozenset(_runs(edges)),
        heads=frozenset(said for text in upper if len(said := " ".join(text.casefold().split())) >= _SAYS),
        ids=frozenset(_ids([*upper, *(line.text[:_LONGEST] for line in edges)])),
        clauses=_clauses(texts),
        greeting=any(
            _GREETING.match(line.text) and len(line.text) < _SHORT_ROW for line in lines if line.box.top < 0.65
        ),
        closing=any(_CLOSING.search(text) for text in texts[-12:]),
        exhibit=any(_EXHIBIT.match(text) and len(text) < 2 * _SHORT_ROW for text in texts[:5]),
        opening=_opening(texts),
        contents=sum(_LISTED.search(text) is not None for text in texts) >= _SEVERAL,
        language=_language(texts),
        filled=max((line.box.bottom for line in lines if line.box.middle <= _FOOT), default=0.0),
        opens_within=_opens_within(inner),
        ends_within=_ends_within(inner),
        height=_height(page),
        size=(page.width, page.height),
        scanned=scanned,
    )


def _edges(lines: Sequence[Line]) -> list[Line]:
    head = [line for line in lines[:_EDGE_ROWS] if line.box.middle < _HEAD]
    return head + [line for line in lines[-_EDGE_ROWS:] if line.box.middle > _FOOT and line not in head]


def _numbered(edges: Sequence[str], outer: Sequence[str]) -> tuple[int | None, int | None]:
    """Return the number of the page and of all pages as its head or foot says them, or any of its *outer* rows does."""
    for shape, texts in ((_LABELLED, outer), (_BARE, edges)):
        for text in texts:
            found = shape.search(text)
            if found and 1 <= int(found[1]) <= int(found[2]) <= _MOST and len(text) <= 3 * _SHORT_ROW:
                return int(found[1]), int(found[2])
    for shape in (_SINGLE, _ALONE):
        for text in reversed(edges):
            found = shape.search(text)
            number = int(next(each for each in found.groups() if each)) if found else 0
            if 1 <= number <= _MOST:
                return number, None
    return None, None


def _runs(edges: Sequence[Line]) -> list[str]:
    """Return what the rows at the head and foot say without digits, where it is enough to know them again by."""
    folded = ("".join(letter for letter in line.text.casefold() if letter.isalpha()) for line in edges)
    return [text for text in folded if len(text) >= _SAYS]


def _ids(texts: Sequence[str]) -> list[str]:
    return [found for text in texts for found in _ID.findall(text) if not _DATE_LIKE.match(found)]


def _clauses(texts: Sequence[str]) -> tuple[int, int] | None:
    numbers = [int(next(each for each in found.groups() if each)) for text in texts if (found := _CLAUSE.match(text))]
    # An address or an amount can look like a clause; clauses count up.
    rising = [number for at, number in enumerate(numbers) if number and (at == 0 or number >= numbers[at - 1])]
    return (rising[0], rising[-1]) if rising else None


def _opening(texts: Sequence[str]) -> bool:
    """Whether an agreement opens here: between whom, and that it is made, near the top of the page."""
    top = " ".join(texts[:_OPENING_ROWS])
    return _OPENS.search(top) is not None


def _language(texts: Sequence[str]) -> str:
    """Return the language that the commonest words of the page are of, or an empty string where few are there."""
    words = [word for text in texts for word in text.casefold().split()]
    counted = {name: sum(word in common for word in words) for name, common in _COMMON.items()}
    first, second = sorted(counted, key=lambda name: counted[name], reverse=True)[:2]
    return first if counted[first] >= _ENOUGH and counted[first] >= 2 * counted[second] else ""


def _opens_within(texts: Sequence[str]) -> bool:
    """Whether the page opens in the middle of a sentence."""
    first = next((text for text in texts if len(text.split()) >= _SENTENCE), "")
    return is_prose(first) and texts.index(first) < 3 and first.lstrip("\"'“(")[:1].islower()


def _ends_within(texts: Sequence[str]) -> bool:
    """Whether the page ends in the middle of a sentence."""
    last = next((text for text in reversed(texts) if len(text.split()) >= _SENTENCE), "")
    return is_prose(last) and last in texts[-2:] and (last[-1:].isalpha() or last[-1:] in ",-–")


def _height(page: Page) -> float:
    heights = [word.box.height for word in page.words]
    return median(heights) * page.height / max(page.width, 1e-6) if heights else 0.0
