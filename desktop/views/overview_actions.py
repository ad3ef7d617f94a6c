"""What can be done right on the overview, each with what it then says."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.integration.account_batches import batch_accounts
from desktop.models.need_rows import Act, Need, Place
from desktop.views.account_actions import AccountActions
from master.api.schema import Account, Job

STOP_MS = 30_000


class OverviewActions(QObject):
    """``page`` is what dialogs are shown above."""

    notice = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: None, or words and what it does."""
    wanted = Signal(object)
    """The :class:`Place` that is to be shown."""
    add_account_wanted = Signal()
    changed = Signal()
    """The master's overview is another one now."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._accounts = AccountActions(context, page)
        self._accounts.notice.connect(lambda title, body, level: self.notice.emit(title, body, level, None))
        bridge = context.bridge
        self._requests: dict[Act, Callable[[Need], Coroutine[Any, Any, Any]]] = {
            "check": lambda need: self._check(list(need.targets)),
            "start_worker": lambda need: bridge.call(bridge.client.start_worker(need.targets[0])),
            "restart_worker": lambda need: bridge.call(
                bridge.client.restart_worker(need.targets[0], graceful=True, timeout_ms=STOP_MS)
            ),
            "acknowledge": lambda need: bridge.call(bridge.client.acknowledge_alert(int(need.targets[0]))),
            "resubmit": lambda need: self._resubmit(need.targets[0]),
            "run_schedule": lambda need: self._run_schedule(need.targets[0]),
            "back_up": lambda _need: self._back_up(),
        }

    def act(self, need: Need, where: QWidget) -> None:
        """Do what a row offers; ``where``: its button."""
        request = self._requests.get(need.act)
        if request is not None:
            working(self._context, where, request(need))
        elif need.act == "add_account":
            self.add_account_wanted.emit()
        elif need.act in ("sign_in", "edit") and (account := self._account(need)) is not None:
            if need.act == "sign_in":
                self._accounts.sign_in(account)
            else:
                AccountDialog(self._context, account, self._page.window()).open()
        else:
            self.wanted.emit(need.place)

    def cancel(self, job: Job, where: QWidget) -> None:
        """Cancel a job that runs."""
        working(self._context, where, self._cancel(job))

    def _account(self, need: Need) -> Account | None:
        return self._context.models.accounts.get(need.targets[0])

    async def _check(self, ids: list[str]) -> None:
        failed = await batch_accounts(self._context.bridge, "check", ids)
        if failed:
            words = self._context.wording.failures(failed, self._context.models.account_name)
            self.notice.emit(self.tr("%n account(s) could not be checked", "", len(failed)), words, "bad", None)

    async def _resubmit(self, job_id: str) -> None:
        bridge = self._context.bridge
        job: Job = await bridge.call(bridge.client.resubmit_job(job_id))
        self._started(job)

    async def _run_schedule(self, schedule_id: str) -> None:
        bridge = self._context.bridge
        job: Job = await bridge.call(bridge.client.run_schedule(schedule_id))
        self._started(job)

    def _started(self, job: Job) -> None:
        self._context.models.work.take(job)
        show = (self.tr("Open"), partial(self.wanted.emit, Place(kind="job", key=job.id)))
        self.notice.emit(self.tr("{name} was started").format(name=job.name), "", "info", show)
        self.changed.emit()

    async def _cancel(self, job: Job) -> None:
        bridge = self._context.bridge
        self._context.models.work.take(await bridge.call(bridge.client.cancel_job(job.id)))
        self.changed.emit()

    async def _back_up(self) -> None:
        bridge = self._context.bridge
        await bridge.call(bridge.client.make_backup())
        self.notice.emit(self.tr("A backup was made"), "", "info", None)
        self.changed.emit()
