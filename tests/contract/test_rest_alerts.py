"""The routes of alerts on a real master, with a typed client."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from master.api.client import ApiError, MasterClient
from master.api.schema import TokenCreate
from master.app import Master
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master


@pytest_asyncio.fixture
async def served(profile) -> AsyncIterator[tuple[Master, MasterClient]]:
    async with running_master(profile, workers=False) as (master, client):
        yield master, client


async def one_alert(client):
    """A worker whose configuration cannot start is given up at once."""
    from master.api.schema import WorkerConfigCreate

    await client.create_worker_config(
        WorkerConfigCreate(
            worker_id="w", name="W", command_args=["--no-such-option"], auto_start=False, auto_restart=False
        )
    )
    await client.start_worker("w")

    async def there():
        return (await client.alerts("open", "worker_gave_up")).rows

    (alert,) = await until(there, what="the alert")
    return alert


async def refused(call):
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


@pytest.mark.expects_log("worker|w ")
async def test_list_acknowledge_and_silence(served):
    _, client = served
    assert (await client.alerts()).rows == []
    alert = await one_alert(client)
    assert (await client.alerts("cleared")).rows == []
    assert (await client.alerts(kind="disk_low")).rows == []
    seen = await client.acknowledge_alert(alert.id)
    assert seen.acknowledged_at is not None
    assert seen.cleared_at is None
    unseen = await client.unacknowledge_alert(alert.id)
    assert unseen.acknowledged_at is None
    assert (await client.alerts()).rows == [unseen]
    silent = await client.silence_alert(alert.id, 60)
    assert silent.silenced_until_at is not None
    assert (await client.alerts(limit=1)).rows == [silent]
    assert (await client.silence_alert(alert.id, 0)).silenced_until_at is None
    assert (await client.alerts(cursor=str(alert.id))).rows == []


async def test_what_is_refused(served):
    master, client = served
    assert (await refused(client.acknowledge_alert(7))).code == "ERR_NOT_FOUND"
    assert (await refused(client.unacknowledge_alert(7))).code == "ERR_NOT_FOUND"
    assert (await refused(client.silence_alert(7, 60))).code == "ERR_NOT_FOUND"
    for seconds in (-1, 30 * 86_400 + 1):
        assert (await refused(client.silence_alert(7, seconds))).status == 400
    assert (await refused(client.alerts("wrong"))).status == 400
    assert (await refused(client.alerts(kind="wrong"))).status == 400
    assert (await refused(client.alerts(cursor="x"))).status == 400
    made = await client.create_token(TokenCreate(name="reader", scope="client"))
    async with MasterClient(master.url, str(made.token)) as reader:
        assert (await reader.alerts()).rows == []
        assert (await refused(reader.acknowledge_alert(7))).status == 403
