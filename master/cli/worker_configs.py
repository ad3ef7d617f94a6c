"""``watchkeeper workers add``, ``edit``, ``remove`` and what is done with several workers."""

import click
import msgspec

from master.api.client import MasterClient
from master.api.schema import Rebalance, WorkerBatch, WorkerConfig, WorkerConfigCreate, WorkerConfigPatch
from master.api.workers import EXTERNAL, WorkerAction
from master.cli.connection import with_client
from master.cli.nouns import WORKER
from master.cli.options import common_options
from master.cli.output import json_option, one_line, print_fields, print_json, print_table
from master.cli.progress import working
from master.cli.struct_values import struct_values

SET = click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A field of the configuration, such as max_accounts=20; may be given several times.",
)


@click.command("add")
@common_options
@click.argument("worker_id", metavar="ID")
@click.option("--name", help="How it is called; without it its id.")
@SET
@json_option
@with_client
async def add(client: MasterClient, worker_id: str, name: str | None, pairs: tuple[str, ...], as_json: bool) -> int:
    """Add a worker; unless auto_start=no it starts at once."""
    values = struct_values(WorkerConfigPatch, pairs, "--set")
    body = WorkerConfigCreate(worker_id=worker_id, **({"name": name or worker_id} | values))
    return _print(await client.create_worker_config(body), as_json)


@click.command("edit")
@common_options
@click.argument("worker_id", type=WORKER)
@click.option("--name", help="How it is called.")
@SET
@json_option
@with_client
async def edit(client: MasterClient, worker_id: str, name: str | None, pairs: tuple[str, ...], as_json: bool) -> int:
    """Change a worker's configuration; what is not named stays."""
    values = struct_values(WorkerConfigPatch, pairs, "--set") | ({"name": name} if name is not None else {})
    found = await client.worker_config(worker_id)
    patch = WorkerConfigPatch(version=found.version, **values)
    return _print(await client.patch_worker_config(worker_id, patch), as_json)


@click.command("config")
@common_options
@click.argument("worker_id", type=WORKER)
@json_option
@with_client
async def config(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Show how a worker is run."""
    return _print(await client.worker_config(worker_id), as_json)


@click.command("configs")
@common_options
@json_option
@with_client
async def configs(client: MasterClient, as_json: bool) -> int:
    """List how the workers are run, also of those that are switched off."""
    found = await client.worker_configs()
    if as_json:
        print_json(found)
        return 0
    rows = [
        [
            row.worker_id,
            row.name,
            row.deployment_type,
            str(row.max_accounts),
            f"{row.max_memory_mb} MB" if row.max_memory_mb else "–",
            *_starts(row),
            "yes" if row.enabled else "no",
        ]
        for row in found
    ]
    titles = ["Worker", "Name", "Runs", "Accounts", "Memory", "Starts by itself", "Is restarted", "Enabled"]
    print_table(titles, rows, "There are no workers. Add one with `watchkeeper workers add ID`.")
    return 0


@click.command("summary")
@common_options
@json_option
@with_client
async def summary(client: MasterClient, as_json: bool) -> int:
    """Show the sums over all configurations."""
    found = await client.worker_config_summary()
    if as_json:
        print_json(found)
        return 0
    types = ", ".join(f"{count} {name}" for name, count in found.deployment_types.items()) or "–"
    print_fields(
        [
            ("Workers", f"{found.total}: {found.enabled} enabled, {found.disabled} switched off"),
            ("Places", f"{found.total_capacity} accounts"),
            ("Run", types),
        ]
    )
    return 0


@click.command("remove")
@common_options
@click.argument("worker_id", type=WORKER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, worker_id: str, yes: bool, as_json: bool) -> int:
    """Stop and remove a worker; its accounts go to the others, its log and events stay for 30 days."""
    found = await client.worker_config(worker_id)
    if not yes:
        click.confirm(f"Remove the worker {one_line(found.name)}?", abort=True, err=True)
    async with working("Stopping", quiet=as_json):
        await client.delete_worker_config(worker_id)
    if as_json:
        print_json({"worker_id": worker_id})
    else:
        print("The worker is removed.")
    return 0


@click.command("batch")
@common_options
@click.argument("action", type=click.Choice(["start", "stop", "restart"]))
@click.argument("worker_ids", type=WORKER, nargs=-1, required=True)
@json_option
@with_client
async def batch(client: MasterClient, action: str, worker_ids: tuple[str, ...], as_json: bool) -> int:
    """Start, stop or restart several workers at the same time."""
    body = WorkerBatch(action=msgspec.convert(action, WorkerAction), worker_ids=list(worker_ids))
    async with working(action.capitalize(), quiet=as_json):
        report = await client.batch_workers(body)
    if as_json:
        print_json(report)
    else:
        rows = [
            [row.worker_id, "done" if row.success else "failed", row.error.message if row.error else ""]
            for row in report.results
        ]
        print_table(["Worker", "", "Why"], rows, "")
    return 0 if report.failure == 0 else 1


@click.command("rebalance")
@common_options
@click.option("--dry-run", is_flag=True, help="Only say what would be moved.")
@json_option
@with_client
async def rebalance(client: MasterClient, dry_run: bool, as_json: bool) -> int:
    """Even out the accounts over the workers."""
    report = await client.rebalance(Rebalance(dry_run=dry_run))
    if as_json:
        print_json(report)
        return 0
    rows = [[move.name, move.from_worker, move.to_worker, one_line(move.reason.message)] for move in report.moves]
    print_table(["Account", "From", "To", "Why"], rows, "The workers are even.")
    return 0


COMMANDS = (add, edit, config, configs, summary, remove, batch, rebalance)
"""Of the group ``workers``."""


def _print(found: WorkerConfig, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return 0
    starts, restarted = _starts(found)
    print_fields(
        [
            ("Worker", found.worker_id),
            ("Name", found.name),
            ("Description", found.description or "–"),
            ("Runs", found.deployment_type),
            ("Accounts", f"at most {found.max_accounts}"),
            ("Memory", f"at most {found.max_memory_mb} MB" if found.max_memory_mb else "no limit"),
            ("Starts by itself", starts),
            ("Is restarted", restarted),
            ("Labels", ", ".join(found.labels) or "–"),
            ("Enabled", "yes" if found.enabled else "no"),
        ]
    )
    return 0


def _starts(config: WorkerConfig) -> tuple[str, str]:
    """Say whether the master starts it, and starts it again; not its affair with one that is started elsewhere."""
    if config.deployment_type == EXTERNAL:
        return "–", "–"
    again = f"{config.max_restart_attempts} times" if config.auto_restart else "no"
    return "yes" if config.auto_start else "no", again
