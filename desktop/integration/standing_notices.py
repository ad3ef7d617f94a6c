"""Which notices stand in the system's list, and which of them are settled by what happened elsewhere."""

from collections.abc import Callable, Iterable

from master.api.events import Deleted, Event, ItemsDeleted, ItemsRead, NotificationsSwept
from master.api.schema import Alert, Notification

KEPT = 200
"""The oldest are forgotten beyond so many; no system lists more."""
WAITING = "pending"
REMEMBERED = 5000
"""So many notifications are known by their number; the master tells of none that is older twice."""


class KnownNumbers:
    """The numbers of notifications that were shown, the newest of them: a window runs for months."""

    def __init__(self) -> None:
        self._numbers: dict[int, None] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def update(self, numbers: Iterable[int]) -> None:
        """Know these too."""
        self._numbers.update(dict.fromkeys(numbers))
        while len(self._numbers) > REMEMBERED:
            del self._numbers[next(iter(self._numbers))]


class StandingNotices:
    """The notifications that the system shows, by id, oldest first."""

    def __init__(self) -> None:
        self._rows: dict[int, Notification] = {}

    def put(self, row: Notification) -> None:
        """It stands there now, the newest."""
        self._rows.pop(row.id, None)
        self._rows[row.id] = row
        while len(self._rows) > KEPT:
            del self._rows[next(iter(self._rows))]

    def get(self, number: int) -> Notification | None:
        """Return one that stands there."""
        return self._rows.get(number)

    def take(self, number: int) -> Notification | None:
        """Return one and forget it."""
        return self._rows.pop(number, None)

    def take_all(self) -> list[int]:
        """Return the ids of all and forget them."""
        taken = list(self._rows)
        self._rows.clear()
        return taken

    def keep_only(self, numbers: set[int]) -> list[int]:
        """Forget all others, and return their ids."""
        return self._take_where(lambda row: row.id not in numbers)

    def settled_by(self, event: Event) -> list[int]:
        """Forget what an event has settled (read, dismissed, snoozed, deleted elsewhere); return the ids."""
        data = event.data
        if isinstance(data, ItemsRead):
            return self._take_where(lambda row: _was_read(row, data)) if data.read else []
        if isinstance(data, ItemsDeleted):
            gone = set(data.ids)
            return self._take_where(lambda row: row.item_id in gone)
        if isinstance(data, NotificationsSwept):
            swept = set(data.ids) if data.state != WAITING else set()
            return self._take_where(lambda row: row.id in swept)
        if isinstance(data, Notification):
            return self._take_where(lambda row: row.id == data.id) if data.state != WAITING else []
        if isinstance(data, Alert):
            return self._take_where(lambda row: row.alert_id == data.id) if data.acknowledged_at is not None else []
        if isinstance(data, Deleted) and event.type == "job.deleted":
            return self._take_where(lambda row: row.job_id == data.id)
        return []

    def grown_by(self, event: Event) -> Notification | None:
        """Return a notification that stands there and stands for more now: it has to be worded anew."""
        data = event.data
        if not isinstance(data, Notification) or data.state != WAITING:
            return None
        known = self._rows.get(data.id)
        return data if known is not None and data.count > known.count else None

    def __len__(self) -> int:
        return len(self._rows)

    def _take_where(self, fits: Callable[[Notification], bool]) -> list[int]:
        taken = [number for number, row in self._rows.items() if fits(row)]
        for number in taken:
            del self._rows[number]
        return taken


def _was_read(row: Notification, read: ItemsRead) -> bool:
    if row.item_id is None:
        return False
    if read.ids:
        return row.item_id in read.ids
    among = read.account_id is None or row.account_id == read.account_id
    return among and (read.until_id is None or row.item_id <= read.until_id)
