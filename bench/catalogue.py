"""How fast cases are judged: complete cases of every route, made from the definitions, checked over and over.

`python -m bench.catalogue [COUNT]` prints the processor seconds for COUNT cases (10,000) on one core, with the facts of
each case resolved anew and without; every case has people of its own, so that no name is met twice. Memory is the heap
of Python (tracemalloc, in a run of its own, since it slows all down) and the resident set, after a fifth of the cases
and after all of them. Caches that are bounded fill up in the first eight thousand or so.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from toolkit.check import Checklist, check
from toolkit.checklist import checklist, routes
from toolkit.facts import Facts, resolve
from toolkit.model import Case, Document, Record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from catalogue_cases import WHOSE, specimen

_SURNAME = "Eriksson"


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


def renamed(one: Made, number: int) -> Made:
    """Return the case as another family's: their surname, on every paper that bears it, is one nobody else has."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    surname = f"Ödegård{letters}"
    people = tuple(replace(person, surname=surname) for person in one.case.people)
    records = [
        replace(
            record,
            fields=tuple(
                replace(field, value=field.value.replace(_SURNAME, surname)) if isinstance(field.value, str) else field
                for field in record.fields
            ),
        )
        for record in one.records
    ]
    return replace(one, case=replace(one.case, people=people), records=records)


def judge(cases: Sequence[Made], count: int, *, anew: bool) -> tuple[float, int, list[int]]:
    """Return the processor seconds for *count* cases, the findings made, and the KiB in use after a fifth and all.

    The seconds leave out the making of the cases. Where tracemalloc runs, the KiB are those of the Python heap.
    """
    findings, seconds, used = 0, 0.0, []
    for number, one in enumerate(islice(cycle(cases), count), 1):
        each = renamed(one, number) if anew else one
        start = time.process_time()
        facts = resolve(each.case, each.records, each.documents) if anew else each.facts
        findings += len(check(each.case, facts, each.records, each.documents, each.checklist))
        seconds += time.process_time() - start
        if number in (count // 5, count):
            gc.collect()
            used.append(_in_use())
    return seconds, findings, used


def _in_use() -> int:
    if tracemalloc.is_tracing():
        return tracemalloc.get_traced_memory()[0] // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(arguments: Sequence[str]) -> int:
    """Print one JSON object."""
    count, cases = int(arguments[0]) if arguments else 10_000, made()
    result: dict[str, object] = {"cases": count, "routes": len(cases)}
    for name, anew in (("checked", False), ("resolved_and_checked", True)):
        seconds, findings, (fifth, all_) = judge(cases, count, anew=anew)
        result[name] = {"seconds": round(seconds, 2), "findings": findings, "resident_kib": [fifth, all_]}
    tracemalloc.start()
    *_, heap = judge(cases, count, anew=True)
    result["heap_kib"] = {"after": [count // 5, count], "used": heap}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
