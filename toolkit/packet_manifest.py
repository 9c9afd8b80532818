"""The manifest of a packet: what an auditor checks it by, as JSON and CSV. Documents by id and hash, nobody's facts."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit import exhibits as order
from toolkit import packet_front
from toolkit.check import due_later, prepared_for
from toolkit.errors import InputError
from toolkit.exhibits import Placed
from toolkit.model import Finding
from toolkit.packet_front import Sheet

FORMAT = "mobility-packet/2"
_COLUMNS = (
    "exhibit", "kind", "role", "document", "sha256_original", "pages", "divider", "first_page", "last_page", "file",
    "signed_file", "behind", "verified_by", "removed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PacketFile:
    """One file of a packet: its name beside the manifest, what it is for, and its packet pages (0: unnumbered)."""

    name: str
    data: bytes = field(repr=False)
    role: str
    pages: int
    first: int = 0
    last: int = 0
    #: The exhibit it holds, where it holds one alone.
    exhibit: int = 0

    def row(self) -> dict[str, Any]:
        """Return the file's line in the manifest."""
        return {
            "name": self.name,
            "role": self.role,
            "exhibit": self.exhibit,
            "pages": self.pages,
            "first_page": self.first,
            "last_page": self.last,
            "bytes": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class Way:
    """How a packet is made: for which receiver, as PDF/A-2b or not, with Bates numbers, in place of which packet."""

    profile: str = "plain"
    archival: bool = False
    #: What stands before the six digits of a Bates number; "" for none.
    bates: str = ""
    #: The manifest of the packet that this one supersedes.
    supersedes: Mapping[str, Any] | None = field(default=None, repr=False)


def manifest_of(
    sheet: Sheet, placed: Sequence[Placed], way: Way, pages: int, covers: int, prints: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Return what an auditor checks the packet by: people by id, no fact of theirs. Files and hashes are added later.

    *prints* are those of each exhibit's pages, in the order of *placed*.
    """
    unproved = order.unproved(sheet.findings, placed)
    return {
        "format": FORMAT,
        "case": sheet.case.reference,
        "route": sheet.case.route,
        "made": sheet.today.isoformat(),
        "profile": way.profile,
        "profile_checked": sheet.profile.checked.isoformat(),
        "profile_expired": sheet.profile.expired(sheet.today),
        "pdf_a": "2b" if way.archival and sheet.profile.bound else "",
        "complete": not sheet.open and not sheet.left_out,
        "prepared_for": prepared_for(sheet.case),
        "due_later": len(due_later(sheet.findings)),
        "left_out": len(sheet.left_out),
        "supersedes": str(sheet.supersedes["sha256"]) if sheet.supersedes else "",
        "bates": way.bates if sheet.profile.bound else "",
        "pages": pages,
        "covers": covers,
        "exhibits": [_exhibit(sheet, each, found) for each, found in zip(placed, prints, strict=True)],
        "orphans": order.orphans(sheet.findings, placed),
        "unproved": [{"requirement": each.requirement, "person": each.person} for each in unproved],
        "requirements": [_requirement(sheet, finding, placed) for finding in sheet.findings],
    }


def _exhibit(sheet: Sheet, each: Placed, prints: Sequence[str]) -> dict[str, Any]:
    bound = sheet.profile.bound
    return {
        **packet_front.entry(sheet.case, each),
        "pages": each.last - each.first + 1,
        "divider": each.divider if bound else 0,
        "first_page": each.first if bound else 0,
        "last_page": each.last if bound else 0,
        "page_prints": list(prints),
        "behind": _behind(sheet, each),
        "removed": list(each.exhibit.removed),
        "verified_by": list(each.exhibit.verified_by),
    }


def _behind(sheet: Sheet, placed: Placed) -> list[dict[str, Any]]:
    """What is bound behind an exhibit, with its packet pages (of the exhibit's own file, where that is not bound)."""
    bound, folder = sheet.profile.bound, f"{sheet.case.reference}-packet"
    signed = {file.sha256: f"{folder}/{file.name}" for file in packet_front.signed_files(placed) if file.role}
    told = packet_front.entry(sheet.case, placed)["behind"]
    return [
        {
            **row,
            "first_page": placed.divider + each.first if bound else each.first,
            "last_page": placed.divider + each.last if bound else each.last,
            "signed_file": signed.get(each.sha256, ""),
        }
        for row, each in zip(told, placed.exhibit.behind, strict=True)
    ]


def _requirement(sheet: Sheet, finding: Finding, placed: Sequence[Placed]) -> dict[str, Any]:
    bound = sheet.profile.bound
    proven = [{"exhibit": n, "page": page if bound else 0} for n, page in order.places(finding, placed)]
    return {
        "requirement": finding.requirement,
        "person": finding.person,
        "level": finding.level,
        "verdict": str(finding.verdict),
        "proven_by": proven,
    }


def as_csv(manifest: Mapping[str, Any]) -> str:
    """Return the exhibits of a manifest as CSV (RFC 4180), one a line."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for each in manifest["exhibits"]:
        rows.writerow([_plain(_cell(each[name])) for name in _COLUMNS])
    return out.getvalue()


def _cell(value: object) -> str:
    """One cell: several things of a kind with semicolons between; what is bound behind with its pages."""
    if not isinstance(value, list):
        return str(value)
    return "; ".join(
        f"{each['role']} {each['document']} pages {each['first_page']} to {each['last_page']}"
        if isinstance(each, Mapping)
        else str(each)
        for each in value
    )


def checked(manifest: object) -> Mapping[str, Any]:
    """Return *manifest* when it is one that can be read here. Raises InputError."""
    if not isinstance(manifest, Mapping) or not str(manifest.get("format", "")).startswith("mobility-packet/"):
        raise InputError("The file is no packet manifest.", remedy="Name the .manifest.json that came with the packet.")
    if manifest["format"] != FORMAT:
        raise InputError(
            f"The manifest is of format {str(manifest['format'])[:40]}, and {FORMAT} is read here.",
            remedy="Compile the packet again, or use the version of the toolkit that made it.",
        )
    return manifest


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell
