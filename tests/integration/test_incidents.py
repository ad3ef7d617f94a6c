"""A server that several accounts share is down: one alert, one notification, and all are looked at when it is back."""

from pathlib import Path

import pytest

from master.api.alerts import AlertKind, Incident
from master.api.client import MasterClient
from master.api.schema import AccountCreate, Alert
from master.services import account_states
from tests.helpers.deadlines import until
from tests.helpers.feed_server import Feed, FeedServer
from tests.helpers.masters import account_is, running_master, workers_run


async def test_a_server_that_is_down_is_one_incident_and_its_accounts_recover_together(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three intervals of five seconds would be the whole test.
    monkeypatch.setattr(account_states, "ALERT_INTERVALS", 0.2)
    with FeedServer() as server, FeedServer() as other:
        shared = [server.feed(f"shared{number}") for number in range(3)]
        feeds = [*shared, other.feed("fine")]
        async with running_master(profile) as (_master, client):
            await workers_run(client)
            ids = []
            for feed in feeds:
                body = AccountCreate(platform="feed", name=feed.name, settings={"url": feed.url}, interval_seconds=5)
                ids.append((await client.create_account(body)).id)
            for account_id in ids:
                await account_is(client, account_id, "ok")
            await _goes_down_and_comes_back(client, shared, ids[:3])


async def _goes_down_and_comes_back(client: MasterClient, feeds: list[Feed], ids: list[str]) -> None:
    for feed in feeds:
        feed.fail_with(503)
    for account_id in ids:
        await client.check_account(account_id)
    for account_id in ids:
        await account_is(client, account_id, "unreachable")

    async def incident() -> Incident | None:
        rows = (await client.incidents()).rows
        return rows[0] if rows and rows[0].told else None

    row = await until(incident)
    assert (row.kind, sorted(row.account_ids)) == ("server_down", sorted(ids))
    alerts = await until(lambda: _open(client, "server_down"))
    assert len(alerts) == 1
    assert await _open(client, "account_unreachable") == []
    told = (await client.notifications()).rows
    pending = [one.title.code for one in told if one.state == "pending"]
    assert pending.count("alert_server_down") == 1
    assert "notify_unreachable" not in pending
    silent = [one for one in told if one.state == "suppressed"]
    assert {one.account_id for one in silent} <= set(ids)
    assert {one.reason.code for one in silent} <= {"silent_incident"}
    for feed in feeds:
        feed.recover()
    await client.check_account(ids[0])
    for account_id in ids:
        assert (await account_is(client, account_id, "ok")).incident is None
    await until(lambda: _none_open(client))


async def _open(client: MasterClient, kind: AlertKind) -> list[Alert]:
    return (await client.alerts(state="open", kind=kind)).rows


async def _none_open(client: MasterClient) -> bool:
    return not await _open(client, "server_down")
