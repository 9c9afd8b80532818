"""As what and where somebody works: the job title and the place of work, by row or by the sentence that states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.work_term import Term
from toolkit.readers.prose import Prose

#: What stands right before a job title, by language; the title begins with a capital or, after it, anywhere.
_TITLED = (
    r"\b(?:wird|werden)\b(?:[^.;]|\.(?=\s?[\dJFMASOND])){0,70}?\bzu[mr]\s+(?=\w+\s+(?:bestellt|ernannt|berufen))",
    r"\btitle\b[^.;:]{0,40}?\s(?:is|will\s+be|shall\s+be)\s+(?:the\s+)?",
    r"\b(?:employed|engaged|appointed|hired|seconded(?:\s+to\s+[^.;]{0,60}?)?|employment"
    r"|serve(?:\s+the\s+\w+)?|act|work|join(?:\s+[^.;]{0,50}?)?|appoint\s+you|employs?\s+[^.;]{0,40}?"
    r"|continue|appointment)\s+(?:[^.;]{0,60}?\s)?as\s+(?:an?\s+|the\s+|its\s+|our\s+)?",
    r"\b(?:position|role|post|capacity)\s+(?:of|as|is|will\s+be|shall\s+be)\s+(?:an?\s+|the\s+)?[\"']?",
    r"\b(?:you|employee|assignee|executive|secondee)\s+(?:is|will\s+be|shall\s+be|are)\s+(?:the\s+"
    r"|an?\s+)?(?=[A-Z][\w&-]+\s+[A-Z]|[A-Z]\w+\s+of\s+[A-Z])",
    r"\b(?:wird|werden|ist|tritt)\b(?:[^.;]|\.(?=\s?[\dJFMASOND])){0,70}?\bals\s+",
    r"\b(?:position|stelle|funktion)\s+(?:als|des|der|einer|eines)\s+",
    r"\ben\s+qualité\s+(?:de\s+|d')",
    r"\b(?:au\s+poste|le\s+poste|les\s+fonctions|fonctions?|l'emploi)\s+(?:de\s+|d')",
    r"\b(?:servicios|funciones)\s+(?:profesionales\s+)?(?:como|de)\s+",
    r"\b(?:puesto|cargo)\s+(?:de\s+trabajo\s+)?de\s+",
    r"\bcategor[íi]a(?:\s+profesional)?\s+de\s+",
    r"\bin\s+de\s+functie\s+van\s+",
    r"\bals\s+(?=[A-Z]\w+[^.;]{0,40}\bin\s+dienst)",
    r"\bcon\s+la\s+(?:qualifica|mansione)\s+di\s+",
    r"\bin\s+qualità\s+di\s+",
    r"\b(?:funções|cargo|categoria(?:\s+profissional)?)\s+de\s+",
)
_LEADS = tuple(re.compile(lead, re.IGNORECASE) for lead in _TITLED)
_TITLE = re.compile(r"[^\W\d_][^\n\t;:()\"|]{1,80}")
#: Where a title ends in running text.
_TITLE_ENDS = re.compile(
    r"\.(?=\s|\Z)|,\s+(?=[a-zà-ÿ(])|,\s+(?:Grade|Band|Level)\b|\s(?=of\s+(?:the\s+)?(?:\w+\s+)?(?:Company"
    r"|Employer|Corporation|Bank|Firm)\b|with\s+(?=[A-Z])|with\s+effect|reporting"
    r"|on\s+the\s+(?:following|terms)|at\s+|in\s+(?:our|the)|and\s+(?:shall|will|report)|from\s+|based"
    r"|commencing|starting|for\s+(?:the|our)\s|to\s+(?:the|our)|under|who|which"
    r"|in\s+die\s+Dienste|bestellt|ernannt|berufen|eingestellt|beschäftigt|tätig|angestellt|verwendet"
    r"|angeboten|zum\s|ab\s+(?:dem|\d)"
    r"|bei\s|in\s+(?:der"
    r"|unserem|\w+\s+eingesetzt)|mit\s"
    r"|à\s+compter|à\s+partir|au\s+sein|pour\s+une|auprès|du\s+\d|en\s+(?:el|la|nuestr|Meseta"
    r"|[A-Z]\w+\s+\w+,?\s+S)|con\s+(?:la|el)|a\s+partir|por\s+tiempo|desde|per\s+\d|vanaf|,\s+statut)"
    r"|\s+is\s+|\s+-\s+(?=\d)",
)
_SHORT = re.compile(r"\A(?:the|an?|its|our|le|la|les|l'|el|il|de|der|die|das|ein(?:e[rn]?)?)\s+", re.IGNORECASE)
#: English capitalises the words of a title; what does not is a sentence that goes on.
_IN_ENGLISH = re.compile(r"\b(?:as|of|is|be|are)\s+(?:an?\s+|the\s+|its\s+|our\s+)?[\"']?\Z")
_CAPITALS = re.compile(
    r"(?:[A-ZÀ-Þ0-9(&/-][^\s]*|(?:of|and|for|the|in|to|with|de|du|des)(?=\s))(?:\s+(?:[A-ZÀ-Þ0-9(&/-][^\s]*"
    r"|(?:of|and|for|the|in|to|with|de|du|des)(?=\s)))*"
)
_NO_TITLE = re.compile(
    r"^(?:follows|defined|set\s+out|may|such|necessary|required|agreed|described|amended|applicable|full"
    r"|consideration|soon|well|if|of\s|at[- ]will|employee|employer|probe|teil|vollzeit|follow)"
    r"|director\s+of\s+nursing$|\bday\b|salary|compensation|agreement",
    re.IGNORECASE,
)


def titles(prose: Prose, found: Sequence[Clause]) -> Iterator[Term]:
    """Yield the job titles stated: those of rows first, then those of sentences, the earlier first."""
    text = prose.text
    for clause in about(tuple(found), "title"):
        if clause.row and clause.start < 0.7 * len(text):
            yield from _title(text, clause.start, min(clause.end, clause.start + 120), 0.93)
    given = [
        term
        for lead in _LEADS
        for match in lead.finditer(text, 0, 12000)
        for term in _title(text, match.end(), match.end() + 100, 0.92)
    ]
    yield from sorted(given, key=lambda term: term.start)


def _title(text: str, start: int, end: int, trust: float) -> Iterator[Term]:
    match = re.compile(rf"[\s:|\"']*(?P<title>{_TITLE.pattern})").match(text, start, end)
    if match is None:
        return
    written = match["title"]
    following = text[match.end("title") : match.end("title") + 60]
    if text[match.end("title") : match.end("title") + 1] == "\n" and trust < 0.93 and not _TITLE_ENDS.search(written):
        # A sentence goes on over the line's end; a row does not.
        rest = following[1:]
        stop = re.search(r"[\n\t;:()\"|]", rest)
        written = f"{written} {rest[: stop.start()] if stop else rest}"
    stop = _TITLE_ENDS.search(written)
    plain = " ".join((written[: stop.start()] if stop else written).split()).strip(" ,.-'\"")
    plain = _SHORT.sub("", plain)
    level = re.match(r"\s?(\((?:Level|Grade|Band|Operations|[A-Z][\w ]{0,16})\s?\w?\))", following)
    if level and not stop and plain.endswith(written.split()[-1]) and not re.search(r"\d{3}", level[1]):
        plain = f"{plain} {level[1]}"
    if trust < 0.93 and _IN_ENGLISH.search(text[max(0, start - 40) : start]) and not _CAPITALS.fullmatch(plain):
        return
    if len(plain) < 3 or not plain[0].isupper() or len(plain.split()) > 9 or _NO_TITLE.search(plain):
        return
    yield Term("job_title", plain, trust, match.start("title"), match.start("title") + len(plain))


_PLACED = (
    r"\bappoint\s+you\s+as\s+[^.;]{3,60}?\s+at\s+(?:our\s+)?(?=[A-Z])",
    r"\b(?:normal\s+|usual\s+|principal\s+)?(?:place|location)\s+of\s+(?:work|employment|posting)\s+(?:is"
    r"|will\s+be|shall\s+be)\s+(?:at\s+|in\s+)?",
    r"\bhost\s+location\s+is\s+",
    r"\b(?:based|located)\s+(?:out\s+of|in|at)\s+(?:our\s+|the\s+)?(?=[A-Z0-9])",
    r"\bnormally\s+work\s+at\s+(?:the\s+)?",
    r"\bat\s+our\s+(?=[A-Z]\w+(?:\s[A-Z]\w+)?\s+(?:office|clinic|site|plant|factory))",
    r"\b(?:arbeitsort|dienstort|einsatzort|arbeitsstätte)\s+ist\s+",
    r"\b(?:lieu\s+(?:de\s+travail|d'occupation)|lieu\s+habituel)\s+(?:est|sera)\s+(?:fixé\s+(?:à|au)\s+"
    r"|situé\s+(?:à|au)\s+)?",
    r"\b(?:centro|lugar)\s+de\s+trabajo\s+(?:es|será\s+en|será|sito\s+en|ubicado\s+en|situado\s+en)\s+",
    r"\b(?:standplaats|werkplek)\s+is\s+",
    r"\b(?:sede|luogo)\s+di\s+lavoro\s+è\s+(?:a\s+)?",
    r"\blocal\s+de\s+trabalho\s+é\s+(?:em\s+)?",
)
_PLACES = tuple(re.compile(lead, re.IGNORECASE) for lead in _PLACED)
_PLACE_ENDS = re.compile(
    r"\.(?=\s|\Z)|;|\n|\t|\s+(?=offices?\b|clinic\b|site\b|plant\b|and\s+(?:may|shall|will)|or\s+(?:such|any"
    r"|at)|but\s|unless)|,\s+(?=and\s+may|and\s+you|but|or\s+(?:such|any)|unless|with\s+|sofern)"
)


def places(prose: Prose, found: Sequence[Clause]) -> Iterator[Term]:
    """Yield the places of work stated: rows first, then sentences."""
    text = prose.text
    for clause in about(tuple(found), "place"):
        if clause.row:
            yield from _place(text, clause.start, clause.end, 0.93)
    for lead in _PLACES:
        for match in lead.finditer(text):
            yield from _place(text, match.end(), match.end() + 140, 0.91)


def _place(text: str, start: int, end: int, trust: float) -> Iterator[Term]:
    begin = start + len(text[start:end]) - len(text[start:end].lstrip(" \t\n:|"))
    piece = text[begin : min(end, begin + 140)]
    stop = _PLACE_ENDS.search(piece)
    if stop is not None and stop.group() == "\n" and re.search(r",\s*\Z", piece[: stop.start()]):
        # An address goes on on the next line.
        stop = _PLACE_ENDS.search(piece, stop.end())
    plain = " ".join((piece[: stop.start()] if stop else piece).split()).strip(" ,.;:|")
    capital = bool(re.search(r"[A-ZÀ-Þ]", plain))
    if (
        2 < len(plain) < 120
        and capital
        and not re.match(r"(?:you|your|the\s+(?:company|employee)|is|will|may|determined)\b", plain, re.IGNORECASE)
    ):
        yield Term("work_location", plain, trust, begin, begin + len(plain))
