"""The demo shows every kind of challenge."""

import pytest

from worker.platforms.demo import logins
from worker.platforms.demo.adapter import Adapter
from worker.sdk.errors import AuthFailed
from worker.sdk.testing import TestContext, TestTalk, read_manifest

MANIFEST = read_manifest("worker.platforms.demo")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(logins, "DEVICE_SECONDS", 0.01)
    monkeypatch.setattr(logins, "CONFIRM_SECONDS", 0.0)


def test_all_kinds_are_offered():
    assert [login.kind for login in MANIFEST.logins] == ["qr", "code", "url", "device_code"]


@pytest.mark.parametrize("login", MANIFEST.logins, ids=lambda login: login.id)
async def test_each_leads_to_credentials_that_work(login):
    context = TestContext(MANIFEST, {"mood": "signed_out"})
    talk = TestTalk("1234")
    adapter = Adapter(context)
    with pytest.raises(AuthFailed):
        await adapter.poll(None)
    signed = await adapter.login(login.id, talk)
    assert talk.shown[0][0] == login.kind
    context.credentials = signed.document
    assert (await adapter.poll(None)).cursor
    assert await adapter.log_out()


async def test_a_qr_code_is_made_anew_when_asked_for():
    talk = TestTalk(None, "second")
    await Adapter(TestContext(MANIFEST, {})).login("qr", talk)
    codes = [shown.text for kind, shown in talk.shown if kind == "qr"]
    assert len(set(codes)) == 2


async def test_a_wrong_code_is_asked_for_again_three_times_at_most():
    talk = TestTalk("0000", "0000", "12")
    await Adapter(TestContext(MANIFEST, {})).login("code", talk)
    assert [wrong is not None for _, (_, wrong) in talk.shown] == [False, True, True]
    with pytest.raises(AuthFailed):
        await Adapter(TestContext(MANIFEST, {})).login("code", TestTalk("0000", "0000", "0000"))
