"""The numbered events of this process: published after the commit, heard by sockets and models."""

import logging
import uuid
from collections import deque
from collections.abc import Callable
from typing import Final

from master.api.events import PAYLOADS, UNNUMBERED, Event
from master.api.rows import Row
from master.context import request_id
from master.services.pages import length_of

logger = logging.getLogger(__name__)

KEPT: Final = 10_000
"""So many numbered events can be asked for again."""

KEPT_CHARACTERS: Final = 16 * 1024 * 1024
"""… as long as the texts in them are no more than this together."""

Listener = Callable[[Event], None]


class Publisher:
    """Numbers events without gaps and hands each to all who subscribed, in order. Belongs to one event loop."""

    def __init__(self) -> None:
        self.stream: Final = uuid.uuid4().hex
        """New at every start: numbers of another stream mean nothing here."""
        self._seq = 0
        self._kept: deque[Event] = deque()
        self._characters = 0
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
        self._kept.append(event)
        self._characters += _characters(event)
        while len(self._kept) > KEPT or self._characters > KEPT_CHARACTERS:
            self._characters -= _characters(self._kept.popleft())

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
        return [event for event in self._kept if event.seq > seq] if missing else []


def _characters(event: Event) -> int:
    """Return the length of the parts of an event that may be long: the text of an item, what a job runs and found."""
    return sum(length_of(getattr(event.data, name, "")) for name in ("text", "spec", "env", "result"))
