"""A check of all rows that is stopped goes on from where it was; what it skips it says, and nobody else can make it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import vault_fixtures
from tests.vault_fixtures import Killed
from tests.vault_team import OTHER, Team
from toolkit.catalog import Catalog, checking, sittings
from toolkit.catalog.sittings import Sitting
from toolkit.errors import InputError
from vault import Report, Role

quick_disk = vault_fixtures.quick_disk
made, team = vault_fixtures.made, vault_fixtures.team


@pytest.fixture(autouse=True)
def every_step_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sittings, "_SECONDS", 0.0)


def check(team: Team, note: Path | None, stop: int = 10**9) -> tuple[Report, Sitting, list[str]]:
    """Check in one sitting; return what it gave and which scopes were looked at."""
    looked: list[str] = []

    @contextmanager
    def shown(what: str, total: int) -> Iterator[Callable[[], None]]:
        assert total > 5
        steps = iter(range(stop))

        def step() -> None:
            if next(steps, None) is None:
                raise Killed

        yield step

    vault = team.unlock(Role.AUDITOR)
    with Catalog.open(vault) as catalog:
        real = catalog._rows.find_scope
        catalog._rows.find_scope = lambda scope: looked.append(scope) or real(scope)  # type: ignore[method-assign]
        sitting = Sitting(vault, note, shown)
        return checking.verify(catalog._rows, vault, catalog._database, sitting), sitting, looked


def test_it_goes_on_where_it_was_stopped(team: Team, tmp_path: Path) -> None:
    note = tmp_path / "mine" / "checked.json"
    note.parent.mkdir()
    whole, _, every = check(team, None)
    assert whole.problems == ()
    for stop in (4, 6):  # the second sitting passes by what the first has done
        with pytest.raises(Killed):
            check(team, note, stop)
    found, sitting, looked = check(team, note)
    assert (found.problems, found.checked) == ((), whole.checked)
    assert sitting.begun < sitting.begun.now(sitting.begun.tzinfo)
    assert set(looked) == {each for each in every if each in sorted(every)[7:] or each.startswith("documents/")}
    assert len(looked) < len(every)
    assert not note.exists()
    assert check(team, note)[2] == every


def test_what_is_wrong_is_found_in_whichever_sitting(team: Team, tmp_path: Path) -> None:
    note = tmp_path / "checked.json"
    with pytest.raises(Killed):
        check(team, note, 3)
    connection = sqlite3.connect(team.folder / "catalog.db")
    connection.execute("DELETE FROM records WHERE case_id = ?", (OTHER,))
    connection.commit()
    connection.close()
    for _ in range(2):
        assert any("records" in each for each in check(team, note)[0].problems)
    assert note.exists()


@pytest.mark.parametrize("about", ["begun", "at"])
def test_an_old_note_counts_for_nothing(team: Team, tmp_path: Path, about: str) -> None:
    note = tmp_path / "checked.json"
    with pytest.raises(Killed):
        check(team, note, 8)
    year = sittings.datetime.now().year
    text = note.read_text()
    start = text.index(f'"{about}":"{year}') + len(about) + 4
    note.write_text(text[:start] + str(year - 1 if about == "begun" else year + 1) + text[start + 4 :])
    assert len(check(team, note)[2]) == len(check(team, None)[2])


def test_a_note_lies_outside_the_vault_and_is_of_it(team: Team, tmp_path: Path) -> None:
    vault = team.unlock(Role.AUDITOR)
    with pytest.raises(InputError, match="own folder"):
        Sitting(vault, team.folder / "checked.json")
    note = tmp_path / "checked.json"
    for text, said in (("no note", "no note"), ('{"vault":"v","upto":""}', "no note")):
        note.write_text(text)
        with pytest.raises(InputError, match=said):
            Sitting(vault, note)
    with pytest.raises(Killed):
        note.unlink()
        check(team, note, 8)
    note.write_text(note.read_text().replace(vault.parts.keys.vault, "0" * 32))
    with pytest.raises(InputError, match="another vault"):
        Sitting(vault, note)
