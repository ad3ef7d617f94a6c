"""``watchkeeper jobs run`` and ``jobs output``: what a job prints, where a command would print it."""

import sys

import click

from master.api.client import MasterClient
from master.api.schema import JobCreate
from master.cli.connection import with_client
from master.cli.job_follows import Follower, Interrupts, Reach, Stream, leave_pipe, say, tell_end
from master.cli.job_specs import JobOptions, job_options
from master.cli.job_tables import SIGNALS, exit_status, has_ended, print_job
from master.cli.options import common_options, current
from master.cli.output import json_option

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
        leave_pipe()
        return SIGNALS + SIGPIPE
    finally:
        await reach.close()
    tell_end(job)
    return exit_status(job)


@click.command("output")
@common_options
@click.argument("job_id")
@click.option("--follow", "-f", is_flag=True, help="Go on until it ends, and exit as it does.")
@click.option("--stream", type=click.Choice(["both", "stdout", "stderr"]), default="both", help="Only one of the two.")
@click.option("--attempt", type=click.IntRange(min=1), help="Of which run; without it, of the last one.")
@with_client
async def output(client: MasterClient, job_id: str, follow: bool, stream: str, attempt: int | None) -> int:
    """Print what a job printed, each stream where it belongs, byte for byte."""
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    if stream != "both":
        streams = ("stdout",) if stream == "stdout" else ("stderr",)
    job = await client.job(job_id)
    reach = Reach(current(click.get_current_context()), client)
    follower = Follower(reach, job_id, streams)
    first = attempt or max(job.attempts, 1)
    try:
        if not follow or (attempt is not None and attempt < job.attempts) or has_ended(job):
            await follower.print_now(first)
            return exit_status(job) if follow and has_ended(job) else 0
        return exit_status(await follower.run(first))
    except BrokenPipeError:
        leave_pipe()
        return SIGNALS + SIGPIPE
    finally:
        await reach.close()
