"""Why a case is not ready: its findings with their sources, what is missing in order of date, and what contradicts.

Pure; it says what a report shows and in which order, and draws and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.check import outstanding, prepared_for
from toolkit.checklist import Checklist, LegalSource
from toolkit.dossier import Dossier
from toolkit.kind import kinds
from toolkit.model import Case, Fact, Field, Finding, Verdict
from toolkit.owed import Item, owed
from toolkit.plain_words import spoken

#: How well a legal source was read, for who relies on it.
BASIS: Mapping[str, str] = {
    "seen_official": "read in the official text",
    "seen_copy_of_official": "read in a copy of the official text",
    "seen_secondary": "read on a secondary page, not in the official text: verify before relying on it",
    "recalled": "from memory, nobody has verified it: verify before relying on it",
}
#: The same of a further reading.
LEVEL: Mapping[str, str] = {
    "official": "official text",
    "copy": "copy of the official text",
    "secondary": "secondary page",
}
_BINDING = ("mandatory", "conditional")


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement for one person: its finding, and by whom and until when what is open is owed.

    `source` is None for what no checklist demands (a contradiction between papers).
    """

    finding: Finding
    who: str
    source: LegalSource | None
    owed_by: tuple[str, ...]
    due: date | None

    @property
    def open(self) -> bool:
        """Whether it is not met."""
        return self.finding.verdict in (Verdict.UNMET, Verdict.UNSURE)

    @property
    def basis(self) -> str:
        """How well the legal source was read, in words; empty where there is none."""
        return BASIS.get(self.source.basis, self.source.basis) if self.source is not None else ""

    def __repr__(self) -> str:
        return f"<Line {self.finding!r}>"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a case from being ready: what, why, who owes it, and until when; `begin`: to start by.

    `lines` are the places in `Report.lines` of the requirements it is for; `because` is empty where those say it all.
    """

    what: str
    who: str
    because: tuple[str, ...]
    owed_by: str
    due: date | None
    begin: date | None
    lines: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<Missing {self.owed_by} {self.due}>"


@dataclass(frozen=True, slots=True)
class Clash:
    """A fact that papers contradict: the reading trusted most first. `settled`: a person has said which is true."""

    name: str
    readings: tuple[Field, ...]
    settled: bool

    def __repr__(self) -> str:
        return f"<Clash {self.name} {len(self.readings)} readings>"


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of a case on one day."""

    case: Case
    route: str
    stage: str
    today: date
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    clashes: tuple[Clash, ...]
    waiting: int
    kinds: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether nothing that binds at the stage the case is prepared for is open."""
        return not outstanding([line.finding for line in self.lines])

    def count(self, verdict: Verdict, *, binding: bool) -> int:
        """Return how many requirements have *verdict*, of those that bind now or of the others."""
        return sum(
            line.finding.verdict is verdict and (line.finding.level in _BINDING) is binding for line in self.lines
        )

    def __repr__(self) -> str:
        return f"<Report {self.case!r} {len(self.missing)} missing>"


def report(known: Dossier, checklist: Checklist, findings: Sequence[Finding], today: date) -> Report:
    """Return what *findings* of a case by its *checklist* come to, with what they leave owed.

    Open requirements come first, the binding ones before the others, each group by the day it is owed.
    """
    items = owed(known.case, known.facts, known.records, known.documents, checklist, findings)
    lines = tuple(sorted((_line(known.case, checklist, each, items) for each in findings), key=_rank))
    binding = [item for item in items if item.level in _BINDING]
    return Report(
        known.case,
        checklist.title,
        prepared_for(known.case),
        today,
        lines,
        tuple(_missing(known.case, item, lines) for item in binding),
        tuple(sorted(_clashes(known), key=lambda clash: clash.settled)),
        len(known.waiting),
        {document.id: _kind(known, document.id) for document in known.documents},
    )


def named(case: Case, person: str) -> str:
    """Return a person of the case as "Anna Maria, principal"; empty where there is none of that id."""
    found = case.person(person) if person else None
    return f"{found.given_names}, {found.role}" if found is not None else ""


def _line(case: Case, checklist: Checklist, finding: Finding, items: Sequence[Item]) -> Line:
    requirement = checklist.requirements.get(finding.requirement)
    mine = [item for item in items if _serves(item, finding)]
    owed_by = tuple(dict.fromkeys(item.by for item in mine))
    due = min((item.due for item in mine if item.due is not None), default=None)
    source = requirement.source if requirement is not None else None
    return Line(finding, named(case, finding.person), source, owed_by, due)


def _serves(item: Item, finding: Finding) -> bool:
    return finding.requirement in item.requirements and finding.person in ("", item.person)


def _rank(line: Line) -> tuple[bool, bool, date, str]:
    return not line.open, line.finding.level not in _BINDING, line.due or date.max, line.finding.verdict.value


def _missing(case: Case, item: Item, lines: Sequence[Line]) -> Missing:
    places = tuple(at for at, line in enumerate(lines) if line.open and _serves(item, line.finding))
    what = _wanted(item)
    because = dict.fromkeys(reason.english for reason in item.reasons if reason.english not in ("", what))
    return Missing(
        what,
        named(case, item.person),
        tuple(because),
        item.by,
        item.due,
        item.begin,
        places,
    )


def _wanted(item: Item) -> str:
    if item.wanted.english:
        return item.wanted.english
    titles = [kinds()[name].title.partition(" (")[0] for name in item.wanted.kinds if name in kinds()]
    return titles[0] if titles else next(iter(item.labels), "A question to answer")


def _clashes(known: Dossier) -> Iterator[Clash]:
    for fact in known.facts.contradictions():
        yield Clash(fact.name, _readings(fact), fact.settled)


def _readings(fact: Fact) -> tuple[Field, ...]:
    """Return the reading that is trusted most, and each other value once."""
    seen = {fact.field.value: fact.field}
    for other in fact.others:
        seen.setdefault(other.value, other)
    return tuple(seen.values())


def _kind(known: Dossier, document: str) -> str:
    record = known.record(document)
    if record is None or record.kind not in kinds():
        return "Paper of no known kind"
    return kinds()[record.kind].title.partition(" (")[0]


def fact_words(case: Case, name: str) -> str:
    """Return the name of a fact as it is spoken: "Passport, expiry date (principal)"."""
    whose, _, rest = name.rpartition(".")
    role, _, kind = whose.partition(".")
    about = f" ({role})" if any(role.startswith(person.role) for person in case.people) else ""
    return f"{spoken(kind)}, {spoken(rest).lower()}{about}" if kind else f"{spoken(rest)}{about}"
