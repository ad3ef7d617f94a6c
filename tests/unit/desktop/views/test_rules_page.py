"""The Rules page: its sentence and rows, the switch, the order, delete; what events change."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.models.rules import ENABLED, WHEN
from desktop.views.rules import RulesPage
from master.api.client import ApiError
from master.api.events import Deleted, Event, RulesOrdered
from master.api.rules import QuietHours, QuietWindow, Rule, RuleConditions, SnoozeRow
from tests.unit.desktop.fakes import NOW, FakeClient, make_account
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


def make_rule(position: int = 0, name: str = "", **more: Any) -> Rule:
    conditions = more.pop("conditions", RuleConditions())
    fields: dict[str, Any] = {
        "id": f"r{position}",
        "name": name or f"Rule {position}",
        "enabled": True,
        "position": position,
        "conditions": conditions,
        "action": "notify",
        "disabled_reason": None,
        "hits": 3,
        "last_hit_at": NOW,
        "created_at": NOW,
        "version": 1,
    }
    return Rule(**(fields | more))


def make_quiet(**more: Any) -> QuietHours:
    fields: dict[str, Any] = {
        "enabled": True,
        "windows": [QuietWindow(start="22:00", end="07:00")],
        "time_zone": "local",
        "active": False,
        "until_at": None,
        "next_at": None,
        "held": 0,
        "version": 4,
    }
    return QuietHours(**(fields | more))


def push(context: Context, kind: str, data: Any) -> None:
    context.bridge.event_arrived.emit(Event(stream="s", seq=1, type=kind, data=data))


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> RulesPage:
    context.models.accounts.replace_all([make_account("a1", name="Post")])
    noise = RuleConditions(include=["build", "ci"], account_ids=["a1"])
    context.models.telling.rules.replace_all(
        [
            make_rule(1, "Boss", conditions=RuleConditions(author="Maria"), action="urgent"),
            make_rule(0, "Noise", conditions=noise, action="ignore"),
            make_rule(2, "Slow", disabled_reason=Text(code="x", message="It took too long."), enabled=False),
        ]
    )
    page = RulesPage(context)
    qtbot.addWidget(page)
    page.resize(1000, 500)
    page.show()
    return page


def names(page: RulesPage) -> list[str]:
    return [row.name for row in page.model.in_order()]


def test_rules_stand_in_the_order_in_which_they_decide(page: RulesPage) -> None:
    shown = [page.model.key_at(position) for position in range(3)]
    assert shown == ["r0", "r1", "r2"]
    assert page.model.index(0, WHEN).data() == "“build” or “ci” · Post"
    assert page.model.index(1, WHEN).data() == "from Maria"
    assert page.model.index(2, WHEN).data() == "everything"
    assert page.model.index(2, ENABLED).data() == "Stopped"
    assert page.sentence == "2 of 3 switched on · 1 stopped by itself"


def test_says_when_it_is_quiet_and_what_is_held(page: RulesPage, context: Context) -> None:
    push(context, "quiet_hours.changed", make_quiet(active=True, until_at=NOW + 3_600_000, held=12))
    row = SnoozeRow(id="all", scope="all", target_id=None, name="", until_at=NOW + 60_000, held=0)
    push(context, "snooze.changed", row)
    assert "quiet until " in page.sentence
    assert page.sentence.endswith("12 held · 1 snoozed")
    push(context, "snooze.ended", Deleted(id="all"))
    assert page.sentence.endswith("12 held")
    push(context, "quiet_hours.changed", make_quiet(enabled=False))
    assert page.sentence.endswith("no quiet hours")


def test_the_order_is_changed_by_keyboard_by_dragging_and_by_events(
    page: RulesPage, context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    def ordered(rule_ids: list[str]) -> list[Rule]:
        known = {row.id: row for row in page.model.values()}
        return [make_rule(n, known[one].name, id=one) for n, one in enumerate(rule_ids)]

    client.answers["order_rules"] = ordered
    page.table.choose("r1")
    qtbot.keyClick(page.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert client.called("order_rules")[-1][0] == (["r1", "r0", "r2"],)
    assert names(page) == ["Boss", "Noise", "Slow"]
    qtbot.keyClick(page.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert len(client.called("order_rules")) == 1, "the first cannot go up"
    table = page.table
    last = table.visualRect(page.model.index(2, 0))
    assert table.place_of(page.model.index(2, 0), QPoint(5, last.bottom())) == 2
    assert table.place_of(page.model.index(2, 0), QPoint(5, last.top())) == 1
    table.dropped.emit("r1", 2)
    assert names(page) == ["Noise", "Slow", "Boss"]
    push(context, "rules.ordered", RulesOrdered(rule_ids=["r2", "r1", "r0"]))
    assert names(page) == ["Slow", "Boss", "Noise"]
    push(context, "rule.deleted", Deleted(id="r1"))
    assert names(page) == ["Slow", "Noise"]


def test_a_rule_that_stopped_by_itself_is_switched_on_again(page: RulesPage, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["patch_rule"] = lambda rule_id, patch: make_rule(2, "Slow", enabled=patch.enabled, version=2)
    page.table.choose("r2")
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    ((rule_id, patch), _) = client.called("patch_rule")[-1]
    assert (rule_id, patch.enabled) == ("r2", True)
    assert page.model.index(2, ENABLED).data() == "On"
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert client.called("patch_rule")[-1][0][1].enabled is False


def test_rules_are_deleted_after_a_question(page: RulesPage, client: FakeClient, qtbot: QtBot) -> None:
    page.table.choose("r0")
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    dialog = page.window().findChild(ConfirmDialog)
    assert dialog is not None
    dialog.confirm_button.click()
    assert client.called("delete_rule")[-1][0] == ("r0",)


def test_deleted_rules_come_back_where_they_stood(page: RulesPage, client: FakeClient) -> None:
    told: list[tuple[Any, ...]] = []
    page.offer.connect(lambda *words: told.append(words))
    rules = [make_rule(2, enabled=False), make_rule(0)]
    client.answers["create_rule"] = lambda body: make_rule(body.position, body.name)
    page.context.run(page._delete(rules))
    (title, _body, _level, (words, act)) = told[0]
    assert (title, words) == ("2 rule(s) deleted", "Undo")
    act()
    made = [body for (body,), _more in client.called("create_rule")]
    assert [(body.name, body.position, body.enabled) for body in made] == [("Rule 0", 0, True), ("Rule 2", 2, False)]


def test_an_empty_page_offers_a_rule_and_a_search_that_finds_none_its_end(
    page: RulesPage, context: Context, qtbot: QtBot
) -> None:
    page.on_search("nowhere")
    assert page.shown_state == "empty"
    page.on_empty_clicked()
    context.models.telling.rules.replace_all([])
    assert page.sentence.startswith("Everything new is told")
    assert page.shown_state == "empty"
    page.on_empty_clicked()
    assert page.window().findChild(RuleDialog) is not None
    page.open_quiet()
    assert page.window().findChild(QuietDialog) is not None


async def test_a_load_that_fails_offers_another_try(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["rules"] = ApiError(503, "ERR", "Not now.")
    page = RulesPage(context)
    qtbot.addWidget(page)
    await context.models.telling.reload_rules()
    assert page.shown_state == "error"
    del client.errors["rules"]
    client.answers["rules"] = [make_rule(0, conditions=RuleConditions(kinds=[ItemKind.MAIL]))]
    await context.models.telling.reload_rules()
    assert page.model.index(0, WHEN).data() == "mail"
    assert page.shown_state == "content"
