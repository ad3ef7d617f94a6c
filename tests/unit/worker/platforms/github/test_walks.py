"""A walk down an inbox finds each thread once, whatever comes while it walks."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from worker.platforms.github.threads import Thread
from worker.platforms.github.walks import MAX_MARKS, OVERLAP_SECONDS, Known, Walk

NOW = 1_714_557_600.0


def _thread(number, seconds):
    return Thread(str(number), datetime.fromtimestamp(NOW + seconds, UTC).isoformat())


def _check(known, threads, now=NOW):
    walk = Walk(known, now)
    walk.add(sorted(threads, key=lambda thread: -thread.moment))
    return [thread.id for thread in walk.oldest_first()], walk.known("", "", False)


def test_the_baseline_is_all_of_it_and_then_only_what_is_new():
    first, known = _check(None, [_thread(1, 0), _thread(2, 5)])
    assert first == ["1", "2"]
    assert _check(known, [_thread(1, 0), _thread(2, 5)])[0] == []
    assert _check(known, [_thread(1, 9), _thread(2, 5), _thread(3, 9)])[0] == ["1", "3"]


def test_one_that_comes_into_view_late_is_found():
    _, known = _check(None, [_thread(1, 0)])
    assert _check(known, [_thread(1, 0), _thread(2, -60)])[0] == ["2"]
    assert _check(known, [_thread(1, 0), _thread(2, -OVERLAP_SECONDS - 1)])[0] == []


def test_an_empty_inbox_is_known_by_the_servers_clock():
    _, known = _check(None, [])
    assert known.newest == NOW
    assert _check(known, [_thread(1, 1)])[0] == ["1"]
    assert _check(known, [_thread(1, -OVERLAP_SECONDS * 2)])[0] == []


def test_a_walk_that_is_broken_off_goes_on_below():
    _, known = _check(None, [_thread(0, 0)])
    threads = [_thread(number, number) for number in range(1, 7)]
    walk = Walk(known, NOW)
    assert walk.add(threads[:2:-1])
    half = walk.known("", "", True)
    assert [thread.id for thread in walk.oldest_first()] == ["4", "5", "6"]
    # Meanwhile the cursor is written, and another worker reads it.
    half = msgspec.json.decode(msgspec.json.encode(half), type=Known)
    assert half.before == NOW + 4
    rest, known = _check(half, [*threads[:4], _thread(0, 0)])
    assert rest == ["1", "2", "3"]
    assert known.before == 0
    assert _check(known, threads)[0] == []


def test_a_second_with_more_than_a_poll_takes_is_left_behind():
    _, known = _check(None, [_thread(0, 0)])
    known = msgspec.structs.replace(known, before=NOW + 50, floor=NOW)
    walk = Walk(known, NOW)
    walk.add([_thread(1, 50), _thread(2, 50)])
    assert walk.known("", "", True).before < NOW + 50


def test_a_cursor_stays_small():
    _, known = _check(None, [_thread(number, number / 1000) for number in range(5000)])
    assert len(known.marks) == MAX_MARKS
    assert len(msgspec.json.encode(known)) < 64 * 1024


@given(st.lists(st.lists(st.integers(1, 1800), max_size=6), max_size=8))
def test_each_is_told_once_in_whatever_order_they_come(rounds):
    listed, told = [_thread(0, 0)], []
    _, known = _check(None, listed)
    for times in rounds:
        listed += [_thread(len(listed) + number, seconds) for number, seconds in enumerate(times)]
        found, known = _check(known, listed)
        told += found
    assert sorted(told) == sorted(thread.id for thread in listed[1:])
