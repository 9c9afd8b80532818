"""The questionnaire: what it asks, what it looks like as a form, and what is read of one that comes back."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from forms_case import facts_of, whole_case

from toolkit import acroform, acroform_reread, pages, sniff
from toolkit.checklist import checklist
from toolkit.confine import Child
from toolkit.model import Method, Proof
from toolkit.questionnaire import Questionnaire, questionnaire
from toolkit.questionnaire_facts import MARK, Mark, fact_of
from toolkit.questionnaire_pages import named_countries, pdf
from toolkit.questionnaire_words import asked, languages, wording
from toolkit.readers import Reading
from toolkit.readers import questionnaire as reader
from toolkit.recognise import Recognised

TODAY = date(2026, 11, 26)
KIND = Path(acroform.__file__).parent / "kinds" / "questionnaire"
TAG = "0123456789abcdef" * 2


def for_person(role: str = "principal", language: str = "en", route: str = "us/l-1a", **details: str) -> Questionnaire:
    case = whole_case()
    written, words = wording(language)
    person = next(each for each in case.people if each.role == role)
    return questionnaire(case, person, facts_of(case, **details), checklist(route).asks, written, words)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as made:
        yield made


@pytest.fixture(scope="module")
def form(child: Child) -> bytes:
    return pdf(child, for_person(), "GM-2027-104", TAG, today=TODAY)


def typed(form: bytes, answers: Mapping[str, str]) -> bytes:
    """The form as a PDF reader saves it after somebody typed *answers* into it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as made:
        for _, widget in acroform.widgets(made):
            name = acroform.name_of(widget)
            if name in answers:
                holder = acroform.chain(widget)[-1]
                state = acroform.on_state(widget)
                if state:
                    holder["/V"] = pikepdf.Name("/" + answers[name])
                    widget["/AS"] = pikepdf.Name("/" + (state if state == answers[name] else "Off"))
                else:
                    holder["/V"] = pikepdf.String(answers[name])
        made.save(out)
    return out.getvalue()


def read(data: bytes) -> Reading:
    return reader.read(pages.open_bytes(data, sniff.PDF), Recognised(None, "questionnaire", 0.99, (1,)))


def said(reading: Reading) -> dict[str, object]:
    return {each.name: each.value for each in reading.fields if each.proof is Proof.PERSON}


def test_what_is_known_is_filled_in_and_the_rest_is_asked() -> None:
    items = {item.name: item for item in for_person().items}
    assert items["surname"].value == "Grünwaldt"
    assert items["passport.expiry_date"].value == "2032-06-13"
    assert items["birth_city"].value == ""
    assert items["birth_city"].required
    assert items["answer.prior_marriage"].answers == (("yes", "Yes"), ("no", "No"))
    # A number that opens doors is asked for, and never sent around.
    assert items["us_ssn"].value == ""
    assert whole_case().details["principal.us_ssn"]


def test_each_is_asked_what_they_can_know() -> None:
    spouse = {item.name for item in for_person("spouse").items}
    assert "family_moves" not in spouse
    assert "answer.prior_marriage" not in spouse
    assert "answer.passport_blank_pages" in spouse
    principal = {item.name for item in for_person().items}
    assert "answer.unmarried" not in principal
    assert "us_ssn" in principal
    assert "answer.blanket_petition" not in principal  # the employer's to know


def test_every_question_has_words_in_every_language_and_every_answer_too() -> None:
    assert set(languages()) == {"de", "en", "es", "fr"}
    names = {question.name for section in asked().sections for question in section.questions} | set(asked().asks)
    answers = {answer for section in asked().sections for question in section.questions for answer in question.answers}
    for words in languages().values():
        assert names == set(words.questions)
        assert answers | {"yes", "no"} == set(words.answers)
    assert wording("pt-BR")[0] == "en"
    assert wording("de_CH")[0] == "de"


def test_answers_are_the_facts_that_forms_and_routes_ask_for() -> None:
    assert fact_of("spouse", "passport.issue_date") == "spouse.passport.issue_date"
    assert fact_of("principal", "answer.prior_marriage") == "prior_marriage"
    assert fact_of("spouse", "answer.has_valid_visa") == "spouse.has_valid_visa"


def test_the_form_holds_what_is_known_in_the_order_of_reading(form: bytes) -> None:
    blank = acroform.inspect(form)
    by_name = {each.name: each for each in blank.fields}
    assert [each.name for each in blank.fields] == [item.name for item in for_person().items]
    assert by_name["surname"].value == by_name["surname"].default == "Grünwaldt"
    assert by_name["surname"].label == "Surname (family name)"
    assert by_name["sex"].states == ("F", "M", "X")
    assert by_name["sex"].value == "M"
    assert by_name["remarks"].lines
    assert ("POL", "POL") not in by_name["birth_country"].options
    assert ("Poland", "POL") in by_name["birth_country"].options
    shown = {each.name: each.shown for each in acroform_reread.reread(form)}
    assert "Germany" in shown["birth_country"]
    assert by_name["birth_country"].value == "D"
    with pikepdf.open(io.BytesIO(form)) as made:
        required = {acroform.name_of(w) for _, w in acroform.widgets(made) if acroform.flags(w) & 2}
        assert "birth_city" in required
        assert "remarks" not in required
        assert all(page.obj.Tabs == pikepdf.Name.R for page in made.pages)
        assert str(made.Root.Lang) == "en-GB"


def test_no_field_lies_over_another_or_off_its_page(child: Child) -> None:
    for language in languages():
        made = pdf(child, for_person("spouse", language), "GM-2027-104", TAG, today=TODAY)
        blank = acroform.inspect(made)
        places = [place for each in blank.fields for place in each.places]
        for at, one in enumerate(places):
            wide, high = blank.pages[one.page - 1]
            assert one.left > 30
            assert one.left + one.width < wide - 30
            assert 40 < one.bottom < one.bottom + one.height < high - 30
            for other in places[at + 1 :]:
                apart = (
                    one.page != other.page
                    or one.left + one.width <= other.left
                    or other.left + other.width <= one.left
                    or one.bottom + one.height <= other.bottom
                    or other.bottom + other.height <= one.bottom
                )
                assert apart, language
        text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made))
        assert languages()[language].form["title"] in text


def test_the_mark_says_what_it_is_and_nothing_of_the_person(form: bytes) -> None:
    with pikepdf.open(io.BytesIO(form)) as made:
        data = made.attachments[MARK].get_file().read_bytes()
    mark = msgspec.json.decode(data, type=Mark)
    assert (mark.version, mark.language, mark.route, mark.tag) == (1, "en", "us/l-1a", TAG)
    assert mark.kinds["birth_date"] == "date"
    text = data.decode()
    assert not [value for value in ("Grünwaldt", "Tomás", "GM-2027-104", "C01X00T47") if value in text]


def test_what_comes_back_is_what_the_person_typed_with_its_place(form: bytes) -> None:
    back = read(
        typed(
            form,
            {
                "birth_city": "Łódź-Śródmieście",
                "birth_country": "POL",
                "passport.expiry_date": "2033/1/2",
                "marital_status": "partnership",
                "answer.prior_marriage": "no",
                "answer.passport_blank_pages": "12",
                "remarks": "Zeile eins\nşğő – Nguyễn",
            },
        )
    )
    assert said(back) == {
        "birth_city": "Łódź-Śródmieście",
        "birth_country": "POL",
        "passport.expiry_date": "2033-01-02",
        "marital_status": "partnership",
        "answer.prior_marriage": "no",
        "answer.passport_blank_pages": "12",
        "remarks": "Zeile eins\nşğő – Nguyễn",
    }
    assert back.warnings == ()
    city = next(each for each in back.fields if each.name == "birth_city")
    assert city.source.method is Method.PERSON
    assert city.source.page == 1
    assert city.source.box is not None
    assert 0.4 < city.source.box.left < city.source.box.right < 0.95
    # Whose it is stands in it, as ours and not as a word of the person.
    assert next(each for each in back.fields if each.name == "surname").proof is Proof.NONE


def test_what_was_ours_already_is_no_word_of_the_person(form: bytes) -> None:
    back = read(form)
    assert said(back) == {}
    assert [each.name for each in back.fields] == ["surname", "given_names"]
    assert "nothing was filled in or changed." in back.warnings


def test_what_is_not_written_as_asked_is_asked_and_never_guessed(form: bytes) -> None:
    back = read(
        typed(form, {"birth_date": "03/04/1985", "birth_country": "Absurdistan", "passport.issue_date": "2022-02-31"})
    )
    assert said(back) == {}
    unsure = {each.name: (each.value, each.confidence) for each in back.fields if not each.sure}
    assert unsure == {
        "birth_date": ("03/04/1985", 0.5),
        "birth_country": ("Absurdistan", 0.5),
        "passport.issue_date": ("2022-02-31", 0.5),
    }
    assert sum("ask what is meant" in each for each in back.warnings) == 3


def test_an_answer_that_was_deleted_is_asked_about(form: bytes) -> None:
    back = read(typed(form, {"passport.document_number": ""}))
    assert [each for each in back.warnings if each.startswith("passport document number")]
    assert "passport.document_number" not in {each.name for each in back.fields}


def test_a_flattened_copy_is_asked_for_again(form: bytes) -> None:
    document = pypdfium2.PdfDocument(typed(form, {"birth_city": "Bergen"}))
    document.init_forms()
    for page in document:
        page.flatten()
    out = io.BytesIO()
    document.save(out)
    with pikepdf.open(io.BytesIO(out.getvalue())) as made:
        if "/AcroForm" in made.Root:
            del made.Root["/AcroForm"]
        again = io.BytesIO()
        made.save(again)
    back = read(again.getvalue())
    assert back.fields == ()
    assert "printed, scanned or flattened" in back.warnings[0]


def test_a_hostile_copy_says_nothing_it_should_not(form: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as made:
        del made.attachments[MARK]
        made.attachments[MARK] = pikepdf.AttachedFileSpec(made, b'{"version": "\xff', filename=MARK)
        for _, widget in acroform.widgets(made):
            name = acroform.name_of(widget)
            if name == "birth_city":
                widget["/V"] = pikepdf.String("Ber\x1b[31mgen\u202e")
            if name == "email":
                widget["/V"] = pikepdf.String("x" * 50_000)
            if name == "phone":
                widget["/T"] = pikepdf.String("case.route")
                widget["/V"] = pikepdf.String("us/eb-5")
            if name == "answer.prior_marriage":
                acroform.chain(widget)[-1]["/V"] = pikepdf.Name("/perhaps")
        made.save(out)
    back = read(out.getvalue())
    words = said(back)
    assert words["birth_city"] == "Ber[31mgen"
    assert len(str(words["email"])) <= 4_000
    assert "case.route" not in {each.name for each in back.fields}
    assert "answer.prior_marriage" not in words
    assert any("mark of the questionnaire is missing" in each for each in back.warnings)


def test_the_kind_knows_the_mark_the_titles_and_the_questions() -> None:
    file = next(path for path in (KIND / "kind.toml", KIND / "kind.toml.new") if path.is_file())
    kind = tomllib.loads(file.read_text("utf-8"))
    assert kind["attachments"] == [MARK]
    titles = {language: words.form["title"].casefold() for language, words in languages().items()}
    assert {language: next(iter(phrases)) for language, phrases in kind["phrases"].items()} == titles
    names = {question.name for section in asked().sections for question in section.questions}
    assert set(kind["fields"]) == names | {f"answer.{key}" for key in asked().asks} | {"remarks"}


def test_countries_are_called_as_the_language_calls_them() -> None:
    german = dict(named_countries("de-DE"))
    assert (german["D"], german["AUT"], german["USA"]) == ("Deutschland", "Österreich", "Vereinigte Staaten")
    assert "XXA" not in german
    assert len(german) > 190


def test_a_case_that_knows_nothing_gives_an_empty_form(child: Child) -> None:
    case = whole_case()
    bare = type(case)("c2", "X-2", "gb/skilled-worker", case.people, case.dates, {})
    written, words = wording("es")
    made = questionnaire(bare, bare.people[1], facts_of(bare), checklist(bare.route).asks, written, words)
    blank = acroform.inspect(pdf(child, made, "X-2", TAG, today=TODAY))
    assert sorted(each.name for each in blank.fields if each.value) == [
        "birth_date", "given_names", "nationality", "surname",
    ]  # fmt: skip
    assert "us_ssn" not in {each.name for each in blank.fields}
    assert json.dumps([each.name for each in blank.fields])
