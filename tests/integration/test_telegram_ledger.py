"""Whatever happens to the line, to Telegram and to the worker: each message is told, and told under one key."""

import random

import pytest

from tests.helpers.telegram_server import ADA, GROUP
from worker.platforms.telegram.adapter import Adapter
from worker.platforms.telegram.wires import types
from worker.sdk.errors import PlatformError
from worker.sdk.testing import TestContext, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.telegram")
STEPS = 120
HAPPENINGS = ["private", "private", "small", "big", "check", "check", "cut", "worker", "trouble", "flood"]


class Watch:
    """A worker that keeps its cursor as the runtime does: with the items of the same page."""

    def __init__(self, server, settings):
        self._server = server
        self._settings = settings
        self._session = server.session()
        self.cursor = None
        self.told = []
        self._adapter = self._made()

    def _made(self):
        return Adapter(TestContext(MANIFEST, self._settings, {"session": self._session}))

    async def check(self):
        """Poll to the end; a failure leaves the cursor at the last whole page."""
        try:
            more = True
            while more:
                page = await self._adapter.poll(self.cursor)
                self.told += [(item.key, item.title) for item in page.items]
                self.cursor, more = page.cursor or self.cursor, page.more
        except PlatformError:
            return False
        return True

    async def replaced(self):
        """Another worker goes on."""
        await self._adapter.close()
        self._adapter = self._made()

    async def close(self):
        await self._adapter.close()


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_lost_and_nothing_has_two_keys(telegram_server, tmp_path, seed):
    server, dice = telegram_server, random.Random(seed)
    watch = Watch(server, server.settings(tmp_path))
    assert await watch.check()
    said = []

    def speak(how):
        words, push = f"Words {len(said)}", dice.random() < 0.5
        if how == "private":
            server.say(words, push=push)
        elif how == "small":
            server.say(words, types.PeerChat(GROUP), push=push, mentioned=True, from_id=types.PeerUser(ADA))
        else:
            server.mention(words, push=push)
        said.append(words)

    for _ in range(STEPS):
        match dice.choice(
            ["private", "small", "big", "private", "check", "check", "cut", "worker", "trouble", "flood"]
        ):
            case "check":
                await watch.check()
            case "cut":
                server.hang_up()
            case "worker":
                await watch.replaced()
            case "trouble":
                server.refuse(*dice.choice([(500, "RPC_CALL_FAIL"), (420, "FLOOD_WAIT_3")]))
                await watch.check()
                server.refuse()
            case "flood":
                server.slice = dice.randint(1, 5)
                for _ in range(dice.randint(1, 20)):
                    speak("private")
            case how:
                speak(how)
    # What nobody told of in a big group is found when a worker begins.
    await watch.replaced()
    assert await watch.check()
    await watch.close()
    keys = dict(watch.told)
    assert sorted(title.rpartition(": ")[2] for title in keys.values()) == sorted(said)
    assert len(watch.told) - len(keys) <= len(said) // 4, "much is told again and again"
