"""``watchkeeper jobs run`` and ``jobs output``: what a job prints, where a command would print it."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from master.api.client import MasterClient
from master.api.schema import Job, JobCreate
from master.cli.connection import with_client
from master.cli.job_follows import Follower, Interrupts, Reach, Stream, say, tell_end
from master.cli.job_specs import JobOptions, job_options
from master.cli.job_tables import SIGNALS, exit_status, has_ended, print_job
from master.cli.nouns import JOB
from master.cli.options import common_options, current
from master.cli.output import json_option, leave_pipes, print_json

SIGPIPE = 13


@click.command("run", context_settings={"allow_interspersed_args": False})
@common_options
@job_options
@click.option("--shell", is_flag=True, help="Let a shell read COMMAND; the arguments are then $1, $2 …")
@click.option("--detach", is_flag=True, help="Do not wait for it: print the job and leave.")
@click.argument("arguments", metavar="-- COMMAND [ARGS]...", nargs=-1, required=True, type=click.UNPROCESSED)
@json_option
@with_client
async def run(
    client: MasterClient,
    options: JobOptions,
    shell: bool,
    detach: bool,
    arguments: tuple[str, ...],
    as_json: bool,
) -> int:
    """Run a command as a job: follow what it prints, and exit as it does.

    Exits with its code, 128 + its signal, or 1 when it could not be started. Ctrl-C cancels it, a second one kills
    it. It goes on when this program is ended otherwise.
    """
    if as_json and not detach:
        raise click.UsageError("--json needs --detach: what a job prints is no JSON.")
    spec: dict[str, object] = {"command": arguments[0], "args": list(arguments[1:])}
    spec |= {"shell": True} if shell else {}
    body = JobCreate(**options.template("command", spec))
    if detach:
        return print_job(await client.create_job(body), as_json)
    interrupts = Interrupts()
    # From here on: none is submitted and then forgotten.
    with interrupts.counted():
        return await _run(client, body, interrupts)


async def _run(client: MasterClient, body: JobCreate, interrupts: Interrupts) -> int:
    job = await client.create_job(body)
    if sys.stderr is not None and sys.stderr.isatty():
        say(f"job {job.id}")
    reach = Reach(current(click.get_current_context()), client)
    try:
        job = await Follower(reach, job.id, interrupts=interrupts).run()
    except BrokenPipeError:
        # A command at a shell would be ended by this.
        await reach.ask(lambda client: client.cancel_job(job.id))
        leave_pipes()
        return SIGNALS + SIGPIPE
    finally:
        await reach.close()
    tell_end(job)
    return exit_status(job)


@click.command("output")
@common_options
@click.argument("job_id", type=JOB)
@click.option("--follow", "-f", is_flag=True, help="Go on until it ends, and exit as it does.")
@click.option("--stream", type=click.Choice(["both", "stdout", "stderr"]), default="both", help="Only one of the two.")
@click.option("--attempt", type=click.IntRange(min=1), help="Of which run; without it, of the last one.")
@json_option
@with_client
async def output(
    client: MasterClient, job_id: str, follow: bool, stream: str, attempt: int | None, as_json: bool
) -> int:
    """Print what a job printed, each stream where it belongs, byte for byte; with --json as texts."""
    if as_json and follow:
        raise click.UsageError("--json says what is there now; leave --follow out.")
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    if stream != "both":
        streams = ("stdout",) if stream == "stdout" else ("stderr",)
    job = await client.job(job_id)
    if as_json:
        print_json(await _texts(client, job, streams, attempt or max(job.attempts, 1)))
        return 0
    reach = Reach(current(click.get_current_context()), client)
    follower = Follower(reach, job_id, streams)
    first = attempt or max(job.attempts, 1)
    try:
        if not follow or (attempt is not None and attempt < job.attempts) or has_ended(job):
            await follower.print_now(first)
            return exit_status(job) if follow and has_ended(job) else 0
        return exit_status(await follower.run(first))
    except BrokenPipeError:
        leave_pipes()
        return SIGNALS + SIGPIPE
    finally:
        await reach.close()


async def _texts(client: MasterClient, job: Job, streams: Sequence[Stream], attempt: int) -> dict[str, Any]:
    """Return what a run printed so far, as text, and whether that is all there will be."""
    found: dict[str, Any] = {"job_id": job.id, "attempt": attempt, "complete": True, "skipped_bytes": 0}
    for stream in streams:
        texts, offset = [], 0
        while True:
            piece = await client.job_output(job.id, stream, offset, attempt)
            texts.append(piece.text)
            found["skipped_bytes"] += piece.skipped
            offset = piece.next_offset
            if piece.complete or not piece.text:
                break
        found[stream] = "".join(texts)
        found["complete"] = found["complete"] and piece.complete
    return found
