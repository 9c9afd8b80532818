"""`mobility case open | add | list | find | forget | original | show`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

import click

from toolkit.case_file import add_statements, read_case_file
from toolkit.catalog import INBOX
from toolkit.checklist import answers, checklist
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError
from toolkit.facts import roles
from toolkit.fill_definition import facts_of_forms as form_facts
from toolkit.handout import hand_out
from toolkit.model import Case, Field, Method
from toolkit.template_definition import facts_of_templates as template_facts

_OUTSIDE = (
    "Delete the submissions themselves too: the next intake of their folder would take them in again. What was written "
    "for the case, and backups that have its key, go as well."
)


@click.group()
def command() -> None:
    """Open cases and see what is known of them."""


@command.command("open", short_help="Open a case from a case file.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@vault_options
@json_option
def open_(file: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Open a case from FILE (TOML: reference, route, dates, people, details).

    People's names stand in a file and not in the command, where other users of the machine and the shell's history
    would see them. The guide docs/guides/open-a-case.md shows one.
    """
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        case = read_case_file(file)
        checklist(case.route)  # a misspelt route is told now, and not at the first check
        catalog.add_case(case)
    slips = _slips(case, case.details)
    if as_json:
        echo_json({"case": case.id, "reference": case.reference, "route": case.route, "hints": slips})
    else:
        for slip in slips:
            console(stderr=True).print(slip, style="yellow")
        console().print(f"Case {case.reference} opened: {case.route}, {counted(len(case.people), 'person', 'people')}.")


@command.command(short_help="State more about a case: people, dates, answers.")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@vault_options
@json_option
def add(reference: str, file: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Add to case REFERENCE what FILE states: people, planned dates, answers and other details (TOML).

    A person whose role and name the case knows gets the birth date or nationality that was missing; one that differs
    from what the case says is an error, and nothing is added.
    """
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        before = catalog.case(reference)
        added = add_statements(before, file)
        case = added.case
        catalog.replace_case(case)
    slips = _slips(case, [name for name in case.details if name not in before.details])
    if as_json:
        sizes = {"people": len(case.people), "updated": added.updated}
        echo_json({"case": case.id, **sizes, "dates": case.dates, "details": len(case.details), "hints": slips})
        return
    for slip in slips:
        console(stderr=True).print(slip, style="yellow")
    details = sum(before.details.get(name) != value for name, value in case.details.items())
    dates = sum(before.dates.get(name) != day for name, day in case.dates.items())
    console().print(
        f"Case {case.reference}: {counted(added.new, 'person', 'people')} added, {added.updated} updated; "
        f"{counted(dates, 'planned date')} and {counted(details, 'detail')} new or changed."
    )


def _slips(case: Case, stated: Iterable[str]) -> list[str]:
    """Details that look like a slip of the pen in the name of an answer the route asks for."""
    asked = answers(case.route)
    known = {*asked, *form_facts(), *template_facts()}
    own = {name: _own_name(name, case) for name in stated}
    near = {name: get_close_matches(key, asked, 1, 0.85) for name, key in own.items() if known.isdisjoint((name, key))}
    return [
        f"Nothing asks for the detail {name}; did you mean {found[0]}? State it again under that name."
        for name, found in near.items()
        if found
    ]


def _own_name(name: str, case: Case) -> str:
    """Return what is asked for: without the role of a dependant before it, and the one language or letter behind it."""
    name = name.partition("@")[0]
    role, _, rest = name.partition(".")
    return rest if rest and role in roles(case).values() else name


@command.command("list", short_help="List the open cases.")
@vault_options
@json_option
def list_(vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """List the open cases."""
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        cases = catalog.cases()
        counts = {case.id: len(dossier(catalog, case.id).documents) for case in cases}
    if as_json:
        echo_json(
            [{"reference": c.reference, "route": c.route, "documents": counts[c.id], "dates": c.dates} for c in cases]
        )
        return
    if not cases:
        console().print("No case is open to you. Open one with `mobility case open FILE`, or have one granted to you.")
        return
    rows = [
        (
            case.reference,
            case.route,
            "\n".join(f"{p.role}: {p.given_names} {p.surname}" for p in case.people),
            "\n".join(f"{name} {day}" for name, day in case.dates.items()),
            str(counts[case.id]),
        )
        for case in cases
    ]
    console().print(table("", ("case", "route", "people", "planned", "documents"), rows))


@command.command(short_help="Find cases by a person's name or a document's number.")
@click.option(
    "--by",
    type=click.Choice(["name", "document-number"]),
    default="name",
    show_default=True,
    help="What you look for.",
)
@vault_options
@json_option
def find(by: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Find cases and papers by a person's name or a document's number, asked for or read from standard input.

    The vault finds both by marks made with a key, never by the words; spelling has to be the same, capitals and accents
    do not matter.
    """
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        value = str(click.prompt(f"The {by.replace('-', ' ')}", prompt_suffix=": ", err=True))
        hits = catalog.find(by, value)
        found = [(catalog.case(case).reference if case != INBOX else INBOX, document) for case, document in hits]
    if as_json:
        echo_json([{"case": case, "document": document} for case, document in found])
    elif found:
        console().print(table("", ("case", "document"), [(case, name or "(the case itself)") for case, name in found]))
    else:
        console().print("Nothing is filed under that.")


@command.command(short_help="Erase a case for good.")
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do not ask.")
@vault_options
@json_option
def forget(reference: str, yes: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Erase case REFERENCE for good (GDPR Art. 17): its key is destroyed, with everything it sealed.

    `mobility vault forget` does the same and gives a signed certificate of it.

    What lies outside the vault stays: delete the submissions themselves too (the next intake of their folder would take
    them in again), what was written for the case, and backups that have its key.
    """
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        case = catalog.case(reference)
        if not yes:
            question = f"Erase case {case.reference} and all its papers in the vault? This cannot be undone."
            if not click.confirm(question, err=True):
                raise InputError("Nothing was erased.")
        erased = catalog.forget_case(case.id)
    if as_json:
        echo_json({"case": case.reference, "documents": erased, "next_step": _OUTSIDE})
    else:
        console().print(f"Case {case.reference} is erased from the vault: {counted(erased, 'document')}. {_OUTSIDE}")


@command.command(short_help="Hand out the original of a document, to look at it.")
@click.argument("document")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder to write into.",
)
@vault_options
@json_option
def original(document: str, out: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Write the sealed original of DOCUMENT into --out as it was submitted, named by its id.

    For a look at what was asked about or quarantined. The file is as a stranger sent it, and lies outside the vault:
    open it with care, and delete it afterwards. The audit trail keeps that it was handed out.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        path = hand_out(vault, catalog, document, existing_parent(out))
    if as_json:
        echo_json({"document": document, "file": str(path)})
    else:
        console().print(f"{path}: as it was sent, unsealed. Open it with care, and delete it afterwards.")


@command.command(short_help="Show what is known of a case and what contradicts.")
@click.argument("reference")
@vault_options
@json_option
def show(reference: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Show case REFERENCE: its papers, the facts with their sources, and what contradicts what."""
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        known = dossier(catalog, reference)
    if as_json:
        facts = {name: {"fact": fact.field, "others": fact.others} for name, fact in known.facts.items()}
        photos = {paper: [photo.id for photo, _ in further] for paper, further in known.photos.items()}
        echo_json(
            {
                "case": known.case,
                "documents": known.documents,
                "photos": photos,
                "facts": facts,
                "waiting": known.waiting,
            }
        )
        return
    _show(known)


def _kinds(known: Dossier, document: str) -> str:
    """What a file holds: its kind, or how many of each where it holds several papers."""
    counts = Counter(record.kind for record in known.records if record.document == document)
    return ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in counts.items())


def _show(known: Dossier) -> None:
    out = console()
    case = known.case
    roles = {person.id: person.role for person in case.people}
    out.print(f"{case.reference}  {case.route}", style="bold")
    out.print(", ".join(f"{person.given_names} {person.surname} ({person.role})" for person in case.people))
    out.print(", ".join(f"{name} {day}" for name, day in case.dates.items()))
    rows = [(d.id, _kinds(known, d.id), roles.get(d.person, ""), d.name) for d in known.documents]
    rows += [
        (photo.id, f"photo of {paper}", roles.get(photo.person, ""), photo.name)
        for paper, further in known.photos.items()
        for photo, _ in further
    ]
    out.print(table("Papers", ("document", "kind", "person", "sent as"), rows))
    stated = {name: fact for name, fact in sorted(known.facts.items()) if _stated(fact.field)}
    rest = [(name, _value(fact.field)) for name, fact in stated.items() if not name.startswith("case.")]
    out.print(table("Stated for the case", ("fact", "value"), rest))
    read = {name: fact.field for name, fact in sorted(known.facts.items()) if name not in stated}
    facts = [
        (*_parted(name), _value(f), f"{f.confidence:.2f}", _from(f))
        for name, f in read.items()
        if not _told(name, read)
    ]
    styles = ["" if float(row[3]) >= 0.9 else "yellow" for row in facts]
    out.print(table("Read from papers", ("of", "fact", "value", "sure", "from"), facts, styles=styles))
    contradictions = [
        (fact.name, _value(fact.field), _from(fact.field), _value(other), _from(other))
        for fact in known.facts.contradictions()
        for other in fact.others
    ]
    if contradictions:
        columns = ("fact", "taken", "from", "contradicted by", "from")
        out.print(table("Contradictions", columns, contradictions, styles=["yellow"] * len(contradictions)))
    waiting = [(d.id, d.state.value, d.name, f"{d.reason} {d.next_step}") for d in known.waiting]
    if waiting:
        out.print(table("Waiting for an answer", ("document", "state", "sent as", "reason and next step"), waiting))


def _parted(name: str) -> tuple[str, str]:
    """Part "principal.passport.expiry_date" into whose and which paper, and what."""
    whose, _, what = name.rpartition(".")
    return whose.replace(".", " ").replace("_", " "), what.replace("_", " ")


def _told(name: str, facts: Mapping[str, Field]) -> bool:
    """Whether a contract's fact is listed under its type already: `contract.salary` as `employment_contract.salary`."""
    person, _, rest = name.partition(".")
    return any(
        other.startswith(f"{person}.") and other.endswith(f"_{rest}") and field is facts[name]
        for other, field in facts.items()
    )


def _value(field: Field) -> str:
    if isinstance(field.value, str):
        return f"{field.value} {field.currency}" if field.currency else field.value
    return "; ".join(", ".join(v.values()) if isinstance(v, Mapping) else v for v in field.value)


def _stated(field: Field) -> bool:
    """Whether it was stated for the case, and not for one of its papers."""
    return field.source.method is Method.PERSON and not field.source.document


def _from(field: Field) -> str:
    source = field.source
    if _stated(field):
        return "stated for the case"
    place = f"{source.document} p{source.page}" if source.page else source.document
    return ", ".join(part for part in (place, source.method.value, field.proof.value) if part and part != "none")
