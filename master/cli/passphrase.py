"""Where the passphrase of a passphrase vault comes from: a file or a prompt, never the environment."""

from pathlib import Path

import click

from master.cli.options import Common
from master.cli.prompts import ask


def read_passphrase(common: Common) -> str | None:
    """Return the passphrase, asked for before anything starts; None for a vault that has none."""
    if common.vault != "passphrase":
        return None
    if common.passphrase_file is None:
        return ask("Passphrase of the vault", hidden=True, instead="--passphrase-file")
    return passphrase_in(common.passphrase_file)


def passphrase_in(file: Path, option: str = "--passphrase-file") -> str:
    """Return the first line of a file. Raises ``UsageError``."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{option} {file}: this is no text in UTF-8.") from error
    except OSError as error:
        raise click.UsageError(f"{option} {file}: {error.strerror}.") from error
    if not lines or not lines[0]:
        raise click.UsageError(f"{option} {file}: the first line is empty.")
    return lines[0]
