"""What goes out to one listener: in order, at the listener's pace, merged where it may be."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, NamedTuple

from master.api.messages import encode
from master.api.rows import Row

MAX_WAITING: Final = 10_000
"""A listener that lets more than this wait is disconnected; it asks for the rest when it comes back."""
MAX_MERGED: Final = 5_000
"""Most different things that wait as their latest state; the oldest is dropped for a new one."""
MAX_IN_SOCKET: Final = 64
"""So many messages may wait in the socket itself."""
PAUSE_SECONDS: Final = 0.02

logger = logging.getLogger(__name__)


class Parcel(NamedTuple):
    """A message that is not encoded yet."""

    name: str
    payload: Row
    request_id: str


class Outlet:
    """A queue to one listener, emptied by :meth:`run`."""

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        in_socket: Callable[[], int],
        give_up: Callable[[], Awaitable[None]],
    ) -> None:
        """``in_socket`` tells how many messages wait in the socket; ``give_up`` disconnects the listener."""
        self._send = send
        self._in_socket = in_socket
        self._give_up = give_up
        self._parcels: deque[Parcel] = deque()
        self._merged: dict[Hashable, Parcel] = {}
        self._wake = asyncio.Event()
        self.dropped = 0
        """Parcels that were replaced by a newer one, or dropped, before they went out."""

    def put(self, parcel: Parcel) -> None:
        """Send this after all that were put before it. Never dropped: too many of them end the connection."""
        self._parcels.append(parcel)
        self._wake.set()

    def put_latest(self, key: Hashable, parcel: Parcel) -> None:
        """Send this, or whatever is put under the same key before its turn comes."""
        if self._merged.pop(key, None) is not None:
            self.dropped += 1
        elif len(self._merged) >= MAX_MERGED:
            self._merged.pop(next(iter(self._merged)))
            self.dropped += 1
        self._merged[key] = parcel
        self._wake.set()

    async def run(self) -> None:
        """Send for ever; ends when the listener was given up."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._parcels or self._merged:
                if len(self._parcels) > MAX_WAITING:
                    logger.warning("a listener does not keep up and is disconnected: %d wait", len(self._parcels))
                    await self._give_up()
                    return
                if self._in_socket() >= MAX_IN_SOCKET:
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                parcel = self._parcels.popleft() if self._parcels else self._merged.pop(next(iter(self._merged)))
                await self._send(encode(parcel.name, parcel.payload, parcel.request_id))
