"""`mobility pack verify`: checks a packet that was received. Needs no vault."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.errors import InputError
from toolkit.packet_verify import Verified, manifests, read_manifest, verify


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--signed-by", "signer", default="", metavar="KEY", help="The key that the sender told you.")
@json_option
def verify_command(path: Path, signer: str, as_json: bool) -> int:
    """Check a packet that was received: PATH is its folder or its manifest. Needs no vault and no connection.

    Every file's SHA-256, who signed the list of them, and in bound files every page number, index line, link, bookmark,
    label, Bates number and drawing. Exit code 2 where anything is off.
    """
    found = manifests(path)
    results: list[Verified] = []
    for each in found:
        with progress(each.name, len(read_manifest(each).get("files", ()))) as moved:
            results.append(verify(each, moved, signer=signer))
    if as_json:
        echo_json(results)
    for result in results if not as_json else ():
        _say_verified(result)
    return InputError.exit_code if any(each.problems for each in results) else 0


def _say_verified(found: Verified) -> None:
    say = console().print
    state = "as it was made" if not found.problems else f"NOT as it was made: {counted(len(found.problems), 'problem')}"
    files = f"{counted(found.files, 'file')}, {counted(found.pages, 'numbered page')}"
    say(f"{found.case}, made {found.made}: {files}, {state}", style="bold" if not found.problems else "bold red")
    for problem in found.problems:
        say(f"- {problem}")
    if found.signed_by:
        say(f"Signed with the key {found.signed_by}: compare it with the sender's, once, by telephone.")
    else:
        say("Nobody has signed it: compare the SHA-256 of the manifest with the sender.", style="yellow")
    if not found.complete:
        say("The packet says of itself that it is INCOMPLETE.", style="yellow")
