"""How a run ended, from what its keeper wrote."""

from pathlib import Path
from typing import Any, Final

import msgspec

from worker.protocol.codec import now_ms
from worker.protocol.job_folders import RESULT, ExitRecord
from worker.protocol.job_messages import JobEnded
from worker.protocol.states import JobReason
from worker.protocol.texts import Text, text

RESULT_BYTES: Final = 64 * 1024
_FAILED: Final = {
    "not_found": (JobReason.BAD_COMMAND, "job_command_not_found"),
    "permission": (JobReason.PERMISSION, "job_permission"),
    "directory": (JobReason.BAD_DIRECTORY, "job_directory_missing"),
}
_ENDED: Final = {
    "timeout": JobReason.TIMEOUT,
    "stopped": JobReason.CANCELLED,
    "killed": JobReason.KILLED,
}


class ResultRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a Python runner found out: the content of ``result.json``."""

    success: bool
    reason: JobReason = JobReason.SCRIPT_ERROR
    error: Text | None = None
    result: dict[str, Any] = {}


def ended_of(record: ExitRecord, result: ResultRecord | None, what: str, directory: str) -> JobEnded:
    """Return what the master is told; ``what``: the command, ``directory``: where it was to run."""
    reason, error = _reason(record, what, directory)
    if result is not None and record.end == "exited" and not result.success:
        reason, error = result.reason, result.error
    return JobEnded(
        at=record.ended_at,
        started_at=record.started_at,
        reason=reason,
        code=record.code,
        signal=record.signal,
        error=error,
        peak_memory_bytes=record.peak_memory_bytes,
        stdout_bytes=record.stdout_bytes,
        stderr_bytes=record.stderr_bytes,
        left_bytes=record.left_bytes,
        stragglers=record.stragglers,
        result=result.result if result is not None else None,
    )


def refused(reason: JobReason, error: Text | None) -> JobEnded:
    """Return the end of a run of which nothing ran."""
    return JobEnded(at=now_ms(), reason=reason, error=error)


def read_result(folder: Path) -> ResultRecord | None:
    """Return what a Python runner left, None where there is nothing that can be read. Blocks."""
    path = folder / RESULT
    try:
        raw = path.read_bytes()
        return msgspec.json.decode(raw, type=ResultRecord) if len(raw) <= RESULT_BYTES else None
    except (OSError, msgspec.MsgspecError):
        return None


def _reason(record: ExitRecord, what: str, directory: str) -> tuple[JobReason, Text | None]:
    if record.end == "failed":
        reason, code = _FAILED.get(record.error, (JobReason.START_FAILED, "job_start_failed"))
        if reason is JobReason.BAD_DIRECTORY:
            return reason, text(code, path=directory, detail=record.detail)
        if reason is JobReason.BAD_COMMAND and " " in what and not {"/", "\\"} & set(what):
            # A whole command line, as one types it into a shell.
            return reason, text("job_command_words", command=what)
        return reason, text(code, command=what, detail=record.detail)
    if record.end in _ENDED:
        return _ENDED[record.end], None
    if record.signal is not None:
        return JobReason.SIGNAL, None
    return (JobReason.OK if record.code == 0 else JobReason.SCRIPT_ERROR), None
