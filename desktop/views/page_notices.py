"""What stands in for what a page shows: a sentence and a button, or grey rows while it loads."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context

SKELETON_MS = 200
"""What loads so long shows grey rows."""
WORDS_WIDTH = 360


class Notice(QWidget):
    """An icon, one sentence, one button: the empty state and the error state."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._icon_name, self._tone = "inbox", "muted"
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        self._icon = PlainLabel(self)
        self.title = PlainLabel(self)
        self.title.setProperty("kind", "heading")
        self.words = PlainLabel(self)
        self.words.setProperty("kind", "muted")
        self.words.setWordWrap(True)
        self.words.setFixedWidth(WORDS_WIDTH)
        self.button = QPushButton(self)
        for widget in (self._icon, self.title, self.words):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()  # aligned in the column, a wrapped label would be as high as one line of its widest form
        row.addStretch(1)
        row.addWidget(self.words)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        context.theme.changed.connect(self._draw)

    def set(self, icon: str, tone: str, title: str, words: str, button: str, *, primary: bool = False) -> None:
        """Say it; without ``title``, ``words`` or ``button`` these are hidden. ``primary``: the button in accent."""
        self._icon_name, self._tone = icon, tone
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.button.setProperty("kind", "primary" if primary else "")
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)
        self._draw()

    def _draw(self) -> None:
        self._icon.setPixmap(self._context.theme.sign(self._icon_name, self._tone, self.devicePixelRatioF()))


class Skeleton(QWidget):
    """Grey rows where rows will be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for _row in range(6):
            bar = QFrame(self)
            bar.setProperty("kind", "skeleton")
            bar.setFixedHeight(28)
            layout.addWidget(bar)
        layout.addStretch(1)
        self.setAccessibleName(self.tr("Loading"))
