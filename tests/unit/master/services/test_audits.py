"""The audit: in order, by pages, kept as long as the settings say, and never a secret."""

import pytest

from master.context import actor, request_id
from master.errors import Invalid
from master.services.audits import AuditService
from tests.helpers.data import world_of
from worker.protocol.codec import now_ms
from worker.protocol.texts import text


@pytest.fixture
async def audit(profile):
    async with world_of(profile) as world:
        audit = AuditService(database=world.database, settings=world.settings, tasks=world.tasks)
        audit.world = world
        yield audit
        await audit.close()


async def test_entries_are_listed_by_pages_and_filters(audit):
    token, number = actor.set("token:script"), request_id.set("r-1")
    audit.note("token_created", text("audit_token_created", scope="admin"), subject="t", subject_name="T")
    actor.reset(token)
    request_id.reset(number)
    for account in ("a", "b", "a"):
        audit.note("credential_granted", text("audit_granted_watch"), account_id=account, by="w1")
    page = await audit.page(limit=2)
    assert [row.account_id for row in page.rows] == ["a", "b"]
    rest = await audit.page(limit=2, cursor=page.next_cursor)
    assert [row.action for row in rest.rows] == ["credential_granted", "token_created"]
    first = rest.rows[-1]
    assert (first.actor, first.request_id, first.subject_name) == ("token:script", "r-1", "T")
    assert rest.next_cursor is None
    assert len((await audit.page(account_id="a")).rows) == 2
    assert len((await audit.page(actor="w1", action="credential_granted")).rows) == 3
    assert (await audit.page(until=first.at)).rows == []
    assert len((await audit.page(since=first.at)).rows) == 4
    with pytest.raises(Invalid):
        await audit.page(cursor="x")


async def test_old_entries_are_cleared(audit):
    audit.note("logged_out", text("audit_logged_out"))
    await audit.page()
    purge = audit.purges()["audit"]
    assert (await purge(now_ms() + 1, True), await purge(now_ms() + 1, False)) == (0, 0)
    await audit.world.database.write(lambda conn: conn.exec_driver_sql("UPDATE audit SET at = 1"))
    assert (await purge(0, True), await purge(0, False), await purge(0, True)) == (1, 1, 0)
