"""What a case file may say of the case itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.case_file import add_statements, read_case_file, read_statements
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


def test_what_was_missing_of_a_known_person_is_added(tmp_path: Path) -> None:
    case = read_case_file(written(tmp_path, "GM-1"))
    more = tmp_path / "more.toml"
    born = 'birth_date = 1984-03-17\nnationality = "UTO"\n'
    more.write_text(PERSON + born + PERSON.replace("principal", "child") + PERSON.replace("Ada", "Ben"), "utf-8")
    added = add_statements(case, more)
    assert (added.new, added.updated) == (2, 1)
    assert [(person.id, person.birth_date) for person in added.case.people] == [
        ("p1", "1984-03-17"),
        ("p2", ""),
        ("p3", ""),
    ]
    assert added.case.people[0].nationality == "UTO"
    again = add_statements(added.case, more)
    assert (again.case, again.new, again.updated) == (added.case, 0, 0)


def test_another_birth_date_is_an_error_that_names_both_places(tmp_path: Path) -> None:
    case = read_case_file(written(tmp_path, "GM-1"))
    more = tmp_path / "more.toml"
    more.write_text(PERSON + "birth_date = 1984-03-17\n", "utf-8")
    case = add_statements(case, more).case
    more.write_text(PERSON + "birth_date = 1985-03-17\n", "utf-8")
    with pytest.raises(DefinitionError) as caught:
        add_statements(case, more)
    assert "more.toml: people 1: birth_date" in str(caught.value)
    assert "case GM-1" in str(caught.value)
    assert "(p1)" in str(caught.value)
    assert not {"1984", "1985", "Ada"} & set(str(caught.value).replace("-", " ").split())
