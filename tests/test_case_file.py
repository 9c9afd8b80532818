"""What a case file may say of the case itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.case_file import read_case_file, read_statements
from toolkit.errors import DefinitionError

PERSON = '[[people]]\nrole = "principal"\nsurname = "Example"\ngiven_names = "Ada"\n'


def written(folder: Path, reference: str) -> Path:
    path = folder / "case.toml"
    path.write_text(f'reference = "{reference}"\nroute = "us/l-1a"\n{PERSON}', "utf-8")
    return path


@pytest.mark.parametrize("reference", ["GM-2026-001", "7", "Umzug Zürich 3", "a.b_c"])
def test_a_reference_can_name_folders_and_files(tmp_path: Path, reference: str) -> None:
    assert read_case_file(written(tmp_path, reference)).reference == reference


@pytest.mark.parametrize(
    "reference", ["", " ", "../up", "a/b", ".hidden", "a ", r"a\u0000b", r"a\nb", r"a\\b", "x" * 65]
)
def test_what_could_lead_elsewhere_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(DefinitionError, match="reference"):
        read_case_file(written(tmp_path, reference))


def stated(folder: Path, text: str) -> dict[str, str]:
    path = folder / "more.toml"
    path.write_text(text, "utf-8")
    return read_statements(path).details


def test_details_may_be_written_as_toml_has_them(tmp_path: Path) -> None:
    details = stated(
        tmp_path, "[details]\nday = 2026-11-10\npages = 14\nnew = true\nowner = false\n\"a.b\" = 'as is'\n"
    )
    assert details == {"day": "2026-11-10", "pages": "14", "new": "yes", "owner": "no", "a.b": "as is"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[details]\nsalary = 168000.00\n", "details: salary: .*quotation marks"),
        ("[details]\nassignment.salary = 'x'\n", "details: assignment: .*quotation marks"),
        ("[dates]\nfilling = 2027-01-18\n", "no planned date filling.*filing, start, end"),
        ("[detials]\nx = 'y'\n", "detials.*line 1"),
    ],
)
def test_a_slip_in_a_case_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        stated(tmp_path, text)
