"""One PDF for counsel: cover, index with true page numbers, where each requirement is proven, exhibits behind dividers.

Knows cases and findings; knows no vault and no catalogue: exhibits arrive as bytes. The index is made twice, since what
it says depends on how long it is, and the finished file is opened again and checked before anybody gets it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pikepdf

from toolkit import exhibits as order
from toolkit import packet_check, phrasing, typeset
from toolkit.bind import PAGE_ADDRESS, Binding, Foreign, Mark
from toolkit.check import due_later, outstanding, prepared_for
from toolkit.errors import IncompleteError, ToolkitError
from toolkit.exhibits import Exhibit, Placed, Section
from toolkit.fields import country
from toolkit.model import Case, Finding, Person, Verdict

_SOURCE = "packet/packet.typ"
_FORMAT = "mobility-packet/1"
_LANGUAGE = "en-GB"
_US_LANGUAGE = "en-US"
#: The front matter changes its length only when page numbers gain a digit; a third pass always settles it.
_PASSES = 4


@dataclass(frozen=True, slots=True)
class Packet:
    """The finished packet, and what its manifest says of it."""

    pdf: bytes = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    pages: int


def pack(
    case: Case,
    findings: Sequence[Finding],
    exhibits: Sequence[Exhibit],
    *,
    today: date,
    route_title: str = "",
    incomplete: bool = False,
    left_out: Sequence[str] = (),
) -> Packet:
    """Bind *exhibits* into one PDF in the legal order of the case's route, on the paper of its country.

    Raises IncompleteError when a binding requirement is UNMET or UNSURE, unless *incomplete*, and then the cover says
    so and lists them; UnreadableError naming the document id when an exhibit cannot be bound. *left_out* are titles of
    documents that belong here and could not be had as pages: the cover names them too. A packet whose index is not true
    of its pages is never returned.
    """
    opened = outstanding(findings)
    if opened and not incomplete:
        roles = {person.id: f" ({person.role})" for person in case.people}
        lines = "".join(f"\n- {each.verdict}: {each.label}{roles.get(each.person, '')}" for each in opened)
        raise IncompleteError(
            f"The case is not complete:{lines}",
            remedy=f"`mobility check {case.reference}` says what to do; --incomplete compiles the packet all the same.",
        )
    sources = {id(each): Foreign.open(each.document, each.pdf) for each in exhibits}
    counts = {key: source.count for key, source in sources.items()}
    sheet = _Sheet(case, findings, opened, today, route_title, tuple(left_out))
    front, sections = _front(sheet, order.arranged(case, exhibits), counts)
    placed = [each for section in sections for each in section.exhibits]
    covers = len(front.pages) - len(placed)
    binding = Binding(sheet.paper)
    binding.own(front, range(covers))
    for index, each in enumerate(placed):
        binding.own(front, range(covers + index, covers + index + 1), f"Exhibit {each.number}")
        binding.foreign(sources[id(each.exhibit)], f"Exhibit {each.number}")
    made = binding.finish(sheet.title, _marks(sheet, sections, front))
    packet_check.verify(made, placed, covers, binding.count)
    return Packet(made, _manifest(sheet, placed, made, binding.count), binding.count)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the front matter is about."""

    case: Case
    findings: Sequence[Finding]
    open: Sequence[Finding]
    today: date
    route_title: str
    left_out: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Counsel packet {self.case.reference}"

    @property
    def in_us(self) -> bool:
        return self.case.route.startswith("us/")

    @property
    def paper(self) -> str:
        return "us-letter" if self.in_us else "a4"

    @property
    def language(self) -> str:
        return _US_LANGUAGE if self.in_us else _LANGUAGE

    def day(self, day: str | date) -> str:
        return phrasing.long_date(day, self.language)


def _front(
    sheet: _Sheet, plan: Sequence[tuple[str, Sequence[Exhibit]]], counts: Mapping[int, int]
) -> tuple[pikepdf.Pdf, list[Section]]:
    """Typeset our own pages until the page numbers in them are those of the file they will be in."""
    dividers = sum(len(exhibits) for _, exhibits in plan)
    covers = 3
    for _ in range(_PASSES):
        sections = order.numbered(plan, counts, covers)
        pdf = pikepdf.open(io.BytesIO(typeset.pdf(_SOURCE, _data(sheet, sections, covers), today=sheet.today)))
        found = len(pdf.pages) - dividers
        if found == covers:
            return pdf, sections
        covers = found
    raise ToolkitError("The index of the packet does not settle.", remedy="Report this with the number of exhibits.")


def _data(sheet: _Sheet, sections: Sequence[Section], covers: int) -> typeset.Data:
    case, placed = sheet.case, [each for section in sections for each in section.exhibits]
    met = sum(finding.verdict is Verdict.MET for finding in sheet.findings)
    return {
        "title": sheet.title,
        "paper": sheet.paper,
        "address": PAGE_ADDRESS,
        "today": sheet.day(sheet.today),
        "total": placed[-1].last if placed else covers,
        "exhibits": len(placed),
        "summary": f"{met} of {len(sheet.findings)} met" if sheet.findings else "not checked",
        "case": {
            "reference": case.reference,
            "route": sheet.route_title or case.route,
            "stage": _PREPARED[prepared_for(case)],
            "people": [
                {
                    "role": person.role.capitalize(),
                    "name": f"{person.given_names} {person.surname}",
                    "detail": _about(sheet, person),
                }
                for person in case.people
            ],
            "dates": [
                {"name": _DATES.get(name, name.capitalize()), "day": sheet.day(day)}
                for name, day in sorted(case.dates.items(), key=lambda each: each[1])
            ],
        },
        "left_out": sheet.left_out,
        "later": len(due_later(sheet.findings)),
        "open": [_finding(sheet, finding, placed) for finding in sheet.open],
        "findings": [_finding(sheet, finding, placed) for finding in sheet.findings],
        "sections": [_section(sheet, section) for section in sections],
    }


def _about(sheet: _Sheet, person: Person) -> str:
    known = []
    if person.birth_date:
        known.append(f"born {sheet.day(person.birth_date)}")
    if person.nationality:
        known.append(f"nationality {country.name(person.nationality)}")
    return ", ".join(known)


#: What is judged as due, in words for the cover. What comes after arrival can never be met before it.
_PREPARED = {
    "entry": "everything up to the border",
    "pre_petition": "the steps before the petition or application only",
    "petition": "the petition only",
    "visa": "everything up to the visa application",
    "in_country_application": "everything before arrival",
    "post_arrival": "the whole route",
}
_DATES = {"filing": "Planned filing", "start": "Planned start", "end": "Planned end"}


def _section(sheet: _Sheet, section: Section) -> typeset.Data:
    return {
        "title": section.title,
        "exhibits": [
            {
                "number": each.number,
                "title": each.exhibit.title,
                "about": _about_exhibit(sheet.case, each.exhibit),
                "pages": each.last - each.divider,
                "divider": each.divider,
                "range": f"page {each.last}" if each.first == each.last else f"pages {each.first} to {each.last}",
            }
            for each in section.exhibits
        ],
    }


def _finding(sheet: _Sheet, finding: Finding, placed: Sequence[Placed]) -> typeset.Data:
    several = len(sheet.case.people) > 1
    return {
        "label": finding.label,
        "person": _who(sheet.case, finding.person) if several else "",
        "source": finding.legal_source,
        "verdict": str(finding.verdict),
        "because": "" if finding.verdict is Verdict.MET else finding.because,
        "level": finding.level if finding.level not in ("mandatory", "conditional") else "",
        "places": [{"exhibit": exhibit, "page": page} for exhibit, page in order.places(finding, placed)],
    }


def _about_exhibit(case: Case, exhibit: Exhibit) -> str:
    """Whose document it is, unless its title says so already."""
    name = _who(case, exhibit.person)
    return "" if name in exhibit.title else name


def _who(case: Case, id_or_role: str) -> str:
    person = case.person(id_or_role)
    return f"{person.given_names} {person.surname}" if person else ""


def _marks(sheet: _Sheet, sections: Sequence[Section], front: pikepdf.Pdf) -> list[Mark]:
    placed = [each for section in sections for each in section.exhibits]
    proofs: dict[int, list[Mark]] = {}
    for finding in sheet.findings:
        for exhibit, page in order.places(finding, placed):
            proofs.setdefault(exhibit, []).append(Mark(f"{finding.label}, page {page}", page))
    marks = [Mark("Cover", 1), Mark("Index", 2)]
    if sheet.findings:
        marks.append(Mark("Where each requirement is proven", _labelled(front, "findings")))
    for section in sections:
        below = tuple(
            Mark(f"Exhibit {each.number}: {each.exhibit.title}", each.divider, tuple(proofs.get(each.number, ())))
            for each in section.exhibits
        )
        marks.append(Mark(section.title, section.exhibits[0].divider, below))
    return marks


def _labelled(front: pikepdf.Pdf, label: str) -> int:
    """Return the page, counted from 1, on which the typeset source has *label*."""
    target = pikepdf.NameTree(front.Root.Names.Dests)[label]
    page = target.D[0] if isinstance(target, pikepdf.Dictionary) else target[0]
    return 1 + next(index for index, each in enumerate(front.pages) if each.objgen == page.objgen)


def _manifest(sheet: _Sheet, placed: Sequence[Placed], made: bytes, pages: int) -> dict[str, Any]:
    """What an auditor checks the packet by. Documents by id and hash, people by id, no fact of theirs."""
    return {
        "format": _FORMAT,
        "case": sheet.case.reference,
        "route": sheet.case.route,
        "made": sheet.today.isoformat(),
        "complete": not sheet.open and not sheet.left_out,
        "prepared_for": prepared_for(sheet.case),
        "due_later": len(due_later(sheet.findings)),
        "left_out": len(sheet.left_out),
        "pages": pages,
        "sha256": hashlib.sha256(made).hexdigest(),
        "exhibits": [
            {
                "exhibit": each.number,
                "kind": each.exhibit.kind,
                "person": each.exhibit.person,
                "document": each.exhibit.document,
                "sha256_original": each.exhibit.sha256,
                "divider": each.divider,
                "first_page": each.first,
                "last_page": each.last,
            }
            for each in placed
        ],
        "requirements": [
            {
                "requirement": finding.requirement,
                "person": finding.person,
                "level": finding.level,
                "verdict": str(finding.verdict),
                "proven_by": [{"exhibit": n, "page": page} for n, page in order.places(finding, placed)],
            }
            for finding in sheet.findings
        ],
    }
