"""``watchkeeper updates``: whether there is a newer version. Nothing is downloaded."""

import click

from master.api.client import MasterClient
from master.api.updates import UpdateState
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_fields, print_json, print_text
from master.cli.progress import working


@click.group()
@common_options
def command() -> None:
    """Say whether there is a newer version; nothing is downloaded."""


@command.command("show")
@common_options
@json_option
@with_client
async def show(client: MasterClient, as_json: bool) -> int:
    """Show what is known of newer versions."""
    return _print(await client.updates(), as_json)


@command.command("check")
@common_options
@json_option
@with_client
async def check(client: MasterClient, as_json: bool) -> int:
    """Look for a newer version now."""
    async with working("Looking", quiet=as_json):
        found = await client.check_updates()
    _print(found, as_json)
    return 0 if found.problem is None else 1


def _print(found: UpdateState, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return 0
    new = found.available
    known = "none known" if new is None else new.version + ("" if found.fits else " (not for this system)")
    print_fields(
        [
            ("Installed", found.current),
            ("Newer", known),
            ("Looked for", f"by {found.managed_by}" if found.managed_by else found.mode),
            ("Last look", clock(found.checked_at) if found.checked_at else "–"),
            ("Next look", clock(found.next_at) if found.next_at else "–"),
            ("Problem", found.problem.message if found.problem is not None else "–"),
            *([("Page", new.page)] if new is not None and new.page else []),
            *[("Download", one.url) for one in (new.downloads if new is not None else [])],
        ]
    )
    if new is not None and new.notes.get("en"):
        print()
        print_text(new.notes["en"])
    return 0
