"""What is known of the list of notifications: none is lost that comes into view late, and few are told twice."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from worker.platforms.bluesky import places
from worker.platforms.bluesky.notices import Author, Notice
from worker.platforms.bluesky.places import Known, Steps, Walk

NOW = 1_714_557_600.0


def _notice(number, age):
    indexed = datetime.fromtimestamp(NOW - age, UTC).isoformat()
    return Notice(
        uri=f"at://did:plc:ada/app.bsky.feed.post/{number}", author=Author(did="a"), reason="reply", indexed_at=indexed
    )


def _pages(notices, size):
    listed = sorted(notices, key=lambda one: one.moment, reverse=True)
    return [listed[at : at + size] for at in range(0, len(listed), size)] or [[]]


def test_a_baseline_knows_what_is_below_its_page():
    steps = Steps(Known(), None)
    steps.add([_notice(2, 10), _notice(1, 20)])
    known = steps.baseline(full=True)
    assert not known.is_new(_notice(0, 30))
    assert not known.is_new(_notice(1, 20))
    assert known.is_new(_notice(3, 20))
    assert steps.baseline(full=False).is_new(_notice(0, 30))


def test_what_is_no_longer_remembered_is_known():
    known = Known()
    for number in range(places.MAX_RECENT * 2):
        known = known.joined({f"n{number}": NOW + number})
    assert len(known.recent) == places.MAX_RECENT
    assert known.floor == NOW + places.MAX_RECENT


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 500)), max_size=60),
    st.integers(1, 7),
    st.integers(1, 4),
)
def test_whatever_comes_into_view_late_is_told_once(stored, size, pages_a_poll):
    """Each stands at a second and comes into view up to 500 seconds later."""
    notices = [(_notice(number, -second), second + delay) for number, (second, delay) in enumerate(stored)]
    known, walk, told = Known(), None, []
    for clock in range(0, 1400, 50):
        visible = [notice for notice, seen_at in notices if seen_at <= clock]
        for _ in range(100):
            steps = Steps(known, walk)
            pages = _pages(visible, size)
            at = int(walk.onward) if walk is not None else 0
            walk = None
            for count, page in enumerate(pages[at:], 1):
                if not steps.add(page) or at + count == len(pages):
                    known = steps.ended()
                    break
                if count == pages_a_poll:
                    walk = steps.goes_on(str(at + count))
                    break
            told += [notice.key for notice in steps.oldest_first()]
            if walk is None:
                break
    assert sorted(told) == sorted(notice.key for notice, _ in notices)
    assert walk is None or isinstance(walk, Walk)
