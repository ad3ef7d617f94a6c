"""What is looked for in an answer."""

import pytest

from worker.runners.http.checks import check as check_blotted
from worker.runners.http.checks import path_fault
from worker.runners.http.redactions import MARK, Blotter

BODY = b'{"status": "ok", "n": 3, "f": 3.0, "yes": true, "none": null, "one": "1", "all": [{"up": "y"}, {"up": "n"}]}'


def check(body, path, value):
    return check_blotted(body, path, value, str)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.status", ""),
        ("$.status", "ok"),
        ("$.status", '"ok"'),
        ("$.n", "3"),
        ("$.n", "3.0"),
        ("$.f", "3"),
        ("$.yes", "true"),
        ("$.none", "null"),
        ("$.none", ""),
        ("$.one", "1"),
        ("$.all", '[{"up": "y"}, {"up": "n"}]'),
        ("$.all[?@.up == 'y'].up", "y"),
        ("$..up", ""),
    ],
)
def test_what_is_as_expected(path, value):
    assert check(BODY, path, value) is None


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("$.missing", "", "http_json_missing"),
        ("$.all[7]", "x", "http_json_missing"),
        ("$.status", "OK", "http_json_differs"),
        ("$.yes", "1", "http_json_differs"),
        ("$.n", "true", "http_json_differs"),
        ("$.all[*].up", "y", "http_json_differs"),
        ("$.all", '[{"up": "y"}]', "http_json_differs"),
    ],
)
def test_what_is_not(path, value, code):
    assert check(BODY, path, value).code == code


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": 1', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json(body):
    assert check(body, "$", "").code == "http_not_json"


def test_a_document_nested_deeper_than_the_library_goes():
    assert check(b"[" * 200 + b"]" * 200, "$..*", "").code == "http_not_json"


def test_a_document_that_is_a_text():
    assert check(b'"{\\"a\\": 1}"', "$.a", "").code == "http_json_missing"
    assert check(b'"abc"', "$", "abc") is None
    assert check(b"\xef\xbb\xbf1", "$", "1") is None


def test_a_long_value_is_cut():
    words = check(b'{"a": "' + b"x" * 10_000 + b'"}', "$.a", "y")
    assert len(words.message) < 400


def test_a_secret_where_a_value_is_cut_is_not_shown():
    secret = "Zq7-very-secret-token-0123456789"
    for ahead in range(160, 201):
        body = b'{"a": "' + b"x" * ahead + secret.encode() + b'"}'
        words = check_blotted(body, "$.a", "y", Blotter([secret]).text)
        assert "Zq7" not in words.message
        assert MARK[:1] in words.message or ahead == 200


@pytest.mark.parametrize("path", ["", "a", "$.", " $", "$ ", "$[?(", "$[?nope(@)]", "$[?length(@.a)]"])
def test_what_is_no_path(path):
    assert path_fault(path)
