"""One thing broken in a complete case: for each class of rule, what real files get wrong, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from catalogue_cases import DAY, NAMES, Draft, Unsolved, day, settle

from toolkit.fields.terms import Term
from toolkit.model import Verdict
from toolkit.rules import Holds, OneOf, Rule
from toolkit.rules.abroad import Legalised
from toolkit.rules.amounts import AmountAtLeast, AtLeast, CountAtLeast, Held, LanguageLevel
from toolkit.rules.chosen import OneOfGroups
from toolkit.rules.conditions import Aged, NationalityIn, Not
from toolkit.rules.consistency import Consistent
from toolkit.rules.dates import Lasts, OnTime, Served, ValidBeyond, Within
from toolkit.rules.papers import Agrees, Answered, AtHand, Couple, Present, Signed, Single, Translated

UNMET, UNSURE = Verdict.UNMET, Verdict.UNSURE
SOMEBODY = "Hannelore Quast"


@dataclass
class Mutation:
    """The broken case, which names it touched, the verdict due, and a word of the reason."""

    what: str
    draft: Draft
    touched: set[str]
    verdict: Verdict
    says: str


def mutations(draft: Draft, rule: Rule, role: str) -> Iterator[Mutation]:
    """Yield at least one mutation of every class of rule."""
    match rule:
        case Present() | AtHand():
            yield from _papers(draft, rule, role)
        case Answered() | Translated() | Legalised() | CountAtLeast() | LanguageLevel():
            yield _answers(draft, rule, role)
        case OneOfGroups():
            yield from _choices(draft, rule, role)
        case OnTime():
            yield _late(draft, rule, role)
        case ValidBeyond() | Within() | Lasts() | Served():
            yield from _times(draft, rule, role)
        case AtLeast() | Held() | AmountAtLeast():
            yield from _sums(draft, rule, role)
        case Signed() | Single() | Agrees() | Couple():
            yield from _persons(draft, rule, role)
        case Consistent():
            yield _differing(draft, rule, role)
        case OneOf():
            yield from _alternatives(draft, rule, role)
        case Holds():
            yield from _demanded(draft, rule, role)


def _papers(draft: Draft, rule: Present | AtHand, role: str) -> Iterator[Mutation]:
    gone = draft.copy()
    touched = {rule.have}
    gone.answers.pop(gone.key(rule.have, role), None)
    gone.answers.pop(rule.have if role == "principal" else f"{role}.{rule.have}", None)
    if isinstance(rule, AtHand):
        filed = any(kind in rule.kinds and (rule.shared or who == role) for who, kind, _ in gone.papers)
        yield Mutation("not at hand", gone, touched, UNSURE if filed else UNMET, "may be" if filed else "not on file")
        if filed:
            return
        told = draft.copy()
        told.put(rule.have, role, "perhaps")
        yield Mutation("neither yes nor no", told, touched, UNSURE, "neither yes nor no")
        return
    touched |= set(rule.kinds)
    gone.without(role, rule.kinds, shared=rule.shared)
    yield Mutation("removed", gone, touched, UNMET, "not on file")
    if rule.named:
        wrong = draft.copy()
        for (who, kind, _), fields in wrong.papers.items():
            if who == role and kind in rule.kinds:
                fields["holder"] = SOMEBODY
        yield Mutation("wrong name", wrong, touched | {"full_name"}, UNSURE, "another name")
    if rule.forms:
        other = gone.copy()
        other.file(role, rule.kinds[0], "Z-999")
        yield Mutation("another form", other, touched, UNMET, "not on file")


def _answers(draft: Draft, rule: Rule, role: str) -> Mutation:
    made = draft.copy()
    match rule:
        case Answered():
            others = [a for a in draft.checklist.asks[rule.key].answers if a not in rule.any_of]
            made.put(rule.key, role, others[0])
            return Mutation("other answer", made, {rule.key}, UNMET, f"Answered: {others[0]}")
        case Translated():
            made.put(rule.key, role, "no")
            return Mutation("untranslated", made, {rule.key}, UNMET, "Answered: no")
        case Legalised():
            made.put(rule.key, role, "no")
            return Mutation("not legalised", made, {rule.key, rule.issued_in}, UNMET, "needs a")
        case CountAtLeast():
            made.put(rule.key, role, str(rule.minimum - 1))
            return Mutation("too few", made, {rule.key}, UNMET, f"at least {rule.minimum} needed")
        case LanguageLevel():
            made.put(rule.key, role, "A1")
            return Mutation("level too low", made, {rule.key}, UNMET, "level A1")
    raise AssertionError(rule)


def _choices(draft: Draft, rule: OneOfGroups, role: str) -> Iterator[Mutation]:
    chosen = draft.get(rule.key, role)
    lists = draft.checklist.lists
    others = sorted({c for choice in rule.choices for name in choice.values() for c in lists[name]} - {chosen})
    cases = [
        ("nothing shown", "", UNMET, "not recorded"),
        ("on no list", "library-card", UNSURE, "on none of the lists"),
    ]
    if others:
        cases.append(("more than may be asked for", f"{chosen}, {others[0]}", UNSURE, "more is recorded"))
    for choice in rule.choices if draft.key(rule.key, role) else ():
        if len(choice) > 1:
            first, *rest = choice.items()
            told = f"missing: one of {rest[0][0]}"
            cases.append(("half a choice", min(lists[first[1]]), UNMET, told))
    for what, told, verdict, says in cases:
        made = draft.copy()
        made.put(rule.key, role, told)
        yield Mutation(what, made, {rule.key}, verdict, says)


def _late(draft: Draft, rule: OnTime, role: str) -> Mutation:
    made, anchor = draft.copy(), day(draft, rule.anchor, role)
    assert anchor is not None
    made.put(rule.field, role, (anchor + timedelta(2 * rule.working_days + 1)).isoformat())
    return Mutation("too late", made, _names(rule.field), UNMET, "is later than")


def _times(draft: Draft, rule: ValidBeyond | Within | Lasts | Served, role: str) -> Iterator[Mutation]:
    made = draft.copy()
    if isinstance(rule, ValidBeyond):
        anchor = day(draft, rule.anchor, role)
        assert anchor is not None
        months = rule.reduced_months if rule.reduced_for else rule.months
        made.put(rule.field, role, (Term(months, 0 if rule.reduced_for else rule.days).after(anchor) - DAY).isoformat())
        yield Mutation("expires a day early", made, _names(rule.field), UNMET, "does not reach")
        return
    if isinstance(rule, Within):
        term = Term(12 * rule.years + rule.months, 7 * rule.weeks + rule.days)
        earlier, later = day(draft, rule.earlier, role), day(draft, rule.later, role)
        assert earlier is not None
        assert later is not None
        if rule.earlier.startswith("case."):
            made.put(rule.later, role, (term.after(earlier) + 5 * DAY).isoformat())
            yield Mutation("too late", made, _names(rule.later), UNMET, "more than")
            return
        made.put(rule.earlier, role, (term.before(later) - 5 * DAY).isoformat())
        yield Mutation("too old", made, _names(rule.earlier), UNMET, "more than")
        turned = draft.copy()
        turned.put(rule.earlier, role, (later + DAY).isoformat())
        yield Mutation("wrong way round", turned, _names(rule.earlier), UNMET, "wrong way round")
        return
    first, last = day(draft, rule.first, role), day(draft, rule.last, role)
    assert first is not None
    assert last is not None
    if isinstance(rule, Lasts) and rule.at_most:
        made.put(rule.last, role, (Term(rule.months, rule.days).after(first) + DAY).isoformat())
        yield Mutation("too long", made, _names(rule.last), UNMET, "not at most")
    elif isinstance(rule, Lasts):
        made.put(rule.first, role, (Term(rule.months, rule.days).before(last) + 3 * DAY).isoformat())
        yield Mutation("too short", made, _names(rule.first), UNMET, "not at least")
    else:
        made.put(rule.first, role, (Term(rule.months).before(last) + 3 * DAY).isoformat())
        yield Mutation("served too short", made, _names(rule.first), UNMET, "do not hold")


def _sums(draft: Draft, rule: AtLeast | Held | AmountAtLeast, role: str) -> Iterator[Mutation]:
    made = draft.copy()
    if isinstance(rule, AmountAtLeast):
        made.put(rule.field, role, str(rule.minimum - 1))
        yield Mutation("too little", made, _names(rule.field), UNMET, "needed")
    elif isinstance(rule, Held):
        made.put(f"{rule.prefix}_lowest_balance", role, str(rule.amount - Decimal("0.01")))
        yield Mutation("balance a cent short", made, {f"{rule.prefix}_lowest_balance"}, UNMET, "is below")
        anchor = day(draft, rule.anchor, role)
        assert anchor is not None
        old = draft.copy()
        for part, days in (("until", rule.before_days + 1), ("from", rule.before_days + rule.days + 9)):
            old.put(f"{rule.prefix}_{part}", role, (anchor - timedelta(days)).isoformat())
        yield Mutation("balance too old", old, {f"{rule.prefix}_until", f"{rule.prefix}_from"}, UNMET, "not within")
        short = draft.copy()
        short.put(f"{rule.prefix}_from", role, (anchor - timedelta(5 + rule.days - 2)).isoformat())
        yield Mutation("held a day short", short, {f"{rule.prefix}_from"}, UNMET, f"{rule.days - 1} of {rule.days}")
    else:
        on = day(draft, rule.on, role)
        assert on is not None
        group = draft.get(rule.group, role)
        steps = [s for s in rule.steps if s.first_day <= on and (s.last_day is None or on <= s.last_day)]
        limit = min(step.yearly for step in steps if group in step.groups)
        made.put("employment_contract.salary", role, str(limit - Decimal("0.01")))
        yield Mutation("pay a cent short", made, {"contract"}, UNMET, "is below")
        if rule.on.startswith("case."):
            return
        past = draft.copy()
        past.put(rule.on, role, (min(s.first_day for s in rule.steps) - DAY).isoformat())
        yield Mutation("no threshold that day", past, {rule.on}, UNSURE, "no threshold is known")


def _persons(draft: Draft, rule: Rule, role: str) -> Iterator[Mutation]:
    made = draft.copy()
    match rule:
        case Signed():
            made.put(f"{rule.paper}.signed", role, "no")
            yield Mutation("unsigned", made, {"contract", rule.paper}, UNMET, "not signed")
        case Single():
            made.file(role, f"{rule.kind}#2").update(document_number="OTHER99", **_same(draft, role))
            yield Mutation("two valid passports", made, {"passport"}, UNSURE, "different numbers")
        case Agrees():
            made.file(role, "identity-card").update({"birth_date": "1971-01-01", "document_number": "C1"})
            made.papers[(role, "identity-card", "")].pop("holder")
            yield Mutation("papers disagree", made, {"identity-card"}, UNSURE, "differs")
        case Couple():
            made.answers.pop(made.key(rule.have, role), None)
            made.answers.pop(f"{role}.{rule.have}", None)
            for (_, kind, _), fields in made.papers.items():
                if kind == "marriage-certificate":
                    fields["spouse_2"] = SOMEBODY
            yield Mutation("somebody else's marriage", made, {"marriage-certificate", "full_name"}, UNSURE, "for sure")


def _differing(draft: Draft, rule: Consistent, role: str) -> Mutation:
    made, touched = draft.copy(), set[str]()
    values = ("52000", "48000") if rule.compare == "pay" else ("Utopia Steel", "Erewhon Ships")
    for name, value in zip(rule.fields[:2], values, strict=True):
        if not (name.startswith("passport.") and made.get(name, role)):
            made.put(name, role, value)
            touched |= _names(name)
        if rule.compare == "pay":
            made.put(f"{name}_period", role, "year")
            made.put(f"{name}_currency", role, "EUR")
    return Mutation("two papers differ", made, touched, UNSURE, f"{rule.what} differs")


def _same(draft: Draft, role: str) -> dict[str, str]:
    given, surname = NAMES[role]
    return {
        "surname": surname,
        "given_names": given,
        "birth_date": draft.born[role].isoformat(),
        "nationality": draft.country(role),
        "expiry_date": "2044-01-01",
        "issue_date": "2024-01-10",
    }


def _alternatives(draft: Draft, rule: OneOf, role: str) -> Iterator[Mutation]:
    """Break every alternative that is met; those that were not stay as they were."""
    broken, touched = draft, set[str]()
    for each in rule.of:
        if each.answer(broken.situation(role)).verdict is Verdict.MET:
            first = next(mutations(broken, each, role))
            broken, touched = first.draft, touched | first.touched
    found = rule.answer(broken.situation(role)).verdict
    says = "none of the alternatives" if found is UNMET else ""
    yield Mutation("no alternative left", broken, touched, found if found is not Verdict.MET else UNMET, says)


def _demanded(draft: Draft, rule: Holds, role: str) -> Iterator[Mutation]:
    made, inner = draft.copy(), rule.that.of if isinstance(rule.that, Not) else rule.that
    holds = isinstance(rule.that, Not)
    if isinstance(inner, Aged):
        on = day(draft, inner.on, role)
        assert on is not None
        made.born[role] = Term(12 * inner.years).before(on) + (-DAY if holds else DAY)
        touched = {"passport", "birth_date"}
    elif isinstance(inner, NationalityIn):
        made.wanted[role] = [(frozenset(inner.codes) | draft.checklist.lists.get(inner.list, frozenset()), holds)]
        made.nationality.pop(role)
        touched = {"passport"}
    elif (on := getattr(inner, "on", "")) and not on.startswith("case."):
        made.put(on, role, (inner.day + 30 * DAY).isoformat())  # type: ignore[union-attr]
        touched = {on}
    else:
        try:
            made = settle(draft, rule.that, role, wanted=False)
        except Unsolved:
            return
        touched = set()
    yield Mutation("demand not so", made, touched, UNMET, "not so")


def _names(name: str) -> set[str]:
    """Return what a requirement can call a date: itself, and the kind of the paper it stands on."""
    paper = name.rpartition(".")[0]
    kind = "contract" if paper.endswith("_contract") else paper.replace("_", "-")
    return {name} | ({kind} if paper and paper != "case" else set()) | ({"case.start", "case.end"} & {name})
