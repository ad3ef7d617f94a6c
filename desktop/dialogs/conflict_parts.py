"""What can be typed in a dialog, part by part: taken out, put back, and said in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox

from desktop.dialogs.form import FieldRow, Form
from desktop.dialogs.quiet_plans import QuietPlanBox
from desktop.dialogs.quiet_windows import WindowList
from master.api.rules import QuietWindow


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that can be typed: taken out, put back, and said in words."""

    name: str
    label: str
    get: Callable[[], Any]
    put: Callable[[Any], None]
    say: Callable[[Any], str]


def _words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        translate = QCoreApplication.translate
        return translate("Conflicts", "Yes") if value else translate("Conflicts", "No")
    if isinstance(value, dict):
        return ", ".join(f"{name}={one}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def _field_part(name: str, row: FieldRow) -> Part:
    target = row.input.target

    def say(value: Any) -> str:
        if isinstance(target, QComboBox):
            position = target.findData(value)
            return target.itemText(position) if position >= 0 else _words(value)
        titles = dict(row.field.choices)
        if isinstance(value, list) and titles:
            return _words([titles.get(one, one) for one in value])
        return _words(value)

    return Part(name=name, label=row.field.label, get=row.input.value, put=row.input.set_value, say=say)


def form_parts(form: Form) -> list[Part]:
    """Return the fields of a form; secrets are not shown."""
    return [_field_part(name, row) for name, row in form.rows.items() if not row.field.secret]


def plan_part(box: QuietPlanBox, words: Callable[[QuietWindow], str]) -> Part:
    """Return the quiet hours of an account or a group."""

    def say(value: Any) -> str:
        chosen, windows = value
        title = box.choice.itemText(box.choice.findData(chosen))
        return ", ".join([title, *(words(one) for one in windows)])

    def put(value: Any) -> None:
        chosen, windows = value
        box.windows.clear()
        for one in windows:
            box.windows.add(one)
        box.choice.setCurrentIndex(box.choice.findData(chosen))

    name = box.choice.accessibleName()
    return Part(
        name="quiet_hours",
        label=name,
        get=lambda: (box.chosen, box.windows.values() if box.chosen == "own" else []),
        put=put,
        say=say,
    )


def windows_part(name: str, label: str, rows: WindowList, words: Callable[[QuietWindow], str]) -> Part:
    """Return a list of hours."""

    def put(value: list[QuietWindow]) -> None:
        rows.clear()
        for one in value:
            rows.add(one)

    return Part(
        name=name, label=label, get=rows.values, put=put, say=lambda value: _words([words(one) for one in value])
    )


def check_part(name: str, box: QCheckBox) -> Part:
    """Return a box that stands alone."""
    return Part(name=name, label=box.text(), get=box.isChecked, put=box.setChecked, say=_words)
