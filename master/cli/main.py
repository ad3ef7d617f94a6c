"""The command line: every command, its options, and the exit codes."""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from master.cli.options import check_peer, common_options, current, default_profile
from master.cli.output import print_error
from master.cli.passphrase import read_passphrase
from master.cli.prompts import ask
from worker.version import __version__

LINK = "watchkeeper:"
"""What stands at the place of a command and begins with it is a link, which the window opens."""


class LazyGroup(click.Group):
    """Imports a command's module only when it is run or its help is asked for."""

    modules = {
        "serve": "serve",
        "stop": "stop",
        "selftest": "selftest",
        "doctor": "doctor",
        "token": "tokens",
        "status": "status",
        "overview": "overviews",
        "settings": "settings",
        "accounts": "accounts",
        "platforms": "platforms",
        "login": "logins",
        "logout": "log_outs",
        "sign-ins": "login_sessions",
        "groups": "groups",
        "proxies": "proxies",
        "workers": "workers",
        "items": "items",
        "searches": "searches",
        "jobs": "jobs",
        "logs": "logs",
        "alerts": "alerts",
        "notifications": "notifications",
        "rules": "rules",
        "quiet-hours": "quiet_hours",
        "schedules": "schedules",
        "credentials": "credentials",
        "audit": "audits",
        "recovery": "recovery",
        "janitor": "janitor",
        "backups": "backups",
        "export": "exports",
        "import": "imports",
    }
    summaries = {
        "serve": "Run the master without a window.",
        "stop": "Stop the running master in order.",
        "selftest": "Prove on a throw-away profile that everything works.",
        "doctor": "Tell what is right and wrong on this machine.",
        "token": "Print the running master's token; manage named ones.",
        "status": "Show how the running master is.",
        "overview": "Show how all goes: checks, what was found, jobs, schedules, backups.",
        "settings": "Show and change the settings of the master.",
        "accounts": "List, add, edit and remove accounts.",
        "platforms": "List what can be watched, and what each wants to know.",
        "login": "Sign in with QR code, code, page or device code.",
        "logout": "Sign an account out.",
        "sign-ins": "List and give up sign-ins.",
        "groups": "Group accounts; say what a group passes on.",
        "proxies": "Manage and test the proxies that accounts are watched through.",
        "workers": "Add, change, start and stop workers; read their logs.",
        "items": "List, show and mark what was found.",
        "searches": "Keep searches under a name, and look with them.",
        "jobs": "Run jobs; list, show, cancel and repeat them; read what they print.",
        "logs": "Read the log.",
        "audit": "Show who did what with credentials, sign-ins, tokens and settings.",
        "recovery": "Show what the last start found and repaired.",
        "janitor": "Clear away what is older than it is kept.",
        "backups": "List, make, check and restore backups.",
        "export": "Write all that was set up into one file.",
        "import": "Take such a file in, or accounts out of CSV, OPML or lines.",
        "alerts": "List, acknowledge and silence alerts.",
        "notifications": "List, snooze and dismiss what was told, and see why something was not.",
        "rules": "Say what of what is found is told, and how.",
        "quiet-hours": "Say when only what is urgent is told.",
        "schedules": "List, add, edit and run schedules: jobs by cron.",
        "credentials": "Store credentials for jobs.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["demo", *self.modules, "worker"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name[: len(LINK)].lower() == LINK:
            return _link_command(cmd_name)
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        if cmd_name not in self.modules:
            return None
        import importlib

        module = importlib.import_module(f"master.cli.{self.modules[cmd_name]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [("demo", "Open the window on local demo accounts: no network, nothing kept.")]
        rows += list(self.summaries.items())
        rows.append(("worker", "Run one worker (--connect URL)."))
        rows.append(("plugin new", "Make a platform of your own: a plug-in that works, with its tests."))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@common_options
@click.option("--minimized", is_flag=True, help="Open the window in the tray.")
@click.option("--connect", metavar="URL", help="Open the window on a master that runs elsewhere.")
@click.option("--token-file", type=click.Path(path_type=Path), help="File with that master's token.")
@click.version_option(__version__, prog_name="watchkeeper")
@click.pass_context
def root(context: click.Context, minimized: bool, connect: str | None, token_file: Path | None) -> int | None:
    """Watchkeeper keeps watch over all your accounts. Without a command it opens its window."""
    if context.invoked_subcommand is not None:
        return None
    if context.obj is None:
        click.echo(context.get_help())
        return 0
    return _open_window(context, minimized=minimized, connect=connect, token_file=token_file)


def _open_window(
    context: click.Context, *, minimized: bool, connect: str | None, token_file: Path | None, link: str = ""
) -> int:
    if connect is not None:
        check_peer(connect)
    token = _read_token(token_file) if connect is not None else ""
    return _launch(context, command="desktop", minimized=minimized, connect=connect, token=token, link=link)


def _link_command(link: str) -> click.Command:
    """Return the command that opens the window on ``link``, with the options that stood before it."""

    @click.command(hidden=True)
    @click.pass_context
    def follow(context: click.Context) -> int:
        return _open_window(context, link=link, **context.find_root().params)

    return follow


def _read_token(file: Path | None) -> str:
    """Return the token of a master elsewhere: from a file, or asked for."""
    if file is None:
        return ask("Token of that master", hidden=True, instead="--token-file")
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise click.UsageError(f"--token-file {file}: {error.strerror}.") from error


@root.command()
@common_options
@click.option("--offscreen", is_flag=True, help="Draw without a display; print what happens as lines.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@click.option("--screenshot", type=click.Path(path_type=Path, dir_okay=False), help="Write a PNG of the window.")
@click.option("--minimized", is_flag=True, help="Open the window in the tray.")
@click.pass_context
def demo(
    context: click.Context, offscreen: bool, seconds: float | None, screenshot: Path | None, minimized: bool
) -> int:
    """Open the window on a throw-away profile with local demo accounts. Needs no network and no account."""
    if screenshot is not None and not screenshot.parent.is_dir():
        raise click.UsageError(f"--screenshot {screenshot}: there is no folder {screenshot.parent}.")
    return _launch(
        context, command="demo", offscreen=offscreen, seconds=seconds, screenshot=screenshot, minimized=minimized
    )


def _launch(context: click.Context, **options: Any) -> int:
    launcher: Callable[..., int] | None = context.find_root().obj["desktop"] if context.find_root().obj else None
    if launcher is None:
        raise click.ClickException("This is the master without a window; the window is started by `watchkeeper`.")
    common = current(context)
    return launcher(
        profile=common.profile,
        usual_profile=common.profile == default_profile(),
        host=common.host,
        port=common.port,
        port_explicit=common.port is not None,
        log_level=common.log_level,
        vault=common.vault,
        passphrase=None if options["command"] == "demo" else read_passphrase(common),
        **options,
    )


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
    if arguments[:1] == ["worker"]:
        from worker.__main__ import main as worker_main

        return worker_main(arguments[1:])
    given = {"desktop": desktop, "checks": tuple(extra_checks)} if desktop is not None else None
    try:
        code = root.main(args=arguments, prog_name="watchkeeper", standalone_mode=False, obj=given)
    except click.ClickException as error:
        print_error(error, as_json="--json" in arguments)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 1
    return code if isinstance(code, int) else 0
