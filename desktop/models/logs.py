"""A log of a million lines as a lazy table: only lines that are painted are read.

Filters run in slices of a few milliseconds between the window's other work; what has been found so far is shown.
"""

import time
from array import array
from bisect import bisect_left
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal

from desktop.models.rows import AnyIndex, LoadStatus, ObjectRole
from desktop.models.spools import LEVELS, SEGMENT, LogSpool
from desktop.words import CELL_LENGTH, Wording, cut_line, plain_tip
from master.api.schema import LogRow
from worker.protocol.log_messages import LogRecord

TIME, LEVEL, SOURCE, MESSAGE = range(4)
"""Columns."""
MAX_LINES = 1_250_000
SLICE_LINES = 4_000
SLICE_SECONDS = 0.008


class LogTableModel(QAbstractTableModel):
    """Lines oldest first. ``paused`` keeps new lines out of sight until it ends."""

    sources_changed = Signal()
    filtered = Signal()
    """A filter has run through all lines."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.load_status = LoadStatus(self)
        self.wording = wording
        self.first_id: int | None = None
        """Id of the oldest loaded line: older ones are asked for before it."""
        self.last_id: int | None = None
        """Id of the newest line, told or loaded; None before the first load."""
        self.exhausted = False
        """There are no older lines."""
        self._titles = (self.tr("Time"), self.tr("Level"), self.tr("Source"), self.tr("Message"))
        self._spool = LogSpool()
        self._order = array("I")
        self._history = 0
        self._shown = array("I")
        self._level = 0
        self._source = ""
        self._needle = ""
        self._paused_at: int | None = None
        self._scan = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._scan_on)
        self._closed = False

    # -- lines

    @property
    def total(self) -> int:
        """Lines loaded, hidden ones included."""
        return len(self._order)

    @property
    def sources(self) -> list[str]:
        """Who wrote a line."""
        return sorted(self._spool.sources)

    @property
    def filtering(self) -> bool:
        """A filter is still running."""
        return self._timer.isActive()

    @property
    def paused(self) -> bool:
        """New lines wait."""
        return self._paused_at is not None

    @property
    def waiting(self) -> int:
        """Lines that came while paused."""
        return len(self._order) - self._paused_at if self._paused_at is not None else 0

    def reload(self, rows: list[LogRow]) -> None:
        """Begin anew with the newest page (oldest first); a pause goes on after its last line."""
        if self._closed:
            return
        self.beginResetModel()
        self._spool.clear()
        self._history = 0
        self._order = array("I", self._spool.extend([row.record for row in rows]))
        self.first_id = rows[0].id if rows else None
        self.last_id = rows[-1].id if rows else None
        self.exhausted = not rows
        if self._paused_at is not None:
            self._paused_at = len(self._order)
        self.endResetModel()
        self.load_status.set_ready()
        self._filter()
        self.sources_changed.emit()

    def take_newest(self, rows: list[LogRow]) -> None:
        """Take the newest lines (oldest first): those that are new where they join the last one, else begin anew."""
        last = self.last_id
        if last is None or not rows or not rows[0].id <= last + 1 <= rows[-1].id + 1:
            self.reload(rows)
            return
        self.append([row.record for row in rows if row.id > last], last + 1)
        self.load_status.set_ready()

    def append(self, records: list[LogRecord], first_id: int | None = None) -> bool:
        """New lines, oldest first; ``first_id``: id of the first of them. Those that are there already are left out.

        False, and nothing is taken: lines between the last one and these did not arrive.
        """
        if first_id is not None and self.last_id is not None:
            if first_id > self.last_id + 1:
                return False
            records = records[self.last_id + 1 - first_id :]
            self.last_id += len(records)
        elif first_id is not None and records:
            self.first_id, self.last_id = first_id, first_id + len(records) - 1
        self._append(records)
        return True

    def _append(self, records: list[LogRecord]) -> None:
        if not records or self._closed:
            return
        known = len(self._spool.sources)
        fresh = self._spool.extend(records)
        self._order.extend(fresh)
        if not self._filtered:
            if not self.paused:
                self._show_more(array("I", fresh))
        elif not self._timer.isActive() and not self.paused:
            self._scan_on()
        if len(self._order) > MAX_LINES:
            self._drop_oldest()
        if len(self._spool.sources) != known:
            self.sources_changed.emit()

    def prepend(self, rows: list[LogRow]) -> None:
        """An older page (oldest first) goes on top."""
        if not rows or self._closed:
            self.exhausted = True
            return
        self.first_id = rows[0].id
        fresh = array("I", self._spool.extend([row.record for row in rows]))
        self._order = fresh + self._order
        self._history += len(fresh)
        self._scan += len(fresh)
        if self._paused_at is not None:
            self._paused_at += len(fresh)
        fits = fresh if not self._filtered else array("I", self._match(fresh[0], fresh[-1] + 1))
        if fits:
            self.beginInsertRows(QModelIndex(), 0, len(fits) - 1)
            self._shown = fits + self._shown
            self.endInsertRows()

    def set_filter(self, *, level: str = "", source: str = "", needle: str = "") -> None:
        """Show only lines at ``level`` or above, of ``source``, that contain ``needle``; empty does not restrict."""
        wanted = (next((n for n, one in enumerate(LEVELS) if one == level), 0), source, needle.strip())
        if wanted != (self._level, self._source, self._needle):
            self._level, self._source, self._needle = wanted
            self._filter()

    def pause(self, on: bool) -> None:
        """Keep new lines out of sight, or show those that waited."""
        if on and self._paused_at is None:
            self._paused_at = len(self._order)
        elif not on and self._paused_at is not None:
            begin, self._paused_at = self._paused_at, None
            if self._filtered:
                self._timer.start()
            else:
                self._show_more(self._order[begin:])

    def record_at(self, position: int) -> LogRecord | None:
        """Return the record shown at ``position``."""
        return self._spool.read(self._shown[position]) if 0 <= position < len(self._shown) else None

    def close(self) -> None:
        """Stop filtering and give the files back."""
        self._closed = True
        self._timer.stop()
        self.beginResetModel()
        self._order, self._shown = array("I"), array("I")
        self.endResetModel()
        self._spool.close()

    # -- filter

    @property
    def _filtered(self) -> bool:
        return bool(self._level or self._source or self._needle)

    def _limit(self) -> int:
        return len(self._order) if self._paused_at is None else self._paused_at

    def _filter(self) -> None:
        self._timer.stop()
        self.beginResetModel()
        self._scan = 0
        self._shown = array("I") if self._filtered else self._order[: self._limit()]
        self.endResetModel()
        if self._filtered:
            self._timer.start()
            self._scan_on()
        else:
            self.filtered.emit()

    def _scan_on(self) -> None:
        deadline = time.perf_counter() + SLICE_SECONDS
        limit, found = self._limit(), array("I")
        while self._scan < limit and time.perf_counter() < deadline:
            last = min(self._scan + SLICE_LINES, limit)
            found.extend(self._match_order(self._scan, last))
            self._scan = last
        if found:
            self._show_more(found)
        if self._scan >= limit:
            self._timer.stop()
            self.filtered.emit()
        elif not self._timer.isActive():
            self._timer.start()

    def _match_order(self, begin: int, end: int) -> list[int]:
        """Match a slice of the order: at most a few runs of numbers that grow by one."""
        found: list[int] = []
        at = begin
        while at < end:
            first = self._order[at]
            run = end - at
            if self._order[end - 1] - first != run - 1:
                run = next((step for step in range(1, run) if self._order[at + step] != first + step), run)
            found.extend(self._match(first, first + run))
            at += run
        return found

    def _match(self, first: int, last: int) -> list[int]:
        return self._spool.match(first, last, self._level, self._source, self._needle)

    def _show_more(self, numbers: "array[int]") -> None:
        if not numbers:
            return
        self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(numbers) - 1)
        self._shown.extend(numbers)
        self.endInsertRows()

    def _drop_oldest(self) -> None:
        floor = self._spool.first + SEGMENT
        cut = bisect_left(self._order, floor, lo=self._history)
        history = set(self._order[: self._history])
        lead = 0
        while lead < len(self._shown) and self._shown[lead] in history:
            lead += 1
        hidden = bisect_left(self._shown, floor, lo=lead)
        if hidden:
            self.beginRemoveRows(QModelIndex(), 0, hidden - 1)
            del self._shown[:hidden]
            self.endRemoveRows()
        del self._order[:cut]
        self._history = 0
        self._scan = max(0, self._scan - cut)
        if self._paused_at is not None:
            self._paused_at = max(0, self._paused_at - cut)
        self._spool.drop_oldest()
        self.exhausted = True

    # -- Qt's own

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Lines that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Time, level, source, message."""
        return 0 if parent.isValid() else 4

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The record, or a cell's text."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        if role == ObjectRole:
            return self._spool.read(self._shown[index.row()])
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        record = self._spool.read(self._shown[index.row()])
        column = index.column()
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == TIME:
                return self.wording.moment(record.at)
            return plain_tip(record.logger) if column == SOURCE else None
        if column == TIME:
            return time.strftime("%H:%M:%S", time.localtime(record.at / 1000)) + f".{record.at % 1000:03d}"
        if column == LEVEL:
            return self.wording.level(record.level)
        shown = record.source if column == SOURCE else record.message.split("\n", 1)[0]
        return cut_line(shown, CELL_LENGTH)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
