"""Keeps names and numbers of a case's people out of reasons, which stand in the ledger in clear and for ever.

What the vault cannot read with the officer's keys it cannot know: then nothing is refused, and the help says what is
asked of whoever gives a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from toolkit.catalog import Catalog, lookup
from toolkit.errors import InputError, UnknownNameError
from toolkit.model import Case, Record
from vault import NotGrantedError

_REMEDY = "Say it without names, numbers and dates of birth: it stands in the ledger, readable to all and for ever."
#: Shorter words and numbers are met in any sentence.
_LEAST_NAME, _LEAST_NUMBER = 3, 5
_WORDS = re.compile(r"\w+")
_DAY = re.compile(r"[\d./-]+\d")


def check_impersonal(catalog: Catalog, case: str, said: str) -> None:
    """Raise InputError where *said* holds a name, a document's number or a date of birth of somebody of the case.

    *case* is its id. Opens the case, as far as the officer can.
    """
    if not said.strip():
        return
    try:
        known = catalog.case(case)
        records = catalog.records(known.id)
    except (NotGrantedError, UnknownNameError):
        return  # nobody's, like the inbox, or shut
    if what := personal(said, known, records):
        raise InputError(f"What is given as a reason holds {what} of somebody of the case.", remedy=_REMEDY)


def personal(said: str, case: Case, records: Sequence[Record] = ()) -> str:
    """Return in words what *said* tells of somebody of the case ("a name"), or nothing."""
    return next(_found(said, case, records), "")


def _found(said: str, case: Case, records: Sequence[Record]) -> Iterator[str]:
    spoken = _WORDS.findall(said)
    words, capitals = _forms(spoken), _forms(word for word in spoken if word[:1].isupper())
    for person in case.people:
        surname, given = (_forms(_long(name)) for name in (person.surname, person.given_names))
        # A given name may be a word of the sentence ("will"): there it has no capital letter.
        if surname & words or given & capitals:
            yield "a name"
        if person.birth_date and _days(str(person.birth_date)) & set(_DAY.findall(said)):
            yield "the date of birth"
    joined = "".join(lookup.forms(lookup.NUMBER, said))
    for number in (form for record in records for what, form in lookup.of_record(record) if what == lookup.NUMBER):
        if len(number) >= _LEAST_NUMBER and any(map(str.isdigit, number)) and number in joined:
            yield "a number"


def _long(name: str) -> list[str]:
    return [word for word in _WORDS.findall(name) if len(word) >= _LEAST_NAME]


def _forms(words: Iterable[str]) -> set[str]:
    return {form for word in words for form in lookup.forms(lookup.NAME, word)}


def _days(text: str) -> set[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return set()
    return {day.strftime(form) for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d")}
