"""Runs of Python runners without a worker: what they print is kept, and they can be stopped."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from worker.protocol.job_messages import JobPolicy
from worker.protocol.secret import Secret
from worker.sdk.runner import Execution, Request, Runner
from worker.sdk.testing import read_manifest


class FakeExecution(Execution):
    """What ``execute`` gets; ``stdout`` and ``stderr`` hold what was printed."""

    def __init__(
        self, request: Request, folder: Path, secret: dict[str, Any] | None = None, stops_at_once: bool = False
    ) -> None:
        self.request = request
        self.secret = Secret(dict(secret or {}))
        self.folder = folder
        self.stopping = asyncio.Event()
        self.stdout = bytearray()
        self.stderr = bytearray()
        if stops_at_once:
            self.stopping.set()

    def write(self, data: bytes, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        assert isinstance(data, bytes)
        (self.stdout if stream == "stdout" else self.stderr).extend(data)

    @property
    def printed(self) -> str:
        """Both streams."""
        return (self.stdout + self.stderr).decode("utf-8", "replace")


def runner(name: str) -> Runner:
    """Return the runner of that name, as its folder has it."""
    package = f"worker.runners.{name}"
    made: Runner = import_module(f"{package}.runner").Runner(read_manifest(package))
    return made


def request(
    one: Runner, spec: dict[str, Any], mounts: list[str] | None = None, env: dict[str, str] | None = None
) -> Request:
    """Return a request with the defaults of the manifest."""
    defaults = {field.name: field.default for field in one.manifest.fields if field.default is not None}
    return Request(
        spec={**defaults, **spec},
        env=env or {},
        working_directory=Path.cwd(),
        policy=JobPolicy(mounts=mounts or []),
    )
