"""What is wrong with a question for settings stands beside its field; the catalogue has what a form needs before it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from master.api.client import ApiError, MasterClient
from master.api.schema import SettingsPropose
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master


@pytest_asyncio.fixture
async def client(profile) -> AsyncIterator[MasterClient]:
    async with running_master(profile, workers=False) as (_, client):
        yield client


async def refused(client, platform, **settings):
    with pytest.raises(ApiError) as caught:
        await client.propose_settings(SettingsPropose(platform=platform, settings=settings))
    return caught.value


async def test_what_is_wrong_stands_beside_its_field(client):
    assert set((await refused(client, "nope")).fields) == {"platform"}
    assert set((await refused(client, "feed", url=5)).fields) == {"settings.url"}
    assert set((await refused(client, "feed", uri="http://127.0.0.1/")).fields) == {"settings.uri"}
    assert set((await refused(client, "feed", password="secret")).fields) == {"settings.password"}
    assert (await refused(client, "feed", url="127.0.0.1:9")).code == "ERR_NO_WORKER"


async def test_who_proposes_nothing_needs_no_worker(client):
    report = await client.propose_settings(SettingsPropose(platform="webpage"))
    assert (report.proposals, report.error) == ([], None)


async def test_the_catalogue_has_presets_logins_and_qualities(client):
    async def there():
        catalog = await client.catalog()
        return catalog if catalog.platforms else None

    catalog = await until(there, what="the catalogue")
    imap = next(one for one in catalog.platforms if one.id == "imap")
    preset = imap.preset_of("me@outlook.com")
    assert (preset.id, preset.login) == ("microsoft", "device_code")
    assert imap.login(preset.login).kind == "device_code"
    assert imap.quality["bounded"] == "yes"
    assert catalog.broken == []
