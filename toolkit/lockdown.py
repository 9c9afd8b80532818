"""What the operating system can take from this process before it, or the program it becomes, touches a stranger's file.

Knows Linux (namespaces, Landlock, seccomp, prctl) and POSIX resource limits; knows no document and no protocol. One
way: nothing returns. Each step is best effort and reports whether it holds, so that `mobility doctor` can say it.
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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000

# Landlock, linux/landlock.h: the same system call numbers on every architecture.
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_READ = 0b1101  # execute (for shared libraries), read a file, list a folder
_LANDLOCK_FILE = 0b0111 | 1 << 14  # the rights that a file can have, as against a folder
_LANDLOCK_ALL = 0x1FFF  # every right of ABI 1
_LANDLOCK_LATER = {2: 1 << 13, 3: 1 << 14}  # moving between folders, cutting to nothing
_LANDLOCK_TCP, _LANDLOCK_SCOPES = 0b11, 0b11  # from ABI 4: bind and connect; from ABI 6: abstract sockets and signals

_AF_UNIX = 1

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
        | {"rt_tgsigqueueinfo": 297, "pidfd_getfd": 438, "process_madvise": 440}
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
        | {"rt_tgsigqueueinfo": 240, "pidfd_getfd": 438, "process_madvise": 440}
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


def limit(memory_bytes: int, files: int = 256, largest_file: int = 0) -> Guarantee:
    """Cap address space, open files and the size of a written file (none at all), forbid core dumps, for good."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, largest_file)
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


def close_memory() -> Guarantee:
    """Keep other programs of the same user from reading this process's memory and environment; leave no core dump."""
    _lower(resource.RLIMIT_CORE, 0)
    name = "other programs of the user cannot read its memory"
    if sys.platform != "linux":
        return Guarantee(name, False, f"not available on {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    return _step(name, lambda: libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


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


def lock_program(readable: Iterable[Path], writable: Iterable[Path]) -> tuple[Guarantee, ...]:
    """Cut this process off as `lock` does, but so that it can become a program that starts others and writes files.

    The program may write (and change and delete) only what lies in *writable*.
    """
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        # Landlock alone would keep LibreOffice from working at all: see `_seccomp_program`.
        where = f"{sys.platform} {platform.machine()}"
        return (Guarantee("the kernel confines it", False, f"not available on {where}"),)
    libc = ctypes.CDLL(None, use_errno=True)
    return (
        _step("dies with its parent", lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)),
        _step("gains no privileges", lambda: libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)),
        _step("has a network of its own, which is empty", lambda: _leave_network(libc, keep_user=True)),
        _step(
            "reads only programs and fonts, writes only its temporary folder",
            lambda: _landlock(libc, readable, writable),
        ),
        _step("speaks to no network, signals and changes nothing of others", lambda: _seccomp_program(libc)),
    )


def _leave_network(libc: ctypes.CDLL, *, keep_user: bool = False) -> int:
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        if keep_user:
            # Without, it would be nobody, and a program that becomes somebody keeps no capabilities.
            with suppress(OSError):
                Path("/proc/self/setgroups").write_text("deny")
                Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
                Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        return 0
    # Inside some containers user namespaces are forbidden, yet root may leave the network all the same.
    return int(libc.unshare(_CLONE_NEWNET))


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path], writable: Iterable[Path] = ()) -> int:
    """Restrict file access, see landlock(7); a rule set without a rule for a path denies that path."""
    version = int(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))
    rights = _LANDLOCK_ALL | sum(right for since, right in _LANDLOCK_LATER.items() if version >= since)
    # Kernels take a longer description than they know where the rest of it is zero.
    attributes = struct.pack(
        "=QQQ", rights, _LANDLOCK_TCP if version >= 4 else 0, _LANDLOCK_SCOPES if version >= 6 else 0
    )
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    try:
        for path in readable:
            _landlock_allow(libc, rules, path, _LANDLOCK_READ)
        for path in writable:
            _landlock_allow(libc, rules, path, rights)
        return int(libc.syscall(_LANDLOCK_RESTRICT, rules, 0))
    finally:
        os.close(rules)


def _landlock_allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        at = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _LANDLOCK_FILE, at)
        if libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(at)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> int:
    """Refuse (EPERM) the listed system calls; see seccomp(2)."""
    architecture, calls = _known_calls()
    # Signals to threads and limits: this process's own only. Numbers are of x86-64 and aarch64.
    own = {number: (0, os.getpid()) for number in _OF_A_PROCESS[architecture]}
    return _install(libc, _filter(architecture, sorted(calls.values()), own))


#: tgkill and prlimit64, whose first argument names a process.
_OF_A_PROCESS = {0xC000003E: (234, 302), 0xC00000B7: (131, 261)}


#: What a program like LibreOffice needs of them: to start others, and sockets that lead to no network.
_PROGRAM_NEEDS = frozenset({"execve", "socket", "connect"})


def _seccomp_program(libc: ctypes.CDLL) -> int:
    """Refuse the listed system calls but for those a program needs, and every socket that is not of this machine.

    Who asks whether a place may be written hears no: LibreOffice then makes its socket where it is told, not in /tmp.
    """
    architecture, calls = _known_calls()
    refused = sorted(number for name, number in calls.items() if name not in _PROGRAM_NEEDS)
    return _install(libc, _filter(architecture, refused, {calls["socket"]: (_AF_UNIX,)}, _ASKS[architecture]))


#: access, faccessat and faccessat2, with the place of the argument that says what is asked.
_ASKS = {0xC000003E: {21: 1, 269: 2, 439: 2}, 0xC00000B7: {48: 2, 439: 2}}
_MAY_WRITE = 2


def _known_calls() -> tuple[int, Mapping[str, int]]:
    known = _CALLS.get(platform.machine())
    if known is None:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    return known


def _install(libc: ctypes.CDLL, code: bytes) -> int:
    program = _Program(len(code) // 8, code)
    return int(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0))


def _filter(
    architecture: int,
    refused: Sequence[int],
    only: Mapping[int, Sequence[int]],
    asks: Mapping[int, int] = MappingProxyType({}),
) -> bytes:
    """Return a classic BPF program over struct seccomp_data.

    *only* holds what a call's first argument may be; *asks* which argument of a call must not ask for writing.
    """
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    refuse, allow = (answer, 0, 0, 0x00050000 | errno.EPERM), (answer, 0, 0, 0x7FFF0000)
    steps = [
        (load, 0, 0, 4),  # the architecture the call was made for
        (equal, 1, 0, architecture),  # another one: its numbers mean other calls, refuse
        refuse,
        (load, 0, 0, 0),  # the number of the call
        (at_least, 0, 1, 0x40000000),  # x32 on x86-64: a second way to the same calls, refuse
        refuse,
    ]
    for call in refused:
        steps += [(equal, 0, 1, call), refuse]
    for call, values in only.items():
        count = len(values)
        # Of an int the kernel reads the lower half of the argument only.
        steps += [(equal, 0, count + 3, call), (load, 0, 0, 16)]
        steps += [*((equal, count - place, 0, value) for place, value in enumerate(values)), refuse, allow]
    for call, argument in asks.items():
        steps += [(equal, 0, 4, call), (load, 0, 0, 16 + 8 * argument), (equal, 0, 1, _MAY_WRITE), refuse, allow]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, allow])
