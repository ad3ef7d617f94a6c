"""The socket of a client: every event in order without gaps, every notification until it was acknowledged."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import msgspec

from master.api.events import Event
from master.api.links import ADMIN, CLIENT, Link
from master.api.messages import (
    HELLO,
    PUSH,
    REGISTER,
    RESYNC,
    SHOWN,
    Done,
    Hello,
    Missed,
    NotificationShown,
    Numbered,
    RegisterClient,
    Resync,
    Resynced,
    read_event,
)
from master.api.notifications import Notification
from master.api.rows import Row
from master.api.transports import ApiError, Transport
from master.libraries import socketio
from master.tasks import Tasks
from worker.protocol.codec import Envelope, ProtocolError

R = TypeVar("R", bound=Row)

Listener = Callable[[Event], None]
OnNotification = Callable[[list[Notification], bool], Awaitable[None]]
OnConnection = Callable[[bool, str], None]

RETRY_SECONDS: Final = (0.2, 5.0)
"""The first wait before a new attempt, and the longest."""
SHOWN_KEPT: Final = 1000
"""So many shown notifications are remembered: none is shown twice because an acknowledgement was lost."""

_TROUBLE = (socketio.exceptions.SocketIOError, ProtocolError, ApiError, OSError, TimeoutError, msgspec.ValidationError)

logger = logging.getLogger(__name__)


class Live:
    """Connects for ever. The callbacks run in the loop; ``listener`` and ``on_connection`` must not block."""

    def __init__(
        self,
        transport: Transport,
        *,
        device: RegisterClient | None,
        listener: Listener | None,
        on_notification: OnNotification | None,
        on_connection: OnConnection | None,
    ) -> None:
        """Without a ``device`` nothing is asked of ``/client``."""
        self._transport = transport
        self._device = device if on_notification is not None else None
        self._listener = listener
        self._on_notification = on_notification
        self._on_connection = on_connection
        self._tasks = Tasks()
        self._link: Link | None = None
        self._stream = ""
        self._seq = 0
        self._unheard = False
        """Somebody was told that there is no connection before there was any: what they asked for meanwhile failed."""
        self._waiting: list[Event] | None = []
        """Events that came while older ones are still asked for; None when none are."""
        self._hello: asyncio.Future[Hello]
        self._notices: asyncio.Queue[tuple[list[Notification], bool]] = asyncio.Queue()
        self._shown: deque[int] = deque(maxlen=SHOWN_KEPT)
        self._owed: deque[int] = deque(maxlen=SHOWN_KEPT)
        """Shown, but not acknowledged: the connection was lost, or an earlier one could not be shown."""
        self._unshown: set[int] = set()
        """What could not be shown; nothing behind it is acknowledged, or it would never be told again."""

    async def open(self) -> None:
        """Begin; returns after the first attempt to connect, whether it succeeded or not."""
        attempted = asyncio.Event()
        running = self._tasks.spawn(self._run(attempted), name="live connection")
        running.add_done_callback(lambda _: attempted.set())
        if self._device is not None:
            self._tasks.spawn(self._tell(), name="live notifications")
        await attempted.wait()

    async def close(self) -> None:
        """Disconnect and end."""
        await self._tasks.close()

    # ------------------------------------------------------------ connecting

    async def _run(self, attempted: asyncio.Event) -> None:
        failures, told = 0, ""
        while True:
            reason = ""
            link = Link(self._transport, [ADMIN] if self._device is None else [ADMIN, CLIENT], self._on_message)
            try:
                await self._connect(link)
                failures, told = 0, ""
                self._say(True, "")
                attempted.set()
                reason = await link.ended()
            except _TROUBLE as error:
                reason = str(error) or type(error).__name__
            finally:
                self._link = None
                await link.close()
            if reason != told:
                told = reason
                self._say(False, reason)
                self._unheard = self._unheard or not self._stream
            attempted.set()
            first, longest = RETRY_SECONDS
            await asyncio.sleep(min(first * 2.0**failures, longest) * random.uniform(0.8, 1.0))  # noqa: S311
            failures = min(failures + 1, 10)
            await self._transport.renew()

    async def _connect(self, link: Link) -> None:
        """Connect, take up the events where they ended, and learn what was missed."""
        self._waiting = []
        self._hello = asyncio.get_running_loop().create_future()
        await link.open()
        async with asyncio.timeout(link.ANSWER_SECONDS):
            hello = await self._hello
        if not self._stream and not self._unheard:
            self._stream, self._seq = hello.stream, hello.seq
        elif self._stream != hello.stream:
            self._begin_anew(hello)
        else:
            await self._catch_up(link, hello)
        self._link = link
        waiting, self._waiting = self._waiting, None
        for event in waiting:
            self._take(event)
        if self._device is not None:
            device = msgspec.structs.replace(self._device, shown=max(filter(self._is_settled, self._owed), default=0))
            missed = await link.call(CLIENT, REGISTER, device, Missed)
            if missed.notifications or self._owed:
                self._notices.put_nowait((missed.notifications, missed.digest))

    async def _catch_up(self, link: Link, hello: Hello) -> None:
        while True:
            answer = await link.call(ADMIN, RESYNC, Resync(stream=self._stream, since=self._seq), Resynced)
            if answer.events is None:
                self._begin_anew(hello)
                return
            for row in answer.events:
                self._read(row.type, row, row.request_id)
            if not answer.more or not answer.events:
                return

    def _begin_anew(self, hello: Hello) -> None:
        """What happened meanwhile cannot be told one by one: whoever keeps rows has to load them again."""
        self._stream, self._seq = hello.stream, hello.seq
        self._deliver(Event(stream=hello.stream, seq=0, type="resync", data=None))

    def _say(self, connected: bool, reason: str) -> None:
        if connected:
            logger.info("connected to %s", self._transport.url)
        else:
            logger.info("not connected to %s: %s", self._transport.url, reason)
        if self._on_connection is not None:
            self._on_connection(connected, reason)

    # ------------------------------------------------------------ events

    def _on_message(self, namespace: str, envelope: Envelope) -> None:
        if namespace == CLIENT:
            if envelope.type == PUSH:
                self._notices.put_nowait(([msgspec.convert(envelope.payload, Notification)], False))
        elif envelope.type == HELLO:
            if not self._hello.done():
                self._hello.set_result(msgspec.convert(envelope.payload, Hello))
        else:
            row = msgspec.convert(envelope.payload, Numbered)
            self._read(envelope.type, row, envelope.request_id, live=True)

    def _read(self, name: str, row: Numbered, request_id: str, live: bool = False) -> None:
        event = read_event(name, row, request_id)
        if event is None:
            # A newer master tells of something that this version has no word for; its number counts all the same.
            event = Event(stream=row.stream, seq=row.seq, type="", data=None)
        if live and self._waiting is not None:
            self._waiting.append(event)
        else:
            self._take(event)

    def _take(self, event: Event) -> None:
        """Hand an event on if it is the next one; a gap ends the connection, the next one mends it."""
        if event.seq:
            if event.stream != self._stream or event.seq <= self._seq:
                return
            if event.seq > self._seq + 1:
                if self._link is not None:
                    self._link.end(f"events {self._seq + 1} to {event.seq - 1} did not arrive")
                self._waiting = []
                return
            self._seq = event.seq
        if event.type:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)

    # ------------------------------------------------------------ notifications

    async def _tell(self) -> None:
        while True:
            notifications, digest = await self._notices.get()
            fresh = [notification for notification in notifications if notification.id not in self._shown]
            if fresh and not await self._show(fresh, digest):
                self._unshown.update(notification.id for notification in fresh)
                continue
            self._unshown.difference_update(notification.id for notification in fresh)
            self._shown.extend(notification.id for notification in fresh)
            self._owed.extend(notification.id for notification in notifications)
            await self._acknowledge()

    def _is_settled(self, number: int) -> bool:
        """Tell whether everything before a notification was shown."""
        return all(number < one for one in self._unshown)

    async def _show(self, notifications: list[Notification], digest: bool) -> bool:
        """Have them shown; False: they were not, and will be told again at the next connection."""
        if self._on_notification is None:
            return False
        try:
            await self._on_notification(notifications, digest)
        except Exception:
            # A guard: one notification that cannot be shown must not silence all that follow.
            logger.exception("%d notifications could not be shown", len(notifications))
            return False
        return True

    async def _acknowledge(self) -> None:
        """Acknowledge what was shown; what cannot be now is at the next connection."""
        while self._owed and self._is_settled(self._owed[0]):
            link = self._link
            if link is None:
                return
            try:
                await link.call(CLIENT, SHOWN, NotificationShown(id=self._owed[0]), Done)
            except ProtocolError as error:
                logger.info("the acknowledgement of notification %d was refused: %s", self._owed[0], error)
            except _TROUBLE as error:
                logger.info("notification %d could not be acknowledged: %s", self._owed[0], error)
                return
            self._owed.popleft()
