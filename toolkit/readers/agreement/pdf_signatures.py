"""The digital signatures of a PDF: who signed, when, and whether the paper was changed since (ISO 32000-1, 12.8).

The signature is checked against the bytes it covers; what was saved behind them is compared with what they showed.
Whether the signer's certificate deserves trust is not asked, for that needs the network.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pikepdf

from toolkit.cms import Fit, Signer, signers


@dataclass(frozen=True, slots=True)
class DigitalSignature:
    """One signature field: the signer's name, organisation, claimed ISO date or "", and whether the paper is as signed.

    `intact` is "no" where the signature does not fit or a page was changed since, "unsure" where only notes or filled
    fields were added or where the signature is of a kind we do not know.
    """

    name: str
    organisation: str
    date: str
    intact: str

    def __repr__(self) -> str:
        return f"<DigitalSignature {self.intact}>"


#: More fields, pages and bytes of one page than these are not looked at.
_FIELDS, _PAGES, _DEPTH = 400, 300, 12
_LONGEST = 64_000_000
_DETACHED = frozenset(("/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/adbe.pkcs7.sha1"))
_TIMESTAMP = "/ETSI.RFC3161"
_MOMENT = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    RuntimeError,
    TypeError,
    LookupError,
    OSError,
    AttributeError,
)


def digital_signatures(data: bytes) -> tuple[DigitalSignature, ...]:
    """Return the digital signatures of a PDF, in the order of its fields; none for a file that cannot be read."""
    if b"/ByteRange" not in data or len(data) > _LONGEST:
        return ()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            now = _shown(pdf)
            return tuple(_read(data, each, now) for each in _signature_values(pdf))
    except _BROKEN:
        return ()


def _signature_values(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    form = pdf.Root.get("/AcroForm")
    todo: list[tuple[pikepdf.Object, int, object]] = [
        (field, 0, None) for field in (form.get("/Fields", []) if form is not None else [])
    ]
    seen = 0
    while todo and seen < _FIELDS:
        field, depth, inherited = todo.pop(0)
        seen += 1
        kind = field.get("/FT", inherited)
        if "/Kids" in field and depth < _DEPTH:
            todo += [(kid, depth + 1, kind) for kid in field["/Kids"]]
        value = field.get("/V")
        if kind == pikepdf.Name.Sig and isinstance(value, pikepdf.Dictionary) and value.get("/SubFilter") != _TIMESTAMP:
            yield value


def _read(data: bytes, value: pikepdf.Object, now: _Shown) -> DigitalSignature:
    reach = [int(number) for number in value.get("/ByteRange", [])]
    envelope = bytes(value.get("/Contents", b""))
    told = str(value.get("/Name", ""))
    day = _MOMENT.match(str(value.get("/M", "")))
    known = value.get("/SubFilter") in _DETACHED
    found: Signer | None = None
    intact = "unsure"
    if known and _covers(data, reach, envelope):
        by = signers(envelope, data[: reach[1]] + data[reach[2] : reach[2] + reach[3]])
        found = by[0] if by else None
        intact = str(found.fit) if found else "unsure"
        if intact == Fit.YES:
            intact = _since(data, reach[2] + reach[3], now)
    elif known:
        # The range leaves out more than the signature itself: whatever stands there was never signed.
        intact = "no"
    when = f"{found.signed_at:%Y-%m-%d}" if found and found.signed_at else "-".join(day.groups()) if day else ""
    return DigitalSignature(
        found.name if found and found.name else told, found.organisation if found else "", _a_day(when), intact
    )


def _a_day(when: str) -> str:
    try:
        return datetime.strptime(when, "%Y-%m-%d").date().isoformat() if when else ""
    except ValueError:
        return ""


def _covers(data: bytes, reach: list[int], envelope: bytes) -> bool:
    """Whether the range covers all up to its end but the signature: one gap, and in it the envelope in hex, no more."""
    if len(reach) != 4 or reach[0] != 0 or not 0 < reach[1] < reach[2] <= reach[2] + reach[3] <= len(data):
        return False
    gap = data[reach[1] : reach[2]].strip()
    if not (gap.startswith(b"<") and gap.endswith(b">")):
        return False
    try:
        return bytes.fromhex(gap[1:-1].decode("ascii")).startswith(envelope.rstrip(b"\0"))
    except (ValueError, UnicodeDecodeError):
        return False


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a version of a PDF shows, as digests: its pages, and apart from them notes and filled fields."""

    pages: tuple[bytes, ...]
    notes: frozenset[bytes]


def _since(data: bytes, end: int, now: _Shown) -> str:
    """Whether what was saved behind the signed bytes leaves the paper as it was: yes, no, unsure."""
    if not data[end:].strip(b"\r\n\0 "):
        return "yes"
    try:
        with pikepdf.open(io.BytesIO(data[:end])) as before:
            then = _shown(before)
    except _BROKEN:
        return "unsure"
    if then.pages != now.pages:
        return "no"
    return "yes" if then.notes == now.notes else "unsure"


def _shown(pdf: pikepdf.Pdf) -> _Shown:
    pages = []
    notes: set[bytes] = set()
    for page in list(pdf.pages)[:_PAGES]:
        page.contents_coalesce()
        held = page.obj.get("/Contents")
        made = hashlib.sha256(held.read_raw_bytes() if held is not None else b"")
        for part in (page.obj.get("/Resources"), page.obj.get("/MediaBox"), page.obj.get("/Rotate")):
            made.update(_digest(part, 0))
        pages.append(made.digest())
        for note in page.obj.get("/Annots", []):
            if not _of_a_signature(note):
                notes.add(_digest(note.get("/AP"), 0) + _digest(note.get("/V"), 0) + _digest(note.get("/Contents"), 0))
    return _Shown((*pages, str(len(pdf.pages)).encode()), frozenset(notes))


def _of_a_signature(note: pikepdf.Object) -> bool:
    parent = note.get("/Parent")
    kinds = (note.get("/FT"), parent.get("/FT") if parent is not None else None)
    return pikepdf.Name.Sig in kinds


def _digest(part: object, depth: int) -> bytes:
    """A digest of an object and what it refers to, to a depth; numbers of objects do not matter."""
    made = hashlib.sha256()
    if isinstance(part, pikepdf.Stream):
        made.update(part.read_raw_bytes())
    elif isinstance(part, pikepdf.Dictionary) and depth < _DEPTH:
        for name in sorted(part.keys()):
            if name not in ("/Parent", "/P", "/Length"):
                made.update(name.encode() + _digest(part[name], depth + 1))
    elif isinstance(part, pikepdf.Array) and depth < _DEPTH:
        for each in part:
            made.update(_digest(each, depth + 1))
    elif part is not None:
        made.update(str(part).encode("utf-8", "replace"))
    return made.digest()
