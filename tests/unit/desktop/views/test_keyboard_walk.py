"""Everything is reached by keys: Tab and its way back through every page and dialog, and the focus is seen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QDate, QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTabBar,
    QTextEdit,
    QTimeEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.bulk_dialog import BulkDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.credential_dialog import CredentialDialog
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.groups_dialog import GroupDialog, GroupsDialog
from desktop.dialogs.import_dialog import ImportDialog
from desktop.dialogs.job_dialog import JobDialog
from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.moment_dialog import DaysDialog, MomentDialog
from desktop.dialogs.move_dialogs import MoveOutDialog
from desktop.dialogs.proxies_dialog import ProxyDialog
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.quit_dialog import QuitDialog
from desktop.dialogs.recovery_dialog import RecoveryDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.dialogs.search_dialog import SearchDialog
from desktop.dialogs.sign_in_dialog import SignInDialog
from desktop.dialogs.token_dialog import TokenDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.views.main_window import MainWindow
from desktop.views.shortcut_sheet import ShortcutSheet
from master.api.schema import ItemFilter, Recovery
from tests.unit.desktop.dialogs.test_list_dialogs import make_proxy
from tests.unit.desktop.dialogs.test_worker_dialog import make_config
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_alert
from tests.unit.desktop.inbox_fakes import make_group
from tests.unit.desktop.job_fakes import make_job, make_running, make_schedule
from tests.unit.desktop.views.test_rules_page import make_rule

INTERACTIVE = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTabBar, QTextEdit,
)  # fmt: skip
MOST = 400
"""Steps after which Tab would have come round."""


async def no() -> None:
    """Nothing is asked."""


DIALOGS: dict[str, Callable[[Context], Any]] = {
    "platforms": AccountDialog,
    "account": lambda context: AccountDialog(context, make_account("a1")),
    "sign in": lambda context: SignInDialog(context, make_account("a1")),
    "assign": lambda context: AssignDialog(context, [make_account("a1")]),
    "bulk": lambda context: BulkDialog(context, [make_account("a1"), make_account("a2")]),
    "delete": lambda context: DeleteDialog(context, [make_account("a1")]),
    "confirm": lambda context: ConfirmDialog(context, "Sure?", "It is gone then.", "Do it", no),
    "credential": CredentialDialog,
    "group": lambda context: GroupDialog(context, make_group("g1")),
    "groups": GroupsDialog,
    "import": ImportDialog,
    "runners": JobDialog,
    "job": lambda context: JobDialog(context, "command"),
    "proxy": lambda context: ProxyDialog(context, make_proxy("p1")),
    "quiet": QuietDialog,
    "rule": lambda context: RuleDialog(context, make_rule(1)),
    "schedule": lambda context: ScheduleDialog(context, make_schedule("s1")),
    "worker": lambda context: WorkerDialog(context, make_config()),
    "sheet": lambda context: ShortcutSheet(context, [], None),
    "moment": lambda context: MomentDialog(context, "Until when?", "Pause", NOW),
    "days": lambda context: DaysDialog(context, QDate(2026, 11, 1), QDate(2026, 11, 21)),
    "save a search": lambda context: SearchDialog(context, ItemFilter(q="invoice"), "newest", "invoice"),
    "quit": lambda context: QuitDialog(context, [make_running("j1")]),
    "token": TokenDialog,
    "join": lambda context: JoinDialog(context, "attic", "attic"),
    "move out": MoveOutDialog,
    "last start": lambda context: RecoveryDialog(context, Recovery(at=NOW, clean=True, repairs=[])),
}


def is_part(widget: QWidget) -> bool:
    """Whether a widget belongs to one that takes the focus for it: the line of a spin box, the cross of a line."""
    parent = widget.parentWidget()
    inner = isinstance(parent, QLineEdit | QAbstractSpinBox | QComboBox | QTabBar | QAbstractItemView | QHeaderView)
    return inner or isinstance(widget, QHeaderView) or "QCalendar" in type(widget.window()).__name__


def wanted(root: QWidget) -> list[QWidget]:
    """Return what a person can work with now."""
    found = [
        one
        for kind in INTERACTIVE
        for one in root.findChildren(kind)
        if one.isVisible() and one.isEnabled() and one.window() is root and not is_part(one)
    ]
    return [one for one in dict.fromkeys(found) if not (isinstance(one, QTabBar) and one.count() == 0)]


def press_tab(root: QWidget, *, back: bool) -> QWidget:
    here = root.focusWidget() or root
    key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
    shift = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    parts = here.sectionCount() if isinstance(here, QDateTimeEdit) else 1  # Tab goes through day, month … first
    for _part in range(parts):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(here, QKeyEvent(kind, key, shift))
        if root.focusWidget() is not here:
            break
    return root.focusWidget() or root


def walk(root: QWidget, *, back: bool = False) -> list[QWidget]:
    """Return where Tab goes until it comes round. A widget that it does not leave is a trap."""
    first = press_tab(root, back=back)
    found = [first]
    for _step in range(MOST):
        here = press_tab(root, back=back)
        if here is first:
            return found
        assert here is not found[-1], f"Tab stays in {here} {here.accessibleName()!r}"
        found.append(here)
    raise AssertionError(f"Tab never comes round: {found[-6:]}")


def told(widgets: set[QWidget]) -> list[str]:
    names = [(one, getattr(one, "text", str)() if isinstance(one, QAbstractButton) else "") for one in widgets]
    return sorted(f"{type(one).__name__} {text or one.accessibleName()!r}" for one, text in names)


def arrows_reach(widget: QWidget, reached: set[QWidget]) -> bool:
    """Of buttons of which one is chosen Tab reaches that one; arrows reach the others."""
    if isinstance(widget, QRadioButton):
        return any(isinstance(one, QRadioButton) and one.parentWidget() is widget.parentWidget() for one in reached)
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and any(one in reached for one in group.buttons())


def check(root: QWidget) -> None:
    """Everything is reached, both ways; what is reached is seen."""
    forth, back = walk(root), walk(root, back=True)
    assert set(forth) == set(back), told(set(forth) ^ set(back))
    reached = {one for here in forth for one in (here, here.focusProxy()) if one is not None}
    reached |= {one for one in wanted(root) if one.focusProxy() in reached}
    missed = {one for one in wanted(root) if one not in reached and not arrows_reach(one, reached)}
    assert told(missed) == []
    assert [one for one in forth if not one.isVisible()] == []


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[MainWindow]:
    """Every page has something to show."""
    models = context.models
    models.work.jobs.replace_page([make_job("j1")], None)
    models.work.schedules.replace_all([make_schedule("s1")])
    models.telling.rules.replace_all([make_rule(0), make_rule(1)])
    models.alerts.replace_all([make_alert(1)])
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_for_good()


PAGES = (
    "overview", "inbox", "accounts", "workers", "jobs", "schedules", "statistics", "rules", "alerts", "logs",
    "settings",
)  # fmt: skip


def choose_first(page: Any) -> None:
    """Show what a page says about one row."""
    keys: dict[str, Any] = {"accounts": "a1", "schedules": "s1", "rules": "r0", "alerts": 1}
    if page.name in keys:
        page.choose(keys[page.name])
    if page.name == "inbox":
        page.open_item(2)
    if page.name == "workers":
        page.grid.choose(["local-1"])
    if page.name == "jobs":
        page.open_job("j1")
    if page.name == "logs":
        page.table.selectRow(0)


def test_tab_reaches_everything_on_every_page(window: MainWindow, qapp: QApplication) -> None:
    assert list(window.pages) == list(PAGES)
    window.toast("Bad", "It stays", "bad", ("Open", lambda: None))
    for name in PAGES:
        window.show_page(name)
        choose_first(window.pages[name])
        qapp.processEvents()
        check(window)


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_reaches_everything_in_a_dialog(name: str, context: Context, qtbot: QtBot, qapp: QApplication) -> None:
    client = context.bridge.client
    assert isinstance(client, FakeClient)
    client.answers["login_sessions"] = []
    dialog = DIALOGS[name](context)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    for form in (getattr(dialog, "form", None), getattr(getattr(dialog, "fields", None), "form", None)):
        if form is not None and hasattr(form, "show_advanced"):
            form.show_advanced()
    qapp.processEvents()
    check(dialog)
    dialog.reject()


# -- the focus is seen


KINDS: dict[str, Callable[[QWidget], QWidget]] = {
    "button": lambda parent: QPushButton("Check now", parent),
    "check": lambda parent: QCheckBox("Yes", parent),
    "combo": lambda parent: QComboBox(parent),
    "line": lambda parent: QLineEdit(parent),
    "list": lambda parent: QListWidget(parent),
    "radio": lambda parent: QRadioButton("This", parent),
    "text": lambda parent: QPlainTextEdit(parent),
    "time": lambda parent: QTimeEdit(parent),
    "tool": lambda parent: QToolButton(parent),
}
STYLES = ("primary", "danger", "link", "ghost", "chip", "pill")


def image(widget: QWidget) -> bytes:
    return bytes(widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8).constBits())


def differing(one: bytes, other: bytes) -> int:
    """Return how many pixels differ enough to be seen."""
    return sum(abs(a - b) > 16 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_focus_of_every_kind_is_drawn(mode: str, context: Context, qtbot: QtBot) -> None:
    context.theme.set_mode(mode)
    context.theme.apply()
    whole = QWidget()
    qtbot.addWidget(whole)
    context.theme.dress(whole)
    layout = QVBoxLayout(whole)
    other = QPushButton("other", whole)
    layout.addWidget(other)
    made = {kind: make(whole) for kind, make in KINDS.items()}
    for kind in STYLES:
        made[kind] = QPushButton("Check now", whole)
        made[kind].setProperty("kind", kind)
    checked = made["checked"] = QPushButton("1 hour", whole)
    checked.setCheckable(True)
    checked.setChecked(True)
    for widget in made.values():
        layout.addWidget(widget)
        if isinstance(widget, QLineEdit):
            widget.setReadOnly(True)  # the cursor blinks
        elif isinstance(widget, QPlainTextEdit):
            widget.setCursorWidth(0)
    whole.show()
    whole.activateWindow()
    qtbot.waitUntil(whole.isActiveWindow)
    seen = {}
    for kind, widget in made.items():
        other.setFocus()
        before = image(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.hasFocus()
        seen[kind] = differing(before, image(widget))
    context.theme.set_mode("light")
    assert {kind: count for kind, count in seen.items() if count < 20} == {}


def test_the_focus_is_seen_wherever_tab_goes(window: MainWindow, qapp: QApplication) -> None:
    unseen: dict[str, list[str]] = {}
    for name in PAGES:
        window.show_page(name)
        choose_first(window.pages[name])
        qapp.processEvents()
        for widget in walk(window):
            if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) or window.sidebar.isAncestorOf(widget):
                continue  # the cursor tells, and its frame is under test above; the sidebar is the same on every page
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            with_focus = widget.grab().toImage()
            window.setFocus()
            if with_focus == widget.grab().toImage():
                unseen.setdefault(name, []).extend(told({widget}))
    assert unseen == {}
