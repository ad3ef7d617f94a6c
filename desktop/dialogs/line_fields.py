"""Inputs of several entries: texts by name, arguments, choices to tick."""

import re
from typing import Any

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.dialogs.fields import Input, MultilineInput

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class LinesInput(MultilineInput):
    """Texts, one a line, as they are; empty lines are none. Given texts with line breaks stay whole until edited."""

    _given: tuple[str, list[str]] = ("", [])

    def value(self) -> Any:
        text = self._text.toPlainText()
        if text == self._given[0]:
            return list(self._given[1])
        return [line for line in text.splitlines() if line]

    def set_value(self, value: Any) -> None:
        texts = [str(one) for one in value or []]
        self._text.setPlainText("\n".join(texts))
        self._given = (self._text.toPlainText(), texts)


class MapInput(MultilineInput):
    """Texts by name: lines ``Name: value``."""

    def read(self) -> tuple[dict[str, str], list[int]]:
        """Return the texts, and the numbers (from 1) of the lines that are none."""
        found: dict[str, str] = {}
        wrong: list[int] = []
        for number, line in enumerate(self._text.toPlainText().splitlines(), 1):
            name, sign, value = line.partition(":")
            if sign and name.strip():
                found[name.strip()] = value.strip()
            elif line.strip():
                wrong.append(number)
        return found, wrong

    def value(self) -> Any:
        return self.read()[0]

    def set_value(self, value: Any) -> None:
        self._text.setPlainText("\n".join(f"{name}: {one}" for name, one in (value or {}).items()))

    def problem(self) -> str:
        """Name the lines that cannot be read."""
        wrong = ", ".join(str(one) for one in self.read()[1])
        return self.tr("Not Name: value: line {numbers}.").format(numbers=wrong) if wrong else ""


class EnvInput(MapInput):
    """Variables: lines ``NAME=value``; a value keeps its spaces."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        made = super()._make(parent)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        return made

    def read(self) -> tuple[dict[str, str], list[int]]:
        """Return the variables, and the numbers (from 1) of the lines that are none."""
        found: dict[str, str] = {}
        wrong: list[int] = []
        for number, line in enumerate(self._text.toPlainText().splitlines(), 1):
            name, sign, value = line.partition("=")
            if sign and VARIABLE.fullmatch(name.strip()):
                found[name.strip()] = value
            elif line.strip():
                wrong.append(number)
        return found, wrong

    def set_value(self, value: Any) -> None:
        self._text.setPlainText("\n".join(f"{name}={one}" for name, one in (value or {}).items()))

    def problem(self) -> str:
        """Name the lines that cannot be read."""
        wrong = ", ".join(str(one) for one in self.read()[1])
        return self.tr("Not NAME=value: line {numbers}.").format(numbers=wrong) if wrong else ""


class ChecksInput(Input):
    """Any of a few values."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        whole = QWidget(parent)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(8)
        self._boxes: dict[str, QCheckBox] = {}
        for value, title in self.field.choices:
            box = QCheckBox(title, whole)
            box.clicked.connect(lambda _on: self.edited.emit())
            self._boxes[value] = box
            layout.addWidget(box)
        return whole, next(iter(self._boxes.values()), whole)

    def value(self) -> Any:
        return [value for value, box in self._boxes.items() if box.isChecked()]

    def set_value(self, value: Any) -> None:
        for name, box in self._boxes.items():
            box.setChecked(name in (value or []))
