"""Names and texts that somebody else chose are shown letter by letter, everywhere, and widen nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QAbstractListModel, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QGroupBox,
    QLabel,
    QMenu,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.context import Context
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.views.main_window import MainWindow
from tests.unit.desktop.dialogs.test_worker_dialog import make_config
from tests.unit.desktop.fakes import make_account, make_alert, make_item, make_record, make_worker
from tests.unit.desktop.inbox_fakes import make_group
from tests.unit.desktop.job_fakes import make_job, make_schedule
from tests.unit.desktop.views.test_rules_page import make_rule
from worker.protocol.states import AccountState
from worker.protocol.texts import Text

TAG = "<b>bold</b><img src='file:///etc/hostname'><a href='x'>y</a>"
AND = "Salt & Pepper &File &&"
MARKDOWN = "**loud** _soft_ [here](http://x.example) `code` # head"
LONG = "W" * 500
WORDS = "very long name of an account " * 18
RTL = "\u202emoc.elpmaxe@olleh\u202c مرحبا بالعالم"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳 e\u0301\u0323" + "\u0300" * 40
CONTROL = "line\nbreak\ttab\x1b[31m\x07\x00end\u2028\ufeff"
TEXTS = {
    "markup": TAG, "ampersand": AND, "markdown": MARKDOWN, "long": LONG, "words": WORDS, "right to left": RTL,
    "emoji": EMOJI, "control": CONTROL,
}  # fmt: skip
PAGES = (
    "overview", "inbox", "accounts", "workers", "jobs", "schedules", "statistics", "rules", "alerts", "logs",
    "settings",
)  # fmt: skip


def fill(context: Context, text: str) -> None:
    """Every row that has a name or a text has this one."""
    models = context.models
    said = Text(code="", params={}, message=text)
    models.inbox.groups = {"g1": make_group("g1", name=text)}
    models.inbox.groups_changed.emit()
    models.accounts.replace_all(
        [
            make_account("a1", name=text, group_id="g1", notes=text, tags=[text[:40]], state_reason=said),
            make_account("a2", name=text + "2", state=AccountState.LOGIN_NEEDED, state_reason=said),
        ]
    )
    models.workers.replace_all([make_worker("local-1", name=text, status_text=said), make_worker("local-2")])
    models.items.replace_all([make_item(2, title=text, text=text, author=text, thread=text), make_item(1)], None)
    models.work.jobs.replace_page([make_job("j1", name=text, error=said)], None)
    models.work.schedules.replace_all([make_schedule("s1", name=text)])
    models.telling.rules.replace_all([make_rule(0, text), make_rule(1)])
    models.alerts.replace_all([make_alert(1, title=said, subject_name=text)])
    models.logs.append([make_record(9, message=text, logger=text[:80])], None)


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    """One odd text."""
    return TEXTS[request.param]


@pytest.fixture
def window(context: Context, qtbot: QtBot, text: str) -> Iterator[MainWindow]:
    fill(context, text)
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.resize(1180, 740)
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_for_good()


def plain(tip: str) -> bool:
    """Qt reads a tooltip with tags as markup: none of somebody else's may be in it."""
    return not any(tag in tip for tag in ("<b>", "<img", "<a "))


def single_ands(words: str) -> bool:
    """An ampersand that is not doubled makes the next letter a key, and is not seen."""
    return "&" in words.replace("&&", "")


def faults(root: QWidget) -> list[str]:
    """Return where a text is not shown as it is."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.accessibleName()[:40]!r}"
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText and widget.text():
            found.append(f"{where}: may be markup")
        if isinstance(widget, QLabel) and not isinstance(widget, PlainLabel) and widget.buddy() is not None:
            found.append(f"{where}: reads mnemonics")
        if not plain(widget.toolTip()):
            found.append(f"{where}: tooltip {widget.toolTip()[:80]}")
        if isinstance(widget, QAbstractButton | QGroupBox) and single_ands(
            widget.text() if isinstance(widget, QAbstractButton) else widget.title()
        ):
            found.append(f"{where}: & is a mnemonic")
        if isinstance(widget, QTabBar):
            found += [f"{where}: tab" for at in range(widget.count()) if single_ands(widget.tabText(at))]
        if isinstance(widget, QMenu):
            found += _menu_faults(widget)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            found += _cell_faults(widget)
    return found


def _menu_faults(menu: QMenu) -> list[str]:
    actions: list[QAction] = menu.actions()
    wrong = [one.text() for one in actions if single_ands(one.text())]
    return [f"menu: {words[:60]}" for words in wrong if AND.split()[0] in words]


def _cell_faults(view: QAbstractItemView) -> list[str]:
    model, found = view.model(), []
    for row in range(min(model.rowCount(), 5)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
            index = model.index(row, column)
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and not plain(tip):
                found.append(f"tooltip of {row}, {column}: {tip[:80]}")
            words = index.data(Qt.ItemDataRole.DisplayRole)
            if isinstance(words, str) and len(words) > 600:
                found.append(f"cell of {row}, {column} has {len(words)} letters")
    return found


def choose_first(page: Any) -> None:
    keys: dict[str, Any] = {"accounts": "a1", "schedules": "s1", "rules": "r0", "alerts": 1}
    if page.name in keys:
        page.choose(keys[page.name])
    elif page.name == "inbox":
        page.open_item(2)
    elif page.name == "workers":
        page.grid.choose(["local-1"])
    elif page.name == "jobs":
        page.open_job("j1")
    elif page.name == "logs":
        page.table.selectRow(page.model.rowCount() - 1)


def check_menus(window: MainWindow, qapp: QApplication) -> None:
    """Open the menu of a row on every page that has one."""
    for name in ("accounts", "workers", "jobs", "schedules", "rules", "alerts"):
        window.show_page(name)
        page: Any = window.pages[name]
        choose_first(page)
        opened = getattr(page, "_open_menu", None)
        if opened is not None:
            opened(QPoint(10, 10))
            qapp.processEvents()
            menus = [one for one in page.findChildren(QMenu) if one.isVisible()]
            assert menus, name
            for menu in menus:
                below = [one.menu() for one in menu.actions() if one.menu() is not None]
                assert [fault for one in [menu, *below] for fault in _menu_faults(one)] == []
                menu.close()


def check_palette(window: MainWindow, text: str, qapp: QApplication) -> None:
    """Find the row in the palette, and tell of it in a message."""
    window.toast(text, text, "bad", ("Open", lambda: None))
    window.commands.open_palette()
    palette = window.commands.palette
    assert palette is not None
    palette.field.setText(text[:20].strip())
    qapp.processEvents()
    assert not palette.grab().isNull()
    assert palette.width() <= 640
    assert faults(palette) == []
    assert faults(window.toasts) == []
    assert window.toasts.width() <= 400
    assert palette.model.rows, "it is found by its own beginning"
    palette.reject()


def check_reading(window: MainWindow, qapp: QApplication) -> None:
    """What somebody wrote is read as letters."""
    window.show_page("inbox")
    window.open_item(2)
    qapp.processEvents()
    shown = [one for one in window.pages["inbox"].findChildren(QTextEdit) if one.isVisible()]
    assert any(TAG in one.toPlainText() for one in shown)
    for browser in window.findChildren(QTextBrowser):
        assert "<img" not in browser.toHtml().split("<body", 1)[-1]


def test_pages_show_letters_and_keep_their_width(window: MainWindow, text: str, qapp: QApplication) -> None:
    wrong: dict[str, object] = {}
    for name in PAGES:
        window.show_page(name)
        page = window.pages[name]
        choose_first(page)
        qapp.processEvents()
        assert not window.grab().isNull()
        if found := faults(page):
            wrong[name] = found
        if page.minimumSizeHint().width() > 900:
            wrong[f"{name} width"] = page.minimumSizeHint().width()
        if page.shown_state == "error":
            wrong[f"{name} state"] = "failed"
    assert wrong == {}
    check_menus(window, qapp)
    check_palette(window, text, qapp)
    if text is TAG:
        check_reading(window, qapp)


def test_dialogs_show_letters_and_keep_their_width(
    context: Context, text: str, qtbot: QtBot, qapp: QApplication
) -> None:
    fill(context, text)
    account = make_account("a1", name=text, notes=text)
    for dialog in (
        AccountDialog(context, account),
        DeleteDialog(context, [account]),
        AssignDialog(context, [account]),
        RuleDialog(context, make_rule(0, text)),
        WorkerDialog(context, make_config(name=text, description=text)),
    ):
        qtbot.addWidget(dialog)
        dialog.open()
        qapp.processEvents()
        assert faults(dialog) == []
        assert dialog.width() <= 560
        dialog.reject()
