from __future__ import annotations

from pathlib import Path

import pytest
from paper import opened, page

from toolkit.errors import DefinitionError
from toolkit.kind import FieldPattern, kinds
from toolkit.model import Method, Page
from toolkit.readers import Reading, patterns
from toolkit.readers.choices import choices
from toolkit.readers.dateline import with_dateline
from toolkit.readers.lengths import with_months
from toolkit.readers.prose import prose
from toolkit.recognise import Recognised

DEGREE = """
Universitas Studiorum Eunomiensis
UNIVERSITY OF EUNOMIA
The Rector and the Senate of the University make known that
Tomás Émile Grünwaldt
born on 17 March 1984
having completed the prescribed course of study
has been awarded the degree of
Master of Science
in Mechanical Engineering
Given at Eunomia, Utopia, on 30 June 2009. Certificate No. ME-2009-0417
"""
MARRIAGE = """
Republik Utopia / Republic of Utopia
Eheurkunde
Standesamt / Registry office: Port Amaurot | | Registernummer / Register No.: 114/2014
 | Ehegatte 1 / Spouse 1 | Ehegatte 2 / Spouse 2
Familienname | Grünwaldt | Østervang
Surname
Vornamen | Tomás Émile | Marit Élise
Given names
Tag der Eheschließung | 21.06.2014 / 21 June 2014
Date of marriage
Ort der Eheschließung | Port Amaurot
Place of marriage
"""


def read(text: str, kind: str, method: Method = Method.OCR, confidence: float = 0.99) -> dict[str, object]:
    reading = patterns.read_pages([page(text, method=method, confidence=confidence)], kinds()[kind].fields)
    return {field.name: field.value for field in reading.fields}


def test_a_certificate_without_labels_is_read_by_its_sentences() -> None:
    got = read(DEGREE, "degree")
    assert got == {
        "holder": "Tomás Émile Grünwaldt",
        "degree": "Master of Science",
        "field_of_study": "Mechanical Engineering",
        "institution": "UNIVERSITY OF EUNOMIA",
        "award_date": "2009-06-30",
        "number": "ME-2009-0417",
    }


def test_the_text_layer_of_the_same_certificate_reads_alike() -> None:
    assert read(DEGREE, "degree", Method.TEXT_LAYER) == read(DEGREE, "degree")


def test_a_table_gives_each_spouse_a_column_and_joins_the_names() -> None:
    got = read(MARRIAGE, "marriage-certificate")
    assert got["spouse_1"] == "Tomás Émile Grünwaldt"
    assert got["spouse_2"] == "Marit Élise Østervang"
    assert got["marriage_date"] == "2014-06-21"
    assert got["marriage_place"] == "Port Amaurot"
    assert got["number"] == "114/2014"
    assert not {"surname_1", "given_names_2"} & set(got)


def test_a_german_degree_names_its_holder_and_grade() -> None:
    got = read(
        "Technische Universität Aleph\nverleiht Frau Ada Beispiel\nden akademischen Grad Bachelor of Engineering\n"
        "im Fach Maschinenbau\nAlephstadt, den 12. Juli 2015",
        "degree",
    )
    assert got["holder"] == "Ada Beispiel"
    assert got["degree"] == "Bachelor of Engineering"
    assert got["award_date"] == "2015-07-12"


def test_a_spanish_and_a_french_marriage_are_dated() -> None:
    assert read("Certificado de matrimonio\nFecha de matrimonio: 4 de mayo de 2011", "marriage-certificate") == {
        "marriage_date": "2011-05-04"
    }
    assert read("Extrait d'acte de mariage\nDate du mariage : 4 mai 2011", "marriage-certificate") == {
        "marriage_date": "2011-05-04"
    }


def test_an_english_sentence_weds_two_people() -> None:
    got = read(
        "Certificate of Marriage\nThis is to certify that Ada Example and Bo Sample\n"
        "were united in marriage on the 3rd day of June, 2017",
        "marriage-certificate",
    )
    assert (got["spouse_1"], got["spouse_2"], got["marriage_date"]) == ("Ada Example", "Bo Sample", "2017-06-03")


def test_a_value_below_its_label_is_found_and_trusted_less() -> None:
    pattern = {"number": FieldPattern(labels={"en": ("Certificate No",)}, regex="[0-9]+")}
    beside = patterns.read_pages([page("Certificate No | 4711", method=Method.OCR)], pattern).fields[0]
    below = patterns.read_pages([page("Certificate No\n4711", method=Method.OCR)], pattern).fields[0]
    assert (beside.value, below.value) == ("4711", "4711")
    assert beside.sure and not below.sure


def test_a_label_is_never_a_value() -> None:
    pattern = {
        "surname": FieldPattern(type="person", labels={"en": ("Surname",)}),
        "birth_date": FieldPattern(type="date", labels={"en": ("Date of birth",)}),
    }
    assert patterns.read_pages([page("Surname\nDate of birth", method=Method.OCR)], pattern).fields == ()


def test_two_different_dates_under_one_label_are_not_vouched_for() -> None:
    pattern = {"issued": FieldPattern(type="date", labels={"en": ("Issued",)})}
    reading = patterns.read_pages([page("Issued: 4 May 2011\nIssued: 5 May 2011", method=Method.OCR)], pattern)
    assert not reading.fields[0].sure
    assert [rival.value for rival in reading.rejected] == ["2011-05-05"]


def test_a_doubtful_word_makes_a_doubtful_field() -> None:
    got = patterns.read_pages([page(DEGREE, method=Method.OCR, confidence=0.6)], kinds()["degree"].fields)
    assert all(not field.sure for field in got.fields)


def test_every_field_shows_its_place_on_the_page() -> None:
    for field in patterns.read_pages([page(DEGREE, method=Method.OCR)], kinds()["degree"].fields).fields:
        box = field.source.box
        assert field.source.page == 1 and field.source.method is Method.OCR
        assert box is not None and 0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1


def test_an_empty_page_gives_nothing() -> None:
    blank = Page(1, 600, 800, (), Method.OCR)
    for kind in kinds().values():
        assert patterns.read_pages([blank], kind.fields).fields == ()


def labels(text: str, method: Method = Method.OCR, **patterns: FieldPattern) -> dict[str, object]:
    reading = patterns_of(text, method, patterns)
    return {field.name: field.value for field in reading.fields}


def patterns_of(text: str, method: Method, definition: dict[str, FieldPattern]) -> Reading:
    return patterns.read_pages([page(text, method=method)], definition)


NAME = FieldPattern(type="person", labels={"en": ("name",), "ja": ("氏名",)})
BANK = FieldPattern(labels={"en": ("bank",)})
ISSUED = FieldPattern(type="date", labels={"en": ("date of issue",)})


def test_a_label_that_lost_its_spaces_or_runs_into_its_value_is_a_label() -> None:
    assert labels("Dateofissue:4 May 2011", issued=ISSUED) == {"issued": "2011-05-04"}
    assert labels("Name:Ada Example", name=NAME) == {"name": "Ada Example"}
    assert labels("氏名：山田花子", name=NAME) == {"name": "山田花子"}


def test_a_numbered_label_is_a_label() -> None:
    signed = FieldPattern(type="person", labels={"en": ("has been signed by",)})
    assert labels("2. has been signed by Ada Example", signed=signed) == {"signed": "Ada Example"}


def test_a_value_may_begin_with_a_word_that_is_a_label() -> None:
    assert labels("Bank: Bank of Aleph", bank=BANK) == {"bank": "Bank of Aleph"}
    assert labels("Bank | Bank of Aleph", bank=BANK) == {"bank": "Bank of Aleph"}


def test_the_next_label_of_a_line_ends_the_value() -> None:
    assert labels("Bank: Aleph Bank Name: Ada Example", bank=BANK, name=NAME)["bank"] == "Aleph Bank"
    assert labels("Name | | Bank: Aleph", bank=BANK, name=NAME) == {"bank": "Aleph"}


def test_a_longer_label_is_not_the_label_it_begins_with() -> None:
    assert labels("Name of the ship: Bo Sample", name=NAME) == {}


def test_a_stop_in_a_title_or_a_legal_form_does_not_end_a_value() -> None:
    assert labels("Bank: Dr. Sample & Sons", bank=BANK) == {"bank": "Dr. Sample & Sons"}
    assert labels("Bank: Aleph Sp. z o.o", bank=BANK) == {"bank": "Aleph Sp. z o.o"}


def test_a_name_in_a_form_ends_with_its_line_and_in_prose_it_goes_on() -> None:
    form = FieldPattern(type="person", sentences={"en": ("tenant: {value}", "certify that {value}")})
    assert labels("Tenant: Ada Example\nProperty address: Port Amaurot", Method.TEXT_LAYER, name=form) == {
        "name": "Ada Example"
    }
    assert labels("We certify that Tomás Émile\nGrünwaldt was here", Method.TEXT_LAYER, name=form) == {
        "name": "Tomás Émile Grünwaldt"
    }


def test_a_firm_beside_the_label_of_a_person_is_no_person() -> None:
    assert labels("Name: Aleph Systems GmbH", name=NAME) == {}


def test_a_plain_amount_beside_its_label_is_vouched_for() -> None:
    rent = FieldPattern(type="money", labels={"en": ("rent",)})
    field = patterns_of("Rent: EUR 1,250.00", Method.TEXT_LAYER, {"rent": rent}).fields[0]
    assert (field.value, field.currency, field.sure) == ("1250.00", "EUR", True)


POLICE = "Police Certificate\nName: Ada Example\nDate of issue: 4 May 2026\n"


def police(text: str) -> Reading:
    return patterns.read(
        opened(POLICE + text), Recognised(kinds()["police-certificate"], "police-certificate", 1, (1,))
    )


def test_an_answer_is_given_in_its_fixed_words() -> None:
    field = next(field for field in police("Result: NO LIVE TRACE").fields if field.name == "result")
    assert (field.value, field.sure, field.source.page) == ("no record", True, 1)
    assert next(f.value for f in police("The following convictions: theft").fields if f.name == "result") == "record"


def test_words_of_two_answers_settle_nothing() -> None:
    reading = police("Options: no criminal record / the following convictions")
    field = next(field for field in reading.fields if field.name == "result")
    assert not field.sure
    assert [rival.value for rival in reading.rejected] == ["record"]


def test_the_answer_beside_its_label_goes_before_words_elsewhere() -> None:
    reading = police("Result: no trace\nA live trace means that a conviction is held.")
    field = next(field for field in reading.fields if field.name == "result")
    assert (field.value, field.sure) == ("no record", True)


def test_a_paper_that_says_nothing_gives_no_answer() -> None:
    assert "result" not in {field.name for field in police("See overleaf").fields}


def test_choices_are_of_fields_that_the_kind_has() -> None:
    for kind, each in choices().items():
        assert set(each.fields) <= set(kinds()[kind].fields), kind
        assert {answers.beside for answers in each.fields.values()} <= {"", *kinds()[kind].fields}


def test_a_mistake_in_choices_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "choices.toml").write_text("[fields.result]\nvalue = 1\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"odd/choices.toml.*value"):
        choices(tmp_path)


def test_employment_that_goes_on_has_no_length() -> None:
    pattern = {name: FieldPattern(type="date", labels={"en": (name.replace("_", " "),)}) for name in SPAN}
    pattern |= {"months": FieldPattern(type="number")}
    whole = patterns_of("Period start: 1 March 2018\nPeriod end: 30 June 2023", Method.OCR, pattern)
    assert [f.value for f in with_months(whole, pattern).fields if f.name == "months"] == ["64"]
    open_ended = patterns_of("Period start: 1 March 2018", Method.OCR, pattern)
    assert with_months(open_ended, pattern) == open_ended


SPAN = ("period_start", "period_end")


DATELINE = {"issue_date": FieldPattern(type="date", labels={"en": ("date of issue",)}), "name": NAME}


def dated(text: str) -> list[tuple[object, bool]]:
    pages_ = [page(text)]
    reading = with_dateline(patterns.read_pages(pages_, DATELINE), DATELINE, prose(pages_))
    return [(field.value, field.sure) for field in reading.fields if field.name == "issue_date"]


def test_a_line_of_place_and_date_dates_the_paper() -> None:
    assert dated("Standesamt Alephstadt\nAlephstadt, den 25.03.2026\nName: Ada Beispiel") == [("2026-03-25", True)]
    assert dated("Mairie\nVille, le 12 mars 2026") == [("2026-03-12", True)]


def test_a_date_alone_on_its_line_is_not_vouched_for() -> None:
    assert dated("Aleph Ltd\n12 March 2026\nTo whom it may concern") == [("2026-03-12", False)]


def test_two_datelines_settle_nothing_and_a_label_goes_first() -> None:
    assert [sure for _, sure in dated("Ville, le 12 mars 2026\nVille, le 13 mars 2026")] == [False]
    assert dated("Date of issue: 1 May 2026\nVille, le 12 mars 2026") == [("2026-05-01", True)]


def test_a_date_inside_a_sentence_dates_nothing() -> None:
    assert dated("She was employed from 12 March 2020 on.\nName: Ada Example") == []


def test_a_label_of_several_words_keeps_its_own_cells() -> None:
    issued = FieldPattern(type="date", labels={"en": ("date",)})
    assert labels("Date conferred | 4 May 2011", issued=issued) == {}
    assert labels("Date (day first) | 4 May 2011", issued=issued) == {"issued": "2011-05-04"}
    assert labels("Name (Last Name) Example", name=NAME) == {"name": "Example"}
