"""Whether a contract is signed, by whom and when: the block's text, the picture, and digital signatures together.

It is signed when every side has signed. A side whose line is blank makes it unsigned, and the warning says which side;
where a side's signature can neither be seen nor be ruled out the answer is unsure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.model import Field, Source
from toolkit.pages import Opened, Sheet
from toolkit.readers import Reading
from toolkit.readers.agreement.clauses import clauses
from toolkit.readers.agreement.ink import drawn_above, pictured_at_end
from toolkit.readers.agreement.opening import cast_of
from toolkit.readers.agreement.pdf_signatures import DigitalSignature, digital_signatures
from toolkit.readers.agreement.sign_block import MADE, Side, Signature, partly, signatures, verdict
from toolkit.readers.agreement.signature import printed_signers, signed
from toolkit.readers.agreement.work import WORK
from toolkit.readers.prose import Prose, prose

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PDF = "application/pdf"
#: A conformed signature of every side; the same of sides that the block does not tell apart; a hand seen in a picture;
#: a digital signature of every side by name; as many digital signatures as sides; blank lines by text alone, and seen.
_CONFORMED, _UNTOLD, _DRAWN, _BY_NAME, _BY_COUNT, _BLANK, _SEEN_BLANK = 0.95, 0.85, 0.80, 0.93, 0.85, 0.80, 0.92


@dataclass(frozen=True, slots=True)
class Signing:
    """The answer "yes", "no" or "unsure", the trust in it, its signatures, and the sides that are missing."""

    answer: str
    trust: float
    found: tuple[Signature, ...]
    missing: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Signing {self.answer} {self.trust:.2f} {len(self.found)} signatures>"


def sides_of(text: Prose, kind: str, parties: Sequence[str]) -> tuple[Side, ...]:
    """Return who has to sign a contract of type *kind* between *parties*."""
    if kind in WORK:
        cast = cast_of(text, clauses(text))
        employer, employee, host = cast.get("employer"), cast.get("employee"), cast.get("host_employer")
        if employer is not None and employee is not None:
            bound = host is not None and (host.row or host.name.start < employee.name.start)
            hosting = [Side("host employer", host.name.text, True)] if host is not None and bound else []
            own = ("employer", "employee") if kind != "service" else ("client", "contractor")
            return (Side(own[0], employer.name.text, True), *hosting, Side(own[1], employee.name.text, False))
    return (
        tuple(Side(f"party {number}", name, True) for number, name in enumerate(parties, 1)) if len(parties) > 1 else ()
    )


def stated(text: Prose, kind: str, parties: Sequence[str]) -> Signing:
    """Return what the text alone says of the signatures."""
    sides = sides_of(text, kind, parties)
    found = signatures(text, sides)
    answer, missing = verdict(found, sides)
    plain, trust, _ = signed(text)
    if answer == "yes":
        digital = any(each.how == "digital" for each in found)
        return Signing("yes", _UNTOLD if digital or not sides else _CONFORMED, found, ())
    if answer == "unsure" and sides and (missing := partly(text, found, sides)) and kind in WORK:
        return Signing("no", _BLANK, found, missing)
    if answer == "no" and (kind in WORK or any(each.how in MADE for each in found)):
        return Signing("no", _BLANK, found, missing)
    if plain == "yes" and not any(each.how == "blank" for each in found) and kind not in WORK:
        return Signing("yes", trust, found, ())
    return Signing("unsure", 0.5, found, ())


def fields(text: Prose, signing: Signing) -> Iterator[Field]:
    """Yield `signed` and, where there is any line to sign on, `signatures`."""
    made = [each for each in signing.found if each.how in MADE] or list(signing.found)
    _, _, span = signed(text)
    place = (made[0].start, max(made[0].start + 1, made[0].end)) if made else span
    yield text.field("signed", signing.answer, signing.trust, place)
    if signing.found:
        trust = min(0.88, max(signing.trust, 0.6))
        yield text.field("signatures", tuple(each.row for each in signing.found), trust, place)


def warnings(signing: Signing) -> tuple[str, ...]:
    """Return what to say of sides that have not signed; no names, for warnings are read where values are not."""
    if signing.answer != "no" or not signing.missing:
        return ()
    return (f"The contract is not signed by all: no signature of the {' or of the '.join(signing.missing)}.",)


def with_pictures(reading: Reading, opened: Opened, sheets: Sequence[Sheet]) -> Reading:
    """Return *reading* with its answer on signatures after a look at the pictures and the file's own signatures."""
    text = prose([sheet.page for sheet in sheets])
    given = {field.name: field.value for field in reading.fields}
    kind, parties = str(given.get("contract_type", "")), given.get("parties", ())
    names = tuple(str(each) for each in parties) if isinstance(parties, tuple) else ()
    said = stated(text, kind, names)
    sides = sides_of(text, kind, names)
    by_hand = _drawn(said, text, opened, sheets)
    final = _digital(by_hand, digital_signatures(opened.data) if opened.media_type == _PDF else (), sides)
    if final == said:
        return reading
    kept = tuple(field for field in reading.fields if field.name not in ("signed", "signatures"))
    told = tuple(each for each in reading.warnings if each not in warnings(said))
    changed = [field if field.confidence else replace(field, confidence=final.trust) for field in fields(text, final)]
    return replace(reading, fields=(*kept, *changed), warnings=(*told, *warnings(final), *_tampered(final)))


def _tampered(signing: Signing) -> tuple[str, ...]:
    if any(each.intact == "no" for each in signing.found):
        return ("A digital signature does not fit the document as it is: it was changed after signing, or damaged.",)
    return ()


def _drawn(said: Signing, text: Prose, opened: Opened, sheets: Sequence[Sheet]) -> Signing:
    """The answer after a look for ink over the blank lines, or over the printed names where no line is printed."""
    if said.answer == "yes":
        return said
    blanks = [each for each in said.found if each.how == "blank"]
    if opened.media_type == _WORD:
        wanted = len(blanks) or len(printed_signers(text))
        if not wanted or pictured_at_end(opened.data) < wanted:
            return said
        return _settled(replace(said, found=tuple(_by_hand(each) for each in said.found)), said)
    by_page = {sheet.page.number: sheet for sheet in sheets}
    if blanks:
        found = tuple(
            _by_hand(each) if each.how == "blank" and _inked(text, each.start, each.end, by_page) else each
            for each in said.found
        )
        return _settled(replace(said, found=found), said)
    names = printed_signers(text)
    if said.answer == "unsure" and names and all(_inked(text, name.start, name.end, by_page) for name in names):
        hands = tuple(Signature("", name.text, "", "", "drawn", name.start, name.end) for name in names)
        return Signing("yes", _DRAWN, (*said.found, *hands), ())
    return said


def _by_hand(each: Signature) -> Signature:
    return replace(each, how="drawn") if each.how == "blank" else each


def _inked(text: Prose, start: int, end: int, by_page: dict[int, Sheet]) -> bool:
    source: Source = text.source(start, end)
    return source.page in by_page and source.box is not None and drawn_above(by_page[source.page], source.box)


def _settled(seen: Signing, said: Signing) -> Signing:
    """The answer where the pictures were looked at: ink on each line is likely a yes, none on a line a sure no."""
    blank = [each for each in seen.found if each.how == "blank"]
    made = [each for each in seen.found if each.how in MADE]
    if not blank and made and said.answer != "unsure":
        left = tuple(label for label in said.missing if label not in {each.side for each in made})
        return replace(seen, answer="no" if left else "yes", trust=_DRAWN, missing=left)
    if not blank and made:
        return replace(seen, answer="yes", trust=_DRAWN, missing=())
    if said.answer == "no" and seen.found == said.found:
        return replace(seen, trust=_SEEN_BLANK)
    still = tuple(label for label in said.missing if label in {each.side for each in blank})
    return replace(seen, missing=still or said.missing)


def _digital(said: Signing, made: Sequence[DigitalSignature], sides: Sequence[Side]) -> Signing:
    """The answer with the digital signatures of the file, each given to the side whose name it bears."""
    if not made:
        return said
    end = max((each.end for each in said.found), default=0)
    rows = tuple(
        Signature(_side(each, sides), each.name, each.organisation, each.date, "digital", end, end, each.intact)
        for each in made
    )
    # A signature field often stands over a line of print: the blank line of a side that has signed is none.
    done = {row.side for row in rows if row.side}
    lines = tuple(
        each for each in said.found if not (each.how == "blank" and (each.side in done or len(rows) >= len(sides) > 0))
    )
    found = (*lines, *rows)
    signers = {each.side for each in found if each.how in MADE}
    if any(row.intact == "no" for row in rows):
        return Signing("unsure", 0.5, found, ())
    if sides and all(side.label in signers for side in sides):
        return Signing("yes", _BY_NAME if all(row.intact == "yes" for row in rows) else _BY_COUNT, found, ())
    if said.answer == "yes" or len(rows) >= max(2, len(sides)):
        return Signing("yes", max(said.trust if said.answer == "yes" else 0.0, _BY_COUNT), found, ())
    missing = tuple(label for label in said.missing if label not in done)
    return Signing("no" if missing else "unsure", min(said.trust, _UNTOLD) if missing else 0.5, found, missing)


def _side(made: DigitalSignature, sides: Sequence[Side]) -> str:
    """The side whose name the certificate bears; a person of another name signs for the one firm there is."""
    named, firm = _plain(made.name), _plain(made.organisation)
    for side in sides:
        if _plain(side.name) and _plain(side.name) in (named, firm):
            return side.label
    for side in sides:
        words = [_plain(word) for word in side.name.split()]
        if not side.employs and words and all(word in named for word in words):
            return side.label
    employers = [side for side in sides if side.employs]
    platform = re.search(
        r"docusign|adobe|dropbox|hellosign|skribble|yousign|signaturit|universign", made.name, re.IGNORECASE
    )
    return employers[0].label if len(employers) == 1 and len(sides) == 2 and named and not platform else ""


def _plain(words: str) -> str:
    return re.sub(r"[\W_]", "", words.casefold())
