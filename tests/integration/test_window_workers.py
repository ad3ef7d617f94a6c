"""The Workers page on a real master with real worker processes: a kill is seen, told and survived."""

import os
import signal
import sys

import pytest

from desktop.dialogs.rebalance_dialog import RebalanceDialog
from desktop.views.workers import WorkersPage
from master.api.schema import WorkerConfigCreate
from tests.helpers.deadlines import until
from tests.helpers.live_windows import live_context
from tests.helpers.masters import running_master, workers_run
from worker.protocol.states import WorkerState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals")


@pytest.fixture
async def page(profile, qapp, qtbot):
    async with running_master(profile) as (_master, client):
        await workers_run(client)
        async with live_context(client, qapp) as context:
            page = WorkersPage(context)
            qtbot.addWidget(page)
            page.resize(976, 740)
            page.show()
            yield page


def killed(page, worker_id):
    row = page.model.get(worker_id)
    return row is not None and row.restart_count == 1 and row.status is WorkerState.RUNNING and row.online


@pytest.mark.expects_log("SIGKILL")
async def test_a_killed_worker_in_the_window(page):
    models, worker_id = page.context.models, min(one.worker_id for one in page.model.values())
    page.open_worker(worker_id, "events")
    events = page.panel.tabs["events"]
    await until(lambda: events.model.rows, what="events of the start")
    os.kill(page.model.get(worker_id).pid, signal.SIGKILL)
    await until(lambda: killed(page, worker_id), what="the restart in the window")
    await until(
        lambda: any("SIGKILL" in page.context.wording.say(one.text) for one in events.model.rows),
        what="its death among the events, live",
    )
    await until(lambda: any(one.kind == "worker_crashed" for one in models.alerts.values()), what="an alert")
    page.refresh()
    assert "SIGKILL" in page.panel.facts

    for name in ("log", "health", "charts", "accounts"):
        page.panel.show_tab(name)
        tab = page.panel.tabs[name]
        await until(lambda tab=tab: tab.shown_state != "loading", what=name)
        assert tab.shown_state != "error", (name, tab.words)
    assert set(page.panel.tabs["health"].lines) >= {"process", "heartbeat", "lease", "memory", "cpu", "errors"}


async def test_batch_rebalance_and_what_is_left_of_a_deleted_worker(page, qtbot):
    client = page.context.bridge.client
    said = []
    page.notice.connect(lambda *words: said.append(words))
    page.grid.choose(list(page.cards))
    page.batch("restart")
    await until(lambda: said, what="the result of the batch")
    assert said == [("2 worker(s) restarted", "", "info")]

    dialog = RebalanceDialog(page.context)
    qtbot.addWidget(dialog)
    await until(lambda: dialog.report is not None, what="the preview")
    assert dialog.words == "The workers are even. Nothing would move."

    await client.create_worker_config(WorkerConfigCreate(worker_id="gone", name="gone", auto_start=False))
    await client.start_worker("gone")
    await workers_run(client, 3)
    await until(lambda: page.model.get("gone") is not None, what="its row")
    page.refresh()
    page.open_worker("gone", "log")
    log = page.panel.tabs["log"]
    await until(lambda: log.model.rowCount(), what="its log")
    await client.delete_worker_config("gone")
    await until(lambda: page.model.get("gone") is None, what="that it is deleted")
    page.refresh()
    assert "It was deleted" in page.panel.facts
    log.clear()
    log.reload()
    await until(lambda: log.model.rowCount(), what="the log of a deleted worker")
    page.panel.show_tab("events")
    await until(lambda: page.panel.tabs["events"].model.rows, what="the events of a deleted worker")
