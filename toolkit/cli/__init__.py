"""The command line: one file a verb. Parses arguments, calls one function, prints or `--json`; decides nothing else.

Verb modules are imported only when their verb runs, so that `mobility --help` answers at once.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback

import click

from toolkit import __version__
from toolkit.cli.plain import plain
from toolkit.errors import ToolkitError
from vault.errors import VaultError

#: verb -> one line of help. The module is `toolkit.cli.<verb>` (but see MODULES), its click command `command`.
VERBS = {
    "vault": "Make a vault for a team's papers, and check it.",
    "case": "Open cases, list them, show what is known and what contradicts.",
    "routes": "Compare the visa routes open to a planned move; counsel decides.",
    "intake": "Take in a folder of submissions: read, seal and file every file in it.",
    "settle": "Answer what intake asked: whose paper it is, or which kind.",
    "cut": "Show or say where the documents of one scan begin and end.",
    "correct": "Enter or confirm what the reader left unsure or did not find.",
    "show": "Draw a document's page with what was read from it, where, and what proves it.",
    "read": "Read files without a vault and print what they say (--json for pipelines).",
    "photo": "Check an identity photo against what an authority asks, or cut a portrait out.",
    "check": "Judge a case against its visa route: what is met, unmet or unsure, and why.",
    "ask": "Write the message that asks for what a case still needs, with who owes what by when.",
    "ready": "Write why a case is not ready: a report with its evidence, and one page of PDF.",
    "due": "List key dates over all cases: who acts, by when, by which law; as a calendar too.",
    "log": "Keep a case's log: decisions, exceptions from a policy, who approved them and why.",
    "policy": "Show and check the company's mobility policy, what of it holds for a case, and the compensation.",
    "questionnaire": "Make a form for the employee to fill in and send back; intake reads it.",
    "fill": "Fill an official form's own PDF from a case, as a draft; what is open is listed.",
    "write": "Write letters from templates, for one case or hundreds, as Word and PDF.",
    "template": "Check a Word template, look at it filled, list those there are, begin one of your own.",
    "duplicates": "List receipts that may be one expense, and take your word on them.",
    "claim": "Make the expense claim pack: form, schedule, allowances, exceptions, receipts, payroll rows.",
    "pack": "Compile the packet for counsel, check a received one, or compare two.",
    "audit": "Show who did and read what, keep checkpoints, export and check the ledger.",
    "retention": "List which cases' records are due to be erased, have to stay, or lack a date.",
    "demo": "Run the whole job on the made-up people that come with the toolkit.",
    "doctor": "Say what is installed, what is missing and what would be left out.",
    "completion": "Print the shell completion script for bash, zsh or fish.",
}

#: Verbs whose word names another module already.
MODULES = {"show": "depict"}

EPILOG = """Exit codes: 0 done; 1 unexpected problem; 2 a file or argument cannot be used; 3 a definition file is wrong;
4 the vault (key, passphrase, tampering); 5 incomplete: something is UNMET or UNSURE; 6 a program is missing."""


class Verbs(click.Group):
    """Finds the verb's module by name, and lists verbs without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of verb *cmd_name*."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"toolkit.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mobility")
def mobility() -> None:
    """Mobility Toolkit: from a folder of submissions to a packet that can be filed.

    The vault is found by --vault, MOBILITY_VAULT, or ./mobility-vault; its passphrase by --passphrase-file,
    MOBILITY_PASSPHRASE, or a prompt.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of what happened (see EPILOG)."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = mobility.main(args=words, prog_name="mobility", standalone_mode=False)
    except (ToolkitError, VaultError) as problem:
        _say(problem.code, problem.message, problem.remedy, as_json="--json" in words)
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        if "--json" in words:
            _say("usage", problem.format_message(), "See --help.", as_json=True)
        else:
            problem.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        stopped = "Stopped. What was done so far is kept; run the same command again to go on."
        _say("stopped", stopped, "", as_json="--json" in words)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away (`| head`); nothing is wrong with the work.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as problem:  # noqa: BLE001 - the one boundary: a traceback could show personal data
        _unexpected(problem, as_json="--json" in words)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _say(code: str, message: str, remedy: str, *, as_json: bool) -> None:
    # Names of files that were given can hold bytes that are no text, and signs that steer a terminal.
    message, remedy = plain(message), plain(remedy)
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message, "remedy": remedy}}, ensure_ascii=False))
        return
    click.echo(f"mobility: {message}", err=True)
    if remedy:
        click.echo(f"  {remedy}", err=True)


def _unexpected(problem: Exception, *, as_json: bool) -> None:
    if os.environ.get("MOBILITY_DEBUG"):
        traceback.print_exception(problem)
    place = traceback.extract_tb(problem.__traceback__)[-1]
    # Only the type and the place: the message of a foreign exception may quote a document.
    where = f"{type(problem).__name__} at {os.path.basename(place.filename)}:{place.lineno}"  # noqa: PTH119
    _say("unexpected", f"Unexpected problem ({where}).", "Set MOBILITY_DEBUG=1 to see the traceback.", as_json=as_json)
