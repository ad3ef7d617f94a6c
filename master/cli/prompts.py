"""Questions to the person at the terminal; a script without one is told what to give instead."""

import sys

import click


def ask(label: str, *, hidden: bool, instead: str, optional: bool = False) -> str:
    """Return the answer, "" where nothing was said to an ``optional`` question or nobody is there to be asked it.

    ``instead``: the option that saves the question. Raises ``UsageError`` without a terminal.
    """
    if not sys.stdin.isatty():
        if optional:
            return ""
        raise click.UsageError(f"{label}: there is no terminal to ask at; give {instead}.")
    default = "" if optional else None
    return str(click.prompt(label, hide_input=hidden, default=default, show_default=False, err=True))
