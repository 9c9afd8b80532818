"""The reader of translators' certificates: each statement alone, the languages, who, when, and of which paper."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from paper import opened, page

from toolkit.kind import kinds
from toolkit.model import Field, Method
from toolkit.readers import translation
from toolkit.recognise import recognise

USCIS = """
CERTIFICATE OF TRANSLATION
I, Marta Elena Quintero, hereby certify that I am competent to translate from Spanish into English,
and that the foregoing is a complete and accurate translation of the birth certificate of Lucía Hernández Rubio.
Signature: ____________________
Name: Marta Elena Quintero
Address: 12 Harbour Street, Port Amaurot
Date: 14 March 2026
"""
FLUENT = """
CERTIFICATION BY TRANSLATOR
I, Jonas Petrauskas, certify that I am fluent (conversant) in the English and Lithuanian languages, and that the
above document is an accurate translation of the document attached entitled Gimimo liudijimas.
/s/ Jonas Petrauskas
January 9, 2026
"""
BERLIN = """
Als vom Präsidenten des Landgerichts Musterstadt ermächtigte Übersetzerin für die spanische Sprache bestätige ich:
Vorstehende Übersetzung der mir im Original vorgelegten, in spanischer Sprache abgefassten Urkunde ist richtig
und vollständig.
Musterstadt, den 12.02.2026
Anja Vogel, Übersetzerin
"""
MADRID = """
Doña Carmen Ortega Vidal, Traductora-Intérprete Jurada de alemán, nombrada por el Ministerio de Asuntos Exteriores,
certifica que la que antecede es traducción fiel y completa al español de un documento redactado en alemán.
En Madrid, a 3 de febrero de 2026
"""
PARIS = """
Je soussignée, Hélène Moreau, traductrice assermentée, expert près la Cour d'appel de Lyon, certifie que la traduction
qui précède est conforme à l'original libellé en langue polonaise.
Fait à Lyon, le 5 janvier 2026
"""
WARSAW = """
Ja, niżej podpisana Ewa Zielińska, tłumacz przysięgły języka niemieckiego, poświadczam zgodność niniejszego
tłumaczenia z okazanym mi oryginałem w języku niemieckim. Repertorium nr 44/2026.
Kraków, dnia 7 marca 2026
"""
OTTAWA = """
AFFIDAVIT OF TRANSLATOR
I, Daniel Roy, of the City of Ottawa, make oath and say that I have knowledge of the Arabic and English languages,
and that
the attached is a true and full translation from Arabic into English of the police certificate of Khaled Mansour.
SWORN before me at Ottawa this 2 March 2026, a commissioner for oaths
"""
PARTIAL = """
TRANSLATOR'S DECLARATION
My name is Olga Smirnova. I declare that this is a correct translation of an excerpt of the diploma
from Russian to English.
Signed: ________  Date: 2026-01-20
"""


WORDED = tomllib.loads((Path(__file__).parent.parent / "bench" / "translators.toml").read_text("utf-8"))["certificate"]
FIELDS = {
    "complete": "statement_complete",
    "accurate": "statement_accurate",
    "competent": "statement_competent",
    "source": "source_language",
    "target": "target_language",
    "kind": "document_kind",
}


def read(text: str) -> dict[str, Field]:
    reading = translation.read_pages([page(text)], kinds()["translation-certificate"])
    return {field.name: field for field in reading.fields}


def said(text: str) -> dict[str, object]:
    return {name: field.value for name, field in read(text).items()}


@pytest.mark.parametrize("text", [USCIS, FLUENT, BERLIN, MADRID, PARIS, WARSAW, OTTAWA, PARTIAL])
def test_a_translators_certificate_is_recognised(text: str) -> None:
    assert recognise(opened(text)).name == "translation-certificate"


def test_all_statements_of_the_law_are_found_with_their_places() -> None:
    got = read(USCIS)
    for name in ("statement_complete", "statement_accurate", "statement_competent"):
        assert (got[name].value, got[name].sure) == ("yes", True)
        assert got[name].source.box is not None
    assert got["translator"].value == "Marta Elena Quintero"
    assert got["date"].value == "2026-03-14"
    assert (got["source_language"].value, got["target_language"].value) == ("es", "en")
    assert got["document_kind"].value == "birth-certificate"
    assert got["holder"].value == "Lucía Hernández Rubio"
    assert got["signed"].value == "unsure"
    assert "contact" in got


def test_a_statement_that_is_not_made_is_no() -> None:
    got = said(FLUENT)
    assert got["statement_complete"] == "no"
    assert got["statement_accurate"] == "yes"
    assert got["statement_competent"] == "yes"
    assert got["signed"] == "yes"
    assert got["translator"] == "Jonas Petrauskas"
    assert got["date"] == "2026-01-09"
    # Two languages without a word that says which is translated into which: likely, not sure.
    assert got["source_language"] == "lt"
    assert not read(FLUENT)["source_language"].sure


def test_a_german_court_translator_is_sworn_and_vouches_for_both() -> None:
    got = said(BERLIN)
    assert (got["statement_complete"], got["statement_accurate"], got["standing"]) == ("yes", "yes", "sworn")
    assert got["source_language"] == "es"
    assert got["date"] == "2026-02-12"


def test_a_spanish_sworn_translator() -> None:
    got = said(MADRID)
    assert (got["statement_complete"], got["statement_accurate"], got["standing"]) == ("yes", "yes", "sworn")
    assert got["translator"] == "Carmen Ortega Vidal"
    assert (got["source_language"], got["target_language"]) == ("de", "es")
    assert got["date"] == "2026-02-03"


def test_a_french_sworn_translator_vouches_for_conformity_alone() -> None:
    got = said(PARIS)
    assert (got["statement_complete"], got["statement_accurate"], got["standing"]) == ("no", "yes", "sworn")
    assert (got["translator"], got["source_language"]) == ("Hélène Moreau", "pl")
    assert got["date"] == "2026-01-05"


def test_a_polish_sworn_translator() -> None:
    got = said(WARSAW)
    assert (got["statement_accurate"], got["standing"], got["source_language"]) == ("yes", "sworn", "de")
    assert got["translator"] == "Ewa Zielińska"
    assert got["date"] == "2026-03-07"


def test_an_affidavit_is_one() -> None:
    got = said(OTTAWA)
    assert (got["statement_complete"], got["statement_accurate"], got["statement_competent"]) == ("yes", "yes", "yes")
    assert got["standing"] == "affidavit"
    assert (got["source_language"], got["target_language"]) == ("ar", "en")
    assert got["document_kind"] == "police-certificate"


def test_a_translation_of_an_excerpt_is_not_complete() -> None:
    got = said(PARTIAL)
    assert got["statement_complete"] == "no"
    assert got["translator"] == "Olga Smirnova"
    assert (got["source_language"], got["target_language"]) == ("ru", "en")


def test_words_about_something_else_state_nothing() -> None:
    got = said(
        "CERTIFICATE OF TRANSLATION\nThis is my translation of the diploma.\nThe University is a full member of the"
        " union.\nStudents complete four years. The competent authority is the ministry."
    )
    assert [got[f"statement_{name}"] for name in ("complete", "accurate", "competent")] == ["no", "no", "no"]


def test_a_blurred_page_leaves_a_missing_statement_unsure() -> None:
    blurred = page(FLUENT, method=Method.OCR, confidence=0.6)
    reading = translation.read_pages([blurred], kinds()["translation-certificate"])
    complete = next(field for field in reading.fields if field.name == "statement_complete")
    assert (complete.value, complete.sure) == ("unsure", False)


def test_the_reader_is_called_as_all_are() -> None:
    file = opened(USCIS)
    reading = translation.read(file, recognise(file))
    assert {"translator", "signed", "statement_complete"} <= {field.name for field in reading.fields}


BOTH = """
BIRTH CERTIFICATE
Registry office Musterstadt, No. G 482/1990
Anna Katharina Vogel was born on 3 May 1990 in Musterstadt.
Translated from German. I certify that this is a complete and accurate translation and that I am competent to
translate from German into English.
Peter Jones, translator
"""


def test_a_certificate_on_the_sheet_of_the_translation_is_read_beside_it() -> None:
    fields = {field.name: field.value for field in translation.beside([page(BOTH)])}
    assert fields["translation_statement_complete"] == "yes"
    assert fields["translation_statement_competent"] == "yes"
    assert fields["translation_translator"] == "Peter Jones"
    assert fields["translation_source_language"] == "de"


def test_a_paper_that_only_speaks_of_translations_has_none_beside_it() -> None:
    text = "EMPLOYMENT CONTRACT\nThe Employee shall provide accurate translations of manuals into English.\nFull time."
    assert translation.beside([page(text)]) == ()


def test_the_reprs_hide_what_is_read() -> None:
    assert "Marta" not in repr(translation._text([page(USCIS)]))


@pytest.mark.parametrize("worded", WORDED, ids=[each["text"].split("\n")[0][:30] for each in WORDED])
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_certificates_in_many_wordings_are_read(worded: dict[str, str], method: Method) -> None:
    reading = translation.read_pages([page(worded["text"], method=method)], kinds()["translation-certificate"])
    got = {field.name: field.value for field in reading.fields}
    for name, wanted in worded.items():
        if name != "text":
            assert got.get(FIELDS.get(name, name)) == wanted, name


def test_words_run_together_leave_statements_open() -> None:
    glued = "CERTIFICATE OF TRANSLATION\nI,MartaQuintero,herebycertifythatIamcompetenttotranslatefromSpanishintoEnglish"
    reading = translation.read_pages([page(glued, method=Method.OCR)], kinds()["translation-certificate"])
    assert {field.value for field in reading.fields if field.name.startswith("statement_")} == {"unsure"}
