"""The only form builder: fields become widgets, widgets become values, errors stand at their field."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.fields import CheckInput, Field
from desktop.dialogs.inputs import make_input
from desktop.dialogs.tab_orders import tab_before
from desktop.theme import Theme
from desktop.words import Wording


class FieldRow(QWidget):
    """Label above, input, help under it, error in its place."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.input = make_input(field, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._label: PlainLabel | None = None
        if not isinstance(self.input, CheckInput):
            self._label = PlainLabel(field.label, self)
            self._label.setProperty("kind", "label")
            self._label.setBuddy(self.input.target)
            layout.addWidget(self._label)
        layout.addWidget(self.input.widget)
        self._help = _small(field.help, "small", self)
        self._help.setVisible(bool(field.help))
        layout.addWidget(self._help)
        self._error = ErrorLine(theme, self)
        layout.addWidget(self._error)

    def set_label(self, words: str) -> None:
        """Call it otherwise; empty: as the field is called."""
        if self._label is not None:
            self._label.setText(words or self.field.label)
        self.input.target.setAccessibleName(words or self.field.label)

    @property
    def error(self) -> str:
        """What is wrong, empty when nothing is."""
        return self._error.words

    def set_error(self, message: str) -> None:
        """Show what is wrong with this field; empty takes it away."""
        self._error.say(message)
        self._help.setVisible(bool(self.field.help) and not message)
        target = self.input.target
        target.setAccessibleDescription(message or self.field.help)
        target.setProperty("invalid", bool(message))
        target.style().unpolish(target)
        target.style().polish(target)

    def wrong_value(self, wording: Wording) -> str:
        """Return what is wrong with what was typed: it cannot be read, or is a number out of its bounds."""
        least, most = self.field.minimum, self.field.maximum
        value = self.input.value() if self.field.type == "number" else None
        if value is None:
            return self.input.problem()
        if not isinstance(value, int | float):
            return self.tr("A number, please.")
        if (least is not None and value < least) or (most is not None and value > most):
            return self._bounds(least, most, wording)
        if self.field.whole and not isinstance(value, int):
            return self.tr("A whole number, please.")
        return self.input.problem()

    def _bounds(self, least: float | None, most: float | None, wording: Wording) -> str:
        if least is None:
            return self.tr("A number up to {most}.").format(most=wording.number(most or 0))
        if most is None:
            return self.tr("A number from {least}.").format(least=wording.number(least))
        return self.tr("A number from {least} to {most}.").format(
            least=wording.number(least), most=wording.number(most)
        )


def _small(text: str, kind: str, parent: QWidget) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


class Form(QWidget):
    """A column of fields; advanced ones appear after *More options*."""

    edited = Signal(str)
    """The field with this name was changed by the person."""
    wrong = Signal(QWidget)
    """The row of the first field that something is wrong with."""

    def __init__(self, fields: list[Field], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, FieldRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        # Tab goes in the order of making: the plain fields, the button, what it shows.
        made = {field.name: self._make_row(field, theme, self) for field in fields if not field.advanced}
        self._more = QPushButton(self.tr("More options"), self)
        self._more.setProperty("kind", "link")
        self._advanced = QWidget(self)
        below = QVBoxLayout(self._advanced)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(12)
        made |= {field.name: self._make_row(field, theme, self._advanced) for field in fields if field.advanced}
        for field in fields:
            self.rows[field.name] = made[field.name]
            (below if field.advanced else layout).addWidget(made[field.name])
        layout.addWidget(self._more)
        layout.addWidget(self._advanced)
        layout.addStretch(1)
        self._advanced.hide()
        self._more.setVisible(any(field.advanced for field in fields))
        self._more.clicked.connect(self.show_advanced)

    def _make_row(self, field: Field, theme: Theme, parent: QWidget) -> FieldRow:
        row = FieldRow(field, theme, parent)
        row.input.set_value(field.default)
        row.input.edited.connect(lambda name=field.name: self._on_edited(name))
        return row

    def insert(self, widget: QWidget, before: str | None) -> None:
        """Put a widget of one's own before the row of a field; None: behind all that are not advanced."""
        row = self.rows[before] if before is not None else self._more
        parent = row.parentWidget()
        layout = parent.layout() if parent is not None else None
        assert isinstance(layout, QVBoxLayout)
        at = layout.indexOf(row)
        layout.insertWidget(at, widget)
        tab_before(widget, row.input.target if isinstance(row, FieldRow) else row)

    def show_advanced(self) -> None:
        """Show all fields."""
        self._more.hide()
        self._advanced.show()

    def set_values(self, values: dict[str, Any]) -> None:
        """Show values; unknown names are skipped."""
        for name, value in values.items():
            if name in self.rows:
                self.rows[name].input.set_value(value)

    def values(self, *, secret: bool = False) -> dict[str, Any]:
        """Return the given values of the plain fields, or of the ``secret`` ones."""
        found = {name: row.input.value() for name, row in self.rows.items() if row.field.secret is secret}
        return {name: value for name, value in found.items() if value is not None}

    def missing(self, message: str, *, secrets: bool = True) -> dict[str, str]:
        """Return ``message`` for every required field that is empty."""
        empty: tuple[Any, ...] = (None, "", [], {})
        return {
            name: message
            for name, row in self.rows.items()
            if row.field.required and (secrets or not row.field.secret) and row.input.value() in empty
        }

    def wrong_values(self, wording: Wording) -> dict[str, str]:
        """Return what is wrong with every field that cannot be read, or holds a number out of its bounds."""
        wrong = {name: row.wrong_value(wording) for name, row in self.rows.items()}
        return {name: words for name, words in wrong.items() if words}

    def set_errors(self, errors: dict[str, str]) -> dict[str, str]:
        """Show errors at their fields, go to the first, and return those that belong to no field."""
        first: FieldRow | None = None
        for name, row in self.rows.items():
            row.set_error(errors.get(name, ""))
            if name in errors:
                first = first or row
                if row.field.advanced:
                    self.show_advanced()
        if first is not None:
            first.input.target.setFocus()
            self.wrong.emit(first)
        return {name: message for name, message in errors.items() if name not in self.rows}

    def errors(self) -> set[str]:
        """Return the sentences that stand at fields now."""
        return {row.error for row in self.rows.values() if row.error}

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        for row in self.rows.values():
            row.input.target.setFocus()
            return

    def _on_edited(self, name: str) -> None:
        self.rows[name].set_error("")
        self.edited.emit(name)
