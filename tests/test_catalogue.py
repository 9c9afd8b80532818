"""The visa catalogue as a whole: no fact is lost, every route can be met, and every rule can be broken and says why."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from catalogue_cases import WHOSE, Draft, applying, mentions, person_id, specimen
from catalogue_mutations import Mutation, mutations

from toolkit.check import NOT_APPLICABLE, check
from toolkit.checklist import _parts, checklist, left_out, routes, stale, stale_lists
from toolkit.facts import resolve
from toolkit.model import Finding, Verdict

ROUTES = routes()
FACTS = Path(__file__).parent.parent.parent / "shared" / "facts" / "visa_rules.yaml"
SECTIONS = ("documents", "key_dates", "salary_thresholds")


def carried() -> Counter[str]:
    """How often each researched fact stands in the catalogue."""
    parts = (
        part
        for made in map(checklist, ROUTES)
        for part in (*made.requirements.values(), *made.dues.values(), *made.knows.values())
    )
    return Counter(fact for part in parts for fact in part.facts)


@cache
def specimens(route: str) -> tuple[Draft, ...]:
    """Cases met throughout in which, together, every requirement of the route applies to everybody it is about."""
    made, found = checklist(route), []
    todo = {(name, role) for name, r in made.requirements.items() for role in WHOSE[r.whose]}
    while todo:
        draft, done = specimen(made, todo)
        assert done, f"{route}: nothing makes these apply: {sorted(todo)}"
        found.append(draft)
        todo -= done
    return tuple(found)


# No silent loss


@pytest.mark.skipif(not FACTS.is_file(), reason="the researched facts are not on this machine (shared/facts)")
def test_every_researched_rule_is_in_the_catalogue_or_left_out_with_its_reason() -> None:
    researched, route = set(), ""
    section = ""
    for line in FACTS.read_text("utf-8").split("\nvisa_types:", 1)[1].split("\nremoved:")[0].splitlines():
        # The file is YAML; its ids are all that is needed, and the toolkit has no YAML reader on purpose.
        if line.startswith("  - id: "):
            route = line.removeprefix("  - id: ").strip()
        elif line.startswith("    ") and line[4:5].isalpha() and line.rstrip().endswith(":"):
            section = line.strip().rstrip(":")
        elif line.startswith("    ") and line[4:5].isalpha():
            section = ""
        elif line.startswith("      - id: ") and section in SECTIONS:
            researched.add("/".join((route, section, line.removeprefix("      - id: ").strip(" '"))))
    assert len(researched) == 801
    known = set(carried())
    assert sorted(researched - known - set(left_out())) == []
    assert sorted((known | set(left_out())) - researched) == []
    assert all(len(reason) > 20 for reason in left_out().values())


def test_nothing_is_both_carried_and_left_out() -> None:
    assert not set(carried()) & set(left_out())


# Looked at in time


def test_no_part_of_the_catalogue_has_gone_unchecked_for_a_year_and_no_threshold_has_run_out() -> None:
    """Fails on the day it is due: compare the parts it names with their sources, then set `checked`."""
    today = date.today()
    assert [found for route in ROUTES for found in stale(route, today)] + list(stale_lists(today)) == []


def test_what_is_stale_is_named_with_file_place_and_remedy() -> None:
    found = list(stale("de/eu-blue-card", date(2028, 1, 1)))
    assert any(
        line.startswith("forms/de/eu-blue-card.toml: passport: last checked on 2026-11-23; comp") for line in found
    )
    run_out = "no threshold for standard is in force on 2028-01-01; add the new one"
    assert f"forms/de/eu-blue-card.toml: require.salary: {run_out}" in found
    assert any(line.startswith("forms/lists/us-visa-bond.toml: last checked") for line in stale_lists(date(2028, 1, 1)))
    assert not list(stale("de/eu-blue-card", date(2026, 11, 24)))
    ahead = "forms/de/eu-blue-card.toml: passport: checked is 2026-11-23, which has not come yet; set the day"
    assert any(line.startswith(ahead) for line in stale("de/eu-blue-card", date(2026, 11, 22)))


# Every route can be met


@pytest.mark.parametrize("route", ROUTES)
def test_a_complete_case_is_met_throughout_and_says_what_does_not_apply(route: str) -> None:
    for draft in specimens(route):
        case, documents, records = draft.parts()
        facts = resolve(case, records, documents)
        everything = check(case, facts, records, documents, draft.checklist, everything=True)
        outside = [f for f in everything if f.level == NOT_APPLICABLE]
        inside = [f for f in everything if f.level != NOT_APPLICABLE]
        assert inside == draft.findings()
        assert [(f.requirement, f.because) for f in inside if f.verdict is not Verdict.MET] == []
        assert len(everything) == sum(1 for _ in applying(draft))
        for finding in outside:
            assert finding.verdict == "NOT APPLICABLE"
            assert finding.because, finding.requirement
            assert not finding.next_step


# Every rule can be broken


def keyed(findings: list[Finding]) -> dict[tuple[str, str], Finding]:
    return {(f.requirement, f.person): f for f in findings}


def changed(before: dict[tuple[str, str], Finding], after: dict[tuple[str, str], Finding]) -> set[tuple[str, str]]:
    names = before.keys() | after.keys()
    return {n for n in names if n not in before or n not in after or before[n].verdict is not after[n].verdict}


def judged(draft: Draft, mutation: Mutation, name: str, role: str, before: dict[tuple[str, str], Finding]) -> str:
    """Return what is wrong with how a mutation was judged, or an empty text."""
    after, target = keyed(mutation.draft.findings()), (name, person_id(draft, role))
    if target not in after:
        return "the requirement no longer applies"
    finding = after[target]
    if finding.verdict is not mutation.verdict:
        return f"{finding.verdict}, not {mutation.verdict}: {finding.because}"
    if mutation.says not in finding.because:
        return f"does not say '{mutation.says}': {finding.because}"
    if not finding.next_step:
        return "no next step"
    others = changed(before, after) - {target}
    strangers = {n for n, _ in others if not mentions(draft.checklist.requirements[n]) & mutation.touched}
    return f"{sorted(strangers)} changed as well" if strangers else ""


@pytest.mark.parametrize("route", ROUTES)
def test_every_rule_of_every_requirement_can_be_broken_and_says_why(route: str) -> None:
    wrong, covered = [], set()
    wanted = {(n, i) for n, r in checklist(route).requirements.items() for i in range(len(r.rules))}
    for draft in specimens(route):
        before = keyed(draft.findings())
        for name, requirement, role in applying(draft):
            for number, rule in enumerate(requirement.rules):
                if (name, number) in covered or (name, person_id(draft, role)) not in before:
                    continue
                for mutation in mutations(draft, rule, role):
                    covered.add((name, number))
                    said = judged(draft, mutation, name, role, before)
                    if said:
                        wrong.append(f"{name} rule {number + 1} ({type(rule).__name__}, {mutation.what}): {said}")
    assert wrong == []
    assert sorted(wanted - covered) == [], "rules without a mutation"


# A person's word is enough, where a person may vouch


@pytest.mark.parametrize("route", ROUTES)
def test_who_holds_the_papers_in_hand_can_say_so_and_what_stands_on_them(route: str) -> None:
    for draft in specimens(route):
        told = draft.copy()
        told.papers = {key: fields for key, fields in draft.papers.items() if key[1] in ("passport", "identity-card")}
        for _, requirement, role in applying(draft):
            for part in _parts(requirement.rules):
                have = getattr(part, "have", "")
                if have:
                    told.put(have, role, "yes")
        for (role, kind, sub), fields in draft.papers.items():
            for name, value in fields.items() if kind not in ("passport", "identity-card") else ():
                paper = f"{sub}_contract" if kind == "contract" else kind.replace("-", "_")
                told.answers[f"{role}.{paper}.{name}"] = value
        findings = told.findings()
        assert [(f.requirement, f.because) for f in findings if f.verdict is not Verdict.MET] == []
