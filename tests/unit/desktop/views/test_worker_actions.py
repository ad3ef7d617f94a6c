"""What can be done with one worker from its card: delete it, and have it back."""

import dataclasses
from collections.abc import Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.views.workers import WorkersPage
from master.api.schema import WorkerConfigCreate
from tests.unit.desktop.dialogs.test_worker_dialog import make_config
from tests.unit.desktop.fakes import FakeClient, Pauses, make_worker
from worker.protocol.states import WorkerState


@pytest.fixture
def page(context: Context, client: FakeClient, qtbot: QtBot) -> WorkersPage:
    rows = [make_worker("local-1"), make_worker("local-2", status=WorkerState.STOPPED)]
    context.models.workers.replace_all(rows)
    client.answers["worker_config"] = lambda worker_id: make_config(worker_id=worker_id, env={"LEVEL": "3"})
    client.answers["assignments"] = []
    page = WorkersPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.parametrize(("worker_id", "started"), [("local-1", [(("local-1",), {})]), ("local-2", [])])
@pytest.mark.parametrize("by_dialog", [False, True])
def test_a_deleted_worker_is_gone_at_once_and_can_be_made_again(
    by_dialog: bool, worker_id: str, started: list[object], page: WorkersPage, client: FakeClient, qtbot: QtBot
) -> None:
    page.worker_actions.obey(worker_id, "edit" if by_dialog else "delete", page)
    if by_dialog:
        dialog = page.findChildren(WorkerDialog)[0]
        dialog.delete_button.click()
    ask = page.findChildren(ConfirmDialog)[0]
    with qtbot.waitSignal(page.offer) as told:
        ask.confirm_button.click()
    assert client.called("delete_worker_config") == [((worker_id,), {})], "nothing of it works on"
    assert told.args is not None
    title, _body, _level, undo = told.args
    assert title == f"{worker_id} was deleted"
    undo.act()
    (body,), _more = client.called("create_worker_config")[0]
    config = make_config(worker_id=worker_id, env={"LEVEL": "3"})
    assert body == WorkerConfigCreate(**{name: getattr(config, name) for name in WorkerConfigCreate.__struct_fields__})
    assert client.called("start_worker") == started


def test_a_worker_that_stops_slowly_comes_back_though_its_dialog_was_closed_meanwhile(
    page: WorkersPage, client: FakeClient, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, call = Pauses(), page.context.bridge.call

    async def slow(request: Coroutine[Any, Any, Any]) -> Any:
        await pauses.wait()
        return await call(request)

    page.worker_actions.context = dataclasses.replace(page.context, run=pauses)
    page.worker_actions.obey("local-1", "edit", page)
    dialog = page.findChildren(WorkerDialog)[0]
    dialog.delete_button.click()
    ask = page.findChildren(ConfirmDialog)[0]
    monkeypatch.setattr(page.context.bridge, "call", slow)
    ask.confirm_button.click()
    pauses.go_on()
    for one in (ask, dialog):
        one.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with qtbot.waitSignal(page.offer) as told:
        for _call in ("the assignments", "the deletion"):
            pauses.go_on()
    assert told.args is not None
    assert told.args[0] == "local-1 was deleted"
