"""Mails become items, whatever is wrong with them."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.mails import mail
from worker.platforms.imap.mails import make_headers, make_mail

ARRIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _item(raw):
    return make_mail(raw, ARRIVED, len(raw))


def test_headers_are_decoded():
    raw = mail("Grüße 你好", "text", sender="Jürgen Müller <j@example.org>")
    item = _item(raw)
    assert item.title == "Grüße 你好"
    assert item.author == "Jürgen Müller <j@example.org>"
    folded = _item(b"Subject: =?utf-8?q?caf=C3=A9?=\r\n =?iso-8859-1?q?_cr=E8me?= tail\r\n\r\n")
    assert folded.title == "café crème tail"


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (b"Subject: =?klingon?q?abc?=\n\n", "abc"),
        (b"Subject: =?utf-8?b?####?=\n\n", None),
        (b"Subject: \xff\xfe\n\n", None),
        (b"Subject:\n\nThe first line\nof the body", "The first line of the body"),
        (b"", "–"),
        (b"\n\n\x00", "–"),
    ],
)
def test_headers_that_are_none(raw, title):
    item = _item(raw)
    assert item.title
    assert title is None or item.title == title


def test_the_text_is_the_plain_one_else_that_of_the_html():
    both = mail("x", "the plain text", html="<p>the html</p>")
    assert _item(both).text == "the plain text"
    html = b"Content-Type: text/html; charset=latin-1\n\n<p>Gr\xfc\xdfe</p><script>no</script>"
    assert _item(html).text == "Grüße"
    attached = mail("x", "text", attachment=b"data")
    assert _item(attached).text == "text"


def test_the_time_is_the_senders_else_that_of_arrival():
    sent = _item(b"Date: Sun, 01 Mar 2026 10:00:00 +0100\n\nx")
    assert sent.created_at == datetime(2026, 3, 1, 9, tzinfo=UTC).timestamp() * 1000
    assert _item(b"Date: yesterday\n\nx").created_at == ARRIVED.timestamp() * 1000


def test_threads_are_named_after_their_first_mail():
    assert _item(b"References: <a@x> <b@x>\nIn-Reply-To: <b@x>\n\n").thread == "<a@x>"
    assert _item(b"In-Reply-To: <b@x>\nMessage-ID: <c@x>\n\n").thread == "<b@x>"
    assert _item(b"Message-ID: <c@x>\n\n").thread == "<c@x>"


def test_keys_are_the_same_for_headers_alone_and_differ_for_other_mails():
    raw = mail("Grüße", "text")
    head = raw.split(b"\n\n")[0] + b"\n\n"
    assert make_headers(head, ARRIVED, 1).key == make_mail(raw, None, 2).key
    # Some programs send the same Message-ID for ever.
    same = [mail("x", message_id="<same@x>", headers={"Date": f"Sun, 01 Mar 2026 10:00:0{n} +0000"}) for n in (1, 2)]
    assert _item(same[0]).key != _item(same[1]).key
    nameless = [make_mail(b"Subject: x\n\n", ARRIVED, size).key for size in (1, 2)]
    assert nameless[0] != nameless[1]


def test_broken_headers_have_one_key():
    fields = b"From: a@b\r\nMessage-ID: <1@x>\r\nDate: Sun, 01 Mar 2026 10:00:00 +0100\r\nSubject: hi\r\n\r\n"
    raw = b"From: a@b\r\nX-Broken header line\r\n" + fields.split(b"\r\n", 1)[1] + b"text"
    known, told = make_headers(fields, ARRIVED, 5), make_mail(raw, ARRIVED, 5, fields)
    assert (told.key, told.title, told.thread) == (known.key, "hi", "<1@x>")


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(4000))
HOSTILE = [
    NESTED,
    NESTED.replace(b"boundary=", b"x="),
    b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\n\n",
    b"Subject: " + b"=?=" * 80_000 + b"\n\n",
    b"Date: " + b"1" * 200_000 + b"\n\n",
    b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 100_000,
    b"Content-Type: text/plain; charset=hex\n\nzz",
    b"Content-Type: text/plain; charset=a\x00b\n\nzz",
    b"Content-Type: text/html\n\n" + b"<a " * 80_000,
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 30_000,
    b"Content-Type: text/plain" + b"; a*0=x" * 30_000 + b"\n\nx",
    b"References: " + b"<a@b> " * 40_000 + b"\n\n",
    b"From: " + b"(" * 200_000 + b"\n\n",
    (b"X: y\n" * 50_000) + b"\n",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_mails_take_no_longer(raw):
    began = time.process_time()
    _item(raw[: 256 * 1024])
    assert time.process_time() - began < 2


@given(st.binary(max_size=300), st.sampled_from([b"Content-Type: ", b"Subject: ", b"From: ", b"Date: ", b""]))
def test_nothing_breaks_it(noise, name):
    item = _item(name + noise)
    assert item.key
    assert item.title
