"""``watchkeeper overview``."""

import click

from master.api.client import MasterClient
from master.api.overviews import Latency, Overview, OverviewQuery
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import ago, clock, json_option, one_line, print_fields, print_json, print_table
from worker.protocol.codec import now_ms

HOUR_MS = 3_600_000


@click.command()
@click.option("--hours", type=click.IntRange(1, 168), default=24, show_default=True, help="Of checks and latencies.")
@click.option("--tz", default="UTC", show_default=True, help="Time zone of the day, such as Europe/Berlin.")
@common_options
@json_option
@with_client
async def command(client: MasterClient, hours: int, tz: str, as_json: bool) -> int:
    """Show how all goes: checks, what was found, jobs, schedules, backups."""
    found = await client.overview(OverviewQuery(since=now_ms() - hours * HOUR_MS, tz=tz))
    if as_json:
        print_json(found)
        return 0
    print_fields(
        [
            ("Checks", f"{found.check.measured} in {hours} h, {_latency(found.check)}"),
            ("Found to shown", _latency(found.shown)),
            ("Found today", f"{found.found_today} (the day before, by this time: {found.found_before})"),
            ("Jobs", f"{found.running_total} running, {found.waiting} waiting, {found.failed_total} failed"),
            ("Last backup", _backup(found)),
        ]
    )
    rows = [[job.id, one_line(job.name), ago(job.ended_at), one_line(_why(job.error))] for job in found.failed]
    if rows:
        print_table(["Failed job", "Name", "Ended", "Why"], rows, "")
    missed = [[one.schedule_id, clock(one.planned_at), one.outcome, one_line(_why(one.text))] for one in found.missed]
    if missed:
        print_table(["Schedule", "Was due", "Outcome", "Why"], missed, "")
    return 0


def _latency(latency: Latency) -> str:
    if latency.p50_ms is None or latency.p95_ms is None:
        return "nothing measured"
    return f"half within {latency.p50_ms:.0f} ms, 95 % within {latency.p95_ms:.0f} ms"


def _backup(found: Overview) -> str:
    backup = found.backup
    last = f"{ago(backup.last_good_at)} ago" if backup.last_good_at is not None else "none yet"
    return f"{last}; {backup.problem.message}" if backup.problem is not None else last


def _why(text: object) -> str:
    return str(getattr(text, "message", "") or "")
