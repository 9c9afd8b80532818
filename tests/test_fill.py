"""Official forms: what is written, what is asked, what goes to the addendum, and what of a blank is refused."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from case_builder import ANNA, Builder
from click.testing import CliRunner
from form_paper import form as paper
from forms_case import facts_of, whole_case
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import acroform, acroform_reread, acroform_write, fill_print
from toolkit.cli.fill import command
from toolkit.confine import Child
from toolkit.errors import DefinitionError, EncryptedError, HostileError, InputError, UnknownNameError, UnreadableError
from toolkit.fill import Filling, fill, split
from toolkit.fill_definition import Definition, Edition, Entry, Named, Part, Slot, form, forms
from toolkit.fill_form import fill_form, verify
from toolkit.fill_print import Typed, held, pieces, printable
from toolkit.fill_values import Answer, Known, written

TODAY = date(2026, 11, 26)
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "forms"
BLANK = paper()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as made:
        yield made


def definition(
    *entries: Entry, blank: bytes = BLANK, expires: date | None = None, more: tuple[Slot, ...] = ()
) -> Named:
    edition = Edition("01/01/26", hashlib.sha256(blank).hexdigest(), expires)
    part = Part("Part 1", "principal", entries)
    made = Definition(
        "X-1", "A form", "Nobody", "https://example.org/x-1", TODAY, ("principal",), (edition,), (part,), more
    )
    return Named("us/x-1", made)


def filled(child: Child, named: Named, blank: bytes = BLANK, **details: str):
    facts = facts_of(whole_case(), **details)
    return fill_form(child, named, blank, facts, route="us/l-1a", today=TODAY)


def values(pdf: bytes) -> dict[str, str]:
    return {each.name: each.value for each in acroform_reread.reread(pdf) if each.value}


def test_every_type_of_field_is_filled_read_back_and_shown(child: Child) -> None:
    made = filled(
        child,
        definition(
            Entry("Surname", fact="principal.surname"),
            Entry("Number", fact="principal.a_number", format="a-number"),
            Entry("Born", fact="principal.birth_date", format="date"),
            Entry("Male", fact="principal.sex", tick=("M", "male")),
            Entry("Female", fact="principal.sex", tick=("F", "female")),
            Entry("State", fact="employer.state"),
            Entry("Yes or no", fact="full_time", tick="yes", state="yes"),
            Entry("Yes or no", fact="full_time", tick="no", state="no"),
        ),
        principal__a_number="A 12-345 678",
    )
    assert values(made.pdf) == {
        "Surname": "Grünwaldt", "Number": "012345678", "Born": "03/17/1984", "Male": " M ", "State": "OH",
        "Yes or no": "yes",
    }  # fmt: skip
    assert made.complete
    shown = {each.name: each.shown for each in acroform_reread.reread(made.pdf)}
    assert "Grünwaldt" in shown["Surname"]
    # What the list shows is printed; its value is what is stored.
    assert "Ohio" in shown["State"]
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        fonts = [font for xobject in pdf.objects if isinstance(xobject, pikepdf.Stream) and "/Resources" in xobject
                 for font in (xobject.Resources.get("/Font") or {}).values()]  # fmt: skip
        assert fonts
        assert all("/DescendantFonts" in font for font in fonts)  # embedded, so that every viewer shows every letter


def test_what_is_not_known_for_sure_stays_empty_and_is_asked_once(child: Child) -> None:
    made = filled(
        child,
        definition(
            Entry("Surname", fact="principal.maiden_name", item="1"),
            Entry("Short", fact="principal.maiden_name", item="2"),
            Entry("Duties", fact="principal.hobby", item="3", optional=True),
            Entry("Born", fact="employer.name_day", format="date", item="4"),
        ),
        employer__name_day="summer 2026",
    )
    assert values(made.pdf) == {}
    asked = [(each.fact, each.why, each.items) for each in made.filling.asked]
    assert asked == [("principal.maiden_name", "missing", ("1", "2")), ("employer.name_day", "unfit", ("4",))]
    assert "whole date" in made.filling.asked[1].detail
    assert not made.complete


def test_all_that_is_missing_of_a_joined_value_is_asked_at_once(child: Child) -> None:
    named = definition(Entry("Surname", join=("x.city", "employer.state", "x.zip"), between=", "))
    assert [each.fact for each in filled(child, named).filling.asked] == ["x.city", "x.zip"]
    whole = filled(child, named, x__city="Columbus", x__zip="43215")
    assert values(whole.pdf) == {"Surname": "Columbus, OH, 43215"}


def test_what_papers_contradict_is_not_written(child: Child) -> None:
    built = Builder(ANNA)
    built.paper("passport", surname="ERIKSSON")
    built.paper("birth-certificate", surname="Lindqvist")
    facts = built.facts
    named = definition(Entry("Surname", fact="principal.surname"))
    made = fill_form(child, named, BLANK, facts, route="us/l-1a", today=TODAY)
    assert values(made.pdf) == {}
    assert [each.why for each in made.filling.asked] == ["contradicted"]


def test_a_value_too_long_is_never_cut_it_goes_to_the_addendum(child: Child) -> None:
    whole = whole_case().details["duties_abroad"]
    made = filled(
        child,
        definition(Entry("Short", fact="signatory.title", item="2"), Entry("Duties", fact="duties_abroad", item="1")),
        signatory__title="Managing Director and Head of the Group's Engineering",
    )
    short, duties = made.filling.longer
    assert short.text == "Managing Director and Head of the Group's Engineering"
    assert values(made.pdf)["Short"] == short.kept == "Addendum"
    assert values(made.pdf)["Duties"] + duties.text == whole
    pdf = pypdfium2.PdfDocument(made.pdf)
    assert len(pdf) == 2
    addendum = " ".join(pdf[1].get_textpage().get_text_range().split())
    assert "Item Number 2" in addendum
    assert short.text in addendum
    assert " ".join(duties.text.split()) in addendum
    assert len(made.filling.findings) == 2
    assert short.text not in " ".join(made.filling.findings)


def test_the_forms_own_part_for_more_is_used_before_an_addendum(child: Child) -> None:
    named = definition(
        Entry("Short", fact="signatory.title", item="2"),
        more=(Slot(text="More", page="MorePage", item="MoreItem"),),
    )
    made = filled(child, named, signatory__title="Managing Director and Head of the Group's Engineering")
    held_now = values(made.pdf)
    assert held_now["MorePage"], held_now["MoreItem"] == ("1", "2")
    assert held_now["More"] == "Managing Director and Head of the Group's Engineering"
    assert made.filling.addendum == ()
    assert len(pypdfium2.PdfDocument(made.pdf)) == 1


def test_a_comb_holds_as_many_signs_as_it_has_cells(child: Child) -> None:
    made = filled(child, definition(Entry("Number", fact="x")), x="1234567890")
    assert "Number" not in values(made.pdf)
    assert made.filling.longer[0].text == "1234567890"


def test_letters_the_fonts_lack_are_asked_in_latin(child: Child) -> None:
    made = filled(child, definition(Entry("Surname", fact="x")), x="山田")
    assert made.filling.asked[0].detail == "the form takes Latin letters only"


def test_several_given_names_are_not_split_by_guess(child: Child) -> None:
    named = definition(
        Entry("Surname", fact="principal.given_names", format="given"),
        Entry("Short", fact="principal.middle_name", optional=True),
    )
    assert values(filled(child, named).pdf) == {"Surname": "Tomás", "Short": "Émile"}
    unsaid = filled(child, named, principal__middle_name="")
    assert values(unsaid.pdf) == {"Surname": "Tomás Émile"}
    assert "principal.middle_name" in unsaid.filling.findings[0]


def test_another_edition_is_refused_with_the_remedy_or_filled_and_said(child: Child) -> None:
    named, other = definition(Entry("Surname", fact="principal.surname")), paper(listed=False)
    with pytest.raises(InputError, match=r"none of the editions.*01/01/26.*--edition-unknown"):
        filled(child, named, other)
    facts = facts_of(whole_case())
    made = fill_form(child, named, other, facts, route="us/l-1a", today=TODAY, edition_unknown=True)
    assert values(made.pdf) == {"Surname": "Grünwaldt"}
    assert "not checked" in made.filling.findings[0]
    assert not made.complete


def test_an_expired_edition_is_said(child: Child) -> None:
    made = filled(child, definition(Entry("Surname", fact="principal.surname"), expires=date(2025, 12, 31)))
    assert "expired on 2025-12-31" in made.filling.findings[0]
    assert "https://example.org/x-1" in made.filling.findings[0]


def test_a_definition_that_does_not_fit_its_blank_is_named(child: Child) -> None:
    with pytest.raises(DefinitionError, match="no field 'Nothing'"):
        filled(child, definition(Entry("Nothing", fact="x")))
    with pytest.raises(DefinitionError, match="a box to tick"):
        filled(child, definition(Entry("Male", fact="x")))
    with pytest.raises(DefinitionError, match="state"):
        filled(child, definition(Entry("Yes or no", fact="x", tick="yes", state="perhaps")))
    for wrong in ({}, {"fact": "x", "fixed": "y", "because": "z"}, {"fixed": "y"}, {"fact": "x", "state": "y"}):
        with pytest.raises(ValueError, match="A"):
            Entry("A", **wrong)


def test_a_fixed_value_holds_on_its_routes_only(child: Child) -> None:
    entry = Entry("Surname", fixed="L-1A", because="the class of the route", routes=("us/l-1a",))
    assert values(filled(child, definition(entry)).pdf) == {"Surname": "L-1A"}
    facts = facts_of(whole_case())
    elsewhere = fill_form(child, definition(entry), BLANK, facts, route="us/h-1b", today=TODAY)
    assert values(elsewhere.pdf) == {}
    assert elsewhere.filling.asked == ()


def test_what_acts_by_itself_is_taken_out_and_told(child: Child) -> None:
    blank = paper(xfa=b"<config><dynamicRender>forbidden</dynamicRender></config>", script=True, locked=True)
    made = filled(child, definition(Entry("Surname", fact="principal.surname"), blank=blank), blank)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert not pdf.is_encrypted
        assert "/XFA" not in pdf.Root.AcroForm
        assert "/NeedAppearances" not in pdf.Root.AcroForm
        assert "/OpenAction" not in pdf.Root
        assert b"getField" not in made.pdf
        assert not any("/AA" in widget for _, widget in acroform.widgets(pdf))
    assert len(made.removed) == 3


def test_fields_that_no_list_names_are_found_and_listed(child: Child) -> None:
    blank = paper(listed=False)
    made = filled(child, definition(Entry("Surname", fact="principal.surname"), blank=blank), blank)
    assert values(made.pdf) == {"Surname": "Grünwaldt"}
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert "Surname" in [str(each.get("/T")) for each in pdf.Root.AcroForm.Fields]


@pytest.mark.parametrize(
    ("blank", "error"),
    [
        (paper(xfa=b"<config><dynamicRender>required</dynamicRender></config>"), "dynamic XFA"),
        (paper(xfa=b"<a/>", fields=False), "dynamic XFA"),
        (paper(fields=False), "no fields"),
        (b"%PDF-1.7 and nothing more", "no PDF"),
        (b"", "no PDF"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_a_remedy(child: Child, blank: bytes, error: str) -> None:
    with pytest.raises(InputError, match=error) as refused:
        child.call("toolkit.acroform:inspect", blank, result=object)
    assert refused.value.remedy


def test_a_form_behind_a_password_is_refused(child: Child) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(BLANK)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(EncryptedError, match="password"):
        child.call("toolkit.acroform:inspect", out.getvalue(), result=object)


def test_hostile_fields_end_in_an_answer() -> None:
    def changed(change) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(BLANK)) as pdf:
            change(pdf, list(pdf.pages[0].obj.Annots))
            pdf.save(out)
        return out.getvalue()

    def loop(pdf, fields) -> None:
        fields[0]["/Parent"] = fields[0]

    def nonsense(pdf, fields) -> None:
        fields[0]["/Rect"] = pikepdf.Array([1, 2])
        fields[1]["/MaxLen"] = pikepdf.String("many")
        fields[2]["/DA"] = pikepdf.Array([1])
        fields[3]["/Ff"] = pikepdf.Name.X
        fields[4]["/T"] = pikepdf.String("x" * 10_000)

    def huge(pdf, fields) -> None:
        fields[1]["/Rect"] = pikepdf.Array([0, 0, 10**9, 10**9])

    assert {each.name for each in acroform.inspect(changed(loop)).fields} >= {"Surname", "State"}
    read = acroform.inspect(changed(nonsense))
    assert read.get("Surname") is None
    assert read.get("Short").longest == 0
    assert max(len(each.name) for each in read.fields) <= 400
    assert acroform.inspect(changed(huge)).get("Short") is None


def test_a_value_that_is_not_there_afterwards_is_an_error(child: Child) -> None:
    blank = acroform.inspect(BLANK)
    found = blank.get("Surname")
    typed = (Typed(found, found.places[0], "Eriksson"),)
    filling = Filling({"Surname": "Eriksson"}, {}, typed, (), (), (), ())
    drawn = fill_print.drawn(typed, TODAY)
    good = acroform_write.written(BLANK, filling.values, {}, drawn, [("Surname", 0)])
    assert verify(child, good, filling) == 1
    others = acroform_write.written(BLANK, {"Surname": "Ericsson"}, {}, drawn, [("Surname", 0)])
    unseen = acroform_write.written(BLANK, filling.values, {}, b"", [])
    for wrong in (others, unseen, BLANK):
        with pytest.raises(HostileError, match="Surname") as refused:
            verify(child, wrong, filling)
        assert "Eri" not in str(refused.value)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abcdé ß\n-,W"), max_size=400))
def test_of_any_text_nothing_is_lost_between_field_and_addendum(text: str) -> None:
    blank = acroform.inspect(BLANK)
    for name in ("Duties", "Short", "Number"):
        found = blank.get(name)
        (kept,) = held([Typed(found, found.places[0], text)])
        assert text.startswith(kept)
        assert split(text, kept, continues=True) == (kept, text[len(kept) :])
        assert split(text, kept, continues=False, pointers=("See",)) == ("See", text)
    assert "".join(pieces(text)) == text


def test_which_letters_can_be_printed() -> None:
    assert printable("Grünwaldt-Łódź Ødegård Nguyễn Αθήνα Київ № § € “x”")
    assert not printable("محمد")
    assert not printable("a\u202eb")


@pytest.mark.parametrize(
    ("how", "value", "text"),
    [
        ("date", "2026-11-05", "11/05/2026"),
        ("a-number", "a1234567", "001234567"),
        ("phone-us", "+1 (614) 555-0142", "6145550142"),
        ("digits", "00-1234567", "001234567"),
        ("country", "D", "Germany"),
        ("country", "Deutschland", "Germany"),
        ("money", "168000", "168,000.00"),
        ("number", "40.0", "40"),
        ("year", "2004-05-01", "2004"),
        ("initial", "Émile", "É"),
        ("date", "November 2026", None),
        ("a-number", "A12", None),
        ("phone-us", "+49 7531 123456", None),
        ("phone-us", "555 0142", None),
        ("digits", "C01X", None),
        ("money", "much", None),
        ("year", "last", None),
    ],
)
def test_a_fact_is_written_as_the_form_has_it_or_asked(how: str, value: str, text: str | None) -> None:
    found = written(how, Answer("x", value), Known(facts_of(whole_case()), "principal"))
    assert (found.text or None) == text
    assert bool(found.detail) is (text is None)


def test_an_amount_is_written_in_the_currency_of_the_field_alone(child: Child) -> None:
    named = definition(Entry("Surname", fact="pay", format="money", currency="USD"))
    assert values(filled(child, named, pay="1200.5", pay_currency="USD").pdf) == {"Surname": "1,200.50"}
    euros = filled(child, named, pay="1200.5", pay_currency="EUR")
    assert values(euros.pdf) == {}
    assert euros.filling.asked[0].detail == "it is in EUR, and the field takes USD"
    unsaid = filled(child, named, pay="1200.5")
    assert [(each.fact, each.why) for each in unsaid.filling.asked] == [("pay_currency", "missing")]


def test_a_value_that_no_box_means_is_asked(child: Child) -> None:
    named = definition(
        Entry("Male", fact="principal.sex", tick="M", item="4"),
        Entry("Female", fact="principal.sex", tick="F", item="4"),
    )
    made = filled(child, named, principal__sex="X")
    assert values(made.pdf) == {}
    assert [(each.why, each.detail) for each in made.filling.asked] == [
        ("unfit", "its value is none of the boxes on the form")
    ]
    # One box alone is left empty by a no.
    assert filled(child, definition(Entry("Male", fact="x", tick="yes")), x="no").complete


def test_what_is_unsure_is_asked(child: Child) -> None:
    built = Builder(ANNA)
    built.paper("passport", document_number="C01X00T47", unsure=("document_number",))
    named = definition(Entry("Surname", fact="principal.passport.document_number"))
    made = fill_form(child, named, BLANK, built.facts, route="us/l-1a", today=TODAY)
    assert [each.why for each in made.filling.asked] == ["unsure"]


def test_forms_are_found_by_number_and_by_country() -> None:
    assert form("g-28").name == form("us/G-28").name == "us/g-28"
    with pytest.raises(UnknownNameError, match="us/i-129"):
        form("x-99")


def test_every_definition_loads_and_signs_nothing() -> None:
    for name, each in forms().items():
        entries = [entry for part in each.parts for entry in part.entries]
        assert each.editions, name
        assert not [entry.field for entry in entries if "ignature" in entry.field], name
        assert all(len(entry.because) > 10 for entry in entries if entry.fixed), name


def test_fields_are_listed_for_who_writes_a_definition(tmp_path: Path) -> None:
    file = tmp_path / "blank.pdf"
    file.write_bytes(BLANK)
    done = CliRunner().invoke(command, ["--fields", str(file), "--json"])
    listed = {each["field"]: each for each in json.loads(done.output)}
    assert listed["Number"] | {"page": 1, "type": "text", "longest": 9, "comb": True} == listed["Number"]
    assert listed["Yes or no"]["states"] == ["yes", "no"]
    assert listed["State"]["options"] == ["OH", "NY"]


@pytest.mark.data
def test_official_forms_hold_what_was_written(child: Child) -> None:
    if not DATA.is_dir():
        pytest.skip(f"the official blank forms are not at {DATA}")
    there = {hashlib.sha256(path.read_bytes()).hexdigest(): path.read_bytes() for path in DATA.glob("*.pdf")}
    facts, roles = facts_of(whole_case()), {"us/i-539": "spouse", "us/i-765": "spouse"}
    counts = {}
    for name, each in forms().items():
        role = roles.get(name, "principal")
        made = fill_form(
            child, Named(name, each), there[each.editions[0].sha256], facts, route="us/l-1a", today=TODAY, role=role
        )
        assert made.filling.asked == (), name
        counts[name.removeprefix("us/")] = (len(made.filling.values) + len(made.filling.boxes), made.checked)
    assert counts["g-28"] == (40, 40)
    assert counts["i-129"][0] == counts["i-129"][1] >= 115
    assert all(count == right for count, right in counts.values())


@pytest.mark.data
def test_the_dynamic_form_of_the_public_set_is_refused() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the official blank forms are not at {DATA}")
    with pytest.raises(InputError, match="dynamic XFA"):
        acroform.inspect((DATA / "us-i-9-dynamic-xfa.pdf").read_bytes())


def test_errors_of_reading_are_ours() -> None:
    with pytest.raises(UnreadableError):
        acroform_reread.reread(b"no pdf")
    with pytest.raises(InputError, match="no field"):
        acroform_write.written(BLANK, {"Nothing": "x"}, {}, b"", [])
    assert fill(
        definition(Entry("Surname", fact="principal.surname")), facts_of(whole_case()), acroform.inspect(BLANK),
        edition="01/01/26", route="us/l-1a",
    ).values == {"Surname": "Grünwaldt"}  # fmt: skip


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_what_is_typed_into_a_turned_field_is_turned_with_it(child: Child, turn: int) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(BLANK)) as pdf:
        for widget in pdf.Root.AcroForm.Fields:
            if str(widget.get("/T", "")) == "Surname":
                widget["/MK"] = pikepdf.Dictionary(R=turn)
                widget["/Rect"] = pikepdf.Array([50, 100, 70, 300] if turn != 180 else [50, 100, 300, 120])
        pdf.save(out)
    blank = out.getvalue()
    made = filled(child, definition(Entry("Surname", fact="principal.surname"), blank=blank), blank)
    reader = pypdfium2.PdfDocument(made.pdf)
    reader.init_forms()
    pdfium_flatten(reader)
    text = reader[0].get_textpage()
    at = text.get_text_range().index("Grünwaldt")
    first, last = text.get_charbox(at), text.get_charbox(at + 8)
    along = {90: last[1] - first[1], 180: first[0] - last[0], 270: first[1] - last[1]}[turn]
    assert along > 20  # up the page, from right to left, down the page
    assert all(box[0] >= 50 and box[1] >= 100 and box[2] <= (300 if turn == 180 else 70) for box in (first, last))


def pdfium_flatten(reader: pypdfium2.PdfDocument) -> None:
    page = reader[0]
    page.flatten()
    page.close()


def test_files_in_a_blank_are_taken_out_and_named(child: Child) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper(script=True))) as pdf:
        pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="x.exe")
        pdf.save(out)
    blank = out.getvalue()
    made = filled(child, definition(Entry("Surname", fact="principal.surname"), blank=blank), blank)
    assert made.removed == ("scripts", "the files that lay in it")
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert not len(pdf.attachments)


def test_an_error_names_the_definition_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (Path(__file__).parent.parent / "forms" / "us" / "w-9" / "form.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(source, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert form("mine.toml").place == "mine.toml"
    assert form("us/w-9").place == "us/w-9/form.toml"
