from __future__ import annotations

from paper import page

from toolkit.kind import FieldPattern, kinds
from toolkit.model import Method, Page
from toolkit.readers import patterns

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
