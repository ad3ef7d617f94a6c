"""The redirect of a sign-in back to this machine: one answer on a port of its own, then nothing listens any more."""

import asyncio
import contextlib
import hmac
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

import msgspec

PATH: Final = "/callback"
LONGEST_LINE: Final = 16 * 1024
REQUEST_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 1.0
VISITS: Final = 20
"""So many may be under way at once; one more takes the place of the first. Browsers open some that they never use."""

_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Watchkeeper</title>'
    "<style>body{{font:16px system-ui,sans-serif;margin:15vh auto;max-width:32em;padding:0 1em;color:#1f2933;"
    "background:#fff}}h1{{font-size:1.4em}}p[lang=zh]{{color:#52606d}}</style>"
    '<h1>{title}</h1><p>{english}</p><p lang="zh">{chinese}</p></html>'
)
_HEADERS: Final = (
    "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nX-Content-Type-Options: nosniff\r\n"
    "Connection: close\r\n"
)


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """What a service sent back: a code, or why there is none."""

    code: str = ""
    error: str = ""
    description: str = ""

    def __repr__(self) -> str:
        return f"Redirect(error={self.error!r})"


def read_redirect(address: str, state: str) -> Redirect | None:
    """Return what an address carries; None when it is not the answer to our question (another ``state``)."""
    try:
        query = parse_qs(urlsplit(address).query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    found = {name: values[0] for name, values in query.items()}
    if not hmac.compare_digest(found.get("state", "").encode(), state.encode()):
        return None
    code, error = found.get("code", ""), found.get("error", "")
    if not code and not error:
        return None
    return Redirect(
        code=code if not error else "", error=error[:100], description=found.get("error_description", "")[:300]
    )


class Callback:
    """Listens on 127.0.0.1 while it is entered. :attr:`uri` is what the service is to lead back to."""

    def __init__(self, state: str) -> None:
        self.uri = ""
        self._state = state
        self._port = 0
        self._visits: dict[asyncio.StreamWriter, None] = {}
        self._answer: asyncio.Future[Redirect] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None
        self._left = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._visit, "127.0.0.1", 0, limit=LONGEST_LINE)
        self._port = self._server.sockets[0].getsockname()[1]
        self.uri = f"http://127.0.0.1:{self._port}{PATH}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        self._answer.cancel()
        for writer in self._visits:
            writer.transport.abort()
        if self._visits:
            # Each then reads the end of its connection.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._left.wait()

    async def wait(self) -> Redirect:
        """Return what the browser brought. A request without our state is refused and waited past."""
        return await asyncio.shield(self._answer)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visits[writer] = None
        self._left.clear()
        for earlier in list(self._visits)[:-VISITS]:
            earlier.transport.abort()
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                status, page, redirect = await self._read(reader)
                writer.write(f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {len(page)}\r\n\r\n".encode() + page)
                await writer.drain()
        except (TimeoutError, OSError, ValueError, EOFError):
            # ValueError: a line that is too long; nobody whose answer we wait for.
            return
        finally:
            writer.close()
            del self._visits[writer]
            if not self._visits:
                self._left.set()
        if redirect is not None and not self._answer.done():
            self._answer.set_result(redirect)
            if self._server is not None:
                self._server.close()

    async def _read(self, reader: asyncio.StreamReader) -> tuple[str, bytes, Redirect | None]:
        line = (await reader.readuntil(b"\n")).decode("latin-1")
        host = ""
        for _ in range(200):
            header = (await reader.readuntil(b"\n")).decode("latin-1").strip()
            if not header:
                break
            name, _, value = header.partition(":")
            if name.lower() == "host":
                host = value.strip()
        method, target = (*line.split(), "", "")[:2]
        if self._answer.done() or host != f"127.0.0.1:{self._port}":
            return "403 Forbidden", b"", None
        if method != "GET" or urlsplit(target).path != PATH:
            return "404 Not Found", b"", None
        redirect = read_redirect(target, self._state)
        if redirect is None:
            return "400 Bad Request", _page("Not this sign-in", *_STRANGE), None
        if redirect.error:
            return "200 OK", _page("Not signed in", *_REFUSED), redirect
        return "200 OK", _page("Back to Watchkeeper", *_DONE), redirect


_DONE: Final = ("You can close this page; Watchkeeper goes on by itself.", "您可以关闭此页面，Watchkeeper 会继续。")
_REFUSED: Final = ("The service gave no permission. Watchkeeper says why.", "服务未授予权限，原因见 Watchkeeper。")
_STRANGE: Final = (
    "This page does not belong to the sign-in that Watchkeeper waits for. Begin again there.",
    "此页面不属于 Watchkeeper 正在等待的登录，请在那里重新开始。",
)


def _page(title: str, english: str, chinese: str) -> bytes:
    return _PAGE.format(title=title, english=english, chinese=chinese).encode()
