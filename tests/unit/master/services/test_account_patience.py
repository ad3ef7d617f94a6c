"""How long a service asks to be left alone: the next owner and the next master keep to it."""

from pathlib import Path

from master.api.schema import AccountPatch
from master.store.accounts import AccountStore
from tests.helpers.data import World, world_of
from tests.helpers.deadlines import until
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState, CheckOutcome

TEN_MINUTES = 600_000


async def limited(world: World) -> tuple[str, int]:
    """Make an account whose service asks for ten minutes; return its id and when they end."""
    account = await world.feed(interval_seconds=30)
    await world.own(account.id)
    await world.ended(account.id)
    later = now_ms() + TEN_MINUTES
    await world.ended(account.id, CheckOutcome.RATE_LIMITED, next_check_at=later, failures=2)
    return account.id, later


def keeps_to_it(world: World, account_id: str, later: int) -> None:
    world.accounts.schedule(account_id, 0, 1, failover=True)
    told = world.accounts.assignment(account_id)
    assert TEN_MINUTES - 10_000 < told.first_check_ms <= TEN_MINUTES
    assert told.failures == 2
    assert world.accounts.get(account_id).next_check_at == later
    world.sleep(500)
    assert world.accounts.get(account_id).state is AccountState.OK


async def test_patience_holds_for_the_next_owner_and_for_the_next_master(profile: Path) -> None:
    async with world_of(profile) as world:
        account_id, later = await limited(world)
        await world.own(account_id, "another")
        keeps_to_it(world, account_id, later)
    async with world_of(profile) as world:
        keeps_to_it(world, account_id, later)


async def test_other_settings_and_a_resumed_account_are_tried_at_once(profile: Path) -> None:
    async with world_of(profile) as world:
        for number in range(2):
            account_id, _ = await limited(world)
            if number:
                await world.accounts.pause(account_id)
                await world.accounts.resume(account_id)
            else:
                await world.accounts.patch(account_id, AccountPatch(settings={"url": "http://example.org/other"}))
            world.accounts.schedule(account_id, 0, 1, failover=False)
            told = world.accounts.assignment(account_id)
            assert (told.first_check_ms, told.failures) == (0, 0)


async def test_what_a_service_asked_for_is_written_at_once(profile: Path) -> None:
    async with world_of(profile) as world:
        _, later = await limited(world)
        world.sleep(1)

        async def written() -> bool:
            (row,) = await world.database.read(AccountStore().all)
            return (row.not_before_at, row.failures) == (later, 2)

        await until(written)


async def test_a_new_owner_tries_what_failed_at_once_and_goes_on_with_the_back_off(profile: Path) -> None:
    async with world_of(profile) as world:
        account = await world.feed(interval_seconds=30)
        await world.own(account.id)
        later = now_ms() + TEN_MINUTES
        await world.ended(account.id, CheckOutcome.TEMPORARY, next_check_at=later, failures=5)
        await world.own(account.id, "another")
        world.accounts.schedule(account.id, 0, 1, failover=True)
        told = world.accounts.assignment(account.id)
        assert (told.first_check_ms, told.failures) == (0, 5)
