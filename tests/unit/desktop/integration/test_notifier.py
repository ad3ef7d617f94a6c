"""Notifications: shown once, confirmed after showing, opened by a click."""

import msgspec
import pytest

from desktop.bridge import Showing
from desktop.integration import notifier as notifier_module
from desktop.integration import standing_notices
from desktop.integration.notifier import MAX_BODY, Notifier
from desktop.integration.tray import Tray
from master.api.schema import Notification
from worker.protocol.texts import Text


def _notification(number: int, body: str = "") -> Notification:
    return Notification(
        id=number,
        kind="item",
        item_id=number * 10,
        title=Text(code="notify_item", message=f"title {number}"),
        text=body,
        state="pending",
        reason=None,
        created_at=1,
    )


@pytest.fixture
def told():
    return []


@pytest.fixture
def notifier(qapp, told):
    return Notifier(None, lambda text: text.message, lambda title, body, row: told.append((title, body, row.id)))


def test_each_id_is_shown_once_and_confirmed(notifier, told):
    first = Showing([_notification(1), _notification(2)], False)
    assert not first.shown.done()
    notifier.show(first)
    assert first.shown.done()
    again = Showing([_notification(2), _notification(3)], False)
    notifier.show(again)
    assert again.shown.done()
    assert [row for _, _, row in told] == [1, 2, 3]


def test_a_window_that_stays_open_for_months_forgets_the_oldest_numbers(notifier, told, monkeypatch):
    monkeypatch.setattr(standing_notices, "REMEMBERED", 3)
    for number in range(1, 6):
        notifier.show(Showing([_notification(number)], False))
    notifier.show(Showing([_notification(number) for number in (3, 4, 5)], False))
    assert [row for _, _, row in told] == [1, 2, 3, 4, 5]
    assert len(notifier._known) == 3


def test_a_digest_is_one_message(notifier, told):
    notifier.show(Showing([_notification(n) for n in range(30)], True))
    assert len(told) == 1
    assert "30" in told[0][0]


def test_a_long_body_is_cut_and_put_on_one_line(notifier, told):
    notifier.show(Showing([_notification(1, "word\n" * 500)], False))
    body = told[0][1]
    assert len(body) == MAX_BODY
    assert "\n" not in body


def test_what_failed_to_show_is_neither_confirmed_nor_lost(qapp):
    told, broken = [], [True]

    def show(title, body, row):
        if broken[0]:
            raise RuntimeError("no room")
        told.append(row.id)

    notifier = Notifier(None, lambda text: text.message, show)
    first = Showing([_notification(1)], False)
    with pytest.raises(RuntimeError):
        notifier.show(first)
    assert not first.shown.done()
    broken[0] = False
    notifier.show(Showing([_notification(1)], False))
    assert told == [1]


def test_a_click_on_what_explains_the_window_opens_no_item(qtbot):
    tray = Tray()
    notifier = Notifier(tray, lambda text: text.message, lambda *_: None)
    notifier.show(Showing([_notification(1)], False))
    notifier.explain("Watchkeeper goes on watching", "")
    opened = []
    notifier.opened.connect(opened.append)
    with qtbot.waitSignal(notifier.window_wanted):
        tray.message_clicked.emit()
    assert opened == []
    tray.close()


def test_silent_ones_are_confirmed_without_a_message(notifier, told):
    quiet = msgspec.structs.replace(_notification(1), level="silent")
    showing = Showing([quiet, _notification(2)], False)
    notifier.show(showing)
    assert showing.shown.done()
    assert [row for _, _, row in told] == [2]


@pytest.mark.parametrize(
    ("changes", "loud"),
    [
        ({}, False),
        ({"level": "urgent"}, True),
        ({"prominent": True}, True),
        ({"sound": "alert"}, True),
        ({"sound": "none"}, False),
        ({"level": "urgent", "sound": "none"}, False),
    ],
)
def test_what_must_be_heard_is_heard(notifier, monkeypatch, changes, loud):
    beeps = []
    monkeypatch.setattr(notifier_module.QApplication, "beep", lambda: beeps.append(1))
    notifier.show(Showing([msgspec.structs.replace(_notification(1), **changes)], False))
    assert bool(beeps) is loud
