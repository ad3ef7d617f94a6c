"""Cron expressions as people choose them, there and back; the editor of them."""

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.cron_editor import CronInput
from desktop.dialogs.crons import DAILY, HOURLY, KINDS, MINUTES, MONTHLY, OWN, STEPS, WEEKLY, Plan, read, write
from desktop.dialogs.fields import Field


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("* * * * *", MINUTES),
        ("*/15 * * * *", MINUTES),
        ("7 * * * *", HOURLY),
        ("30 4 * * *", DAILY),
        ("0 9 * * 1,3,5", WEEKLY),
        ("0 8 31 * *", MONTHLY),
        ("0 8 L * *", MONTHLY),
    ],
)
def test_plain_kinds_go_there_and_back(expression: str, kind: str) -> None:
    plan = read(expression)
    assert plan.kind == kind
    assert write(plan) == expression


@pytest.mark.parametrize(
    "expression",
    [
        "", "x", "0 0 0 0 0 0", "*/7 * * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *", "0 0 1 * 1",
        "0 0 1 1 *", "0 9 * * 1#2", "0 9 * * 8", "0 9 * * 5-1", "5,10 * * * *", "0 0 * jan *", "@daily", "-1 * * * *",
    ],
)  # fmt: skip
def test_all_else_is_kept_as_it_is_typed(expression: str) -> None:
    plan = read(expression)
    assert plan.kind == OWN
    assert write(plan) == expression


def test_names_and_ranges_of_days() -> None:
    assert read("0 9 * * MON-FRI").weekdays == (1, 2, 3, 4, 5)
    assert read("0 9 * * 7").weekdays == (0,)
    assert read("0 9 * * sat,sun").weekdays == (0, 6)


def test_every_plan_can_be_read_again() -> None:
    chance = random.Random(3)
    for _time in range(500):
        plan = Plan(
            kind=chance.choice(KINDS[:-1]),
            every=chance.choice(STEPS),
            minute=chance.randrange(60),
            hour=chance.randrange(24),
            weekdays=tuple(chance.sample(range(7), chance.randint(1, 7))),
            day=chance.choice([*map(str, range(1, 32)), "L"]),
        )
        assert write(read(write(plan))) == write(plan)
        assert read(write(plan)).kind == plan.kind


@pytest.fixture
def editor(qtbot: QtBot) -> CronInput:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = CronInput(Field(name="cron", type="cron", label="When"), parent)
    parent.show()
    made.widget.show()
    made.parent_kept = parent  # type: ignore[attr-defined]
    return made


def test_each_kind_shows_its_own_fields(editor: CronInput, qtbot: QtBot) -> None:
    for expression, shown in (
        ("*/5 * * * *", {editor.every}),
        ("7 * * * *", {editor.minute}),
        ("30 4 * * *", {editor.hour, editor.minute}),
        ("30 4 L * *", {editor.day, editor.hour, editor.minute}),
        ("30 4 * * 1", {editor.hour, editor.minute, editor.weekdays[1]}),
        ("5 4 * * 1#1", {editor.line}),
    ):
        editor.set_value(expression)
        assert editor.value() == expression
        fields = {editor.every, editor.day, editor.hour, editor.minute, editor.weekdays[1], editor.line}
        assert {one for one in fields if one.isVisibleTo(editor.widget)} == shown, expression


def test_the_own_expression_begins_with_the_one_before(editor: CronInput, qtbot: QtBot) -> None:
    editor.set_value("30 4 * * *")
    editor.hour.setCurrentIndex(5)
    editor.hour.activated.emit(5)
    editor.kind.setCurrentIndex(KINDS.index(OWN))
    with qtbot.waitSignal(editor.edited):
        editor.kind.activated.emit(KINDS.index(OWN))
    assert editor.line.text() == "30 5 * * *"
    editor.line.clear()
    qtbot.keyClicks(editor.line, "1 2 * * *")
    assert editor.value() == "1 2 * * *"


def test_a_week_has_a_day(editor: CronInput, qtbot: QtBot) -> None:
    editor.set_value("0 9 * * 3")
    qtbot.mouseClick(editor.weekdays[3], Qt.MouseButton.LeftButton)
    assert editor.value() == "0 9 * * 1"
