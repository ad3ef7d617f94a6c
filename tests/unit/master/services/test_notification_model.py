"""Whatever is found in whatever order, and whatever holds it: one record of each item, which explains it."""

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from master.api.rules import QuietHoursPatch, QuietWindow, RuleConditions, RuleCreate, SnoozeCreate
from master.api.schema import AccountPatch, ItemFilter, NotificationFilter, SettingsPatch
from master.errors import NotFound
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.codec import now_ms
from worker.protocol.item_messages import Report

ALWAYS = [QuietWindow(start="00:00", end="00:00")]
WORDS = ("fire", "noise", "hush", "plain")
EXPLAINED = {
    "pending": {"told_new_item", "told_rule"},
    "suppressed": {
        "silent_merged",
        "silent_rule",
        "silent_held",
        "silent_off",
        "silent_level_none",
        "silent_level_urgent",
    },
    "read": {"told_new_item", "told_rule"},
    "dismissed": {"told_new_item", "told_rule"},
}

steps = st.lists(
    st.one_of(
        st.tuples(st.just("find"), st.integers(0, 1), st.lists(st.integers(0, 40), max_size=12)),
        st.tuples(st.just("quiet"), st.booleans()),
        st.tuples(st.just("snooze"), st.sampled_from(["all", "0", "1"])),
        st.tuples(st.just("wake"), st.sampled_from(["all", "0", "1"])),
        st.tuples(st.just("level"), st.integers(0, 1), st.sampled_from(["all", "urgent", "none"])),
        st.tuples(st.just("rule"), st.sampled_from(["urgent", "ignore", "silent", "notify"]), st.sampled_from(WORDS)),
        st.tuples(st.just("enabled"), st.booleans()),
        st.tuples(st.just("clear")),
        st.tuples(st.just("window")),
    ),
    min_size=1,
    max_size=14,
)


class Story:
    """Two accounts and what happens to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: list[str] = []
        self.found: set[tuple[int, int]] = set()
        self.seq = [0, 0]

    async def begin(self) -> None:
        for name in ("one", "two"):
            account = await self.world.feed(name)
            await self.world.own(account.id)
            self.ids.append(account.id)

    async def do(self, step: tuple[Any, ...]) -> None:
        world, notifications = self.world, self.world.notifications
        match step:
            case ("find", place, numbers):
                await self.find(place, numbers)
            case ("quiet", on):
                await notifications.patch_quiet_hours(QuietHoursPatch(enabled=on, windows=ALWAYS, time_zone="UTC"))
            case ("snooze", target):
                more = {} if target == "all" else {"target_id": self.ids[int(target)]}
                await notifications.snoozes.create(SnoozeCreate(scope="all" if target == "all" else "account", **more))
            case ("wake", target):
                try:
                    await notifications.snoozes.end("all" if target == "all" else f"account:{self.ids[int(target)]}")
                except NotFound:
                    return
            case ("level", place, level):
                await world.accounts.patch(self.ids[place], AccountPatch(notify_level=level))
            case ("rule", action, word):
                conditions = RuleConditions(include=[word])
                await notifications.rules.create(RuleCreate(name=word, action=action, conditions=conditions))
            case ("enabled", on):
                await world.settings.patch(SettingsPatch(notifications_enabled=on))
            case ("clear",):
                await notifications.clear(NotificationFilter())
            case ("window",):
                await world.database.write(
                    lambda conn: conn.exec_driver_sql("UPDATE notification_bursts SET began_at = began_at - 60000")
                )
        await notifications.digests.release(now_ms())

    async def find(self, place: int, numbers: list[int]) -> None:
        account_id = self.ids[place]
        reports = []
        for number in numbers:
            self.seq[place] += 1
            title = f"{WORDS[number % len(WORDS)]} {number}"
            reports.append(Report(seq=self.seq[place], item=item(f"k{number}", title=title)))
            self.found.add((place, number))
        epoch = self.world.accounts.get(account_id).epoch
        await self.world.items.ingest(WORKER, batch(account_id, epoch, reports))

    async def end(self) -> None:
        """Let nothing hold anything any more."""
        await self.world.settings.patch(SettingsPatch(notifications_enabled=True))
        for step in (("quiet", False), ("wake", "all"), ("wake", "0"), ("wake", "1")):
            await self.do(step)

    async def check(self) -> None:
        world = self.world
        items = (await world.items.page(ItemFilter(), 500)).rows
        assert len(items) == len(self.found)
        rows = (await world.notifications.page(500)).rows
        of_items = [row for row in rows if row.kind == "item"]
        assert sorted(row.item_id for row in of_items) == sorted(one.id for one in items)
        for row in of_items:
            assert row.reason.code in EXPLAINED[row.state], (row.state, row.reason)
        told_by = {row.id: row.title.code for row in rows if row.kind == "system"}
        for row in of_items:
            if row.reason.code in ("silent_merged", "silent_held"):
                code = told_by[row.told_by]
                assert code.startswith("notify_more" if row.reason.code == "silent_merged" else "notify_held")
            else:
                assert row.told_by is None
        counted = sum(row.count for row in rows if row.title.code == "notify_more")
        assert counted == sum(row.reason.code == "silent_merged" for row in of_items)
        digested = sum(row.count for row in rows if row.title.code.startswith("notify_held"))
        assert digested == sum(row.reason.code == "silent_held" for row in of_items)
        assert world.notifications.pending_count() == sum(row.state == "pending" for row in rows)


@settings(max_examples=25, deadline=None)
@given(told=steps)
def test_every_item_ends_with_one_record_that_explains_it(tmp_path_factory, told):
    async def story(profile: Path) -> None:
        async with world_of(profile) as world:
            one = Story(world)
            await one.begin()
            for step in told:
                await one.do(step)
            await one.end()
            await one.check()

    asyncio.run(story(tmp_path_factory.mktemp("story")))


@settings(max_examples=15, deadline=None)
@given(
    said=st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.integers(0, 9), min_size=1, max_size=6)), min_size=1, max_size=8
    ),
    chance=st.randoms(use_true_random=False),
    together=st.booleans(),
)
def test_any_order_and_repetition_of_reports_tells_each_item_once(tmp_path_factory, said, chance, together):
    """Three owners report what they find, again and again, in any order, also at the same time."""

    async def story(profile: Path) -> None:
        async with world_of(profile) as world:
            account = await world.feed()
            epochs = [await world.own(account.id, worker) for worker in ("w1", "w2", "w3")]
            reports = [
                batch(account.id, epochs[owner], {number + 1: f"k{key}" for number, key in enumerate(keys)})
                for owner, keys in said
            ]
            again = reports * 2
            chance.shuffle(again)
            if together:
                await asyncio.gather(*(world.items.ingest(WORKER, one) for one in again))
            else:
                for one in again:
                    await world.items.ingest(WORKER, one)
            rows = (await world.notifications.page(500, filter=NotificationFilter(kind="item"))).rows
            found = {key for _, keys in said for key in keys}
            assert len(rows) == len({row.item_id for row in rows}) == len(found)

    asyncio.run(story(tmp_path_factory.mktemp("story")))
