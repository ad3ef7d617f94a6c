"""Pages become lines: what a reader sees, in the letters that were meant, within limits."""

import time

import pytest

from worker.platforms.webpage.pages import Page
from worker.sdk.errors import InvalidConfig

HTML = "text/html; charset=utf-8"


def _lines(source, content_type=HTML, **page):
    return Page(**page).lines(source if isinstance(source, bytes) else source.encode(), content_type)


def test_what_a_reader_sees():
    source = "<head><title>T</title></head><body><script>x()</script><h1>A  &amp; B</h1><p>one<p>two<svg><text>s</svg>"
    assert _lines(source) == ["A & B", "one", "two"]


def test_the_part_that_a_selector_matches():
    source = "<nav>menu</nav><ul class=l><li>a<li>b</ul><p>rest</p>"
    assert _lines(source, selector="ul.l > li") == ["- a", "- b"]


def test_spaces_are_no_change():
    assert _lines("<p>a  b</p>\n\n<p>c</p>") == _lines("<div><p>a\n b</p><p> c&nbsp;</p></div>")


CHARSETS = [
    ("天气", "text/html; charset=gb2312", "gbk", ""),
    ("天气", "text/html", "gbk", '<meta charset="gbk">'),
    ("caf\u00e9 “x”", "text/html; charset=iso-8859-1", "cp1252", ""),
    ("日本", "text/html", "shift_jis", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
    ("плюс", "text/html", "utf-16", ""),
    ("caf\u00e9", "text/html", "cp1252", ""),
    ("天气", "text/html; charset=base64", "utf-8", '<meta charset="zip">'),
]


@pytest.mark.parametrize(("words", "content_type", "encoding", "meta"), CHARSETS)
def test_letters_as_they_were_meant(words, content_type, encoding, meta):
    assert _lines(f"{meta}<p>{words}</p>".encode(encoding), content_type) == [words]


def test_matches_within_matches_take_no_time():
    began = time.process_time()
    assert _lines("<div>" * 200 + "word " * 800_000 + "</div>" * 200, selector="div")[0].startswith("word word")
    assert time.process_time() - began < 3


def test_plain_text_keeps_its_lines():
    assert _lines("a < b\n\n c", "text/plain") == ["a < b", "c"]


def test_what_is_ignored():
    assert _lines("<p>Now 12:34<p>Price 5", ignore=[r"\d+:\d+", r"^Now\s*$"]) == ["Price 5"]


def _refused(field, source="<p>x", content_type=HTML, **page):
    with pytest.raises(InvalidConfig) as caught:
        _lines(source, content_type, **page)
    assert field in caught.value.fields
    return caught.value.reason.code


@pytest.mark.parametrize("selector", ["p[", "::before", "p,", "p:nope", "x" * 501, "a b c d e", "a:has(b):has(c)"])
def test_selectors_that_are_none(selector):
    assert _refused("selector", selector=selector) == "webpage_selector"


SLOW = [
    ("<div>" * 250 + "<i>x</i>" * 60_000, "b div div i"),
    ("<div>" * 250 + "<i>x</i>" * 20_000, "b div div div i, p"),
    ("<p>x</p>" * 30_000, "b ~ p ~ p"),
    ("<div>" * 250 + "<i>x</i>" * 60_000, "b div i:not(.x)"),
]


@pytest.mark.parametrize(("source", "selector"), SLOW)
def test_searches_that_would_take_for_ever(source, selector):
    began = time.process_time()
    assert _refused("selector", source, selector=selector) == "webpage_selector"
    assert time.process_time() - began < 2


def test_usual_searches_take_no_time():
    row = "<tr><td><a href=x>name</a><td class=price><b>5</b></tr>"
    source = "<div>" * 40 + f"<main id=m><table>{row * 4_000}</table></main>"
    began = time.process_time()
    for selector in (
        "#m table .price b",
        "main td b",
        "div div td",
        "tr > td + td, h1 ~ p",
        "div main a[href='a b ~ c']",
    ):
        Page(selector, may_be_absent=True).lines(source.encode(), HTML)
    assert time.process_time() - began < 3


def test_steps_that_cost_nothing():
    assert _lines('<main><p class="a b c d e">x', selector='main > p[class = "a b c d e"] , a > b > c > d > e') == ["x"]


def test_a_selector_that_finds_nothing():
    assert _refused("selector", selector="#gone") == "webpage_no_match"
    assert _refused("selector", "words", "text/plain", selector="p") == "webpage_no_match"
    assert _lines("<p>x", selector="#gone", may_be_absent=True) == []


@pytest.mark.parametrize("pattern", ["(", "x" * 501, "[z-a]"])
def test_patterns_that_are_none(pattern):
    assert _refused("ignore", ignore=[pattern]) == "webpage_pattern"


def test_a_pattern_that_would_take_for_ever():
    began = time.process_time()
    assert _refused("ignore", f"<p>{'a' * 5000}!", ignore=[r"(a|aa)+$", r"(a*)*b"]) == "webpage_pattern"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "source",
    ["<div>" * 200_000, "<div></x>" * 2_000, "<p>" * 300_000, f"<p {' '.join(f'a{n}' for n in range(100_000))}>"],
)
def test_pages_that_would_take_for_ever(source):
    began = time.process_time()
    assert _refused("url", source) == "webpage_tangled"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("source", "content_type"), [(b"%PDF-1.4", "application/pdf"), (b"\x89PNG", "image/png"), (b"a\x00b", "")]
)
def test_what_has_no_text(source, content_type):
    assert _refused("url", source, content_type) == "webpage_no_text"
