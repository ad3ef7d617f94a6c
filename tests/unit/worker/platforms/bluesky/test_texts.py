"""Rich text as plain text, whatever stands in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.platforms.bluesky.texts import whole_links, words_of


def _link(start, end, uri):
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
    }


@pytest.mark.parametrize(
    ("said", "facets", "words"),
    [
        ("see example.org/a/lo...", [_link(4, 23, "https://example.org/a/long")], "see https://example.org/a/long"),
        (
            "see example.org/a/lo… !",
            [_link(4, 23, "https://www.example.org/a/long")],
            "see https://www.example.org/a/long !",
        ),
        ("read this", [_link(5, 9, "https://example.org")], "read this (https://example.org)"),
        ("é → here", [_link(7, 11, "https://example.org")], "é → here (https://example.org)"),
        ("https://example.org", [_link(0, 19, "https://example.org")], "https://example.org"),
        ("a b", [_link(2, 3, "https://b"), _link(0, 1, "https://a")], "a (https://a) b (https://b)"),
        ("ab", [_link(0, 2, "https://one"), _link(1, 2, "https://two")], "ab (https://one)"),
        ("ab", [_link(1, 9, "https://one"), _link(2, 1, "x"), _link(-1, 1, "x"), None, {}, {"index": 1}], "ab"),
        ("ab", "none", "ab"),
    ],
)
def test_links_are_whole(said, facets, words):
    assert whole_links(said, facets) == words


def test_what_is_attached_is_named():
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "A cat"}, {"alt": ""}]}
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": "at://x", "cid": "y"}}
    assert words_of({"text": "Look", "embed": images}) == "Look\n\n[image] A cat\n[image]"
    assert words_of({"text": "", "embed": {"media": images, "record": quote}}) == "[image] A cat\n[image]"
    assert words_of({"text": "So", "embed": {"$type": "app.bsky.embed.video", "alt": "Rain"}}) == "So\n\n[video] Rain"
    page = {"external": {"uri": "https://example.org", "title": "Title", "description": "D"}}
    assert words_of({"text": "", "embed": page}) == "Title https://example.org"
    shared = {"record": {"author": {"handle": "ada.example.org"}, "value": {"text": "Mine"}}}
    assert words_of({"text": "", "embed": shared}) == "[post] @ada.example.org: Mine"


@pytest.mark.parametrize("record", [None, 7, [], {}, {"text": 1}, {"embed": []}, {"embed": {"images": 1, "record": 2}}])
def test_what_says_nothing(record):
    assert words_of(record) == ""


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60), st.text(max_size=10)), max_size=6),
)
def test_whatever_the_facets_say_nothing_is_lost_but_cut_links(said, links):
    """A slice through a letter may spoil that letter, never the rest."""
    whole = whole_links(said, [_link(*link) for link in links])
    assert len(whole) >= len(said) - 4 * 2 * len(links) - sum(len(uri) for *_, uri in links) - 60 * len(links)
    if not links:
        assert whole == said.encode("utf-8", "replace").decode()
