"""Runs every file under a folder through the confined chain inspect -> open, and counts how each ended.

    python -m bench.nasty ../shared/data/nasty [--json FILE]

A file ends as "read" (with pages and words), as "opened" when it is a container, or with the code of its error.
Anything else (a traceback, a hang) fails the run. Where truth.jsonl lies beside the files, what other readers made of
them is set against it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from toolkit.arrival import Arrival, Member
from toolkit.confine import Child, Limits
from toolkit.errors import InputError, ToolkitError
from toolkit.model import Page


def chain(child: Child, name: str, data: bytes, depth: int = 0) -> list[dict[str, Any]]:
    """One row for the file and one for each member of it, however deep."""
    row: dict[str, Any] = {"file": name, "bytes": len(data), "depth": depth}
    members: tuple[Member, ...] = ()
    began = time.monotonic()
    try:
        arrival = child.call("toolkit.receive:inspect", data, name, depth, result=Arrival)
        row |= {"type": arrival.media_type, "notes": list(arrival.notes)}
        members = arrival.members
        if members:
            row |= {"end": "opened", "members": len(members)}
        else:
            pages = child.call("toolkit.pages:read_pages", data, arrival.media_type, result=list[Page])
            row |= {"end": "read", "pages": len(pages), "words": sum(len(page.words) for page in pages)}
            row["methods"] = sorted({str(page.method) for page in pages})
    except InputError as error:
        row |= {"end": error.code, "why": str(error)}
        if "reader failed" in str(error):
            row["end"] = "DEFECT unforeseen"
    except ToolkitError as error:
        row |= {"end": f"DEFECT {error.code}", "why": str(error)}
    row["seconds"] = round(time.monotonic() - began, 2)
    rows = [row]
    for number, member in enumerate(members, 1):
        rows += chain(child, f"{name}/{number}{Path(member.name).suffix}", member.data, depth + 1)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="one line a file")
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.is_file() and path.suffix != ".jsonl")
    with Child(Limits(seconds=90)) as child:
        rows = [row for path in files for row in chain(child, str(path.relative_to(options.folder)), path.read_bytes())]
    if options.json:
        options.json.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report(rows, options.folder)
    return any(row["end"].startswith("DEFECT") for row in rows)


def report(rows: list[dict[str, Any]], folder: Path) -> None:
    top = [row for row in rows if row["depth"] == 0]
    print(f"{len(top)} files, {len(rows) - len(top)} members, {sum(row['seconds'] for row in rows):.0f} s")
    for name, of in (("files", top), ("members", [row for row in rows if row["depth"]])):
        print(name, dict(Counter(row["end"] for row in of).most_common()))
    truth = folder / "truth.jsonl"
    if truth.is_file():
        others = {}
        for line in truth.read_text().splitlines():
            fact = json.loads(line)
            loads = "picture loads" if fact.get("loads", True) else "picture does not load"
            others[fact["file"].split("/", 1)[1]] = fact.get("class") or fact.get("kind") or loads
        table = Counter((others.get(row["file"], "?"), row["end"]) for row in top)
        for (other, end), count in sorted(table.items()):
            print(f"{other:20} {end:20} {count:4}")
    slowest = sorted(top, key=lambda row: -row["seconds"])[:5]
    print("slowest", [(row["file"][:40], row["seconds"]) for row in slowest])


if __name__ == "__main__":
    sys.exit(main())
