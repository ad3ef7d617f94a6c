"""What alerts read of workers."""

from master.api.schema import Settings
from master.services.alert_readings import Readings
from tests.unit.master.services.test_alerts import worker
from worker.protocol.states import WorkerState


def test_a_worker_that_was_given_up_is_told_with_its_crashes_in_a_row() -> None:
    readings = Readings(settings=Settings, memory_limit=lambda _worker_id: None, clock=lambda: 0.0)
    readings.worker(worker(WorkerState.ERROR, restart_count=13, failures=4))
    assert readings.readings["worker_gave_up", "w"].count == 4
