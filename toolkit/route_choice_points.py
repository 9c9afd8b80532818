"""What a route can ask of a planned move: a closed, typed set of tests, each schema and behaviour at once. Pure.

No test defaults anything. What nobody said is ASKED; a nationality is never taken from the country somebody moves from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeAlias

import msgspec

from toolkit.fields import country
from toolkit.fields.terms import months_later
from toolkit.route_choice_plan import Judged, Plan, asked, met, unmet, unsure

#: The key of the question whether the entity in the host country employs the person.
HOST_CONTRACT = "host_contract"
Lists: TypeAlias = Mapping[str, frozenset[str]]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class _Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is"):
    """A test names itself by `is` in the file."""


class NationalityIn(_Test, frozen=True, tag="nationality_in"):
    """One of the person's nationalities is in *list* or among *codes* (ISO alpha-3): the passport to apply with."""

    list: str = ""
    codes: tuple[str, ...] = ()

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Look every nationality up."""
        if not plan.nationalities:
            return asked("Which nationalities has the person? (--nationality)")
        hit = _hits(plan, self.list, self.codes, lists)
        if hit:
            return met(f"open to nationals of {_names(hit)}")
        whom = f"only to nationals of {_names(self.codes)}" if self.codes else f"only to nationalities of {self.list}"
        return unmet(f"open {whom}")


class NationalityNotIn(_Test, frozen=True, tag="nationality_not_in"):
    """None of the person's nationalities is in *list* or among *codes*, from the planned day *since* on.

    `any_counts`: one listed nationality decides (a citizen of the EU needs no permit, whatever else they are). Else a
    person with one that is not listed may travel on that, which has to be looked at. `but` names what lets a listed
    nationality through all the same: then it is unsure.
    """

    because: Text
    list: str = ""
    codes: tuple[str, ...] = ()
    since: date | None = None
    any_counts: bool = False
    but: str = ""

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Look every nationality up."""
        if not plan.nationalities:
            return asked("Which nationalities has the person? (--nationality)")
        hit = _hits(plan, self.list, self.codes, lists)
        if not hit:
            return met("the nationality is not among those it concerns")
        said = f"{self.because} ({_names(hit)})"
        days = plan.filed()
        if self.since is not None:
            if days is None:
                return unsure(f"{said}, from {self.since} on; no date is planned")
            if days[1] < self.since:
                return met(f"before {self.since} it does not hold")
            if days[0] < self.since:
                return unsure(f"{said}, from {self.since} on; no filing date is planned")
        if not self.any_counts and len(hit) < len(plan.nationalities):
            return unsure(f"{said}; another nationality is not concerned")
        return unsure(f"{said}, but for {self.but}") if self.but else unmet(said)


class OriginNotIn(_Test, frozen=True, tag="origin_not_in"):
    """The country the person is sent from is not in *list*, nor is it the destination."""

    because: Text
    list: str = ""

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Look the country up."""
        if plan.origin == plan.destination:
            return unmet("the move does not cross a border")
        if plan.origin in lists.get(self.list, frozenset()):
            return unmet(f"{self.because} ({country.name(plan.origin)})")
        return met(f"sent from {country.name(plan.origin)}")


class Degree(_Test, frozen=True, tag="degree"):
    """The person has a university degree, or what the question *instead* asks for in its place."""

    instead: str = ""
    key: str = ""

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Take the degree that was stated; that it fits the job is another point."""
        if plan.degree:
            return met("a degree is stated; whether it fits the job and is recognised is looked at with the papers")
        if plan.degree is None and not (self.key and plan.answer(self.key) == "yes"):
            return asked("Has the person a university degree? (--degree)")
        if self.instead:
            return _answered(plan, self.key, self.instead, "yes")
        return unmet("no degree")


class Employed(_Test, frozen=True, tag="employed"):
    """The person has worked for the group abroad for *months* in a row on the planned day.

    `on`: filing, or start. `earlier`: work for the group before the present one counts too, so that a short present
    employment does not decide. `pay` in `currency` a year waives it.
    """

    months: Count
    on: str = "filing"
    earlier: str = ""
    pay: Annotated[int, msgspec.Meta(ge=0)] = 0
    currency: str = ""

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Count from the day the employment began."""
        if self.pay and plan.pay is not None and plan.pay.currency == self.currency and plan.pay.yearly >= self.pay:
            return met(f"not needed from {self.pay} {self.currency} a year on")
        if plan.employed_since is None:
            return asked("Since when has the group employed the person? (--employed-since)")
        served = months_later(plan.employed_since, self.months)
        days = (plan.start, plan.start) if self.on == "start" and plan.start is not None else plan.filed()
        if self.on == "start" and plan.start is None:
            days = None
        if days is None:
            return unsure(f"{self.months} months are full on {served}; no date is planned")
        first, last = days
        if served <= first:
            return met(f"{self.months} months are full on {served}")
        if served <= last:
            return unsure(f"{self.months} months are full on {served}: not to be filed before")
        said = f"{self.months} months are full on {served} only, after the planned {last}"
        return unsure(f"{said}; {self.earlier}") if self.earlier else unmet(said)


class Asked(_Test, frozen=True, tag="asked"):
    """A question to the specialist, whose answer has to be *wants*."""

    key: Text
    question: Text
    wants: str = "yes"

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Take the answer."""
        return _answered(plan, self.key, self.question, self.wants)


class HostContract(_Test, frozen=True, tag="host_contract"):
    """The entity in the host country employs the person: so for a local hire, asked for an assignment."""

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Take the purpose, or the answer."""
        if plan.purpose == "local-hire":
            return met("hired by the entity in the host country")
        return _answered(
            plan,
            "host_contract",
            "Will the entity in the host country make an employment contract or job offer?",
            "yes",
        )


class Lasting(_Test, frozen=True, tag="lasting"):
    """The planned stay has at least *months*, or more than *over_days* days."""

    months: int = 0
    over_days: int = 0

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Compare the plan."""
        days = plan.days()
        if plan.months is None or days is None:
            return asked("How many months is the stay planned for? (--months)")
        if self.months:
            holds = plan.months >= self.months
            said = f"{plan.months} months planned, {self.months} at least"
            return met(said) if holds else unmet(said)
        low, high = days
        said = f"{low if low == high else f'{low} to {high}'} days planned, more than {self.over_days} needed"
        if low > self.over_days:
            return met(said)
        return unmet(said) if high <= self.over_days else unsure(said)


class Aged(_Test, frozen=True, tag="aged"):
    """The person is at least *years* old on the day of filing."""

    years: Count

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Count birthdays."""
        if plan.birth_date is None:
            return _answered(plan, f"aged_{self.years}", f"Is the person {self.years} or over when filing?", "yes")
        birthday, days = months_later(plan.birth_date, 12 * self.years), plan.filed()
        if days is None:
            return met("of age") if birthday <= plan.today else unsure("no date is planned")
        if birthday <= days[0]:
            return met(f"{self.years} or over")
        return unsure(f"{self.years} only before the start") if birthday <= days[1] else unmet(f"under {self.years}")


class Accompanies(_Test, frozen=True, tag="accompanies"):
    """Somebody of the family comes along, as one of *roles*."""

    roles: tuple[str, ...] = ("spouse", "partner", "child")

    def judge(self, plan: Plan, lists: Lists) -> Judged:
        """Look at who was named."""
        if not plan.dependants:
            return asked("Who of the family comes along? (--dependants)")
        fit = [role for role in plan.dependants if role in self.roles]
        if len(fit) == len(plan.dependants):
            return met(f"for {', '.join(dict.fromkeys(fit))}")
        others = ", ".join(dict.fromkeys(role for role in plan.dependants if role not in self.roles))
        return unsure(f"not for {others}") if fit else unmet(f"not for {others}")


Test: TypeAlias = (
    NationalityIn
    | NationalityNotIn
    | OriginNotIn
    | Degree
    | Employed
    | Asked
    | HostContract
    | Lasting
    | Aged
    | Accompanies
)


class Length(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another longest stay, *months*, where *question* (answered under *key*) is answered yes.

    `final`: there is no extension beyond it.
    """

    months: Count
    key: Text
    question: Text
    final: bool = True


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a route lets somebody stay. What the research does not carry is 0: then nothing is said of it.

    `first_months` is the longest first grant, `total_months` the longest stay with extensions, `window_days` of which
    `days` may be spent there (short stays). `unlimited`: extensions have no end by law. `shorter` and `longer` are what
    holds for some (trainees, high earners); which it is, is asked only where it decides.
    """

    first_months: int = 0
    total_months: int = 0
    unlimited: bool = False
    days: int = 0
    window_days: int = 0
    as_principal: bool = False
    shorter: tuple[Length, ...] = ()
    longer: tuple[Length, ...] = ()

    def judge(self, plan: Plan) -> Judged:
        """Compare with the planned length; time already spent in the country is not known, and not counted."""
        if self.as_principal:
            return unsure("as long as the principal's permission")
        length = plan.days()
        if plan.months is None or length is None:
            return asked("How many months is the stay planned for? (--months)")
        if self.days:
            return self._short(length)
        for each in self.shorter:
            if plan.months > each.months and not (self._too_long(plan) and not self.longer):
                answer = plan.answer(each.key)
                if answer not in ("yes", "no"):
                    return asked(each.question, each.key)
                if answer == "yes":
                    said = f"{plan.months} months planned, {each.months}"
                    return unmet(f"{said} are the most") if each.final else unsure(f"{said} granted first")
        for each in self.longer:
            if self._too_long(plan) and plan.months <= each.months and plan.answer(each.key) != "no":
                if plan.answer(each.key) == "yes":
                    return unsure(f"{plan.months} months planned, {each.months} are the most: needs an extension")
                return asked(each.question, each.key)
        return self._long(plan.months)

    def _too_long(self, plan: Plan) -> bool:
        return plan.months is not None and bool(self.total_months) and plan.months > self.total_months

    def _long(self, planned: int) -> Judged:
        first, total = self.first_months, self.total_months
        if total and planned > total:
            return unmet(f"{planned} months planned, {total} are the most")
        if first and planned <= first:
            return met(f"{planned} months planned, {first} can be granted at once")
        if total and not first:
            return met(f"{planned} months planned, {total} are the most")
        if total or self.unlimited:
            more = f" up to {total} months" if total else ""
            return unsure(f"{planned} months planned, {first} granted first: needs an extension{more}")
        if first:
            return unsure(f"{planned} months planned, {first} granted first; the facts say nothing of more")
        return unsure("the facts carry no longest stay")

    def _short(self, length: tuple[int, int]) -> Judged:
        low, high = length
        window = f" in any {self.window_days}" if self.window_days else ""
        said = f"{low if low == high else f'{low} to {high}'} days planned, {self.days} allowed{window}"
        if high <= self.days:
            return met(f"{said}, earlier visits not counted")
        return unmet(said) if low > self.days else unsure(said)


def _hits(plan: Plan, name: str, codes: tuple[str, ...], lists: Lists) -> tuple[str, ...]:
    members = frozenset(codes) | lists.get(name, frozenset())
    return tuple(code for code in plan.nationalities if code in members)


def _names(codes: tuple[str, ...]) -> str:
    return ", ".join(country.name(code) for code in codes)


def _answered(plan: Plan, key: str, question: str, wants: str) -> Judged:
    answer = plan.answer(key)
    if answer not in ("yes", "no"):
        return asked(question, key)
    return met(f"answered: {answer}") if answer == wants else unmet(f"answered: {answer}; {question}")
