"""docs/threats.md promises nothing without a proof: each guarantee names tests, and each test that is named is there.

Also that files which the pages on the vault name are there. Tests are looked up by their source, none is imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THREATS = ROOT / "docs" / "threats.md"
#: `file.py::test_name`, the file as it lies under tests/.
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
#: A test in any other spelling: without its file, or several after one file.
LOOSE = re.compile(r"(?<!::)\btest_\w+(?!\w*\.py)\b")
FILE = re.compile(r"`((?:toolkit|vault|tests|docs|bench|scripts)/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def guarantees(page: str) -> Iterator[tuple[int, str]]:
    """Yield each bullet under "## Guarantees" with the number of its first line."""
    inside, start, lines = False, 0, list[str]()
    for number, line in enumerate([*page.splitlines(), "## end"], 1):
        if lines and (line.startswith(("- ", "#")) or not line.startswith(" ")):
            yield start, " ".join(lines)
            lines = []
        if line.startswith("## "):
            inside = line == "## Guarantees"
        elif inside and line.startswith("- "):
            start, lines = number, [line]
        elif lines:
            lines.append(line)


def names_in(path: Path) -> set[str]:
    """Return the names of the tests in a file; none where there is no such file."""
    if not path.is_file():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def faults(page: str, tests: Path) -> list[str]:
    """Return in plain words what a page of threats promises without a test that is there."""
    found = [f"line {start}: no test is named for: {text[:60]}" for start, text in guarantees(page)
             if not NAMED.search(text)]  # fmt: skip
    for number, line in enumerate(page.splitlines(), 1):
        named = NAMED.findall(line)
        found += [f"line {number}: there is no {file}::{name}" for file, name in named
                  if name not in names_in(tests / file)]  # fmt: skip
        found += [f"line {number}: {name} is named without its file" for name in LOOSE.findall(NAMED.sub("", line))]
    return found


def lost_files(page: Path) -> list[str]:
    """Return the files that a page names or links to and that are not there."""
    text = page.read_text("utf-8")
    return [name for name in FILE.findall(text) if not (ROOT / name).exists()] + [
        name for name in LINK.findall(text) if not (page.parent / name).exists()
    ]


def test_each_guarantee_names_a_test_that_is_there() -> None:
    page = THREATS.read_text("utf-8")
    assert len(list(guarantees(page))) >= 25
    assert faults(page, ROOT / "tests") == []


@pytest.mark.parametrize("page", ["threats.md", "vault-format.md", "guides/who-may-read-what.md",
                                  "guides/keep-a-vault.md"])  # fmt: skip
def test_files_that_a_page_names_are_there(page: str) -> None:
    assert lost_files(ROOT / "docs" / page) == []


# --- the events that the format page lists are those that programs tell


EVENT = re.compile(r"[a-z-]+(?:\.[a-z_-]+)+")
#: Methods whose first argument is an event.
TELLING = ("append", "tell", "_writing", "refile_photos")


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the texts that a module gives names to, those of its enumerations too."""
    found = {}
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[target.id] = value.value
    return found


def told_events() -> set[str]:
    """Return the events that code hands to what tells the ledger, and the members of enumerations of events."""
    found: set[str] = set()
    for path in [*(ROOT / "vault").rglob("*.py"), *(ROOT / "toolkit").rglob("*.py")]:
        text = path.read_text("utf-8")
        if not re.search(r"ledger|\.tell\(|_writing\(|refile_photos|event=|override\.", text):
            continue
        tree = ast.parse(text)
        named = constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TELLING and node.args:
                first = node.args[0]
                found.add(first.value if isinstance(first, ast.Constant) else named.get(getattr(first, "id", ""), ""))
            elif isinstance(node, ast.keyword) and node.arg == "event" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
        found |= {value for value in named.values() if value.startswith("override.")}
    return {each for each in found if isinstance(each, str) and EVENT.fullmatch(each)}


def test_the_format_page_lists_every_event() -> None:
    table = (ROOT / "docs" / "vault-format.md").read_text("utf-8").split("### Events")[1].split("## ")[0]
    listed = {name for line in table.splitlines() if line.startswith("| `")
              for name in re.findall(r"`([a-z_.-]+)`", line.split("|")[1])}  # fmt: skip
    told = told_events()
    assert len(told) >= 35
    assert told - listed == set()
    code = "".join(path.read_text("utf-8") for name in ("vault", "toolkit") for path in (ROOT / name).rglob("*.py"))
    assert {name for name in listed if f'"{name}"' not in code} == set()


MADE_UP = """# Threats

- Here nothing is promised.

## Guarantees

Between people:

- **It is shut** (`test_doors.py::test_a_door_is_shut`,
  `sub/test_doors.py::test_a_lock_holds`).
- **It is round.** Look at it
  (`test_doors.py::test_it_is_round`).

## What an attacker still can

- Wait.
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", []),
        ("::test_it_is_round", "::test_it_was_round", ["line 12: there is no test_doors.py::test_it_was_round"]),
        ("`sub/", "`", ["line 10: there is no test_doors.py::test_a_lock_holds"]),
        ("test_doors.py::test_it_is_round", "test_it_is_round", [
            "line 11: no test is named for: - **It is round.** Look at it   (`test_it_is_round`).",
            "line 12: test_it_is_round is named without its file",
        ]),
        (" Look at it\n  (`test_doors.py::test_it_is_round`)", "", [
            "line 11: no test is named for: - **It is round.**."]),
        ("- Wait.", "- Wait (`test_gone.py::test_a`).", ["line 16: there is no test_gone.py::test_a"]),
    ],
)  # fmt: skip
def test_a_promise_without_its_test_is_found(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "test_doors.py").write_text(
        "def test_a_door_is_shut(): ...\nclass A:\n  def test_it_is_round(s): ...\n"
    )
    (tmp_path / "sub" / "test_doors.py").write_text("import nowhere\n\ndef test_a_lock_holds(): ...\n")
    assert faults(MADE_UP.replace(old, new) if old else MADE_UP, tmp_path) == said


def test_a_file_that_is_named_and_gone_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`vault/access.py`, `vault/gone.py`, [one](page.md#x), [two](lost.md), [out](https://example.org)")
    assert lost_files(page) == ["vault/gone.py", "lost.md"]
