"""Envelope, validation, answers and the splitting of batches.

Every message is ``{"type", "version": "v1", "payload", "timestamp", "request_id"}``; every answer is
``{"success": true, "data": …}`` or ``{"success": false, "error": {"code", "message"}}``.
"""

import time
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import msgspec

from worker.protocol.bases import Message
from worker.protocol.item_messages import CursorReport, ItemsDetected, Report
from worker.protocol.names import NAMES, TYPES
from worker.protocol.states import ErrorCode

VERSION: Final = "v1"
MAX_MESSAGE_BYTES: Final = 1024 * 1024
"""Largest message that is handled; more is answered with ``ERR_TOO_LARGE``."""
MAX_FRAME_BYTES: Final = 4 * 1024 * 1024
"""Largest frame that the transport takes at all."""
MAX_ITEM_TEXT_BYTES: Final = 64 * 1024
"""Longest text of an item; what is longer is cut and flagged."""
MAX_BATCH: Final = 100
"""Most reports in one batch."""

M = TypeVar("M", bound=Message)


class ProtocolError(Exception):
    """A message was refused. ``code`` is one of :class:`ErrorCode`, ``message`` says why in English."""

    def __init__(self, code: ErrorCode, message: str, request_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request_id = request_id


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it travels."""

    type: str
    version: str
    payload: dict[str, Any]
    timestamp: int
    request_id: str = ""


def now_ms() -> int:
    """Return the wall clock in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def encode(message: Message, request_id: str = "") -> dict[str, Any]:
    """Return the envelope of ``message`` as JSON-able builtins. Raises ``ProtocolError`` past the size limit."""
    payload = msgspec.to_builtins(message)
    envelope = {
        "type": NAMES[type(message)],
        "version": VERSION,
        "payload": payload,
        "timestamp": now_ms(),
        "request_id": request_id,
    }
    _check_size(envelope, request_id)
    return envelope


def decode(data: Any) -> tuple[Envelope, Message]:
    """Validate an incoming message. Raises ``ProtocolError`` that says what is wrong with it."""
    try:
        envelope = msgspec.convert(data, Envelope, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"not a message: {error}") from error
    if envelope.version != VERSION:
        raise ProtocolError(
            ErrorCode.UNSUPPORTED_VERSION,
            f"version {envelope.version[:20]!r} is not spoken here, {VERSION!r} is",
            envelope.request_id,
        )
    kind = TYPES.get(envelope.type)
    if kind is None:
        raise ProtocolError(
            ErrorCode.INVALID_PAYLOAD, f"no message is called {envelope.type[:60]!r}", envelope.request_id
        )
    _check_size(data, envelope.request_id)
    try:
        return envelope, msgspec.convert(envelope.payload, kind, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"{envelope.type}: {error}", envelope.request_id) from error


def answer(message: Message) -> dict[str, Any]:
    """Return the acknowledgement that carries ``message``."""
    return {"success": True, "data": msgspec.to_builtins(message)}


def refuse(code: ErrorCode, message: str) -> dict[str, Any]:
    """Return the acknowledgement of a refused message."""
    return {"success": False, "error": {"code": code.value, "message": message}}


def read_answer(data: Any, kind: type[M]) -> M:
    """Return the content of an acknowledgement. Raises ``ProtocolError`` when it is a refusal or malformed."""
    if not isinstance(data, dict) or "success" not in data:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "the answer is no acknowledgement")
    if data["success"] is not True:
        error = data.get("error") or {}
        try:
            code = ErrorCode(str(error.get("code")))
        except ValueError:
            code = ErrorCode.INTERNAL
        raise ProtocolError(code, str(error.get("message", "refused without a reason")))
    try:
        return msgspec.convert(data.get("data"), kind, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolError(ErrorCode.INVALID_PAYLOAD, f"answer: {error}") from error


def split_items(batch: ItemsDetected) -> Iterator[ItemsDetected]:
    """Split a batch so that each part stays under ``MAX_MESSAGE_BYTES`` and ``MAX_BATCH``.

    Each has the keys of its own items that were read, the last also the others and the cursor.
    """
    budget = MAX_MESSAGE_BYTES - 16 * 1024 - len(batch.cursor.value.encode() if batch.cursor else b"") * 2
    budget -= len(msgspec.json.encode(batch.read))
    parts: list[list[Report]] = [[]]
    size = 0
    for report in batch.reports:
        length = len(msgspec.json.encode(report)) + 1
        if parts[-1] and (size + length > budget or len(parts[-1]) >= MAX_BATCH):
            parts.append([])
            size = 0
        parts[-1].append(report)
        size += length
    left = set(batch.read)
    for index, reports in enumerate(parts):
        last = index == len(parts) - 1
        cursor: CursorReport | None = batch.cursor if last else None
        own = left & {report.item.key for report in reports}
        left -= own
        read = [key for key in batch.read if key in own or (last and key in left)]
        yield msgspec.structs.replace(batch, reports=reports, cursor=cursor, read=read)


def cut_text(value: str, limit: int = MAX_ITEM_TEXT_BYTES) -> tuple[str, bool]:
    """Return ``value`` cut to ``limit`` bytes of UTF-8 at a character, and whether it was cut."""
    raw = value.encode("utf-8", "replace")
    if len(raw) <= limit:
        return raw.decode("utf-8"), False
    return raw[:limit].decode("utf-8", "ignore"), True


def _check_size(envelope: Any, request_id: str) -> None:
    size = len(msgspec.json.encode(envelope))
    if size > MAX_MESSAGE_BYTES:
        raise ProtocolError(ErrorCode.TOO_LARGE, f"{size} bytes; a message has at most {MAX_MESSAGE_BYTES}", request_id)
