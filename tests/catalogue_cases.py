"""Cases made from the definitions themselves: complete ones that meet a route, and mutations that break one rule.

A case is an answer to constraints: conditions are settled true or false, then every rule that applies is satisfied. It
knows the classes of rules and conditions, and nothing of any route.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from toolkit.check import Checklist, check
from toolkit.checklist import Requirement, _parts
from toolkit.facts import resolve
from toolkit.fields.terms import Term
from toolkit.model import Case, Document, Field, Finding, Method, Person, Proof, Record, Source, State, Verdict
from toolkit.rules import Condition, Holds, OneOf, Paper, Rule, Situation
from toolkit.rules.abroad import Legalised
from toolkit.rules.amounts import AmountAtLeast, AtLeast, CountAtLeast, Held, LanguageLevel
from toolkit.rules.chosen import OneOfGroups
from toolkit.rules.conditions import (
    Aged,
    All,
    Any,
    DateBefore,
    DateFrom,
    HasDependant,
    Listed,
    NationalityIn,
    Not,
    Role,
    Stated,
    StayLonger,
)
from toolkit.rules.dates import Lasts, OnTime, Served, ValidBeyond, Within
from toolkit.rules.papers import Agrees, Answered, AtHand, Couple, Present, Signed, Single, Translated

DAY = timedelta(days=1)
POOL = ("IND", "USA", "CAN", "MEX", "AUS", "JPN", "GBR", "NPL", "BRA", "SRB", "AFG", "NGA", "CUB", "NZL", "PHL", "IDN")
NAMES = {"principal": ("Anna Maria", "Eriksson"), "spouse": ("Lars", "Eriksson"), "child": ("Maja", "Eriksson")}
BORN = {"principal": date(1985, 8, 12), "spouse": date(1984, 1, 5), "child": date(2016, 5, 31)}
WHOSE = {
    "principal": ("principal",),
    "dependants": ("spouse", "child"),
    "spouse": ("spouse",),
    "children": ("child",),
    "everyone": ("principal", "spouse", "child"),
}
CONTRACTS = ("employment", "assignment", "offer", "service", "nda")


class Unsolved(Exception):
    """The constraints contradict each other."""


@dataclass
class Draft:
    """A case being made. Papers are by (role, kind, contract type or form number)."""

    checklist: Checklist
    dates: dict[str, date]
    answers: dict[str, str] = field(default_factory=dict)
    born: dict[str, date] = field(default_factory=lambda: dict(BORN))
    nationality: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, list[tuple[frozenset[str], bool]]] = field(default_factory=dict)
    papers: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)

    def copy(self) -> Draft:
        return replace(
            self,
            answers=dict(self.answers),
            born=dict(self.born),
            nationality=dict(self.nationality),
            wanted={role: list(each) for role, each in self.wanted.items()},
            papers={key: dict(fields) for key, fields in self.papers.items()},
        )

    @property
    def roles(self) -> tuple[str, ...]:
        demanded = self.checklist.requirements.values()
        family = any(r.whose != "principal" or HasDependant() in r.when for r in demanded)
        return ("principal", "spouse", "child") if family else ("principal",)

    def key(self, name: str, role: str) -> str:
        ask = self.checklist.asks.get(name)
        return name if role == "principal" or (ask is not None and ask.about == "case") else f"{role}.{name}"

    def parts(self) -> tuple[Case, list[Document], list[Record]]:
        people = tuple(
            Person(f"p{n}", role, NAMES[role][1], NAMES[role][0], self.born[role].isoformat(), self.country(role))
            for n, role in enumerate(self.roles, 1)
        )
        by_role = {person.role: person for person in people}
        documents, records = [], []
        for number, ((role, kind, sub), fields) in enumerate(self.papers.items(), 1):
            id_ = f"d{number}"
            read = dict(self.identity(role) | fields if kind == "passport" else fields)
            if kind == "contract":
                read["contract_type"] = sub
            elif sub:
                read["form_number"] = sub
            documents.append(
                Document(
                    id_,
                    "c1",
                    "x.pdf",
                    "application/pdf",
                    1,
                    "",
                    "2026-11-01T00:00:00",
                    State.FILED,
                    person=by_role[role].id,
                )
            )
            currency = read.pop("currency", None)
            made = tuple(
                Field(name, value, 0.99, Source(id_, 1, None, Method.OCR), Proof.NONE, currency)
                for name, value in read.items()
            )
            records.append(Record(kind.partition("#")[0], 0.99, (1,), made, document=id_))
        case = Case("c1", "X-1", self.checklist.route, people, self.dates, dict(self.answers))
        return case, documents, records

    def identity(self, role: str) -> dict[str, str]:
        given, surname = NAMES[role]
        return {
            "surname": surname,
            "given_names": given,
            "birth_date": self.born[role].isoformat(),
            "nationality": self.country(role),
            "document_number": f"L{role.upper()[:5]}1",
            "expiry_date": "2045-01-01",
            "issue_date": "2024-01-10",
        }

    def country(self, role: str) -> str:
        if role not in self.nationality:
            pool = [
                *POOL,
                *sorted({code for codes in self.checklist.lists.values() for code in codes if code.isalpha()}),
            ]
            wanted = self.wanted.get(role, [])
            for code in pool:
                if len(code) == 3 and all((code in members) is inside for members, inside in wanted):
                    return code
            raise Unsolved(f"no nationality for {role}")
        return self.nationality[role]

    def findings(self) -> list[Finding]:
        case, documents, records = self.parts()
        return check(case, resolve(case, records, documents), records, documents, self.checklist)

    def situation(self, role: str) -> Situation:
        case, documents, records = self.parts()
        by_id = {d.id: d for d in documents}
        papers = tuple(Paper(by_id[r.document], r) for r in records)
        person = next(p for p in case.people if p.role == role)
        facts = resolve(case, records, documents)
        return Situation(case, person, role, facts, papers, self.checklist.lists, self.checklist.asks)

    # values by name

    def get(self, name: str, role: str) -> str | None:
        if name.startswith("case."):
            return self.dates[name.removeprefix("case.")].isoformat()
        if name == "birth_date":
            return self.born[role].isoformat()
        if "." not in name or name in self.checklist.asks:
            return self.answers.get(self.key(name, role))
        paper, _, value = name.rpartition(".")
        found = self.paper(paper, role, create=False)
        return None if found is None else {**(self.identity(role) if paper == "passport" else {}), **found}.get(value)

    def put(self, name: str, role: str, value: str) -> None:
        if name.startswith("case."):
            self.dates = {**self.dates, name.removeprefix("case."): date.fromisoformat(value)}
        elif name == "birth_date":
            self.born[role] = date.fromisoformat(value)
        elif "." not in name or name in self.checklist.asks:
            self.answers[self.key(name, role)] = value
        else:
            paper, _, attribute = name.rpartition(".")
            found = self.paper(paper, role)
            assert found is not None
            found[attribute] = value

    def paper(self, name: str, role: str, *, create: bool = True) -> dict[str, str] | None:
        kind, sub = name.replace("_", "-"), ""
        for contract in CONTRACTS:
            if kind == f"{contract}-contract":
                kind, sub = "contract", contract
        for (who, what, which), fields in self.papers.items():
            if who == role and what == kind and (not sub or which == sub):
                return fields
        return self.file(role, kind, sub) if create else None

    def file(self, role: str, kind: str, sub: str = "") -> dict[str, str]:
        given, surname = NAMES[role]
        start = {"holder": f"{given} {surname}"} if kind not in ("passport", "contract", "marriage-certificate") else {}
        if kind == "marriage-certificate":
            start = {"spouse_1": "Anna Maria Eriksson", "spouse_2": "Lars Eriksson"}
        return self.papers.setdefault((role, kind, sub), start)

    def without(self, role: str, kinds: tuple[str, ...], *, shared: bool) -> None:
        self.papers = {k: v for k, v in self.papers.items() if k[1] not in kinds or not (shared or k[0] == role)}


def day(draft: Draft, name: str, role: str) -> date | None:
    value = draft.get(name, role)
    return date.fromisoformat(value) if value else None


# Conditions


def settle(draft: Draft, condition: Condition, role: str, *, wanted: bool) -> Draft:
    """Return a copy of *draft* in which *condition* has the truth *wanted*; raises Unsolved."""
    match condition:
        case Not():
            return settle(draft, condition.of, role, wanted=not wanted)
        case Any() | All():
            if isinstance(condition, All) is wanted:
                for each in condition.of:
                    draft = settle(draft, each, role, wanted=wanted)
                return draft
            for each in condition.of:
                try:
                    return settle(draft, each, role, wanted=wanted)
                except Unsolved:
                    continue
            raise Unsolved(str(condition))
    draft = draft.copy()
    match condition:
        case Stated():
            _state(draft, condition, role, wanted=wanted)
        case Listed():
            value = min(draft.checklist.lists[condition.list]) if wanted else "none"
            if draft.answers.setdefault(draft.key(condition.key, role), value) != value:
                known = draft.answers[draft.key(condition.key, role)]
                if (known in draft.checklist.lists[condition.list]) is not wanted:
                    raise Unsolved(condition.key)
        case NationalityIn():
            members = frozenset(condition.codes) | draft.checklist.lists.get(condition.list, frozenset())
            draft.wanted.setdefault(role, []).append((members, wanted))
            draft.country(role)
        case _:
            _in_time(draft, condition, role, wanted=wanted)
    return draft


def _state(draft: Draft, condition: Stated, role: str, *, wanted: bool) -> None:
    key, ask = draft.key(condition.key, role), draft.checklist.asks[condition.key]
    choices = ask.answers if ask.kind == "choice" else alone(draft, condition.key)
    allowed = [a for a in ("no", *choices) if a in choices and (a in condition.any_of) is wanted]
    known = draft.answers.get(key)
    if known is not None and known not in allowed:
        raise Unsolved(key)
    if not allowed:
        raise Unsolved(key)
    draft.answers[key] = known or allowed[0]


def alone(draft: Draft, key: str) -> tuple[str, ...]:
    """Every id that is enough by itself for each rule that asks for a choice under *key*."""
    rules = [p for r in draft.checklist.requirements.values() if not r.when for p in r.rules]
    choices = [rule.choices for rule in rules if isinstance(rule, OneOfGroups) and rule.key == key]
    lists = [name for each in choices[:1] for choice in each if len(choice) == 1 for name in choice.values()]
    return tuple(code for name in lists for code in sorted(draft.checklist.lists[name]))


def _in_time(draft: Draft, condition: Condition, role: str, *, wanted: bool) -> None:
    if isinstance(condition, Aged):
        on = day(draft, condition.on, role)
        assert on is not None
        if (Term(12 * condition.years).after(draft.born[role]) <= on) is not wanted:
            if role != "child":
                raise Unsolved("age")
            draft.born[role] = Term(12 * condition.years, 60 if wanted else -60).before(on)
    elif isinstance(condition, StayLonger):
        limit = Term(condition.months).after(draft.dates["start"])
        if (draft.dates["end"] >= limit) is not wanted:
            draft.dates = {**draft.dates, "end": limit + DAY if wanted else limit - DAY}
    elif isinstance(condition, DateFrom | DateBefore):
        on = day(draft, condition.on, role)
        if on is None:
            on = condition.day if isinstance(condition, DateFrom) is wanted else condition.day - 60 * DAY
            draft.put(condition.on, role, on.isoformat())
        if ((on >= condition.day) is isinstance(condition, DateFrom)) is not wanted:
            raise Unsolved("date")
    elif isinstance(condition, HasDependant | Role):
        roles = draft.roles if isinstance(condition, HasDependant) else (role,)
        if any(each in condition.roles for each in roles) is not wanted:
            raise Unsolved("people")


# Rules


def satisfy(draft: Draft, rule: Rule, role: str) -> None:
    """Change *draft* so that *rule* is met for the person; raises Unsolved."""
    match rule:
        case Present():
            sub = rule.contract_types[0] if rule.contract_types else rule.forms[0] if rule.forms else ""
            draft.file(role, rule.kinds[0], sub)
        case Agrees() | Single():
            draft.file(role, "passport")
        case Couple():
            draft.file("principal", "marriage-certificate")
        case OneOf():
            satisfy(draft, rule.of[0], role)
        case Held():
            _hold(draft, rule, role)
        case AtLeast():
            _pay(draft, rule, role)
        case OneOfGroups():
            _choose(draft, rule, role)
        case OnTime():
            _be_on_time(draft, rule, role)
        case ValidBeyond() | Within() | Lasts() | Served():
            _time(draft, rule, role)
        case _:
            _say(draft, rule, role)


def _say(draft: Draft, rule: Rule, role: str) -> None:
    """Give the answer, or the value on the paper, that the rule asks for."""
    match rule:
        case AtHand():
            draft.put(rule.have, role, "yes")
        case Answered():
            draft.answers.setdefault(draft.key(rule.key, role), rule.any_of[0])
        case Translated():
            draft.put(rule.key, role, "yes")
        case Signed():
            draft.put(f"{rule.paper}.signed", role, "yes")
        case CountAtLeast():
            draft.put(rule.key, role, str(rule.minimum))
        case LanguageLevel():
            draft.put(rule.key, role, "C2")
            draft.answers.setdefault(draft.key(rule.on, role), draft.dates["filing"].isoformat())
        case AmountAtLeast():
            draft.put(rule.field, role, str(2 * rule.minimum))
            draft.put(f"{rule.field.rpartition('.')[0]}.currency", role, rule.currency)
        case Legalised():
            draft.put(rule.issued_in, role, "IND")
            draft.put(rule.key, role, "legalisation")


def _choose(draft: Draft, rule: OneOfGroups, role: str) -> None:
    """Choose what is enough; what was chosen before has to be."""
    told, lists = draft.get(rule.key, role), draft.checklist.lists
    enough = [code for choice in rule.choices if len(choice) == 1 for name in choice.values() for code in lists[name]]
    if told is not None and told not in enough:
        raise Unsolved(rule.key)
    draft.put(rule.key, role, told or next(code for code in alone(draft, rule.key) if code in enough))


def _be_on_time(draft: Draft, rule: OnTime, role: str) -> None:
    """Do it a week before the last day, or on a day that is known already."""
    anchor = day(draft, rule.anchor, role)
    if anchor is None:
        known = day(draft, rule.field, role)
        anchor = known + 7 * DAY if known is not None else draft.dates["end"]
        draft.put(rule.anchor, role, anchor.isoformat())
    if (day(draft, rule.field, role) or date.max) > anchor:
        draft.put(rule.field, role, (anchor - 7 * DAY).isoformat())


def _hold(draft: Draft, rule: Held, role: str) -> None:
    end = day(draft, rule.anchor, role)
    assert end is not None
    parts = {
        "lowest_balance": str(2 * rule.amount),
        "currency": rule.currency,
        "from": (end - (rule.days + 10) * DAY).isoformat(),
        "until": (end - 5 * DAY).isoformat(),
    }
    for part, value in parts.items():
        draft.put(f"{rule.prefix}_{part}", role, value)


def _pay(draft: Draft, rule: AtLeast, role: str) -> None:
    on = day(draft, rule.on, role)
    if on is None:
        on = draft.dates["filing"] - 10 * DAY
        draft.put(rule.on, role, on.isoformat())
    steps = [s for s in rule.steps if s.first_day <= on and (s.last_day is None or on <= s.last_day)]
    draft.answers.setdefault(draft.key(rule.group, role), steps[0].groups[0])
    contract = draft.paper("employment_contract", role)
    assert contract is not None
    contract |= {
        "salary": str(3 * max(s.yearly for s in steps)),
        "salary_period": "year",
        "salary_currency": rule.currency,
    }


def _time(draft: Draft, rule: ValidBeyond | Within | Lasts | Served, role: str) -> None:
    filing = draft.dates["filing"]
    if isinstance(rule, ValidBeyond):
        anchor = day(draft, rule.anchor, role)
        if anchor is None:
            anchor = draft.dates["end"]
            draft.put(rule.anchor, role, anchor.isoformat())
        if (day(draft, rule.field, role) or date.min) < Term(rule.months, rule.days).after(anchor):
            draft.put(rule.field, role, "2045-01-01")
    elif isinstance(rule, Within):
        later = day(draft, rule.later, role)
        first = day(draft, rule.earlier, role)
        gap = min(10 * DAY, Term(12 * rule.years + rule.months, 7 * rule.weeks + rule.days).after(filing) - filing)
        if later is None:
            later = first + gap if first is not None else filing - 5 * DAY
            draft.put(rule.later, role, later.isoformat())
        if first is None:
            draft.put(rule.earlier, role, (later - gap).isoformat())
    elif isinstance(rule, Lasts):
        term = Term(rule.months, rule.days)
        if rule.at_most:
            start, end = day(draft, rule.first, role), day(draft, rule.last, role)
            assert start is not None
            assert end is not None
            if end >= term.after(start):
                draft.put(rule.last, role, (term.after(start) - DAY).isoformat())
            return
        contract = "." in rule.first
        first = day(draft, rule.first, role) or (
            draft.dates["start"] if contract else Term(term.months and term.months + 24, term.days + 20).before(filing)
        )
        draft.put(rule.first, role, first.isoformat())
        if (day(draft, rule.last, role) or date.min) < term.after(first):
            draft.put(rule.last, role, max(term.after(first), filing if not contract else date.min).isoformat())
    else:
        anchor = day(draft, rule.anchor, role)
        assert anchor is not None
        draft.put(rule.last, role, anchor.isoformat())
        draft.put(rule.first, role, Term(rule.months + 12).before(anchor).isoformat())


def applying(draft: Draft) -> Iterator[tuple[str, Requirement, str]]:
    """Every requirement with each role it is about."""
    for name, requirement in draft.checklist.requirements.items():
        for role in WHOSE[requirement.whose]:
            if role in draft.roles:
                yield name, requirement, role


def specimen(checklist: Checklist, targets: set[tuple[str, str]]) -> tuple[Draft, set[tuple[str, str]]]:
    """Return a case met throughout in which as many of *targets* (requirement, role) as can be apply, and those."""
    draft = Draft(checklist, {"filing": date(2026, 12, 1), "start": date(2027, 3, 1), "end": date(2028, 2, 28)})
    for _, requirement, role in applying(draft):
        for rule in requirement.rules if not requirement.when else ():
            if isinstance(rule, Holds):
                draft = settle(draft, rule.that, role, wanted=True)
    draft, done = _applied(draft, targets)
    known: dict[str, Situation] = {}
    for _, requirement, role in applying(draft):
        if requirement.when:
            made = _decided(draft, requirement, role, known)
            known = known if made is draft else {}
            draft = made
    for role in draft.roles:
        draft.nationality[role] = draft.country(role)
    for _ in range(3):
        _met(draft)
    return draft, done


def _applied(draft: Draft, targets: set[tuple[str, str]]) -> tuple[Draft, set[tuple[str, str]]]:
    """Make the targets apply, one after the other, where that does not contradict what is settled already."""
    done = set()
    for name, requirement, role in applying(draft):
        if (name, role) in targets:
            try:
                made = draft
                for condition in (*requirement.when, *(r.that for r in requirement.rules if isinstance(r, Holds))):
                    made = settle(made, condition, role, wanted=True)
                for rule in requirement.rules if requirement.when else ():
                    if isinstance(rule, OneOfGroups):
                        made = made.copy()
                        _choose(made, rule, role)
            except Unsolved:
                continue
            draft = made
            done.add((name, role))
    return draft, done


def _met(draft: Draft) -> None:
    """Satisfy the rules of the requirements that are not met."""
    open_ = {(f.requirement, f.person) for f in draft.findings() if f.verdict is not Verdict.MET}
    situations = {role: draft.situation(role) for role in draft.roles} if open_ else {}
    for name, requirement, role in applying(draft):
        if (name, person_id(draft, role)) in open_:
            for rule in requirement.rules:
                if rule.answer(situations[role]).verdict is not Verdict.MET:
                    satisfy(draft, rule, role)


def person_id(draft: Draft, role: str) -> str:
    return f"p{draft.roles.index(role) + 1}"


def _decided(draft: Draft, requirement: Requirement, role: str, known: dict[str, Situation]) -> Draft:
    """Settle what is not known of whether a requirement applies, as not applying where that can be."""
    for condition in requirement.when:
        situation = known[role] if role in known else known.setdefault(role, draft.situation(role))
        holds = condition.truth(situation).holds
        if holds is not None:
            if holds is False:
                return draft
            continue
        try:
            return settle(draft, condition, role, wanted=False)
        except Unsolved:
            draft, known = settle(draft, condition, role, wanted=True), {}
    return draft


def mentions(requirement: Requirement) -> set[str]:
    """Return every name that a requirement's rules and conditions look at."""
    found: set[str] = set()
    for part in _parts((*requirement.rules, *requirement.when)):
        for attribute in part.__struct_fields__:
            value = getattr(part, attribute)
            if isinstance(value, str):
                found |= {value, value.rpartition(".")[0].replace("_", "-")}
            elif isinstance(value, tuple) and attribute in ("kinds", "fields", "amounts", "contract_types"):
                found |= {v for v in value if isinstance(v, str)}
                found |= {"contract"} if attribute == "amounts" else set()
        if isinstance(part, Held):
            found |= {f"{part.prefix}_{name}" for name in ("lowest_balance", "currency", "from", "until")}
        if isinstance(part, NationalityIn | Aged):
            found.add("passport")
        if isinstance(part, Agrees | Single):
            found |= {"passport", "full_name", "identity-card"}
        if isinstance(part, Couple):
            found |= {"marriage-certificate", "full_name"}
        if isinstance(part, StayLonger):
            found |= {"case.start", "case.end"}
    return found
