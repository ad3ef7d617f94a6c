"""Links from outside: what leads somewhere, and what is refused."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from desktop.integration.deep_links import MAX_LINK, Target, is_ours, link_to, read_link
from desktop.integration.url_events import UrlEvents


@pytest.mark.parametrize(
    ("link", "kind", "name"),
    [
        ("watchkeeper://item/5", "item", "5"),
        ("watchkeeper://item/5/", "item", "5"),
        ("WATCHKEEPER://Item/5", "item", "5"),
        ("watchkeeper:item/5", "item", "5"),
        ("watchkeeper://account/ab-12_x.y", "account", "ab-12_x.y"),
        ("watchkeeper://job/job-1", "job", "job-1"),
        ("watchkeeper://alert/9007199254740992", "alert", "9007199254740992"),
        ("watchkeeper://page/workers", "page", "workers"),
        ("watchkeeper://", "window", ""),
        ("watchkeeper:", "window", ""),
    ],
)
def test_what_leads_somewhere(link, kind, name):
    assert read_link(link) == Target(kind=kind, name=name)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://item/5",
        "watchkeeper://item/",
        "watchkeeper://item/abc",
        "watchkeeper://item/-1",
        "watchkeeper://item/0",
        "watchkeeper://item/٥",
        "watchkeeper://item/9007199254740993",
        "watchkeeper://item/5?x=1",
        "watchkeeper://item/5#top",
        "watchkeeper://item/5/6",
        "watchkeeper://item/../../etc",
        "watchkeeper://user:pw@item/5",
        "watchkeeper://account/%2e%2e",
        "watchkeeper://account/a b",
        "watchkeeper://account/" + "a" * 65,
        "watchkeeper://item/5\nwatchkeeper://item/6",
        "watchkeeper://item/5\0",
        "watchkeeper://worker/worker-1",
        "watchkeeper://item/" + "1" * MAX_LINK,
        "watchkeeper://" + "a" * 1_000_000,
    ],
)
def test_what_leads_nowhere(link):
    assert read_link(link) is None


def test_links_lead_back():
    for kind, name in [("item", 5), ("account", "a1"), ("page", "logs"), ("window", "")]:
        assert read_link(link_to(kind, name)) == Target(kind=kind, name=str(name))
    assert is_ours("WatchKeeper://nonsense")
    assert not is_ours("watchkeepers://item/5")


def test_links_come_as_events_where_the_system_has_no_second_start(qtbot, qapp):
    events = UrlEvents(qapp)
    try:
        with qtbot.waitSignal(events.link_opened) as opened:
            assert QApplication.sendEvent(qapp, QFileOpenEvent(QUrl("watchkeeper://item/5")))
        assert opened.args == ["watchkeeper://item/5"]
        with qtbot.assertNotEmitted(events.link_opened):
            QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile("/tmp/mail.eml")))
    finally:
        qapp.removeEventFilter(events)
        events.deleteLater()
