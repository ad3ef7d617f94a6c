"""Every text that a person can come by in a scene: on widgets, in tables, menus, tooltips, and for screen readers."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QSpinBox,
    QTabBar,
    QTextEdit,
    QWidget,
)

MOST_ROWS = 40
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def texts_of(shown: QWidget, *, typed: bool = False) -> Iterator[tuple[str, str]]:
    """Return where each text stands, and the text; ``typed``: also what stands in fields to type into."""
    for widget in [shown, *shown.findChildren(QWidget)]:
        where = _where(widget)
        yield from ((f"{where} {kind}", words) for kind, words in _of_widget(widget, typed=typed) if words)


def _where(widget: QWidget) -> str:
    names = []
    one: QWidget | None = widget
    while one is not None and len(names) < 3:
        names.append(type(one).__name__)
        one = one.parentWidget()
    return " in ".join(names)


def _of_widget(widget: QWidget, *, typed: bool) -> Iterator[tuple[str, str]]:
    yield "tooltip", widget.toolTip()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    yield "status tip", widget.statusTip()
    yield "what's this", widget.whatsThis()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    for action in widget.actions():
        yield from _of_action(action)
    yield from _own(widget, typed=typed)


def _own(widget: QWidget, *, typed: bool) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
        menu = getattr(widget, "menu", lambda: None)()
        if isinstance(menu, QMenu):
            yield from _of_menu(menu)
    elif isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
        if typed or widget.isReadOnly():
            yield "text", widget.text()
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield "tab", widget.tabText(index)
            yield "tab's tooltip", widget.tabToolTip(index)
    elif isinstance(widget, QComboBox):
        for index in range(min(widget.count(), MOST_ROWS)):
            yield "choice", widget.itemText(index)
            yield "choice's tooltip", str(widget.itemData(index, Qt.ItemDataRole.ToolTipRole) or "")
    elif isinstance(widget, QSpinBox):
        yield "unit", widget.suffix()
        yield "special value", widget.specialValueText()
    elif isinstance(widget, QProgressBar):
        yield "text", widget.text()
    elif isinstance(widget, QGroupBox):
        yield "title", widget.title()
    elif isinstance(widget, QMenu):
        yield from _of_menu(widget)
    elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from _of_view(widget)


def _of_menu(menu: QMenu) -> Iterator[tuple[str, str]]:
    yield "menu", menu.title()
    for action in menu.actions():
        yield from _of_action(action)
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _of_menu(inner)


def _of_action(action: QAction) -> Iterator[tuple[str, str]]:
    yield "action", action.text()
    if action.toolTip() != action.text().rstrip(".…"):
        yield "action's tooltip", action.toolTip()


def _of_view(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    model = view.model()
    if not isinstance(model, QAbstractItemModel):
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for column in range(columns):
        for role in ROLES:
            yield "header", str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
    for row in range(min(model.rowCount(QModelIndex()), MOST_ROWS)):
        for column in range(columns):
            index = model.index(row, column, QModelIndex())
            for role in ROLES:
                found = index.data(role)
                if isinstance(found, str):
                    yield f"cell {row},{column}", found
