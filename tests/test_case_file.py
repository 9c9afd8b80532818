"""What a case file may say of the case itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.case_file import read_case_file
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
