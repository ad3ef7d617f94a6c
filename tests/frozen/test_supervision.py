"""Killed and frozen workers, killed masters: the same tests as from source, with workers and masters of the package."""

import pytest

from tests.integration import test_story_freeze
from tests.integration.test_story_crash import *  # noqa: F403
from tests.integration.test_story_freeze import *  # noqa: F403

pytestmark = [*test_story_freeze.pytestmark, pytest.mark.usefixtures("frozen_programs")]
