"""Papers in languages the authority does not take: which translation belongs to which original, and is it certified.

Pure: it knows records, no page and no case. A translation is paired with its original by what survives translating:
the kind of paper, its figures and dates, the person's name, the languages the translator names, the place in the pile.
What the original has and the translation lacks is told with both places. Unclear never counts as met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.identity import Verdict as Sameness
from toolkit.identity import match_names
from toolkit.model import SURE, Field, Record, Source, Verdict
from toolkit.translation_asked import Demand, called
from toolkit.translation_figures import box_of

CERTIFICATE = "translation-certificate"
#: Fields of a certificate that stands on the same sheet as the translation bear this before their names.
BESIDE = "translation_"

#: Fields that hold a whole name, and whom the paper is about.
_NAMES = ("holder", "employee", "account_holder", "spouse_1")
_NO_FIGURES = ("language", "figures", "signed", "standing", "contact", "translator", "date")
_SURELY, _PERHAPS = 5, 3
_STATED = {
    "complete": "the statement that the translation is complete",
    "accurate": "the statement that it is accurate",
    "competent": "the statement that the translator is competent",
}
_PARTICULARS = {
    "signed": "the translator's signature",
    "translator": "the translator's name",
    "date": "a date",
    "contact": "how to reach the translator",
}
_STANDING = {"sworn": "a sworn translator", "accredited": "a certified translator", "affidavit": "an affidavit"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What the original says and the translation says otherwise, or not at all (`translated` is None)."""

    original: Field
    translated: Field | None


@dataclass(frozen=True, slots=True)
class Pair:
    """An original and what is taken for its translation, why, and where the two differ."""

    original: Record
    translation: Record
    confidence: float
    reasons: tuple[str, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nothing but a look at the papers could make it surer."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be said of one paper: as `rules.situation.Answer`, which knows cases."""

    verdict: Verdict
    because: str
    evidence: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    next_step: str = ""


def languages_of(record: Record) -> tuple[str, ...]:
    """Return the languages a paper was found to be in; none where that is not sure."""
    field = record.get("language")
    return _guessed(record) if field is not None and field.sure else ()


def _guessed(record: Record) -> tuple[str, ...]:
    """Return the languages of a paper, sure or not."""
    field = record.get("language")
    if field is None:
        return ()
    return (field.value,) if isinstance(field.value, str) else tuple(str(code) for code in field.value)


def judged(original: Record, papers: Sequence[Record], accepted: Sequence[str], asked: Demand | None) -> Judged:
    """Say whether *original* can be handed in as it is, or with one of *papers* (the person's, in their order).

    MET: it is in one of the *accepted* languages, or its translation is on file and certified as *asked*. UNMET: a
    translation, or a statement on its certificate, is missing. UNSURE: the language, the pair or a reading is unclear,
    or the translation says something else.
    """
    language, document = original.get("language"), original.document
    codes = languages_of(original)
    fields = (language,) if language is not None else ()
    if set(codes) & set(accepted):
        return Judged(Verdict.MET, "in an accepted language", fields, (document,))
    taken = " or ".join(called(code) for code in accepted)
    if not codes:
        step = f"Look at document {document}: is it in {taken}, or is a translation filed with it?"
        return Judged(
            Verdict.UNSURE, f"the language of document {document} could not be told", fields, (document,), step
        )
    pair = best_pair(original, papers, accepted)
    spoken = " and ".join(called(code) for code in codes)
    if pair is None:
        because = f"document {document} is in {spoken}, and no translation of it is on file"
        step = f"Order the translation into {taken} and upload it with the original."
        return Judged(Verdict.UNMET, because, fields, (document,), step)
    documents = tuple(dict.fromkeys((document, pair.translation.document)))
    if not pair.sure:
        because = f"document {pair.translation.document} may be the translation: {', '.join(pair.reasons)}"
        step = (
            f"Compare documents {' and '.join(documents)}; where they do not belong together, upload the translation."
        )
        return Judged(Verdict.UNSURE, because, fields, documents, step)
    certified = _certified(pair, papers, asked)
    if certified.verdict is Verdict.MET and 2 * len(pair.translation.pages) < len(original.pages):
        because = f"the original has {len(original.pages)} pages, its translation {len(pair.translation.pages)}"
        step = f"See whether document {pair.translation.document} is the whole translation."
        return Judged(Verdict.UNSURE, because, certified.evidence, certified.documents, step)
    if certified.verdict is Verdict.UNMET or not pair.differences:
        return certified
    evidence = tuple(f for each in pair.differences for f in (each.original, each.translated) if f is not None)
    because = "; ".join(_told(each, pair) for each in pair.differences)
    step = f"Compare documents {' and '.join(documents)}, and have the translation corrected where it is wrong."
    return Judged(Verdict.UNSURE, because, evidence, documents, step)


def best_pair(original: Record, papers: Sequence[Record], accepted: Sequence[str]) -> Pair | None:
    """Return the likeliest translation of *original* among *papers*, None where nothing speaks for any.

    Of two that are equally likely neither is sure.
    """
    found = [pair for paper in papers if (pair := _pair(original, paper, papers, accepted)) is not None]
    if not found:
        return None
    best = max(found, key=lambda pair: pair.confidence)
    rivals = [
        p
        for p in found
        if p is not best and p.confidence == best.confidence and p.translation.kind == best.translation.kind
    ]
    if not rivals:
        return best
    reasons = (*best.reasons, f"as document {rivals[0].translation.document} may be")
    return Pair(original, best.translation, min(best.confidence, 0.8), reasons, best.differences)


def pairs(papers: Sequence[Record], accepted: Sequence[str]) -> tuple[Pair, ...]:
    """Return every original among *papers* that is in no accepted language with its likeliest translation."""
    foreign = [
        p for p in papers if p.kind != CERTIFICATE and (codes := languages_of(p)) and not set(codes) & set(accepted)
    ]
    return tuple(pair for paper in foreign if (pair := best_pair(paper, papers, accepted)) is not None)


def _pair(original: Record, paper: Record, papers: Sequence[Record], accepted: Sequence[str]) -> Pair | None:
    """Weigh what speaks for *paper* being the translation of *original*; None where something rules it out."""
    codes, surely = _guessed(paper), bool(languages_of(paper))
    if paper is original or (codes and not set(codes) & set(accepted)) or set(codes) == set(languages_of(original)):
        return None
    weight, reasons = 0, []
    for part in (_by_kind, _by_language, _by_name, _by_figures):
        points, reason = part(original, paper)
        if points is None:
            return None
        weight += points
        reasons += [reason] if reason else []
    if paper.kind == CERTIFICATE and not set(_figures(original)) & set(_figures(paper)):
        # A certificate that repeats nothing of the original vouches for a translation, and is none.
        return None
    if _follows(original, paper, papers):
        weight += 1
        reasons.append("it follows the original")
    if weight < (_PERHAPS if codes else _SURELY):
        return None
    confidence = 0.95 if weight >= _SURELY and surely else 0.8
    if not surely:
        reasons.append("its language is not sure")
    return Pair(original, paper, confidence, tuple(reasons), tuple(_differences(original, paper)))


def _by_kind(original: Record, paper: Record) -> tuple[int | None, str]:
    named = stated(paper, "document_kind")
    if paper.kind == original.kind:
        return 2, "it is the same kind of paper"
    if named is not None and named.value == original.kind:
        return 2, "its certificate names this kind of paper"
    if named is not None and named.sure:
        return None, ""
    return (0, "") if paper.kind == CERTIFICATE else (None, "")


def _by_language(original: Record, paper: Record) -> tuple[int | None, str]:
    source = stated(paper, "source_language")
    if source is None or not source.sure:
        return 0, ""
    if source.value in languages_of(original):
        return 2, f"it says it is translated from {called(str(source.value))}"
    return None, ""


def _by_name(original: Record, paper: Record) -> tuple[int | None, str]:
    one, other = _named(original), _named(paper)
    if one is None or other is None:
        return 0, ""
    match = match_names(str(one.value), str(other.value))
    if match.verdict is Sameness.DIFFERENT:
        # One of the two may have been misread where nearly all else agrees; siblings share an office and a day.
        figures, others = _figures(original), _figures(paper)
        shared = sum(figure in others for figure in figures)
        return (-2, "although the names differ") if shared >= 2 and shared >= 0.8 * len(figures) else (None, "")
    return (2, "it names the same person") if match.verdict is Sameness.SAME else (1, "it may name the same person")


def _by_figures(original: Record, paper: Record) -> tuple[int | None, str]:
    one, other = _figures(original), _figures(paper)
    shared = [figure for figure in one if figure in other]
    if len(shared) >= 2 and 2 * len(shared) >= len(one):
        return 3, f"{len(shared)} of {len(one)} figures are the same"
    if shared:
        return 1, f"{len(shared)} of {len(one)} figures are the same"
    return (-3, "") if len(one) >= 3 and len(other) >= 3 else (0, "")


def _follows(original: Record, paper: Record, papers: Sequence[Record]) -> bool:
    places = [place for place, each in enumerate(papers) if each is original or each is paper]
    return len(places) == 2 and places[1] - places[0] == 1 and papers[places[0]] is original


def _named(record: Record) -> Field | None:
    for name in _NAMES:
        field = record.get(name)
        if field is not None and isinstance(field.value, str):
            return field
    given, surname = record.get("given_names"), record.get("surname")
    if surname is None or given is None:
        return None
    confidence = min(given.confidence, surname.confidence)
    return Field("holder", f"{given.value} {surname.value}", confidence, surname.source)


def _figures(record: Record) -> dict[str, Field]:
    """Return the figures of a paper and where they stand: of its page where they were kept, else of its fields."""
    kept = record.get("figures")
    found: dict[str, Field] = {}
    if kept is not None and not isinstance(kept.value, str):
        for row in kept.value:
            if isinstance(row, Mapping):
                source = Source(kept.source.document, int(row["page"]), box_of(row["place"]), kept.source.method)
                for figure in filter(None, (row["figure"], row["also"])):
                    found.setdefault(figure, Field("figure", row["figure"], kept.confidence, source))
        return found
    for field in record.fields:
        if field.name not in _NO_FIGURES and isinstance(field.value, str) and any(c.isdigit() for c in field.value):
            found.setdefault("".join(c for c in field.value.upper() if c.isalnum() or c == "-"), field)
    return found


def _differences(original: Record, paper: Record) -> Iterator[Difference]:
    """Yield fields that both papers have and that differ in figures, then figures that the translation lacks."""
    told: set[str] = set()
    for field in original.fields:
        other = paper.get(field.name)
        if other is None or field.name in _NO_FIGURES or not _comparable(field, other):
            continue
        if field.value != other.value:
            told |= {str(field.value), "".join(c for c in str(field.value).upper() if c.isalnum())}
            yield Difference(field, other)
    if original.get("figures") is None or paper.get("figures") is None:
        return
    theirs = _figures(paper)
    run = "".join(figure for figure in theirs if figure.isdigit())
    rows: dict[int, list[str]] = {}
    fields: dict[int, Field] = {}
    for figure, field in _figures(original).items():
        rows.setdefault(id(field), []).append(figure)
        fields[id(field)] = field
    for key, readings in rows.items():
        there = any(figure in theirs or (len(figure) >= 6 and figure in run) for figure in readings)
        if not there and not told & set(readings):
            yield Difference(fields[key], None)


def _comparable(one: Field, other: Field) -> bool:
    """Whether two values are dates, numbers or money that both readers vouch for."""
    if not (one.sure and other.sure and isinstance(one.value, str) and isinstance(other.value, str)):
        return False
    return all(any(c.isdigit() for c in value) and len(value) <= 40 for value in (one.value, other.value))


def stated(record: Record, name: str) -> Field | None:
    """Return what the translator states as *name*, on a certificate of its own or beside the translation."""
    return record.get(name) if record.kind == CERTIFICATE else record.get(f"{BESIDE}{name}")


def certificate_of(pair: Pair, papers: Sequence[Record]) -> Record | None:
    """Return the paper whose translator vouches for the pair: the translation itself, or a certificate of it.

    A certificate belongs to it by what it says it is of; one that says nothing, by following the translation.
    """
    translation = pair.translation
    if translation.kind == CERTIFICATE or any(translation.get(f"{BESIDE}statement_{name}") for name in _STATED):
        return translation
    fitting: list[tuple[int, Record]] = []
    for paper in papers:
        if paper.kind != CERTIFICATE:
            continue
        weighed = [part(pair.original, paper) for part in (_by_kind, _by_language, _by_name)]
        if any(points is None for points, _ in weighed):
            continue
        near = _follows(translation, paper, papers) or (paper.document == translation.document != "")
        weight = sum(points or 0 for points, _ in weighed) + 2 * near
        fitting += [(weight, paper)] if weight >= 2 else []
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def _certified(pair: Pair, papers: Sequence[Record], asked: Demand | None) -> Judged:
    """Hold the certificate of *pair* against what is asked for, statement by statement."""
    documents = tuple(dict.fromkeys((pair.original.document, pair.translation.document)))
    met = Judged(Verdict.MET, f"translated: {', '.join(pair.reasons)}", (), documents)
    if asked is None or not asked.certified:
        return met
    paper = certificate_of(pair, papers)
    if paper is None:
        because = f"no translator's certificate for document {pair.translation.document} is on file ({asked.law})"
        return Judged(Verdict.UNMET, because, (), documents, f"Ask the translator for a certificate {_wished(asked)}.")
    documents = tuple(dict.fromkeys((*documents, paper.document)))
    lacking, unclear, evidence = _held_against(paper, asked)
    if lacking:
        because = f"the translator's certificate (document {paper.document}) lacks {_listed(lacking)} ({asked.law})"
        step = f"Ask the translator for a certificate {_wished(asked)}."
        return Judged(Verdict.UNMET, because, evidence, documents, step)
    if unclear:
        because = f"not sure on the translator's certificate (document {paper.document}): {_listed(unclear)}"
        step = f"Look at document {paper.document}: does it show {_listed(unclear)}?"
        return Judged(Verdict.UNSURE, because, evidence, documents, step)
    advised = [_PARTICULARS[name] for name in asked.advised if stated(paper, name) is None]
    more = f"; {_listed(advised)} would be good to have" if advised else ""
    return Judged(Verdict.MET, f"{met.because}; the certificate says all that is asked{more}", evidence, documents)


def _held_against(paper: Record, asked: Demand) -> tuple[list[str], list[str], tuple[Field, ...]]:
    """Return what the certificate lacks, what is unclear on it, and the fields that were looked at."""
    lacking: list[str] = []
    unclear: list[str] = []
    evidence: list[Field] = []
    for names, words, prefix in ((asked.statements, _STATED, "statement_"), (asked.particulars, _PARTICULARS, "")):
        for name in names:
            field = stated(paper, f"{prefix}{name}")
            evidence += [field] if field is not None else []
            if field is None or (field.value == "no" and field.sure):
                # A name or date that was not found may be there; a statement was looked for word by word.
                (unclear if field is None else lacking).append(words[name])
            elif not field.sure or field.value == "unsure":
                unclear.append(words[name])
    if asked.standing:
        field = stated(paper, "standing")
        evidence += [field] if field is not None else []
        if field is None or field.value not in asked.standing:
            unclear.append(" or ".join(_STANDING[each] for each in asked.standing))
    return lacking, unclear, tuple(evidence)


def _wished(asked: Demand) -> str:
    wished = [*(_STATED[name] for name in asked.statements), *(_PARTICULARS[name] for name in asked.particulars)]
    by = f" by {' or '.join(_STANDING[each] for each in asked.standing)}" if asked.standing else ""
    return f"with {_listed(wished)}{by}" if wished else by.strip()


def _listed(several: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(several[:-1]), several[-1]))) if several else ""


def _told(difference: Difference, pair: Pair) -> str:
    """Say where two readings differ; never what they are."""
    one, other = difference.original, difference.translated
    what = one.name.replace("_", " ")
    here = f"the {what} on page {one.source.page} of document {pair.original.document}"
    if other is None:
        return f"{here} is not in the translation (document {pair.translation.document})"
    return f"{here} differs from that on page {other.source.page} of document {pair.translation.document}"
