"""`mobility claim CASE`: the expense claim pack of a case's receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from toolkit import per_diem, policy, policy_categories, rates_stated
from toolkit.case_log_entries import Said
from toolkit.claim import Rules, as_it_is, as_read, trip_date
from toolkit.claim_assessed import Assessed, Measures
from toolkit.claim_earlier import Earlier, earlier, named, to_record, without
from toolkit.claim_files import sections
from toolkit.claim_pack import ClaimPack, claim
from toolkit.claim_stated import stated
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError
from toolkit.expense import ClaimItem, Schedule
from toolkit.likeness import Paper
from toolkit.model import Case, Verdict
from toolkit.originals import as_pdfs
from toolkit.phrasing import rounded
from toolkit.policy_categories import PolicyCategories
from toolkit.readers.money import category
from toolkit.receipts_filed import decided, of_case, of_others
from vault import Vault

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("reference")
@click.option("--currency", help="Currency of the claim (ISO 4217). Default: the case's detail claim.currency.")
@click.option(
    "--policy",
    "policy_file",
    type=_FILE,
    help="The expense policy's own categories (TOML): which of the reader's categories fall in each.",
)
@click.option(
    "--clauses",
    help="The mobility policy that lines are held against: name or file (TOML). Default: the case's detail policy.",
)
@click.option("--stated", "stated_file", type=_FILE, help="What receipts do not say (TOML): purpose, trips, codes ...")
@click.option(
    "--per-diem", "tables", type=_FILE, multiple=True, help="A table of daily rates (TOML or CSV); repeatable."
)
@click.option("--rates", "rates_file", type=_FILE, help="The company's own rates of exchange (CSV).")
@click.option("--record", is_flag=True, help="Keep in the case's log what is claimed, as this claim is handed in.")
@click.option("--again", is_flag=True, help="Also receipts that a recorded claim has claimed: to make it once more.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for what is made.",
)
@vault_options
@json_option
def command(
    reference: str,
    currency: str | None,
    policy_file: Path | None,
    clauses: str | None,
    stated_file: Path | None,
    tables: tuple[Path, ...],
    rates_file: Path | None,
    record: bool,
    again: bool,
    out: Path,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make the claim pack of case REFERENCE: a PDF of form, schedule and numbered receipts; spreadsheet, CSV, JSON.

    Every receipt is converted by the European Central Bank's reference rate of its date. What is unsure is listed as
    to be settled and left out of the sums. One expense counts once: duplicates and the card slips of bills are listed
    with the line they belong to; `mobility duplicates` shows them and takes your word on them. A date whose day and
    month could be swapped is taken as it lies in the trip, where the case's dates (start, end) settle it.
    What the reader noticed, such as a PDF that was changed after it was made, is listed under Findings and changes no
    sum. With --stated the claim says what receipts do not: purpose, cost centre, trips for the daily allowance,
    payroll codes. With --record what is claimed is kept in the case's log: later claims leave those receipts out,
    deduct no advance again, have files of their own (claim-2 ...), and their limits per month, year, trip and
    assignment go on from there. docs/guides/claim-expenses.md tells all of it.
    """
    if record and again:
        raise click.UsageError("--again makes a claim that is recorded already: leave out --record.")
    categories = policy_categories.load(policy_file, category.names()) if policy_file else None
    own = tuple(table for path in tables for table in per_diem.read(path))
    given = rates_stated.read(rates_file) if rates_file else None
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        spent_in = (currency or "").strip().upper() or known.case.details.get("claim.currency", "")
        rules = replace(_rules(known.case, categories), stated=stated(known.case.details, stated_file))
        rules = replace(rules, rates=given) if given else rules
        before = earlier(catalog.log.entries(known.case.id))
        measures = replace(_measures(known.case, clauses, own), earlier=before)
        others = [*of_others(catalog, known.case), *([] if again else claimed_papers(known, before))]
        made, left_out = make(
            vault, known, currency=spent_in, rules=rules, others=others, measures=measures, again=again
        )
        folder = existing_parent(out)
        new = [name for name in file_names(known, made) if not (folder / name).exists()]
        paths = deliver(known, made, folder)
        entries = [catalog.log.append(known.case.id, each) for each in _to_record(made, known)] if record else []
    if as_json:
        told = {"recorded": [each.number for each in entries], "new_files": new, "files": [str(path) for path in paths]}
        echo_json({"case": known.case.reference, **_told(made), **told, "left_out": left_out})
        return
    for path in paths:
        console().print(str(path))
    if entries:
        console().print(f"Recorded in {named([each.number for each in entries])} of the case: see mobility log.")
    out_of_it = [*numbered(made, new), *left_to_earlier(known, before, again=again)]
    asked = [*out_of_it, *said(made.schedule, known.case.reference), *decide(made.assessed), *not_bound(left_out)]
    for sentence in asked:
        console().print(sentence, style="yellow")


def _told(made: ClaimPack) -> dict[str, object]:
    told = {**sums(made.schedule), **owed(made.assessed), **open_ends(made.schedule), **sections(made.assessed)}
    return {**told, "claimed_before": list(made.assessed.earlier), "number": made.number}


def said(made: Schedule, reference: str) -> list[str]:
    """What is open in a claim, in sentences."""
    sentences = []
    if made.unsettled:
        sentences.append(
            f"{counted(len(made.unsettled), 'receipt')} to be settled: not in the sum. "
            "Why stands under “To be settled”; look at each on its page."
        )
    aside = len(made.duplicates) + len(made.slips)
    if aside:
        sentences.append(f"{counted(aside, 'paper')} counted with another line, as a duplicate or as its card slip.")
    if made.questions:
        asked = counted(len(made.questions), "pair of papers", "pairs of papers")
        sentences.append(f"{asked} may be one expense; look and decide: mobility duplicates {reference}")
    if made.elsewhere:
        receipts = counted(len(made.elsewhere), "receipt")
        sentences.append(f"{receipts} filed in another case or claimed before, too: look before you pay.")
    if made.findings:
        papers = counted(len({each.paper for each in made.findings}), "paper")
        noticed = counted(len(made.findings), "finding")
        sentences.append(f"{noticed} on {papers}, which change no sum: read them under “Findings”.")
    return sentences


def claimed_papers(known: Dossier, before: Earlier) -> list[Paper]:
    """The receipts that an earlier claim has claimed: one of this claim may be the same paper, filed once more."""
    return [
        replace(each.paper, case=f"{known.case.reference}, claimed in {named([before.receipts[each.key]])}")
        for each in of_case(known)
        if each.key in before.receipts
    ]


def left_to_earlier(known: Dossier, before: Earlier, *, again: bool = False) -> list[str]:
    """What earlier claims have claimed and this one leaves out, or makes *again*, in sentences."""
    mine = {each.key: before.receipts[each.key] for each in of_case(known) if each.key in before.receipts}
    if not mine:
        return []
    papers = counted(len(mine), "receipt was", "receipts were")
    entries = named(list(mine.values()))
    if again:
        return [f"{papers} claimed before ({entries}) and made again: hand in one of the two claims, not both."]
    return [f"{papers} claimed before ({entries}) and left out: --again makes a recorded claim once more."]


def numbered(made: ClaimPack, new: Sequence[str]) -> list[str]:
    """Which files of a claim after a recorded one are *new*, in a sentence; of the first claim nothing is said."""
    if made.number == 1:
        return []
    files = f"its new files are {', '.join(new)}" if new else "its files replace those of its draft"
    return [f"This is claim {made.number} of the case: {files}. The files of recorded claims stay as they are."]


def _to_record(made: ClaimPack, known: Dossier) -> list[Said]:
    """The entries that record the claim; raise InputError where there is nothing in its sums."""
    days = made.assessed.days_claimed
    if not made.schedule.lines and not days:
        raise InputError(
            f"Nothing of case {known.case.reference} is claimed yet, so nothing is recorded: the files are made.",
            remedy="Settle the receipts first, as the claim says.",
        )
    return to_record(made.schedule, date.today(), days, made.assessed.advances_deducted)


def decide(made: Assessed) -> list[str]:
    """What has to be decided, stated or proved before a claim is paid, in sentences."""
    sentences = []
    if made.exceptions:
        asked = counted(len(made.exceptions), "exception")
        much = made.over + made.over_days
        over = f"; {made.schedule.currency} {much:f} over the limits" if much else ""
        sentences.append(f"{asked} to be decided{over}: read them under “Exceptions”.")
    if open_ := [each for each in made.allowances if each.open]:
        days = counted(len(open_), "day")
        sentences.append(f"{days} of allowance open, and in no sum: {open_[0].open}.")
    lacking = [each for each in made.proofs if each.verdict is not Verdict.MET]
    if lacking:
        demands = counted(len(lacking), "demand")
        sentences.append(f"{demands} of proof not met or unsure: read them under “Required proof”.")
    return sentences


def owed(made: Assessed) -> dict[str, str]:
    """What is to be paid, as decimal strings in the claim currency."""
    sums_ = {
        "allowances": made.allowed,
        "advances": made.advanced,
        "payable": made.payable,
        "over_limits": made.over,
        "allowances_over_limits": made.over_days,
    }
    return {name: f"{rounded(value, made.schedule.currency):f}" for name, value in sums_.items()}


def not_bound(left_out: Sequence[str]) -> list[str]:
    """What is not in a claim at all, in a sentence; *left_out* are the ids of Word documents."""
    if not left_out:
        return []
    what = counted(len(left_out), "Word document is", "Word documents are")
    return [
        f"{what} NOT in this claim, because LibreOffice Writer is not installed: {', '.join(left_out)}. "
        "Install it, or ask for PDFs, and make the claim again."
    ]


def open_ends(made: Schedule) -> dict[str, list[dict[str, Any]]]:
    """What is counted with another line, what a person has to decide, what another case has too, what was noticed."""
    return {
        "counted_with": [
            {"document": each.document, "line": each.of, "as": name, "because": each.why, "decided": each.decided}
            for name, group in (("duplicate", made.duplicates), ("card slip", made.slips))
            for each in group
        ],
        "questions": [
            {"papers": [x.one, x.other], "relation": x.relation.value, "degree": x.degree.value, "because": x.why}
            for x in made.questions
        ],
        "elsewhere": [
            {"document": x.document, "case": x.case, "other": x.other, "degree": x.degree.value, "because": x.why}
            for x in made.elsewhere
        ],
        "findings": [{"paper": x.paper, "document": x.document, "says": x.says} for x in made.findings],
    }


def sums(made: Schedule) -> dict[str, str | int]:
    """What the spreadsheet and the PDF say in all: the same total, to the smallest unit of the currency."""
    return {
        "currency": made.currency,
        "total": f"{rounded(made.total, made.currency):f}",
        "lines": len(made.lines),
        "to_be_settled": len(made.unsettled),
        "duplicates": len(made.duplicates),
        "card_slips": len(made.slips),
    }


def _rules(case: Case, categories: PolicyCategories | None = None) -> Rules:
    """What the case and the policy say: decisions on duplicates, the days of the trip, the names of categories."""
    start, end = case.dates.get("start"), case.dates.get("end")
    dated = partial(trip_date, start=start, end=end) if start and end and start <= end else as_read
    return Rules(categories.name if categories else as_it_is, dated, decided(case), stated(case.details))


def _measures(case: Case, clauses: str | None = None, tables: tuple[per_diem.Table, ...] = ()) -> Measures:
    """The policy that was named, or the case's own, with where the case stands under it."""
    held = policy.load(clauses) if clauses else policy.of_case(case)
    return Measures(held, policy.standing(held, case), tables) if held else Measures(per_diem=tables)


def make(
    vault: Vault,
    known: Dossier,
    *,
    currency: str,
    rules: Rules | None = None,
    others: Sequence[Paper] = (),
    measures: Measures | None = None,
    again: bool = False,
) -> tuple[ClaimPack, list[str]]:
    """Return the claim pack, and the ids of Word documents left out of it because LibreOffice is not installed.

    Receipts that stand in `measures.earlier` are left out, unless *again*. *rules* and *measures* are those of the case
    where none are given; *others* are the receipts of other cases and of earlier claims, for the claim to say which of
    its own are there too.
    """
    if not currency:
        raise InputError(
            "The currency of the claim is not known.", remedy="Give --currency, or state claim.currency in the case."
        )
    going_by, measured = rules or _rules(known.case), measures or _measures(known.case)
    receipts = [each for each in of_case(known) if again or each.key not in measured.earlier.receipts]
    if not receipts and measured.earlier.receipts and not _new_days(going_by.stated.trips, measured.earlier):
        raise InputError(
            f"All receipts of case {known.case.reference} were claimed before "
            f"({named(list(measured.earlier.receipts.values()))}).",
            remedy="File new receipts, or make the recorded claim once more with --again. Was it not handed in? Then "
            f"withdraw it: mobility log {known.case.reference} --add withdrawal --to NUMBER.",
        )
    before = without(measured.earlier, [each.key for each in receipts])
    measured = replace(measured, earlier=replace(before, days={}, advances={}) if again else before)
    papers = list({each.document.id: (each.document, each.record) for each in receipts}.values())
    with progress("Opening originals", len(papers)) as opened:
        originals = as_pdfs(vault, papers, photos=known.photos, progress=opened)
    items = [
        ClaimItem(each.document.id, each.record, original.pdf, each.part, original.sha256, original.further)
        for each in receipts
        if (original := originals.get(each.document.id)) is not None
    ]
    today = date.today()
    made = claim(known.case, items, currency, today=today, rules=going_by, others=others, measures=measured)
    return made, [document.id for document, _ in papers if document.id not in originals]


def _new_days(trips: Sequence[per_diem.Trip], before: Earlier) -> bool:
    """Whether *trips* have a day that no earlier claim has an allowance for."""
    spans = ((each.first, (each.last - each.first).days + 1) for each in trips)
    return any(first + timedelta(days=n) not in before.days for first, count in spans for n in range(count))


def file_names(known: Dossier, made: ClaimPack) -> list[str]:
    """The names of the files of the claim, spreadsheet and PDF first."""
    return [f"{known.case.reference}-{name}" for name in made.files]


def deliver(known: Dossier, made: ClaimPack, out: Path) -> list[Path]:
    """Write the files of the claim into *out* and return the paths, spreadsheet and PDF first."""
    paths = [out / name for name in file_names(known, made)]
    for path, data in zip(paths, made.files.values(), strict=True):
        path.write_bytes(data)
    return paths
