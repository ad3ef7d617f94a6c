"""New job: runners to choose from, the fields of a manifest, options, errors at their fields, credentials."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.credential_dialog import CredentialDialog
from desktop.dialogs.fields import Field
from desktop.dialogs.inputs import make_input
from desktop.dialogs.job_dialog import JobDialog
from desktop.dialogs.job_form import JobForm
from master.api.client import ApiError
from master.api.jobs import Retry
from master.api.schema import Credential
from tests.unit.desktop.fakes import NOW, FakeClient
from tests.unit.desktop.job_fakes import make_job, make_pending
from worker.protocol.manifest import Field as ManifestField
from worker.protocol.manifest import Manifest
from worker.protocol.states import JobReason


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> JobDialog:
    dialog = JobDialog(context)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def form(dialog: JobDialog) -> JobForm:
    assert dialog.fields is not None
    return dialog.fields


def test_a_runner_is_chosen_and_a_job_submitted(dialog: JobDialog, client: FakeClient, qtbot: QtBot) -> None:
    assert dialog.cards is not None
    assert set(dialog.cards.cards) == {"command", "script"}
    assert dialog.run_button.isHidden()
    press(dialog.cards.cards["command"], qtbot)  # type: ignore[arg-type]
    fields = form(dialog)
    press(dialog.run_button, qtbot)
    assert fields.form.rows["spec.command"].error == "Fill this in."
    fields.form.set_values({"spec.command": "/bin/echo", "spec.args": ["a, b", "c"], "time_limit": "2:30"})
    client.answers["create_job"] = make_pending("j7")
    with qtbot.waitSignal(dialog.submitted) as submitted:
        press(dialog.run_button, qtbot)
    assert submitted.args is not None
    assert submitted.args[0].id == "j7"
    body = client.called("create_job")[0][0][0]
    assert body.spec == {"command": "/bin/echo", "args": ["a, b", "c"], "shell": False}
    assert (body.runner, body.time_limit, body.name, body.retry, body.worker_id) == (
        "command",
        "2:30",
        None,
        None,
        None,
    )
    assert (body.cpus, body.exclusive, body.env) == (1, False, {})


def test_all_options_are_sent(dialog: JobDialog, client: FakeClient, qtbot: QtBot) -> None:
    dialog.choose("command")
    values: dict[str, Any] = {
        "spec.command": "x", "spec.headers": {"X-Token": "a: b"}, "name": "N", "working_directory": "/tmp",
        "env": {"A": "1 = 2"}, "cpus": 2, "memory_mb": 128, "exclusive": True, "priority": 3, "worker_id": "local-2",
        "worker_label": "gpu", "credential_id": "c1", "retry.attempts": 4, "retry.delay_seconds": 0.5,
        "retry.reasons": ["timeout"],
    }  # fmt: skip
    form(dialog).form.set_values(values)
    client.answers["create_job"] = make_pending("j7")
    press(dialog.run_button, qtbot)
    body = client.called("create_job")[0][0][0]
    assert body.spec["headers"] == {"X-Token": "a: b"}
    assert body.env == {"A": "1 = 2"}
    assert body.retry == Retry(attempts=4, delay_seconds=0.5, reasons=[JobReason.TIMEOUT])
    assert (body.name, body.working_directory, body.cpus, body.memory_mb) == ("N", "/tmp", 2, 128)
    assert (body.exclusive, body.priority, body.worker_id, body.worker_label) == (True, 3, "local-2", "gpu")
    assert body.credential_id == "c1"


def test_errors_stand_at_their_fields(dialog: JobDialog, client: FakeClient, qtbot: QtBot) -> None:
    dialog.choose("command")
    form(dialog).form.set_values({"spec.command": "x"})
    wrong = {"spec.args[1]": "Too long.", "time_limit": "No such time.", "retry.attempts": "Too many.", "other": "Odd."}
    client.errors["create_job"] = ApiError(400, "ERR_INVALID", "Some fields are wrong.", wrong)
    press(dialog.run_button, qtbot)
    rows = form(dialog).form.rows
    assert rows["spec.args"].error == "Too long."
    assert rows["time_limit"].error == "No such time."
    assert rows["retry.attempts"].error == "Too many."
    assert rows["retry.attempts"].isVisibleTo(form(dialog))
    assert dialog.problem == "Odd."
    assert not dialog.gone


def test_lines_that_cannot_be_read_are_named(dialog: JobDialog, client: FakeClient, qtbot: QtBot) -> None:
    dialog.choose("command")
    rows = form(dialog).form.rows
    form(dialog).form.set_values({"spec.command": "x"})
    rows["spec.headers"].input._text.setPlainText("A: b\nnonsense\n\n: x")  # type: ignore[attr-defined]
    rows["env"].input._text.setPlainText("A=1\n2B=3")  # type: ignore[attr-defined]
    press(dialog.run_button, qtbot)
    assert rows["spec.headers"].error == "Not Name: value: line 2, 4."
    assert rows["env"].error == "Not NAME=value: line 2."
    assert client.called("create_job") == []


def test_the_same_again_with_changes(context: Context, qtbot: QtBot) -> None:
    job = make_job(
        "j1", time_limit_seconds=5400.0, wanted_worker_id="gone-1", env={"A": "1"}, retry=Retry(attempts=2),
        credential_id="c1", exclusive=True,
    )  # fmt: skip
    dialog = JobDialog(context, like=job)
    qtbot.addWidget(dialog)
    template = form(dialog).template()
    assert template.spec == {"command": "/usr/bin/rsync", "args": ["-a", "/home", "/backup"], "shell": False}
    assert (template.time_limit, template.worker_id, template.credential_id) == ("1:30:00", "gone-1", "c1")
    assert template.retry == Retry(attempts=2)
    assert form(dialog).form.rows["name"].input.value() == "backup j1"


def test_back_offers_the_runners_again(dialog: JobDialog, qtbot: QtBot) -> None:
    dialog.choose("script")
    assert dialog.cards is None
    press(dialog._back, qtbot)
    assert dialog.cards is not None
    assert dialog.fields is None


def test_without_a_runner_it_says_so(context: Context, qtbot: QtBot) -> None:
    context.models.work.runners.clear()
    dialog = JobDialog(context)
    qtbot.addWidget(dialog)
    assert dialog.hint.text().startswith("No runner is known yet.")


def test_a_credential_is_added_on_the_way(dialog: JobDialog, client: FakeClient, qtbot: QtBot) -> None:
    dialog.choose("command")
    press(form(dialog).credential_button, qtbot)
    below = dialog.findChildren(CredentialDialog)[0]
    press(below.save_button, qtbot)
    assert below.form.rows["name"].error == "Fill this in."
    assert below.form.rows["values"].error == "Fill this in."
    below.form.set_values({"name": "Token", "values": {"TOKEN": "s3cret"}})
    client.errors["create_credential"] = ApiError(503, "ERR_KEYRING", "There is no keyring.")
    press(below.save_button, qtbot)
    assert below.problem == "There is no keyring."
    del client.errors["create_credential"]
    client.answers["create_credential"] = Credential(id="c9", name="Token", fields=["TOKEN"], created_at=NOW)
    press(below.save_button, qtbot)
    assert client.called("create_credential")[-1][0][0].values == {"TOKEN": "s3cret"}
    assert form(dialog).form.rows["credential_id"].input.value() == "c9"


def test_secret_fields_of_a_runner_are_those_of_its_credential(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    secret = ManifestField(name="password", type="password", title={"en": "Password"}, secret=True, required=True)
    manifest = Manifest(
        id="db", kind="runner", title={"en": "DB"}, summary={"en": ""}, icon="D", color="#2f6fb3", fields=[secret]
    )
    context.models.work.runners.append(manifest)
    dialog = JobDialog(context, "db")
    qtbot.addWidget(dialog)
    assert "spec.password" not in form(dialog).form.rows
    below = CredentialDialog(context, manifest)
    qtbot.addWidget(below)
    below.form.set_values({"name": "DB", "password": "x"})
    client.answers["create_credential"] = Credential(id="c9", name="DB", fields=["password"], created_at=NOW)
    press(below.save_button, qtbot)
    assert client.called("create_credential")[-1][0][0].values == {"password": "x"}


def test_an_argument_with_line_breaks_stays_whole_until_it_is_edited(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    entry = make_input(Field(name="x", type="lines", label="X"), parent)
    entry.set_value(["-c", "one\ntwo", ""])
    assert entry.value() == ["-c", "one\ntwo", ""]
    entry._text.appendPlainText("three")  # type: ignore[attr-defined]
    assert entry.value() == ["-c", "one", "two", "three"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("map", {"A": "1", "B": "x: y"}),
        ("env", {"A": " 1 ", "B_2": "x=y"}),
        ("lines", ["a, b", " c"]),
        ("checks", ["b"]),
    ],
)
def test_entries_go_in_and_out(kind: str, value: Any, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    entry = make_input(Field(name="x", type=kind, label="X", choices=(("a", "A"), ("b", "B"))), parent)
    entry.set_value(value)
    assert entry.value() == value
    assert entry.problem() == ""
    entry.set_value(None)
    assert not entry.value()
