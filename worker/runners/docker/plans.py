"""What is to be run in a container, as it was typed and checked, and how the container service is told."""

import re
import shlex
from pathlib import Path
from typing import Any, Final

import msgspec

from worker.sdk.runner import JobReason, Request, RunnerError, Text, text

from .mounts import Mount, read_mounts
from .sockets import address

LABEL: Final = "watchkeeper.job"
FOLDER_LABEL: Final = "watchkeeper.folder"
"""On the containers of all runs: where the run's folder is."""
MADE: Final = "container"
"""File in the run's folder: while it is there, so may be a container."""
_PART: Final = r"[a-zA-Z0-9]+(?:[._-]+[a-zA-Z0-9]+)*"
_IMAGE: Final = re.compile(
    rf"{_PART}(?::[0-9]+(?=/))?(?:/{_PART})*(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?"
)
_VARIABLE: Final = re.compile(r"[^\x00-\x20=\x7f]+")
_MEGABYTE: Final = 1024 * 1024


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One container. ``command`` empty: what the image runs by itself."""

    image: str
    command: list[str]
    env: dict[str, str]
    mounts: list[Mount]
    memory_mb: float | None
    cpus: float | None
    network: str
    pull: str
    user: str
    workdir: str
    socket: str


def read_plan(request: Request) -> Plan:
    """Return what the request asks for. Raises ``RunnerError`` that names the wrong fields; looks at mounts."""
    spec = request.spec
    image = str(spec.get("image") or "").strip()
    command, command_fault = _command(spec.get("command") or "", spec.get("args") or [])
    workdir, user = str(spec.get("workdir") or "").strip(), str(spec.get("user") or "").strip()
    env: dict[str, str] = spec.get("env") or {}
    found = {
        "image": None if len(image) <= 255 and _IMAGE.fullmatch(image) else text("docker_image_wrong"),
        "command": command_fault,
        "env": _env_fault(env),
        "workdir": None if not workdir or workdir.startswith("/") else text("field_wrong", detail=workdir),
        "user": None if user.isprintable() else text("field_wrong", detail="?"),
    }
    faults = {name: fault for name, fault in found.items() if fault is not None}
    if faults:
        first = next(iter(faults.values()))
        raise RunnerError(JobReason.BAD_SPEC, first if len(faults) == 1 else text("invalid_fields"), faults)
    socket = str(spec.get("socket") or "").strip()
    return Plan(
        image=image,
        command=command,
        env=env,
        mounts=read_mounts(spec.get("mounts") or [], request.policy.mounts),
        memory_mb=spec.get("memory_mb"),
        cpus=spec.get("cpus"),
        network=spec.get("network") or "bridge",
        pull=spec.get("pull") or "missing",
        user=user,
        workdir=workdir,
        socket=address(socket) if socket else "",
    )


def label_of(folder: Path) -> str:
    """Return what marks the containers of a run: the name of its folder, of a later run that of its job before it."""
    return f"{folder.parent.name}/{folder.name}" if folder.name.startswith("run-") else folder.name


def configuration(plan: Plan, folder: Path, *, stdin: bool) -> dict[str, Any]:
    """Return the container as the service wants it. No secret is in it."""
    host: dict[str, Any] = {
        "NetworkMode": plan.network,
        "Mounts": [mount.document() for mount in plan.mounts],
        # What it prints is kept by us.
        "LogConfig": {"Type": "none"},
    }
    if plan.memory_mb is not None:
        # The same with swap: none of it.
        host["Memory"] = host["MemorySwap"] = int(plan.memory_mb * _MEGABYTE)
    if plan.cpus is not None:
        host["NanoCpus"] = int(plan.cpus * 1_000_000_000)
    document: dict[str, Any] = {
        "Image": plan.image,
        "Labels": {LABEL: label_of(folder), FOLDER_LABEL: str(folder)},
        "Env": [f"{name}={value}" for name, value in plan.env.items()],
        "AttachStdout": True,
        "AttachStderr": True,
        "AttachStdin": stdin,
        "OpenStdin": stdin,
        "StdinOnce": stdin,
        "HostConfig": host,
    }
    if plan.command:
        document["Cmd"] = plan.command
    if plan.user:
        document["User"] = plan.user
    if plan.workdir:
        document["WorkingDir"] = plan.workdir
    return document


def _command(typed: str, args: list[str]) -> tuple[list[str], Text | None]:
    try:
        words = [*shlex.split(typed), *args]
    except ValueError as error:
        return [], text("field_wrong", detail=str(error))
    return words, text("field_wrong", detail="NUL") if any("\x00" in word for word in words) else None


def _env_fault(env: dict[str, str]) -> Text | None:
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name) or "\x00" in value:
            return text("docker_name_wrong", name=name)
    return None
