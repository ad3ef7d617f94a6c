"""The window: opened by the bare command, by ``demo`` and by links."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from master.cli.connection import read_token
from master.cli.options import check_peer, common_options, current, default_profile, here
from master.cli.passphrase import read_passphrase


@click.command("demo")
@common_options
@click.option("--offscreen", is_flag=True, help="Draw without a display; print what happens as lines.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@click.option("--screenshot", type=click.Path(path_type=Path, dir_okay=False), help="Write a PNG of the window.")
@click.option("--minimized", is_flag=True, help="Open the window in the tray.")
@click.pass_context
def command(
    context: click.Context, offscreen: bool, seconds: float | None, screenshot: Path | None, minimized: bool
) -> int:
    """Open the window on a throw-away profile with local demo accounts. Needs no network and no account."""
    here(context)
    if screenshot is not None and not screenshot.parent.is_dir():
        raise click.UsageError(f"--screenshot {screenshot}: there is no folder {screenshot.parent}.")
    return _launch(
        context, command="demo", offscreen=offscreen, seconds=seconds, screenshot=screenshot, minimized=minimized
    )


def open_window(context: click.Context, *, minimized: bool, link: str = "") -> int:
    """Open the window, on the profile or on a master elsewhere. Raises ``UsageError``."""
    common = current(context)
    token = ""
    if common.connect is not None:
        check_peer(common.connect)
        token = read_token(common.token_file)
    return _launch(context, command="desktop", minimized=minimized, connect=common.connect, token=token, link=link)


def link_command(link: str) -> click.Command:
    """Return the command that opens the window on ``link``, with the options that stood before it or stand behind."""

    @click.command(hidden=True)
    @common_options
    @click.option("--minimized", is_flag=True, help="Open the window in the tray.")
    @click.pass_context
    def follow(context: click.Context, minimized: bool) -> int:
        minimized = minimized or bool(context.find_root().params.get("minimized"))
        return open_window(context, link=link, minimized=minimized)

    return follow


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
