"""The exhibits of a packet: which section each belongs to, their numbers and pages, and the page that proves a finding.

Pure but for reading `templates/packet/order.toml`, the legal order of sections by route.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from toolkit import shipped
from toolkit.definitions import load
from toolkit.model import Case, Finding, Page


@dataclass(frozen=True, slots=True)
class Behind:
    """A paper bound behind the one it belongs to, in the same exhibit, on the exhibit's pages *first* to *last*.

    `role` is what it is there: "translation", or the translator's "certification" of one.
    """

    role: str
    title: str
    kind: str
    document: str
    sha256: str
    first: int
    last: int
    #: The submitted file, where it is digitally signed.
    signed: bytes = field(default=b"", repr=False)

    def __repr__(self) -> str:
        return f"<Behind {self.role} {self.document}>"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One document for the packet, with what belongs directly behind it.

    `pdf` is what `toolkit.pages.as_pdf` made of it and `sha256` the hash of the original; `kind` is a kind of document,
    or "form", "official-form" or "letter" for what was filled or written; `person` is an id or role of the case.
    """

    title: str
    kind: str
    document: str
    pdf: bytes = field(repr=False)
    sha256: str
    person: str = "principal"
    #: The words of its scanned pages, to be laid unseen over them.
    words: tuple[Page, ...] = field(default=(), repr=False)
    #: The submitted file, where it is digitally signed: it goes along unchanged, since any change breaks a signature.
    signed: bytes = field(default=b"", repr=False)
    #: What the submitted file held that its copy here does not (scripts, attachments, links out), in plain words.
    removed: tuple[str, ...] = ()
    #: Officers who entered or confirmed what was read from it.
    verified_by: tuple[str, ...] = ()
    #: The (requirement, person) pairs that a specialist says it proves; nothing is read from what goes along.
    proves: tuple[tuple[str, str], ...] = ()
    #: What is bound behind it: the last pages of `pdf`.
    behind: tuple[Behind, ...] = ()

    def __repr__(self) -> str:
        return f"<Exhibit {self.kind} {self.document}>"


@dataclass(frozen=True, slots=True)
class Placed:
    """An exhibit with its number, and the packet pages of its divider and of its own first and last page."""

    number: int
    exhibit: Exhibit
    divider: int
    first: int
    last: int


#: The number of an official form: G-28, I-129S, DS-160.
_FORM = re.compile(r"\b(?:[A-Z]{1,3}-\d{1,4}[A-Z]?)\b")
#: What is filed or sent along and proves nothing by itself.
NO_EVIDENCE = frozenset({"form", "official-form", "letter"})


@dataclass(frozen=True, slots=True)
class Section:
    """Exhibits that stand together under one title; never empty."""

    title: str
    exhibits: tuple[Placed, ...]


class SectionRule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One section of `order.toml`. No kinds means any; `people` is principal, dependants or anyone."""

    title: str
    kinds: list[str] = []
    people: str = "anyone"

    def takes(self, exhibit: Exhibit, case: Case) -> bool:
        """Whether *exhibit* belongs here."""
        person = case.person(exhibit.person)
        principal = person is None or person.role == "principal"
        whose = {"anyone": True, "principal": principal, "dependants": not principal}[self.people]
        return whose and (not self.kinds or exhibit.kind in self.kinds)


class Order(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of `order.toml`."""

    checked: date
    source: str
    default: list[SectionRule]
    route: dict[str, list[SectionRule]]
    #: Routes that have the sections of another.
    same: dict[str, str] = {}
    #: The numbers of official forms, in the order in which they are filed.
    forms: list[str] = []

    def sections(self, route: str) -> list[SectionRule]:
        """Return the sections of *route*."""
        return self.route.get(self.same.get(route, route), self.default)

    def rank(self, exhibit: Exhibit) -> int:
        """Return where a form stands among forms, by the number in its title; 0 for what is none."""
        if exhibit.kind not in ("official-form", "form"):
            return 0
        named = _FORM.findall(exhibit.title.upper())
        return next((self.forms.index(each) for each in named if each in self.forms), len(self.forms))


def arranged(case: Case, exhibits: Sequence[Exhibit]) -> list[tuple[str, list[Exhibit]]]:
    """Return the sections of the case's route that have exhibits, in legal order, each exhibit in exactly one.

    Within a section: by people in the case, then the order of kinds in its rule, then that of forms, then as given.
    """
    rules = load(shipped.folder("templates") / "packet" / "order.toml", Order)
    sections = rules.sections(case.route)
    people = [person.id for person in case.people]
    left = list(exhibits)
    plan = []
    for number, section in enumerate(sections):
        last = number == len(sections) - 1
        mine = [each for each in left if last or section.takes(each, case)]
        taken = {id(each) for each in mine}
        left = [each for each in left if id(each) not in taken]

        def place(exhibit: Exhibit, kinds: Sequence[str] = section.kinds) -> tuple[int, int, int]:
            person = case.person(exhibit.person)
            return (
                people.index(person.id) if person else 0,
                kinds.index(exhibit.kind) if exhibit.kind in kinds else len(kinds),
                rules.rank(exhibit),
            )

        if mine:
            plan.append((section.title, sorted(mine, key=place)))
    return plan


def numbered(plan: Sequence[tuple[str, Sequence[Exhibit]]], counts: Mapping[int, int], covers: int) -> list[Section]:
    """Give every exhibit its number and pages: after *covers* pages of front matter, each behind its own divider.

    *counts* holds the number of pages by `id()` of the exhibit.
    """
    sections, number, page = [], 0, covers
    for title, exhibits in plan:
        placed = []
        for exhibit in exhibits:
            number += 1
            count = counts[id(exhibit)]
            placed.append(Placed(number, exhibit, page + 1, page + 2, page + 1 + count))
            page += 1 + count
        sections.append(Section(title, tuple(placed)))
    return sections


def places(finding: Finding, placed: Sequence[Placed]) -> list[tuple[int, int]]:
    """Return (exhibit, packet page) of what bears on *finding*: the page a value was read on, else the first page."""
    by_document = _spans(placed)
    found: dict[int, int] = {}
    for field_ in finding.evidence:
        if field_.source.document in by_document:
            number, first, last = by_document[field_.source.document]
            at = first - 1 + (field_.source.page or 1)
            page = at if first <= at <= last else first
            found[number] = min(page, found.get(number, page))
    for document in finding.documents:
        if document in by_document:
            found.setdefault(*by_document[document][:2])
    for each in placed:
        if (finding.requirement, finding.person) in each.exhibit.proves:
            found.setdefault(each.number, each.first)
    return sorted(found.items())


def _spans(placed: Sequence[Placed]) -> Mapping[str, tuple[int, int, int]]:
    """The exhibit that each document stands in, and its own packet pages there."""
    found: dict[str, tuple[int, int, int]] = {}
    for each in placed:
        own = each.exhibit.behind[0].first - 1 if each.exhibit.behind else each.last - each.divider
        found[each.exhibit.document] = (each.number, each.first, each.divider + own)
        for behind in each.exhibit.behind:
            # One certificate may stand behind several translations.
            found.setdefault(behind.document, (each.number, each.divider + behind.first, each.divider + behind.last))
    return found


def orphans(findings: Sequence[Finding], placed: Sequence[Placed]) -> list[int]:
    """Return the numbers of exhibits that prove no requirement; forms and letters are none. Empty without findings."""
    if not findings:
        return []
    proving = {number for finding in findings for number, _ in places(finding, placed)}
    return [each.number for each in placed if each.number not in proving and each.exhibit.kind not in NO_EVIDENCE]


def unproved(findings: Sequence[Finding], placed: Sequence[Placed]) -> list[Finding]:
    """Return the binding findings that no exhibit bears on."""
    return [f for f in findings if f.level in ("mandatory", "conditional") and not places(f, placed)]
