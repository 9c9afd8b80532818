"""What is printed: one JSON value whatever happens, and nothing of a stranger's that steers the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import pytest

from toolkit import cli
from toolkit.cli.plain import plain
from toolkit.cli.show import console, table
from vault import Vault


def ended(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(list(words))
    return int(str(end.value.code))


def only_value(printed: str) -> object:
    (line,) = printed.splitlines()
    return json.loads(line)


def test_names_and_values_steer_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console().print(table("\x1b]0;title\x07", ("a",), [("\x1b[2Jred\r\x9b31m\u202efdp.exe",)]))
    console().print("plain \x1b[2J words", style="bold")
    printed = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\r", "\x9b", "\u202e"} & set(printed)
    assert "red" in printed and "plain" in printed


def test_words_of_any_language_stay() -> None:
    text = "Grünwaldt\tمحمد\n\u200fשלום 山田 Ё"
    assert plain(text) == text


def test_wrong_arguments_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("case", "list", "--json", "--no-such-option") == 2
    error = only_value(capsys.readouterr().out)
    assert isinstance(error, dict) and error["error"]["code"] == "usage"


def test_being_stopped_is_json_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(**_: object) -> None:
        raise click.Abort

    monkeypatch.setattr(cli.mobility, "main", stopped)
    assert ended("case", "list", "--json") == 130
    assert '"stopped"' in capsys.readouterr().out


def test_a_vault_that_was_changed_is_told_in_one_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    blob = vault.store.put(b"x")
    (tmp_path / "vault" / "store" / blob[:2] / blob).write_bytes(b"y")
    for words, lines in ((["--json"], 1), ([], 2)):
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        assert ended("vault", "verify", "--vault", str(tmp_path / "vault"), *words) == 4
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) == lines
    assert "1 problem." in printed[0]


def test_a_name_that_is_no_text_is_reported_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(bytes(tmp_path) + b"/caf\xe9.pdf")
    assert ended("read", "--json", name) == 2
    answer = only_value(capsys.readouterr().out)
    assert isinstance(answer, dict) and answer["file"].endswith("caf\\xe9.pdf")
    assert ended("case", "open", "--json", name) == 2
    assert only_value(capsys.readouterr().out)
