"""Feeds that a web page points to."""

import time

import pytest

from worker.platforms.feed.pages import guesses, links

PAGE = "https://example.org/blog/"


def found(head, url=PAGE):
    return [(link.url, link.title) for link in links(f"<html><head>{head}</head></html>".encode(), url)]


def test_feeds_of_entries_come_before_those_of_comments():
    head = """
      <link rel="alternate" type="application/rss+xml" title="Blog &raquo; Comments Feed" href="/comments/feed/">
      <LINK REL='alternate' TYPE='application/atom+xml' TITLE='Blog' HREF='atom.xml'/>
      <link href=https://feeds.example.net/x rel="home alternate" type="application/feed+json; charset=utf-8">
    """
    assert found(head) == [
        ("https://example.org/blog/atom.xml", "Blog"),
        ("https://feeds.example.net/x", ""),
        ("https://example.org/comments/feed/", "Blog » Comments Feed"),
    ]


def test_what_is_no_feed_is_none():
    head = """
      <link rel="stylesheet" type="text/css" href="/a.css">
      <link rel="alternate" hreflang="de" href="/de/">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
      <link rel="alternate" type="application/json+oembed" href="/oembed">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
      <link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">
      <link rel="alternate" type="application/rss+xml" href="https://me:secret@example.org/feed">
      <link rel="alternate" type="application/rss+xml">
      <link rel="alternate" type="application/rss+xml" href="http://[broken/">
    """
    assert found(head) == []


def test_a_page_elsewhere_asks_nothing_of_this_machine():
    head = '<link rel="alternate" type="text/xml" href="http://127.0.0.1:631/feed">'
    assert found(head) == []
    assert found(head, "http://localhost:8000/") == [("http://127.0.0.1:631/feed", "")]


def test_addresses_are_meant_as_they_are_written():
    kind = 'rel="alternate" type="application/rss+xml"'
    assert found(f'<base href="/deep/er/"><link {kind} href="feed?a=1&amp;b=2#top">') == [
        ("https://example.org/deep/er/feed?a=1&b=2", "")
    ]
    assert found(f'<link {kind} href="feed:https://example.org/f">') == [("https://example.org/f", "")]
    assert found(f'<link {kind} href="feed://example.org/f">') == [("http://example.org/f", "")]
    assert len(found(f'<link {kind} href="/f">' * 3)) == 1


def test_the_usual_places_below_the_page_and_at_the_root():
    places = [link.url for link in guesses("https://example.org/blog?x=1")]
    assert places[:2] == ["https://example.org/blog/feed", "https://example.org/feed"]
    assert "https://example.org/feed.xml" in places
    assert len(places) == len(set(places)) <= 9


@pytest.mark.parametrize("piece", [b"<link ", b"<link rel=", b"<", b"<link rel=alternate type='", b'<link a="b" '])
def test_whatever_a_page_holds_it_takes_no_time(piece):
    began = time.process_time()
    links(piece * (2_000_000 // len(piece)), PAGE)
    assert time.process_time() - began < 1
