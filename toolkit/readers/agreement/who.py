"""Firms and people as contracts print them, in any of the languages they come in: found inside a piece of text.

A firm is known by its legal form or by what it calls itself (University of ..., Verein ...); a person by a form of
address or by the shape of a name. Knows no clause and no role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.readers.naming import Name

_FORMS = (
    r"gGmbH|GmbH(?:\s*&\s*Co\.?\s*KG(?:aA)?)?|mbH|AG(?:\s*&\s*Co\.?\s*KG(?:aA)?)?|SE|KGaA|KG|OHG|UG"
    r"|e\.\s?V\.|eG|GesmbH|Ges\.m\.b\.H\."
    r"|S\.?A\.?S\.?U?\.?|S\.?\s?à\s?r\.?\s?l\.?|S\.?A\.?R\.?L\.?|S\.?A\.?,?\s+de\s+C\.?V\.?"
    r"|S\.?\s?de\s+R\.?L\.?(?:\s+de\s+C\.?V\.?)?|S\.A\.U?\.?|SA|SNC|SCRL|SC"
    r"|S\.?R\.?L\.?|SPRL|ASBL|S\.L\.U?\.?|SL|SLU|Lda\.?|Ltda\.?|B\.V\.|BV|N\.V\.|NV|VOF|S\.p\.A\.?|SpA|S\.r\.l\.?"
    r"|Inc\.?|Incorporated|LLC|L\.L\.C\.|LLP|L\.L\.P\.|LP|plc|P\.?L\.?C\.?|(?:Co\.,?\s+)?(?:Pty\.?|\(Pty\)"
    r"|Pte\.?|Pvt\.?|Private|Sdn\.?)\s+(?:Ltd\.?|Limited|Bhd\.?)"
    r"|(?:Co\.,\s*)?Ltd\.?|Limited|Corp\.?|Corporation|Berhad|Oyj?|AB|A/S|ApS|ASA|Sp\.\s?z\s?o\.?\s?o\.?"
    r"|s\.r\.o\.|a\.s\.|Kft\.?|Zrt\.?|K\.K\."
)
_FORM = re.compile(rf"(?<![\w.&-])(?:{_FORMS})(?![\w-])(?<!\s)", re.IGNORECASE)
#: Forms that are words as well, unless written as forms are.
_ONLY_AS_WRITTEN = re.compile(
    r"SE|AG|SA|SC|SL|AB|LP|UG|EG|KG|SAS|SNC|OY|NV|BV|SASU?|SARL|SRL|ASA|A/S|Inc|Corp|Ltda?|Lda|plc|PLC|SpA"
    r"|Limited|LIMITED"
    r"|Corporation|CORPORATION|GmbH|GMBH|gGmbH|mbH|[\w.,\s&()/]*[.)(\s][\w.,\s&()/]*|LLC|LLP|Berhad|BERHAD|Incorporated"
    r"|INCORPORATED|OHG|KGaA|SPRL|ASBL|VOF|SCRL|SLU|ApS|Oyj|Kft|Zrt|GesmbH|INC|LTD|CORP|eG"
)
_SELF_NAMED = re.compile(
    r"\b(?:(?:University|College|Institute|City|County|Bank|Council|Universidad|Université|Universität"
    r"|Universiteit|Università"
    r"|Hochschule|Ministry|Stadt|Ville|Ayuntamiento)\s+(?:of|de|du|des|la|zu|van|di|della|degli"
    r"|Studi)?\s*(?:the\s+|la\s+)?"
    r"[A-ZÄÖÜÉ][\w'-]+(?:\s+[A-ZÄÖÜÉ][\w'-]+){0,3}"
    r"|[A-ZÄÖÜÉ][\w'-]+(?:\s+[A-ZÄÖÜÉ][\w'-]+){0,3}\s+(?:University|College|Hospital|Trust|Council"
    r"|Foundation|Klinikum|Stiftung))\b"
)
_ASSOCIATED = re.compile(
    r"\b(?:l'association|la\s+fondation|la\s+fundación|la\s+asociación|der\s+verein|die\s+stiftung|la\s+fondazione)\s+",
    re.IGNORECASE,
)
_JOINERS = frozenset(
    "of & and de del der die du des d' la le les el y e und et van von den di da do dos bin al".split()  # noqa: SIM905
)
#: Words before a firm's name that are no part of it.
_GENERIC = frozenset(
    """la le les l' the der die das dem den firma fa société société sociedad empresa mercantil entidad compañía
    società la azienda ditta company between entre zwischen tra fra tussen by and und et y e ed en for für pour
    por para per con with of von de del employer employeur arbeitgeber arbeitgeberin werkgever patrón first
    party (1) (2) (3) on behalf at chez bei presso société: dear this agreement home host gesellschaft sociedade
    empregadora employee date client the: an at to from zur zum""".split()  # noqa: SIM905
)
_TOKEN_BACK = re.compile(r"(?:\((?:[A-Z][\w.&' -]{1,24})\)|[^\s,;:|()\"]+)\s*\Z")
_TITLED = re.compile(
    r"(?<![\w.])(?:i\.\s?[VA]\.|ppa\.|Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|Miss|Mx\.?|M\.|Mme\.?|Mlle|Madame"
    r"|Monsieur|Mademoiselle|D\.ª|D\.a|Dª|Dña\.?|D\.|Don|Doña"
    r"|Sra?\.?|Sr\.ª|Señora?|C\.|Sig\.?(?:ra|na)?\.?|Signora?|Dott\.?(?:ssa)?|de\s+heer|mevrouw|mevr\.?"
    r"|dhr\.?|Dr\.?|Prof\.?|Senhora?|Lic\.|Ing\.)\s+",
)
_DEGREE = re.compile(
    r"(?:(?:Dr|Mag|Prof|Ing|Dipl|DI|MMag|Lic|Dott|Dott\.ssa|med|rer|nat|PD|h\.c|jur"
    r"|phil)\.?(?:-Ing\.)?\s+){1,3}(?=[A-ZÄÖÜÉ])",
    re.IGNORECASE,
)
_UPPER = r"A-ZÀ-ÖØ-ÞĀ-ŽƏ"
_NAME_WORD = rf"(?:[{_UPPER}][\w'.]*(?:[-'][{_UPPER}]?[\w']+)*|[dD]['’][{_UPPER}]\w+|al-\w+)"
_PARTICLE = (
    r"(?:van|von|de|del|de\s+la|de\s+los|der|den|dos|das|da|di|du|le|la|bin|binti|bint|ibn|al|el|zu|zum|ter|ten"
    r"|y|e|af|av)"
)
_PERSON = re.compile(rf"{_NAME_WORD}(?:[ ](?:{_PARTICLE}[ ]){{0,2}}{_NAME_WORD}){{1,4}}")
#: Broken at a line's end: then a comma or a bracket has to end it, or an address below a name would be part of it.
_BROKEN = re.compile(
    rf"{_NAME_WORD}(?:[ \n]{{1,2}}(?:{_PARTICLE}[ ]){{0,2}}{_NAME_WORD}){{1,4}}(?=\s{{0,2}}(?:[,;(]|\Z))"
)
_NOT_A_PERSON = re.compile(
    r"(?i)\b(?:promesse|embauche|oferta|offerta|angebot|lettera|lettre|carta|agreement|contract|contrat"
    r"|contrato|vertrag|arbeitsvertrag|company|employer|employee|street"
    r"|strasse|straße|road|avenue|rue|calle|via"
    r"|private|confidential|date|name|position|director|manager|officer|head|human|resources|signature"
    r"|unterschrift|offer|letter|job|title"
    r"|article|artikel|clause|section|schedule|appendix|witness|united|states|kingdom|new|york|the|this|dear"
    r"|plot|floor|suite|place"
    r"|employment|start|department|terms|salary|notice|by|for|and|und|et|governing|law|table|contents"
    r"|islands|known|formerly|first|second|party|representative|witnesses|datore|lavoratore|lavoratrice"
    r"|recht|republic|republik|south|africa|bundesrepublik|unterschrift|werkgever|werknemer|empresa"
    r"|trabajador|patrón|employeur|salariée?|arbeitgeber(?:in)?|arbeitnehmer(?:in)?|limited|inc|gmbh"
    r"|authorised|signatory)\b"
)


def firms(text: str, start: int, end: int) -> Iterator[Name]:
    """Yield the firms named within `start`..`end` of *text*, in order of place."""
    last = start
    for form in _FORM.finditer(text, start, end):
        if form.start() < last or not _ONLY_AS_WRITTEN.fullmatch(form.group()):
            continue
        begin = _begun(text, max(last, form.start() - 90, start), form.start())
        if begin is not None:
            yield _name(text, begin, form.end())
            last = form.end()
        elif (
            after := re.compile(rf"\s+{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}}").match(text, form.end(), end)
        ) is not None:
            # Belgium puts the form first: "la SRL Pavillon Vert".
            yield _name(text, form.start(), after.end())
            last = after.end()


def firm(text: str, start: int, end: int) -> Name | None:
    """Return the first firm within `start`..`end`: by its form, else by what it calls itself."""
    named = next(firms(text, start, end), None)
    if named is not None:
        return named
    if (called := _SELF_NAMED.search(text, start, end)) is not None:
        return _name(text, called.start(), called.end())
    if (kind := _ASSOCIATED.search(text, start, end)) is not None:
        name = re.compile(rf"{_NAME_WORD}(?:\s(?:{_PARTICLE}\s)?{_NAME_WORD}){{0,5}}").match(text, kind.end(), end)
        return _name(text, name.start(), name.end()) if name else None
    return None


#: A number right before: "112 Linden Grove" is a street.
_NUMBERED = re.compile(r"\d[\w/-]{0,4},? \Z")


def person(text: str, start: int, end: int) -> Name | None:
    """Return the first person within `start`..`end`: after a form of address, else the first of two words or more."""
    for titled in _TITLED.finditer(text, start, end):
        at = titled.end()
        further = re.compile(rf"(?:{_TITLED.pattern}|{_DEGREE.pattern})+").match(text, at, end)
        at = further.end() if further else at
        name = _over_a_line(text, at, end) or _PERSON.match(text, at, end)
        if name is not None and not _NOT_A_PERSON.search(name.group()):
            return _trimmed(text, name)
    for name in _PERSON.finditer(text, start, end):
        if _TITLED.match(text, name.start(), end) or _NUMBERED.search(text, start, name.start()):
            continue
        degree = _DEGREE.match(text, name.start(), end)
        shortened = _PERSON.match(text, degree.end(), end) if degree else name
        if (
            shortened is not None
            and not _NOT_A_PERSON.search(shortened.group())
            and not _FORM.search(text, *shortened.span())
            and not _trimmed(text, shortened).organisation
        ):
            return _trimmed(text, shortened)
    return None


def _over_a_line(text: str, at: int, end: int) -> re.Match[str] | None:
    """A name at *at* that goes over the end of a line of running text, up to what ends a name there."""
    name = _BROKEN.match(text, at, end)
    breaks = [place for place in range(at, name.end()) if text[place] == "\n"] if name else []
    return name if len(breaks) == 1 and _runs(text, breaks[0]) else None


def _trimmed(text: str, match: re.Match[str]) -> Name:
    end = match.end()
    if text[end - 1] == "." and not re.search(r"(?:^|\s)[A-Z]\.$|(?:Jr|Sr)\.$", match.group()):
        end -= 1
    return _name(text, match.start(), end)


def _name(text: str, start: int, end: int) -> Name:
    return Name(" ".join(text[start:end].split()), start, end)


#: A name goes over a line's end only in running text, whose lines are long; above it may stand a heading.
_RUNNING = 50


def _begun(text: str, limit: int, end: int) -> int | None:
    """Where the name that ends in a legal form at *end* begins; None when no word of a name stands before it."""
    at, begin = end, None
    while at > limit:
        before = text[limit:at]
        plain = before.rstrip(" \n\t,")
        crossed = before[len(plain) :]
        if (
            "\t" in crossed
            or ("," in crossed and at != end)
            or (crossed.count("\n") and not _runs(text, limit + len(plain)))
        ):
            break
        token = _TOKEN_BACK.search(plain)
        if token is None or not _of_a_name(token.group().strip(), begin is None):
            break
        at = limit + token.start()
        if token.group().strip().casefold() not in _JOINERS:
            begin = at
    return begin


def _of_a_name(word: str, first: bool) -> bool:
    """Whether *word* can stand in a firm's name before what is found already; *first* before its form alone."""
    plain = word.casefold().strip("«»'")
    if plain in _JOINERS:
        return not first
    if plain in _GENERIC or (word.endswith(".") and len(word) > 4 and not first):
        return False
    if word[0].isdigit():
        return not first and len(word) <= 3 and word.isdigit()
    return word.startswith("(") or any(letter.isupper() for letter in word)


def _runs(text: str, end: int) -> bool:
    """Whether the line that ends at *end* is one of running text."""
    return end - (text.rfind("\n", 0, end) + 1) >= _RUNNING
