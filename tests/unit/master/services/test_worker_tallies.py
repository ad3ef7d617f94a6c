"""What is counted of workers under this master."""

from master.services.worker_tallies import WorkerTally
from tests.unit.master.services.test_alerts import worker


def test_restarts_of_an_earlier_master_are_not_counted() -> None:
    tally = WorkerTally()
    tally.changed(worker(restart_count=3))
    assert tally.restarts == 0
    tally.changed(worker(restart_count=4))
    tally.changed(worker(restart_count=0))
    tally.changed(worker(restart_count=1))
    assert tally.restarts == 2
