"""Answers and refusals, each in its envelope."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from master.api.rows import Failure
from master.errors import ServiceError, TooBusy
from worker.protocol.texts import Text

REQUEST_ID: Final = "X-Request-ID"
_HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_encoder: Final = msgspec.json.Encoder()


def succeed(data: Any, request_id: str, status: int = 200) -> web.Response:
    """Return the answer that carries ``data``."""
    raw = b'{"success":true,"data":' + _encoder.encode(data) + b"}"
    return web.Response(body=raw, status=status, headers={**_HEADERS, REQUEST_ID: request_id})


def fail(
    status: int,
    code: str,
    reason: Text,
    request_id: str,
    *,
    fields: Mapping[str, Text] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return the refusal of a request."""
    failure = Failure(
        code=code,
        message=reason.message,
        text=reason,
        fields={name: one.message for name, one in fields.items()} if fields else msgspec.UNSET,
        texts=dict(fields) if fields else msgspec.UNSET,
        request_id=request_id,
    )
    raw = b'{"success":false,"error":' + _encoder.encode(failure) + b"}"
    return web.Response(body=raw, status=status, headers={**_HEADERS, REQUEST_ID: request_id, **(headers or {})})


def fail_with(error: ServiceError, request_id: str) -> web.Response:
    """Return the refusal that a service asks for."""
    headers = {"Retry-After": str(max(1, round(error.retry_after)))} if isinstance(error, TooBusy) else None
    return fail(error.status, error.code, error.text, request_id, fields=error.fields, headers=headers)
