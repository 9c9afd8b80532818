"""`mobility photo FILE...`: identity photos held against what an authority asks, and portraits cut out of documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from toolkit import inbox
from toolkit.arrival import Arrival
from toolkit.cli.check import DAY
from toolkit.cli.show import VERDICT_STYLE, console, echo_json, json_option, table
from toolkit.confine import Child
from toolkit.errors import DefinitionError, IncompleteError, InputError, ToolkitError
from toolkit.model import Finding, Verdict
from toolkit.photo import judge
from toolkit.photo.judge import Said
from toolkit.photo.measured import Measured
from toolkit.photo.specification import Specification, names, specification
from vault.files import write_atomically

_ORDER = {Verdict.UNMET: 0, Verdict.UNSURE: 1, Verdict.MET: 2}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--for", "asked", multiple=True, default=("icao",), show_default=True, help=f"Whose photo: {', '.join(names())}."
)
@click.option("--taken", type=DAY, help="The day the photos were taken, as the person says.")
@click.option("--looked-at", is_flag=True, help="Somebody has looked at the photos for what no measure tells.")
@click.option(
    "--crop",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Instead of checking, cut the portraits out of documents into FOLDER, as PNG.",
)
@json_option
def command(
    files: tuple[Path, ...],
    asked: tuple[str, ...],
    taken: datetime | None,
    looked_at: bool,
    crop: Path | None,
    as_json: bool,
) -> int:
    """Measure the identity photos in FILES and hold them against what an authority asks for.

    Exit code 5 when something is UNMET or UNSURE (or no portrait was found to cut), 2 when a file cannot be used.
    """
    today = date.today()
    if taken is not None and taken.date() > today:
        raise click.UsageError("--taken lies in the future.")
    specifications = [specification(name) for name in dict.fromkeys(asked)]
    said = Said(None if taken is None else taken.date(), looked_at)
    with Child() as child:
        if crop is not None:
            answers: Iterator[_Answer] = _cut(child, files, crop)
        else:
            answers = _checked(child, files, lambda found: [judge.judge(found, s, said, today) for s in specifications])
        codes = [_told(answer, specifications, as_json=as_json) for answer in answers]
    return 2 if 2 in codes else max(codes)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is said about one file: findings for each specification, or the portraits written, or why neither."""

    file: str
    measures: Mapping[str, Measured] = field(default_factory=dict)
    findings: Sequence[Sequence[Finding]] = ()
    portraits: Sequence[str] | None = None
    error: ToolkitError | None = None


def _checked(
    child: Child, files: Sequence[Path], judged: Callable[[Mapping[str, Measured]], list[tuple[Finding, ...]]]
) -> Iterator[_Answer]:
    for path in files:
        try:
            found = _asked(child, path, "toolkit.photo.measures:measure", dict[str, Measured])
            yield _Answer(_place(path), found, judged(found))
        except DefinitionError:
            raise  # not this file is wrong, but what every file is held against
        except ToolkitError as problem:
            yield _Answer(_place(path), error=problem)


def _cut(child: Child, files: Sequence[Path], folder: Path) -> Iterator[_Answer]:
    # Numbers, for names of files that people give are personal data.
    written = 0
    for path in files:
        try:
            found: list[bytes] = _asked(child, path, "toolkit.photo.cut:portraits", list[bytes])
            paths = [folder / f"portrait-{written + number:03d}.png" for number in range(1, len(found) + 1)]
            for target, data in zip(paths, found, strict=True):
                _write(target, data)
            written += len(paths)
            yield _Answer(_place(path), portraits=[str(target) for target in paths])
        except ToolkitError as problem:
            yield _Answer(_place(path), error=problem)


def _asked(child: Child, path: Path, function: str, result: Any) -> Any:
    """Read one file, and call *function* on it in the confined child. Raises InputError."""
    try:
        data = inbox.read(path, follow=True)
    except OSError as problem:
        raise InputError(f"It cannot be read: {problem.strerror}.", remedy="Check the path.") from problem
    arrival: Arrival = child.call("toolkit.receive:inspect", data, path.name, 0, result=Arrival)
    return child.call(function, data, arrival.media_type, result=result)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise InputError(f"{path} is there already.", remedy="Give another folder to --crop.")
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --crop.") from problem


def _place(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _told(answer: _Answer, asked: Sequence[Specification], *, as_json: bool) -> int:
    """Print one answer and return the exit code it stands for."""
    met = all(finding.verdict is Verdict.MET for each in answer.findings for finding in each)
    if as_json:
        echo_json(_plain(answer, asked))
    elif answer.error is not None:
        console().print(f"{answer.file}: {answer.error.message} {answer.error.remedy}\n", style="red")
    elif answer.portraits is not None:
        console().print(f"{answer.file}: {', '.join(answer.portraits) or 'no portrait was found.'}")
    else:
        _show(answer, asked)
    if answer.error is not None:
        return InputError.exit_code
    return 0 if met and answer.portraits != [] else IncompleteError.exit_code


def _plain(answer: _Answer, asked: Sequence[Specification]) -> dict[str, Any]:
    error = answer.error and {
        "code": answer.error.code,
        "message": answer.error.message,
        "remedy": answer.error.remedy,
    }
    if answer.portraits is not None:
        return {"file": answer.file, "portraits": answer.portraits, "error": None}
    checks = [
        {
            "for": each.name,
            "complete": all(finding.verdict is Verdict.MET for finding in findings),
            "findings": findings,
        }
        for each, findings in zip(asked, answer.findings, strict=False)
    ]
    return {
        "file": answer.file,
        "measures": answer.measures,
        "checks": checks,
        "conflicts": judge.conflicts(asked),
        "error": error,
    }


def _show(answer: _Answer, asked: Sequence[Specification]) -> None:
    out = console()
    for each, findings in zip(asked, answer.findings, strict=True):
        ranked = sorted(findings, key=lambda finding: _ORDER[finding.verdict])
        rows = [
            (
                finding.verdict.value,
                finding.label,
                "\n".join(part for part in (finding.because, finding.next_step) if part),
                finding.legal_source,
            )
            for finding in ranked
        ]
        styles = [VERDICT_STYLE[finding.verdict.value] for finding in ranked]
        title = f"{answer.file}: {each.title} (checked {each.checked})"
        out.print(table(title, ("verdict", "requirement", "because, next step", "source"), rows, styles=styles))
        counted = ", ".join(f"{sum(f.verdict is verdict for f in findings)} {verdict}" for verdict in Verdict)
        out.print(f"{counted}.", style="bold")
    for conflict in judge.conflicts(asked):
        out.print(conflict, style="yellow")
