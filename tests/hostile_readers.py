"""Functions that do to their process what a hostile file could do to a parser; called only in confined children."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from toolkit.arrival import Arrival, Member
from toolkit.errors import EncryptedError, IncompleteError
from toolkit.model import Box, Field, Method, Page, Record, Source, Word


def echo_record(record: Record) -> Record:
    assert isinstance(record, Record)
    return record


def a_page() -> Page:
    return Page(1, 10.0, 10.0, (Word("text", Box(0, 0, 1, 1), 0.5),), Method.OCR)


def a_record() -> Record:
    source = Source("", 1, None, Method.MRZ)
    values = ("text", ("one", "two"), ({"description": "taxi", "amount": "12.00"},))
    fields = tuple(Field(f"f{place}", value, 0.9, source) for place, value in enumerate(values))
    return Record("receipt", 1.0, (1,), fields)


def length(data: bytes) -> int:
    return len(data)


def greedy() -> int:
    return len(bytearray(8 << 30))


def nested(depth: int) -> int:
    return nested(depth + 1)


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def abort() -> None:
    os.abort()


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def chatter() -> str:
    print("noise")
    os.write(1, b"noise")
    os.write(2, b"noise")
    return "calm"


def forge() -> None:
    for number in range(3, 20):
        try:
            os.write(number, b"MOBILITY" + (5).to_bytes(8, "big") + b"\xff\xff\xff\xff\xff")
        except OSError:
            continue


def wrong_type() -> int:
    return 5


def forged_kind() -> list[Record]:
    return [replace(a_record(), kind="../../etc")]


def no_number() -> list[Record]:
    return [replace(a_record(), kind_confidence=float("nan"))]


def member(name: str) -> Arrival:
    return Arrival("application/zip", (Member(name, b"x"),))


def many_numbers(count: int) -> list[int]:
    return [0] * count


def large(size: int) -> bytes:
    return bytes(size)


def long_text(size: int) -> str:
    return "x" * size


def ends_the_run() -> None:
    raise IncompleteError("It is \x1b[31mover.", remedy="Stop\neverything.")


def ours() -> None:
    raise EncryptedError("The file asks for a password.", remedy="Send it without one.")


def leak() -> None:
    raise ValueError("passport L898902C3 of ERIKSSON")


def environment() -> dict[str, str]:
    return dict(os.environ)


def who() -> int:
    return os.getpid()


def _tgkill(process: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall({"x86_64": 234, "aarch64": 131}[platform.machine()], process, process, 0) != 0:
        raise OSError(ctypes.get_errno(), "refused")


def refused(what: str) -> str:
    """Name the error the system answers with, or "allowed"."""
    attempts = {
        "socket": socket.socket,
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "write": lambda: Path("/tmp/confined-was-here").write_text("x"),
        "read": lambda: Path("/etc/passwd").read_text(),
        "cut": lambda: os.truncate("/tmp/whatever", 0),
        "rights": lambda: Path("/tmp/whatever").chmod(0o777),
        "limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9)),
        "thread": lambda: _tgkill(os.getppid()),
        "parent": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    }
    try:
        attempts[what]()
    except OSError as error:
        return type(error).__name__
    return "allowed"
