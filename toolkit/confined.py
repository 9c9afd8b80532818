"""The inside of a confined child: takes calls on its standard input, answers on its standard output, holds no key.

Started only by `toolkit.confine`. Everything a stranger's file can break breaks here. What it answers about a failure
is the class and the place of the error, never its text: texts of libraries quote the document.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, get_type_hints

import msgspec

from toolkit import lockdown, wire
from toolkit.errors import ToolkitError

#: Every frame: this mark, then the length of what follows as eight bytes, big end first.
MARK = b"MOBILITY"
HEADER = len(MARK) + 8


class Orders(msgspec.Struct, forbid_unknown_fields=True):
    """The first frame a child gets: its limits for life."""

    memory_bytes: int
    readable: list[str]
    paths: list[str]


class Call(msgspec.Struct, forbid_unknown_fields=True):
    """One call: `function` is "module:name", `seconds` the processor time it may take."""

    number: int
    function: str
    seconds: float
    arguments: list[Any]
    keywords: dict[str, Any]


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """The answer to call `number`. `error` names a class of ours by its code; `fault` a failure that is not ours."""

    number: int
    result: Any = None
    error: str = ""
    message: str = ""
    remedy: str = ""
    fault: str = ""
    #: The child is no longer to be trusted with another call.
    spent: bool = False


def frame(payload: bytes) -> bytes:
    """Return *payload* as it goes over the pipe."""
    return MARK + len(payload).to_bytes(8, "big") + payload


@dataclass
class _Attempt:
    """Runs one call; leaving the block in any way leaves an answer. The one place where every failure is caught."""

    number: int
    answer: Answer

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if isinstance(error, ToolkitError):
            self.answer = Answer(self.number, error=error.code, message=error.message, remedy=error.remedy)
        elif isinstance(error, MemoryError):
            self.answer = Answer(self.number, fault="memory", spent=True)
        elif error is not None:
            place = _place(error)
            self.answer = Answer(self.number, fault=f"{type(error).__name__} {place}".strip(), spent=True)
        return True


def _place(error: BaseException) -> str:
    """Return where in our own code the error passed, as "in pages.py:12": enough to repair it, nothing of the file."""
    ours = [step for step in traceback.extract_tb(error.__traceback__) if f"{os.sep}toolkit{os.sep}" in step.filename]
    inner = [step for step in ours if Path(step.filename).name != Path(__file__).name]
    return f"in {Path(inner[-1].filename).name}:{inner[-1].lineno}" if inner else ""


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if not callable(found):
        raise TypeError("not a function")
    return found  # type: ignore[no-any-return]


def _run(call: Call) -> Any:
    function = _function(call.function)
    hints = get_type_hints(function)
    names = function.__code__.co_varnames if hasattr(function, "__code__") else ()
    arguments = [wire.build(value, hints.get(name, Any)) for name, value in zip(names, call.arguments, strict=False)]
    arguments += call.arguments[len(arguments) :]
    keywords = {name: wire.build(value, hints.get(name, Any)) for name, value in call.keywords.items()}
    return function(*arguments, **keywords)


def answer(request: bytes) -> tuple[bytes, bool]:
    """Return the encoded answer to one encoded call, and whether the child must end after it."""
    call = msgspec.convert(wire.loads(request), Call)
    with _Attempt(call.number, Answer(call.number)) as attempt:
        lockdown.allow_seconds(call.seconds)
        attempt.answer.result = _run(call)
    reply = attempt.answer
    with _Attempt(call.number, reply) as encoding:
        return wire.dumps(reply), reply.spent
    return wire.dumps(encoding.answer), True


def _read(pipe: BinaryIO) -> bytes | None:
    header = pipe.read(HEADER)
    if len(header) < HEADER:
        return None
    length = int.from_bytes(header[len(MARK) :], "big")
    payload = pipe.read(length)
    return payload if len(payload) == length else None


def guarantees() -> list[lockdown.Guarantee]:
    """Return what holds in this very process."""
    return list(_HELD)


_HELD: list[lockdown.Guarantee] = []


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes away from file numbers 0 and 1, so that a library that prints cannot break the conversation."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return calls, answers


def main() -> None:
    """Serve calls until the pipe closes or the child is spent."""
    calls, answers = _own_pipes()
    first = _read(calls)
    if first is None:
        return
    orders = msgspec.convert(wire.loads(first), Orders)
    sys.path.extend(orders.paths)
    _HELD.extend(lockdown.lock([Path(each) for each in orders.readable]))
    _HELD.append(lockdown.limit(orders.memory_bytes))
    while (request := _read(calls)) is not None:
        reply, spent = answer(request)
        answers.write(frame(reply))
        answers.flush()
        if spent:
            return
