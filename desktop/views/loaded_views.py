"""The base of the tabs of a page that ask the master when they are seen, and again now and then."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.views.stand_ins import StandInView
from master.api.client import ApiError


class LoadedView(StandInView):
    """Subclasses lay ``content`` out and load what it shows."""

    poll_seconds = 30

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._ticks = 0
        self.loading()

    async def load(self) -> None:
        """Load and show; call :meth:`say` with nothing when there is something to see."""
        raise NotImplementedError

    def reload(self) -> None:
        """Load, again or for the first time."""
        self.context.run(self._load())

    async def _load(self) -> None:
        try:
            await self.load()
        except ApiError as error:
            self.fail(self.context.wording.refusal(error))

    def tick(self) -> None:
        """A second went by while this is seen."""
        self._ticks += 1
        if self._ticks % self.poll_seconds == 0:
            self.reload()

    def showEvent(self, event: QShowEvent) -> None:
        """Load what was put off, and what may be old."""
        super().showEvent(event)
        self.reload()
