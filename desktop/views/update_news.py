"""Tells once that there is a newer version, and asks once whether to look for such at all."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.dialogs.context import Context
from master.api.client import ApiError
from master.api.events import Event
from master.api.updates import UpdateState

WAIT_MS: Final = 20_000
"""After the first answer of the master: a start has other things to show."""


class UpdateNews(QObject):
    """``show_about`` opens what can be read and decided about it."""

    notice = Signal(str, str, str, object)
    """Title, body, level and button of a short message."""

    def __init__(
        self,
        context: Context,
        show_about: Callable[[], None],
        parent: QObject | None = None,
        *,
        wait_ms: int = WAIT_MS,
    ) -> None:
        super().__init__(parent)
        self._context, self._show_about = context, show_about
        self._asked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(wait_ms)
        self._timer.timeout.connect(lambda: context.run(self._load()))
        context.bridge.event_arrived.connect(self._on_event)
        context.models.status_changed.connect(self._on_status)

    def _on_status(self) -> None:
        """The master answers: ask it, once a window, when everything else is there."""
        status = self._context.models.status
        if not self._asked and status is not None and not status.demo:
            self._asked = True
            self._timer.start()

    async def _load(self) -> None:
        bridge = self._context.bridge
        try:
            self.take(await bridge.call(bridge.client.updates()))
        except ApiError:
            return  # About says why, to who looks

    def _on_event(self, event: Event) -> None:
        if event.type == "update.changed" and isinstance(event.data, UpdateState):
            self.take(event.data)

    def take(self, state: UpdateState) -> None:
        """Tell what is new in it."""
        settings, found = self._context.settings, state.available
        if found is not None and state.fits and settings.values.update_told != found.version:
            settings.update(update_told=found.version)
            self.notice.emit(
                self.tr("Watchkeeper {version} is there").format(version=found.version),
                "",
                "info",
                (self.tr("What is new"), self._show_about),
            )
        elif self._may_ask(state):
            settings.update(update_asked=True)
            self.notice.emit(
                self.tr("May Watchkeeper look for newer versions once a day?"),
                self.tr("Nothing is looked for before you decide."),
                "info",
                (self.tr("Decide"), self._show_about),
            )

    def _may_ask(self, state: UpdateState) -> bool:
        """Whoever is still setting things up is not asked."""
        if state.mode != "ask" or state.managed_by or not state.address or self._context.models.accounts.total == 0:
            return False
        return not self._context.settings.values.update_asked
