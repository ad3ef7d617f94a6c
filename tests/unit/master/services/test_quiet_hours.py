"""When it is quiet, on clocks that are changed too."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from master.api.rules import QuietWindow
from master.errors import Invalid
from master.services.quiet_hours import DAYS, QuietClock
from master.services.zones import moment_of, offset_of

BERLIN = "Europe/Berlin"
EVERY = list(DAYS)
MINUTE = 60_000


def at(words: str, zone: str = BERLIN, fold: int = 0) -> int:
    return int(datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


def window(start: str, end: str, *days: str) -> QuietWindow:
    return QuietWindow(days=list(days) or EVERY, start=start, end=end)


def test_a_window_over_midnight_ends_the_next_day():
    clock = QuietClock([window("22:00", "07:00")], BERLIN)
    assert not clock.at(at("2026-11-21T21:59:59")).quiet
    assert clock.at(at("2026-11-21T21:59:59")).next == at("2026-11-21T22:00")
    for moment in ("2026-11-21T22:00", "2026-11-22T00:00", "2026-11-22T06:59:59"):
        found = clock.at(at(moment))
        assert (found.quiet, found.until) == (True, at("2026-11-22T07:00"))
    assert not clock.at(at("2026-11-22T07:00")).quiet


def test_the_day_is_that_of_the_beginning():
    clock = QuietClock([window("22:00", "07:00", "fri")], "UTC")
    assert clock.at(at("2026-11-20T23:00", "UTC")).quiet
    assert clock.at(at("2026-11-21T06:00", "UTC")).quiet
    assert not clock.at(at("2026-11-20T06:00", "UTC")).quiet
    assert clock.at(at("2026-11-21T07:00", "UTC")).next == at("2026-11-27T22:00", "UTC")


def test_windows_that_touch_are_one_and_always_has_no_end():
    clock = QuietClock([window("12:00", "13:00"), window("13:00", "14:00"), window("13:30", "13:45")], "UTC")
    assert clock.at(at("2026-11-21T12:30", "UTC")).until == at("2026-11-21T14:00", "UTC")
    always = QuietClock([window("00:00", "00:00")], "UTC").at(at("2026-11-21T12:30", "UTC"))
    assert (always.quiet, always.until) == (True, None)
    assert QuietClock([], "UTC").at(0) == QuietClock([], BERLIN).at(10**12)


@pytest.mark.parametrize(
    ("spell", "begins", "ends"),
    [
        # The clock goes from 2:00 to 3:00.
        (("2026-03-29", "22:00", "06:00", "sat"), "2026-03-28T22:00", "2026-03-29T06:00"),
        (("2026-03-29", "02:30", "05:00", "sun"), "2026-03-29T03:00", "2026-03-29T05:00"),
        (("2026-03-29", "01:00", "02:30", "sun"), "2026-03-29T01:00", "2026-03-29T03:00"),
    ],
)
def test_a_time_that_the_clock_leaves_out_is_the_moment_of_the_change(spell, begins, ends):
    _, start, end, day = spell
    clock = QuietClock([window(start, end, day)], BERLIN)
    assert clock.at(at(begins) - MINUTE).next == at(begins)
    assert clock.at(at(begins)).until == at(ends)
    assert not clock.at(at(ends)).quiet


def test_a_time_that_comes_twice_begins_the_first_and_ends_the_second_time():
    clock = QuietClock([window("02:30", "02:45", "sun")], BERLIN)
    first, last = at("2026-10-25T02:30"), at("2026-10-25T02:45", fold=1)
    assert last - first == 75 * MINUTE
    assert clock.at(first - 1).next == first
    assert clock.at(first).until == last
    assert clock.at(at("2026-10-25T02:50")).quiet, "it is not over in between"
    assert not clock.at(last).quiet


def test_windows_that_the_change_swallows_are_none():
    clock = QuietClock([window("02:10", "02:40", "sun")], BERLIN)
    assert clock.at(at("2026-03-29T01:59")).next == at("2026-04-05T02:10")


def test_an_unknown_zone_is_refused_by_field():
    with pytest.raises(Invalid) as refused:
        QuietClock([], "Europe/Nowhere")
    assert list(refused.value.fields) == ["time_zone"]


@settings(max_examples=200, deadline=None)
@given(
    moment=st.integers(at("2026-01-01T00:00"), at("2027-12-31T00:00")),
    zone=st.sampled_from([BERLIN, "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    starts=st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1439)), min_size=1, max_size=3),
)
def test_what_is_said_of_a_moment_holds_until_it_is_said_to_end(moment, zone, starts):
    windows = [window(f"{a // 60:02}:{a % 60:02}", f"{b // 60:02}:{b % 60:02}") for a, b in starts]
    found = QuietClock(windows, zone).at(moment)
    change = found.until if found.quiet else found.next
    if change is None:
        return
    assert change > moment
    assert QuietClock(windows, zone).at(change).quiet is not found.quiet
    assert QuietClock(windows, zone).at(change - 1).quiet is found.quiet
    kept = QuietClock(windows, zone)
    for step in (moment, moment + 1, change - 1, change, change + 1):
        assert kept.at(step).quiet is QuietClock(windows, zone).at(step).quiet, "what is remembered is right too"


def test_moments_of_a_clock():
    offset = offset_of(BERLIN)
    plain = at("2026-11-21T09:00", "UTC") // 1000
    assert moment_of(offset, plain) * 1000 == at("2026-11-21T09:00")
