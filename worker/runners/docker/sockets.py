"""Where the container service listens: what was typed, what the environment says, or the usual places."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from worker.sdk.runner import JobReason, RunnerError, text

SCHEMES: Final = ("unix://", "npipe://", "tcp://", "http://", "https://")
VARIABLES: Final = ("DOCKER_HOST", "CONTAINER_HOST")
WINDOWS_PIPES: Final = ("npipe:////./pipe/docker_engine", "npipe:////./pipe/podman-machine-default")


def address(typed: str) -> str:
    """Return what was typed as an address. Raises ``RunnerError`` on field ``socket``."""
    typed = typed.strip()
    if typed.startswith(SCHEMES) and len(typed) > len("https://") - 1 and typed.isprintable():
        return typed
    if Path(typed).is_absolute() and typed.isprintable():
        return f"unix://{typed}"
    words = text("docker_socket_wrong")
    raise RunnerError(JobReason.BAD_SPEC, words, {"socket": words})


def places(typed: str, env: Mapping[str, str]) -> list[str]:
    """Return the addresses to try, in order. What was typed, or else a variable, stands alone."""
    if typed.strip():
        return [address(typed)]
    for name in VARIABLES:
        value = env.get(name, "").strip()
        if value.startswith(SCHEMES):
            return [value]
    if sys.platform == "win32":
        return list(WINDOWS_PIPES)
    runtime = Path(env.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    home = Path(env.get("HOME") or Path.home())
    usual = (
        Path("/var/run/docker.sock"),
        Path("/run/podman/podman.sock"),
        runtime / "docker.sock",
        runtime / "podman/podman.sock",
        home / ".docker/run/docker.sock",
        home / ".docker/desktop/docker.sock",
        home / ".colima/default/docker.sock",
    )
    return [f"unix://{path}" for path in usual]


def is_there(place: str) -> bool:
    """Return whether something may listen there: of a path the disk tells."""
    if not place.startswith("unix://"):
        return True
    try:
        return stat.S_ISSOCK(Path(place.removeprefix("unix://")).stat().st_mode)
    except PermissionError:
        # It may be there: asking it tells.
        return True
    except OSError:
        return False
