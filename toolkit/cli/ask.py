"""`mobility ask CASE`: the one message that says what is still to be sent, why, and by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import click

from toolkit.asking import Message, Reader, To, ask, names_somebody, role_of
from toolkit.asking_pages import draft, page, pdf, text
from toolkit.asking_pictures import pictures
from toolkit.asking_words import FALLBACK, languages, wording
from toolkit.checklist import checklist
from toolkit.cli.check import judge
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.confine import Child
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError, UnknownNameError
from toolkit.facts import roles
from toolkit.model import Case, State
from toolkit.owed import Item, owed
from toolkit.owed_reasons import Cause, Reason
from vault.files import write_atomically

#: How a finding begins that asks a question; the table of what is owed has the question alone.
_UNANSWERED = "not answered: "


@click.command()
@click.argument("reference")
@click.option("--person", "role", default="principal", show_default=True, help="Whom to ask: spouse, child, child2 ...")
@click.option(
    "--to",
    type=click.Choice(["employee", "employer", "counsel"]),
    default="employee",
    show_default=True,
    help="Who provides the papers; employee: the person and the family.",
)
@click.option(
    "--language", default="", help="Language of the message (en, de, fr, es ...); else the person's, else en."
)
@click.option("--unclear", is_flag=True, help="Also ask for a better copy of what could not be read clearly.")
@click.option("--send-to", "place", default="", help="How papers reach you, as the address of your upload page.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder to write into.",
)
@vault_options
@json_option
def command(
    reference: str,
    role: str,
    to: str,
    language: str,
    unclear: bool,
    place: str,
    out: Path,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Write the message that asks for what case REFERENCE still needs: as e-mail, as a page, and as PDF.

    It says what to send, what it has to be like, why the last copy did not do, with the place framed, and by when. The
    page and the PDF show the reader's own papers: hand them over sealed, and delete them afterwards. What somebody has
    to look at first is listed for the specialist and not asked of anybody.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog), Child() as child:
        known = dossier(catalog, reference)
        reader = _reader(known.case, role, cast(To, to))
        asked = _code(language or known.case.details.get(f"{role}.language", "") or FALLBACK)
        words = wording(asked)
        items = owed(
            known.case, known.facts, known.records, known.documents, checklist(known.case.route), judge(known),
            copies=unclear,
        )  # fmt: skip
        draw = pictures(vault, child, known, reader.person)
        message = ask(
            known.case, items, reader, words,
            today=date.today(), place=place, unopened=_unopened(known, reader), draw=draw,
        )  # fmt: skip
    files = deliver(known, message, f"ask-{role if to == 'employee' else to}", out) if message.entries else []
    if as_json:
        written = asked if asked in languages() else FALLBACK
        echo_json(
            {
                "case": known.case.reference,
                "to": to,
                "person": role,
                "language": written,
                "language_asked": asked,
                "files": [str(path) for path in files],
                "asked": len(message.entries),
                "items": [item_json(item, known.case, reader) for item in items],
            }
        )
        return
    if asked not in languages():
        _say_fallback(asked)
    _show(known, reader, message, items, files)


def _code(language: str) -> str:
    """Return the two letters of a language that may be written as "de-DE" or "DE"."""
    return language.strip().casefold().replace("_", "-").partition("-")[0]


def _reader(case: Case, role: str, to: To) -> Reader:
    person = role_of(case, role)
    if person is None:
        there = ", ".join(roles(case).values())
        raise UnknownNameError(f"Nobody in case {case.reference} is called {role}.", remedy=f"There are: {there}.")
    if to != "employee" and person.role != "principal":
        raise InputError(f"A message to {to} is about the whole case.", remedy="Leave out --person.")
    return Reader(to, person, checklist(case.route).purpose)


def _unopened(known: Dossier, reader: Reader) -> int:
    """Count the files of the reader that intake could not open; one that is nobody's yet is asked of the employee."""
    whose = {reader.person.id, ""} if reader.person.role == "principal" else {reader.person.id}
    held = [document for document in known.waiting if document.state is State.QUARANTINED]
    return sum(document.person in whose for document in held) if reader.to == "employee" else 0


def deliver(known: Dossier, message: Message, name: str, out: Path) -> list[Path]:
    """Write *message* into *out* for the owner's eyes alone; return the paths, which name nobody."""
    case = known.case
    beginning = case.id if names_somebody(case.reference, case) else case.reference
    made: Mapping[str, bytes] = {
        "txt": text(message).encode(),
        "eml": draft(message),
        "html": page(message).encode(),
        "pdf": pdf(message, today=date.today()),
    }
    folder = existing_parent(out)
    paths = []
    for ending, data in made.items():
        path = folder / f"{beginning}-{name}.{ending}"
        try:
            write_atomically(path, data)
        except OSError as problem:
            raise InputError(
                f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out."
            ) from problem
        paths.append(path)
    return paths


def item_json(item: Item, case: Case, reader: Reader) -> dict[str, Any]:
    """Return *item* as plain values for programs: who owes which paper of whom, why, and by when."""
    called = {person.id: role for person, role in roles(case).items()}
    return {
        "by": item.by,
        "person": called.get(item.person, ""),
        "kinds": item.wanted.kinds,
        "forms": item.wanted.forms,
        "paper": item.wanted.english,
        "requirements": item.requirements,
        "labels": item.labels,
        "legal_sources": item.sources,
        "stage": item.stage,
        "level": item.level,
        "due": item.due,
        "begin": item.begin,
        "reasons": [
            {
                "rule": each.rule,
                "cause": each.cause.value,
                "because": each.english,
                "next_step": each.step,
                "documents": each.documents,
            }
            for each in item.reasons
        ],
        "musts": [{"name": must.name, **must.values} for must in item.musts],
        "in_message": reader.owes(item),
    }


def _say_fallback(asked: str) -> None:
    there = ", ".join(languages())
    console(stderr=True).print(
        f"There is no wording in the language {asked}: the message is in English. Written are: {there}.", style="yellow"
    )


def _because(reason: Reason, by: str) -> str:
    """Return why something is owed; for a question that the specialist answers, how to record the answer."""
    return reason.step if by == "specialist" and reason.cause is Cause.ASKED and reason.step else reason.english


def _show(known: Dossier, reader: Reader, message: Message, items: Sequence[Item], files: Sequence[Path]) -> None:
    out = console()
    called = {person.id: role for person, role in roles(known.case).items()}
    if not items:
        out.print(f"Nothing is owed in case {known.case.reference}: nothing is UNMET or UNSURE.", style="bold")
        return
    rows = [
        (
            item.by,
            called.get(item.person, ""),
            item.due.isoformat() if item.due else "not planned",
            (item.wanted.english or " or ".join(item.wanted.kinds)).removeprefix(_UNANSWERED),
            "; ".join(dict.fromkeys(_because(reason, item.by) for reason in item.reasons)),
        )
        for item in items
    ]
    out.print(table("", ("owed by", "person", "due", "what", "because"), rows))
    if not message.entries:
        out.print("Nothing of it is owed by whom the message would be for: none was written.", style="bold")
        return
    out.print(f"The message asks for {counted(len(message.entries), 'thing')}:", style="bold")
    for path in files:
        out.print(str(path))
    for role in dict.fromkeys(called.get(entry.item.person, "") for entry in message.entries):
        if role not in ("", called.get(reader.person.id, "")) and reader.to == "employee":
            hint = f"mobility ask {known.case.reference} --person {role}"
            out.print(f"What was wrong with the papers of the {role} is said to nobody else: {hint} writes to them.")


__all__ = ["command", "deliver", "item_json"]
