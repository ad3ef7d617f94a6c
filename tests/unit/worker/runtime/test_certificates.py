"""The certificates of one account: those of its servers, and the file of authorities that it names."""

import os

import pytest

from tests.helpers.certificates import self_signed
from worker.protocol.certificates import DAY_MS, Certificate
from worker.runtime import certificates
from worker.runtime.certificates import Trust
from worker.runtime.threads import Threads
from worker.sdk.certificates import Sight
from worker.sdk.platform import now_ms


@pytest.fixture
def threads():
    made = Threads()
    yield made
    made.close()


def days_left(trust):
    return [(one.kind, one.name, round((one.expires_at - now_ms()) / DAY_MS)) for one in trust.certificates()]


async def test_the_file_is_read_now_and_then_and_a_new_one_is_used(tmp_path, threads, monkeypatch):
    path = tmp_path / "ca.pem"
    path.write_bytes(self_signed("a", days=3)[1])
    trust, settings = Trust(threads), {"ca_file": str(path)}
    assert not await trust.is_outdated(settings)
    assert days_left(trust) == [("authority", str(path), 3)]
    path.write_bytes(self_signed("a", days=300)[1])
    os.utime(path, ns=(1, 1))
    assert not await trust.is_outdated(settings), "it is not read with every check"
    monkeypatch.setattr(certificates, "LOOK_SECONDS", 0.0)
    trust._look_at = 0.0
    assert await trust.is_outdated(settings)
    assert not await trust.is_outdated(settings)
    assert days_left(trust) == [("authority", str(path), 300)]
    path.write_bytes(self_signed("a", days=200)[1])
    os.utime(path, ns=(2, 2))
    monkeypatch.setattr(certificates, "LOOK_SECONDS", 600.0)
    await trust.is_outdated(settings)
    await trust.settle(settings)
    assert days_left(trust) == [("authority", str(path), 200)], "it was time to look"
    path.write_bytes(self_signed("a", days=100)[1])
    os.utime(path, ns=(3, 3))
    await trust.settle(settings)
    assert days_left(trust) == [("authority", str(path), 200)]
    trust.seen.note(Sight(certificate=trust.certificates()[0], seen_at=now_ms()))
    await trust.settle(settings)
    assert ("authority", str(path), 100) in days_left(trust), "a server was renewed: so may the file be"
    trust.seen.clear()
    path.write_text("broken")
    await trust.settle(settings)
    assert days_left(trust) == [("authority", str(path), 100)]
    await trust.is_outdated({})
    assert trust.certificates() == []


async def test_who_vouches_for_itself_is_told_once(tmp_path, threads):
    path = tmp_path / "ca.pem"
    path.write_bytes(self_signed("localhost", days=3)[1])
    trust = Trust(threads)
    await trust.is_outdated({"ca_file": str(path)})
    (own,) = trust.certificates()
    server = Certificate(kind="server", name="localhost", begins_at=own.begins_at, expires_at=own.expires_at)
    trust.seen.note(Sight(certificate=server, seen_at=now_ms()))
    assert trust.certificates() == [server]


async def test_what_was_seen_a_day_ago_is_looked_at_again(threads):
    trust = Trust(threads)
    now = now_ms()
    server = Certificate(kind="server", name="localhost", begins_at=now - 300 * DAY_MS, expires_at=now + DAY_MS)
    trust.seen.note(Sight(certificate=server, seen_at=now - DAY_MS - 1000))
    assert await trust.is_outdated({})
    trust.seen.note(Sight(certificate=server, seen_at=now - DAY_MS // 2))
    assert not await trust.is_outdated({})


async def test_a_server_that_is_asked_no_more_costs_one_new_connection_and_not_one_a_check(threads):
    trust, now = Trust(threads), now_ms()
    before, here = (
        Certificate(kind="server", name=name, begins_at=now - 300 * DAY_MS, expires_at=now + 90 * DAY_MS)
        for name in ("moved.example", "localhost")
    )
    trust.seen.note(Sight(certificate=before, seen_at=now - DAY_MS - 1000))
    trust.seen.note(Sight(certificate=here, seen_at=now - DAY_MS - 1000))
    outdated = []
    for _check in range(5):
        outdated.append(await trust.is_outdated({}))
        trust.seen.note(Sight(certificate=here, seen_at=now))
    assert outdated == [True, False, False, False, False]
    trust.seen.note(Sight(certificate=before, seen_at=now - DAY_MS - 500))
    assert await trust.is_outdated({}), "it was asked again meanwhile"


async def test_who_asks_has_it_seen_anew_where_its_end_is_near(threads):
    trust, now = Trust(threads), now_ms()
    near, far = (
        Certificate(kind="server", name="localhost", begins_at=now - 300 * DAY_MS, expires_at=now + days * DAY_MS)
        for days in (3, 300)
    )
    trust.seen.note(Sight(certificate=far, seen_at=now))
    trust.doubt()
    assert not await trust.is_outdated({}), "no reason to connect anew"
    trust.seen.note(Sight(certificate=near, seen_at=now))
    assert not await trust.is_outdated({})
    trust.doubt()
    assert await trust.is_outdated({})
    assert trust.certificates() == []
    assert not await trust.is_outdated({})
