"""The machine over the wire: how it is, what the system says of sleep, and what is refused."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from master.api.client import MasterClient
from master.api.events import Event
from master.api.schema import SettingsPatch
from master.api.transports import ApiError
from master.app import Master
from master.rest.calls import PREFIX
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master


async def post(master: Master, body: Any, token: str | None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{master.url}{PREFIX}/machine/sleep", json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_what_the_system_says_of_sleep(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (_master, client):
        machine = await client.machine()
        assert (machine.state, machine.interval_factor, machine.saving) == ("awake", 1.0, None)
        assert (await client.machine_sleeps(True)).state == "asleep"
        assert (await client.machine()).state == "asleep"
        assert (await client.machine_sleeps(True)).state == "asleep"
        assert (await client.machine_sleeps(False)).state == "awake"


async def test_what_is_refused(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (master, client):
        for body, field in (({}, "asleep"), ({"asleep": "yes"}, "asleep"), ({"asleep": True, "why": 1}, "why")):
            status, answer = await post(master, body, master.token)
            assert (status, list(answer["error"]["fields"])) == (400, [field])
        assert (await post(master, {"asleep": True}, None))[0] == 401
        assert (await post(master, {"asleep": True}, master.client_token))[0] == 403
        assert (await client.machine()).state == "awake"


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"battery_saver": "always"}, "battery_saver"),
        ({"battery_saver_percent": 0}, "battery_saver_percent"),
        ({"battery_saver_factor": 9}, "battery_saver_factor"),
        ({"battery_saver_factor": 1}, "battery_saver_factor"),
    ],
)
async def test_settings_of_the_battery_saver_have_limits(tmp_path: Path, patch: dict[str, Any], field: str) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (_master, client):
        with pytest.raises(ApiError) as caught:
            await client.patch_settings(SettingsPatch(**patch))
        assert (caught.value.status, list(caught.value.fields)) == (400, [field])
        saved = await client.patch_settings(SettingsPatch(battery_saver="below", battery_saver_factor=8))
        assert (saved.battery_saver, saved.battery_saver_percent, saved.battery_saver_factor) == ("below", 20, 8)


async def test_everybody_who_listens_hears_of_it(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (master, client):
        heard: list[Event] = []
        listener = MasterClient(master.url, master.token, device_id="listener", device_name="listener")
        async with listener:
            await listener.open(heard.append)
            await client.machine_sleeps(True)
            await until(lambda: [event.data.state for event in heard if event.type == "machine.changed"] == ["asleep"])
