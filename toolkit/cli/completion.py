"""`mobility completion SHELL`: the shell completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from toolkit import cli


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script: eval "$(mobility completion bash)" in ~/.bashrc turns it on."""
    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - click knows all three
        raise click.UsageError(f"no completion for {shell}")
    click.echo(made(cli.mobility, {}, "mobility", "_MOBILITY_COMPLETE").source())
