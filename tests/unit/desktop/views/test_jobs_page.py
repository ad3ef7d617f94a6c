"""The Jobs page: what it says, filters, the panel, what can be done, statistics, resources, runners."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.job_dialog import JobDialog
from desktop.models.jobs import NAME, RUNNER, WORKER
from desktop.views.job_actions import job_folder
from desktop.views.jobs import RESOURCES, RUNNERS, STATISTICS, JobsPage
from desktop.views.main_window import MainWindow
from master.api.client import ApiError
from master.api.events import Deleted
from master.api.jobs import JobGroup, WorkerSlots
from master.api.schema import Job, JobCounts, JobResources, Page
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_job, make_pending, make_running, make_stats
from worker.protocol.states import JobReason, JobState
from worker.protocol.texts import Text

ROWS = [
    make_running("j1", name="sync"),
    make_pending("j2", name="report", waiting=Text(code="x", message="No room.")),
    make_job("j3", name="check", state=JobState.FAILED, reason=JobReason.SCRIPT_ERROR, exit_code="37:0"),
    make_job("j4", name="old"),
]


@pytest.fixture
async def page(context: Context, client: FakeClient, qtbot: QtBot) -> JobsPage:
    client.answers["jobs"] = Page(rows=ROWS)
    await context.models.work.reload_jobs()
    page = JobsPage(context)
    qtbot.addWidget(page)
    page.resize(1100, 740)
    page.show()
    return page


def press(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialogs(page: JobsPage, kind: type) -> list[object]:
    return [one for one in page.findChildren(kind) if not one.gone]


async def test_the_sentence_counts(page: JobsPage, context: Context) -> None:
    models = context.models
    assert models.status is not None
    assert page.sentence == "Nothing runs now"
    models.status = msgspec.structs.replace(models.status, jobs=JobCounts(pending=2, running=1))
    models.work.figures = make_stats(completed=7, failed=0)
    page.refresh()
    assert page.sentence == "1 running · 2 waiting · nothing failed in the last 24 hours · 7 completed"
    models.work.figures = make_stats(completed=7, failed=1)
    models.work.figures_changed.emit()
    assert page.sentence == "1 running · 2 waiting · 1 failed in the last 24 hours · 7 completed"


async def test_state_and_search_ask_the_master(page: JobsPage, client: FakeClient) -> None:
    client.answers["jobs"] = Page(rows=[ROWS[2]])
    page.shown.setCurrentIndex(page.shown.findData("FAILED"))
    assert client.called("jobs")[-1][1]["state"] is JobState.FAILED
    assert page.model.rowCount() == 1
    client.answers["jobs"] = Page(rows=[])
    page.on_search("nowhere")
    assert page.search is not None
    page.search.setText("nowhere")
    page._ask()
    assert client.called("jobs")[-1][1]["q"] == "nowhere"
    assert page.nothing.isVisible()
    assert page.nothing.title.text() == "No job fits"
    client.answers["jobs"] = Page(rows=ROWS)
    page.nothing.button.click()
    assert (page.shown.currentIndex(), page.search.text(), page.model.rowCount()) == (0, "", 4)


async def test_without_a_job_one_button_makes_one(page: JobsPage, context: Context) -> None:
    context.models.jobs.replace_page([], None)
    assert page.nothing.title.text() == "No job has run yet"
    page.focus_first()
    page.nothing.button.click()
    assert len(page.findChildren(JobDialog)) == 1


@pytest.mark.parametrize(
    ("job_id", "able"),
    [
        ("j1", {"cancel", "folder"}),
        ("j2", {"cancel"}),
        ("j3", {"resubmit", "folder", "delete"}),
    ],
)
async def test_what_can_be_done(job_id: str, able: set[str], page: JobsPage, context: Context) -> None:
    assert context.models.status is not None
    context.models.status = msgspec.structs.replace(context.models.status, profile="/profile")
    page.open_job(job_id)
    assert page.table.chosen == [job_id]
    assert {name for name, button in page.panel.buttons.items() if button.isVisible()} == able


async def test_of_a_master_elsewhere_no_folder_is_offered(page: JobsPage, context: Context) -> None:
    assert context.models.status is not None
    context.models.status = msgspec.structs.replace(context.models.status, profile="/profile")
    folder = job_folder(context, ROWS[0])
    assert folder is not None
    assert folder.as_posix() == "/profile/jobs/j1"
    context.bridge.client.url = "http://10.0.0.7:3000"  # type: ignore[misc]
    assert job_folder(context, ROWS[0]) is None


async def test_cancel_then_force(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.open_job("j1")
    client.answers["cancel_job"] = make_running("j1", cancelling=True, version=2)
    press(page.panel.buttons["cancel"], qtbot)
    assert page.panel.pill.accessibleName() == "Cancelling"
    assert page.panel.buttons["cancel"].isHidden()
    press(page.panel.buttons["force"], qtbot)
    assert client.called("cancel_job") == [(("j1",), {}), (("j1",), {"force": True})]


async def test_run_again_opens_the_new_job(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.open_job("j3")
    client.answers["resubmit_job"] = make_pending("j9", resubmit_of="j3")
    press(page.panel.buttons["resubmit"], qtbot)
    assert page.table.chosen == ["j9"]
    assert page.panel.job is not None
    assert page.panel.job.id == "j9"
    page.panel.bar.setCurrentIndex(1)
    assert page.panel.details.lines["Submitted again from"] == "check (j3)"


async def test_delete_asks_and_leaves_those_that_run(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.table.selectAll()
    page.delete()
    dialog = page.findChildren(ConfirmDialog)[0]
    assert dialog.heading.text() == "Delete 2 jobs?"
    press(dialog.confirm_button, qtbot)
    assert not client.called("delete_job"), "it can be undone for a while"
    assert {row.id for row in page.model.values()} == {"j1", "j2"}
    await page.work.removals.finish()
    assert {args[0] for args, _more in client.called("delete_job")} == {"j3", "j4"}


async def test_deleted_jobs_come_back_as_they_are_now(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.open_job("j3")
    page.delete()
    with qtbot.waitSignal(page.offer) as told:
        press(page.findChildren(ConfirmDialog)[0].confirm_button, qtbot)
    assert told.args is not None
    title, _body, _level, undo = told.args
    assert title == "1 job(s) deleted"
    assert page.panel.job is None
    undo.act()
    assert {row.id for row in page.model.values()} == {"j1", "j2", "j3", "j4"}
    await page.work.removals.finish()
    assert not client.called("delete_job")


async def test_an_undo_that_comes_too_late_says_so(page: JobsPage, qtbot: QtBot) -> None:
    page.open_job("j3")
    page.delete()
    with qtbot.waitSignal(page.offer) as told:
        press(page.findChildren(ConfirmDialog)[0].confirm_button, qtbot)
    assert told.args is not None
    await page.work.removals.finish()
    with qtbot.waitSignal(page.notice) as said:
        told.args[3].act()
    assert said.args == ["1 job(s) could not be restored", "The 30 seconds are over.", "bad"]


async def test_refusals_of_several_are_told_with_names(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    client.errors["resubmit_job"] = ApiError(409, "ERR_CONFLICT", "It runs.")
    with qtbot.waitSignal(page.notice) as told:
        page.job_actions.obey("resubmit", ROWS[2:])
    assert told.args == ["2 job(s) refused it", "check: It runs.\nold: It runs.", "bad"]


async def test_the_menu_offers_what_fits(page: JobsPage) -> None:
    page.open_job("j3")
    page._open_menu(QPoint(10, 10))
    menu = page.findChildren(QMenu)[-1]
    offered = {one.text(): one.isEnabled() for one in menu.actions() if one.text()}
    menu.close()
    assert offered["Run again"]
    assert offered["Run again with changes…"]
    assert offered["Delete…"]
    assert not offered["Cancel job"]
    assert not offered["Force"]


async def test_a_job_that_is_not_loaded_is_asked_for(page: JobsPage, client: FakeClient) -> None:
    client.answers["job"] = lambda job_id: make_job(job_id, name="far away")
    page.open_job("j77")
    assert page.panel.job is not None
    assert page.panel.job.name == "far away"
    page.panel.closed.emit()
    assert page.panel.job is None


async def test_events_reach_the_panel(page: JobsPage, context: Context) -> None:
    send = context.bridge.send  # type: ignore[attr-defined]
    page.open_job("j1")
    ended = make_job("j1", name="sync", state=JobState.FAILED, reason=JobReason.TIMEOUT, version=3, error=Text(
        code="x", message="It took longer than 10 s."
    ))  # fmt: skip
    send("job.changed", ended)
    assert page.panel.pill.accessibleName() == "Failed"
    assert "It took longer than 10 s." in page.panel.facts
    send("job.deleted", Deleted(id="j1"))
    assert page.panel.job is None


async def test_after_a_gap_the_shown_job_is_asked_for(page: JobsPage, context: Context, client: FakeClient) -> None:
    page.open_job("j1")
    client.answers["job"] = lambda job_id: make_job(job_id, name="sync", version=9)
    client.answers["jobs"] = Page(rows=ROWS[2:])
    await context.models.work.reload_jobs()
    assert page.panel.job is not None
    assert (page.panel.job.id, page.panel.job.state) == ("j1", JobState.COMPLETED)


async def test_details_say_all_but_secrets(page: JobsPage, context: Context) -> None:
    job = make_job(
        "j5", exit_code="0:9", env={"A": "1", "B": "2"}, left_bytes=2048, stdout_bytes=4096, stragglers=2,
        time_limit_seconds=5400.0, credential_id="c1", result={"status": 200}, exclusive=True, memory_mb=256,
    )  # fmt: skip
    page.panel.show_job(job)
    lines = page.panel.details.lines
    assert lines["Exit code"] == "0:9 · killed by signal 9 (SIGKILL)"
    assert lines["Arguments"] == "-a\n/home\n/backup"
    assert lines["Environment"] == "A=1\nB=2"
    assert lines["Credential"] == "Backup key"
    assert lines["Time limit"] == "1:30:00"
    assert lines["Result"] == "status: 200"
    assert lines["Slots"] == "1 · alone on its worker"
    assert lines["Output"].endswith("2.0 KB were not kept")
    assert lines["Peak memory"] == "12.5 MB"
    assert lines["Waited"] == "0.2 s"


async def test_a_narrow_page_hides_columns(page: JobsPage, qtbot: QtBot) -> None:
    assert not page.table.isColumnHidden(RUNNER)
    page.resize(780, 560)
    qtbot.waitUntil(lambda: page.table.isColumnHidden(WORKER))
    assert page.table.isColumnHidden(RUNNER)
    assert page.table.columnWidth(NAME) > 120


async def test_statistics(page: JobsPage, client: FakeClient) -> None:
    group = JobGroup(
        key="backup", total=4, completed=3, failed=1, cancelled=0, shortest_ms=500, mean_ms=2000, longest_ms=9000
    )
    client.answers["job_stats"] = make_stats(
        total=4, completed=3, failed=1, success_rate=0.75, mean_ms=2000, reasons={"timeout": 1}, by_name=[group],
        by_worker=[group],
    )  # fmt: skip
    page.tabs.setCurrentIndex(STATISTICS)
    view = page.statistics
    assert page.search is not None
    assert page.search.isHidden()
    assert view.figures["rate"].text() == "75.0 %"
    assert view.figures["mean"].text() == "2.0 s"
    assert view.reasons.text() == "took too long: 1"
    assert view.jobs.rows[0].texts == ("backup", "4", "75 %", "1", "0.5 s", "2.0 s", "9.0 s")
    assert len(view.bars.bars) == 7
    view.set_days(30)
    assert len(view.bars.bars) == 30
    client.answers["job_stats"] = make_stats()
    view.reload()
    assert view.words == "No job in the last 30 days."
    view.notice.button.click()
    assert page.findChild(JobDialog) is not None
    client.errors["job_stats"] = ApiError(503, "ERR", "Not now.")
    view.reload()
    assert view.words == "Not now."


async def test_resources(page: JobsPage, client: FakeClient, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(RESOURCES)
    view = page.resources
    assert view.sentence.text() == "1 of 4 slots in use"
    assert view.holds.rows[0].texts[:5] == ("sync", "local-1", "1", "–", "In use")
    with qtbot.waitSignal(page.worker_wanted) as wanted:
        press(view.lines["local-1"][0], qtbot)
    assert wanted.args == ["local-1"]
    view._on_opened(view.holds.index(0, 0))
    assert page.table.chosen == ["j1"]
    rows = [
        WorkerSlots(
            worker_id=name, cpus=2, used_cpus=2, memory_mb=100, used_memory_mb=60, exclusive=name == "b", online=True
        )
        for name in ("a", "b")
    ]
    client.answers["job_resources"] = JobResources(workers=rows, reservations=[], pending=3, running=2)
    page.tabs.setCurrentIndex(RESOURCES)
    view.reload()
    assert set(view.lines) == {"a", "b"}
    assert view.sentence.text() == "4 of 4 slots in use · 3 job(s) waiting"
    assert view.lines["b"][3].text() == "2 of 2 slots · one job alone"
    assert view.lines["a"][4].text() == "60 of 100 MB"
    client.answers["job_resources"] = JobResources(workers=[], reservations=[], pending=0, running=0)
    view.reload()
    assert view.shown_state == "empty"
    with qtbot.waitSignal(page.workers_wanted):
        view.notice.button.click()


async def test_runners_lead_to_their_dialog(page: JobsPage, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(RUNNERS)
    assert set(page.runners.cards) == {"command", "script"}
    press(page.runners.cards["script"].button, qtbot)
    dialog = page.findChildren(JobDialog)[0]
    assert dialog.heading.text() == "New job: Script"


async def test_the_focus_goes_from_the_button_to_the_first_row(page: JobsPage, context: Context, qtbot: QtBot) -> None:
    context.models.jobs.replace_page([], None)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.focus_first()
    assert page.nothing.button.hasFocus()
    context.bridge.send("job.changed", make_running("j1"))  # type: ignore[attr-defined]
    context.models.jobs.settle()
    assert page.table.hasFocus()


async def test_a_mixed_choice_is_cancelled_where_it_goes_on(page: JobsPage, client: FakeClient) -> None:
    client.answers["cancel_job"] = lambda job_id, **_more: make_running(job_id, cancelling=True, version=2)
    client.answers["resubmit_job"] = lambda job_id: make_pending(f"{job_id}-again")
    page.job_actions.obey("cancel", ROWS)
    assert [args[0] for args, _more in client.called("cancel_job")] == ["j1", "j2"]
    page.job_actions.obey("force", ROWS)
    assert [args[0] for args, _more in client.called("cancel_job")][2:] == ["j1"]
    page.job_actions.obey("resubmit", ROWS)
    assert [args[0] for args, _more in client.called("resubmit_job")] == ["j3", "j4"]


async def test_keys(page: JobsPage, qtbot: QtBot) -> None:
    page.open_job("j3")
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert page.findChildren(ConfirmDialog)
    page.findChildren(ConfirmDialog)[0].reject()
    qtbot.keyClick(page.panel, Qt.Key.Key_Escape)
    assert page.panel.job is None


async def test_the_window_leads_here(
    context: Context, client: FakeClient, qtbot: QtBot, failures: Callable[[], list[BaseException]]
) -> None:
    client.answers["jobs"] = Page(rows=ROWS)
    await context.models.work.reload_jobs()
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.open_job("j3")
    page = window.pages["jobs"]
    assert isinstance(page, JobsPage)
    assert page.isVisible()
    assert page.table.chosen == ["j3"]
    assert context.models.status is not None
    context.models.status = msgspec.structs.replace(context.models.status, jobs=JobCounts(pending=2, running=1))
    context.models.status_changed.emit()
    badge = window.sidebar.buttons["jobs"]
    assert (badge.badge, badge.badge_kind) == ("3", "plain")
    window.come_forward()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.findChildren(JobDialog)
    assert not failures()
    window.close_for_good()


def test_jobs_are_rows(qapp: QApplication) -> None:
    assert all(isinstance(row, Job) for row in ROWS)
