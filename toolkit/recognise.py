"""Which kind of document a file is, and how sure that is: phrases of the `kind.toml` files, forms, zones, attachments.

Knows the definitions of kinds; knows no reader and reads no field. A file that looks like nothing we know is
`unknown`: it is never forced into the nearest kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolkit import faces, page_signs
from toolkit.form_numbers import FoundForm
from toolkit.kind import UNKNOWN, Kind, kinds
from toolkit.kind_phrases import fold
from toolkit.page_signs import Signs
from toolkit.pages import Opened
from toolkit.zone import FoundZone

__all__ = ["ENOUGH", "Recognised", "fold", "kind_of_zone", "named_by_words", "recognise"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file was taken for. `kind` is None and `name` is `unknown` where nothing known fits."""

    kind: Kind | None
    name: str
    confidence: float
    pages: tuple[int, ...]
    zone: FoundZone | None = None
    #: Zones of other documents in the same file; without a `zone`, they stand behind a document that has none.
    others: tuple[FoundZone, ...] = ()
    #: The official form it is, by the form's own mark.
    form: FoundForm | None = None


#: Below this confidence a document stays `unknown`.
ENOUGH = 0.5
#: Kinds show themselves on their first pages; a long contract mentions every other kind of paper further on.
_PAGES_LOOKED_AT = 3
#: How sure the kind is by a file inside the PDF, by the mark of an official form, and by a face without a word.
_BY_ATTACHMENT, _BY_FORM, _BY_FACE = 0.99, 0.97, 0.92
#: Words on a page of text, beyond which phrases are met by chance; what each doubling of them takes from a score.
_PLAIN, _BY_CHANCE = 60, 0.35
#: What a phrase weighs that names a kind or says much for it; what is left where one phrase in a sentence is all, and
#: the most where no title and nothing else bears out what a few words say.
_NAMES, _SAYS, _IN_PASSING, _LONE, _ON_FEW_WORDS = 4, 2, 0.5, 0.6, 0.89
#: A photo has at most so many letters on it (a studio's stamp), and a face at least this high on it.
_LETTERS_ON_PHOTO, _FACE_ON_PHOTO = 24, 0.12
_PHOTO = "photo"


def recognise(opened: Opened, signs: Sequence[Signs] = ()) -> Recognised:
    """Name the kind of *opened*: by an embedded invoice, the mark of a form, a machine-readable zone, else by words.

    *signs* are those of its pages, where somebody looked at them already.
    """
    known = kinds()
    signs = signs or page_signs.of(opened)
    numbers = tuple(page.number for page in opened.pages)
    for name, kind in known.items():
        if any(attached.casefold() in kind.attachments for attached, _ in opened.attachments):
            return Recognised(kind, name, _BY_ATTACHMENT, numbers)
    scores = page_signs.scores(signs[:_PAGES_LOOKED_AT])
    best, confidence = named_by_words(signs)
    form = next((each.form for each in signs[:_PAGES_LOOKED_AT] if each.form is not None), None)
    if form is not None:
        name = _of_form(form, known, scores)
        return Recognised(known[name], name, _BY_FORM, numbers, form=form)
    seems_travel = confidence < ENOUGH or any(
        scores.get(name, 0.0) >= 2 for name, kind in known.items() if kind.reader == "travel_document"
    )
    zones = _zones(signs) if _may_hold_zone(signs, seems_travel) else ()
    found = zones[0] if zones else None
    if found is not None:
        by_zone = _of_zone(found.zone.document_code, known, scores)
        if by_zone and confidence >= ENOUGH and _stands_apart(found, known[best], numbers):
            return Recognised(known[best], best, confidence, numbers, None, zones)
        if by_zone:
            return Recognised(known[by_zone], by_zone, max(found.confidence, 0.5), numbers, found, zones[1:])
    if confidence < ENOUGH and found is None and is_photo(signs):
        return Recognised(known[_PHOTO], _PHOTO, _BY_FACE, numbers)
    if confidence < ENOUGH:
        return Recognised(None, UNKNOWN, 1 - confidence, numbers, found)
    return Recognised(known[best], best, confidence, numbers, found)


def named_by_words(signs: Sequence[Signs]) -> tuple[str, float]:
    """Return the kind that the first pages of a document speak for, and how sure that is; under ENOUGH it is none."""
    looked_at = signs[:_PAGES_LOOKED_AT]
    if all(each.is_code for each in looked_at):
        return UNKNOWN, 0.0
    name, confidence = _winner(page_signs.scores(looked_at), kinds(), sum(each.words for each in looked_at))
    # Somebody else's official form asks for what our papers say.
    foreign = any(each.is_official for each in looked_at) and not any(each.form for each in looked_at)
    return name, _as_borne_out(confidence, name, looked_at) * (0.5 if foreign else 1.0)


def _as_borne_out(confidence: float, name: str, looked_at: Sequence[Signs]) -> float:
    """Return *confidence* as far as different phrases bear it out: a paper that asks for another names it too.

    Papers that show sums are left alone: what they say is short, and their sums speak with it.
    """
    kind = kinds().get(name)
    if kind is None or kind.amounts or kind.reader in ("travel_document", "contract"):
        return confidence
    grounds = _grounds(name, looked_at)
    if len(grounds) == 1 and (grounds[0][1] < 1 or _others_named(name, looked_at) > 1):
        return confidence * _LONE
    named = any(weight >= _NAMES and count > 1 for weight, count in grounds)
    said = sum(weight >= _SAYS and count > _IN_PASSING for weight, count in grounds)
    by_name = any(weight >= _NAMES and count > _IN_PASSING for weight, count in grounds)
    return confidence if named or (by_name and said > 1) else min(confidence, _ON_FEW_WORDS)


def _others_named(name: str, looked_at: Sequence[Signs]) -> int:
    """How many phrases name kinds other than *name*: a list of the papers that somebody asks for names several."""
    spoken = {phrase for signs in looked_at for phrase in signs.phrases}
    named = (phrase.speaks for phrase in spoken if all(kind != name for kind, _ in phrase.speaks))
    return sum(any(weight > _NAMES for _, weight in speaks) for speaks in named)


def _grounds(name: str, looked_at: Sequence[Signs]) -> list[tuple[float, float]]:
    """What each phrase that speaks for the kind weighs and counts; one inside another says nothing more."""
    found: dict[str, tuple[float, float]] = {}
    for place, signs in enumerate(looked_at):
        for phrase, count in signs.phrases.items():
            weight = dict(phrase.speaks).get(name)
            if weight is not None:
                held = found.get(phrase.spaced, (weight, 0.0))[1]
                found[phrase.spaced] = (weight, max(held, count if place == 0 else min(count, 1.0)))
    texts = sorted(found, key=len, reverse=True)
    kept: list[str] = []
    for text in texts:
        if not any(f" {text} " in f" {longer} " for longer in kept):
            kept.append(text)
    return [found[text] for text in kept]


def is_photo(signs: Sequence[Signs]) -> bool:
    """Whether a document of these pages is a person's photo: a face, large enough to judge, and next to no print."""
    if len(signs) != 1 or _PHOTO not in kinds() or signs[0].letters > _LETTERS_ON_PHOTO:
        return False
    image = signs[0].sheet.image
    if min(image.shape[:2]) < 2 * _LETTERS_ON_PHOTO:
        return False
    found = faces.find(image)
    return bool(found) and found[0].eyes_to_chin >= _FACE_ON_PHOTO / 2 * image.shape[0]


def _zones(signs: Sequence[Signs]) -> tuple[FoundZone, ...]:
    return tuple(zone for each in signs for zone in each.zones)


def _may_hold_zone(signs: Sequence[Signs], seems_travel: bool) -> bool:
    """Whether looking for a zone is worth its time: one was seen, or words show chevrons, or a picture may hold one."""
    return any(each.shows_zone for each in signs) or (seems_travel and any(each.pictured for each in signs))


def _stands_apart(found: FoundZone, kind: Kind, numbers: Sequence[int]) -> bool:
    """Whether the zone is that of another document, scanned behind one of a *kind* that has none."""
    return kind.reader != "travel_document" and found.page > numbers[0]


def kind_of_zone(code: str) -> str:
    """Return the name of the kind whose document codes fit *code*, that of a zone, most closely; empty for none."""
    return _of_zone(code, kinds(), {})


def _of_form(form: FoundForm, known: Mapping[str, Kind], scores: Mapping[str, float]) -> str:
    """Return the kind of a *form*: of those that share its number, as supplements do, the one that the words name."""
    sharing = [name for name, kind in known.items() if form.number in kind.forms]
    return max(sharing, key=lambda name: (scores.get(name, 0.0), name == form.kind), default=form.kind)


def _of_zone(code: str, known: Mapping[str, Kind], scores: Mapping[str, float]) -> str:
    """Return the kind whose document codes fit *code* most closely (phrases break a tie), or an empty string."""
    fits = [
        (max(len(start) for start in kind.document_codes if code.startswith(start)), scores.get(name, 0.0), name)
        for name, kind in known.items()
        if any(code.startswith(start) for start in kind.document_codes)
    ]
    return max(fits)[2] if fits else ""


def _winner(scores: Mapping[str, float], known: Mapping[str, Kind], words: float) -> tuple[str, float]:
    """Return the best kind and a confidence that grows with its score and with its lead over the next.

    A near kind that the same reader reads (a receipt beside an invoice) takes less from it than a far one. A page full
    of *words* meets a phrase of some kind by chance: it must say more than a card does.
    """
    ranked = sorted(((score, name) for name, score in scores.items()), reverse=True)
    if not ranked or ranked[0][0] <= 0:
        return UNKNOWN, 0.0
    best, name = ranked[0]
    chance = _BY_CHANCE * max(0.0, math.log2(max(1.0, words) / _PLAIN))
    confidence = 1 - math.exp(-max(0.0, best - chance) / 3)
    for near, doubt in ((False, 0.5), (True, 0.15)):
        rivals = [score for score, other in ranked[1:] if _near(known[name], known[other]) is near]
        confidence *= 1 - doubt * math.exp((max(0.0, *rivals, 0.0) - best) / 2)
    return name, confidence


def _near(kind: Kind, other: Kind) -> bool:
    return kind.reader == other.reader != "patterns"
