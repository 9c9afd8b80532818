from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import pikepdf
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, NameObject

from tests.paper import opened as paper
from toolkit import pages, pasted_print, pdf_history, tampering
from toolkit.impossible_dates import impossible
from toolkit.model import Field, Method, Source
from toolkit.pages import Opened

TODAY = date(2026, 11, 26)
_TEXT = (
    "Gasthof Utopia GmbH, Weg 1, 10115 Berlin",
    "Rechnung R-1 vom 03.05.2026, wir danken fuer Ihren Besuch und wuenschen gute Heimreise",
    "Zimmer 1 Nacht mit Fruehstueck 90,00",
    "Parkplatz in der Garage, Nacht 10,00",
    "Gesamtbetrag 107,00",
)


def line(text: str, y: float, x: float = 50, *, font: str = "F1", size: float = 11, more: str = "") -> str:
    return f"BT {more} /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def body(*skip: int) -> str:
    return "".join(line(text, 700 - 20 * at) for at, text in enumerate(_TEXT) if at not in skip)


def pdf(content: str, **information: str) -> bytes:
    """One page in Helvetica (F1), Courier (F2) and Helvetica Bold (F3)."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    names = {"F1": "Helvetica", "F2": "Courier", "F3": "Helvetica-Bold"}
    fonts = pikepdf.Dictionary(
        {
            f"/{key}": pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{name}")
            )
            for key, name in names.items()
        }
    )
    made.pages[0].Resources = pikepdf.Dictionary(Font=fonts)
    made.pages[0].Contents = made.make_stream(content.encode())
    for key, value in information.items():
        made.docinfo[f"/{key}"] = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def later(data: bytes, change: Callable[[pypdf.PdfWriter], None]) -> bytes:
    """*data* with a change saved behind it, as editors do."""
    writer = pypdf.PdfWriter(io.BytesIO(data), incremental=True)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(data)
    return out.getvalue()


def redrawn(content: str) -> Callable[[pypdf.PdfWriter], None]:
    def change(writer: pypdf.PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(content.encode())
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return change


def noted(writer: pypdf.PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="approved 107,00 on 04.05.2026", rect=(50, 50, 250, 80)))


def attached(writer: pypdf.PdfWriter) -> None:
    writer.add_attachment("factur-x.xml", b"<Invoice>999,00</Invoice>")


def field(name: str, value: object, confidence: float = 0.95) -> Field:
    return Field(name, value, confidence, Source("", 1, None, Method.TEXT_LAYER))  # type: ignore[arg-type]


def hints(data: bytes, *fields: Field) -> tuple[str, ...]:
    return tampering.hints(pages.open_bytes(data, "application/pdf"), fields, today=TODAY)


class TestHistory:
    def test_an_untouched_file_says_nothing(self):
        assert hints(pdf(body()), field("date", "2026-05-03")) == ()

    def test_a_changed_amount_is_found_with_its_page_and_the_first_version(self):
        before = pdf(body())
        after = later(before, redrawn(body(4) + line("Gesamtbetrag 907,00", 620)))
        (change,) = pdf_history.changes(after)
        assert (change.page, change.gone, change.added) == (1, 1, 1)
        assert b"907,00" not in after[: change.bytes]
        assert change.bytes <= len(before)
        said = hints(after)
        assert len(said) == 1
        assert "page 1" in said[0]
        assert "907" not in said[0]

    def test_an_amount_that_was_added_is_found(self):
        (change,) = pdf_history.changes(later(pdf(body()), redrawn(body() + line("Trinkgeld 20,00", 600))))
        assert (change.gone, change.added) == (0, 1)

    def test_the_first_version_counts_however_often_it_was_saved_since(self):
        data = later(pdf(body()), noted)
        data = later(data, redrawn(body(4) + line("Gesamtbetrag 907,00", 620)))
        assert pdf_history.changes(later(data, attached))

    @pytest.mark.parametrize(
        "change",
        [
            noted,
            attached,
            redrawn(body() + line("Envelope ID 9F3A-22C1-7781", 20, size=6)),  # a signing service's stamp
            redrawn(body().replace("11 Tf", "11.5 Tf")),
            lambda writer: writer.add_metadata({"/Title": "Rechnung 12.05.2026"}),
        ],
    )
    def test_notes_attachments_stamps_and_titles_change_no_figure(self, change):
        assert pdf_history.changes(later(pdf(body()), change)) == ()

    def test_a_filled_form_changes_no_figure(self):
        made = pikepdf.open(io.BytesIO(pdf(body())))
        box = made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="cost centre",
                Rect=[50, 50, 200, 70],
                DA="/F1 10 Tf 0 g",
            )
        )
        made.pages[0].Annots = pikepdf.Array([box])
        made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([box]), DA="/F1 10 Tf 0 g")
        out = io.BytesIO()
        made.save(out)
        filled = later(
            out.getvalue(),
            lambda writer: writer.update_page_form_field_values(writer.pages[0], {"cost centre": "12,50"}),
        )
        assert pdf_history.changes(filled) == ()

    def test_a_linearised_file_has_no_earlier_version(self):
        out = io.BytesIO()
        pikepdf.open(io.BytesIO(pdf(body()))).save(out, linearize=True)
        assert out.getvalue().count(b"%%EOF") == 2
        assert pdf_history.changes(out.getvalue()) == ()

    def test_a_page_put_behind_the_others_changes_none_of_them(self):
        data = later(pdf(body()), lambda writer: writer.append(io.BytesIO(pdf(line("Quittung 55,00", 700)))) and None)
        assert pdf_history.changes(data) == ()

    def test_programs_that_change_pages_are_named(self):
        said = hints(pdf(body(), Producer="LibreOffice 7.0", Creator="Draw"))
        assert len(said) == 1
        assert "LibreOffice Draw" in said[0]
        assert hints(pdf(body(), Producer="LibreOffice 7.0", Creator="Writer")) == ()

    def test_another_program_a_day_later_is_told(self):
        def made(changed: datetime, producer: str) -> bytes:
            again = pikepdf.open(io.BytesIO(pdf(body())))
            with again.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
                packet["pdf:Producer"] = "Billing Machine 3"
            again.docinfo["/Producer"] = producer
            again.docinfo["/CreationDate"], again.docinfo["/ModDate"] = (
                "D:20260503100000Z",
                f"D:{changed:%Y%m%d%H%M%S}Z",
            )
            out = io.BytesIO()
            again.save(out)
            return out.getvalue()

        assert pdf_history.origin(made(datetime(2026, 5, 6), "Some Editor 9")).rewritten
        assert not pdf_history.origin(made(datetime(2026, 5, 3, 11), "Some Editor 9")).rewritten
        assert not pdf_history.origin(made(datetime(2026, 5, 6), "Billing machine 4.1")).rewritten

    @given(st.binary(max_size=300), st.integers(0, 400))
    def test_any_bytes_have_a_history_or_none(self, put, at):
        damaged = _TWICE[:at] + put + _TWICE[at:]
        pdf_history.changes(damaged)
        pdf_history.origin(damaged)
        pasted_print.oddities(damaged)


_TWICE = later(pdf(body()), redrawn(body(4) + line("Gesamtbetrag 907,00", 620)))


def total(*parts: str) -> bytes:
    """The page with its last line made of *parts*."""
    return pdf(body(4) + line("Gesamtbetrag", 620) + "".join(parts))


class TestPrint:
    """Digits of Helvetica are 0.556 wide, its comma 0.278: at 11 points, 6.116 and 3.058."""

    @pytest.mark.parametrize(
        ("what", "digit"),
        [
            ("fonts", line("9", 620, 300, font="F2")),
            ("fonts", line("9", 620, 300, font="F3")),
            ("sizes", line("9", 620, 300, size=9.5)),
            ("colours", line("9", 620, 300, more="0.3 g")),
            ("one line", line("9", 621.5, 300)),
        ],
    )
    def test_one_digit_of_another_hand_is_found(self, what, digit):
        # In the file the pasted digit comes last; on the page it is the first of the amount.
        data = total(line("07,00", 620, 306.1), digit)
        said = hints(data)
        assert len(said) == 1
        assert what in said[0]
        assert "page 1, 2" in said[0]

    def test_a_whole_amount_in_a_face_of_its_own_is_found(self):
        assert "nothing else" in hints(total(line("907,00", 620, 300, font="F2")))[0]

    def test_a_bold_total_is_no_guest(self):
        assert hints(total(line("107,00", 620, 300, font="F3"))) == ()

    def test_small_raised_cents_are_a_habit(self):
        assert hints(total(line("107", 620, 300), line(".", 620, 318.4), line("99", 624, 321.5, size=7))) == ()

    def test_a_figure_over_another_is_found(self):
        assert any("lies under it" in each for each in hints(total(line("107,00", 620, 300), line("907,00", 620, 300))))

    def test_poor_mans_bold_is_no_second_figure(self):
        assert hints(total(line("107,00", 620, 300), line("107,00", 620, 300.3))) == ()

    def test_a_white_box_over_an_amount_is_found(self):
        box = "q 1 g 298 616 50 14 re f Q\n"
        said = hints(total(line("107,00", 620, 300), box))
        assert len(said) == 1
        assert "painted over" in said[0]

    @pytest.mark.parametrize(
        "harmless",
        [
            "q 1 g 298 616 50 14 re f Q\n" + line("107,00", 620, 300),  # a ground painted first
            line("107,00", 620, 300) + "q 1 g 400 616 50 14 re f Q\n",
            line("107,00", 620, 300) + "q 0.5 w 298 616 50 14 re S Q\n",  # a frame
            line("107,00", 620, 300) + line("Betrag dankend erhalten", 600, more="0.6 g"),
            line("1 107,00", 620, 300) + line("12.03.2026", 600, 300, size=8),
        ],
    )
    def test_what_is_usual_is_not_odd(self, harmless):
        assert hints(total(harmless)) == ()

    def test_many_are_counted_and_not_all_named(self):
        parts = [line("07,00", 560 - 15 * at, 306.1) + line("9", 560 - 15 * at, 300, font="F2") for at in range(6)]
        said = hints(total(*parts))
        assert len(said) == 4
        assert said[-1].startswith("3 more")


def on_paper(text: str, day: str = "2026-05-03", *more: Field, today: date = TODAY) -> tuple[str, ...]:
    return impossible(paper(text), [field("date", day), *more], today)


class TestDates:
    @pytest.mark.parametrize(
        "written",
        [
            "Mon 03.05.2026",
            "Montag, 03.05.2026",
            "Mo., 03.05.2026",
            "lundi 03.05.2026",
            "03.05.2026 (martes)",
            "03.05.2026, sabato",
            "segunda-feira, 03.05.2026",
            "2026年05月03日(月)",
            "2026年5月3日 星期一",
        ],
    )
    def test_a_weekday_that_does_not_fit_is_said(self, written):
        said = on_paper(f"Utopia\n{written}\nTotal 5.00")
        assert len(said) == 1
        assert "weekday" in said[0]

    @pytest.mark.parametrize(
        "written",
        [
            "Sun 03.05.2026",
            "Sonntag, 03.05.2026",
            "dimanche 03.05.2026",
            "03.05.2026 (domingo)",
            "2026年05月03日(日)",
            "2026年5月3日 星期日",
            "Marie 03.05.2026",
            "Mo 03.05.2026",  # two letters could be anything
            "Friday is fish day, 03.05.2026",
        ],
    )
    def test_one_that_fits_or_is_none_is_not(self, written):
        assert on_paper(f"Utopia\n{written}\nTotal 5.00") == ()

    def test_a_day_after_today_is_said_and_tomorrow_is_not(self):
        assert "after today" in on_paper("Utopia", "2026-11-28")[0]
        assert on_paper("Utopia", "2026-11-27") == ()

    def test_only_a_day_that_is_vouched_for_is_judged(self):
        assert impossible(paper("Utopia"), [field("date", "2030-01-01", 0.8)], TODAY) == ()

    @pytest.mark.parametrize("clock", ["31:10", "14:75", "14:10:75"])
    def test_a_time_that_does_not_exist_is_said(self, clock):
        assert "time" in on_paper(f"03.05.2026 {clock}")[0]

    @pytest.mark.parametrize("clock", ["23:59", "24:00", "25:30", "14:10:59", "Tel 31:10"])
    def test_times_that_do_are_not(self, clock):
        # Late tills in Japan count on behind midnight.
        assert on_paper(f"03.05.2026 {clock}") == ()

    def test_a_rate_that_did_not_exist_yet_is_said(self):
        taxes = field("tax_lines", ({"rate": "8.1", "net": "100.00", "tax": "8.10"},))
        number = field("merchant_tax_id", "CHE-999.999.999")
        assert "8.1 %" in on_paper("Utopia", "2022-05-03", taxes, number)[0]
        assert on_paper("Utopia", "2023-10-03", taxes, number) == ()  # paid in advance
        assert on_paper("Utopia", "2022-05-03", taxes) == ()  # nobody knows the country
        assert on_paper("Utopia", "2022-05-03", taxes, field("merchant_tax_id", "DE999999999")) == ()

    @given(st.text(max_size=80), st.sampled_from(["2026-05-03", "2026-02-30", "x", ""]))
    def test_any_line_is_judged_without_an_exception(self, text, day):
        on_paper(f"03.05.2026{text}\n{text}03.05.2026", day)


def test_a_bare_xml_and_a_broken_picture_have_no_hints():
    for media in ("application/xml", "image/jpeg", "text/plain"):
        assert tampering.hints(Opened(media, b"\xff\xd8broken", ()), (), today=TODAY) == ()
