"""Lines of a demo without a display."""

from desktop.integration.narrator import Narrator, count_of
from tests.unit.desktop.fakes import FakeBridge
from tests.unit.desktop.job_fakes import make_job, make_running
from worker.protocol.states import JobState
from worker.protocol.texts import Text


def test_counts_have_their_plural():
    assert [count_of(count, "worker") for count in (0, 1, 2)] == ["0 workers", "1 worker", "2 workers"]


def test_jobs_are_told_when_their_state_changes(qapp):
    bridge, said = FakeBridge(), []
    narrator = Narrator(bridge, str, said.append)
    failed = make_job("j1", state=JobState.FAILED, error=Text(code="x", message="exited with code 3"))
    for job in (make_running("j1"), make_running("j1", version=2), failed):
        bridge.send("job.changed", job)
    assert said == ["job        backup j1 is RUNNING", "job        backup j1 is FAILED: exited with code 3"]
    narrator.deleteLater()
