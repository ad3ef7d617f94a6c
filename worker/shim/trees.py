"""All that a job started."""

import os
import signal
import sys
from collections.abc import Callable

from worker.shim.processes import ON_LINUX, processes, send_signal

assert sys.platform != "win32"


class Tree:
    """The processes of a job, found anew each time: what has this keeper among its forebears (POSIX)."""

    def __init__(self, group: int, reap: Callable[[], None]) -> None:
        """``group``: of its first process; ``reap`` takes note of children that have ended."""
        self._group = group
        self._reap = reap

    def ask(self) -> None:
        """Ask all of it to end, what was stopped too."""
        members = self._members()
        for number in (signal.SIGTERM, signal.SIGCONT):
            for pid, made in members.items():
                send_signal(pid, made, number)

    def kill(self) -> None:
        """Kill all of it, also what is being made meanwhile."""
        for _ in range(50):
            members = self._members()
            if not members:
                return
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid, made in members.items():
                    send_signal(pid, made, number)
            self._reap()

    def alive(self) -> bool:
        """Whether anything of it still runs."""
        if sys.platform != "linux":
            return self.size() > 0
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def size(self) -> int:
        """Return how many processes of it run."""
        return len(self._members())

    def _members(self) -> dict[int, str]:
        table = processes()
        found: dict[int, str] = {}
        level = {os.getpid()}
        while level:
            level = {pid for pid, (parent, _, _) in table.items() if parent in level and pid not in found}
            found.update({pid: table[pid][2] for pid in level})
        if not ON_LINUX:
            # Who was left by its parent is a child of the first process of all; its group may still be the job's.
            found.update({pid: made for pid, (_, group, made) in table.items() if group == self._group})
        return found
