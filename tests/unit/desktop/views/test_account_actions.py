"""What can be done with accounts: sign in with help, sign out, copy, move, snooze, edit many, delete and undo."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_history import AccountHistoryDialog
from desktop.dialogs.bulk_dialog import BulkDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.login_dialog import LoginDialog
from desktop.dialogs.sign_in_dialog import SignInDialog
from desktop.views.accounts import AccountsPage
from desktop.views.main_window import MainWindow
from master.api.account_statistics import AccountRate, AccountStateRow
from master.api.client import ApiError
from master.api.inheritance import Inheritable
from master.api.logins import LogOutReport
from master.api.rules import Snooze
from master.api.schema import CatalogAnswer, Group, Page
from tests.unit.desktop.dialogs.test_login_dialog import MANIFEST as CHAT
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_report
from tests.unit.desktop.statistics_fakes import make_checks, make_counts
from worker.protocol.states import AccountState
from worker.protocol.texts import Text, text


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> AccountsPage:
    group = Group(
        id="g1", name="R & D", color="", notes="", position=0, settings=Inheritable(), accounts=0, created_at=NOW,
        version=1,
    )  # fmt: skip
    context.models.inbox.groups = {"g1": group}
    context.models.accounts.replace_all([make_account("a1"), make_account("a2", group_id="g1"), make_account("a3")])
    page = AccountsPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def dialog_of(page: AccountsPage, kind: type[Any]) -> Any:
    found = page.window().findChild(kind)
    assert found is not None
    return found


def notices(page: AccountsPage, qtbot: QtBot, act: Callable[[], object]) -> list[tuple[Any, ...]]:
    """Return what is said while ``act`` runs."""
    said: list[tuple[Any, ...]] = []
    page.notice.connect(lambda *words: said.append(words))
    page.offer.connect(lambda *words: said.append(words))
    act()
    return said


def test_signing_in_takes_the_way_that_the_platform_offers(page: AccountsPage, context: Context, qtbot: QtBot) -> None:
    page.choose("a1")
    page.sign_in()
    typed = dialog_of(page, SignInDialog)
    with qtbot.waitSignal(typed.destroyed):
        typed.reject()
    context.models._set_catalog(CatalogAnswer(platforms=[CHAT], runners=[], deployments=[]))
    context.models.accounts.upsert(make_account("a1", platform="chat"))
    page.sign_in()
    login = dialog_of(page, LoginDialog)
    login.type_button.click()
    assert login.gone
    assert not dialog_of(page, SignInDialog).gone, "it can still be typed"


def test_signing_out_is_asked_for_and_says_what_became_of_it(
    page: AccountsPage, client: FakeClient, qtbot: QtBot
) -> None:
    client.answers["log_out"] = LogOutReport(revoked=True, text=Text(code="x", message="The service forgot it."))
    actions = page.actions_of_accounts
    account = make_account("a1")
    actions.log_out(account)
    dialog = dialog_of(page, ConfirmDialog)
    said = notices(page, qtbot, dialog.confirm_button.click)
    assert client.called("log_out")[0][0] == ("a1",)
    assert said[0][1] == "The service forgot it."


def test_a_copy_is_made_and_chosen(page: AccountsPage, context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["duplicate_account"] = make_account("a9", name="Copy", state=AccountState.PAUSED)
    said = notices(page, qtbot, lambda: page.actions_of_accounts.duplicate(make_account("a1")))
    assert said == [("Copy was made", "It is paused. Edit it, sign in, then resume it.", "info")]
    context.models.accounts.upsert(make_account("a9", name="Copy"))
    assert page.table.chosen == ["a9"]


def test_accounts_are_moved_into_a_group_from_the_menu(page: AccountsPage, client: FakeClient) -> None:
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids)
    page.table.selectAll()
    menu = QMenu(page)
    page.actions_of_accounts.fill(menu, page.chosen())
    moving = next(one for one in menu.findChildren(QMenu) if one.title() == "Move to group")
    assert [action.text() for action in moving.actions() if action.text()] == ["R && D", "None"]
    moving.actions()[0].trigger()
    (body,) = client.called("batch_accounts")[-1][0]
    assert (body.action, body.group_id, sorted(body.account_ids)) == ("move", "g1", ["a1", "a2", "a3"])
    moving.actions()[-1].trigger()
    assert client.called("batch_accounts")[-1][0][0].group_id is None


def test_accounts_are_snoozed_until_a_moment(page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
    accounts = [make_account("a1"), make_account("a2")]
    said = notices(page, qtbot, lambda: page.actions_of_accounts.snooze(accounts, Snooze(preset="tomorrow")))
    bodies = [args[0] for args, _ in client.called("create_snooze")]
    assert [(body.scope, body.target_id, body.preset) for body in bodies] == [
        ("account", "a1", "tomorrow"),
        ("account", "a2", "tomorrow"),
    ]
    assert said[0][0] == "2 account(s) snoozed"


def test_many_are_edited_and_what_stays_is_not_sent(page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids)
    page.actions_of_accounts.edit_many([make_account("a1"), make_account("a2")])
    dialog = dialog_of(page, BulkDialog)
    dialog.save()
    assert dialog.problem == "Nothing is to be changed yet."
    dialog.form.set_values({"interval_seconds": 3})
    dialog.save()
    assert dialog.form.rows["interval_seconds"].error
    dialog.form.set_values({"interval_seconds": 60, "notify_level": "urgent", "sound": "", "add_tags": ["x"]})
    dialog.save()
    (body,) = client.called("batch_accounts")[0][0]
    assert (body.action, body.account_ids) == ("edit", ["a1", "a2"])
    changes = body.changes
    assert (changes.interval_seconds, changes.notify_level, changes.sound) == (60, "urgent", None)
    assert (changes.priority, changes.proxy_id, changes.add_tags, changes.remove_tags) == (UNSET, UNSET, ["x"], [])
    assert dialog.gone


def test_what_was_refused_of_many_is_named_and_tried_again(page: AccountsPage, client: FakeClient) -> None:
    failed = {"a2": text("account_unknown", account="a2")}
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids, failed)
    page.actions_of_accounts.edit_many([make_account("a1"), make_account("a2")])
    dialog = dialog_of(page, BulkDialog)
    dialog.form.set_values({"priority": 2})
    dialog.save()
    assert "a2@northwind.example: " in dialog.problem
    failed.clear()
    dialog.save()
    assert client.called("batch_accounts")[-1][0][0].account_ids == ["a2"]


def test_deleting_can_be_undone(page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids)
    page.choose("a1")
    page.delete()
    dialog = dialog_of(page, DeleteDialog)
    said = notices(page, qtbot, dialog.delete_button.click)
    title, words, level, (button, undo) = said[0]
    assert (title, words) == ("1 account(s) deleted", "For 30 seconds this can be undone.")
    assert (level, button) == ("info", "Undo")
    undo()
    (body,) = client.called("batch_accounts")[-1][0]
    assert (body.action, body.account_ids) == ("restore", ["a1"])


def test_the_window_shows_the_undo(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    pressed: list[bool] = []
    accounts = window.pages["accounts"]
    assert isinstance(accounts, AccountsPage)
    accounts.offer.emit("Deleted", "Undo?", "info", ("Undo", lambda: pressed.append(True)))
    (toast,) = window.toasts.toasts
    next(button for button in toast.findChildren(QPushButton) if button.text() == "Undo").click()
    assert pressed == [True]


def test_the_history_of_an_account(page: AccountsPage, client: FakeClient) -> None:
    rows = [
        AccountStateRow(id=2, state=AccountState.OK, reason=None, since_at=NOW - 60_000, until_at=None),
        AccountStateRow(
            id=1,
            state=AccountState.UNREACHABLE,
            reason=Text(code="x", message="No answer."),
            since_at=NOW - 360_000,
            until_at=NOW - 60_000,
        ),
    ]
    client.answers["account_states"] = Page(rows=rows)
    checks = make_checks()
    rate = AccountRate(account_id="a1", day=make_counts(), week=make_counts(0, 0, None))
    client.answers["account_stats"] = msgspec.structs.replace(checks, accounts=[rate])
    page.actions_of_accounts.show_history(make_account("a1"))
    dialog = dialog_of(page, AccountHistoryDialog)
    assert [row.texts[0] for row in dialog.states.rows] == ["OK", "Can't reach"]
    assert dialog.states.rows[1].texts[2:] == ("5 min", "No answer.")
    assert dialog.figures.text().splitlines() == [
        "24 hours: 99.5 % of 200 checks succeeded (network and rate limits aside: 1)",
        "7 days: no check that says something",
    ]


def test_a_history_that_cannot_be_had_says_why(page: AccountsPage, client: FakeClient) -> None:
    client.errors["account_states"] = ApiError(503, "ERR", "Not now.")
    page.actions_of_accounts.show_history(make_account("a1"))
    dialog = dialog_of(page, AccountHistoryDialog)
    assert dialog.problem == "Not now."
    client.errors.clear()
    client.answers["account_states"] = Page(rows=[])
    client.answers["account_stats"] = make_checks()
    assert dialog.again.isVisibleTo(dialog)
    dialog.again.click()
    assert dialog.problem == ""
    assert len(client.called("account_states")) == 2


class TestUndo:
    """What was done to accounts is taken back by the button of the message that tells of it."""

    def undo(self, told: list[tuple[Any, ...]]) -> None:
        (_title, _body, _level, (words, act)) = told[-1]
        assert words == "Undo"
        act()

    def batches(self, client: FakeClient) -> list[tuple[Any, ...]]:
        bodies = [args[0] for args, _more in client.called("batch_accounts")]
        return [(one.action, one.account_ids, one.until_at, one.group_id) for one in bodies]

    def test_a_pause(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        rows = list(page.model.values())
        told = notices(page, qtbot, lambda: page.actions_of_accounts.pause(rows, on=True))
        assert told[-1][0] == "3 account(s) paused"
        self.undo(told)
        ids = ["a1", "a2", "a3"]
        assert self.batches(client) == [("pause", ids, None, None), ("resume", ids, None, None)]

    def test_a_resumption_pauses_again_as_it_was(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        until = NOW + 3_600_000
        paused = [
            make_account("a1", state=AccountState.PAUSED, paused_until_at=until),
            make_account("a2", state=AccountState.PAUSED),
        ]
        page.model.replace_all(paused)
        told = notices(page, qtbot, lambda: page.actions_of_accounts.pause(paused, on=False))
        self.undo(told)
        first, *back = self.batches(client)
        assert first == ("resume", ["a1", "a2"], None, None)
        assert sorted(back, key=str) == [("pause", ["a1"], until, None), ("pause", ["a2"], None, None)]

    def test_a_move_between_groups(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        rows = [row for key in ("a1", "a2") if (row := page.model.get(key)) is not None]
        told = notices(page, qtbot, lambda: page.actions_of_accounts.move(rows, None))
        self.undo(told)
        assert self.batches(client)[1:] == [("move", ["a1"], None, None), ("move", ["a2"], None, "g1")]

    def test_a_snooze(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        rows = list(page.model.values())[:1]
        told = notices(page, qtbot, lambda: page.actions_of_accounts.snooze(rows, Snooze(seconds=60)))
        self.undo(told)
        assert len(client.called("delete_snooze")) == 1

    def test_what_failed_is_not_taken_back(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        failed = {"a2": Text(code="", message="gone")}
        client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids, failed)
        told = notices(page, qtbot, lambda: page.actions_of_accounts.pause(list(page.model.values()), on=True))
        assert [one[2] for one in told] == ["bad", "info"]
        self.undo(told)
        assert self.batches(client)[-1][:2] == ("resume", ["a1", "a3"])

    def test_nothing_done_is_nothing_to_take_back(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        failed = {one: Text(code="", message="gone") for one in ("a1", "a2", "a3")}
        client.answers["batch_accounts"] = lambda body: make_report(body.action, body.account_ids, failed)
        told = notices(page, qtbot, lambda: page.actions_of_accounts.pause(list(page.model.values()), on=True))
        assert [one[2] for one in told] == ["bad"]

    def test_an_edit_of_many(self, page: AccountsPage, client: FakeClient, qtbot: QtBot) -> None:
        page.model.replace_all([make_account("a1", tags=["old"]), make_account("a2")])
        told: list[tuple[Any, ...]] = []
        page.offer.connect(lambda *words: told.append(words))
        page.actions_of_accounts.edit_many(list(page.model.values()))
        dialog = dialog_of(page, BulkDialog)
        dialog.form.rows["add_tags"].input.set_value(["new"])
        dialog.save()
        assert told[-1][0] == "2 account(s) changed"
        self.undo(told)
        edits = [(one.action, one.account_ids, one.changes.tags) for (one,), _more in client.called("batch_accounts")]
        assert edits[1:] == [("edit", ["a1"], ["old"]), ("edit", ["a2"], [])]
