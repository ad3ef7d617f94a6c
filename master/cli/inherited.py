"""Options of what an account has of its own, or takes from its group."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from master.api.client import MasterClient
from master.api.schema import DIRECT, Account, Group, Proxy, QuietPlan
from master.cli.quiet_hours import window

F = TypeVar("F", bound=Callable[..., Any])

INHERIT: Final = "inherit"
NEVER: Final = "never"
NONE: Final = "none"


class OrInherit(click.ParamType[int | str]):
    """A whole number in a range, or the word ``inherit``."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self._range = click.IntRange(least, most)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return INHERIT if value == INHERIT else self._range.convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"{self._range.min}…{self._range.max}|{INHERIT}"


def inherited_options(command: F) -> F:
    """Give ``command`` the options; :func:`inherited_values` reads what was given."""
    seconds = OrInherit(5, 86_400)
    options = [
        click.option("--interval", type=seconds, help="Seconds between checks."),
        click.option("--interval-max", type=seconds, help="With it: a random time between the two."),
        click.option("--priority", type=OrInherit(0, 9), help="9 goes first, where not all can be done at once."),
        click.option("--proxy", metavar="NAME|ID|direct|inherit", help="To watch it through."),
        click.option("--quiet", multiple=True, metavar="WINDOW|never|inherit", help='Such as "mon-fri 22:00-07:00".'),
        click.option("--quiet-zone", default="local", help="Time zone of --quiet."),
        click.option("--notify", type=click.Choice(["all", "urgent", "none", INHERIT]), help="What of it is told."),
        click.option("--sound", type=click.Choice(["default", "none", "alert", INHERIT]), help="Played with it."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


async def inherited_values(client: MasterClient, given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that were given by their names in the API, None for *inherit*."""
    values: dict[str, Any] = {}
    for option, field in (
        ("interval", "interval_seconds"),
        ("interval_max", "interval_max_seconds"),
        ("priority", "priority"),
        ("notify", "notify_level"),
        ("sound", "sound"),
    ):
        if given[option] is not None:
            values[field] = None if given[option] == INHERIT else given[option]
    if given["proxy"] is not None:
        values["proxy_id"] = await _proxy_id(client, given["proxy"])
    if given["quiet"]:
        values["quiet_hours"] = _quiet(given["quiet"], given["quiet_zone"])
    return values


async def find_proxy(client: MasterClient, wanted: str) -> Proxy:
    """Return the proxy of this id or name. Raises ``ClickException``."""
    for row in await client.proxies():
        if wanted in (row.id, row.name):
            return row
    raise click.ClickException(f"There is no proxy {wanted}.")


async def find_group(client: MasterClient, wanted: str) -> Group:
    """Return the group of this id or name. Raises ``ClickException``."""
    for row in await client.groups():
        if wanted in (row.id, row.name):
            return row
    raise click.ClickException(f"There is no group {wanted}.")


async def group_id(client: MasterClient, wanted: str) -> str | None:
    """Return the id of a group, None for the word ``none``."""
    return None if wanted == NONE else (await find_group(client, wanted)).id


def shown(account: Account) -> list[tuple[str, str]]:
    """Return what counts, and whose each is."""
    pairs = []
    for name, title in (
        ("interval_seconds", "Interval"),
        ("interval_max_seconds", "… up to"),
        ("priority", "Priority"),
        ("proxy_id", "Proxy"),
        ("notify_level", "Told"),
        ("sound", "Sound"),
    ):
        one = account.effective.get(name)
        if one is not None and (one.value is not None or one.origin != "default"):
            pairs.append((title, f"{one.value if one.value is not None else NONE} ({one.origin})"))
    return pairs


async def _proxy_id(client: MasterClient, wanted: str) -> str | None:
    if wanted in (INHERIT, DIRECT):
        return None if wanted == INHERIT else DIRECT
    return (await find_proxy(client, wanted)).id


def _quiet(words: tuple[str, ...], zone: str) -> QuietPlan | None:
    if len(words) == 1 and words[0] in (INHERIT, NEVER):
        return None if words[0] == INHERIT else QuietPlan()
    return QuietPlan(windows=[window(one) for one in words], time_zone=zone)
