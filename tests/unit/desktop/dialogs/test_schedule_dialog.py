"""The dialog of a schedule: the cron editor with its words and next runs, all options, errors at their fields."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.cron_editor import CronInput
from desktop.dialogs.job_form import JobForm
from desktop.dialogs.schedule_dialog import ScheduleDialog
from master.api.client import ApiError
from master.api.schema import SchedulePreview
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_schedule


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> ScheduleDialog:
    dialog = ScheduleDialog(context)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.choose("command")
    return dialog


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def fields(dialog: ScheduleDialog) -> JobForm:
    assert dialog.fields is not None
    return dialog.fields


def preview(dialog: ScheduleDialog) -> str:
    entry = fields(dialog).form.rows["cron"].input
    assert isinstance(entry, CronInput)
    return entry.preview.text()


def test_a_schedule_is_added(dialog: ScheduleDialog, client: FakeClient, qtbot: QtBot) -> None:
    press(dialog.save_button, qtbot)
    assert fields(dialog).form.rows["name"].error == "Fill this in."
    fields(dialog).form.set_values({"name": "Nightly", "spec.command": "x", "cron": "*/10 * * * *", "cpus": 2})
    client.answers["create_schedule"] = make_schedule("s9")
    with qtbot.waitSignal(dialog.saved) as saved:
        press(dialog.save_button, qtbot)
    assert saved.args is not None
    assert saved.args[0].id == "s9"
    body = client.called("create_schedule")[0][0][0]
    assert (body.name, body.cron, body.time_zone, body.enabled) == ("Nightly", "*/10 * * * *", "local", True)
    assert (body.job.runner, body.job.spec["command"], body.job.cpus) == ("command", "x", 2)
    assert (body.misfire, body.misfire_limit, body.misfire_age_seconds) == ("once", 10, 86_400)
    assert (body.overlap, body.jitter_seconds, body.long_seconds) == ("skip", 0, None)
    assert body.notify == ["failure", "did_not_start", "did_not_run"]


def test_all_options_are_sent_in_seconds(dialog: ScheduleDialog, client: FakeClient, qtbot: QtBot) -> None:
    values: dict[str, Any] = {
        "name": "N", "spec.command": "x", "time_zone": "Europe/Berlin", "misfire": "all", "misfire_limit": 3,
        "misfire_age_seconds": 1.5, "overlap": "replace", "jitter_seconds": 30, "long_seconds": 90,
        "notify": ["success", "ran_long"],
    }  # fmt: skip
    fields(dialog).form.set_values(values)
    client.answers["create_schedule"] = make_schedule("s9")
    press(dialog.save_button, qtbot)
    body = client.called("create_schedule")[0][0][0]
    assert (body.time_zone, body.misfire, body.misfire_limit, body.overlap) == ("Europe/Berlin", "all", 3, "replace")
    assert (body.misfire_age_seconds, body.jitter_seconds, body.long_seconds) == (5400, 30, 5400)
    assert body.notify == ["success", "ran_long"]


def test_words_and_next_runs_follow_what_is_typed(dialog: ScheduleDialog, client: FakeClient, qtbot: QtBot) -> None:
    assert preview(dialog).startswith("text of 0 3 * * *\nNext: ")
    assert preview(dialog).count("·") == 4
    calls = len(client.called("preview_schedule"))
    entry = fields(dialog).form.rows["cron"].input
    entry.set_value("5 4 * * 1#1")
    for _key in range(5):
        entry.edited.emit()
    qtbot.waitUntil(lambda: preview(dialog).startswith("text of 5 4 * * 1#1"))
    assert len(client.called("preview_schedule")) == calls + 1
    client.errors["preview_schedule"] = ApiError(400, "ERR_INVALID", "x", {"cron": "There is no minute 99."})
    entry.set_value("99 * * * *")
    dialog.preview()
    assert fields(dialog).form.rows["cron"].error == "There is no minute 99."
    assert preview(dialog) == ""
    del client.errors["preview_schedule"]
    client.answers["preview_schedule"] = SchedulePreview(cron="", time_zone="local", text={"en": "Never"}, next_at=[])
    dialog.preview()
    assert preview(dialog) == "Never\nIt never comes true."
    assert fields(dialog).form.rows["cron"].error == ""


def test_editing_keeps_runner_and_version(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    schedule = make_schedule("s1", version=7, cron="0 9 * * 1", long_seconds=600, misfire_age_seconds=5400)
    dialog = ScheduleDialog(context, schedule)
    qtbot.addWidget(dialog)
    values = fields(dialog).form.values()
    assert (values["name"], values["cron"], values["long_seconds"]) == (schedule.name, "0 9 * * 1", 10)
    assert values["misfire_age_seconds"] == 1.5
    assert dialog._back.isHidden()
    client.errors["patch_schedule"] = ApiError(409, "ERR_CONFLICT", "stale")
    client.answers["schedule"] = schedule
    press(dialog.save_button, qtbot)
    assert dialog.problem == "stale"
    del client.errors["patch_schedule"]
    client.answers["patch_schedule"] = schedule
    press(dialog.save_button, qtbot)
    schedule_id, body = client.called("patch_schedule")[-1][0]
    assert (schedule_id, body.version, body.job.spec["command"]) == ("s1", 7, "/usr/bin/rsync")
    assert body.long_seconds == 600


def test_errors_of_the_job_stand_at_their_fields(dialog: ScheduleDialog, client: FakeClient, qtbot: QtBot) -> None:
    fields(dialog).form.set_values({"name": "N", "spec.command": "x"})
    wrong = {"job.spec.command": "Not found.", "job.time_limit": "No.", "name": "Taken."}
    client.errors["create_schedule"] = ApiError(400, "ERR_INVALID", "wrong", wrong)
    press(dialog.save_button, qtbot)
    rows = fields(dialog).form.rows
    assert (rows["spec.command"].error, rows["time_limit"].error, rows["name"].error) == ("Not found.", "No.", "Taken.")
    assert dialog.problem == ""
