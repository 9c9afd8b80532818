"""Claims before this one: what is recorded of them counts towards limits, is claimed once, and can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from test_claim_assessed import POLICY, TODAY, clause, of

from tests.specimens import e_invoices as drawn
from toolkit import cli
from toolkit.case_log_entries import Entry, Evidence, Said, What
from toolkit.catalog import Catalog
from toolkit.claim import Rules, schedule
from toolkit.claim_assessed import Assessed, Measures, assess
from toolkit.claim_earlier import Earlier, earlier, named, to_record, without
from toolkit.claim_limits import Outcome
from toolkit.claim_pages import _advance_open
from toolkit.claim_stated import Advance, LineStated, Stated
from toolkit.expense import ClaimItem, Schedule
from toolkit.model import Case, Person
from toolkit.per_diem import Stop, Trip
from toolkit.policy import Standing
from toolkit.policy_clauses import Limit, Per
from vault import Vault

YEARLY = replace(
    POLICY,
    clauses=(
        *POLICY.clauses,
        clause("6.1", "health", Limit(Decimal(1000), "EUR", Per.YEAR)),
        clause("6.2", "moving", Limit(Decimal(1000), "EUR", Per.ASSIGNMENT)),
        clause("6.3", "services", Limit(Decimal(100), "EUR", Per.TRIP)),
    ),
)


def made(*items: ClaimItem, said: Stated | None = None) -> Schedule:
    return schedule(items, "EUR", today=TODAY, rules=Rules(stated=said or Stated()))


def entries(*recorded: list[Said], first: int = 1) -> list[Entry]:
    every = [said for each in recorded for said in each]
    return [
        Entry(number, "2026-10-31T08:00:00", "ruth", said.what, said.text, said.clause, said.evidence, said.answers)
        for number, said in enumerate(every, start=first)
    ]


def before(*items: ClaimItem, said: Stated | None = None) -> Earlier:
    return earlier(entries(to_record(made(*items, said=said), TODAY)))


def judged(*items: ClaimItem, known: Earlier | None = None, said: Stated | None = None) -> Assessed:
    at = Measures(YEARLY, Standing(host="DEU"), earlier=known or Earlier())
    return assess(made(*items, said=said), said or Stated(), TODAY, by=at)


@pytest.mark.parametrize(
    ("category", "first", "day", "second", "over", "limit"),
    [
        ("transport", "250", "2026-10-28", "100", 50, "EUR 300 per month"),
        ("health", "900", "2026-01-05", "150", 50, "EUR 1,000 per year"),
        ("moving", "1200", "2025-10-12", "100", 100, "EUR 1,000 per assignment"),
        ("meals", "40", "2026-10-12", "30", 20, "EUR 50 per day"),
    ],
)
def test_what_was_claimed_before_is_spent_of_the_limit_first(category, first, day, second, over, limit):
    known = before(of(category, "d1", total=first, date=day))
    found = judged(of(category, "d2", total=second), known=known)
    (ruling,) = found.rulings
    assert (ruling.standing, ruling.over) == (Outcome.OVER, over)
    assert ruling.limit == f"{limit}, with EUR {Decimal(first):,.2f} claimed before (log entry 1)"
    assert ruling.percent > 0 and found.over == over
    assert found.earlier == (f"1 line of {TODAY} (log entry 1)",)


@pytest.mark.parametrize(
    ("category", "day"), [("transport", "2026-09-30"), ("health", "2025-12-31"), ("meals", "2026-10-13")]
)
def test_another_month_year_or_day_is_another_limit(category, day):
    (ruling,) = judged(of(category, "d2", total="30"), known=before(of(category, "d1", total="900", date=day))).rulings
    assert ruling.standing is Outcome.WITHIN and "EUR 900" not in ruling.limit
    assert ("nothing of it claimed before" in ruling.limit) == (category != "meals")


def test_without_a_record_it_is_said_that_the_claim_stands_alone():
    (ruling,) = judged(of("health", "d1", total="30")).rulings
    assert ruling.limit == "EUR 1,000 per year, this claim alone"


def test_other_clauses_do_not_count():
    known = before(
        of("moving", "d1", total="999"), of("schooling", "d2", total="999"), of("groceries", "d3", total="9")
    )
    (ruling,) = judged(of("health", "d4", total="30"), known=known).rulings
    assert (ruling.standing, ruling.limit) == (Outcome.WITHIN, "EUR 1,000 per year, nothing of it claimed before")


def test_of_trips_only_those_of_this_claim_are_counted():
    trip = Trip("de", date(2026, 10, 11), date(2026, 10, 13), (Stop(date(2026, 10, 11), "FRA", "Lyon"),))
    known = before(of("services", "d1", total="70"), of("services", "d2", total="500", date="2026-09-01"))
    (ruling,) = judged(of("services", "d3", total="50"), known=known, said=Stated(trips=(trip,))).rulings
    assert (ruling.standing, ruling.over) == (Outcome.OVER, 20) and "EUR 70.00 claimed before" in ruling.limit
    (ruling,) = judged(of("services", "d3", total="50"), known=known).rulings
    assert ruling.standing is Outcome.WITHIN


def test_where_an_earlier_claim_is_not_sure_within_is_not_sure_and_over_stays_over():
    unclear = before(of("fuel", "d1", total="30"), said=Stated(lines={"d1": LineStated(category="")}))
    nameless = earlier(entries(to_record(made(of("", "d1", total="30")), TODAY)))
    (ruling,) = judged(of("transport", "d2", total="100"), known=nameless).rulings
    assert ruling.standing is Outcome.UNSURE and "log entry 1) has a line of no known category" in ruling.asks
    (ruling,) = judged(of("transport", "d2", total="400"), known=nameless).rulings
    assert (ruling.standing, ruling.over) == (Outcome.OVER, 100)
    (ruling,) = judged(of("transport", "d2", total="100"), known=unclear).rulings
    assert ruling.standing is Outcome.WITHIN  # fuel of an unknown country is another clause


def test_an_earlier_bill_whose_nights_nobody_stated_makes_the_same_clause_unsure():
    weekly = replace(YEARLY, clauses=(clause("7", "lodging", Limit(Decimal(100), "EUR", Per.NIGHT),
                                             Limit(Decimal(500), "EUR", Per.MONTH)),))  # fmt: skip
    known = before(of("lodging", "d1", total="300"))
    at = Measures(weekly, Standing(host="DEU"), earlier=known)
    (ruling,) = assess(made(of("lodging", "d2", total="90", nights="1")), Stated(), TODAY, by=at).rulings
    assert ruling.standing is Outcome.UNSURE and "how many nights" in ruling.asks and "log entry 1" in ruling.asks


def test_nights_of_an_earlier_claim_are_kept():
    known = before(of("lodging", "d1", total="250", nights="3", check_in="2026-10-10"))
    (ruling,) = judged(of("lodging", "d2", total="60", nights="3", check_in="2026-10-10"), known=known).rulings
    assert (ruling.over, ruling.limit[:27]) == (10, "EUR 100 per night = EUR 300")


def test_a_claim_of_many_lines_is_recorded_in_parts_without_a_name():
    items = [of("meals", f"d{n}", total=f"{n}.10", date="2026-09-01") for n in range(1, 61)]
    recorded = to_record(made(*items), TODAY)
    assert [len(each.evidence) for each in recorded] == [50, 12] and all(each.what is What.NOTE for each in recorded)
    assert "Shop" not in repr([(e.name, e.said) for each in recorded for e in each.evidence])
    found = earlier(entries(recorded, first=4))
    assert len(found.lines) == 60 == len({each.number for each in found.lines}) and found.doubts == ()
    assert found.lines[59].entry == 5 and found.claims[0].called == f"of {TODAY} (log entries 4, 5)"
    assert set(found.receipts) == {item.document for item in items}
    assert sum(each.amount for each in found.lines) == sum(line.amount for line in made(*items).lines)


def test_a_record_that_is_there_in_part_or_cannot_be_read_is_a_doubt():
    items = [of("transport", f"d{n}", total="1.10", date="2026-10-01") for n in range(60)]
    first, second = to_record(made(*items), TODAY)
    half = earlier(entries([second]))
    assert half.lines == () and half.doubts == ("the earlier claim in log entry 1 cannot be read whole",)
    (ruling,) = judged(of("transport", "x", total="30"), known=half).rulings
    assert ruling.standing is Outcome.UNSURE and "cannot be read whole" in ruling.asks
    (ruling,) = judged(of("meals", "x", total="30"), known=half).rulings
    assert ruling.standing is Outcome.WITHIN
    for said in ("2026-10-01 meals EUR", "x meals EUR 1", "2026-10-01 meals EUR NaN", "2026-10-01 meals EUR 1 a=b"):
        wrong = replace(first, evidence=(first.evidence[0], replace(first.evidence[1], said=said)))
        assert earlier(entries([wrong, second])).doubts


def test_a_withdrawn_claim_counts_no_more_and_its_receipts_can_be_claimed():
    recorded = to_record(made(of("health", "d1", total="900")), TODAY)
    log = entries(recorded, [Said(What.WITHDRAWAL, "not handed in", answers=1), Said(What.NOTE, "something else")])
    assert earlier(log) == Earlier(recorded=1)  # its files keep their number


def test_what_is_made_again_is_not_counted_twice_and_what_stood_with_a_line_is_claimed_too():
    twins = of("health", "d1", total="900"), replace(of("health", "d1", total="900"), document="d9")
    known = before(*twins)
    assert set(known.receipts) == {"d1", "d9"} and len(known.lines) == 1
    again = without(known, ["d1"])
    assert again.lines == () and (again.claims[0].lines, again.claims[0].again) == (0, 1)
    found = judged(twins[0], known=again)
    assert found.rulings[0].limit == "EUR 1,000 per year, this claim alone"
    assert found.earlier == (f"1 line of {TODAY} (log entry 1) made again, in their place",)
    assert named([3, 1, 3]) == "log entries 1, 3"


def test_a_day_of_allowance_is_claimed_once():
    trip = Trip("de", date(2026, 10, 11), date(2026, 10, 13), (Stop(date(2026, 10, 11), "DEU", "Bonn"),))
    said = Stated(trips=(trip,))
    first = judged(of("health", "d1", total="9"), said=said)
    assert (first.allowed, first.payable) == (56, 65)
    (recorded,) = to_record(first.schedule, TODAY, first.days_claimed)
    assert "Days with an allowance beside them: 3." in recorded.text
    known = earlier(entries([recorded], first=7))
    assert set(known.receipts) == {"d1"} and set(known.days.values()) == {7} and known.doubts == ()
    later = judged(of("health", "d2", total="9"), said=said, known=known)
    assert (later.allowed, later.payable, later.days_claimed) == (0, 9, {})
    assert {each.open for each in later.allowances} == {"claimed before (log entry 7): a day is paid once"}
    assert sum(each.paper.startswith("Per diem") for each in later.exceptions) == 1
    taken_back = earlier(entries([recorded], [Said(What.WITHDRAWAL, "not handed in", answers=1)]))
    assert taken_back.days == {}
    wrong = replace(recorded, evidence=(*recorded.evidence[:-1], replace(recorded.evidence[-1], name="no day")))
    assert earlier(entries([wrong])).doubts


PAID = Advance(date(2026, 10, 1), Decimal("200.00"), "EUR")


def test_an_advance_is_deducted_once_and_of_two_alike_the_second_is_deducted():
    foreign, strange = replace(PAID, currency="USD"), replace(PAID, currency="AED")
    said = Stated(advances=(PAID, foreign, strange), proof=("us",))
    first = judged(of("health", "d1", total="900"), said=said)
    assert first.advances_deducted == (PAID, foreign) and first.payable == 900 - first.advanced
    (recorded,) = to_record(first.schedule, TODAY, advances=first.advances_deducted)
    assert "Advances deducted: 2." in recorded.text
    known = earlier(entries([recorded], first=7))
    assert known.advances == {PAID: (7,), foreign: (7,)} and set(known.receipts) == {"d1"} and known.doubts == ()
    written = replace(PAID, amount=Decimal("200"))  # the same sum, written another way
    later = judged(of("meals", "d2", total="40"), said=replace(said, advances=(written, foreign, strange)), known=known)
    assert (later.advanced, later.payable, later.advances_deducted) == (0, 40, ())
    settled = "settled with an earlier claim (log entry 7): deducted once"
    assert [each.open for each in later.advances[:2]] == [settled] * 2 and "AED" in later.advances[2].open
    assert sum(each.why == settled for each in later.exceptions) == 2
    assert [_advance_open(each)["name"] for each in later.advances[:1]] == [f"Advance of 2026-10-01: {settled}"]
    assert sum("advance" in each.asked for each in later.proofs) == 2  # of the one that is still open
    two = judged(of("meals", "d2", total="40"), said=Stated(advances=(PAID, PAID)), known=known)
    assert (two.advanced, two.payable) == (200, -160)
    other = judged(
        of("meals", "d2", total="40"), said=Stated(advances=(replace(PAID, amount=Decimal(9)),)), known=known
    )
    assert other.payable == 31
    taken_back = earlier(entries([recorded], [Said(What.WITHDRAWAL, "not handed in", answers=1)]))
    assert taken_back.advances == {}
    for name, told in (("no day", "EUR 1"), ("2026-10-01", "EUR"), ("2026-10-01", "EUR NaN"), ("2026-10-01", "E 1")):
        wrong = replace(recorded, evidence=(*recorded.evidence[:-1], Evidence("claim advance", name, told)))
        assert earlier(entries([wrong])).doubts


# -- the verb

CASE = Case("c1", "GM-1", "de/eu-blue-card", (Person("p1", "principal", "Example", "Ada"),), {})


def test_a_claim_is_recorded_left_out_later_made_again_and_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
    (tmp_path / "in" / "GM-1").mkdir(parents=True)
    (tmp_path / "in" / "GM-1" / "one.xml").write_bytes(drawn.fattura())
    (tmp_path / "in" / "GM-1" / "two.xml").write_bytes(drawn.ubl())
    (tmp_path / "why.txt").write_text("not handed in", "utf-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--vault", str(tmp_path / "vault")])
        said = capsys.readouterr()
        return int(str(end.value.code)), " ".join((said.out + said.err).split())

    assert run("intake", str(tmp_path / "in"), "--jobs", "1")[0] == 0
    claiming = ("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path / "out"))
    told = json.loads(run(*claiming, "--record", "--json")[1])
    assert (told["recorded"], told["claimed_before"], told["lines"]) == ([1], [], 2)
    for path in (tmp_path / "vault").rglob("*"):  # what is recorded stands nowhere in clear
        assert not path.is_file() or told["total"].encode() not in path.read_bytes(), path.name
    code, said = run(*claiming)
    assert code == 2 and "All receipts of case GM-1 were claimed before (log entry 1)" in said and "--again" in said
    assert "--again makes a claim that is recorded" in run(*claiming, "--again", "--record")[1]
    assert json.loads(run(*claiming, "--again", "--json")[1])["lines"] == 2
    said = run(*claiming, "--again")[1]
    assert "claimed before (log entry 1) and made again: hand in one of the two claims, not both" in said
    trip = "[[trip]]\nscheme='de'\ndepart=2026-05-04\nback=2026-05-06\nstop=[{from=2026-05-04, country='DEU'}]"
    (tmp_path / "trip.toml").write_text(trip, "utf-8")
    travelled = (*claiming, "--stated", str(tmp_path / "trip.toml"))
    told = json.loads(run(*travelled, "--record", "--json")[1])  # no receipt is left, but days are
    assert (told["lines"], told["payable"], told["recorded"]) == (0, "56.00", [2])
    code, said = run(*travelled)
    assert code == 2 and "were claimed before (log entry 1)" in said
    withdrawal = ("log", "GM-1", "--add", "withdrawal", "--to", "1", "--from", str(tmp_path / "why.txt"))
    assert run(*withdrawal)[0] == 0
    with Catalog.open(Vault.unlock(tmp_path / "vault", "p")) as opened:
        first = opened.log.entries("c1")[0]
        claim_, line, _ = first.evidence
        opened.log.append("c1", Said(What.NOTE, "a claim of one of the two", evidence=(claim_, line)))
    code, said = run(*claiming)
    assert code == 0 and "1 receipt was claimed before (log entry 4) and left out" in said
    written = json.loads((tmp_path / "out" / "GM-1-claim-4.json").read_text("utf-8"))
    trip = "[[trip]]\nscheme='de'\ndepart=2026-03-02\nback=2026-03-04\nstop=[{from=2026-03-02, country='DEU'}]"
    (tmp_path / "trip.toml").write_text(trip, "utf-8")
    travelled = (*claiming, "--again", "--stated", str(tmp_path / "trip.toml"), "--json")
    assert json.loads(run(*travelled)[1])["allowances"] == "56.00"
    with Catalog.open(Vault.unlock(tmp_path / "vault", "p")) as opened:
        day = Evidence("claim day", "2026-03-03", "de")
        opened.log.append("c1", Said(What.NOTE, "a day", evidence=(replace(claim_, name="x"), day)))
    once = json.loads(run(*(each for each in travelled if each != "--again"))[1])
    assert once["allowances"] == "28.00" and json.loads(run(*travelled)[1])["allowances"] == "56.00"
    assert len(written["lines"]) == 1 and written["claimed_before"] == [f"1 line of {date.today()} (log entry 4)"]


def test_what_was_handed_in_is_not_overwritten_and_an_advance_not_deducted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with Catalog.open(Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)) as opened:
        opened.add_case(CASE)
    out, stated = tmp_path / "out", tmp_path / "stated.toml"
    advance = "[[advance]]\ndate=2026-05-02\namount='10.00'\ncurrency='EUR'\n"

    def run(*words: str) -> str:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--vault", str(tmp_path / "vault")])
        said = capsys.readouterr()
        assert end.value.code == 0, said
        return " ".join((said.out + said.err).split())

    def claimed(day: int, *words: str) -> str:
        trip = f"[[trip]]\nscheme='de'\ndepart=2026-05-0{day}\nback=2026-05-0{day + 2}\n"
        stated.write_text(f"{advance}{trip}stop=[{{from=2026-05-0{day}, country='DEU'}}]", "utf-8")
        return run("claim", "GM-1", "--currency", "EUR", "--out", str(out), "--stated", str(stated), *words)

    def files(stem: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in out.glob(f"GM-1-{stem}*")}

    assert "This is claim" not in claimed(4)  # a draft
    told = json.loads(claimed(4, "--record", "--json"))  # the same claim, handed in: it replaces its draft
    assert (told["payable"], told["advances"], told["number"], told["new_files"]) == ("46.00", "10.00", 1, [])
    handed_in = files("claim")
    assert len(handed_in) == 6
    said = claimed(7)
    assert "This is claim 2 of the case: its new files are GM-1-claim-2.xlsx, GM-1-claim-2.pdf," in said
    assert "its files replace those of its draft" in claimed(7)
    told = json.loads(claimed(7, "--record", "--json"))
    assert (told["payable"], told["advances"], told["number"]) == ("56.00", "0.00", 2)
    settled = "settled with an earlier claim (log entry 1): deducted once"
    assert [each["of"] for each in told["exceptions"] if each["why"] == settled] == ["Advance 2026-05-02"]
    assert len(files("claim-2")) == 6 and handed_in == {name: files("claim")[name] for name in handed_in}
    named_in = json.loads(files("claim-2")["GM-1-claim-2-manifest.json"])["files"]
    assert {each["file"] for each in named_in} == set(files("claim-2")) - {"GM-1-claim-2-manifest.json"}
    again = json.loads(claimed(7, "--again", "--json"))
    assert (again["payable"], again["advances"], again["number"]) == ("46.00", "10.00", 3)
    (tmp_path / "why.txt").write_text("not handed in", "utf-8")
    run("log", "GM-1", "--add", "withdrawal", "--to", "1", "--from", str(tmp_path / "why.txt"))
    freed = json.loads(claimed(4, "--json"))
    assert (freed["payable"], freed["number"]) == ("46.00", 3)  # the number of a recorded claim is not given again
    assert handed_in == {name: files("claim")[name] for name in handed_in}
