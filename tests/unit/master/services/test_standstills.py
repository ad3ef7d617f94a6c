"""Whether the master itself stood still."""

from master.services.standstills import Standstills


def test_a_tick_in_time_judges_and_a_late_one_does_not() -> None:
    still = Standstills()
    assert still.tick(100) == (0, True)
    assert still.tick(101.1) == (0, True)
    assert still.tick(142.1) == (40, False)
    assert still.tick(143.1) == (0, True)


def test_one_that_is_late_again_and_again_judges_after_some_seconds() -> None:
    still = Standstills()
    still.tick(0)
    verdicts = [still.tick(3.0 * number)[1] for number in range(1, 8)]
    assert verdicts == [False] * 5 + [True] * 2
