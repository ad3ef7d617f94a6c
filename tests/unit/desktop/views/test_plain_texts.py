"""Words of servers are letters, never markup; long ones are cut; refusals speak the language of the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.models.logs import MESSAGE
from desktop.theme import LIGHT, style_sheet
from desktop.views.accounts import AccountsPage
from desktop.views.main_window import MainWindow
from desktop.views.toasts import SHOW_MS, STEP_MS, ToastArea
from desktop.words import CELL_LENGTH, Wording, plain_tip
from master.api.client import ApiError
from tests.unit.desktop.fakes import FakeClient, Pauses, make_account, make_record, make_report, make_worker
from worker.protocol.texts import text

MARKUP = '<b>x</b><img src="file:///etc/hostname">'


def test_no_label_of_window_or_dialog_reads_markup(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    dialog = AccountDialog(context, parent=window)
    dialog.choose("imap")
    labels = window.findChildren(QLabel)
    assert len(labels) > 40
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)
    window.close_for_good()


def test_tooltips_show_markup_as_letters(context: Context) -> None:
    assert plain_tip("a & b") == "a & b"
    assert "<b>" not in plain_tip(MARKUP)
    assert "&lt;b&gt;" in plain_tip(MARKUP)
    model = context.models.accounts
    model.replace_all([make_account("a1", name=MARKUP)])
    for column in range(model.columnCount()):
        tip = model.index(0, column).data(Qt.ItemDataRole.ToolTipRole) or ""
        assert "<img" not in tip


def test_a_long_line_is_cut_in_its_cell_alone(context: Context) -> None:
    context.models.logs.append([make_record(message="x" * 65_000)])
    model = context.models.logs
    index = model.index(model.rowCount() - 1, MESSAGE)
    assert len(index.data()) == CELL_LENGTH
    record = model.record_at(model.rowCount() - 1)
    assert record is not None
    assert len(record.message) == 65_000


def test_refusals_speak_the_language(qapp: QApplication) -> None:
    said = text("field_required")
    error = ApiError(400, "ERR_INVALID", said.message, text=said)
    assert Wording("zh_CN").refusal(error) == Wording("zh_CN").say(said) != said.message


@pytest.mark.parametrize("name", ["it's", "a b(1)", "目录", 'a"b'])
def test_icons_are_found_in_a_folder_of_any_name(name: str, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    folder = tmp_path / name
    assert f'url("{str(folder).replace(chr(34), chr(92) + chr(34))}/chevron.svg")' in style_sheet(LIGHT, folder)
    label = QLabel()
    qtbot.addWidget(label)
    label.setStyleSheet(style_sheet(LIGHT, folder))  # one that cannot be parsed warns, and a warning fails


def test_a_failed_batch_is_told_with_names_and_reasons(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    page = AccountsPage(context)
    qtbot.addWidget(page)
    wrong = {"a1": text("field_required")}
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids, wrong)
    with qtbot.waitSignal(page.notice) as told:
        page.check_now()
    assert told.args == ["1 account(s) could not be checked", "a1@northwind.example: Fill this in.", "bad"]


def test_a_wrong_interval_is_said_at_its_field(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = AccountDialog(context, make_account())
    dialog.open()
    assert dialog.form is not None
    row = dialog.form.rows["interval_seconds"]
    for typed in ("abc", "1e400", "4"):
        row.input.set_value(typed)
        dialog.save()
        assert row.error
    assert not client.called("patch_account")
    dialog.reject()


def test_fields_wait_while_they_are_asked_about(context: Context, qtbot: QtBot) -> None:
    import dataclasses

    pauses = Pauses()
    dialog = AccountDialog(dataclasses.replace(context, run=pauses), make_account())
    dialog.open()
    assert dialog.form is not None
    dialog.start(Pauses.wait())  # type: ignore[arg-type]
    assert not dialog.form.rows["host"].input.target.isEnabled()
    pauses.go_on()
    assert dialog.form.rows["host"].input.target.isEnabled()
    dialog.reject()


def test_what_is_bad_stays_and_only_time_that_is_seen_counts(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    area: ToastArea = window.toasts
    window.toast("bad", "", "bad")
    for number in range(6):
        window.toast(f"info {number}")
    assert [one.title for one in area.toasts] == ["bad", "info 4", "info 5"]
    window.toast("info 5", merge=False)
    assert [one.title for one in area.toasts].count("info 5") == 2
    last = area.toasts[-1]
    for _ in range(SHOW_MS // STEP_MS + 1):
        last._on_time()
    assert last in area.toasts
    window.show()
    qtbot.waitExposed(window)
    for _ in range(SHOW_MS // STEP_MS):
        last._on_time()
    assert last.isHidden()
    window.close_for_good()


async def test_sparklines_begin_with_what_the_master_knows(context: Context, client: FakeClient) -> None:
    from master.api.schema import WorkerMetricPoint, WorkerMetrics

    context.models.workers.replace_all([make_worker()])
    point = WorkerMetricPoint(at=5, cpu_percent=2.0, memory_mb=30.0)
    client.answers["worker_metrics"] = WorkerMetrics(worker_id="local-1", since=0, step_seconds=10, points=[point])
    await context.models._load_figures()
    assert [one.cpu for one in context.models.workers.figures.figures("local-1")] == [2.0]
