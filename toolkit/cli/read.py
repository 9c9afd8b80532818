"""`mobility read FILE...`: what files say, without a vault. The JSON lines are the contract that benchmarks use."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import Any

import click

from toolkit import inbox
from toolkit.arrival import Arrival, is_photo, worth_saying
from toolkit.cli.show import console, echo_json, json_option, table
from toolkit.confine import Child, Limits
from toolkit.errors import DefinitionError, InputError, ToolkitError, UnknownFormatError
from toolkit.model import Field, Record
from toolkit.plain_words import because

_NO_PHOTO = UnknownFormatError("It is no picture and no PDF.", remedy="Give the photos or scans of one receipt.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Readers side by side.")
@click.option("--join", is_flag=True, help="FILES are photos of one long receipt: read them as one document.")
@json_option
def command(files: tuple[Path, ...], jobs: int, join: bool, as_json: bool) -> int:
    """Read FILES and print what they say, one document after the other, in the order given.

    With --join, two or more photos of one long receipt are one document: rows that are on two photos are taken once,
    and the order of the photos is found by them.

    An unreadable file is reported with its cause and never stops the others; the exit code is then 2.
    """
    failed = 0
    with Readers(jobs) as readers, ThreadPoolExecutor(jobs) as pool:
        for answers in [readers.joined(files)] if join else pool.map(readers.answers, files):
            for answer in answers:
                failed += answer["error"] is not None
                if as_json:
                    echo_json(answer)
                else:
                    _show(answer)
    return 2 if failed else 0


class Readers:
    """One confined child a thread; answers hold everything `--json` prints."""

    def __init__(self, jobs: int = 1) -> None:
        self._threads = max(1, (os.cpu_count() or 2) // jobs)
        self._local = threading.local()
        self._children: list[Child] = []

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.close()

    def answers(self, path: Path) -> list[dict[str, Any]]:
        """Read one file and, if it is an archive or a mail, everything in it."""
        place = os.fsencode(path).decode("utf-8", "backslashreplace")
        try:
            data = inbox.read(path, follow=True)
        except (InputError, OSError) as problem:
            return [_error(place, _told(problem))]
        return list(self._answers(data, place, PurePath(place).name, 0))

    def joined(self, paths: Sequence[Path]) -> list[dict[str, Any]]:
        """Read the photos in *paths* as one document; `joined` names them all."""
        places = [os.fsencode(path).decode("utf-8", "backslashreplace") for path in paths]
        child, data, types = self._child(), [], []
        for path, place in zip(paths, places, strict=True):
            try:
                data.append(inbox.read(path, follow=True))
                arrival = child.call("toolkit.receive:inspect", data[-1], PurePath(place).name, 0, result=Arrival)
            except (InputError, OSError) as problem:
                return [_error(place, _told(problem))]
            if not is_photo(arrival.media_type):
                return [_error(place, _NO_PHOTO)]
            types.append(arrival.media_type)
        try:
            # What follows the paper's own record tells which photo has become which page of it.
            records = child.call("toolkit.joined_photos:read_photos", data, types, result=list[Record])[:1]
        except InputError as problem:
            return [_error(", ".join(places), problem)]
        return [_answer(places[0], record, ()) | {"joined": places} for record in records]

    def _answers(self, data: bytes, place: str, name: str, depth: int) -> Iterator[dict[str, Any]]:
        child = self._child()
        try:
            arrival = child.call("toolkit.receive:inspect", data, name, depth, result=Arrival)
            if not arrival.members:
                records = child.call("toolkit.read:read_bytes", data, arrival.media_type, result=list[Record])
                yield from (_answer(place, record, arrival.notes) for record in records)
                return
        except DefinitionError:
            raise  # not this file is wrong, but what every file is read by
        except ToolkitError as problem:
            yield _error(place, problem)
            return
        for number, member in enumerate(arrival.members, 1):
            yield from self._answers(member.data, f"{place}/{number:03d} {member.name}", member.name, depth + 1)

    def _child(self) -> Child:
        child: Child | None = getattr(self._local, "child", None)
        if child is None:
            child = Child(Limits(threads=self._threads))
            self._local.child = child
            self._children.append(child)
        return child


def _answer(place: str, record: Record, notes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "file": place,
        "pages": list(record.pages),
        "kind": record.kind,
        "kind_confidence": round(record.kind_confidence, 4),
        "fields": {field.name: field_json(field) | {"because": because(field, record)} for field in record.fields},
        # What else was read, and lost: runners-up of a zone, print that says otherwise.
        "rejected": [{"name": field.name} | field_json(field) for field in record.rejected],
        "warnings": [*worth_saying(notes, record), *record.warnings],
        "error": None,
    }


def field_json(field: Field) -> dict[str, Any]:
    """Return one field as `--json` prints it: value, confidence, page, box, method, proof (and currency for money)."""
    box = field.source.box
    made: dict[str, Any] = {
        "value": field.value,
        "confidence": round(field.confidence, 4),
        "page": field.source.page,
        "box": None if box is None else [round(side, 4) for side in (box.left, box.top, box.right, box.bottom)],
        "method": field.source.method.value,
        "proof": field.proof.value,
    }
    if field.currency is not None:
        made["currency"] = field.currency
    return made


def _told(problem: InputError | OSError) -> InputError:
    if isinstance(problem, InputError):
        return problem
    return InputError(f"It cannot be read: {problem.strerror}.", remedy="Check the path.")


def _error(place: str, problem: ToolkitError) -> dict[str, Any]:
    error = {"code": problem.code, "message": problem.message, "remedy": problem.remedy}
    return {
        "file": place,
        "pages": [],
        "kind": "unknown",
        "kind_confidence": 0.0,
        "fields": {},
        "warnings": [],
        "error": error,
    }


def _show(answer: Mapping[str, Any]) -> None:
    out = console()
    if answer["error"]:
        out.print(f"{answer['file']}: {answer['error']['message']} {answer['error']['remedy']}\n", style="red")
        return
    rows = [
        (name, _text(field["value"]), f"{field['confidence']:.2f}", f"{field['method']}, {field['proof']}")
        for name, field in answer["fields"].items()
    ]
    styles = ["" if float(row[2]) >= 0.9 else "yellow" for row in rows]
    title = f"{answer['file']}: {answer['kind']} ({answer['kind_confidence']:.2f})"
    out.print(table(title, ("field", "value", "sure", "read by, proved by"), rows, styles=styles))
    for warning in answer["warnings"]:
        out.print(f"  ! {warning}", style="yellow")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    rows = [" | ".join(f"{k}: {v}" for k, v in row.items()) if isinstance(row, Mapping) else row for row in value]
    return "\n".join(rows)
