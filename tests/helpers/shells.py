"""Commands as a shell gives them, run by this very process: what they read, print and return, without a new Python."""

import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from master.cli.main import run
from tests.helpers.deadlines import wait_until


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def watchkeeper(*arguments: str, stdin: str = "") -> Done:
    """Run ``watchkeeper ARGUMENTS`` with its own three streams, none of which is a terminal.

    Not for commands that run on: ``serve``, ``stop``, what follows a job, what a signal shall end.
    """
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        mock.patch.multiple(sys, stdin=given, stdout=out, stderr=errors),
        mock.patch.dict(os.environ, {"COLUMNS": "80"}),
    ):
        try:
            code = run(arguments)
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    said = [stream.buffer.getvalue().decode() for stream in (out, errors)]
    return Done(code, *said)


def workers_online(profile: Path, count: int = 2) -> None:
    """Wait until the master of ``profile`` knows its platforms and ``count`` of its workers are there."""

    def ready() -> bool:
        platforms = watchkeeper("--profile", str(profile), "platforms", "list", "--json")
        overview = watchkeeper("--profile", str(profile), "workers", "overview", "--json")
        if platforms.returncode or overview.returncode:
            return False
        return bool(json.loads(platforms.stdout)) and json.loads(overview.stdout)["online"] >= count

    wait_until(ready, what="workers of the master")
