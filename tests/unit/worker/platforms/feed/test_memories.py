"""Entries that are the same under new ids are not told again; those that only say the same are."""

from hypothesis import given
from hypothesis import strategies as st

from worker.platforms.feed.memories import MAX_REMEMBERED, sift
from worker.sdk.platform import ItemKind, make_item


def _items(*entries, dated=True):
    return [
        make_item(ItemKind.ENTRY, key, title, url="http://example.org/", created_at=60_000 if dated else None)
        for key, title in entries
    ]


def _told(documents, dated=True):
    """Return the titles told at each fetch by a feed that listed these, with a ledger behind it."""
    listed, ledger, told = (), set(), []
    for document in documents:
        items, listed = sift(_items(*document, dated=dated), listed)
        told.append([item.title for item in items if item.key not in ledger])
        ledger |= {item.key for item in items}
    return told


def test_ids_that_change_at_each_fetch_tell_nothing_again():
    documents = [
        [("a1", "A"), ("b1", "B")],
        [("a2", "A"), ("b2", "B")],
        [("a3", "A"), ("b3", "B"), ("c3", "C")],
        # From here on they stay: those that were never told under these ids are none the newer for it.
        [("a3", "A"), ("b3", "B"), ("c3", "C"), ("d3", "D")],
        [("b3", "B"), ("c3", "C"), ("d3", "D")],
    ]
    assert _told(documents) == [["A", "B"], [], ["C"], ["D"], []]


def test_the_same_words_under_a_new_id_are_a_new_entry():
    # Others keep their ids; or there is but one.
    assert _told([[("1", "Alarm"), ("2", "Calm")], [("2", "Calm"), ("3", "Alarm")]]) == [["Alarm", "Calm"], ["Alarm"]]
    assert _told([[("1", "Alarm")], [("2", "Alarm")]]) == [["Alarm"], ["Alarm"]]


def test_one_more_of_the_same_is_told():
    first = [("1", "A"), ("2", "B")]
    assert _told([first, [("3", "A"), ("4", "B"), ("5", "B")]])[1] == ["B"]


def test_without_dates_nothing_is_taken_for_the_same():
    assert _told([[("1", "A"), ("2", "B")], [("3", "A"), ("4", "B")]], dated=False)[1] == ["A", "B"]


def test_no_more_is_remembered_than_a_cursor_holds():
    _, listed = sift(_items(*((str(number), str(number)) for number in range(1000))), ())
    assert len(listed) == MAX_REMEMBERED


@given(st.lists(st.integers(1, 4), min_size=1, max_size=10), st.integers(2, 6))
def test_a_feed_with_steady_ids_tells_all(steps, width):
    documents, end = [], 0
    for step in steps:
        end += min(step, width - 1)
        documents.append([(str(number), f"same {number % 2}") for number in range(max(0, end - width), end)])
    assert sum(map(len, _told(documents))) == end
