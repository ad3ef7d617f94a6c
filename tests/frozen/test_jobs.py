"""Jobs outlive workers and masters: the same tests as from source, with masters, workers and keepers of the package."""

import pytest

from tests.integration import test_story_jobs
from tests.integration.test_story_jobs import *  # noqa: F403

pytestmark = [*test_story_jobs.pytestmark, pytest.mark.usefixtures("frozen_programs")]
