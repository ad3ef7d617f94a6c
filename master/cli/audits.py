"""``watchkeeper audit``."""

from typing import get_args

import click

from master.api.client import MasterClient
from master.api.schema import AuditAction
from master.cli.connection import with_client
from master.cli.nouns import ACCOUNT
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_json, print_table


@click.command("audit")
@common_options
@click.option("--action", type=click.Choice(get_args(AuditAction)), metavar="ACTION", help="Only of this kind.")
@click.option("--account", "account_id", type=ACCOUNT, help="Only of this account.")
@click.option("--actor", help="Only by admin, token:NAME, a worker's id, or master.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="So many, the newest first.")
@json_option
@with_client
async def command(
    client: MasterClient, action: str | None, account_id: str | None, actor: str | None, limit: int, as_json: bool
) -> int:
    """Show who did what with credentials, sign-ins, tokens, settings, exports and backups."""
    rows = (await client.audit(limit=limit, action=action, account_id=account_id, actor=actor)).rows
    if as_json:
        print_json(rows)
        return 0
    table = [[clock(row.at), row.action, row.actor, row.subject_name or row.subject, row.text.message] for row in rows]
    print_table(["When", "What", "Who", "Of", "Detail"], table, "Nothing of that kind was done.")
    return 0
