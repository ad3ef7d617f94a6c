"""A text that is to be taken elsewhere: a token, a command, and the button that copies it."""

import math

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontDatabase, QResizeEvent, QTextOption
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel


class WholeText(QPlainTextEdit):
    """Read-only, in a fixed-width font, and as high as its lines: nothing of it is scrolled away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._fit)

    def _fit(self) -> None:
        last = self.blockBoundingGeometry(self.document().lastBlock())
        inside = math.ceil(last.bottom() + 2 * self.document().documentMargin())
        around = self.contentsMargins()
        self.setFixedHeight(inside + around.top() + around.bottom())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrower there are more lines."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """The style sheet comes after the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def sizeHint(self) -> QSize:
        """It takes what width there is."""
        return QSize(200, self.height())


class CopyBox(QWidget):
    """Title and *Copy* above it: a command takes the whole width."""

    def __init__(self, title: str, parent: QWidget, text: str = "") -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label = PlainLabel(title, self)
        label.setProperty("kind", "label")
        self._value = WholeText(self)
        self._value.setAccessibleName(title)
        label.setBuddy(self._value)
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setProperty("kind", "link")
        self.copy_button.setAutoDefault(False)
        self.copy_button.setAccessibleName(self.tr("Copy: {what}").format(what=title))
        self.copy_button.clicked.connect(lambda _checked=False: self.copy())
        row = QHBoxLayout()
        row.addWidget(label, 1)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        column.addWidget(self._value)
        self.set_text(text)

    @property
    def text(self) -> str:
        """What is copied."""
        return self._value.toPlainText()

    def set_text(self, text: str) -> None:
        """Show another one."""
        self._value.setPlainText(text)

    def copy(self) -> None:
        """Put it into the clipboard."""
        QApplication.clipboard().setText(self.text)
        self.copy_button.setText(self.tr("Copied"))
