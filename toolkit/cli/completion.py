"""`mobility completion SHELL`: the shell completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from toolkit import cli
from toolkit.cli.show import echo_json, json_option


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
def command(shell: str, as_json: bool) -> None:
    """Print the completion script: eval "$(mobility completion bash)" in ~/.bashrc turns it on."""
    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - click knows all three
        raise click.UsageError(f"no completion for {shell}")
    script = made(cli.mobility, {}, "mobility", "_MOBILITY_COMPLETE").source()
    if as_json:
        echo_json({"shell": shell, "script": script})
    else:
        click.echo(script)
