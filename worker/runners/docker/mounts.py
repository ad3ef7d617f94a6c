"""Folders of this machine that a container may see: below what the settings allow, wherever links lead."""

import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec

from worker.sdk.runner import JobReason, RunnerError, Text, text

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """One folder or file; ``source`` is where it really is."""

    source: Path
    target: str
    read_only: bool

    def document(self) -> dict[str, Any]:
        """Return it as the container service wants it."""
        return {"Type": "bind", "Source": str(self.source), "Target": self.target, "ReadOnly": self.read_only}


def read_mounts(typed: list[str], allowed: list[str]) -> list[Mount]:
    """Read ``host:container[:ro]``. Raises ``RunnerError`` on field ``mounts``; looks at the disk."""
    folders = [Path(folder).resolve() for folder in allowed if Path(folder).is_absolute()]
    return [_read(one, folders) for one in typed if one.strip()]


def _read(typed: str, allowed: list[Path]) -> Mount:
    rest, mode = typed.strip(), "rw"
    if rest.endswith((":ro", ":rw")):
        rest, _, mode = rest.rpartition(":")
    host, _, target = rest.rpartition(":")
    inside = PurePosixPath(target)
    if (
        not host
        or "\x00" in typed
        # What is left of a drive is no folder of its own; a colon in a folder's name could hide a third part.
        or ":" in (host[2:] if _DRIVE.match(host) else host)
        or not Path(host).is_absolute()
        or not inside.is_absolute()
        or ".." in inside.parts
        or len(inside.parts) < 2
    ):
        raise _refused(JobReason.BAD_SPEC, text("docker_mount_wrong", mount=typed))
    try:
        source = Path(host).resolve()
        there = source.exists()
    except (OSError, RuntimeError) as error:
        # RuntimeError: links that lead in a circle.
        raise _refused(JobReason.BAD_SPEC, text("docker_mount_missing", path=host)) from error
    # Asked first: what is there elsewhere is not told.
    if not any(source == folder or folder in source.parents for folder in allowed):
        raise _refused(JobReason.NOT_ALLOWED, text("docker_mount_not_allowed", path=host))
    if not there:
        raise _refused(JobReason.BAD_SPEC, text("docker_mount_missing", path=host))
    return Mount(source=source, target=str(inside), read_only=mode == "ro")


def _refused(reason: JobReason, words: Text) -> RunnerError:
    return RunnerError(reason, words, {"mounts": words})
