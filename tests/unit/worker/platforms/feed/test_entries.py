"""Entries are told once, whoever shares an id with them, comes later or falls off."""

from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.platforms.feed import entries
from worker.platforms.feed.entries import parse


def _document(shown, dated=True):
    """Return a feed of (id, title) pairs, oldest first; the feed begins with the newest."""
    made = {title: formatdate(1_700_000_000 + 60 * number) for number, (_, title) in enumerate(ALL)}
    items = "".join(
        f"<item><guid>{name}</guid><title>{title}</title><link>http://example.org/{title}</link>"
        + (f"<pubDate>{made[title]}</pubDate>" if dated and title in made else "")
        + "</item>"
        for name, title in reversed(shown)
    )
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


ALL = [("urn:X", title) for title in "ABCDEFGH"]


def _keys(shown, dated=True):
    return {item.title: item.key for item in parse(_document(shown, dated), "application/rss+xml", "http://x/")}


@pytest.mark.parametrize("dated", [True, False])
def test_the_oldest_of_an_id_keeps_its_key_when_others_come(dated):
    alone, both = _keys(ALL[:1], dated), _keys(ALL[:2], dated)
    assert alone == {"A": "urn:X"}
    assert both["A"] == "urn:X"
    assert both["B"] != "urn:X"
    assert _keys(ALL[:3], dated)["B"] == both["B"]
    # The next one takes over a key that is known.
    assert _keys(ALL[1:3], dated) == {"B": "urn:X", "C": _keys(ALL[:3], dated)["C"]}


def test_the_oldest_is_the_oldest_in_any_order():
    shuffled = [ALL[1], ALL[0], ALL[2]]
    assert _keys(shuffled) == _keys(ALL[:3])


def test_an_entry_listed_twice_is_one():
    assert _keys([ALL[0], ALL[0]]) == {"A": "urn:X"}


def test_other_ids_with_the_same_words_are_others():
    shown = [("X", "A"), ("X", "B"), ("Y", "A"), ("Y", "B")]
    items = parse(_document(shown, dated=False), "application/rss+xml", "http://x/")
    assert len({item.key for item in items}) == 4


def test_the_oldest_is_known_though_it_is_beyond_the_cut(monkeypatch):
    monkeypatch.setattr(entries, "MAX_ENTRIES", 2)
    assert _keys(ALL[:3]) == {"A": "urn:X", "B": _keys(ALL[:2])["B"], "C": _keys(ALL[:3])["C"]}
    others = [("P", "P"), ("Q", "Q"), ("R", "R")]
    assert list(_keys([ALL[0], *others], dated=False)) == ["Q", "R"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["X", "Y", "own"]), min_size=1, max_size=14),
    st.integers(2, 8),
    st.lists(st.integers(1, 3), min_size=14, max_size=14),
    st.integers(3, 9),
)
def test_a_feed_that_moves_on_tells_each_entry_once(names, width, steps, most):
    every = [(f"urn:{name}" if name != "own" else f"urn:{number}", f"T{number}") for number, name in enumerate(names)]
    known, told, due, end, before = set(), [], set(), 0, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "MAX_ENTRIES", most)
        for step in steps:
            ids = {name for name, _ in every[:end]}
            end = min(end + min(step, width), len(every))
            shown = every[max(0, end - width) : end]
            for item in parse(_document(shown, dated=False), "application/rss+xml", "http://x/"):
                if item.key not in known:
                    known.add(item.key)
                    told.append(item.title)
            kept = {name for name, _ in set(shown) & set(before)}
            # One entry where all others of its id were is the same one, changed.
            due |= {title for name, title in set(shown) - set(before) if name not in ids or name in kept}
            before = shown
    assert len(told) == len(set(told))
    assert due <= set(told)
