"""Which papers of a packet are translations of which others, and which original lacks the one its receiver demands.

A translation, and the translator's certificate, is bound directly behind its original. Only what is sure is bound so:
what may be a translation stays an exhibit of its own, and a person is asked. Knows the case's records; opens no paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.check import outstanding
from toolkit.dossier import Dossier
from toolkit.model import Document, Finding, Record, Verdict
from toolkit.packet_profiles import Profile
from toolkit.translation import BESIDE, CERTIFICATE, Judged, Pair, certificate_of, judged, languages_of, pairs
from toolkit.translation_asked import Demand, called, demand, demands

TRANSLATION, CERTIFICATION = "translation", "certification"
#: Of whom nobody asks a translation: they are made in several languages, or hold no words.
_AS_THEY_ARE = frozenset({"passport", "visa-sticker", "photo", CERTIFICATE})
#: The detail by which a specialist who has looked says that a paper needs no translation, or has it.
_LOOKED = "translated."

Papers = Sequence[tuple[Document, Record]]


@dataclass(frozen=True, slots=True)
class Translations:
    """What is bound behind which document, as (role, document id), and what a person has to look at, in sentences."""

    behind: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    @property
    def bound(self) -> frozenset[str]:
        """The documents that are bound behind others, and are no exhibits of their own."""
        return frozenset(document for each in self.behind.values() for _, document in each)


def asked(known: Dossier, profile: Profile) -> Demand | None:
    """Return what the receiver of *profile*, else the state of the case's route, asks of papers in other languages."""
    return demands().get(profile.translations) or demand(known.case.route)


def translations(known: Dossier, papers: Papers, profile: Profile) -> Translations:
    """Return how *papers*, those of the packet, belong together."""
    wanted = asked(known, profile)
    if wanted is None:
        return Translations()
    found, doubts = dict[str, tuple[tuple[str, str], ...]](), list[str]()
    for records in _by_person(known, papers):
        every = [pair for pair in pairs(records, wanted.languages) if _apart(pair)]
        claimed = Counter(pair.translation.document for pair in every if pair.sure)
        for pair in every:
            original, translation = pair.original.document, pair.translation.document
            alone = claimed[translation] == 1
            if pair.sure and alone and _is_translation(pair, records):
                found[original] = _behind(pair, records)
            elif not _translated(pair.original):
                why = ", ".join(pair.reasons) if alone or not pair.sure else "it may be that of another paper, too"
                doubts.append(
                    f"Document {translation} may be the translation of document {original} ({why}); it is not bound "
                    "behind it. Compare the two."
                )
    return Translations(found, tuple(doubts))


def findings(known: Dossier, papers: Papers, profile: Profile, others: Sequence[Finding]) -> list[Finding]:
    """Return a finding for each of *papers* that is surely in a language the receiver of *profile* does not take.

    What a binding one of *others*, the findings of the route, says of a paper is not said again, nor what a person has
    settled there. A detail `translated.<document>` with the answer yes, stated by who has looked, settles it here.
    Empty for a receiver of whom it is not known what is demanded.
    """
    wanted = demands().get(profile.translations)
    if wanted is None:
        return []
    by_id = {document.id: document for document, _ in papers}
    # What the route only recommends, the receiver demands of whatever is handed in.
    said = [*outstanding(others), *(each for each in others if each.verdict is Verdict.MET)]
    return [
        _finding(known, by_id[record.document], record, found, wanted, profile)
        for records in _by_person(known, papers)
        for record in records
        if _is_foreign(record, wanted) and not _looked_at(known, record)
        if (found := judged(record, records, wanted.languages, wanted)).verdict is not Verdict.MET
        if not any(found.because in each.because for each in said)
    ]


def _is_foreign(record: Record, wanted: Demand) -> bool:
    codes = languages_of(record)
    return bool(codes) and not set(codes) & set(wanted.languages) and record.kind not in _AS_THEY_ARE


def _looked_at(known: Dossier, record: Record) -> bool:
    return known.case.details.get(f"{_LOOKED}{record.document}", "").strip().casefold() == "yes"


def _finding(
    known: Dossier, document: Document, record: Record, found: Judged, wanted: Demand, profile: Profile
) -> Finding:
    looked = f'Or, having looked, record "{_LOOKED}{document.id}" = "yes" under [details] with `mobility case add`.'
    return Finding(
        f"translation-{document.id}",
        f"Translation of the {record.kind.replace('-', ' ')} from {_spoken(languages_of(record))}",
        found.verdict,
        found.because,
        f"{wanted.law}{'' if wanted.basis == 'seen' else ' (from memory: verify)'}",
        profile.checked,
        _person(known, document),
        found.evidence,
        found.documents,
        f"{found.next_step} {looked}",
    )


def _by_person(known: Dossier, papers: Papers) -> Iterator[list[Record]]:
    """The records of each person's papers, in their order; those that are nobody's stand together."""
    people: dict[str, list[Record]] = {}
    for document, record in papers:
        people.setdefault(_person(known, document), []).append(record)
    yield from people.values()


def _person(known: Dossier, document: Document) -> str:
    person = known.case.person(document.person)
    return person.id if person is not None else ""


def _apart(pair: Pair) -> bool:
    """Whether original and translation came in files of their own: one scan of both is one exhibit already."""
    return pair.original.document != pair.translation.document


def _is_translation(pair: Pair, records: Sequence[Record]) -> bool:
    """Whether more than likeness speaks for which of the two is the translation: a translator's word, or the order."""
    if _translated(pair.original):
        return False
    follows = records.index(pair.translation) - records.index(pair.original) == 1
    return follows or _translated(pair.translation) or certificate_of(pair, records) is not None


def _translated(record: Record) -> bool:
    """Whether a translator says on the paper that it is a translation."""
    return record.kind == CERTIFICATE or any(each.name.startswith(BESIDE) for each in record.fields)


def _behind(pair: Pair, records: Sequence[Record]) -> tuple[tuple[str, str], ...]:
    translation = (TRANSLATION, pair.translation.document)
    certificate = certificate_of(pair, records)
    if certificate is None or certificate.document in (pair.translation.document, pair.original.document):
        return (translation,)
    return (translation, (CERTIFICATION, certificate.document))


def _spoken(codes: Sequence[str]) -> str:
    return " and ".join(called(code) for code in codes)
