"""Letters for many cases: each ends as written, kept, asked about or failed, with its reason; a second run goes on.

Beside the letters lies `written.json`: for every letter what it was made from and what was written, as SHA-256. A
letter whose facts and template have not changed is kept; one that somebody has edited since is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from toolkit.asking import names_somebody
from toolkit.dossier import Dossier
from toolkit.errors import DefinitionError, IncompleteError, InputError, ToolkitError
from toolkit.office_pool import Pool
from toolkit.overrides import Overridden, Override, check_impersonal
from toolkit.template_definition import Template
from toolkit.template_folder import Ready, opened
from toolkit.write import Letter, unsure, write
from toolkit.write_facts import Material, material
from toolkit.write_meant import not_meant
from vault.errors import VaultError
from vault.files import write_atomically

LEDGER = "written.json"
#: Letters that are laid out together; what is held in memory at once.
_AT_ONCE = 32


class Outcome(StrEnum):
    """How one letter of a batch ended."""

    WRITTEN = "written"
    KEPT = "kept"
    #: It is meant for another type of assignment or route, or the case does not say of which type it is.
    ASKED = "asked about"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ended:
    """One letter of a batch: how it ended, its files, and why it was not written."""

    case: str
    template: str
    outcome: Outcome
    files: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class How:
    """How letters are written: into which folder, dated when, from whose templates, dressed by what."""

    out: Path
    today: date
    allow_unsure: bool = False
    beside: Path | None = None
    dress: Callable[[bytes, Template], bytes] | None = None
    #: Whether templates of the user's own, which have a look of their own, are dressed too.
    dress_own: bool = False
    #: Whether a letter is written for a case that it is not meant for (`write_meant`).
    other_types: bool = False
    #: Why what is unsure or meant for other cases is written all the same.
    why: str = ""
    #: Is told what is overridden, before the letters in question are written.
    tell: Callable[[Sequence[Overridden]], None] = lambda _: None
    #: What of the house style and of the PDF goes into the file, so that a change of either writes it anew.
    style: str = ""


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """What the ledger knows of one Word file: what it was made from, and the SHA-256 of what was written.

    While it is being written `made_from` is empty, and the file may still be the one before, `was`.
    """

    made_from: str
    docx: str
    pdf: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """A letter on its way: written as Word, not yet as PDF."""

    case: str
    name: str
    path: Path
    docx: bytes
    made_from: str
    overridden: tuple[Overridden, ...] = ()


def checked(names: Sequence[str], beside: Path | None) -> list[Ready]:
    """Return the templates *names*. Raises DefinitionError before any case is touched when one has an error."""
    ready = [opened(name, beside) for name in dict.fromkeys(names)]
    wrong = [f"{each.word.origin}: {problem}" for each in ready for problem in each.errors]
    if wrong:
        raise DefinitionError("\n".join(wrong), remedy="`mobility template lint` says more.")
    return ready


def one(known: Dossier, name: str, how: How) -> Letter:
    """Write the letter *name* of one case.

    Raises IncompleteError where it is meant for other cases, and what `toolkit.write.write` and
    `toolkit.write_facts.material` do.
    """
    ready = opened(name, how.beside)
    found = None if how.other_types else not_meant(ready.definition, known.case)
    if found is not None:
        raise IncompleteError(found.reason, remedy=found.remedy)
    return _written(material(known, ready.definition, how.today, ready.name), ready, how)


def _written(given: Material, ready: Ready, how: How) -> Letter:
    dress = how.dress if how.dress_own or not ready.own else None
    dressed = None if dress is None else lambda docx: dress(docx, ready.definition)
    return write(
        ready.name, given.facts, today=how.today, allow_unsure=how.allow_unsure, rows=given.rows, doubts=given.doubts,
        stops=given.stops, dress=dressed, beside=how.beside,
    )  # fmt: skip


def batch(
    references: Sequence[str],
    names: Sequence[str],
    load: Callable[[str], Dossier],
    how: How,
    *,
    pool: Pool | None,
    done: Callable[[], None] = lambda: None,
) -> Iterator[Ended]:
    """Write the letters *names* of every case in *references* and yield how each ended; *done* is called after each.

    *load* gives a case by its reference; without *pool* there is no PDF. Whatever is wrong with one case is the reason
    of that case. Raises DefinitionError for a template with an error, before anything is written.
    """
    ready = checked(names, how.beside)
    ledger = _Ledger(how.out)
    waiting: list[_Made] = []
    for reference in dict.fromkeys(references):
        try:
            known = load(reference)
        except (ToolkitError, VaultError) as problem:
            for each in ready:
                done()
                yield Ended(reference, each.name, Outcome.FAILED, (), problem.message, problem.remedy)
            continue
        for each in ready:
            ended = _begun(known, each, how, ledger, pool is not None)
            if isinstance(ended, _Made):
                waiting.append(ended)
            else:
                done()
                yield ended
        if len(waiting) >= _AT_ONCE:
            yield from _finished(waiting, how, ledger, pool, done)
            waiting = []
    yield from _finished(waiting, how, ledger, pool, done)


def _begun(known: Dossier, ready: Ready, how: How, ledger: _Ledger, with_pdf: bool) -> _Made | Ended:
    case = known.case
    beginning = case.id if names_somebody(case.reference, case) else case.reference
    path = how.out / f"{beginning}-{ready.name}.docx"
    found = not_meant(ready.definition, case)
    if found is not None and not how.other_types:
        return Ended(case.reference, ready.name, Outcome.ASKED, (), found.reason, found.remedy)
    try:
        given = material(known, ready.definition, how.today, ready.name)
        made_from = _digest(given, ready, how)
        if why := ledger.keeps(path, made_from, with_pdf):
            return Ended(case.reference, ready.name, Outcome.KEPT, _files(path), why)
        overridden = [Override.LETTER_OTHER_TYPE] if found is not None else []
        if how.allow_unsure and unsure(ready, given.facts, given.rows, given.doubts):
            overridden.append(Override.LETTER_UNSURE)
        if overridden:
            check_impersonal(how.why, case, known.records)
        letter = _asking(given, ready, how)
        if ledger.edited(path):
            raise InputError(
                f"{path.name} was edited after it was written, and the case or the template has changed since.",
                remedy="Move your copy away to have it written anew, or give another --out.",
            )
    except (ToolkitError, VaultError) as problem:
        return Ended(case.reference, ready.name, Outcome.FAILED, (), problem.message.strip(), problem.remedy)
    told = tuple(Overridden(each, case, {"template": ready.name}) for each in overridden)
    return _Made(case.reference, ready.name, path, letter.docx, made_from, told)


def _asking(given: Material, ready: Ready, how: How) -> Letter:
    """Write the letter; where it is stopped, also say what to state so that rows left out come in."""
    try:
        return _written(given, ready, how)
    except IncompleteError as problem:
        asked = "".join(f"- {each}\n" for each in given.asked)
        raise IncompleteError(f"{problem.message.rstrip()}\n{asked}", remedy=problem.remedy) from problem


def _finished(
    waiting: Sequence[_Made], how: How, ledger: _Ledger, pool: Pool | None, done: Callable[[], None]
) -> Iterator[Ended]:
    if not waiting:
        return
    how.tell([each for made in waiting for each in made.overridden])
    for each in waiting:
        ledger.expect(each.path, each.docx)
    ledger.save()
    pdfs = [None] * len(waiting) if pool is None else pool.map([each.docx for each in waiting], done)
    ended = [_stored(each, pdf, ledger) for each, pdf in zip(waiting, pdfs, strict=True)]
    ledger.save()
    for letter in ended:
        if pool is None:
            done()
        yield letter


def _stored(made: _Made, pdf: bytes | ToolkitError | None, ledger: _Ledger) -> Ended:
    path = made.path
    try:
        write_atomically(path, made.docx)
        if isinstance(pdf, ToolkitError):
            return Ended(made.case, made.name, Outcome.FAILED, (str(path),), pdf.message, pdf.remedy)
        if pdf is not None:
            write_atomically(path.with_suffix(".pdf"), pdf)
    except OSError as problem:
        return Ended(made.case, made.name, Outcome.FAILED, reason=f"{path.stem} cannot be written: {problem.strerror}.")
    ledger.note(path, _Entry(made.made_from, _sha(made.docx), pdf is not None))
    return Ended(made.case, made.name, Outcome.WRITTEN, _files(path, pdf is not None))


def _files(path: Path, pdf: bool | None = None) -> tuple[str, ...]:
    with_pdf = path.with_suffix(".pdf").is_file() if pdf is None else pdf
    return (str(path), *([str(path.with_suffix(".pdf"))] if with_pdf else []))


class _Ledger:
    """`written.json` of one folder."""

    def __init__(self, out: Path) -> None:
        self._path = out / LEDGER
        self._entries: dict[str, _Entry] = {}
        try:
            self._entries = msgspec.json.decode(self._path.read_bytes(), type=dict[str, _Entry])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.DecodeError) as problem:
            raise InputError(
                f"{self._path} cannot be read, so it is not known which letters are written.",
                remedy="Give another --out, or delete the file to write every letter anew.",
            ) from problem

    def keeps(self, path: Path, made_from: str, with_pdf: bool) -> str:
        """Return why the letter at *path* is not written again, "" when it is."""
        entry = self._entries.get(path.name)
        if entry is None or entry.made_from != made_from or not path.is_file():
            return ""
        if with_pdf and not (entry.pdf and path.with_suffix(".pdf").is_file()):
            return ""
        return "nothing has changed; edited since" if self.edited(path) else "nothing has changed"

    def edited(self, path: Path) -> bool:
        """Whether the Word file at *path* is not the one that was written."""
        entry = self._entries.get(path.name)
        return path.is_file() and entry is not None and _sha(path.read_bytes()) not in (entry.docx, entry.was)

    def expect(self, path: Path, docx: bytes) -> None:
        """Say what is about to be written, so that a stop in between reads as no edit."""
        before = self._entries.get(path.name)
        self._entries[path.name] = _Entry("", _sha(docx), was="" if before is None else before.docx)

    def note(self, path: Path, entry: _Entry) -> None:
        self._entries[path.name] = entry

    def save(self) -> None:
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(self._entries), indent=1) + b"\n")


def _digest(given: Material, ready: Ready, how: How) -> str:
    """Return what the letter is made from as one number: template, values, rows, and how it is written; not the day."""
    facts = {
        name: [str(fact.field.value), fact.field.currency, fact.field.sure, fact.settled]
        for name in (*ready.definition.declared, *(f"{n}_currency" for n in ready.definition.declared))
        if (fact := given.facts.get(name)) is not None
    }
    rows: Mapping[str, list[Mapping[str, str]]] = {
        group: [{column: row[column] for column in columns if column in row} for row in given.rows.get(group, ())]
        for group, columns in ready.definition.rows.items()
    }
    definition = msgspec.to_builtins(ready.definition)
    said = [ready.word.digest, definition, facts, rows, given.stops, how.allow_unsure, how.style]
    return _sha(json.dumps(said, sort_keys=True).encode())


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
