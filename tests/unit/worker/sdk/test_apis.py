"""Addresses that a token may go to, and how long a server asks to wait."""

from email.utils import formatdate

import pytest

from worker.sdk.apis import Answer, Site, is_web, seconds_of
from worker.sdk.errors import InvalidConfig, TemporaryFailure

NOW = 1_714_557_600.0


def _answer(headers=None, body=b""):
    site = Site.of("https://example.org", "server")
    headers = {"date": formatdate(NOW, usegmt=True)} | (headers or {})
    return Answer(site=site, status=200, headers=headers, links={}, body=body)


@pytest.mark.parametrize(
    ("typed", "url", "port"),
    [
        ("example.org", "https://example.org", 443),
        (" https://example.org/api/v3/ ", "https://example.org/api/v3", 443),
        ("https://example.org:8443", "https://example.org:8443", 8443),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80", 80),
        ("http://localhost", "http://localhost", 80),
        ("http://[::1]:81", "http://[::1]:81", 81),
    ],
)
def test_addresses(typed, url, port):
    site = Site.of(typed, "server")
    assert (site.url, site.port) == (url, port)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://example.org",
        "ftp://example.org",
        "https://a b",
        "https://x?y",
        "https://x#y",
        "https://me@x",
        "http://[",
    ],
)
def test_addresses_that_no_token_goes_to(typed):
    with pytest.raises(InvalidConfig) as caught:
        Site.of(typed, "server")
    assert set(caught.value.fields) == {"server"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": formatdate(NOW + 90, usegmt=True)}, 90),
        ({"retry-after": "7", "reset": str(round(NOW + 50))}, 7),
        ({"reset": str(round(NOW + 50))}, 50),
        ({"reset": "2024-05-01T10:01:00.000000Z"}, 60),
        ({"reset": "2024-05-01T09:00:00Z"}, 0),
        ({"reset": "9" * 15}, 86_400),
        ({"reset": "9" * 400}, None),
        ({"reset": "soon"}, None),
        ({"retry-after": "soon", "reset": "2024-05-01T10:01:00"}, 60),
    ],
)
def test_patience(headers, seconds):
    assert _answer(headers).patience("reset") == seconds


def test_what_an_error_says():
    assert _answer(body=b'{"error": "no", "message": "never"}').word("message", "error") == "never"
    assert _answer(body=b'{"error": 5}').word("message", "error") == ""
    assert _answer(body=b"[]").word("error") == ""
    assert _answer(body=b"[" * 100_000).word("error") == ""
    assert _answer(body=b"\xff").word("error") == ""


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": "x"}', b'"\xff"', b"[" * 100_000])
def test_a_body_of_another_shape_is_garbage(body):
    with pytest.raises(TemporaryFailure):
        _answer(body=body).read(dict[str, int])


def test_moments_and_pages():
    assert seconds_of("2024-05-01T10:00:00.000Z") == NOW
    with pytest.raises(ValueError, match="Invalid"):
        seconds_of("yesterday")
    assert is_web("https://example.org/a")
    assert not is_web("javascript:alert(1)")
    assert not is_web(None)
