"""Quitting while jobs run: let them go on, stop them, or stay; nothing to ask where nothing runs."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.quit_dialog import QuitDialog
from desktop.models.endings import known_running, stop_running
from desktop.views.quitting import Quitting
from master.api.client import ApiError
from master.api.schema import Page
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_running
from worker.protocol.states import JobState


class Running:
    """Jobs that run until they are cancelled, but those of ``stubborn``."""

    def __init__(self, client: FakeClient, *ids: str, stubborn: tuple[str, ...] = ()) -> None:
        self.ids, self.stubborn = list(ids), stubborn
        client.answers["jobs"] = self.page
        client.answers["cancel_job"] = self.cancel

    def page(self, state: JobState | None = None, **_query: Any) -> Page:
        assert state is JobState.RUNNING
        return Page(rows=[make_running(one, name=f"job {one}") for one in self.ids])

    def cancel(self, job_id: str) -> Any:
        if job_id not in self.stubborn:
            self.ids.remove(job_id)
        return make_running(job_id)


@pytest.fixture
def quitting(context: Context, qtbot: QtBot) -> Quitting:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    quitting = Quitting(context, window)
    quitting.asks = True
    quitting.kept = window  # type: ignore[attr-defined]
    return quitting


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


async def test_where_nothing_runs_nothing_is_asked(quitting: Quitting, client: FakeClient) -> None:
    Running(client)
    told: list[str] = []
    quitting.decided.connect(lambda: told.append("quit"))
    await quitting._look()
    assert told == ["quit"]
    quitting.asks = False
    Running(client, "j1")
    quitting.ask()
    assert told == ["quit", "quit"]


async def test_a_master_that_does_not_answer_holds_nobody(quitting: Quitting, client: FakeClient) -> None:
    client.errors["jobs"] = ApiError(0, "ERR_UNREACHABLE", "gone")
    told: list[str] = []
    quitting.decided.connect(lambda: told.append("quit"))
    await quitting._look()
    assert told == ["quit"]
    assert await known_running(quitting._context.bridge) == []


async def test_the_question(quitting: Quitting, client: FakeClient, qtbot: QtBot) -> None:
    Running(client, *[f"j{one}" for one in range(6)])
    told: list[str] = []
    quitting.decided.connect(lambda: told.append("quit"))
    quitting.shown.connect(lambda: told.append("shown"))
    await quitting._look()
    dialog = quitting._dialog
    assert dialog is not None
    assert dialog.names.text().splitlines() == ["job j0", "job j1", "job j2", "job j3", "and 2 more"]
    quitting.ask()  # again, from the tray: the same question
    assert quitting._dialog is dialog
    dialog.reject()
    assert told == ["shown", "shown"]
    await quitting._look()
    assert quitting._dialog is not None
    press(quitting._dialog.leave_button, qtbot)
    assert told == ["shown", "shown", "shown", "quit"]
    assert client.called("cancel_job") == []


async def test_stop_them(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    running = Running(client, "j1", "j2")
    dialog = QuitDialog(context, [make_running("j1"), make_running("j2")])
    qtbot.addWidget(dialog)
    await dialog._stop_and_accept()
    assert running.ids == []
    assert dialog.gone


async def test_what_does_not_end_holds_nobody_for_ever(context: Context, client: FakeClient) -> None:
    Running(client, "j1", "j2", stubborn=("j2",))
    assert await stop_running(context.bridge, 0.3) == 1
    assert len(client.called("cancel_job")) == 2


async def test_a_refused_stop_leaves_the_question(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    Running(client, "j1")
    client.errors["cancel_job"] = ApiError(503, "ERR", "Not now.")
    dialog = QuitDialog(context, [make_running("j1")])
    qtbot.addWidget(dialog)
    with pytest.raises(ApiError):
        await dialog._stop_and_accept()
    assert not dialog.gone
    assert dialog.stop_button.text() == "Stop them"
    client.errors["cancel_job"] = ApiError(409, "ERR_CONFLICT", "It has ended.")
    assert await stop_running(context.bridge, 0.0) == 1
