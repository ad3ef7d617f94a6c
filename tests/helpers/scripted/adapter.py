"""An adapter that does what a test wrote into its script."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from worker.sdk.platform import Context, Item, ItemKind, Platform, Poll, Probe, make_item

Step = Poll | BaseException | Callable[[str | None], Awaitable[Poll]]


class Script:
    """What the adapter of one account does, and what was asked of it."""

    def __init__(self, *polls: Step) -> None:
        self.polls: deque[Step] = deque(polls)
        self.listens: deque[bool | BaseException] = deque()
        self.probe: Probe | BaseException = Probe(identity="me")
        self.cursors: list[str | None] = []
        """With which each poll was asked."""
        self.times: list[float] = []
        self.running = 0
        self.most_running = 0
        self.listening = 0
        self.made = 0
        self.closed = 0
        self.closing = 0.0
        """Seconds that letting the adapter go takes."""
        self.secrets: list[dict[str, Any]] = []
        self.ask_secret = False
        self.news = asyncio.Event()


SCRIPTS: dict[str, Script] = {}
"""By account id; ``""`` is for test connections."""


class Adapter(Platform):
    """Follows the script; past its end nothing is new."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.script = SCRIPTS[context.account_id]
        self.script.made += 1

    async def probe(self) -> Probe:
        """Return, or raise, what the script says."""
        async with self.context.step("step_sign_in"):
            await self._ask()
            if isinstance(self.script.probe, BaseException):
                raise self.script.probe
        return self.script.probe

    async def poll(self, cursor: str | None) -> Poll:
        """Do the next step."""
        script = self.script
        assert script.listening == 0, "listen must be cancelled before poll begins"
        script.cursors.append(cursor)
        script.times.append(asyncio.get_running_loop().time())
        script.running += 1
        script.most_running = max(script.most_running, script.running)
        try:
            await self._ask()
            step = script.polls.popleft() if script.polls else Poll()
            if isinstance(step, BaseException):
                raise step
            return step if isinstance(step, Poll) else await step(cursor)
        finally:
            script.running -= 1

    async def listen(self) -> bool:
        """Do the next step; past the last, wait for ``news``."""
        script = self.script
        script.listening += 1
        try:
            if script.listens:
                step = script.listens.popleft()
                if isinstance(step, BaseException):
                    raise step
                return step
            await script.news.wait()
            script.news.clear()
            return True
        finally:
            script.listening -= 1

    async def close(self) -> None:
        """Take as long as the script says, and count."""
        await asyncio.sleep(self.script.closing)
        self.script.closed += 1

    async def _ask(self) -> None:
        if self.script.ask_secret:
            self.script.secrets.append((await self.context.secret()).reveal())


def lines(*keys: str) -> list[Item]:
    """Return one item a key."""
    return [make_item(ItemKind.LINE, key, key) for key in keys]
