"""What a `template.toml` says, and which rows of text the toolkit gives to templates. Knows no case, no Word file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from toolkit import shipped
from toolkit.definitions import folders
from toolkit.policy_clauses import AssignmentType

#: Rows of text by the name of their group: what loops of templates go over.
Rows: TypeAlias = "Mapping[str, tuple[Mapping[str, str], ...]]"

#: The name of the file in a template's folder.
DEFINITION = "template.toml"
#: The one variable every template has without declaring it: the day the letter is written.
TODAY = "today"

#: The groups of rows and their columns, each with what stands in it.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "family": {
        "role": "spouse, child ...",
        "relationship": "the same in the language of the letter",
        "given_names": "given names",
        "surname": "surname",
        "name": "given names and surname",
        "birth_date": "date of birth",
        "nationality": "code of the nationality",
    },
    "benefits": {
        "number": "number of the clause",
        "title": "title of the clause",
        "text": "text of the clause",
        "benefit": "word of the policy, such as housing",
        "limit": "the limit, in the language of the letter",
        "approval": "who approves",
    },
    "compensation": {
        "kind": "pay, deduction, subtotal, once or total",
        "label": "what the line is",
        "home": "amount paid at home, with its currency",
        "host": "amount paid in the host country, with its currency",
        "value": "what both are worth in the home currency",
        "period": "what the amounts are for, such as per month",
        "clause": "number of the policy's clause",
        "note": "how it was worked out",
    },
    "compensation_notes": {
        "text": "a sentence for below the pay table: a rate of exchange with its day and source, or what no sum holds",
    },
    "owed": {
        "paper": "the paper to send",
        "person": "whose paper it is",
        "why": "why it is asked for",
        "must": "what it has to be like",
        "due": "until when, in words",
        "due_date": "until when",
        "begin": "last day to begin",
        "by": "who provides it, as the employee is told",
    },
    "documents": {
        "paper": "the paper",
        "person": "whose paper it is",
        "status": "whether it is here, in the language of the letter",
        "state": "met, unmet or unsure",
        "by": "who provides it, as the employee is told",
        "stage": "when it is needed",
        "source": "the law that asks for it",
    },
    "key_dates": {
        "date": "the day",
        "what": "what has to be done",
        "acts": "who acts",
        "begin": "last day to begin",
        "source": "the law it comes from",
        "state": "overdue, due soon, open or later",
    },
}
#: Columns that hold English whatever the language of the letter: the words of a law or of a checklist.
ENGLISH_ONLY = frozenset({"key_dates.what"})


class Template(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of `template.toml`. `needs` and `may` name facts, each with a label a person understands.

    A letter is never written without all that it `needs`; what it `may` have is left out, with the words around it,
    when there is none. `rows` names groups of `GROUPS`, each with the columns the Word file uses. It is meant for cases
    of `assignment_types` and `routes` (`*/eu-blue-card` is that of any country) alone; none of one means any.
    """

    title: str
    audience: str
    language: str
    needs: dict[str, str]
    may: dict[str, str] = {}
    rows: dict[str, tuple[str, ...]] = {}
    assignment_types: tuple[AssignmentType, ...] = ()
    routes: tuple[str, ...] = ()

    @property
    def declared(self) -> dict[str, str]:
        """Return what it needs and may have, by name, with the labels."""
        return {**self.needs, **self.may}


def facts_of_templates() -> frozenset[str]:
    """Return the facts that some shipped template uses. Raises DefinitionError."""
    every = folders(shipped.folder("templates"), DEFINITION, Template).values()
    return frozenset(name for each in every for name in (*each.needs, *each.may))
