"""Texts to read: a list of what there is, and the text of what is chosen."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context

HEIGHT: Final = 380
NAMES: Final = 150


class TextDialog(BaseDialog):
    """One text."""

    def __init__(self, context: Context, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(context, title, parent)
        self.reading = _reading(self, title)
        self.reading.setPlainText(text)
        self.body.addWidget(self.reading)
        self.close_button = self.add_button(self.tr("Close"), busy=False)
        self.close_button.clicked.connect(self.accept)
        self.reading.setFocus()
        self.fit()


class LicencesDialog(BaseDialog):
    """Everything that the product is made with. ``load`` returns (title, how to read it), and takes a moment."""

    def __init__(
        self,
        context: Context,
        title: str,
        load: Callable[[], Sequence[tuple[str, str, Callable[[], str]]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, title, parent)
        self._load = load
        self._texts: list[tuple[str, Callable[[], str]]] = []
        self.words = PlainLabel(self.tr("Loading…"), self)
        self.words.setProperty("kind", "muted")
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self.names = QListWidget(self)
        self.names.setProperty("kind", "picks")
        self.names.setAccessibleName(title)
        self.names.setFixedSize(NAMES, HEIGHT)
        self.names.currentRowChanged.connect(self._show)
        self.reading = _reading(self, self.tr("Text of the licence"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.names)
        row.addWidget(self.reading, 1)
        self.body.addLayout(row)
        self.close_button = self.add_button(self.tr("Close"), busy=False)
        self.close_button.clicked.connect(self.accept)
        self.start(self._fill())

    async def _fill(self) -> None:
        found = await self.context.bridge.call(asyncio.to_thread(self._load))
        if self.gone:
            return
        for name, about, read in found:
            self._texts.append((about, read))
            self.names.addItem(QListWidgetItem(name))
        self.names.setCurrentRow(0)

    def on_free(self) -> None:
        """The list has the focus: arrows go from one to the next."""
        self.names.setFocus()

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._texts):
            about, read = self._texts[row]
            self.words.setText(about)
            self.reading.setPlainText(read() or self.tr("Its authors brought no text along; its page has it."))


def _reading(parent: QWidget, name: str) -> QPlainTextEdit:
    reading = QPlainTextEdit(parent)
    reading.setReadOnly(True)
    reading.setTabChangesFocus(True)
    reading.setAccessibleName(name)
    reading.setFixedHeight(HEIGHT)
    return reading
