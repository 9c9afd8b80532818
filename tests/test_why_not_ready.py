"""The reports say what is open, by which source, until when and by whom, show the evidence, and load nothing."""

from __future__ import annotations

import base64
import io
import json
import re
import time
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.case_builder import ANNA, DATES, LARS, Builder
from toolkit.callouts import Rectangle
from toolkit.case_log_entries import Entry, Standing, What
from toolkit.catalog import Catalog
from toolkit.check import check, checklist, outstanding
from toolkit.checklist import Reading
from toolkit.cli import ready
from toolkit.dossier import Dossier, dossier
from toolkit.model import Box, Case, Document, Field, Method, Person, Proof, Record, Source, State, Verdict
from toolkit.why_not_ready import Report, fact_words, report
from toolkit.why_not_ready_crops import MOST_CROPS, Crop, Piece, crops, pieces
from toolkit.why_not_ready_print import html, sheet
from vault import Vault

TODAY = date(2026, 11, 26)
HOSTILE = Person("p1", "principal", "<script>alert(1)</script>", 'An"na\u202e&', "1974-08-12", "UTO")
BOX = Box(0.1, 0.5, 0.3, 0.6)


def judged(builder: Builder, **more: object) -> Report:
    known = Dossier(builder.case, tuple(builder.documents), tuple(builder.records), builder.facts, ())
    route = checklist(builder.case.route)
    findings = check(known.case, known.facts, known.records, known.documents, route, **more)
    return report(known, route, findings, TODAY)


def case(*people: Person, **details: str) -> Builder:
    """A case with a passport that runs out too early, and a marriage certificate with another birth date."""
    builder = Builder(*people, **details)
    builder.paper("passport", expiry_date="2027-06-01", birth_date="1974-08-12", document_number="L898902C3")
    builder.paper("residence-permit", birth_date="1974-08-21", document_number="X1")
    return builder


class Page(HTMLParser):
    """What of an HTML page a reader of it needs: tags in order, and whether they close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def named(self, *tags):
        return [attrs for tag, attrs in self.tags if tag in tags]


def page(made: Report, found=(), **more) -> Page:
    read = Page(html(made, dict(found), **more).decode())
    assert not read.open
    return read


# --- what is said


def test_every_finding_is_in_the_report_once_with_its_source_and_how_well_it_was_read():
    builder = case(ANNA, LARS)
    made = judged(builder)
    route = checklist("us/l-1a")
    findings = check(builder.case, builder.facts, builder.records, builder.documents, route)
    assert sorted((e.finding.requirement, e.finding.person) for e in made.lines) == sorted(
        (e.requirement, e.person) for e in findings
    )
    for line in made.lines:
        assert line.source == route.requirements[line.finding.requirement].source
        assert line.basis
    assert {line.source.basis for line in made.lines} >= {"seen_official"}
    text = " ".join(" ".join(page(made).words).split())
    for line in made.lines:
        for said in (line.finding.label, line.finding.because, line.finding.next_step, line.source.citation):
            assert " ".join(said.split()) in text
    assert text.count("How well it was read") == len(made.lines)


def test_every_further_reading_is_in_the_report_with_its_level_and_where():
    made = judged(case(ANNA))
    line = next(each for each in made.lines if each.source is not None)
    further = (
        Reading("8 U.S.C. 1", "https://law.example/8/1", "copy", quote="shall keep", as_of="2023", note="s.1 only"),
        Reading("A firm's note", "javascript:alert(1)", "secondary"),
    )
    source = type(line.source)("8 CFR 1", "seen_official", "high", url="https://www.uscis.gov/i-9", further=further)
    shown = page(replace(made, missing=(), lines=(replace(line, source=source),)))
    text = " ".join(" ".join(shown.words).split())
    for said in ("Also read", "8 U.S.C. 1 (copy of the official text, as of 2023)", "shall keep", "s.1 only"):
        assert said in text
    assert "A firm's note (secondary page), javascript:alert(1)" in text
    links = [attrs["href"] for attrs in shown.named("a") if attrs["href"].startswith(("https:", "javascript:"))]
    assert links == ["https://www.uscis.gov/i-9", "https://law.example/8/1"]
    assert "Also read" not in " ".join(page(replace(made, missing=(), lines=(line,))).words) or line.source.further


def test_what_nobody_verified_says_so():
    made = judged(case(ANNA))
    line = next(each for each in made.lines if each.open)
    for basis, said in (("recalled", "nobody has verified it"), ("seen_secondary", "not in the official text")):
        source = type(line.source)(citation="8 CFR 1", basis=basis, confidence="low")
        doubtful = type(line)(line.finding, line.who, source, line.owed_by, line.due)
        altered = type(made)(made.case, made.route, made.stage, TODAY, (doubtful,), made.missing[:0], (), 0, made.kinds)
        assert said in " ".join(page(altered).words)
        (text,) = pdf_pages(sheet(altered))
        assert "1 of the open requirements rests on a source nobody has compared" in " ".join(text.split())


def test_every_open_requirement_is_owed_by_somebody_and_what_is_missing_goes_by_date():
    made = judged(case(ANNA, LARS))
    assert not made.ready
    opened = [line for line in made.lines if line.open]
    assert all(line.owed_by for line in opened)
    binding = {at for at, line in enumerate(made.lines) if line.finding in outstanding([e.finding for e in made.lines])}
    assert binding <= {at for each in made.missing for at in each.lines}
    days = [each.due or date.max for each in made.missing]
    assert days == sorted(days)
    assert len(set(days)) > 1
    without = judged(Builder(ANNA, dates={}))
    assert without.missing
    assert all(each.due is None for each in without.missing)
    assert "no date planned" in " ".join(page(without).words)


def test_a_day_that_has_passed_is_said_to_be_overdue():
    late = Builder(ANNA, dates={name: day.replace(year=day.year - 2) for name, day in DATES.items()})
    assert "overdue" in " ".join(page(judged(late)).words)
    assert "overdue" in pdf_pages(sheet(judged(late)))[0]


def test_contradictions_show_both_readings_and_those_settled_come_last():
    made = judged(case(ANNA))
    (clash,) = (each for each in made.clashes if each.name == "principal.birth_date")
    assert {each.value for each in clash.readings} == {"1974-08-12", "1974-08-21"}
    assert not clash.settled
    words = " ".join(page(made).words)
    (sheet_words,) = pdf_pages(sheet(made))
    for said in (words, sheet_words):
        assert "Birth date (principal)" in said
        assert "1974-08-12" in said
        assert "1974-08-21" in said
    settled = judged(case(ANNA, **{"principal.birth_date": "1974-08-12"}))
    assert [each.settled for each in settled.clashes if each.name == "principal.birth_date"] == [True]
    assert [each.settled for each in settled.clashes] == sorted(each.settled for each in settled.clashes)


def test_what_does_not_apply_is_listed_when_asked_for_and_counts_for_nothing():
    some, everything = judged(case(ANNA)), judged(case(ANNA), everything=True)
    outside = [each for each in everything.lines if each.finding.verdict is Verdict.NOT_APPLICABLE]
    assert outside
    assert not any(each.open or each.owed_by for each in outside)
    assert everything.missing == tuple(
        type(e)(e.what, e.who, e.because, e.owed_by, e.due, e.begin, f.lines)
        for e, f in zip(some.missing, everything.missing, strict=True)
    )
    assert "Does not apply" in " ".join(page(everything).words)
    assert "Does not apply" not in " ".join(page(some).words)


def test_a_ready_case_says_so():
    made = judged(case(ANNA))
    met = tuple(line for line in made.lines if not line.open)
    done = type(made)(made.case, made.route, made.stage, TODAY, met, (), (), 2, made.kinds)
    assert done.ready
    words = " ".join(page(done).words)
    assert "Everything that binds at this stage is met." in words
    assert "2 papers wait for an answer" in words
    assert "Nothing that binds at this stage is missing." in pdf_pages(sheet(done))[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("principal.passport.expiry_date", "Passport, expiry date (principal)"),
        ("child2.birth_date", "Birth date (child2)"),
        ("case.filing", "Filing"),
        ("have_i907", "Have i907"),
    ],
)
def test_facts_are_spoken_of_in_words(name, said):
    people = (ANNA, Person("p3", "child", "E", "M"))
    assert fact_words(Case("c1", "X", "us/l-1a", people, {}), name) == said


# --- the page


def test_the_page_loads_nothing_and_escapes_everything():
    builder = case(HOSTILE)
    builder.paper("degree", holder='"><img src=https://example.org/x onerror=alert(1)>', award_date="2001-01-01")
    entry = Entry(1, "2026-11-01T10:00:00+00:00", "hr", What.NOTE, "<b>bold</b>\n& more", "<i>1</i>")
    read = page(judged(builder), log=[(entry, Standing.STANDS)])
    assert not read.named("script", "link", "iframe", "object", "embed", "form", "svg", "b", "i", "base")
    for _, attrs in read.tags:
        assert not [name for name in attrs if name.startswith("on")]
        assert all((attrs.get(name) or "data:").startswith("data:") for name in ("src", "srcset", "background", "data"))
        assert re.match(r"#[a-z]+\d*$|https?://", attrs.get("href") or "#x")
    (policy,) = [each["content"] for each in read.named("meta") if each.get("http-equiv")]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    text = html(judged(builder), {}).decode()
    assert "url(" not in text
    assert "@import" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in " ".join(read.words)


def test_the_page_can_be_read_by_ear_and_by_keyboard():
    read = page(judged(case(ANNA, LARS)))
    assert read.named("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in read.tags if re.match(r"h\d$", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(read.named("caption")) == len(read.named("table")) >= 2
    assert all(each.get("scope") in ("col", "row") for each in read.named("th"))
    assert all(each.get("alt") for each in read.named("img"))
    assert len(read.named("main")) == len(read.named("nav")) == len(read.named("header")) == 1
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [each["href"][1:] for each in read.named("a") if each["href"].startswith("#")]
    assert set(links) <= set(ids)
    assert links[0] == "main"
    # What scrolls sideways on a small screen can be reached and scrolled with the keys.
    assert all(each.get("role") == "region" and each["aria-labelledby"] in ids for each in read.named("div"))
    assert {attrs["tabindex"] for _, attrs in read.tags if "tabindex" in attrs} == {"0"}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_text_stands_out_from_its_ground():
    text = html(judged(case(ANNA)), {}).decode()
    tones = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", text))
    for name in ("ink", "quiet", "unmet", "unsure", "met", "outside"):
        for ground in ("#ffffff", tones["ground"]):
            # WCAG 2.2, success criterion 1.4.3: 4.5 to 1.
            assert (luminance(ground) + 0.05) / (luminance(tones[name]) + 0.05) >= 4.5


def test_the_log_of_the_case_is_in_it_when_given():
    asked = Entry(1, "2026-11-01T10:00:00+00:00", "hr", What.EXCEPTION, "Twins.", "Housing 4.2")
    granted = Entry(2, "2026-11-02T10:00:00+00:00", "hr", What.APPROVAL, "Yes.", "Housing 4.2", answers=1, alone=True)
    words = " ".join(page(judged(case(ANNA)), log=[(asked, Standing.APPROVED), (granted, Standing.STANDS)]).words)
    for said in ("Housing 4.2", "Twins.", "approval to entry 1", "the only officer of the vault", "approved"):
        assert said in words
    assert "Case log" not in " ".join(page(judged(case(ANNA))).words)


# --- the one page


def pdf_pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [each.get_textpage().get_text_range() for each in document]


def test_the_sheet_is_one_page_however_much_is_missing():
    made = judged(case(ANNA, LARS))
    few = pdf_pages(sheet(made))
    assert len(few) == 1
    many = type(made)(
        made.case, made.route * 5, made.stage, TODAY, made.lines, made.missing * 30, made.clashes * 30, 3, made.kinds
    )
    (text,) = pdf_pages(sheet(many))
    shown = re.search(r"and (\d+) more: see the full report", text)
    assert shown
    assert 0 < int(shown[1]) < len(many.missing)
    assert "What contradicts" in text
    assert sheet(many) == sheet(many)


def test_the_sheet_takes_words_for_words():
    hostile = case(HOSTILE)
    hostile.paper("degree", birth_date="#panic()", holder="$x$ *y* @z")
    (text,) = pdf_pages(sheet(judged(hostile)))
    assert "<script>alert(1)</script>" in text


# --- the evidence


def value(name: str, box: Box | None, document: str = "d1", number: int | None = 1, sure: float = 0.99) -> Field:
    return Field(name, "x", sure, Source(document, number, box, Method.OCR))


def test_values_near_each_other_share_a_piece_and_keep_their_order():
    low, high, far = Box(0.1, 0.3, 0.2, 0.32), Box(0.5, 0.1, 0.6, 0.12), Box(0.1, 0.9, 0.2, 0.92)
    nowhere = [value("e", None), value("f", low, ""), value("g", low, "d1", None), value("h", Box(2, 2, 3, 3))]
    values = [value("a", low), value("b", high), value("c", far), value("a2", low), value("d", low, "d2"), *nowhere]
    found = pieces(values)
    assert list(found) == [Piece("d1", 1, (low, high)), Piece("d1", 1, (far,)), Piece("d2", 1, (low,))]
    assert [each.name for each in found[Piece("d1", 1, (low, high))][low]] == ["a", "a2"]
    assert pieces([value("a", Box(float("nan"), 0, 1, 1))]) == {}


@pytest.fixture(scope="module")
def marked() -> bytes:
    """A page of 400 by 200 points with a black rectangle at a tenth to three tenths across, a half to 0.6 down."""
    with pikepdf.new() as made:
        sheet_ = made.add_blank_page(page_size=(400, 200))
        sheet_.Contents = pikepdf.Stream(made, b"0 g 40 80 80 20 re f")
        data = io.BytesIO()
        made.save(data)
    return data.getvalue()


@pytest.fixture
def stored(tmp_path, marked, monkeypatch):
    """A vault with a passport that can be drawn, a letter without a look of its own, and a paper that is broken."""
    monkeypatch.setattr("os.fsync", lambda handle: None)
    vault = Vault.create(tmp_path / "vault", officer="hr", passphrase="p", work_factor=1)
    with Catalog.open(vault) as catalog:
        catalog.add_case(Case("c1", "Anna Eriksson", "us/l-1a", (ANNA,), DATES))
        note = b"Birth certificate of Anna\nBorn 1974-08-21\n"
        papers = (
            ("d1", "application/pdf", marked, "passport", "1974-08-12", BOX),
            ("d2", "text/plain", note, "birth-certificate", "1974-08-21", Box(0.1, 0.02, 0.3, 0.05)),
            ("d3", "application/pdf", b"%PDF-1.7 cut", "residence-permit", "1974-08-31", BOX),
        )
        for id_, media, data, kind, day, box in papers:
            name = vault.compartment("c1").put(data).name
            received = "2026-11-01T00:00:00"
            document = Document(id_, "c1", "Anna.pdf", media, len(data), name, received, State.FILED, person="p1")
            fields = [Field("birth_date", day, 0.97, Source("", 1, box, Method.OCR), Proof.NONE)]
            if kind == "passport":
                expiry = Source("", 1, Box(0.6, 0.5, 0.8, 0.6), Method.MRZ)
                fields.append(Field("expiry_date", "2027-06-01", 0.99, expiry, Proof.CHECK_DIGIT))
            catalog.add_document(document, [Record(kind, 0.99, (1,), tuple(fields))])
        yield vault, catalog


def run(stored, *words, monkeypatch):
    monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
    return ready.command.main([*words, "--vault", str(stored[0].folder)], standalone_mode=False)


def test_the_verb_writes_both_for_the_owner_alone(stored, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert run(stored, "Anna Eriksson", "--out", str(out), "--json", monkeypatch=monkeypatch) == 5
    said = json.loads(capsys.readouterr().out)
    assert sorted(path.name for path in out.iterdir()) == ["c1-ready.html", "c1-why-not-ready.pdf"]
    assert said["files"] == [str(out / "c1-ready.html"), str(out / "c1-why-not-ready.pdf")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())
    assert (said["ready"], said["counts"]["UNSURE"] + said["counts"]["UNMET"] > 0) == (False, True)
    assert {each["fact"] for each in said["contradictions"]} >= {"principal.birth_date"}
    last = list(stored[0].ledger.entries())[-1]
    assert (last["event"], last["fact.case"]) == ("case.reported", "c1")
    assert {"d1", "d2", "d3"} <= set(last["fact.documents"].split())
    text = (out / "c1-ready.html").read_text("utf-8")
    read = Page(text)
    words = " ".join(" ".join(read.words).split())
    assert "Born 1974-08-21" in words  # the letter, in its own words
    assert "Not shown: the page cannot be drawn" in words  # the broken one
    assert pictured(read)
    # The contradiction comes first and has the pictures; what follows refers to them.
    contradicted = text.partition('id="clashes"')[2].partition("<h2")[0]
    assert contradicted.count("<img") == 1
    assert "1974-08-12" in contradicted
    assert "1974-08-21" in contradicted
    assert "1974-08-31" in contradicted
    assert len(pdf_pages((out / "c1-why-not-ready.pdf").read_bytes())) == 1
    assert run(stored, "c1", "--out", str(out), "--all", "--log", monkeypatch=monkeypatch) == 5
    assert "Not ready" in capsys.readouterr().out


def pictured(read: Page) -> list[Image.Image]:
    data = [each["src"].removeprefix("data:image/jpeg;base64,") for each in read.named("img")]
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in data]


def test_a_piece_shows_the_place_framed(stored):
    vault, catalog = stored
    made = judged_of(catalog)
    found = crops(vault, made[0], made[1])
    alone = next(crop for piece, crop in found.items() if piece.document == "d1" and piece.boxes == (BOX,))
    shown = Image.open(io.BytesIO(alone.jpeg)).convert("RGB")
    assert shown.size == (alone.width, alone.height)
    dark = Rectangle(*shown.convert("L").point(lambda level: 255 if level < 60 else 0).getbbox())
    # The black rectangle is a fifth of the page wide, and the piece at least half of it.
    assert 0.3 <= (dark.right - dark.left) / shown.width <= 0.45
    # The frame in the colour of its standing lies around it.
    frame = shown.getpixel((int((dark.left + dark.right) / 2), int(dark.top) - 4))
    assert max(abs(a - b) for a, b in zip(frame, (0, 158, 115), strict=True)) < 60


def judged_of(catalog: Catalog) -> tuple[Dossier, Report]:
    known = dossier(catalog, "c1")
    route = checklist(known.case.route)
    findings = check(known.case, known.facts, known.records, known.documents, route)
    return known, report(known, route, findings, TODAY)


def test_a_place_is_shown_once_and_referred_to_from_then_on():
    made = judged(case(ANNA))
    line = next(each for each in made.lines if each.open)
    finding = type(line.finding)(
        "r",
        "Label",
        Verdict.UNMET,
        "why",
        "law",
        TODAY,
        evidence=(value("a", BOX), value("b", Box(0.5, 0.5, 0.6, 0.6))),
    )
    again = type(finding)("s", "Label 2", Verdict.UNMET, "why", "law", TODAY, evidence=(value("a", BOX),))
    lines = tuple(type(line)(each, "", None, ("employee",), None) for each in (finding, again))
    two = type(made)(made.case, made.route, made.stage, TODAY, lines, (), (), 0, {})
    both = Piece("d1", 1, (BOX, Box(0.5, 0.5, 0.6, 0.6)))
    drawn = {both: Crop(10, 10, b"jpeg"), Piece("d1", 1, (BOX,)): Crop(10, 10, b"other")}
    read = page(two, drawn)
    assert len(read.named("img")) == 1
    assert {"href": "#e1"} in read.named("a")
    words = " ".join(" ".join(read.words).split())
    assert "1 A: x" in words
    assert "2 B: x" in words
    # What could not be drawn is said, with where to see it.
    assert "no room for more pictures; mobility show" in " ".join(page(two, {}).words)


def test_more_pieces_than_there_is_room_for_are_named(stored, monkeypatch):
    monkeypatch.setattr("toolkit.why_not_ready_crops.MOST_CROPS", 1)
    vault, catalog = stored
    known, made = judged_of(catalog)
    found = crops(vault, known, made)
    assert len(found) == 1 < MOST_CROPS
    assert "no room for more pictures" in " ".join(page(made, found).words)


def test_reprs_hide_who_it_is_about():
    made = judged(case(ANNA))
    shown = repr([made, *made.lines, *made.missing, *made.clashes, Crop(1, 1, b"jpeg", "secret")])
    for secret in ("Eriksson", "1974", "secret", "L898902C3"):
        assert secret not in shown


def test_ten_thousand_places_are_grouped_at_once_and_no_piece_has_too_many():
    many = [value(f"f{n}", Box(0.1, n / 20000, 0.2, n / 20000 + 0.00004)) for n in range(10_000)]
    began = time.process_time()
    found = pieces(many)
    assert time.process_time() - began < 2
    assert [each for read in found.values() for each in read] == [each.source.box for each in many]
    assert max(len(piece.boxes) for piece in found) == 24
