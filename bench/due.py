"""How fast the key dates of many cases are told, and how much memory it takes.

    python -m bench.due --cases 10000

Makes cases of every route that ships, each with a principal, a spouse, four papers, a plan and a travel history, and
tells their dates on one core (processor time). Facts are resolved from the records as `mobility due` does; the vault is
left out.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from bench.machine import machine
from toolkit.checklist import checklist, routes
from toolkit.due import key_dates
from toolkit.due_calendar_file import calendar_file
from toolkit.errors import MissingToolError
from toolkit.facts import resolve
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State

TODAY = date(2026, 11, 26)


def paper(id_: str, person: str, kind: str, **fields: str) -> tuple[Document, Record]:
    document = Document(id_, "c", "x.pdf", "application/pdf", 1, "", "2026-11-01", State.FILED, person=person)
    read = tuple(Field(name, value, 0.99, Source(id_, 1, None, Method.OCR)) for name, value in fields.items())
    return document, Record(kind, 0.99, (1,), read, document=id_)


def made(number: int, lot: random.Random, route: str) -> tuple[Case, list[Document], list[Record]]:
    people = (
        Person("p1", "principal", "Muster", f"Person {number}", "1980-05-01", "IND"),
        Person("p2", "spouse", "Muster", f"Partner {number}", "1982-05-01", "IND"),
    )
    start = TODAY + timedelta(days=lot.randrange(-400, 400))
    plan = {"filing": start - timedelta(days=90), "start": start, "end": start + timedelta(days=730)}
    stays, day = [], TODAY - timedelta(days=700)
    for _ in range(lot.randrange(8)):
        last = day + timedelta(days=lot.randrange(60))
        stays.append(f"{lot.choice(['FRA', 'DEU', 'USA', 'GBR'])} {day} {last} stamps")
        day = last + timedelta(days=lot.randrange(1, 60))
    case = Case(f"c{number}", f"GM-{number}", route, people, plan, {"travel.history": "\n".join(stays) or "none"})
    later = [(TODAY + timedelta(days=lot.randrange(-100, 1500))).isoformat() for _ in range(4)]
    papers = [
        paper("d1", "p1", "passport", document_number=f"A{number}", expiry_date=later[0]),
        paper("d2", "p2", "passport", document_number=f"B{number}", expiry_date=later[1]),
        paper("d3", "p1", "status-evidence", expiry_date=later[2], entry_date="2026-01-02"),
        paper("d4", "p1", "police-certificate", country="IND", expiry_date=later[3]),
    ]
    return case, [document for document, _ in papers], [record for _, record in papers]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=10_000)
    count = arguments.parse_args().cases
    lot, known = random.Random(1), routes()
    for route in known:
        checklist(route)
    states: Counter[str] = Counter()
    resolving = telling = 0.0
    some = []
    for number in range(count):
        case, documents, records = made(number, lot, known[number % len(known)])
        begun = time.process_time()
        facts = resolve(case, records, documents)
        between = time.process_time()
        dates = key_dates(case, facts, records, documents, checklist(case.route), TODAY)
        telling += time.process_time() - between
        resolving += between - begun
        states.update(each.state.value for each in dates)
        some += dates if number < 1000 else []
        if number == count // 10:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{machine()}\n{count} cases of {len(known)} routes, {states.total()} dates: {dict(states)}")
    print(f"facts {resolving:.2f} s, dates {telling:.2f} s ({telling / count * 1e3:.2f} ms a case)")
    print(f"memory {early / 1024:.0f} MB after a tenth, {peak / 1024:.0f} MB at the end")
    try:
        begun = time.process_time()
        data = calendar_file(some, datetime.now(UTC), {})
        print(f"calendar of {len(some)} dates: {time.process_time() - begun:.2f} s, {len(data) / 2**20:.1f} MB")
    except MissingToolError as missing:
        print(f"calendar: {missing}")


if __name__ == "__main__":
    main()
