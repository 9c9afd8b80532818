"""What somebody chose to show, out of lists of which one, or one of each of several, is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.model import Field, Verdict
from toolkit.rules.papers import BaseRule
from toolkit.rules.situation import Answer, Situation, record, sentence


class OneOfGroups(BaseRule, frozen=True, tag="one_of_groups"):
    """What is recorded under *key* (ids with commas between) fills one of *choices*: one of each of its lists, no more.

    A choice gives each of its lists (a file of forms/lists) the name to call it by: one of list A, or one of list B and
    one of list C. What stands on none of them answers nothing. More than one choice needs is unsure: it may not be
    asked for. Nothing is proposed either, since whose paper it is chooses. *paper* is what to call it all.
    """

    paper: str
    key: str
    choices: tuple[Mapping[str, str], ...]

    def answer(self, situation: Situation) -> Answer:
        """Look each recorded id up in the lists."""
        fact = situation.fact(self.key)
        told = str(fact.field.value) if fact is not None else ""
        shown = list(dict.fromkeys(each.strip().casefold() for each in told.split(",") if each.strip()))
        if fact is None or not shown:
            step = f"Needs {self.paper}: look at them, then {record(situation.key(self.key))}"
            return Answer(Verdict.UNMET, f"not recorded: {self.paper}", next_step=step, absent=True)
        again = sentence(f"look at them again, and {record(situation.key(self.key))}")
        known = {code for group in self.choices for name in group.values() for code in situation.lists[name]}
        strange = [each for each in shown if each not in known]
        if strange:
            because = f"on none of the lists: {', '.join(strange)}"
            return Answer(Verdict.UNSURE, because, (fact.field,), next_step=f"{again} {self._where()}")
        counts = [
            {called: sum(each in situation.lists[name] for each in shown) for called, name in group.items()}
            for group in self.choices
        ]
        return self._judged(counts, len(shown), fact.field, again)

    def _judged(self, counts: list[dict[str, int]], shown: int, field: Field, again: str) -> Answer:
        full = [group for group in counts if all(group.values())]
        exact = next((group for group in full if sum(group.values()) == shown == len(group)), None)
        if exact is not None:
            return Answer(Verdict.MET, f"shown: {_each(exact)}", (field,))
        wanted = " or ".join(_each(group) for group in counts)
        if full:
            because = f"more is recorded than may be asked for, which is {wanted}"
            return Answer(Verdict.UNSURE, because, (field,), next_step=again)
        begun = [group for group in counts if any(group.values())]
        missing = " or ".join(_each([name for name, number in group.items() if not number]) for group in begun)
        return Answer(Verdict.UNMET, f"missing: {missing}", (field,), next_step=f"Needs {wanted}. {again}")

    def _where(self) -> str:
        files = dict.fromkeys(f"forms/lists/{name}.toml" for group in self.choices for name in group.values())
        return f"The ids stand in {', '.join(files)}."


def _each(names: Iterable[str]) -> str:
    return " and ".join(f"one of {name}" for name in names)
