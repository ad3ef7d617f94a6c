"""JSON becomes items: by path and template, with stable keys, oldest first."""

import pytest

from worker.platforms.json.credentials import headers_of
from worker.platforms.json.entries import Reader
from worker.platforms.json.paths import Template
from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.fetches import Fetched


def _read(body, links="", **settings):
    body = body if isinstance(body, bytes) else body.encode()
    fetched = Fetched(
        body=body, content_type="", url="http://api.example.org/v1/x?p=1", etag="", modified="", link=links
    )
    return Reader({"title": "{$}"} | settings).read(fetched)


ITEM = {"id": 7, "user": {"first-name": "Ann"}, "tags": ["a", "b"], "none": None, "yes": True, "名": "字"}
TEMPLATES = [
    ("#{id} by {user.first-name}", "#7 by Ann"),
    ("{$.tags[1]}{tags[0]}", "ba"),
    ("{$.tags[*]}", "a, b"),
    ("{{{id}}}", "{7}"),
    ("{tags} {yes} {名}", '["a","b"] true 字'),
    ("{none}{missing}", ""),
    ("x {missing}", ""),
    ("x {missing} {id}", "x  7"),
    ("no braces", "no braces"),
]


@pytest.mark.parametrize(("template", "words"), TEMPLATES)
def test_templates(template, words):
    assert Template(template, "title").fill(ITEM) == words


@pytest.mark.parametrize("template", ["{", "}", "{a", "{}", "{$[}", "{a b}", "x" * 2001, "{$[?match(@.a, '(a|aa)+')]}"])
def test_templates_that_are_none(template):
    with pytest.raises(InvalidConfig) as caught:
        Template(template, "title")
    assert caught.value.reason.code == "json_template"
    assert "title" in caught.value.fields


@pytest.mark.parametrize("path", ["x", "$[", "$..[?search(@.a, 'b')]", "$" + "[0]" * 400])
def test_paths_that_are_none(path):
    with pytest.raises(InvalidConfig) as caught:
        _read("[]", items=path)
    assert "items" in caught.value.fields


def test_keys_and_order():
    items, _ = _read('[{"i": 2, "t": "b"}, {"i": 1, "t": "a"}]', key="{i}", title="{t}", link="http://x.org/{i}")
    assert [(item.key, item.title, item.url) for item in items] == [
        ("1", "a", "http://x.org/1"),
        ("2", "b", "http://x.org/2"),
    ]
    dated, _ = _read('[{"d": 100}, {"d": 200}]', created="{d}")
    assert [item.created_at for item in dated] == [100_000, 200_000]


def test_without_a_key_what_it_says_is_the_key():
    one, other = _read('[{"a": 1, "b": 2}]')[0], _read('[{"b": 2, "a": 1}]')[0]
    assert one[0].key == other[0].key
    assert one[0].key != _read('[{"a": 1, "b": 3}]')[0][0].key


def test_an_item_without_its_key_is_named():
    with pytest.raises(InvalidConfig) as caught:
        _read('[{"id": 1}, {"ID": 2}]', key="{id}")
    assert caught.value.reason.message == "Item 2 has nothing for {id}."


def test_texts_are_items_too():
    items, _ = _read('["[1]", "two", 3]', title="got {$}")
    assert [item.title for item in items] == ["got 3", "got two", "got [1]"]


@pytest.mark.parametrize(
    ("body", "expected", "code"),
    [
        (b"", TemporaryFailure, "json_empty"),
        (b"<!DOCTYPE html>", InvalidConfig, "json_is_html"),
        (b'{"a": ', InvalidConfig, "http_not_json"),
        (b"\x89PNG", InvalidConfig, "http_not_json"),
        (b"[" * 100_000, InvalidConfig, "http_not_json"),
        (b'"\xff"', InvalidConfig, "http_not_json"),
    ],
)
def test_what_is_no_json(body, expected, code):
    with pytest.raises(expected) as caught:
        _read(body)
    assert caught.value.reason.code == code
    assert "url" in caught.value.fields


def test_the_next_page():
    assert _read('{"next": "/v1/x?p=2"}', next="$.next")[1] == "http://api.example.org/v1/x?p=2"
    link = '<http://api.example.org/a>; rel="prev", <?p=2>; title="x"; rel="next", <z>; rel=last'
    assert _read("[]", link)[1] == "http://api.example.org/v1/x?p=2"
    assert _read("[]", '<a>; rel="prev", <b>; rel=last')[1] == ""
    with pytest.raises(InvalidConfig) as caught:
        _read('{"next": "https://evil.example.com/"}', next="$.next")
    assert caught.value.reason.code == "json_elsewhere"


def test_credentials_become_headers():
    given = {"username": "me", "password": "p", "headers": {"X-Key": " k "}, "X-Other": "o", "empty": ""}
    assert headers_of(given) == {"Authorization": "Basic bWU6cA==", "X-Key": "k", "X-Other": "o"}


@pytest.mark.parametrize(("name", "value"), [("a b", "s3cret"), ("X", "s3\ncret"), ("Host", "s3cret"), ("X", "s3crét")])
def test_headers_that_cannot_be_sent(name, value):
    with pytest.raises(InvalidConfig) as caught:
        headers_of({"headers": {name: value}})
    assert "headers" in caught.value.fields
    assert "s3" not in caught.value.reason.message
