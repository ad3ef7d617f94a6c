"""What can be done, as data: the palette, the menus, the keys and the sheet of shortcuts are all made from this."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Keys = str | QKeySequence.StandardKey
"""Portable text such as ``Ctrl+K``, or a key that each platform has of its own."""


NEW: tuple[Keys, ...] = (QKeySequence.StandardKey.New,)
"""Adds what the page shows."""


class Undo(NamedTuple):
    """The button of a message that takes back what it tells of: its words and what it does. A key does it too."""

    words: str
    act: Callable[[], object]


def always() -> bool:
    """It can be done at any time."""
    return True


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that a person can do. ``name`` stays the same in every language: ``rules.new``."""

    name: str
    title: str
    act: Callable[[], object]
    keys: tuple[Keys, ...] = ()
    where: tuple[QWidget, ...] = ()
    """The keys work while the focus is in one of these; none: anywhere in the window."""
    by_widget: bool = False
    """The widget that has the focus obeys the keys by itself: they are listed, and not bound here."""
    enabled: Callable[[], bool] = always
    listed: bool = True
    """The palette offers it; what only makes sense by its key is in the sheet of shortcuts alone."""
    role: QAction.MenuRole = QAction.MenuRole.NoRole
    """Where macOS shows it in the menu bar."""
    words: str = ""
    """More words by which the palette finds it."""


def sequences(keys: Iterable[Keys]) -> list[QKeySequence]:
    """Return the keys of this platform; a standard key that it does not have is left out."""
    found: list[QKeySequence] = []
    for one in keys:
        made = QKeySequence(one)
        if not made.isEmpty() and made not in found:
            found.append(made)
    return found


def key_words(keys: Iterable[Keys]) -> str:
    """Return the first of the keys as the platform writes it: ``Ctrl+K``, ``⌘K``; empty without one."""
    found = sequences(keys)
    return found[0].toString(QKeySequence.SequenceFormat.NativeText) if found else ""


def with_keys(words: str, keys: Iterable[Keys]) -> str:
    """Return a tooltip that names the key: ``Check now (F5)``."""
    written = key_words(keys)
    return f"{words} ({written})" if written else words


def show_keys(action: QAction, *keys: Keys) -> QAction:
    """Write the keys beside an entry of a menu; what obeys them is the page."""
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setShortcuts(sequences(keys))
    action.setShortcutVisibleInContextMenu(True)
    return action


def bind(actions: Iterable[Action]) -> list[QShortcut]:
    """Give the keys of a page's actions to the widgets that they work in; they die with these."""
    made: list[QShortcut] = []
    for action in actions:
        if action.by_widget:
            continue
        for widget in action.where:
            for keys in sequences(action.keys):
                shortcut = QShortcut(keys, widget)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(action.act)
                made.append(shortcut)
    return made


def on_mac() -> bool:
    """The menu bar is the system's."""
    return sys.platform == "darwin"
