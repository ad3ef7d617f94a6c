"""What can be done with workers: with one from its card or its details, with all chosen ones together."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.progress import working
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.integration.returns import Back, delete_worker
from desktop.models.workers import starts_elsewhere
from desktop.views.undo_offers import undo_by
from master.api.schema import Worker, WorkerBatch, WorkerCommand
from master.api.workers import WorkerAction
from worker.protocol.states import WorkerState

STOP_MS: Final = 30_000


def able_to(worker: Worker, command: str) -> bool:
    """Tell whether a worker can be told this now: ``start``, or any other that needs it to run."""
    if starts_elsewhere(worker) and command != "stop":
        return False
    status = worker.status
    at_rest = status in (WorkerState.STOPPED, WorkerState.ERROR)
    return at_rest or status is WorkerState.CRASHED if command == "start" else not at_rest


class WorkerActions(QObject):
    """``page`` is the page: its window is asked above."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self.context, self._page = context, page

    def batch(self, command: str, ids: list[str], where: QWidget) -> None:
        """Do one of ``start stop restart kill`` with all of them; ``where``: what was pressed."""
        if command == "kill" and ids and not self._others_run(ids):
            self._confirm_kill(ids)
        elif ids:
            working(self.context, where, self._batch(command, ids))

    def _others_run(self, ids: list[str]) -> bool:
        return any(
            row.status is WorkerState.RUNNING and row.worker_id not in ids
            for row in self.context.models.workers.values()
        )

    def _confirm_kill(self, ids: list[str]) -> None:
        ConfirmDialog(
            self.context,
            self.tr("Kill all running workers?"),
            self.tr("No worker would be left, and nothing is watched until one is started again."),
            self.tr("Kill"),
            lambda: self._batch("kill", ids),
            self._page.window(),
        ).open()

    async def _batch(self, command: str, ids: list[str]) -> None:
        bridge = self.context.bridge
        action = cast("WorkerAction", "stop" if command == "kill" else command)
        options = WorkerCommand(graceful=command != "kill", timeout_ms=STOP_MS)
        report = await bridge.call(
            bridge.client.batch_workers(WorkerBatch(action=action, worker_ids=ids, options=options))
        )
        done = {
            "start": self.tr("%n worker(s) started", "", report.success),
            "stop": self.tr("%n worker(s) stopped", "", report.success),
            "restart": self.tr("%n worker(s) restarted", "", report.success),
            "kill": self.tr("%n worker(s) killed", "", report.success),
        }[command]
        failed = [one for one in report.results if not one.success]
        if not failed:
            self.notice.emit(done, "", "info")
            return
        lines = [f"{one.worker_id}: {self.context.wording.say(one.error)}" for one in failed]
        title = self.tr("%n worker(s) failed", "", len(failed))
        self.notice.emit(title, "\n".join([*lines, done] if report.success else lines), "bad")

    def obey(self, worker_id: str, command: str, where: QWidget) -> None:
        """Do one of ``start stop restart kill join edit delete`` with one worker; ``where``: what was pressed."""
        client, call = self.context.bridge.client, self.context.bridge.call
        acts: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "start": lambda: call(client.start_worker(worker_id)),
            "stop": lambda: call(client.stop_worker(worker_id, graceful=True, timeout_ms=STOP_MS)),
            "restart": lambda: call(client.restart_worker(worker_id, graceful=True, timeout_ms=STOP_MS)),
            "kill": lambda: call(client.stop_worker(worker_id, graceful=False, timeout_ms=STOP_MS)),
            "edit": lambda: self._edit(worker_id),
        }
        if command == "delete":
            self._delete(worker_id)
        elif command == "join":
            self.show_joining(worker_id)
        else:
            working(self.context, where, acts[command]())

    def show_joining(self, worker_id: str) -> None:
        """Show how a worker that is started elsewhere joins."""
        row = self.context.models.workers.get(worker_id)
        if row is not None and starts_elsewhere(row):
            JoinDialog(self.context, worker_id, row.name, self._page.window()).open_known()

    async def _edit(self, worker_id: str) -> None:
        config = await self.context.bridge.call(self.context.bridge.client.worker_config(worker_id))
        WorkerDialog(self.context, config, self._page.window(), self._offer_back).open()

    def _delete(self, worker_id: str) -> None:
        ConfirmDialog(
            self.context,
            self.tr("Delete {name}?").format(name=worker_id),
            self.tr("It is stopped, and its accounts go to other workers. Nothing that was found is lost."),
            self.tr("Delete worker"),
            lambda: self._delete_now(worker_id),
            self._page.window(),
        ).open()

    async def _delete_now(self, worker_id: str) -> None:
        row = self.context.models.workers.get(worker_id)
        runs = row is not None and able_to(row, "stop")
        self._offer_back(worker_id, await delete_worker(self.context.bridge, worker_id, runs=runs))

    def _offer_back(self, worker_id: str, back: Back) -> None:
        undo = undo_by(self.context, self._page, back)
        self.offer.emit(self.tr("{name} was deleted").format(name=worker_id), "", "info", undo)
