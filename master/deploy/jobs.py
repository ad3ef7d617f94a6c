"""Local workers end with the master, and with them what they started, however the master ends.

On POSIX systems a worker leads a session of its own and ties itself to the master (``worker/runtime/lifelines.py``). On
Windows each is put into a job object that ends its processes when the last handle to it, the master's, is closed.
"""

import ctypes
import logging
import sys
from ctypes import wintypes
from typing import Final, Protocol

logger = logging.getLogger(__name__)

EXTENDED_LIMITS: Final = 9
BREAKAWAY_OK: Final = 0x0800
KILL_ON_JOB_CLOSE: Final = 0x2000
PROCESS_TERMINATE: Final = 0x0001
PROCESS_SET_QUOTA: Final = 0x0100


class Job(Protocol):
    """Holds processes that are to end with this one."""

    def adopt(self, pid: int) -> bool:
        """Take a process in, before it starts others. False: refused (it is logged), or no such thing here."""


class SessionJob:
    """Nothing to hold: the worker's own session and lifelines do it."""

    def adopt(self, pid: int) -> bool:
        """Return False: there is nothing to do."""
        return False


class Kernel32(Protocol):
    """What is used of Windows' ``kernel32``; handles are integers, 0 and None mean failure."""

    def CreateJobObjectW(self, attributes: None, name: None) -> int | None:  # noqa: N802 (Windows' names)
        """Make a job object."""

    def SetInformationJobObject(self, job: int, kind: int, limits: object, size: int) -> int:  # noqa: N802
        """Set its limits."""

    def OpenProcess(self, access: int, inherit: bool, pid: int) -> int | None:  # noqa: N802
        """Open a process."""

    def AssignProcessToJobObject(self, job: int, process: int) -> int:  # noqa: N802
        """Put a process into a job object."""

    def CloseHandle(self, handle: int) -> int:  # noqa: N802
        """Close a handle."""


class BasicLimits(ctypes.Structure):
    """``JOBOBJECT_BASIC_LIMIT_INFORMATION``."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``; the six counters of input and output are not looked at."""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class WindowsJob:
    """One job object; its handle is never closed by us: the system closes it when this process ends.

    A process in it may break away (``CREATE_BREAKAWAY_FROM_JOB``) if it is made to outlive the master.
    """

    def __init__(self, kernel32: Kernel32) -> None:
        self._kernel32 = kernel32
        self._job = self._make()

    def adopt(self, pid: int) -> bool:
        """Put the process ``pid`` into the job. False: the system refused; the worker's pipe still ends it."""
        if not self._job:
            return False
        process = self._kernel32.OpenProcess(PROCESS_SET_QUOTA | PROCESS_TERMINATE, False, pid)
        if not process:
            logger.warning("process %d cannot be opened; it ends with the master by its pipe alone", pid)
            return False
        try:
            taken = bool(self._kernel32.AssignProcessToJobObject(self._job, process))
        finally:
            self._kernel32.CloseHandle(process)
        if not taken:
            logger.warning("process %d cannot be put into the job; it ends with the master by its pipe alone", pid)
        return taken

    def _make(self) -> int | None:
        job = self._kernel32.CreateJobObjectW(None, None)
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = KILL_ON_JOB_CLOSE | BREAKAWAY_OK
        pointer, size = ctypes.byref(limits), ctypes.sizeof(limits)
        if job and self._kernel32.SetInformationJobObject(job, EXTENDED_LIMITS, pointer, size):
            return job
        logger.warning("no job object can be made; workers end with the master by their pipes alone")
        if job:
            self._kernel32.CloseHandle(job)
        return None


if sys.platform == "win32":

    def make_job() -> Job:
        """Return what this system has."""
        dll = ctypes.WinDLL("kernel32", use_last_error=True)
        # Handles are pointers: without these types they would be cut to 32 bits.
        dll.CreateJobObjectW.restype = wintypes.HANDLE
        dll.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
        dll.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
        dll.OpenProcess.restype = wintypes.HANDLE
        dll.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        dll.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        dll.CloseHandle.argtypes = (wintypes.HANDLE,)
        return WindowsJob(dll)

else:

    def make_job() -> Job:
        """Return what this system has."""
        return SessionJob()
