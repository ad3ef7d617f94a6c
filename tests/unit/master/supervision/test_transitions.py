"""The table of worker states, pair by pair."""

import itertools

import pytest

from master.supervision.transitions import TABLE, WorkerEvent, next_state
from worker.protocol.states import WorkerState

S, E = WorkerState, WorkerEvent

CHANGES = {
    (S.STOPPED, E.START): S.STARTING,
    (S.STOPPED, E.JOINED): S.RUNNING,
    (S.STOPPED, E.MISSED): S.ERROR,
    (S.STARTING, E.REGISTERED): S.RUNNING,
    (S.STARTING, E.STOP): S.STOPPING,
    (S.STARTING, E.ENDED): S.STOPPED,
    (S.STARTING, E.FAILED): S.CRASHED,
    (S.STARTING, E.GAVE_UP): S.ERROR,
    (S.RUNNING, E.STOP): S.STOPPING,
    (S.RUNNING, E.ENDED): S.STOPPED,
    (S.RUNNING, E.FAILED): S.CRASHED,
    (S.RUNNING, E.GAVE_UP): S.ERROR,
    (S.STOPPING, E.ENDED): S.STOPPED,
    (S.STOPPING, E.FAILED): S.STOPPED,
    (S.STOPPING, E.GAVE_UP): S.STOPPED,
    (S.CRASHED, E.START): S.STARTING,
    (S.CRASHED, E.STOP): S.STOPPED,
    (S.CRASHED, E.GAVE_UP): S.ERROR,
    (S.ERROR, E.START): S.STARTING,
    (S.ERROR, E.JOINED): S.RUNNING,
    (S.ERROR, E.STOP): S.STOPPED,
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_every_pair_is_decided_and_only_the_named_ones_change_anything(state: S, event: E) -> None:
    assert next_state(state, event) is CHANGES.get((state, event), state)


def test_the_table_has_no_row_beyond_the_states() -> None:
    assert set(TABLE) == set(S)
    assert all(set(row) == set(E) for row in TABLE.values())


def test_every_state_can_be_left_and_reached() -> None:
    reached = {target for (_, _), target in CHANGES.items()}
    assert reached == set(S)
    assert {state for state, _ in CHANGES} == set(S)
