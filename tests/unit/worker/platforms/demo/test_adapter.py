"""The demo depends on account and time alone."""

import contextlib

import pytest

from worker.platforms.demo import adapter as adapters
from worker.platforms.demo.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.testing import TestContext, check_page, read_manifest

MANIFEST = read_manifest("worker.platforms.demo")
NOW = 1_790_000_000.0


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = NOW

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(adapters, "time", clock)
    return clock


def _adapter(account="a1", password=None, **settings):
    return Adapter(TestContext(MANIFEST, settings, {"password": password} if password else {}, account))


async def _minute(adapter, clock):
    cursor, items = (await adapter.poll(None)).cursor, []
    for _ in range(12):
        clock.now += 5
        page = await adapter.poll(cursor)
        check_page(adapter, page)
        items += page.items
        cursor = page.cursor or cursor
    return items


async def test_a_minute_has_about_ten_messages_each_once(clock):
    items = await _minute(_adapter(), clock)
    assert 7 <= len(items) <= 13
    assert len({item.key for item in items}) == len(items)
    assert len({item.title for item in items}) > 5
    assert [item.created_at for item in items] == sorted(item.created_at for item in items)


async def test_another_worker_makes_the_same_and_another_account_others(clock):
    first = [item.key for item in await _minute(_adapter("a1"), clock)]
    clock.now = NOW
    assert [item.key for item in await _minute(_adapter("a1"), clock)] == first
    clock.now = NOW
    assert [item.key for item in await _minute(_adapter("a2"), clock)] != first


async def test_a_night_is_not_made_up(clock):
    adapter = _adapter()
    cursor = (await adapter.poll(None)).cursor
    clock.now += 8 * 3600
    assert len((await adapter.poll(cursor)).items) < 30


async def test_chatty_is_chattier(clock):
    assert len(await _minute(_adapter(mood="chatty"), clock)) > 20


async def test_flaky_is_down_a_third_of_the_time(clock):
    adapter, down = _adapter(mood="flaky"), 0
    for _ in range(120):
        clock.now += 1
        with contextlib.suppress(TemporaryFailure):
            await adapter.poll(None)
            continue
        down += 1
    assert down == adapters.OUTAGE_SECONDS


async def test_signed_out_until_there_is_a_password(clock):
    with pytest.raises(AuthFailed):
        await _adapter(mood="signed_out").poll(None)
    assert (await _adapter(mood="signed_out", password="any").poll(None)).cursor


@pytest.mark.parametrize("pace", [float("inf"), float("nan"), 0])
async def test_a_pace_that_is_none(clock, pace):
    with pytest.raises(InvalidConfig):
        await _adapter(pace_seconds=pace).probe()


def test_people_are_marked_as_made_up():
    assert all("demo" in line.author or "演示" in line.author for line in adapters.LINES)
