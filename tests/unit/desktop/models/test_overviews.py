"""What the overview says: the sentence, what needs the person, what comes next."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from desktop.models.account_surveys import survey
from desktop.models.need_rows import Need, Place
from desktop.models.needs import MOST
from desktop.models.overviews import OverviewModel
from desktop.words import install_translators
from master.api.client import ApiError
from master.api.rows import Beat
from master.api.schema import LastExit, Recovery, Repair
from tests.unit.desktop.fakes import NOW, FakeClient, load, make_account, make_alert, make_context, make_worker
from tests.unit.desktop.job_fakes import make_job, make_running, make_schedule
from tests.unit.desktop.overview_fakes import make_missed, make_overview
from worker.protocol.states import AccountState, JobReason, JobState, WorkerState
from worker.protocol.texts import Text


def said(words: str) -> Text:
    return Text(code="", message=words)


@pytest.fixture(autouse=True)
def _plurals(qapp: QApplication) -> Iterator[None]:
    translators = install_translators(qapp, "en")
    yield
    for translator in translators:
        qapp.removeTranslator(translator)


@pytest.fixture
def model(context: Context) -> OverviewModel:
    """With the two accounts and workers of the fakes; nothing unread, nothing wrong."""
    context.models.unread = 0
    found = OverviewModel(context.models, context.wording)
    found.take(make_overview())
    return found


def needs(model: OverviewModel) -> list[Need]:
    return model.look(NOW).needs


def put(context: Context, *accounts: Any) -> None:
    context.models.accounts.replace_all(list(accounts))


class TestSentence:
    """Is everything all right?"""

    def test_everything_is(self, context: Context, model: OverviewModel) -> None:
        put(context, *(make_account(f"a{number}", last_checked_at=NOW - 4000) for number in range(14)))
        assert model.look(NOW).sentence == "All 14 accounts are watched by 2 workers · last check 4 s ago"

    def test_what_is_wrong_comes_first(self, context: Context, model: OverviewModel) -> None:
        put(
            context,
            make_account("a1", state=AccountState.LOGIN_NEEDED),
            make_account("a2", state=AccountState.UNREACHABLE),
            make_account("a3", state=AccountState.STALE),
            make_account("a4"),
        )
        context.models.unread = 12
        context.models.workers.upsert(make_worker("local-2", name="worker-3", status=WorkerState.ERROR))
        model.take(make_overview(failed=[make_job("j1", state=JobState.FAILED)], failed_total=2))
        assert model.look(NOW).sentence == (
            "1 needs sign-in · 1 unreachable · 1 stale · worker-3 gave up · 2 jobs failed · 12 unread"
            " · last check just now"
        )

    def test_paused_and_unowned_accounts_are_not_watched(self, context: Context, model: OverviewModel) -> None:
        put(
            context,
            make_account("a1"),
            make_account("a2", worker_id=None),
            make_account("a3", state=AccountState.PAUSED),
        )
        assert model.look(NOW).sentence.startswith("1 of 3 accounts are watched by 2 workers · 1 paused")

    def test_without_a_worker_nothing_is(self, context: Context, model: OverviewModel) -> None:
        context.models.workers.replace_all([make_worker("local-1", status=WorkerState.STOPPED)])
        assert model.look(NOW).sentence == "Nothing is watched: no worker runs"

    def test_without_accounts(self, context: Context, model: OverviewModel) -> None:
        put(context)
        assert model.look(NOW).sentence == "Nothing is watched yet."

    async def test_nothing_is_said_before_it_is_known(self, qapp: QApplication) -> None:
        fresh = make_context(qapp)
        found = OverviewModel(fresh.models, fresh.wording)
        assert (found.look(NOW).sentence, found.look(NOW).needs) == ("", [])
        fresh.models.close()


class TestNeeds:
    """One row a thing."""

    def test_nothing(self, model: OverviewModel) -> None:
        picture = model.look(NOW)
        assert picture.needs == []
        assert picture.calm == "Last check just now."
        assert model.look(NOW + 4000).calm.startswith("Last check 4 s ago, at ")

    def test_accounts_that_need_sign_in_with_the_button(self, context: Context, model: OverviewModel) -> None:
        refused = {"state": AccountState.LOGIN_NEEDED, "state_reason": said("The server refused the password.")}
        put(context, make_account("a1", state_since_at=NOW - 1, **refused), make_account("a2", has_credentials=False,
            state_since_at=NOW, **refused))  # fmt: skip
        first, second = needs(model)
        assert (first.act, first.button, first.targets) == ("sign_in", "Sign in again", ("a1",))
        assert (first.face.shape, first.face.word, first.face.level) == ("cross", "Needs sign-in", "bad")
        assert (first.words, first.since_at) == ("The server refused the password.", NOW - 1)
        assert first.place == Place(kind="account", key="a1")
        assert second.button == "Sign in"

    def test_many_are_counted_in_one_row(self, context: Context, model: OverviewModel) -> None:
        put(context, *(make_account(f"a{number}", state=AccountState.LOGIN_NEEDED) for number in range(50)))
        rows = needs(model)
        assert len(rows) == MOST + 1
        assert rows[-1].title == f"{50 - MOST} more accounts need sign-in"
        assert (rows[-1].place, rows[-1].button) == (Place(kind="accounts"), "Show all")

    def test_workers_and_servers_are_counted_too(self, context: Context, model: OverviewModel) -> None:
        context.models.workers.replace_all([make_worker(f"w{n}", status=WorkerState.ERROR) for n in range(9)])
        down = {"state": AccountState.UNREACHABLE}
        put(context, *(make_account(f"a{n}", incident=f"h{n}.example", **down) for n in range(7)))
        rows = needs(model)
        assert len(rows) == 2 * (MOST + 1)
        assert [row.title for row in rows[MOST :: MOST + 1]] == [
            "6 more workers do not work",
            "4 more servers are down",
        ]

    def test_an_incident_covers_its_accounts(self, context: Context, model: OverviewModel) -> None:
        down = {"state": AccountState.UNREACHABLE, "state_reason": said("Connection refused")}
        put(
            context,
            make_account("a1", incident="chat.example", state_since_at=NOW - 9000, **down),
            make_account("a2", incident="chat.example", **down),
            make_account("a3", incident="", **down),
            make_account("a4", **down),
        )
        first, network, alone = needs(model)
        assert (first.title, first.targets, first.since_at) == ("chat.example is down", ("a1", "a2"), NOW - 9000)
        assert first.words == "2 accounts wait for it · Connection refused"
        assert network.title == "This computer has no network"
        assert (alone.title, alone.act) == ("a4@northwind.example", "check")

    def test_wrong_settings_are_edited(self, context: Context, model: OverviewModel) -> None:
        account = make_account(
            "a1", state=AccountState.UNREACHABLE, state_reason=Text(code="x", message="no such host")
        )
        put(context, account)
        context.models.accounts.beats.add("a1", Beat(NOW, 3, "bad"))
        assert [(need.act, need.button) for need in needs(model)] == [("edit", "Edit…")]

    def test_workers_that_gave_up_or_do_not_answer(self, context: Context, model: OverviewModel) -> None:
        ended = LastExit(code=3, signal=None, text=said("exit code 3"), at=NOW - 90_000)
        context.models.workers.replace_all(
            [
                make_worker("w1", status=WorkerState.ERROR, last_exit=ended),
                make_worker("w2", health="dead"),
                make_worker("w3", status=WorkerState.CRASHED),
            ]
        )
        gave_up, dead = needs(model)
        assert (gave_up.act, gave_up.words, gave_up.since_at) == ("start_worker", "exit code 3", NOW - 90_000)
        assert (dead.act, dead.targets) == ("restart_worker", ("w2",))

    def test_alerts_that_have_no_row_of_their_own(self, context: Context, model: OverviewModel) -> None:
        alerts = [
            make_alert(1, kind="disk_low", level="warn", subject=""),
            make_alert(2, kind="worker_gave_up"),
            make_alert(3, kind="account_login_needed"),
            make_alert(4, kind="disk_low", acknowledged_at=NOW),
            make_alert(5, kind="disk_low", cleared_at=NOW),
            make_alert(6, kind="disk_low", silenced_until_at=NOW + 1),
            make_alert(7, kind="backup_old", level="warn", raised_at=NOW - 5),
        ]
        context.models.alerts.replace_all(alerts)
        disk, backup = needs(model)
        assert (disk.title, disk.act, disk.targets) == ("Alert 1", "acknowledge", ("1",))
        assert (backup.act, backup.button) == ("back_up", "Back up now")

    def test_unread_by_account(self, context: Context, model: OverviewModel) -> None:
        put(context, *(make_account(f"a{number}", unread=number) for number in range(6)))
        context.models.unread = 15
        (row,) = needs(model)
        assert row.title == "15 unread items"
        assert row.words.split(" · ") == [
            "a5@northwind.example 5", "a4@northwind.example 4", "a3@northwind.example 3", "2 more accounts",
        ]  # fmt: skip
        assert row.place == Place(kind="inbox")
        put(context, make_account("a1", unread=15))
        assert needs(model)[0].place == Place(kind="inbox", key="a1")

    def test_failed_jobs_missed_runs_and_backups(self, context: Context, model: OverviewModel) -> None:
        failed = [
            make_job(f"j{number}", state=JobState.FAILED, reason=JobReason.SCRIPT_ERROR, error=said("exit code 12"))
            for number in range(5)
        ]
        backup = make_overview().backup
        model.take(
            make_overview(
                failed=failed,
                failed_total=9,
                missed=[make_missed("s1"), make_missed("gone", outcome="failed")],
                backup=type(backup)(
                    running=False, last_good_at=NOW, next_at=None, problem=said("no room"), last_restore=None
                ),
            )
        )
        context.models.schedules.replace_all([make_schedule("s1", name="Nightly")])
        rows = needs(model)
        assert [row.act for row in rows] == ["resubmit"] * MOST + ["open", "run_schedule", "run_schedule", "back_up"]
        assert rows[0].words == "exit code 12"
        assert (rows[MOST].title, rows[MOST].place) == ("6 more failed jobs", Place(kind="jobs", key="FAILED"))
        assert [row.title for row in rows[-3:]] == ["Nightly", "gone", "The backup failed"]
        assert rows[-3].words.endswith("Watchkeeper did not run.")
        assert rows[-1].words == "no room"
        context.models.alerts.replace_all([make_alert(1, kind="backup_failed")])
        assert [row.key for row in needs(model) if row.act == "back_up"] == ["alert:1"]

    def test_a_keyring_that_is_not_there(self, context: Context, model: OverviewModel) -> None:
        assert context.models.status is not None
        context.models.status = msgspec.structs.replace(context.models.status, vault="locked")
        (row,) = needs(model)
        assert (row.title, row.face.word, row.place.kind) == ("The keyring is locked", "Locked", "settings")

    def test_a_newer_version(self, model: OverviewModel) -> None:
        model.take(make_overview(update="2.0.1"))
        (row,) = needs(model)
        assert (row.title, row.act, row.place) == (
            "Watchkeeper 2.0.1 is there", "open", Place(kind="settings", key="about"),
        )  # fmt: skip

    def test_the_first_account(self, context: Context, model: OverviewModel) -> None:
        put(context)
        (row,) = needs(model)
        assert (row.act, row.button) == ("add_account", "Add account")


def test_what_runs_and_what_comes_next(context: Context, model: OverviewModel) -> None:
    context.models.schedules.replace_all(
        [make_schedule(f"s{number}", next_at=NOW + number * 1000, enabled=number != 2) for number in range(9, 0, -1)]
        + [make_schedule("never", next_at=None)]
    )
    assert [row.id for row in model.next_runs()] == ["s1", "s3", "s4", "s5", "s6"]
    model.take(make_overview(running=[make_running("j1", started_at=NOW)]))
    model.take_job(make_running("j2", started_at=NOW + 1))
    assert [job.id for job in model.running()] == ["j2", "j1"]
    model.take_job(make_job("j1"))
    assert [job.id for job in model.running()] == ["j2"]


def test_platforms_with_counts(context: Context, model: OverviewModel) -> None:
    put(
        context,
        make_account("a1"),
        make_account("a2", state=AccountState.LOGIN_NEEDED),
        make_account("a3", state=AccountState.PAUSED),
        make_account("b1", platform="feed", state=AccountState.PENDING),
    )
    found = model.platforms(model.look(NOW).accounts)
    assert [(row.platform, row.total, row.active, row.error, row.paused) for row in found] == [
        ("imap", 3, 1, 1, 1), ("feed", 1, 1, 0, 0),
    ]  # fmt: skip


def test_one_line_of_the_last_start(model: OverviewModel) -> None:
    repaired = [Repair(kind="job", examined=4, repaired=3, text=said("3 jobs found again, 1 lost"))]
    words = model.recovery_words(Recovery(at=NOW, clean=False, repairs=repaired), NOW)
    assert words.endswith("the master before ended without warning · 3 jobs found again, 1 lost")
    calm = model.recovery_words(Recovery(at=NOW, clean=True, repairs=[]), NOW)
    assert calm.endswith("nothing had to be repaired")


def test_a_survey_of_ten_thousand_accounts_is_quick() -> None:
    states = list(AccountState)
    rows = [make_account(f"a{number}", state=states[number % 6], unread=number % 3) for number in range(10_000)]
    best = min(_timed(rows) for _ in range(5))
    assert best < 0.04
    assert survey(rows, 3).total == 10_000


def _timed(rows: list[Any]) -> float:
    began = time.thread_time()
    survey(rows, 3)
    return time.thread_time() - began


async def test_what_cannot_be_loaded_leaves_the_rest(qapp: QApplication) -> None:
    context = make_context(qapp)
    client = context.bridge.client
    assert isinstance(client, FakeClient)
    client.errors["workers"] = ApiError(503, "ERR_BUSY", "busy")
    await load(context)
    model = OverviewModel(context.models, context.wording)
    assert model.look(NOW).sentence == ""
    context.models.close()
