"""Mastodon: what another client has read."""

import pytest

from worker.platforms.mastodon import markers
from worker.platforms.mastodon.adapter import Adapter
from worker.sdk import testing

pytestmark = pytest.mark.real_server
MANIFEST = testing.read_manifest("worker.platforms.mastodon")


@pytest.fixture
def adapter_of(mastodon_server, monkeypatch):
    monkeypatch.setattr(markers, "LOOK_SECONDS", 0.0)

    def made(token="right"):
        return testing.adapter_of(Adapter, MANIFEST, {"server": mastodon_server.url}, {"access_token": token})

    return made


async def test_what_another_client_has_read_is_read_here_once(mastodon_server, adapter_of):
    mastodon_server.publish("Old")
    async with adapter_of() as adapter:
        _, cursor = await testing.poll_all(adapter, None)
        for number, title in ((2000, "One"), (2001, "Two"), (10_000, "Three")):
            mastodon_server.publish(title, id=number)
        items, cursor = await testing.poll_all(adapter, cursor)
        keys = {item.title: item.key for item in items}
        assert (await adapter.poll(cursor)).read == []
        mastodon_server.marker = "2001"
        assert (await adapter.poll(cursor)).read == [keys["One"], keys["Two"]]
        assert (await adapter.poll(cursor)).read == []
        mastodon_server.marker = "10000"
        assert (await adapter.poll(cursor)).read == [keys["Three"]]
        asked = len(mastodon_server.asked)
        await adapter.poll(cursor)
        # Nothing is unread: nobody is asked.
        assert not any("markers" in path for path in mastodon_server.asked[asked:])


async def test_a_token_that_does_not_open_the_marker_still_watches(mastodon_server, adapter_of):
    mastodon_server.tokens["narrow"] = "read:notifications read:accounts"
    async with adapter_of("narrow") as adapter:
        _, cursor = await testing.poll_all(adapter, None)
        mastodon_server.publish("One")
        items, cursor = await testing.poll_all(adapter, cursor)
        assert len(items) == 1
        for _ in range(2):
            assert (await adapter.poll(cursor)).read == []
        assert sum("markers" in path for path in mastodon_server.asked) == 1
