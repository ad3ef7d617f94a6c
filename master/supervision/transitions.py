"""The states of a worker as data: every (state, event) pair is decided here, and nowhere else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from worker.protocol.states import WorkerState


class WorkerEvent(StrEnum):
    """What can happen to a worker."""

    START = "start"
    """A process is being made, by hand or automatically."""
    REGISTERED = "registered"
    """Its process told the master who it is."""
    JOINED = "joined"
    """A process that was not started here told the master who it is."""
    STOP = "stop"
    """Somebody wants it stopped."""
    ENDED = "ended"
    """Its process ended in order (code 0)."""
    FAILED = "failed"
    """Its process ended otherwise, or could not be made, and will be started again."""
    GAVE_UP = "gave_up"
    """As ``FAILED``, but nobody starts it again."""
    MISSED = "missed"
    """A process that was not started here did not join again."""


_S = WorkerState
_E = WorkerEvent

TABLE: Final[Mapping[WorkerState, Mapping[WorkerEvent, WorkerState]]] = {
    _S.STOPPED: {
        _E.START: _S.STARTING,
        _E.REGISTERED: _S.STOPPED,
        _E.STOP: _S.STOPPED,
        _E.ENDED: _S.STOPPED,
        _E.FAILED: _S.STOPPED,
        _E.GAVE_UP: _S.STOPPED,
        _E.JOINED: _S.RUNNING,
        _E.MISSED: _S.ERROR,
    },
    _S.STARTING: {
        _E.START: _S.STARTING,
        _E.REGISTERED: _S.RUNNING,
        _E.STOP: _S.STOPPING,
        _E.ENDED: _S.STOPPED,
        _E.FAILED: _S.CRASHED,
        _E.GAVE_UP: _S.ERROR,
        _E.JOINED: _S.STARTING,
        _E.MISSED: _S.STARTING,
    },
    _S.RUNNING: {
        _E.START: _S.RUNNING,
        _E.REGISTERED: _S.RUNNING,
        _E.STOP: _S.STOPPING,
        _E.ENDED: _S.STOPPED,
        _E.FAILED: _S.CRASHED,
        _E.GAVE_UP: _S.ERROR,
        _E.JOINED: _S.RUNNING,
        _E.MISSED: _S.RUNNING,
    },
    _S.STOPPING: {
        _E.START: _S.STOPPING,
        _E.REGISTERED: _S.STOPPING,
        _E.STOP: _S.STOPPING,
        _E.ENDED: _S.STOPPED,
        # Whatever way it ended, it was told to.
        _E.FAILED: _S.STOPPED,
        _E.GAVE_UP: _S.STOPPED,
        _E.JOINED: _S.STOPPING,
        _E.MISSED: _S.STOPPING,
    },
    _S.CRASHED: {
        _E.START: _S.STARTING,
        _E.REGISTERED: _S.CRASHED,
        _E.STOP: _S.STOPPED,
        _E.ENDED: _S.CRASHED,
        _E.FAILED: _S.CRASHED,
        _E.GAVE_UP: _S.ERROR,
        _E.JOINED: _S.CRASHED,
        _E.MISSED: _S.CRASHED,
    },
    _S.ERROR: {
        _E.START: _S.STARTING,
        _E.REGISTERED: _S.ERROR,
        _E.STOP: _S.STOPPED,
        _E.ENDED: _S.ERROR,
        _E.FAILED: _S.ERROR,
        _E.GAVE_UP: _S.ERROR,
        _E.JOINED: _S.RUNNING,
        _E.MISSED: _S.ERROR,
    },
}
"""Next state of every pair; the same state means that the event changes nothing."""

ALIVE: Final = frozenset({WorkerState.STARTING, WorkerState.RUNNING, WorkerState.STOPPING})
"""States in which a process may exist."""


def next_state(state: WorkerState, event: WorkerEvent) -> WorkerState:
    """Return the state after ``event``."""
    return TABLE[state][event]
