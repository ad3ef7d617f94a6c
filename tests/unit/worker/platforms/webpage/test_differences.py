"""Differences are readable, bounded, and complete."""

import time

from worker.platforms.webpage.differences import MAX_SHOWN, difference, headline, shown


def test_each_place_by_itself():
    before = ["head", "price 5", "same", "old", "tail"]
    after = ["head", "price 6", "same", "new", "newer", "tail"]
    told = difference(before, after)
    assert told == ["− price 5", "+ price 6", "− old", "+ new", "+ newer"]
    assert headline(told) == "price 6"


def test_what_only_went():
    assert headline(difference(["a", "b"], ["a"])) == "− b"


def test_another_order_is_no_line():
    assert difference(["a", "b"], ["b", "a"]) == []
    assert headline([]) == ""


def test_many_lines_take_no_time_and_are_counted():
    before, after = [str(n % 7) for n in range(60_000)], [str(n % 5) for n in range(60_000)]
    began = time.process_time()
    told = difference(before, after)
    assert time.process_time() - began < 2
    words = shown(told).splitlines()
    assert len(words) == MAX_SHOWN + 1
    come, gone = words[-1][3:].split(" −")
    assert int(come) + int(gone) + MAX_SHOWN == len(told)
