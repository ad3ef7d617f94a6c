"""The states of a job as data: every (state, event) pair is decided here, and nowhere else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from worker.protocol.states import JobReason, JobState


class JobEvent(StrEnum):
    """What can happen to a job."""

    STARTED = "started"
    """The process of a run runs."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """The run that was given out never began: it waits for its next one."""
    RETRIED = "retried"
    """A run failed, and the job asks to be tried again."""


_S = JobState
_E = JobEvent

TABLE: Final[Mapping[JobState, Mapping[JobEvent, JobState]]] = {
    _S.PENDING: {
        _E.STARTED: _S.RUNNING,
        # What completed did run: its start is told before.
        _E.COMPLETED: _S.PENDING,
        _E.FAILED: _S.FAILED,
        _E.CANCELLED: _S.CANCELLED,
        _E.RETURNED: _S.PENDING,
        _E.RETRIED: _S.PENDING,
    },
    _S.RUNNING: {
        _E.STARTED: _S.RUNNING,
        _E.COMPLETED: _S.COMPLETED,
        _E.FAILED: _S.FAILED,
        _E.CANCELLED: _S.CANCELLED,
        # It ran: nobody can take that back.
        _E.RETURNED: _S.RUNNING,
        _E.RETRIED: _S.PENDING,
    },
    _S.COMPLETED: dict.fromkeys(JobEvent, _S.COMPLETED),
    _S.FAILED: dict.fromkeys(JobEvent, _S.FAILED),
    _S.CANCELLED: dict.fromkeys(JobEvent, _S.CANCELLED),
}
"""Next state of every pair; the same state means that the event changes nothing."""

OPEN: Final = frozenset({JobState.PENDING, JobState.RUNNING})
FINAL: Final = frozenset(JobState) - OPEN

BY_HAND: Final = frozenset({JobReason.CANCELLED, JobReason.KILLED, JobReason.REPLACED})
"""Reasons of a job that was cancelled."""


def next_state(state: JobState, event: JobEvent) -> JobState:
    """Return the state after ``event``."""
    return TABLE[state][event]


def event_of(reason: JobReason) -> JobEvent:
    """Return what an end with this reason is."""
    if reason is JobReason.OK:
        return JobEvent.COMPLETED
    return JobEvent.CANCELLED if reason in BY_HAND else JobEvent.FAILED
