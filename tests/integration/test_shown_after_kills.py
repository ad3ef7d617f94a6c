"""What was there before an account was watched, whoever is killed when: nothing of it is told, nothing comes twice.

Workers with real ledgers on disk read a server page by page; they are killed before, between and behind what they
write and send, others take over, and outboxes of the dead are read late.
"""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import ItemFilter, NotificationFilter
from master.store.outboxes import read_outbox
from tests.helpers.data import WORKER, World, world_of
from tests.helpers.scripted.adapter import lines
from worker.runtime.ledger_files import LedgerFile

SHOW, PAGE = 3, 4


class Killed(Exception):
    """The process is gone, with all that is not on disk."""


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


class Crew:
    """Two workers, a server with things in order, and chance."""

    def __init__(self, world: World, folder: Path, account: str, seed: int) -> None:
        self.world, self.account, self.chance = world, account, random.Random(seed)
        self.ledgers = [folder / "w1.db", folder / "w2.db"]
        self.server = [f"old {number:02}" for number in range(10)]
        self.news: list[str] = []
        self.deadly = 0.12

    def maybe_killed(self) -> None:
        if self.chance.random() < self.deadly:
            raise Killed

    async def arrives(self) -> None:
        """Something new: news only once the master knows that the baseline is over."""
        key = f"new {len(self.server):02}"
        self.server.append(key)
        if not self.world.accounts.assignment(self.account).baseline:
            self.news.append(key)

    async def live(self) -> None:
        """A worker owns the account until it is killed, or has found all."""
        file = LedgerFile(self.chance.choice(self.ledgers))
        try:
            epoch = await self.world.own(self.account)
            assignment = self.world.accounts.assignment(self.account)
            read = int(file.begin(assignment).cursor or 0)
            baseline = assignment.baseline
            await self._deliver(file)
            while baseline or read < len(self.server):
                self.maybe_killed()
                page = self.server[read : read + PAGE]
                read += len(page)
                last = read == len(self.server)
                shown = page[-assignment.show :] if baseline and last else []
                cursor = None if baseline and not last else str(read)
                file.append(
                    self.account, epoch, lines(*page), baseline=baseline, cursor=cursor, how="poll", shown=set(shown)
                )
                self.maybe_killed()
                await self._deliver(file)
                baseline = baseline and not last
                if self.chance.random() < 0.3:
                    await self.arrives()
        finally:
            file.close()

    async def _deliver(self, file: LedgerFile) -> None:
        while (batch := file.next_batch(self.account)) is not None:
            answer = await self.world.items.ingest(WORKER, batch)
            self.maybe_killed()  # its acknowledgement is lost
            file.acknowledge(batch, [result.seq for result in answer.results])

    async def drain(self) -> None:
        """What the dead could not deliver is read by the master."""
        for path in self.ledgers:
            for batch in read_outbox(path):
                await self.world.items.ingest(WORKER, batch)


@pytest.mark.parametrize("seed", range(12))
async def test_whoever_is_killed_nothing_old_is_told_and_nothing_comes_twice(world, tmp_path, seed):
    account = await world.feed(show_existing=SHOW)
    crew = Crew(world, tmp_path, account.id, seed)
    for _life in range(40):
        try:
            await crew.live()
        except Killed:
            if crew.chance.random() < 0.5:
                await crew.drain()
        else:
            break
    crew.deadly = 0.0
    await crew.live()
    await crew.arrives()
    await crew.live()
    await crew.drain()
    items = (await world.items.page(ItemFilter(), limit=200)).rows
    keys = [row.key for row in items]
    assert len(keys) == len(set(keys))
    shown = [row for row in items if row.key not in crew.news]
    assert shown, "an account that was just added is not empty"
    assert all(row.read for row in shown)
    assert {row.key for row in items if not row.read} == set(crew.news)
    assert world.items.unread().total == len(crew.news)
    told = (await world.notifications.page(limit=500, filter=NotificationFilter(kind="item", state="pending"))).rows
    assert sorted(row.item_id for row in told) == sorted(row.id for row in items if row.key in crew.news)
