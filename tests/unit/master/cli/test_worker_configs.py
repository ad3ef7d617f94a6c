"""How a worker is run, in words."""

import msgspec
import pytest

from master.api.schema import WorkerConfig, WorkerConfigCreate
from master.cli.worker_configs import _print


@pytest.mark.parametrize(("deployment", "starts", "again"), [("local", "yes", "3 times"), ("external", "–", "–")])
def test_whether_the_master_starts_it_is_said_of_those_that_it_starts(
    deployment: str, starts: str, again: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = WorkerConfigCreate(worker_id="w", name="W", deployment_type=deployment)
    config = WorkerConfig(**msgspec.structs.asdict(made), version=1, created_at=0)
    assert _print(config, as_json=False) == 0
    said = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert (said["Starts by itself"].strip(), said["Is restarted"].strip()) == (starts, again)
