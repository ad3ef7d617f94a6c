"""The keeper of a job on Windows: the job is a job object, which ends with its last handle, the keeper's.

Threads bring what happens into one queue: output, the end of the first process, commands by a named pipe. The rules of
the course are those of POSIX; asking is Ctrl-Break, killing is the end of the job object.
"""

import ctypes
import os
import queue
import subprocess  # noqa: TID251 (a keeper starts the process of its job)
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Listener
from typing import IO, Any, Final, Protocol

from worker.shim.courses import Course
from worker.shim.environments import environment, release_libraries
from worker.shim.processes import created, now_ms
from worker.shim.records import PROCESS, write_new
from worker.shim.spools import Spool

CHUNK: Final = 65_536
EXTENDED_LIMITS: Final = 9
ACCOUNTING: Final = 1
KILL_ON_JOB_CLOSE: Final = 0x2000
CREATE_SUSPENDED: Final = 0x0004
CREATE_NEW_PROCESS_GROUP: Final = 0x0200
CREATE_NO_WINDOW: Final = 0x08000000
CTRL_BREAK_EVENT: Final = 1
KILLED_CODE: Final = 1
_ERRORS: Final = {
    2: "not_found",
    3: "not_found",
    193: "not_found",
    5: "permission",
    740: "permission",
    267: "directory",
}
"""FILE_NOT_FOUND, PATH_NOT_FOUND, BAD_EXE_FORMAT; ACCESS_DENIED, ELEVATION_REQUIRED; DIRECTORY."""

Event = tuple[str, Any]


class Accounting(ctypes.Structure):
    """``JOBOBJECT_BASIC_ACCOUNTING_INFORMATION``."""

    _fields_ = (
        ("TotalUserTime", ctypes.c_int64),
        ("TotalKernelTime", ctypes.c_int64),
        ("ThisPeriodTotalUserTime", ctypes.c_int64),
        ("ThisPeriodTotalKernelTime", ctypes.c_int64),
        ("TotalPageFaultCount", ctypes.c_uint32),
        ("TotalProcesses", ctypes.c_uint32),
        ("ActiveProcesses", ctypes.c_uint32),
        ("TotalTerminatedProcesses", ctypes.c_uint32),
    )


class Limits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``, flattened; what is not looked at is room."""

    _fields_ = (
        ("Times", ctypes.c_int64 * 2),
        ("LimitFlags", ctypes.c_uint32),
        ("Sets", ctypes.c_size_t * 2),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("Classes", ctypes.c_uint32 * 2),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class System(Protocol):
    """What is used of Windows; handles are integers, 0 and None mean failure."""

    def make_job(self) -> int | None:
        """Return a new job object that ends all in it when its last handle is closed."""

    def adopt(self, job: int, process: int) -> bool:
        """Put a suspended process into it, and let it run."""

    def active(self, job: int) -> int:
        """Return how many processes are in it."""

    def peak(self, job: int) -> int | None:
        """Return the most memory that they had together, in bytes."""

    def end(self, job: int) -> None:
        """End all of them."""

    def interrupt(self, pid: int) -> None:
        """Send Ctrl-Break to a process and its group."""


class JobTree:
    """The processes of a job object."""

    def __init__(self, system: System, job: int, pid: int) -> None:
        self._system = system
        self._job = job
        self._pid = pid

    def ask(self) -> None:
        """Send Ctrl-Break."""
        self._system.interrupt(self._pid)

    def kill(self) -> None:
        """End the job object's processes."""
        self._system.end(self._job)

    def alive(self) -> bool:
        """Whether any is left."""
        return self.size() > 0

    def size(self) -> int:
        """Return how many are left."""
        return self._system.active(self._job)


class Keeper:
    """Keeps one job, in the folder that is the working directory, until all of it has ended (Windows)."""

    def __init__(self, job: dict[str, Any], stdin: bytes, system: System | None = None) -> None:
        self._job = job
        self._stdin = stdin
        self._system = system or native()
        self._spool = Spool(int(job["limit"]))
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._open = 2
        """Streams that may still bring something."""

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
        at = now_ms()
        job = self._system.make_job()
        try:
            if not job:
                raise OSError(0, "no job object can be made")
            process = self._start(job)
        except (OSError, ValueError) as error:
            kind = _ERRORS.get(getattr(error, "winerror", 0) or 0, "system")
            self._spool.close({"end": "failed", "error": kind, "detail": str(error)[:500]}, at)
            answer({"keeper": os.getpid()})
            return
        self._tell(process.pid, at)
        answer({"keeper": os.getpid()})
        course = self._keep(process, job)
        words = {
            "end": course.cause,
            "code": course.code,
            "started_at": at,
            "peak_memory_bytes": self._system.peak(job),
            "stragglers": course.stragglers,
        }
        self._spool.close(words, at)

    def _prepare(self) -> None:
        self._spool.take(self._job["nonce"])
        _thread(self._listen)

    def _start(self, job: int) -> "subprocess.Popen[bytes]":
        release_libraries()
        process = subprocess.Popen(  # noqa: S603 (no shell reads it)
            self._job["arguments"],
            stdin=subprocess.PIPE if self._stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._job["directory"],
            env={**environment(), **self._job["env"]},
            creationflags=CREATE_SUSPENDED | CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW,
        )
        if not self._system.adopt(job, int(process._handle)):  # type: ignore[attr-defined] # Windows alone has it
            process.kill()
            raise OSError(0, "the process cannot be put into its job object")
        for stream, name in ((process.stdout, "stdout"), (process.stderr, "stderr")):
            assert stream is not None
            _thread(self._read, stream, name)
        if process.stdin is not None:
            _thread(self._feed, process.stdin)
        _thread(lambda: self._events.put(("ended", process.wait())))
        return process

    def _tell(self, pid: int, at: int) -> None:
        try:
            write_new(PROCESS, {"pid": pid, "created": created(pid), "started_at": at}, sync=False)
        except OSError:
            return  # the disk is full: it runs all the same, and its end is recorded

    # ------------------------------------------------------------ while it runs

    def _keep(self, process: "subprocess.Popen[bytes]", job: int) -> Course:
        tree = JobTree(self._system, job, process.pid)
        limit, grace = self._job.get("time_limit"), float(self._job["grace"])
        course = Course(tree, time.monotonic(), limit, grace)
        while not course.turn(time.monotonic()):
            due = course.due()
            # Nothing tells of the end of what it left behind: it is looked at.
            wait = 0.1 if course.over else None if due is None else min(max(0.0, due - time.monotonic()), 60.0)
            self._take(course, wait)
        deadline = time.monotonic() + 1.0
        while self._open and time.monotonic() < deadline:
            self._take(course, 0.1)
        return course

    def _take(self, course: Course, wait: float | None) -> None:
        try:
            name, value = self._events.get(timeout=wait)
        except queue.Empty:
            return
        if name == "ended":
            course.ended(value, None)
        elif name == "command":
            course.obey(value, time.monotonic())
        elif value:
            self._spool.sinks[name].write(value)
        else:
            self._open -= 1

    def _read(self, stream: IO[bytes], name: str) -> None:
        while data := os.read(stream.fileno(), CHUNK):
            self._events.put((name, data))
        self._events.put((name, b""))

    def _feed(self, stream: IO[bytes]) -> None:
        try:
            stream.write(self._stdin)
            stream.close()
        except OSError:
            return  # it does not read any more
        finally:
            self._stdin = b""

    def _listen(self) -> None:
        with Listener(_pipe_name(self._job["nonce"]), "AF_PIPE", authkey=self._job["nonce"].encode()) as listener:
            while True:
                try:
                    with listener.accept() as caller:
                        self._events.put(("command", caller.recv_bytes(1024).decode("ascii", "replace")))
                except (OSError, EOFError):
                    continue  # whoever called went away


def tell(nonce: str, line: str) -> bool:
    """Send a command to the keeper with this nonce; False when there is none."""
    try:
        with Client(_pipe_name(nonce), "AF_PIPE", authkey=nonce.encode()) as connection:
            connection.send_bytes(line.encode("ascii"))
    except OSError:
        return False
    return True


def _pipe_name(nonce: str) -> str:
    return rf"\\.\pipe\watchkeeper-{nonce}"


def _thread(target: Callable[..., object], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


if sys.platform == "win32":
    from ctypes import wintypes

    class Native:
        """:class:`System` by ``kernel32`` and ``ntdll``."""

        def __init__(self) -> None:
            dll = ctypes.WinDLL("kernel32", use_last_error=True)
            dll.CreateJobObjectW.restype = wintypes.HANDLE
            dll.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
            dll.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
            dll.QueryInformationJobObject.argtypes = (
                *(wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD, wintypes.LPVOID),
            )
            dll.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
            dll.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
            self._kernel32 = dll
            self._ntdll = ctypes.WinDLL("ntdll")
            self._ntdll.NtResumeProcess.argtypes = (wintypes.HANDLE,)

        def make_job(self) -> int | None:
            job = self._kernel32.CreateJobObjectW(None, None)
            limits = Limits(LimitFlags=KILL_ON_JOB_CLOSE)
            pointer, size = ctypes.byref(limits), ctypes.sizeof(limits)
            return job if job and self._kernel32.SetInformationJobObject(job, EXTENDED_LIMITS, pointer, size) else None

        def adopt(self, job: int, process: int) -> bool:
            if not self._kernel32.AssignProcessToJobObject(job, process):
                return False
            return bool(self._ntdll.NtResumeProcess(process) == 0)

        def active(self, job: int) -> int:
            counts = Accounting()
            size = ctypes.sizeof(counts)
            if not self._kernel32.QueryInformationJobObject(job, ACCOUNTING, ctypes.byref(counts), size, None):
                return 0
            return int(counts.ActiveProcesses)

        def peak(self, job: int) -> int | None:
            limits = Limits()
            size = ctypes.sizeof(limits)
            if not self._kernel32.QueryInformationJobObject(job, EXTENDED_LIMITS, ctypes.byref(limits), size, None):
                return None
            return int(limits.PeakJobMemoryUsed)

        def end(self, job: int) -> None:
            self._kernel32.TerminateJobObject(job, KILLED_CODE)

        def interrupt(self, pid: int) -> None:
            # Its console is its own: only who is attached to it may send anything there.
            self._kernel32.FreeConsole()
            if self._kernel32.AttachConsole(pid):
                self._kernel32.GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, pid)
                self._kernel32.FreeConsole()

    def native() -> System:
        """Return this system."""
        return Native()

else:

    def native() -> System:
        """There is none here."""
        raise OSError("this is no Windows")
