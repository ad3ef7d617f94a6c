"""What a shell is told of jobs."""

import pytest

from master.api.schema import Job
from master.cli.job_tables import exit_status, has_ended, milliseconds, took, why
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text


def job(state=JobState.FAILED, exit_code=None, **more):
    given = dict.fromkeys(Job.__struct_fields__)
    given |= {
        "id": "1",
        "name": "x",
        "state": state,
        "reason": JobReason.OK,
        "exit_code": exit_code,
        "cancelling": False,
    }
    return Job(**given | more)


@pytest.mark.parametrize(
    ("state", "exit_code", "status"),
    [
        (JobState.COMPLETED, "0:0", 0),
        (JobState.FAILED, "37:0", 37),
        (JobState.FAILED, "0:9", 137),
        (JobState.FAILED, None, 1),
        # Out of time, and it ended with 0.
        (JobState.FAILED, "0:0", 1),
        (JobState.CANCELLED, "0:15", 143),
        (JobState.CANCELLED, None, 1),
        (JobState.FAILED, "3221225794:0", 3221225794),
    ],
)
def test_a_shell_gets_the_code_of_the_job(state, exit_code, status):
    assert exit_status(job(state, exit_code)) == status


def test_only_three_states_are_ends():
    assert {state for state in JobState if has_ended(job(state))} == {"COMPLETED", "FAILED", "CANCELLED"}


def test_how_long_and_why():
    assert took(job()) == "–"
    assert took(job(started_at=1000, ended_at=1250)) == "250 ms"
    assert took(job(started_at=1000, ended_at=91_000)) == "1 min"
    assert milliseconds(None) == "–"
    assert why(job(error=Text(code="x", message="a\nb\x1b[2J"))) == "a b [2J"
    assert why(job(waiting=Text(code="x", message="later"), error=None)) == "later"
