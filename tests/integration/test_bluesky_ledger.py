"""Whatever happens to Bluesky and to the worker: each notification and message is told, and told under one key."""

import random
from functools import partial

import pytest

from worker.platforms.bluesky.adapter import Adapter
from worker.sdk.errors import PlatformError
from worker.sdk.testing import TestContext, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.bluesky")
STEPS = 120
HAPPENINGS = ["reply", "like", "late", "chat", "check", "check", "worker", "trouble", "expired", "flood", "old log"]


def _speak(server, dice, chats, said, how):
    words = f"Words {len(said)}"
    if how == "chat":
        server.say(dice.choice(chats), words)
    else:
        # Some stand among older ones at once, as their authors' clocks have it.
        server.publish(words, dice.choice(["reply", "mention"]), age=dice.uniform(0, 500) if how == "late" else 0.0)
    said.append(words)


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_lost_and_nothing_has_two_keys(bluesky_server, seed):
    server, dice = bluesky_server, random.Random(seed)
    settings = {"server": server.url, "identifier": "me.example.org", "kinds": "all"}
    context = TestContext(MANIFEST, settings, {"password": "abcd-efgh-ijkl-mnop"})
    adapter, cursor, told, said = Adapter(context), None, [], []
    speak = partial(_speak, server, dice, [server.chat(), server.chat()], said)

    async def check():
        nonlocal cursor
        try:
            more = True
            while more:
                page = await adapter.poll(cursor)
                told.extend((item.key, item.text) for item in page.items)
                cursor, more = page.cursor or cursor, page.more
        except PlatformError:
            return False
        return True

    assert await check()
    for _ in range(STEPS):
        match dice.choice(HAPPENINGS):
            case "check":
                await check()
            case "worker":
                await adapter.close()
                adapter = Adapter(context)
            case "trouble":
                server.fail_with(*dice.choice([(500,), (502,), (429, {"Retry-After": "3"})]))
                await check()
                server.recover()
            case "expired":
                server.expire()
            case "like":
                server.publish("", "like")
            case "flood":
                server.limit, server.log_limit = dice.randint(5, 60), dice.randint(1, 9)
                for _ in range(dice.randint(1, 90)):
                    speak(dice.choice(["reply", "chat"]))
            case "old log":
                server.log_from = server.log[-1]["rev"]
            case how:
                speak(how)
    assert await check()
    await adapter.close()
    words = [text for _, text in dict.fromkeys(told) if text]
    assert sorted(words) == sorted(said)
    assert len(told) - len(set(told)) <= len(said) // 10, "much is told again and again"
