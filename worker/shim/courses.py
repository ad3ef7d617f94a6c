"""The course of a run from its start to its end: what ends it, when it is killed, what becomes of what it left behind.

No process is touched here: the same rules hold on every system.
"""

import math
from typing import Final, Protocol

PATIENCE_SECONDS: Final = 0.2
"""So long what a job left running may take to end by itself once the job has ended."""
STRAGGLER_SECONDS: Final = 2.0
"""… and so long after it was asked to."""
GIVE_UP_SECONDS: Final = 30.0
"""What cannot be ended by then (it belongs to somebody else, say) holds nobody up any longer."""


class Tree(Protocol):
    """All that a job started."""

    def ask(self) -> None:
        """Ask all of it to end."""

    def kill(self) -> None:
        """Kill all of it."""

    def alive(self) -> bool:
        """Whether anything of it still runs."""

    def size(self) -> int:
        """Return how many processes of it run."""


class Course:
    """Times in seconds of a monotonic clock; ``limit``: so long it may run, ``grace``: from asking to killing."""

    def __init__(self, tree: Tree, began: float, limit: float | None, grace: float) -> None:
        self._tree = tree
        self._began = began
        self._limit = sane(limit)
        self._grace = grace
        self._kill_at: float | None = None
        self._patience_at: float | None = None
        self._give_up_at = math.inf
        self.cause = "exited"
        """``timeout``, ``stopped`` or ``killed`` when it was made to end."""
        self.code: int | None = None
        self.signal: int | None = None
        self.over = False
        """Its first process has ended."""
        self.stragglers = 0

    def obey(self, line: str, now: float) -> None:
        """Do what a command says; one that is none is left."""
        verb, _, value = line.partition(" ")
        if verb == "stop":
            self._end("stopped", now)
        elif verb == "kill":
            self._because("killed")
            self._kill_at = now
        elif verb == "limit":
            try:
                self._limit = None if value == "none" else sane(float(value))
            except ValueError:
                return

    def ended(self, code: int | None, signal: int | None) -> None:
        """Its first process has ended."""
        self.over, self.code, self.signal = True, code, signal

    def turn(self, now: float) -> bool:
        """Do what is due; True when all of it has ended."""
        if self._limit is not None and not self.over and now >= self._began + self._limit:
            self._limit = None
            self._end("timeout", now)
        if self._kill_at is not None and now >= self._kill_at:
            self._kill_at = None
            self._tree.kill()
        return self.over and self._settled(now)

    def due(self) -> float | None:
        """Return when something is to be done next, None while only events count."""
        moments = [self._kill_at, self._patience_at]
        if self._limit is not None and not self.over:
            moments.append(self._began + self._limit)
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None

    def _because(self, cause: str) -> None:
        """Note why it is being ended: the first cause counts, but that ``killed`` is stronger than ``stopped``."""
        if not self.over and (self.cause == "exited" or (cause, self.cause) == ("killed", "stopped")):
            self.cause = cause

    def _end(self, cause: str, now: float) -> None:
        """Ask all of it to end; after the grace it is killed. A second time asks nobody twice."""
        self._because(cause)
        if self._kill_at is None:
            self._kill_at = now + self._grace
            self._tree.ask()

    def _settled(self, now: float) -> bool:
        """Whether all that it left behind has ended too. It gets little time for that."""
        if not self._tree.alive() or now >= self._give_up_at:
            return True
        if self._patience_at is None:
            self._patience_at = now + PATIENCE_SECONDS
            self._give_up_at = now + GIVE_UP_SECONDS
        elif now >= self._patience_at:
            if not self.stragglers:
                self.stragglers = max(1, self._tree.size())
                self._tree.ask()
                self._patience_at = now + STRAGGLER_SECONDS
            else:
                self._tree.kill()
                self._patience_at = now + PATIENCE_SECONDS
        return False


def sane(limit: float | None) -> float | None:
    """Return a limit that can be waited for; None, infinity and what is no number are none."""
    return None if limit is None or not math.isfinite(limit) else max(0.0, limit)
