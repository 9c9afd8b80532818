"""The audit trail notices every change, and survives a kill."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vault_fixtures
from vault import Ledger, TamperedError
from vault.ledger import FILE, HEAD_FILE
from vault.root import Root, parse_entry

ROOT = Root.generate()

quick_disk = vault_fixtures.quick_disk


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger.start(tmp_path, ROOT, by="hr")
    for number in range(5):
        ledger.append("document.filed", document=f"d{number}")
    return ledger


def test_events_read_back_in_order(ledger):
    entries = list(ledger.entries())
    assert [entry["fact.document"] for entry in entries] == ["d0", "d1", "d2", "d3", "d4"]
    assert {(entry["event"], entry["by"]) for entry in entries} == {("document.filed", "hr")}
    assert ledger.problems() == []


def edited(lines):
    return [lines[0], lines[1].replace(b'"d1"', b'"d9"'), *lines[2:]]


def rewritten(lines):
    return [lines[0], lines[1].replace(b'":', b'": '), *lines[2:]]


def removed(lines):
    return lines[:1] + lines[2:]


def reordered(lines):
    return [lines[0], lines[2], lines[1], *lines[3:]]


def doubled(lines):
    return lines[:2] + lines[1:]


def beheaded(lines):
    return lines[1:]


def cut(lines):
    return lines[:-1]


def half_cut(lines):
    return [*lines[:-1], lines[-1][:-9]]


def emptied(lines):
    return []


def unsigned(lines):
    return [*lines[:-1], lines[-1].replace(b'"signature":"', b'"signature":"z')]


def garbage(lines):
    return [*lines, b"[1]\n"]


@pytest.mark.parametrize(
    "change",
    [edited, rewritten, removed, reordered, doubled, beheaded, cut, half_cut, emptied, unsigned, garbage],
)
def test_changes_are_noticed(ledger, tmp_path, change):
    path = tmp_path / FILE
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    assert len(ledger.problems()) == 1


@given(st.integers(0), st.integers(1, 255))
def test_any_changed_byte_is_noticed(tmp_path_factory, where, flip):
    folder = tmp_path_factory.mktemp("ledger")
    ledger = Ledger.start(folder, ROOT, by="hr")
    ledger.append("one", a="b")
    ledger.append("two")
    data = bytearray((folder / FILE).read_bytes())
    data[where % len(data)] ^= flip
    (folder / FILE).write_bytes(bytes(data))
    assert ledger.problems()


def test_nothing_is_added_to_a_ledger_that_was_cut(ledger, tmp_path):
    path = tmp_path / FILE
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(TamperedError, match="removed"):
        ledger.append("more")
    path.unlink()
    with pytest.raises(TamperedError, match="removed"):
        ledger.append("more")
    assert ledger.problems()


def test_a_replaced_or_missing_head_is_noticed(ledger, tmp_path):
    head = tmp_path / HEAD_FILE
    Ledger(tmp_path, ROOT, by="hr").append("more")
    newer = head.read_bytes()
    head.write_bytes(newer.replace(b'"count":6', b'"count":5'))
    assert "signature" in ledger.problems()[0]
    head.unlink()
    assert "missing" in ledger.problems()[0]


def test_an_older_line_in_the_place_of_the_last_is_noticed(ledger, tmp_path):
    path, before = tmp_path / FILE, (tmp_path / FILE).read_bytes()
    head = (tmp_path / HEAD_FILE).read_bytes()
    ledger.append("first try")
    path.write_bytes(before)
    (tmp_path / HEAD_FILE).write_bytes(head)
    other = path.read_bytes()
    ledger.append("second try")
    kept = (tmp_path / HEAD_FILE).read_bytes()
    path.write_bytes(other)
    (tmp_path / HEAD_FILE).write_bytes(head)
    ledger.append("third try")
    (tmp_path / HEAD_FILE).write_bytes(kept)
    assert ledger.problems()


def test_a_kill_while_writing_a_line_is_mended(ledger, tmp_path):
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes() + b'{"at":"2026')
    assert ledger.problems() == []
    ledger.append("next")
    assert ledger.problems() == []
    assert len(list(ledger.entries())) == 6


def test_a_kill_before_the_head_is_written_is_mended(ledger, tmp_path):
    head = (tmp_path / HEAD_FILE).read_bytes()
    ledger.append("sixth")
    (tmp_path / HEAD_FILE).write_bytes(head)
    assert ledger.problems() == []
    ledger.append("seventh")
    assert len(list(ledger.entries())) == 7


def test_many_threads_write_one_chain(ledger):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ledger.append("event", number=str(number)), range(40)))
    assert len(list(ledger.entries())) == 45


def test_long_lines_are_found_from_the_end(ledger):
    for _ in range(3):
        ledger.append("long", text="x" * 9000)
    assert len(list(ledger.entries())) == 8


def test_entries_hold_words_and_counts_only():
    for line in (b"{", b"\xff", b"[]", b'{"a":[]}', b'{"a":true}', b'{"a":1.5}'):
        with pytest.raises(TamperedError):
            parse_entry(line)
