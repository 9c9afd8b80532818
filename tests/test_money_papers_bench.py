"""The drawn money papers: their truth adds up, is printed, and is drawn again alike; the marks count as they say."""

from __future__ import annotations

import io
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from bench import money_papers, receipts
from bench.money_papers import camera, customs, marks
from bench.money_papers.tax_numbers import invented
from toolkit.model import Field, Method, Record, Source

LAYOUTS = sorted(money_papers.LAYOUTS)
LATIN = [name for name in customs.locales() if not customs.locale(name).font]
#: Layouts whose taxes are written below net sums whatever the country does.
NET = ("invoice", "credit_note")


def test_there_are_ten_layouts_and_eight_languages() -> None:
    assert len(LAYOUTS) >= 10
    assert len({name[:2] for name in LATIN}) >= 8


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("locale", LATIN)
def test_truth_adds_up_and_is_printed(layout: str, locale: str) -> None:
    for seed in range(3):
        rng = np.random.default_rng((seed, 7))
        draft = money_papers.Draft(locale, customs.locale(locale), rng)
        truth = money_papers.LAYOUTS[layout](draft)
        printed = "\n".join(cell.text for each in draft.paper.elements for cell in each.cells)
        money = {name: Decimal(truth[name]) for name in marks.MONEY if name in truth}
        for name, value in money.items():
            assert name == "tax" or customs.locale(locale).number(abs(value)) in printed, (name, value, printed)
        assert not truth.get("merchant") or truth["merchant"] in printed
        bought = sum((Decimal(line["amount"]) for line in truth["lines"]), Decimal(0))
        on_top = layout in NET or (customs.locale(locale).taxes_added and layout != "folio")
        if truth["lines"]:
            tax = money.get("tax", Decimal(0)) if on_top else Decimal(0)
            extras = money.get("tip", Decimal(0)) + Decimal(truth.get("service", 0)) + money.get("rounding", Decimal(0))
            assert bought - money.get("discount", Decimal(0)) + extras + tax == money["total"], (truth, printed)


@pytest.mark.parametrize("locale", LATIN)
def test_taxes_follow_their_rates(locale: str) -> None:
    for seed in range(6):
        _, _, truth = money_papers.drawn("till", locale, (seed, 3))
        for share in truth["tax_lines"]:
            if "net" in share:
                exact = Decimal(share["net"]) * Decimal(share["rate"]) / 100
                assert abs(exact - Decimal(share["tax"])) <= Decimal("0.02")


def test_same_seed_same_paper() -> None:
    first, again = (money_papers.drawn("folio", "de-DE", (5, 2)) for _ in range(2))
    assert first[2] == again[2]
    assert np.array_equal(first[0], again[0])
    assert money_papers.drawn("folio", "de-DE", (6, 2))[2] != first[2]


def test_photograph_keeps_the_paper_legible_in_size() -> None:
    page, letter, _ = money_papers.drawn("taxi", "fr-FR", (1, 1))
    rng = np.random.default_rng(3)
    shot = camera.Shot("photo", crumple=0.5, fade=0.2, skew=6.0, shadow=0.3, curve=0.03, clutter=0.4)
    image = Image.open(io.BytesIO(camera.photograph(page, letter, shot, rng)))
    assert image.width > page.shape[1]
    assert shot.label.startswith("crumple")
    assert 0.9 < camera.Shot("photo", crumple=0.5, shadow=0.4).difficulty < 1.0
    assert camera.Shot().difficulty == 0.0


def test_rotation_stays_within_eight_degrees() -> None:
    shots = [camera.drawn(np.random.default_rng(seed), thermal=True) for seed in range(200)]
    assert max(abs(shot.skew) for shot in shots) <= 8
    assert {shot.how for shot in shots} == {"clean", "scan", "photo"}
    assert all(0 <= shot.difficulty <= 1 for shot in shots)


def test_locale_without_its_font_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(money_papers.drawing, "on_this_machine", lambda family: False)
    assert money_papers.usable() == LATIN
    assert "ja-JP is skipped" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "locale", "text"),
    [
        ("1234.5", "de-DE", "1.234,50"),
        ("1234.5", "de-CH", "1'234.50"),
        ("1234.5", "fr-FR", "1 234,50"),
        ("1234", "ja-JP", "1,234"),
    ],
)
def test_numbers_are_written_as_the_country_writes_them(value: str, locale: str, text: str) -> None:
    assert customs.locale(locale).number(Decimal(value)) == text


def test_tax_numbers_have_their_check_digits() -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        polish = [int(c) for c in invented("pl", rng) if c.isdigit()]
        weights = (6, 5, 7, 2, 3, 4, 5, 6, 7)
        assert sum(d * w for d, w in zip(polish[:9], weights, strict=True)) % 11 == polish[9]
        british = [int(c) for c in invented("gb", rng) if c.isdigit()]
        total = sum(d * w for d, w in zip(british[:7], range(8, 1, -1), strict=True))
        assert (total + 55 + british[7] * 10 + british[8]) % 97 == 0


# --- the marks


def test_lines_pair_one_to_one() -> None:
    expected = [{"description": "Espresso", "amount": "2.50"}, {"description": "Espresso", "amount": "2.50"}]
    one = [{"description": "ESPRESS0", "amount": "2.50"}]
    assert marks.lines(expected, one) == marks.Tally(2, 1, 1)
    assert marks.lines(expected, [*one, *one, *one]) == marks.Tally(2, 3, 2)
    assert marks.lines(expected, [{"description": "Espresso", "amount": "2.60"}]).right == 0
    assert marks.lines(expected, [{"description": "Wasser", "amount": "2.50"}]).right == 0
    assert marks.lines(
        [{"description": "050999 Riesling", "amount": "12"}], [{"description": "Riesling", "amount": "12.00"}]
    ).right


def test_answers_are_judged_by_value() -> None:
    truth = {"lines": [], "total": "10.00", "net": "8.40", "date": "2024-05-01", "merchant": "Café Zum Löwen"}
    fields = {
        "total": {"value": "10", "confidence": 0.95},
        "subtotal": {"value": "8.40", "confidence": 0.95},
        "date": {"value": "2024-01-05", "confidence": 0.97},
        "merchant": {"value": "CAFE ZUM LOWEN", "confidence": 0.8},
        "tip": {"value": "1.00", "confidence": 0.5},
    }
    verdict = marks.judged(truth, {"fields": fields})
    assert verdict.marks["total"].right
    assert "subtotal" not in verdict.marks, "the net of the table is another reading of it"
    assert not verdict.marks["date"].right
    assert verdict.marks["merchant"].right
    every = marks.tally([verdict], "all")
    assert every == marks.Tally(expected=3, answered=4, right=2, sure=2, sure_right=1)
    assert every.f1 == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("name", "wanted", "got", "same"),
    [
        ("merchant_tax_id", "DE280254758", "280254758", True),
        ("merchant_tax_id", "DE280254758", "280254759", False),
        ("number", "42", "1042", False),
        ("time", "16:40", "16:40:33", True),
        ("payment_method", "card", "visa", True),
        ("payment_method", "card", "cash", False),
        ("tax_lines", [{"rate": "19", "tax": "1.60"}], [{"rate": "19.0", "tax": "1.6", "net": "8.40"}], True),
        ("tax_lines", [{"rate": "19", "tax": "1.60"}], [{"rate": "7", "tax": "1.60"}], False),
        ("total", "10.00", "ten", False),
    ],
)
def test_same(name: str, wanted: object, got: object, same: bool) -> None:
    assert marks.same(name, wanted, got) is same


def test_report_counts_papers_and_misses() -> None:
    truth = [
        {"file": "a.jpg", "layout": "taxi", "how": "clean", "difficulty": 0, "total": "5"},
        {"file": "b.jpg", "layout": "till", "how": "photo", "difficulty": 0.9, "total": "7"},
    ]
    truth = [{**row, "locale": "de-DE", "lines": []} for row in truth]
    total = Field("total", "5.00", 0.95, Source("", 1, None, Method.OCR))
    answer = receipts.answer_of(Record("receipt", 1.0, (1,), (total,), ()))
    answers = {"a.jpg": answer, "b.jpg": answer}
    text = receipts.report(truth, answers)
    assert "| total | 2 | 2 | 1 | 0.500 | 1 | 1/2 |" in text
    assert "| photo 0.67 to 1.00 | 1 | 1 | 0/0 | 0/0 | 0/1 |" in text
    assert receipts.report(truth, answers, wrong="total") == "b.jpg: want '7' got '5.00' @0.95 SURE"


@pytest.mark.parametrize("locale", LATIN)
def test_nothing_is_printed_beyond_the_paper(locale: str) -> None:
    for layout in LAYOUTS:
        draft = money_papers.Draft(locale, customs.locale(locale), np.random.default_rng((4, 4)))
        money_papers.LAYOUTS[layout](draft)
        for each in draft.paper.elements:
            for cell in each.cells if each.kind == "row" else ():
                wide = draft.paper.extent(cell.text, bold=each.bold, scale=each.scale)
                left = cell.x - wide * {"l": 0, "c": 0.5, "r": 1}[cell.align]
                assert left > -0.05, (layout, cell.text)
                assert left + wide < 1.05, (layout, cell.text)
