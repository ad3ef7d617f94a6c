"""``/admin``: every event, numbered without gaps; rows are read by REST."""

from functools import partial
from typing import Any, Final

import msgspec

from master.api.events import Checking, Event, HeartbeatSeen
from master.api.messages import ADMIN_MESSAGES, HELLO, Hello, Numbered, Resync, Resynced
from master.services.services import Services
from master.sockets.listeners import Listener, ListenerNamespace
from master.sockets.outlets import Parcel

RESYNC_BYTES: Final = 512 * 1024
"""An answer to ``resync`` ends once it is larger than this; the client asks again for the rest."""


class AdminNamespace(ListenerNamespace):
    """Admin tokens only."""

    def __init__(self, services: Services) -> None:
        super().__init__("/admin", services, scopes=("admin",), messages=ADMIN_MESSAGES)
        self._handlers = {Resync: self._on_resync}

    def welcome(self, sid: str) -> Listener:
        """Greet with the present number; whatever is published from now on follows."""
        listener = super().welcome(sid)
        publisher = self._services.publisher
        listener.outlet.put(Parcel(HELLO, Hello(stream=publisher.stream, seq=publisher.seq), ""))
        self.listen(listener, partial(_pass_on, listener))
        return listener

    async def _on_resync(self, listener: Listener, message: Resync) -> Resynced:
        publisher = self._services.publisher
        events = publisher.since(message.stream, message.since)
        if events is None:
            return Resynced(stream=publisher.stream, seq=publisher.seq, events=None)
        rows: list[Numbered] = []
        size = 0
        for event in events:
            rows.append(_numbered(event))
            size += len(msgspec.json.encode(rows[-1]))
            if size > RESYNC_BYTES:
                break
        more = len(rows) < len(events)
        return Resynced(stream=publisher.stream, seq=publisher.seq, events=rows, more=more)


def _pass_on(listener: Listener, event: Event) -> None:
    parcel = Parcel(event.type, _numbered(event), event.request_id)
    if event.seq:
        listener.outlet.put(parcel)
    else:
        listener.outlet.put_latest(_key_of(event.data), parcel)


def _key_of(data: Any) -> object:
    """Return what an unnumbered event is merged under: only its latest counts."""
    if isinstance(data, Checking):
        return "checking", data.account_id
    if isinstance(data, HeartbeatSeen):
        return "heartbeat", data.worker_id
    # Lines of the log are never merged; the oldest are dropped when too much waits.
    return object()


def _numbered(event: Event) -> Numbered:
    return Numbered(stream=event.stream, seq=event.seq, data=event.data, type=event.type, request_id=event.request_id)
