"""How fast cases are judged: complete cases of every route, made from the definitions, checked over and over.

`python -m bench.catalogue [COUNT]` prints the processor seconds for COUNT cases (10,000) on one core, with the facts of
each case resolved anew and without, and how far the memory grew from the first thousand to the last.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from toolkit.check import Checklist, check
from toolkit.checklist import checklist, routes
from toolkit.facts import Facts, resolve
from toolkit.model import Case, Document, Record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from catalogue_cases import WHOSE, specimen


@dataclass(frozen=True, slots=True)
class Made:
    """A complete case with what was read for it."""

    checklist: Checklist
    case: Case
    documents: Sequence[Document]
    records: Sequence[Record]
    facts: Facts


def made() -> list[Made]:
    """Return one complete case of each route, everybody and everything in it that can be."""
    cases = []
    for route in routes():
        found = checklist(route)
        everything = {(name, role) for name, r in found.requirements.items() for role in WHOSE[r.whose]}
        draft, _ = specimen(found, everything)
        case, documents, records = draft.parts()
        cases.append(Made(found, case, documents, records, resolve(case, records, documents)))
    return cases


def judge(cases: Sequence[Made], count: int, *, anew: bool) -> tuple[float, int, int]:
    """Return the processor seconds for *count* cases, the findings made, and how many KiB memory grew after warm-up."""
    findings, warm = 0, 0
    start = time.process_time()
    for number, each in enumerate(islice(cycle(cases), count)):
        facts = resolve(each.case, each.records, each.documents) if anew else each.facts
        findings += len(check(each.case, facts, each.records, each.documents, each.checklist))
        if number == min(1000, count // 10):
            warm = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.process_time() - start
    return seconds, findings, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - warm


def main(arguments: Sequence[str]) -> int:
    """Print one JSON object."""
    count, cases = int(arguments[0]) if arguments else 10_000, made()
    result: dict[str, object] = {"cases": count, "routes": len(cases)}
    for name, anew in (("checked", False), ("resolved_and_checked", True)):
        seconds, findings, grown = judge(cases, count, anew=anew)
        result[name] = {"seconds": round(seconds, 2), "findings": findings, "memory_grown_kib": grown}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
