"""What the tray tells and switches, and where the window is while it is closed."""

import time
from datetime import datetime

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QSystemTrayIcon

from desktop.integration.autostart import XdgAutostart
from desktop.integration.tray import Tray
from desktop.models.app_locks import AppLock
from desktop.views.link_opener import LinkOpener
from desktop.views.locking import Locking
from desktop.views.main_window import MainWindow
from desktop.views.tray_controls import TrayControls, mute_end
from desktop.views.tray_presence import TrayPresence
from master.api.schema import Page, QuietHours, Settings
from tests.unit.desktop.fakes import make_account, make_alert, make_item, make_report
from worker.protocol.bases import LATEST_MS
from worker.protocol.states import AccountState
from worker.protocol.texts import Text


@pytest.fixture
def tray(qapp):
    made = Tray(platform="linux")
    yield made
    made.close()


@pytest.fixture
async def controls(context, client, tray, tmp_path):
    context.bridge.connected = True
    made = TrayControls(
        tray,
        context.bridge,
        context.models,
        context.settings,
        context.wording,
        context.run,
        context.run,
        autostart=XdgAutostart(tmp_path),
        profile=tmp_path,
    )
    yield made
    made.close()


@pytest.fixture
def window(context, qtbot):
    made = MainWindow(context)
    qtbot.addWidget(made)
    yield made
    made.close_for_good()


def local(moment):
    return datetime.fromisoformat(moment).astimezone()


def action(tray, name):
    found = [*tray.menu.actions(), *tray.menu.mutes.actions()]
    return next(one for one in found if one.objectName() == name)


# -- telling


async def test_the_menu_names_what_is_new_and_who_needs_sign_in(context, client, controls, tray):
    rows = [make_account(f"n{n}", name=f"Needy {n}", state=AccountState.LOGIN_NEEDED) for n in range(7)]
    context.models.accounts.replace_all([*rows, make_account("a1", name="Work & play")])
    client.answers["items"] = Page(
        rows=[make_item(9, account_id="a1", title="Hello"), make_item(8, title="", text="x")]
    )
    await controls._unread.load()
    controls.refresh()
    assert client.called("items")[-1][0][0].unread is True
    assert action(tray, "item0").text() == "Work && play: Hello"
    assert action(tray, "item1").text().endswith(": x")
    assert [action(tray, f"account{n}").text() for n in range(5)] == [f"Sign in: Needy {n}" for n in range(5)]
    assert action(tray, "accounts").text() == "2 more to sign in"
    controls.set_locked(True)
    assert not action(tray, "item0").isVisible()
    assert not action(tray, "account0").isVisible()


async def test_a_mute_and_quiet_hours_are_told_with_their_end(context, controls, tray):
    soon = int(time.time() * 1000) + 60_000
    context.models._set_settings(Settings(muted_until_at=soon))
    assert f"Muted until {context.wording.clock(soon, soon)}" in tray.icon.toolTip()
    context.models._set_settings(Settings(muted_until_at=soon + 3 * 86_400_000))
    assert context.wording.weekday_moment(soon + 3 * 86_400_000) in tray.icon.toolTip()
    context.models._set_settings(Settings(muted_until_at=LATEST_MS))
    assert tray.icon.toolTip().endswith("\nMuted")
    context.models._set_settings(Settings(muted_until_at=soon - 120_000))
    assert "Muted" not in tray.icon.toolTip()
    context.models.telling._set_quiet(
        QuietHours(
            enabled=True, windows=[], time_zone="UTC", active=True, until_at=soon, next_at=None, held=0, version=1
        )
    )
    assert tray.icon.toolTip().endswith("\nQuiet hours")
    assert context.wording.clock(soon, soon) in action(tray, "quiet").text()


async def test_the_end_of_a_mute_is_told_though_nothing_else_happens(context, controls, tray, qtbot):
    context.models._set_settings(Settings(muted_until_at=int(time.time() * 1000) + 150))
    assert "Muted" in tray.icon.toolTip()
    qtbot.waitUntil(lambda: "Muted" not in tray.icon.toolTip())


@pytest.mark.parametrize(
    ("name", "now", "end"),
    [
        ("15min", local("2026-03-01T12:00"), local("2026-03-01T12:15")),
        ("1h", local("2026-12-31T23:30"), local("2027-01-01T00:30")),
        ("tomorrow", local("2026-03-01T00:05"), local("2026-03-02T08:00")),
        ("tomorrow", local("2026-12-31T23:59"), local("2027-01-01T08:00")),
    ],
)
def test_a_mute_ends_when_it_says(name, now, end):
    assert mute_end(name, now) == int(end.timestamp() * 1000)


def test_a_mute_without_an_end_and_its_end():
    assert mute_end("always", local("2026-03-01T00:00")) == LATEST_MS
    assert mute_end("off", local("2026-03-01T00:00")) is None


# -- switching


async def test_what_the_menu_switches_is_asked_of_the_master(context, client, controls, tray):
    action(tray, "always").trigger()
    assert client.called("patch_settings")[-1][0][0].muted_until_at == LATEST_MS
    context.models._set_settings(Settings(muted_until_at=LATEST_MS))
    action(tray, "unmute").trigger()
    assert client.called("patch_settings")[-1][0][0].muted_until_at is None
    paused = make_account("a3", state=AccountState.PAUSED)
    context.models.accounts.replace_all([make_account("a1"), make_account("a2"), paused])
    controls.refresh()
    action(tray, "check").trigger()
    asked = client.called("batch_accounts")[-1][0][0]
    assert (asked.action, asked.account_ids) == ("check", ["a1", "a2"])
    action(tray, "pause").trigger()
    asked = client.called("batch_accounts")[-1][0][0]
    assert (asked.action, asked.account_ids) == ("pause", ["a1", "a2"])


async def test_what_could_not_be_done_is_told(client, controls, tray, qtbot):
    why = Text(code="x", message="no worker is there")
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids, {"a1": why})
    with qtbot.waitSignal(controls.notice) as told:
        action(tray, "check").trigger()
    assert told.args[0] == "1 account(s) could not be checked"
    assert "no worker is there" in told.args[1]


async def test_the_start_at_login_is_the_systems_switch(controls, tray, tmp_path, qtbot):
    switch = XdgAutostart(tmp_path)
    assert not action(tray, "autostart").isChecked()
    action(tray, "autostart").trigger()
    assert switch.enabled()
    switch.disable()  # by the system's own settings
    tray.menu.aboutToShow.emit()
    assert not action(tray, "autostart").isChecked()
    (tmp_path / "autostart").rmdir()
    (tmp_path / "autostart").write_text("in the way")
    with qtbot.waitSignal(controls.notice) as told:
        action(tray, "autostart").trigger()
    assert told.args[0] == "The start at login could not be changed"
    assert not action(tray, "autostart").isChecked()


# -- where the window is


class Presence:
    def __init__(self, qapp, tray, settings, window, *, there=True, asks=True):
        self.there = there
        self.quits = []
        self.told = []
        self.presence = TrayPresence(
            qapp, tray, settings, lambda: window, lambda: asks, lambda: self.there, parent=window
        )
        self.presence.quit_requested.connect(lambda: self.quits.append(1))
        self.presence.explained.connect(lambda title, _body: self.told.append(title))

    def look(self):
        self.presence._watch.look()


async def test_closing_goes_to_the_tray_and_is_explained_once(qapp, context, tray, window):
    world = Presence(qapp, tray, context.settings, window)
    window.show()
    for _ in range(2):
        window.show()
        world.presence.on_close_requested()
        assert not window.isVisible()
    assert world.told == ["Watchkeeper goes on watching"]
    assert world.quits == []
    context.settings.update(close_to_tray=False)
    world.presence.on_close_requested()
    assert world.quits == [1]


async def test_without_a_tray_closing_quits_after_asking(qapp, context, tray, window):
    world = Presence(qapp, tray, context.settings, window, there=False)
    window.show()
    world.presence.on_close_requested()
    assert window.isVisible()
    assert world.quits == []
    question = world.presence._question
    world.presence.on_close_requested()
    assert world.presence._question is question  # not asked twice
    question.confirm_button.click()
    assert world.quits == [1]
    elsewhere = Presence(qapp, tray, context.settings, window, there=False, asks=False)
    elsewhere.presence.on_close_requested()  # the watch goes on without this window: nothing to ask
    assert elsewhere.quits == [1]


async def test_a_locked_window_without_a_tray_can_be_closed(qapp, context, tray, window, qtbot):
    async def compute(work):
        return work()

    lock = AppLock(None, compute)
    await lock.set_passphrase("correct horse")
    locking = Locking(qapp, lock, context.settings, context.theme, context.run)
    locking.follow(window)
    window.show()
    lock.lock()
    world = Presence(qapp, tray, context.settings, window, there=False)
    world.presence.on_close_requested()
    QCoreApplication.processEvents()  # the lock hides what opens now a moment later
    assert world.presence._question.isVisible()
    world.presence._question.confirm_button.click()
    assert world.quits == [1]
    locking.close()


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")  # said by the offscreen display
async def test_a_tray_that_vanishes_brings_the_window_back(qapp, context, tray, window):
    world = Presence(qapp, tray, context.settings, window)
    window.show()
    world.presence.on_close_requested()
    world.there = False
    world.look()
    assert window.isVisible()
    assert window.toasts.toasts[-1].title == "The tray is gone"
    world.there = True
    world.look()  # and one that comes later is used
    world.presence.on_close_requested()
    assert not window.isVisible()


async def test_a_click_on_the_icon_shows_and_hides(qapp, context, tray, window):
    Presence(qapp, tray, context.settings, window)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert window.isVisible()
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)  # the panel took the front
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert not window.isVisible()


async def test_the_menu_opens_places_in_the_window(qapp, context, tray, window):
    Presence(qapp, tray, context.settings, window)
    tray.menu.account_requested.emit("a2")
    assert window.isVisible()
    assert window.pages["accounts"].isVisible()
    assert window.pages["accounts"].chosen()[0].id == "a2"
    tray.menu.inbox_requested.emit()
    assert window.pages["inbox"].isVisible()
    tray.menu.settings_requested.emit()
    assert window.pages["settings"].isVisible()


# -- links


async def test_links_wait_until_there_is_something_to_show(context, window):
    opener = LinkOpener(window)
    opener.follow("watchkeeper://account/a2", window, context.models)
    assert window.isVisible()
    assert not window.pages["accounts"].isVisible()
    opener.loaded(window, context.models)
    assert window.pages["accounts"].chosen()[0].id == "a2"


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("watchkeeper://page/logs", "logs"),
        ("watchkeeper://alert/7", "alerts"),
        ("watchkeeper://item/2", "inbox"),
        ("watchkeeper://job/j1", "jobs"),
    ],
)
async def test_links_lead_to_their_place(context, window, link, page):
    context.models.alerts.replace_all([make_alert(7)])
    opener = LinkOpener(window)
    opener.loaded(window, context.models)
    opener.follow(link, window, context.models)
    assert window.pages[page].isVisible()


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("watchkeeper://nonsense/1", "This link leads nowhere"),
        ("watchkeeper://item/" + "9" * 5000, "This link leads nowhere"),
        ("watchkeeper://account/unknown", "What this link leads to is not here"),
        ("watchkeeper://alert/12345", "What this link leads to is not here"),
        ("watchkeeper://page/unknown", "What this link leads to is not here"),
    ],
)
async def test_links_that_lead_nowhere_are_told(context, window, link, title):
    opener = LinkOpener(window)
    opener.loaded(window, context.models)
    before = window.context.settings.values.page
    opener.follow(link, window, context.models)
    toast = window.toasts.toasts[-1]
    assert toast.title == title
    assert len(toast.body) < 250
    assert window.context.settings.values.page == before


async def test_a_mute_without_an_end_names_none(context, window):
    context.models._set_settings(Settings(muted_until_at=LATEST_MS))
    assert "muted" in window.sidebar.foot.toolTip()
    assert "muted until" not in window.sidebar.foot.toolTip()
    context.models._set_settings(Settings(muted_until_at=int(time.time() * 1000) + 60_000))
    assert "muted until" in window.sidebar.foot.toolTip()


async def test_the_link_to_an_item_is_copied(qapp, context, window):
    window.open_item(2)
    page = window.pages["inbox"]
    page.panel.buttons.copy_place.trigger()
    assert qapp.clipboard().text() == "watchkeeper://item/2"


async def test_the_window_is_locked_from_the_tray(qapp, context, tray, window, tmp_path, qtbot):
    world = Presence(qapp, tray, context.settings, window)
    lock = AppLock(tmp_path, _at_once, window)
    world.presence.follow_lock(lock)
    assert not action(tray, "lock").isVisible()
    await lock.set_passphrase("correct horse")
    assert action(tray, "lock").isVisible()
    with qtbot.waitSignal(lock.locked_changed):
        action(tray, "lock").trigger()
    assert lock.locked


async def _at_once(work):
    return work()
