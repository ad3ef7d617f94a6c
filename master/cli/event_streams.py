"""``watchkeeper events``, and what other commands follow: the events of the running master as they come."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

import click
import msgspec

from master.api.client import MasterClient
from master.api.events import PAYLOADS, Event
from master.cli.connection import with_client
from master.cli.job_follows import say
from master.cli.options import common_options
from master.cli.output import clock, json_option, one_line, print_line
from worker.protocol.codec import now_ms


@click.command()
@common_options
@click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice([*PAYLOADS]),
    metavar="TYPE",
    help="Only these; may be repeated.",
)
@click.option("--count", type=click.IntRange(min=1), help="End after so many.")
@json_option
@with_client
async def command(client: MasterClient, types: tuple[str, ...], count: int | None, as_json: bool) -> int:
    """Follow all that happens until Ctrl-C, one line an event; with --json one JSON object a line."""
    shown = 0

    def show(event: Event) -> bool:
        nonlocal shown
        if as_json:
            print_line({"type": event.type, "seq": event.seq, "at": now_ms(), "data": event.data})
        else:
            print(f"{clock(now_ms())} {event.type:<22} {_about(event.data)}".rstrip(), flush=True)
        shown += 1
        return shown != count

    await follow(client, show, types or PAYLOADS)
    return 0


async def follow(client: MasterClient, show: Callable[[Event], bool], types: Collection[str]) -> None:
    """Hand over events of these types as they come, also after the master was away, until ``show`` returns False.

    What it raises ends this too. Where too much was missed meanwhile it is said that something was.
    """
    events: asyncio.Queue[Event] = asyncio.Queue()

    def told(connected: bool, reason: str) -> None:
        if not connected:
            say(f"not connected: {reason}")

    await client.open(events.put_nowait, on_connection=told)
    while True:
        event = await events.get()
        if event.type == "resync":
            say("some events were missed")
        elif event.type in types and not show(event):
            return


def _about(data: Any) -> str:
    """Return the few words that say which row it is and how it is now."""
    if data is None:
        return ""
    row = msgspec.to_builtins(data)
    parts = [row.get(name) for name in ("id", "worker_id", "account_id", "job_id")]
    first = next((str(part) for part in parts if part), "")
    named = [row.get(name) for name in ("name", "title", "message")]
    words = [one.get("message", "") if isinstance(one, dict) else one for one in named]
    state = next((row[name] for name in ("state", "status", "level") if isinstance(row.get(name), str)), "")
    return one_line(" ".join(filter(None, [first, str(next(filter(None, words), "")), state])))
