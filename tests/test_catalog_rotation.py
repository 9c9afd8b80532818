"""New hash keys come into use little by little: stopped anywhere it goes on, and nothing is to be seen of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import vault_fixtures
from tests.vault_fixtures import Killed
from tests.vault_team import GRANTED, OTHER, PEOPLE, Team, document
from toolkit.catalog import Catalog, rehashing
from toolkit.catalog.database import Cell, Database, Row, Sqlite
from toolkit.catalog.generations import FIND, SUM, Generations, either
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.catalog.schema import KEYS
from toolkit.model import Field, Method, Record, Source
from vault import NotGrantedError, Role, TamperedError, Vault

quick_disk, killer = vault_fixtures.quick_disk, vault_fixtures.killer
made, team = vault_fixtures.made, vault_fixtures.team

MANY = 4
#: Where the recorded vault's paper lay, and what it is.
PLACED = {"path": b"passport.txt", "content": b"the original\n"}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehashing, "BATCH", 8)
    monkeypatch.setattr(rehashing, "_CHUNK", 2)
    monkeypatch.setattr(rehashing, "_STEP", 1)


class Stopping:
    """A database that is lost when it is told so, once armed: before a statement, or before or after a commit."""

    def __init__(self, within: Database, may_go: Callable[[Stopping, str], bool]) -> None:
        self._within = within
        self._may_go = may_go
        self.armed = False
        self._writing = False
        self.commits = self.count = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._within, name)

    def begin(self, *, writing: bool, lasting: bool = True) -> None:
        self._writing = writing
        self._within.begin(writing=writing, lasting=lasting)

    def execute(self, statement: str, values: tuple[Cell, ...] = ()) -> list[Row]:
        self._next(statement)
        return self._within.execute(statement, values)

    def commit(self) -> None:
        self._next("COMMIT")
        self._within.commit()
        self._next("COMMITTED")

    def _next(self, what: str) -> None:
        # Transactions that only read count as well: a kill there changes nothing, and is let pass.
        if not self.armed or not self._writing:
            return
        self.count += 1
        self.commits += what == "COMMIT"
        if not self._may_go(self, what):
            raise Killed


def number_of(each: int) -> str:
    return f"UX{each:07}"


def record(each: int) -> Record:
    source = Source("", 1, None, Method.MRZ)
    return Record("passport", 0.99, (1,), (Field("document_number", number_of(each), 0.99, source),))


def add(vault: Vault, catalog: Catalog, each: int) -> None:
    id, case = f"more-{each}", (GRANTED, OTHER)[each % 2]
    tags = {f"{what}_tag": vault.keyed_hash(what, id.encode()) for what in ("path", "content")}
    catalog.add_document(document(vault, id, case, id.encode()), [record(each)], **tags)


@pytest.fixture
def connect(request: pytest.FixtureRequest, team: Team) -> Callable[[], Database]:
    """Return a function that opens a connection to the catalogue's database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return lambda: Sqlite(team.folder / "catalog.db")
    server = Server.parse(request.getfixturevalue("database_url"))
    return lambda: PostgreSQL(server)


@pytest.fixture
def filled(team: Team, connect: Callable[[], Database]) -> Team:
    """Fill the team's catalogue, in whatever database it is."""
    lead, database = team.unlock(Role.LEAD), connect()
    with Catalog.open(lead) as here:
        if isinstance(database, PostgreSQL):
            here.transfer.hand_over(database, lambda: None)
    database.close()
    with Catalog.open(lead, connect()) as catalog:
        for each in range(MANY):
            add(lead, catalog, each)
    return team


def seen(vault: Vault, catalog: Catalog, many: int = MANY) -> None:
    """Assert that every paper is found by all that it can be found by, and that everything is sound."""
    for each in range(many):
        id, case = f"more-{each}", (GRANTED, OTHER)[each % 2]
        path, content = (vault.keyed_hash(what, id.encode()) for what in ("path", "content"))
        assert catalog.find("document-number", number_of(each)) == [(case, id)]
        assert catalog.find("content", content) == [(case, id)]
        for found in (catalog.arrival(path, content), catalog.original(content)):
            assert found is not None and found.id == id
        assert catalog.arrival(path, vault.keyed_hash("content", b"another")) is None
    assert catalog.find("name", "Anna Maria Eriksson") == [(GRANTED, ""), (OTHER, "")]
    assert catalog.verify().problems == ()


def rotated(team: Team, database: Database, may_go: Callable[[Stopping, str], bool]) -> bool:
    """Rotate until *may_go* says no, or to the end; return whether it came there. Only what is committed stays."""
    stopping = Stopping(database, may_go)
    with Catalog.open(team.unlock(Role.LEAD), stopping) as catalog:
        stopping.armed = True
        try:
            catalog.rotation.hash_keys()
        except Killed:
            stopping.armed = False
            return False
    return True


@pytest.mark.parametrize(
    ("connect", "at"), [("sqlite", "before"), ("sqlite", "after"), ("postgresql", "after")], indirect=["connect"]
)
def test_stopped_at_every_commit_it_goes_on(filled: Team, connect: Callable[[], Database], at: str) -> None:
    """Each run is let do one transaction more, and is killed before the next one's commit or right after its own."""

    def may_go(stopping: Stopping, what: str) -> bool:
        if at == "before":
            return what != "COMMIT" or stopping.commits < 2
        return what == "COMMIT" or not stopping.commits

    many = MANY
    for runs in range(100):
        rotated(filled, connect(), may_go)
        lead = filled.unlock(Role.LEAD)
        with Catalog.open(lead, connect()) as catalog:
            if runs in (2, 6):  # others go on filing papers
                add(lead, catalog, many)
                many += 1
            seen(lead, catalog, many)
            if not catalog.rotation.unfinished():
                break
    assert 8 < runs < 60
    assert lead.parts.hash_keys.count(FIND) == lead.parts.hash_keys.count(SUM) == 2


def test_stopped_within_a_transaction_it_goes_on(filled: Team, tmp_path: Path) -> None:
    statements = [0]

    def count(stopping: Stopping, what: str) -> bool:
        statements[0] += 1
        return True

    tried = filled.copied(tmp_path / "tried")
    assert rotated(tried, Sqlite(tried.folder / "catalog.db"), count)
    assert statements[0] > 200
    for last in range(5, statements[0], statements[0] // 8):
        copy = filled.copied(tmp_path / str(last))
        assert not rotated(
            copy, Sqlite(copy.folder / "catalog.db"), lambda stopping, what, last=last: stopping.count < last
        )
        lead = copy.unlock(Role.LEAD)
        with Catalog.open(lead) as catalog:
            seen(lead, catalog)
            catalog.rotation.hash_keys()
            seen(lead, catalog)
            assert catalog.rotation.unfinished() == []
        assert lead.parts.hash_keys.count(FIND) == lead.parts.hash_keys.count(SUM)


def half_way(team: Team, kind: str) -> None:
    """Stop a rotation after the second batch of that kind of keys."""
    with pytest.raises(Killed), Catalog.open(team.unlock(Role.LEAD)) as catalog:
        catalog.rotation.hash_keys(lambda what, total: halting(kind in what, rehashing.BATCH + 4))


@contextmanager
def halting(really: bool, after: int) -> Iterator[Callable[[], None]]:
    steps = iter(range(after))

    def step() -> None:
        if really and next(steps, None) is None:
            raise Killed

    yield step


@pytest.mark.parametrize("kind", [FIND, SUM])
def test_others_read_and_write_while_keys_come_into_use(filled: Team, kind: str) -> None:
    half_way(filled, kind)
    specialist, lead = filled.unlock(Role.SPECIALIST), filled.unlock(Role.LEAD)
    with Catalog.open(specialist) as beside, Catalog.open(lead) as catalog:
        assert catalog.rotation.unfinished() == [FIND, SUM][[FIND, SUM].index(kind) :]
        add(specialist, beside, 100)
        beside.replace_records("more-0", [record(200)])
        assert beside.find("document-number", number_of(0)) == []
        beside.replace_records("more-0", [record(0)])
        moved = catalog.move_document("more-2", person=f"{GRANTED}-p1")
        assert moved.person
        seen(lead, catalog)
        catalog.rotation.hash_keys()
        for vault, each in ((lead, catalog), (specialist, beside)):
            assert each.find("document-number", number_of(100)) == [(GRANTED, "more-100")]
            assert each.verify().problems == ()
            assert each.arrival(vault.keyed_hash("path", b"more-100"), vault.keyed_hash("content", b"more-100"))
        catalog.forget_case(OTHER)
        assert catalog.verify().problems == ()
        auditor = filled.unlock(Role.AUDITOR)
        with Catalog.open(auditor) as looked_at, pytest.raises(NotGrantedError):
            looked_at.rotation.hash_keys()


def test_a_case_is_erased_half_way(filled: Team) -> None:
    for kind in (FIND, SUM):
        half_way(filled, kind)
        lead = filled.unlock(Role.LEAD)
        with Catalog.open(lead) as catalog:
            if kind == FIND:
                catalog.forget_case(OTHER)
            catalog.rotation.hash_keys()
            assert catalog.find("document-number", number_of(0)) == [(GRANTED, "more-0")]
            assert catalog.find("document-number", number_of(1)) == []
            assert catalog.verify().problems == ()


ATTACKS = {
    "a row removed": "DELETE FROM records WHERE document_id = 'more-3'",
    "a name hidden": "DELETE FROM lookups WHERE document_id = 'more-2'",
    "a row edited": "UPDATE documents SET state = 'asked' WHERE id = 'more-2'",
    "a label edited": "UPDATE lookups SET find_key = 3 - find_key WHERE document_id = 'more-2'",
    "a sum's label edited": "UPDATE heads SET sum_key = 3 - sum_key WHERE scope = 'records/other'",
    "the next key hidden": "DELETE FROM generations WHERE name LIKE '%-next'",
    "the next key moved": "UPDATE generations SET number = 3 WHERE name LIKE '%-next'",
    "the present key moved": "UPDATE generations SET number = 2 WHERE name = 'find'",
}


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_tampered_with_is_not_lost_in_a_rotation(filled: Team, attack: str, half: bool) -> None:
    """New sums are made of what is there only after the old ones have said that it is all."""
    if half:
        half_way(filled, FIND)
    elif "next" in attack:
        return
    connection = sqlite3.connect(filled.folder / "catalog.db")
    connection.execute(ATTACKS[attack])
    connection.commit()
    connection.close()
    noticed = 0
    for _ in range(2):
        try:
            with Catalog.open(filled.unlock(Role.LEAD)) as catalog:
                catalog.rotation.hash_keys()
        except TamperedError:
            noticed += 1
    assert noticed == 2
    with pytest.raises(TamperedError), Catalog.open(filled.unlock(Role.LEAD)) as catalog:
        assert catalog.verify().problems
        raise TamperedError("noticed")


def test_an_old_sum_is_of_no_use_once_its_key_is_destroyed(filled: Team) -> None:
    lead = filled.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
    connection = sqlite3.connect(filled.folder / "catalog.db")
    old = connection.execute("SELECT * FROM heads WHERE scope = 'records/other'").fetchone()
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
    marks = ", ".join("?" * len(old))
    connection.execute("DELETE FROM heads WHERE scope = 'records/other'")
    connection.execute(f"INSERT INTO heads VALUES ({marks})", old)  # noqa: S608
    connection.commit()
    connection.close()
    with pytest.raises(TamperedError):
        Catalog.open(filled.unlock(Role.LEAD))


def test_what_a_kill_left_of_an_old_key_is_destroyed(filled: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalog.open(filled.unlock(Role.LEAD)) as catalog:
        catalog.rotation.hash_keys()
    with monkeypatch.context() as patch:
        patch.setattr("vault.hash_keys.HashKeys.destroy", vault_fixtures.die)
        with pytest.raises(Killed), Catalog.open(filled.unlock(Role.LEAD)) as catalog:
            catalog.rotation.hash_keys()
    lead = filled.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        assert (catalog.rotation.unfinished(), lead.parts.hash_keys.spent()) == ([SUM], True)
        catalog.rotation.hash_keys()
        assert (catalog.rotation.unfinished(), lead.parts.hash_keys.spent()) == ([], False)
        seen(lead, catalog)
    assert lead.parts.hash_keys.count(FIND) == lead.parts.hash_keys.count(SUM) == 3


def test_who_leaves_half_way_takes_no_key_that_stays_in_use(filled: Team) -> None:
    half_way(filled, FIND)
    lead = filled.unlock(Role.LEAD)
    lead.office.remove(PEOPLE[Role.SPECIALIST])
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        seen(lead, catalog)
        assert catalog.rotation.unfinished() == []
    # The key she saw coming was brought into use, and another one after it.
    assert lead.parts.hash_keys.count(FIND) == lead.parts.hash_keys.count(SUM) == 3


def test_one_kind_alone(filled: Team) -> None:
    lead = filled.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys(kinds=[SUM])
        seen(lead, catalog)
    assert (lead.parts.hash_keys.count(FIND), lead.parts.hash_keys.count(SUM)) == (1, 2)


def test_two_keys_that_wait_come_one_after_the_other(filled: Team) -> None:
    lead = filled.unlock(Role.LEAD)
    for kind in (FIND, FIND, SUM, SUM):
        lead.parts.hash_keys.add(kind)
    with Catalog.open(lead) as catalog:
        assert catalog.rotation.unfinished() == [FIND, SUM]
        catalog.rotation.hash_keys()
        seen(lead, catalog)
        assert catalog.rotation.unfinished() == []
    assert lead.parts.hash_keys.count(FIND) == lead.parts.hash_keys.count(SUM) == 3


def test_how_far_it_is_is_shown(filled: Team) -> None:
    shown: list[tuple[str, int]] = []
    steps = [0]

    @contextmanager
    def bar(what: str, total: int) -> Iterator[Callable[[], None]]:
        shown.append((what, total))

        def step() -> None:
            steps[0] += 1

        yield step

    with Catalog.open(filled.unlock(Role.LEAD)) as catalog:
        catalog.rotation.hash_keys(bar)
    assert [what.split()[0] for what, _ in shown] == [FIND, SUM]
    # Sums count rows; a scope that becomes empty or new meanwhile, and the head of heads, make little difference.
    assert 0.5 < steps[0] / sum(total for _, total in shown) <= 1.1


def test_an_old_catalogue_without_numbers_in_its_rows(tmp_path: Path) -> None:
    """Rows of an older program say nothing of keys, and are under those that the catalogue says it is at."""
    shutil.copytree(vault_fixtures.VECTORS / "vault-2", tmp_path / "vault")
    vault = Vault.unlock(tmp_path / "vault", "a specimen passphrase", "hr")
    tags = [(what, vault.keyed_hash(what, data)) for what, data in PLACED.items()]
    for numbers in (3, 4):
        with Catalog.open(vault) as catalog:
            catalog.rotation.hash_keys()
            assert catalog.verify().problems == ()
            assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
            assert catalog.arrival(*(vault.keyed_hash(what, data) for what, data in PLACED.items()))
            assert {row["find_key"] for row in catalog._rows.all_of("lookups")} == {numbers}
        assert vault.parts.hash_keys.count(FIND) == vault.parts.hash_keys.count(SUM) == numbers
    assert not set(tags) & {(what, vault.keyed_hash(what, data)) for what, data in PLACED.items()}


@pytest.mark.parametrize("connect", ["sqlite", "postgresql"], indirect=True)
def test_a_transaction_that_need_not_last_does_not_wait_for_the_disk(connect: Callable[[], Database]) -> None:
    database = connect()
    asked = "PRAGMA synchronous" if isinstance(database, Sqlite) else "SHOW synchronous_commit"
    found = []
    for lasting in (True, False, False, True):
        database.begin(writing=True, lasting=lasting)
        found += [str(each) for row in database.execute(asked) for each in row.values()]
        (database.commit if lasting else database.rollback)()
        assert database.execute(asked)[0].popitem()[1] in (2, "on")
    database.close()
    assert found in (["2", "1", "1", "2"], ["on", "off", "off", "on"])


@pytest.mark.parametrize("connect", ["postgresql"], indirect=True)
def test_rows_are_read_in_their_order_without_sorting_all(filled: Team, connect: Callable[[], Database]) -> None:
    database = connect()
    made = {str(row["indexname"]) for row in database.execute("SELECT indexname FROM pg_indexes")}
    database.close()
    assert {f"{table}_in_order" for table in KEYS} <= made


def test_hashes_are_looked_for_as_they_are_and_as_they_become() -> None:
    one = "a" * 64
    again = {one: "b" * 64}.__getitem__
    assert either("content_tag = ? AND case_id = ?", [one, one], again) == (
        "content_tag IN (?, ?) AND case_id = ?",
        [one, "b" * 64, one],
    )
    assert either("path_tag = ?", ["no hash"], again) == ("path_tag = ?", ["no hash"])
    assert Generations.read([]) == Generations(1, 1, 0, 0)
