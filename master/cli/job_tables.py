"""Jobs for people: one, many, their ends in one line, slots and statistics."""

import time

from master.api.schema import Job, JobGroup, JobResources, JobStats
from master.cli.output import ago, clock, one_line, print_fields, print_json, print_table, span
from worker.protocol.states import JobState

SIGNALS = 128
"""Added to the number of a signal, as shells do."""
_FINAL = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)


def has_ended(job: Job) -> bool:
    """Whether it went as far as it ever will."""
    return job.state in _FINAL


def exit_status(job: Job) -> int:
    """Return the exit code of a shell for a job that has ended: its own, 128 + signal, or 1 where nothing ran."""
    if job.state is JobState.COMPLETED:
        return 0
    code, _, signal = (job.exit_code or "").partition(":")
    status = SIGNALS + int(signal) if signal not in ("", "0") else int(code or 0)
    # A time limit may meet a process that ends with 0: that is no success all the same.
    return status or 1


def print_job(job: Job, as_json: bool) -> int:
    """Print one job."""
    if as_json:
        print_json(job)
        return 0
    print_fields(
        [
            ("Job", job.id),
            ("Name", job.name),
            ("Runner", job.runner),
            ("State", "cancelling" if job.cancelling else job.state),
            ("Reason", job.reason or "–"),
            ("Why", why(job) or "–"),
            ("Exit code", job.exit_code or "–"),
            ("Worker", job.worker_id or job.wanted_worker_id or "–"),
            ("Process", str(job.pid or "–")),
            ("Submitted", clock(job.submitted_at)),
            ("Started", clock(job.started_at) if job.started_at else "–"),
            ("Ended", clock(job.ended_at) if job.ended_at else "–"),
            ("Took", took(job)),
            ("Time limit", span(job.time_limit_seconds) if job.time_limit_seconds else "–"),
            ("Runs", str(job.attempts)),
            ("Peak memory", f"{job.peak_memory_mb} MB" if job.peak_memory_mb else "–"),
            ("Printed", f"{job.stdout_bytes} + {job.stderr_bytes} bytes, {job.left_bytes} not kept"),
            ("Again of", job.resubmit_of or "–"),
            ("Schedule", job.schedule_id or "–"),
            ("Found out", ", ".join(f"{name} {value}" for name, value in (job.result or {}).items()) or "–"),
        ]
    )
    return 0


def print_jobs(jobs: list[Job]) -> None:
    """Print a table of jobs."""
    rows = [
        [
            job.id,
            job.name,
            job.runner,
            "cancelling" if job.cancelling else job.state,
            job.exit_code or "–",
            job.worker_id or "–",
            ago(job.submitted_at),
            took(job),
            why(job),
        ]
        for job in jobs
    ]
    titles = ["Id", "Name", "Runner", "State", "Exit", "Worker", "Submitted", "Took", "Why"]
    print_table(titles, rows, "There are no jobs. Run one with `watchkeeper jobs run -- command args…`.")


def why(job: Job) -> str:
    """Return why it waits or how it ended, "" where there is nothing to say."""
    words = job.waiting or job.error
    return one_line(words.message) if words is not None else ""


def took(job: Job) -> str:
    """Return how long it ran, up to now where it runs."""
    if job.started_at is None:
        return "–"
    until = job.ended_at if job.ended_at is not None else time.time_ns() // 1_000_000
    return milliseconds(until - job.started_at)


def milliseconds(value: int | None) -> str:
    """Return a span in ms, in one unit."""
    if value is None:
        return "–"
    return f"{max(0, value)} ms" if value < 1000 else span(value / 1000)


def print_stats(stats: JobStats) -> None:
    """Print how jobs went."""
    rate = "–" if stats.success_rate is None else f"{stats.success_rate * 100:.1f} %"
    durations = (stats.shortest_ms, stats.mean_ms, stats.longest_ms)
    print_fields(
        [
            ("Since", clock(stats.since)),
            (
                "Ended",
                f"{stats.total}: {stats.completed} completed, {stats.failed} failed, {stats.cancelled} cancelled",
            ),
            ("Success", rate),
            ("Now", f"{stats.running} running, {stats.pending} pending"),
            ("Took", " / ".join(map(milliseconds, durations)) + " (shortest, mean, longest)"),
            ("Waited", milliseconds(stats.mean_wait_ms)),
            ("Failures", ", ".join(f"{reason} {count}" for reason, count in stats.reasons.items()) or "–"),
        ]
    )
    for title, groups in (("Name", stats.by_name), ("Worker", stats.by_worker), ("Day", stats.by_day)):
        if groups:
            print()
            print_table([title, "Ended", "Completed", "Failed", "Cancelled", "Mean"], [_row(one) for one in groups], "")


def _row(group: JobGroup) -> list[str]:
    counts = (group.total, group.completed, group.failed, group.cancelled)
    return [group.key, *map(str, counts), milliseconds(group.mean_ms)]


def print_resources(resources: JobResources) -> None:
    """Print the slots of all workers and who holds them."""
    rows = [
        [
            one.worker_id,
            "online" if one.online else "offline",
            f"{one.used_cpus} of {one.cpus}",
            f"{one.used_memory_mb} of {one.memory_mb} MB" if one.memory_mb else f"{one.used_memory_mb} MB",
            "yes" if one.exclusive else "",
        ]
        for one in resources.workers
    ]
    print_table(["Worker", "State", "Slots", "Memory", "Exclusive"], rows, "There are no workers.")
    print()
    held = [
        [one.job_id, one.worker_id, str(one.cpus), str(one.memory_mb or "–"), one.state, ago(one.reserved_at)]
        for one in resources.reservations
    ]
    print_table(["Job", "Worker", "Slots", "MB", "State", "Since"], held, "No job holds a slot.")
    print(f"{resources.running} running, {resources.pending} pending")
