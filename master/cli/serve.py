"""``watchkeeper serve``: the master without a screen."""

import asyncio
import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import click

from master.cli.console_events import hold_console
from master.cli.loops import new_loop
from master.cli.options import Common, common_options, here
from master.cli.passphrase import read_passphrase

if TYPE_CHECKING:
    from master.app import Master

EXIT_FORCED = 1


@click.command()
@common_options
@click.pass_context
def command(context: click.Context) -> int:
    """Run the master without a window until it is told to stop (Ctrl-C, SIGTERM, `watchkeeper stop`)."""
    common = here(context)
    passphrase = read_passphrase(common)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_serve(common, passphrase))


async def _serve(common: Common, passphrase: str | None) -> int:
    from master.app import Master, StartError
    from master.settings import Options

    options = Options(
        profile=common.profile,
        host=common.host,
        port=common.port,
        port_explicit=common.port is not None,
        log_level=common.log_level,
        vault=common.vault,
        passphrase=None if passphrase is None else lambda: passphrase,
    )
    master = Master(options)
    asked, stopped = _watch_signals(master), threading.Event()
    loop = asyncio.get_running_loop()
    release = hold_console(lambda: loop.call_soon_threadsafe(master.request_stop), stopped)
    try:
        await master.start()
    except StartError as error:
        release()
        print(f"watchkeeper: {error.text.message}", file=sys.stderr)
        return error.exit_code
    print(f"Watchkeeper's master listens on {master.url} (profile {common.profile}). Ctrl-C stops it.", flush=True)
    try:
        if not asked.is_set():
            await master.wait_stopped()
    finally:
        await master.stop()
        stopped.set()
        release()
    return 0


def _watch_signals(master: "Master") -> threading.Event:
    """Let the first signal ask and the second one force. Windows: Ctrl-Break and console close count as SIGTERM."""
    loop = asyncio.get_running_loop()
    asked = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(EXIT_FORCED)
        asked.set()
        loop.call_soon_threadsafe(master.request_stop)

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, on_signal)
    return asked
