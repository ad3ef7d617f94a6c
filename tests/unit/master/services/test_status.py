"""The master in a few numbers."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from master.services.status import StatusService
from master.settings import Options
from tests.helpers.data import WORKER, World, batch, world_of
from worker.version import __version__


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


def status_of(world: World, **more) -> StatusService:
    workers = [
        SimpleNamespace(online=True, assigned_accounts=1),
        SimpleNamespace(online=False, assigned_accounts=0),
    ]
    return StatusService(
        accounts=world.accounts,
        workers=SimpleNamespace(rows=lambda: workers),
        items=world.items,
        notifications=world.notifications,
        vault=world.vault,
        options=Options(profile=world.profile),
        publisher=world.publisher,
    )


async def test_the_counts(world):
    account, _ = await world.feed("one"), await world.feed("two")
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    await world.notifications.register_device("d", "desk")
    status = status_of(world).status()
    assert status.version == __version__
    assert (status.workers.total, status.workers.online, status.workers.offline) == (2, 1, 1)
    assert status.workers.total_assigned_accounts == 1
    assert (status.scheduling.assigned_accounts, status.scheduling.unassigned_accounts) == (1, 1)
    assert (status.clients.online, status.notifications.pending, status.unread) == (1, 1, 1)
    assert (status.vault, status.vault_reason, status.profile) == ("ok", None, str(world.profile))


async def test_health_follows_the_life_of_the_master(world):
    service = status_of(world)
    assert service.health().status == "starting"
    service.ready = True
    assert service.health().status == "ok"
    service.ready = False
    assert service.health().status == "stopping"


async def test_a_vault_that_is_away_is_shown_with_what_to_do_and_told_once(world):
    service = status_of(world)
    await service.refresh_vault()
    assert world.of("vault.changed") == []
    await world.vault.close()
    await service.refresh_vault()
    await service.refresh_vault()
    status = service.status()
    assert status.vault == "unavailable"
    assert status.vault_reason.code == "vault_closed"
    assert len(world.of("vault.changed")) == 1
