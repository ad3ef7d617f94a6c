"""What is left of a run: its output, and the record of its end, in the folder that is the working directory."""

import _thread
import os
from typing import Any, Final

from worker.shim.processes import boot_id, created, now_ms
from worker.shim.records import KEEPER, ExitFile, write_new
from worker.shim.sinks import Sink

STREAMS: Final = ("stdout", "stderr")
RETRY_SECONDS: Final = 1.0
RECORD_TRIES: Final = 3600


class Spool:
    """The files of one run; a keeper has it from :meth:`take` to :meth:`close`."""

    def __init__(self, limit: int) -> None:
        self.sinks = {name: Sink(name, limit) for name in STREAMS}
        self._exit = ExitFile()

    def take(self, nonce: str) -> None:
        """Take the folder. Raises ``FileExistsError`` when somebody else has it, ``OSError`` when it cannot be used."""
        if os.path.exists(KEEPER):
            raise FileExistsError
        self._exit.reserve()
        for sink in self.sinks.values():
            sink.open()
        pid = os.getpid()
        mine = {"pid": pid, "created": created(pid), "boot_id": boot_id(), "nonce": nonce, "at": now_ms()}
        if not write_new(KEEPER, mine, sync=True):
            raise FileExistsError

    def close(self, words: dict[str, Any], at: int) -> None:
        """Have the disk keep all of it; ``words`` say how it ended, ``at`` is the earliest that it can have."""
        for sink in self.sinks.values():
            sink.sync()
        out, err = self.sinks["stdout"], self.sinks["stderr"]
        document = {
            "code": None,
            "signal": None,
            "error": "",
            "detail": "",
            "started_at": None,
            "peak_memory_bytes": None,
            "stragglers": 0,
            **words,
            "ended_at": max(now_ms(), at),
            "stdout_bytes": out.total,
            "stderr_bytes": err.total,
            "left_bytes": out.total - out.kept + err.total - err.kept,
        }
        for _ in range(RECORD_TRIES):
            try:
                self._exit.write(document)
            except OSError:
                if os.name == "posix" and os.stat(".").st_nlink == 0:
                    return  # the folder was removed: nobody asks any more
                _wait(RETRY_SECONDS)  # a disk that failed may be back
            else:
                return


def _wait(seconds: float) -> None:
    # Built in: the files of a package may be gone when this is needed.
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire(timeout=seconds)
