"""Threads as items: kinds by reason, keys that stay, pages for a browser."""

import pytest

from worker.platforms.github.threads import Repository, Subject, Thread, item_of, page_of
from worker.sdk.platform import ItemKind

API = "https://api.github.com/repos/octo/world"
WEB = "https://github.com/octo/world"


def _thread(url=None, comment=None, kind="Issue", reason="subscribed", at="2024-05-01T10:00:00Z", home=WEB):
    subject = Subject("A title", url, comment, kind)
    return Thread("7", at, reason, True, subject, Repository("octo/world", home))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("mention", ItemKind.MENTION),
        ("team_mention", ItemKind.MENTION),
        ("comment", ItemKind.COMMENT),
        ("author", ItemKind.COMMENT),
        ("review_requested", ItemKind.ENTRY),
        ("subscribed", ItemKind.ENTRY),
        ("unheard_of", ItemKind.ENTRY),
        (None, ItemKind.ENTRY),
    ],
)
def test_the_reason_makes_the_kind(reason, kind):
    assert item_of(_thread(reason=reason)).kind is kind


@pytest.mark.parametrize(
    ("url", "comment", "kind", "page"),
    [
        (f"{API}/issues/3", f"{API}/issues/3", "Issue", f"{WEB}/issues/3"),
        (f"{API}/issues/3", f"{API}/issues/comments/99", "Issue", f"{WEB}/issues/3#issuecomment-99"),
        (f"{API}/pulls/4", f"{API}/pulls/comments/98", "PullRequest", f"{WEB}/pull/4#discussion_r98"),
        (f"{API}/pulls/4", f"{API}/issues/comments/97", "PullRequest", f"{WEB}/pull/4#issuecomment-97"),
        (f"{API}/commits/abc123", f"{API}/comments/5", "Commit", f"{WEB}/commit/abc123#commitcomment-5"),
        (f"{API}/releases/55", f"{API}/releases/55", "Release", f"{WEB}/releases"),
        (None, None, "CheckSuite", f"{WEB}/actions"),
        (None, None, "Discussion", f"{WEB}/discussions"),
        (None, None, "SomethingNew", WEB),
        ("http://[", "http://[", "Issue", WEB),
        (f"{API}/issues/../../x", None, "Issue", WEB),
    ],
)
def test_a_browser_is_sent_to_the_page(url, comment, kind, page):
    assert page_of(_thread(url, comment, kind)) == page


def test_an_address_that_is_not_of_the_web_is_none():
    assert page_of(_thread(f"{API}/issues/3", home="javascript:alert(1)")) == ""
    assert page_of(_thread(f"{API}/issues/3", home=None)) == ""


def test_a_key_changes_with_what_happens():
    keys = [
        _thread(f"{API}/issues/3", f"{API}/issues/3").key,
        _thread(f"{API}/issues/3", f"{API}/issues/comments/1").key,
        _thread(f"{API}/issues/3", f"{API}/issues/comments/1", at="2024-05-01T10:00:01Z").key,
    ]
    assert len(set(keys)) == 3
    assert _thread(reason="mention").key == _thread(reason="author").key


def test_what_is_missing_is_no_fault():
    item = item_of(Thread("7", "2024-05-01T10:00:00Z"))
    assert (item.title, item.text, item.url, item.author) == ("7", "", "", "")
    assert item.created_at == 1_714_557_600_000
