"""Folders for clear text lie in memory, end with their block, and are swept when their process was killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from toolkit import scratch

MEMORY = Path("/dev/shm")
HOLDS = (
    "import sys, time; from toolkit import scratch\n"
    "with scratch.folder() as place:\n"
    "    (place / 'letter.docx').write_text('clear text'); print(place, flush=True); time.sleep(60)"
)


def test_a_folder_is_private_and_gone_after_use():
    with scratch.folder() as place:
        assert place.stat().st_mode & 0o777 == 0o700
        (place / "x").write_text("x")
    assert not place.exists()


@pytest.mark.skipif(not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK), reason="no folder in memory")
def test_it_lies_in_memory_only_where_there_is_room():
    with scratch.folder() as place:
        assert place.parent == MEMORY
    with scratch.folder(1 << 60) as place:
        assert place.parent == Path(tempfile.gettempdir())


def test_what_a_killed_process_left_is_swept_and_what_lives_is_kept():
    running = subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True)
    place = Path(running.stdout.readline().strip())
    scratch.sweep()
    assert (place / "letter.docx").is_file()
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert place.is_dir()
    scratch.sweep()
    assert not place.exists()


def test_folders_of_others_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "mobility-scratch-link").symlink_to(tmp_path / "target")
    (tmp_path / "mobility-scratch-open").mkdir(mode=0o755)
    (tmp_path / "something-else").mkdir(mode=0o700)
    scratch.sweep()
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "mobility-scratch-link",
        "mobility-scratch-open",
        "something-else",
        "target",
    ]


def test_the_temporary_files_of_libraries_lie_in_a_folder_of_ours(monkeypatch):
    """openpyxl writes each sheet in clear to a file of its own, which a kill would leave."""
    made = []

    def noted(*args, **words):
        opened = really(*args, **words)
        made.append(Path(opened.name))
        return opened

    really = tempfile.NamedTemporaryFile
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", noted)
    before = tempfile.gettempdir()
    book = Workbook()
    book.active["A1"] = "salary"
    with scratch.taking_temporary_files():
        book.save(io.BytesIO())
    assert made
    assert all(path.parent.name.startswith("mobility-scratch-") for path in made)
    assert not any(path.parent.exists() for path in made)
    assert tempfile.gettempdir() == before
