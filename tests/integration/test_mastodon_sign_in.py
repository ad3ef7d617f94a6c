"""Mastodon: signing in on the server's page, and taking the permission back."""

import aiohttp
import pytest

from worker.platforms.mastodon.adapter import Adapter
from worker.platforms.mastodon.registrations import SCOPES
from worker.sdk import testing
from worker.sdk.errors import AuthFailed, TemporaryFailure

pytestmark = pytest.mark.real_server
MANIFEST = testing.read_manifest("worker.platforms.mastodon")


def account(server, credentials=None):
    return testing.adapter_of(Adapter, MANIFEST, {"server": server.url}, credentials)


class Person(testing.TestTalk):
    """Agrees on the page; where the page shows a code, it is pasted."""

    async def open_url(self, url, *, seconds=None, paste=False):
        await super().open_url(url, seconds=seconds, paste=paste)
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
            assert answer.status == 200
            said = await answer.text()
        if said.startswith("code-"):
            self._answers.append(said)


@pytest.mark.parametrize("method", ["browser", "code"])
async def test_who_agrees_on_the_page_is_signed_in_until_it_is_taken_back(mastodon_server, method):
    mastodon_server.publish("There")
    async with account(mastodon_server) as adapter:
        signed = await adapter.login(method, Person())
    assert mastodon_server.tokens[signed.document["access_token"]] == " ".join(SCOPES)
    async with account(mastodon_server, signed.document) as adapter:
        assert (await adapter.probe()).name.startswith("@me@")
        items, _ = await testing.poll_all(adapter, None)
        assert len(items) == 1
        assert await adapter.log_out() is True
    async with account(mastodon_server, signed.document) as adapter:
        await testing.raises(AuthFailed, adapter, "access_token")


async def test_a_token_that_was_typed_is_the_persons_own(mastodon_server):
    async with account(mastodon_server, {"access_token": "right"}) as adapter:
        assert await adapter.log_out() is False
    assert "right" in mastodon_server.tokens


async def test_a_server_that_takes_no_applications_is_said_as_such(mastodon_server):
    mastodon_server.fail_with(404)
    async with account(mastodon_server) as adapter:
        with pytest.raises(TemporaryFailure) as caught:
            await adapter.login("browser", Person())
    assert "server" in caught.value.fields
