"""The message that asks for papers: whole in every language it is written in, silent about all but its reader."""

from __future__ import annotations

import email
import io
import json
import re
from dataclasses import replace
from datetime import date
from email.policy import default
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from case_builder import ANNA, CHILD, LARS, Builder
from click.testing import CliRunner
from PIL import Image
from test_owed import case, of_case, passport

from toolkit.asking import Message, Picture, Reader, ask, names_somebody, role_of
from toolkit.asking_pages import draft, page, pdf, text
from toolkit.asking_pictures import framed, pictures
from toolkit.asking_words import compare, holes, languages, read, wording
from toolkit.catalog import Catalog
from toolkit.checklist import checklist, routes
from toolkit.cli.ask import command
from toolkit.cli.check import judge
from toolkit.confine import Child
from toolkit.dossier import dossier
from toolkit.errors import DefinitionError
from toolkit.facsimile import Facsimile
from toolkit.kind import kinds
from toolkit.model import Box, Case, Document, Field, Method, Person, Proof, Record, Source, State
from toolkit.owed import Item, owed
from toolkit.owed_reasons import Cause
from toolkit.rules import Rule
from toolkit.rules.papers import Translated
from vault import Vault

TODAY = date(2026, 10, 1)
WORDS = Path(__file__).parent.parent / "toolkit" / "phrases_asked"
MAJA = replace(CHILD, given_names="Maja")
NILS = Person("p4", "child", "Eriksson", "Nils", "2014-02-02", "UTO")
L1A = {"blanket_petition": "no", "request": "initial", "has_valid_visa": "no", "spouse.has_valid_visa": "no"}


def written(built: Builder, role: str = "principal", to: str = "employee", language: str = "en", **how) -> Message:
    person = role_of(built.case, role)
    assert person is not None
    _, items = of_case(built, copies=how.pop("copies", False))
    return ask(built.case, items, Reader(to, person), wording(language), today=how.pop("today", TODAY), **how)  # type: ignore[arg-type]


def family(route: str = "de/eu-blue-card") -> Builder:
    built = case(route, ANNA, LARS, MAJA, NILS, **L1A)
    passport(built, expiry_date="2027-03-15")
    passport(
        built, "p2", surname="ERIKSSON", given_names="LARS", birth_date="1972-01-05",
        document_number="X11223344", expiry_date="2027-01-31", issue_date="2017-01-31",
    )  # fmt: skip
    return built


def everything(message: Message) -> str:
    return text(message) + page(message) + draft(message).decode()


# --- the wording ---


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_of_paper_has_a_name_and_what_it_has_to_show(kind: str, language: str) -> None:
    found = wording(language).kinds[kind]
    assert found.noun and found.shows
    if language != "en" and kind not in ("visa-sticker",):
        assert found != wording("en").kinds[kind]


@pytest.mark.parametrize("language", languages())
def test_no_name_is_kept_for_a_kind_that_there_is_not(language: str) -> None:
    assert set(wording(language).kinds) == set(kinds())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("rule", [each.__struct_config__.tag for each in Rule.__args__])
def test_every_rule_and_cause_can_be_said(rule: str, cause: Cause, language: str) -> None:
    words = wording(language)
    values = {
        "entry": "expiry_date", "found": "2027-01-31", "needed": "2028-01-01", "since": "2026-01-01",
        "until": "2026-06-01", "amount": "1270.00", "currency": "GBP", "level": "B1",
    }  # fmt: skip
    for known in (values, {}):
        said = words.because(rule, cause.value, known)
        assert said and not holes(said) and said[-1] in ".!?"


def test_the_four_languages_are_written_and_any_other_is_english() -> None:
    assert set(languages()) == {"en", "de", "fr", "es"} and languages()[0] == "en"
    assert wording("pt") == wording("en")


def test_every_language_that_a_checklist_takes_has_a_name() -> None:
    rules = [rule for route in routes() for each in checklist(route).requirements.values() for rule in each.rules]
    taken = {language for rule in rules if isinstance(rule, Translated) for language in rule.languages}
    assert taken and taken <= set(wording("en").languages)


def test_dates_and_sums_are_written_as_the_language_writes_them() -> None:
    days = {each: wording(each).day(date(2027, 3, 1)).replace("\u00a0", " ") for each in languages()}
    assert days == {"en": "1 March 2027", "de": "1. März 2027", "fr": "1er mars 2027", "es": "1 de marzo de 2027"}
    said = {each: wording(each).asked("sum", {"amount": "30000.50", "currency": "EUR"}) for each in languages()}
    assert "30,000.50 EUR" in said["en"] and "30.000,50 EUR" in said["de"] and "30\u202f000,50 EUR" in said["fr"]
    assert "or German" in wording("en").asked("translated", {"languages": "en de"})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('missing = "Es liegt uns noch nicht vor."\n', "", "reason.missing: is missing"),
        ("gültig bis mindestens {needed}", "gültig genug", "must.valid_until: needs the holes needed"),
        ("[entry]", '[entry]\nshoe_size = "Schuhgröße"', "entry.shoe_size: English has none"),
    ],
)
def test_a_language_that_differs_from_english_in_more_than_words_is_an_error(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    german = (WORDS / "de.toml").read_text("utf-8")
    assert old in german
    (tmp_path / "de.toml").write_text(german.replace(old, new, 1), "utf-8")
    with pytest.raises(DefinitionError) as problem:
        compare(tmp_path / "de.toml", read(tmp_path / "de.toml"), wording("en"))
    assert told in str(problem.value) and "de.toml" in str(problem.value)


# --- the message ---


@pytest.mark.parametrize("language", languages())
def test_the_message_says_what_why_and_by_when_in_every_language(language: str) -> None:
    message = written(family(), language=language)
    words = wording(language)
    entry = next(each for each in message.sections[0].entries if each.title == words.kinds["passport"].noun)
    assert message.sections[0].heading == words.say("own")
    assert entry.reasons == (words.because("valid_beyond", "failed", {"found": "2027-03-15", "needed": "2027-09-01"}),)
    assert words.asked("valid_until", {"needed": "2027-09-01"}) in entry.musts
    assert entry.due == words.say("due", date=words.day(date(2026, 11, 17)))
    assert entry.begin == words.say("begin", date=words.day(date(2026, 10, 6)))
    flat = " ".join(text(message).split())
    for said in (message.greeting, *message.intro, entry.due.replace("\u00a0", " "), words.say("advice")):
        assert " ".join(said.split()) in flat
    assert not holes(re.sub(r"<style>.*?</style>", "", page(message), flags=re.S))
    drawn = pypdfium2.PdfDocument(pdf(message, today=TODAY))
    shown = " ".join("".join(drawn[at].get_textpage().get_text_range() for at in range(len(drawn))).split())
    assert words.kinds["passport"].noun in shown and str(date(2026, 11, 17).year) in shown


def test_what_has_no_translation_stays_in_english_in_brackets_and_is_marked_as_english() -> None:
    message = written(case("us/l-1a", **L1A), language="de")
    entry = next(each for each in message.entries if each.item.requirements == ("photo",))
    assert entry.title == "Passfoto"
    assert entry.english == ("a colour photograph, 51 x 51 mm, white background, no glasses",)
    assert "[auf Englisch: a colour photograph, 51 x 51 mm" in text(message)
    assert '<p class="english" lang="en">[auf Englisch: a colour photograph' in page(message)
    appointment = next(each for each in message.entries if each.item.wanted.have == "have_appointment")
    assert (appointment.title, appointment.english) == ("Bestätigung des Interviewtermins", ())


def test_papers_that_share_a_name_in_the_message_are_told_apart_by_the_checklists() -> None:
    """A certificate of vaccination and one of an examination are both medical certificates."""
    message = written(case("br/vitem-v", yellow_fever_area="yes"), language="fr")
    entry = next(each for each in message.entries if "yellow-fever" in each.item.requirements)
    assert (entry.title, entry.english) == ("Certificat médical", ("the yellow-fever vaccination certificate",))
    english = written(case("br/vitem-v", yellow_fever_area="yes"))
    entry = next(each for each in english.entries if "yellow-fever" in each.item.requirements)
    assert (
        entry.title == "The yellow-fever vaccination certificate" and "vaccination against yellow fever" in entry.shows
    )


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
@pytest.mark.parametrize("route", ["us/i-9", "gb/right-to-work"])
def test_what_a_check_of_the_right_to_work_asks_of_the_employee_is_said_in_their_language(
    route: str, language: str
) -> None:
    message = written(case(route), language=language)
    assert message.entries
    assert [each.english for each in message.entries if each.english] == []
    assert all(each.shows and each.title != wording(language).say("paper") for each in message.entries)


def test_what_is_overdue_is_said_to_be() -> None:
    late = written(family(), today=date(2026, 11, 20))
    entry = late.sections[0].entries[0]
    assert entry.due.replace("\u00a0", " ") == "As soon as you can: it was needed by 17 November 2026"
    assert late.subject == "Papers for your move"
    unplanned = case("de/eu-blue-card", dates={})
    assert {each.due for each in written(unplanned).entries} == {"As soon as you can"}


def test_the_readers_own_papers_come_before_those_of_the_family_even_where_these_take_longer() -> None:
    built = case("us/l-1a", ANNA, LARS, **L1A)
    passport(built)
    passport(built, "p2", expiry_date="2027-01-31")
    _, items = of_case(built)
    first = next(each for each in items if each.by in ("employee", "dependant") and each.level != "recommended")
    assert first.person == "p2" and first.begin is not None
    assert written(built).sections[0].heading == "What to send"


def test_what_is_not_needed_now_comes_last_and_says_so() -> None:
    headings = [each.heading for each in written(case("de/eu-blue-card")).sections]
    assert headings[0] == "What to send" and headings[-1] == "Later: not needed yet"


# --- whom it is silent about ---


@pytest.mark.parametrize("language", languages())
def test_the_employee_reads_nothing_that_stands_in_a_paper_of_the_family(language: str) -> None:
    built = family("us/l-1a")
    drawn: list[Item] = []
    message = written(built, language=language, draw=drawn.append)  # type: ignore[func-returns-value]
    said = everything(message).replace("\u00a0", " ")
    for secret in ("Lars", "LARS", "Maja", "Nils", "X11223344", "1972", "2010", "2014-02"):
        assert secret not in said
    assert wording(language).day(date(2027, 1, 31)).replace("\u00a0", " ") not in said
    assert wording(language).say("other_person") in {each for entry in message.entries for each in entry.reasons}
    assert drawn and {item.person for item in drawn} == {"p1"}


def test_the_spouse_reads_of_the_own_papers_alone() -> None:
    message = written(family("us/l-1a"), "spouse")
    said = everything(message).replace("\u00a0", " ")
    assert {each.item.person for each in message.entries} == {"p2"}
    assert "valid until 31 January 2027" in said and "Lars Eriksson" in said
    assert "Anna" not in said and "15 March 2027" not in said


def test_the_papers_of_a_child_are_asked_of_its_parents() -> None:
    message = written(family(), "child2")
    assert message.greeting == "Hello," and "your child Nils" in message.intro[0]
    assert "Maja" not in everything(message)
    headings = [each.heading for each in written(family()).sections]
    assert "For your child no. 2 (in the order in which you named your family)" in headings


@pytest.mark.parametrize("to", ["employer", "counsel"])
def test_employer_and_counsel_read_no_name_and_no_value_of_a_paper(to: str) -> None:
    built = case("us/l-1a", ANNA, LARS, blanket_petition="no", request="initial", represented_by_counsel="yes")
    passport(built, expiry_date="2027-03-15")
    message = written(built, to=to)
    said = everything(message)
    assert message.entries and {each.item.by for each in message.entries} == {to}
    for secret in ("Anna", "Eriksson", "Lars", "L898902C3", "1974", "15 March 2027"):
        assert secret not in said


def test_a_value_of_a_paper_is_told_to_its_owner_alone() -> None:
    built = family()
    (failed,) = [each for each in of_case(built)[1] if each.by == "employee" and each.reasons[0].cause is Cause.FAILED]
    for to, told in (("employee", True), ("employer", False)):
        provided = replace(failed, by=to)  # type: ignore[arg-type]
        message = ask(built.case, [provided], Reader(to, ANNA), wording("en"), today=TODAY)  # type: ignore[arg-type]
        (entry,) = message.entries
        assert ("15\u00a0March\u00a02027" in entry.reasons[0]) is told and "{" not in entry.reasons[0]
        assert "be valid until 1\u00a0September\u00a02027 or longer" in entry.musts


@pytest.mark.parametrize("role", ["principal", "spouse", "child"])
def test_no_id_of_ours_and_no_confidence_is_told(role: str) -> None:
    built = family()
    passport(built, "p3", unsure=("expiry_date", "issue_date"))
    said = everything(written(built, role, copies=True))
    assert not re.search(r"\bdocument d\d|\bd[1-9]\b|\bp[1-4]\b|\bc1\b|0\.\d\d|have_|mobility case|\[details\]", said)


def test_a_reference_that_names_somebody_is_told_to_nobody_and_names_no_file() -> None:
    built = family()
    assert not names_somebody(built.case.reference, built.case)
    built.case = replace(built.case, reference="Lars-2026")
    assert names_somebody(built.case.reference, built.case)
    assert "Lars" not in everything(written(built))


def test_a_name_is_text_and_never_markup() -> None:
    person = replace(ANNA, given_names='<img src="http://x.example/">', surname="#panic() \\ {x}")
    message = written(case("de/eu-blue-card", person), place="<script>alert(1)</script>")
    made = page(message)
    assert "<script" not in made and "<img" not in made and "&lt;script&gt;" in made
    assert pdf(message, today=TODAY).startswith(b"%PDF")
    assert "{x}" in text(message)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    picture = Picture(b"\xff\xd8\xff", 2, 30, 40, True)
    made = page(written(family(), draw=lambda _: picture))
    sources = re.findall(r'(?:src|href|action|url)\s*[=(]\s*"?([^">)]*)', made)
    assert sources and all(each.startswith("data:image/jpeg;base64,") for each in sources)
    assert "default-src &#x27;none&#x27;" in made and "@media print" in made and "http:" not in made
    assert 'alt="What we have. The place in question is framed in red (page 2)."' in made


def test_the_mail_draft_names_no_sender_and_no_reader_and_carries_no_picture() -> None:
    message = written(family(), language="fr", draw=lambda _: Picture(b"\xff\xd8\xff", 1, 3, 4, True))
    made = email.message_from_bytes(draft(message), policy=default)
    assert {each.lower() for each in made} == {
        "subject", "x-unsent", "content-language", "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    assert made["X-Unsent"] == "1" and str(made["Subject"]).startswith("Documents pour votre mobilité")
    assert not list(made.iter_attachments())
    assert made.get_content().replace("\r\n", "\n") == text(message)


def test_the_same_case_gives_the_same_bytes() -> None:
    one, other = written(family()), written(family())
    assert (text(one), page(one), draft(one), pdf(one, today=TODAY)) == (
        text(other), page(other), draft(other), pdf(other, today=TODAY),
    )  # fmt: skip


# --- the picture ---


def test_the_place_in_question_is_framed_and_nothing_else_is_changed() -> None:
    drawn = framed(Facsimile(1, 1, 600, 800, bytes([255]) * (3 * 600 * 800)), [Box(0.5, 0.25, 0.75, 0.5)])
    assert drawn is not None and drawn.framed and (drawn.width, drawn.height) == (600, 800)
    pixels = np.asarray(Image.open(io.BytesIO(drawn.jpeg)).convert("RGB")).astype(int)
    red = (pixels[..., 0] - pixels[..., 1]) > 80
    rows, columns = np.nonzero(red)
    assert abs(columns.min() - 294) <= 2 and abs(columns.max() - 456) <= 2
    assert abs(rows.min() - 194) <= 2 and abs(rows.max() - 406) <= 2
    assert (pixels[300, 375] > 245).all() and (pixels[50, 50] > 245).all()


def test_a_paper_without_a_look_of_its_own_gives_no_picture() -> None:
    assert framed(Facsimile(1, 1, 600, 800), [Box(0.1, 0.1, 0.2, 0.2)]) is None


# --- the verb ---


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
    monkeypatch.chdir(tmp_path)
    made = Vault.create(tmp_path / "mobility-vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(made) as catalog:
        details = {**L1A, "spouse.language": "de"}
        dates = {"filing": date(2099, 12, 1), "start": date(2100, 3, 1), "end": date(2102, 2, 28)}
        catalog.add_case(Case("c1", "X-1", "us/l-1a", (ANNA, LARS), dates, details))
        for id_, person, expiry in (("d1", "p1", "2100-03-15"), ("d2", "p2", "2100-01-31")):
            filed(made, catalog, id_, person, expiry)
    return made


def filed(vault: Vault, catalog: Catalog, id_: str, person: str, expiry: str) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 210, 220)).save(drawn, "PNG")
    blob = vault.compartment("c1").put(drawn.getvalue()).name
    document = Document(
        id_, "c1", "Anna Eriksson.png", "image/png", 9, blob, "2027-01-01T00:00:00", State.FILED, person=person
    )
    source = Source(id_, 1, Box(0.5, 0.6, 0.8, 0.7), Method.MRZ)
    fields = (Field("expiry_date", expiry, 0.99, source, Proof.CHECK_DIGIT),)
    catalog.add_document(document, [Record("passport", 0.99, (1,), fields, document=id_, turns=(0,))])


def run(*words: str):
    done = CliRunner().invoke(command, list(words), env={"MOBILITY_PASSPHRASE": "p"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_verb_writes_mail_page_and_pdf_with_the_picture_of_the_readers_own_paper(vault: Vault) -> None:
    before = len(list(vault.ledger.entries()))
    done = run("X-1", "--json", "--out", "made", "--send-to", "https://upload.example/")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["files"] == [f"made/X-1-ask-principal.{each}" for each in ("txt", "eml", "html", "pdf")]
    made = Path("made/X-1-ask-principal.html").read_text("utf-8")
    assert made.count("data:image/jpeg;base64,") == 1 and "https://upload.example/" in made
    assert said["asked"] == sum(each["in_message"] for each in said["items"])
    (asked,) = [each for each in said["items"] if each["kinds"] == ["passport"] and each["person"] == "principal"
                and each["by"] == "employee"]  # fmt: skip
    assert asked["due"] == "2100-02-01" and asked["reasons"][0]["cause"] == "failed"
    entries = [each for each in list(vault.ledger.entries())[before:] if each["event"] != "case.opened"]
    assert [(each["event"], each["fact.document"]) for each in entries] == [("document.shown", "d1")]


def test_files_that_could_not_be_opened_are_spoken_of_to_whom_they_may_come_from(vault: Vault) -> None:
    with Catalog.open(vault) as catalog:
        for id_, person in (("d8", ""), ("d9", "p2")):
            when = "2027-01-01T00:00:00"
            held = Document(id_, "c1", "secret.pdf", "application/pdf", 9, "", when, State.QUARANTINED, person=person)
            catalog.add_document(held)
    run("X-1")
    run("X-1", "--person", "spouse", "--language", "EN")
    run("X-1", "--to", "employer")
    told = {each: Path(f"out/X-1-ask-{each}.txt").read_text("utf-8") for each in ("principal", "spouse", "employer")}
    assert "could not be opened: 1." in told["principal"] and "could not be opened: 1." in told["spouse"]
    assert "opened" not in told["employer"] and not any("secret" in each for each in told.values())


def test_a_page_of_another_person_is_never_drawn(vault: Vault) -> None:
    with Catalog.open(vault) as catalog, Child() as child:
        known = dossier(catalog, "X-1")
        items = owed(known.case, known.facts, known.records, known.documents, checklist(known.case.route), judge(known))
        (theirs,) = [each for each in items if each.person == "p2" and each.reasons[0].cause is Cause.FAILED]
        assert pictures(vault, child, known, LARS)(theirs) is not None
        assert pictures(vault, child, known, ANNA)(theirs) is None


def test_the_spouse_is_written_to_in_the_language_the_case_states(vault: Vault) -> None:
    said = json.loads(run("X-1", "--person", "spouse", "--json").stdout)
    assert (said["language"], said["files"][0]) == ("de", "out/X-1-ask-spouse.txt")
    assert "gilt bis 31. Januar 2100" in " ".join(Path("out/X-1-ask-spouse.txt").read_text("utf-8").split())


def test_a_language_that_is_not_written_is_said_and_falls_back_to_english(vault: Vault) -> None:
    done = run("X-1", "--language", "pt")
    assert "no wording in the language pt" in done.stderr and "en, de, es, fr" in done.stderr
    assert Path("out/X-1-ask-principal.txt").read_text("utf-8").startswith("Dear Anna Maria Eriksson,")
    said = json.loads(run("X-1", "--language", "pt-BR", "--json").stdout)
    assert (said["language"], said["language_asked"]) == ("en", "pt")


def test_where_nothing_is_owed_it_says_so_and_writes_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.cli.ask.judge", lambda known: [])
    done = run("X-1")
    assert done.exit_code == 0 and "Nothing is owed in case X-1" in done.output and not Path("out").exists()
    said = json.loads(run("X-1", "--json").stdout)
    assert said["items"] == said["files"] == [] and said["asked"] == 0


def test_where_the_reader_owes_nothing_but_others_do_it_says_that(vault: Vault) -> None:
    done = run("X-1", "--to", "counsel")
    assert "none was written" in done.output and "specialist" in done.output and not Path("out").exists()


def test_nobody_is_asked_who_is_not_in_the_case(vault: Vault) -> None:
    done = CliRunner().invoke(command, ["X-1", "--person", "child"], env={"MOBILITY_PASSPHRASE": "p"})
    assert "Nobody in case X-1 is called child" in str(done.exception)
    done = CliRunner().invoke(
        command, ["X-1", "--person", "spouse", "--to", "employer"], env={"MOBILITY_PASSPHRASE": "p"}
    )
    assert "about the whole case" in str(done.exception)
