"""The keeper of a job on POSIX systems."""

import contextlib
import errno
import json
import os
import resource  # noqa: F401 (os.wait4 wants it, when the files of a package may be gone)
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from worker.shim.courses import Course
from worker.shim.environments import environment
from worker.shim.processes import ON_LINUX, created, now_ms
from worker.shim.records import CONTROL, FAULT, PROCESS, write_new
from worker.shim.sinks import Sink
from worker.shim.spools import Spool
from worker.shim.trees import Tree

assert sys.platform != "win32"

CHUNK: Final = 65_536
LONGEST_MS: Final = 60_000.0
GIVEN: Final = "stdin"
"""A FIFO: what the job is given comes through it straight from the worker."""
_RESET: Final = (*(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD),)
_FAILURES: Final = {
    errno.ENOENT: "not_found",
    errno.ENOTDIR: "not_found",
    errno.ENOEXEC: "not_found",  # neither a program nor a script that names its interpreter
    errno.EACCES: "permission",
    errno.EPERM: "permission",
}
PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36


class Started:
    """The first process of a job, or why there is none."""

    def __init__(self, pid: int, error: str = "", detail: str = "") -> None:
        self.pid = pid
        self.error = error
        self.detail = detail
        self.at = now_ms()


class Keeper:
    """Keeps one job, in the folder that is the working directory, until all of it has ended (POSIX)."""

    def __init__(self, job: dict[str, Any], feeds: bool, mask: int) -> None:
        """``feeds``: its worker gives it something on stdin; ``mask``: that of the files which it makes."""
        self._job = job
        self._feeds = feeds
        self._mask = mask
        self._spool = Spool(int(job["limit"]))
        self._pipes: dict[int, Sink] = {}
        self._control = self._given = -1
        self._wakeup = _pipe()
        self._pid = 0
        self._peak: int | None = None
        self._course: Course

    def run(self, answer: Callable[[dict[str, Any]], None]) -> None:
        """Start the process, say so, keep it."""
        try:
            self._prepare()
        except FileExistsError:
            answer({"error": "kept"})
            return
        except OSError as error:
            answer({"error": "folder", "detail": str(error)})
            return
        started = self._start()
        self._pid = started.pid
        limit, grace = self._job.get("time_limit"), float(self._job["grace"])
        self._course = Course(Tree(started.pid, self._reap), time.monotonic(), limit, grace)
        if not started.pid:
            self._record(started, "failed")
            answer({"keeper": os.getpid()})
            return
        self._tell(started)
        answer({"keeper": os.getpid()})
        _leave_terminal()
        while not self._turn():
            continue
        self._record(started, self._course.cause)

    # ------------------------------------------------------------ the start

    def _prepare(self) -> None:
        """Take the folder. Raises ``FileExistsError`` when somebody else has it, ``OSError`` when it cannot be used."""
        # First: whoever comes second finds it there, before anything of the first is touched.
        os.mkfifo(CONTROL, 0o600)
        if self._feeds:
            # Kept open for writing, too: the job waits for what it is given, instead of finding nothing there.
            os.mkfifo(GIVEN, 0o600)
            self._given = os.open(GIVEN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._control = os.open(CONTROL, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._spool.take(self._job["nonce"])
        _adopt_orphans()
        for end in self._wakeup:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakeup[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            # Whoever ends the session or the machine ends the job; its end is recorded as long as there is time.
            signal.signal(number, signal.SIG_IGN)

    def _start(self) -> Started:
        try:
            out, err, failed = _pipe(), _pipe(), _pipe()
            given = os.open(GIVEN if self._feeds else os.devnull, os.O_RDONLY | os.O_NONBLOCK)
            os.set_blocking(given, True)
            pid = os.fork()
        except OSError as error:
            return Started(0, "system", error.strerror or str(error))
        if pid == 0:
            self._become(given, out[1], err[1], failed[1])
        for end in (given, out[1], err[1], failed[1]):
            os.close(end)
        raw = b""
        while piece := os.read(failed[0], CHUNK):
            raw += piece
        os.close(failed[0])
        if raw:
            os.waitpid(pid, 0)
            said = json.loads(raw)
            return Started(0, said["error"], said["detail"])
        for end, name in ((out[0], "stdout"), (err[0], "stderr")):
            os.set_blocking(end, False)
            self._pipes[end] = self._spool.sinks[name]
        return Started(pid)

    def _become(self, given: int, out: int, err: int, failed: int) -> None:
        """Be the job's process, in the child of the fork; never returns."""
        what = "system"
        try:
            os.setsid()
            _die_with_parent()
            os.dup2(given, 0)
            os.dup2(out, 1)
            os.dup2(err, 2)
            for number in _RESET:
                signal.signal(number, signal.SIG_DFL)
            os.umask(self._mask)
            signal.set_wakeup_fd(-1)
            env = {**environment(), **self._job["env"]}
            what = "directory"
            os.chdir(self._job["directory"])
            what = ""
            arguments = self._job["arguments"]
            os.execvpe(arguments[0], arguments, env)  # noqa: S606 (no shell reads it)
        except OSError as error:
            what = what or _FAILURES.get(error.errno or 0, "system")
            os.write(failed, json.dumps({"error": what, "detail": error.strerror or str(error)}).encode())
        except (ValueError, UnicodeError) as error:
            os.write(failed, json.dumps({"error": "system", "detail": str(error)[:500]}).encode())
        finally:
            os._exit(127)

    def _tell(self, started: Started) -> None:
        try:
            document = {"pid": started.pid, "created": created(started.pid), "started_at": started.at}
            write_new(PROCESS, document, sync=False)
        except OSError:
            # The disk is full: it runs all the same, and its end is recorded.
            return

    # ------------------------------------------------------------ while it runs

    def _turn(self) -> bool:
        """Wait for whatever comes next and deal with it; True: all of it has ended."""
        poll = select.poll()
        for fd in (*self._pipes, self._control, self._wakeup[0]):
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll(self._timeout()):
            if fd == self._control:
                self._obey(_read(fd))
            elif fd == self._wakeup[0]:
                _read(fd)
            else:
                self._take(fd)
        self._reap()
        return self._course.turn(time.monotonic())

    def _timeout(self) -> float | None:
        due = self._course.due()
        # No longer than the system can wait.
        return None if due is None else min(max(0.0, (due - time.monotonic()) * 1000 + 1), LONGEST_MS)

    def _obey(self, raw: bytes) -> None:
        for line in raw.decode("ascii", "replace").splitlines():
            if line == "given":
                self._end_given()
            self._course.obey(line, time.monotonic())

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            self._peak = max(self._peak or 0, peak)
            if pid == self._pid and os.WIFSIGNALED(status):
                self._course.ended(None, os.WTERMSIG(status))
            elif pid == self._pid:
                self._course.ended(os.WEXITSTATUS(status), None)

    # ------------------------------------------------------------ what it prints and is given

    def _take(self, fd: int) -> None:
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        if data:
            self._pipes[fd].write(data)
        else:
            del self._pipes[fd]
            os.close(fd)

    def _end_given(self) -> None:
        """All was given: the job finds the end of its stdin."""
        if self._given >= 0:
            os.close(self._given)
            self._given = -1
            with contextlib.suppress(OSError):
                os.unlink(GIVEN)

    # ------------------------------------------------------------ the end

    def _record(self, started: Started, end: str) -> None:
        self._end_given()
        for fd, sink in self._pipes.items():
            _drain(fd, sink)
        words = {
            "end": end,
            "code": self._course.code,
            "signal": self._course.signal,
            "error": started.error,
            "detail": started.detail[:500],
            "started_at": started.at if started.pid else None,
            "peak_memory_bytes": self._peak,
            "stragglers": self._course.stragglers,
        }
        self._spool.close(words, started.at)


def _pipe() -> tuple[int, int]:
    """Return both ends of a pipe that no other program inherits."""
    return os.pipe()


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return b""


def _drain(fd: int, sink: Sink) -> None:
    """Keep what was printed before the end and is in the pipe still."""
    while True:
        try:
            data = os.read(fd, CHUNK)
        except OSError:
            return
        if not data:
            return
        sink.write(data)


def _adopt_orphans() -> None:
    """Have processes whose parent ended become children of this one (Linux)."""
    if ON_LINUX:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _die_with_parent() -> None:
    """Have the system kill this process when its keeper ends (Linux)."""
    if ON_LINUX:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _leave_terminal() -> None:
    """Let go of the pipes of whoever had this keeper made; faults of our own go to a file in the folder."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        faults = os.open(FAULT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        faults = os.dup(nowhere)  # the disk is full
    for target, source in ((0, nowhere), (1, nowhere), (2, faults)):
        os.dup2(source, target)
    os.close(nowhere)
    os.close(faults)
