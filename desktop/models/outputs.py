"""One stream of one run of a job, read from where it is to where it ends: told pieces join, gaps are asked for."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import JobPrinted

Stream = Literal["stdout", "stderr"]
TAIL = 2 * 1024 * 1024
"""Of a stream that has ended so much of its end is read: more than the lines that are shown."""


class OutputReader(QObject):
    """Follows a stream. ``run`` starts a task on the GUI's loop."""

    began = Signal()
    """Another run is read from now on."""
    text_came = Signal(str)
    skipped = Signal(object)
    """So many bytes are not kept: any number, where Qt's own end at 2 GB."""
    cut = Signal(object)
    """So many bytes at the beginning are left out here; what was kept of them can be read."""
    ended = Signal()
    """All of it has come."""
    failed = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        wording: Wording,
        run: Callable[[Coroutine[Any, Any, Any]], object],
        stream: Stream,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._wording, self._run = bridge, wording, run
        self.stream: Stream = stream
        self.job_id = ""
        self.attempt: int | None = None
        self.offset = 0
        self.complete = False
        self._reading = False
        self._again = False
        self._turn = 0

    def show(self, job_id: str, attempt: int | None, size: int = 0) -> None:
        """Read another run; of ``size`` bytes known only the last part. An empty id reads nothing."""
        self._turn += 1
        self.job_id, self.attempt = job_id, attempt
        self.offset = max(0, size - TAIL)
        self.complete = False
        self.began.emit()
        if self.offset:
            self.cut.emit(self.offset)

    def read(self) -> None:
        """Ask for what is there beyond what has come."""
        if not self.job_id or self.complete:
            return
        if self._reading:
            self._again = True
        else:
            self._reading = True
            self._run(self._read_on())

    def on_printed(self, event: JobPrinted) -> None:
        """A piece was told: it joins what has come, or what lies between is asked for."""
        if event.job_id != self.job_id or event.stream != self.stream:
            return
        if event.attempt != (self.attempt or event.attempt) or event.next_offset <= self.offset:
            return
        if self._reading or event.offset != self.offset:
            self.read()
            return
        self.offset = event.next_offset
        self.text_came.emit(event.text)

    async def _read_on(self) -> None:
        try:
            while self.job_id and not self.complete:
                turn = self._turn
                call = self._bridge.client.job_output(self.job_id, self.stream, self.offset, self.attempt)
                try:
                    piece = await self._bridge.call(call)
                except ApiError as error:
                    if turn == self._turn:
                        self.failed.emit(self._wording.refusal(error))
                        return
                    continue
                if turn != self._turn:
                    continue
                if piece.skipped:
                    self.skipped.emit(piece.skipped)
                went_on = piece.next_offset != self.offset
                self.offset = piece.next_offset
                if piece.text:
                    self.text_came.emit(piece.text)
                if piece.complete:
                    self.complete = True
                    self.ended.emit()
                elif not went_on and not self._again:
                    return
                self._again = False
        finally:
            self._reading = False
