"""A runner that does its work in Python, in a process of its own under a keeper: ``worker run-runner NAME FOLDER``."""

import asyncio
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from worker.protocol.job_folders import RESULT
from worker.protocol.job_messages import JobPolicy, RunJob
from worker.protocol.secret import Secret
from worker.protocol.states import JobReason
from worker.protocol.texts import text
from worker.runtime.job_ends import RESULT_BYTES, ResultRecord
from worker.runtime.job_folders import JobRecord, read_job
from worker.runtime.redactions import Redactor
from worker.runtime.registry import find_runners
from worker.runtime.runners import make, request_of
from worker.sdk.runner import FAILED, Execution, Outcome, Request, Runner, RunnerError

USAGE: Final = 2
CLEAN_SECONDS: Final = 3.0
SECRET_BYTES: Final = 16 * 1024 * 1024
_DESCRIPTORS: Final = {"stdout": 1, "stderr": 2}


class ProcessExecution(Execution):
    """What ``execute`` sees of this process."""

    def __init__(self, request: Request, secret: Secret, folder: Path) -> None:
        self.request = request
        self.secret = secret
        self.folder = folder
        self.stopping = asyncio.Event()

    def write(self, data: bytes, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        while data:
            data = data[os.write(_DESCRIPTORS[stream], data) :]


def run_runner(arguments: list[str]) -> int:
    """Run it; return the exit code. What it came to is written to ``result.json`` in the folder."""
    if len(arguments) != 2:
        print("usage: watchkeeper worker run-runner NAME FOLDER", file=sys.stderr)  # noqa: T201 (for the shell)
        return USAGE
    name, folder = arguments[0], Path(arguments[1])
    try:
        job = read_job(folder)
        if job is None:
            raise ValueError(f"there is none in {folder}")
        runner, request = _prepare(name, job)
        secret = _read_secret()
    except RunnerError as error:
        return _finish(folder, _failure(error), None)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        print(f"the job cannot be read: {error}", file=sys.stderr)  # noqa: T201 (for the shell)
        return USAGE
    with asyncio.Runner() as loop:
        outcome = loop.run(_execute(runner, ProcessExecution(request, secret, folder)))
    return _finish(folder, outcome, outcome.exit_code)


def _prepare(name: str, job: JobRecord) -> tuple[Runner, Request]:
    plugin = find_runners().get_runner(name)
    if plugin is None:
        raise RunnerError(JobReason.BAD_SPEC, text("runner_unknown", runner=name, known=""))
    command = RunJob(
        job_id=job.job_id,
        run=job.run,
        runner=job.runner,
        spec=job.spec,
        policy=msgspec.convert(job.policy, JobPolicy),
        working_directory=job.directory,
    )
    return make(plugin), request_of(plugin, command)


def _read_secret() -> Secret:
    """Return the secret on stdin, an empty one where there is none."""
    raw = sys.stdin.buffer.read(SECRET_BYTES)
    document: Any = json.loads(raw) if raw else {}
    if not isinstance(document, dict):
        raise ValueError("what came on stdin is no JSON object")  # noqa: TRY004 (a value, not a type of ours)
    return Secret(document)


async def _execute(runner: Runner, execution: ProcessExecution) -> Outcome:
    loop, redactor = asyncio.get_running_loop(), Redactor()
    redactor.hold(execution.secret.reveal())
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, lambda *_: loop.call_soon_threadsafe(execution.stopping.set))
    else:
        loop.add_signal_handler(signal.SIGTERM, execution.stopping.set)
    try:
        return await runner.execute(execution)
    except RunnerError as error:
        return _failure(error)
    except Exception as error:  # noqa: BLE001 (a named guard)
        # A plug-in's call: its fault is this run's end, and is told with its traceback.
        execution.write(redactor.redact(traceback.format_exc()).encode(), "stderr")
        words = text(
            "runner_failed", runner=runner.manifest.id, detail=redactor.redact(f"{type(error).__name__}: {error}")[:500]
        )
        return Outcome(success=False, error=words)
    finally:
        try:
            async with asyncio.timeout(CLEAN_SECONDS):
                await runner.clean_up(execution)
        except Exception:  # noqa: BLE001 (a named guard)
            # As above: what it leaves behind is told, and does not change how it ended.
            execution.write(redactor.redact(traceback.format_exc()).encode(), "stderr")


def _failure(error: RunnerError) -> Outcome:
    print(error.text.message, file=sys.stderr, flush=True)  # noqa: T201 (the job's own output)
    return Outcome(success=False, reason=error.reason, error=error.text)


def _finish(folder: Path, outcome: Outcome, code: int | None) -> int:
    record = ResultRecord(
        success=outcome.success, reason=outcome.reason, error=outcome.error, result=dict(outcome.result)
    )
    raw = msgspec.json.encode(record)
    if len(raw) > RESULT_BYTES:
        raw = msgspec.json.encode(msgspec.structs.replace(record, result={}))
    try:
        new = folder / f"{RESULT}.new"
        new.write_bytes(raw)
        new.replace(folder / RESULT)
    except OSError as error:
        print(f"what the runner found out cannot be written: {error}", file=sys.stderr)  # noqa: T201 (as above)
    if code is not None:
        return code
    return 0 if outcome.success else FAILED
