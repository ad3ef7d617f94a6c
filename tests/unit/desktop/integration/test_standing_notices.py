"""Which notices are settled by what happens elsewhere."""

import msgspec
import pytest

from desktop.integration.standing_notices import KEPT, StandingNotices
from master.api.events import Deleted, Event, ItemsDeleted, ItemsRead, NotificationsSwept
from master.api.schema import Notification
from tests.unit.desktop.fakes import make_alert
from worker.protocol.texts import Text


def make(number, **changes):
    values = {"kind": "item", "item_id": number * 10, "account_id": "a1", "state": "pending"} | changes
    return Notification(id=number, title=Text(code="x", message="x"), text="", reason=None, created_at=1, **values)


def event(name, data):
    return Event(stream="s", seq=1, type=name, data=data)


@pytest.fixture
def standing():
    notices = StandingNotices()
    for row in (
        make(1),
        make(2, account_id="a2"),
        make(3),
        make(4, kind="job", item_id=None, job_id="j1", account_id=None),
        make(5, kind="alert", item_id=None, alert_id=7),
    ):
        notices.put(row)
    return notices


@pytest.mark.parametrize(
    ("name", "data", "gone"),
    [
        ("items.read", ItemsRead(ids=[10, 99], read=True), [1]),
        ("items.read", ItemsRead(ids=[10], read=False), []),
        ("items.read", ItemsRead(ids=[], read=True), [1, 2, 3]),
        ("items.read", ItemsRead(ids=[], read=True, account_id="a1"), [1, 3]),
        ("items.read", ItemsRead(ids=[], read=True, until_id=20), [1, 2]),
        ("items.deleted", ItemsDeleted(ids=[30]), [3]),
        ("notifications.swept", NotificationsSwept(ids=[2, 5], state="read", count=2), [2, 5]),
        ("notifications.swept", NotificationsSwept(ids=[2], state="pending", count=1), []),
        ("notification.changed", make(3, state="dismissed"), [3]),
        ("notification.changed", make(3, state="snoozed"), [3]),
        ("notification.changed", make(3), []),
        ("job.deleted", Deleted(id="j1"), [4]),
        ("account.deleted", Deleted(id="j1"), []),
        ("alert.changed", msgspec.structs.replace(make_alert(7), acknowledged_at=5), [5]),
        ("alert.changed", make_alert(7), []),
    ],
)
def test_what_was_settled_elsewhere_is_taken(standing, name, data, gone):
    assert standing.settled_by(event(name, data)) == gone
    assert len(standing) == 5 - len(gone)


def test_what_counts_more_is_worded_anew(standing):
    more = make(6, kind="system", item_id=None, count=3)
    standing.put(more)
    grown = msgspec.structs.replace(more, count=5)
    assert standing.grown_by(event("notification.changed", grown)) == grown
    assert standing.grown_by(event("notification.changed", more)) is None
    unknown = msgspec.structs.replace(grown, id=77)
    assert standing.grown_by(event("notification.changed", unknown)) is None


def test_the_oldest_are_forgotten():
    notices = StandingNotices()
    for number in range(1, KEPT + 11):
        notices.put(make(number))
    assert len(notices) == KEPT
    assert notices.get(10) is None
    assert notices.get(11) is not None
    assert notices.keep_only({KEPT}) == [number for number in range(11, KEPT + 11) if number != KEPT]
    assert notices.take_all() == [KEPT]
