"""What passes over ``/admin`` and ``/client``: the messages, and how they are checked.

Every message is ``{"type", "version": "v1", "payload", "timestamp", "request_id"}``, every acknowledgement
``{"success": true, "data": …}`` or ``{"success": false, "error": {"code", "message"}}``.

Events of ``/admin`` travel under their own name with the payload ``{"stream", "seq", "data"}``.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from master.api.accounts import Account
from master.api.events import PAYLOADS, Event, Unread
from master.api.items import Item
from master.api.notifications import Notification
from master.api.rows import Body, Row, RowId
from worker.protocol.codec import MAX_MESSAGE_BYTES, VERSION, Envelope, ProtocolError, now_ms
from worker.protocol.states import ErrorCode

R = TypeVar("R", bound=Row)

HELLO: Final = "hello"
RESYNC: Final = "resync"
REGISTER: Final = "client:register"
SHOWN: Final = "client:notification:ack"
READ: Final = "client:notification:read"
SYNC: Final = "client:sync:request"
PUSH: Final = "master:notification:push"
ITEM: Final = "master:item"
ACCOUNT: Final = "master:account:update"
UNREAD: Final = "master:unread"

Stream = Annotated[str, Meta(max_length=64)]
Sequence = Annotated[int, Meta(ge=0, le=2**53)]


class Hello(Row, frozen=True, kw_only=True):
    """First message of ``/admin``: events from ``seq`` + 1 on will come."""

    stream: str
    seq: int


class Resync(Body, frozen=True, kw_only=True):
    """Question: what came after ``since``?"""

    stream: Stream
    since: Sequence


class Numbered(Row, frozen=True, kw_only=True):
    """Payload of an event, and (with ``type``) a row of :class:`Resynced`."""

    stream: str
    seq: int
    data: Any
    type: str = ""
    request_id: str = ""


class Resynced(Row, frozen=True, kw_only=True):
    """Its answer. ``events`` null: begin anew at ``seq``. ``more``: ask again with the last of these."""

    stream: str
    seq: int
    events: list[Numbered] | None
    more: bool = False


class RegisterClient(Body, frozen=True, kw_only=True):
    """A device says who it is. An unknown one is told what comes from now on."""

    device_id: Annotated[str, Meta(min_length=1, max_length=128)]
    device_name: Annotated[str, Meta(max_length=128)] = ""
    shown: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """The last notification that it has shown, as far as it knows: its acknowledgement may have been lost."""


class Missed(Row, frozen=True, kw_only=True):
    """What a device has not shown yet, oldest first; ``digest``: one row that stands for more than 20."""

    notifications: list[Notification]
    digest: bool
    unread: Unread


class NotificationShown(Body, frozen=True, kw_only=True):
    """A device has shown this notification, and all before it."""

    id: RowId


class ReadItem(Body, frozen=True, kw_only=True):
    """The person has read an item."""

    item_id: RowId


class SyncRequest(Body, frozen=True, kw_only=True):
    """Question: what have I missed? The answer is as that to a registration."""


class Done(Row, frozen=True, kw_only=True):
    """The plain answer."""


ADMIN_MESSAGES: Final[Mapping[str, type[Body]]] = {RESYNC: Resync}
"""What ``/admin`` understands."""

CLIENT_MESSAGES: Final[Mapping[str, type[Body]]] = {
    REGISTER: RegisterClient,
    SHOWN: NotificationShown,
    READ: ReadItem,
    SYNC: SyncRequest,
}
"""What ``/client`` understands."""

PUSHES: Final[Mapping[str, type[Row]]] = {PUSH: Notification, ITEM: Item, ACCOUNT: Account, UNREAD: Unread}
"""What ``/client`` tells. A notification comes once by its number, so that nobody shows it twice; what becomes of it
after that (it is read, put away, a "N more" counts up) is told on ``/admin`` as ``notification.changed``."""


def encode(name: str, payload: Row | Body, request_id: str = "") -> dict[str, Any]:
    """Return a message as JSON-able builtins."""
    return {
        "type": name,
        "version": VERSION,
        "payload": msgspec.to_builtins(payload),
        "timestamp": now_ms(),
        "request_id": request_id,
    }


def encode_event(event: Event) -> dict[str, Any]:
    """Return an event as ``/admin`` sends it."""
    payload = Numbered(stream=event.stream, seq=event.seq, data=event.data, type=event.type)
    return encode(event.type, payload, event.request_id)


def decode(data: Any, kinds: Mapping[str, type[Body]]) -> tuple[Envelope, Body]:
    """Check a message that a client sent. Raises ``ProtocolError`` that says what is wrong with it."""
    envelope = read_envelope(data)
    kind = kinds.get(envelope.type)
    if kind is None:
        problem = f"no message is called {envelope.type[:60]!r}"
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, problem, envelope.request_id)
    try:
        size = len(msgspec.json.encode(data))
    except UnicodeEncodeError as error:
        problem = f"{envelope.type}: it has half of a character (a lone surrogate), which is no text"
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, problem, envelope.request_id) from error
    if size > MAX_MESSAGE_BYTES:
        problem = f"{size} bytes; a message has at most {MAX_MESSAGE_BYTES}"
        raise ProtocolError(ErrorCode.TOO_LARGE, problem, envelope.request_id)
    try:
        return envelope, msgspec.convert(envelope.payload, kind, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"{envelope.type}: {error}", envelope.request_id) from error


def read_envelope(data: Any) -> Envelope:
    """Check the outside of a message. Raises ``ProtocolError``."""
    try:
        envelope = msgspec.convert(data, Envelope, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"not a message: {error}") from error
    if envelope.version != VERSION:
        problem = f"version {envelope.version[:20]!r} is not spoken here, {VERSION!r} is"
        raise ProtocolError(ErrorCode.UNSUPPORTED_VERSION, problem, envelope.request_id)
    return envelope


def read_event(name: str, row: Numbered, request_id: str) -> Event | None:
    """Return the event with its data typed; None when this version knows no such event.

    Raises ``msgspec.ValidationError`` when its data is not what ``PAYLOADS`` says.
    """
    kind = PAYLOADS.get(name)
    if kind is None:
        return None
    data = msgspec.convert(row.data, kind, strict=True)
    return Event(stream=row.stream, seq=row.seq, type=name, data=data, request_id=request_id)


def accept(payload: Row) -> dict[str, Any]:
    """Return the acknowledgement that carries ``payload``."""
    return {"success": True, "data": msgspec.to_builtins(payload)}


def read_answer(data: Any, kind: type[R]) -> R:
    """Return the content of an acknowledgement. Raises ``ProtocolError`` when it is a refusal or malformed."""
    if not isinstance(data, dict) or "success" not in data:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "the answer is no acknowledgement")
    if data["success"] is not True:
        error = data.get("error")
        given = error if isinstance(error, dict) else {}
        known = {code.value: code for code in ErrorCode}
        code = known.get(str(given.get("code")), ErrorCode.INTERNAL)
        raise ProtocolError(code, str(given.get("message", "refused without a reason")))
    try:
        return msgspec.convert(data.get("data"), kind, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"answer: {error}") from error
