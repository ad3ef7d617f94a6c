"""``watchkeeper quiet-hours``."""

import re
from typing import Final

import click
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.schema import QuietHours, QuietHoursPatch, QuietWindow
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_fields, print_json

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW: Final = re.compile(
    r"^(?:(?P<days>[a-z,-]+)\s+)?(?P<start>[0-2]\d:[0-5]\d)\s*-\s*(?P<end>[0-2]\d:[0-5]\d)$", re.IGNORECASE
)


@click.group()
@common_options
def command() -> None:
    """Show and set the hours in which only what is urgent is told; the rest is told together at their end."""


@command.command("show")
@common_options
@json_option
@with_client
async def show(client: MasterClient, as_json: bool) -> int:
    """Show the quiet hours."""
    return _print(await client.quiet_hours(), as_json)


@command.command("set")
@common_options
@click.argument("windows", nargs=-1)
@click.option("--zone", "time_zone", help="Such as Europe/Berlin; local: that of the master's machine.")
@json_option
@with_client
async def set_hours(client: MasterClient, windows: tuple[str, ...], time_zone: str | None, as_json: bool) -> int:
    """Set the windows and switch them on: "22:00-07:00", "mon-fri 12:00-13:00", "sat,sun 00:00-10:00"."""
    if not windows and time_zone is None:
        raise click.UsageError('Name a window, such as "22:00-07:00", or --zone.')
    patch = QuietHoursPatch(
        enabled=True if windows else UNSET,
        windows=[window(one) for one in windows] if windows else UNSET,
        time_zone=UNSET if time_zone is None else time_zone,
    )
    return _print(await client.patch_quiet_hours(patch), as_json)


@command.command("on")
@common_options
@json_option
@with_client
async def switch_on(client: MasterClient, as_json: bool) -> int:
    """Switch them on."""
    return _print(await client.patch_quiet_hours(QuietHoursPatch(enabled=True)), as_json)


@command.command("off")
@common_options
@json_option
@with_client
async def switch_off(client: MasterClient, as_json: bool) -> int:
    """Switch them off; what they held is told now."""
    return _print(await client.patch_quiet_hours(QuietHoursPatch(enabled=False)), as_json)


def window(words: str) -> QuietWindow:
    """Read one window, such as ``mon-fri 22:00-07:00``. Raises ``UsageError``."""
    found = _WINDOW.match(words.strip())
    if found is None:
        raise click.UsageError(f'{words}: expected something like "22:00-07:00" or "mon-fri 22:00-07:00".')
    days = list(DAYS) if found["days"] is None else _days(found["days"].lower(), words)
    return QuietWindow(days=days, start=found["start"], end=found["end"])  # type: ignore[arg-type] # checked


def _days(names: str, words: str) -> list[str]:
    days: set[str] = set()
    for part in names.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise click.UsageError(f"{words}: days are {', '.join(DAYS)}, or from one to another as in mon-fri.")
        start, end = DAYS.index(first), DAYS.index(last or first)
        days.update(DAYS[start : end + 1] if start <= end else DAYS[start:] + DAYS[: end + 1])
    return [day for day in DAYS if day in days]


def _print(hours: QuietHours, as_json: bool) -> int:
    if as_json:
        print_json(hours)
        return 0
    windows = [f"{', '.join(window.days)} {window.start}-{window.end}" for window in hours.windows]
    now = "no"
    if hours.active:
        now = "yes" if hours.until_at is None else f"yes, until {clock(hours.until_at)}"
    print_fields(
        [
            ("Switched on", "yes" if hours.enabled else "no"),
            *[("Window", window) for window in windows],
            ("Time zone", hours.time_zone),
            ("Quiet now", now),
            ("Next", "–" if hours.next_at is None else clock(hours.next_at)),
            ("Held", str(hours.held)),
        ]
    )
    return 0
