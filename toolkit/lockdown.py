"""What the operating system can take from this process before it touches a stranger's file. One way: nothing returns.

Knows Linux (namespaces, Landlock, seccomp, prctl) and POSIX resource limits; knows no document and no protocol. Each
step is best effort and reports whether it holds, so that `mobility doctor` can say it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000

# Landlock, linux/landlock.h: the same system call numbers on every architecture.
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_READ = 0b1101  # execute (for shared libraries), read a file, list a folder
_LANDLOCK_ALL = 0x1FFF  # every right of ABI 1; later rights only add finer writes

# seccomp: system calls no reader of documents needs, by architecture (linux/audit.h value, name -> number). With setsid
# or setpgid a child of the child would outlive its group. Landlock lets paths be cut to nothing (before ABI 3), given
# other rights, owners and attributes.
_CALLS = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "execve": 59,
            "kill": 62,
            "setpgid": 109,
            "setsid": 112,
            "ptrace": 101,
            "mount": 165,
            "add_key": 248,
        }
        | {"request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "setns": 308}
        | {"process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322, "userfaultfd": 323}
        | {"pidfd_send_signal": 424, "io_uring_setup": 425, "tkill": 200, "rt_sigqueueinfo": 129}
        | {"truncate": 76, "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92, "fchown": 93}
        | {"lchown": 94, "fchownat": 260, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "utimensat": 280}
        | {"removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "utime": 132, "utimes": 235, "futimesat": 261},
    ),
    "aarch64": (
        0xC00000B7,
        {
            "socket": 198,
            "connect": 203,
            "execve": 221,
            "kill": 129,
            "setpgid": 154,
            "setsid": 157,
            "ptrace": 117,
            "mount": 40,
            "add_key": 217,
        }
        | {"request_key": 218, "keyctl": 219, "unshare": 97, "perf_event_open": 241, "setns": 268}
        | {"process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "execveat": 281, "userfaultfd": 282}
        | {"pidfd_send_signal": 424, "io_uring_setup": 425, "tkill": 130, "rt_sigqueueinfo": 138}
        | {"truncate": 45, "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchownat": 54, "fchown": 55}
        | {"setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "utimensat": 88}
        | {"removexattr": 14, "lremovexattr": 15, "fremovexattr": 16},
    ),
}


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One promise about a confined process, and whether it holds on this machine."""

    name: str
    holds: bool
    detail: str


def limit(memory_bytes: int, files: int = 256) -> Guarantee:
    """Cap address space and open files, forbid core dumps and any write to a regular file, for good."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, files)
    _lower(resource.RLIMIT_AS, memory_bytes)
    # macOS accepts RLIMIT_AS and does not enforce it.
    return Guarantee("memory is limited", sys.platform == "linux", f"{memory_bytes >> 20} MB of address space")


def _lower(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    # macOS refuses limits below what is in use already.
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (value, value))


def allow_seconds(seconds: float) -> None:
    """Give this process *seconds* more of processor time before SIGXCPU ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def lock(readable: Iterable[Path]) -> tuple[Guarantee, ...]:
    """Cut this process off: dies with its parent, no network, no new programs, only *readable* paths to be read.

    Call it before the process has threads. What the kernel does not offer is reported as not holding, never raised.
    """
    if sys.platform != "linux":
        return (Guarantee("the kernel confines the reader", False, f"not available on {sys.platform}"),)
    libc = ctypes.CDLL(None, use_errno=True)
    return (
        _step("dies with its parent", lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)),
        _step("gains no privileges", lambda: libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)),
        _step("has a network of its own, which is empty", lambda: _leave_network(libc)),
        _step("reads only programs and libraries, writes no file", lambda: _landlock(libc, readable)),
        _step("opens no socket, starts no program", lambda: _seccomp(libc)),
    )


def _step(name: str, act: Callable[[], int]) -> Guarantee:
    ctypes.set_errno(0)
    try:
        failed = act() != 0
    except OSError as refused:
        return Guarantee(name, False, refused.strerror or "refused")
    return Guarantee(name, not failed, os.strerror(ctypes.get_errno()) if failed else "")


def _leave_network(libc: ctypes.CDLL) -> int:
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        return 0
    # Inside some containers user namespaces are forbidden, yet root may leave the network all the same.
    return int(libc.unshare(_CLONE_NEWNET))


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path]) -> int:
    """Restrict file access, see landlock(7); a rule set without a rule for a path denies that path."""
    attributes = struct.pack("=Q", _LANDLOCK_ALL)
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    try:
        for path in readable:
            _landlock_allow(libc, rules, path)
        return int(libc.syscall(_LANDLOCK_RESTRICT, rules, 0))
    finally:
        os.close(rules)


def _landlock_allow(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    try:
        at = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = _LANDLOCK_READ if path.is_dir() else _LANDLOCK_READ & ~0b1000
        rule = struct.pack("=Qi", rights, at)
        if libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(at)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> int:
    """Refuse (EPERM) the listed system calls; a classic BPF program over struct seccomp_data, see seccomp(2)."""
    known = _CALLS.get(platform.machine())
    if known is None:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    architecture, calls = known
    code = _filter(architecture, sorted(calls.values()))
    program = _Program(len(code) // 8, code)
    return int(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0))


def _filter(architecture: int, calls: list[int]) -> bytes:
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    refuse, allow = 0x00050000 | errno.EPERM, 0x7FFF0000
    count = len(calls)
    steps = [
        (load, 0, 0, 4),  # the architecture the call was made for
        (equal, 0, count + 3, architecture),  # another one: its numbers mean other calls, refuse
        (load, 0, 0, 0),  # the number of the call
        (at_least, count + 1, 0, 0x40000000),  # x32 on x86-64: a second way to the same calls, refuse
        *((equal, count - place, 0, call) for place, call in enumerate(calls)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
