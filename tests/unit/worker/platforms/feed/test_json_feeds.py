"""JSON Feed: version 1 and 1.1, and what calls itself so."""

import json

import pytest

from worker.platforms.feed.entries import parse
from worker.sdk.errors import InvalidConfig

URL = "https://example.org/feed.json"


def feed(*items, **more):
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": list(items), **more}
    return json.dumps(whole).encode()


def read(*items, **more):
    return parse(feed(*items, **more), "application/feed+json", URL)


def test_entries_oldest_first_with_all_that_they_say():
    newer = {
        "id": "2",
        "url": "https://example.org/2",
        "title": "1 < 2 & <b>so</b>",
        "content_text": "plain <b>text</b>",
        "date_published": "2026-03-02T10:00:00+01:00",
        "authors": [{"name": "Ada"}, {"url": "https://example.org/bo"}],
    }
    older = {"id": 1, "content_html": "<p>Only <b>HTML</b></p>", "date_published": "2026-03-01T00:00:00Z"}
    first, second = read(newer, older, author={"name": "The house"})
    assert (first.key, first.title, first.text, first.author) == ("1", "Only HTML", "Only HTML", "The house")
    assert (second.key, second.title, second.text) == ("2", "1 < 2 & <b>so</b>", "plain <b>text</b>")
    assert (second.author, second.url) == ("Ada, https://example.org/bo", "https://example.org/2")
    assert second.created_at == 1772442000000


def test_a_byte_order_mark_and_space_before_it():
    assert [item.key for item in parse(b"\xef\xbb\xbf \n" + feed({"id": "1", "title": "A"}), "", URL)] == ["1"]


def test_without_an_id_the_key_stays_all_the_same():
    item = {"url": "https://example.org/x", "title": "X"}
    assert read(item)[0].key == read(item, {"id": "2", "title": "Y"})[1].key


def test_external_addresses_stand_in():
    (item,) = read({"id": "1", "title": "A", "external_url": "https://elsewhere.example/"})
    assert item.url == "https://elsewhere.example/"


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None, "title": 7, "content_text": []},
        {"id": True, "date_published": "yesterday"},
        {"id": "1", "authors": "Ada", "author": "Ada", "date_published": "0001-01-01T00:00:00+23:59"},
        {"id": "1", "date_published": 5, "url": {"a": 1}},
        {"id": "x" * 100_000, "title": "\x00\ud800"},
    ],
)
def test_what_is_odd_is_read_as_far_as_it_goes(odd):
    words = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [odd, 5, None]})
    (item,) = parse(words.encode(), "", URL)
    assert 0 < len(item.key) <= 512


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}", b'{"version": 1, "items": []}', b'{"items": []}', b'{"version": "https://jsonfeed.org/version/1"}',
     b'{"a":' * 100_000, b'{"version": "https://jsonfeed.org/version/1", "items": {}}'],
)  # fmt: skip
def test_what_is_none_is_refused_at_the_address(body):
    with pytest.raises(InvalidConfig) as caught:
        parse(body, "application/json", URL)
    assert caught.value.reason.code == "feed_broken"
    assert "url" in caught.value.fields
