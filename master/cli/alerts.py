"""``watchkeeper alerts``."""

from typing import Literal

import click

from master.api.client import MasterClient
from master.api.schema import Alert
from master.cli.connection import with_client
from master.cli.nouns import ALERT
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List, acknowledge and silence alerts."""


@command.command("list")
@common_options
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="The newest so many.")
@json_option
@with_client
async def list_alerts(client: MasterClient, everything: bool, limit: int, as_json: bool) -> int:
    """List what is wrong now."""
    state: Literal["open"] | None = None if everything else "open"
    alerts = (await client.alerts(state, limit=limit)).rows
    _print(alerts, as_json, "Nothing is wrong." if not everything else "There are no alerts.")
    return 0


@command.command("ack")
@common_options
@click.argument("alert_id", type=ALERT)
@click.option("--undo", is_flag=True, help="You have not seen it after all.")
@json_option
@with_client
async def acknowledge(client: MasterClient, alert_id: int, undo: bool, as_json: bool) -> int:
    """Note that you saw an alert; it stays open until it is over."""
    call = client.unacknowledge_alert if undo else client.acknowledge_alert
    return _print_one(await call(alert_id), as_json)


@command.command("silence")
@common_options
@click.argument("alert_id", type=ALERT)
@click.option("--seconds", type=click.IntRange(0, 30 * 86_400), default=3600, show_default=True, help="0 ends it.")
@json_option
@with_client
async def silence(client: MasterClient, alert_id: int, seconds: int, as_json: bool) -> int:
    """Tell nothing more of an alert's kind and subject for some time."""
    return _print_one(await client.silence_alert(alert_id, seconds), as_json)


def _print_one(alert: Alert, as_json: bool) -> int:
    if as_json:
        print_json(alert)
    else:
        _print([alert], as_json, "")
    return 0


def _print(alerts: list[Alert], as_json: bool, empty: str) -> None:
    if as_json:
        print_json(alerts)
        return
    rows = [
        [
            str(alert.id),
            alert.level,
            alert.title.message,
            clock(alert.raised_at),
            clock(alert.cleared_at) if alert.cleared_at else "–",
            clock(alert.acknowledged_at) if alert.acknowledged_at else "–",
            alert.detail.message if alert.detail else "",
        ]
        for alert in alerts
    ]
    print_table(["Id", "Level", "Alert", "Since", "Over", "Seen", "Detail"], rows, empty)
