"""``watchkeeper workers``."""

import time

import click

from master.api.client import MasterClient
from master.api.schema import Worker
from master.cli import worker_configs
from master.cli.connection import with_client
from master.cli.nouns import WORKER
from master.cli.options import LEVELS, common_options
from master.cli.output import (
    ago,
    clock,
    json_option,
    one_line,
    print_beats,
    print_fields,
    print_json,
    print_table,
    span,
)
from master.cli.progress import working


@click.group()
@common_options
def command() -> None:
    """Add, change, start and stop workers; read their logs and figures."""


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
@click.argument("worker_id", type=WORKER)
@json_option
@with_client
async def show(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Show one worker."""
    return _print(await client.worker_status(worker_id), as_json)


@command.command("health")
@common_options
@click.argument("worker_id", type=WORKER)
@json_option
@with_client
async def health(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Say what is well with a worker and what is not."""
    found = await client.worker_health(worker_id)
    if as_json:
        print_json(found)
        return 0
    print_fields([("Worker", found.worker_id), ("Health", found.status)])
    rows = [[name, "ok" if check.ok else "NOT OK", check.text.message] for name, check in found.checks.items()]
    print_table(["Check", "", "Found"], rows, "Nothing was checked.")
    return 0


@command.command("metrics")
@common_options
@click.argument("worker_id", type=WORKER)
@click.option("--hours", type=click.FloatRange(0, 192), default=1.0, show_default=True, help="So far back.")
@json_option
@with_client
async def metrics(client: MasterClient, worker_id: str, hours: float, as_json: bool) -> int:
    """Show a worker's figures over time, also of one deleted lately: 8 days are kept."""
    since = time.time_ns() // 1_000_000 - round(hours * 3_600_000)
    found = await client.worker_metrics(worker_id, since)
    if as_json:
        print_json(found)
        return 0
    rows = [
        [
            clock(point.at),
            _figure(point.cpu_percent),
            _figure(point.memory_mb),
            _figure(point.accounts),
            _figure(point.active_tasks),
            _figure(point.items),
            _figure(point.errors),
            _figure(point.round_trip_ms),
        ]
        for point in found.points
    ]
    titles = ["From", "CPU %", "MB", "Accounts", "Checks", "Items/min", "Errors/min", "Round trip ms"]
    print_table(titles, rows, "Nothing was measured in that time.")
    return 0


@command.command("overview")
@common_options
@json_option
@with_client
async def overview(client: MasterClient, as_json: bool) -> int:
    """Show the sums over all workers."""
    found = await client.worker_overview()
    if as_json:
        print_json(found)
        return 0
    states = ", ".join(f"{count} {state}" for state, count in found.states.items())
    print_fields(
        [
            ("Workers", f"{found.total} ({states})" if states else str(found.total)),
            ("Online", str(found.online)),
            ("Accounts", f"{found.assigned_accounts} of {found.capacity}"),
            ("CPU, mean", f"{_figure(found.cpu_average_percent)} %"),
            ("Memory", f"{found.memory_total_mb:.0f} MB"),
        ]
    )
    return 0


@command.command("start")
@common_options
@click.argument("worker_id", type=WORKER)
@json_option
@with_client
async def start(client: MasterClient, worker_id: str, as_json: bool) -> int:
    """Start a worker; one that runs stays as it is."""
    return _print(await client.start_worker(worker_id), as_json)


@command.command("stop")
@common_options
@click.argument("worker_id", type=WORKER)
@click.option("--kill", is_flag=True, help="Do not let it finish.")
@click.option("--timeout", type=click.FloatRange(0, 600), default=30.0, show_default=True, help="Seconds to finish.")
@json_option
@with_client
async def stop(client: MasterClient, worker_id: str, kill: bool, timeout: float, as_json: bool) -> int:
    """Stop a worker; its accounts go to the others."""
    async with working("Stopping", quiet=as_json):
        found = await client.stop_worker(worker_id, not kill, round(timeout * 1000))
    return _print(found, as_json)


@command.command("restart")
@common_options
@click.argument("worker_id", type=WORKER)
@click.option("--kill", is_flag=True, help="Do not let it finish.")
@click.option("--timeout", type=click.FloatRange(0, 600), default=30.0, show_default=True, help="Seconds to finish.")
@json_option
@with_client
async def restart(client: MasterClient, worker_id: str, kill: bool, timeout: float, as_json: bool) -> int:
    """Stop a worker and start it again."""
    async with working("Restarting", quiet=as_json):
        found = await client.restart_worker(worker_id, not kill, round(timeout * 1000))
    return _print(found, as_json)


@command.command("logs")
@common_options
@click.argument("worker_id", type=WORKER)
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
@click.argument("worker_id", type=WORKER)
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


@command.command("beats")
@common_options
@json_option
@with_client
async def beats(client: MasterClient, as_json: bool) -> int:
    """Show the last heartbeats of each worker as a bar, the newest last."""
    found = (await client.beats()).workers
    if as_json:
        print_json(found)
        return 0
    print_beats("Worker", {name: (name, row) for name, row in found.items()})
    return 0


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _print(worker: Worker, as_json: bool) -> int:
    if as_json:
        print_json(worker)
        return 0
    print_fields(
        [
            ("Worker", worker.worker_id),
            ("Name", worker.name),
            ("State", worker.status),
            *([("Why", worker.status_text.message)] if worker.status_text else []),
            ("Process", f"{worker.pid or '–'}{f' on {worker.host}' if worker.host else ''}"),
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


for one in worker_configs.COMMANDS:
    command.add_command(one)
