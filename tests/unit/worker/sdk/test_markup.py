"""Markup becomes what a person would read, soon, whatever it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.sdk.markup import MAX_CHARACTERS, plain


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain\n\nlines", "plain\n\nlines"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<p>One <b>bold</b></p><p>Two</p>", "One bold\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<tr><td>1</td><td>2</td></tr>", "1 2"),
        ("x<script>a < b</script>y<style>p{}</style>z", "xyz"),
        ("<SCRIPT>never ended", ""),
        ("a<!-- <b> -->b<!doctype html>c", "abc"),
        ('<img alt="a > b" src=x>text', "text"),
        ("<a href='unended>text</a>", "text"),
        ("1 < 2 and 3<4", "1 < 2 and 3<4"),
        ("<title>hidden</title>shown", "shown"),
        ("wide\u00a0 \u200bspace <i></i>", "wide space"),
        ("&#99999999999;&#x41;&nope;", "\ufffdA&nope;"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("<b", ""),
        ("", ""),
    ],
)
def test_what_a_person_would_read(source, text):
    assert plain(source) == text


PIECES = ["<a ", "<a b='", "<a/", "<!--", "</", "<![", "<?", "<a a=", "<svg", "&", "<p>", "<a '>\""]


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_markup_takes_no_longer(piece):
    began = time.process_time()
    plain(piece * (MAX_CHARACTERS // len(piece)))
    assert time.process_time() - began < 2


@given(st.text(alphabet="<>/!-&;'\"= abpscrit\n", max_size=200))
def test_nothing_breaks_it(source):
    assert plain(source) == plain(source).strip()
