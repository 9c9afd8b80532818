"""What a leak looks like: every way a specimen's value can be written, and every place it must not be found.

A value is looked for as it stands, in the usual spellings of dates, without its accents and signs, as the letters of
its parts, in UTF-8, UTF-16 and Latin-1, in base64 and hex, and as its MD5, SHA-1 and SHA-256, raw and as hex.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sqlite3
import threading
import time
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

#: Shorter words meet by chance in megabytes of random bytes; in text that is meant to be read they do not.
LEAST_IN_BYTES, LEAST_IN_TEXT = 6, 4
#: Words that stand in values and are nobody's: places and months would be found in programs, fonts and licences.
_NOBODYS = frozenset(
    re.findall(
        r"\w+",
        "january february march april august september october november december monday germany united states kingdom "
        "london columbus konstanz ohio engineering director managing receipt invoice passport assignment employment "
        "contract company limited street avenue number hotel travel total three months address office",
    )
)
_BLOCK = 1 << 22
_SCRATCH = re.compile(r"/dev/shm/mobility-scratch-[^/\s\"',;]+")


def values(truth: Iterable[Mapping[str, object]], cases: Iterable[Path]) -> set[str]:
    """Return every value of the specimens: what was drawn on each paper, what each case states, each file's name."""
    found: set[str] = set()
    for row in truth:
        found |= {str(row["file"]).rsplit("/", 1)[-1], str(row["member"]).rsplit("/", 1)[-1]}
        found |= set(_texts(row["fields"]))
    for path in cases:
        stated = tomllib.loads(path.read_text("utf-8"))
        for person in stated["people"]:
            found |= set(_texts(person))
        found |= set(_texts(stated["details"]))
    today = date.today().isoformat()
    return {text for text in found if _is_telling(text) and today not in text}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str | date):
        yield str(value)


def _is_telling(text: str) -> bool:
    """Whether a value says something of somebody: words of closed vocabularies are lower-case and plain."""
    return len(text) >= LEAST_IN_TEXT and not re.fullmatch(r"[a-z -]+|[0-9]{4}", text)


def spellings(text: str) -> set[str]:
    """Return how else a value is written."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _dates(date.fromisoformat(text))
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    both = {text, unicodedata.normalize("NFD", text), bare, bare.replace("Ø", "O").replace("ø", "o")}
    joined = {re.sub(r"[\s./-]", "", each) for each in both if any(map(str.isdigit, each))}
    mrz = {re.sub(r"[^A-Z0-9]", "<", each.upper()) for each in both}
    return {each for each in both | joined | mrz if len(each.strip("<")) >= LEAST_IN_TEXT}


def _dates(day: date) -> set[str]:
    """ISO 8601, European, American, with names of months, and as in a machine-readable zone (ICAO 9303-3)."""
    d, m, y = f"{day.day:02}", f"{day.month:02}", f"{day.year}"
    told = {f"{y}-{m}-{d}", f"{y}{m}{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}"}
    told |= {f"{a}{s}{b}{s}{c}" for s in "./-" for a, b in ((d, m), (m, d)) for c in (y, y[2:])}
    months = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%d. %B %Y", "%d%b%Y")
    return told | {day.strftime(each) for each in months} | {y[2:] + m + d}


def words(text: str) -> set[str]:
    """Return the words of a value that could be a name or a number by themselves."""
    parts = re.findall(r"\w[\w-]+", text)
    return {each for each in parts if each[:1].isupper() and len(each) >= 5 and each.lower() not in _NOBODYS}


class Finder:
    """Finds some ten thousand byte strings in one pass over the data, whatever the case of their letters."""

    def __init__(self, least: int) -> None:
        """Strings shorter than *least* are left out."""
        self._least = least
        self._by_start: dict[bytes, dict[bytes, str]] = {}
        self._begins = np.zeros(1 << 24, np.bool_)

    def add(self, form: bytes, value: str) -> None:
        """Have *form* found as a trace of *value*."""
        low = form.lower()
        if len(low) >= self._least:
            self._by_start.setdefault(low[: self._least], {})[low] = value
            self._begins[low[0] << 16 | low[1] << 8 | low[2]] = True

    def find(self, data: bytes) -> set[str]:
        """Return the values that *data* has traces of."""
        low, found = data.lower(), set()
        for start in range(0, len(low), _BLOCK):
            block = np.frombuffer(low, np.uint8, min(_BLOCK + 2, len(low) - start), start).astype(np.uint32)
            three = block[:-2] << 16 | block[1:-1] << 8 | block[2:]
            for place in (np.flatnonzero(self._begins[three]) + start).tolist():
                for form, value in self._by_start.get(low[place : place + self._least], {}).items():
                    if low.startswith(form, place):
                        found.add(value)
        return found


class Needles:
    """What is searched for: by value, every form of it."""

    def __init__(self, telling: Iterable[str], names: Iterable[str] = (), files: Iterable[bytes] = ()) -> None:
        """*telling* values, *names* whose single words tell something as well, and *files* that were submitted."""
        self._texts, self._bytes = Finder(LEAST_IN_TEXT), Finder(LEAST_IN_BYTES)
        #: Six figures, as a date in a zone, meet by chance in the hexadecimal digits of a hash.
        self._figures, self._short = Finder(LEAST_IN_TEXT), Finder(LEAST_IN_BYTES)
        for value in telling:
            self._add(value, value)
        for name in names:
            for word in words(name):
                self._add(name, word)
        for data in files:
            self._digests("a submitted file", data)
            # A run from its middle finds a copy of a part of it.
            self._bytes.add(data[len(data) // 2 :][:48], "a piece of a submitted file")

    def _add(self, value: str, said: str) -> None:
        for form in spellings(said):
            # Short figures stand in times and counts as well.
            in_text = len(form) >= LEAST_IN_BYTES or any(map(str.isalpha, form))
            for each in {form, form.lower(), form.upper()}:
                if in_text:
                    (self._texts if len(form) > LEAST_IN_BYTES or not form.isdigit() else self._figures).add(
                        each.encode(), value
                    )
                for coding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
                    short = form.isdigit() and len(form) <= LEAST_IN_BYTES and coding in ("utf-8", "latin-1")
                    (self._short if short else self._bytes).add(each.encode(coding, "ignore"), value)
                self._digests(value, each.encode())
            raw = form.encode()
            if len(raw) >= LEAST_IN_BYTES:
                self._bytes.add(raw.hex().encode(), value)
                # Only whole groups of three stand alike wherever the value begins at one.
                self._bytes.add(base64.b64encode(raw)[: len(raw) // 3 * 4], value)

    def _digests(self, value: str, data: bytes) -> None:
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, data, usedforsecurity=False)
            self._bytes.add(digest.digest(), value)
            self._bytes.add(digest.hexdigest().encode(), value)
            self._texts.add(digest.hexdigest().encode(), value)

    def in_bytes(self, data: bytes, *, text: bool = False) -> set[str]:
        """Return the values whose forms stand in *data*, which may be random for the most part.

        In what is *text* as well, `in_text` looks for six figures, outside hashes and signatures.
        """
        return self._bytes.find(data) | (set() if text else self._short.find(data))

    def in_text(self, text: str) -> set[str]:
        """Return the values whose forms stand in *text*, which somebody could read."""
        whole, plain = (each.encode("utf-8", "replace") for each in (text, re.sub(r"[0-9a-f]{64}", " ", text)))
        return self._texts.find(whole) | self._figures.find(plain)


def in_folder(folder: Path, needles: Needles, leave_out: Iterable[Path] = ()) -> list[str]:
    """Search names and bytes of everything under *folder*, and the readable columns of its databases."""
    found = []
    for path in sorted(folder.rglob("*")):
        if any(path.is_relative_to(each) for each in leave_out):
            continue
        place = str(path.relative_to(folder))
        found += [f"the name {place}: {value}" for value in needles.in_text(place)]
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        text = path.suffix in (".jsonl", ".json")
        found += [f"{place}: {value}" for value in needles.in_bytes(data, text=text)]
        if text:
            found += [f"{place}: {value}" for value in needles.in_text(_unsigned(data.decode("utf-8", "replace")))]
        if data.startswith(b"SQLite format 3\0"):
            found += [f"{place}, {where}: {value}" for where, value in _in_columns(path, needles)]
    return found


def _unsigned(text: str) -> str:
    """Leave out keys, signatures, hashes and times of now: short words meet in them by chance."""
    return re.sub(r"age1[0-9a-z]{50,}|[A-Za-z0-9+/=]{70,}|\d{4}-\d\d-\d\dT[\d:.]+", "", text)


def _in_columns(path: Path, needles: Needles) -> Iterator[tuple[str, str]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 (names of ours)
            names = [each[0] for each in cursor.description]
            for row in cursor:
                for name, cell in zip(names, row, strict=True):
                    if isinstance(cell, str):
                        yield from ((f"{table}.{name}", value) for value in needles.in_text(_unsigned(cell)))
    finally:
        connection.close()


class Watch:
    """Looks at every process below *root* some hundred times a second: its command line, environment and files."""

    def __init__(self, root: int, folders: Iterable[Path] = (), sent: Path | None = None) -> None:
        """*folders* are looked into while they are in use, too: what is there for a moment only was there.

        What lies in *sent* has the names that its senders gave it, and has to be opened to be taken in.
        """
        self._sent = sent
        self._root = root
        self._folders = tuple(folders)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.command_lines: set[str] = set()
        self.environments: set[str] = set()
        self.open_files: set[str] = set()
        self.scratch: set[str] = set()
        self.passing: dict[str, bytes] = {}
        self.processes: set[int] = set()

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def found(self, needles: Needles) -> list[str]:
        """Return in words where a value was seen while the processes ran."""
        listed = [f"a command line: {value}" for line in self.command_lines for value in needles.in_text(line)]
        listed += [f"an environment: {value}" for each in self.environments for value in needles.in_text(each)]
        listed += [f"the name of an open file: {value}" for name in self.open_files for value in needles.in_text(name)]
        return listed + [
            f"{name}, for a moment: {value}" for name, data in self.passing.items() for value in needles.in_bytes(data)
        ]

    def _watch(self) -> None:
        while not self._stop.is_set():
            for process in _below(self._root):
                self._look(process)
            for folder in self._folders:
                self._pass(folder)
            time.sleep(0.01)

    def _look(self, process: int) -> None:
        place = Path("/proc") / str(process)
        self.processes.add(process)
        try:
            line = (place / "cmdline").read_bytes().decode("utf-8", "replace")
            self.command_lines.add(line)
            self.scratch.update(_SCRATCH.findall(line))
            for handle in (place / "fd").iterdir():
                name = str(handle.readlink())
                if self._sent is None or not Path(name).is_relative_to(self._sent):
                    self.open_files.add(name)
                self.scratch.update(_SCRATCH.findall(name))
            self.environments.add((place / "environ").read_bytes().decode("utf-8", "replace"))
        except OSError:
            return  # it ended, or nobody but itself may look: that is what is wanted

    def _pass(self, folder: Path) -> None:
        for parent, _, files in os.walk(folder):
            for name in files:
                path = Path(parent) / name
                try:
                    if path.is_file():
                        self.passing[str(path.relative_to(folder))] = path.read_bytes()[: 1 << 20]
                except OSError:
                    continue


def _below(root: int) -> list[int]:
    """Return *root* and every process that descends from it."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def read_truth(path: Path) -> list[dict[str, object]]:
    """Return what was drawn on each sample."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
