"""The dialog of a worker: every field, validated, with errors beside them."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from master.api.client import ApiError
from master.api.schema import WorkerConfig, WorkerConfigCreate
from master.api.system import DeploymentType, Token
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import text


def opened(dialog: WorkerDialog) -> WorkerDialog:
    dialog.open()
    return dialog


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def make_config(**changes: Any) -> WorkerConfig:
    values: dict[str, Any] = {
        "worker_id": "local-1", "name": "First", "description": "", "deployment_type": "local", "host": "localhost",
        "port": None, "max_accounts": 500, "max_memory_mb": None, "cpu_cores": None, "env": {}, "command_args": [],
        "working_directory": None, "auto_start": False, "auto_restart": True, "restart_delay_ms": 1000,
        "max_restart_attempts": 3, "enabled": True, "version": 5, "created_at": NOW,
    }  # fmt: skip
    return WorkerConfig(**(values | changes))


def test_adding_and_editing_a_worker(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(WorkerDialog(context))
    assert dialog.form.values()["worker_id"] == "local-3"
    client.errors["create_worker_config"] = ApiError(409, "ERR_CONFLICT", "local-3 is taken already.", {}, {}, "")
    press(dialog.save_button, qtbot)
    assert dialog.form.rows["worker_id"].error == "local-3 is taken already."
    del client.errors["create_worker_config"]
    press(dialog.save_button, qtbot)
    body = client.called("create_worker_config")[-1][0][0]
    assert (body.worker_id, body.name, body.max_accounts) == ("local-3", "local-3", 500)
    assert dialog.gone
    edit = opened(WorkerDialog(context, make_config()))
    assert "worker_id" not in edit.form.rows
    assert edit.rows["auto_start"].input.value() is False
    press(edit.save_button, qtbot)
    worker_id, patch = client.called("patch_worker_config")[0][0]
    assert (worker_id, patch.name, patch.version) == ("local-1", "First", 5)


def test_every_field_of_a_worker_is_sent_as_it_was_typed(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(WorkerDialog(context))
    assert set(dialog.rows) == set(WorkerConfigCreate.__struct_fields__)
    dialog.set_values(
        {
            "worker_id": "w.1", "description": "d", "max_accounts": 7, "max_memory_mb": 256, "cpu_cores": 2,
            "env": "A=1\n\nB=x=y", "command_args": "--one\ntwo words", "working_directory": "/srv",
            "auto_restart": False, "restart_delay_ms": 50, "max_restart_attempts": 0, "enabled": False,
        }
    )  # fmt: skip
    press(dialog.save_button, qtbot)
    body = client.called("create_worker_config")[0][0][0]
    assert body == WorkerConfigCreate(
        worker_id="w.1", name="w.1", description="d", max_accounts=7, max_memory_mb=256, cpu_cores=2,
        env={"A": "1", "B": "x=y"}, command_args=["--one", "two words"], working_directory="/srv",
        auto_restart=False, restart_delay_ms=50, max_restart_attempts=0, enabled=False,
    )  # fmt: skip


DEPLOYMENTS = [
    DeploymentType(id="local", title=text("deployment_local")),
    DeploymentType(id="external", title=text("deployment_external")),
]
DECIDED_HERE = {"worker_id", "name", "description", "deployment_type", "max_accounts", "enabled"}


def shown_rows(dialog: WorkerDialog) -> set[str]:
    return {name for name, row in dialog.rows.items() if row.isVisibleTo(dialog)}


@pytest.fixture
def elsewhere(context: Context) -> Context:
    """The master knows workers that are started elsewhere."""
    assert context.models.catalog is not None
    context.models.catalog = msgspec.structs.replace(context.models.catalog, deployments=DEPLOYMENTS)
    return context


def test_of_a_worker_elsewhere_only_what_is_decided_here_is_asked(
    elsewhere: Context, client: FakeClient, qtbot: QtBot
) -> None:
    dialog = opened(WorkerDialog(elsewhere))
    dialog.set_values({"worker_id": "attic", "max_memory_mb": 3, "env": "no variable"})
    where = dialog.rows["deployment_type"].input.target
    assert isinstance(where, QComboBox)
    assert [where.itemText(one) for one in range(where.count())] == ["On this computer", "Started elsewhere"]
    assert shown_rows(dialog) > DECIDED_HERE
    where.setCurrentIndex(1)
    where.activated.emit(1)
    assert shown_rows(dialog) == DECIDED_HERE
    client.answers["tokens"] = []
    client.answers["create_token"] = Token(
        id="t1", name="attic", scope="worker", worker_id="attic", created_at=NOW, last_used_at=None, token="s3cret"
    )
    press(dialog.save_button, qtbot)
    body = client.called("create_worker_config")[0][0][0]
    assert body == WorkerConfigCreate(worker_id="attic", name="attic", deployment_type="external", max_accounts=500)
    assert not client.called("start_worker"), "somebody else starts it"
    joins = [one for one in QApplication.topLevelWidgets() if isinstance(one, JoinDialog) and one.isVisible()]
    assert [one.token.text for one in joins] == ["s3cret"]
    joins[0].reject()


def test_where_a_worker_runs_stays(elsewhere: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(WorkerDialog(elsewhere, make_config(deployment_type="external", name="Attic")))
    assert shown_rows(dialog) == DECIDED_HERE - {"worker_id"}
    assert not dialog.rows["deployment_type"].input.target.isEnabled()
    press(dialog.save_button, qtbot)
    _worker_id, patch = client.called("patch_worker_config")[0][0]
    sent = {name for name in patch.__struct_fields__ if getattr(patch, name) is not msgspec.UNSET}
    assert sent == DECIDED_HERE - {"worker_id"} | {"version"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("worker_id", "a/b", "Letters, digits"),
        ("worker_id", "", "Fill this in."),
        ("max_accounts", 0, "from 1 to 100,000"),
        ("max_accounts", -3, "from 1 to 100,000"),
        ("max_accounts", 10**9, "from 1 to 100,000"),
        ("max_accounts", "many", "from 1 to 100,000"),
        ("max_accounts", "", "Fill this in."),
        ("max_memory_mb", 1.5, "from 32 to"),
        ("env", "A=1\nB", "line 2"),
        ("env", "1A=1", "line 1"),
    ],
)
def test_what_a_worker_cannot_have_is_said_at_its_field(
    name: str, value: Any, words: str, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    dialog = opened(WorkerDialog(context))
    dialog.set_values({name: value})
    press(dialog.save_button, qtbot)
    assert words in dialog.rows[name].error
    assert client.called("create_worker_config") == []


def test_a_limit_that_is_emptied_is_taken_away(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    config = make_config(max_memory_mb=100, env={"A": "b"}, command_args=["-x"], working_directory="/srv")
    edit = opened(WorkerDialog(context, config))
    assert edit.rows["env"].input.value() == "A=b"
    edit.set_values({"max_memory_mb": None, "env": "", "command_args": "", "working_directory": ""})
    press(edit.save_button, qtbot)
    patch = client.called("patch_worker_config")[0][0][1]
    assert (patch.max_memory_mb, patch.env, patch.command_args, patch.working_directory) == (None, {}, [], None)


def test_a_worker_that_was_changed_elsewhere_is_not_overwritten(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    edit = opened(WorkerDialog(context, make_config()))
    client.errors["patch_worker_config"] = ApiError(409, "ERR_CONFLICT", "changed", {}, {}, "")
    client.answers["worker_config"] = make_config(version=6, name="Newer")
    client.answers["assignments"] = []
    press(edit.save_button, qtbot)
    assert edit.conflicts is not None
    assert edit.conflicts.panel.isVisible()
    client.errors["patch_worker_config"] = ApiError(
        422, "ERR", "bad", {"working_directory": "It is not there."}, {}, ""
    )
    press(edit.save_button, qtbot)
    assert edit.rows["working_directory"].error == "It is not there."
    press(edit.delete_button, qtbot)
    ask = next(one for one in edit.findChildren(ConfirmDialog))
    press(ask.confirm_button, qtbot)
    assert client.called("delete_worker_config") == [(("local-1",), {})]
    assert edit.gone


@pytest.mark.parametrize(
    ("changes", "started"), [({}, True), ({"enabled": False}, False), ({"auto_start": False}, False)]
)
def test_an_added_worker_is_started_at_once_when_it_starts_by_itself(
    changes: dict[str, Any], started: bool, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    dialog = opened(WorkerDialog(context))
    dialog.set_values({"worker_id": "w1"} | changes)
    press(dialog.save_button, qtbot)
    assert client.called("start_worker") == ([(("w1",), {})] if started else [])
    assert dialog.gone


def test_a_start_that_is_refused_is_told_though_the_dialog_is_closed(
    context: Context, client: FakeClient, failures: Any, qtbot: QtBot
) -> None:
    client.errors["start_worker"] = ApiError(503, "ERR", "Not now.", {}, {}, "")
    dialog = opened(WorkerDialog(context))
    press(dialog.save_button, qtbot)
    assert dialog.gone
    assert [str(one) for one in failures()] == [str(client.errors["start_worker"])]


def test_enter_presses_the_button_with_the_focus(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(WorkerDialog(context))
    cancel = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Cancel")
    cancel.setFocus()
    qtbot.keyClick(cancel, Qt.Key.Key_Return)
    assert dialog.gone
    assert client.called("create_worker_config") == []
    dialog = opened(WorkerDialog(context))
    name = dialog.rows["name"].input.target
    name.setFocus()
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert len(client.called("create_worker_config")) == 1


def test_enter_in_a_question_does_nothing_that_cannot_be_undone(context: Context, qtbot: QtBot) -> None:
    asked: list[str] = []

    async def request() -> None:
        asked.append("done")

    for label, wanted in (("Cancel", []), ("Delete", ["done"])):
        ask = ConfirmDialog(context, "Delete?", "It goes.", "Delete", request)
        buttons = {one.text(): one for one in ask.findChildren(QPushButton)}
        buttons["Cancel"].setFocus()
        ask.open()
        button = buttons[label]
        assert [one.text() for one in ask.findChildren(QPushButton) if one.isDefault()] == ["Cancel"]
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Return)
        assert ask.gone
        assert asked == wanted


def test_what_is_wrong_is_scrolled_into_view(context: Context, qtbot: QtBot) -> None:
    dialog = opened(WorkerDialog(context))
    dialog.resize(520, 420)
    area = dialog._area
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    dialog.set_values({"max_accounts": 0, "restart_delay_ms": -1})
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    press(dialog.save_button, qtbot)

    def seen() -> bool:
        row = dialog.rows["max_accounts"]
        top = row.mapTo(area.viewport(), row.rect().topLeft()).y()
        return top >= 0 and top + row.height() <= area.viewport().height()

    qtbot.waitUntil(seen)


def test_tab_reaches_more_options_after_the_fields_above_it(context: Context) -> None:
    dialog = opened(WorkerDialog(context))
    form = dialog.forms[-1]
    order: list[Any] = []
    widget = form.rows["working_directory"].input.target
    while widget not in order:
        order.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [form.rows["working_directory"].input.target, form.rows["env"].input.target,
              form.rows["command_args"].input.target, form._more, form.rows["host"].input.target,
              form.rows["port"].input.target]  # fmt: skip
    assert [one for one in order if one in wanted] == wanted


def test_all_number_fields_are_equally_wide(context: Context) -> None:
    dialog = opened(WorkerDialog(context))
    numbers = [row.input.target for row in dialog.rows.values() if row.field.type == "number"]
    assert {one.maximumWidth() for one in numbers} == {numbers[0].minimumWidth()}
