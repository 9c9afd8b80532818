"""The exhibits of a packet out of the vault, and finished PDFs that go along: cleaned, looked through, read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit import packet_signed
from toolkit.confine import Child
from toolkit.dossier import Dossier
from toolkit.errors import InputError, UnknownFormatError
from toolkit.exhibits import NO_EVIDENCE, Exhibit
from toolkit.kind import kinds
from toolkit.model import Document, Method, Page, Record
from toolkit.originals import Original, as_pdfs
from toolkit.packet_behind import with_behind
from toolkit.packet_inspect import Inspected
from toolkit.packet_translations import Translations
from vault import Vault, audit

#: Papers that go to the payroll, not to counsel.
NOT_FOR_COUNSEL = frozenset({"receipt", "invoice", "unknown"})
_PDF = "application/pdf"
_MOST = 200 << 20
_HOW = "Say what it is: --with official-form=FILE, --with letter=FILE, or --with KIND=TITLE=FILE."


@dataclass(frozen=True, slots=True)
class Along:
    """A finished PDF that goes along: its kind, what the index calls it, and where it lies."""

    kind: str
    title: str
    path: Path
    #: The (requirement, person) pairs that it proves, as a specialist says.
    proves: tuple[tuple[str, str], ...] = ()


def signing(vault: Vault, reference: str) -> Callable[[Mapping[str, bytes]], bytes] | None:
    """Return what signs the list of a packet's files with the key of the officer at work.

    None in a vault of the first format, whose officers have no keys of their own.
    """
    if vault.parts.roll is None:
        return None
    key = vault.parts.signatory.key
    return lambda files: audit.certify(vault.parts, packet_signed.listed(files, reference, key)).encode()


def papers_of(known: Dossier) -> list[tuple[Document, Record]]:
    """Return the papers of a case that go to counsel, with what was read from them."""
    return [(d, r) for d in known.documents if (r := known.record(d.id)) and r.kind not in NOT_FOR_COUNSEL]


def exhibits_of(
    vault: Vault,
    known: Dossier,
    *,
    searchable: bool,
    bound: Translations | None = None,
    progress: Callable[[], None] | None = None,
) -> tuple[list[Exhibit], list[str], list[str]]:
    """Return the exhibits, and the ids and titles of Word files left out because LibreOffice is not installed.

    *bound* says what is bound behind what. With *searchable* the words of scanned pages are read anew, which takes
    seconds a page. Raises InputError naming the document whose original cannot be turned into pages.
    """
    papers = papers_of(known)
    originals = as_pdfs(vault, papers, progress=progress)
    behind = _there(bound or Translations(), originals)
    below = {document: role for each in behind.values() for role, document in each}
    own = [(document, record) for document, record in papers if document.id not in below]
    titles = {document.id: title(known, document, record, own) for document, record in papers}
    who = verified_by(vault, [document.id for document, _ in papers])
    with Child() as child:
        made = {
            document.id: _exhibit(
                vault, child, (document, record), (titles[document.id], originals[document.id]), searchable, who
            )
            for document, record in papers
            if document.id in originals
        }
        exhibits = [
            with_behind(child, each, [(role, made[other]) for role, other in behind.get(id, ())])
            for id, each in made.items()
            if id not in below
        ]
    left = [document.id for document, _ in papers if document.id not in originals]
    return exhibits, left, [titles[id] for id in left]


def _there(bound: Translations, originals: Mapping[str, Original]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What is bound behind what, as far as both could be had as pages; the rest stands by itself."""
    return {
        first: [(role, document) for role, document in behind if document in originals]
        for first, behind in bound.behind.items()
        if first in originals
    }


def _exhibit(
    vault: Vault,
    child: Child,
    paper: tuple[Document, Record],
    made: tuple[str, Original],
    searchable: bool,
    who: Mapping[str, tuple[str, ...]],
) -> Exhibit:
    document, record = paper
    called, original = made
    found, signed = Inspected((), False), b""
    if document.media_type == _PDF:
        data = vault.compartment(document.case).get(document.sha256_sealed)
        found = child.call("toolkit.packet_inspect:inspect", data, result=Inspected)
        signed = data if found.signed else b""
    words = _words(child, original.pdf) if searchable else ()
    return Exhibit(
        called,
        record.kind,
        document.id,
        original.pdf,
        original.sha256,
        document.person,
        words,
        signed,
        found.removed,
        who.get(document.id, ()),
    )


def _words(child: Child, pdf: bytes) -> tuple[Page, ...]:
    """The pages that show their words as a picture only; one that cannot be read stays as it is."""
    try:
        read: list[Page] = child.call("toolkit.pages:read_pages", pdf, _PDF, result=list[Page])
    except InputError:
        return ()
    return tuple(page for page in read if page.method is Method.OCR and page.words and not page.rotation)


def verified_by(vault: Vault, documents: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return by document the officers who entered or confirmed what was read from it, as the ledger has it."""
    wanted, found = frozenset(documents), dict[str, dict[str, None]]()
    for entry in vault.ledger.entries():
        document = str(entry.get("fact.document", ""))
        if entry["event"] == "record.corrected" and document in wanted:
            found.setdefault(document, {})[str(entry["by"])] = None
    return {document: tuple(sorted(names)) for document, names in found.items()}


def title(known: Dossier, document: Document, record: Record, papers: Sequence[tuple[Document, Record]]) -> str:
    """Make "Passport of Ada Example"; contracts by their type; numbered when one person has several alike."""
    subtype = record.get("contract_type")
    name = kinds()[record.kind].title
    if subtype is not None and isinstance(subtype.value, str) and subtype.sure:
        name = f"{subtype.value} {record.kind}".capitalize()
    person = known.case.person(document.person)
    alike = [d.id for d, r in papers if r.kind == record.kind and d.person == document.person]
    number = f" {alike.index(document.id) + 1}" if len(alike) > 1 and subtype is None else ""
    return f"{name}{number} of {person.given_names} {person.surname}" if person else f"{name}{number}"


def along(said: str) -> Along:
    """Read "KIND=FILE" or "KIND=TITLE=FILE". Raises InputError."""
    kind, _, rest = said.partition("=")
    called, _, file = rest.rpartition("=")
    if kind not in NO_EVIDENCE and kind not in kinds():
        raise InputError("A file that goes along needs a kind that is known.", remedy=_HOW)
    path = Path(file)
    if not path.is_file():
        raise InputError(f"{path} is no file.", remedy=_HOW)
    return Along(kind, called or path.stem.replace("_", " "), path)


def finished(files: Sequence[Along]) -> list[Exhibit]:
    """Return finished PDFs as exhibits of the principal, without anything active. Raises InputError naming the file."""
    if not files:
        return []
    with Child() as child:
        return [_finished(child, number, each) for number, each in enumerate(files, start=1)]


def _finished(child: Child, number: int, given: Along) -> Exhibit:
    try:
        if given.path.stat().st_size > _MOST:
            raise InputError(f"{given.path} is larger than {_MOST >> 20} MB.", remedy="Send it by itself.")
        data = given.path.read_bytes()
    except OSError as problem:
        raise InputError(f"{given.path} cannot be read: {problem.strerror}.") from problem
    try:
        if child.call("toolkit.sniff:media_type", data, result=str) != _PDF:
            raise UnknownFormatError("it is no PDF", remedy="Save it as PDF first.")
        found: Inspected = child.call("toolkit.packet_inspect:inspect", data, result=Inspected)
        clean: bytes = child.call("toolkit.pages.packet:as_pdf", data, _PDF, [], result=bytes)
    except InputError as problem:
        raise type(problem)(f"{given.path} cannot go along: {problem.message}", remedy=problem.remedy) from problem
    digest = hashlib.sha256(data).hexdigest()
    signed = data if found.signed else b""
    made = Exhibit(given.title, given.kind, f"file-{number}", clean, digest, "principal", (), signed, found.removed)
    return replace(made, proves=given.proves)
