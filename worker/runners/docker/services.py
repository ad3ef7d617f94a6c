"""The container service: found, asked whether it is there, and what it says when it refuses."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiodocker
import aiohttp
from aiodocker.containers import DockerContainer

from worker.sdk.runner import JobReason, RunnerError, Text, text

from .plans import FOLDER_LABEL, LABEL
from .sockets import is_there, places

ASK_SECONDS: Final = 60.0
"""For one answer; fetching an image and waiting for an end take as long as they take."""
FIRST_SECONDS: Final = 10.0
CONNECTION: Final = 900
"""Status that the library gives to an answer that never came."""
DETAIL: Final = 500
BROKEN: Final = (aiodocker.DockerError, aiohttp.ClientError, OSError, ValueError)
"""What a call may raise: refused, not reached (``TimeoutError`` is an ``OSError``), or no such service at all."""


async def connect(socket: str, env: Mapping[str, str]) -> aiodocker.Docker:
    """Return a client of the first service that answers; close it. Raises ``RunnerError`` when there is none."""
    tried = places(socket, env)
    found = [place for place in tried if is_there(place)]
    if not found:
        shown = ", ".join(place.removeprefix("unix://") for place in tried)
        raise _absent(text("docker_no_socket", places=shown), socket)
    faults = []
    for place in found:
        docker = aiodocker.Docker(url=place, timeout=aiohttp.ClientTimeout(total=None, sock_connect=FIRST_SECONDS))
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                await docker.version()
            return docker
        except BROKEN as error:
            await docker.close()
            faults.append(_unreachable(place, error))
        except BaseException:
            await docker.close()
            raise
    raise _absent(faults[0], socket)


async def remove_all(docker: aiodocker.Docker, label: str) -> None:
    """Remove every container of a run, running or not, with its own volumes. Raises what ``BROKEN`` names."""
    for container in await _list(docker, f"{LABEL}={label}"):
        await _remove(container)


async def remove_left(docker: aiodocker.Docker) -> None:
    """Remove the containers of runs that have ended: their own process was killed. Raises what ``BROKEN`` names."""
    for container in await _list(docker, LABEL):
        folder = (container["Labels"] or {}).get(FOLDER_LABEL, "")
        # Its keeper's record of the end. Of a run of another machine or profile nothing is known.
        if folder and (Path(folder) / "exit.json").exists():
            await _remove(container)


async def _list(docker: aiodocker.Docker, label: str) -> list[DockerContainer]:
    return await docker.containers.list(all=True, filters=json.dumps({"label": [label]}))


async def _remove(container: DockerContainer) -> None:
    try:
        await container.delete(force=True, v=True)
    except aiodocker.DockerError as error:
        # 404: gone meanwhile; 409: somebody removes it at this moment.
        if error.status not in (404, 409):
            raise


def detail_of(error: BaseException) -> str:
    """Return what the service said, in one line that is not too long."""
    said = error.message if isinstance(error, aiodocker.DockerError) else str(error)
    words = " ".join(str(said).split()) or type(error).__name__
    return words if len(words) <= DETAIL else f"{words[:DETAIL]}…"


def refused(error: BaseException) -> RunnerError:
    """Return what it means that the service made no container."""
    if isinstance(error, aiodocker.DockerError) and error.status == 400:
        return RunnerError(JobReason.BAD_SPEC, text("docker_refused", detail=detail_of(error)))
    if not isinstance(error, aiodocker.DockerError) or error.status == CONNECTION:
        return RunnerError(JobReason.UNAVAILABLE, text("docker_gone", detail=detail_of(error)))
    return RunnerError(JobReason.START_FAILED, text("docker_refused", detail=detail_of(error)))


def not_started(error: BaseException) -> RunnerError:
    """Return what it means that a container was made and did not start."""
    if not isinstance(error, aiodocker.DockerError) or error.status == CONNECTION:
        return refused(error)
    detail = detail_of(error)
    said = detail.lower()
    if "chdir" in said or "workdir" in said or "cwd" in said:
        reason = JobReason.BAD_DIRECTORY
    elif "executable file not found" in said or "no such file or directory" in said:
        reason = JobReason.BAD_COMMAND
    elif "permission denied" in said:
        reason = JobReason.PERMISSION
    else:
        reason = JobReason.START_FAILED
    return RunnerError(reason, text("docker_start_failed", detail=detail))


def _absent(words: Text, socket: str) -> RunnerError:
    return RunnerError(JobReason.UNAVAILABLE, words, {"socket": words} if socket else {})


def _unreachable(place: str, error: BaseException) -> Text:
    shown = place.removeprefix("unix://")
    cause = error.__context__
    if isinstance(error, PermissionError) or isinstance(getattr(cause, "os_error", None), PermissionError):
        return text("docker_no_permission", place=shown)
    reached = getattr(cause, "os_error", None)
    return text("docker_unreachable", place=shown, detail=detail_of(reached or error))
