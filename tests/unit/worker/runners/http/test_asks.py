"""What was typed for a request."""

import pytest

from tests.helpers.executions import request, runner
from worker.sdk.runner import JobReason, RunnerError

HTTP = runner("http")


@pytest.mark.parametrize(
    ("spec", "field", "code"),
    [
        ({"url": "file:///etc/passwd"}, "url", "url_scheme"),
        ({"url": "ftp://example.org/"}, "url", "url_scheme"),
        ({"url": "javascript:alert(1)"}, "url", "url_scheme"),
        ({"url": ""}, "url", "url_scheme"),
        ({"url": "http://"}, "url", "http_url_wrong"),
        ({"url": "http://example.org:0/"}, "url", "http_url_wrong"),
        ({"url": "http://example.org:99999/"}, "url", "field_wrong"),
        ({"url": "http://[::1/"}, "url", "field_wrong"),
        ({"url": "http://example.org/\r\nX-Evil: 1"}, "url", "http_url_wrong"),
        ({"url": "http://exam\nple.org/"}, "url", "http_url_wrong"),
        ({"url": "http://example.org/a\x00b"}, "url", "http_url_wrong"),
        ({"url": "http://me:pw@example.org/"}, "url", "field_secret_in_settings"),
        ({"headers": {"X-A": "b\r\nX-Evil: 1"}}, "headers", "http_header_value"),
        ({"headers": {"X-A\r\nX-Evil": "1"}}, "headers", "http_header_name"),
        ({"headers": {"": "1"}}, "headers", "http_header_name"),
        ({"headers": {"Content-Length": "3"}}, "headers", "http_header_name"),
        ({"headers": {"transfer-encoding": "chunked"}}, "headers", "http_header_name"),
        ({"expected_status": 200.5}, "expected_status", "field_type"),
        ({"json_path": "a.b"}, "json_path", "field_wrong"),
        ({"json_path": "$["}, "json_path", "field_wrong"),
        ({"json_path": "$.a | $.b"}, "json_path", "field_wrong"),
        ({"json_path": "$" + "[" * 900}, "json_path", "field_wrong"),
        ({"json_path": "$." + "a" * 1000}, "json_path", "field_length"),
        ({"json_value": "ok"}, "json_path", "field_required"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(spec, field, code):
    with pytest.raises(RunnerError) as caught:
        HTTP.parse(request(HTTP, {"url": "http://example.org/"} | spec))
    assert caught.value.reason is JobReason.BAD_SPEC
    assert {name: words.code for name, words in caught.value.fields.items()} == {field: code}
    assert caught.value.text.code == code


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(RunnerError) as caught:
        HTTP.parse(request(HTTP, {"url": "x", "headers": {"a b": ""}}))
    assert sorted(caught.value.fields) == ["headers", "url"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/a?b=c#d", " https://example.org ", "HTTP://EXAMPLE.ORG/ü"])
def test_what_can_be_asked_runs_as_python(url):
    command = HTTP.parse(request(HTTP, {"url": url, "json_path": "$.a[?@.b > 1]", "json_value": "3"}))
    assert command.python
    assert command.arguments == []
