"""What is done in spite of something: who wants it says why in one line, and the ledger is told before it is done.

The ledger has who and when of every line. Whoever has the vault's folder can read it, so a reason that tells
something personal of the case is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from toolkit.errors import InputError
from toolkit.model import Case, Record
from toolkit.reasons import personal
from vault import Vault

_MOST = 200


class Override(StrEnum):
    """The events that tell the ledger what was overridden."""

    #: A packet was compiled although binding requirements were unmet or unsure (`fact.open`: how many).
    PACKET_INCOMPLETE = "override.packet-incomplete"
    #: A form was filled although its definition does not name that edition (`fact.form`, `fact.blank`: its SHA-256).
    EDITION_UNKNOWN = "override.edition-unknown"
    #: A letter was written with values that were unsure or contradicted (`fact.template`).
    LETTER_UNSURE = "override.letter-unsure"
    #: A letter was written that may be meant for another type of assignment or route (`fact.template`).
    LETTER_OTHER_TYPE = "override.letter-other-type"


@dataclass(frozen=True, slots=True)
class Overridden:
    """One thing that is overridden for one case; *facts* are words that tell nothing of a person."""

    what: Override
    case: Case
    facts: Mapping[str, str] = field(default_factory=dict)


def check_why(why: str, options: Sequence[str]) -> None:
    """Raise InputError unless *why* says in one line why *options* (those that were given) are; without them, no why.

    Whether it tells something personal can be told only of a case: `check_impersonal`.
    """
    if not options:
        if why:
            raise InputError("--why says why something is overridden, and nothing is.", remedy="Leave out --why.")
        return
    if not why.strip():
        raise InputError(
            f"It is not said why you go on all the same ({' and '.join(options)}).",
            remedy='Add --why "counsel asked for the draft". It is kept in the ledger: no names, nothing personal.',
        )
    if not why.isprintable() or len(why) > _MOST:
        raise InputError(
            f"--why has to be one line of at most {_MOST} characters.",
            remedy="Say the reason in short; the whole story belongs in the case's log, which is sealed.",
        )


def check_impersonal(why: str, case: Case, records: Sequence[Record] = ()) -> None:
    """Raise InputError where *why* holds a name, a date of birth or (by *records*) a number of somebody of *case*."""
    if what := personal(why, case, records):
        raise InputError(
            f"--why holds {what} of somebody of case {case.reference}.",
            remedy="The ledger is readable to all who have the vault's folder: say the role (principal, spouse).",
        )


def tell(vault: Vault, overridden: Sequence[Overridden], why: str) -> None:
    """Tell the ledger what is overridden and why, all at once; call it before it is done.

    Raises InputError, and tells nothing, where *why* holds something personal of one of the cases (`check_impersonal`,
    which knows more where it is given the records).
    """
    for each in overridden:
        check_impersonal(why, each.case)
    events = [(e.what.value, {"case": e.case.id, **e.facts, "why": why.strip()}) for e in overridden]
    if events:
        vault.ledger.append_all(events)
