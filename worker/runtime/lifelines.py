"""What ties a worker to the process that started it, besides the pipe on stdin that it watches itself.

A worker that is frozen (SIGSTOP, a debugger) cannot notice that its pipe ended, and one that is killed cannot end what
it started. The kernel does the first where it can (Linux); a guard of about one megabyte does the second (every POSIX
system). On Windows the master does both by a job object.
"""

import ctypes
import os
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
SHELL: Final = "/bin/sh"
GUARD: Final = "trap '' HUP INT TERM; read -r _; kill -9 0"
"""Waits for the end of a pipe that the worker alone holds open, then kills its own process group."""


def tie_to_starter() -> bool:
    """Let the end of whoever started this process be its end too. False: that one is gone already.

    On Linux the signal comes with the end of the *thread* that made this process: a master starts workers from the
    thread of its event loop, which lives as long as the master does.
    """
    starter = os.getppid()
    if sys.platform == "linux":
        # SIGKILL, because it ends a stopped process too. Refused (a sandbox), the pipe on stdin remains.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == starter


def tie_children() -> int | None:
    """Let the end of this process, however it comes, be the end of all in its process group; return the guard's pid.

    Whatever makes a session of its own lives on. None where there is no guard: on Windows, without a shell, and when
    this process does not lead a session of its own (the group is then somebody else's too).
    """
    if sys.platform != "win32" and os.getsid(0) == os.getpid():
        return _start_guard()
    return None


if sys.platform != "win32":

    def _start_guard() -> int | None:
        ending, held = os.pipe()
        # ``held`` is never closed by us, and nobody inherits it: the kernel closes it when this process ends.
        actions = [
            (os.POSIX_SPAWN_DUP2, ending, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        try:
            return os.posix_spawn(SHELL, ["sh", "-c", GUARD, "watchkeeper-guard"], {}, file_actions=actions)
        except OSError:
            os.close(held)
            return None
        finally:
            os.close(ending)
