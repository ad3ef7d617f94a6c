"""Adapters of platforms over a context without a runtime."""

import asyncio
import contextlib
from typing import Any

from worker.platforms.imap.adapter import Adapter as ImapAdapter
from worker.sdk.testing import TestContext, poll_all, read_manifest


def imap_settings(dovecot: Any, mailbox: Any, security: str = "none", **more: Any) -> dict[str, Any]:
    """Return the settings of an account of ``mailbox``."""
    ports = {"none": dovecot.plain_port, "starttls": dovecot.starttls_port, "tls": dovecot.tls_port}
    settings = {"host": dovecot.host, "port": ports[security], "security": security, "username": mailbox.user}
    if security != "none":
        settings["ca_file"] = str(dovecot.ca_path)
    return settings | more


class Watched:
    """A mailbox that is polled: ``new`` returns the titles that a further poll finds."""

    def __init__(self, dovecot: Any, mailbox: Any, security: str = "none", **more: Any) -> None:
        settings = imap_settings(dovecot, mailbox, security, **more)
        self.context = TestContext(read_manifest("worker.platforms.imap"), settings, {"password": mailbox.password})
        self.adapter = ImapAdapter(self.context)
        self.cursor: str | None = None
        self.keys: set[str] = set()

    async def __aenter__(self) -> "Watched":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.adapter.close()

    async def first(self) -> list[str]:
        """Make the first check; return the titles that become known."""
        return [item.title for item in await self._poll()]

    async def new(self) -> list[str]:
        """Poll; return the titles whose keys the ledger would not know."""
        known = set(self.keys)
        return [item.title for item in await self._poll() if item.key not in known]

    async def items(self) -> list[Any]:
        """Poll; return all items as they are reported."""
        return await self._poll()

    async def _poll(self) -> list[Any]:
        items, self.cursor = await poll_all(self.adapter, self.cursor)
        self.keys |= {item.key for item in items}
        return items


@contextlib.asynccontextmanager
async def listening(adapter: Any) -> Any:
    """Listen in a task; it is cancelled at the end."""
    task = asyncio.create_task(adapter.listen())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
