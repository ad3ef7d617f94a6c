"""The catalogue: asked for once, waited for in the first moments."""

import asyncio

import pytest

from master.errors import Invalid
from master.services import catalog
from master.services.catalog import CatalogService
from master.services.events import Publisher
from tests.helpers.data import FEED, IMAP
from worker.protocol.manifest import Catalog


def service(describe) -> CatalogService:
    return CatalogService(describe=describe, publisher=Publisher())


async def test_what_a_worker_describes_is_kept_and_announced():
    async def describe() -> Catalog:
        return Catalog(version="1", platforms=[FEED, IMAP])

    made = service(describe)
    seen = []
    made._publisher.subscribe(seen.append)
    assert made.manifest("feed") is None
    await made.load()
    assert made.manifest("feed") is FEED
    assert made.manifest("nope") is None
    assert [manifest.id for manifest in made.answer().platforms] == ["feed", "imap"]
    assert [deployment.id for deployment in made.answer().deployments] == ["local", "external"]
    assert [event.type for event in seen] == ["catalog.changed"]


async def test_a_platform_that_somebody_named_is_there_or_the_choices_are_told():
    async def describe() -> Catalog:
        return Catalog(version="1", platforms=[FEED, IMAP])

    made = service(describe)
    await made.load()
    assert await made.need_manifest("feed") is FEED
    with pytest.raises(Invalid) as refused:
        await made.need_manifest("nope")
    assert refused.value.fields["platform"].params == {"choices": "feed, imap"}


async def test_who_comes_early_waits_a_moment():
    gate = asyncio.Event()

    async def describe() -> Catalog:
        await gate.wait()
        return Catalog(version="1", platforms=[FEED])

    made = service(describe)
    async with asyncio.TaskGroup() as group:
        group.create_task(made.load())
        early = group.create_task(made.wait_manifest("feed"))
        await asyncio.sleep(0)
        gate.set()
    assert early.result() is FEED


@pytest.mark.expects_log("catalogue")
async def test_without_any_worker_it_says_so_and_goes_on(monkeypatch):
    async def describe() -> Catalog:
        raise TimeoutError

    monkeypatch.setattr(catalog, "READY_SECONDS", 0.01)
    made = service(describe)
    with pytest.raises(TimeoutError):
        await made.load()
    assert await made.wait_manifest("feed") is None
    assert made.answer().platforms == []
