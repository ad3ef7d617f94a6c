"""``watchkeeper serve``: the master without a screen."""

import asyncio
import os
import signal
import sys
from types import FrameType
from typing import Any

import click

from master.cli.options import Common, common_options, current
from master.cli.passphrase import passphrase_source

EXIT_FORCED = 1


@click.command()
@common_options
@click.pass_context
def command(context: click.Context) -> int:
    """Run the master without a window until it is told to stop (Ctrl-C, SIGTERM, `watchkeeper stop`)."""
    common = current(context)
    with asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(_serve(common))


def _loop() -> asyncio.AbstractEventLoop:
    proactor: Any = getattr(asyncio, "ProactorEventLoop", None)
    return proactor() if proactor is not None else asyncio.SelectorEventLoop()  # type: ignore[no-any-return]


async def _serve(common: Common) -> int:
    from master.app import Master, StartError
    from master.settings import Options

    options = Options(
        profile=common.profile,
        host=common.host,
        port=common.port,
        port_explicit=common.port_explicit,
        log_level=common.log_level,
        vault=common.vault,
        passphrase=passphrase_source(common),
    )
    master = Master(options)
    stop = asyncio.Event()
    _watch_signals(stop)
    try:
        await master.start()
    except StartError as error:
        print(f"watchkeeper: {error.text.message}", file=sys.stderr)
        return error.exit_code
    print(f"Watchkeeper's master listens on {master.url} (profile {common.profile}). Ctrl-C stops it.", flush=True)
    try:
        await _either(stop.wait(), master.wait_stopped())
    finally:
        await master.stop()
    return 0


async def _either(*waits: Any) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


def _watch_signals(stop: asyncio.Event) -> None:
    """Let the first signal ask and the second one force. Windows: Ctrl-Break and console close count as SIGTERM."""
    loop = asyncio.get_running_loop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(EXIT_FORCED)
        stop.set()
        loop.call_soon_threadsafe(lambda: None)

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, on_signal)
