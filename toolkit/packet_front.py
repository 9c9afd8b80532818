"""The pages of a packet that we typeset, as data for `templates/packet/packet.typ`: cover, letter, index, dividers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from toolkit import exhibits as order
from toolkit import packet_diff, phrasing, typeset
from toolkit.bind import PAGE_ADDRESS
from toolkit.check import due_later, prepared_for
from toolkit.exhibits import Exhibit, Placed, Section
from toolkit.fields import country
from toolkit.model import Case, Finding, Person, Verdict
from toolkit.packet_profiles import Profile

SOURCE = "packet/packet.typ"
_LANGUAGE = "en-GB"
_US_LANGUAGE = "en-US"
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the front matter is about."""

    case: Case
    findings: Sequence[Finding]
    open: Sequence[Finding]
    today: date
    route_title: str
    left_out: tuple[str, ...]
    profile: Profile
    warning: str = ""
    supersedes: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """The title of the file."""
        return f"Counsel packet {self.case.reference}"

    @property
    def in_us(self) -> bool:
        """Whether the route leads to the United States, whose paper and order of dates are their own."""
        return self.case.route.startswith("us/")

    @property
    def paper(self) -> str:
        """The paper of the profile, else of the country."""
        return self.profile.paper or ("us-letter" if self.in_us else "a4")

    def day(self, day: str | date) -> str:
        """A date as its reader writes it."""
        return phrasing.long_date(day, _US_LANGUAGE if self.in_us else _LANGUAGE)


def data(sheet: Sheet, sections: Sequence[Section], covers: int, files: Mapping[int, Sequence[str]]) -> typeset.Data:
    """Return what the source reads; *files* are the names of each exhibit's own files, by its number, if it has any."""
    case, placed = sheet.case, [each for section in sections for each in section.exhibits]
    met = sum(finding.verdict is Verdict.MET for finding in sheet.findings)
    bound = sheet.profile.bound
    return {
        "title": sheet.title,
        "paper": sheet.paper,
        "address": PAGE_ADDRESS,
        "today": sheet.day(sheet.today),
        "total": (placed[-1].last if placed else covers) if bound else sum(_count(each) for each in placed),
        "exhibits": len(placed),
        "bound": bound,
        "profile": _profile(sheet),
        "summary": f"{met} of {len(sheet.findings)} met" if sheet.findings else "not checked",
        "case": {
            "reference": case.reference,
            "route": sheet.route_title or case.route,
            "stage": _PREPARED[prepared_for(case)],
            "people": [_person(sheet, person) for person in case.people],
            "parties": _parties(case),
            "dates": [
                {"name": _DATES.get(name, name.capitalize()), "day": sheet.day(day)}
                for name, day in sorted(case.dates.items(), key=lambda each: each[1])
            ],
        },
        "left_out": sheet.left_out,
        "later": len(due_later(sheet.findings)),
        "open": [_finding(sheet, finding, placed) for finding in sheet.open],
        "findings": [_finding(sheet, finding, placed) for finding in sheet.findings],
        "orphans": [_named(each) for each in placed if each.number in set(order.orphans(sheet.findings, placed))],
        "unproved": [_finding(sheet, each, placed) for each in order.unproved(sheet.findings, placed)],
        "cleaned": [
            {**_named(each), "what": "; ".join(each.exhibit.removed)} for each in placed if each.exhibit.removed
        ],
        "signed": [{**_named(each), "file": file.name} for each in placed for file in signed_files(each)],
        "changes": _changes(sheet, placed),
        "sections": [_section(sheet, section, files) for section in sections],
    }


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A digitally signed paper of an exhibit, which lies beside the packet: its file's name, bytes and SHA-256."""

    name: str
    data: bytes = field(repr=False)
    sha256: str
    #: What it is in the exhibit: "" for the exhibit's own document, else the role of what is behind it.
    role: str = ""


def signed_files(placed: Placed) -> list[SignedFile]:
    """Return the digitally signed papers of an exhibit, its own first, with what their files are called."""
    exhibit, name = placed.exhibit, f"signed-exhibit-{placed.number:02d}"
    own = [SignedFile(f"{name}.pdf", exhibit.signed, exhibit.sha256)] if exhibit.signed else []
    return own + [
        SignedFile(f"{name}-{each.role}-{number}.pdf", each.signed, each.sha256, each.role)
        for number, each in enumerate(exhibit.behind, start=1)
        if each.signed
    ]


def role(case: Case, id_or_role: str) -> str:
    """Return the role of a person of the case, "" for nobody."""
    person = case.person(id_or_role)
    return person.role if person else ""


def entry(case: Case, placed: Placed) -> dict[str, Any]:
    """Return what identifies an exhibit in a manifest, and tells it apart from another packet's."""
    exhibit = placed.exhibit
    return {
        "exhibit": placed.number,
        "kind": exhibit.kind,
        "person": exhibit.person,
        "role": role(case, exhibit.person),
        "document": exhibit.document,
        "sha256_original": exhibit.sha256,
        "behind": [
            {"role": each.role, "kind": each.kind, "document": each.document, "sha256_original": each.sha256}
            for each in exhibit.behind
        ],
    }


def _profile(sheet: Sheet) -> typeset.Data:
    found = sheet.profile
    checked = f"{found.source}; checked {sheet.day(found.checked)}"
    if found.basis == "second hand":
        checked += "; known at second hand, not from the authority's own page"
    return {
        "title": found.title,
        "source": "" if found.basis == "own" else checked,
        "notes": list(found.notes),
        "warning": sheet.warning,
        "most": f"{found.most_bytes / 1_000_000:g} MB" if found.most_bytes else "",
    }


def _parties(case: Case) -> typeset.Data:
    named = (
        ("Employer abroad", "assignment.home_employer"),
        ("Employer in the host country", "assignment.host_employer"),
    )
    return [{"role": role, "name": case.details[key]} for role, key in named if case.details.get(key)]


def _person(sheet: Sheet, person: Person) -> typeset.Data:
    known = []
    if person.birth_date:
        known.append(f"born {sheet.day(person.birth_date)}")
    if person.nationality:
        known.append(f"nationality {country.name(person.nationality)}")
    name = f"{person.given_names} {person.surname}"
    return {"role": person.role.capitalize(), "name": name, "detail": ", ".join(known)}


def _count(placed: Placed) -> int:
    return placed.last - placed.first + 1


def _named(placed: Placed) -> dict[str, typeset.Data]:
    return {"number": placed.number, "title": placed.exhibit.title}


def _section(sheet: Sheet, section: Section, files: Mapping[int, Sequence[str]]) -> typeset.Data:
    return {
        "title": section.title,
        "exhibits": [
            {
                "number": each.number,
                "title": each.exhibit.title,
                "about": _about(sheet.case, each.exhibit),
                "pages": _count(each),
                "divider": each.divider,
                "range": f"page {each.last}" if each.first == each.last else f"pages {each.first} to {each.last}",
                "files": list(files.get(each.number, ())),
                "signed": [
                    {"file": file.name, "sha256": file.sha256, "role": file.role} for file in signed_files(each)
                ],
                "behind": behind(each, bound=sheet.profile.bound),
                "behind_long": [f"{role}: {long_span(first, last)}" for role, first, last in spans(each)],
            }
            for each in section.exhibits
        ],
    }


def spans(placed: Placed) -> list[tuple[str, int, int]]:
    """Return role, first and last page of what is bound behind an exhibit: pages of the packet."""
    return [(each.role, placed.divider + each.first, placed.divider + each.last) for each in placed.exhibit.behind]


def long_span(first: int, last: int) -> str:
    """Say it in a sentence: "page 12", "pages 12 to 14"."""
    return f"page {last}" if first == last else f"pages {first} to {last}"


def short_span(first: int, last: int) -> str:
    """Say it in brackets: "12", "12–14"."""
    return f"{last}" if first == last else f"{first}–{last}"


def behind(placed: Placed, *, bound: bool) -> str:
    """What the index says is bound behind an exhibit: "with translation (12–14) and certification (15)"; else "".

    Packet pages where it is bound, else pages of its own file.
    """
    if not placed.exhibit.behind:
        return ""
    pages = spans(placed) if bound else [(each.role, each.first, each.last) for each in placed.exhibit.behind]
    told = [f"{role} ({short_span(first, last)})" for role, first, last in pages]
    return f"with {' and '.join(told)}" + ("" if bound else ", by pages of the file")


def _finding(sheet: Sheet, finding: Finding, placed: Sequence[Placed]) -> typeset.Data:
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


def _changes(sheet: Sheet, placed: Sequence[Placed]) -> typeset.Data:
    """What changed since the packet that this one supersedes; None where it supersedes none."""
    old = sheet.supersedes
    if old is None:
        return None
    titles = {each.number: each.exhibit.title for each in placed}
    rows: list[typeset.Data] = [
        {
            "what": each.what,
            "old": each.old,
            "new": each.new,
            "title": titles.get(each.new, f"{each.kind.replace('-', ' ')} ({each.role})".capitalize()),
        }
        for each in packet_diff.exhibits(old["exhibits"], [entry(sheet.case, each) for each in placed])
    ]
    return {"made": sheet.day(str(old["made"])), "sha256": str(old["sha256"]), "rows": rows}


def _about(case: Case, exhibit: Exhibit) -> str:
    """Whose document it is, unless its title says so already."""
    name = _who(case, exhibit.person)
    return "" if name in exhibit.title else name


def _who(case: Case, id_or_role: str) -> str:
    person = case.person(id_or_role)
    return f"{person.given_names} {person.surname}" if person else ""
