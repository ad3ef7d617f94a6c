"""Keys of the window: each is made from an action, so that no list says another thing than the keys do."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from desktop.views.actions import Action, Keys, sequences

PAGE_KEYS = 10
"""Pages that have a key: Ctrl+1 … Ctrl+9, then Ctrl+0."""


def page_keys(number: int) -> tuple[Keys, ...]:
    """Return the keys of the page that stands at ``number`` (1 for the first) in the sidebar."""
    return (f"Ctrl+{number % 10}",) if number <= PAGE_KEYS else ()


class Shortcuts(QObject):
    """Gives the window's actions their keys; on macOS the menu bar shows the same ones."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}

    def install(self, actions: Iterable[Action]) -> None:
        """Make the keys work, wherever in the window the focus is."""
        for action in actions:
            made = QAction(action.title.replace("&", "&&"), self._window)
            made.setShortcuts(sequences(action.keys))
            made.setMenuRole(action.role)
            made.setAutoRepeat(False)
            made.triggered.connect(partial(self._obey, action))
            self._window.addAction(made)
            self.actions[action.name] = made

    @staticmethod
    def _obey(action: Action, _checked: bool = False) -> None:
        if action.enabled():
            action.act()

    def fill(self, bar: QMenuBar, menus: Iterable[tuple[str, Iterable[str]]]) -> list[QMenu]:
        """Put actions into a menu bar, by their names; an unknown one is left out, an empty name divides."""
        made: list[QMenu] = []
        for title, names in menus:
            menu = bar.addMenu(title)
            for name in names:
                if not name:
                    menu.addSeparator()
                elif name in self.actions:
                    menu.addAction(self.actions[name])
            made.append(menu)
        return made
