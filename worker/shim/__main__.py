"""Keeper of one job: starts it, keeps what it prints, ends it when told or when its time is over, records how it ended.

Standard library only, and nothing of ours but this folder: it outlives the worker and the master that had it started.
What it reads and writes is described in ``worker/protocol/job_folders.py``.

``serve`` reads one request a line on stdin, ``{"folder": …, "gives": true or false}``, and makes a keeper for each by
a fork; ``once`` keeps the job of one request itself, where there is no fork, and gets the job's stdin along with it.
Each is answered by one line on stdout, ``{"folder": …, "keeper": pid}`` once the process of the job runs, or
``{"folder": …, "error": …}``. Commands come to a keeper as lines: ``stop``, ``kill``, ``limit`` with seconds or
``none``, and ``given`` when all was written to the job's stdin (by a FIFO; on Windows by a named pipe).
"""

import json
import os
import signal
import sys
from typing import Any

if sys.platform == "win32":
    from worker.shim.windows import CHUNK, Keeper
else:
    from worker.shim.keepers import CHUNK, Keeper
from worker.shim.records import JOB


def once() -> int:
    """Keep the job of one request."""
    with open(0, "rb", closefd=False) as given:
        line = given.readline()
    return _keep(line)


def _keep(line: bytes) -> int:
    """Be the keeper of one job, until its end; return the exit code."""
    request: dict[str, Any] = json.loads(line)
    folder = request["folder"]

    def answer(words: dict[str, Any]) -> None:
        try:
            os.write(1, json.dumps({"folder": folder, **words}).encode() + b"\n")
        except OSError:
            return  # whoever asked is gone; the job goes on

    if sys.platform != "win32":
        if os.getpid() != os.getsid(0):
            os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    mask = os.umask(0o077)
    try:
        os.chdir(folder)
        with open(JOB, encoding="utf-8") as file:
            job = json.load(file)
    except (OSError, ValueError) as error:
        answer({"error": "folder", "detail": str(error)})
        return 1
    if sys.platform == "win32":
        keeper = Keeper(job, (request.get("stdin") or "").encode())
    else:
        keeper = Keeper(job, bool(request.get("gives")), mask)
    keeper.run(answer)
    return 0


if sys.platform == "win32":

    def serve() -> int:
        """There is no fork here."""
        return 2

else:

    def serve() -> int:
        """Make a keeper for every request; end with stdin. The keepers live on."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        import ctypes

        ctypes.CDLL(None)  # once, for all that are forked from here
        rest = b""
        while data := os.read(0, CHUNK):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                try:
                    child = os.fork()
                except OSError as error:
                    refusal = {"folder": json.loads(line)["folder"], "error": "busy", "detail": str(error)}
                    os.write(1, json.dumps(refusal).encode() + b"\n")
                    continue
                if child == 0:
                    # A fault goes past this, to stderr and the end of the process.
                    os._exit(_keep(line))
        return 0


def main(arguments: list[str]) -> int:
    """``serve`` or ``once``."""
    return serve() if arguments[:1] == ["serve"] else once()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
