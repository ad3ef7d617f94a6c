"""The dialogs: what they send, where errors stand, what a conflict offers."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.base import MAX_WIDTH, BaseDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.dialogs.sign_in_dialog import SignInDialog
from master.api.client import ApiError
from master.api.schema import TestReport
from tests.unit.desktop.fakes import FakeClient, make_account
from worker.protocol.account_messages import TestStep
from worker.protocol.states import AccountState
from worker.protocol.texts import text


def opened(dialog: Any) -> Any:
    dialog.open()
    assert dialog.width() <= MAX_WIDTH
    return dialog


def closed(dialog: BaseDialog) -> bool:
    return dialog.gone and dialog.result() == QDialog.DialogCode.Accepted


def press(button: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def adding(context: Context, qtbot: QtBot) -> AccountDialog:
    dialog: AccountDialog = opened(AccountDialog(context))
    assert dialog.cards is not None
    assert list(dialog.cards.cards) == ["feed", "imap"]
    press(dialog.cards.cards["imap"], qtbot)
    return dialog


def test_adding_an_account_from_its_manifest(adding: AccountDialog, client: FakeClient, qtbot: QtBot) -> None:
    form = adding.form
    assert form is not None
    qtbot.keyClicks(form.rows["host"].input.target, "imap.example.org")
    qtbot.keyClicks(form.rows["username"].input.target, "ada@example.org")
    assert form.values()["name"] == "ada@example.org"
    qtbot.keyClicks(form.rows["password"].input.target, "s3cret ")
    assert form.rows["password"].input.target.echoMode() == QLineEdit.EchoMode.Password  # type: ignore[attr-defined]
    press(adding.save_button, qtbot)
    body = client.called("create_account")[0][0][0]
    assert (body.platform, body.name, body.interval_seconds) == ("imap", "ada@example.org", None)
    assert body.settings == {
        "host": "imap.example.org", "port": 993, "security": "tls", "username": "ada@example.org", "folders": ["INBOX"],
    }  # fmt: skip
    assert body.credentials == {"password": "s3cret "}
    assert closed(adding)


def test_a_name_that_was_chosen_is_not_proposed_again(adding: AccountDialog, qtbot: QtBot) -> None:
    form = adding.form
    assert form is not None
    qtbot.keyClicks(form.rows["name"].input.target, "Mine")
    qtbot.keyClicks(form.rows["username"].input.target, "ada")
    assert form.values()["name"] == "Mine"


def test_what_is_missing_is_said_at_its_field(adding: AccountDialog, client: FakeClient, qtbot: QtBot) -> None:
    press(adding.save_button, qtbot)
    assert adding.form is not None
    wrong = {name for name, row in adding.form.rows.items() if row.error}
    assert wrong == {"host", "username", "password", "name"}
    assert adding.form.rows["host"].error == "Fill this in."
    assert client.called("create_account") == []
    press(adding.test_button, qtbot)
    assert client.called("test_account") == []
    qtbot.keyClicks(adding.form.rows["host"].input.target, "h")
    assert adding.form.rows["host"].error == ""


def fill(dialog: AccountDialog) -> Form:
    assert dialog.form is not None
    dialog.form.set_values({"host": "h", "username": "u", "password": "p", "name": "n"})
    return dialog.form


def test_a_test_shows_its_steps_and_the_field(adding: AccountDialog, client: FakeClient, qtbot: QtBot) -> None:
    form = fill(adding)
    refused = text("auth_refused", username="u")
    client.answers["test_account"] = TestReport(
        success=False,
        steps=[TestStep(name=text("step_connect"), milliseconds=21), TestStep(
            name=text("step_sign_in"), milliseconds=310, error=refused)],
        error=refused, fields={"password": refused}, identity="",
    )  # fmt: skip
    press(adding.test_button, qtbot)
    assert client.called("test_account")[0][0][0].credentials == {"password": "p"}
    assert adding.panel.isVisible()
    assert form.rows["password"].error == "The server refused the password for u."
    assert client.called("create_account") == []
    assert adding.test_button.isEnabled()


def test_refusals_stand_at_their_fields_even_hidden_ones(
    adding: AccountDialog, client: FakeClient, qtbot: QtBot
) -> None:
    form = fill(adding)
    client.errors["create_account"] = ApiError(
        400, "ERR_INVALID", "Some fields are wrong.", {"settings.port": "Must be lower.", "elsewhere": "Hm."},
        {"settings.port": text("field_range", minimum=1, maximum=65535)}, "",
    )  # fmt: skip
    press(adding.save_button, qtbot)
    assert form.rows["port"].error == "Must be from 1 to 65535."
    assert form.rows["port"].isVisible()
    assert adding.problem == "Hm."
    assert not adding.gone


def test_going_back_to_the_platforms(adding: AccountDialog, qtbot: QtBot) -> None:
    press(adding._back, qtbot)
    assert adding.cards is not None
    press(adding.cards.cards["feed"], qtbot)
    assert adding.form is not None
    assert "url" in adding.form.rows
    qtbot.keyClicks(adding.form.rows["url"].input.target, "https://www.example.org/feed/")
    assert adding.form.values()["name"] == "example.org/feed"


def test_editing_sends_the_version_and_shows_a_conflict(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(AccountDialog(context, make_account("a1", version=3)))
    assert "password" not in dialog.form.rows
    client.errors["patch_account"] = ApiError(409, "ERR_CONFLICT", "stale", {}, {}, "")
    client.answers["account"] = make_account("a1", version=4, name="Newer")
    press(dialog.save_button, qtbot)
    assert client.called("patch_account")[0][0][1].version == 3
    assert dialog.conflicts is not None
    assert "newer values" in dialog.conflicts.panel.title.text()
    assert dialog.form.values()["name"] == "Newer"
    del client.errors["patch_account"]
    press(dialog.save_button, qtbot)
    assert client.called("patch_account")[1][0][1].version == 4
    assert closed(dialog)


def test_signing_in_again_tests_first_and_keeps_the_rest(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    account = make_account("a1", state=AccountState.LOGIN_NEEDED, state_reason=text("state_auth_failed"))
    dialog = opened(SignInDialog(context, account))
    assert list(dialog.form.rows) == ["password"]
    good = client.answers["test_account"]
    refused = text("auth_refused", username="a")
    client.answers["test_account"] = msgspec.structs.replace(good, success=False, error=refused)
    dialog.form.set_values({"password": "wrong"})
    press(dialog.sign_in_button, qtbot)
    assert client.called("put_credentials") == []
    client.answers["test_account"] = good
    dialog.form.set_values({"password": "right"})
    press(dialog.sign_in_button, qtbot)
    assert client.called("put_credentials")[0][0] == ("a1", {"password": "right"})
    assert closed(dialog)


def test_assigning_shows_the_reason_and_pins(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(AssignDialog(context, [make_account("a1"), make_account("a2")]))
    assert dialog.chosen is None
    assert not dialog.pinned.isEnabled()
    dialog.choose("local-2")
    assert not dialog.moves.isEnabled()
    dialog.pinned.setChecked(True)
    dialog.moves.setChecked(True)
    press(dialog.assign_button, qtbot)
    bodies = [(args[0], args[1]) for args, _ in client.called("assign_account")]
    sent = [(name, body.worker_id, body.pinned, body.pin_policy) for name, body in bodies]
    assert sent == [("a1", "local-2", True, "move"), ("a2", "local-2", True, "move")]
    again = opened(AssignDialog(context, [make_account("a1", pinned=True, pinned_to="local-1")]))
    assert again.chosen == "local-1"
    assert not again.moves.isChecked()
    again.choose(None)
    press(again.assign_button, qtbot)
    body = client.called("assign_account")[-1][0][1]
    assert (body.worker_id, body.pinned) == (None, False)


def test_deleting_asks_for_the_history(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(DeleteDialog(context, [make_account("a1")]))
    dialog.keep.setChecked(False)
    press(dialog.delete_button, qtbot)
    assert client.called("delete_account") == [(("a1",), {"keep_history": False})]
    assert closed(dialog)


def test_deleting_many_goes_on_where_it_failed(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = opened(DeleteDialog(context, [make_account(f"a{number}") for number in range(3)]))
    client.errors["delete_account"] = ApiError(503, "ERR", "Locked.", {}, {}, "")
    press(dialog.delete_button, qtbot)
    assert dialog.problem == "Locked."
    client.errors["delete_account"] = ApiError(404, "ERR_NOT_FOUND", "There is no such account.", {}, {}, "")
    press(dialog.delete_button, qtbot)
    assert closed(dialog)
    assert [args[0] for args, _ in client.called("delete_account")] == ["a0", "a0", "a1", "a2"]


def test_a_confirmation_stays_when_the_master_refuses(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["delete_worker_config"] = ApiError(503, "ERR", "Not now.", {}, {}, "")
    dialog = opened(ConfirmDialog(context, "T?", "w", "Do it", lambda: client.delete_worker_config("x")))
    press(dialog.confirm_button, qtbot)
    assert dialog.problem == "Not now."
    assert not dialog.gone
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.gone


def test_every_type_of_field_gives_back_what_it_shows(context: Context, qtbot: QtBot) -> None:
    values: dict[str, Any] = {
        "text": "a", "url": "https://x", "number": 5, "boolean": True, "choice": "b", "list": ["x", "y z"],
        "multiline": "1\n2", "file": "/tmp/x",
    }  # fmt: skip
    fields = [
        Field(name=kind, type=kind, label=kind.title(), choices=(("a", "A"), ("b", "B")), help=f"help {kind}")
        for kind in values
    ]
    form = Form(fields, context.theme)
    qtbot.addWidget(form)
    empty = form.values()
    assert empty == {"boolean": False, "choice": "a", "list": []}
    form.set_values(values | {"unknown": 1})
    assert form.values() == values
    assert form.values(secret=True) == {}
    for row in form.rows.values():
        assert row.input.target.accessibleName() == row.field.label
    form.set_values({"number": "many"})
    assert form.values()["number"] == "many"


def test_assigning_speaks_of_one_account_or_of_several(context: Context) -> None:
    one = opened(AssignDialog(context, [make_account("a1")]))
    assert (one.pinned.text(), one.moves.text().endswith("watch it")) == ("Keep it there (pinned)", True)
    many = opened(AssignDialog(context, [make_account("a1"), make_account("a2")]))
    assert (many.pinned.text(), many.moves.text().endswith("watch them")) == ("Keep them there (pinned)", True)
    words = [label.text() for label in many.findChildren(QLabel)]
    assert "Otherwise pinned accounts wait, unwatched, until their worker is back." in words


def test_enter_beside_the_button_that_deletes_does_not_delete(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    dialog = DeleteDialog(context, [make_account("a1")])
    buttons = {one.text(): one for one in dialog.findChildren(QPushButton)}
    buttons["Cancel"].setFocus()  # Qt would take the one after it for the default
    opened(dialog)
    dialog.keep.setFocus()
    assert (buttons["Cancel"].isDefault(), dialog.delete_button.isDefault()) == (True, False)
    qtbot.keyClick(dialog.keep, Qt.Key.Key_Return)
    assert client.called("delete_account") == []


def test_the_first_wrong_field_of_an_account_is_scrolled_into_view(adding: AccountDialog, qtbot: QtBot) -> None:
    form = adding.form
    assert form is not None
    form.show_advanced()
    adding.resize(520, 420)
    bar = adding._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    press(adding.save_button, qtbot)
    host, port = form.rows["host"], adding._area.viewport()
    assert host.error == "Fill this in."
    qtbot.waitUntil(lambda: port.rect().contains(host.mapTo(port, host.rect().center())))
