"""Accounts behind proxies, through a real master and a real worker: by their own choice, by their group's, tested."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.client import ApiError, MasterClient
from master.api.schema import (
    AccountCreate,
    AccountPatch,
    AccountTest,
    GroupCreate,
    GroupPatch,
    Inheritable,
    Proxy,
    ProxyCreate,
    ProxyPatch,
    ProxyTarget,
    ProxyTest,
)
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.proxies import SmallProxy

pytestmark = pytest.mark.real_server
NAME = "feeds.proxy.test"
"""A name that only the proxies know: whoever asks anybody else for it finds nothing."""
CANARY = "canary-of-a-proxy-5519"


@pytest.fixture
async def client(profile: Path, _feed_server: object) -> AsyncIterator[MasterClient]:
    async with running_master(profile) as (_master, made):
        await workers_run(made)
        yield made


async def stored(client: MasterClient, proxy: SmallProxy, name: str = "small", password: str = CANARY) -> Proxy:
    body = ProxyCreate(name=name, kind=proxy.kind, host=proxy.host, port=proxy.port, username="me", password=password)
    return await client.create_proxy(body)


def behind(url: str) -> tuple[dict[str, str], int]:
    """Return the settings of a feed under a name that only the proxies know, and its port."""
    return {"url": url.replace(LOOPBACK, NAME)}, int(url.split(":")[2].split("/")[0])


async def test_a_feed_is_watched_through_the_proxy_of_its_account_then_of_its_group(client, feed_server, profile):
    feed = feed_server.feed("proxied")
    feed.publish("Known")
    settings, port = behind(feed.url)
    names = {NAME: LOOPBACK}
    with SmallProxy("socks5", "me", CANARY, names=names) as one, SmallProxy("http", "me", CANARY, names=names) as two:
        first, second = await stored(client, one), await stored(client, two, "other")
        body = AccountTest(platform="feed", settings=settings, proxy_id=first.id)
        report = await client.test_account(body)
        assert report.success, report.error
        assert not (await client.test_account(AccountTest(platform="feed", settings=settings))).success
        create = AccountCreate(platform="feed", name="behind", settings=settings, interval_seconds=5, proxy_id=first.id)
        account = await client.create_account(create)
        await account_is(client, account.id, "ok")
        assert {(NAME, port)} == set(one.asked)
        assert two.asked == []

        group = await client.create_group(GroupCreate(name="away", settings=Inheritable(proxy_id=second.id)))
        row = await client.patch_account(account.id, AccountPatch(proxy_id=None, group_id=group.id))
        assert (row.proxy_id, row.effective["proxy_id"].origin) == (second.id, "group")
        await until(lambda: two.asked == [(NAME, port)], what="the group's proxy is used")
        feed.publish("New")
        await client.check_account(account.id)
        await until(lambda: items_of(client, account.id), what="the item")

        for proxy_id in (first.id, second.id):
            shown = await client.proxy(proxy_id)
            assert shown.has_password
            assert shown.day.rate == 1.0
        with pytest.raises(ApiError) as caught:
            await client.delete_proxy(second.id)
        assert (caught.value.status, caught.value.text.params["names"]) == (409, "away")
        await client.delete_proxy(first.id)
    for path in profile.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path


async def test_faults_of_a_proxy_are_its_own_and_end_when_they_are_mended(client, feed_server):
    feed = feed_server.feed("mended")
    feed.publish("Known")
    settings, _ = behind(feed.url)
    with SmallProxy("http", "me", CANARY, names={NAME: LOOPBACK}) as proxy:
        made = await stored(client, proxy, password="wrong")
        create = AccountCreate(platform="feed", name="behind", settings=settings, interval_seconds=5, proxy_id=made.id)
        account = await account_is(client, (await client.create_account(create)).id, "unreachable")
        assert account.state_reason.code == "proxy_refuses_password"
        assert account.login_status == "unknown"
        await client.patch_proxy(made.id, ProxyPatch(password=CANARY))
        await account_is(client, account.id, "ok")
        await client.patch_proxy(made.id, ProxyPatch(port=free_port()))
        gone = await account_is(client, account.id, "unreachable")
        assert gone.state_reason.code == "proxy_unreachable"
        await client.patch_proxy(made.id, ProxyPatch(port=proxy.port))
        await account_is(client, account.id, "ok")
    stats = await client.account_stats()
    assert (stats.day.ok >= 2, stats.day.config >= 1, stats.day.network >= 1) == (True, True, True)
    assert (await client.proxy(made.id)).day.rate < 1
    states = [row.state for row in (await client.account_states(account.id)).rows]
    assert states[:4] == ["ok", "unreachable", "ok", "unreachable"]


async def test_a_proxy_is_tested_through_a_worker(client):
    with SmallProxy("socks5", "me", CANARY, names={"target.test": LOOPBACK}) as proxy, SmallProxy("http") as target:
        made = await stored(client, proxy)
        report = await client.test_stored_proxy(made.id, ProxyTarget(host="target.test", port=target.port))
        assert (report.success, report.error, report.fields) == (True, None, {})
        assert 0 <= report.latency_ms < 5000
        steps = [step.name.code for step in report.steps]
        assert steps == ["step_proxy_resolve", "step_proxy_connect", "step_proxy_tunnel"]
        last = (await client.proxy(made.id)).last_test
        assert (last.success, last.latency_ms, last.target) == (True, report.latency_ms, f"target.test:{target.port}")
        body = ProxyTest(kind="socks5", host=proxy.host, port=proxy.port, username="me", proxy_id=made.id)
        assert not (await client.test_proxy(body)).success  # nobody knows example.com here
        assert proxy.asked[-1] == ("example.com", 443)
        elsewhere = ProxyTest(kind="http", host=proxy.host, port=proxy.port, username="me", proxy_id=made.id)
        wrong = await client.test_proxy(elsewhere)
        assert wrong.fields.keys() == {"kind"}
    for body, field in (
        (ProxyTest(kind="socks5", host=LOOPBACK, port=free_port()), "host"),
        (ProxyTest(kind="socks5", host="no.such.name.invalid", port=1), "host"),
    ):
        report = await client.test_proxy(body)
        assert (report.success, report.latency_ms) == (False, None)
        assert report.fields.keys() == {field}


async def test_a_platform_that_would_go_around_a_proxy_is_refused(client, profile):
    with SmallProxy("http") as proxy:
        made = await client.create_proxy(ProxyCreate(name="p", kind="http", host=proxy.host, port=proxy.port))
        mark = profile / "executed"
        settings = {"command": "touch", "args": [str(mark)]}
        script = AccountCreate(platform="script", name="s", settings=settings, interval_seconds=5)
        with pytest.raises(ApiError) as caught:
            await client.create_account(AccountCreate(platform="script", name="s", settings=settings, proxy_id=made.id))
        assert caught.value.fields.keys() == {"proxy_id"}
        group = await client.create_group(GroupCreate(name="g"))
        account = await client.create_account(script)
        await account_is(client, account.id, "ok")
        mark.unlink()
        await client.patch_account(account.id, AccountPatch(group_id=group.id))
        await client.patch_group(group.id, GroupPatch(settings=Inheritable(proxy_id=made.id)))
        refused = await account_is(client, account.id, "unreachable")
        assert refused.state_reason.code == "proxy_unsupported"
        assert not mark.exists()
        assert proxy.asked == []
