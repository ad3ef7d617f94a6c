"""What stands in the menu of the Accounts page beside adding one: lists, imports, exports, backups."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.groups_dialog import GroupsDialog
from desktop.dialogs.import_dialog import ImportDialog
from desktop.views.accounts import AccountsPage
from master.api.client import ApiError
from tests.unit.desktop.fakes import FakeClient


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> AccountsPage:
    for name in ("groups", "backups", "login_sessions"):
        client.answers[name] = []
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def action(page: AccountsPage, words: str) -> QAction:
    menu = page.more_button.menu()
    assert menu is not None
    return next(one for one in menu.actions() if one.text() == words)


@pytest.mark.parametrize(
    ("words", "kind", "asked"),
    [
        ("Groups…", GroupsDialog, "groups"),
        ("Import accounts…", ImportDialog, ""),
    ],
)
def test_every_entry_opens_its_dialog_loaded(
    page: AccountsPage, client: FakeClient, words: str, kind: type[Any], asked: str
) -> None:
    action(page, words).trigger()
    dialog = page.window().findChild(kind)
    assert dialog is not None
    assert dialog.isVisible()
    assert not asked or client.called(asked)
    dialog.reject()
    assert dialog.gone


@pytest.mark.parametrize(("words", "section"), [("Proxies…", "proxies"), ("Backups and moving…", "storage")])
def test_what_stands_in_the_settings_is_opened_there(
    page: AccountsPage, qtbot: QtBot, words: str, section: str
) -> None:
    with qtbot.waitSignal(page.settings_wanted) as asked:
        action(page, words).trigger()
    assert asked.args == [section]


@pytest.mark.parametrize(("words", "kind"), [("Export as CSV…", "csv"), ("Export feeds as OPML…", "opml")])
def test_accounts_are_exported_to_the_chosen_file(
    page: AccountsPage, client: FakeClient, tmp_path: Path, words: str, kind: str
) -> None:
    said: list[tuple[Any, ...]] = []
    page.notice.connect(lambda *one: said.append(one))
    action(page, words).trigger()
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    assert dialog.defaultSuffix() == kind
    target = tmp_path / f"all.{kind}"
    dialog.fileSelected.emit(str(target))
    assert client.called("export_accounts") == [((target, kind), {})]
    assert said == [("Exported", str(target), "info")]
    dialog.reject()


def test_an_export_that_fails_says_why(
    page: AccountsPage, client: FakeClient, tmp_path: Path, context: Context
) -> None:
    said: list[tuple[Any, ...]] = []
    page.notice.connect(lambda *one: said.append(one))
    client.errors["export_accounts"] = PermissionError(13, "Permission denied")  # type: ignore[assignment]
    action(page, "Export as CSV…").trigger()
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "x.csv"))
    assert said == [("The accounts could not be exported", "Permission denied", "bad")]
    client.errors["export_accounts"] = ApiError(503, "ERR_UNREACHABLE", "away")
    dialog.fileSelected.emit(str(tmp_path / "x.csv"))
    assert len(said) == 1
    assert isinstance(context.run.failures[0], ApiError)  # type: ignore[attr-defined]
    dialog.reject()
