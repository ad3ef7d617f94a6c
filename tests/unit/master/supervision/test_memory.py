"""How near a worker is to its limit of memory."""

import pytest

from master.supervision.memory import Memory, judge_memory, recycles_in_vain

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("rss", "told", "verdict"),
    [
        (None, None, Memory.FINE),
        (85 * MB, None, Memory.FINE),
        (85 * MB + 1, None, Memory.SOFT),
        (None, 99 * MB, Memory.SOFT),
        (None, 999 * MB, Memory.SOFT),
        (100 * MB, 999 * MB, Memory.SOFT),
        (100 * MB + 1, None, Memory.HARD),
    ],
)
def test_memory_is_judged_by_what_is_known(rss, told, verdict):
    """Only what the system itself says kills."""
    assert judge_memory(rss, told, 100) is verdict


@pytest.mark.parametrize(
    ("now", "before", "vain"), [(100.0, None, False), (100.0, 40.1, True), (100.0, 40.0, False), (100.0, 100.0, True)]
)
def test_recycling_again_within_a_minute_is_in_vain(now, before, vain):
    assert recycles_in_vain(now, before) is vain
