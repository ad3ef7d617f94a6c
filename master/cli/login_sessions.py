"""``watchkeeper sign-ins``: those under way, also begun elsewhere, and those of the last minutes."""

import sys

import click

from master.api.client import MasterClient
from master.api.schema import LoginSession
from master.cli.connection import with_client
from master.cli.nouns import SIGN_IN
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, print_fields, print_json, print_table
from master.cli.prompts import ask


@click.group()
@common_options
def command() -> None:
    """List and give up sign-ins; `watchkeeper login` begins one."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_sessions(client: MasterClient, as_json: bool) -> int:
    """List the sign-ins under way and those of the last minutes."""
    found = await client.login_sessions()
    if as_json:
        print_json(found)
        return 0
    rows = [
        [row.id, row.platform, row.name, row.state, ago(row.created_at), (row.error or row.step).message]
        for row in found
    ]
    print_table(["Id", "Platform", "Account", "State", "Begun", "What goes on"], rows, "Nobody signs in.")
    return 0


@command.command("show")
@common_options
@click.argument("session_id", type=SIGN_IN)
@json_option
@with_client
async def show(client: MasterClient, session_id: str, as_json: bool) -> int:
    """Show one sign-in and what it waits for."""
    return _print(await client.login_session(session_id), as_json)


@command.command("refresh")
@common_options
@click.argument("session_id", type=SIGN_IN)
@json_option
@with_client
async def refresh(client: MasterClient, session_id: str, as_json: bool) -> int:
    """Ask for a new code, such as a QR code that nobody read in time."""
    return _print(await client.refresh_login(session_id), as_json)


@command.command("answer")
@common_options
@click.argument("session_id", type=SIGN_IN)
@json_option
@with_client
async def answer(client: MasterClient, session_id: str, as_json: bool) -> int:
    """Give what a sign-in asks for; it is asked here, or read from the first line of stdin."""
    if sys.stdin.isatty():
        value = ask("Answer", hidden=True, instead="it on stdin")
    else:
        value = sys.stdin.readline().strip()
    if not value:
        raise click.UsageError("The answer is empty: write it on the first line of stdin.")
    return _print(await client.answer_login(session_id, value), as_json)


@command.command("cancel")
@common_options
@click.argument("session_id", type=SIGN_IN)
@json_option
@with_client
async def cancel(client: MasterClient, session_id: str, as_json: bool) -> int:
    """Give a sign-in up, and make room for another one."""
    await client.cancel_login(session_id)
    if as_json:
        print_json({"id": session_id})
    else:
        print("The sign-in is given up.")
    return 0


def _print(row: LoginSession, as_json: bool) -> int:
    if as_json:
        print_json(row)
        return 0
    challenge = row.challenge
    print_fields(
        [
            ("Sign-in", row.id),
            ("Platform", row.platform),
            ("Account", row.name),
            ("State", row.state),
            ("Begun", clock(row.created_at)),
            ("What goes on", (row.error or row.step).message),
            *([("Wants", challenge.kind)] if challenge is not None else []),
            *([("Link", challenge.url)] if challenge is not None and challenge.url else []),
            *([("Code", challenge.code)] if challenge is not None and challenge.code else []),
        ]
    )
    return 0
