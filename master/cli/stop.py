"""``watchkeeper stop``: asks the running master to stop in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from master.api.client import ApiError, MasterClient
from master.cli.connection import read_master_file, run_async, with_client
from master.cli.options import common_options, current, default_profile
from master.cli.output import json_option, print_json

if TYPE_CHECKING:
    import psutil

POLL_SECONDS = 0.05


@click.command()
@common_options
@click.option("--wait", type=click.FloatRange(min=0), default=10.0, show_default=True, help="Seconds until it must be.")
@click.option("--everywhere", is_flag=True, help="Stop all that runs from this package, whatever its profile.")
@json_option
def command(wait: float, everywhere: bool, as_json: bool) -> int:
    """Stop the running master of this profile in order; its workers stop with it."""
    return run_async(_stop_all(wait, as_json)) if everywhere else _stop_one(wait=wait, as_json=as_json)


@with_client
async def _stop_one(client: MasterClient, wait: float, as_json: bool) -> int:
    common = current(click.get_current_context())
    if common.connect is None:
        pid = read_master_file(common).pid
        runs, who = _process(pid), f"The master (process {pid})"
    else:
        runs, who = _answers(client), f"The master at {common.connect}"
    await client.shutdown()
    deadline = time.monotonic() + wait
    while await runs():
        if time.monotonic() > deadline:
            raise click.ClickException(f"{who} still runs after {wait:g} s.")
        await asyncio.sleep(POLL_SECONDS)
    if as_json:
        print_json({"stopped": True})
    else:
        click.echo("The master has stopped.")
    return 0


async def _stop_all(wait: float, as_json: bool) -> int:
    from master.cli.installations import end_all, installation, own_ids, told

    folder = installation()
    if folder is None:
        raise click.UsageError("--everywhere is for packages: this runs from source.")
    still = told(await end_all(folder, default_profile(), wait, own_ids()))
    if as_json:
        print_json({"stopped": not still, "still_running": still})
    else:
        names = ", ".join(f"{one['name']} (process {one['pid']})" for one in still)
        click.echo(f"Still running after {wait:g} s: {names}." if still else "Nothing runs from here any more.")
    return 1 if still else 0


def _process(pid: int) -> Callable[[], Awaitable[bool]]:
    import psutil

    try:
        process: psutil.Process | None = psutil.Process(pid)
    except psutil.NoSuchProcess:
        process = None

    async def runs() -> bool:
        return process is not None and _runs(process)

    return runs


def _answers(client: MasterClient) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        try:
            await client.health()
        except ApiError as error:
            return error.code != "ERR_UNREACHABLE"
        return True

    return answers


def _runs(process: "psutil.Process") -> bool:
    import psutil

    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
