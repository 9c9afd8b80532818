"""What a letter can say of one case: its facts with what the policy grants, and the rows its loops go over.

Puts together what other rooms know (people, policy, compensation, what is owed, key dates), as plain text in the
letter's language, so that `toolkit.write` knows none of them. Only the rows a template declares are made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from toolkit import compensation, policy, write_words
from toolkit.asking import Reader, ask
from toolkit.asking_words import wording
from toolkit.check import check
from toolkit.checklist import checklist
from toolkit.compensation_agreed import contradiction
from toolkit.dossier import Dossier
from toolkit.due import key_dates
from toolkit.due_dates import State
from toolkit.facts import Facts, roles
from toolkit.model import Fact, Field, Finding, Method, Source, Verdict
from toolkit.owed import owed
from toolkit.owed_papers import known_kinds, paper_of
from toolkit.policy_words import base_language, cited, text_of, unfilled, written
from toolkit.template_definition import GROUPS, Rows, Template

_STATES = {Verdict.MET: "met", Verdict.UNMET: "unmet", Verdict.UNSURE: "unsure"}
_NOT_NOW = ("later", "recommended")


@dataclass(frozen=True, slots=True)
class Material:
    """What one letter is written from; `doubts` says of a column of rows why it is not sure.

    `asked` says in whole sentences what to state so that rows left out come in; `stops` what keeps the letter from
    being written at all: rows that are not whole, or that contradict what the letter says beside them.
    """

    facts: Facts
    rows: Rows = field(repr=False)
    doubts: Mapping[str, str]
    asked: tuple[str, ...]
    stops: tuple[str, ...] = ()


def material(known: Dossier, template: Template, today: date, name: str = "") -> Material:
    """Return what the letter *template* (called *name*) of the case *known* is written from, as it stands *today*.

    A detail of the case goes before what its policy says; before both one for letters in that language
    (`policy.housing@de`), and before that one for this letter alone (`signatory.name@l-1-support-letter`). Raises
    InputError for a policy, tier or type of assignment that does not exist, UnknownNameError for a route that does not.
    """
    writing = _Writing(known, template.language, today, worth="value" in template.rows.get("compensation", ()))
    rows: dict[str, tuple[Mapping[str, str], ...]] = {}
    makers: Mapping[str, Callable[[], Iterator[Mapping[str, str]]]] = {
        "family": writing.family,
        "benefits": writing.benefits,
        "compensation": writing.compensation,
        "compensation_notes": writing.compensation_notes,
        "owed": writing.owed,
        "documents": writing.documents,
        "key_dates": writing.key_dates,
    }
    for group in template.rows:
        if group in makers:
            blank = dict.fromkeys(GROUPS[group], "")
            rows[group] = tuple({**blank, **row} for row in makers[group]())
    facts = writing.facts() if any(name.startswith("policy.") for name in template.declared) else known.facts
    if "compensation" in template.rows and "assignment.salary" in template.declared:
        writing.compare(facts)
    facts = _own(facts, template.declared, (base_language(template.language), name))
    return Material(facts, rows, writing.doubts, _once(writing.asked), _once(writing.stops))


def _own(facts: Facts, names: Iterable[str], endings: Iterable[str]) -> Facts:
    """Return *facts* with those that are stated for one of *endings* in place of those for all; the last one wins."""
    own = {
        each: replace(said, name=each)
        for ending in endings
        for each in names
        if ending and (said := facts.get(f"{each}@{ending}")) is not None
    }
    return Facts({**facts, **own}) if own else facts


def _once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))


class _Writing:
    """One case while its letter is put together."""

    def __init__(self, known: Dossier, language: str, today: date, *, worth: bool) -> None:
        self._known = known
        self._language = language
        self._spoken = base_language(language)
        self._today = today
        #: Whether the pay table also says what everything is worth in the home currency.
        self._worth = worth
        self.doubts: dict[str, str] = {}
        self.asked: list[str] = []
        self.stops: list[str] = []

    def facts(self) -> Facts:
        """Return the facts of the case, with what its policy says where the case says nothing itself."""
        rules = policy.of_case(self._known.case)
        if rules is None:
            return self._known.facts
        said = {name: _bound(text) for name, text in policy.facts(rules, self._known.case, self._language).items()}
        self.asked += [*policy.asked(rules, self._known.case), policy.language_gap(rules, self._language)]
        self.asked = [each for each in self.asked if each]
        source = Source("", None, None, Method.COMPUTED)
        further = {name: Fact(name, Field(name, text, 1.0, source)) for name, text in said.items()}
        return Facts({**further, **self._known.facts})

    def family(self) -> Iterator[Mapping[str, str]]:
        """Yield the people who accompany the employee, as the papers and the case say."""
        tree = self._known.facts.plain()
        for person, role in roles(self._known.case).items():
            if person.role == "principal":
                continue
            found = tree.get(role)
            said = {column: found.get(column, "") if isinstance(found, dict) else "" for column in _OF_PEOPLE}
            row = {column: value if isinstance(value, str) else "" for column, value in said.items()}
            for column in _OF_PEOPLE:
                self._doubt(column, self._known.facts.get(f"{role}.{column}"))
            name = f"{row['given_names']} {row['surname']}".strip()
            relationship = write_words.relationship(person.role, self._language)
            yield {**row, "role": person.role, "relationship": relationship, "name": name}

    def _doubt(self, column: str, fact: Fact | None) -> None:
        if fact is None:
            return
        why = "was read but is unsure" if not fact.field.sure else "differs between documents"
        if not fact.field.sure or not fact.settled:
            self.doubts[f"family.{column}"] = why
            if column in ("given_names", "surname"):
                self.doubts["family.name"] = why

    def benefits(self) -> Iterator[Mapping[str, str]]:
        """Yield the clauses of the policy that are known to apply to the case."""
        rules = policy.of_case(self._known.case)
        if rules is None:
            return
        if gap := policy.language_gap(rules, self._language):
            self.asked.append(gap)
            return
        at = policy.standing(rules, self._known.case)
        if any(policy.applies(clause, at) is None for clause in rules.clauses):
            # Half of what the policy grants would read as all of it.
            self.stops += [f"benefits: {each}" for each in at.asked]
        for clause in rules.clauses:
            if not policy.applies(clause, at):
                continue
            own = policy.for_tier(clause, at.tier)
            if unfilled(own, self._spoken, country=at.host):
                self.doubts["benefits.text"] = self.doubts["benefits.limit"] = (
                    f"of {cited(own.number, self._spoken)} leaves an amount open for this case"
                )
            approver = rules.approver(own.approval)
            yield {
                "number": own.number,
                "title": own.title[self._spoken],
                "text": _bound(written(own, self._spoken, country=at.host)),
                "benefit": str(own.benefit),
                "limit": write_words.limits(own, self._language, at.host),
                "approval": "" if approver is None else text_of(approver.who, self._spoken),
            }

    @cached_property
    def _pay(self) -> compensation.Compensation | None:
        """The pay table of the case; None where the case states nothing of one, or it is not whole."""
        case = self._known.case
        if not any(name.startswith(compensation.PREFIX) and said.strip() for name, said in case.details.items()):
            return None
        rules = policy.of_case(case)
        made = compensation.table(case, self._known.facts, rules, on=case.dates.get("start"))
        self.stops += [f"compensation: {each}" for each in made.asked]
        return made if made.complete else None

    def compare(self, facts: Facts) -> None:
        """Stop a letter whose pay table begins with another salary than the one it states."""
        differs = contradiction(self._known.case, facts, self._pay) if self._pay is not None else ""
        if differs:
            self.stops.append(differs)

    def compensation(self) -> Iterator[Mapping[str, str]]:
        """Yield the lines of the pay table, then its totals."""
        if self._pay is None:
            return
        table = compensation.rows(self._pay, self._language)
        for row in table.rows:
            kept = {name: row[name] for name in ("kind", "label", "home", "host", "value", "period")}
            if row["months"]:
                # Without it a year's amount would read as every year's.
                kept["label"] += f" ({row['months']})"
            yield {**kept, "note": row["basis"], "clause": row["clause"] and _bound(cited(row["clause"], self._spoken))}
        for total in (table.totals, table.totals_once):
            if total:
                yield {**{name: total[name] for name in ("label", "home", "host", "value", "period")}, "kind": "total"}

    def compensation_notes(self) -> Iterator[Mapping[str, str]]:
        """Yield the sentences below the pay table: its rates of exchange where it uses them, and what no sum holds."""
        if self._pay is None:
            return
        made = self._pay if self._worth or self._pay.converted else replace(self._pay, rates=())
        yield from ({"text": each} for each in compensation.rows(made, self._language).notes)

    def owed(self) -> Iterator[Mapping[str, str]]:
        """Yield what the employee and the family still owe now, worded as `mobility ask` words it."""
        known, case = self._known, self._known.case
        words = wording(self._spoken)
        items = owed(case, known.facts, known.records, known.documents, checklist(case.route), self._findings())
        reader = Reader("employee", case.people[0])
        message = ask(case, items, reader, words, today=self._today)
        for entry in message.entries:
            if entry.item.level in _NOT_NOW:
                continue
            # What no kind has a noun for is called by what the checklist calls it.
            nouns = words.called(known_kinds(entry.item.wanted), entry.item.wanted.have)
            yield {
                "paper": entry.title if nouns or not entry.english else f"{entry.title} ({entry.english[0]})",
                "person": self._called(entry.item.person),
                "why": " ".join(entry.reasons),
                "must": " ".join(_sentence(must) for must in entry.musts),
                "due": words.day(entry.item.due) if entry.item.due else "",
                "due_date": entry.item.due.isoformat() if entry.item.due else "",
                "begin": entry.item.begin.isoformat() if entry.item.begin else "",
                "by": write_words.provider(str(entry.item.by), self._language),
            }

    def documents(self) -> Iterator[Mapping[str, str]]:
        """Yield the papers the route asks for, here or not, each once a person."""
        route = checklist(self._known.case.route)
        words = wording(self._spoken)
        seen = set[tuple[str, str]]()
        for finding in self._findings():
            requirement = route.requirements.get(finding.requirement)
            rules = requirement.rules if requirement is not None else ()
            wanted = next((found for rule in rules if (found := paper_of(rule)) is not None), None)
            if requirement is None or wanted is None or finding.verdict not in _STATES:
                continue
            nouns = words.called(known_kinds(wanted), wanted.have)
            paper = nouns[0].noun if nouns else finding.label
            if (paper, finding.person) in seen:
                continue
            seen.add((paper, finding.person))
            state = _STATES[finding.verdict]
            yield {
                "paper": f"{paper[:1].upper()}{paper[1:]}",
                "person": self._called(finding.person),
                "status": write_words.status(state, self._language),
                "state": state,
                "by": write_words.provider(requirement.provided_by, self._language),
                "stage": finding.stage,
                "source": finding.legal_source,
            }

    def key_dates(self) -> Iterator[Mapping[str, str]]:
        """Yield the key dates that are known and not dealt with, soonest first."""
        known, case = self._known, self._known.case
        route = checklist(case.route)
        for each in key_dates(case, known.facts, known.records, known.documents, route, self._today):
            if each.on is not None and each.state is not State.DONE:
                yield {
                    "date": each.on.isoformat(),
                    "what": each.label,
                    "acts": each.acts,
                    "begin": each.start_by.isoformat() if each.start_by else "",
                    "source": each.legal_source,
                    "state": each.state.value,
                }

    def _findings(self) -> list[Finding]:
        known, case = self._known, self._known.case
        return check(case, known.facts, known.records, known.documents, checklist(case.route))

    def _called(self, person: str) -> str:
        found = self._known.case.person(person)
        return "" if found is None else found.given_names or found.surname


def _bound(text: str) -> str:
    """Return *text* with the number of a clause kept on the line of its word."""
    return _CLAUSE.sub("\\1\u00a0", text)


_CLAUSE = re.compile(r"(clause|Ziffer|article|cláusula) (?=\d)")
_OF_PEOPLE = ("given_names", "surname", "birth_date", "nationality")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")
