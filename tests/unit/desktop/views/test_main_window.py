"""The window: pages, badges, shortcuts, banner, messages, the error boundary."""

from collections.abc import Iterator
from functools import partial

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.list_panels import ListPanel
from desktop.dialogs.vault_dialog import VaultDialog
from desktop.integration.faults import FaultGuard
from desktop.views import main_window, page_table
from desktop.views.actions import Undo
from desktop.views.inbox import InboxPage
from desktop.views.main_window import MainWindow
from desktop.views.workers import WorkersPage
from master.api.client import ApiError
from tests.unit.desktop.fakes import FakeClient, make_account, make_item, make_worker
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import Text, text


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close_for_good()


@pytest.fixture
def faults(window: MainWindow) -> Iterator[FaultGuard]:
    """The hooks of the process, as the application has them."""
    guard = FaultGuard(window.show_error)
    guard.install()
    yield guard
    guard.close()


def shown(window: MainWindow) -> str:
    return next(name for name, page in window.pages.items() if page.isVisible())


PAGES = ("overview", "inbox", "accounts", "workers", "jobs", "schedules", "statistics", "rules", "alerts", "logs")


def test_pages_by_name_and_by_key(window: MainWindow, qtbot: QtBot, context: Context) -> None:
    assert shown(window) == "overview"
    for number, name in enumerate(PAGES, 1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number % 10), Qt.KeyboardModifier.ControlModifier)
        assert shown(window) == name
        assert window.sidebar.buttons[name].isChecked()
    assert context.settings.values.page == "logs"
    with pytest.raises(KeyError):
        window.show_page("nowhere")


def test_badges_tell_unread_and_problems(window: MainWindow, context: Context) -> None:
    buttons = window.sidebar.buttons
    assert (buttons["inbox"].badge, buttons["inbox"].badge_kind) == ("2", "unread")
    assert buttons["accounts"].badge == ""
    assert (buttons["workers"].badge, buttons["workers"].badge_kind) == ("2", "plain")
    context.models.accounts.upsert(make_account("a9", state=AccountState.LOGIN_NEEDED))
    context.models.accounts.settle()
    context.models.workers.upsert(make_worker("local-1", status=WorkerState.ERROR))
    context.models.workers.settle()
    assert (buttons["accounts"].badge, buttons["accounts"].badge_kind) == ("1", "bad")
    assert buttons["workers"].badge_kind == "bad"
    assert buttons["accounts"].accessibleName() == "Accounts 1 problems"


def test_a_narrow_window_shows_icons_only(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(960, 640)
    qtbot.waitUntil(lambda: window.sidebar.width() == 64)
    window.resize(1180, 740)
    qtbot.waitUntil(lambda: window.sidebar.width() == 204)


def test_a_lost_master_is_told_above_the_page(window: MainWindow, context: Context) -> None:
    assert window.banner.isHidden()
    context.bridge.connection_changed.emit(False, "connection refused")
    assert "connection refused" in window.banner.words
    assert window.banner.isVisible()
    context.bridge.connection_changed.emit(True, "")
    assert window.banner.isHidden()


def test_the_foot_names_the_port_of_a_master_that_was_started_again(window: MainWindow, context: Context) -> None:
    def words() -> str:
        return window.sidebar.foot.toolTip()

    assert "127.0.0.1:3000" in words()
    context.bridge.connection_changed.emit(False, "connection refused")
    context.bridge.client.url = "http://127.0.0.1:3007"  # type: ignore[misc]
    context.bridge.connection_changed.emit(True, "")
    assert "127.0.0.1:3007" in words()
    window.open_settings("advanced")
    page = window.current
    assert page is not None
    context.bridge.client.url = "http://127.0.0.1:3008"  # type: ignore[misc]
    context.bridge.connection_changed.emit(True, "")
    assert any("127.0.0.1:3008" in one.text() for one in page.findChildren(PlainLabel))


def test_the_key_that_takes_back_works_where_a_list_stands_too(window: MainWindow, qtbot: QtBot) -> None:
    window.open_settings("proxies")
    page, done = window.current, list[str]()
    assert page is not None
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(ListPanel)))
    window.toast("moved", "", "info", Undo("Undo", partial(done.append, "back")))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == ["back"]


def test_without_a_network_one_line_says_who_waits_for_it(window: MainWindow, context: Context) -> None:
    assert window.banner.isHidden()
    for number in range(3):
        context.models.accounts.upsert(make_account(f"n{number}", state=AccountState.UNREACHABLE, incident=""))
    context.models.accounts.upsert(make_account("other", state=AccountState.UNREACHABLE, incident="mail.example"))
    context.models.accounts.settle()
    assert "no network. 3 account" in window.banner.words
    assert window.banner.level == "warn"
    for number in range(3):
        context.models.accounts.upsert(make_account(f"n{number}"))
    context.models.accounts.settle()
    assert window.banner.isHidden()


def test_a_locked_keyring_is_opened_from_the_line_that_tells_of_it(
    window: MainWindow, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    assert context.models.status is not None
    locked = Text(code="vault_locked_linux", message="The keyring is locked.")
    context.models.status = msgspec.structs.replace(context.models.status, vault="locked", vault_reason=locked)
    context.models.status_changed.emit()
    assert window.banner.action.isVisible()
    qtbot.mouseClick(window.banner.action, Qt.MouseButton.LeftButton)
    assert "check_vault" in [name for name, _, _ in client.calls]
    own = Text(code="vault_locked_passphrase", message="The passphrase vault is locked.")
    context.models.status = msgspec.structs.replace(context.models.status, vault_reason=own)
    context.models.status_changed.emit()
    qtbot.mouseClick(window.banner.action, Qt.MouseButton.LeftButton)
    dialogs = window.findChildren(VaultDialog)
    assert len(dialogs) == 1
    dialogs[0].reject()
    context.models.status = msgspec.structs.replace(context.models.status, vault="ok", vault_reason=None)
    context.models.status_changed.emit()
    assert not window.banner.action.isVisible()


def test_a_missing_keyring_can_be_put_away_until_there_is_a_credential(
    window: MainWindow, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    models, banner = context.models, window.banner
    assert models.status is not None
    models.accounts.replace_all([make_account("a1", has_credentials=False)])
    models.status = msgspec.structs.replace(models.status, vault="unavailable")
    models.status_changed.emit()
    assert "no keyring" in banner.words
    assert (banner.level, banner.isVisible(), banner.close_button.isVisible()) == ("warn", True, True)
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    models.status_changed.emit()
    assert banner.isHidden()
    models.accounts.replace_all([make_account("a1", has_credentials=True)])
    assert (banner.level, banner.isVisible(), banner.close_button.isVisible()) == ("bad", True, False)


def test_keys_find_and_add(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("accounts")
    qtbot.keyClick(window, Qt.Key.Key_Slash)
    search = window.pages["accounts"].search
    assert search is not None
    qtbot.waitUntil(search.hasFocus)
    qtbot.keyClicks(search, "a/b")
    assert search.text() == "a/b"
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(AccountDialog)
    assert dialog is not None
    dialog.reject()


def test_f5_checks_all_accounts(window: MainWindow, qtbot: QtBot, client: FakeClient) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert sorted(client.called("batch_accounts")[0][0][0].account_ids) == ["a1", "a2"]


def test_a_clicked_notification_opens_its_item(window: MainWindow, context: Context) -> None:
    window.show_page("logs")
    context.models.items.add(make_item(9))
    window.open_item(9)
    inbox = window.pages["inbox"]
    assert isinstance(inbox, InboxPage)
    assert shown(window) == "inbox"
    assert inbox.panel.item == make_item(9)
    window.open_account("a2")
    assert shown(window) == "accounts"


def test_errors_become_messages_that_stay(window: MainWindow) -> None:
    error = ApiError(400, "ERR_INVALID", "The request is wrong.", {"name": "x"}, {"name": text("field_required")}, "")
    window.show_error(error)
    window.show_error(error)
    window.show_error(ValueError("oops"))
    assert [(one.title, one.body) for one in window.toasts.toasts] == [
        ("The request is wrong.", "Fill this in."),
        ("Something failed in this window", "It goes on. What happened stands in the log."),
    ]
    window.toasts.toasts[0].leave()
    assert len(window.toasts.toasts) == 1


def test_a_message_can_carry_an_action(window: MainWindow) -> None:
    done: list[int] = []
    window.toast("Title", "Body", action=("Open", lambda: done.append(1)))
    window.toasts.toasts[0]._act(lambda: done.append(2))
    assert done == [2]
    assert window.toasts.toasts == []


def test_closing_asks_the_owner(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.close_requested):
        window.close()
    assert window.isVisible()
    window.remember()
    assert window.context.settings.values.geometry


@pytest.mark.parametrize("geometry", ["x", "eA=="])
def test_a_place_that_cannot_be_read_does_not_stop_the_window(context: Context, qtbot: QtBot, geometry: str) -> None:
    context.settings.update(geometry=geometry)
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window.size().height() == main_window.FIRST.height()
    window.close_for_good()


@pytest.mark.expects_log("workers failed")
def test_a_page_that_fails_takes_no_other_with_it(
    context: Context, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_context: Context) -> None:
        raise RuntimeError("no cards today")

    monkeypatch.setattr(page_table, "WorkersPage", type("WorkersPage", (), {"__new__": lambda cls, c: broken(c)}))
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window.pages["workers"].shown_state == "error"
    assert window.pages["accounts"].shown_state == "content"
    window.close_for_good()


@pytest.mark.expects_log("inbox failed")
def test_a_page_that_fails_while_shown_says_so(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.show_page("inbox")
    page = window.pages["inbox"]

    def broken() -> None:
        raise RuntimeError("late")

    monkeypatch.setattr(page, "tick", broken)
    window._on_second()
    assert page.shown_state == "error"
    assert page._error.words.text() == "late"


@pytest.mark.expects_log("workers failed")
def test_a_page_that_could_not_be_made_is_made_by_another_try(
    context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [RuntimeError("no cards today"), RuntimeError("still none")]

    def make(context: Context) -> WorkersPage:
        if faults:
            raise faults.pop(0)
        return WorkersPage(context)

    monkeypatch.setattr(page_table, "WorkersPage", make)
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.show_page("workers")
    failed = window.pages["workers"]
    failed._error.button.click()
    qtbot.waitUntil(lambda: window.pages["workers"] is not failed)
    assert window.pages["workers"]._error.words.text() == "still none"
    window.pages["workers"]._error.button.click()
    qtbot.waitUntil(lambda: isinstance(window.pages["workers"], WorkersPage))
    assert (window.current, shown(window)) == (window.pages["workers"], "workers")
    window.pages["workers"].panel.account_wanted.emit("a1")  # it is connected as any
    assert shown(window) == "accounts"
    window.close_for_good()


@pytest.mark.usefixtures("faults")
@pytest.mark.expects_log("a slot of the window failed")
def test_a_page_that_cannot_show_its_models_says_so_and_tries_again(
    window: MainWindow, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.show_page("workers")
    page = window.pages["workers"]
    real = page.set_sentence

    def broken(_words: str) -> None:
        raise RuntimeError("no words today")

    monkeypatch.setattr(page, "set_sentence", broken)
    context.models.workers.settled.emit()
    assert (page.shown_state, page._error.words.text()) == ("error", "no words today")
    assert window.toasts.toasts == []
    assert window.pages["accounts"].shown_state == "content"
    monkeypatch.setattr(page, "set_sentence", real)
    page._error.button.click()
    assert page.shown_state != "error"


@pytest.mark.usefixtures("faults")
@pytest.mark.expects_log("a slot of the window failed")
def test_what_fails_under_a_button_leaves_the_page_as_it_is(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.show_page("accounts")
    page = window.pages["accounts"]

    def broken() -> None:
        raise RuntimeError("not today")

    page.add_action("Fail").clicked.connect(lambda _checked=False: broken())
    next(button for button in page.findChildren(QPushButton) if button.text() == "Fail").click()
    assert page.shown_state == "content"
    assert [one.title for one in window.toasts.toasts] == ["Something failed in this window"]


@pytest.mark.expects_log("overview failed")
def test_a_page_without_a_list_of_its_own_is_shown_by_another_try(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.pages["overview"]
    window.show_page("overview")
    real = page.tick

    def broken() -> None:
        raise RuntimeError("late")

    monkeypatch.setattr(page, "tick", broken)
    window._on_second()
    assert page.shown_state == "error"
    monkeypatch.setattr(page, "tick", real)
    page._error.button.click()
    assert page.shown_state == "content"


def test_what_has_no_page_of_its_own_is_a_tab_or_stands_in_the_settings(window: MainWindow) -> None:
    tabs: dict[str, list[str]] = {}
    for name, bar in (
        ("inbox", window.pages["inbox"].tabs),
        ("accounts", window.pages["accounts"].views.tabs),
        ("workers", window.pages["workers"].tabs),
        ("jobs", window.pages["jobs"].tabs),
    ):
        tabs[name] = [bar.tabText(at).split(" (")[0] for at in range(bar.count())]
    assert tabs == {
        "inbox": ["Items", "Notifications"],
        "accounts": ["Accounts", "Sign-ins"],
        "workers": ["Workers", "Assignments"],
        "jobs": ["Jobs", "Statistics", "Resources", "Runners"],
    }
    sections = [entry.title for entry in window.pages["settings"].entries()]
    assert {"Proxies", "System status", "Storage and backups", "About"} <= set(sections)
    assert [*window.sidebar.buttons] == [*PAGES, "settings"]
