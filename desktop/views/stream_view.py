"""Printed lines in their colours: the last ten thousand of them, at the end as long as it is followed."""

from collections import deque

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFontDatabase, QTextCharFormat, QTextCursor, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from desktop.delegates.inks import make_format
from desktop.models.terminals import PLAIN, Line, Style, Terminal
from desktop.theme import NORMAL, Theme

LINES = 10_000
FORMATS = 4096
MOST_FOUND = 500
"""Hits that are marked."""
FLUSH_MS, NEXT_MS = 40, 5
BATCH = 48 * 1024
"""Characters that are shown in one go: more in colours take longer than a frame or two."""


class StreamView(QPlainTextEdit):
    """Takes text in pieces. The last block is the line that has not ended yet."""

    scrolled = Signal(bool)
    """The person scrolled; whether to the end."""
    found = Signal(int, int)
    """Which hit is shown (from 1, 0: none), and how many there are."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._terminal = Terminal()
        self._lines: deque[Line] = deque(maxlen=LINES)
        self._waiting: list[str] = []
        self._needle = ""
        self._hits: list[QTextCursor] = []
        self._hit = -1
        self.following = True
        self.setReadOnly(True)
        self.setProperty("kind", "reading")
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMaximumBlockCount(LINES + 1)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(NORMAL)
        self.setFont(font)
        self.setTabStopDistance(8 * self.fontMetrics().horizontalAdvance(" "))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._on_time)
        self._formats: dict[Style, QTextCharFormat] = {}
        self.verticalScrollBar().actionTriggered.connect(lambda _action: self._on_person_scrolled())
        theme.changed.connect(self._redraw)

    # -- what comes

    @property
    def empty(self) -> bool:
        """Nothing has come yet."""
        return not self._lines and not self._waiting and not self._terminal.current

    def begin(self) -> None:
        """Forget all."""
        self._timer.stop()
        self._waiting = []
        self._terminal = Terminal()
        self._lines.clear()
        self.clear()
        self.search(self._needle)

    def feed(self, text: str) -> None:
        """Take a piece; it is shown a moment later, together with others."""
        self._waiting.append(text)
        if not self._timer.isActive():
            self._timer.start(FLUSH_MS)

    def mark(self, words: str) -> None:
        """Put in a line of the window's own."""
        self.flush()
        self._append(self._terminal.mark(words))

    def flush(self) -> None:
        """Show what has come."""
        self._timer.stop()
        if self._waiting:
            text, self._waiting = "".join(self._waiting), []
            self._append(self._terminal.feed(text))

    def _on_time(self) -> None:
        text = "".join(self._waiting)
        self._waiting = [text[BATCH:]] if len(text) > BATCH else []
        if text:
            self._append(self._terminal.feed(text[:BATCH]))
        if self._waiting:
            self._timer.start(NEXT_MS)

    def follow(self, on: bool) -> None:
        """Stay at the end, or where it is."""
        self.following = on
        if on:
            self._to_end()

    def _append(self, lines: list[Line]) -> None:
        self._lines.extend(lines)
        place = self.verticalScrollBar().value()
        blocks = self.blockCount()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        self._insert(cursor, lines[-LINES:], self._terminal.current)
        cursor.endEditBlock()
        if self.following:
            self._to_end()
        elif (gone := blocks + len(lines[-LINES:]) - self.blockCount()) > 0:
            self.verticalScrollBar().setValue(place - gone)  # what is being read stays where it is
        if self._needle:
            self._find_all()

    def _insert(self, cursor: QTextCursor, lines: list[Line], current: Line) -> None:
        plain: list[str] = []
        style: Style = PLAIN

        def put(text: str, wanted: Style) -> None:
            nonlocal style
            if wanted != style and plain:
                cursor.insertText("".join(plain), self._format(style))
                plain.clear()
            style = wanted
            plain.append(text)

        for line in lines:
            for text, wanted in line:
                put(text, wanted)
            plain.append("\n")
        for text, wanted in current:
            put(text, wanted)
        if plain:
            cursor.insertText("".join(plain), self._format(style))

    def _format(self, style: Style) -> QTextCharFormat:
        made = self._formats.get(style)
        if made is None:
            if len(self._formats) >= FORMATS:
                self._formats.clear()
            made = self._formats[style] = make_format(style, self._theme.tokens, self._theme.dark)
        return made

    def _redraw(self) -> None:
        self._formats.clear()
        self.clear()
        cursor = QTextCursor(self.document())
        self._insert(cursor, list(self._lines), self._terminal.current)
        if self.following:
            self._to_end()
        if self._needle:
            self._find_all()

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _on_person_scrolled(self) -> None:
        QTimer.singleShot(0, self, self._tell_place)

    def _tell_place(self) -> None:
        bar = self.verticalScrollBar()
        self.scrolled.emit(bar.value() >= bar.maximum())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling up leaves the end."""
        super().wheelEvent(event)
        self._tell_place()

    # -- searching

    def search(self, needle: str) -> None:
        """Mark every line's hits; go to the last one."""
        self._needle = needle
        self._hit = -1
        self._find_all()
        if self._hits:
            self.go(-1)

    def go(self, step: int) -> None:
        """Show the next hit (1) or the one before (-1); after the last comes the first."""
        if not self._hits:
            return
        self._hit = (self._hit + step) % len(self._hits) if self._hit >= 0 or step > 0 else len(self._hits) - 1
        if self.following:
            self.following = False
            self.scrolled.emit(False)
        shown = QTextCursor(self._hits[self._hit])
        shown.clearSelection()
        self.setTextCursor(shown)
        self.centerCursor()
        self._show_hits()

    def _find_all(self) -> None:
        self._hits = []
        if self._needle:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            while len(self._hits) < MOST_FOUND:
                cursor = self.document().find(self._needle, cursor, QTextDocument.FindFlag.FindBackward)
                if cursor.isNull():
                    break
                self._hits.append(cursor)
            self._hits.reverse()
        self._hit = min(self._hit, len(self._hits) - 1)
        self._show_hits()

    def _show_hits(self) -> None:
        tokens = self._theme.tokens
        shown = []
        for position, hit in enumerate(self._hits):
            selection = QTextEdit.ExtraSelection()
            here = position == self._hit
            selection.cursor = hit
            selection.format.setBackground(tokens.color("accent_fill" if here else "warn_surface"))
            selection.format.setForeground(tokens.color("on_fill" if here else "warn"))
            shown.append(selection)
        self.setExtraSelections(shown)
        self.found.emit(self._hit + 1, len(self._hits))
