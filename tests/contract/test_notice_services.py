"""What every notification service does behind the port: the one in memory, and the real adapter on a session bus."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Protocol

import pytest

from desktop.integration import system_notices
from desktop.integration.notices import OPEN, READ, SNOOZE, Notice, NoticeButton, NoticeService
from desktop.integration.system_notices import SystemNotices
from tests.helpers.notice_services import FakeService
from tests.helpers.notification_servers import CAPABILITIES, NotificationServer, session_bus

BUTTONS = tuple(NoticeButton(action=action, title=action) for action in (OPEN, READ, SNOOZE))


class World(Protocol):
    """A service, the screen that it shows on, and what was told of a person."""

    service: NoticeService
    told: list[tuple[str, str]]

    def titles(self) -> list[str]: ...
    async def click(self, title: str) -> None: ...
    async def press(self, title: str, action: str) -> None: ...
    async def die(self) -> None: ...


class MemoryWorld:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.service: FakeService = FakeService(lambda key, action: self.told.append((key, action)))

    def titles(self) -> list[str]:
        return [notice.title for notice in self.service.standing.values()]

    async def click(self, title: str) -> None:
        await self.service.click(self._key(title))

    async def press(self, title: str, action: str) -> None:
        await self.service.press(self._key(title), action)

    async def die(self) -> None:
        self.service.dead = True
        self.service.standing.clear()

    def _key(self, title: str) -> str:
        return next(key for key, notice in self.service.standing.items() if notice.title == title)


class BusWorld:
    def __init__(self, server: NotificationServer) -> None:
        self.told: list[tuple[str, str]] = []
        self.server = server
        self.service = SystemNotices(lambda key, action: self.told.append((key, action)))

    def titles(self) -> list[str]:
        return self.server.titles()

    async def click(self, title: str) -> None:
        self.server.click(title)

    async def press(self, title: str, action: str) -> None:
        self.server.press(title, action)

    async def die(self) -> None:
        await self.server.stop()


@pytest.fixture(params=["memory", "bus"])
async def world(request, tmp_path, monkeypatch) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    async with on_bus(tmp_path, monkeypatch) as made:
        yield made


def on_bus(tmp_path, monkeypatch, capabilities=CAPABILITIES):
    return _OnBus(tmp_path, monkeypatch, capabilities)


class _OnBus:
    def __init__(self, tmp_path, monkeypatch, capabilities) -> None:
        self._folder, self._monkeypatch, self._capabilities = tmp_path, monkeypatch, capabilities
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> BusWorld:
        address = await self._stack.enter_async_context(session_bus(self._folder))
        self._monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        server = NotificationServer(self._capabilities)
        await server.start(address)
        self._stack.push_async_callback(server.stop)
        world = BusWorld(server)
        self._stack.push_async_callback(world.service.close)
        return world

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.005)


def notice(key: str, **changes: object) -> Notice:
    values = {"title": f"title {key}", "body": "body", "buttons": BUTTONS} | changes
    return Notice(key=key, **values)  # type: ignore[arg-type]


async def test_what_is_shown_is_seen_and_what_is_withdrawn_is_gone(world):
    assert await world.service.show(notice("1"))
    assert await world.service.show(notice("2"))
    assert world.titles() == ["title 1", "title 2"]
    assert world.service.abilities is not None
    await world.service.withdraw(["1", "unknown"])
    assert world.titles() == ["title 2"]
    await world.service.withdraw(["1"])  # gone already
    await world.service.close()
    assert world.titles() == []


async def test_the_same_key_takes_the_place_of_what_stands(world):
    await world.service.show(notice("more", title="2 more"))
    await world.service.show(notice("more", title="5 more"))
    assert world.titles() == ["5 more"]


async def test_what_a_person_does_is_told_with_its_key(world):
    for key in ("1", "2", "3"):
        await world.service.show(notice(key))
    await world.click("title 1")
    await world.press("title 2", READ)
    await world.press("title 3", SNOOZE)
    await until(lambda: len(world.told) == 3)
    assert world.told == [("1", OPEN), ("2", READ), ("3", SNOOZE)]
    await world.service.withdraw(["1", "2", "3"])  # nothing happens


async def test_a_service_that_died_takes_nothing_and_raises_nothing(world):
    assert await world.service.permission(ask=True) == "granted"
    await world.service.show(notice("1"))
    await world.die()
    assert not await world.service.show(notice("2"))
    assert world.service.abilities is None
    assert world.service.reason
    assert await world.service.permission(ask=False) == "unavailable"
    await world.service.withdraw(["1"])


# -- of the real adapter alone


async def test_a_service_that_comes_back_is_used_again(tmp_path, monkeypatch):
    async with on_bus(tmp_path, monkeypatch) as world:
        await world.service.show(notice("1"))
        await world.server.stop()
        assert not await world.service.show(notice("2"))
        await world.server.start(os.environ["DBUS_SESSION_BUS_ADDRESS"])
        assert await world.service.show(notice("3"))
        assert world.titles() == ["title 3"]


async def test_a_service_that_hangs_is_waited_for_once(tmp_path, monkeypatch):
    monkeypatch.setattr(system_notices, "ANSWER_SECONDS", 0.05)
    async with on_bus(tmp_path, monkeypatch) as world:
        world.server.hangs = asyncio.Event()
        loop = asyncio.get_running_loop()
        assert not await world.service.show(notice("1"))
        assert "no answer" in world.service.reason
        began = loop.time()
        for number in range(100):
            assert not await world.service.show(notice(str(number)))
        assert loop.time() - began < 2.5  # half of what waiting for each would take
        world.server.hangs.set()
        await until(lambda: world.titles() == ["title 1"])  # too late: it was told in another way


async def test_without_a_session_bus_there_is_no_service(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    service = SystemNotices(lambda _key, _action: None)
    assert not await service.show(notice("1"))
    assert await service.permission(ask=True) == "unavailable"
    await service.close()


async def test_text_is_text_whatever_the_service_reads_into_it(tmp_path, monkeypatch):
    body = '<b>bold</b> & <a href="x">link</a>'
    async with on_bus(tmp_path / "", monkeypatch) as world:
        await world.service.show(notice("1", body=body))
        (popup,) = world.server.popups.values()
        assert popup.body == '&lt;b&gt;bold&lt;/b&gt; &amp; &lt;a href="x"&gt;link&lt;/a&gt;'


async def test_what_the_service_cannot_do_is_not_asked_of_it(tmp_path, monkeypatch):
    async with on_bus(tmp_path, monkeypatch, ["body"]) as world:
        await world.service.show(notice("1", body="<b>", urgent=True))
        (popup,) = world.server.popups.values()
        assert popup.body == "<b>"
        assert set(popup.actions) <= {"default"}
        assert popup.hints["urgency"] == 2
        assert not world.service.abilities.buttons
        assert not world.service.abilities.sounds


@pytest.mark.parametrize(
    ("sound", "name"), [("none", None), ("usual", "message-new-instant"), ("alert", "dialog-warning")]
)
async def test_each_sound_has_its_name(tmp_path, monkeypatch, sound, name):
    async with on_bus(tmp_path, monkeypatch) as world:
        await world.service.show(notice("1", sound=sound))
        (popup,) = world.server.popups.values()
        assert popup.hints.get("sound-name") == name


async def test_what_was_shown_is_in_no_log(tmp_path, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    async with on_bus(tmp_path, monkeypatch) as world:
        await world.service.show(notice("1", title="canary-7719", body="canary-7719"))
        await world.server.stop()
        await world.service.show(notice("2", title="canary-7719", body="canary-7719"))
    assert "canary-7719" not in caplog.text


async def test_a_session_that_ends_ends_the_service(tmp_path, monkeypatch):
    world = BusWorld(NotificationServer())
    async with session_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        await world.server.start(address)
        assert await world.service.show(notice("1"))
        await world.server.stop()
    await until(lambda: world.service.abilities is None)
    assert not await world.service.show(notice("2"))
    await world.service.close()
