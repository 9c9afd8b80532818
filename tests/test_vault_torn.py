"""A ledger whose last lines did not all reach the disk is cut back to what was told; in every other way it is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import vault_fixtures
from tests.vault_team import Team
from vault import Role, TamperedError

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team
LEDGER, HEAD = "ledger.jsonl", "ledger-head.json"


def behind(team: Team, events: int) -> tuple[list[bytes], list[bytes]]:
    """Have the head of the ledger name all but the last lines; return those it names, and those after."""
    lead = team.unlock(Role.LEAD)
    head = (team.folder / HEAD).read_bytes()
    count = len((team.folder / LEDGER).read_bytes().splitlines())
    for number in range(events):
        lead.ledger.append("event", number=str(number))
    (team.folder / HEAD).write_bytes(head)
    lines = (team.folder / LEDGER).read_bytes().splitlines(keepends=True)
    return lines[:count], lines[count:]


@pytest.mark.parametrize(
    ("tear", "kept"),
    [
        (lambda after: after, 3),
        (lambda after: [after[0], b"\0" * (len(after[1]) - 1) + b"\n", after[2]], 1),
        (lambda after: [after[0].replace(b'"fact.number":"0"', b'"fact.number":"7"'), *after[1:]], 0),
        (lambda after: [after[0], after[1].replace(b'"fact.number":"1"', b'"fact.number":"7"'), after[2]], 1),
        (lambda after: [*after[:2], b'{"event":"half"}\n'], 2),
        (lambda after: [*after[:2], after[2][:40]], 2),
    ],
    ids=["whole", "zeros", "first changed", "second changed", "no chain", "no end"],
)
def test_torn_lines_that_the_head_does_not_name_are_cut(
    team: Team, tear: Callable[[list[bytes]], list[bytes]], kept: int
) -> None:
    before, after = behind(team, 3)
    (team.folder / LEDGER).write_bytes(b"".join([*before, *tear(after)]))
    lead = team.unlock(Role.LEAD)
    assert lead.verify().problems == ()
    lead.ledger.append("goes on")
    lines = (team.folder / LEDGER).read_bytes().splitlines(keepends=True)
    assert lines[:-1] == [*before, *after[:kept]]
    assert team.unlock(Role.AUDITOR).verify().problems == ()


def found(team: Team) -> str:
    """What unlocking or `verify` says is wrong."""
    try:
        return " ".join(team.unlock(Role.LEAD).verify().problems)
    except TamperedError as mistake:
        return str(mistake)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines[:-1], "lines were removed"),
        (lambda lines: [*lines[:-1], lines[-1].replace(b'"event":"', b'"event":"x')], "A signature does not fit"),
        (lambda lines: [*lines[:3], *lines[4:]], "Line 4 of the ledger does not follow"),
        (lambda lines: [*lines[:3], lines[3].replace(b'"event":"', b'"event":"x'), *lines[4:]], "ledger, after line 3"),
    ],
    ids=["last cut", "last changed", "one removed", "one changed"],
)
def test_what_the_head_names_is_never_cut(team: Team, spoil: Callable[[list[bytes]], list[bytes]], said: str) -> None:
    before, _ = behind(team, 0)
    spoilt = b"".join(spoil(before))
    (team.folder / LEDGER).write_bytes(spoilt)
    assert said in found(team)
    assert (team.folder / LEDGER).read_bytes() == spoilt


def test_lines_that_arrived_whole_and_out_of_order_are_left_to_be_named(team: Team) -> None:
    """No power cut does that."""
    before, after = behind(team, 3)
    swapped = b"".join([*before, after[0], after[2], after[1]])
    (team.folder / LEDGER).write_bytes(swapped)
    assert "does not follow the one before it" in found(team)
    assert (team.folder / LEDGER).read_bytes() == swapped


def test_a_ledger_or_a_head_that_is_gone_or_forged_is_left_to_be_named(team: Team) -> None:
    before, after = behind(team, 1)
    torn = b"".join([*before, after[0].replace(b"event", b"evens")])
    (team.folder / LEDGER).write_bytes(torn)
    kept = (team.folder / HEAD).read_bytes()
    (team.folder / HEAD).unlink()
    assert "Restore ledger.jsonl" in found(team)
    (team.folder / HEAD).write_bytes(kept.replace(b'"count":', b'"count":1'))
    assert "Restore ledger.jsonl" in found(team)
    assert (team.folder / LEDGER).read_bytes() == torn
    (team.folder / HEAD).write_bytes(kept)
    assert found(team) == ""
    (team.folder / LEDGER).unlink()
    assert "lines were removed" in found(team)
