"""`mobility duplicates CASE`: receipts that may be one expense, and a person's word on them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from toolkit.claim_once import questions
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.confine import Child
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError
from toolkit.likeness import Alike, Answer, Degree, Paper, Relation
from toolkit.phrasing import printable
from toolkit.prints import Print
from toolkit.receipts_filed import Filed, Relations, decide, decided, of_case, relations
from vault import Vault

#: How sure, said of one paper and of two.
_HOW = {
    Degree.CERTAIN.value: ("is almost certainly", "are almost certainly"),
    Degree.LIKELY.value: ("is probably", "are probably"),
    Degree.POSSIBLE.value: ("may be", "may be"),
}

#: Pairs that are only possible, printed one by one.
_LISTED = 20


@click.command()
@click.argument("reference")
@click.option(
    "--same",
    nargs=2,
    multiple=True,
    metavar="ONE OTHER",
    help="These two are one expense: count it once. (Can be given several times.)",
)
@click.option(
    "--keep",
    nargs=2,
    multiple=True,
    metavar="ONE OTHER",
    help="These two are two expenses: count both. (Can be given several times.)",
)
@click.option("--look", is_flag=True, help="Read the originals in question again and compare every figure on them.")
@vault_options
@json_option
def command(
    reference: str,
    same: tuple[tuple[str, str], ...],
    keep: tuple[tuple[str, str], ...],
    look: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """List the receipts of case REFERENCE that may be the same expense, with how sure that is, and why.

    Nothing is dropped. What is certain or likely counts once in the claim until you say otherwise with --keep; what is
    only possible counts twice until you say --same. Your word is kept with the case. A card slip is listed with its
    bill: both papers stay, the amount counts once. Receipts that another case has too are listed last; they count.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        for answer, pairs in ((Answer.SAME, same), (Answer.KEEP, keep)):
            for one, other in pairs:
                decide(catalog, known, one, other, answer, date.today())
        known = dossier(catalog, reference)
        receipts = of_case(known)
        papers = [each.paper for each in receipts]
        found = relations(catalog, known, papers)
        if look:
            found = relations(catalog, known, _looked_at(vault, receipts, found))
    answers = decided(known.case)
    asked = set(questions(found.among, answers))
    rows = [pair_row(each, answers, each in asked) for each in _with_decided(found.among, answers, papers)]
    if as_json:
        echo_json(_json(known, rows, found))
        return
    show(reference, rows, found, {each.key: _seen(each) for each in receipts})


def _looked_at(vault: Vault, receipts: Sequence[Filed], found: Relations) -> list[Paper]:
    """The papers, those in question with what they print. A file of several receipts prints what all of them do."""
    asked = {name for each in found.among if each.degree is not Degree.CERTAIN for name in (each.one, each.other)}
    several = {each.document.id for each in receipts if each.part}
    wanted = [each for each in receipts if each.key in asked and each.document.id not in several]
    prints: dict[str, Print] = {}
    with Child() as child, progress("Reading originals", len(wanted)) as read:
        for each in wanted:
            data = vault.compartment(each.document.case).get(each.document.sha256_sealed)
            try:
                prints[each.key] = child.call(
                    "toolkit.pages.figures:of_bytes", data, each.document.media_type, result=Print
                )
            except InputError as problem:
                # The others are compared all the same, and this one by what was read of it before.
                console(stderr=True).print(f"{each.document.id} was not looked at: {problem}", style="yellow")
            read()
    return [replace(each.paper, print=prints.get(each.key)) for each in receipts]


def _with_decided(
    among: Sequence[Alike], answers: dict[frozenset[str], Answer], papers: Sequence[Paper]
) -> list[Alike]:
    """Add the pairs of which a person said that they are one expense, though nothing else says so."""
    known = {frozenset((each.one, each.other)) for each in among}
    order = [paper.key for paper in papers]
    extra = [sorted(two, key=order.index) for two in answers if two not in known and two <= set(order)]
    return [
        *among,
        *(Alike(one, other, Relation.TWIN, Degree.POSSIBLE, "nothing else says so") for one, other in extra),
    ]


def pair_row(each: Alike, answers: dict[frozenset[str], Answer], asked: bool) -> dict[str, Any]:
    """Return one pair as `--json` prints it."""
    answer = answers.get(frozenset((each.one, each.other)))
    once = answer is Answer.SAME or (answer is None and each.degree is not Degree.POSSIBLE)
    return {
        "papers": [each.one, each.other],
        "relation": each.relation.value,
        "degree": each.degree.value,
        "because": each.why,
        "tip": f"{each.tip:f}" if each.tip else None,
        "decided": answer.value if answer else None,
        "counted": "once" if once else "twice",
        "asked": asked,
    }


def _json(known: Dossier, rows: Sequence[dict[str, Any]], found: Relations) -> dict[str, Any]:
    return {
        "case": known.case.reference,
        "pairs": list(rows),
        "copies": [{"document": copy, "of": original} for copy, original in found.copies],
        "elsewhere": [
            {"paper": each.one, "case": case, "other": each.other, "degree": each.degree.value, "because": each.why}
            for each, case in found.elsewhere
        ],
    }


def show(reference: str, rows: Sequence[dict[str, Any]], found: Relations, seen: dict[str, str]) -> None:
    """Print what is asked about receipts of case *reference*; *seen* says of each what a person knows it by."""
    out = console()
    if not (rows or found.copies or found.elsewhere):
        out.print(f"No two receipts of {reference} look like one expense.")
        return
    shown = [row for row in rows if row["asked"] or row["decided"]]
    possible = [row for row in shown if row["decided"] is None and row["degree"] == Degree.POSSIBLE]
    firm = [row for row in shown if row["decided"] is not None or row["degree"] != Degree.POSSIBLE]
    for row in (*firm, *possible[:_LISTED]):
        one, other = row["papers"]
        out.print(_headline(row), style="yellow" if row["decided"] is None else "")
        for name in (one, other):
            out.print(f"    {name}: {seen[name]}")
        out.print(f"    Counted {row['counted']}. {_advice(row, reference)}")
    if follow := len(rows) - len(shown):
        out.print(f"{counted(follow, 'more pair')} of these papers: what follows from the above is not asked.")
    if more := len(possible[_LISTED:]):
        out.print(
            f"{counted(more, 'more pair')} that may be one expense, both counted, as tickets of one fare are: "
            "--json lists them."
        )
    for copy, original in found.copies:
        out.print(f"{copy} is the same file as {original}, sent again. Counted once.")
    for each, case in found.elsewhere:
        out.print(f"{each.one} is filed in case {case} too, as {each.other} ({each.degree.value}: {each.why}).")
        out.print(f"    {seen[each.one]}")
        out.print("    It counts here: look whether it is claimed there.")
    open_ = sum(row["asked"] for row in rows)
    if open_:
        out.print(f"{counted(open_, 'question')} to answer.")


def _headline(row: dict[str, Any]) -> str:
    one, other = row["papers"]
    if row["relation"] == Relation.SLIP:
        return f"{other} {_HOW[row['degree']][0]} the card slip of bill {one}: {row['because']}."
    return f"{one} and {other} {_HOW[row['degree']][1]} the same receipt: {row['because']}."


def _advice(row: dict[str, Any], reference: str) -> str:
    names = " ".join(shlex.quote(name) for name in row["papers"])
    verb = f"mobility duplicates {shlex.quote(reference)}"
    if row["decided"]:
        return "You said so." if row["decided"] == Answer.SAME else "You said that these are two expenses."
    if row["counted"] == "once":
        return f"If these are two expenses: {verb} --keep {names}. If it is right: --same {names}"
    return f"If it is one expense: {verb} --same {names}. If these are two: --keep {names}"


def _seen(receipt: Filed) -> str:
    """What a person knows a receipt by: what was read, an unsure value marked, and the file it came in."""
    record, parts = receipt.record, []
    for name in ("merchant", "date", "time", "total"):
        known = record.get(name)
        if known is not None and isinstance(known.value, str):
            currency = f" {known.currency}" if known.currency else ""
            parts.append(f"{printable(known.value)}{currency}{'' if known.sure else ' (unsure)'}")
    pages = ", ".join(map(str, record.pages))
    return f"{', '.join(parts) or 'nothing was read'} ({receipt.document.name}, page {pages})"
