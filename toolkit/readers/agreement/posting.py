"""What an assignment letter says beside the work: home and host, tax, social security, family, return, cost centre.

A yes or no stands only where the paper says one of the two; nothing follows from silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.fields import country
from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.opening import Cast, Holder
from toolkit.readers.agreement.work_term import Term
from toolkit.readers.prose import Prose

#: Names of countries in the languages of the letters that the table of names does not have.
_ABROAD = {
    "D": "alemania allemagne duitsland alemanha germania",
    "GBR": "reino_unido royaume-uni vereinigtes_königreich grossbritannien großbritannien verenigd_koninkrijk "
    "regno_unito england scotland wales",
    "USA": "estados_unidos états-unis vereinigte_staaten stati_uniti verenigde_staten",
    "FRA": "frankreich francia frankrijk frança france",
    "ESP": "spanien espagne spanje spagna espanha",
    "CHE": "suiza zwitserland svizzera suíça",
    "AUT": "österreich autriche oostenrijk",
    "BEL": "belgien belgique bélgica belgië",
    "NLD": "niederlande pays-bas países_bajos nederland holland",
    "ITA": "italien italie italia",
    "PRT": "portugal",
    "BRA": "brésil brasilien brasil brasile",
    "CAN": "kanada canadá",
    "CHN": "chine",
    "IND": "inde indien india",
    "JPN": "japon japan japón",
    "MEX": "mexiko mexique méxico",
    "ARG": "argentine argentinien argentina",
    "ARE": "émirats_arabes_unis vereinigte_arabische_emirate emiratos_árabes_unidos uae dubai",
    "SGP": "singapour singapur",
    "ZAF": "südafrika afrique_du_sud sudáfrica",
    "TUR": "türkei turquie turquía",
    "POL": "polen pologne polonia",
    "IRL": "irland irlande irlanda",
}
_NAMES = {name.replace("_", " "): code for code, names in _ABROAD.items() for name in names.split()}
_PLACE = re.compile(r"[^\W\d_][\w'.-]*(?:[ ](?:of[ ]|and[ ]|the[ ]|de[ ]|del[ ])?[^\W\d_][\w'.-]*){0,4}")


def code_of(words: str) -> str:
    """Return the ICAO code of the country that *words* name, "" for none."""
    plain = " ".join(words.split()).strip(" .,;()")
    return _NAMES.get(plain.casefold(), "") or (country.parse(plain) if len(plain) > 3 else "")


def postings(prose: Prose, found: Sequence[Clause], cast: Cast, governed_by: Sequence[Term]) -> Iterator[Term]:
    """Yield what the letter says of an assignment, the best reading of a field first.

    *governed_by* are the governing laws read: home is likely where the law is, which is a guess and never vouched for.
    """
    text = prose.text
    yield from _countries(text, found, cast)
    for law in governed_by:
        if code := code_of(law.value):
            yield Term("home_country", code, 0.7, law.start, law.end)
    for field, topic, no, yes in _ANSWERS:
        yield from _answer(text, found, (field, topic), no, yes)
    yield from _social(text, found)
    for match in _COST_CENTRE.finditer(text):
        yield Term("cost_centre", match["code"].rstrip(".-"), 0.92, *match.span("code"))


_COST_CENTRE = re.compile(
    r"(?:cost\s+cent(?:re|er)|kostenstelle|centre\s+de\s+coûts?|centro\s+de\s+costes?)(?:\s+(?:code|no\.?"
    r"|number|nr\.?|is))?\s*[:|\t]?\s*(?P<code>(?=[\w./-]*\d)[\w./-]{3,20})",
    re.IGNORECASE,
)


def _countries(text: str, found: Sequence[Clause], cast: Cast) -> Iterator[Term]:
    for field, topic in (("home_country", "home_country"), ("host_country", "host_country")):
        for clause in about(tuple(found), topic):
            line = text.find("\n", clause.start + 1, clause.end)
            end = clause.end if line < 0 else line
            code = code_of(text[clause.start : end])
            if clause.row and code:
                yield Term(field, code, 0.95, clause.start, end)
    for field, role in (("home_country", "home_employer"), ("host_country", "host_employer")):
        holder = cast.get(role)  # type: ignore[call-overload]
        if holder is not None:
            yield from _seat(text, field, holder)
    yield from _from_to(text)
    for field, cue in (("host_country", _HOSTED), ("home_country", _AT_HOME)):
        for match in cue.finditer(text):
            place = _PLACE.match(text, match.end())
            code = next((c for c in _read(text, match.end()) if c), "") if place else ""
            if code:
                yield Term(field, code, 0.88, match.end(), place.end() if place else match.end())


_HOSTED = re.compile(
    r"\bhost\s+(?:location|country)\s+(?:is|will\s+be)\s+|\bassigned\s+to\s+(?:work\s+in\s+)?", re.IGNORECASE
)
_AT_HOME = re.compile(
    r"\bhome\s+(?:location|country)\s+(?:is|remains|will\s+remain)\s+|\bremain\s+in\s+the\s+(?=\w+\s+social)",
    re.IGNORECASE,
)


def _read(text: str, at: int) -> Iterator[str]:
    """The countries that the next words name, part by part: "London, United Kingdom"."""
    said = re.match(r"[^.\n]*", text[at : at + 70])
    for part in re.split(r"[,(]", said.group() if said else ""):
        yield code_of(part)


def _seat(text: str, field: str, holder: Holder) -> Iterator[Term]:
    """The country a party's own description ends with: "Delphine Agro NV, Gent, Belgium"."""
    described = text[holder.name.end : min(holder.described, holder.name.end + 220)]
    if not any(code_of(part) for part in re.split(r"[,;()\n]", described)):
        # "Acme Inc. (the Home Company) in Wichita, Kansas, United States, to ...".
        behind = re.compile(r"[^()\n]{0,40}\)\s*in\s+(?:(?!\bto\b|\band\b)[^.;()]){2,80}").match(text, holder.described)
        described = text[holder.name.end : behind.end()] if behind else described
    inside = re.search(r"\(([A-Z][\w ]{3,24})\)", holder.name.text)
    if inside and (code := code_of(inside[1])):
        yield Term(field, code, 0.88, holder.name.start, holder.name.end)
    codes = [(code, match) for match in re.finditer(r"[^,;()\n]+", described) if (code := code_of(match.group()))]
    if codes:
        code, match = codes[0]
        start = holder.name.end + match.start()
        yield Term(
            field, code, 0.93 if len({each for each, _ in codes}) == 1 else 0.8, start, start + len(match.group())
        )


_ROUTE = re.compile(
    r"(?:assignment|secondment|transfer|entsendung|détachement"
    r"|desplazamiento)\b[^.\n]{0,30}?[:-]\s*(?:from\s+)?(?P<home>[A-Z][^\n:.]{2,30}?)\s+(?:to|nach|à|vers"
    r"|a)\s+(?P<host>[A-Z][^\n.]{2,30})",
    re.IGNORECASE,
)


def _from_to(text: str) -> Iterator[Term]:
    """The title's "United Kingdom to Singapore"."""
    match = _ROUTE.search(text, 0, 3000)
    if match is None:
        return
    for field, part in (("home_country", "home"), ("host_country", "host")):
        if code := code_of(match[part]):
            yield Term(field, code, 0.93, *match.span(part))


_NOT = r"(?:\b(?:not|no|non|kein\w*|nicht|sin|sans|aucun\w*|ohne)\b)"
_EQUALISED = (
    r"tax[\s-]+equali[sz](?:ed|ation)|steuerausgleich\w*|péréquation\s+fiscale|ecualización\s+fiscal"
    r"|igualaci[óo]n\s+(?:fiscal|impositiva)|hypothetical\s+tax|hypotax|hyposteuer"
)
_ANSWERS: tuple[tuple[str, str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "tax_equalisation",
        "tax",
        re.compile(rf"{_NOT}[^.;\n]{{0,40}}(?:{_EQUALISED})|(?:{_EQUALISED})[^.;\n]{{0,30}}{_NOT}", re.IGNORECASE),
        re.compile(_EQUALISED, re.IGNORECASE),
    ),
    (
        "family_accompanies",
        "family",
        re.compile(
            rf"unaccompanied|single\s+status|without\s+(?:your|his|her|the|any)?\s*(?:family|dependants)"
            rf"|ohne\s+(?:familie|begleitung)|sans\s+(?:sa\s+)?famille|sin\s+(?:su\s+)?familia"
            rf"|{_NOT}[^.;\n]{{0,30}}(?:accompan|begleit)",
            re.IGNORECASE,
        ),
        re.compile(
            r"(?:will|shall|to)?\s*accompan(?:y|ied|ying)|begleite[nt]|mitreisend\w*|accompagnent"
            r"|accompagn[ée]e?s?|acompañ\w+|con\s+(?:su\s+)?familia",
            re.IGNORECASE,
        ),
    ),
    (
        "repatriation",
        "repatriation",
        re.compile(rf"{_NOT}[^.;\n]{{0,30}}(?:repatriat|rapatriement|repatriaci|rückreise)", re.IGNORECASE),
        re.compile(
            r"repatriat\w+|rückgegliedert|zurückgegliedert|reintegr\w+|rückreise|rapatriement"
            r"|repatriaci[óo]n|return\s+(?:flight|to\s+(?:the\s+home|a\s+comparable))",
            re.IGNORECASE,
        ),
    ),
)


def _answer(
    text: str, found: Sequence[Clause], asked: tuple[str, str], no: re.Pattern[str], yes: re.Pattern[str]
) -> Iterator[Term]:
    field, topic = asked
    spans = [(clause.head[0], clause.end, 0.93) for clause in about(tuple(found), topic)] or [(0, len(text), 0.9)]
    for start, end, trust in [*spans, (0, len(text), 0.88)]:
        denied, said = no.search(text, start, end), yes.search(text, start, end)
        if denied is not None:
            yield Term(field, "no", trust, *denied.span())
        elif said is not None:
            yield Term(field, "yes", trust, *said.span())
        if denied is not None or said is not None:
            return


_COVER = (
    ("certificate of coverage", r"certificates?\s+of\s+coverage|\bCoC\b"),
    ("A1", r"\bA\s?1\b(?!\s+not)(?:\s+(?:certificate|form|bescheinigung))?|A1-Bescheinigung|formulario\s+A1"),
    ("Entsendungsbescheinigung", r"Entsendungsbescheinigung|Entsendebescheinigung"),
    ("certificat de détachement", r"certificat\s+de\s+détachement|attestation\s+de\s+détachement"),
    ("Ausstrahlung", r"\bAusstrahlung\b"),
)
_COVERS = tuple((name, re.compile(words, re.IGNORECASE if name != "A1" else 0)) for name, words in _COVER)


def _social(text: str, found: Sequence[Clause]) -> Iterator[Term]:
    """The proof of social security the letter names; in the clause on it, else anywhere."""
    spans = [(clause.start, clause.end, 0.93) for clause in about(tuple(found), "social_security")]
    for start, end, trust in [*spans, (0, len(text), 0.86)]:
        for name, words in _COVERS:
            match = words.search(text, start, end)
            denied = match and re.match(
                r"\s*(?:is\s+)?(?:not|nicht|no)\b", text[match.end() : match.end() + 12], re.IGNORECASE
            )
            if match is not None and not denied:
                yield Term("social_security", name, trust, *match.span())
