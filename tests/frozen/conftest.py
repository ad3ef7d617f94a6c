"""Everything here runs the built program instead of the source."""

from pathlib import Path

import pytest

from master.deploy import local
from tests.frozen.bundles import Bundle, find_bundle
from tests.helpers import masters
from worker.runtime import job_keepers


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """Return the built program."""
    return find_bundle()


@pytest.fixture
def frozen_programs(bundle, monkeypatch) -> None:
    """Masters that tests start are frozen ones, and so are the workers and keepers of masters in the test's process."""
    monkeypatch.setattr(masters, "serve_command", lambda: [bundle.program, "serve"])
    monkeypatch.setattr(local, "worker_command", lambda: [bundle.program, "worker"])
    monkeypatch.setattr(job_keepers, "keeper_command", lambda mode: [bundle.keeper, mode])
    monkeypatch.setattr(
        job_keepers,
        "runner_command",
        lambda runner, folder: [bundle.program, "worker", "run-runner", runner, str(folder)],
    )


PACKAGES = {"test_appimage.py", "test_containers.py", "test_deb.py", "test_services.py", "test_windows_installers.py"}
"""They make whole systems to install packages into: minutes, so only where the command names this folder or a file."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what takes minutes, unless it is asked for."""
    named = any("frozen" in Path(argument.partition("::")[0]).parts for argument in config.args)
    return True if collection_path.name in PACKAGES and not named else None
