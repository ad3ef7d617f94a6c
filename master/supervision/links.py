"""What supervision is given by those above it: how to make a process, and whom to tell."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from master.deploy.base import Exit, Launch, WorkerBackend
from master.supervision.restart import RestartPolicy
from master.tasks import Tasks
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text

OnTransition = Callable[[str, WorkerState, Text | None], None]
"""``(worker_id, state, why)``; called after every change of state, and when a new process stands."""
OnExit = Callable[[str, Exit, Text, bool], None]
"""``(worker_id, exit, in words, abnormal)``; called first of all, so that accounts move at once."""
ShutDownRequest = Callable[[str, float], Awaitable[None]]
"""``(worker_id, deadline in seconds)``: asks the worker itself. Raises any ``Exception`` when it cannot be asked."""

HandOver = Callable[[str, float], Awaitable[None]]
"""``(worker_id, seconds)``: lets others take what it watches; returns when that is done or the time is over."""


async def keep(_worker_id: str, _seconds: float) -> None:
    """Hand nothing over."""


async def nothing() -> None:
    """Erase nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """The same for all workers. Every callable runs in the loop and must not block."""

    backend: WorkerBackend
    launch: Callable[[str], Launch]
    policy: Callable[[str], RestartPolicy]
    on_transition: OnTransition
    on_exit: OnExit
    shut_down: ShutDownRequest
    hand_over: HandOver = keep
    tasks: Tasks
    closing: Callable[[], bool]
    """The master is on its way down: nothing starts any more."""
    start_seconds: float
