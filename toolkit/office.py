"""Word files to PDF by LibreOffice Writer: many files a start, in a profile of its own, under a time limit.

LibreOffice takes over a second to start and a tenth of one for each file, so callers hand over all they have at once.
It runs without macros and, where the kernel allows, without network, and under limits of memory, processor time and
file size. Files from outside go through `toolkit.disarm` first and are converted one at a time, so that one that brings
LibreOffice down is named and takes no other with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from toolkit.errors import HostileError, MissingToolError, ToolkitError

_PROGRAMS = ("soffice", "libreoffice")
_INSTALL = "Install it with: apt-get install libreoffice-writer-nogui"
#: PDF/A-2b, so that a letter filed today opens the same in thirty years.
_FILTER = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'
_BATCH = 200
_MEMORY = 4 << 30
_LARGEST = 512 << 20


def program() -> str | None:
    """Return the path of LibreOffice, or None when it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def to_pdf(files: Sequence[bytes], *, seconds: float = 120.0) -> list[bytes]:
    """Convert Word files to PDF/A-2b, in the order given. *seconds* is the limit for one start, plus one second a file.

    Raises MissingToolError when LibreOffice is absent, ToolkitError when it fails, hangs or leaves a file out.
    """
    if not files:
        return []
    soffice = program()
    if soffice is None:
        raise MissingToolError(
            "LibreOffice Writer is not installed, so Word files cannot be turned into PDF.", remedy=_INSTALL
        )
    done: list[bytes] = []
    for start in range(0, len(files), _BATCH):
        done += _convert(soffice, files[start : start + _BATCH], seconds)
    return done


def _convert(soffice: str, files: Sequence[bytes], seconds: float) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        folder = Path(place)
        made = folder / "pdf"
        names = [f"{number:04d}" for number in range(len(files))]
        for name, data in zip(names, files, strict=True):
            (folder / f"{name}.docx").write_bytes(data)
        command = [
            soffice, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", _FILTER, "--outdir", str(made), *(f"{name}.docx" for name in names),
        ]  # fmt: skip
        _run([*_confined(int(seconds) + len(files)), *command], folder, seconds + len(files))
        missing = sum(not (made / f"{name}.pdf").is_file() for name in names)
        if missing:
            raise ToolkitError(
                f"LibreOffice left out {missing} of {len(files)} files.",
                remedy="Open the template in Word or LibreOffice to see what is wrong with it, or install the package: "
                + _INSTALL,
            )
        return [(made / f"{name}.pdf").read_bytes() for name in names]


def submitted_to_pdf(document: str, file: bytes, *, seconds: float = 60.0) -> bytes:
    """Convert one Word file from outside, as `toolkit.disarm.word` returned it; *document* is the id messages name.

    Raises HostileError naming the document when LibreOffice fails on it or hangs, MissingToolError when it is absent.
    """
    try:
        return to_pdf([file], seconds=seconds)[0]
    except MissingToolError:
        raise
    except ToolkitError as failure:
        raise HostileError(
            f"Document {document}: LibreOffice could not lay it out.", remedy="Ask for the document as PDF."
        ) from failure


@cache
def _unshare() -> tuple[str, ...]:
    """Return the command that takes the network away, or nothing where the kernel does not let us."""
    for flags in ("-rn", "-n"):
        command = ("unshare", flags)
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    return ()


def _confined(seconds: int) -> tuple[str, ...]:
    limits: tuple[str, ...] = ()
    if shutil.which("prlimit"):
        limits = ("prlimit", f"--cpu={seconds}", f"--as={_MEMORY}", f"--fsize={_LARGEST}", "--core=0")
    return (*limits, *_unshare())


def _run(command: Sequence[str], folder: Path, seconds: float) -> None:
    # HOME inside the folder: nothing of the user's own LibreOffice is read or written.
    surroundings = {"HOME": str(folder), "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ToolkitError(
            f"LibreOffice did not finish within {seconds:.0f} seconds.", remedy="Try again with fewer files."
        ) from None
    finally:
        # soffice is a wrapper: ending it alone would leave soffice.bin running.
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if status != 0:
        raise ToolkitError(f"LibreOffice ended with status {status}.", remedy=_INSTALL)
