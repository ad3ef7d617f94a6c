"""What clients see of a job, and its end in words."""

from typing import Final

from master.api.jobs import Job, JobTemplate
from master.store.jobs import JobRecord
from master.supervision.exit_codes import describe_exit
from master.supervision.time_limits import parse
from worker.protocol.job_messages import JobEnded
from worker.protocol.states import JobReason
from worker.protocol.texts import Text, text

Record = JobRecord[JobTemplate]

_OF_A_PROCESS: Final = frozenset({JobReason.SCRIPT_ERROR, JobReason.SIGNAL})
_MEGABYTE: Final = 1_048_576
FORCED: Final = "!"
"""Stands after the reason of a cancellation by force."""


def limit_seconds(template: JobTemplate) -> float | None:
    """Return its time limit in seconds, None when it has none. Raises ``TimeLimitError``."""
    return None if template.time_limit is None else parse(template.time_limit)


def row_of(record: Record, waiting: Text | None = None) -> Job:
    """Return the row of a job; ``waiting``: why it does not run yet."""
    template = record.template
    peak = record.peak_memory_bytes
    return Job(
        id=record.id,
        name=record.name,
        runner=record.runner,
        spec=template.spec,
        state=record.state,
        reason=record.reason,
        error=record.error,
        waiting=waiting,
        cancelling=bool(record.cancelling) and record.ended_at is None,
        exit_code=record.exit_code,
        pid=record.pid,
        worker_id=record.worker_id,
        wanted_worker_id=template.worker_id,
        worker_label=template.worker_label,
        time_limit_seconds=limit_seconds(template),
        cpus=template.cpus,
        memory_mb=template.memory_mb,
        exclusive=template.exclusive,
        priority=template.priority,
        env=template.env,
        working_directory=template.working_directory,
        credential_id=record.credential_id,
        retry=template.retry,
        submitted_at=record.submitted_at,
        not_before_at=record.not_before_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        attempts=record.attempts,
        resubmit_of=record.resubmit_of,
        schedule_id=record.schedule_id,
        peak_memory_mb=None if peak is None else round(peak / _MEGABYTE, 1),
        stdout_bytes=record.stdout_bytes,
        stderr_bytes=record.stderr_bytes,
        left_bytes=record.left_bytes,
        stragglers=record.stragglers,
        result=record.result,
        version=record.version,
    )


def exit_code_of(ended: JobEnded) -> str | None:
    """Return ``code:signal``, None where nothing ran or nobody knows."""
    if ended.code is None and ended.signal is None:
        return None
    return f"{ended.code or 0}:{ended.signal or 0}"


def words_of(ended: JobEnded, reason: JobReason) -> Text | None:
    """Return an end in words, None of a good one."""
    if reason is JobReason.OK:
        return None
    if ended.error is not None:
        return ended.error
    if reason in _OF_A_PROCESS and (ended.code is not None or ended.signal is not None):
        return describe_exit(ended.code, ended.signal)
    return end_words(reason)


def end_words(reason: JobReason) -> Text:
    """Return the plain words of a reason."""
    return text(f"job_end_{reason}")
