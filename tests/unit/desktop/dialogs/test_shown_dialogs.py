"""What a person sees of a dialog: its place on the screen, where the focus is, what stays in view."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.screens import bounded, place_inside
from desktop.dialogs.sign_in_dialog import SignInDialog
from master.api.client import ApiError
from master.api.schema import TestReport
from tests.unit.desktop.fakes import FakeClient, Pauses, make_account
from worker.protocol.account_messages import TestStep
from worker.protocol.texts import text

SCREEN = QRect(0, 0, 800, 420)
REFUSED = text("auth_refused", username="u")
FAILED = TestReport(
    success=False,
    steps=[
        TestStep(name=text("step_connect"), milliseconds=21),
        TestStep(name=text("step_sign_in"), milliseconds=310, error=REFUSED),
    ],
    error=REFUSED,
    fields={"password": REFUSED},
    identity="",
)


class LowScreen:
    """A screen of 420 px."""

    def available(self) -> QRect:
        return SCREEN


class LowDialog(LowScreen, BaseDialog):
    """A dialog on it."""


class LowAccountDialog(LowScreen, AccountDialog):
    """*Add account* on it."""


@pytest.fixture
def exposed(qtbot: QtBot) -> Callable[[Any], Any]:
    def expose(dialog: Any) -> Any:
        qtbot.addWidget(dialog)
        dialog.open()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    return expose


def test_sizes_and_places_leave_room_for_the_frame() -> None:
    frame = QMargins(4, 30, 4, 4)
    screen = QRect(0, 0, 1366, 728)
    assert bounded(QSize(520, 900), screen, frame) == QSize(520, 694)
    assert bounded(QSize(520, 400), screen, frame) == QSize(520, 400)
    assert place_inside(QRect(100, 300, 500, 600), screen) == QPoint(100, 128)
    assert place_inside(QRect(100, 50, 500, 600), screen) == QPoint(100, 50)
    assert place_inside(QRect(-40, 50, 500, 900), screen) == QPoint(0, 0)


def test_a_dialog_grows_no_further_than_its_screen(
    exposed: Callable[[Any], Any], context: Context, qtbot: QtBot
) -> None:
    dialog = exposed(LowDialog(context, "High"))
    button = dialog.add_button("Do it", kind="primary")
    dialog.move(100, 200)
    for number in range(40):
        dialog.body.addWidget(QLabel(f"line {number}", dialog))
    dialog.fit()
    qtbot.waitUntil(lambda: dialog.height() > 380)
    qtbot.waitUntil(lambda: SCREEN.contains(dialog.frameGeometry()))
    assert dialog.rect().contains(QRect(button.mapTo(dialog, QPoint(0, 0)), button.size()))


@pytest.fixture
def adding(exposed: Callable[[Any], Any], context: Context) -> AccountDialog:
    dialog: AccountDialog = exposed(LowAccountDialog(context))
    return dialog


def fill(dialog: AccountDialog) -> None:
    assert dialog.form is not None
    dialog.form.set_values({"host": "h", "username": "u", "password": "p", "name": "n"})


def test_enter_chooses_the_platform_that_has_the_focus(adding: AccountDialog, qtbot: QtBot) -> None:
    assert adding.cards is not None
    assert adding.focusWidget() is adding.cards.cards["feed"]
    qtbot.keyClick(adding.cards.cards["imap"], Qt.Key.Key_Return)
    assert adding.form is not None
    assert "host" in adding.form.rows
    assert not adding.gone


def test_steps_are_in_view_while_a_test_runs_and_when_it_has_ended(
    adding: AccountDialog, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    adding.choose("imap")
    fill(adding)
    adding.panel.show_running()
    adding.fit()

    def in_view() -> bool:
        place = QRect(adding.panel.mapTo(adding, QPoint(0, 0)), adding.panel.size())
        return adding.panel.isVisible() and adding.panel.visibleRegion().boundingRect().size() == place.size()

    qtbot.waitUntil(in_view)
    client.answers["test_account"] = FAILED
    adding.test()
    qtbot.waitUntil(in_view)
    qtbot.waitUntil(lambda: SCREEN.contains(adding.geometry()))
    assert adding.save_button.visibleRegion().boundingRect().height() == adding.save_button.height()


def test_the_focus_comes_back_to_the_button_that_waited(
    exposed: Callable[[Any], Any], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    pauses = Pauses()
    dialog = exposed(BaseDialog(dataclasses.replace(context, run=pauses), "T"))
    before, button = QPushButton("before", dialog), dialog.add_button("Ask")
    dialog.body.addWidget(before)

    async def ask(act: Callable[[], object] = lambda: None) -> None:
        await Pauses.wait()
        act()

    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    dialog.start(ask())
    assert not button.isEnabled()
    assert dialog.hasFocus()
    pauses.go_on()
    assert dialog.focusWidget() is button

    def go_elsewhere() -> None:
        dialog.unlock()
        before.setFocus()

    dialog.start(ask(go_elsewhere))
    assert not before.isEnabled()
    pauses.go_on()
    assert dialog.focusWidget() is before


def texts_of(panel: Any) -> list[str]:
    return [label.text() for label in panel._inside.findChildren(QLabel)]


def test_what_stands_at_a_field_is_not_said_twice(adding: AccountDialog, client: FakeClient) -> None:
    adding.choose("imap")
    fill(adding)
    sentence = "The server refused the password for u."
    client.answers["test_account"] = FAILED
    adding.test()
    assert adding.form is not None
    assert adding.form.rows["password"].error == sentence
    assert not [one for one in texts_of(adding.panel) if one == sentence]
    adding.panel.show_report(FAILED)
    assert sentence in [label.text() for label in adding.panel.findChildren(QLabel)]


def test_adding_tests_first_and_a_second_press_adds_anyway(
    adding: AccountDialog, client: FakeClient, qtbot: QtBot
) -> None:
    adding.choose("imap")
    fill(adding)
    assert adding.form is not None
    client.answers["test_account"] = FAILED
    adding.save()
    assert client.called("create_account") == []
    assert adding.save_button.text() == "Add anyway"
    qtbot.keyClicks(adding.form.rows["password"].input.target, "x")
    assert adding.save_button.text() == "Add account"
    adding.save()
    assert len(client.called("test_account")) == 2
    added: list[str] = []
    adding.added.connect(added.append)
    adding.save()
    assert len(client.called("test_account")) == 2
    assert len(client.called("create_account")) == 1
    assert added == ["a3"]
    assert adding.gone


def test_an_account_can_be_added_while_nothing_can_test_it(adding: AccountDialog, client: FakeClient) -> None:
    adding.choose("imap")
    fill(adding)
    client.errors["test_account"] = ApiError(503, "ERR_NO_WORKER", "No worker runs.", {}, {}, "")
    adding.save()
    assert adding.problem == "No worker runs."
    assert adding.save_button.text() == "Add anyway"
    adding.save()
    assert adding.gone


def test_a_test_that_worked_is_not_run_again(adding: AccountDialog, client: FakeClient) -> None:
    adding.choose("imap")
    fill(adding)
    adding.test()
    adding.save()
    assert len(client.called("test_account")) == 1
    assert adding.gone


def test_an_address_without_a_scheme_gets_one(adding: AccountDialog, qtbot: QtBot) -> None:
    adding.choose("feed")
    assert adding.form is not None
    line = adding.form.rows["url"].input.target
    qtbot.keyClicks(line, "www.example.org:8080/feed")
    adding.form.rows["name"].input.target.setFocus()
    assert line.text() == "https://www.example.org:8080/feed"  # type: ignore[attr-defined]
    assert {name: value for name, value in adding.form.values().items() if value} == {
        "url": "https://www.example.org:8080/feed", "name": "example.org:8080/feed",
    }  # fmt: skip
    adding.form.set_values({"url": "http://example.org"})
    assert adding.form.values()["url"] == "http://example.org"


def test_what_went_wrong_has_an_icon(exposed: Callable[[Any], Any], context: Context) -> None:
    dialog = exposed(SignInDialog(context, make_account("a1")))
    dialog.show_problem("Not now.")
    assert dialog.problem == "Not now."
    assert dialog._problem.sign.isVisible()
    assert not dialog._problem.sign.pixmap().isNull()
