"""What a worker does with its jobs, by the keeper of the package: the same tests as from source."""

import pytest

from tests.unit.worker.runtime import test_jobs
from tests.unit.worker.runtime.test_jobs import *  # noqa: F403

pytestmark = [test_jobs.pytestmark, pytest.mark.usefixtures("frozen_programs")]
