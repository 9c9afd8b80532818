"""`mobility questionnaire CASE`: a form for one person to fill in, with what is known already in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from toolkit.asking import names_somebody, role_of
from toolkit.checklist import checklist
from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.confine import Child
from toolkit.dossier import dossier
from toolkit.errors import InputError, UnknownNameError
from toolkit.facts import roles
from toolkit.model import Case
from toolkit.questionnaire import Questionnaire, questionnaire
from toolkit.questionnaire_pages import filled_in, pdf
from toolkit.questionnaire_tag import tag_for
from toolkit.questionnaire_words import FALLBACK, languages, wording
from vault.files import write_atomically


@click.command()
@click.argument("reference")
@click.option("--person", "role", default="principal", show_default=True, help="Whom to ask: spouse, child, child2 ...")
@click.option("--language", default="", help="en, de, fr or es; else the person's, else en.")
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
    language: str,
    out: Path,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Write the questionnaire for one person of case REFERENCE: a PDF to fill in on a computer and send back.

    What is known for sure is in it already. A copy that comes back is recognised by `mobility intake`, and what the
    person typed is theirs: where it contradicts a paper, `mobility check` says so.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
        case = known.case
        person = role_of(case, role)
        if person is None:
            there = ", ".join(roles(case).values())
            raise UnknownNameError(f"Nobody in case {case.reference} is called {role}.", remedy=f"There are: {there}.")
        tag = tag_for(vault, case, person)
    asked = language or case.details.get(f"{role}.language", "") or FALLBACK
    written, words = wording(asked)
    made = questionnaire(case, person, known.facts, checklist(case.route).asks, written, words)
    shown = case.id if names_somebody(case.reference, case) else case.reference
    with Child() as child:
        data = pdf(child, made, shown, tag, today=date.today())
    path = _delivered(data, f"{shown}-questionnaire-{role}-{written}.pdf", out)
    if as_json:
        echo_json(_json(case, made, role, asked, path))
    else:
        _show(made, asked, path)


def _delivered(data: bytes, name: str, out: Path) -> Path:
    """Write *data* into *out* for the owner's eyes alone; return the path, which names nobody."""
    path = existing_parent(out) / name
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    return path


def _json(case: Case, made: Questionnaire, role: str, language: str, path: Path) -> dict[str, Any]:
    return {
        "case": case.reference,
        "person": role,
        "language": made.language,
        "language_asked": language,
        "file": str(path),
        "questions": [item.name for item in made.items],
        "filled": list(filled_in(made)),
    }


def _show(made: Questionnaire, asked: str, path: Path) -> None:
    if made.language != asked.casefold()[:2]:
        console(stderr=True).print(
            f"There is no wording in the language {asked}: it is in English. Written are: {', '.join(languages())}.",
            style="yellow",
        )
    known = len(filled_in(made))
    console().print(
        f"{counted(len(made.items), 'question')}, {known} of them filled in already. "
        "It shows what is known of the person: send it to them alone, and sealed."
    )
    console().print(str(path))
