"""A worker that is started elsewhere: nothing starts it from here, it takes no jobs, and how it joins is shown."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.context import Context
from desktop.dialogs.job_form import JobForm
from desktop.dialogs.join_dialog import JoinDialog
from desktop.integration.returns import delete_worker
from desktop.models.account_surveys import AccountSurvey
from desktop.models.needs import NeedList
from desktop.views.security_tables import TokenTable
from desktop.views.workers import WorkersPage
from master.api.system import Token
from tests.unit.desktop.dialogs.test_worker_dialog import make_config
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

JOINED = make_worker("attic", name="Attic", deployment_type="external", host="nas.local")
AWAY = make_worker(
    "attic", name="Attic", deployment_type="external", status=WorkerState.STOPPED, online=False, pid=None,
    started_at=None, status_text=text("worker_not_joined"),
)  # fmt: skip


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> Iterator[WorkersPage]:
    context.models.workers.replace_all([make_worker("local-1"), JOINED])
    page = WorkersPage(context)
    qtbot.addWidget(page)
    page.resize(976, 740)
    page.show()
    yield page
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, JoinDialog):
            dialog.reject()


def able(page: WorkersPage) -> set[str]:
    return {name for name, button in page.panel.buttons.items() if button.isEnabled() and not button.isHidden()}


def test_it_can_be_stopped_and_not_started_from_here(page: WorkersPage) -> None:
    page.open_worker("attic")
    assert able(page) == {"stop", "join", "edit", "delete"}
    assert " · on nas.local · process 4711 · " in page.panel.facts
    assert page.panel.buttons["restart"].toolTip() == "It is started elsewhere: stop it, then start it there again."
    page.model.upsert(AWAY)
    page.refresh()
    assert able(page) == {"join", "edit", "delete"}
    assert page.panel.buttons["start"].toolTip() == "It is started elsewhere: see How it joins."
    assert page.panel.facts.startswith("Started elsewhere, has not joined yet")
    page.open_worker("local-1")
    assert able(page) == {"stop", "restart", "kill", "edit", "delete"}
    assert page.panel.buttons["restart"].toolTip() == ""


def test_card_palette_and_batch_offer_the_same(page: WorkersPage) -> None:
    card = page.cards["attic"]
    card._fill_menu()
    offered = {one.objectName(): one for one in card._menu.actions() if one.objectName()}
    assert {name for name, one in offered.items() if one.isEnabled()} == {
        "stop", "open", "logs", "join", "edit", "delete",
    }  # fmt: skip
    assert offered["kill"].toolTip() == "Its process runs elsewhere: end it there."
    assert [verb.name for verb in page.verbs_of("attic")] == ["stop", "join", "logs", "edit", "delete"]
    page.cards["local-1"]._fill_menu()
    assert "join" not in {one.objectName() for one in page.cards["local-1"]._menu.actions()}
    page.model.upsert(AWAY)
    page.refresh()
    assert [verb.name for verb in page.verbs_of("attic")] == ["join", "logs", "edit", "delete"]
    page.model.upsert(make_worker("local-1", status=WorkerState.STOPPED, pid=None))
    page.grid.choose(["attic", "local-1"])
    page._on_chosen()
    assert page.batch_buttons["start"].isEnabled(), "the other one can be started"
    page.model.upsert(make_worker("local-1"))
    page.refresh()
    assert not page.batch_buttons["start"].isEnabled()


def test_how_it_joins_is_shown_again(page: WorkersPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["tokens"] = []
    page.open_worker("attic")
    qtbot.mouseClick(page.panel.buttons["join"], Qt.MouseButton.LeftButton)
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, JoinDialog) and one.isVisible()]
    assert dialog.heading.text() == "How Attic joins"
    assert not client.called("create_token")


def test_one_that_gave_up_is_not_offered_to_be_started(page: WorkersPage, context: Context) -> None:
    context.models.workers.upsert(make_worker("attic", deployment_type="external", status=WorkerState.ERROR, pid=None))
    page.refresh()
    assert page.cards["attic"].again_button.isHidden()
    needs = NeedList(context.models, context.wording).rows(AccountSurvey(), None, NOW)
    (need,) = [one for one in needs if one.key == "worker:attic"]
    assert (need.act, need.button) == ("open", "Open worker")


def test_jobs_do_not_go_there_but_accounts_do(page: WorkersPage, context: Context) -> None:
    form = JobForm(context, "command", [], [], page)
    chooser = form.form.rows["worker_id"].input.target
    assert isinstance(chooser, QComboBox)
    assert [chooser.itemData(one) for one in range(chooser.count())] == ["", "local-1"]
    dialog = AssignDialog(context, [make_account("a1")], page)
    dialog.choose("attic")
    assert dialog.chosen == "attic"


async def test_it_comes_back_and_is_not_started(context: Context, client: FakeClient) -> None:
    client.answers["worker_config"] = make_config(worker_id="attic", deployment_type="external")
    client.answers["assignments"] = []
    back = await delete_worker(context.bridge, "attic", runs=True)
    await back()
    (body,), _more = client.called("create_worker_config")[0]
    assert (body.worker_id, body.deployment_type) == ("attic", "external")
    assert not client.called("start_worker")


async def test_its_tokens_say_which_worker_they_let_in(page: WorkersPage, context: Context, client: FakeClient) -> None:
    client.answers["tokens"] = [
        Token(id="t1", name="attic", scope="worker", worker_id="attic", created_at=NOW, last_used_at=None),
        Token(id="t2", name="old", scope="worker", worker_id="gone", created_at=NOW, last_used_at=None),
    ]
    table = TokenTable(context, page)
    assert [row.texts[1] for row in await table.load()] == ["join as Attic", "join as gone"]
