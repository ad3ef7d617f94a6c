"""Lines of the log in the window: the newest are loaded, then they arrive; what did not arrive is asked for."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from desktop.models.loads import Loads
from desktop.models.logs import LogTableModel
from desktop.models.rows import LoadStatus
from desktop.words import Wording
from master.api.schema import LogRow

PAGE: Final = 500
PAGES: Final = 10
"""So many pages of lines that did not arrive are asked for; a longer gap begins the log anew."""

Run = Callable[[Coroutine[Any, Any, Any]], object]


class Guard(Protocol):
    """Awaits a call of the client, or with ``calls`` false a coroutine that makes its calls itself.

    An error is told to the load states and comes back as None.
    """

    async def __call__(self, call: Coroutine[Any, Any, Any], *states: LoadStatus, calls: bool = True) -> Any:
        """Return its answer."""


class LogLoads(QObject):
    """The part of the window's picture that is the log."""

    def __init__(
        self, bridge: Bridge, wording: Wording, run: Run, loads: Loads, guard: Guard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._run, self._loads, self._guard = bridge, run, loads, guard
        self._filling = False
        self.logs = LogTableModel(wording, self)

    async def reload(self) -> None:
        """Load the newest lines; those that are there stay, and what did not arrive after them is filled in."""
        self.logs.load_status.set_loading()
        with self._loads.loading("logs"):
            rows = await self._guard(self._newest(), self.logs.load_status, calls=False)
            if rows is not None:
                self.logs.take_newest(rows)

    async def load_older(self) -> None:
        """Load the page before the oldest line."""
        if self.logs.exhausted or self.logs.first_id is None:
            return
        before = self.logs.first_id
        rows = await self._before(before)
        if self.logs.first_id == before:
            self.logs.prepend(rows)

    def take(self, data: Any) -> None:
        """Lines arrived (:class:`~master.api.events.LogBatch`)."""
        if not self.logs.append(data.records, data.first_id) and not self._filling:
            self._filling = True
            self._run(self._fill(data))

    async def _newest(self) -> list[LogRow]:
        """Return the newest lines by id, back to those that are loaded, at most :data:`PAGES` pages."""
        known, rows = self.logs.last_id, await self._before(None)
        for _page in range(PAGES - 1):
            if known is None or not rows or not known + 1 < rows[0].id:
                break
            older = await self._before(rows[0].id)
            if not older:
                break
            rows = older + rows
        return rows

    async def _before(self, before: int | None) -> list[LogRow]:
        call = self._bridge.client.logs(source=None, level=None, q=None, before=before, limit=PAGE)
        return sorted(await self._bridge.call(call), key=lambda row: row.id)

    async def _fill(self, data: Any) -> None:
        """Lines before ``data`` did not arrive: ask for them; go on without those that the master has not kept."""
        try:
            await self.reload()
            if not self.logs.append(data.records, data.first_id):
                self.logs.last_id = data.first_id - 1
                self.logs.append(data.records, data.first_id)
        finally:
            self._filling = False
