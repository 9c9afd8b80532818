"""Languages of pages: short official texts, two languages on one page, too little text, and hostile lengths."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from toolkit import language
from toolkit.kind import kinds
from toolkit.language_fields import of_any_paper
from toolkit.model import Box as B
from toolkit.model import Method, Page, Word

TEXTS = tomllib.loads((Path(__file__).parent.parent / "bench" / "language_texts.toml").read_text("utf-8"))


def page(*rows: str, number: int = 1, columns: bool = False) -> Page:
    """Set rows in words of even width; with *columns*, a tab puts what follows into the right half."""
    words = []
    for place, row in enumerate(rows):
        top = 0.05 + 0.02 * place
        for half, text in enumerate(row.split("\t")):
            at = 0.05 + 0.5 * half
            for word in text.split():
                width = 0.006 * len(word)
                words.append(Word(word, B(at, top, at + width, top + 0.012)))
                at += width + 0.004
    return Page(number, 595, 842, tuple(words), Method.TEXT_LAYER)


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in TEXTS.items() for text in texts])
def test_the_language_of_a_short_official_text_is_told(code: str, text: str) -> None:
    found = language.of_text(text)
    assert found.codes == (code,)
    assert found.confidence > 0.5


def test_forty_languages_are_held_to() -> None:
    assert len(TEXTS) >= 40
    sure = [language.of_text(text).confidence >= 0.9 for texts in TEXTS.values() for text in texts]
    assert sum(sure) / len(sure) > 0.85


@pytest.mark.parametrize("other", ["fr", "pl", "ar", "zh", "ru", "el"])
def test_a_page_in_two_languages_lists_both(other: str) -> None:
    rows = [*TEXTS["de"][0].split(". "), *TEXTS[other][0].replace("。", ". ").split(". ")]
    assert set(language.of(page(*rows)).codes) == {"de", other}


def test_labels_with_a_stroke_between_two_languages_list_both() -> None:
    found = language.of_text(
        "Familienname des Kindes / Surname of the child\nGeburtsdatum und Geburtsort / Date and place of birth\n"
        "Vornamen der Eltern / Given names of the parents\nTag der Ausstellung / Date of issue of this extract"
    )
    assert set(found.codes) == {"de", "en"}


def test_two_columns_in_two_languages_list_both() -> None:
    german = ["Der Arbeitnehmer beginnt seine Arbeit", "am ersten März und erhält dafür", "eine monatliche Vergütung"]
    english = ["The employee shall begin his work", "on the first of March and shall", "receive a monthly salary"]
    rows = [f"{one}\t{other}" for one, other in zip(german, english, strict=True)]
    assert set(language.of(page(*rows)).codes) == {"de", "en"}


@pytest.mark.parametrize("text", ["", "12.03.2024 4711 1.250,00", "<<<<<<<<", "K7", "www.example.org a@b.example"])
def test_where_there_is_nothing_to_tell_by_no_language_is_named(text: str) -> None:
    assert language.of_text(text) == language.Languages()


@pytest.mark.parametrize("text", ["Name", "Müller GmbH", "Nowak Adam", "Total 12,00", "Garcia Lopez Maria"])
def test_a_few_words_are_unsure(text: str) -> None:
    assert language.of_text(text).confidence < 0.9


def test_norwegian_and_danish_mixed_are_not_vouched_for() -> None:
    assert language.of_text(f"{TEXTS['no'][0]}\n{TEXTS['da'][0]}").confidence < 0.9


def test_a_japanese_form_without_kana_is_not_vouched_for_as_chinese() -> None:
    found = language.of_text(
        "在職証明書 氏名 山田太郎 生年月日 昭和六十年 本籍 東京都 証明 発行 株式会社 営業部 対応 検査"
    )
    assert found.codes == ("ja",)
    assert found.confidence < 0.9


def test_a_document_has_the_languages_of_all_its_pages() -> None:
    long = page(*(row for text in TEXTS["de"] for row in text.split(". ")))
    short = page(*TEXTS["en"][1].split(". "), number=2)
    found = language.of_pages([long, long, short])
    assert found.codes == ("de", "en")
    field = language.field([long, long, short])
    assert field is not None
    assert field.value == ("de", "en")
    assert field.name == "language"


def test_the_field_of_one_language_is_its_code_and_there_is_none_for_blank_pages() -> None:
    field = language.field([page(*TEXTS["fr"][2].split(". "))])
    assert field is not None
    assert (field.value, field.sure, field.source.page) == ("fr", True, 1)
    assert language.field([page()]) is None
    assert language.field([]) is None


def test_a_very_long_page_takes_no_longer_than_a_moment() -> None:
    rows = ["Der Mieter zahlt die Miete monatlich im Voraus auf das Konto des Vermieters"] * 10_000
    language.of_text("load the model")
    begun = time.process_time()
    assert language.of_text("\n".join(rows)).codes == ("de",)
    assert language.of_text("x" * 1_000_000).confidence < 0.9
    assert time.process_time() - begun < 5


def test_the_repr_of_pieces_hides_the_text() -> None:
    assert "Nowak" not in repr(next(language._cut("Nowak Adam")))


def test_any_paper_has_its_language_and_some_their_figures_and_certificates() -> None:
    sheet = page(
        "Birth certificate of Anna Vogel, registry office Musterstadt, number 48219, born on 3 May 1990",
        "Translated from German. I certify that this is a complete and accurate translation into English",
        "and that I am competent to translate from German into English.",
    )
    names = {field.name for field in of_any_paper([sheet], kinds()["birth-certificate"])}
    assert {"language", "figures", "translation_statement_complete", "translation_source_language"} <= names
    assert {field.name for field in of_any_paper([sheet], kinds()["receipt"])} == {"language"}
    assert {field.name for field in of_any_paper([sheet], kinds()["translation-certificate"])} == {
        "language",
        "figures",
    }
    assert {field.name for field in of_any_paper([sheet], None)} == {"language"}
    assert of_any_paper([page()], None) == ()
