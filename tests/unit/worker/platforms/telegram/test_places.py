"""The cursor, and where an account connects to."""

import pytest

from worker.platforms.telegram.places import MAX_GROUPS, Place, read_place
from worker.platforms.telegram.servers import Centre, first_centre
from worker.sdk.errors import InvalidConfig
from worker.sdk.testing import TestContext, read_manifest

MANIFEST = read_manifest("worker.platforms.telegram")


def test_mentions_are_remembered_by_group():
    place = Place(pts=1, qts=0, date=2).with_mention(4, 10).with_mention(4, 7)
    assert (place.told(4), place.told(5)) == (10, 0)
    for group in range(MAX_GROUPS):
        place = place.with_mention(group + 100, 1)
    assert (len(place.mentions), place.told(4)) == (MAX_GROUPS, 0)


@pytest.mark.parametrize("cursor", [None, "", "null", "{}", '{"pts": "x"}'])
def test_what_is_no_cursor(cursor):
    assert read_place(cursor) is None


@pytest.mark.parametrize(
    ("typed", "centre"),
    [
        ("", Centre(number=2, address="149.154.167.51", port=443)),
        (" 192.0.2.7:80 ", Centre(number=2, address="192.0.2.7", port=80)),
        ("192.0.2.7", Centre(number=2, address="192.0.2.7", port=443)),
        ("[2001:db8::1]:80", Centre(number=2, address="2001:db8::1", port=80)),
    ],
)
async def test_servers(typed, centre):
    assert await first_centre(TestContext(MANIFEST, {"server": typed})) == centre


async def test_behind_a_proxy_a_server_is_an_address():
    from worker.protocol.proxy_routes import ProxyRoute

    context = TestContext(MANIFEST, {"server": "example.org:80"})
    context.proxy = ProxyRoute(proxy_id="p", name="P", kind="socks5", host="192.0.2.9", port=1080)
    with pytest.raises(InvalidConfig) as caught:
        await first_centre(context)
    assert "server" in caught.value.fields
