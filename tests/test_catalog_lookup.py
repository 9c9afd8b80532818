"""Normal forms: what must meet meets, whatever the paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toolkit.catalog.lookup import NAME, NUMBER, forms


def same(first, second):
    return bool(forms(NAME, first) & forms(NAME, second))


def test_the_same_name_on_different_papers():
    assert same("Jörg Müller", "MUELLER JOERG")
    assert same("Jörg Müller", "MULLER, JORG")
    assert same("Søren Å. Ærø", "SOEREN AA AEROE")
    assert same("José-María Nuñez", "NUNEZ JOSE MARIA")
    assert same("Groß", "GROSS")
    assert same("O'Neill", "o neill")
    assert same("Ελένη", "ΕΛΕΝΗ")
    assert not same("Anna Smith", "Anne Smith")


@given(st.text(max_size=40))
def test_any_text_has_the_form_of_its_upper_case(text):
    assert forms(NAME, text) == forms(NAME, text.upper()) or text.upper() != text.upper().upper()
    assert forms(NUMBER, text) >= frozenset()


@given(st.text("ABC ÄÖßé'-", max_size=20))
def test_forms_are_stable(text):
    for form in forms(NAME, text):
        assert form in forms(NAME, form)
