"""Which fact of a case an answer of a returned questionnaire is, and the mark by which one is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from toolkit.questionnaire_words import ASKED, Kind

#: The file inside the PDF that says what it is; `kinds/questionnaire/kind.toml` names it too.
MARK = "mobility-questionnaire.json"
KIND = "questionnaire"
#: Where a record keeps the tag of its mark: among what was rejected, since it is no answer and never a fact.
MADE_FOR = "made_for"


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the mark, nothing of a person: the fields by name with their kinds, and a keyed tag of the case.

    The tag ties the form to its case and person; only the vault that made it can tell which those are.
    """

    version: int
    language: str
    route: str
    tag: str
    kinds: Mapping[str, Kind]


def fact_of(role: str, name: str) -> str:
    """Return the name of the fact that the field *name* of a questionnaire about the person called *role* is.

    `passport.issue_date` is `spouse.passport.issue_date`; the answer to a question of the route stands where
    `mobility case add` would put it: under its key, for others than the principal behind their role.
    """
    if name.startswith(ASKED):
        key = name[len(ASKED) :]
        return key if role == "principal" else f"{role}.{key}"
    return f"{role}.{name}"
