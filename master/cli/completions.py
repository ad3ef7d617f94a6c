"""``watchkeeper completion``: what a shell reads to complete commands, options, names and ids."""

import click

from master.cli.options import common_options
from master.cli.shells import SCRIPTS


@click.command()
@common_options
@click.argument("shell", type=click.Choice([*SCRIPTS]))
def command(shell: str) -> int:
    """Print what a shell needs to complete commands, options, and the names of what the running master has.

    \b
    bash:        eval "$(watchkeeper completion bash)"    in ~/.bashrc
    zsh:         eval "$(watchkeeper completion zsh)"     in ~/.zshrc, behind compinit
    fish:        watchkeeper completion fish | source     in ~/.config/fish/config.fish
    powershell:  watchkeeper completion powershell | Out-String | Invoke-Expression   in $PROFILE
    """
    click.echo(SCRIPTS[shell], nl=False)
    return 0
