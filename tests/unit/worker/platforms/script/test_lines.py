"""Lines of a command become items, all or none; its environment is small; its secrets are blotted out."""

import pytest

from worker.platforms.script import lines
from worker.platforms.script.adapter import _blotted
from worker.platforms.script.lines import LineError, read
from worker.platforms.script.processes import MARKER, environment


def test_the_last_cursor_counts():
    printed = read(b'{"cursor": 1}\r\n{"key": "a", "title": "A"}\n{"cursor": null}\n')
    assert printed.cursor is None
    assert [item.key for item in printed.items] == ["a"]
    assert read(b"").cursor is not None


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"null",
        b"{}",
        b'{"key": 1}',
        b'{"key": [1], "title": "a"}',
        b'{"key": "%s", "title": "a"}' % (b"k" * 513),
        b'{"key": 1, "title": 2}',
        b'{"key": 1, "title": "a", "kind": "system"}',
        b'{"cursor": "%s"}' % (b"c" * 200_001),
        b'{"key": 1, "title": "\xff"}',
    ],
)
def test_lines_that_are_none(line):
    with pytest.raises(LineError) as caught:
        read(b'\n{"key": 1, "title": "a"}\n' + line + b"\n")
    assert caught.value.number == 3
    assert len(caught.value.detail) <= 200


def test_no_more_lines_than_that(monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINES", 2)
    with pytest.raises(LineError):
        read(b'{"key": 1, "title": "a"}\n' * 3)


def test_addresses_that_are_none_are_left_out():
    (item,) = read(b'{"key": 1, "title": " ", "url": "javascript:x"}').items
    assert (item.url, item.title) == ("", "–")


def test_a_small_environment():
    given = {"PATH": "/bin", "Path": "x", "LC_ALL": "C", "WATCHKEEPER_TOKEN": "t", "AWS_SECRET": "s", "LD_PRELOAD": "l"}
    assert environment(given, "m") == {"PATH": "/bin", "Path": "x", "LC_ALL": "C", "PYTHONUTF8": "1", MARKER: "m"}


def test_secrets_are_blotted_out_however_deep_and_escaped():
    document = {"password": 'a"b\\c', "values": {"one": "abcdef", "two": "abc", "short": "a"}}
    assert _blotted('x a"b\\c a\\"b\\\\c abcdef abc a', document) == "x … … … … a"
