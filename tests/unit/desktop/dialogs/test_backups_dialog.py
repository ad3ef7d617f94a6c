"""Backups, and moving house: made, checked, restored after a question; a file out, and one in after a look."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs.backups_dialog import BackupsPanel
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.move_dialogs import MoveInDialog, MoveOutDialog
from master.api.backups import Backup, BackupState, RestoreOutcome
from master.api.client import ApiError
from master.api.moves import MoveConflict, MoveCount, MoveImport, MoveReport, MoveUpload
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import Text


def make_backup(backup_id: str = "b1", **changes: Any) -> Backup:
    values: dict[str, Any] = {
        "id": backup_id, "made_at": NOW, "why": "daily", "size_bytes": 2_500_000, "schema": "r8", "version": "0.1.0",
        "accounts": 3, "items": 1200, "verified_at": None, "problem": None,
    }  # fmt: skip
    return Backup(**(values | changes))


DAMAGED = Text(code="x", message="The file is damaged.")


@pytest.fixture
def dialog(context: Context, client: FakeClient, qtbot: QtBot) -> BackupsPanel:
    client.answers["backups"] = [make_backup(), make_backup("b2", why="manual", problem=DAMAGED)]
    dialog = BackupsPanel(context)
    qtbot.addWidget(dialog)
    dialog.reload()
    dialog.show()
    return dialog


def question(dialog: BackupsPanel) -> ConfirmDialog:
    found = [one for one in dialog.findChildren(ConfirmDialog) if not one.gone]
    assert len(found) == 1
    return found[0]


def test_backups_say_what_they_are_and_whether_they_are_sound(dialog: BackupsPanel) -> None:
    rows = dialog.rows
    assert [rows.index(0, column).data() for column in (1, 2, 3)] == ["daily", "2.5 MB", "–"]
    assert [rows.index(1, column).data() for column in (1, 2, 3)] == ["by hand", "2.5 MB", "damaged"]
    assert rows.index(0, 0).data(3) == "3 accounts, 1,200 items"
    assert "The file is damaged." in rows.index(1, 0).data(3)


def test_how_the_last_ones_went_stands_above(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    outcome = RestoreOutcome(
        backup_id="b1", backup_made_at=NOW, at=NOW, success=True, ledger="kept",
        text=Text(code="x", message="Restored on Monday."),
    )  # fmt: skip
    client.answers["backups"] = []
    client.answers["backup_state"] = BackupState(
        running=False, last_good_at=None, next_at=None, problem=Text(code="x", message="The disk is full."),
        last_restore=outcome,
    )  # fmt: skip
    dialog = BackupsPanel(context)
    qtbot.addWidget(dialog)
    dialog.reload()
    assert dialog.hint.text().endswith("The disk is full. Restored on Monday.")
    assert dialog.nothing.text() == "There is no backup yet."


def test_one_is_made_and_one_is_read_back(dialog: BackupsPanel, client: FakeClient) -> None:
    dialog.make()
    dialog.verify()
    assert client.called("make_backup") == [((), {})]
    assert client.called("verify_backup") == [(("b1",), {})]
    assert len(client.called("backups")) == 3
    client.errors["make_backup"] = ApiError(507, "ERR_DISK", "The disk is full.")
    dialog.make()
    assert dialog.problem == "The disk is full."


def test_a_restore_is_asked_for_and_the_window_knows_why_the_master_goes(
    dialog: BackupsPanel, client: FakeClient, context: Context
) -> None:
    dialog.restore()
    asked = question(dialog)
    assert client.called("restore_backup") == []
    client.errors["restore_backup"] = ApiError(409, "ERR_BUSY", "A backup is being made.")
    asked.confirm_button.click()
    assert asked.problem == "A backup is being made."
    assert context.models.restart_words == ""
    del client.errors["restore_backup"]
    asked.confirm_button.click()
    assert client.called("restore_backup")[-1] == (("b1",), {})
    assert context.models.restart_words.startswith("The backup is being restored.")


def test_a_damaged_one_is_not_restored(dialog: BackupsPanel) -> None:
    dialog.table.selectRow(1)
    dialog.restore()
    assert dialog.problem == "The file is damaged."
    assert dialog.findChildren(ConfirmDialog) == []


def test_one_is_deleted_after_a_question(dialog: BackupsPanel, client: FakeClient) -> None:
    dialog.delete()
    question(dialog).confirm_button.click()
    assert client.called("delete_backup") == [(("b1",), {})]


@pytest.fixture
def out(context: Context, client: FakeClient, qtbot: QtBot) -> MoveOutDialog:
    client.answers["export_move"] = 2500
    dialog = MoveOutDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("first", "second", "field", "said"),
    [
        ("short", "short", "passphrase", "At least 8 characters, please."),
        ("long enough", "long enuogh", "again", "This is not the same."),
        ("", "only here", "again", "This is not the same."),
    ],
)
def test_a_passphrase_is_long_and_typed_twice(
    out: MoveOutDialog, client: FakeClient, first: str, second: str, field: str, said: str
) -> None:
    out.form.set_values({"passphrase": first, "again": second})
    out.ask()
    assert out.form.rows[field].error == said
    assert client.called("export_move") == []


def test_a_file_goes_out_and_the_dialog_says_where_it_is(
    out: MoveOutDialog, client: FakeClient, tmp_path: Path
) -> None:
    out.form.set_values({"passphrase": "long enough", "again": "long enough"})
    out.export_to(tmp_path / "x.move")
    assert client.called("export_move") == [((tmp_path / "x.move", "long enough"), {})]
    assert out.result_words.text() == f"Written: {tmp_path / 'x.move'} (3 KB)"
    assert out.cancel_button.text() == "Close"
    assert out.form.isHidden()


def test_a_place_that_cannot_be_written_is_said(out: MoveOutDialog, client: FakeClient, tmp_path: Path) -> None:
    client.errors["export_move"] = OSError(28, "No space left on device")  # type: ignore[assignment]
    out.export_to(tmp_path / "x.move")
    assert out.problem == "The file could not be written: No space left on device"
    assert client.called("export_move") == [((tmp_path / "x.move", None), {})], "without a passphrase: no secrets"


def make_move(dry_run: bool) -> MoveReport:
    counts = [
        MoveCount(noun="accounts", total=3, new=1, same=1, conflicts=1),
        MoveCount(noun="rules", total=0, new=0, same=0, conflicts=0),
    ]
    conflict = MoveConflict(noun="accounts", name="Mail", fields=["interval_seconds"], action="skip")
    return MoveReport(
        dry_run=dry_run, made_at=NOW, version="0.1.0", counts=counts, conflicts=[conflict], keys=12, credentials=2,
        notes=[],
    )  # fmt: skip


@pytest.fixture
def move_in(context: Context, client: FakeClient, qtbot: QtBot) -> MoveInDialog:
    client.answers["upload_move"] = MoveUpload(id="u1", size_bytes=9, encrypted=True, made_at=NOW, version="0.1.0")
    client.answers["import_move"] = lambda _id, body: make_move(body.dry_run)
    dialog = MoveInDialog(context, Path("x.move"))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_a_file_is_looked_at_before_it_comes_in(move_in: MoveInDialog, client: FakeClient, context: Context) -> None:
    assert not move_in.import_button.isEnabled()
    assert not move_in.form.rows["passphrase"].isHidden()
    move_in.form.set_values({"passphrase": "long enough", "on_conflict": "merge"})
    move_in.check_button.click()
    body = MoveImport(passphrase="long enough", on_conflict="merge", dry_run=True)
    assert client.called("import_move") == [(("u1", body), {})]
    assert move_in.plan.text().splitlines() == [
        "Accounts: 1 new, 1 the same, 1 different",
        "2 with their credentials",
        "12 items known as found",
        "Accounts Mail: Check every",
    ]
    assert move_in.import_button.isEnabled()
    move_in.form.edited.emit("on_conflict")
    assert not move_in.import_button.isEnabled(), "this was not looked at"
    move_in.check_button.click()
    move_in.import_button.click()
    assert client.called("import_move")[-1][0][1].dry_run is False
    assert move_in.gone
    assert client.called("drop_move") == [], "what came in is gone by itself"
    assert context.models.restart_words.startswith("The file is imported.")


def test_a_wrong_passphrase_stands_at_its_field_until_a_right_one(move_in: MoveInDialog, client: FakeClient) -> None:
    said = {"passphrase": "Another one."}
    client.errors["import_move"] = ApiError(400, "ERR_INVALID", "Wrong.", fields=said)
    move_in.check_button.click()
    assert move_in.form.rows["passphrase"].error == "Another one."
    assert not move_in.import_button.isEnabled()
    del client.errors["import_move"]
    move_in.check_button.click()
    assert move_in.form.rows["passphrase"].error == ""


def test_a_file_that_is_not_wanted_is_thrown_away(move_in: MoveInDialog, client: FakeClient) -> None:
    move_in.reject()
    assert client.called("drop_move") == [(("u1",), {})]


def test_a_file_that_is_none_is_said(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["upload_move"] = ApiError(400, "ERR_INVALID", "This is no file of Watchkeeper.")
    dialog = MoveInDialog(context, Path("x.jpg"))
    qtbot.addWidget(dialog)
    assert dialog.problem == "This is no file of Watchkeeper."
    assert not dialog.check_button.isEnabled()
    dialog.reject()
    assert client.called("drop_move") == []
