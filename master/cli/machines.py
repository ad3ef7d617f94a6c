"""``watchkeeper machine``: how the machine is that the master runs on."""

import click

from master.api.client import MasterClient
from master.api.schema import Machine
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_fields, print_json, span


@click.group()
@common_options
def command() -> None:
    """Show how the machine is; tell the master that it is about to sleep, or that it woke."""


@command.command("show")
@common_options
@json_option
@with_client
async def show(client: MasterClient, as_json: bool) -> int:
    """Show whether the machine is awake, on battery and saving."""
    return _print(await client.machine(), as_json)


@command.command("sleeps")
@common_options
@json_option
@with_client
async def sleeps(client: MasterClient, as_json: bool) -> int:
    """Tell the master that the machine is about to sleep; for hooks of systems that do not tell it themselves."""
    return _print(await client.machine_sleeps(True), as_json)


@command.command("woke")
@common_options
@json_option
@with_client
async def woke(client: MasterClient, as_json: bool) -> int:
    """Tell the master that the machine woke; what was missed is caught up with."""
    return _print(await client.machine_sleeps(False), as_json)


def _print(found: Machine, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return 0
    slept = f"{clock(found.woke_at)}, after {span(found.asleep_seconds)}" if found.woke_at else "–"
    battery = "no" if not found.on_battery else "yes"
    charge = f", {found.battery_percent} %" if found.battery_percent is not None else ""
    saving = found.saving.message if found.saving is not None else "no"
    print_fields(
        [
            ("State", found.state),
            ("Network", "yes" if found.network else "no"),
            ("Woke", slept),
            ("On battery", battery + charge),
            ("Saving", saving),
            ("Intervals", f"{found.interval_factor:g} times as long"),
        ]
    )
    return 0
