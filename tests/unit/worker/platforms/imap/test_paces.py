"""How much is asked for: half after a time-out, no more than the line gives, and all again when it is quick."""

from worker.platforms.imap import paces
from worker.platforms.imap.paces import LEAST_BYTES, MAIL_BYTES, PAGE, PAGE_BYTES, Pace, Paces, of_mailbox


def _measures(pace):
    return pace.mails, pace.bytes, pace.mail_bytes


def test_silence_halves_the_page_down_to_the_beginning_of_one_mail():
    pace = Pace()
    assert pace.span is None
    pace.slow_down(0)
    assert _measures(pace) == (PAGE // 2, PAGE_BYTES // 2, MAIL_BYTES)
    for _ in range(5):
        pace.slow_down(0)
    assert (pace.mails, pace.mail_bytes) == (1, MAIL_BYTES // 4)
    assert pace.span is not None
    for _ in range(20):
        pace.slow_down(0)
    assert (pace.mails, pace.mail_bytes) == (1, LEAST_BYTES)
    for _ in range(20):
        pace.speed_up()
    assert _measures(pace) == (PAGE, PAGE_BYTES, MAIL_BYTES)


def test_a_slow_line_is_asked_for_what_it_gave():
    pace = Pace()
    pace.slow_down(20_000)
    assert pace.mails == 1
    assert LEAST_BYTES <= pace.mail_bytes <= 20_000
    pace = Pace()
    pace.slow_down(1_000_000)
    assert pace.mails > 1
    assert pace.bytes <= 1_000_000
    assert pace.mail_bytes == MAIL_BYTES


def test_a_round_goes_on_where_the_last_page_ended():
    mailbox = Paces()
    assert mailbox.take_round(("A", "B", "C")) == ["A", "B", "C"]
    mailbox.leave(["B", "C"])
    assert mailbox.take_round(("A", "C")) == ["C"]
    # Nothing was left, or the page has failed.
    assert mailbox.take_round(("A", "C")) == ["A", "C"]


def test_the_next_adapter_goes_on_at_the_pace(monkeypatch):
    monkeypatch.setattr(paces, "_mailboxes", {})
    monkeypatch.setattr(paces, "MAX_MAILBOXES", 2)
    first = of_mailbox("first")
    assert of_mailbox("first") is first
    of_mailbox("second")
    of_mailbox("first")
    of_mailbox("third")
    assert of_mailbox("first") is first
    assert len(paces._mailboxes) == 2
