"""`mobility pack diff`: what changed from one packet to the next. Needs no vault."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.show import console, echo_json, json_option, table
from toolkit.errors import InputError
from toolkit.packet_diff import Difference, difference
from toolkit.packet_verify import manifests, read_manifest


@click.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@json_option
def diff_command(old: Path, new: Path, as_json: bool) -> None:
    """Say what changed from one packet to the next; OLD and NEW are manifests, or folders with one manifest."""
    before, after = (read_manifest(_one(each)) for each in (old, new))
    try:
        found = difference(before, after)
    except (KeyError, TypeError):
        raise InputError("One of the manifests is damaged.", remedy="Ask for it again.") from None
    if as_json:
        echo_json(found)
        return
    _say_difference(found, str(before["made"]), str(after["made"]))


def _one(path: Path) -> Path:
    found = manifests(path)
    if len(found) > 1:
        raise InputError(f"There are {len(found)} manifests in {path}.", remedy="Name one of them.")
    return found[0]


def _say_difference(found: Difference, before: str, after: str) -> None:
    say = console().print
    if found.same:
        say("Nothing changed: the same exhibits with the same numbers, and the same answers.")
        return
    rows = [(each.what, each.says) for each in found.exhibits]
    say(table(f"Exhibits, {before} to {after}", ("change", "document"), rows))
    if found.verdicts:
        changed = [
            (each.requirement, each.person, each.old or "not asked", each.new or "not asked") for each in found.verdicts
        ]
        say(table("Requirements", ("requirement", "person", "before", "now"), changed))
