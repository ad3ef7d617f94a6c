"""The dialogs of rules and quiet hours: what is sent, what is tried, what is said of what is wrong."""

from typing import Any

import pytest
from msgspec import UNSET
from PySide6.QtCore import QTime
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog, rule_from_item
from master.api.client import ApiError
from master.api.rules import (
    QuietWindow,
    Rule,
    RuleConditions,
    RuleCreate,
    RulePatch,
    RuleTestReport,
    RuleTestRow,
    RuleVerdict,
    SnoozeRow,
)
from master.api.schema import Settings
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_item
from tests.unit.desktop.views.test_rules_page import make_quiet, make_rule
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text, text


@pytest.fixture
def accounts(context: Context) -> None:
    context.models.accounts.replace_all([make_account(f"a{number}", name=f"Account {number}") for number in range(12)])


def shown(qtbot: QtBot, dialog: Any) -> Any:
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def row(
    title: str, decided: bool, rule_id: str | None, action: Any = "urgent", item_id: int | None = None
) -> RuleTestRow:
    reason = Text(code="x", message="it has the word")
    return RuleTestRow(
        item_id=item_id,
        account_id="a1",
        title=title,
        decided=decided,
        rule_id=rule_id,
        rule_name="Other",
        action=action,
        verdicts=[RuleVerdict(rule_id=rule_id, name="Mine", matched=decided, reason=reason)],
    )


def test_a_rule_is_made_of_what_was_filled_in(
    context: Context, client: FakeClient, qtbot: QtBot, accounts: None
) -> None:
    client.answers["create_rule"] = make_rule(0, "Invoices")
    dialog: RuleDialog = shown(qtbot, RuleDialog(context))
    dialog.save()
    assert dialog.form.rows["name"].error == "Give it a name."
    assert not client.called("create_rule")
    dialog.form.set_values(
        {
            "name": "Invoices", "include": ["invoice", "账单"], "match": "all", "author": "Maria", "kinds": ["mail"],
            "account_ids": ["a3", "a11"], "action": "urgent", "regex": r"\d+", "whole_words": True,
        }
    )  # fmt: skip
    with qtbot.waitSignal(dialog.saved):
        dialog.save()
    (written,) = client.called("create_rule")[0][0]
    assert written == RuleCreate(
        name="Invoices",
        conditions=RuleConditions(
            include=["invoice", "账单"], match="all", author="Maria", kinds=[ItemKind.MAIL], regex=r"\d+",
            account_ids=["a3", "a11"], whole_words=True,
        ),
        action="urgent",
    )  # fmt: skip


def test_many_accounts_can_be_searched(context: Context, qtbot: QtBot, accounts: None) -> None:
    dialog: RuleDialog = shown(qtbot, RuleDialog(context))
    entry: Any = dialog.form.rows["account_ids"].input
    entry.set_value(["a10"])
    entry._search.setText("account 1")
    shown_rows = [entry._list.item(n).text() for n in range(entry._list.count()) if not entry._list.item(n).isHidden()]
    assert shown_rows == ["Account 1", "Account 10", "Account 11"]
    assert entry.value() == ["a10"], "what is hidden stays chosen"


def test_an_edited_rule_keeps_what_the_form_does_not_show(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    conditions = RuleConditions(include=["x"], group_ids=["g1"], exclude=["spam"])
    rule = make_rule(1, "Old", conditions=conditions, version=7)
    client.answers["patch_rule"] = rule
    dialog: RuleDialog = shown(qtbot, RuleDialog(context, rule))
    assert not dialog.form._advanced.isHidden(), "it has something there"
    dialog.save()
    ((rule_id, patch), _) = client.called("patch_rule")[0]
    assert rule_id == "r1"
    assert patch == RulePatch(name="Old", conditions=conditions, action="notify", version=7)


def test_what_the_master_refuses_stands_at_its_field(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog: RuleDialog = shown(qtbot, RuleDialog(context, make_rule(1)))
    fault = {"conditions.regex": text("field_required")}
    client.errors["patch_rule"] = ApiError(400, "ERR_INVALID", "Some fields are not right.", texts=fault)
    dialog.save()
    assert dialog.form.rows["regex"].error
    assert not dialog.form._advanced.isHidden()
    client.errors["patch_rule"] = ApiError(409, "ERR_CONFLICT", "Stale.")
    client.answers["rule"] = make_rule(1, version=9)
    dialog.save()
    assert dialog.conflicts is not None
    assert dialog.conflicts.panel.isVisible()


def test_a_pasted_text_is_tried_while_one_types(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["test_rules"] = RuleTestReport(rows=[row("Invoice 17", True, None)], actions={"urgent": 1})
    dialog: RuleDialog = shown(qtbot, RuleDialog(context))
    tester = dialog.tester
    tester.sample.setPlainText("Invoice 17\nPlease pay.")
    qtbot.waitUntil(lambda: tester.verdict.text() == "This rule decides.")
    (test,) = client.called("test_rules")[0][0]
    assert (test.sample.title, test.sample.text, test.history, test.rule_id) == ("Invoice 17", "Please pay.", 0, UNSET)
    assert tester.reasons.text() == "✔ Mine: it has the word"
    assert tester.pill.accessibleName() == "Urgent"
    client.answers["test_rules"] = RuleTestReport(rows=[row("Invoice 17", False, None, "notify")], actions={})
    dialog.form.rows["include"].input._line.textEdited.emit("x")
    qtbot.waitUntil(lambda: tester.verdict.text() == "No rule decides: it is told.")
    client.answers["test_rules"] = RuleTestReport(rows=[row("Invoice 17", True, "r9")], actions={})
    tester.try_sample()
    assert tester.verdict.text() == "“Other” decides, as it comes first."
    tester.sample.clear()
    assert tester.verdict.text() == ""
    client.errors["test_rules"] = ApiError(400, "ERR", "The regular expression is not complete.")
    tester.try_history()
    assert tester.verdict.text() == "The regular expression is not complete."


def test_the_history_is_tried(context: Context, client: FakeClient, qtbot: QtBot, accounts: None) -> None:
    rows = [row(f"Item {n}", n % 2 == 0, "r1" if n % 4 == 0 else "r2", item_id=n) for n in range(20)]
    client.answers["test_rules"] = RuleTestReport(rows=rows, actions={})
    dialog: RuleDialog = shown(qtbot, RuleDialog(context, make_rule(1)))
    dialog.tester.history_button.click()
    assert client.called("test_rules")[0][0][0].rule_id == "r1"
    assert dialog.tester.verdict.text() == "It decides 5 of the last 20 items."
    assert dialog.tester.reasons.text().splitlines()[0] == "Item 0 · Account 1"


def test_a_rule_for_items_like_this_one(context: Context, qtbot: QtBot, accounts: None) -> None:
    item = make_item(1, account_id="a1", author="Maria Castro", title="Hello", text="World")
    dialog: RuleDialog = shown(qtbot, rule_from_item(context, item))
    values = dialog.form.values()
    assert (values["name"], values["author"], values["account_ids"]) == ("Maria Castro", "Maria Castro", ["a1"])
    assert values["kinds"] == [item.kind]
    assert dialog.tester.sample.toPlainText() == "Hello\nWorld"


def test_quiet_hours_are_sent_whole_with_what_changed_of_the_settings(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    context.models.settings = Settings()
    context.models.telling.quiet = make_quiet(enabled=False, windows=[])
    client.answers["patch_quiet_hours"] = make_quiet(version=5)
    dialog: QuietDialog = shown(qtbot, QuietDialog(context))
    dialog.enabled.setChecked(True)
    (night,) = dialog.windows.rows
    assert night.next_day.text() == "of the next day"
    weekend = dialog.windows.add(QuietWindow(days=["sat", "sun"], start="09:00", end="18:00"))
    assert weekend.next_day.text() == ""
    weekend.start.setTime(QTime(8, 30))
    night.days["sun"].setChecked(False)
    dialog.form.set_values({"item_burst_limit": 9})
    dialog.save()
    (patch,) = client.called("patch_quiet_hours")[0][0]
    assert (patch.enabled, patch.version, patch.time_zone) == (True, 4, "local")
    assert patch.windows == [
        QuietWindow(days=["mon", "tue", "wed", "thu", "fri", "sat"], start="22:00", end="07:00"),
        QuietWindow(days=["sat", "sun"], start="08:30", end="18:00"),
    ]
    (settings,) = client.called("patch_settings")[0][0]
    assert (settings.item_burst_limit, settings.notification_privacy) == (9, UNSET)


def test_hours_without_a_day_are_refused_and_can_be_removed(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    context.models.telling.quiet = make_quiet()
    dialog: QuietDialog = shown(qtbot, QuietDialog(context))
    (night,) = dialog.windows.rows
    for button in night.days.values():
        button.setChecked(False)
    dialog.save()
    assert dialog.fault.words == "Choose at least one day for each of these hours."
    assert not client.called("patch_quiet_hours")
    night.removed.emit()
    assert dialog.windows.values() == []
    assert dialog.fault.words == ""


def test_what_is_snoozed_is_ended_here(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    snoozed = SnoozeRow(id="account:a1", scope="account", target_id="a1", name="Post", until_at=NOW + 60_000, held=2)
    context.models.telling.quiet = make_quiet(active=True, until_at=NOW + 3_600_000, held=2)
    context.models.telling.snoozes = {snoozed.id: snoozed}
    dialog: QuietDialog = shown(qtbot, QuietDialog(context))
    assert dialog.state.text().startswith("Now: quiet until ")
    line = dialog.snoozes.lines.itemAt(1).widget()
    end = next(child for child in line.children() if child.objectName() == "" and hasattr(child, "click"))
    end.click()
    assert client.called("delete_snooze")[0][0] == ("account:a1",)
    context.models.telling.snoozes = {}
    context.models.telling.quiet_changed.emit()
    assert dialog.snoozes.isHidden()


def test_a_group_is_named(context: Context, qtbot: QtBot) -> None:
    assert context.models.group_name("g1") == "g1"
    rule: Rule = make_rule(0, conditions=RuleConditions(group_ids=["g1"], tags=["a", "b", "c", "d"]))
    assert context.models.telling.words.conditions(rule.conditions) == "group g1 · tag a, b, c and 1 more"
