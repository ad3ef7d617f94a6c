"""Sleep is seen by how far the clocks went, whatever clocks a system has."""

import pytest

from master.services.sleeps import SleepFinder
from worker.protocol import clocks
from worker.protocol.clocks import Moment

START = Moment(wall=1_000_000.0, elapsed=500.0, awake=400.0)


def moment(wall: float = 0.0, elapsed: float = 0.0, awake: float = 0.0) -> Moment:
    return Moment(START.wall + wall, START.elapsed + elapsed, START.awake + awake)


@pytest.mark.parametrize(
    ("after", "slept"),
    [
        pytest.param(moment(1, 1, 1), 0, id="a tick"),
        pytest.param(moment(4, 4, 4), 0, id="a busy machine"),
        pytest.param(moment(3601, 3601, 1), 3600, id="suspend, with a clock that runs in it"),
        pytest.param(moment(3601, 1, 1), 3600, id="suspend, seen by the wall clock alone"),
        pytest.param(moment(61, 61, 61), 60, id="stopped and continued"),
        pytest.param(moment(-3599, 1, 1), 0, id="the clock was set back"),
        pytest.param(moment(-3000, 601, 1), 600, id="suspend, and the clock was set back"),
        pytest.param(moment(1, 0.9, 1.1), 0, id="clocks that differ a little"),
    ],
)
def test_the_seconds_that_the_machine_slept(after: Moment, slept: float) -> None:
    finder = SleepFinder()
    assert finder.look(START) == 0
    assert finder.look(after) == pytest.approx(slept, abs=0.001)
    assert finder.look(Moment(after.wall + 1, after.elapsed + 1, after.awake + 1)) == 0


def test_the_clocks_of_this_system_go_on() -> None:
    before, after = clocks.read(), clocks.read()
    assert after.elapsed >= before.elapsed
    assert after.awake >= before.awake
    assert clocks.elapsed_seconds() >= after.elapsed


@pytest.mark.parametrize("platform", ["linux", "darwin", "freebsd"])
def test_every_system_has_both_clocks(platform: str) -> None:
    elapsed, awake = clocks.choose(platform)
    assert elapsed() > 0
    assert awake() > 0


def test_windows_counts_in_tenths_of_a_microsecond(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        def QueryUnbiasedInterruptTime(self, ticks: object) -> int:  # noqa: N802 (Windows' own name)
            ticks._obj.value = 123_456_789_0  # type: ignore[attr-defined]
            return 1

    monkeypatch.setattr(clocks.ctypes, "WinDLL", lambda _name: Kernel(), raising=False)
    _elapsed, awake = clocks.choose("win32")
    assert awake() == pytest.approx(123.456789)
