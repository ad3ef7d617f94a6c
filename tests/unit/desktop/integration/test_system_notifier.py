"""Notifications by the system's own service: shown, clicked, withdrawn, replaced, hidden, or told otherwise."""

import asyncio
from types import SimpleNamespace

import msgspec
import pytest
from PySide6.QtCore import QObject, Signal

from desktop.bridge import Showing
from desktop.integration import notifier as notifier_module
from desktop.integration.notice_controls import NoticeControls
from desktop.integration.notices import OPEN, READ, SNOOZE
from desktop.integration.notifier import MAX_BODY, Notifier
from desktop.tasks import Tasks
from master.api.events import Event, ItemsRead, NotificationsSwept
from master.api.schema import Notification
from tests.helpers.notice_services import FakeService
from worker.protocol.texts import Text


def make(number: int, **changes) -> Notification:
    values = {"kind": "item", "item_id": number * 10, "account_id": "a1", "text": "words", "state": "pending"} | changes
    title = Text(code="notify_item", params={"account": "Work", "title": f"t{number}"}, message=f"Work: t{number}")
    return Notification(id=number, title=values.pop("title", title), reason=None, created_at=1, **values)


class FakeBridge(QObject):
    """Signals of the bridge, and the calls of its client."""

    event_arrived = Signal(object)
    notified = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []
        self.client = SimpleNamespace(
            patch_item=lambda *given: self._called("patch_item", *given),
            snooze_notification=lambda *given, **named: self._called("snooze", *given, *named.values()),
            notifications=lambda *given: self._called("notifications", *given),
        )
        self.waiting: list[Notification] = []

    async def call(self, coroutine):
        return await coroutine

    async def _called(self, *call):
        self.calls.append(call)
        return SimpleNamespace(rows=self.waiting)


class World:
    def __init__(self) -> None:
        self.here: list[tuple[str, str]] = []
        self.tasks = Tasks()
        self.bridge = FakeBridge()
        self.audible = True
        self.notifier = Notifier(
            None,
            lambda text: text.message,
            lambda title, body, _row: self.here.append((title, body)),
            audible=lambda: self.audible,
        )
        self.notifier.use_system(self._make, self.bridge.call, self.tasks.run)
        self.controls = NoticeControls(self.notifier, self.bridge, self.tasks.run)
        self.opened: list[int] = []
        self.notifier.opened.connect(lambda row: self.opened.append(row.id))

    def _make(self, acted):
        self.service = FakeService(acted)
        return self.service

    async def show(self, *rows: Notification, digest: bool = False) -> Showing:
        showing = Showing(list(rows), digest)
        self.bridge.notified.emit(showing)
        await self.settle()
        return showing

    async def tell(self, name: str, data) -> None:
        self.bridge.event_arrived.emit(Event(stream="s", seq=1, type=name, data=data))
        await self.settle()

    async def settle(self) -> None:
        async with asyncio.timeout(60):
            while self.tasks._running:
                await asyncio.sleep(0)

    @property
    def titles(self) -> list[str]:
        return [notice.title for notice in self.service.standing.values()]


@pytest.fixture
async def world(qapp):
    made = World()
    yield made
    made.controls.close()
    await made.notifier.close()
    await made.tasks.close()
    assert made.service.closed


async def test_a_notice_says_what_it_is_and_what_can_be_done(world):
    showing = await world.show(make(1, text="line\nline\x07 " + "x" * 500))
    assert showing.shown.done()
    (notice,) = world.service.shown
    assert (notice.title, notice.group, notice.urgent, notice.sound) == ("Work: t1", "Work", False, "usual")
    assert notice.body.startswith("line line x")
    assert len(notice.body) == MAX_BODY
    assert [button.action for button in notice.buttons] == [OPEN, READ, SNOOZE]
    assert world.here == []


@pytest.mark.parametrize(
    ("changes", "buttons", "urgent", "sound"),
    [
        ({"kind": "job", "item_id": None, "job_id": "j1"}, [OPEN, SNOOZE], False, "usual"),
        ({"kind": "system", "item_id": None}, [], False, "usual"),
        ({"level": "urgent"}, [OPEN, READ, SNOOZE], True, "alert"),
        ({"prominent": True}, [OPEN, READ, SNOOZE], False, "alert"),
        ({"sound": "none"}, [OPEN, READ, SNOOZE], False, "none"),
        ({"sound": "none", "level": "urgent"}, [OPEN, READ, SNOOZE], True, "none"),
    ],
)
async def test_each_kind_and_level_has_its_form(world, changes, buttons, urgent, sound):
    await world.show(make(1, **changes))
    (notice,) = world.service.shown
    assert [button.action for button in notice.buttons] == buttons
    assert (notice.urgent, notice.sound) == (urgent, sound)


async def test_what_a_person_does_with_it_is_done(world):
    await world.show(make(1), make(2), make(3))
    await world.service.click("1")
    await world.service.press("2", READ)
    await world.service.press("3", SNOOZE)
    await world.settle()
    assert world.opened == [1]
    assert [call[:2] for call in world.bridge.calls] == [("patch_item", 20), ("snooze", 3)]
    assert world.bridge.calls[0][2] is True
    assert world.bridge.calls[1][2].preset == "15min"
    assert world.notifier.standing == 0


async def test_what_is_read_elsewhere_is_withdrawn(world):
    await world.show(make(1), make(2), make(3))
    await world.tell("items.read", ItemsRead(ids=[20], read=True))
    assert world.titles == ["Work: t1", "Work: t3"]
    await world.tell("notification.changed", make(3, state="dismissed"))
    assert world.titles == ["Work: t1"]


async def test_when_many_are_settled_at_once_the_master_is_asked_which_wait(world, qtbot):
    await world.show(make(1), make(2), make(3))
    world.bridge.waiting = [make(2)]
    world.bridge.event_arrived.emit(
        Event(stream="s", seq=1, type="notifications.swept", data=NotificationsSwept(ids=[], state="read", count=900))
    )
    async with asyncio.timeout(60):
        while world.titles != ["Work: t2"]:
            await asyncio.sleep(0.01)
            qtbot.wait(1)
    assert world.bridge.calls[0][0] == "notifications"


async def test_n_more_counts_up_in_its_place_without_a_sound(world):
    def more(count: int) -> Notification:
        title = Text(code="notify_more", params={"account": "Work", "count": count}, message=f"{count} more")
        return make(7, kind="system", item_id=None, count=count, title=title)

    await world.show(more(2))
    await world.tell("notification.changed", more(5))
    assert world.titles == ["5 more"]
    assert [notice.sound for notice in world.service.shown] == ["usual", "none"]


async def test_each_is_shown_once_also_when_it_comes_twice_at_once(world):
    first, second = Showing([make(1)], False), Showing([make(1), make(2)], False)
    world.bridge.notified.emit(first)
    world.bridge.notified.emit(second)
    await world.settle()
    assert first.shown.done()
    assert second.shown.done()
    assert [notice.key for notice in world.service.shown] == ["1", "2"]


async def test_many_that_were_missed_are_one(world):
    await world.show(*(make(number) for number in range(1, 31)), digest=True)
    assert world.titles == ["30 notifications while you were away"]
    await world.show(make(30))
    assert len(world.service.shown) == 1


async def test_a_service_that_fails_is_not_missed(world, monkeypatch):
    beeps = []
    monkeypatch.setattr(notifier_module.QApplication, "beep", lambda: beeps.append(1))
    world.service.dead = True
    showing = await world.show(make(1), make(2, level="urgent"))
    assert showing.shown.done()
    assert world.here == [("Work: t1", "words"), ("Work: t2", "words")]
    assert beeps == [1]
    assert world.notifier.standing == 0
    assert await world.notifier.permission(ask=True) == "unavailable"
    world.service.dead = False
    await world.show(make(3))
    assert world.titles == ["Work: t3"]
    assert len(world.here) == 2


async def test_what_must_be_heard_is_heard_where_the_service_is_mute(world, monkeypatch):
    beeps = []
    monkeypatch.setattr(notifier_module.QApplication, "beep", lambda: beeps.append(1))
    await world.show(make(1, level="urgent"))
    assert beeps == []
    world.service.abilities = msgspec.structs.replace(world.service.abilities, sounds=False)
    await world.show(make(2, level="urgent"), make(3))
    assert beeps == [1]
    world.audible = False  # the person wants to hear nothing
    await world.show(make(4, level="urgent"))
    assert beeps == [1]
    assert world.service.shown[-1].sound == "none"


async def test_a_locked_window_shows_nothing_of_what_was_found(world):
    await world.show(make(1))
    world.notifier.set_discreet(True)
    await world.settle()
    assert world.titles == []
    await world.show(make(2))
    (notice,) = world.service.standing.values()
    assert (notice.title, notice.body, notice.group, notice.buttons) == (
        "Something new",
        "Watchkeeper is locked.",
        "",
        (),
    )
    await world.service.click("2")
    assert world.opened == [2]
    await world.tell("notification.changed", make(2, count=9))
    world.notifier.set_discreet(False)
    await world.show(make(3))
    assert world.titles == ["Work: t3"]


async def test_what_explains_the_window_opens_it_alone(world, qtbot):
    world.notifier.explain("Watchkeeper goes on watching", "In the tray.")
    await world.settle()
    assert world.titles == ["Watchkeeper goes on watching"]
    with qtbot.waitSignal(world.notifier.window_wanted):
        world.service.acted("explained", OPEN)
    assert world.opened == []
    assert await world.notifier.permission() == "granted"


@pytest.mark.parametrize("grows", [False, True])
async def test_one_on_its_way_when_the_window_is_locked_goes_with_the_others(world, grows):
    going, held = asyncio.Event(), asyncio.Event()
    show = world.service.show

    async def slow(notice):
        going.set()
        await held.wait()
        return await show(notice)

    if grows:
        await world.show(make(1))
    world.service.show = slow
    if grows:
        world.bridge.event_arrived.emit(Event(stream="s", seq=1, type="notification.changed", data=make(1, count=9)))
    else:
        world.bridge.notified.emit(Showing([make(1)], False))
    await going.wait()
    world.notifier.set_discreet(True)
    held.set()
    await world.settle()
    assert world.titles == []
    assert world.notifier.standing == 0
