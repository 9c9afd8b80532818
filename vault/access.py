"""Who can read this? The whole answer: what each role holds a key to, and who holds the key of a case.

A role is not a flag that a program looks at: it says which secrets have been wrapped to the officer's public key. What
is not wrapped to her she cannot open, with whatever program (docs/decisions/0014-roles-by-key.md). Rights to *sign* are
different: anybody can write bytes, so the readers refuse what was signed by a key whose officer may not sign it.

The key of a case is wrapped to: the leads · the officers the case is granted to · the recovery key, where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from vault.errors import NotGrantedError


class Role(StrEnum):
    """What an officer of the vault is there for. A role never changes: she is removed, and added anew."""

    LEAD = "lead"
    SPECIALIST = "specialist"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTAKE = "intake"
    COUNSEL = "counsel"


class Right(StrEnum):
    """What a role may do; the words complete "may ..."."""

    OPEN_EVERY_CASE = "open every case"
    OPEN_GRANTED_CASES = "open the cases granted"
    START_CASES = "start a case"
    #: Holds the key of the keyed hashes by which names, numbers and contents are found.
    FIND = "find by name, number or content"
    #: Holds the key of the sums that notice rows removed or put back.
    CHECK_SUMS = "check the sums of the catalogue"
    SIGN_ROWS = "write rows of the catalogue"
    SIGN_LEDGER = "write lines of the ledger"
    APPOINT = "add and remove officers, grant and revoke cases, hold cases"
    #: Every case that is started is wrapped to every lead, and to the recovery key, at once.
    APPOINT_LEADS = "appoint a lead or set recovery up"
    FORGET = "erase a case"
    ROTATE = "make new keys"
    SEAL = "seal papers to a case"


_EVERYBODY = frozenset({Right.SIGN_LEDGER, Right.SEAL})
_AT_WORK = frozenset({Right.START_CASES, Right.FIND, Right.CHECK_SUMS, Right.SIGN_ROWS, Right.OPEN_GRANTED_CASES})
_IN_OFFICE = frozenset({Right.CHECK_SUMS, Right.SIGN_ROWS, Right.APPOINT, Right.FORGET})
_OVER_ALL = frozenset({Right.OPEN_EVERY_CASE, Right.APPOINT_LEADS, Right.ROTATE})

#: Counsel's key is there to seal packets to: nothing in the vault is wrapped to it. An intake machine seals to the
#: public keys of cases, and of what it has sealed opens nothing.
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.LEAD: _EVERYBODY | _AT_WORK | _IN_OFFICE | _OVER_ALL,
        Role.SPECIALIST: _EVERYBODY | _AT_WORK,
        Role.ADMINISTRATOR: _EVERYBODY | _IN_OFFICE,
        Role.AUDITOR: _EVERYBODY | {Right.CHECK_SUMS},
        Role.INTAKE: _EVERYBODY,
        Role.COUNSEL: _EVERYBODY,
    }
)


def may(role: Role, right: Right) -> bool:
    """Whether officers of *role* have *right*."""
    return right in RIGHTS[role]


def require(role: Role, right: Right) -> None:
    """Raise NotGrantedError unless officers of *role* have *right*."""
    if not may(role, right):
        able = ", ".join(each.value for each in Role if may(each, right))
        article = "An" if role.value[0] in "aeiou" else "A"
        machine = " machine" if role is Role.INTAKE else ""
        raise NotGrantedError(f"{article} {role.value}{machine} may not {right.value}.", remedy=f"Ask: {able}.")


def readers(granted: Iterable[str], roles: Mapping[str, Role]) -> frozenset[str]:
    """Return the officers whose keys the key of a case belongs to: those it is *granted* to, and every lead.

    *roles* holds the officers of today: who was removed reads nothing, whatever was granted.
    """
    named = {label for label in granted if label in roles and may(roles[label], Right.OPEN_GRANTED_CASES)}
    return frozenset(named | {label for label, role in roles.items() if may(role, Right.OPEN_EVERY_CASE)})
