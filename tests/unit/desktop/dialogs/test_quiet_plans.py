"""Quiet hours of one account, of a group, of many: inherited, none, or hours of their own."""

import pytest
from msgspec import UNSET
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.bulk_dialog import BulkDialog
from desktop.dialogs.context import Context
from desktop.dialogs.quiet_plans import QuietPlanBox
from master.api.inheritance import Effective
from master.api.rules import QuietPlan, QuietWindow
from tests.unit.desktop.fakes import FakeClient, make_account

NIGHT = QuietPlan(windows=[QuietWindow(days=["mon"], start="23:00", end="06:00")], time_zone="Europe/Berlin")


@pytest.fixture
def box(context: Context, qtbot: QtBot) -> QuietPlanBox:
    box = QuietPlanBox(context, "as its group")
    qtbot.addWidget(box)
    box.show()
    return box


@pytest.mark.parametrize("plan", [None, QuietPlan(), NIGHT])
def test_a_plan_is_shown_and_given_back(box: QuietPlanBox, plan: QuietPlan | None) -> None:
    box.set_value(NIGHT)
    box.set_value(plan)
    assert box.value() == plan
    assert box.windows.isHidden() is (plan is not NIGHT)
    assert box.check()


def test_hours_of_its_own_begin_with_a_night_and_need_a_day(box: QuietPlanBox) -> None:
    box.choice.setCurrentIndex(box.choice.findData("own"))
    assert box.value() == QuietPlan(windows=[QuietWindow(start="22:00", end="07:00")])
    for button in box.windows.rows[0].days.values():
        button.setChecked(False)
    assert not box.check()
    assert box.fault.words == "Choose at least one day for each of these hours."
    box.windows.clear()
    assert box.fault.words == ""
    assert not box.check()
    assert box.fault.words == "Add hours, or choose that it is never quiet."


def test_an_account_keeps_what_is_its_own_and_inherits_the_rest(
    context: Context, client: FakeClient, qtbot: QtBot
) -> None:
    account = make_account("a1", quiet_hours=NIGHT, effective={"quiet_hours": Effective(value={}, origin="group")})
    dialog = AccountDialog(context, account)
    qtbot.addWidget(dialog)
    assert dialog.quiet is not None
    assert dialog.quiet.chosen == "inherit", "they are those of the group"
    dialog.quiet.set_value(QuietPlan())
    dialog.save()
    assert client.called("patch_account")[0][0][1].quiet_hours == QuietPlan()
    own = make_account("a1", quiet_hours=NIGHT, effective={"quiet_hours": Effective(value={}, origin="account")})
    dialog = AccountDialog(context, own)
    qtbot.addWidget(dialog)
    assert dialog.quiet is not None
    assert dialog.quiet.value() == NIGHT
    dialog.quiet.windows.clear()
    dialog.save()
    assert len(client.called("patch_account")) == 1, "hours without hours are not saved"
    assert not dialog.quiet.isHidden()
    dialog.quiet.set_value(None)
    dialog.save()
    assert client.called("patch_account")[1][0][1].quiet_hours is None


def test_many_accounts_leave_theirs_unless_it_is_chosen(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    dialog = BulkDialog(context, [make_account("a1"), make_account("a2")])
    qtbot.addWidget(dialog)
    dialog.form.set_values({"interval_seconds": 60})
    assert "quiet_hours" not in dialog.changes()
    dialog.quiet.choice.setCurrentIndex(dialog.quiet.choice.findData("never"))
    dialog.save()
    changes = client.called("batch_accounts")[0][0][0].changes
    assert changes.quiet_hours == QuietPlan()
    assert changes.proxy_id is UNSET
