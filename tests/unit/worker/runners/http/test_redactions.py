"""Secrets in a stream."""

import base64
import html
import json
from itertools import product
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.runners.http.forms import Form
from worker.runners.http.redactions import MARK, Blotter, Redaction

UNIT = st.sets(st.text("ab", min_size=1, max_size=3).map(str.encode), min_size=1, max_size=2).map(frozenset)
SECRETS = st.lists(st.lists(UNIT, min_size=1, max_size=5), min_size=1, max_size=3)


def _plain(*secrets):
    letters = [[bytes([byte]) for byte in one] for one in secrets]
    return tuple(Form([frozenset({letter}) for letter in one], one) for one in letters)


def _whole(secrets, data):
    """The same, in the plainest way."""
    spelled = {b"".join(one) for units in secrets for one in product(*units)}
    spans = sorted((at, at + len(one)) for one in spelled for at in range(len(data)) if data.startswith(one, at))
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
    redaction = Redaction(tuple(map(Form, secrets)))
    out = b"".join(redaction.add(piece) for piece in pieces) + redaction.flush()
    assert out == _whole(secrets, b"".join(pieces))


def test_what_cannot_be_a_secret_passes_at_once():
    redaction = Redaction(_plain(b"hidden"))
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


SECRET = "pa/ss+wörd&1 '€😀"


@pytest.mark.parametrize(
    "form",
    [
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(SECRET, safe="/'").replace("%20", "+"),
        "".join(f"%{byte:02X}" for byte in SECRET.encode()),
        html.escape(SECRET),
        SECRET.replace("&", "&#38;").replace("'", "&#039;"),
        html.escape(SECRET).replace("ö", "&ouml;").replace("€", "&euro;").replace("/", "&sol;"),
        "".join(f"&#{ord(letter)};" for letter in SECRET),
        "".join(f"&#x{ord(letter):x};" for letter in SECRET),
        "".join(f"&#X{ord(letter):04X};" for letter in SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET).replace("u00f6", "u00F6").replace("/", "\\/"),
        "".join(f"\\u{unit:04x}" for unit in memoryview(SECRET.encode("utf-16-le")).cast("H")),
        repr(SECRET.encode())[2:-1],
        repr(SECRET.encode() + b'"')[2:-2],
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        quote(base64.b64encode(SECRET.encode()).decode(), safe=""),
    ],
)
def test_every_usual_escape_of_a_secret_is_blotted_out_as_a_whole(form):
    forms = Blotter([SECRET])
    assert forms.text(f"<{form}>").replace('"', "") == f"<{MARK}>"
    stream = forms.stream()
    out = b"".join(stream.add(bytes([byte])) for byte in form.encode()) + stream.flush()
    assert out.decode().strip('"') == MARK


@pytest.mark.parametrize("form", [SECRET, quote(SECRET), json.dumps(SECRET)[1:-1], html.escape(SECRET)])
def test_of_a_stream_that_breaks_off_no_begun_secret_is_shown(form):
    raw = form.encode()
    for length in range(4, len(raw)):
        stream = Blotter([SECRET]).stream()
        assert stream.add(b"before " + raw[:length]) == b"before "
        assert stream.break_off() == MARK.encode()
        assert stream.flush() == b""


def test_what_is_too_short_to_tell_is_shown_when_a_stream_breaks_off():
    stream = Redaction(_plain(b"hidden"))
    assert stream.add(b"a hid") + stream.break_off() == b"a hid"


def test_a_mark_given_out_stands_for_the_rest_of_overlapping_secrets():
    stream = Redaction(_plain(b"ababab"))
    out = stream.add(b"abababab")
    assert out + stream.break_off() == MARK.encode()


def test_what_can_be_read_in_many_ways_takes_no_time():
    blotter = Blotter(["\\" * 60 + "x"])
    assert blotter.text("\\" * 90 + "y") == "\\" * 90 + "y"


def test_what_is_too_short_is_no_secret():
    assert Blotter(["abc"]).text("abc") == "abc"


def test_a_long_stream_that_is_all_secret_takes_no_time():
    redaction = Redaction(_plain(b"aaaa"))
    out = b"".join(redaction.add(b"a" * 65_536) for _ in range(4)) + redaction.flush()
    assert out == MARK.encode()
