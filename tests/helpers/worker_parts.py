"""Parts of a worker for unit tests: a link without a network, a ledger without a thread."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.helpers.fake_master import FakeMaster, assignment
from tests.helpers.scripted.adapter import SCRIPTS, Script
from tests.helpers.virtual_time import run_virtually
from worker.protocol.account_messages import CheckEnded
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError, decode, encode
from worker.protocol.manifest import Capabilities, Field, Manifest
from worker.runtime.leases import Lease
from worker.runtime.ledger import Ledger
from worker.runtime.link import LinkDownError
from worker.runtime.outbox import Outbox
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Plugin, Registry
from worker.runtime.session import Session
from worker.runtime.shared import Shared
from worker.runtime.stats import Stats
from worker.runtime.tasks import Tasks
from worker.runtime.threads import Threads

T = TypeVar("T")


class InlineThreads:
    """Runs what should run on a thread at once."""

    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        """Run ``call``."""
        return call()


class FakeLink:
    """A link straight into a :class:`FakeMaster`, without a network. ``slow`` seconds go by before every answer."""

    def __init__(self) -> None:
        self.master = FakeMaster()
        self.slow = 0.0
        self.reconnects: list[str] = []
        self._up = asyncio.Event()
        self._up.set()

    @property
    def connected(self) -> bool:
        """Whether it is up."""
        return self._up.is_set()

    async def up(self) -> None:
        """Wait until it is up."""
        await self._up.wait()

    def cut(self) -> None:
        """Go down."""
        self._up.clear()

    def mend(self) -> None:
        """Come up."""
        self._up.set()

    def reconnect(self, why: str) -> None:
        """Note it."""
        self.reconnects.append(why)

    async def request(self, message: Message, kind: type[Any], timeout: float = 10.0) -> Any:
        """Answer as the fake master does."""
        if not self.connected:
            raise LinkDownError("cut")
        decode(encode(message))
        if self.slow:
            await asyncio.sleep(self.slow)
        master = self.master
        if type(message) in master.deaf:
            await asyncio.sleep(timeout)
            raise LinkDownError("no answer")
        refusal = master.refusals.get(type(message), lambda _: None)(message)
        if refusal is not None:
            raise ProtocolError(*refusal)
        master.heard.append(message)
        reply = master._reply(message)
        if type(message) in master.silent or not self.connected:
            raise LinkDownError("no answer")
        return reply


class Parts:
    """One worker without its process; use it as a context manager around a test."""

    def __init__(self, folder: Path, **capabilities: Any) -> None:
        self.link = FakeLink()
        self.master = self.link.master
        self.now = 0.0
        """The clock of the lease."""
        self.lease = Lease(lambda: self.now)
        self.lease.renew(0.0, 10**9)
        self.tasks = Tasks()
        self.stats = Stats()
        self.redactor = Redactor()
        self.resets: list[int] = []
        self.ledger = Ledger(folder / "ledger.db", InlineThreads(), lambda: self.resets.append(1))
        self.outbox = Outbox(self.ledger, self.link, self.tasks, self.stats)
        self.threads = Threads()
        self.manifest = Manifest(
            id="scripted",
            title={"en": "Scripted"},
            summary={"en": "s"},
            icon="S",
            color="#335577",
            capabilities=Capabilities(**capabilities),
            fields=[
                Field(name="file", type="text", title={"en": "File"}),
                Field(name="limit", type="number", title={"en": "Limit"}, default=5, minimum=1, maximum=9),
                Field(name="password", type="password", title={"en": "Password"}, secret=True, required=True),
            ],
        )
        self.plugin = Plugin(manifest=self.manifest, package="tests.helpers.scripted")
        self.registry = Registry({"scripted": self.plugin})
        self.shared = Shared(
            link=self.link,
            ledger=self.ledger,
            outbox=self.outbox,
            lease=self.lease,
            threads=self.threads,
            redactor=self.redactor,
            stats=self.stats,
            tasks=self.tasks,
            rng=random.Random(7),
        )
        self.sessions: list[Session] = []

    async def __aenter__(self) -> "Parts":
        await self.ledger.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        for session in self.sessions:
            await (await session.stop())
        await self.tasks.close()
        await self.ledger.close()
        self.threads.close()
        SCRIPTS.clear()

    def watch(self, script: Script, account_id: str = "a1", **fields: Any) -> Session:
        """Start a session that follows ``script``."""
        SCRIPTS[account_id] = script
        session = Session(assignment(account_id, **({"interval_seconds": 30} | fields)), self.plugin, self.shared)
        self.sessions.append(session)
        session.start()
        return session

    def ended(self, account_id: str = "a1") -> list[CheckEnded]:
        """Return what the master was told of the checks."""
        return self.master.ended(account_id)

    async def ends(self, count: int, account_id: str = "a1") -> list[CheckEnded]:
        """Wait until so many checks have ended."""
        for _ in range(100_000):
            if len(self.ended(account_id)) >= count:
                return self.ended(account_id)
            await asyncio.sleep(0.05)
        raise AssertionError(f"{len(self.ended(account_id))} of {count} checks ended")


def virtual(**capabilities: Any) -> Callable[[Callable[[Parts], Awaitable[None]]], Callable[[Path], None]]:
    """Run the test in virtual time, with the parts of a worker whose platform has ``capabilities``."""

    def wrap(test: Callable[[Parts], Awaitable[None]]) -> Callable[[Path], None]:
        # Named as pytest knows fixtures: it must not look for one called "parts".
        def run(tmp_path: Path) -> None:
            async def body() -> None:
                async with Parts(tmp_path, **capabilities) as parts:
                    await test(parts)

            run_virtually(body())

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return wrap


def gaps(times: list[float]) -> list[float]:
    """Return the seconds between one and the next."""
    return [after - before for before, after in itertools.pairwise(times)]
