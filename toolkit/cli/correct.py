"""`mobility correct DOCUMENT`: a person enters or confirms what the reader left unsure or did not find."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from toolkit.cli.given import text_of
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.correctable import field_types
from toolkit.correcting import (
    CONFIRM,
    Change,
    Paper,
    correct,
    corrected,
    open_fields,
    paper_of,
    read_corrections,
    records_of,
)
from toolkit.errors import InputError
from toolkit.model import Field, Record
from toolkit.plain_words import because, lines, losing, percent, spoken, standing

#: Far more than any file of corrections.
_LARGEST = 1 << 20


@click.command()
@click.argument("document")
@click.option("--part", type=click.IntRange(min=1), help="Which paper of a file with several, counted from 1.")
@click.option(
    "--field", "names", multiple=True, metavar="NAME", help="Ask about NAME only. (Can be given several times.)"
)
@click.option(
    "--from", "source", metavar="FILE", default="", help="Take the values from FILE, or - for standard input."
)
@vault_options
@json_option
def command(
    document: str,
    part: int | None,
    names: tuple[str, ...],
    source: str,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Enter or confirm values of DOCUMENT (its id) that the reader left unsure or did not find.

    Asks for each in turn: Enter leaves it as it is, a value replaces it, = confirms what was read, #1 takes the first
    of the other readings. Nothing is written before the last question is answered. To see the page: mobility show.

    Values never stand on the command line. A file gives them as `total = "12.50"` under [fields]; `=` confirms there
    too. What was read is kept beside what you say; the audit trail names you and the fields, never a value.
    """
    if source and names:
        raise click.UsageError("Give --field or --from, not both: the file names the fields.")
    if not source and not _at_terminal():
        raise InputError(
            "There is nobody to ask: this is no terminal.",
            remedy="Give --from FILE, or --from - and the values on standard input.",
        )
    place = "standard input" if source == "-" else source
    given = read_corrections(_text(source), place) if source else None
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        paper = paper_of(catalog, document, part)
        if given is None:
            given = _asked(paper, names)
        else:
            _check(paper.record, given, place)
        changes = correct(catalog, paper, given) if given else ()
        record = records_of(catalog, catalog.document(paper.document.id))[paper.part]
    if as_json:
        echo_json(_answer(paper, record, changes))
        return
    _report(record, changes)


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _text(source: str) -> str:
    """Return the text of the file of corrections, or of standard input for `-`."""
    text = text_of(source, _LARGEST)
    if text is None:
        raise InputError(f"{source}: this is no file of corrections: it is too large.", remedy="Check the path.")
    return text


def _check(record: Record, given: Mapping[str, object], place: str) -> None:
    """Raise what is wrong with the values of a file, naming the file and the place in it."""
    try:
        corrected(record, given)
    except InputError as problem:
        raise type(problem)(f"{place}: fields: {problem.message}", remedy=problem.remedy) from None


def _asked(paper: Paper, names: Sequence[str]) -> Mapping[str, object]:
    """Show *paper* and ask for its open fields, or those *names*; return what was answered, by the field's name."""
    record = paper.record
    known = field_types(record.kind)
    strange = next((name for name in names if name not in known), None)
    if strange is not None:
        raise InputError(f"A {record.kind} has no field {strange[:40]!r}.", remedy=f"It has: {', '.join(known)}.")
    open_ = list(names or open_fields(record))
    console().print(_shown(record, open_))
    for warning in record.warnings:
        console().print(f"  ! {warning}", style="yellow")
    in_file = [name for name in open_ if known[name].needs_file and record.get(name) is None]
    if in_file:
        console().print(f"Lists and tables are given with --from FILE: {', '.join(in_file)}.")
    asked = [name for name in open_ if name not in in_file]
    if asked:
        ask = counted(len(asked), "value")
        console().print(f"{ask} to settle. mobility show {paper.document.id} draws the page. Ctrl-C changes nothing.")
    given: dict[str, object] = {}
    for name in asked:
        _ask(record, name, given)
    return given


def _shown(record: Record, open_: Sequence[str]) -> object:
    rows = []
    styles = []
    for each in record.fields:
        value = "\n".join(lines(each.value, each.currency))
        rows.append((each.name, value, f"{standing(each).value}, {percent(each.confidence)}", because(each, record)))
        styles.append("" if each.sure else "yellow")
    missing = [name for name in open_ if record.get(name) is None]
    rows += [(name, "", "not found", "look at the page") for name in missing]
    styles += ["yellow"] * len(missing)
    return table(f"{record.kind}", ("field", "value", "how sure", "why"), rows, styles=styles)


def _ask(record: Record, name: str, given: dict[str, object]) -> None:
    """Ask for one field until the answer can be used, and add that to *given*; Enter adds nothing."""
    known, was = field_types(record.kind)[name], record.get(name)
    others = _others(record, name, was)
    out = console()
    out.print()
    if was is None:
        out.print(f"{spoken(name)}: not found", style="bold")
    else:
        sure = f"{standing(was).value}, {percent(was.confidence)}"
        out.print(f"{spoken(name)}: {'; '.join(lines(was.value, was.currency))}  ({sure})", style="bold")
    for number, other in enumerate(others, start=1):
        out.print(f"  #{number}  {losing(other)}")
    keys = ["Enter leaves it"]
    keys += [f"{CONFIRM} confirms it"] if was is not None else []
    keys += [f"#1{f' to #{len(others)}' if len(others) > 1 else ''} takes that reading"] if others else []
    written = f", {known.written}" if known.written else ""
    instead = "another comes with --from FILE" if known.needs_file else f"or type the value{written}"
    out.print(f"  {', '.join(keys)}; {instead}.")
    while True:
        answer = str(click.prompt(f"  {name}", default="", show_default=False)).strip()
        if not answer:
            return
        value = _meant(answer, others)
        try:
            corrected(record, {**given, name: value})
        except InputError as problem:
            out.print(f"  {problem}", style="yellow")
            continue
        given[name] = value
        return


def _others(record: Record, name: str, was: Field | None) -> list[Field]:
    """Return the readings of a field that lost and that say something else, each value once."""
    found: dict[str, Field] = {}
    for each in record.rejected:
        if each.name == name and isinstance(each.value, str) and (was is None or each.value != was.value):
            found.setdefault(each.value, each)
    return list(found.values())


def _meant(answer: str, others: Sequence[Field]) -> str:
    """Return the value of the numbered reading that *answer* picks, or the answer itself."""
    number = answer[1:]
    if answer.startswith("#") and number.isascii() and number.isdigit() and 0 < int(number) <= len(others):
        return str(others[int(number) - 1].value)
    return answer


def _answer(paper: Paper, record: Record, changes: Sequence[Change]) -> dict[str, object]:
    return {
        "document": paper.document.id,
        "paper": paper.part + 1,
        "kind": record.kind,
        "changed": [
            {
                "name": change.now.name,
                "confirmed": change.confirms,
                "value": change.now.value,
                "currency": change.now.currency,
                "was": change.was.value if change.was is not None else None,
                "was_confidence": round(change.was.confidence, 4) if change.was is not None else None,
            }
            for change in changes
        ],
        "open": list(open_fields(record)),
    }


def _report(record: Record, changes: Sequence[Change]) -> None:
    out = console()
    for change in changes:
        now = "; ".join(lines(change.now.value, change.now.currency))
        if change.confirms:
            out.print(f"{spoken(change.now.name)}: {now}, confirmed.")
        elif change.was is None:
            out.print(f"{spoken(change.now.name)}: {now}, entered.")
        else:
            before = "; ".join(lines(change.was.value, change.was.currency))
            out.print(
                f"{spoken(change.now.name)}: {now}, in the place of {before}; that stays among the other readings."
            )
    if not changes:
        out.print("Nothing was changed.")
    left = open_fields(record)
    if left:
        out.print(f"Still open: {', '.join(left)}.", style="yellow")
