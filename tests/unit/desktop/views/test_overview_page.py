"""The Overview page: rows and what they do, cards that fail alone, charts, reflow, keys, and what it costs."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.recovery_dialog import RecoveryDialog
from desktop.models.need_rows import Place
from desktop.views.overview import POLL_SECONDS, OverviewPage
from desktop.views.overview_cards import OverviewCard
from master.api.client import ApiError
from master.api.events import Checking
from master.api.schema import Recovery, Repair
from tests.unit.desktop.fakes import NOW, FakeClient, make_account, make_alert, make_context, make_worker
from tests.unit.desktop.job_fakes import make_job, make_running, make_schedule
from tests.unit.desktop.overview_fakes import make_missed, make_overview
from worker.protocol.states import AccountState, JobState, WorkerState
from worker.protocol.texts import Text


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> OverviewPage:
    """Shown, and told of three seconds: what is seen first, then the charts, then what they show."""
    found = OverviewPage(context)
    qtbot.addWidget(found)
    found.resize(976, 740)
    found.show()
    for _second in range(3):
        found.tick()
    return found


@pytest.fixture
def places(page: OverviewPage) -> list[Place]:
    """Where the page led to."""
    found: list[Place] = []
    page.wanted.connect(found.append)
    return found


def broken(context: Context) -> None:
    """One of everything that needs a person."""
    models = context.models
    models.accounts.replace_all(
        [make_account("a1", state=AccountState.LOGIN_NEEDED), make_account("a2", state=AccountState.UNREACHABLE)]
    )
    models.workers.replace_all([make_worker("local-1"), make_worker("local-2", status=WorkerState.ERROR)])
    models.alerts.replace_all([make_alert(5, kind="disk_low", subject="")])
    models.schedules.replace_all([make_schedule("s1", name="Nightly", next_at=NOW)])


def failing(client: FakeClient) -> None:
    job = make_job("j1", name="Backup", state=JobState.FAILED)
    client.answers["overview"] = make_overview(failed=[job], failed_total=1, missed=[make_missed("s1")])


class TestNeeds:
    """Each row has one action, and a place."""

    def test_calm(self, page: OverviewPage, context: Context) -> None:
        context.models.unread = 0
        page.look()
        assert page.needs.rows == {}
        assert page.needs.calm_title.isVisible()
        assert page.needs.calm_words.text().startswith("Last check")

    def test_every_row_leads_to_its_place(
        self, page: OverviewPage, context: Context, client: FakeClient, places: list[Place]
    ) -> None:
        broken(context)
        failing(client)
        page.reload()
        assert list(page.needs.rows) == [
            "account:a1", "worker:local-2", "account:a2", "alert:5", "job:j1", "schedule:s1", "unread",
        ]  # fmt: skip
        for row in page.needs.rows.values():
            row.link.click()
        assert [(place.kind, place.key) for place in places] == [
            ("account", "a1"), ("worker", "local-2"), ("account", "a2"), ("alert", "5"), ("job", "j1"),
            ("schedule", "s1"), ("inbox", ""),
        ]  # fmt: skip
        assert not page.needs.calm_title.isVisible()

    @pytest.mark.parametrize(
        ("key", "method", "args"),
        [
            ("worker:local-2", "start_worker", ("local-2",)),
            ("alert:5", "acknowledge_alert", (5,)),
            ("job:j1", "resubmit_job", ("j1",)),
            ("schedule:s1", "run_schedule", ("s1",)),
        ],
    )
    def test_one_action_asks_the_master(
        self, page: OverviewPage, context: Context, client: FakeClient, key: str, method: str, args: tuple[Any, ...]
    ) -> None:
        broken(context)
        failing(client)
        client.answers |= {"resubmit_job": make_running("j2"), "run_schedule": make_running("j3")}
        page.reload()
        page.needs.rows[key].button.click()
        assert client.called(method) == [(args, {})]

    def test_check_now_of_an_incident_checks_all_of_it(
        self, page: OverviewPage, context: Context, client: FakeClient
    ) -> None:
        down = {"state": AccountState.UNREACHABLE, "incident": "chat.example"}
        context.models.accounts.replace_all([make_account("a1", **down), make_account("a2", **down)])
        page.look()
        page.needs.rows["incident:chat.example"].button.click()
        ((body,), _more) = client.called("batch_accounts")[0]
        assert (body.action, body.account_ids) == ("check", ["a1", "a2"])

    def test_sign_in_again_opens_the_dialog(self, page: OverviewPage, context: Context, qtbot: QtBot) -> None:
        broken(context)
        page.look()
        page.needs.rows["account:a1"].button.click()
        dialog = QApplication.activeModalWidget() or page.window().findChild(QWidget, "")
        assert dialog is not None
        found = [one for one in QApplication.topLevelWidgets() if type(one).__name__ == "SignInDialog"]
        assert found
        for one in found:
            one.close()

    def test_what_was_started_can_be_opened(
        self, page: OverviewPage, context: Context, client: FakeClient, places: list[Place]
    ) -> None:
        told: list[Any] = []
        page.notice.connect(lambda *args: told.append(args))
        failing(client)
        client.answers["resubmit_job"] = make_running("j2", name="Backup")
        page.reload()
        page.needs.rows["job:j1"].button.click()
        title, _body, level, (words, act) = told[0]
        assert (title, level, words) == ("Backup was started", "info", "Open")
        act()
        assert places == [Place(kind="job", key="j2")]

    def test_rows_that_stay_keep_the_focus(self, page: OverviewPage, context: Context) -> None:
        broken(context)
        page.look()
        kept = page.needs.rows["worker:local-2"]
        kept.button.setFocus()
        context.models.accounts.replace_all([make_account("a1"), make_account("a2")])
        page.look()
        assert page.needs.rows["worker:local-2"] is kept
        assert page.window().focusWidget() is kept.button
        context.models.workers.replace_all([make_worker("local-1")])
        page.look()
        assert page.window().focusWidget() is next(iter(page.needs.rows.values())).link

    def test_names_are_shown_letter_by_letter(self, page: OverviewPage, context: Context) -> None:
        name = "<b>R&D</b>\u202e 😀\n" + "x" * 500
        context.models.accounts.replace_all([make_account("a1", name=name, state=AccountState.LOGIN_NEEDED)])
        page.look()
        row = page.needs.rows["account:a1"]
        assert row.link.words == " ".join(name.split())
        assert "&&" in row.link.text()
        assert row.width() <= page.needs.width()


class TestCards:
    """One that fails does not blank the others."""

    def test_loading_then_content(self, qapp: QApplication, qtbot: QtBot) -> None:
        context = make_context(qapp)
        page = OverviewPage(context)
        qtbot.addWidget(page)
        page.show()
        page.tick()
        assert {card.shown_state for card in page.findChildren(OverviewCard)} == {"loading"}
        assert context.bridge.client.called("overview") == []  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: page.needs._skeleton is not None)
        page.focus_first()
        context.models.accounts.replace_all([])
        page.tick()
        assert (page.needs.shown_state, page.workers.shown_state) == ("content", "loading")
        assert page.window().focusWidget() is page.needs.rows["first"].link
        context.models.close()

    def test_a_failed_answer_stays_in_the_charts(self, context: Context, client: FakeClient, qtbot: QtBot) -> None:
        client.errors["overview"] = ApiError(503, "ERR_BUSY", "busy")
        page = OverviewPage(context)
        qtbot.addWidget(page)
        page.show()
        for _second in range(3):
            page.tick()
        assert {chart.shown_state for chart in page.charts} == {"error"}
        assert page.workers.shown_state == "content"
        assert page.needs.aside.text()
        del client.errors["overview"]
        error = page.charts[0]._error
        assert error is not None
        error.button.click()
        assert {chart.shown_state for chart in page.charts} == {"content"}
        assert page.needs.aside.text() == ""
        client.errors["overview"] = ApiError(0, "ERR_UNREACHABLE", "away")
        page.reload()
        assert {chart.shown_state for chart in page.charts} == {"content"}

    @pytest.mark.expects_log("card workers failed")
    def test_what_raises_in_one_card(
        self, page: OverviewPage, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def late() -> None:
            raise RuntimeError("late")

        monkeypatch.setattr(page.workers, "show_workers", late)
        page.look()
        assert (page.workers.shown_state, page.runs.shown_state) == ("error", "content")

    def test_a_list_that_could_not_be_loaded(self, page: OverviewPage, context: Context, client: FakeClient) -> None:
        context.models.workers.load_status.set_failed("The master cannot be reached.")
        page.look()
        error = page.workers._error
        assert (page.workers.shown_state, page.platforms.shown_state) == ("error", "content")
        before = len(client.called("workers"))
        assert error is not None
        error.button.click()
        assert len(client.called("workers")) == before + 1
        page.look()
        assert page.workers.shown_state == "content"


class TestWorkers:
    def test_those_that_need_somebody_first(self, page: OverviewPage, context: Context, places: list[Place]) -> None:
        rows = [make_worker(f"w{number}") for number in range(8)]
        context.models.workers.replace_all([*rows, make_worker("w9", status=WorkerState.ERROR)])
        page.look()
        assert list(page.workers.lines) == ["w9", "w0", "w1", "w2", "w3", "w4"]
        assert page.workers.more.isVisible()
        page.workers.lines["w9"].link.click()
        page.workers.more.click()
        assert places == [Place(kind="worker", key="w9"), Place(kind="page", key="workers")]
        assert page.workers.aside.text().startswith("8 of 9 running")

    def test_without_any(self, page: OverviewPage, context: Context) -> None:
        context.models.workers.replace_all([])
        page.look()
        assert page.workers.nobody.isVisible()


class TestRuns:
    def test_running_jobs_and_the_next_runs(
        self, page: OverviewPage, context: Context, client: FakeClient, places: list[Place]
    ) -> None:
        job = make_running("j1", name="Render", started_at=NOW - 42_000, time_limit_seconds=60.0)
        client.answers["overview"] = make_overview(running=[job], running_total=1)
        context.models.schedules.replace_all([make_schedule("s1", name="Nightly", next_at=NOW + 240_000)])
        page.reload()
        line = page.runs.jobs[0]
        page.runs.show_runs(NOW)
        assert line.bar.isVisible()
        assert line.bar.value() == 700
        line.link.click()
        page.runs.runs[0].link.click()
        assert [place.kind for place in places] == ["job", "schedule"]
        client.answers["cancel_job"] = make_job("j1", state=JobState.CANCELLED, version=2)
        line.button.click()
        assert client.called("cancel_job") == [(("j1",), {})]
        page.look()
        assert page.runs.jobs == []

    def test_nothing_is_planned(self, page: OverviewPage, context: Context, places: list[Place]) -> None:
        context.models.schedules.replace_all([])
        page.look()
        assert page.runs.nothing.isVisible()
        page.runs.make.click()
        assert places == [Place(kind="page", key="schedules")]

    def test_a_job_that_is_told_of_is_there_at_the_next_second(self, page: OverviewPage, context: Context) -> None:
        context.bridge.send("job.changed", make_running("j7", name="New"))  # type: ignore[attr-defined]
        page.look()
        assert [line.link.words for line in page.runs.jobs] == ["New"]


class TestCharts:
    def test_values_with_units_in_the_tooltip(self, page: OverviewPage) -> None:
        found, checks, latency, shown = page.charts
        page.grid.place()
        QApplication.processEvents()
        plot = latency.plot  # type: ignore[attr-defined]
        words = plot.tell(QPoint(plot.width() // 2, 40))
        assert "half within: 140 ms" in words
        assert "95 % within: 420 ms" in words
        assert "900 ms" in shown.plot.tell(QPoint(60, 40))  # type: ignore[attr-defined]
        assert "a minute: 28" in checks.plot.tell(QPoint(60, 40))  # type: ignore[attr-defined]
        bars = found.plot  # type: ignore[attr-defined]
        assert bars.tell(QPoint(bars.width() - 6, 40)).splitlines()[1:] == ["today: 23", "yesterday: 1"]
        assert bars.tell(QPoint(0, 40)) == ""

    def test_legends_say_how_much(self, page: OverviewPage) -> None:
        words = [legend.word.text() for chart in page.charts for legend in chart.legends]  # type: ignore[attr-defined]
        assert words == [
            "212 today", "188 yesterday by now", "28 a minute", "half within 140 ms", "95 % within 420 ms",
            "half within 900 ms", "95 % within 2.5 s",
        ]  # fmt: skip

    def test_another_time(self, page: OverviewPage, client: FakeClient) -> None:
        first, second = page.actions_here()
        second.act()
        assert page.span_buttons[24 * 3_600_000].isChecked()
        assert client.called("overview")[-1][0][0].since < int(time.time() * 1000) - 86_000_000
        first.act()
        ((query,), _more) = client.called("overview")[-1]
        assert 3_590_000 < int(time.time() * 1000) - query.since < 3_660_000

    def test_nothing_measured(self, page: OverviewPage, client: FakeClient) -> None:
        from tests.unit.desktop.overview_fakes import make_latency

        none = make_latency(None, None)
        client.answers["overview"] = make_overview(points=[], check=none, shown=none)
        page.reload()
        assert page.charts[2].aside.text() == "nothing measured"
        assert page.charts[2].plot.tell(QPoint(60, 40)) == ""  # type: ignore[attr-defined]
        assert page.grab().width() > 0


def test_platforms_lead_to_their_accounts(page: OverviewPage, places: list[Place]) -> None:
    (chip,) = page.platforms.chips
    chip.link.click()
    assert places == [Place(kind="accounts", key="Mailbox (IMAP)")]


def test_the_last_start(page: OverviewPage, context: Context, qtbot: QtBot) -> None:
    text = Text(code="", message="3 jobs found again, 1 lost")
    context.models.recovery = Recovery(
        at=NOW, clean=False, repairs=[Repair(kind="job", examined=4, repaired=3, text=text)]
    )
    page.look()
    assert page.recovery_words.text().endswith("3 jobs found again, 1 lost")
    page.report_button.click()
    dialog = page.window().findChild(RecoveryDialog)
    assert dialog is not None
    dialog.close()


@pytest.mark.parametrize(
    ("width", "cards"), [(800, [1, 1, 1, 2, 2, 1, 1]), (976, [1, 2, 2, 2, 1, 1]), (1400, [1, 2, 4, 1, 1])]
)
def test_the_cards_reflow(page: OverviewPage, qtbot: QtBot, width: int, cards: list[int]) -> None:
    page.resize(width, 600)
    qtbot.waitUntil(lambda: [len(row) for row in page.grid.rows()] == cards)
    assert page.grid.width() <= page.area.viewport().width()


def test_tab_goes_from_the_top_to_the_bottom(page: OverviewPage, context: Context, qtbot: QtBot) -> None:
    broken(context)
    page.look()
    page.focus_first()
    walked: list[QWidget] = []
    row = next(iter(page.needs.rows.values()))
    widget: QWidget | None = row.link
    while widget is not None and widget not in walked:
        walked.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
        widget = page.window().focusWidget()
    rows = list(page.needs.rows.values())
    wanted: list[QWidget] = [part for one in rows for part in (one.link, one.button)]
    wanted += [page.workers.title_link, *(line.link for line in page.workers.lines.values())]
    assert walked[: len(wanted)] == wanted
    assert page.report_button.isHidden() or page.report_button in walked
    assert all(one.accessibleName() or getattr(one, "text", str)() for one in walked)


class TestCost:
    """Nothing while hidden, little while shown."""

    def test_the_master_is_asked_twice_a_minute(self, page: OverviewPage, client: FakeClient) -> None:
        before = len(client.called("overview"))
        for _second in range(5):
            page.tick()
        assert len(client.called("overview")) == before
        page._due -= POLL_SECONDS
        page.tick()
        assert len(client.called("overview")) == before + 1

    def test_nothing_is_done_while_hidden(self, page: OverviewPage, context: Context, client: FakeClient) -> None:
        page.hide()
        before, words = len(client.calls), page.sentence
        broken(context)
        context.models.accounts.settle()
        assert (len(client.calls), page.sentence) == (before, words)

    def test_ten_thousand_accounts_and_three_hundred_updates_a_second(
        self, page: OverviewPage, context: Context
    ) -> None:
        states = list(AccountState)
        accounts = context.models.accounts
        accounts.replace_all([make_account(f"a{n}", state=states[n % 6], unread=n % 3) for n in range(10_000)])
        page.look()
        longest = min(_second(page, context) for _again in range(3))
        assert longest < 0.05


def _second(page: OverviewPage, context: Context) -> float:
    send: Callable[[str, Any], None] = context.bridge.send  # type: ignore[attr-defined]
    for number in range(300):
        send("checking", Checking(account_id=f"a{number}", checking=True))
    began = time.thread_time()
    page.tick()
    QApplication.processEvents()
    return time.thread_time() - began
