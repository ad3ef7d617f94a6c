"""Tab follows what is seen, also into what was put between others later."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.quiet_windows import NIGHT, WindowList
from desktop.dialogs.tab_orders import focusable
from master.api.schema import CatalogAnswer
from tests.unit.desktop.dialogs.test_login_dialog import MANIFEST as CHAT


def walk(first: QWidget) -> list[QWidget]:
    """Return where Tab goes, from ``first`` on, until it is there again."""
    found, one = [first], first.nextInFocusChain()
    while one is not first:
        if one in focusable(one) and one.isVisible():
            found.append(one)
        one = one.nextInFocusChain()
    return found


def test_tab_goes_from_field_to_field_as_they_are_seen(context: Context, qtbot: QtBot) -> None:
    context.models._set_catalog(CatalogAnswer(platforms=[CHAT], runners=[], deployments=[]))
    dialog = AccountDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.choose("chat")
    form: Any = dialog.form
    assert dialog.help is not None
    assert dialog.quiet is not None
    form.show_advanced()
    dialog.quiet.set_value(None)
    dialog.quiet.choice.setCurrentIndex(dialog.quiet.choice.findData("own"))
    qtbot.waitUntil(lambda: dialog.quiet is not None and dialog.quiet.windows.add_button.isVisible())
    order = walk(next(iter(form.rows.values())).input.target)
    inside = [one for one in order if form.isAncestorOf(one)]
    tops = [one.mapTo(form, one.rect().center()).y() for one in inside]
    assert tops == sorted(tops)
    assert set(dialog.help.login_buttons.values()) <= set(inside)
    assert dialog.quiet.windows.add_button in inside


def test_hours_that_are_added_come_before_the_button_that_adds_more(context: Context, qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    layout = QVBoxLayout(whole)
    windows = WindowList(context, whole)
    layout.addWidget(windows)
    whole.show()
    first, second = windows.add(NIGHT), windows.add(NIGHT)
    qtbot.waitUntil(second.isVisible)
    order = walk(focusable(first)[0])
    assert order == [*focusable(first), *focusable(second), windows.add_button]
