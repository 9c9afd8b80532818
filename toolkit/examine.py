"""Finds out what one file is and says, in confined children. A file that its reader was stopped for is tried once more.

The second time it has the machine to itself and twice the time: what a busy machine was too slow for is not the file's
fault. Knows no vault and no case.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from toolkit.arrival import Arrival, worth_saying
from toolkit.confine import Child, Limits
from toolkit.errors import HostileError, OverrunError
from toolkit.model import Record
from toolkit.parts import Part


class Examiner:
    """Confined children, one a thread. Use as a context manager."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._local = threading.local()
        self._children: list[Child] = []
        self._room = _Room()

    def __enter__(self) -> Examiner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the children."""
        for child in self._children:
            child.close()

    def examine(self, data: bytes, name: str, depth: int) -> tuple[Arrival, list[Record]]:
        """Return what a file is, and what it says unless it is a container. Raise InputError."""
        try:
            with self._room.shared():
                return _examined(self._child, data, name, depth)
        except OverrunError:
            patient = replace(self._limits, seconds=2 * self._limits.seconds)
            with self._room.alone(), Child(patient) as child:
                return _examined(child, data, name, depth)

    def taken_apart(self, data: bytes, media_type: str, parts: Sequence[Part]) -> list[bytes]:
        """Return a file for each of *parts*, of the same type as the whole. Raise InputError."""
        pages = [list(part.pages) for part in parts]
        with self._room.shared():
            files: list[bytes] = self._child.call(
                "toolkit.pages.extract:extracted", data, media_type, pages, result=list[bytes]
            )
        if len(files) != len(parts):
            raise HostileError("The file made its reader give a senseless answer.", remedy="Ask for another copy.")
        return files

    @property
    def _child(self) -> Child:
        child: Child | None = getattr(self._local, "child", None)
        if child is None:
            child = Child(self._limits)
            self._local.child = child
            self._children.append(child)
        return child


def _examined(child: Child, data: bytes, name: str, depth: int) -> tuple[Arrival, list[Record]]:
    arrival: Arrival = child.call("toolkit.receive:inspect", data, name, depth, result=Arrival)
    if arrival.members:
        return arrival, []
    records = child.call("toolkit.read:read_bytes", data, arrival.media_type, result=list[Record])
    if not records:
        raise HostileError("The file made its reader give a senseless answer.", remedy="Ask for another copy.")
    noted = [(*worth_saying(arrival.notes, record), *record.warnings) for record in records]
    return arrival, [replace(record, warnings=said) for record, said in zip(records, noted, strict=True)]


class _Room:
    """Where many may be at work side by side, or one alone."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._one = threading.Lock()
        self._inside = 0
        self._shut = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            with self._turn:
                self._inside -= 1
                self._turn.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._one:
            with self._turn:
                self._shut = True
                self._turn.wait_for(lambda: not self._inside)
            try:
                yield
            finally:
                with self._turn:
                    self._shut = False
                    self._turn.notify_all()
