"""How names of people and organisations are printed in running text: where one ends, and which of the two it is.

Knows capital letters, initials and legal forms; knows no document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(several: str) -> frozenset[str]:
    return frozenset(several.split())


_LEGAL = _words(
    """inc incorporated incorporation llc ltd limited lp llp lllp corp corporation company co plc nv bv ag gmbh mbh kg
    kgaa ohg ug se sa sas sarl srl spa sl pte pty pvt private oy ab as aps kk bhd sdn pllc pc na sasu eurl sro zrt kft
    ltda partnership sca scs cv ulc gp"""
)
_PERSONAL = _words("jr sr ii iii iv md phd esq cpa mba dds jd dr")
_TITLES = _words("mr ms mrs dr miss prof herr frau monsieur madame señor señora mme sr sra")
#: Capitalised words that begin or go on with something else than a name.
_STOPS = _words(
    """a an the and or with having whereas recitals witnesseth located by between among dated as this that in on to for
    from agreement therefore its whose effective date employee employer executive company parties party you your i
    attention attn re dear ladies gentlemen confidential exhibit page name title if each all any such section article
    board directors background recital introduction both collectively hereinafter is are was will shall parties"""
)
#: Legal forms that are also plain words: "a Delaware corporation" names nobody.
_PLAIN_WORDS = _words("corporation company limited partnership private as se sa sl co ab")
_JOINERS = _words("of & de del della di da van von der den ter la le las los el y e und et du des zu zur")
_ORGANISED = re.compile(
    r"\b(?:bank|bancorp|university|universit[äy]t|college|institute|school|group|holdings?|partners|associates|trust"
    r"|systems|technologies|industries|services|solutions|laboratories|pharmaceuticals?|enterprises?|foundation|fund"
    r"|capital|securities|international|stores|products|society|council|ministry|department|office|agency|authority"
    r"|ventures|networks|software|electronics|medical|health|energy|financial|organi[sz]ation|associated?|club|hospital"
    r"|airlines|motors|gaming|brands|communications)\b",
    re.IGNORECASE,
)
#: "Bunker One (USA) Inc.": a place in brackets before the legal form belongs to the name.
_REGION = re.compile(
    r"\s+\([A-Z][\w.&' -]{1,22}\)"
    r"(?=\s+(?:Inc|Incorporated|LLC|L\.L\.C|Ltd|Limited|LP|LLP|Corp|Corporation|Co|Company|Pte|Pty"
    r"|Pvt|Private|GmbH|AG|S\.?A|B\.?V|Holdings?|Group)\b)"
)
_SHOUTED = re.compile(
    r"\s*(?:YOU|YOUR|ON|ALL|EACH|BOTH|WITH|FOR|IN|IS|WE|OUR)\s+(?:[A-Z][A-Z&'.-]*\s+){1,6}[A-Z][A-Z&'.-]*[\s,]+"
    r"(?:INC|LLC|LTD|CORP(?:ORATION)?|LIMITED)\b\.?"
)
_TOKEN = re.compile(r"[^\s,;()\"]+")
_INITIAL = re.compile(r"(?:[A-Z]\.){1,4}|[A-Z]\.?")
_ABBREVIATED = _words("st no mt ft jr sr mr ms dr inc co corp ltd bros wm chas geo jos thos u.s")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text at `start`..`end`, its white space made single."""

    text: str
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Name {self.start}..{self.end}>"

    @property
    def legal(self) -> bool:
        """Whether it ends in a legal form (Inc., GmbH ...)."""
        return is_legal(self.text.split()[-1])

    @property
    def organisation(self) -> bool:
        """Whether it reads as an organisation's name rather than a person's."""
        return any(is_legal(word) for word in self.text.split()[1:]) or bool(_ORGANISED.search(self.text))

    @property
    def person(self) -> bool:
        """Whether it can be a person's name: two to five words of letters, no legal form."""
        words = [word for word in self.text.replace(",", " ").split() if _bare(word) not in _PERSONAL]
        lettered = all(re.fullmatch(r"[^\W\d_][\w.'-]*", word) for word in words)
        return 2 <= len(words) <= 5 and lettered and not self.organisation


def is_legal(word: str) -> bool:
    """Whether *word* is a legal form, however it is dotted."""
    return _bare(word) in _LEGAL


def name_at(text: str, start: int, *, one_line: bool = False) -> Name | None:
    """Return the name that begins at *start* (white space is skipped), or None; *one_line* stops at a line's end."""
    begun, end, words, formed, at = start, start, 0, False, start
    if shouted := _SHOUTED.match(text, start):
        # "YOU ON DEMAND HOLDINGS, INC.": small words that a name in capitals is made of.
        return _named(text, start, shouted.end())
    while word := _next(text, at, one_line and words > 0):
        piece = word.group()
        bare = _bare(piece)
        crossed_comma = "," in text[end : word.start()] and words > 0
        if formed and bare == "of" and not crossed_comma and (more := _next(text, word.end(), one_line)):
            # "Acme Corporation of Utopia", not "Acme Corporation of 12 High Street".
            if not _goes_on(more):
                break
            end, at, words = more.end(), more.end(), words + 2
            continue
        if formed or crossed_comma:
            # After a legal form or a comma only another form or a personal suffix still belongs to the name.
            if bare == _bare(text[begun:end]) or (
                not _formed(piece, bare) and not (crossed_comma and bare in _PERSONAL)
            ):
                break
        elif bare in _JOINERS and words and not piece[0].isupper():
            following = _next(text, word.end(), one_line)
            if following is None or not _goes_on(following):
                break
            at = word.end()
            continue
        elif piece[:-1].isdigit() and piece.endswith("."):
            break  # the number of the next clause
        elif not _belongs(piece, bare, words):
            break
        formed = formed or (_formed(piece, bare) and words > 0)
        begun, end, at, words = word.start(), word.end(), word.end(), words + 1
        if piece.endswith((".", ":")) and not _abbreviated(piece, bare):
            end -= 1
            break
        region = _REGION.match(text, end)
        at = region.end() if region else at
    return _named(text, start, end) if words else None


def _goes_on(word: re.Match[str]) -> bool:
    """Whether a name goes on with *word* after "of" or "and"."""
    return _capital(word.group()) and _bare(word.group()) not in _STOPS


def _belongs(piece: str, bare: str, words: int) -> bool:
    if _INITIAL.fullmatch(piece) and (piece.endswith(".") or words):
        return True
    if bare in _STOPS and (len(piece) > 1 or piece in ("A", "I")) and not (piece == "The" and words == 0):
        return words > 0 and bare in ("company", "i") and piece[0].isupper()
    return _capital(piece) or (words > 0 and (bool(re.match(r"\d{1,3}(?!\d)", piece)) or _formed(piece, bare)))


def _formed(piece: str, bare: str) -> bool:
    return bare in _LEGAL and (piece[0].isupper() or bare not in _PLAIN_WORDS)


def _capital(piece: str) -> bool:
    letters = [letter for letter in piece if letter.isalpha()]
    if not letters:
        return False
    # `eBay` and `iRobot` begin small.
    if re.fullmatch(r"[\w-]+\.(?:com|net|org|io|de)|[a-z]\d[\w-]*", piece):
        return True
    return letters[0].isupper() or (len(letters) > 3 and any(letter.isupper() for letter in letters[1:]))


def _next(text: str, at: int, one_line: bool) -> re.Match[str] | None:
    gap = re.compile(r"[^\S\n\f\t]*,?[^\S\n\f\t]*" if one_line else r"\s*,?\s*").match(text, at)
    return _TOKEN.match(text, gap.end() if gap else at)


def _abbreviated(piece: str, bare: str) -> bool:
    if piece.endswith(":"):
        return False
    return bool(_INITIAL.fullmatch(piece)) or bare in _LEGAL or bare in _PERSONAL or bare in _ABBREVIATED


def _named(text: str, start: int, end: int) -> Name | None:
    begin = start + len(text[start:end]) - len(text[start:end].lstrip(" \t\n\f,"))
    words = text[begin:end].split()
    while words and _bare(words[0]) in _TITLES:
        begin += len(words[0])
        begin += len(text[begin:end]) - len(text[begin:end].lstrip())
        words = words[1:]
    if words and words[-1].endswith("'s") and not words[-1][:-2].isupper():
        words[-1], end = words[-1][:-2], end - 2
    return Name(" ".join(words), begin, end) if words else None


def _bare(word: str) -> str:
    return word.replace(".", "").strip(",:;'\"!").casefold()
