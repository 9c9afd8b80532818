"""Form I-9 and the UK right-to-work check as routes: what was shown, when, and what is owed by the law's own days."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from case_builder import ANNA, Builder, by_name

from toolkit.asking import Reader, ask
from toolkit.asking_words import wording
from toolkit.check import check, outstanding
from toolkit.checklist import checklist, lists, routes
from toolkit.due import key_dates
from toolkit.due_right_to_work import i9_choice, right_to_work
from toolkit.model import Finding, State, Verdict
from toolkit.owed import Item, owed
from toolkit.rules.chosen import OneOfGroups
from toolkit.rules.dates import OnTime
from toolkit.shipped import folder

MET, UNMET, UNSURE = Verdict.MET, Verdict.UNMET, Verdict.UNSURE
START = date(2027, 3, 8)  # a Monday; no state keeps a holiday in that week
I9 = {
    "have_i9_section_1": "yes", "have_i9_section_2": "yes",
    "i9.section_1_on": "2027-03-08", "i9.offer_accepted_on": "2027-01-20", "i9.status": "citizen",
    "i9.documents": "us-passport", "i9.originals": "yes", "i9.employee_chose": "yes", "i9.document_expires": "no",
    "i9.examination": "physical", "i9.examined_on": "2027-03-11", "i9.short_hire": "no", "i9.receipt": "none",
    "i9.edition": "08/01/23", "i9.copies": "no", "i9.pending": "none", "i9.e_verify": "no", "i9.rehire": "no",
}  # fmt: skip
UK = {
    "right_to_work.document": "online-check", "right_to_work.checked_on": "2027-02-20",
    "right_to_work.method": "online", "right_to_work.share_code_on": "2027-02-01",
    "right_to_work.work_permitted": "yes", "right_to_work.until": "2029-02-28",
    "right_to_work.copy_dated": "yes", "right_to_work.vignette": "no",
}  # fmt: skip


def of(route: str, details: dict[str, str], *, without: tuple[str, ...] = (), **more: str) -> Builder:
    told = {key: value for key, value in (details | more).items() if key not in without}
    built = Builder(ANNA, dates={"start": START}, **told)
    built.case = replace(built.case, route=route)
    return built


def found(built: Builder) -> dict[str, Finding]:
    route = checklist(built.case.route)
    return by_name(check(built.case, built.facts, built.records, built.documents, route))


def i9(**more: str) -> dict[str, Finding]:
    return found(of("us/i-9", I9, **{key.replace("__", "."): value for key, value in more.items()}))


def uk(**more: str) -> dict[str, Finding]:
    return found(of("gb/right-to-work", UK, **{key.replace("__", "."): value for key, value in more.items()}))


# One of list A, or one of B and one of C


@pytest.mark.parametrize(
    ("shown", "verdict", "says"),
    [
        ("us-passport", MET, "shown: one of list A"),
        ("driving-licence, social-security-card", MET, "shown: one of list B and one of list C"),
        ("Driving-Licence,SOCIAL-SECURITY-CARD,", MET, "shown: one of list B and one of list C"),
        ("driving-licence", UNMET, "missing: one of list C"),
        ("social-security-card", UNMET, "missing: one of list B"),
        ("us-passport, driving-licence", UNSURE, "more is recorded than may be asked for"),
        ("driving-licence, school-id, i-197", UNSURE, "more is recorded than may be asked for"),
        ("driving-licence, school-id", UNMET, "missing: one of list C"),
        ("library-card", UNSURE, "on none of the lists: library-card"),
        (" , ", UNMET, "not recorded"),
    ],
)
def test_the_employee_chooses_and_the_choice_is_judged(shown: str, verdict: Verdict, says: str) -> None:
    finding = i9(i9__documents=shown)["documents"]
    assert finding.verdict is verdict
    assert says in finding.because


def test_what_is_missing_is_asked_for_without_naming_a_document() -> None:
    built = of("us/i-9", I9, without=("i9.documents",))
    finding = found(built)["documents"]
    assert finding.verdict is UNMET
    labels = [paper.label.split(" ")[0] for paper in right_to_work().i9.documents.values()]
    assert not {"passport", "licence", *labels} & set(finding.next_step.split())
    (item,) = [each for each in items(built) if each.by == "employee"]
    assert "Social Security" not in " ".join(item.send) and "passport" not in " ".join(item.send)


def test_a_document_of_the_under_18_is_none_of_an_adult() -> None:
    shown = "minor-school-record, us-birth-certificate"
    assert i9(i9__documents=shown)["documents-of-an-adult"].verdict is UNSURE
    built = of("us/i-9", I9, **{"i9.documents": shown})
    built.case = replace(built.case, people=(replace(ANNA, birth_date="2010-01-01"),))
    minor = found(built)
    assert minor["documents"].verdict is MET
    assert "documents-of-an-adult" not in minor


def test_the_lists_of_the_routes_are_those_of_the_key_dates() -> None:
    known = lists()
    law = right_to_work()
    of_i9 = {name: {key for key, paper in law.i9.documents.items() if paper.list == name} for name in "abc"}
    assert known["us-i9-list-a"] == of_i9["a"]
    assert known["us-i9-list-b-under-18"] == of_i9["b"]
    assert known["us-i9-list-b"] == {key for key in of_i9["b"] if not law.i9.documents[key].minors_only}
    assert known["us-i9-list-c"] == of_i9["c"]
    for name, theirs in (("a", "a"), ("b-1", "b1"), ("b-2", "b2")):
        mine = {key for key, paper in law.uk.documents.items() if paper.list == theirs}
        assert known[f"uk-rtw-list-{name}"] == mine


def test_rule_and_key_dates_judge_a_choice_alike() -> None:
    (rule,) = checklist("us/i-9").requirements["documents"].rules
    assert isinstance(rule, OneOfGroups)
    names = ("us-passport", "i-766", "driving-licence", "school-id", "social-security-card", "i-197", "library-card")
    for one in names:
        for other in names:
            built = Builder(ANNA, **{"i9.documents": f"{one},{other}"})
            assert built.answer(rule, lists=lists()).verdict is i9_choice([one, other]).verdict, (one, other)


# In time


@pytest.mark.parametrize(("examined", "verdict"), [("2027-03-11", MET), ("2027-03-01", MET), ("2027-03-12", UNMET)])
def test_section_2_three_business_days_after_the_first_day(examined: str, verdict: Verdict) -> None:
    assert i9(i9__examined_on=examined)["section-2"].verdict is verdict


def test_a_holiday_of_some_states_leaves_it_open_until_the_state_is_said() -> None:
    built = of("us/i-9", I9, **{"i9.examined_on": "2027-03-05"})
    built.case = replace(built.case, dates={"start": date(2027, 3, 1)})  # Texas keeps 2 March
    assert found(built)["section-2"].verdict is UNSURE
    assert '"holiday_region"' in found(built)["section-2"].next_step
    for region, verdict in (("TX", MET), ("US-NY", UNMET), ("US-ZZ", UNSURE)):
        built.case = replace(built.case, details={**built.case.details, "holiday_region": region})
        assert found(built)["section-2"].verdict is verdict, region
    assert "the holidays of US-ZZ are not known" in found(built)["section-2"].because


def test_a_rule_without_working_days_needs_no_calendar() -> None:
    rule = OnTime("case.filing", "case.start")
    built = Builder(ANNA)
    built.case = replace(built.case, route="zz/nowhere")
    assert built.answer(rule).verdict is MET


def test_section_1_not_before_the_offer_and_not_after_the_first_day() -> None:
    assert i9(i9__section_1_on="2027-03-09")["section-1"].verdict is UNMET
    assert i9(i9__section_1_on="2027-01-19")["section-1"].verdict is UNMET


def test_work_of_two_days_takes_no_receipt_and_no_third_day() -> None:
    assert i9(i9__short_hire="yes", i9__examined_on="2027-03-09")["short-hire"].verdict is UNMET
    both = i9(i9__short_hire="yes", i9__examined_on="2027-03-08", i9__receipt="replacement")
    assert both["short-hire"].verdict is UNMET
    assert "receipt" not in both


@pytest.mark.parametrize(
    ("receipt", "verdict"), [("replacement", MET), ("i551_stamp", MET), ("first_grant_or_renewal", UNMET)]
)
def test_which_receipt_counts(receipt: str, verdict: Verdict) -> None:
    assert i9(i9__receipt=receipt)["receipt"].verdict is verdict


def test_a_receipt_stands_for_ninety_days() -> None:
    later = i9(i9__receipt="replacement", i9__replacement_shown_on="2027-06-06")["receipt-replaced"]
    assert (later.verdict, later.level) == (MET, "later")
    assert i9(i9__receipt="replacement", i9__replacement_shown_on="2027-06-07")["receipt-replaced"].verdict is UNMET


def test_reverified_by_the_earlier_of_both_days() -> None:
    told = {"i9__status": "authorised", "i9__no_end": "no", "i9__section_1_until": "2028-05-01"}
    told |= {"i9__document_expires": "yes", "i9__document_until": "2028-04-01"}
    between = i9(**told, i9__reverified_on="2028-04-15")
    assert between["reverified-section-1"].verdict is MET
    assert between["reverified-document"].verdict is UNMET
    assert not {"reverified-section-1", "reverified-document"} & set(i9())


@pytest.mark.parametrize(
    ("filed", "until", "verdicts"),
    [
        ("2025-10-29", "2026-01-01", (MET, MET)),
        ("2025-10-30", "2026-01-01", (UNMET, MET)),
        ("2025-10-29", "2025-09-13", (MET, UNMET)),
    ],
)
def test_an_ead_goes_on_by_itself_only_if_renewed_in_time(
    filed: str, until: str, verdicts: tuple[Verdict, Verdict]
) -> None:
    told = i9(i9__documents="i-766", i9__pending="ead", i9__ead_renewal_filed_on=filed, i9__document_until=until)
    assert (told["ead-renewal-filed"].verdict, told["ead-extended"].verdict) == verdicts
    assert "ead-valid" not in told


def test_e_verify_and_rehire_are_judged_only_where_they_are() -> None:
    assert not {"e-verify", "rehire", "alternative-procedure"} & set(i9())
    assert i9(i9__e_verify="yes", i9__e_verify_opened_on="2027-03-12")["e-verify"].verdict is UNMET
    assert "from memory" in i9(i9__e_verify="yes")["e-verify"].legal_source
    assert i9(i9__rehire="yes", i9__section_1_on="2024-03-07")["rehire"].verdict is UNMET
    remote = i9(i9__examination="alternative", i9__e_verify_good_standing="no")
    assert remote["alternative-procedure"].verdict is UNMET


def test_a_whole_i9_is_complete_and_kept_until_the_later_day() -> None:
    built = of("us/i-9", I9, **{"employment.end_date": "2027-12-31"})
    route = checklist("us/i-9")
    assert outstanding(check(built.case, built.facts, built.records, built.documents, route)) == []
    dates = {each.name: each for each in key_dates(built.case, built.facts, [], [], route, date(2027, 4, 1))}
    assert dates["i9-keep-until"].on == date(2030, 3, 8)


# The UK check


@pytest.mark.parametrize(
    ("document", "verdict"), [("british-irish-passport", MET), ("online-check", MET), ("brp", UNSURE), ("", UNMET)]
)
def test_one_document_of_one_list(document: str, verdict: Verdict) -> None:
    assert uk(right_to_work__document=document)["document"].verdict is verdict


@pytest.mark.parametrize(("on", "verdict"), [("2027-03-08", MET), ("2027-03-09", UNMET)])
def test_a_check_after_work_began_gives_no_excuse(on: str, verdict: Verdict) -> None:
    finding = uk(right_to_work__checked_on=on)["before-start"]
    assert finding.verdict is verdict
    assert verdict is MET or "no statutory excuse" in finding.next_step


def test_a_share_code_is_ninety_days_old_at_most() -> None:
    assert uk(right_to_work__share_code_on="2026-11-22")["share-code"].verdict is MET
    assert uk(right_to_work__share_code_on="2026-11-21")["share-code"].verdict is UNMET
    by_hand = uk(right_to_work__method="manual")
    assert by_hand["online-only"].verdict is UNMET
    assert "share-code" not in by_hand


def test_a_digital_check_is_for_british_and_irish_passports_and_since_october_by_a_registered_provider() -> None:
    told = uk(right_to_work__method="digital", right_to_work__registered_provider="no")
    digital = told["digital-only-british-irish"]
    assert digital.verdict is UNMET and "on none of the lists: online-check" in digital.because
    assert told["registered-provider"].verdict is UNMET
    before = uk(right_to_work__method="digital", right_to_work__checked_on="2026-09-30")
    assert "registered-provider" not in before


def test_list_a_is_for_good_and_list_b_is_followed_up() -> None:
    unlimited = uk(right_to_work__document="online-check-unlimited")
    assert not {"permission-covers-start", "follow-up", "follow-up-notice"} & set(unlimited)
    assert uk(right_to_work__until="2027-03-07")["permission-covers-start"].verdict is UNMET
    assert uk(right_to_work__followed_up_on="2029-03-01")["follow-up"].verdict is UNMET
    notice = uk(right_to_work__document="pending-application", right_to_work__notice_on="2026-09-07")
    assert notice["notice-in-force"].verdict is UNMET


def test_when_the_excuse_ends_and_until_when_copies_are_kept() -> None:
    built = of("gb/right-to-work", UK, **{"employment.end_date": "2028-02-29"})
    route = checklist("gb/right-to-work")
    assert outstanding(check(built.case, built.facts, built.records, built.documents, route)) == []
    dates = {each.name: each for each in key_dates(built.case, built.facts, [], [], route, date(2027, 4, 1))}
    assert dates["statutory-excuse-ends"].on == date(2029, 2, 28)
    assert dates["right-to-work-keep-until"].on == date(2030, 2, 28)


# Owed, by the law's own days


def items(built: Builder) -> tuple[Item, ...]:
    route = checklist(built.case.route)
    findings = check(built.case, built.facts, built.records, built.documents, route)
    return owed(built.case, built.facts, built.records, built.documents, route, findings)


def test_the_law_s_own_day_goes_before_practice() -> None:
    made = items(of("us/i-9", {}))
    due = {each.wanted.have: each.due for each in made if each.by in ("employee", "employer")}
    assert due["have_i9_section_1"] == START
    assert due["i9.documents"] == due["have_i9_section_2"] == date(2027, 3, 11)
    assert min(each.due for each in made if each.by == "specialist" and each.due) < START


def test_a_misspelt_region_leaves_the_day_open() -> None:
    made = items(of("us/i-9", {}, holiday_region="US-ZZ"))
    due = {each.wanted.have: each.due for each in made if each.by in ("employee", "employer")}
    assert due["have_i9_section_2"] is None
    assert due["have_i9_section_1"] == START


def test_papers_that_were_read_take_the_place_of_statements() -> None:
    built = of(
        "us/i-9", I9, **{"i9.documents": "foreign-passport-i-94", "i9.endorsed": "yes", "i9.status": "authorised"}
    )
    names = {"surname": "Eriksson", "given_names": "Anna Maria", "birth_date": "1974-08-12", "nationality": "UTO"}
    built.paper("passport", expiry_date="2031-05-01", document_number="L1", **names)
    built.paper("status-evidence", expiry_date="2027-03-07")
    assert "status evidence expiry date 2027-03-07 does not reach" in found(built)["foreign-passport-i-94"].because
    built = of("us/i-9", I9, **{"i9.documents": "foreign-passport-i-94", "i9.endorsed": "yes"})
    built.paper("passport", expiry_date="2031-05-01", document_number="L1", **names)
    built.paper("status-evidence", expiry_date="2029-03-07")
    assert found(built)["foreign-passport-i-94"].verdict is MET
    assert built.documents[0].state is State.FILED


# The files


@pytest.mark.parametrize("route", ["us/i-9", "gb/right-to-work"])
def test_checks_are_no_routes_of_a_move_and_say_what_is_from_memory(route: str) -> None:
    assert route in routes()
    made = checklist(route)
    assert made.purpose == "right_to_work"
    plan = tomllib.loads((folder("forms").parent / "toolkit" / "route_choice.toml").read_text("utf-8"))
    assert route not in plan["route"]
    for requirement in made.requirements.values():
        read = requirement.source.url or requirement.source.read
        assert bool(read) is (requirement.source.basis != "recalled")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "may work"), ("de", "arbeiten dürfen"), ("fr", "travailler"), ("es", "trabajar")]
)
def test_the_message_speaks_of_the_check_and_of_no_move(language: str, said: str) -> None:
    built = of("us/i-9", {})
    words = wording(language)
    for to in ("employee", "employer", "counsel"):
        reader = Reader(to, ANNA, checklist("us/i-9").purpose)
        message = ask(built.case, items(built), reader, words, today=date(2027, 1, 4))
        told = " ".join((message.subject, *message.intro))
        move = words.say("subject").split()[-1].casefold(), words.say("subject_case").split()[-1].casefold()
        assert not any(word in told.casefold().split() for word in move), told
        assert to != "employee" or said in message.intro[0]
