"""What is known of a case: one fact a name, resolved from many papers by one order of trust, conflicts kept.

The order, strongest first: what a person states for the case; what a person corrected in a paper; what a check digit
proves; an e-invoice's data; what a second reading or sum confirms; a PDF's text layer; a machine-readable zone without
proof; OCR; what was typed in when the case was opened. A reading that is sure goes before one that is not, and of
equals the newest document's.

Names: `<person>.<field>` for who somebody is (surname, given_names, birth_date, nationality, full_name),
`<person>.<kind>.<field>` for what a kind of paper says (hyphens become underscores; contracts also by type, as
`employment_contract`), `case.<date or reference or route>`, and the case's details under their own keys. A person is
called by role: principal, spouse, child, child2. A detail that bears a fact's name is a correction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from toolkit import questionnaire_facts
from toolkit.amendments import amends, standing
from toolkit.fact_readings import Reading, letters, settle, trust
from toolkit.identity import bridges, identity_of, match, of_person
from toolkit.identity_names import may_be_one
from toolkit.model import Case, Document, Fact, Field, Method, Person, Proof, Record, Source, State, Value
from toolkit.translation import BESIDE

Plain: TypeAlias = "dict[str, str | list[str] | list[dict[str, str]] | Plain]"

#: Who somebody is, whatever paper says it.
IDENTITY = ("surname", "given_names", "birth_date", "nationality")
#: Fields with a whole name in them; of several names on one paper, one has to be the person's.
_WHOLE_NAMES = ("holder", "employee", "spouse_1", "spouse_2")
_TRAVEL = frozenset({"passport", "identity-card", "visa-sticker", "residence-permit"})
#: Every paper of these kinds stands for itself: two of them never contradict each other.
_EACH_FOR_ITSELF = frozenset({"receipt", "invoice", "unknown"})
#: What contracts of different types must still agree on.
_ACROSS_CONTRACTS = frozenset({"salary", "job_title"})
#: What a case file states of an assignment and its contract says too.
_TERMS = frozenset({"salary", "job_title"})
_MOVE_CONTRACTS = frozenset({"", "employment", "assignment", "offer"})
_ISSUED = ("issue_date", "agreement_date", "award_date", "date", "effective_date")
#: What a paper has as a piece of paper, and says of nobody.
_OF_THE_SHEET = frozenset({"figures", "language", "defined_terms", "signatures"})


class Facts(Mapping[str, Fact]):
    """The facts of one case by name; read-only."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = dict(facts)

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def get(self, name: str, default: object = None) -> Any:
        """Return the fact called *name*, else *default*; without the detour of `Mapping` over a KeyError."""
        return self._facts.get(name, default)

    def __repr__(self) -> str:
        return f"<Facts {len(self)} known, {len(self.contradictions())} contradicted>"

    def contradictions(self) -> tuple[Fact, ...]:
        """Return the facts that some paper contradicts, settled by a person or not."""
        return tuple(fact for fact in self._facts.values() if fact.others)

    def plain(self) -> Plain:
        """Return nested dicts by the parts of the names, for templates: text, lists of text, tables.

        Money gets its currency beside it as `<name>_currency`. Of spellings that agree, names take the one written in
        upper and lower case, since machine-readable zones know neither that nor accents.
        """
        tree: Plain = {}
        for name, fact in sorted(self._facts.items()):
            _put(tree, name, _plain(_spelling(name, fact)))
            if fact.field.currency and f"{name}_currency" not in self._facts:
                _put(tree, f"{name}_currency", fact.field.currency)
        return tree


def resolve(case: Case, records: Sequence[Record], documents: Sequence[Document]) -> Facts:
    """Return what is known of *case*. Papers without a record, copies and quarantined files say nothing."""
    usable = {d.id: d for d in documents if d.state is not State.QUARANTINED and not d.duplicate_of}
    papers = [(usable[record.document], record) for record in records if record.document in usable]
    facts: dict[str, Fact] = {}
    for name, value in (("reference", case.reference), ("route", case.route)):
        facts[f"case.{name}"] = Fact(f"case.{name}", _stated(name, value))
    for name, day in case.dates.items():
        facts[f"case.{name}"] = Fact(f"case.{name}", _stated(name, day.isoformat()))
    readings: dict[str, list[Reading]] = {}
    called = roles(case)
    owners = {whose: case.person(whose) for whose in {document.person for document, _ in papers} if whose}
    for person, role in called.items():
        mine = _as_amended([(d, r) for d, r in papers if owners.get(d.person) == person], case)
        _identity(readings, facts, person, role, mine)
        by_kind: dict[str, list[tuple[Document, Record]]] = {}
        for paper in mine:
            by_kind.setdefault(paper[1].kind, []).append(paper)
        for kind, alike in sorted(by_kind.items()):
            if kind in _EACH_FOR_ITSELF:
                continue
            used = case.details.get(f"{role}.{kind.replace('-', '_')}.document_number", "")
            _kind(readings, facts, role, kind, alike, used)
    for name, value in case.details.items():
        readings.setdefault(name, []).insert(0, Reading(_stated(name, value)))
    _compare_terms(readings, case)
    for name, candidates in readings.items():
        others = facts[name].others if name in facts else ()
        facts[name] = settle(name, candidates, others)
    for role in called.values():
        _full_name(facts, role)
    return Facts(facts)


def roles(case: Case) -> dict[Person, str]:
    """Return what each person is called in the names of facts: the role, numbered from the second of a kind on."""
    called: dict[Person, str] = {}
    for person in case.people:
        number = 1 + sum(other.role == person.role for other in called)
        called[person] = person.role if number == 1 else f"{person.role}{number}"
    return called


def _identity(
    readings: dict[str, list[Reading]],
    facts: dict[str, Fact],
    person: Person,
    role: str,
    papers: Sequence[tuple[Document, Record]],
) -> None:
    dated = [(document, record, _issued(record)) for document, record in papers]
    for name in IDENTITY:
        found = [Reading(field, r, on, d.received) for d, r, on in dated if (field := r.get(name)) is not None]
        typed = getattr(person, name)
        if typed:
            # Typed in at the opening of the case: a claim for the papers to prove, not a correction of them.
            found.append(Reading(Field(name, typed, 1.0, Source("", None, None, Method.PERSON))))
        if found:
            readings[f"{role}.{name}"] = found
    wanted = f"{person.given_names} {person.surname}".strip()
    strangers: list[Field] = []
    bridging = bridges([record for _, record in papers])
    for _, record in papers:
        names = [f for n in _WHOLE_NAMES if (f := record.get(n)) is not None and f.sure and isinstance(f.value, str)]
        if names and wanted and not any(may_be_one(str(f.value), wanted) for f in names):
            if match(of_person(person), identity_of(record), bridging):
                continue  # another paper says how the one name became the other
            strangers += names[:1]
    if strangers:
        name = f"{role}.full_name"
        facts[name] = Fact(name, Field("full_name", wanted, 1.0, strangers[0].source), tuple(strangers))


def _answers(readings: dict[str, list[Reading]], role: str, papers: Sequence[tuple[Document, Record]]) -> None:
    """Put what a person typed beside what papers say: each answer is the fact it was asked for, the newest counts."""
    seen: set[str] = set(IDENTITY) | _OF_THE_SHEET
    for document, record in _newest(papers):
        for field in record.fields:
            if field.name not in seen:
                name = questionnaire_facts.fact_of(role, field.name)
                readings.setdefault(name, []).append(_reading(field, document, record))
        seen |= {field.name for field in record.fields}


def _kind(
    readings: dict[str, list[Reading]],
    facts: dict[str, Fact],
    role: str,
    kind: str,
    papers: Sequence[tuple[Document, Record]],
    used: str = "",
) -> None:
    if kind == questionnaire_facts.KIND:
        _answers(readings, role, papers)
        return
    name = f"{role}.{kind.replace('-', '_')}"
    if kind in _TRAVEL:
        current, *older = _by_number(papers, used)
        _collect(readings, name, current)
        numbers = (_best(group, "document_number") for group in older)
        against = tuple(number for number in numbers if number is not None and number.sure)
        if against and f"{name}.document_number" in readings:
            fact = f"{name}.document_number"
            facts[fact] = Fact(fact, readings[fact][0].field, against)
    elif kind == "contract":
        by_type: dict[str, list[tuple[Document, Record]]] = {}
        for document, record in papers:
            by_type.setdefault(_contract_type(record), []).append((document, record))
        for contract_type, group in by_type.items():
            if contract_type:
                _collect(readings, f"{role}.{contract_type}_contract", group)
        moving = [paper for t, group in by_type.items() if t in _MOVE_CONTRACTS for paper in group]
        latest = _newest(moving)[:1]
        for document, record in moving:
            fields = [f for f in record.fields if (document, record) in latest or f.name in _ACROSS_CONTRACTS]
            _add(readings, name, document, record, fields)
    elif kind == "degree":
        _collect(readings, name, _newest(papers)[:1])
    else:
        _collect(readings, name, papers)


def _as_amended(papers: Sequence[tuple[Document, Record]], case: Case) -> list[tuple[Document, Record]]:
    """Return *papers* with every contract as its amendments have it on the planned first day of work.

    An amendment that belongs to a contract on file says nothing by itself any more, unless its day cannot be told: then
    it stands beside the contract, and what it says otherwise is a contradiction for a person to settle.
    """
    on = case.dates.get("start") or case.dates.get("filing") or date.max
    changes = [record for _, record in papers if record.get("amendment_number") or record.get("amends_date")]
    # One that nobody has signed changes nothing: what it says otherwise is for a person to settle.
    changes = [each for each in changes if not ((said := each.get("signed")) and said.sure and said.value == "no")]
    made, placed = [], set[str]()
    for document, record in papers:
        mine = [each for each in changes if amends(each, record)] if record.kind == "contract" else []
        if not mine:
            made.append((document, record))
            continue
        now = standing(record, mine, on)
        placed |= {each.document for each in mine if each not in now.open}
        made.append((document, replace(record, fields=tuple(held.field for held in now.held.values()))))
    return [(document, record) for document, record in made if document.id not in placed]


def _collect(readings: dict[str, list[Reading]], name: str, papers: Sequence[tuple[Document, Record]]) -> None:
    for document, record in papers:
        _add(readings, name, document, record, record.fields)


def _add(
    readings: dict[str, list[Reading]], name: str, document: Document, record: Record, fields: Sequence[Field]
) -> None:
    issued = _issued(record)
    for field in fields:
        if field.name in _OF_THE_SHEET or field.name.startswith(BESIDE) or field.name.endswith("_basis"):
            continue  # an original and its translation differ in these by their nature
        reading = Reading(field, record, issued, document.received)
        readings.setdefault(f"{name}.{field.name}", []).append(reading)


def _by_number(papers: Sequence[tuple[Document, Record]], used: str) -> list[list[tuple[Document, Record]]]:
    """Group pictures of the same paper by its number: the one a person says is *used* first, then by validity."""
    groups: dict[str, list[tuple[Document, Record]]] = {}
    for document, record in papers:
        number = record.get("document_number")
        key = letters(number.value) if number is not None and number.sure else document.id
        groups.setdefault(key, []).append((document, record))

    def rank(group: Sequence[tuple[Document, Record]]) -> tuple[bool, str]:
        numbers = {letters(number.value) for _, r in group if (number := r.get("document_number")) is not None}
        expiry = _best(group, "expiry_date")
        return letters(used) in numbers, str(expiry.value) if expiry is not None and expiry.sure else ""

    return sorted(groups.values(), key=rank, reverse=True)


def _best(papers: Sequence[tuple[Document, Record]], name: str) -> Field | None:
    found = [_reading(field, d, r) for d, r in papers if (field := r.get(name)) is not None]
    return min(found, key=trust).field if found else None


def _newest(papers: Sequence[tuple[Document, Record]]) -> list[tuple[Document, Record]]:
    return sorted(papers, key=lambda paper: (_issued(paper[1]), paper[0].received), reverse=True)


def _reading(field: Field, document: Document, record: Record) -> Reading:
    return Reading(field, record, _issued(record), document.received)


def _issued(record: Record) -> str:
    dated = {field.name: field for field in reversed(record.fields) if field.name in _ISSUED}
    return next((str(field.value) for name in _ISSUED if (field := dated.get(name)) is not None and field.sure), "")


def _contract_type(record: Record) -> str:
    field = record.get("contract_type")
    return field.value.casefold() if field is not None and field.sure and isinstance(field.value, str) else ""


def _compare_terms(readings: dict[str, list[Reading]], case: Case) -> None:
    """Hold what the case file states of pay and position, which letters are written from, against the contract."""
    for term in _TERMS & {name.removeprefix("assignment.") for name in case.details}:
        said = readings[f"assignment.{term}"]
        if term == "salary":
            said[0] = _stated_pay(case, said[0].field)
        said += readings.get(f"principal.assignment_contract.{term}", [])


def _stated_pay(case: Case, amount: Field) -> Reading:
    """Give a stated amount its stated currency and period, so that it is compared as a contract's is."""
    currency, period = (case.details.get(f"assignment.salary_{part}", "") for part in ("currency", "period"))
    terms = (_stated("salary_period", period),) if period else ()
    return Reading(replace(amount, currency=currency or None), Record("case file", 1.0, (), terms))


def _stated(name: str, value: str) -> Field:
    return Field(name, value, 1.0, Source("", None, None, Method.PERSON), Proof.PERSON)


def _full_name(facts: dict[str, Fact], role: str) -> None:
    """Put the given names and surname together; a paper made out to somebody else contradicts the result."""
    given, surname = facts.get(f"{role}.given_names"), facts.get(f"{role}.surname")
    name = f"{role}.full_name"
    if given is None or surname is None or (name in facts and facts[name].field.proof is Proof.PERSON):
        return
    value = f"{_spelling(given.name, given)} {_spelling(surname.name, surname)}".strip()
    source = Source(surname.field.source.document, surname.field.source.page, None, Method.COMPUTED)
    sure = min(given.field.confidence, surname.field.confidence)
    others = facts[name].others if name in facts else ()
    facts[name] = Fact(name, Field("full_name", value, sure, source), others)


def _spelling(name: str, fact: Fact) -> Value:
    if name.rpartition(".")[2] not in ("surname", "given_names"):
        return fact.field.value
    spellings = [field.value for field in (fact.field, *fact.agreeing) if isinstance(field.value, str)]
    return next((s for s in spellings if s != s.upper()), fact.field.value)


def _plain(value: Value) -> str | list[str] | list[dict[str, str]]:
    if isinstance(value, str):
        return value
    texts = [item for item in value if isinstance(item, str)]
    return texts or [dict(row) for row in value if isinstance(row, Mapping)]


def _put(tree: Plain, name: str, value: str | list[str] | list[dict[str, str]]) -> None:
    *path, last = name.split(".")
    for part in path:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            # `a` and `a.b` are both stated: the former moves to `a.value`, so that neither is lost.
            below = tree[part] = {"value": below}
        tree = below
    tree[last] = value
