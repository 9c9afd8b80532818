"""LibreOffice kept running: one letter after the other to PDF without a start for each. For our own letters only.

Each office is started like any other (`toolkit.office`): confined, in a scratch folder in memory that holds its profile
and nothing else for long, dead with its parent. It stays up because a blank document is open in it, and is handed files
through the socket by which a second `soffice` would hand its arguments to the first (`desktop/source/app/
officeipcthread.cxx` of LibreOffice): no Python of LibreOffice's own is needed. Files from outside never come here: they
get a LibreOffice of their own that is thrown away (decision 0074).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from toolkit import launch, office, scratch
from toolkit.errors import MissingToolError, ToolkitError

_GREETING, _DONE = b"InternalIPC::SendArguments\0", b"InternalIPC::ProcessingDone\0"
#: Letters after which an office is replaced, so that what it leaks does not add up.
_MOST = 400
_START_SECONDS, _POLL = 60.0, 0.01
_BLANK = "private:factory/swriter"


@dataclass(slots=True)
class _Office:
    """One running LibreOffice: its process, its folder, the socket it listens on, and how many letters it has made."""

    process: subprocess.Popen[bytes]
    folder: Path
    pipe: Path
    made: int = 0

    def convert(self, data: bytes, export: str, seconds: float) -> bytes:
        """Return *data* as PDF. Raises ToolkitError when it is left out, OSError (TimeoutError) when it broke down."""
        source, made = self.folder / f"{self.made:06d}.docx", self.folder / "pdf" / f"{self.made:06d}.pdf"
        self.made += 1
        source.write_bytes(data)
        try:
            self._ask(["--headless", "--convert-to", export, "--outdir", str(made.parent), str(source)], seconds)
            return made.read_bytes()
        except FileNotFoundError:
            raise ToolkitError(
                "LibreOffice could not lay out the letter.",
                remedy="Open the Word file in Word or LibreOffice to see what is wrong with it.",
            ) from None
        finally:
            source.unlink(missing_ok=True)
            made.unlink(missing_ok=True)

    def _ask(self, arguments: Sequence[str], seconds: float) -> None:
        """Hand over a command line and wait until it is done."""
        words = [f"1{_escaped(self.folder.as_uri())}", *map(_escaped, arguments)]
        deadline = time.monotonic() + seconds
        with closing(_connected(self.pipe, deadline)) as pipe:
            pipe.sendall(b"InternalIPC::Arguments" + ",".join(words).encode() + b"\0")
            if _heard(pipe, len(_DONE), deadline) != _DONE:
                raise ConnectionError

    @property
    def usable(self) -> bool:
        return self.process.poll() is None and self.made < _MOST


@dataclass
class Pool:
    """Up to *size* offices, each started when first needed. Made by `pool`; threads may share it."""

    size: int
    seconds: float
    archival: bool
    _idle: list[tuple[_Office, ExitStack]] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def to_pdf(self, docx: bytes) -> bytes:
        """Return one of our own letters as PDF (PDF/A-2b where the pool is archival).

        A LibreOffice that breaks down is replaced and the letter tried once more. Raises ToolkitError when the letter
        cannot be laid out, takes too long, or brings down a second one; the next letter gets one that works.
        """
        export = office.PDF_A if self.archival else office.PDF
        for _ in range(2):
            running, stack = self._taken()
            try:
                made = running.convert(docx, export, self.seconds)
            except ToolkitError:
                self._give_back(running, stack)
                raise
            except TimeoutError:
                stack.close()
                raise ToolkitError(f"LibreOffice did not finish a letter within {self.seconds:.0f} seconds.") from None
            except OSError:
                stack.close()
                continue
            except BaseException:
                # Also Ctrl-C: an office in the middle of a letter cannot be spoken to again.
                stack.close()
                raise
            self._give_back(running, stack)
            return made
        raise ToolkitError("LibreOffice broke down on the letter, twice.")

    def map(self, letters: Sequence[bytes], done: Callable[[], None] = lambda: None) -> list[bytes | ToolkitError]:
        """Return each of *letters* as PDF, in their order, or why it failed; *done* is called after each."""

        def one(docx: bytes) -> bytes | ToolkitError:
            try:
                return self.to_pdf(docx)
            except MissingToolError:
                raise
            except ToolkitError as failure:
                return failure
            finally:
                done()

        # The offices are started by this thread: they die with the thread that starts them.
        self.warm(min(self.size, len(letters)))
        with ThreadPoolExecutor(self.size) as threads:
            return list(threads.map(one, letters))

    def warm(self, count: int = 1) -> None:
        """Start offices until *count* are idle."""
        while len(self._idle) < min(count, self.size):
            self._give_back(*_started(self.seconds))

    def _taken(self) -> tuple[_Office, ExitStack]:
        while True:
            with self._lock:
                if not self._idle:
                    break
                running, stack = self._idle.pop()
            # One that was started by a thread that has ended is dead by now.
            if running.usable:
                return running, stack
            stack.close()
        return _started(self.seconds)

    def _give_back(self, running: _Office, stack: ExitStack) -> None:
        if not running.usable:
            stack.close()
            return
        with self._lock:
            self._idle.append((running, stack))

    def close(self) -> None:
        """End every office and remove its folder."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, stack in idle:
            stack.close()


@contextmanager
def pool(size: int = 1, *, archival: bool = False, seconds: float = 60.0) -> Iterator[Pool]:
    """Give a pool of at most *size* offices; they and their folders are gone when the block is left in any way.

    *seconds* is what one letter may take. Nothing is started before the first letter. Raises MissingToolError when
    LibreOffice is not installed.
    """
    office.needed()
    made = Pool(size, seconds, archival)
    try:
        yield made
    finally:
        made.close()


def _started(seconds: float) -> tuple[_Office, ExitStack]:
    """Start one office, with what ends it. Raises ToolkitError when it does not come up."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch.folder(_MOST << 12))
        (folder / "pdf").mkdir()
        command = [*office.command(office.needed(), folder), _BLANK]
        # Processor time for a life of `_MOST` letters.
        confined = launch.confined(command, folder, int(seconds) + 2 * _MOST)
        deadline = time.monotonic() + _START_SECONDS
        for _ in range(2):
            process = _spawned(confined, folder, stack)
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise ToolkitError(f"LibreOffice did not start within {_START_SECONDS:.0f} seconds.")
                if (pipe := next(folder.glob("OSL_PIPE_*"), None)) is not None and _listens(pipe, deadline):
                    return _Office(process, folder, pipe), stack.pop_all()
                time.sleep(_POLL)
            if process.returncode != office.STARTS_AGAIN:
                break
        raise ToolkitError(f"LibreOffice ended with status {process.returncode}.", remedy=office.INSTALL)


def _spawned(command: Sequence[str], folder: Path, stack: ExitStack) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=launch.environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stack.callback(_ended, process)
    return process


def _ended(process: subprocess.Popen[bytes]) -> None:
    # It leads its own group, so whatever it started goes with it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _listens(pipe: Path, deadline: float) -> bool:
    """Whether the office behind *pipe* is up; one that is still starting closes the socket again."""
    with suppress(OSError), closing(_connected(pipe, deadline)):
        return True
    return False


def _connected(pipe: Path, deadline: float) -> socket.socket:
    """Return a connection that has been greeted. Raises OSError (TimeoutError) when it is not in time."""
    made = socket.socket(socket.AF_UNIX)
    try:
        made.settimeout(max(0.01, deadline - time.monotonic()))
        made.connect(str(pipe))
        if _heard(made, len(_GREETING), deadline) != _GREETING:
            raise ConnectionError
    except FileNotFoundError as gone:
        made.close()
        raise ConnectionError from gone
    except BaseException:
        made.close()
        raise
    return made


def _heard(pipe: socket.socket, most: int, deadline: float) -> bytes:
    """Return what comes up to a zero, *most* bytes at most."""
    heard = b""
    while len(heard) < most and not heard.endswith(b"\0"):
        pipe.settimeout(max(0.01, deadline - time.monotonic()))
        part = pipe.recv(most - len(heard))
        if not part:
            break
        heard += part
    return heard


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\0", "\\0").replace(",", "\\,")


def fitting() -> int:
    """Return how many offices this machine takes: one a core and a gigabyte of memory, eight at most."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    return max(1, min(cores, memory, 8))
