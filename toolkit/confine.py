"""Runs functions of ours on strangers' files in a child process with limits, no keys, no network and no way to write.

Knows how to start, watch and end the child (`toolkit.confined`); knows no document. A failure of the child is an
InputError like any other: the file is to blame, the caller goes on, and the next call gets a fresh child.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

import msgspec

from toolkit import answers, launch, lockdown, wire
from toolkit.confined import HEADER, MARK, Answer, Call, Orders, frame
from toolkit.errors import HostileError, InputError, OverrunError, ToolkitError, UnreadableError
from toolkit.lockdown import Guarantee

T = TypeVar("T")

_PACKAGE = Path(__file__).resolve().parent
#: Where our dependencies lie: not always among the interpreter's own folders (`pip install --user`, `--target`).
_LIBRARIES = Path(msgspec.__file__).resolve().parent.parent
_ASK_ANOTHER_COPY = "Ask for another copy of the document, as a PDF or a photo."
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use. The defaults suit a file of up to about 60 scanned pages on a small machine."""

    #: Wall-clock time of one call: sixty scanned pages on a slow and busy machine.
    seconds: float = 600.0
    #: Address space, which is more than memory in use: models and thread stacks are mapped, not touched.
    memory_mb: int = 4096
    #: The largest answer that is taken from the child, where it may hold files; others are held to less.
    answer_mb: int = 256
    #: Threads of the OCR engine. Children side by side share the cores, so each gets its part.
    threads: int = 2
    #: Calls after which the child is replaced, so that leaks of native libraries do not add up.
    calls: int = 200


class Child:
    """A long-lived confined process that is started when first called and replaced when it fails.

    One call at a time: threads that share a Child wait for each other. On Linux the child dies with the *thread* that
    started it; another thread's next call then starts a new one.
    """

    _process: subprocess.Popen[bytes] | None = None

    def __init__(
        self, limits: Limits | None = None, *, functions: Sequence[str] = ("toolkit.",), paths: Sequence[Path] = ()
    ) -> None:
        """Take calls only to functions whose name starts with one of *functions*; *paths* are added to import from."""
        self._limits = limits or Limits()
        self._functions = tuple(functions)
        self._paths = tuple(paths)
        self._calls = 0
        self._lock = threading.Lock()

    def call(self, function: str, *arguments: object, result: Any, **keywords: object) -> Any:
        """Return what *function* ("module:name") gives in the child, checked to be of the type *result*.

        An InputError of the child is raised as the same class. HostileError: it overran its time or memory, crashed or
        answered nonsense. UnreadableError: its reader failed in any other way. Nothing else: one file ends no batch.
        """
        if not function.startswith(self._functions):
            raise ValueError(f"{function} may not be called in a confined process")
        call = Call(self._calls, function, self._limits.seconds * _threads(), list(arguments), dict(keywords))
        request = frame(wire.dumps(call))
        with self._lock:
            deadline = time.monotonic() + self._limits.seconds
            try:
                process = self._running(deadline)
                most = answers.largest_mb(result, self._limits.answer_mb) << 20
                reply = self._converse(process, request, deadline, most)
                answer = self._checked(reply, call.number)
                value = None if answer.error or answer.fault else answers.believed(wire.build(answer.result, result))
            except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
                self._end()
                raise HostileError(
                    "The file made its reader give a senseless answer.", remedy=_ASK_ANOTHER_COPY
                ) from None
            except BaseException:
                # Also when a person presses Ctrl-C: a child in the middle of a call cannot be spoken to again.
                self._end()
                raise
            self._calls += 1
            if answer.spent or self._calls % self._limits.calls == 0:
                self._end()
        if answer.error or answer.fault:
            raise self._failure(answer)
        return value

    def close(self) -> None:
        """End the child. A later call starts a new one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        self._end()

    def _running(self, deadline: float) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._process = process = _start(self._limits.threads)
        orders = Orders(self._limits.memory_mb << 20, _readable(self._paths), [str(path) for path in self._paths])
        self._send(process, frame(wire.dumps(orders)), deadline)
        return process

    def _converse(self, process: subprocess.Popen[bytes], request: bytes, deadline: float, most: int) -> bytes:
        self._send(process, request, deadline)
        header = self._receive(process, HEADER, deadline)
        length = int.from_bytes(header[len(MARK) :], "big")
        if not header.startswith(MARK) or length > most:
            raise HostileError("The file made its reader give a senseless answer.", remedy=_ASK_ANOTHER_COPY)
        return self._receive(process, length, deadline)

    def _send(self, process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
        pipe = cast(Any, process.stdin).fileno()
        rest = memoryview(data)
        while rest:
            self._wait(pipe, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(pipe, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death(process) from None

    def _receive(self, process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        pipe = cast(Any, process.stdout).fileno()
        data = bytearray()
        while len(data) < length:
            self._wait(pipe, select.POLLIN, deadline)
            try:
                part = os.read(pipe, min(_CHUNK, length - len(data)))
            except BlockingIOError:
                continue
            if not part:
                raise self._death(process)
            data += part
        return bytes(data)

    def _wait(self, pipe: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise self._too_slow()

    def _too_slow(self) -> OverrunError:
        return OverrunError(
            f"The file kept its reader busy for more than {self._limits.seconds:g} seconds.", remedy=_ASK_ANOTHER_COPY
        )

    def _too_big(self) -> OverrunError:
        return OverrunError(
            f"The file made its reader ask for more than {self._limits.memory_mb} MB of memory.",
            remedy=_ASK_ANOTHER_COPY,
        )

    def _death(self, process: subprocess.Popen[bytes]) -> ToolkitError:
        """Say why the child is gone, as far as its exit status tells."""
        try:
            status = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return HostileError("The file made its reader fall silent.", remedy=_ASK_ANOTHER_COPY)
        if status == -signal.SIGXCPU:
            return self._too_slow()
        if status == -signal.SIGKILL:
            return OverrunError("The system ended the file's reader, most likely for memory.", remedy=_ASK_ANOTHER_COPY)
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return HostileError(f"The file made its reader crash ({cause}).", remedy=_ASK_ANOTHER_COPY)

    def _checked(self, reply: bytes, number: int) -> Answer:
        answer = msgspec.convert(answers.loads(reply), Answer)
        if answer.number != number:
            raise msgspec.ValidationError("an answer to another call")
        return answer

    def _failure(self, answer: Answer) -> ToolkitError:
        if answer.fault == "memory":
            return self._too_big()
        if answer.fault:
            return UnreadableError(f"The file's reader failed ({_plain(answer.fault, 120)}).", remedy=_ASK_ANOTHER_COPY)
        message, remedy = _plain(answer.message, 500), _plain(answer.remedy, 500)
        kind = next((each for each in _classes(InputError) if each.code == answer.error), None)
        # Other errors of ours would end the whole batch, and a child that was taken over can name any.
        return (
            kind(message, remedy=remedy)
            if kind
            else UnreadableError(f"The file's reader failed: {message}", remedy=remedy)
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            # The child leads its own group, so whatever it started goes with it.
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def guarantees(limits: Limits | None = None) -> list[Guarantee]:
    """Return what this machine can promise: about a confined child, a confined LibreOffice, and the program itself.

    The first two are started and asked; the memory of the process that calls this is closed to find out.
    """
    with Child(limits) as child:
        held = child.call("toolkit.confined:guarantees", result=list[Guarantee])
    itself = lockdown.close_memory()
    itself = replace(itself, name=f"with an unlocked vault: {itself.name}")
    return [*cast(list[Guarantee], held), *launch.guarantees(), itself]


def _threads() -> int:
    return max(1, os.cpu_count() or 1)


def _plain(text: str, most: int) -> str:
    """Return text of a child as it may be shown on a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:most])


def _classes(parent: type[InputError]) -> list[type[InputError]]:
    return [parent, *(each for child in parent.__subclasses__() for each in _classes(child))]


def _start(threads: int) -> subprocess.Popen[bytes]:
    paths = [str(_PACKAGE.parent), str(_LIBRARIES)]
    program = f"import sys; sys.path[:0] = {paths!r}; from toolkit.confined import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(threads),
        cwd="/",
        bufsize=0,
        start_new_session=True,
    )
    for pipe in (process.stdin, process.stdout):
        os.set_blocking(cast(Any, pipe).fileno(), False)
    return process


def _environment(threads: int) -> dict[str, str]:
    """The whole environment of a child: an allow-list, so that no passphrase or token can slip through."""
    return {
        "MOBILITY_OCR_THREADS": str(threads),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Each arena reserves 64 MB of address space a thread, which is what the memory limit counts.
        "MALLOC_ARENA_MAX": "2",
    }


def _readable(paths: Sequence[Path]) -> list[str]:
    """What a child may read: the interpreter, libraries, our own code and models; no vault, no other process."""
    system = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom")
    processor = (
        "/proc/self",
        "/proc/cpuinfo",
        "/proc/meminfo",
        "/proc/stat",
        "/sys/devices/system/cpu",
        "/sys/fs/cgroup",
    )
    ours = (sys.prefix, sys.base_prefix, str(_LIBRARIES), str(_PACKAGE), *(str(path) for path in paths))
    return [*system, *processor, *ours]
