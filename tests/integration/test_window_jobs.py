"""The Jobs and Schedules pages on a real master with real workers: live output over a kill, cancel, schedules."""

import os
import signal
import sys

import pytest

from desktop.dialogs.job_dialog import JobDialog
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.models.endings import running_jobs, stop_running
from desktop.views.jobs import RESOURCES, STATISTICS, JobsPage
from desktop.views.schedules import SchedulesPage
from tests.helpers.live_windows import live_context, until
from tests.helpers.masters import running_master, workers_run
from worker.protocol.states import JobState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals")

COUNT = (
    "import time\n"
    "for number in range(2000):\n    print(number, flush=True)\n    time.sleep(0.001)\n"
    "raise SystemExit(37)"
)
WAIT = "import time\nprint('ready', flush=True)\ntime.sleep(60)"


@pytest.fixture
async def context(profile, qapp):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        async with live_context(client, qapp) as context:
            await until(lambda: context.models.work.runner("command") is not None, what="the runners")
            yield context
            await stop_running(context.bridge)


def shown(page_class, context, qtbot):
    page = page_class(context)
    qtbot.addWidget(page)
    page.resize(1100, 740)
    page.show()
    return page


def submit(page, qtbot, runner, **values):
    page.new_job(runner)
    dialog = page.findChildren(JobDialog)[-1]
    dialog.fields.form.set_values(values)
    dialog.submit()
    return dialog


def state(page):
    return page.panel.job.state if page.panel.job is not None else None


def printed(page):
    page.panel.output.view.flush()
    return page.panel.output.view.toPlainText().split()


@pytest.mark.expects_log("SIGKILL")
async def test_a_job_goes_on_in_the_window_while_its_worker_is_killed(context, qtbot):
    page = shown(JobsPage, context, qtbot)
    arguments = {"spec.command": sys.executable, "spec.args": ["-c", COUNT], "name": "count"}
    dialog = submit(page, qtbot, "command", **arguments)
    await until(lambda: dialog.gone or dialog.problem, what="the submission")
    assert dialog.problem == ""
    await until(lambda: state(page) is JobState.RUNNING and len(printed(page)) > 50, what="live output")
    worker = context.models.workers.get(page.panel.job.worker_id)
    os.kill(worker.pid, signal.SIGKILL)

    def ended():
        page.tick()
        return state(page) is JobState.FAILED and page.panel.output.readers["stdout"].complete

    await until(ended, what="its end")
    assert printed(page) == [str(number) for number in range(2000)]
    assert page.panel.job.exit_code == "37:0"
    assert "37" in page.panel.facts
    assert (page.panel.job.attempts, context.models.jobs.total) == (1, 1)

    page.tabs.setCurrentIndex(STATISTICS)
    await until(lambda: page.statistics.figures["failed"].text() == "1", what="the statistics")
    await until(lambda: context.models.work.figures.failed == 1, what="the figures of the day")
    assert "1 failed in the last 24 hours" in page.sentence


async def test_cancel_run_again_and_delete(context, qtbot):
    page = shown(JobsPage, context, qtbot)
    dialog = submit(page, qtbot, "script", **{"spec.language": "python", "spec.code": WAIT, "name": "wait"})
    await until(lambda: dialog.gone or dialog.problem, what="the submission")
    assert dialog.problem == ""
    await until(lambda: printed(page) == ["ready"], what="live output")
    page.tabs.setCurrentIndex(RESOURCES)
    await until(lambda: len(page.resources.holds.rows) == 1, what="its reservation")
    page.tabs.setCurrentIndex(0)
    assert page.panel.able(page.panel.job)["folder"]
    first = page.panel.job.id
    page.panel.command.emit("cancel")
    await until(lambda: state(page) is JobState.CANCELLED, what="its end")
    page.panel.command.emit("resubmit")
    await until(lambda: page.panel.job.id != first, what="the new job")
    assert page.panel.job.resubmit_of == first
    await until(lambda: state(page) is JobState.RUNNING, what="its start")
    assert len(await running_jobs(context.bridge)) == 1
    assert await stop_running(context.bridge) == 0
    await until(lambda: state(page) is JobState.CANCELLED, what="its end")
    await context.bridge.client.delete_job(first)
    await until(lambda: context.models.jobs.total == 1, what="that one is gone")


async def test_errors_of_the_master_stand_at_their_fields(context, qtbot):
    page = shown(JobsPage, context, qtbot)
    wrong = {"spec.command": "x", "time_limit": "soon", "worker_label": "nowhere", "env": {"PATH": "/"}}
    dialog = submit(page, qtbot, "command", **wrong)
    rows = dialog.fields.form.rows
    await until(lambda: rows["time_limit"].error, what="the refusal")
    assert rows["worker_label"].error
    assert not dialog.gone
    dialog.reject()


async def test_a_schedule_runs_and_tells_its_history(context, qtbot):
    page = shown(SchedulesPage, context, qtbot)
    page.add()
    dialog = page.findChildren(ScheduleDialog)[-1]
    dialog.choose("command")
    form = dialog.fields.form
    form.set_values({"name": "ticks", "cron": "99 * * * *", "spec.command": sys.executable, "spec.args": ["-V"]})
    dialog.preview()
    await until(lambda: form.rows["cron"].error, what="what is wrong with the expression")
    form.set_values({"cron": "* * * * * *"})
    dialog.preview()
    preview = form.rows["cron"].input.preview
    await until(lambda: preview.text().startswith("Every second"), what="its words")
    assert preview.text().count("·") == 4
    dialog.save()
    await until(lambda: page.panel.schedule is not None, what="the schedule in the window")
    await until(lambda: len(page.panel.history.rows) > 1, what="its history")
    await until(lambda: page.panel.schedule.last_state is JobState.COMPLETED, what="how its last run ended")
    page.panel.command.emit("switch")
    await until(lambda: not page.panel.schedule.enabled, what="that it rests")
    assert page.sentence.startswith("0 of 1 switched on")
    count = context.models.jobs.total
    page.panel.command.emit("run")
    await until(lambda: context.models.jobs.total > count, what="a run by hand")
