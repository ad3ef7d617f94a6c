"""Credentials of accounts: compare-and-set, the same identity, and what a kill leaves in the vault."""

import pytest

from master.api.schema import AccountCreate, AccountPatch
from master.errors import Conflict, NotFound, Unavailable
from master.services.account_credentials import SignedInAccount
from master.services.audits import AuditService
from master.vault.errors import VaultError
from tests.helpers.data import WORKER, world_of
from worker.protocol.account_messages import CheckEnded
from worker.protocol.codec import now_ms
from worker.protocol.credential_messages import CredentialUpdated
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus


@pytest.fixture
async def world(profile):
    async with world_of(profile) as made:
        made.audit = AuditService(database=made.database, settings=made.settings, tasks=made.tasks)
        made.accounts.audit = made.audit
        yield made


def renewed(account_id, version, token, **more):
    return CredentialUpdated(account_id=account_id, version=version, document={"token": token}, **more)


async def actions(world):
    return [row.action for row in (await world.audit.page()).rows]


async def test_renewed_credentials_count_if_those_they_came_from_still_hold(world):
    account = await world.mail()
    await world.own(account.id)
    answer = await world.accounts.renewed(renewed(account.id, 1, "second"), WORKER)
    assert (answer.stored, answer.version) == (True, 2)
    assert await world.accounts.secret(account.id) == ({"token": "second"}, 2)
    late = await world.accounts.renewed(renewed(account.id, 1, "late"), "worker-2")
    assert (late.stored, late.version) == (False, 2)
    assert await world.accounts.secret(account.id) == ({"token": "second"}, 2)
    with pytest.raises(NotFound):
        await world.accounts.renewed(renewed("nobody", 1, "x"), WORKER)
    assert await actions(world) == ["credential_refused", "credential_stored", "credential_stored"]


async def test_what_the_owner_renewed_itself_changes_neither_its_epoch_nor_its_task(world):
    account = await world.mail()
    epoch = await world.own(account.id)
    world.hooks.calls.clear()
    await world.accounts.renewed(renewed(account.id, 1, "t"), WORKER)
    assert world.accounts.get(account.id).epoch == epoch
    assert world.hooks.calls == []
    await world.accounts.renewed(renewed(account.id, 2, "u"), "the one before")
    assert world.accounts.get(account.id).epoch > epoch
    assert world.hooks.calls == [("changed", account.id)]


async def test_a_late_renewal_mends_an_account_whose_old_token_was_tried_meanwhile(world):
    account = await world.mail()
    await world.own(account.id)
    await world.ended(account.id, CheckOutcome.OK)
    await world.ended(account.id, CheckOutcome.AUTH_FAILED)
    assert world.accounts.get(account.id).state is AccountState.LOGIN_NEEDED
    await world.accounts.renewed(renewed(account.id, 1, "t"), "worker-2")
    mended = world.accounts.get(account.id)
    assert (mended.state, mended.login_status) == (AccountState.PENDING, LoginStatus.PENDING)


async def test_a_removed_account_keeps_what_was_renewed_for_the_case_that_it_comes_back(world):
    account = await world.mail()
    await world.own(account.id)
    await world.accounts.remove(account.id, keep_history=True)
    assert (await world.accounts.renewed(renewed(account.id, 1, "t"), WORKER)).stored
    await world.accounts.restore(account.id)
    assert await world.accounts.secret(account.id) == ({"token": "t"}, 2)


async def test_a_keyring_that_takes_nothing_leaves_all_as_it_was(world, monkeypatch):
    account = await world.mail()

    async def refuse(*_given, **_more):
        raise VaultError("vault_not_started")

    monkeypatch.setattr(world.vault, "write", refuse)
    with pytest.raises(Unavailable):
        await world.accounts.renewed(renewed(account.id, 1, "t"), WORKER)
    monkeypatch.undo()
    assert (await world.accounts.renewed(renewed(account.id, 1, "t"), WORKER)).stored


async def test_what_a_killed_master_had_stored_last_is_found_again(world, profile):
    account = await world.mail()
    await world.accounts.signed_in(account.id, {"token": "first"}, "ann", None)
    # The kill comes between the vault and the database.
    await world.vault.write(account.id, 3, {"token": "only good one"})
    assert await world.accounts.adopt_unfinished() == 1
    assert await world.accounts.secret(account.id) == ({"token": "only good one"}, 3)
    assert await world.accounts.adopt_unfinished() == 0


async def test_typed_credentials_are_never_replaced_by_what_a_kill_left(world):
    account = await world.mail()
    await world.vault.write(account.id, 2, {"password": "half stored"})
    assert await world.accounts.adopt_unfinished() == 0
    assert await world.accounts.secret(account.id) == ({"password": "hunter22"}, 1)


# ---------------------------------------------------------------- who


async def test_another_person_is_refused_and_nothing_changes(world):
    account = await world.mail()
    signed = await world.accounts.signed_in(account.id, {"token": "t"}, "ann", None)
    assert (signed.login_status, signed.credential_version) == (LoginStatus.LOGGED_IN, 2)
    with pytest.raises(Conflict) as caught:
        await world.accounts.signed_in(account.id, {"token": "e"}, "eve", None)
    assert caught.value.text.code == "login_other_identity"
    assert await world.accounts.secret(account.id) == ({"token": "t"}, 2)
    assert world.accounts.get(account.id) == signed


async def test_a_person_who_is_watched_already_is_no_second_account(world):
    first = await world.mail("ann")
    await world.accounts.signed_in(first.id, {"token": "t"}, "ann", None)
    second = await world.mail("bob")
    with pytest.raises(Conflict) as caught:
        await world.accounts.signed_in(second.id, {"token": "t"}, "ann", None)
    assert caught.value.text.code == "login_taken_identity"


async def test_an_unknown_id_is_told_by_the_first_sign_in(world):
    body = AccountCreate(platform="imap", name="A", settings={"host": "h", "username": "u"}, platform_account_id="")
    made = await world.accounts.create(body, signed_in=SignedInAccount({"token": "t"}, "ann", 5_000))
    assert (made.login_status, made.credentials_expire_at, made.has_credentials) == ("logged_in", 5_000, True)
    assert world.accounts.identity(made.id) == "ann"


async def test_a_test_a_moment_ago_says_whose_typed_credentials_are(world):
    settings = {"host": "Mail.example.org", "username": "ann"}
    from master.services.account_fields import complete

    manifest = world.accounts.manifest("imap")
    world.accounts.tested.note("imap", complete(manifest, settings), {"password": "p1"}, "ann", 9_000)
    world.accounts.tested.note("imap", complete(manifest, settings), {"password": "p2"}, "eve", None)
    account = await world.mail("ann", password="p1")
    assert (world.accounts.identity(account.id), account.credentials_expire_at) == ("ann", 9_000)
    with pytest.raises(Conflict) as caught:
        await world.accounts.put_credentials(account.id, {"password": "p2"})
    assert caught.value.text.code == "login_other_identity"
    after = await world.accounts.put_credentials(account.id, {"password": "untested"}, 7_000)
    assert (after.credential_version, after.credentials_expire_at) == (2, 7_000)


# ---------------------------------------------------------------- out, and used


async def test_erased_credentials_are_gone_and_their_number_never_comes_again(world):
    account = await world.mail()
    out = await world.accounts.logged_out(account.id)
    assert (out.has_credentials, out.login_status, out.credential_version) == (False, LoginStatus.NOT_LOGGED_IN, 0)
    assert out.state is AccountState.LOGIN_NEEDED
    with pytest.raises(Unavailable):
        await world.accounts.secret(account.id)
    assert world.accounts.assignment(account.id).credential_version == 0
    assert not (await world.accounts.renewed(renewed(account.id, 1, "late"), WORKER)).stored
    back = await world.accounts.put_credentials(account.id, {"password": "again"})
    assert back.credential_version == 2


@pytest.mark.expects_log(r"could not be erased")
async def test_what_a_keyring_does_not_let_go_is_told_and_erased_later(world, monkeypatch):
    account = await world.mail()
    other = await world.mail("Other")

    async def refuse(*_given, **_more):
        raise VaultError("vault_not_started")

    with monkeypatch.context() as broken:
        broken.setattr(world.vault, "erase", refuse)
        await world.accounts.logged_out(account.id)
        assert "not been opened" in world.accounts.not_erased(account.id)
        assert world.accounts.not_erased(other.id) == ""
        assert "credential_erased" not in await actions(world)
        await world.accounts.tidy_credentials()
    assert await world.vault.read(account.id, 1) == {"password": "hunter22"}
    await world.accounts.tidy_credentials()
    assert world.accounts.not_erased(account.id) == ""
    assert (await actions(world))[0] == "credential_erased"
    with pytest.raises(VaultError):
        await world.vault.read(account.id, 1)


@pytest.mark.expects_log(r"could not be erased")
async def test_what_counts_is_never_taken_for_what_was_left(world, monkeypatch):
    account = await world.mail()

    async def refuse(*_given, **_more):
        raise VaultError("vault_not_started")

    async def full(*_given, **_more):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(world.vault, "erase", refuse)
        broken.setattr(world.accounts, "_settle", full)
        with pytest.raises(OSError, match="full"):
            await world.accounts.put_credentials(account.id, {"password": "second"})
    await world.accounts.tidy_credentials()
    assert (await world.accounts.put_credentials(account.id, {"password": "third"})).credential_version == 2
    await world.accounts.tidy_credentials()
    assert await world.accounts.secret(account.id) == ({"password": "third"}, 2)


async def test_what_a_kill_left_of_a_sign_out_is_erased_by_the_next_start(world):
    account = await world.mail()
    await world.accounts.logged_out(account.id)
    # The kill comes between the database and the keyring.
    await world.vault.write(account.id, 1, {"password": "left"})
    await world.accounts.preload()
    await world.accounts.tidy_credentials()
    with pytest.raises(VaultError):
        await world.vault.read(account.id, 1)


async def test_the_last_use_is_shown_and_survives(world, profile):
    account = await world.mail()
    before = now_ms()
    from worker.protocol.texts import text

    world.accounts.granted(account.id, "w1", text("audit_granted_watch"))
    assert world.accounts.get(account.id).credentials_used_at >= before
    await world.accounts.save_uses()
    stored = await world.database.read(world.accounts._store.all)
    assert stored[0].credentials_used_at >= before
    granted = (await world.audit.page(action="credential_granted")).rows[0]
    assert (granted.actor, granted.account_id, granted.subject_name) == ("w1", account.id, "Mail")


async def test_a_sign_in_under_way_is_shown_and_written_nowhere(world):
    account = await world.mail()
    await world.own(account.id)
    await world.ended(account.id)
    world.accounts.set_login(account.id, "s")
    shown = world.accounts.get(account.id)
    assert (shown.login_status, shown.login_session_id) == (LoginStatus.PENDING, "s")
    stored = await world.database.read(world.accounts._store.all)
    assert stored[0].login_status is LoginStatus.LOGGED_IN
    world.accounts.set_login(account.id, None)
    assert world.accounts.get(account.id).login_status is LoginStatus.LOGGED_IN


async def test_a_check_may_tell_when_the_credentials_end(world):
    account = await world.mail()
    epoch = await world.own(account.id)
    message = CheckEnded(
        account_id=account.id, epoch=epoch, outcome=CheckOutcome.OK, at=1, duration_ms=1, credentials_expire_at=9_000
    )
    await world.accounts.check_ended(WORKER, message)
    assert world.accounts.get(account.id).credentials_expire_at == 9_000
    signed = await world.accounts.signed_in(account.id, {"token": "t"}, "ann", None)
    assert signed.credentials_expire_at is None


async def test_settings_that_lead_elsewhere_are_another_person(world):
    account = await world.mail("ann")
    await world.accounts.signed_in(account.id, {"token": "t"}, "ann", None)
    await world.accounts.patch(account.id, AccountPatch(settings={**account.settings, "host": "other.example.org"}))
    assert world.accounts.identity(account.id) == ""
    await world.accounts.signed_in(account.id, {"token": "t"}, "someone", None)
    same = {**world.accounts.get(account.id).settings, "folders": ["INBOX"]}
    await world.accounts.patch(account.id, AccountPatch(settings=same))
    assert world.accounts.identity(account.id) == "someone"
