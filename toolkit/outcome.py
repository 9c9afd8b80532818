"""Where submitted files ended, and the sum of them."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model import Document, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one submitted file ended. `name` is shown to the person who submitted it and never logged.

    `document` is empty for a file that could not be read: it was not taken in, and the next run tries again.
    """

    name: str
    state: State
    document: str
    kind: str = ""
    case: str = ""
    reason: str = ""
    next_step: str = ""
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All outcomes of one intake; the counts always add up."""

    outcomes: tuple[Outcome, ...]

    def count(self, state: State) -> int:
        """Return how many files ended in *state*."""
        return sum(outcome.state is state for outcome in self.outcomes)

    def __str__(self) -> str:
        filed, asked, odd = (self.count(s) for s in (State.FILED, State.ASKED, State.QUARANTINED))
        return f"{len(self.outcomes)} in = {filed} filed + {asked} asked + {odd} quarantined"


def outcome_of(document: Document, kind: str, reference: str, *, resumed: bool = False) -> Outcome:
    """Return where *document* ended; *reference* is that of its case, *resumed* that an earlier run filed it."""
    return Outcome(
        document.name, document.state, document.id, kind, reference, document.reason, document.next_step, resumed
    )
