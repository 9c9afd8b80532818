"""A file that its reader was stopped for gets one more try: alone, and with twice the time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from toolkit.arrival import Arrival
from toolkit.confine import Child, Limits
from toolkit.errors import HostileError, OverrunError
from toolkit.examine import Examiner
from toolkit.model import Record

RECORD = Record("receipt", 1.0, (1,), ())


def answer(function: str) -> object:
    return Arrival("text/plain", notes=("a note",)) if function.endswith("inspect") else [RECORD]


def test_a_stopped_reader_is_tried_once_more_with_twice_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def slow(self: Child, function: str, *_: object, result: Any) -> object:
        tried.append((function.partition(":")[2], self._limits.seconds))
        if self._limits.seconds < 20:
            raise OverrunError("Too slow.")
        return answer(function)

    monkeypatch.setattr(Child, "call", slow)
    with Examiner(Limits(seconds=10)) as examiner:
        _, records = examiner.examine(b"x", "x.txt", 0)
    assert records[0].warnings == ("a note",)
    assert tried == [("inspect", 10), ("inspect", 20), ("read_bytes", 20)]


def test_twice_stopped_is_the_end_and_a_crash_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for problem, times in ((OverrunError("Too slow."), 2), (HostileError("It crashed."), 1)):
        tried = []

        def failing(*_: object, tried: list[int] = tried, problem: HostileError = problem, **__: object) -> object:
            tried.append(1)
            raise problem

        monkeypatch.setattr(Child, "call", failing)
        with Examiner(Limits()) as examiner, pytest.raises(type(problem)):
            examiner.examine(b"x", "x.txt", 0)
        assert len(tried) == times


def test_the_second_try_has_the_machine_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, together = [], []
    started = threading.Barrier(3, timeout=20)

    def busy(self: Child, function: str, data: bytes, *_: object, result: Any) -> object:
        if self._limits.seconds < 20 and function.endswith("inspect") and data != b"later":
            started.wait()
            if data == b"slow":
                raise OverrunError("Too slow.")
        at_work.append(data)
        threading.Event().wait(0.05)
        together.append((data, len(at_work)))
        at_work.remove(data)
        return answer(function)

    monkeypatch.setattr(Child, "call", busy)
    with Examiner(Limits(seconds=10)) as examiner:
        threads = [
            threading.Thread(target=examiner.examine, args=(data, "x.txt", 0)) for data in (b"slow", b"slow", b"quick")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {count for data, count in together if data == b"slow"} == {1}
    assert len(together) == 6


def test_a_real_reader_that_runs_out_of_time_says_so() -> None:
    with Examiner(Limits(seconds=0.01)) as examiner, pytest.raises(OverrunError, match="kept its reader busy"):
        examiner.examine(b"x", "x.txt", 0)
