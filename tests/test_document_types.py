"""Every type of paper that the visa facts name is one that some kind of ours can stand for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit.kind import kinds

FACTS = Path(__file__).resolve().parent.parent.parent / "shared" / "facts" / "visa_rules.yaml"


def named() -> set[str]:
    if not FACTS.is_file():
        pytest.skip("the visa facts (../shared/facts) are not on this machine")
    block = FACTS.read_text("utf-8").split("\ndocument_types:\n", 1)[1]
    found = re.match(r"(?:  \w+: .*\n)+", block)
    assert found is not None
    return set(re.findall(r"^  (\w+):", found[0], re.MULTILINE))


def test_no_type_of_the_visa_facts_is_without_a_kind_and_none_is_misspelt() -> None:
    served = {each for kind in kinds().values() for each in kind.document_types}
    assert served == named()
