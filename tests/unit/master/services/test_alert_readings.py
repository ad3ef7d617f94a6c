"""What alerts read of workers."""

from typing import Any

from master.api.schema import Alert, Settings
from master.services.alert_readings import Readings
from tests.unit.master.services.test_alerts import worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

ALERT = Alert(
    id=1,
    kind="worker_silent",
    subject="w",
    subject_name="W",
    level="bad",
    title=text("alert_worker_silent", name="W"),
    detail=None,
    raised_at=1,
)


def test_a_worker_that_was_given_up_is_told_with_its_crashes_in_a_row() -> None:
    readings = Readings(settings=Settings, memory_limit=lambda _worker_id: None, clock=lambda: 0.0)
    readings.worker(worker(WorkerState.ERROR, restart_count=13, failures=4))
    assert readings.readings["worker_gave_up", "w"].count == 4


def test_one_that_is_started_elsewhere_is_missing_once_and_nothing_else() -> None:
    readings = Readings(settings=Settings, memory_limit=lambda _worker_id: None, clock=lambda: 0.0)

    def seen(state: WorkerState, **more: Any) -> list[str]:
        readings.worker(worker(state, deployment_type="external", **more))
        return [kind for kind, _ in readings.gauges]

    assert seen(WorkerState.STOPPED) == []
    assert seen(WorkerState.RUNNING, health="dead") == []
    assert seen(WorkerState.ERROR) == ["worker_silent"]
    assert readings.is_raised(("worker_silent", "w"))
    assert seen(WorkerState.RUNNING) == []
    assert seen(WorkerState.ERROR) == ["worker_silent"]
    assert seen(WorkerState.STOPPED) == []


def test_one_that_was_missing_before_this_master_is_so_until_it_joins_or_is_switched_off() -> None:
    for after, enabled in ((WorkerState.RUNNING, True), (WorkerState.STOPPED, False)):
        readings = Readings(settings=Settings, memory_limit=lambda _worker_id: None, clock=lambda: 0.0)
        readings.carry(ALERT)
        readings.worker(worker(WorkerState.STOPPED, deployment_type="external"))
        assert readings.is_raised(("worker_silent", "w"))
        readings.worker(worker(after, deployment_type="external", enabled=enabled))
        assert not readings.is_raised(("worker_silent", "w"))
