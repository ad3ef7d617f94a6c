"""Which process is which, and how to reach the one that is meant."""

import os
import signal
import sys
import time
from typing import Final

ON_LINUX: Final = sys.platform == "linux"


def now_ms() -> int:
    """Return the wall clock in UTC milliseconds."""
    return time.time_ns() // 1_000_000


_boot: list[str] = []


def boot_id() -> str:
    """Return what is the same until this machine starts again, empty where that cannot be told."""
    if not _boot and (found := _boot_id()):
        _boot.append(found)  # once: later no file may be free to look at
    return _boot[0] if _boot else ""


def _boot_id() -> str:
    if sys.platform == "linux":
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
                return file.read().strip()
        except OSError:
            return ""
    elif sys.platform == "win32":
        return _boot_number()
    else:
        return _said("/usr/sbin/sysctl -n kern.bootsessionuuid")


def created(pid: int) -> str:
    """Return when a process was made, in the words of this system; empty when there is none, or it is a zombie.

    Raises ``OSError`` when it cannot be looked at now.
    """
    if sys.platform == "linux":
        line = _stat(pid)
        return line[19] if line else ""
    elif sys.platform == "win32":
        return _creation_time(pid)
    else:
        return _said(f"/bin/ps -o lstart= -p {int(pid)}")


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes import wintypes

    def _boot_number() -> str:
        place = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
                return str(winreg.QueryValueEx(key, "BootId")[0])
        except OSError:
            return "unknown"  # processes are still known by their creation time

    def _creation_time(pid: int) -> str:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.OpenProcess.restype = wintypes.HANDLE
        process = kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not process:
            return ""
        times = [wintypes.FILETIME() for _ in range(4)]
        code = wintypes.DWORD()
        try:
            kernel32.GetExitCodeProcess(wintypes.HANDLE(process), ctypes.byref(code))
            known = kernel32.GetProcessTimes(wintypes.HANDLE(process), *map(ctypes.byref, times))
        finally:
            kernel32.CloseHandle(wintypes.HANDLE(process))
        if not known or code.value != 259:  # STILL_ACTIVE
            return ""
        return str((times[0].dwHighDateTime << 32) | times[0].dwLowDateTime)


def _said(command: str) -> str:
    """Return what a program of the system's prints, in one line; empty when it fails."""
    with os.popen(f"{command} 2>/dev/null") as lines:  # noqa: S605 (constants and a number)
        return " ".join(lines.read().split())


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on (Linux), none when it is gone or a zombie.

    Raises ``OSError``.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().decode("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] in ("Z", "X") else fields


def processes() -> dict[int, tuple[int, int, str]]:
    """Return parent, group and creation time of every process that is no zombie."""
    if not ON_LINUX:
        return _listed()
    table: dict[int, tuple[int, int, str]] = {}
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        try:
            fields = _stat(int(name))
        except OSError:
            continue
        if fields:
            table[int(name)] = int(fields[1]), int(fields[2]), fields[19]
    return table


def _listed() -> dict[int, tuple[int, int, str]]:
    """As above, where the system has a command for it."""
    with os.popen("/bin/ps -axo pid=,ppid=,pgid=,stat=", "r") as lines:  # noqa: S605 (a constant)
        rows = [line.split() for line in lines]
    return {int(row[0]): (int(row[1]), int(row[2]), "") for row in rows if len(row) == 4 and row[3][0] != "Z"}


if sys.platform == "linux":

    def send_signal(pid: int, made: str, number: int) -> None:
        """Send a signal to the process that was made then, never to the heir of its number."""
        try:
            handle = os.pidfd_open(pid)
            try:
                if created(pid) == made:
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)
        except OSError:
            return  # it ended meanwhile

else:

    def send_signal(pid: int, made: str, number: int) -> None:
        """As above, as near as this system lets one."""
        if made and created(pid) != made:
            return
        try:
            os.kill(pid, number)
        except OSError:
            return
