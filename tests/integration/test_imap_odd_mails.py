"""Mails that their server does not give: told as far as they are given, and never in the way of others."""

import pytest

from tests.helpers.odd_imap import OddImap, OddMail
from worker.platforms.imap.adapter import Adapter
from worker.sdk.errors import TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.imap")
NOTHING = frozenset(("size",))
HEAD = frozenset(("size", "head"))
ENVELOPE = frozenset(("size", "envelope"))
BUG = OddMail.refusal


@pytest.fixture
def server():
    with OddImap() as made:
        yield made


@pytest.fixture
async def adapter(server):
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "somebody"}
    made = Adapter(TestContext(MANIFEST, settings, {"password": "a password"}))
    yield made
    await made.close()


async def _titles(adapter, cursor):
    items, cursor = await poll_all(adapter, cursor)
    return [item.title for item in items], cursor


@pytest.mark.parametrize("refusal", ["", "NIL", BUG, "BAD Cannot read it"])
@pytest.mark.parametrize("gives", [HEAD, ENVELOPE, NOTHING])
async def test_a_mail_without_a_body_is_told_and_blocks_none(server, adapter, refusal, gives):
    _, cursor = await _titles(adapter, None)
    for subject in ("before", "odd", "behind"):
        server.add(OddMail(subject, gives, refusal) if subject == "odd" else OddMail(subject))
    items, cursor = await poll_all(adapter, cursor)
    before, odd, behind = items
    assert (before.title, before.text) == ("before", "text of before")
    assert (behind.title, behind.text) == ("behind", "text of behind")
    assert odd.text == ""
    if gives == NOTHING:
        assert "UID 2" in odd.title
        assert "INBOX" in odd.title
    else:
        assert (odd.title, odd.author) == ("odd", "Ada <ada@example.org>")
        assert odd.thread == "<odd@x>"
    assert await _titles(adapter, cursor) == ([], cursor)


async def test_a_mail_without_a_size_is_told(server, adapter):
    _, cursor = await _titles(adapter, None)
    server.add(OddMail("odd", frozenset(("head", "body")), BUG))
    server.add(OddMail("behind"))
    assert (await _titles(adapter, cursor))[0] == ["odd", "behind"]


@pytest.mark.parametrize("refusal", ["", "NO [EXPUNGEISSUED] Some messages no longer exist"])
async def test_a_mail_expunged_in_between_is_gone(server, adapter, refusal, monkeypatch):
    _, cursor = await _titles(adapter, None)
    for subject in ("before", "gone", "behind"):
        server.add(OddMail(subject, HEAD if subject == "gone" else OddMail.gives, refusal))
    fetched = server._fetched

    def expunging(rest):
        if "BODY" in rest:
            server.mails[2].expunged = True
            return refusal if refusal and "2" in rest else fetched(rest)
        return fetched(rest)

    monkeypatch.setattr(server, "_fetched", expunging)
    assert (await _titles(adapter, cursor))[0] == ["before", "behind"]


async def test_a_mail_refused_alone_is_tried_again_and_then_told(server, adapter):
    _, cursor = await _titles(adapter, None)
    server.add(OddMail("odd", NOTHING))
    for _ in range(2):
        with pytest.raises(TemporaryFailure) as caught:
            await adapter.poll(cursor)
        assert caught.value.reason.code == "server_unavailable"
    titles, cursor = await _titles(adapter, cursor)
    assert "UID 1" in titles[0]
    server.add(OddMail("behind"))
    assert (await _titles(adapter, cursor))[0] == ["behind"]


async def test_an_outage_costs_no_mail(server, adapter):
    _, cursor = await _titles(adapter, None)
    server.add(OddMail("one"))
    server.add(OddMail("two"))
    server.refuses_all = "NO [THROTTLED] Come back later"
    for _ in range(10):
        with pytest.raises(TemporaryFailure):
            await adapter.poll(cursor)
    server.refuses_all = ""
    assert (await _titles(adapter, cursor))[0] == ["one", "two"]


async def test_the_first_check_knows_what_it_is_given(server, adapter):
    server.add(OddMail("one"))
    server.add(OddMail("odd", NOTHING))
    titles, cursor = await _titles(adapter, None)
    assert titles == ["one"]
    server.add(OddMail("new"))
    assert (await _titles(adapter, cursor))[0] == ["new"]
