"""Inputs that only settings have: a list that may also be "anything", and days by kind."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.fields import LOW, Field, Input

MOST_DAYS = 36_500
DAYS_WIDTH = 88


class AllowedInput(Input):
    """None: anything; else what is named, one a line."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        whole = QWidget(parent)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(8)
        self._only = QCheckBox(self.tr("Only these"), whole)
        self._text = QPlainTextEdit(whole)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(LOW)
        self._text.setAccessibleName(self.field.label)
        self._only.toggled.connect(self._text.setVisible)
        self._text.hide()
        layout.addWidget(self._only)
        layout.addWidget(self._text)
        self._only.clicked.connect(lambda _on: self.edited.emit())
        self._text.textChanged.connect(self.edited)
        return whole, self._only

    def value(self) -> Any:
        if not self._only.isChecked():
            return None
        return [line.strip() for line in self._text.toPlainText().splitlines() if line.strip()]

    def set_value(self, value: Any) -> None:
        self._only.setChecked(value is not None)
        self._text.setPlainText("\n".join(value or []))


class KeepDaysInput(Input):
    """Days by kind, those of ``choices``; an empty one is not named."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        for kind, title in field.choices:  # the first of them is the target too, which is called as the field is
            self._lines[kind].setAccessibleName(f"{field.label}: {title}")

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        whole = QWidget(parent)
        grid = QGridLayout(whole)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self._lines: dict[str, QLineEdit] = {}
        for number, (kind, title) in enumerate(self.field.choices):
            row, column = divmod(number, 2)
            line = QLineEdit(whole)
            line.setFixedWidth(DAYS_WIDTH)
            line.setPlaceholderText(self.field.placeholder)
            line.textEdited.connect(lambda _text: self.edited.emit())
            self._lines[kind] = line
            grid.addWidget(PlainLabel(title, whole), row, column * 3)
            grid.addWidget(line, row, column * 3 + 1)
        grid.setColumnMinimumWidth(2, 12)
        grid.setColumnStretch(5, 1)
        return whole, next(iter(self._lines.values()), whole)

    def value(self) -> Any:
        texts = {kind: line.text().strip() for kind, line in self._lines.items()}
        return {kind: int(text) if text.isdecimal() else text for kind, text in texts.items() if text}

    def set_value(self, value: Any) -> None:
        for kind, line in self._lines.items():
            line.setText(str((value or {}).get(kind, "")))

    def problem(self) -> str:
        """Name the kinds whose days are none."""
        titles = dict(self.field.choices)
        wrong = [
            titles[kind]
            for kind, days in self.value().items()
            if not isinstance(days, int) or not 1 <= days <= MOST_DAYS
        ]
        if not wrong:
            return ""
        return self.tr("Days from 1 to {most}, or nothing: {kinds}.").format(most=MOST_DAYS, kinds=", ".join(wrong))
