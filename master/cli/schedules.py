"""``watchkeeper schedules``."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.schema import Job, Schedule, ScheduleCreate, SchedulePatch
from master.cli.connection import with_client
from master.cli.job_templates import changed_template, given, new_template, template_options
from master.cli.nouns import SCHEDULE
from master.cli.options import common_options
from master.cli.output import clock, json_option, one_line, print_fields, print_json, print_table

F = TypeVar("F", bound=Callable[..., Any])

MISFIRES: Final = ("skip", "once", "all")
OVERLAPS: Final = ("skip", "queue", "replace", "parallel")
REASONS: Final = ("failure", "success", "did_not_start", "ran_long", "did_not_run")
NOTHING: Final = "nothing"


@click.group()
@common_options
def command() -> None:
    """List, add, edit and run schedules: jobs by cron."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_schedules(client: MasterClient, as_json: bool) -> int:
    """List the schedules."""
    schedules = await client.schedules()
    if as_json:
        print_json(schedules)
        return 0
    rows = [
        [
            row.id,
            row.name,
            row.cron,
            row.time_zone,
            "on" if row.enabled else "off",
            _moment(row.next_at),
            _moment(row.last_at),
            row.last_state or "–",
        ]
        for row in schedules
    ]
    titles = ["Id", "Name", "Cron", "Time zone", "", "Next run", "Last run", "Its state"]
    empty = (
        'There are no schedules. Add one with `watchkeeper schedules add --name NAME --cron "0 2 * * *" -- COMMAND`.'
    )
    print_table(titles, rows, empty)
    return 0


@command.command("show")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@json_option
@with_client
async def show(client: MasterClient, schedule_id: str, as_json: bool) -> int:
    """Show one schedule."""
    return _print(await client.schedule(schedule_id), as_json)


@command.command("runs")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="The last so many.")
@json_option
@with_client
async def runs(client: MasterClient, schedule_id: str, limit: int, as_json: bool) -> int:
    """Show what became of a schedule's moments, newest first."""
    found = (await client.schedule_runs(schedule_id, limit)).rows
    if as_json:
        print_json(found)
        return 0
    rows = [
        [clock(run.planned_at), run.outcome, run.job_id or "–", run.text.message if run.text else ""] for run in found
    ]
    print_table(["Planned", "What became of it", "Job", "Why"], rows, "It was not due yet.")
    return 0


@command.command("preview")
@common_options
@click.argument("cron")
@click.option("--zone", "time_zone", help="Such as Europe/Berlin; without it that of the master's machine.")
@click.option("-n", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="So many runs.")
@json_option
@with_client
async def preview(client: MasterClient, cron: str, time_zone: str | None, count: int, as_json: bool) -> int:
    """Say what an expression means, and when it comes true next."""
    found = await client.preview_schedule(cron, time_zone, count)
    if as_json:
        print_json(found)
        return 0
    print(one_line(found.text.get("en", "")))
    for moment in found.next_at:
        print(clock(moment))
    if not found.next_at:
        print("It never comes true.")
    return 0


def _plan_options(command: F) -> F:
    options = [
        click.option("--zone", "time_zone", help="Such as Europe/Berlin; local: that of the master's machine."),
        click.option("--misfire", type=click.Choice(MISFIRES), help="Missed runs: none, one for all, or all; once."),
        click.option("--misfire-limit", type=click.IntRange(1, 100), help="Most that all makes up for; 10."),
        click.option("--misfire-age", "misfire_age_seconds", type=click.IntRange(min=0), help="Seconds; 86400."),
        click.option("--overlap", type=click.Choice(OVERLAPS), help="While the run before has not ended; skip."),
        click.option("--jitter", "jitter_seconds", type=click.IntRange(0, 3600), help="Up to so much later; 0."),
        click.option("--long", "long_seconds", type=click.IntRange(min=0), help="Seconds after which it is told."),
        click.option(
            "--notify",
            type=click.Choice([*REASONS, NOTHING]),
            multiple=True,
            help="What is told; may be repeated.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@command.command("add")
@common_options
@click.option("--name", required=True, help="How it and its jobs are called.")
@click.option("--cron", required=True, help='Five fields, or six with seconds first: "0 2 * * mon-fri".')
@_plan_options
@click.option("--disabled", is_flag=True, help="Do not let it run yet.")
@template_options
@json_option
@with_client
async def add(client: MasterClient, /, name: str, cron: str, disabled: bool, as_json: bool, **options: Any) -> int:
    """Add a schedule: `schedules add --name Backup --cron "0 2 * * *" -- backup.sh --all`."""
    said = given(options)
    template = new_template(await client.catalog(), said)
    body = ScheduleCreate(name=name, cron=cron, job=template, enabled=not disabled, **_plan(options))
    return _print(await client.create_schedule(body), as_json)


@command.command("edit")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@click.option("--name", help="How it and its jobs are called.")
@click.option("--cron", help="Five fields, or six with seconds first.")
@_plan_options
@click.option("--never-long", is_flag=True, help="Tell nothing of runs that take long.")
@template_options
@json_option
@with_client
async def edit(
    client: MasterClient,
    /,
    schedule_id: str,
    name: str | None,
    cron: str | None,
    never_long: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Change a schedule; what is not named stays."""
    said = given(options)
    before = await client.schedule(schedule_id)
    template = changed_template(await client.catalog(), said, before.job)
    changes: dict[str, Any] = _plan(options)
    if never_long:
        changes["long_seconds"] = None
    patch = SchedulePatch(
        name=UNSET if name is None else name,
        cron=UNSET if cron is None else cron,
        job=UNSET if template is None else template,
        version=before.version,
        **changes,
    )
    return _print(await client.patch_schedule(schedule_id, patch), as_json)


@command.command("remove")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, schedule_id: str, yes: bool, as_json: bool) -> int:
    """Remove a schedule and its history; its jobs stay."""
    schedule = await client.schedule(schedule_id)
    if not yes:
        click.confirm(f"Remove {schedule.name}?", abort=True, err=True)
    await client.delete_schedule(schedule_id)
    if as_json:
        print_json({"id": schedule_id})
    else:
        print(f"{schedule.name} is removed.")
    return 0


@command.command("run")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@json_option
@with_client
async def run(client: MasterClient, schedule_id: str, as_json: bool) -> int:
    """Run its job now, beside its plan."""
    job: Job = await client.run_schedule(schedule_id)
    if as_json:
        print_json(job)
    else:
        print(f"Job {job.id} ({one_line(job.name)}) is submitted.")
    return 0


@command.command("enable")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@json_option
@with_client
async def enable(client: MasterClient, schedule_id: str, as_json: bool) -> int:
    """Let a schedule run by its plan, from now on."""
    return _print(await client.enable_schedule(schedule_id), as_json)


@command.command("disable")
@common_options
@click.argument("schedule_id", type=SCHEDULE)
@json_option
@with_client
async def disable(client: MasterClient, schedule_id: str, as_json: bool) -> int:
    """Let a schedule rest."""
    return _print(await client.disable_schedule(schedule_id), as_json)


def _plan(options: dict[str, Any]) -> dict[str, Any]:
    """Return what was said of the plan."""
    values = {name: value for name, value in options.items() if value is not None and name != "notify"}
    if options["notify"]:
        values["notify"] = [one for one in options["notify"] if one != NOTHING]
    return values


def _moment(at: int | None) -> str:
    return "–" if at is None else clock(at)


def _print(row: Schedule, as_json: bool) -> int:
    if as_json:
        print_json(row)
        return 0
    spec = ", ".join(f"{name}={value}" for name, value in row.job.spec.items())
    age = f"at most {row.misfire_limit}, not older than {row.misfire_age_seconds} s"
    print_fields(
        [
            ("Schedule", row.id),
            ("Name", row.name),
            ("Cron", f"{row.cron} ({row.time_zone})"),
            ("In words", row.text.get("en", "–")),
            ("State", "on" if row.enabled else "off"),
            ("Next run", _moment(row.next_at)),
            ("Last run", f"{_moment(row.last_at)} {row.last_state or ''}".strip()),
            ("Last job", row.last_job_id or "–"),
            ("Runs", f"{row.job.runner}: {spec}"),
            ("Missed runs", f"{row.misfire} ({age})"),
            ("Overlap", row.overlap),
            ("Jitter", f"{row.jitter_seconds} s"),
            ("Long", f"{row.long_seconds} s" if row.long_seconds is not None else "–"),
            ("Told", ", ".join(row.notify) or "nothing"),
            ("Time limit", str(msgspec.to_builtins(row.job.time_limit)) if row.job.time_limit is not None else "–"),
        ]
    )
    return 0
