"""What a person arranged in the window: split panes, widths of columns, sort orders, open tabs. One way for every page.

Pages know nothing of it: their splitters, tables and tab bars are found, named by the widget that made them, and put as
they were left. Only what differs from how a page is made is kept, so that a page that is made anew keeps its new shape
where nobody had changed it.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QHeaderView, QSplitter, QTabBar, QTableView, QWidget

from desktop.settings import Arrangement, SettingsHolder

WAIT_MS: Final = 2000
"""After a change so long, then it is written: a window that is killed keeps it all the same."""
LEAST_WIDTH: Final = 40
MOST_WIDTH: Final = 4000

W = TypeVar("W", bound=QWidget)


class Remembered(QObject):
    """Follows all that can be arranged below some widgets. Lives as long as its parent."""

    def __init__(self, settings: SettingsHolder, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._splitters: dict[str, QSplitter] = {}
        self._moved: dict[str, tuple[int, ...]] = {}
        """Sizes of the splitters that a person moved."""
        self._headers: dict[str, QHeaderView] = {}
        self._widths: dict[str, dict[int, int]] = {}
        """Widths of columns as they were made."""
        self._sorts: dict[str, tuple[int, bool]] = {}
        """Column and whether it is descending, as they were made."""
        self._tabs: dict[str, QTabBar] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.keep)

    def follow(self, name: str, widget: QWidget) -> None:
        """Put all that is below ``widget`` as it was left, and keep what becomes of it under ``name``."""
        for key, splitter in _named(name, widget, QSplitter):
            if key not in self._splitters:
                self._follow_splitter(key, splitter)
        for key, table in _named(name, widget, QTableView):
            if key not in self._headers:
                self._follow_table(key, table)
        for key, bar in _named(name, widget, QTabBar):
            if key not in self._tabs:
                self._follow_tabs(key, bar)

    def keep(self) -> None:
        """Write what differs from how it was made."""
        self._timer.stop()
        kept = dict(self._settings.values.arrangements)
        for key, sizes in self._moved.items():
            kept[key] = Arrangement(sizes=sizes)
        for key, header in self._headers.items():
            made, now = self._widths[key], _widths(header)
            changed = {column: now[column] for column in made if column in now and now[column] != made[column]}
            # Of a column that a narrow window leaves out nothing is seen now.
            changed |= {column: width for column, width in self._arrangement(key).widths.items() if column not in now}
            sort = _sort(header)
            differs = sort if sort != self._sorts[key] else (None, False)
            kept[key] = Arrangement(widths=changed, sort=differs[0], descending=differs[1])
        for key, bar in self._tabs.items():
            kept[key] = Arrangement(tab=max(0, bar.currentIndex()))
        empty = Arrangement()
        self._settings.update(arrangements={key: one for key, one in kept.items() if one != empty})

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A splitter gets its sizes when it is first seen: before, it has none to divide."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QSplitter):
            watched.removeEventFilter(self)
            key = next((one for one, splitter in self._splitters.items() if splitter is watched), "")
            sizes = self._settings.values.arrangements.get(key, Arrangement()).sizes
            # After the page has laid itself out, which may choose sizes of its own.
            QTimer.singleShot(0, watched, lambda: _divide(watched, sizes))
        return super().eventFilter(watched, event)

    # -- inside

    def _follow_splitter(self, key: str, splitter: QSplitter) -> None:
        self._splitters[key] = splitter
        splitter.destroyed.connect(partial(_forget, key, self._splitters))
        splitter.splitterMoved.connect(lambda _position, _index: self._on_moved(key, splitter))
        if self._arrangement(key).sizes:
            splitter.installEventFilter(self)

    def _follow_table(self, key: str, table: QTableView) -> None:
        header = table.horizontalHeader()
        self._headers[key] = header
        table.destroyed.connect(partial(_forget, key, self._headers))
        self._widths[key] = _widths(header)
        self._sorts[key] = _sort(header)
        kept = self._arrangement(key)
        for column, width in kept.widths.items():
            if column in self._widths[key]:
                header.resizeSection(column, min(max(width, LEAST_WIDTH), MOST_WIDTH))
        if kept.sort is not None and kept.sort < header.count() and table.isSortingEnabled():
            order = Qt.SortOrder.DescendingOrder if kept.descending else Qt.SortOrder.AscendingOrder
            table.sortByColumn(kept.sort, order)
        header.sectionResized.connect(self._on_changed)
        header.sortIndicatorChanged.connect(self._on_changed)

    def _follow_tabs(self, key: str, bar: QTabBar) -> None:
        self._tabs[key] = bar
        bar.destroyed.connect(partial(_forget, key, self._tabs))
        tab = self._arrangement(key).tab
        if 0 < tab < bar.count() and bar.isTabVisible(tab) and bar.isTabEnabled(tab):
            bar.setCurrentIndex(tab)
        bar.currentChanged.connect(self._on_changed)

    def _arrangement(self, key: str) -> Arrangement:
        return self._settings.values.arrangements.get(key, Arrangement())

    def _on_moved(self, key: str, splitter: QSplitter) -> None:
        sizes = tuple(splitter.sizes())
        if all(sizes):  # a part that is hidden says nothing of how wide it is wanted
            self._moved[key] = sizes
            self._timer.start()

    def _on_changed(self, *_details: object) -> None:
        self._timer.start()


def _forget(key: str, known: dict[str, Any], _gone: object = None) -> None:
    """What is gone has nothing to keep; what is made in its place is followed anew."""
    known.pop(key, None)


def _named(name: str, widget: QWidget, kind: type[W]) -> Iterator[tuple[str, W]]:
    """Return what of a kind is below ``widget``, named by page, the widget that made it, and number: they stay."""
    counts: dict[str, int] = {}
    found = list(widget.findChildren(kind))
    if isinstance(widget, kind):
        found.insert(0, widget)
    for one in found:
        owner = f"{name}/{_owner(one)}"
        counts[owner] = counts.get(owner, -1) + 1
        yield f"{owner}/{kind.__name__}{counts[owner]}", one


def _owner(widget: QWidget) -> str:
    """Return the class of the nearest of our own widgets, the widget itself included."""
    one: QObject | None = widget
    while one is not None:
        if type(one).__module__.startswith("desktop."):
            return type(one).__name__
        one = one.parent()
    return ""


def _widths(header: QHeaderView) -> dict[int, int]:
    """Return the widths of the columns that a person can pull."""
    return {
        column: header.sectionSize(column)
        for column in range(header.count())
        if header.sectionResizeMode(column) == QHeaderView.ResizeMode.Interactive
        and not header.isSectionHidden(column)
        and not (header.stretchLastSection() and column == header.count() - 1)
    }


def _sort(header: QHeaderView) -> tuple[int, bool]:
    return header.sortIndicatorSection(), header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder


def _divide(splitter: QSplitter, sizes: tuple[int, ...]) -> None:
    if len(sizes) == splitter.count() and all(0 < size < MOST_WIDTH for size in sizes):
        splitter.setSizes(list(sizes))
