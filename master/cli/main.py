"""The command line: every command, its options, and the exit codes."""

import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from master.cli.command_tables import MODULES, SUMMARIES
from master.cli.options import EXIT_FAILED, EXIT_SIGNAL, common_options
from master.cli.output import leave_pipes, print_error
from worker.version import __version__

LINK = "watchkeeper:"
"""What stands at the place of a command and begins with it is a link, which the window opens."""
COMPLETES = "_WATCHKEEPER_COMPLETE"
"""A shell sets it to be told how a word may go on."""
EXIT_INTERRUPTED = EXIT_SIGNAL + signal.SIGINT
EXIT_BROKEN_PIPE = EXIT_SIGNAL + 13
"""SIGPIPE, which Windows has no name for."""
UNWRITTEN = frozenset({errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT})
"""What keeps output from being written."""


class LazyGroup(click.Group):
    """Imports a command's module only when it is run or its help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name[: len(LINK)].lower() == LINK:
            from master.cli.windows import link_command

            return link_command(cmd_name)
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        if cmd_name not in MODULES:
            return None
        import importlib

        module, _, name = MODULES[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"master.cli.{module}"), name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*SUMMARIES.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        # The modules need not be imported for their names.
        found = [CompletionItem(name, help=said) for name, said in SUMMARIES.items() if name.startswith(incomplete)]
        return found + (click.Command.shell_complete(self, ctx, incomplete) if incomplete[:1] == "-" else [])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@common_options
@click.option("--minimized", is_flag=True, help="Open the window in the tray.")
@click.version_option(__version__, prog_name="watchkeeper", message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context, minimized: bool) -> int | None:
    """Watchkeeper keeps watch over all your accounts. Without a command it opens its window."""
    if context.invoked_subcommand is not None:
        return None
    if context.obj is None:
        click.echo(context.get_help())
        return 0
    from master.cli.windows import open_window

    return open_window(context, minimized=minimized)


def run(
    argv: Sequence[str] | None = None,
    desktop: Callable[..., int] | None = None,
    extra_checks: Sequence[Callable[[], Any]] = (),
) -> int:
    """Run the command line and return the exit code. ``extra_checks`` join those of ``doctor``."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe of Windows knows few characters: better a question mark than no answer.
            stream.reconfigure(errors="replace")
    if arguments[:1] == ["worker"] and COMPLETES not in os.environ:
        from worker.__main__ import main as worker_main

        return worker_main(arguments[1:])
    if COMPLETES in os.environ:
        return _complete(os.environ[COMPLETES])
    given = {"desktop": desktop, "checks": tuple(extra_checks)} if desktop is not None else None
    try:
        code = _run(arguments, given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in UNWRITTEN:
            raise
        return _unwritten(error)
    return code


def _run(arguments: list[str], given: dict[str, Any] | None) -> int:
    """Run a command and return its exit code; what went wrong is told. Raises ``OSError``."""
    try:
        with root.make_context("watchkeeper", list(arguments), obj=given) as context:
            code = root.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        print_error(error, as_json=_as_json(arguments))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError) as error:
        # A question that was answered with no is no signal.
        signalled = isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)
        if _as_json(arguments):
            print_error(click.ClickException("Stopped."), as_json=True)
        else:
            click.echo("\nStopped." if signalled else "Stopped.", err=True)
        return EXIT_INTERRUPTED if signalled else EXIT_FAILED
    return code if isinstance(code, int) else 0


def _as_json(arguments: list[str]) -> bool:
    """Whether a program reads what is printed: what stands behind ``--`` is for another command."""
    return "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)


def _complete(instruction: str) -> int:
    from click.shell_completion import shell_complete

    from master.cli.shells import register

    register()
    return shell_complete(root, {}, "watchkeeper", COMPLETES, instruction)


def _unwritten(error: OSError) -> int:
    """Say why the output went nowhere; that its reader has seen enough is nothing to tell."""
    leave_pipes()
    if isinstance(error, BrokenPipeError):
        return EXIT_BROKEN_PIPE
    click.echo(f"Error: {error.strerror or error}.", err=True)
    return EXIT_FAILED
