"""Settings over the wire: versions, where the master listens next time, and how much its folder takes."""

from pathlib import Path
from typing import Any

import pytest

from master.api.client import MasterClient
from master.api.schema import Settings, SettingsPatch
from master.api.transports import ApiError
from tests.helpers.masters import running_master


async def refused(client: MasterClient, status: int, **body: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.patch_settings(SettingsPatch(**body))
    assert caught.value.status == status
    return caught.value


async def test_two_windows_that_change_the_same_setting_see_the_conflict(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (_master, client):
        seen = (await client.settings()).version
        first = await client.patch_settings(SettingsPatch(log_total_mb=60, version=seen))
        assert first.version == seen + 1
        assert (await refused(client, 409, log_total_mb=70, version=seen)).code == "ERR_CONFLICT"
        assert await client.settings() == first
        assert (await client.patch_settings(SettingsPatch(log_total_mb=70))).version == seen + 2
        assert "version" in ((await refused(client, 400, version="new")).fields or {})


async def test_where_the_master_listens_next_is_checked_now(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (master, client):
        for body in ({"port": -1}, {"port": 65_536}, {"host": "0.0.0.0"}, {"host": "example.org"}):
            assert (await refused(client, 400, **body)).fields is not None
        found = await client.patch_settings(SettingsPatch(port=4321, host="localhost"))
        assert (found.port, found.host) == (4321, "localhost")
        assert (await client.health()).status == "ok", "it listens where it did"
        assert "4321" not in master.url


async def test_what_the_folder_takes_is_told_without_trying_anything_out(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (_master, client):
        facts = await client.system_facts()
        sizes = {one.place: one.bytes for one in facts.sizes}
        assert sizes["database"] > 0
        assert facts.disk_free_bytes > 0
        assert facts.profile == str(tmp_path / "profile")
        assert Settings().port == 3000
