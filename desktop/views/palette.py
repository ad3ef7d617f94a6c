"""The command palette: one field, and everything that fits what is typed. It is used without the mouse, or with it."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel
from desktop.delegates.palettes import HEIGHT, PaletteDelegate
from desktop.dialogs.context import Context
from desktop.models.palettes import LONGEST, Candidate, Doing, Entry, PaletteModel, nothing_to_do, remembered
from master.api.client import ApiError

WIDTH = 640
ROWS = 9
"""Rows that are seen at once."""
DOWN = 72
"""Pixels below the upper edge of the window."""
REST_MS = 220
"""After this long without a key the master is asked too."""
LEAST_ASKED = 2
"""Letters below which the master is not asked; one of a script without an alphabet is a word."""
STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS - 1,
    Qt.Key.Key_PageUp: 1 - ROWS,
}

Search = Callable[[str], Coroutine[Any, Any, list[Entry]]]
"""Asks the master for what has the words in its text."""


class Palette(QDialog):
    """Opened with :meth:`show_for`; what is chosen is done once it has closed."""

    closed = Signal()

    def __init__(self, context: Context, search: Search, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._context, self._search = context, search
        context.theme.dress(self)
        self._of: Entry | None = None
        self._typed = ""
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setProperty("kind", "palette")
        self.model = PaletteModel(self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(LONGEST)
        self.field.setProperty("kind", "palette")
        self.field.setClearButtonEnabled(False)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(context.theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(ROWS * HEIGHT + 8)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.nothing = PlainLabel(self.list)
        self.nothing.setProperty("kind", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint = PlainLabel(self)
        self.hint.setProperty("kind", "small")
        self.hint.setContentsMargins(16, 8, 16, 8)
        rules = [QFrame(self) for _one in range(2)]
        for rule in rules:
            rule.setProperty("kind", "rule")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for widget in (self.field, rules[0], self.list, rules[1], self.hint):
            layout.addWidget(widget)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self.model.gather)
        self.field.installEventFilter(self)
        QShortcut(QKeySequence("Ctrl+K"), self).activated.connect(self.reject)  # once more closes it
        self.field.textChanged.connect(self._on_typed)
        self.list.clicked.connect(self._on_clicked)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.model.filled.connect(self._on_filled)
        context.theme.changed.connect(self.list.viewport().update)

    # -- opening and closing

    def show_for(
        self,
        first: list[Entry],
        source: Callable[[], list[Candidate]],
        *,
        placeholder: str,
        name: str,
        doing: Doing = nothing_to_do,
    ) -> None:
        """Open it over its window: ``first`` before anything is typed, all of ``source`` and ``doing`` afterwards."""
        self._of, self._typed = None, ""
        self._rest.stop()
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(name)
        self.list.setAccessibleName(self.tr("What fits"))
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self.model.offer(first, source, self._context.settings.values.palette_recent, doing)
        self._place()
        self.open()
        self.field.setFocus()
        self._gather.start(0)

    @property
    def window_behind(self) -> QWidget | None:
        """The window that it was opened over."""
        return self.parentWidget()

    def _place(self) -> None:
        over = self.window_behind
        assert over is not None
        self.setFixedWidth(min(WIDTH, over.width() - 48))
        left = (over.width() - self.width()) // 2
        self.move(over.mapToGlobal(QPoint(left, min(DOWN, max(8, over.height() - self.sizeHint().height() - 8)))))

    def changeEvent(self, event: QEvent) -> None:
        """It closes when the person turns to something else."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and not self.isActiveWindow():
            QTimer.singleShot(0, self, self._close_if_left)

    def _close_if_left(self) -> None:
        if self.isVisible() and not self.isActiveWindow():
            self.reject()

    def done(self, result: int) -> None:
        """Close; it is opened again and again. Where nobody else has come forward, its window has the focus again."""
        self._rest.stop()
        held = self.isActiveWindow()
        super().done(result)
        if held and self.window_behind is not None:
            self.window_behind.activateWindow()
        self.closed.emit()

    # -- typing

    def _on_typed(self, text: str) -> None:
        self._of = None
        self.model.ask(text)
        asked = text.strip()
        enough = len(asked) >= LEAST_ASKED or any(letter > "\u2e80" for letter in asked)
        if enough:
            self._rest.start()
        else:
            self._rest.stop()

    def _on_rest(self) -> None:
        self._context.run(self._ask(self.model.query))

    async def _ask(self, query: str) -> None:
        try:
            found = await self._search(query)
        except ApiError:
            return  # the banner of the window says that the master does not answer
        if self.isVisible() and self._of is None:
            held = self.current
            self.model.add_found(query, found)
            self._choose(held)

    def _on_filled(self) -> None:
        self.list.setCurrentIndex(self.model.index(0, 0))
        self.list.scrollToTop()
        self.nothing.setText("" if self.model.rows else self.tr("Nothing fits"))
        self.nothing.setGeometry(0, 0, self.width(), 4 * HEIGHT)
        self.nothing.setVisible(not self.model.rows)
        self._say_hint()
        if not self.model.rows:
            self._announce(self.tr("Nothing fits"))

    def _choose(self, held: Entry | None) -> None:
        """Stay with the row that was current before more came."""
        keys = [row.key for row in self.model.rows]
        if held is not None and held.key in keys:
            self.list.setCurrentIndex(self.model.index(keys.index(held.key), 0))

    # -- choosing

    @property
    def current(self) -> Entry | None:
        """The current row."""
        at = self.list.currentIndex().row()
        return self.model.rows[at] if 0 <= at < len(self.model.rows) else None

    def step(self, by: int) -> None:
        """Go up or down; one step from an end leads to the other."""
        count = len(self.model.rows)
        if not count:
            return
        at = self.list.currentIndex().row() + by
        at = at % count if abs(by) == 1 else max(0, min(count - 1, at))
        self.list.setCurrentIndex(self.model.index(at, 0))

    def choose(self) -> None:
        """Do what the current row says."""
        entry = self.current
        if entry is None:
            return
        kept = self._of or entry
        self._context.settings.update(palette_recent=remembered(self.model.recent, kept.key))
        self.accept()
        QTimer.singleShot(0, self, lambda: entry.act())  # noqa: PLW0108 (its answer is nobody's)

    def show_verbs(self) -> None:
        """Show what else can be done with the current row."""
        entry = self.current
        verbs = entry.more() if entry is not None and self._of is None else ()
        if entry is None or not verbs:
            return
        self._of = entry
        rows = [
            Entry(
                key=entry.key,
                kind=entry.kind,
                title=self.tr("Open"),
                act=entry.act,
                detail=entry.title,
                icon=entry.icon,
            )
        ]
        rows += [
            Entry(
                key=entry.key,
                kind=entry.kind,
                title=one.title,
                act=one.act,
                detail=entry.title,
                keys=one.keys,
                icon="play",
            )
            for one in verbs
        ]
        self._rest.stop()
        self.model.show_verbs(rows)

    def back(self) -> None:
        """Return from what can be done with a row to the rows."""
        held, self._of = self._of, None
        self.model.back()
        self._choose(held)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.choose()

    def _on_current(self) -> None:
        entry = self.current
        if entry is not None:
            self.field.setAccessibleDescription(entry.said())
            self._announce(entry.said())
        self._say_hint()

    def _announce(self, words: str) -> None:
        """Let those hear it who do not see it: the focus stays in the field."""
        if self.isVisible():
            announce(self.field, words)

    def _say_hint(self) -> None:
        parts = [self.tr("↑ ↓ choose"), self.tr("Enter opens")]
        if self._of is not None:
            parts[1] = self.tr("Enter does it")
            parts.append(self.tr("Esc goes back"))
        else:
            if self.current is not None and self.current.more is not tuple:
                parts.append(self.tr("Tab shows what else can be done"))
            parts.append(self.tr("Esc closes"))
        self.hint.setText("   ·   ".join(parts))

    # -- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows, Enter, Tab and Escape are for the list, whatever else is typed for the field."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            key = Qt.Key(event.key())
            mine = key in STEPS or key in (
                Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape,
            )  # fmt: skip
            if mine and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if mine:
                self._on_key(key)
                return True
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> None:
        if key in STEPS:
            self.step(STEPS[key])
        elif key == Qt.Key.Key_Tab:
            self.show_verbs()
        elif self._of is not None and key in (Qt.Key.Key_Backtab, Qt.Key.Key_Escape):
            self.back()
        elif key == Qt.Key.Key_Escape:
            self.reject()
        elif key != Qt.Key.Key_Backtab:
            self.choose()
