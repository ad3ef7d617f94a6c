"""``watchkeeper jobs``."""

import time
from typing import IO

import click

from master.api.client import MasterClient
from master.api.schema import JobCreate, JobPatch
from master.cli.connection import with_client
from master.cli.job_runs import output, run
from master.cli.job_specs import JobOptions, find_runner, job_options, parse_spec
from master.cli.job_tables import print_job, print_jobs, print_resources, print_stats
from master.cli.nouns import JOB, RUNNER, SCHEDULE
from master.cli.options import common_options
from master.cli.output import json_option, print_json
from worker.protocol.states import JobState

DAY_MS = 86_400_000
STATES = [state.value.lower() for state in JobState]


@click.group()
@common_options
def command() -> None:
    """Run jobs; list, show, cancel and repeat them; read what they print."""


command.add_command(run)
command.add_command(output)


@command.command("list")
@common_options
@click.option("--state", type=click.Choice(STATES, case_sensitive=False), help="Only those in this state.")
@click.option("--schedule", "schedule_id", type=SCHEDULE, help="Only those of a schedule.")
@click.option("--search", "q", help="Only those whose name or runner holds this text.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@click.option("--cursor", help="Go on where an answer with --json ended.")
@json_option
@with_client
async def list_jobs(
    client: MasterClient,
    state: str | None,
    schedule_id: str | None,
    q: str | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> int:
    """List jobs, the newest first."""
    wanted = None if state is None else JobState(state.upper())
    page = await client.jobs(wanted, schedule_id, q, limit, cursor)
    if as_json:
        print_json({"rows": page.rows, "next_cursor": page.next_cursor})
    else:
        print_jobs(page.rows)
    return 0


@command.command("show")
@common_options
@click.argument("job_id", type=JOB)
@json_option
@with_client
async def show(client: MasterClient, job_id: str, as_json: bool) -> int:
    """Show one job."""
    return print_job(await client.job(job_id), as_json)


@command.command("add")
@common_options
@click.option("--runner", type=RUNNER, required=True, help="command, script, http, docker, …")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A field of the runner; may be repeated.")
@click.option("--file", "files", multiple=True, metavar="NAME=PATH", help="A field whose text stands in a file.")
@click.option("--spec", "document", type=click.File(encoding="utf-8"), help="All fields as JSON; - for stdin.")
@json_option
@with_client
@job_options
async def add(
    client: MasterClient,
    runner: str,
    settings: tuple[str, ...],
    files: tuple[str, ...],
    document: IO[str] | None,
    options: JobOptions,
    as_json: bool,
) -> int:
    """Submit a job of any runner, and do not wait for it."""
    manifest = find_runner(await client.catalog(), runner)
    spec = parse_spec(manifest, settings, files, document)
    return print_job(await client.create_job(JobCreate(**options.template(runner, spec))), as_json)


@command.command("cancel")
@common_options
@click.argument("job_id", type=JOB)
@click.option("--force", is_flag=True, help="Kill it with all its processes at once.")
@json_option
@with_client
async def cancel(client: MasterClient, job_id: str, force: bool, as_json: bool) -> int:
    """Cancel a job: one that runs is asked to end, and killed when it does not. One that ended stays as it is."""
    return print_job(await client.cancel_job(job_id, force=force), as_json)


@command.command("resubmit")
@common_options
@click.argument("job_id", type=JOB)
@json_option
@with_client
async def resubmit(client: MasterClient, job_id: str, as_json: bool) -> int:
    """Submit the same once more; show the new job."""
    return print_job(await client.resubmit_job(job_id), as_json)


@command.command("remove")
@common_options
@click.argument("job_id", type=JOB)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, job_id: str, yes: bool, as_json: bool) -> int:
    """Remove a job that has ended, with all it printed."""
    job = await client.job(job_id)
    if not yes:
        click.confirm(f"Remove {job.name} and all it printed?", abort=True, err=True)
    await client.delete_job(job_id)
    if as_json:
        print_json({"id": job_id})
    else:
        print(f"{job.name} is removed.")
    return 0


@command.command("limit")
@common_options
@click.argument("job_id", type=JOB)
@click.argument("time_limit", metavar="LIMIT|none")
@json_option
@with_client
async def limit(client: MasterClient, job_id: str, time_limit: str, as_json: bool) -> int:
    """Set another time limit for a job that has not ended, counted from its start."""
    wanted = None if time_limit.lower() == "none" else time_limit
    return print_job(await client.patch_job(job_id, JobPatch(time_limit=wanted)), as_json)


@command.command("stats")
@common_options
@click.option("--days", type=click.FloatRange(min=0, max=3650), default=30, show_default=True, help="Of so many days.")
@click.option("--time-zone", default="local", show_default=True, help="Whose days, such as Europe/Berlin.")
@json_option
@with_client
async def stats(client: MasterClient, days: float, time_zone: str, as_json: bool) -> int:
    """Show how jobs went: ends, durations, failures by reason; per name, worker and day."""
    since = max(0, time.time_ns() // 1_000_000 - round(days * DAY_MS))
    found = await client.job_stats(since, time_zone)
    if as_json:
        print_json(found)
    else:
        print_stats(found)
    return 0


@command.command("resources")
@common_options
@json_option
@with_client
async def resources(client: MasterClient, as_json: bool) -> int:
    """Show the slots of all workers, and which jobs hold them."""
    found = await client.job_resources()
    if as_json:
        print_json(found)
    else:
        print_resources(found)
    return 0
