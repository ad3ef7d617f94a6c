"""The table of job states, pair by pair."""

import itertools

import pytest

from master.supervision.job_transitions import BY_HAND, FINAL, OPEN, TABLE, JobEvent, event_of, next_state
from worker.protocol.states import JobReason, JobState

S, E = JobState, JobEvent

CHANGES = {
    (S.PENDING, E.STARTED): S.RUNNING,
    (S.PENDING, E.FAILED): S.FAILED,
    (S.PENDING, E.CANCELLED): S.CANCELLED,
    (S.RUNNING, E.COMPLETED): S.COMPLETED,
    (S.RUNNING, E.FAILED): S.FAILED,
    (S.RUNNING, E.CANCELLED): S.CANCELLED,
    (S.RUNNING, E.RETRIED): S.PENDING,
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_every_pair_is_decided_and_only_the_named_ones_change_anything(state: S, event: E) -> None:
    assert next_state(state, event) is CHANGES.get((state, event), state)


def test_final_states_have_no_way_out() -> None:
    assert set(TABLE) == set(S)
    assert {S.COMPLETED, S.FAILED, S.CANCELLED} == FINAL
    assert not OPEN & FINAL
    assert all(next_state(state, event) is state for state in FINAL for event in E)


@pytest.mark.parametrize("reason", list(JobReason))
def test_every_reason_leads_to_one_end(reason: JobReason) -> None:
    by_hand = reason in (JobReason.CANCELLED, JobReason.KILLED, JobReason.REPLACED)
    expected = E.COMPLETED if reason is JobReason.OK else E.CANCELLED if by_hand else E.FAILED
    assert event_of(reason) is expected
    assert (reason in BY_HAND) is by_hand
