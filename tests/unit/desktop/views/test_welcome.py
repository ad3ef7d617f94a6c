"""The first minutes: shown to whom they help, and what they lead to."""

import sys

import msgspec
import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.import_dialog import ImportDialog
from desktop.integration import launches
from desktop.views import welcoming
from desktop.views.main_window import MainWindow
from desktop.views.welcome import WelcomePage
from tests.unit.desktop.fakes import make_account, make_item
from worker.protocol.states import AccountState
from worker.protocol.texts import Text


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> MainWindow:
    """A window that has accounts."""
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def welcome(window: MainWindow, context: Context) -> WelcomePage:
    """Its first minutes, without an account."""
    context.models.accounts.replace_all([])
    context.settings.update(welcomed=False)
    window.welcoming.show()
    page = window.pages["welcome"]
    assert isinstance(page, WelcomePage)
    page._item = None
    page.refresh()
    return page


def test_a_window_with_accounts_needs_no_welcome(window: MainWindow, context: Context) -> None:
    assert "welcome" not in window.pages
    assert context.settings.values.welcomed


def test_a_new_profile_is_welcomed_once_its_accounts_are_known_to_be_none(context: Context, qtbot: QtBot) -> None:
    context.models.accounts.replace_all([])
    context.settings.update(page="rules")
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window.current is window.pages["welcome"]
    page = window.pages["welcome"]
    assert isinstance(page, WelcomePage)
    page.ways.skip_button.click()
    assert context.settings.values.welcomed
    assert window.current is not page
    window.close_for_good()
    again = MainWindow(context)
    qtbot.addWidget(again)
    assert "welcome" not in again.pages


def test_the_demo_has_its_accounts_from_the_start(context: Context, qtbot: QtBot) -> None:
    assert context.models.status is not None
    context.models.accounts.replace_all([])
    context.models.status = msgspec.structs.replace(context.models.status, demo=True)
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert "welcome" not in window.pages


def test_each_way_opens_what_it_promises(
    welcome: WelcomePage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcome.ways.add_card.button.click()
    (dialog,) = window.findChildren(AccountDialog)
    dialog.reject()
    welcome.ways.import_card.button.click()
    (imports,) = window.findChildren(ImportDialog)
    imports.reject()
    started: list[bool] = []

    def refuse() -> bool:
        started.append(True)
        return False

    monkeypatch.setattr(welcoming, "start_demo", refuse)
    welcome.ways.demo_card.button.click()
    assert started == [True]
    assert window.toasts.toasts[-1].level == "bad"


def test_the_steps_follow_the_first_account(
    welcome: WelcomePage, window: MainWindow, context: Context, qtbot: QtBot
) -> None:
    assert welcome.first_focus is welcome.ways.add_card.button
    welcome.ways.add_card.button.setFocus()
    context.models.accounts.replace_all([make_account("a1", last_ok_at=None, state=AccountState.PENDING)])
    assert welcome._ways_or_steps.currentIndex() == 1
    assert window.focusWidget() is welcome.done_button
    assert "under way" in welcome.account_step.words.text()
    refused = Text(code="", message="refused")
    failed = make_account("a1", last_ok_at=None, state=AccountState.LOGIN_NEEDED, state_reason=refused)
    context.models.accounts.replace_all([failed])
    assert welcome.account_step.button.isVisibleTo(welcome)
    context.models.accounts.replace_all([make_account("a1"), make_account("a2")])
    assert "Checked" in welcome.account_step.words.text()
    with qtbot.waitSignal(window.welcoming.notification_wanted):
        welcome.told_step.button.click()
    welcome._item = None
    welcome.refresh()
    assert not welcome.item_step.button.isVisibleTo(welcome)
    context.models.inbox.found.emit(make_item(1, title="<b>Invoice</b>", text="Hello"))
    assert welcome.item_step.title.text() == "<b>Invoice</b>"
    with qtbot.waitSignal(welcome.item_wanted) as opened:
        welcome.item_step.button.click()
    assert opened.args == [1]
    assert context.settings.values.welcomed
    assert window.current is window.pages["inbox"]


def test_the_demo_is_this_program_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert launches.program()[1:] == ["-m", "desktop"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert len(launches.program()) == 1
    seen: list[tuple[str, list[str]]] = []
    acts = {"startDetached": lambda self: seen.append((self.program(), self.arguments()))}
    monkeypatch.setattr(launches, "QProcess", type("Process", (QProcess,), acts))
    assert not launches.start_demo()
    assert seen == [(launches.program()[0], ["demo"])]
