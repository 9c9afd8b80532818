"""A folder of submissions goes in; every file ends filed, asked about or quarantined, and the sum is shown.

The parent process reads bytes, seals them and writes the catalogue; it parses nothing. What a file is and says is found
out by confined children without keys. A run that was killed is resumed by running it again: a file is marked done in
the same transaction that files it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from toolkit import work
from toolkit.arrival import Arrival
from toolkit.assign import assign
from toolkit.catalog import INBOX, Catalog
from toolkit.confine import Child, Limits
from toolkit.errors import HostileError, InputError
from toolkit.inbox import Entry, entries
from toolkit.model import Case, Document, Record, State
from vault import Vault
from vault.files import locked

_LOCK = "intake.lock"
CONTAINER = "opened; its contents were taken in one by one"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one submitted file ended. `name` is shown to the person who submitted it and never logged.

    `document` is empty for a file that could not be read: it was not taken in, and the next run tries again.
    """

    name: str
    state: State
    document: str
    kind: str = ""
    case: str = ""
    reason: str = ""
    next_step: str = ""
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All outcomes of one intake; the counts always add up."""

    outcomes: tuple[Outcome, ...]

    def count(self, state: State) -> int:
        """Return how many files ended in *state*."""
        return sum(outcome.state is state for outcome in self.outcomes)

    def __str__(self) -> str:
        filed, asked, odd = (self.count(s) for s in (State.FILED, State.ASKED, State.QUARANTINED))
        return f"{len(self.outcomes)} in = {filed} filed + {asked} asked + {odd} quarantined"


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
        self._limits = limits or Limits(threads=max(1, (os.cpu_count() or 2) // jobs))
        self._received = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self._cases = {case.id: case for case in catalog.cases()}
        self._local = threading.local()
        self._children: list[Child] = []
        self._busy: set[str] = set()
        self._turn = threading.Condition()

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.close()

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
        return Reconciliation(tuple(sorted(outcomes, key=lambda outcome: outcome.name)))

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
        finally:
            with self._turn:
                self._busy.discard(item.content_tag)
                self._turn.notify_all()

    def _itself(self, item: _Item) -> list[Outcome]:
        """End an archive that was built to hold itself: it would wait for itself for ever."""
        path_tag = self._vault.keyed_hash("path", item.place.encode())
        done = self._catalog.arrival(path_tag, item.content_tag)
        if done is not None:
            return self._resumed(item, done)
        problem = HostileError("The archive holds itself.", remedy="Ask for the documents as single files.")
        media_type = "application/octet-stream"
        return [self._filed(item, path_tag, item.load(), media_type, State.QUARANTINED, problem=problem)]

    def _take_alone(self, item: _Item) -> list[Outcome]:
        path_tag = self._vault.keyed_hash("path", item.place.encode())
        done = self._catalog.arrival(path_tag, item.content_tag)
        if done is not None:
            return self._resumed(item, done)
        twin = self._catalog.original(item.content_tag)
        try:
            data = item.load()
        except InputError as problem:
            # Nothing is filed for it: a mark that it has arrived would keep the next run from taking it in.
            unread = Outcome(item.place, State.QUARANTINED, "", reason=problem.message, next_step=problem.remedy)
            return [unread]
        if twin is not None:
            return [self._copy(item, path_tag, data, twin)]
        try:
            arrival = self._child.call(
                "toolkit.receive:inspect", data, Path(item.place).name, item.depth, result=Arrival
            )
            if arrival.members:
                return self._container(item, path_tag, data, arrival)
            records = self._child.call("toolkit.read:read_bytes", data, arrival.media_type, result=list[Record])
            if not records:
                raise HostileError("The file made its reader give a senseless answer.", remedy="Ask for another copy.")
        except InputError as problem:
            return [self._filed(item, path_tag, data, "application/octet-stream", State.QUARANTINED, problem=problem)]
        return [self._read(item, path_tag, data, arrival, records)]

    def _identity(self, item: _Item) -> str:
        """The document's id: the same file at the same place has the same id in every run, so a run can be resumed."""
        return self._vault.keyed_hash("document", f"{item.place}\0{item.content_tag}".encode())[:12]

    @property
    def _child(self) -> Child:
        child: Child | None = getattr(self._local, "child", None)
        if child is None:
            child = Child(self._limits)
            self._local.child = child
            self._children.append(child)
        return child

    def _container(self, item: _Item, path_tag: str, data: bytes, arrival: Arrival) -> list[Outcome]:
        inside: list[Outcome] = []
        identity = self._identity(item)
        for number, member in enumerate(arrival.members, 1):
            tag = self._vault.keyed_hash("content", member.data)
            place = f"{item.place}/{number:03d} {member.name}"
            within = item.within | {item.content_tag}
            inside += self._take(_Item(place, tag, item.case, _giving(member.data), identity, item.depth + 1, within))
        # The container is marked done last: after a kill its members are met again, and each knows it is done.
        own = self._filed(
            item, path_tag, data, arrival.media_type, State.FILED, reason=" ".join((CONTAINER, *arrival.notes))
        )
        return [own, *inside]

    def _read(self, item: _Item, path_tag: str, data: bytes, arrival: Arrival, records: Sequence[Record]) -> Outcome:
        records = [replace(record, warnings=(*arrival.notes, *record.warnings)) for record in records]
        record = records[0]
        cases = list(self._cases.values())
        found = assign(record, cases, item.case)
        case = found.case or item.case
        person = found.person.id if found.person else ""
        if record.kind == "unknown":
            question, step = "Which kind of document it is could not be told.", "mobility settle {id} --kind KIND"
        elif case is None:
            question, step = found.question, "mobility settle {id} --case REFERENCE --person ROLE"
        elif not person:
            question, step = found.question, "mobility settle {id} --person ROLE"
        else:
            question, step = "", ""
        state = State.ASKED if question else State.FILED
        return self._filed(
            item,
            path_tag,
            data,
            arrival.media_type,
            state,
            reason=question,
            step=step,
            case=case,
            person=person,
            records=records,
        )

    def _copy(self, item: _Item, path_tag: str, data: bytes, twin: Document) -> Outcome:
        if item.case is not None and twin.case not in (item.case.id, INBOX):
            reason = "Sent before, to another case; kept there and not filed again."
            step = "If it belongs to both cases, say so: mobility settle {id} --case REFERENCE --person ROLE"
            return self._filed(item, path_tag, data, twin.media_type, State.ASKED, reason=reason, step=step)
        return self._filed(
            item,
            path_tag,
            data,
            twin.media_type,
            twin.state,
            reason=f"The same file as {twin.id}, sent again.",
            step=twin.next_step,
            twin=twin,
        )

    def _filed(
        self,
        item: _Item,
        path_tag: str,
        data: bytes,
        media_type: str,
        state: State,
        *,
        problem: InputError | None = None,
        reason: str = "",
        step: str = "",
        case: Case | None = None,
        person: str = "",
        records: Sequence[Record] = (),
        twin: Document | None = None,
    ) -> Outcome:
        """Seal the original, write document, records and arrival in one transaction, and say where it ended."""
        identity = self._identity(item)
        case = case or item.case
        owner = twin.case if twin else case.id if case else INBOX
        stored = self._vault.compartment(owner).put(data) if twin is None else None
        document = Document(
            id=identity,
            case=owner,
            name=item.place,
            media_type=media_type,
            size=len(data),
            sha256_sealed=stored.sha256 if stored else twin.sha256_sealed if twin else "",
            received=self._received,
            state=state,
            reason=problem.message if problem else reason,
            next_step=problem.remedy if problem else step.format(id=identity),
            person=twin.person if twin else person,
            parent=item.parent,
            duplicate_of=twin.id if twin else "",
        )
        self._catalog.add_document(document, records, path_tag=path_tag, content_tag=item.content_tag)
        return _outcome(document, records[0].kind if records else "", case.reference if case else "")

    def _resumed(self, item: _Item, document: Document) -> list[Outcome]:
        """Tell again where a file ended that an earlier run had finished, and its members with it."""
        family = [document, *self._catalog.members(document.id)]
        outcomes = []
        for each in family:
            case = self._cases.get(each.case)
            record = self._catalog.record(each.id)
            outcomes.append(_outcome(each, record.kind if record else "", case.reference if case else "", resumed=True))
        return outcomes


def _outcome(document: Document, kind: str, reference: str, *, resumed: bool = False) -> Outcome:
    return Outcome(
        document.name, document.state, document.id, kind, reference, document.reason, document.next_step, resumed
    )


def _giving(data: bytes) -> Callable[[], bytes]:
    return lambda: data
