"""Accounts: created, changed, paused, signed in, deleted; and what their checks make of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import AccountBatch, AccountCreate, AccountPatch, ItemFilter
from master.errors import Conflict, Invalid, NotFound, Unavailable
from master.vault.errors import VaultError
from master.vault.memory import MemoryKeyring
from tests.helpers.data import WORKER, World, batch, world_of
from tests.helpers.deadlines import until
from worker.protocol.account_messages import CheckStarted
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import text

DOWN = text("dns_failed", host="h")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def refused(call) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        await call
    return {name: words.code for name, words in caught.value.fields.items()}


# ---------------------------------------------------------------- creating


async def test_a_new_account_wants_an_owner_and_is_announced(world):
    world.types()
    account = await world.feed("News", tags=["a"], notes="n", priority=3)
    assert world.types() == ["account.changed"]
    assert world.hooks.calls == [("wanted", account.id)]
    assert (account.state, account.login_status) == (AccountState.PENDING, LoginStatus.UNKNOWN)
    assert account.state_reason == text("unassigned_waits"), "whether a worker runs is not known here"
    assert (account.platform_account_id, account.version) == ("http://example.org/News", 1)
    assert world.accounts.rows() == {account.id: account}
    assignment = world.accounts.assignment(account.id)
    assert assignment.settings == {"url": "http://example.org/News", "depth": 3}
    assert assignment.baseline
    assert not assignment.has_credentials


async def test_the_password_goes_to_the_vault_alone(world, profile):
    account = await world.mail("ann", password="canary-4711")
    assert account.platform_account_id == "ann@mail.example.org"
    assert (account.has_credentials, account.login_status) == (True, LoginStatus.PENDING)
    assert await world.accounts.secret(account.id) == ({"password": "canary-4711"}, 1)
    assert world.accounts.assignment(account.id).credential_version == 1
    assert world.accounts.credential_owners() == [(account.id, 1)]
    assert "canary" not in str(world.events)
    await world.database.read(lambda conn: conn.exec_driver_sql("SELECT 1"))
    for path in profile.rglob("*"):
        assert path.is_dir() or b"canary-4711" not in path.read_bytes(), path


async def test_without_needed_credentials_it_waits_for_a_sign_in(world):
    account = await world.mail(password=None)
    assert (account.state, account.login_status) == (AccountState.LOGIN_NEEDED, LoginStatus.NOT_LOGGED_IN)
    assert world.accounts.obstacle(account.id) == text("state_credentials_missing")
    assert account.assignment_reason == text("unassigned_login_needed")
    assert world.hooks.calls == []
    with pytest.raises(Unavailable) as caught:
        await world.accounts.secret(account.id)
    assert caught.value.code == "ERR_CREDENTIAL_MISSING"
    assert (await world.notifications.page()).rows == []


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({}, {"settings.url": "field_required"}),
        ({"url": "  "}, {"settings.url": "field_required"}),
        ({"url": 7}, {"settings.url": "field_type"}),
        ({"url": "ftp://x"}, {"settings.url": "url_scheme"}),
        ({"url": "https://not an address"}, {"settings.url": "url_unreadable"}),
        ({"url": "http://"}, {"settings.url": "url_unreadable"}),
        ({"url": "http://example.org:99999/"}, {"settings.url": "url_unreadable"}),
        ({"url": "http://x", "depth": "3"}, {"settings.depth": "field_type"}),
        ({"url": "http://x", "depth": True}, {"settings.depth": "field_type"}),
        ({"url": "http://x", "depth": float("nan")}, {"settings.depth": "field_type"}),
        ({"url": "http://x", "depth": 11}, {"settings.depth": "field_range"}),
        ({"url": "http://x", "nope": 1}, {"settings.nope": "field_unknown"}),
        ({"url": "http://x", "password": "p"}, {"settings.password": "field_secret_in_settings"}),
    ],
)
async def test_wrong_settings_are_told_by_field_and_nothing_is_written(world, settings, faults):
    assert await refused(world.feed(settings=settings)) == faults
    assert world.accounts.rows() == {}


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({"security": "odd"}, {"settings.security": "field_choice"}),
        ({"security": ["tls"]}, {"settings.security": "field_choice"}),
        ({"folders": "INBOX"}, {"settings.folders": "field_type"}),
        ({"folders": ["a", 1]}, {"settings.folders": "field_type"}),
        ({"flag": "yes"}, {"settings.flag": "field_type"}),
    ],
)
async def test_every_type_of_field_is_checked(world, settings, faults):
    assert await refused(world.mail(settings={"host": "h", "username": "u"} | settings)) == faults


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"credentials": {}}, {"credentials.password": "field_required", "credentials": "field_required"}),
        ({"credentials": {"password": ""}}, {"credentials.password": "field_required"}),
        ({"credentials": {"password": 5}}, {"credentials.password": "field_type"}),
        ({"credentials": {"password": "x", "host": "y"}}, {"credentials.host": "field_unknown"}),
        ({"group_id": "g", "proxy_id": "p"}, {"group_id": "group_unknown", "proxy_id": "proxy_unknown"}),
        ({"interval_seconds": 30, "interval_max_seconds": 10}, {"interval_max_seconds": "field_range"}),
    ],
)
async def test_the_rest_is_checked_too(world, body, faults):
    create = AccountCreate(platform="imap", name="n", settings={"host": "h", "username": "u"}, **body)
    assert await refused(world.accounts.create(create)) == faults


async def test_an_unknown_platform_is_a_fault_of_that_field(world):
    assert await refused(world.accounts.create(AccountCreate(platform="nope", name="n"))) == {
        "platform": "field_choice"
    }


async def test_the_same_account_cannot_be_added_twice(world):
    await world.feed("one")
    assert await refused(world.feed("one")) == {"settings.url": "field_taken"}
    again = {"platform_account_id": "http://example.org/one"}
    assert await refused(world.feed("two", **again)) == {"platform_account_id": "field_taken"}


async def test_no_secret_is_left_when_the_database_refuses(world):
    async def broken(work):
        raise OSError("disk full")

    world.database.write, write = broken, world.database.write
    with pytest.raises(OSError, match="disk full"):
        await world.mail()
    world.database.write = write
    assert world.accounts.rows() == {}
    ring = world.backend.open()
    assert isinstance(ring, MemoryKeyring)
    assert ring.entries == {}


async def test_a_vault_that_takes_nothing_is_told_with_what_to_do(world):
    async def broken(*_arguments):
        raise VaultError("vault_none_linux")

    world.vault.write = broken
    with pytest.raises(Unavailable) as caught:
        await world.mail()
    assert caught.value.code == "ERR_KEYRING"
    assert "gnome-keyring" in caught.value.text.message
    assert world.accounts.rows() == {}


# ---------------------------------------------------------------- changing


async def test_a_patch_changes_what_it_names_and_tells_the_owner(world):
    account = await world.feed(tags=["a"])
    world.types()
    changed = await world.accounts.patch(account.id, AccountPatch(name="Other", interval_max_seconds=60, version=1))
    assert (changed.name, changed.interval_max_seconds, changed.tags, changed.version) == ("Other", 60, ["a"], 2)
    assert world.types() == ["account.changed"]
    assert world.hooks.calls[-1] == ("changed", account.id)
    with pytest.raises(Conflict):
        await world.accounts.patch(account.id, AccountPatch(name="Third", version=1))
    assert (await world.accounts.patch(account.id, AccountPatch(name="Third"))).version == 3
    assert await refused(world.accounts.patch(account.id, AccountPatch(interval_max_seconds=5))) == {
        "interval_max_seconds": "field_range"
    }
    assert await refused(world.accounts.patch(account.id, AccountPatch(settings={}))) == {
        "settings.url": "field_required"
    }
    with pytest.raises(NotFound):
        await world.accounts.patch("nope", AccountPatch(name="n"))


async def test_another_address_is_another_place_and_begins_with_a_baseline(world):
    account = await world.feed("one")
    await world.feed("two")
    epoch = await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}, cursor=(1, "c")))
    await world.ended(account.id)
    taken = AccountPatch(settings={"url": "http://example.org/two"})
    assert await refused(world.accounts.patch(account.id, taken)) == {"settings.url": "field_taken"}
    assert world.accounts.assignment(account.id).cursor == "c"
    changed = await world.accounts.patch(account.id, AccountPatch(settings={"url": "http://example.org/3"}))
    assert changed.platform_account_id == "http://example.org/3"
    assert changed.state is AccountState.PENDING
    assignment = world.accounts.assignment(account.id)
    assert (assignment.cursor, assignment.baseline) == (None, True)


async def test_changed_settings_allow_another_try(world):
    account = await world.mail()
    await world.own(account.id)
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, reason=text("auth_refused", username="x"))
    assert world.accounts.get(account.id).state is AccountState.LOGIN_NEEDED
    await world.accounts.patch(account.id, AccountPatch(name="only the name"))
    assert world.accounts.obstacle(account.id) == text("unassigned_login_needed")
    settings = {"host": "other.example.org", "username": "u"}
    changed = await world.accounts.patch(account.id, AccountPatch(settings=settings))
    assert (changed.login_status, world.accounts.obstacle(account.id)) == (LoginStatus.PENDING, None)


async def test_pause_and_resume(world):
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id)
    paused = await world.accounts.pause(account.id)
    assert (paused.state, paused.state_reason) == (AccountState.PAUSED, text("state_paused"))
    assert world.accounts.obstacle(account.id) == text("unassigned_paused")
    assert world.hooks.calls[-1] == ("unwanted unassigned_paused", account.id)
    await world.ended(account.id, CheckOutcome.TEMPORARY, reason=DOWN)
    assert world.accounts.get(account.id).state is AccountState.PAUSED
    resumed = await world.accounts.resume(account.id)
    assert resumed.state is AccountState.PENDING
    assert world.hooks.calls[-1] == ("wanted", account.id)


async def test_delete_forgets_secret_and_history_as_asked(world):
    kept, gone = await world.mail("kept"), await world.mail("gone")
    for account in (kept, gone):
        epoch = await world.own(account.id)
        await world.items.ingest(WORKER, batch(account.id, epoch, {1: "a"}))
    world.types()
    await world.accounts.delete(kept.id, keep_history=True)
    assert [row.keep_history for row in world.of("account.deleted")] == [True]
    assert world.types() == ["account.deleted"]
    assert world.hooks.calls[-1] == ("unwanted cause_deleted", kept.id)
    await world.accounts.delete(gone.id, keep_history=False)
    assert world.types() == ["account.deleted", "unread.changed"]
    assert [row.account_id for row in (await world.items.page(ItemFilter())).rows] == [kept.id]
    assert world.notifications.pending_count() == 1
    assert world.items.unread().accounts == {kept.id: 1}
    for account in (kept, gone):
        with pytest.raises(VaultError):
            await world.vault.read(account.id, 1)
        with pytest.raises(NotFound):
            world.accounts.get(account.id)
    await world.mail("kept")


async def test_a_batch_says_what_became_of_each(world):
    one, two = await world.feed("one"), await world.feed("two")
    body = AccountBatch(action="pause", account_ids=[one.id, "nope", two.id, one.id])
    report = await world.accounts.batch(body)
    assert (report.total, report.success, report.failure) == (3, 2, 1)
    assert [(result.id, result.success) for result in report.results] == [
        (one.id, True),
        ("nope", False),
        (two.id, True),
    ]
    assert report.results[1].error.code == "account_unknown"
    await world.accounts.batch(AccountBatch(action="delete", account_ids=[one.id]))
    assert list(world.accounts.rows()) == [two.id]


async def test_pages_and_filters(world):
    made = [await world.feed(f"n{number}") for number in range(5)]
    await world.accounts.pause(made[0].id)
    seen, cursor = [], None
    while True:
        page = world.accounts.page(limit=2, cursor=cursor)
        seen += [row.id for row in page.rows]
        assert page.total == 5
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(row.id for row in made)
    assert [row.name for row in world.accounts.page(q="N3").rows] == ["n3"]
    assert [row.name for row in world.accounts.page(state=AccountState.PAUSED).rows] == ["n0"]
    assert world.accounts.page(platform="imap").rows == []
    with pytest.raises(Invalid):
        world.accounts.page(cursor="x")


# ---------------------------------------------------------------- checks


async def test_checks_make_it_ok_and_only_changes_are_announced(world):
    account = await world.feed()
    epoch = await world.own(account.id)
    assert world.accounts.get(account.id).state_reason == text("state_waiting_first_check")
    world.types()
    world.accounts.check_started(WORKER, CheckStarted(account_id=account.id, epoch=epoch))
    assert world.accounts.get(account.id).checking
    assert world.types() == ["checking"]
    await world.ended(account.id, next_check_at=now_ms() + 30_000)
    assert world.types() == ["checking", "account.changed"]
    row = world.accounts.get(account.id)
    assert (row.state, row.checking, row.checks_ok, row.checks_total) == (AccountState.OK, False, 1, 1)
    assert row.last_ok_at == row.last_checked_at is not None
    await world.ended(account.id)
    (event,) = world.of("checking")
    assert (event.beat.level, event.checks_total) == ("ok", 2)
    assert world.types() == ["checking"]
    assert [beat.level for beat in world.accounts.beats()[account.id]] == ["ok", "ok"]
    for _ in range(50):
        await world.ended(account.id)
    assert len(world.accounts.beats()[account.id]) == 40


async def test_a_refused_sign_in_stops_the_checks_and_is_told_once(world):
    account = await world.mail()
    await world.own(account.id)
    await world.ended(account.id)
    assert world.accounts.get(account.id).login_status is LoginStatus.LOGGED_IN
    reason = text("auth_refused", username="x")
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, reason=reason)
    row = world.accounts.get(account.id)
    assert (row.state, row.state_reason, row.login_status) == (AccountState.LOGIN_NEEDED, reason, LoginStatus.EXPIRED)
    assert world.hooks.calls[-1] == ("unwanted unassigned_login_needed", account.id)
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, reason=reason)
    (told,) = (await world.notifications.page()).rows
    assert (told.kind, told.title.code, told.account_id) == ("alert", "notify_login_needed", account.id)

    await world.accounts.put_credentials(account.id, {"password": "better"})
    row = world.accounts.get(account.id)
    assert (row.state, row.login_status) == (AccountState.PENDING, LoginStatus.PENDING)
    assert world.hooks.calls[-1] == ("changed", account.id)
    assert await world.accounts.secret(account.id) == ({"password": "better"}, 2)
    with pytest.raises(VaultError):
        await world.vault.read(account.id, 1)
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, reason=reason)
    assert len((await world.notifications.page()).rows) == 2, "a new attempt may fail anew"


async def test_a_wrong_new_password_changes_nothing(world):
    account = await world.mail()
    assert await refused(world.accounts.put_credentials(account.id, {"nope": "x"})) == {
        "credentials.nope": "field_unknown",
        "credentials.password": "field_required",
    }
    assert await world.accounts.secret(account.id) == ({"password": "hunter22"}, 1)


async def test_an_outage_is_unreachable_never_a_sign_in_and_told_after_three_intervals(world):
    account = await world.mail(interval_seconds=10)
    await world.own(account.id)
    await world.ended(account.id)
    await world.ended(account.id, CheckOutcome.TEMPORARY, reason=DOWN)
    row = world.accounts.get(account.id)
    assert (row.state, row.state_reason, row.login_status) == (AccountState.UNREACHABLE, DOWN, LoginStatus.LOGGED_IN)
    world.sleep(31)
    await world.ended(account.id, CheckOutcome.TIMEOUT, reason=text("check_timeout", seconds=60))
    (told,) = await until(lambda: _told(world))
    assert told.title.code == "notify_unreachable"
    world.sleep(100)
    await world.ended(account.id, CheckOutcome.ERROR, reason=text("check_failed", detail="x"))
    await world.ended(account.id)
    assert world.accounts.get(account.id).state is AccountState.OK
    rows = await _told(world)
    assert [row.title.code for row in rows] == ["notify_reachable", "notify_unreachable"]


async def _told(world):
    return (await world.notifications.page()).rows


async def test_a_service_that_asks_for_patience_is_reachable(world):
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id)
    await world.ended(account.id, CheckOutcome.RATE_LIMITED, next_check_at=now_ms() + 600_000)
    assert world.accounts.get(account.id).state is AccountState.OK
    world.sleep(600)
    assert world.accounts.get(account.id).state is AccountState.OK


async def test_silence_becomes_stale_and_a_success_ends_it(world):
    account = await world.feed(interval_seconds=30)
    await world.own(account.id)
    await world.ended(account.id)
    world.sleep(89)
    assert world.accounts.get(account.id).state is AccountState.OK
    world.types()
    world.sleep(3)
    await until(lambda: world.accounts.get(account.id).state is AccountState.STALE)
    assert world.accounts.get(account.id).state_reason == text("state_stale", seconds=90)
    await world.ended(account.id)
    assert world.accounts.get(account.id).state is AccountState.OK


async def test_the_sleep_of_the_machine_makes_nothing_stale(world):
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id)
    world.sleep(1)
    world.clock += 8 * 3600 * 1000
    world.sleep(10)
    assert world.accounts.get(account.id).state is AccountState.OK


async def test_what_an_older_epoch_says_is_refused(world):
    account = await world.feed()
    old = await world.own(account.id)
    await world.own(account.id, "w2")
    world.types()
    await world.ended(account.id, CheckOutcome.AUTH_FAILED, epoch=old)
    world.accounts.check_started(WORKER, CheckStarted(account_id=account.id, epoch=old))
    assert world.types() == []
    assert world.accounts.get(account.id).state is AccountState.PENDING


async def test_losing_the_owner_is_pending_with_the_reason(world):
    account = await world.feed()
    await world.own(account.id)
    await world.ended(account.id)
    await world.own(account.id, None)
    row = world.accounts.get(account.id)
    assert (row.state, row.state_reason) == (AccountState.PENDING, text("unassigned_no_worker"))
    await world.own(account.id, "w2")
    assert world.accounts.get(account.id).state is AccountState.OK, "it did well before, and is watched again"


async def test_unreadable_credentials_need_a_sign_in(world):
    account = await world.mail()
    await world.vault.erase(account.id, 1)
    with pytest.raises(Unavailable) as caught:
        await world.accounts.secret(account.id)
    assert caught.value.code == "ERR_CREDENTIAL_MISSING"
    await until(lambda: world.accounts.get(account.id).state is AccountState.LOGIN_NEEDED)
    assert world.accounts.get(account.id).state_reason.code == "state_credentials_unreadable"
    await until(lambda: world.hooks.calls[-1] == ("unwanted unassigned_login_needed", account.id))


async def test_states_and_times_survive_a_restart(world, profile):
    fine, bad, paused = await world.feed("fine"), await world.mail("bad"), await world.feed("paused")
    for account in (fine, bad):
        await world.own(account.id)
    await world.ended(fine.id, at=1_800_000_000_000)
    await world.ended(bad.id, CheckOutcome.AUTH_FAILED, reason=text("auth_refused", username="x"))
    await world.accounts.pause(paused.id)
    await world.accounts.close()
    async with world_of(profile) as again:
        rows = again.accounts.rows()
        assert {row.id: row.state for row in rows.values()} == {
            fine.id: AccountState.OK,
            bad.id: AccountState.LOGIN_NEEDED,
            paused.id: AccountState.PAUSED,
        }
        assert rows[fine.id].last_ok_at == 1_800_000_000_000
        assert rows[bad.id].state_reason == text("auth_refused", username="x")
        again.sleep(3)
        assert again.accounts.rows()[bad.id].state is AccountState.LOGIN_NEEDED
        assert len((await again.notifications.page()).rows) == 1
