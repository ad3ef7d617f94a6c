"""The place in the list loses none that comes into view late, and tells none twice."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from worker.platforms.mastodon.notices import Notice
from worker.platforms.mastodon.places import BEGINNING, Known, advanced, baseline, fresh

NOW = 1_714_557_600.0


def _notice(number, age):
    return Notice(str(number), "mention", datetime.fromtimestamp(NOW - age, UTC).isoformat())


def test_the_place_stays_behind_what_is_young():
    found = [_notice(1, 300), _notice(2, 90), _notice(3, 30), _notice(4, 5)]
    known = advanced(Known(after="0"), found, NOW, settle=False)
    assert known == Known(after="2", recent=("3", "4"))
    assert [notice.id for notice in fresh(known, [*found[2:3], _notice(35, 20), found[3]])] == ["35"]
    assert advanced(known, found[2:], NOW + 120, settle=False) == Known(after="4")


def test_a_flood_moves_the_place_on():
    assert advanced(Known(after="0"), [_notice(1, 5), _notice(2, 4)], NOW, settle=True) == Known(after="2")


def test_nothing_found_keeps_the_place():
    assert advanced(Known(after="7"), [], NOW, settle=False) == Known(after="7")


def test_baselines():
    assert baseline([], NOW, full=False) == Known(after=BEGINNING)
    assert baseline([_notice(2, 100), _notice(1, 200)], NOW, full=False) == Known(after="2")
    assert baseline([_notice(2, 1), _notice(1, 2)], NOW, full=False) == Known(after=BEGINNING, recent=("1", "2"))
    assert baseline([_notice(2, 1), _notice(1, 2)], NOW, full=True).after == "1"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 200)), max_size=30))
def test_whatever_comes_into_view_late_is_told_once(stored):
    """Each is begun at a second and comes into view up to 50 seconds later; ids are by the beginning."""
    notices = []
    for number, (delay, second) in enumerate(sorted(stored, key=lambda pair: pair[1])):
        notices.append((_notice(number + 1, -second), second + delay))
    known, told = Known(after=BEGINNING), []
    for clock in range(0, 400, 7):
        found = [notice for notice, seen_at in notices if seen_at <= clock and int(notice.id) > int(known.after)]
        told += [notice.id for notice in fresh(known, found)]
        known = advanced(known, found, NOW + clock, settle=False)
    assert sorted(told) == sorted(notice.id for notice, _ in notices)
