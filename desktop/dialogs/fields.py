"""The inputs of a form: one widget a type of field, with the same face to the form."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from worker.protocol.manifest import Field as ManifestField
from worker.protocol.manifest import Words

LARGEST = 2**53
"""A number beyond this is none that a field could mean, and none that JSON carries exactly."""
LOW, TALL = 84, 150
"""Heights of several lines, in pixels."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form, in the language of the window."""

    name: str
    type: str
    label: str
    help: str = ""
    placeholder: str = ""
    required: bool = False
    secret: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    """Of a ``number``: without a fraction."""
    choices: tuple[tuple[str, str], ...] = ()
    advanced: bool = False
    suffix: str = ""
    tall: bool = False
    """Of a ``multiline`` one: code, in letters of equal width."""


def from_manifest(field: ManifestField, pick: Callable[[Words], str]) -> Field:
    """Return the form's field of a manifest's field."""
    return Field(
        name=field.name,
        type=field.type,
        label=pick(field.title),
        help=pick(field.help),
        placeholder=field.placeholder,
        required=field.required,
        secret=field.secret,
        default=field.default,
        minimum=field.minimum,
        maximum=field.maximum,
        choices=tuple((choice.value, pick(choice.title)) for choice in field.choices),
        advanced=field.advanced,
    )


class WheelGuard(QObject):
    """Scrolling a dialog must not change a number or a choice under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow the wheel over an input without the focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class Input(QObject):
    """An input: ``widget`` to lay out, ``target`` that takes focus and error, a value in and out."""

    edited = Signal()

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.widget, self.target = self._make(parent)
        self.target.setAccessibleName(field.label)
        self.target.setAccessibleDescription(field.help)

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        raise NotImplementedError

    def value(self) -> Any:
        """Return the value; None where nothing was given."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def problem(self) -> str:
        """Return what is wrong with what was typed, empty when nothing is."""
        return ""


class LineInput(Input):
    """One line of text; a password is hidden. Also numbers that may be absent."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        self._line = QLineEdit(parent)
        self._line.setPlaceholderText(self.field.placeholder)
        if self.field.secret and self.field.type in ("password", "text"):
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.textEdited.connect(lambda _text: self.edited.emit())
        return self._line, self._line

    def value(self) -> Any:
        text = self._line.text() if self.field.secret else self._line.text().strip()
        if not text:
            return None
        if self.field.type == "number":
            try:
                number = float(text)
            except ValueError:
                return text
            if abs(number) > LARGEST or math.isnan(number):
                return text
            return int(number) if number.is_integer() else number
        return text

    def set_value(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))


class NumberInput(LineInput):
    """A number, as wide as all of them, with its unit beside it. What is no number stays as typed until it is sent."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        line, target = super()._make(parent)
        line.setFixedWidth(120)
        whole = QWidget(parent)
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(line)
        layout.addWidget(PlainLabel(self.field.suffix, whole))
        layout.addStretch(1)
        return whole, target


class AddressInput(LineInput):
    """The address of a page; one without a scheme gets ``https://``."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        made = super()._make(parent)
        self._line.editingFinished.connect(self._on_finished)
        return made

    def value(self) -> Any:
        text = super().value()
        if text is None or "://" in text or text.startswith("/"):
            return text
        return f"https://{text}"

    def _on_finished(self) -> None:
        whole = self.value()
        if whole is not None and whole != self._line.text():
            self._line.setText(whole)
            self.edited.emit()


class CheckInput(Input):
    """Yes or no; the label stands beside the box."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        self._box = QCheckBox(self.field.label, parent)
        self._box.toggled.connect(lambda _on: self.edited.emit())
        return self._box, self._box

    def value(self) -> Any:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class ChoiceInput(Input):
    """One of a few values."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        self._combo = QComboBox(parent)
        self.set_choices(self.field.choices)
        self._combo.installEventFilter(WheelGuard(self._combo))
        self._combo.activated.connect(lambda _position: self.edited.emit())
        return self._combo, self._combo

    def set_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Offer other values; the chosen one stays where it is among them."""
        chosen = self._combo.currentData()
        self._combo.clear()
        for value, title in choices:
            self._combo.addItem(title, value)
        self.set_value(chosen)

    def value(self) -> Any:
        return self._combo.currentData()

    def set_value(self, value: Any) -> None:
        position = self._combo.findData(value)
        if position >= 0:
            self._combo.setCurrentIndex(position)


class ListInput(LineInput):
    """Several short texts, divided by commas."""

    def value(self) -> Any:
        parts = [part.strip() for part in self._line.text().replace("，", ",").split(",")]
        return [part for part in parts if part]

    def set_value(self, value: Any) -> None:
        self._line.setText(", ".join(str(part) for part in value or []))


class MultilineInput(Input):
    """Several lines of text. Tab leaves it."""

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        self._text = QPlainTextEdit(parent)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(TALL if self.field.tall else LOW)
        if self.field.tall:
            self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setPlaceholderText(self.field.placeholder)
        self._text.textChanged.connect(self.edited)
        return self._text, self._text

    def value(self) -> Any:
        return self._text.toPlainText() or None

    def set_value(self, value: Any) -> None:
        self._text.setPlainText("" if value is None else str(value))


class FileInput(LineInput):
    """A path, typed or chosen."""

    mode = QFileDialog.FileMode.ExistingFile

    def _make(self, parent: QWidget) -> tuple[QWidget, QWidget]:
        line, target = super()._make(parent)
        whole = QWidget(parent)
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        button = QPushButton(self.tr("Choose…"), whole)
        button.clicked.connect(self._choose)
        layout.addWidget(line, 1)
        layout.addWidget(button)
        return whole, target

    def _choose(self) -> None:
        dialog = QFileDialog(self._line.window(), self.field.label)
        dialog.setFileMode(self.mode)
        if self.mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self._line.setText(path)
        self.edited.emit()


class FolderInput(FileInput):
    """The path of a folder, typed or chosen."""

    mode = QFileDialog.FileMode.Directory
