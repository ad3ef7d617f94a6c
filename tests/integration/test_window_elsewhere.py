"""A worker that is started elsewhere, from the window: added, joined with the token that it showed, stopped."""

import sys

import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from tests.helpers.deadlines import until
from tests.integration.test_external_workers import AWAY, elsewhere
from tests.integration.test_window_workers import page as page
from worker.protocol.states import WorkerState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")


def shown(kind):
    return next((one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()), None)


async def test_it_is_added_joins_with_its_token_and_is_stopped(page, tmp_path):
    page.add_worker()
    dialog = shown(WorkerDialog)
    dialog.set_values({"worker_id": AWAY, "name": "Away", "deployment_type": "external"})
    dialog.save()
    joining = await until(lambda: shown(JoinDialog), what="how it joins")
    await until(lambda: joining.token.text, what="its token")
    token, command = joining.token.text, joining.start_box.text.split()
    joining.reject()
    url = command[command.index("--connect") + 1]
    assert command[command.index("--id") + 1] == AWAY

    await until(lambda: page.model.get(AWAY) is not None, what="its row")
    page.refresh()
    page.open_worker(AWAY)
    assert page.panel.facts.startswith("Started elsewhere, has not joined yet")
    assert not page.panel.buttons["start"].isEnabled()
    with elsewhere(tmp_path / "attic", url, token) as worker:
        row = await until(
            lambda: (one := page.model.get(AWAY)) is not None and one.online and one, what="that it joined"
        )
        assert row.status is WorkerState.RUNNING
        assert row.pid == worker.process.pid
        page.refresh()
        assert f"process {row.pid}" in page.panel.facts
        page.command(AWAY, "stop")
        await until(lambda: page.model.get(AWAY).status is WorkerState.STOPPED, what="that it left")
        await until(lambda: worker.process.poll() is not None, what="the end of its process")
