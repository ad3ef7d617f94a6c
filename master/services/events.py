"""The numbered events of this process: published after the commit, heard by sockets and models."""

import logging
import uuid
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from master.api.events import PAYLOADS, UNNUMBERED, Event
from master.api.rows import Row
from master.context import request_id

logger = logging.getLogger(__name__)

KEPT: Final = 10_000
"""So many numbered events can be asked for again."""

KEPT_BYTES: Final = 16 * 1024 * 1024
"""… as long as they are no more than this together."""

Listener = Callable[[Event], None]


class _Kept(NamedTuple):
    """A numbered event as it is kept: in bytes, a tenth of what its objects take."""

    seq: int
    type: str
    data: bytes
    request_id: str


class Publisher:
    """Numbers events without gaps and hands each to all who subscribed, in order. Belongs to one event loop."""

    def __init__(self) -> None:
        self.stream: Final = uuid.uuid4().hex
        """New at every start: numbers of another stream mean nothing here."""
        self._seq = 0
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._listeners: dict[object, Listener] = {}

    @property
    def seq(self) -> int:
        """Number of the last event, 0 before the first."""
        return self._seq

    def publish(self, name: str, data: Row, numbered: bool = True) -> Event:
        """Tell everybody. Types that are never numbered may leave ``numbered`` alone. ``KeyError``: no such type."""
        kind = PAYLOADS[name]
        if not isinstance(data, kind):
            raise TypeError(f"{name} carries {kind.__name__}, not {data.__class__.__name__}")
        counts = numbered and name not in UNNUMBERED
        if counts:
            self._seq += 1
        event = Event(
            stream=self.stream, seq=self._seq if counts else 0, type=name, data=data, request_id=request_id.get()
        )
        if counts:
            self._keep(event)
        for listener in tuple(self._listeners.values()):
            try:
                listener(event)
            except Exception:
                # A guard: what is told has happened already; one who cannot hear it must not undo it for the others.
                logger.exception("%s could not be heard by all", name)
        return event

    def _keep(self, event: Event) -> None:
        data = msgspec.msgpack.encode(event.data)
        self._kept.append(_Kept(event.seq, event.type, data, event.request_id))
        self._bytes += len(data)
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= len(self._kept.popleft().data)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` with every event from now on; it must not block. Returns what ends the subscription."""
        key = object()
        self._listeners[key] = callback

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def since(self, stream: str, seq: int) -> list[Event] | None:
        """Return the numbered events after ``seq``; None when they are not all known: begin anew then."""
        if stream != self.stream or seq < 0 or seq > self._seq:
            return None
        missing = self._seq - seq
        if missing > len(self._kept):
            return None
        return [self._event(kept) for kept in self._kept if kept.seq > seq] if missing else []

    def _event(self, kept: _Kept) -> Event:
        data = msgspec.msgpack.decode(kept.data, type=PAYLOADS[kept.type])
        return Event(stream=self.stream, seq=kept.seq, type=kept.type, data=data, request_id=kept.request_id)
