"""A rule out of what is read: of its account, kind and author, tried on its own text."""

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.views.inbox import InboxPage
from tests.unit.desktop.fakes import FakeClient


def test_the_menu_of_an_item_makes_a_rule_of_it(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.show()
    page.open_item(2)
    qtbot.waitUntil(lambda: page.panel.item is not None)
    menu = QMenu(page)
    page.reading.fill_menu(menu)
    next(one for one in menu.actions() if one.text() == "Make a rule of it…").trigger()
    dialog = page.window().findChild(RuleDialog)
    assert dialog is not None
    written = dialog._written()
    assert (written.name, written.conditions.author) == ("Ada Fischer", "Ada Fischer")
    assert written.conditions.account_ids == ["a1"]
    assert "Invoice 2" in dialog.tester.sample.toPlainText()
    dialog.reject()
