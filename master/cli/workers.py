"""``watchkeeper workers``."""

import click

from master.api.client import MasterClient
from master.api.schema import Worker
from master.cli.connection import with_client
from master.cli.options import LEVELS, common_options
from master.cli.output import ago, clock, json_option, one_line, print_fields, print_json, print_table, span


@click.group()
@common_options
def command() -> None:
    """List, start and stop workers; read their logs."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_workers(client: MasterClient, as_json: bool) -> int:
    """List the workers and what they hold."""
    workers = await client.workers()
    if as_json:
        print_json(workers)
        return 0
    rows = [
        [
            worker.worker_id,
            worker.status,
            f"{worker.assigned_accounts} of {worker.max_accounts}",
            span(worker.uptime) if worker.pid else "–",
            str(worker.restart_count),
            ago(worker.last_heartbeat_at),
            worker.last_exit.text.message if worker.last_exit else "",
        ]
        for worker in workers
    ]
    titles = ["Worker", "State", "Accounts", "Up", "Restarts", "Heartbeat", "Last exit"]
    print_table(titles, rows, "There are no workers.")
    return 0


@command.command("show")
@common_options
@click.argument("worker_id")
@json_option
@with_client
async def show(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Show one worker."""
    return _print(await client.worker_status(worker_id), as_json)


@command.command("start")
@common_options
@click.argument("worker_id")
@json_option
@with_client
async def start(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Start a worker; one that runs stays as it is."""
    return _print(await client.start_worker(worker_id), as_json)


@command.command("stop")
@common_options
@click.argument("worker_id")
@click.option("--kill", is_flag=True, help="Do not let it finish.")
@click.option("--timeout", type=click.FloatRange(0, 600), default=30.0, show_default=True, help="Seconds to finish.")
@json_option
@with_client
async def stop(client: MasterClient, worker_id: str, kill: bool, timeout: float, as_json: bool) -> int:
    """Stop a worker; its accounts go to the others."""
    return _print(await client.stop_worker(worker_id, not kill, round(timeout * 1000)), as_json)


@command.command("restart")
@common_options
@click.argument("worker_id")
@click.option("--kill", is_flag=True, help="Do not let it finish.")
@click.option("--timeout", type=click.FloatRange(0, 600), default=30.0, show_default=True, help="Seconds to finish.")
@json_option
@with_client
async def restart(client: MasterClient, worker_id: str, kill: bool, timeout: float, as_json: bool) -> int:
    """Stop a worker and start it again."""
    return _print(await client.restart_worker(worker_id, not kill, round(timeout * 1000)), as_json)


@command.command("logs")
@common_options
@click.argument("worker_id")
@click.option("--tail", type=click.IntRange(1, 500), default=100, show_default=True, help="The last so many lines.")
@click.option("--stream", type=click.Choice(["stdout", "stderr"]), help="What the process itself printed.")
@click.option("--level", type=click.Choice(LEVELS), help="This level and the worse ones.")
@click.option("--search", "q", help="Only lines that hold this text.")
@json_option
@with_client
async def logs(
    client: MasterClient,
    worker_id: str,
    tail: int,
    stream: str | None,
    level: str | None,
    q: str | None,
    as_json: bool,
) -> int:
    """Read a worker's log, also when it is stopped."""
    records = await client.worker_logs(worker_id, tail=tail, stream=stream, level=level, q=q)
    if as_json:
        print_json(records)
        return 0
    for record in records:
        print(f"{clock(record.at)} {record.level:<7} {one_line(record.message)}")
    return 0


@command.command("events")
@common_options
@click.argument("worker_id")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="The last so many.")
@json_option
@with_client
async def events(client: MasterClient, worker_id: str, limit: int, as_json: bool) -> int:
    """Show what happened to a worker, newest first; also to a deleted one."""
    page = await client.worker_events(worker_id, limit)
    if as_json:
        print_json(page.rows)
        return 0
    rows = [[clock(event.at), event.kind, one_line(event.text.message)] for event in page.rows]
    print_table(["When", "Kind", "What"], rows, "Nothing happened to it yet.")
    return 0


def _print(worker: Worker, as_json: bool) -> int:
    if as_json:
        print_json(worker)
        return 0
    print_fields(
        [
            ("Worker", worker.worker_id),
            ("Name", worker.name),
            ("State", worker.status),
            ("Process", str(worker.pid or "–")),
            ("Accounts", f"{worker.assigned_accounts} of {worker.max_accounts}"),
            ("Up", span(worker.uptime) if worker.pid else "–"),
            ("CPU", f"{worker.cpu_usage:.1f} %" if worker.cpu_usage is not None else "–"),
            ("Memory", f"{worker.memory_usage_mb:.0f} MB" if worker.memory_usage_mb is not None else "–"),
            ("Heartbeat", ago(worker.last_heartbeat_at)),
            ("Restarts", str(worker.restart_count)),
            ("Last exit", worker.last_exit.text.message if worker.last_exit else "–"),
        ]
    )
    return 0
