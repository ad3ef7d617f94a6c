"""What is known of flags, and what a server tells of folders that are not open."""

import pytest

from worker.platforms.imap.flags import MAX_READ, MAX_WATCHED, SEEN, Flags
from worker.platforms.imap.notices import Others, quoted


def test_a_mail_is_told_as_read_once():
    flags = Flags()
    flags.note("INBOX", 1, 5, "a", ())
    flags.note("INBOX", 1, 6, "b", (SEEN,))
    flags.note("INBOX", 1, 7, "c", None)
    assert flags.unread("INBOX", 1) == {5: "a"}
    assert flags.take_read() == ["b"]
    flags.saw("INBOX", [5, 5, 99])
    assert flags.take_read() == ["a"]
    assert flags.take_read() == []


def test_other_uids_are_other_mails():
    flags = Flags()
    flags.note("INBOX", 1, 5, "a", ())
    assert not flags.knows("INBOX", 2)
    assert flags.unread("INBOX", 2) == {}
    flags.begin("INBOX", 2)
    flags.saw("INBOX", [5])
    assert flags.take_read() == []


def test_no_more_is_remembered_than_fits():
    flags = Flags()
    for uid in range(1, MAX_WATCHED + 50):
        flags.note("INBOX", 1, uid, f"k{uid}", ())
    assert sorted(flags.unread("INBOX", 1)) == list(range(50, MAX_WATCHED + 50))
    for number in range(MAX_READ + 50):
        flags.note("INBOX", 1, 1, f"r{number}", (SEEN,))
    assert len(flags.take_read()) == MAX_READ


@pytest.mark.parametrize(
    ("line", "news"),
    [
        (b"* STATUS Lists (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 9 UNSEEN 1)", True),
        (b'* STATUS "Lists" (UIDNEXT 2 UNSEEN 0)', True),
        (b"* STATUS Lists (MESSAGES 1 UIDNEXT 2 UNSEEN 1)", False),
        (b"* status lists (UIDNEXT 9)", False),
        (b"* STATUS Other (UIDNEXT 9)", False),
        (b"* STATUS Lists", False),
        (b"* 5 EXISTS", False),
    ],
)
def test_only_what_has_changed_is_news(line, news):
    others = Others({b'"Lists"': {b"UIDNEXT": 2, b"UNSEEN": 1}})
    assert others.has_news(line) is news
    assert others.has_news(line) is False


def test_names_as_they_travel():
    assert quoted("Lists") == b'"Lists"'
    assert quoted('a "b" \\ c') == b'"a \\"b\\" \\\\ c"'
    assert quoted("Entwürfe") == b'"Entw&APw-rfe"'
