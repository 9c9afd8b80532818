"""A folder of submissions goes in; every file ends filed, asked about or quarantined, and the sum is shown.

The parent process reads bytes, seals them and writes the catalogue; it parses nothing. What a file is and says is found
out by confined children without keys. A run that was killed is resumed by running it again: a file is marked done in
the same transaction that files it.
"""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from toolkit import work
from toolkit.arrival import Arrival
from toolkit.assign import place
from toolkit.catalog import INBOX, Catalog
from toolkit.confine import Limits
from toolkit.correcting import by_person, kept, records_of
from toolkit.errors import HostileError, InputError, OverrunError, OvertakenError, UnknownNameError
from toolkit.examine import Examiner
from toolkit.inbox import Entry, entries
from toolkit.model import Case, Document, Record, State
from toolkit.outcome import Outcome, Reconciliation, outcome_of
from toolkit.parts import PAGED, Part, by_pages, held, in_order, named, of_part
from toolkit.questionnaire_tag import Tags
from vault import MissingError, Vault
from vault.files import locked

_LOCK = "intake.lock"
CONTAINER = "Opened; its contents were taken in one by one."


@dataclass(frozen=True, slots=True)
class _Item:
    """One file to take in: its place (for the path tag), its bytes' tag, and how to get the bytes."""

    place: str
    content_tag: str
    case: Case | None
    load: Callable[[], bytes]
    parent: str = ""
    depth: int = 0
    #: The content tags of the containers it lies in.
    within: frozenset[str] = frozenset()
    #: The document it has become already, where that is read anew.
    again: Document | None = None
    #: The pages of the file it was cut from.
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _End:
    """How an item ends. In `step`, {id} stands for the document's id."""

    state: State
    reason: str = ""
    step: str = ""
    media_type: str = "application/octet-stream"
    case: Case | None = None
    person: str = ""
    records: Sequence[Record] = ()
    twin: Document | None = None


class Intake:
    """Takes files into one vault. Use as a context manager: it owns the confined children."""

    def __init__(
        self,
        vault: Vault,
        catalog: Catalog,
        *,
        jobs: int = 2,
        limits: Limits | None = None,
        now: datetime | None = None,
    ) -> None:
        self._vault = vault
        self._catalog = catalog
        self._jobs = jobs
        self._examiner = Examiner(limits or Limits(threads=max(1, (os.cpu_count() or 2) // jobs)))
        self._received = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self._cases = {case.id: case for case in catalog.cases()}
        self._busy: set[str] = set()
        self._turn = threading.Condition()

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, *_: object) -> None:
        self._examiner.close()

    def folder(
        self, folder: Path, *, case: Case | None = None, progress: Callable[[Outcome, int], None] | None = None
    ) -> Reconciliation:
        """Take in every file under *folder*; a subfolder named as a case's reference goes to that case.

        *progress* is called after each file with its outcome and the number of files known so far. Raise InputError
        where the vault lies in the folder, or another intake is at work on it.
        """
        here, there = folder.resolve(), self._vault.folder.resolve()
        if there.is_relative_to(here) or here.is_relative_to(there):
            raise InputError("The vault lies in this folder.", remedy="Keep submissions in a folder of their own.")
        with self._alone():
            return self._all(folder, case, progress)

    def again(self, id: str) -> Reconciliation:
        """Read the sealed original of a document anew, and file it, ask about it or quarantine it as it now is.

        Raise InputError for one that is filed, is a copy, or waits for an answer that no reader can give.
        """
        with self._alone():
            document = self._catalog.document(id)
            _check_open(document, self._catalog.record(id))
            data = self._vault.compartment(document.case).get(document.sha256_sealed)
            tag = self._vault.keyed_hash("content", data)
            case = self._cases.get(document.case)
            depth = self._depth(document)
            item = _Item(document.name, tag, case, _giving(data), document.parent, depth, again=document)
            return Reconciliation(tuple(self._take(item)))

    def _depth(self, document: Document) -> int:
        return 1 + self._depth(self._catalog.document(document.parent)) if document.parent else 0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other programs from taking files into this vault: each would take its copy for the first."""
        with ExitStack() as held:
            try:
                held.enter_context(locked(self._vault.folder / _LOCK, wait=False))
            except BlockingIOError as taken:
                raise InputError(
                    "Another intake is at work on this vault.", remedy="Wait until it is done, and run it again."
                ) from taken
            yield

    def _all(self, folder: Path, case: Case | None, progress: Callable[[Outcome, int], None] | None) -> Reconciliation:
        self._catalog.sweep()
        first, copies = self._listed(folder, case)
        known = len(first) + len(copies)
        outcomes: list[Outcome] = []

        def told(batch: Sequence[Outcome]) -> None:
            nonlocal known
            known += len(batch) - 1
            for outcome in batch:
                outcomes.append(outcome)
                if progress:
                    progress(outcome, known)

        with ThreadPoolExecutor(self._jobs) as pool:
            try:
                for batch in work.run(self._take, first, pool):
                    told(batch)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        # Copies wait until their original is filed, so that they can name it.
        for copy in copies:
            told(self._take(copy))
        return Reconciliation(tuple(sorted(outcomes, key=lambda outcome: in_order(outcome.name))))

    def _listed(self, folder: Path, case: Case | None) -> tuple[list[_Item], list[_Item]]:
        seen: set[str] = set()
        first: list[_Item] = []
        copies: list[_Item] = []
        by_reference = {known.reference: known for known in self._cases.values()}
        for entry in entries(folder):
            item = self._item(entry, case or by_reference.get(entry.place.split("/", 1)[0]))
            (copies if item.content_tag in seen else first).append(item)
            seen.add(item.content_tag)
        return first, copies

    def _item(self, entry: Entry, case: Case | None) -> _Item:
        try:
            tag = self._vault.keyed_hash("content", entry.read())
        except InputError:
            # Why it cannot be read is said when its turn comes.
            tag = self._vault.keyed_hash("unread", entry.place.encode())
        return _Item(entry.place, tag, case, lambda: self._unchanged(entry, tag))

    def _unchanged(self, entry: Entry, tag: str) -> bytes:
        """Return the bytes that *tag* was made of: under it they are known from now on."""
        data = entry.read()
        if self._vault.keyed_hash("content", data) != tag:
            raise InputError("It changed while the folder was taken in.", remedy="Run intake again.")
        return data

    def _take(self, item: _Item) -> list[Outcome]:
        """File one item and, if it is a container, everything inside it.

        Equal bytes are never in work twice at once: the second waits, and then finds the first as its original.
        """
        if item.content_tag in item.within:
            return self._itself(item)
        with self._turn:
            self._turn.wait_for(lambda: item.content_tag not in self._busy)
            self._busy.add(item.content_tag)
        try:
            return self._take_alone(item)
        except (UnknownNameError, MissingError):
            if not any(self._vault.was_forgotten(case) for case in self._cases):
                raise
            reason, step = "A case was erased while the folder was taken in.", "Run intake again."
            return [Outcome(item.place, State.QUARANTINED, "", reason=reason, next_step=step)]
        finally:
            with self._turn:
                self._busy.discard(item.content_tag)
                self._turn.notify_all()

    def _itself(self, item: _Item) -> list[Outcome]:
        """End an archive that was built to hold itself: it would wait for itself for ever."""
        done = self._arrived(item)
        if done is not None:
            return self._resumed(done)
        problem = HostileError("The archive holds itself.", remedy="Ask for the documents as single files.")
        return [self._filed(item, item.load(), _refused(problem))]

    def _take_alone(self, item: _Item) -> list[Outcome]:
        done = self._arrived(item)
        if done is not None:
            return self._resumed(done)
        try:
            data = item.load()
        except InputError as problem:
            # Nothing is filed for it: a mark that it has arrived would keep the next run from taking it in.
            return [Outcome(item.place, State.QUARANTINED, "", reason=problem.message, next_step=problem.remedy)]
        twin = self._twin(item, len(data))
        if twin is not None:
            try:
                return [self._copy(item, data, twin)]
            except OvertakenError:
                return self._take_alone(item)
        try:
            arrival, records = self._examiner.examine(data, Path(item.place).name, item.depth)
        except InputError as problem:
            return [self._filed(item, data, _refused(problem))]
        if arrival.members:
            return self._container(item, data, arrival)
        return self._read(item, data, arrival, records)

    def _arrived(self, item: _Item) -> Document | None:
        intended = item.case.id if item.case else ""
        return None if item.again else self._catalog.arrival(self._path_tag(item), item.content_tag, intended)

    def _path_tag(self, item: _Item) -> str:
        return self._vault.keyed_hash("path", item.place.encode())

    def _twin(self, item: _Item, size: int) -> Document | None:
        """Return what *item* is a copy of, or None where it has to be taken in by itself.

        That is also where a case is meant and the original answers nothing for it: it still waits for its case, could
        not be read, or is a container, in which each paper is asked about by itself.
        """
        case = item.case.id if item.case else ""
        twin = None if item.again else self._catalog.original(item.content_tag, case)
        # An archive that was emptied since no longer has the papers that come with this one.
        if twin is None or twin.size != size:
            return None
        if case in ("", twin.case):
            return twin
        none = twin.case == INBOX or twin.state is State.QUARANTINED or self._catalog.members(twin.id)
        return None if none else twin

    def _identity(self, item: _Item) -> str:
        """The document's id: the same file at the same place has the same id in every run, so a run can be resumed."""
        if item.again:
            return item.again.id
        meant = f"\0{item.case.id}" if item.case else ""
        return self._vault.keyed_hash("document", f"{item.place}\0{item.content_tag}{meant}".encode())[:12]

    def _container(self, item: _Item, data: bytes, arrival: Arrival) -> list[Outcome]:
        inside: list[Outcome] = []
        identity = self._identity(item)
        for number, member in enumerate(arrival.members, 1):
            tag, within = self._vault.keyed_hash("content", member.data), item.within | {item.content_tag}
            inner = f"{item.place}/{number:03d} {member.name}"
            inside += self._take(_Item(inner, tag, item.case, _giving(member.data), identity, item.depth + 1, within))
        # The container is marked done last: after a kill its members are met again, and each knows it is done.
        reason = " ".join((CONTAINER, *arrival.notes))
        return [self._filed(item, data, _End(State.FILED, reason, media_type=arrival.media_type)), *inside]

    def _read(self, item: _Item, data: bytes, arrival: Arrival, records: Sequence[Record]) -> list[Outcome]:
        parts = by_pages(records)
        before = records_of(self._catalog, item.again) if item.again else ()
        # A file that a person has said something of stays the one paper it was, until they cut it.
        said = any(by_person(each) for record in before for each in record.fields)
        if len(parts) > 1 and arrival.media_type in PAGED and not said:
            return self._pile(item, data, arrival, parts)
        return [self._filed(item, data, self._placed(item, arrival.media_type, records))]

    def _placed(self, item: _Item, media_type: str, records: Sequence[Record]) -> _End:
        found = place(records, list(self._cases.values()), item.case, Tags(self._vault).whose)
        state = State.ASKED if found.question else State.FILED
        return _End(state, found.question, found.step, media_type, found.case, found.person, records)

    def _pile(self, item: _Item, data: bytes, arrival: Arrival, parts: Sequence[Part]) -> list[Outcome]:
        """File each document in a scan of several as one of its own, and the scan itself as what held them."""
        identity, filed = self._identity(item), []
        for part, alone in zip(parts, self._examiner.taken_apart(data, arrival.media_type, parts), strict=True):
            where = f"{item.place}, {named(part.pages)}"
            tag = self._vault.keyed_hash("content", alone)
            inner = _Item(where, tag, item.case, _giving(alone), identity, item.depth + 1, pages=part.pages)
            done = self._arrived(inner)
            records = [of_part(record, part.pages) for record in part.records]
            if done:
                filed += self._resumed(done)
            else:
                filed.append(self._filed(inner, alone, self._placed(inner, arrival.media_type, records)))
        # Marked done last, as an archive is.
        end = _End(State.FILED, held(parts, arrival.pages), media_type=arrival.media_type)
        return [self._filed(item, data, end), *filed]

    def _copy(self, item: _Item, data: bytes, twin: Document) -> Outcome:
        if item.case is not None and twin.case != item.case.id:
            before = self._cases.get(twin.case)
            reason = f"Sent before, to {f'case {before.reference}' if before else 'another case'}; not filed again."
            here = shlex.quote(item.case.reference)
            step = f"If it belongs to {here} too: mobility settle {{id}} --case {here} --person ROLE"
            return self._filed(item, data, _End(State.ASKED, reason, step, twin.media_type))
        said = f"The same file as {twin.id}, sent again."
        return self._filed(item, data, _End(twin.state, said, twin.next_step, twin.media_type, twin=twin))

    def _filed(self, item: _Item, data: bytes, end: _End) -> Outcome:
        """Seal the original, write document, records and arrival in one transaction, and say where it ended."""
        identity = self._identity(item)
        case = end.case or item.case
        owner = end.twin.case if end.twin else case.id if case else INBOX
        document = Document(
            id=identity,
            case=owner,
            name=item.place,
            media_type=end.media_type,
            size=len(data),
            sha256_sealed="",
            received=self._received,
            state=end.state,
            reason=end.reason,
            next_step=end.step.replace("{id}", identity),
            person=end.twin.person if end.twin else end.person,
            parent=item.parent,
            duplicate_of=end.twin.id if end.twin else "",
            pages=item.pages,
        )
        if item.again:
            self._catalog.refile_document(document, self._anew(item.again, end))
        else:
            blob = end.twin.sha256_sealed if end.twin else self._vault.compartment(owner).put(data).sha256
            self._catalog.add_document(
                replace(document, sha256_sealed=blob),
                end.records,
                path_tag=self._path_tag(item),
                content_tag=item.content_tag,
                intended=item.case.id if item.case else "",
            )
        return outcome_of(document, end.records[0].kind if end.records else "", case.reference if case else "")

    def _anew(self, document: Document, end: _End) -> Sequence[Record]:
        """What stands as read from *document* now: nothing where it was cut, what was known where reading failed."""
        cut = end.state is State.FILED and not end.records
        return [] if cut else kept(records_of(self._catalog, document), end.records)

    def _resumed(self, document: Document) -> list[Outcome]:
        """Tell again where a file ended that an earlier run had finished, and its members with it."""
        family = [document, *self._catalog.members(document.id)]
        outcomes = []
        for each in family:
            case = self._cases.get(each.case)
            record = self._catalog.record(each.id)
            outcomes.append(
                outcome_of(each, record.kind if record else "", case.reference if case else "", resumed=True)
            )
        return outcomes


def _refused(problem: InputError) -> _End:
    slow = isinstance(problem, OverrunError)
    retry = " Or try once more when the machine is idle: mobility settle {id} --retry" if slow else ""
    return _End(State.QUARANTINED, problem.message, problem.remedy + retry)


def _check_open(document: Document, record: Record | None) -> None:
    if document.duplicate_of:
        raise InputError(f"Document {document.id} is a copy.", remedy=f"Retry {document.duplicate_of}.")
    if document.state is State.FILED:
        raise InputError(
            f"Document {document.id} is filed.", remedy="To have it read as another kind, settle it with --kind."
        )
    if document.state is State.ASKED and record is None:
        raise InputError(f"Document {document.id} waits for an answer.", remedy=document.next_step)


def _giving(data: bytes) -> Callable[[], bytes]:
    return lambda: data
