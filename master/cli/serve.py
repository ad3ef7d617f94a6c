"""``watchkeeper serve``: the master without a screen."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import click

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
    with asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(_serve(common, passphrase))


def _loop() -> asyncio.AbstractEventLoop:
    proactor: Callable[[], asyncio.AbstractEventLoop] | None = getattr(asyncio, "ProactorEventLoop", None)
    return proactor() if proactor is not None else asyncio.SelectorEventLoop()


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
    asked = _watch_signals(master)
    try:
        await master.start()
    except StartError as error:
        print(f"watchkeeper: {error.text.message}", file=sys.stderr)
        return error.exit_code
    print(f"Watchkeeper's master listens on {master.url} (profile {common.profile}). Ctrl-C stops it.", flush=True)
    try:
        if not asked.is_set():
            await master.wait_stopped()
    finally:
        await master.stop()
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
