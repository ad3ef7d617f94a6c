"""Requests about the master itself. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Any, Final
from urllib.parse import quote

from master.api.schema import (
    Beats,
    CatalogAnswer,
    Client,
    Health,
    JanitorReport,
    JanitorRun,
    LogRow,
    Machine,
    MachineSleep,
    Recovery,
    Settings,
    SettingsPatch,
    Status,
    Token,
    TokenCreate,
)
from master.api.transports import Transport, failure_of

RAW_SECONDS: Final = 300.0


class SystemCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def status(self) -> Status:
        """Return the counts that the window shows."""
        return await self._transport.call("GET", "/status", Status)

    async def health(self) -> Health:
        """Return whether the master is up (no token needed)."""
        return await self._transport.call("GET", "/health", Health)

    async def liveness(self) -> Health:
        """Return whether it is up."""
        return await self._transport.call("GET", "/liveness", Health)

    async def readiness(self) -> Health:
        """Return whether it is worth sending requests; 503 while it starts or stops."""
        return await self._transport.call("GET", "/readiness", Health)

    async def metrics(self) -> str:
        """Return all figures in the text format of Prometheus."""
        pieces: list[bytes] = []
        await self._transport.download("/metrics", pieces.append)
        return b"".join(pieces).decode()

    async def raw(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Return what a route answers, byte for byte; ``path`` is that below ``/api/v1``, with its query."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        async with self._transport.request(method, path, headers, body, None, RAW_SECONDS) as response:
            answer = await response.read()
            if response.status >= 400:
                raise failure_of(answer, response.status)
            return answer

    async def catalog(self) -> CatalogAnswer:
        """Return platforms, runners and deployments."""
        return await self._transport.call("GET", "/catalog", CatalogAnswer)

    async def beats(self) -> Beats:
        """Return all heartbeat bars."""
        return await self._transport.call("GET", "/beats", Beats)

    async def settings(self) -> Settings:
        """Return the settings of the master."""
        return await self._transport.call("GET", "/settings", Settings)

    async def patch_settings(self, body: SettingsPatch) -> Settings:
        """Change settings of the master."""
        return await self._transport.call("PATCH", "/settings", Settings, body=body)

    async def machine(self) -> Machine:
        """Return how the machine is that the master runs on: asleep or awake, on battery or not."""
        return await self._transport.call("GET", "/machine", Machine)

    async def machine_sleeps(self, asleep: bool) -> Machine:
        """Pass on what the system said: the master's machine is about to sleep, or woke up."""
        return await self._transport.call("POST", "/machine/sleep", Machine, body=MachineSleep(asleep=asleep))

    async def logs(
        self,
        source: str | None = None,
        level: str | None = None,
        q: str | None = None,
        before: int | None = None,
        limit: int = 200,
    ) -> list[LogRow]:
        """Return stored lines of the log, newest first: up to ``limit`` below the id ``before``."""
        query = {"source": source, "level": level, "q": q, "before": before, "limit": limit}
        return await self._transport.rows("/logs", LogRow, query=query)

    async def clients(self) -> list[Client]:
        """Return the devices that are told of notifications."""
        return await self._transport.rows("/clients", Client)

    async def tokens(self) -> list[Token]:
        """Return the named tokens, without their values."""
        return await self._transport.rows("/tokens", Token)

    async def create_token(self, body: TokenCreate) -> Token:
        """Make a named token; its value is only in this answer."""
        return await self._transport.call("POST", "/tokens", Token, body=body)

    async def revoke_token(self, token_id: str) -> None:
        """End a named token."""
        await self._transport.call("DELETE", f"/tokens/{quote(token_id, safe='')}", type(None))

    async def recovery(self) -> Recovery:
        """Return what the last start found and repaired."""
        return await self._transport.call("GET", "/recovery", Recovery)

    async def janitor(self, dry_run: bool = False) -> JanitorReport:
        """Clear away what is too old, or say what would be."""
        return await self._transport.call("POST", "/janitor", JanitorReport, body=JanitorRun(dry_run=dry_run))

    async def shutdown(self) -> None:
        """Ask the master to stop in order."""
        await self._transport.call("POST", "/shutdown", type(None))

    async def openapi(self) -> dict[str, Any]:
        """Return the description of this API."""
        document: dict[str, Any] = await self._transport.document("/openapi.json")
        return document
