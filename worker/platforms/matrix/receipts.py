"""How far each room has been read: by this account's other devices, and here. No network in here.

A receipt speaks of all events up to one. Which of them were told is remembered, the newest of each room.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from .events import Event

RECEIPT: Final = "m.receipt"
FULLY_READ: Final = "m.fully_read"
KINDS: Final = ("m.read", "m.read.private")
MAX_ROOMS: Final = 500
MAX_EVENTS: Final = 100


class Told:
    """The told events by room, with their time in UTC milliseconds."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, int]] = {}

    def note(self, room: str, event: str, moment: int) -> None:
        """Remember a told event."""
        events = self._rooms.pop(room, {})
        self._rooms[room] = events
        events[event] = moment
        while len(events) > MAX_EVENTS:
            del events[next(iter(events))]
        while len(self._rooms) > MAX_ROOMS:
            del self._rooms[next(iter(self._rooms))]

    def knows(self, room: str) -> bool:
        """Whether anything of a room is remembered."""
        return bool(self._rooms.get(room))

    def place(self, event: str) -> tuple[str, int] | None:
        """Return room and time of a told event."""
        for room, events in self._rooms.items():
            if event in events:
                return room, events[event]
        return None

    def take_until(self, room: str, moment: int) -> list[str]:
        """Return the told events of a room up to a time, and forget them."""
        events = self._rooms.get(room, {})
        read = [event for event, made in events.items() if made <= moment]
        for event in read:
            del events[event]
        return read


def read_up_to(me: str, ephemeral: Sequence[Event], account_data: Sequence[Event]) -> list[str]:
    """Return the events up to which we have read a room, as its receipts and our own marker say."""
    found = dict.fromkeys(_receipts(me, ephemeral))
    for event in account_data:
        content = event.get("content")
        name = content.get("event_id") if event.get("type") == FULLY_READ and isinstance(content, dict) else None
        if isinstance(name, str) and name:
            found[name] = None
    return list(found)


def _receipts(me: str, ephemeral: Sequence[Event]) -> Iterator[str]:
    for event in ephemeral:
        content = event.get("content")
        if event.get("type") != RECEIPT or not isinstance(content, dict):
            continue
        for name, kinds in content.items():
            if isinstance(kinds, dict) and any(_has(kinds.get(kind), me) for kind in KINDS):
                yield name


def _has(users: Any, me: str) -> bool:
    return isinstance(users, dict) and me in users
