"""`mobility fill CASE FORM --blank FILE`: official forms filled from what a case knows, as drafts for a signature."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from toolkit import overrides
from toolkit.acroform_fields import Blank, FormField
from toolkit.asking import names_somebody, role_of
from toolkit.cli.overriding import why_option
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.confine import Child
from toolkit.dossier import dossier
from toolkit.errors import IncompleteError, InputError, UnknownNameError
from toolkit.facts import roles
from toolkit.fill import Asked
from toolkit.fill_definition import form, forms, known_edition
from toolkit.fill_form import Filled, fill_form, look
from toolkit.model import Case
from toolkit.overrides import Overridden, Override
from vault.files import write_atomically

_MOST = 64 << 20
_WHY = {
    "missing": "not known",
    "unsure": "known, but not for sure",
    "contradicted": "papers contradict each other",
    "unfit": "cannot be written",
}


@click.command()
@click.argument("reference", required=False)
@click.argument("name", required=False, metavar="FORM")
@click.option(
    "--blank",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The blank form, as the authority publishes it.",
)
@click.option("--person", "role", default="principal", show_default=True, help="Whom the form is about.")
@click.option("--edition-unknown", is_flag=True, help="Fill an edition that the definition does not name, and say so.")
@why_option("--edition-unknown")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder to write into.",
)
@click.option("--list", "listing", is_flag=True, help="List the forms that can be filled.")
@click.option(
    "--fields",
    "dumped",
    type=click.Path(path_type=Path, dir_okay=False),
    help="List the fields of a blank, for who writes a form.toml.",
)
@vault_options
@json_option
def command(
    reference: str | None,
    name: str | None,
    blank: Path | None,
    role: str,
    edition_unknown: bool,
    why: str,
    out: Path,
    listing: bool,
    dumped: Path | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Fill the official FORM of case REFERENCE from what is known; the blank is yours to bring.

    A form is a draft: what is missing, unsure or contradicted stays empty and is listed, what does not fit its field
    stands on an addendum, and nobody's signature is written. Exit code 5 while something is open.
    """
    if listing:
        _list(as_json)
        return 0
    if dumped is not None:
        _dump(dumped, as_json)
        return 0
    if not reference or not name or blank is None:
        raise click.UsageError("Give a case, a form and --blank FILE; `mobility fill --list` shows the forms.")
    overrides.check_why(why, ["--edition-unknown"] if edition_unknown else [])
    named, data = form(name), _read(blank)
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        known = dossier(catalog, reference)
    if role_of(known.case, role) is None:
        there = ", ".join(roles(known.case).values())
        raise UnknownNameError(
            f"Nobody in case {known.case.reference} is called {role}.", remedy=f"There are: {there}."
        )
    fingerprint = hashlib.sha256(data).hexdigest()
    if edition_unknown and known_edition(named, fingerprint) is None:
        told = {"form": named.definition.form, "blank": fingerprint}
        overrides.check_impersonal(why, known.case, known.records)
        overrides.tell(vault, [Overridden(Override.EDITION_UNKNOWN, known.case, told)], why)
    with Child() as child:
        filled = fill_form(
            child, named, data, known.facts,
            route=known.case.route, today=date.today(), role=role, edition_unknown=edition_unknown,
        )  # fmt: skip
    path = deliver(known.case, filled, role, out)
    if as_json:
        echo_json(filled_json(known.case, filled, role, path))
    else:
        _show(known.case, filled, path)
    return 0 if filled.complete else IncompleteError.exit_code


def deliver(case: Case, filled: Filled, role: str, out: Path) -> Path:
    """Write *filled* into *out* for the owner's eyes alone; return the path, which names nobody."""
    beginning = case.id if names_somebody(case.reference, case) else case.reference
    path = existing_parent(out) / f"{beginning}-{filled.form.lower()}-{role}.pdf"
    try:
        write_atomically(path, filled.pdf)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    return path


def filled_json(case: Case, filled: Filled, role: str, path: Path) -> dict[str, Any]:
    """Return what was filled as plain values for programs; values themselves stand in the file only."""
    filling = filled.filling
    return {
        "case": case.reference,
        "form": filled.form,
        "edition": filled.edition,
        "person": role,
        "file": str(path),
        "fields": filled.fields,
        "filled": sorted((*filling.values, *filling.boxes)),
        "read_back": filled.checked,
        "asked": [
            {
                "fact": each.fact, "why": each.why, "part": each.part, "about": each.about,
                "items": each.items, "fields": each.fields, "detail": each.detail,
            }
            for each in filling.asked
        ],
        "addendum": [
            {"field": each.field, "page": each.page, "part": each.part, "item": each.item} for each in filling.longer
        ],
        "findings": filling.findings,
        "removed": filled.removed,
        "complete": filled.complete,
    }  # fmt: skip


def _show(case: Case, filled: Filled, path: Path) -> None:
    out, filling = console(), filled.filling
    out.print(
        f"Form {filled.form}, edition {filled.edition}, case {case.reference}: "
        f"{counted(len(filling.values) + len(filling.boxes), 'field')} filled of {filled.fields}, "
        f"{counted(filled.checked, 'place')} read back and right. It is a draft: check it, then sign it by hand."
    )
    for each in filled.removed:
        out.print(f"Taken out of the blank: {each}.")
    for finding in filling.findings:
        out.print(finding, style="yellow")
    if filling.asked:
        out.print(table("Left empty", ("fact", "why", "part", "items", "who"), [_row(each) for each in filling.asked]))
        out.print(
            'State what is missing as a detail of the case, `"fact" = "value"` under [details] of a file for '
            "`mobility case add`, or take in a paper that says it; then fill the form again."
        )
    out.print(str(path))


def _row(each: Asked) -> Sequence[str]:
    why = _WHY[each.why] + (f": {each.detail}" if each.detail else "")
    return each.fact, why, each.part, ", ".join(item for item in each.items if item), each.about


def _list(as_json: bool) -> None:
    every = forms()
    if as_json:
        echo_json(
            {
                name: {
                    "form": each.form, "title": each.title, "source": each.source, "signed_by": each.signed_by,
                    "editions": [
                        {"edition": one.edition, "sha256": one.sha256, "expires": one.expires} for one in each.editions
                    ],
                }
                for name, each in every.items()
            }
        )  # fmt: skip
        return
    rows = [
        (name, each.title, ", ".join(one.edition for one in each.editions), ", ".join(each.signed_by), each.source)
        for name, each in every.items()
    ]
    console().print(table("", ("form", "title", "editions", "signed by", "blank from"), rows))


def _dump(path: Path, as_json: bool) -> None:
    with Child() as child:
        blank = look(child, _read(path))
    if as_json:
        echo_json([_field_json(each, blank) for each in blank.fields])
        return
    rows = [
        (str(each.places[0].page), each.name, _type(each), str(each.longest or ""), each.label) for each in blank.fields
    ]
    console().print(table("", ("page", "field", "type", "longest", "label"), rows))


def _type(each: FormField) -> str:
    more = "several lines" if each.lines else "one sign a cell" if each.comb else " | ".join(each.states)
    return f"{each.kind} ({more})" if more else each.kind


def _field_json(each: FormField, blank: Blank) -> dict[str, Any]:
    return {
        "field": each.name,
        "page": each.places[0].page,
        "type": each.kind,
        "label": each.label,
        "longest": each.longest,
        "comb": each.comb,
        "lines": each.lines,
        "states": each.states,
        "options": [value for _, value in each.options],
        "read_only": each.read_only,
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as problem:
        raise InputError(f"{path}: cannot be read: {problem.strerror}.", remedy="Check the path.") from problem
    if len(data) > _MOST:
        raise InputError(f"{path}: is larger than {_MOST >> 20} MB.", remedy="Give the blank form alone.")
    return data


__all__ = ["command", "deliver", "filled_json"]
