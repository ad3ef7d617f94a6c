"""Groups, proxies and sign-ins as lists: what is shown, sent, refused, and which button may be pressed when."""

import dataclasses
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.groups_dialog import GroupDialog, GroupsDialog, GroupsPanel
from desktop.dialogs.proxies_dialog import ProxiesPanel, ProxyDialog
from master.api.client import ApiError
from master.api.groups import GroupCreate, GroupPatch
from master.api.inheritance import Inheritable
from master.api.proxies import Proxy, ProxyCreate, ProxyPatch, ProxyRate, ProxyReport, ProxyTest, ProxyTestResult
from master.api.rules import QuietPlan, QuietWindow
from tests.unit.desktop.fakes import NOW, FakeClient, Pauses, make_account
from tests.unit.desktop.inbox_fakes import make_group
from worker.protocol.account_messages import TestStep
from worker.protocol.texts import Text

NIGHT = QuietPlan(windows=[QuietWindow(start="23:00", end="06:00")])


def make_proxy(proxy_id: str = "p1", **changes: Any) -> Proxy:
    values: dict[str, Any] = {
        "id": proxy_id, "name": "Office", "kind": "socks5", "host": "proxy.northwind.example", "port": 1080,
        "username": "", "has_password": True, "accounts": 2, "day": ProxyRate(total=0, ok=0, rate=None),
        "week": ProxyRate(total=200, ok=199, rate=0.995), "last_test": None, "created_at": NOW, "version": 3,
    }  # fmt: skip
    return Proxy(**(values | changes))


def shown(qtbot: QtBot, dialog: Any) -> Any:
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def cells(dialog: Any) -> list[list[str]]:
    rows = dialog.rows
    return [[rows.index(row, column).data() for column in range(rows.columnCount())] for row in range(rows.rowCount())]


def above(dialog: Any, kind: type[Any]) -> Any:
    """Return the dialog of this kind that stands above."""
    found = [one for one in dialog.findChildren(kind) if not one.gone]
    assert len(found) == 1
    return found[0]


@pytest.fixture
def groups(context: Context, client: FakeClient, qtbot: QtBot) -> Iterator[GroupsPanel]:
    settings = Inheritable(interval_seconds=60, quiet_hours=NIGHT)
    client.answers["groups"] = [
        make_group("g1", settings=settings, accounts=3),
        make_group("g2", name="Watching", position=1),
        make_group("g3", name="Later", position=2),
    ]
    dialog = shown(qtbot, GroupsDialog(context))
    yield dialog.panel
    del dialog  # held until here: without its window the panel would go


def test_groups_say_what_they_pass_on(groups: GroupsPanel) -> None:
    assert cells(groups) == [["Support", "every 1 min, quiet hours", "3"], ["Watching", "–", "1"], ["Later", "–", "1"]]
    assert groups.table.isVisible()
    assert groups.nothing.isHidden()


def test_without_a_group_the_list_says_so_and_offers_to_make_one(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    client.answers["groups"] = []
    dialog = shown(qtbot, GroupsDialog(context))
    panel = dialog.panel
    assert panel.table.isHidden()
    assert "no group yet" in panel.nothing.text()
    assert [button.text() for button in panel.commands if button.isEnabled()] == ["New group…"]
    assert dialog.focusWidget() is panel.commands[0]


def test_the_first_group_cannot_go_up_nor_the_last_down(groups: GroupsPanel, client: FakeClient) -> None:
    assert (groups.up.isEnabled(), groups.down.isEnabled()) == (False, True)
    groups.table.selectRow(2)
    assert (groups.up.isEnabled(), groups.down.isEnabled()) == (True, False)
    groups.up.click()
    assert client.called("patch_group") == [(("g3", GroupPatch(position=1)), {})]
    assert groups.chosen().id == "g3", "the choice goes along"


def test_a_new_group_passes_on_what_was_filled_in(groups: GroupsPanel, client: FakeClient) -> None:
    groups.edit(None)
    dialog = above(groups, GroupDialog)
    dialog.save()
    assert dialog.form.errors() == {"Give it a name."}
    dialog.form.set_values({"name": "Night", "interval_seconds": 90, "notify_level": "urgent"})
    dialog.quiet.set_value(QuietPlan())
    dialog.save()
    assert dialog.gone
    (body,), _more = client.called("create_group")[0]
    settings = Inheritable(interval_seconds=90, notify_level="urgent", quiet_hours=QuietPlan())
    assert body == GroupCreate(name="Night", settings=settings)
    assert len(client.called("groups")) >= 3, "the list is loaded again"


def test_an_edited_group_shows_and_keeps_what_it_has(groups: GroupsPanel, client: FakeClient) -> None:
    groups.open_chosen()
    dialog = above(groups, GroupDialog)
    assert dialog.quiet.chosen == "own"
    assert dialog.quiet.value() == NIGHT
    client.errors["patch_group"] = ApiError(409, "ERR_CONFLICT", "The name is taken.")
    client.answers["group"] = dialog._group
    dialog.save()
    assert dialog.problem == "The name is taken."
    assert not dialog.gone
    del client.errors["patch_group"]
    dialog.form.set_values({"interval_seconds": None})
    dialog.save()
    (group_id, patch), _more = client.called("patch_group")[-1]
    assert (group_id, patch.version) == ("g1", 1)
    assert patch.settings == Inheritable(quiet_hours=NIGHT)


def test_a_group_is_deleted_after_a_question(groups: GroupsPanel, client: FakeClient) -> None:
    groups.delete()
    dialog = above(groups, ConfirmDialog)
    assert client.called("delete_group") == []
    dialog.confirm_button.click()
    assert client.called("delete_group") == [(("g1",), {})]


def test_enter_in_the_list_edits_and_delete_asks(groups: GroupsPanel, qtbot: QtBot) -> None:
    groups.window().activateWindow()
    groups.table.setFocus()
    qtbot.waitUntil(groups.table.hasFocus)
    groups.table.selectRow(1)
    qtbot.keyClick(groups.table, Qt.Key.Key_Return)
    dialog = above(groups, GroupDialog)
    assert dialog.form.values()["name"] == "Watching"
    dialog.reject()
    groups.table.setFocus()
    qtbot.waitUntil(groups.table.hasFocus)
    qtbot.keyClick(groups.table, Qt.Key.Key_Delete)
    assert "Watching" in above(groups, ConfirmDialog).heading.text()
    assert not groups.window().gone


def test_a_deleted_group_comes_back_as_it_was_with_its_accounts(
    groups: GroupsPanel, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    rows = [make_account("a1", group_id="g1"), make_account("a2", group_id="g1"), make_account("a3", group_id="g2")]
    context.models.accounts.replace_all(rows)
    client.answers["create_group"] = make_group("g1")
    assert not groups.undo_line.isVisible()
    groups.delete()
    above(groups, ConfirmDialog).confirm_button.click()
    assert groups.undo_line.words == "Support was deleted"
    for row in (make_account("a1"), make_account("a2", group_id="g3")):  # one went elsewhere meanwhile
        context.models.accounts.upsert(row)
    qtbot.keyClick(groups, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    (body,), _more = client.called("create_group")[0]
    settings = Inheritable(interval_seconds=60, quiet_hours=NIGHT)
    assert body == GroupCreate(id="g1", name="Support", position=0, settings=settings, color=body.color)
    (batch,), _more = client.called("batch_accounts")[0]
    assert (batch.action, batch.account_ids, batch.group_id) == ("move", ["a1"], "g1")
    assert not groups.undo_line.isVisible()


def test_an_undo_while_the_list_is_busy_is_not_lost(
    groups: GroupsPanel, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.answers["create_group"] = make_group("g1")
    groups.delete()
    above(groups, ConfirmDialog).confirm_button.click()
    monkeypatch.setattr(groups, "_busy", True)
    groups.undo_line.button.click()
    assert not client.called("create_group")
    monkeypatch.setattr(groups, "_busy", False)
    groups.undo_line.button.click()
    assert len(client.called("create_group")) == 1
    assert not groups.undo_line.words


def test_a_group_that_is_deleted_slowly_may_outlast_its_dialog(
    context: Context, client: FakeClient, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, call = Pauses(), context.bridge.call

    async def slow(request: Coroutine[Any, Any, Any]) -> Any:
        await pauses.wait()
        return await call(request)

    client.answers["groups"] = [make_group("g1", name="Support")]
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = GroupsDialog(dataclasses.replace(context, run=pauses), parent)
    dialog.open()
    panel = dialog.panel
    assert isinstance(panel, GroupsPanel)
    panel.delete()
    ask = above(panel, ConfirmDialog)
    monkeypatch.setattr(context.bridge, "call", slow)
    ask.confirm_button.click()
    for one in (ask, dialog):
        one.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    pauses.go_on()
    assert client.called("delete_group") == [(("g1",), {})]


async def test_what_can_be_taken_back_is_left_to_the_window(groups: GroupsPanel, client: FakeClient) -> None:
    groups.delete()
    above(groups, ConfirmDialog).confirm_button.click()
    left: list[Any] = []
    client.answers["create_group"] = make_group("g1")
    dialog = groups.window()
    assert isinstance(dialog, GroupsDialog)
    dialog.undo_left.connect(lambda words, back: left.append((words, back)))
    dialog.accept()
    assert left[0][0] == "Support was deleted"
    await left[0][1]()
    assert len(client.called("create_group")) == 1


@pytest.fixture
def proxies(context: Context, client: FakeClient, qtbot: QtBot) -> ProxiesPanel:
    said = Text(code="x", message="The proxy refused the password.")
    failed = ProxyTestResult(at=NOW, success=False, latency_ms=None, target="example.com:443", error=said)
    works = ProxyTestResult(at=NOW, success=True, latency_ms=42, target="example.com:443", error=None)
    client.answers["proxies"] = [make_proxy(last_test=works), make_proxy("p2", name="Home", last_test=failed)]
    dialog: ProxiesPanel = shown(qtbot, ProxiesPanel(context))
    dialog.reload()
    return dialog


def test_proxies_say_how_well_they_work(proxies: ProxiesPanel) -> None:
    assert cells(proxies) == [["Office", "42 ms", "99 %", "2"], ["Home", "failed", "99 %", "2"]]
    tip = proxies.rows.index(1, 0).data(3)
    assert "refused the password" in tip
    assert "proxy.northwind.example:1080" in tip


def test_a_stored_proxy_is_tested_and_its_steps_are_shown(proxies: ProxiesPanel, client: FakeClient) -> None:
    step = TestStep(name=Text(code="x", message="Connect"), milliseconds=12)
    client.answers["test_stored_proxy"] = ProxyReport(success=True, latency_ms=12, steps=[step], error=None, fields={})
    proxies.test()
    assert client.called("test_stored_proxy") == [(("p1",), {})]
    assert not proxies.panel.isHidden()
    client.errors["test_stored_proxy"] = ApiError(503, "ERR_NO_WORKER", "No worker runs.")
    proxies.test()
    assert proxies.problem == "No worker runs."
    assert proxies.panel.isHidden()


def test_a_new_proxy_is_tested_as_typed_and_saved(proxies: ProxiesPanel, client: FakeClient) -> None:
    proxies.edit(None)
    dialog = above(proxies, ProxyDialog)
    dialog.test()
    assert client.called("test_proxy") == [], "a server and a port are needed"
    dialog.form.set_values({"kind": "http", "host": "10.0.0.1", "port": 3128, "password": "geheim"})
    wrong = Text(code="x", message="It cannot be reached.")
    client.answers["test_proxy"] = ProxyReport(
        success=False, latency_ms=None, steps=[], error=wrong, fields={"host": wrong}
    )
    dialog.test()
    assert client.called("test_proxy")[0][0] == (
        ProxyTest(kind="http", host="10.0.0.1", port=3128, username="", password="geheim"),
    )
    assert dialog.form.rows["host"].error == "It cannot be reached."
    dialog.save()
    assert client.called("create_proxy") == [], "a name is needed"
    dialog.form.set_values({"name": "Ten"})
    dialog.save()
    assert client.called("create_proxy")[0][0] == (
        ProxyCreate(name="Ten", kind="http", host="10.0.0.1", port=3128, username="", password="geheim"),
    )
    assert dialog.gone


def test_an_edited_proxy_keeps_its_password_unless_one_is_typed(proxies: ProxiesPanel, client: FakeClient) -> None:
    proxies.open_chosen()
    dialog = above(proxies, ProxyDialog)
    dialog.form.set_values({"port": 1081})
    dialog.save()
    (proxy_id, patch), _more = client.called("patch_proxy")[0]
    name, host = "Office", "proxy.northwind.example"
    wanted = ProxyPatch(name=name, kind="socks5", host=host, port=1081, username="", version=3)
    assert (proxy_id, patch) == ("p1", wanted)


def test_a_proxy_in_use_stays_and_the_dialog_says_why(proxies: ProxiesPanel, client: FakeClient) -> None:
    client.errors["delete_proxy"] = ApiError(409, "ERR_CONFLICT", "2 accounts are watched through it.")
    proxies.delete()
    dialog = above(proxies, ConfirmDialog)
    dialog.confirm_button.click()
    assert dialog.problem == "2 accounts are watched through it."
    assert not dialog.gone


@pytest.mark.parametrize("kind", [GroupDialog, ProxyDialog])
def test_a_new_one_that_is_refused_was_not_changed_elsewhere(
    kind: type[GroupDialog | ProxyDialog], context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    for call in ("create_group", "create_proxy"):
        client.errors[call] = ApiError(409, "ERR_CONFLICT", "This name is taken.")
    dialog = kind(context, None)
    qtbot.addWidget(dialog)
    dialog.form.set_values({"name": "Work", "host": "proxy.example.org", "port": 3128})
    dialog.save()
    assert dialog.problem == "This name is taken."


def test_a_list_that_does_not_come_is_asked_for_again(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["groups"] = ApiError(503, "ERR", "Not now.")
    panel = shown(qtbot, GroupsPanel(context))
    panel.reload()
    assert panel.problem == "Not now."
    client.errors.clear()
    client.answers["groups"] = [make_group("g1")]
    panel._problem.again.click()
    assert (panel.problem, len(cells(panel))) == ("", 1)
