"""Bodies that are no JSON: sent and received in pieces, so that no size is held in memory."""

import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Final, TypeVar

import msgspec

from master.api.transports import Query, Transport, data_of, failure_of

T = TypeVar("T")
OnBytes = Callable[[int], object]

PIECE_BYTES: Final = 256 * 1024
FILE_SECONDS: Final = 900.0


async def download(
    transport: Transport,
    method: str,
    path: str,
    target: IO[bytes],
    *,
    body: msgspec.Struct | None = None,
    query: Query | None = None,
    on_bytes: OnBytes | None = None,
) -> int:
    """Write the answer into ``target`` and return its length in bytes. Raises :class:`ApiError`, ``OSError``.

    ``on_bytes`` is told of every piece.
    """
    content = None if body is None else msgspec.json.encode(body)
    headers = {} if body is None else {"Content-Type": "application/json"}
    size = 0
    async with transport.request(method, path, headers, content, query, FILE_SECONDS) as response:
        if response.status >= 400:
            raise failure_of(await response.read(), response.status)
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            target.write(piece)
            size += len(piece)
            if on_bytes is not None:
                on_bytes(len(piece))
    return size


async def upload(
    transport: Transport,
    path: str,
    kind: type[T],
    source: bytes | Path,
    *,
    query: Query | None = None,
    on_bytes: OnBytes | None = None,
) -> T:
    """Send bytes or a file and return the answer's data as ``kind``. Raises :class:`ApiError`, ``OSError``."""
    headers = {"Content-Type": "application/octet-stream"}
    # Opened before the request: a file that is not there is no fault of the master.
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        async with transport.request("POST", path, headers, _pieces(file, on_bytes), query, FILE_SECONDS) as response:
            return data_of(await response.read(), response.status, kind)


async def _pieces(file: IO[bytes], on_bytes: OnBytes | None) -> AsyncIterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece
        if on_bytes is not None:
            on_bytes(len(piece))
