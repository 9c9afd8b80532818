"""The case log as its verb uses it: evidence is looked up when it is named, and exceptions are counted by clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.case_log_entries import Entry, Evidence, Said, Standing, What, standings
from toolkit.catalog import Catalog
from toolkit.check import check, checklist
from toolkit.dossier import Dossier, dossier
from toolkit.errors import UnknownNameError
from toolkit.model import Document, Finding
from toolkit.plain_words import lines
from toolkit.policy import of_case
from toolkit.policy_citation import checked_clause


@dataclass(frozen=True, slots=True)
class Clause:
    """How often exceptions from one clause of a policy were asked for, in how many cases, and what became of them.

    `alone` are those of the approved that the only officer of the vault both asked for and approved.
    """

    clause: str
    cases: int
    standing: Mapping[Standing, int]
    alone: int

    @property
    def asked(self) -> int:
        """How many were asked for."""
        return sum(self.standing.values())


def enter(catalog: Catalog, reference: str, said: Said, names: Sequence[str] = ()) -> Entry:
    """Add what was *said* to the log of a case, on the evidence of those *names*.

    A name is a document's id, a fact's name or that of a requirement of the case's route; what each says now is kept
    with the entry. Raise UnknownNameError for another, InputError where the entry may not stand there.
    """
    known = dossier(catalog, reference)
    evidence = tuple(_evidence(catalog, known, names)) if names else ()
    # A case under a policy has exceptions from clauses that its policy has.
    rules = of_case(known.case) if said.what is What.EXCEPTION and said.clause else None
    clause = checked_clause(rules, said.clause) if rules is not None else said.clause
    return catalog.log.append(
        known.case.id, Said(said.what, said.text, clause, (*said.evidence, *evidence), said.answers)
    )


def exceptions(catalog: Catalog) -> list[Clause]:
    """Return the exceptions of all cases by clause, the most asked for first; capitals make no difference."""
    found: dict[str, list[tuple[str, Entry, Standing, bool]]] = {}
    for case in catalog.log.cases():
        entries = catalog.log.entries(case)
        worth = standings(entries)
        alone = {entry.answers for entry in entries if entry.alone}
        for entry in entries:
            if entry.what is What.EXCEPTION:
                row = (case, entry, worth[entry.number], entry.number in alone)
                found.setdefault(entry.clause.casefold(), []).append(row)
    counted = [
        Clause(
            rows[0][1].clause,
            len({case for case, *_ in rows}),
            Counter(worth for _, _, worth, _ in rows),
            sum(alone and worth is Standing.APPROVED for _, _, worth, alone in rows),
        )
        for rows in found.values()
    ]
    return sorted(counted, key=lambda each: (-each.asked, each.clause.casefold()))


def _evidence(catalog: Catalog, known: Dossier, names: Sequence[str]) -> Iterator[Evidence]:
    documents = {document.id: document for document in catalog.documents(case=known.case.id)}
    findings: Sequence[Finding] | None = None
    for name in dict.fromkeys(names):
        if name in documents:
            yield Evidence("document", name, _said_of(documents[name], known))
        elif name in known.facts:
            read = known.facts[name].field
            yield Evidence("fact", name, "; ".join(lines(read.value, read.currency)))
        else:
            if findings is None:
                findings = check(known.case, known.facts, known.records, known.documents, checklist(known.case.route))
            yield _finding(name, findings, known)


def _said_of(document: Document, known: Dossier) -> str:
    record = known.record(document.id)
    kind = record.kind if record is not None else document.state.value
    # The name of the sealed bytes: whether it still is the same paper can be told for ever.
    return f"{kind}, sealed as {document.sha256_sealed[:16]}"


def _finding(name: str, findings: Sequence[Finding], known: Dossier) -> Evidence:
    found = [each for each in findings if each.requirement == name]
    if not found:
        raise UnknownNameError(
            f"Case {known.case.reference} has no document, fact or finding {name[:60]!r}.",
            remedy="Documents and facts stand in `mobility case show --json`, findings in `mobility check --json`.",
        )
    return Evidence("finding", name, "; ".join(f"{each.verdict} ({each.person or 'case'})" for each in found))
