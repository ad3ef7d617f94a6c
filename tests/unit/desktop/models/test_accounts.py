"""Accounts: checks and unread counts patch their row; what the cells say."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.models.accounts import BEATS, NEXT, STATE, TICKS, AccountTableModel, BeatKeeper
from desktop.models.assignments import AssignmentTableModel
from desktop.models.workers import WorkerTableModel
from desktop.words import Wording
from master.api.events import Checking, HeartbeatSeen, Unread
from master.api.schema import Beat
from tests.unit.desktop.fakes import IMAP, NOW, make_account, make_worker
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import Text, text


@pytest.fixture
def model(qapp: QApplication) -> AccountTableModel:
    model = AccountTableModel(Wording("en"))
    model.replace_all([make_account("a", state_reason=text("state_paused")), make_account("b")])
    return model


def test_a_check_patches_flags_times_and_bar(model: AccountTableModel) -> None:
    beat = Beat(NOW, 80, "ok")
    model.apply_checking(
        Checking(account_id="a", checking=False, last_checked_at=NOW + 5, checks_ok=9, checks_total=10, beat=beat)
    )
    row = model.get("a")
    assert row is not None
    assert (row.checking, row.last_checked_at, row.last_ok_at, row.checks_total) == (False, NOW + 5, NOW, 10)
    assert model.beats.levels("a") == "o"
    assert model.beats.beats("a") == [beat]
    assert model.index(0, BEATS).data() == "90 % of 10 check(s) succeeded"


def test_events_of_unknown_accounts_change_nothing(model: AccountTableModel) -> None:
    model.apply_checking(Checking(account_id="gone", checking=True))
    model.apply_unread(Unread(total=1, accounts={"gone": 1, "b": 4}))
    assert model.total == 2
    row = model.get("b")
    assert row is not None
    assert row.unread == 4


def test_next_says_what_is_waited_for(model: AccountTableModel) -> None:
    say = model.next_words
    assert say(make_account(next_check_at=NOW + 17_400), NOW) == "18 s"
    assert say(make_account(next_check_at=NOW - 1), NOW) == "due"
    assert say(make_account(listening=True, next_check_at=None), NOW) == "push"
    assert say(make_account(state=AccountState.PAUSED), NOW) == "paused"
    assert say(make_account(state=AccountState.LOGIN_NEEDED), NOW) == "–"
    backing_off = make_account(state=AccountState.UNREACHABLE, next_check_at=NOW + 45_000)
    assert say(backing_off, NOW) == "retry in 45 s"


def test_tooltips_give_reasons_and_moments(model: AccountTableModel) -> None:
    tip = model.index(0, STATE).data(3)
    assert tip.startswith("Paused by you.\nSince 20")
    assert model.index(0, NEXT).data(3).startswith("20")


def test_badges_come_from_the_catalogue(model: AccountTableModel) -> None:
    row = make_account()
    assert model.badge(row).letter == "I"
    assert model.badge(row).title == "imap"
    model.learn([IMAP])
    assert model.badge(row).title == "Mailbox (IMAP)"
    assert model.badge(row).color == IMAP.color


def test_counts(model: AccountTableModel) -> None:
    model.upsert(make_account("c", state=AccountState.STALE))
    assert model.counts() == {AccountState.OK: 2, AccountState.STALE: 1}


def test_a_bar_keeps_its_newest_ticks() -> None:
    keeper = BeatKeeper()
    keeper.load({"a": [Beat(NOW, 1, "bad")]})
    for number in range(TICKS):
        keeper.add("a", Beat(NOW + number, 1, "warn" if number == TICKS - 1 else "ok"))
    assert keeper.levels("a") == "o" * (TICKS - 1) + "w"
    assert len(keeper.beats("a")) == TICKS
    keeper.forget("a")
    assert keeper.levels("a") == ""


def test_assignments_say_who_since_when_and_why(qapp: QApplication) -> None:
    model = AssignmentTableModel(Wording("zh_CN"))
    model.replace_all(
        [make_account("a", pinned_to="local-1"), make_account("b", worker_id=None, assigned_since_at=None)]
    )
    assert [model.index(0, column).data() for column in (1, 3)] == ["local-1 (pinned)", "负载最低"]
    assert [model.index(1, column).data() for column in (1, 2)] == ["Unassigned", "–"]
    model.set_filter("负载")
    assert model.rowCount() == 2


def test_a_heartbeat_patches_its_worker(qapp: QApplication) -> None:
    model = WorkerTableModel(Wording("en"))
    model.replace_all([make_worker("w", assigned_accounts=2), make_worker("x", status=WorkerState.ERROR)])
    model.apply_heartbeat(
        HeartbeatSeen(
            worker_id="w", at=NOW, cpu_percent=7.5, memory_mb=40.0, active_tasks=2, accounts=2, checks=0,
            items=0,
            backlog=0,
            errors=1,
            round_trip_ms=0.5, beat=Beat(NOW, 1, "ok"),
        )
    )  # fmt: skip
    row = model.get("w")
    assert row is not None
    assert (row.cpu_usage, row.memory_usage_mb, row.active_tasks, row.uptime) == (7.5, 40.0, 2, 120.0)
    assert model.beats.levels("w") == "o"
    assert (model.running(), model.problems(), model.places()) == (1, 1, (5, 1000))


def test_the_share_of_successes_is_said_as_it_is_known(model: AccountTableModel) -> None:
    assert model.rate(make_account(last_checked_at=None)) == "No check yet"
    assert model.rate(make_account(last_checked_at=NOW)) == "No check since the master started"
    assert model.rate(make_account(checks_ok=1, checks_total=3)) == "33.3 % of 3 check(s) succeeded"


def test_wrong_settings_are_told_from_a_server_that_is_away(model: AccountTableModel) -> None:
    def wrong(level: str, code: str = "url_scheme", **changes: Any) -> bool:
        model.beats.load({"x": [Beat(NOW, 1, "ok"), Beat(NOW, 1, level)]})
        values = {"state": AccountState.UNREACHABLE, "state_reason": Text(code=code)} | changes
        return model.settings_wrong(make_account("x", **values))

    assert wrong("bad")
    assert not wrong("warn")
    assert not wrong("bad", "check_failed")
    assert not wrong("bad", state=AccountState.LOGIN_NEEDED)
