"""Inputs that only settings have."""

from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.fields import Field
from desktop.dialogs.setting_fields import AllowedInput, KeepDaysInput

KINDS = (("mail", "Mail"), ("entry", "Entry"), ("line", "Line"))


def test_each_kind_has_a_name_of_its_own(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    field = Field(name="keep", type="keep_days", label="Keep for", suffix="days", choices=KINDS)
    made = KeepDaysInput(field, whole)
    names = [one.accessibleName() for one in whole.findChildren(QLineEdit)]
    assert names == ["Keep for: Mail", "Keep for: Entry", "Keep for: Line"]
    made.set_value({"entry": 7})
    assert made.value() == {"entry": 7}
    made._lines["line"].setText("soon")
    assert made.problem() == "Days from 1 to 36500, or nothing: Line."
    made.set_value(None)
    assert (made.value(), made.problem()) == ({}, "")


def test_nothing_allowed_is_another_thing_than_anything(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    made = AllowedInput(Field(name="programs", type="allowed", label="Programs"), whole)
    assert made.value() is None
    made.set_value([])
    assert made.value() == []
    made.set_value(["git"])
    assert made.value() == ["git"]
    with qtbot.waitSignal(made.edited):
        made._only.click()
    assert made.value() is None
