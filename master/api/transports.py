"""Requests to the master: the envelope taken off, refusals raised as :class:`ApiError`."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from master.api.rows import Failure, Page, Rows
from master.context import request_id
from worker.protocol.texts import Text

if TYPE_CHECKING:
    # Imported at the first request: a command's help and a word that a shell completes need none.
    from master.api.libraries import aiohttp

T = TypeVar("T")

PREFIX: Final = "/api/v1"
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 30.0
"""A request that may take longer says so."""

Query = Mapping[str, str | int | bool | None | list[str]]


class ApiError(Exception):
    """The master refused a request, or could not be reached (status 0, ``ERR_UNREACHABLE``).

    ``fields`` maps fields of the request to what is wrong with each; ``texts`` has the same with codes,
    ``text`` the message (None when the master gave none).
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Mapping[str, str] | None = None,
        texts: Mapping[str, Text] | None = None,
        request_id: str = "",
        text: Text | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.text = text
        self.fields = dict(fields or {})
        self.texts = dict(texts or {})
        self.request_id = request_id


class Success(msgspec.Struct, Generic[T], frozen=True):
    """The envelope of an answer."""

    data: T


class Refusal(msgspec.Struct, frozen=True):
    """The envelope of a refusal."""

    error: Failure


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Success[kind])


Look = Callable[[], tuple[str, str] | None]
"""Finds address and token of a master. It may read a file."""


class Transport:
    """One HTTP session to one master, made at the first request. Belongs to one event loop."""

    def __init__(self, url: str, token: str, *, fingerprint: bytes | None = None, look: "Look | None" = None) -> None:
        """``fingerprint``: SHA-256 of the only certificate that is accepted (https).

        ``look`` finds address and token of a master that was started again; None from it: there is none.
        """
        self.url = url.rstrip("/")
        self.token = token
        self._look = look
        self._fingerprint = fingerprint
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    def session(self) -> "aiohttp.ClientSession":
        """Return the session. Raises :class:`ApiError` after :meth:`close`."""
        if self._closed:
            raise ApiError(0, "ERR_UNREACHABLE", "the client is closed")
        if self._session is None:
            from master.api.libraries import aiohttp

            trusted: aiohttp.Fingerprint | bool = aiohttp.Fingerprint(self._fingerprint) if self._fingerprint else True
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trusted),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def renew(self) -> None:
        """Take over address and token of the master as they are now; every start of one makes another token."""
        found = await asyncio.to_thread(self._look) if self._look is not None else None
        if found is not None:
            self.url, self.token = found[0].rstrip("/"), found[1]

    async def close(self) -> None:
        """End the session; no request can be made after."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(
        self,
        method: str,
        path: str,
        kind: type[T],
        *,
        body: msgspec.Struct | None = None,
        query: Query | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> T:
        """Return the data of the answer as ``kind``. Raises :class:`ApiError`; waits at most ``seconds``."""
        raw, status = await self._send(method, path, body, query, seconds)
        return data_of(raw, status, kind)

    async def rows(self, path: str, kind: type[T], query: Query | None = None) -> list[T]:
        """Return all rows of a list, however many pages it has."""
        rows: list[T] = []
        wanted = dict(query or {})
        while True:
            answer: Rows[T] = await self.call("GET", path, Rows[kind], query=wanted)  # type: ignore[valid-type]
            rows += answer.rows
            if answer.next_cursor is None:
                return rows
            wanted["cursor"] = answer.next_cursor

    async def document(self, path: str) -> Any:
        """Return a JSON document that has no envelope."""
        raw, status = await self._send("GET", path, None, None, ANSWER_SECONDS)
        if status >= 400:
            raise failure_of(raw, status)
        try:
            return msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise _unreadable(status, error) from error

    async def download(self, path: str, write: Callable[[bytes], object], query: Query | None = None) -> int:
        """Hand the body of a document to ``write`` as it comes; return its size. Raises :class:`ApiError`."""
        from master.api.libraries import aiohttp

        number = request_id.get() or uuid.uuid4().hex
        size = 0
        try:
            async with self.session().get(
                f"{self.url}{PREFIX}{path}",
                headers={"Authorization": f"Bearer {self.token}", "X-Request-ID": number},
                params=_query(query or {}),
                # However long it takes as a whole, as long as something comes.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS),
                allow_redirects=False,
            ) as response:
                if response.status >= 400:
                    raise failure_of(await response.read(), response.status)
                async for piece in response.content.iter_chunked(65_536):
                    size += len(piece)
                    write(piece)
        except TimeoutError as error:
            raise ApiError(0, "ERR_TIMEOUT", f"nothing came for {ANSWER_SECONDS:.0f} s", request_id=number) from error
        except aiohttp.ClientError as error:
            problem = f"the download from {self.url} broke off: {error}"
            raise ApiError(0, "ERR_UNREACHABLE", problem, request_id=number) from error
        return size

    async def page(self, path: str, kind: type[Any], query: Query) -> Page:
        """Return one page of a list with rows of ``kind``."""
        rows: Rows[Any] = await self.call("GET", path, Rows[kind], query=query)  # type: ignore[valid-type]
        return Page(rows=rows.rows, next_cursor=rows.next_cursor, total=rows.total)

    async def _send(
        self, method: str, path: str, body: msgspec.Struct | None, query: Query | None, seconds: float
    ) -> tuple[bytes, int]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        content = msgspec.json.encode(body) if body is not None else None
        async with self.request(method, path, headers, content, query, seconds) as response:
            return await response.read(), response.status

    @contextlib.asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: "bytes | AsyncIterator[bytes] | None",
        query: Query | None,
        seconds: float,
    ) -> AsyncIterator["aiohttp.ClientResponse"]:
        """Send a request whose answer is read inside; what goes wrong on the way is :class:`ApiError`."""
        from master.api.libraries import aiohttp

        number = request_id.get() or uuid.uuid4().hex
        try:
            async with self.session().request(
                method,
                f"{self.url}{PREFIX}{path}",
                headers={"Authorization": f"Bearer {self.token}", "X-Request-ID": number, **headers},
                data=content,
                params=_query(query or {}),
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS),
                allow_redirects=False,
            ) as response:
                yield response
        except TimeoutError as error:
            raise ApiError(
                0, "ERR_TIMEOUT", f"the master did not answer within {seconds:.0f} s", request_id=number
            ) from error
        except aiohttp.ClientError as error:
            problem = f"the master at {self.url} cannot be reached: {error}"
            raise ApiError(0, "ERR_UNREACHABLE", problem, request_id=number) from error


def _query(query: Query) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, list):
            pairs += [(name, one) for one in value]
        else:
            pairs.append((name, str(value)))
    return pairs


def data_of(raw: bytes, status: int, kind: type[T]) -> T:
    """Return the data of an answer as ``kind``. Raises :class:`ApiError` for a refusal."""
    if status >= 400:
        raise failure_of(raw, status)
    wanted: Any = kind
    try:
        answer: T = _decoder(wanted).decode(raw).data
    except msgspec.DecodeError as error:
        raise _unreadable(status, error) from error
    return answer


def failure_of(raw: bytes, status: int) -> ApiError:
    try:
        failure = msgspec.json.decode(raw, type=Refusal).error
    except msgspec.DecodeError as error:
        return _unreadable(status, error)
    return ApiError(
        status,
        failure.code,
        failure.message,
        failure.fields or None,
        failure.texts or None,
        failure.request_id,
        text=failure.text or None,
    )


def _unreadable(status: int, error: msgspec.DecodeError) -> ApiError:
    return ApiError(status, "ERR_UNREADABLE", f"the answer (status {status}) is not readable: {error}")
