"""Writes the folder of a run: before its keeper is made, or to say that none ever will be."""

import contextlib
import json
import os
import uuid
from pathlib import Path
from typing import Final

import msgspec

from worker.protocol.codec import now_ms
from worker.protocol.job_folders import JOB, JOB_VARIABLE, KEEPER, KeeperRecord
from worker.protocol.job_messages import RunJob
from worker.sdk.runner import Command

GRACE_SECONDS: Final = 5.0
"""Between asking a job to end and killing it."""


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run, as its keeper and a Python runner read it. Secrets are not in it, nor their names."""

    job_id: str
    run: int
    runner: str
    spec: dict[str, object]
    policy: dict[str, object]
    arguments: list[str]
    env: dict[str, str]
    directory: str
    time_limit: float | None
    grace: float
    limit: int
    nonce: str
    written_at: int


def write_folder(folder: Path, job: RunJob, command: Command, arguments: list[str], directory: Path) -> None:
    """Make the folder of a run. Raises ``OSError``; ``FileExistsError`` when it was made before."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / JOB).exists():
        raise FileExistsError(folder / JOB)
    nonce = uuid.uuid4().hex
    for name, content in command.files.items():
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no plain file name")
        path = folder / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o700)
    record = JobRecord(
        job_id=job.job_id,
        run=job.run,
        runner=job.runner,
        spec=job.spec,
        policy=msgspec.to_builtins(job.policy),
        arguments=[_place(argument, folder, command) for argument in arguments],
        env={**job.env, **command.env, JOB_VARIABLE: f"{job.job_id}/{job.run}/{nonce}"},
        directory=str(directory),
        time_limit=job.time_limit_seconds,
        grace=GRACE_SECONDS,
        limit=job.output_limit_bytes,
        nonce=nonce,
        written_at=now_ms(),
    )
    with (folder / JOB).open("xb") as file:
        file.write(msgspec.json.encode(record))


def _place(argument: str, folder: Path, command: Command) -> str:
    """Return an argument that names one of the run's files as the path of that file."""
    name = argument.removeprefix("{folder}/")
    return str(folder / name) if name != argument and name in command.files else argument


def read_job(folder: Path) -> JobRecord | None:
    """Return what is to be run, None where a loss of power left nothing of it. Raises ``OSError``."""
    try:
        return msgspec.json.decode((folder / JOB).read_bytes(), type=JobRecord)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def abandon(folder: Path) -> bool:
    """Let this run never begin; False when it has begun, or somebody did so before. Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    nobody = KeeperRecord(pid=0, created="", boot_id="", nonce="", at=now_ms())
    temporary = folder / f"{KEEPER}.{uuid.uuid4().hex}"
    temporary.write_text(json.dumps(msgspec.to_builtins(nobody)), encoding="utf-8")
    try:
        if os.name == "posix":
            (folder / KEEPER).hardlink_to(temporary)
        else:
            temporary.rename(folder / KEEPER)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    return True
