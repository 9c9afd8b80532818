"""Translations: which belongs to which original, what differs, and whether the certificate says what a state asks."""

from __future__ import annotations

import pytest
from paper import page

from toolkit import translation_asked, translation_figures
from toolkit.model import SURE, Box, Field, Method, Record, Source, Verdict
from toolkit.translation import best_pair, certificate_of, judged, pairs

US = translation_asked.demand("us/l-1a")
GB = translation_asked.demand("gb/skilled-worker")
DE = translation_asked.demand("de/eu-blue-card")

GERMAN = """
Geburtsurkunde
Standesamt Musterstadt, Nr. G 482/1990
Anna Katharina Vogel
geboren am 3. Mai 1990 in Musterstadt
Gebühr 12,50 EUR, Kassenzeichen 77120045
Musterstadt, den 12. August 2021
"""
ENGLISH = """
Birth certificate
Registry office Musterstadt, No. G 482/1990
Anna Katharina Vogel
born on 3 May 1990 in Musterstadt
Fee EUR 12.50, receipt number 77120045
Musterstadt, 12 August 2021
"""


def record(kind: str, document: str, language: str | tuple[str, ...] = "", text: str = "", **values: str) -> Record:
    fields = [
        Field(name, value, 0.95, Source(document, 1, Box(0.1, 0.1, 0.4, 0.12), Method.OCR))
        for name, value in values.items()
    ]
    if language:
        fields.append(Field("language", language, 0.99, Source(document, 1, None, Method.COMPUTED)))
    figures = translation_figures.field([page(text)]) if text else None
    if figures is not None:
        fields.append(Field("figures", figures.value, figures.confidence, Source(document, 1, None, Method.OCR)))
    return Record(kind, 0.99, (1,), tuple(fields), document=document)


def original(text: str = GERMAN, document: str = "d1", **values: str) -> Record:
    return record("birth-certificate", document, "de", text, **{"holder": "Anna Katharina Vogel", **values})


def translated(text: str = ENGLISH, document: str = "d2", **values: str) -> Record:
    return record("birth-certificate", document, "en", text, **{"holder": "Anna Katharina Vogel", **values})


def certificate(document: str = "d3", **values: str) -> Record:
    said = {
        "statement_complete": "yes",
        "statement_accurate": "yes",
        "statement_competent": "yes",
        "signed": "yes",
        "translator": "Marta Quintero",
        "date": "2026-03-14",
        "source_language": "de",
        "document_kind": "birth-certificate",
        **values,
    }
    return record("translation-certificate", document, "en", **{name: value for name, value in said.items() if value})


def test_a_paper_in_an_accepted_language_needs_nothing() -> None:
    assert judged(translated(), [], ("en",), US).verdict is Verdict.MET


def test_a_bilingual_paper_is_accepted_by_either_language() -> None:
    paper = record("birth-certificate", "d1", ("de", "en"))
    assert judged(paper, [paper], ("en",), US).verdict is Verdict.MET


def test_a_foreign_paper_alone_asks_for_a_translation() -> None:
    paper = original()
    found = judged(paper, [paper], ("en",), US)
    assert found.verdict is Verdict.UNMET
    assert "in German" in found.because
    assert "into English" in found.next_step
    assert found.documents == ("d1",)


@pytest.mark.parametrize("sure", [None, 0.6])
def test_an_unclear_language_is_unsure(sure: float | None) -> None:
    fields = () if sure is None else (Field("language", "de", sure, Source("d1", 1, None, Method.COMPUTED)),)
    paper = Record("degree", 0.99, (1,), fields, document="d1")
    assert judged(paper, [paper], ("en",), US).verdict is Verdict.UNSURE


def test_a_translation_with_a_certificate_that_says_it_all_is_met() -> None:
    papers = [original(), translated(), certificate()]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.MET
    assert found.documents == ("d1", "d2", "d3")
    assert "figures are the same" in found.because


def test_figures_alone_pair_papers_without_names() -> None:
    one = record("birth-certificate", "d1", "de", GERMAN)
    other = record("birth-certificate", "d2", "en", ENGLISH)
    pair = best_pair(one, [one, other], ("en",))
    assert pair is not None
    assert pair.sure
    assert not pair.differences


def test_fields_pair_papers_whose_figures_were_not_kept() -> None:
    one = record("degree", "d1", "es", holder="Lucía Rubio", award_date="2011-06-12", number="ME-2009-0417")
    other = record("degree", "d2", "en", holder="LUCIA RUBIO", award_date="2011-06-12", number="ME-2009-0417")
    pair = best_pair(one, [one, other], ("en",))
    assert pair is not None
    assert pair.sure


def test_without_a_certificate_the_law_is_not_met() -> None:
    papers = [original(), translated()]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.UNMET
    assert "8 CFR 103.2(b)(3)" in found.because
    assert "complete" in found.next_step


@pytest.mark.parametrize(
    ("statement", "words"), [("complete", "complete"), ("accurate", "accurate"), ("competent", "competent")]
)
def test_each_missing_statement_is_named(statement: str, words: str) -> None:
    papers = [original(), translated(), certificate(**{f"statement_{statement}": "no"})]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.UNMET
    assert words in found.because
    assert any(field.name == f"statement_{statement}" for field in found.evidence)


def test_a_signature_nobody_could_see_is_unsure() -> None:
    papers = [original(), translated(), certificate(signed="unsure")]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.UNSURE
    assert "signature" in found.because


def test_what_is_only_advised_is_told_and_does_not_fail() -> None:
    papers = [original(), translated(), certificate(date="")]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.MET
    assert "a date would be good to have" in found.because


def test_britain_asks_for_contact_and_not_for_competence() -> None:
    papers = [original(), translated(), certificate(statement_competent="no")]
    found = judged(papers[0], papers, ("en", "cy"), GB)
    assert found.verdict is Verdict.UNSURE
    assert "reach the translator" in found.because
    papers[2] = certificate(statement_competent="no", contact="+44 20 7946 0000")
    assert judged(papers[0], papers, ("en", "cy"), GB).verdict is Verdict.MET


def test_germany_asks_for_a_sworn_translator() -> None:
    paper = record("degree", "d1", "es", holder="Lucía Rubio", award_date="2011-06-12", number="ME-2009-0417")
    other = record("degree", "d2", "de", holder="Lucía Rubio", award_date="2011-06-12", number="ME-2009-0417")
    vouched = certificate(source_language="es", document_kind="degree", standing="accredited")
    assert judged(paper, [paper, other, vouched], ("de",), DE).verdict is Verdict.UNSURE
    vouched = certificate(source_language="es", document_kind="degree", standing="sworn")
    assert judged(paper, [paper, other, vouched], ("de",), DE).verdict is Verdict.MET


def test_a_state_nobody_described_asks_only_for_the_translation() -> None:
    papers = [original(), translated()]
    assert judged(papers[0], papers, ("en",), translation_asked.demand("xx/any")).verdict is Verdict.MET


def test_a_number_that_the_translation_lacks_is_a_finding_with_its_place() -> None:
    papers = [original(), translated(ENGLISH.replace("77120045", "as stamped")), certificate()]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.UNSURE
    assert "is not in the translation" in found.because
    (field,) = found.evidence
    assert field.value == "77120045"
    assert field.source.page == 1
    assert field.source.box is not None
    assert "77120045" not in found.because


def test_a_date_that_the_translation_says_otherwise_shows_both_readings() -> None:
    papers = [original(birth_date="1990-05-03"), translated(birth_date="1990-03-05"), certificate()]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.UNSURE
    assert [field.value for field in found.evidence] == ["1990-05-03", "1990-03-05"]
    assert "the birth date on page 1 of document d1 differs" in found.because


def test_the_translation_of_another_childs_certificate_is_none() -> None:
    other = translated(ENGLISH.replace("482", "617").replace("3 May 1990", "9 July 1993"), holder="Lukas Vogel")
    paper = original()
    assert best_pair(paper, [paper, other], ("en",)) is None
    assert judged(paper, [paper, other], ("en",), US).verdict is Verdict.UNMET


def test_of_two_papers_that_fit_alike_neither_is_sure() -> None:
    papers = [original(), translated(), translated(document="d5")]
    pair = best_pair(papers[0], papers, ("en",))
    assert pair is not None
    assert not pair.sure


def test_a_certificate_that_names_another_language_or_kind_vouches_for_nothing_here() -> None:
    papers = [original(), translated(), certificate(source_language="fr")]
    pair = best_pair(papers[0], papers, ("en",))
    assert pair is not None
    assert certificate_of(pair, papers) is None
    papers[2] = certificate(document_kind="degree")
    assert certificate_of(pair, papers) is None


def test_a_translation_that_bears_its_certificate_needs_no_other() -> None:
    values = {f"translation_statement_{name}": "yes" for name in ("complete", "accurate", "competent")}
    papers = [original(), translated(translation_signed="yes", translation_source_language="de", **values)]
    found = judged(papers[0], papers, ("en",), US)
    assert found.verdict is Verdict.MET
    assert "translated from German" in found.because


def test_all_pairs_of_a_pile() -> None:
    papers = [original(), translated(), certificate(), record("passport", "d4", "fr")]
    found = pairs(papers, ("en",))
    assert [(pair.original.document, pair.translation.document) for pair in found] == [("d1", "d2")]


def test_figures_survive_the_language() -> None:
    one, other = (
        {row["figure"] for row in translation_figures.field([page(text)]).value} for text in (GERMAN, ENGLISH)
    )
    assert one == other
    assert {"1990-05-03", "2021-08-12", "77120045", "1250", "482", "1990"} & one >= {"1990-05-03", "77120045", "1250"}


def test_a_date_of_two_readings_keeps_both() -> None:
    assert list(translation_figures.of_text("05.03.1990")) != []
    figures = list(translation_figures.of_text("issued 04/05/1990"))
    assert set(figures[0]) == {"1990-05-04", "1990-04-05"}


def test_arabic_digits_are_digits() -> None:
    assert ("4821", "") in list(translation_figures.of_text("رقم ٤٨٢١"))


def test_a_page_without_figures_has_none_and_a_long_one_is_bounded() -> None:
    assert translation_figures.field([page("Name")]) is None
    many = translation_figures.field([page("\n".join(f"{n} {n + 100_000}" for n in range(100, 2_000)))])
    assert many is not None
    assert len(many.value) == translation_figures.MOST


def test_every_demand_loads_and_names_its_law() -> None:
    for code, asked in translation_asked.demands().items():
        assert len(code) == 2
        assert asked.languages
        assert asked.law
    assert translation_asked.called("de") == "German"
    assert SURE == 0.9


def test_a_misread_name_leaves_a_pair_unsure_that_the_figures_make() -> None:
    papers = [original(holder="Standesamt Musterstadt"), translated()]
    pair = best_pair(papers[0], papers, ("en",))
    assert pair is not None
    assert not pair.sure
    assert "although the names differ" in pair.reasons


def test_names_in_other_scripts_do_not_part_a_pair() -> None:
    one = record("birth-certificate", "d1", "zh", "出生日期 1990-05-06 编号 482101", holder="李明轩")
    other = record("birth-certificate", "d2", "en", "Born 6 May 1990, no. 482101", holder="LI MINGXUAN")
    pair = best_pair(one, [one, other], ("en",))
    assert pair is not None
    assert pair.sure


def test_a_translation_whose_language_is_not_sure_is_not_called_missing() -> None:
    paper = original()
    unsure = translated()
    fields = tuple(
        Field("language", "en", 0.7, field.source) if field.name == "language" else field for field in unsure.fields
    )
    unsure = Record(unsure.kind, 0.99, (1,), fields, document="d2")
    found = judged(paper, [paper, unsure], ("en",), US)
    assert found.verdict is Verdict.UNSURE
    assert "its language is not sure" in found.because


def test_a_translation_of_far_fewer_pages_is_looked_at() -> None:
    long = original()
    long = Record(long.kind, 0.99, (1, 2, 3, 4), long.fields, document="d1")
    papers = [long, translated(), certificate()]
    found = judged(long, papers, ("en",), US)
    assert found.verdict is Verdict.UNSURE
    assert "4 pages" in found.because
