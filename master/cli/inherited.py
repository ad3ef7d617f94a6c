"""Options of what an account has of its own, or takes from its group."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

from master.api.schema import DIRECT, Account, QuietPlan
from master.cli.nouns import PROXY
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
        click.option("--proxy", type=PROXY.or_(DIRECT, INHERIT), help="To watch it through."),
        click.option("--quiet", multiple=True, metavar="WINDOW|never|inherit", help='Such as "mon-fri 22:00-07:00".'),
        click.option("--quiet-zone", default="local", help="Time zone of --quiet."),
        click.option("--notify", type=click.Choice(["all", "urgent", "none", INHERIT]), help="What of it is told."),
        click.option("--sound", type=click.Choice(["default", "none", "alert", INHERIT]), help="Played with it."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def inherited_values(given: dict[str, Any]) -> dict[str, Any]:
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
        values["proxy_id"] = None if given["proxy"] == INHERIT else given["proxy"]
    if given["quiet"]:
        values["quiet_hours"] = _quiet(given["quiet"], given["quiet_zone"])
    return values


def group_of(wanted: str) -> str | None:
    """Return the id of a group, None for the word ``none``."""
    return None if wanted == NONE else wanted


def by_proxy(account: Account) -> bool:
    """Whether it is watched through a proxy."""
    one = account.effective.get("proxy_id")
    return one is not None and one.value not in (None, DIRECT)


def shown(account: Account, proxies: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what counts, and whose each is; ``proxies``: names by id."""
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
            value = NONE if one.value is None else proxies.get(str(one.value), one.value)
            pairs.append((title, f"{value} ({one.origin})"))
    return pairs


def _quiet(words: tuple[str, ...], zone: str) -> QuietPlan | None:
    if len(words) == 1 and words[0] in (INHERIT, NEVER):
        return None if words[0] == INHERIT else QuietPlan()
    return QuietPlan(windows=[window(one) for one in words], time_zone=zone)
