"""GitHub: signing in with a code, and threads that are read here."""

import pytest

from tests.helpers.github_server import TOKEN
from worker.platforms.github.adapter import Adapter
from worker.sdk import testing
from worker.sdk.errors import AuthFailed, InvalidConfig

pytestmark = pytest.mark.real_server
MANIFEST = testing.read_manifest("worker.platforms.github")


def account(server, credentials=None, **settings):
    return testing.adapter_of(Adapter, MANIFEST, {"server": server.url, **settings}, credentials)


class Person(testing.TestTalk):
    def __init__(self, server):
        super().__init__()
        self.server = server

    async def device_code(self, code, url, *, seconds=None):
        await super().device_code(code, url, seconds=seconds)
        self.server.approved = True


async def test_a_code_on_the_page_signs_in(github_server):
    person = Person(github_server)
    async with account(github_server, client_id=github_server.client_id) as adapter:
        signed = await adapter.login("device_code", person)
    assert person.shown == [("device_code", ("WDJB-MJHT", "https://github.com/login/device"))]
    assert signed.document == {"access_token": TOKEN}
    async with account(github_server, signed.document) as adapter:
        assert (await adapter.probe()).name == "octocat"
    github_server.revoke()
    async with account(github_server, signed.document) as adapter:
        await testing.raises(AuthFailed, adapter)


async def test_without_a_client_id_there_is_no_page(github_server):
    async with account(github_server) as adapter:
        with pytest.raises(InvalidConfig) as caught:
            await adapter.login("device_code", Person(github_server))
    assert set(caught.value.fields) == {"client_id"}


async def test_what_is_read_here_is_read_there_unless_more_has_happened(github_server):
    first, second = github_server.publish("One", comment="1"), github_server.publish("Two", comment="2")
    async with account(github_server, {"token": TOKEN}) as adapter:
        items, _ = await testing.poll_all(adapter, None)
        github_server.touch(second, "3")
        await adapter.mark_read([item.key for item in items] + ["99:2026-01-01T00:00:00Z", "odd"])
        await adapter.mark_read([items[0].key])
    unread = [thread["id"] for thread in github_server.threads if thread["unread"]]
    assert unread == [second["id"]]
    assert first["id"] not in unread


async def test_marking_with_a_refused_token_says_so(github_server):
    github_server.publish("One")
    async with account(github_server, {"token": TOKEN}) as adapter:
        (item,), _ = await testing.poll_all(adapter, None)
        github_server.revoke()
        with pytest.raises(AuthFailed):
            await adapter.mark_read([item.key])


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2027-03-01 10:00:00 UTC", 1803895200000),
        ("2027-03-01 12:00:00 +0200", 1803895200000),
        ("", None),
        ("soon", None),
    ],
)
async def test_when_a_token_ends_is_told(github_server, said, ends):
    github_server.token_ends = said
    github_server.interval = 0
    async with account(github_server, {"token": TOKEN}) as adapter:
        assert (await adapter.probe()).expires_at == ends
        assert (await adapter.poll(None)).expires_at == ends


async def test_what_is_read_elsewhere_is_read_here_once(github_server):
    github_server.interval = 0
    github_server.publish("Old")
    async with account(github_server, {"token": TOKEN}) as adapter:
        _, cursor = await testing.poll_all(adapter, None)
        threads = [github_server.publish(title) for title in ("One", "Two", "Three")]
        items, cursor = await testing.poll_all(adapter, cursor)
        keys = {item.title: item.key for item in items}
        github_server.touch(threads[0], "7")
        github_server.read(threads[1])
        page = await adapter.poll(cursor)
        # One has gone on, and is unread; three never changed.
        assert page.read == [keys["Two"]]
        github_server.publish("Four")
        assert (await adapter.poll(page.cursor)).read == []
