"""A packet for counsel: cover, letter, index with true page numbers, where each requirement is proven, exhibits.

Knows cases and findings; knows no vault and no catalogue: exhibits arrive as bytes. They are opened, bound and checked
in confined children. The index is made twice, since what it says depends on how long it is, and every finished file is
opened again by another child and checked before anybody gets it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pikepdf

from toolkit import exhibits as order
from toolkit import packet_front, packet_loose, packet_profiles, typeset
from toolkit.bind import Mark
from toolkit.bind_room import Step
from toolkit.check import outstanding
from toolkit.errors import IncompleteError, ToolkitError
from toolkit.exhibits import Exhibit, Placed, Section
from toolkit.model import Case, Finding
from toolkit.packet_front import Sheet
from toolkit.packet_manifest import PacketFile, Way, manifest_of
from toolkit.packet_room import Room
from toolkit.packet_told import from_manifest

#: The front matter changes its length only when page numbers gain a digit; a third pass always settles it.
_PASSES = 4
_COVERS = 4


__all__ = ["Packet", "Way", "pack"]


@dataclass(frozen=True, slots=True)
class Packet:
    """The finished packet: `pdf` is the bound whole (or cover and index), `files` what is sent, `manifest` all of it.

    `done` says in plain words what was done to exhibits to make them fit, and what could not be.
    """

    pdf: bytes = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    pages: int
    files: tuple[PacketFile, ...] = ()
    done: tuple[str, ...] = ()


def pack(
    case: Case,
    findings: Sequence[Finding],
    exhibits: Sequence[Exhibit],
    *,
    today: date,
    route_title: str = "",
    incomplete: bool = False,
    left_out: Sequence[str] = (),
    way: Way | None = None,
    progress: Callable[[], None] | None = None,
) -> Packet:
    """Put *exhibits* together in the legal order of the case's route, as the profile of *way* has it.

    Raises IncompleteError when a binding requirement is UNMET or UNSURE, unless *incomplete*, and then the cover says
    so and lists them; UnreadableError naming the document id when an exhibit cannot be bound. *left_out* are titles of
    documents that belong here and could not be had as pages: the cover names them too. A packet whose index is not true
    of its pages is never returned.
    """
    way = way or Way()
    opened = outstanding(findings)
    if opened and not incomplete:
        raise _incomplete(case, opened)
    profile = packet_profiles.profile(way.profile)
    warning = packet_profiles.warning(way.profile, profile, today)
    sheet = Sheet(case, findings, opened, today, route_title, tuple(left_out), profile, warning, way.supersedes)
    plan = order.arranged(case, exhibits)
    with Room(sheet.paper, archival=way.archival and profile.bound) as room:
        taken = _take(room, sheet, [each for _, exhibits in plan for each in exhibits], progress)
        if profile.bound:
            return _bound(room, sheet, plan, taken, way)
        return _loose(room, sheet, plan, taken, way)


@dataclass(frozen=True, slots=True)
class _Taken:
    """The exhibits in the binding child: by `id()`, their place there, their pages, and what was done to them."""

    places: Mapping[int, int]
    counts: Mapping[int, int]
    sizes: Mapping[int, int]
    done: tuple[tuple[Exhibit, str], ...]


def _take(room: Room, sheet: Sheet, exhibits: Sequence[Exhibit], progress: Callable[[], None] | None) -> _Taken:
    places, counts, sizes, done = {}, {}, {}, []
    for at, each in enumerate(exhibits):
        taken = room.take(each.document, each.pdf, sheet.profile.most_bytes, sheet.profile.lowest_dpi)
        if each.words:
            room.lay(at, each.words)
        places[id(each)], counts[id(each)], sizes[id(each)] = at, taken.pages, taken.size
        if taken.done:
            done.append((each, taken.done))
        if progress:
            progress()
    return _Taken(places, counts, sizes, tuple(done))


_Plan = Sequence[tuple[str, Sequence[Exhibit]]]


def _bound(room: Room, sheet: Sheet, plan: _Plan, taken: _Taken, way: Way) -> Packet:
    front, sections = _front(sheet, plan, taken.counts, archival=way.archival)
    placed = [each for section in sections for each in section.exhibits]
    covers = len(front.pages) - len(placed)
    marks = _marks(sheet, sections, front)
    steps = [Step("", first=0, last=covers - 1)]
    for index, each in enumerate(placed):
        label = f"Exhibit {each.number}"
        steps.append(Step(label, first=covers + index, last=covers + index))
        steps.append(Step(label, source=taken.places[id(each.exhibit)]))
    pdf, prints = room.bind(_bytes(front), steps, marks, sheet.title, way.bates)
    room.close()
    pages = placed[-1].last if placed else covers
    manifest = manifest_of(sheet, placed, way, pages, covers, prints)
    name = f"{sheet.case.reference}-packet"
    with Room(sheet.paper) as checker:
        checker.feed(pdf)
        _let_out(checker.problems(from_manifest(manifest, 1, pages)))
        files, done = _files(checker, sheet, pdf, (name, pages), marks, [each.divider for each in placed])
        for part in files if len(files) > 1 else ():
            checker.feed(part.data)
            _let_out(checker.problems(from_manifest(manifest, part.first, part.last)))
    return _finished(manifest, pdf, pages, (*files, *_signed(placed, name)), (*_notes(placed, taken), *done))


def _files(
    room: Room, sheet: Sheet, pdf: bytes, called: tuple[str, int], marks: Sequence[Mark], begins: Sequence[int]
) -> tuple[list[PacketFile], list[str]]:
    """Return the packet as files under the profile's limit, and what is over it all the same."""
    (name, pages), most = called, sheet.profile.most_bytes
    if not most or len(pdf) <= most:
        return [PacketFile(f"{name}.pdf", pdf, "packet", pages, 1, pages)], []
    files, done = [], []
    for number, cut in enumerate(room.plan_cuts(begins, most), start=1):
        part = room.cut(cut.first, cut.last, f"{sheet.title}, part {number}", marks)
        # The index gives packet pages, so the name says which of them are inside.
        file = f"{name}-{number:02d}-pages-{cut.first}-{cut.last}.pdf"
        files.append(PacketFile(file, part, "packet", cut.last - cut.first + 1, cut.first, cut.last))
        if len(part) > most:
            done.append(
                f"{file} has {len(part):,} bytes, and the limit is {most:,}: scan page {cut.first} anew, smaller"
            )
    return files, done


def _loose(room: Room, sheet: Sheet, plan: _Plan, taken: _Taken, way: Way) -> Packet:
    """One document a file, as it is, with a cover and an index that name the files."""
    sections = order.numbered(plan, taken.counts, 0)
    placed = [each for section in sections for each in section.exhibits]
    folder = f"{sheet.case.reference}-packet"
    made, done = packet_loose.files(room, sheet.profile, placed, taken.places, folder)
    names: dict[int, list[str]] = {}
    for each in made:
        names.setdefault(each.exhibit, []).append(each.name.split("/")[-1])
    data = packet_front.data(sheet, sections, 0, names)
    front = pikepdf.open(io.BytesIO(typeset.pdf(packet_front.SOURCE, data, today=sheet.today, archival=way.archival)))
    covers = len(front.pages)
    pdf, _ = room.bind(_bytes(front), [Step("", first=0, last=covers - 1)], [Mark("Cover", 1)], sheet.title, "")
    manifest = manifest_of(sheet, placed, way, covers, covers, [[] for _ in placed])
    with Room(sheet.paper) as checker:
        checker.feed(pdf)
        _let_out(checker.problems(from_manifest({**manifest, "exhibits": [], "requirements": []}, 1, covers)))
        _let_out([f"the index does not name {name}" for name in checker.says([n for ns in names.values() for n in ns])])
        for each in made:
            checker.feed(each.data)
            _let_out([f"{each.name}: {problem}" for problem in checker.look(each.pages, 0)])
    index = PacketFile(f"{folder}.pdf", pdf, "index", covers, 1, covers)
    return _finished(manifest, pdf, covers, (index, *made, *_signed(placed, folder)), (*_notes(placed, taken), *done))


def _let_out(problems: Sequence[str]) -> None:
    if problems:
        raise ToolkitError(f"The packet was not made: {problems[0]}.", remedy="Report this; no file was written.")


def _signed(placed: Sequence[Placed], name: str) -> list[PacketFile]:
    return [
        PacketFile(f"{name}/{file.name}", file.data, "signed", 0, exhibit=each.number)
        for each in placed
        for file in packet_front.signed_files(each)
    ]


def _notes(placed: Sequence[Placed], taken: _Taken) -> list[str]:
    numbers = {id(each.exhibit): each.number for each in placed}
    return [f"exhibit {numbers[id(exhibit)]}: {what}" for exhibit, what in taken.done]


def _finished(
    manifest: dict[str, Any], pdf: bytes, pages: int, files: tuple[PacketFile, ...], done: tuple[str, ...]
) -> Packet:
    own = {each.exhibit: each.name for each in reversed(files) if each.role == "document"}
    # Of several signed papers of an exhibit its own comes first; those behind it are named there.
    behind = {each["signed_file"] for row in manifest["exhibits"] for each in row["behind"]}
    signed = {each.exhibit: each.name for each in files if each.role == "signed" and each.name not in behind}
    bound = next((each.name for each in files if each.role == "packet"), "")
    for row in manifest["exhibits"]:
        within = (f.name for f in files if f.role == "packet" and f.first <= row["divider"] <= f.last)
        row["file"] = own.get(row["exhibit"], next(within, bound))
        row["signed_file"] = signed.get(row["exhibit"], "")
    manifest["files"] = [each.row() for each in files]
    manifest["sha256"] = hashlib.sha256(pdf).hexdigest()
    manifest["done"] = list(done)
    return Packet(pdf, manifest, pages, files, done)


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _incomplete(case: Case, opened: Sequence[Finding]) -> IncompleteError:
    roles = {person.id: f" ({person.role})" for person in case.people}
    # What the receiver asks beyond the route (it has no stage) is told here: `mobility check` does not know of it.
    lines = "".join(
        f"\n- {each.verdict}: {each.label}{roles.get(each.person, '')}"
        + ("" if each.stage or not each.next_step else f": {each.because}. {each.next_step}")
        for each in opened
    )
    return IncompleteError(
        f"The case is not complete:{lines}",
        remedy=f"`mobility check {case.reference}` says what to do; with --incomplete and --why it is compiled all the "
        "same.",
    )


def _front(
    sheet: Sheet, plan: _Plan, counts: Mapping[int, int], *, archival: bool
) -> tuple[pikepdf.Pdf, list[Section]]:
    """Typeset our own pages until the page numbers in them are those of the file they will be in."""
    dividers = sum(len(exhibits) for _, exhibits in plan)
    covers = _COVERS
    for _ in range(_PASSES):
        sections = order.numbered(plan, counts, covers)
        data = packet_front.data(sheet, sections, covers, {})
        made = typeset.pdf(packet_front.SOURCE, data, today=sheet.today, archival=archival)
        pdf = pikepdf.open(io.BytesIO(made))
        found = len(pdf.pages) - dividers
        if found == covers:
            return pdf, sections
        covers = found
    raise ToolkitError("The index of the packet does not settle.", remedy="Report this with the number of exhibits.")


_CHAPTERS = (
    ("letter", "Cover letter"),
    ("changes", "What has changed"),
    ("index", "Index"),
    ("findings", "Where each requirement is proven"),
    ("handling", "How the exhibits were handled"),
)


def _marks(sheet: Sheet, sections: Sequence[Section], front: pikepdf.Pdf) -> list[Mark]:
    placed = [each for section in sections for each in section.exhibits]
    proofs: dict[int, list[Mark]] = {}
    for finding in sheet.findings:
        for exhibit, page in order.places(finding, placed):
            proofs.setdefault(exhibit, []).append(Mark(f"{finding.label}, page {page}", page))
    targets = _labelled(front)
    marks = [Mark("Cover", 1)]
    marks += [Mark(title, targets[label]) for label, title in _CHAPTERS if label in targets]
    for section in sections:
        below = tuple(
            Mark(
                f"Exhibit {each.number}: {each.exhibit.title}",
                each.divider,
                (
                    *(Mark(f"{role.capitalize()}, page {first}", first) for role, first, _ in packet_front.spans(each)),
                    *proofs.get(each.number, ()),
                ),
            )
            for each in section.exhibits
        )
        marks.append(Mark(section.title, section.exhibits[0].divider, below))
    return marks


def _labelled(front: pikepdf.Pdf) -> Mapping[str, int]:
    """Return the page, counted from 1, on which the typeset source has each label."""
    numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(front.pages, start=1)}
    found: dict[str, int] = {}
    for label, target in pikepdf.NameTree(front.Root.Names.Dests).items():
        page = target.D[0] if isinstance(target, pikepdf.Dictionary) else target[0]
        found[str(label)] = numbers[page.objgen]
    return found
