"""Documents of strangers are tamed in a moment, or refused."""

import contextlib
import threading
import time
from email.utils import formatdate

import pytest

from worker.platforms.feed import documents
from worker.platforms.feed.documents import MAX_WORD, tamed
from worker.platforms.feed.entries import parse
from worker.sdk.errors import PlatformError
from worker.sdk.fetches import retry_after


def _rss(inner):
    return b"<rss version='2.0'><channel><item><title>x</title>" + inner + b"</item></channel></rss>"


def _parse(body):
    return parse(body, "application/rss+xml", "http://example.org/feed")


def test_the_beginning_is_ours():
    body = b'\xef\xbb\xbf <?xml version="1.1" encoding="latin-1"?><!-- x --><!DOCTYPE rss><?style x?><rss>\xe4</rss>'
    assert tamed(body) == b'<?xml version="1.0" encoding="latin-1"?>\n<rss>\xe4</rss>'


def test_words_are_cut():
    assert len(tamed(_rss(b"<author>" + b"a" * 100_000 + b"</author>"))) < MAX_WORD + 200


def test_more_tags_than_can_be_read_in_time_are_refused(monkeypatch):
    monkeypatch.setattr(documents, "MAX_TAGS", 50)
    tamed(_rss(b"<b/>" * 20))
    with pytest.raises(PlatformError):
        tamed(_rss(b"<b/>" * 60))


def test_a_warning_before_the_document_is_skipped():
    (item,) = _parse(b"<br />\n<b>Warning</b>: mysql\n" + b'<?xml version="1.0"?>' + _rss(b""))
    assert item.title == "x"


def test_a_document_that_is_no_xml_is_read_by_guessing():
    (item,) = _parse(b"<rss version='2.0'><channel><item><title>Fish & chips</title><p>unclosed</item></channel></rss>")
    assert item.title == "Fish & chips"


def test_a_document_is_never_the_name_of_a_file(tmp_path):
    path = tmp_path / "secret.xml"
    path.write_bytes(_rss(b"<description>secret</description>"))
    with pytest.raises(PlatformError):
        _parse(str(path).encode())


def test_links_that_are_none_of_the_web_are_left_out():
    (item,) = _parse(_rss(b"<link>javascript:alert(1)</link>"))
    assert item.url == ""


def test_feeds_that_begin_with_the_oldest():
    entries = b"".join(
        b"<item><title>%d</title><guid>%d</guid><pubDate>Sun, 0%d Mar 2026 10:00:00 GMT</pubDate></item>" % (n, n, n)
        for n in (1, 2, 3)
    )
    items = _parse(b"<rss version='2.0'><channel>" + entries + b"</channel></rss>")
    assert [item.title for item in items] == ["1", "2", "3"]


HOSTILE = [
    _rss(b"<author>" + (b"a" * (MAX_WORD - 1) + b" ") * 500 + b"</author>"),
    _rss(b"<description>" + b"&lt;a " * 200_000 + b"</description>"),
    _rss(b"<pubDate>" + b"1 " * 500_000 + b"</pubDate>"),
    _rss(b"<title>" + b"a@" * 500_000 + b"</title>"),
    b"<rss>" + b"\n" * 1_000_000,
    b"<!DOCTYPE " + b"\n" * 1_000_000,
    b"<?xml " + b'encoding="' * 100_000,
    b"<rss>" + b"<a " * 300_000,
    b"<!--" * 300_000,
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_documents_hold_nobody_up(body):
    longest, stop = 0.0, threading.Event()

    def beat():
        nonlocal longest
        last = time.process_time()
        while not stop.wait(0.005):
            # What this process computes between two beats; what else the machine does is not counted.
            longest, last = max(longest, time.process_time() - last), time.process_time()

    heart = threading.Thread(target=beat)
    heart.start()
    began = time.process_time()
    try:
        with contextlib.suppress(PlatformError):
            _parse(body)
    finally:
        stop.set()
        heart.join()
    assert time.process_time() - began < 5
    assert longest < 0.5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("999999999", 86_400),
        ("9" * 400, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        (formatdate(1_000_090, usegmt=True), 90),
        (formatdate(999_000, usegmt=True), 0),
        ("Sun, 99 Xyz 2026 10:00:00 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, 1_000_000) == seconds
