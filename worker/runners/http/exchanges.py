"""One request and its answer, with all redirects on the way."""

import asyncio
import ssl
import time
from typing import Final
from urllib.parse import urljoin

import aiohttp
import msgspec

from worker.sdk.runner import Execution, JobReason, RunnerError, text

from .asks import Ask, origin, url_fault
from .credentials import SecretHeaders
from .faults import host_of, meaning, slow
from .redactions import Blotter

MAX_REDIRECTS: Final = 10
REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
PRIVATE: Final = frozenset(("authorization", "cookie", "cookie2", "host", "origin", "proxy-authorization", "referer"))
"""Headers of the job that are meant for one server: they go to no other either."""
HIDDEN: Final = frozenset(("set-cookie", "set-cookie2"))


class Answer(msgspec.Struct, kw_only=True):
    """What came back. ``url`` is where it came from at last; ``body`` is kept only for a check."""

    url: str
    status: int | None = None
    bytes: int = 0
    duration_ms: int = 0
    cut: bool = False
    """Larger than allowed."""
    body: bytearray = msgspec.field(default_factory=bytearray)


class Exchange:
    """Asks and prints: the body to stdout as it comes, status lines and headers to stderr."""

    def __init__(self, ask: Ask, secret: SecretHeaders, tls: ssl.SSLContext | bool, execution: Execution) -> None:
        self._ask = ask
        self._secret = secret
        self._tls = tls
        self._execution = execution
        self._blotter = Blotter(secret.values)
        self.answer = Answer(url=ask.url)

    async def run(self) -> None:
        """Fill :attr:`answer`. Raises ``RunnerError`` when none came, or not all of it."""
        begun = time.monotonic()
        # Nothing of the machine's own: no proxy, no .netrc, no cookies.
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None))
        try:
            async with asyncio.timeout(self._ask.timeout_seconds), session:
                await self._follow(session)
        except TimeoutError as error:
            answered = self.answer.status is not None
            raise slow(self.answer.url, self._ask.timeout_seconds, answered=answered) from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            raise meaning(error, self.answer.url) from error
        finally:
            self.answer.duration_ms = round((time.monotonic() - begun) * 1000)

    async def _follow(self, session: aiohttp.ClientSession) -> None:
        ask = self._ask
        url, method, body = ask.url, ask.method, ask.body
        query: dict[str, str] | None = ask.query
        headers = {name: value for name, value in ask.headers.items() if not self._is_secret(name)}
        headers |= self._secret.headers
        for _ in range(MAX_REDIRECTS + 1):
            self.answer.url, self.answer.status = url, None
            async with session.request(
                method, url, params=query, headers=headers, data=body, ssl=self._tls, allow_redirects=False
            ) as answer:
                self.answer.url = str(answer.url)
                self._tell(answer)
                target = answer.headers.get("Location", "")
                if not (ask.follow_redirects and answer.status in REDIRECTS and target):
                    self.answer.status = answer.status
                    await self._read(answer)
                    return
                url, query = self._next(str(answer.url), target), None
                if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                    method, body = ("HEAD" if method == "HEAD" else "GET"), None
                    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
                if origin(url) != origin(str(answer.url)):
                    headers = {name: value for name, value in headers.items() if not self._is_private(name)}
        raise RunnerError(JobReason.SCRIPT_ERROR, text("http_redirects", host=host_of(url)))

    def _next(self, url: str, target: str) -> str:
        """Return where a redirect leads. Raises ``RunnerError`` where none may go."""
        try:
            # Where it leads to on the page is nobody's concern.
            following = urljoin(url, target.strip()).partition("#")[0].replace(" ", "%20")
            fault = url_fault(following)
        except ValueError:
            fault = text("http_url_wrong")
        if fault is not None:
            words = text("http_redirect_wrong", host=host_of(url), detail=fault.message)
            raise RunnerError(JobReason.SCRIPT_ERROR, words)
        return following

    def _is_secret(self, name: str) -> bool:
        return name.lower() in {other.lower() for other in self._secret.headers}

    def _is_private(self, name: str) -> bool:
        return name.lower() in PRIVATE or self._is_secret(name)

    def _tell(self, answer: aiohttp.ClientResponse) -> None:
        version = answer.version
        spoken = f"HTTP/{version.major}.{version.minor}" if version is not None else "HTTP"
        lines = [f"{spoken} {answer.status} {answer.reason or ''}".rstrip()]
        for name, value in answer.headers.items():
            lines.append(f"{name}: {'…' if name.lower() in HIDDEN else self._blotter.text(value)}")
        words = "".join(f"{line}\n" for line in [*lines, ""])
        self._execution.write(self._blotter.text(words).encode("utf-8", "replace"), "stderr")

    async def _read(self, answer: aiohttp.ClientResponse) -> None:
        told = self.answer
        shown, complete = self._blotter.stream(), False
        try:
            async for chunk in answer.content.iter_any():
                room = self._ask.max_bytes - told.bytes
                told.cut = len(chunk) > room
                part = chunk[:room]
                told.bytes += len(part)
                self._execution.write(shown.add(part))
                if self._ask.json_path:
                    told.body += part
                if told.cut:
                    return
            complete = True
        finally:
            self._execution.write(shown.flush() if complete else shown.break_off())
