"""``watchkeeper accounts``."""

import sys
from typing import Any, Literal

import click
import msgspec
from msgspec import UNSET

from master.api.accounts import UNDO_SECONDS
from master.api.client import MasterClient
from master.api.schema import AccountBatch, AccountCreate, AccountPatch, AccountTest, AssignmentPut
from master.cli.account_operations import COMMANDS, MANY, report
from master.cli.account_tables import print_account, print_test
from master.cli.connection import with_client
from master.cli.fields import credentials_of, find_platform, known_catalog, parse_settings
from master.cli.inherited import group_of, inherited_options, inherited_values
from master.cli.nouns import ACCOUNT, GROUP, PLATFORM, WORKER
from master.cli.options import common_options
from master.cli.output import ago, json_option, print_json, print_table
from master.cli.progress import working
from master.cli.proposals import completed

SETTING_HELP = "A field of the platform, as NAME=VALUE; may be repeated."
SHOW_HELP = "Show so many of the newest things that are there already; nobody is told of them."
STDIN_HELP = "Read the credentials from stdin as one JSON object instead of asking."


@click.group()
@common_options
def command() -> None:
    """List, add, edit and remove accounts. ACCOUNT is a name or an id."""


@command.command("list")
@common_options
@click.option("--group", type=GROUP.or_("none"), help="Those of this group; none: those in no group.")
@click.option("--removed", is_flag=True, help="Those that can still be restored.")
@json_option
@with_client
async def list_accounts(client: MasterClient, group: str | None, removed: bool, as_json: bool) -> int:
    """List the accounts and how they are."""
    if removed:
        accounts = (await client.accounts(removed=True)).rows
    else:
        accounts = await client.all_accounts()
    if group is not None:
        wanted = group_of(group)
        accounts = [account for account in accounts if account.group_id == wanted]
    if as_json:
        print_json(accounts)
        return 0
    rows = [
        [
            account.id,
            account.name,
            account.platform,
            "checking" if account.checking else account.state,
            account.worker_id or "–",
            ago(account.last_checked_at),
            str(account.unread or ""),
            account.state_reason.message if account.state_reason else "",
        ]
        for account in accounts
    ]
    titles = ["Id", "Name", "Platform", "State", "Worker", "Checked", "Unread", "Reason"]
    print_table(titles, rows, "There are no accounts. Add one with `watchkeeper accounts add --platform feed …`.")
    return 0


@command.command("show")
@common_options
@click.argument("account_id", type=ACCOUNT)
@json_option
@with_client
async def show(client: MasterClient, account_id: str, as_json: bool) -> int:
    """Show one account."""
    return await print_account(client, await client.account(account_id), as_json)


@command.command("add")
@common_options
@click.option("--platform", type=PLATFORM, required=True, help="imap, feed, …")
@click.option("--name", required=True, help="How it is called in lists.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help=SETTING_HELP)
@click.option("--group", type=GROUP.or_("none"), help="The group that it inherits from.")
@inherited_options
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
@click.option("--notes", default="", help="For yourself.")
@click.option("--show-existing", type=click.IntRange(0, 50), default=0, help=SHOW_HELP)
@click.option("--credentials-stdin", is_flag=True, help=STDIN_HELP)
@click.option("--no-credentials", is_flag=True, help="Ask for none.")
@click.option("--test", "test_first", is_flag=True, help="Connect first, and add only if that works.")
@json_option
@with_client
async def add(
    client: MasterClient,
    /,
    platform: str,
    name: str,
    settings: tuple[str, ...],
    group: str | None,
    tags: tuple[str, ...],
    notes: str,
    show_existing: int,
    credentials_stdin: bool,
    no_credentials: bool,
    test_first: bool,
    as_json: bool,
    **inherited: Any,
) -> int:
    """Add an account. Its password is asked for, or read from stdin; never an argument."""
    manifest = find_platform(await known_catalog(client), platform)
    values, preset = await completed(client, manifest, parse_settings(manifest, settings))
    stream = sys.stdin if credentials_stdin else None
    credentials = None if no_credentials else credentials_of(manifest, stream, preset)
    own = inherited_values(inherited)
    if test_first:
        body = AccountTest(platform=platform, settings=values, credentials=credentials, proxy_id=own.get("proxy_id"))
        async with working("Connecting", quiet=as_json):
            report = await client.test_account(body)
        if not report.success:
            return print_test(report, as_json)
    account = await client.create_account(
        AccountCreate(
            platform=platform,
            name=name,
            settings=values,
            credentials=credentials,
            group_id=None if group is None else group_of(group),
            tags=list(tags),
            notes=notes,
            show_existing=show_existing,
            **own,
        )
    )
    return await print_account(client, account, as_json)


@command.command("test")
@common_options
@click.argument("account_id", type=ACCOUNT)
@json_option
@with_client
async def test(client: MasterClient, account_id: str, as_json: bool) -> int:
    """Connect with an account's settings and credentials, step by step."""
    account = await client.account(account_id)
    body = AccountTest(platform=account.platform, settings=account.settings, account_id=account.id)
    async with working("Connecting", quiet=as_json):
        report = await client.test_account(body)
    return print_test(report, as_json)


@command.command("edit")
@common_options
@click.argument("account_id", type=ACCOUNT)
@click.option("--name", help="How it is called in lists.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help=SETTING_HELP)
@click.option("--group", type=GROUP.or_("none"), help="The group that it inherits from; none: no group.")
@inherited_options
@click.option("--notes", help="For yourself.")
@json_option
@with_client
async def edit(
    client: MasterClient,
    /,
    account_id: str,
    name: str | None,
    settings: tuple[str, ...],
    group: str | None,
    notes: str | None,
    as_json: bool,
    **inherited: Any,
) -> int:
    """Change an account; what is not named stays."""
    account = await client.account(account_id)
    values: dict[str, Any] | msgspec.UnsetType = UNSET
    if settings:
        manifest = find_platform(await known_catalog(client), account.platform)
        values = {**account.settings, **parse_settings(manifest, settings)}
    patch = AccountPatch(
        name=UNSET if name is None else name,
        settings=values,
        group_id=UNSET if group is None else group_of(group),
        notes=UNSET if notes is None else notes,
        version=account.version,
        **inherited_values(inherited),
    )
    return await print_account(client, await client.patch_account(account_id, patch), as_json)


@command.command("sign-in")
@common_options
@click.argument("account_id", type=ACCOUNT)
@click.option("--credentials-stdin", is_flag=True, help=STDIN_HELP)
@json_option
@with_client
async def sign_in(client: MasterClient, account_id: str, credentials_stdin: bool, as_json: bool) -> int:
    """Give an account new credentials; its history stays."""
    account = await client.account(account_id)
    manifest = find_platform(await known_catalog(client), account.platform)
    credentials = credentials_of(manifest, sys.stdin if credentials_stdin else None)
    if not credentials:
        raise click.ClickException(f"The platform {account.platform} has no credentials.")
    return await print_account(client, await client.put_credentials(account_id, credentials), as_json)


@command.command("remove")
@common_options
@click.argument("account_id", type=ACCOUNT)
@click.option("--keep-history", is_flag=True, help="Keep what was found.")
@click.option("--now", is_flag=True, help="At once: it cannot be restored.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, account_id: str, keep_history: bool, now: bool, yes: bool, as_json: bool) -> int:
    """Remove an account, its credentials and (unless kept) what was found. It can be restored for 30 s."""
    account = await client.account(account_id)
    if not yes:
        lost = "" if keep_history else " and everything it found"
        click.confirm(f"Remove {account.name}{lost}?", abort=True, err=True)
    await client.delete_account(account_id, keep_history, now)
    if as_json:
        print_json({"id": account_id})
    else:
        undo = "" if now else f" Undo within {UNDO_SECONDS} s: watchkeeper accounts restore {account_id}"
        print(f"{account.name} is removed.{undo}")
    return 0


@command.command("assign")
@common_options
@click.argument("account_id", type=ACCOUNT)
@click.option("--worker", "worker_id", type=WORKER, help="Without it: automatic.")
@click.option("--pin", type=click.Choice(["wait", "move"]), help="It belongs there: while that worker is away, …")
@json_option
@with_client
async def assign(
    client: MasterClient, account_id: str, worker_id: str | None, pin: Literal["wait", "move"] | None, as_json: bool
) -> int:
    """Give an account to a worker, or let the master choose."""
    if pin and worker_id is None:
        raise click.UsageError("--pin needs --worker.")
    body = AssignmentPut(worker_id=worker_id, pinned=pin is not None, pin_policy=pin or "wait")
    return await print_account(client, await client.assign_account(account_id, body), as_json)


@command.command("resume")
@common_options
@MANY
@json_option
@with_client
async def resume(client: MasterClient, account_ids: tuple[str, ...], as_json: bool) -> int:
    """Check accounts again that were paused."""
    if len(account_ids) == 1:
        return await print_account(client, await client.resume_account(account_ids[0]), as_json)
    return report(await client.batch_accounts(AccountBatch(action="resume", account_ids=list(account_ids))), as_json)


@command.command("check")
@common_options
@MANY
@json_option
@with_client
async def check(client: MasterClient, account_ids: tuple[str, ...], as_json: bool) -> int:
    """Check accounts now, without waiting for their turn."""
    if len(account_ids) == 1:
        return await print_account(client, await client.check_account(account_ids[0]), as_json)
    return report(await client.batch_accounts(AccountBatch(action="check", account_ids=list(account_ids))), as_json)


for _one in COMMANDS:
    command.add_command(_one)
