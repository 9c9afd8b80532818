"""Word files to PDF by LibreOffice Writer: many files a start, in a profile of its own, under a time limit.

LibreOffice takes over a second to start and a tenth of one for each file, so callers hand over all they have at once.
It runs without macros and confined (`toolkit.launch`): it sees no file of the user's, writes only its temporary folder,
and has no network. Files from outside go through `toolkit.disarm` first and are converted one at a time, so that one
that brings LibreOffice down is named and takes no other with it. `toolkit.office_pool` keeps one running for our own
letters.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from toolkit import launch, scratch
from toolkit.errors import HostileError, MissingToolError, ToolkitError

_PROGRAMS = ("soffice", "libreoffice")
INSTALL = "Install it with: apt-get install libreoffice-writer-nogui"
#: What `--convert-to` is told: plain PDF, or PDF/A-2b (ISO 19005-2), which opens the same in thirty years.
PDF = "pdf:writer_pdf_Export"
PDF_A = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'
_BATCH = 200
#: How LibreOffice ends when it has made its profile, and wants to be started with it.
STARTS_AGAIN = 81


def program() -> str | None:
    """Return the path of LibreOffice, or None when it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def needed() -> str:
    """Return the path of LibreOffice. Raises MissingToolError when it is not installed."""
    found = program()
    if found is None:
        raise MissingToolError(
            "LibreOffice Writer is not installed, so Word files cannot be turned into PDF.", remedy=INSTALL
        )
    return found


def command(soffice: str, folder: Path) -> list[str]:
    """Return how LibreOffice is started: without a window, with everything it keeps in *folder*."""
    return [
        _itself(soffice), "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}", f"-env:OSL_SOCKET_PATH={folder}",
    ]  # fmt: skip


def to_pdf(files: Sequence[bytes], *, seconds: float = 120.0) -> list[bytes]:
    """Convert Word files to PDF/A-2b, in the order given. *seconds* is the limit for one start, plus one second a file.

    Raises MissingToolError when LibreOffice is absent, ToolkitError when it fails, hangs or leaves a file out.
    """
    if not files:
        return []
    soffice = needed()
    done: list[bytes] = []
    for start in range(0, len(files), _BATCH):
        done += _convert(soffice, files[start : start + _BATCH], seconds)
    return done


def _convert(soffice: str, files: Sequence[bytes], seconds: float) -> list[bytes]:
    with scratch.folder(sum(map(len, files))) as folder:
        made = folder / "pdf"
        names = [f"{number:04d}" for number in range(len(files))]
        for name, data in zip(names, files, strict=True):
            (folder / f"{name}.docx").write_bytes(data)
        files_ = [f"{name}.docx" for name in names]
        limit = seconds + len(files)
        orders = [*command(soffice, folder), "--convert-to", PDF_A, "--outdir", str(made), *files_]
        confined = launch.confined(orders, folder, max(1, int(limit)))
        status = _run(confined, folder, limit)
        if status == STARTS_AGAIN:
            status = _run(confined, folder, limit)
        if status != 0:
            raise ToolkitError(f"LibreOffice ended with status {status}.", remedy=INSTALL)
        missing = sum(not (made / f"{name}.pdf").is_file() for name in names)
        if missing:
            raise ToolkitError(
                f"LibreOffice left out {missing} of {len(files)} files.",
                remedy="Open the template in Word or LibreOffice to see what is wrong with it, or install the package: "
                + INSTALL,
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


def _itself(soffice: str) -> str:
    """Return the program behind the script that people start: the script's splash screen wants to write to /tmp."""
    behind = Path(soffice).resolve().with_name("soffice.bin")
    return str(behind if behind.is_file() else Path(soffice).absolute())


def _run(confined: Sequence[str], folder: Path, seconds: float) -> int:
    child = subprocess.Popen(
        confined,
        cwd=folder,
        # HOME inside the folder: nothing of the user's own LibreOffice is read or written.
        env=launch.environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ToolkitError(
            f"LibreOffice did not finish within {seconds:.0f} seconds.", remedy="Try again with fewer files."
        ) from None
    finally:
        # soffice may be a wrapper: ending it alone would leave the program behind it running.
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
