"""Where the passphrase of a passphrase vault comes from: a file or a prompt, never the environment."""

import click

from master.cli.options import Common
from master.cli.prompts import ask


def read_passphrase(common: Common) -> str | None:
    """Return the passphrase, asked for before anything starts; None for a vault that has none."""
    if common.vault != "passphrase":
        return None
    if common.passphrase_file is None:
        return ask("Passphrase of the vault", hidden=True, instead="--passphrase-file")
    file = common.passphrase_file
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise click.UsageError(f"--passphrase-file {file}: {error.strerror}.") from error
    if not lines or not lines[0]:
        raise click.UsageError(f"--passphrase-file {file}: the first line is empty.")
    return lines[0]
