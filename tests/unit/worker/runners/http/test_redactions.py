"""Secrets in a stream."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from worker.runners.http.redactions import MARK, Blotter, Redaction

SECRETS = st.sets(st.text("ab", min_size=1, max_size=6).map(str.encode), min_size=1, max_size=4).map(frozenset)


def _whole(secrets, data):
    """The same, in the plainest way."""
    spans = sorted((at, at + len(one)) for one in secrets for at in range(len(data)) if data.startswith(one, at))
    merged: list[list[int]] = []
    for begin, end in spans:
        if merged and begin < merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([begin, end])
    out, at = b"", 0
    for begin, end in merged:
        out += data[at:begin] + MARK.encode()
        at = end
    return out + data[at:]


@given(SECRETS, st.lists(st.text("abc", max_size=12).map(str.encode), max_size=12))
def test_however_it_is_cut_the_same_comes_out(secrets, pieces):
    redaction = Redaction(secrets)
    out = b"".join(redaction.add(piece) for piece in pieces) + redaction.flush()
    assert out == _whole(secrets, b"".join(pieces))


def test_what_cannot_be_a_secret_passes_at_once():
    redaction = Redaction(frozenset({b"hidden"}))
    assert redaction.add(b"some words hi") == b"some words "
    assert redaction.add(b"nt") == b"hint"
    assert redaction.add(b" hidd") == b" "
    assert redaction.add(b"en!") == MARK.encode() + b"!"
    assert redaction.flush() == b""


def test_every_form_of_a_secret():
    secret = 'p w/"é&x'
    blotter = Blotter([secret])
    for form in (
        secret,
        json.dumps(secret),
        "p%20w%2F%22%C3%A9%26x",
        "p+w%2F%22%C3%A9%26x",
        "p w/&quot;é&amp;x",
        base64.b64encode(secret.encode()).decode(),
    ):
        shown = blotter.text(f"<{form}>")
        assert MARK in shown
        assert secret not in shown
        assert "%C3%A9" not in shown


def test_what_is_too_short_is_no_secret():
    assert Blotter(["abc"]).text("abc") == "abc"


def test_a_long_stream_that_is_all_secret_takes_no_time():
    redaction = Redaction(frozenset({b"aaaa"}))
    out = b"".join(redaction.add(b"a" * 65_536) for _ in range(16)) + redaction.flush()
    assert out == MARK.encode()
