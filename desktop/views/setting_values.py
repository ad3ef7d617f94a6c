"""Values of settings in words: a default, or what somebody else chose."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from desktop.dialogs.fields import Field
from desktop.words import Wording


def say_value(field: Field, value: Any, wording: Wording) -> str:
    """Return a value as its field would show it; what stands for "nothing" is the field's placeholder."""
    titles = dict(field.choices)
    if isinstance(value, bool):
        on, off = QCoreApplication.translate("SettingValues", "on"), QCoreApplication.translate("SettingValues", "off")
        return on if value else off
    if isinstance(value, int | float):
        digits = 0 if float(value).is_integer() else 1
        return " ".join(part for part in (wording.number(value, digits), field.suffix) if part)
    if isinstance(value, str) and value:
        return titles.get(value, value)
    if isinstance(value, list) and value:
        return ", ".join(titles.get(one, str(one)) for one in value)
    if isinstance(value, dict) and value:
        return ", ".join(f"{titles.get(name, name)} {one} {field.suffix}".strip() for name, one in value.items())
    return field.placeholder or QCoreApplication.translate("SettingValues", "none")
