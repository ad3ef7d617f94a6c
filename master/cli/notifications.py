"""``watchkeeper notifications``."""

from typing import Any, Final, get_args

import click
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.notifications import NotificationKind, NotificationState
from master.api.schema import Notification, NotificationFilter, SnoozeCreate, SnoozeRow
from master.cli.connection import with_client
from master.cli.nouns import ACCOUNT, GROUP, NOTIFICATION, SNOOZE
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, one_line, print_json, print_table

PRESETS: Final = ("15min", "1h", "tomorrow")


@click.group()
@common_options
def command() -> None:
    """List what was told and what was not, and why; snooze, dismiss, mark as read, clear."""


@command.command("list")
@common_options
@click.option("--state", type=click.Choice(get_args(NotificationState)), help="Only those in this state.")
@click.option("--kind", type=click.Choice(get_args(NotificationKind)), help="Only those of this kind.")
@click.option("--account", "account_id", type=ACCOUNT, help="Only those of this account.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@json_option
@with_client
async def list_notifications(
    client: MasterClient, state: Any, kind: Any, account_id: str | None, limit: int, as_json: bool
) -> int:
    """List notifications, the newest first, with why each was told or not."""
    page = await client.notifications(limit, filter=_filter(state, kind, account_id))
    if as_json:
        print_json(page)
        return 0
    rows = [[str(row.id), ago(row.created_at), row.state, _why(row), one_line(row.title.message)] for row in page.rows]
    print_table(["Id", "When", "State", "Why", "What"], rows, "Nothing was told yet.")
    return 0


@command.command("counts")
@common_options
@json_option
@with_client
async def counts(client: MasterClient, as_json: bool) -> int:
    """Say how many there are in each state."""
    totals = await client.notification_counts()
    if as_json:
        print_json(totals)
        return 0
    print_table(["State", ""], [[state, str(count)] for state, count in totals.states.items()], "")
    return 0


@command.command("dismiss")
@common_options
@click.argument("notification_ids", type=NOTIFICATION, nargs=-1, required=True)
@json_option
@with_client
async def dismiss(client: MasterClient, notification_ids: tuple[int, ...], as_json: bool) -> int:
    """Put notifications away."""
    rows = [await client.dismiss_notification(one) for one in notification_ids]
    if as_json:
        print_json(rows)
    else:
        print(f"Put away: {len(rows)}")
    return 0


@command.command("read")
@common_options
@click.option("--account", "account_id", type=ACCOUNT, help="Only those of this account.")
@json_option
@with_client
async def read(client: MasterClient, account_id: str | None, as_json: bool) -> int:
    """Mark those that wait to be seen as read."""
    count = await client.read_notifications(_filter(None, None, account_id))
    if as_json:
        print_json(count)
    else:
        print(f"Marked as read: {count.count}")
    return 0


@command.command("clear")
@common_options
@click.option("--account", "account_id", type=ACCOUNT, help="Only those of this account.")
@json_option
@with_client
async def clear(client: MasterClient, account_id: str | None, as_json: bool) -> int:
    """Put away those that were told. The items stay."""
    count = await client.clear_notifications(_filter(None, None, account_id))
    if as_json:
        print_json(count)
    else:
        print(f"Put away: {count.count}")
    return 0


@command.command("snooze")
@common_options
@click.argument("notification_id", type=NOTIFICATION, required=False)
@click.option("--account", "account_id", type=ACCOUNT, help="An account instead: what comes of it is held until then.")
@click.option("--group", "group_id", type=GROUP, help="A group instead.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--for", "minutes", type=click.IntRange(1, 43_200), help="Minutes.")
@click.option("--until", "preset", type=click.Choice(PRESETS), help="For 15 minutes, an hour, or until 9:00 tomorrow.")
@json_option
@with_client
async def snooze(
    client: MasterClient,
    notification_id: int | None,
    account_id: str | None,
    group_id: str | None,
    everything: bool,
    minutes: int | None,
    preset: Any,
    as_json: bool,
) -> int:
    """Have a notification told again later, or hold what comes; an hour unless said otherwise."""
    targets: dict[Any, Any] = {"notification": notification_id, "account": account_id, "group": group_id}
    named = {scope: str(target) for scope, target in targets.items() if target is not None}
    if len(named) + everything != 1:
        raise click.UsageError("Name one: a notification, --account, --group or --all.")
    if minutes is not None and preset is not None:
        raise click.UsageError("Say --for or --until.")
    scope: Any = next(iter(named), "all")
    wanted = SnoozeCreate(
        scope=scope,
        target_id=named.get(scope, UNSET),
        seconds=UNSET if minutes is None else minutes * 60,
        preset=UNSET if preset is None else preset,
    )
    row = await client.create_snooze(wanted)
    if as_json:
        print_json(row)
    else:
        print(f"Snoozed until {clock(row.until_at)}: {_name(row)}")
    return 0


@command.command("snoozes")
@common_options
@json_option
@with_client
async def snoozes(client: MasterClient, as_json: bool) -> int:
    """List what is snoozed."""
    rows = await client.snoozes()
    if as_json:
        print_json(rows)
        return 0
    table = [[row.id, _name(row), clock(row.until_at), str(row.held)] for row in rows]
    print_table(["Id", "What", "Until", "Held"], table, "Nothing is snoozed.")
    return 0


@command.command("wake")
@common_options
@click.argument("snooze_id", type=SNOOZE)
@json_option
@with_client
async def wake(client: MasterClient, snooze_id: str, as_json: bool) -> int:
    """End a snooze (its id as `snoozes` lists it); what was held is told."""
    await client.delete_snooze(snooze_id)
    if as_json:
        print_json({"id": snooze_id})
    else:
        print(f"{one_line(snooze_id)} is snoozed no longer.")
    return 0


def _filter(state: Any, kind: Any, account_id: str | None) -> NotificationFilter:
    return NotificationFilter(
        state=UNSET if state is None else state,
        kind=UNSET if kind is None else kind,
        account_id=UNSET if account_id is None else account_id,
    )


def _why(row: Notification) -> str:
    return row.reason.message if row.reason is not None else ""


def _name(row: SnoozeRow) -> str:
    return "everything" if row.scope == "all" else one_line(row.name or row.target_id or "")
