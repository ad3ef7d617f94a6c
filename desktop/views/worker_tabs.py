"""The base of the tabs that show a worker in detail: loaded when they are seen, never for what is hidden."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.views.stand_ins import StandInView
from master.api.client import ApiError


class WorkerTab(StandInView):
    """Subclasses lay ``content`` out and load what it shows of a worker."""

    icon = "workers"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.worker_id = ""
        self._fresh = False

    # -- for subclasses

    def clear(self) -> None:
        """Show nothing of the worker before."""

    async def load(self, worker_id: str) -> None:
        """Load and show. Drop an answer when :attr:`worker_id` is another one by then."""
        raise NotImplementedError

    def tick(self) -> None:
        """A second went by while this tab is seen."""

    # -- for the panel

    def show_worker(self, worker_id: str) -> None:
        """Show another worker."""
        if worker_id == self.worker_id:
            return
        self.worker_id, self._fresh = worker_id, False
        self.clear()
        self.loading()
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Load, again or for the first time."""
        if self.worker_id:
            self._fresh = True
            self.context.run(self._load(self.worker_id))

    async def _load(self, worker_id: str) -> None:
        try:
            await self.load(worker_id)
        except ApiError as error:
            if worker_id == self.worker_id:
                self.fail(self.context.wording.refusal(error))

    def showEvent(self, event: QShowEvent) -> None:
        """Load what was put off."""
        super().showEvent(event)
        if not self._fresh:
            self.reload()
