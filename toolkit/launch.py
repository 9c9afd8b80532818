"""Becomes a program that opens strangers' files (LibreOffice), after giving up whatever that program does not need.

A process of its own for the moment between start and program: it locks itself (`toolkit.lockdown`), then executes.
Knows no document; imports nothing but the standard library and `lockdown`, so that starting it costs little.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from toolkit import lockdown
from toolkit.lockdown import Guarantee

_PACKAGE = Path(__file__).resolve().parent
_MEMORY = 4 << 30
_LARGEST = 512 << 20
_FILES = 1024

#: What LibreOffice and the shell script before it read: programs, libraries, fonts and their settings; no home folder.
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/libreoffice")
_SYSTEM_TOO = ("/etc/alternatives", "/etc/passwd", "/etc/group", "/etc/locale.alias", "/etc/nsswitch.conf")
_CACHES = ("/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice", "/dev/urandom")
_PROCESSOR = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")


def confined(command: Sequence[str], folder: Path, seconds: int) -> list[str]:
    """Return *command* (its program by full path) as it is started confined: to write only in *folder*.

    *seconds* is the processor time it may take. What the kernel does not offer is left out: see `guarantees`.
    """
    return _launched(command, [folder], seconds)


def environment(folder: Path) -> dict[str, str]:
    """The whole environment of a program that is started confined; *folder* is its home and holds its scratch files."""
    return {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def guarantees() -> list[Guarantee]:
    """Return what this machine can promise about a program so started, by starting one that only answers."""
    done = subprocess.run(_launched((), (), 10), env=environment(Path("/")), capture_output=True, check=False)
    if done.returncode != 0:
        return [Guarantee("LibreOffice: is confined", False, "it cannot be started confined")]
    return [
        Guarantee(f"LibreOffice: {each['name']}", each["holds"], each["detail"]) for each in json.loads(done.stdout)
    ]


def _launched(command: Sequence[str], writable: Sequence[Path], seconds: int) -> list[str]:
    readable = [*_SYSTEM, *_SYSTEM_TOO, *_CACHES, *_PROCESSOR, *(str(_home(Path(each))) for each in command[:1])]
    orders = {
        "command": list(command),
        "readable": readable,
        "writable": ["/dev/null", *map(str, writable)],
        "seconds": seconds,
    }
    program = f"import sys; sys.path.insert(0, {str(_PACKAGE.parent)!r}); from toolkit.launch import main; main()"
    return [sys.executable, "-I", "-B", "-S", "-c", program, json.dumps(orders)]


def _home(program: Path) -> Path:
    """Return the folder of an installation outside of /usr; LibreOffice keeps its program in one called `program`."""
    folder = program.resolve().parent
    return folder.parent if folder.name == "program" else folder


def main() -> None:
    """Lock this process, then become the program that the one argument names; answer with what holds if it is none."""
    orders = json.loads(sys.argv[1])
    held = lockdown.lock_program(map(Path, orders["readable"]), map(Path, orders["writable"]))
    limits = lockdown.limit(_MEMORY, _FILES, _LARGEST)
    lockdown.allow_seconds(orders["seconds"])
    if orders["command"]:
        os.execv(orders["command"][0], orders["command"])  # noqa: S606 (a fixed program, no shell)
    print(json.dumps([asdict(each) for each in (*held, limits)]))
