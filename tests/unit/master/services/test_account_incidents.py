"""A person is told of a fault that many accounts share once."""

from pathlib import Path

from master.api.schema import Account
from tests.helpers.data import World, world_of
from tests.helpers.deadlines import until
from worker.protocol.states import AccountState, CheckOutcome
from worker.protocol.texts import Text, text

PATIENCE = 3 * 30 + 1


async def feeds(world: World, *hosts: str) -> list[Account]:
    accounts = []
    for number, host in enumerate(hosts):
        account = await world.feed(f"Feed {number}", settings={"url": f"https://{host}/{number}"})
        await world.own(account.id)
        await world.ended(account.id)
        accounts.append(account)
    world.events.clear()
    return accounts


async def fail(world: World, account: Account, reason: Text) -> None:
    await world.ended(account.id, CheckOutcome.TEMPORARY, reason=reason)


def told(world: World, state: str) -> list[tuple[str, str]]:
    """Return title and reason of the notifications in ``state``."""
    found = [row for row in world.of("notification.changed") if row.state == state]
    return [(row.title.code, row.reason.code) for row in found]


async def settled(world: World, count: int) -> None:
    await until(lambda: len(world.of("notification.changed")) >= count)


async def test_a_server_that_is_down_is_told_once_for_all_its_accounts(profile: Path) -> None:
    async with world_of(profile) as world:
        one, two, other = await feeds(world, "news.example", "news.example", "other.example")
        down = text("http_status", host="news.example", status=503)
        for account in (one, two):
            await fail(world, account, down)
        await world.ended(other.id)
        assert [row.told for row in world.accounts.faults.rows()] == [False]
        world.sleep(PATIENCE)
        await settled(world, 2)
        assert told(world, "pending") == []
        assert told(world, "suppressed") == [("notify_unreachable", "silent_incident")] * 2
        (row,) = world.accounts.faults.rows()
        assert (row.kind, row.host, row.account_ids, row.told) == (
            "server_down",
            "news.example",
            [one.id, two.id],
            True,
        )
        assert world.accounts.get(one.id).incident == "news.example"
        assert world.accounts.get(one.id).state is AccountState.UNREACHABLE
        world.events.clear()
        await world.ended(two.id)
        assert world.accounts.faults.rows() == []
        await until(lambda: ("check", one.id) in world.hooks.calls)
        await world.ended(one.id)
        assert told(world, "pending") == [], "that it is over is the incident's to say"
        assert world.accounts.get(one.id).incident is None


async def test_what_stays_down_after_an_incident_is_told_of_by_itself(profile: Path) -> None:
    async with world_of(profile) as world:
        one, two = await feeds(world, "news.example", "news.example")
        down = text("http_status", host="news.example", status=503)
        for account in (one, two):
            await fail(world, account, down)
        world.sleep(PATIENCE)
        await settled(world, 2)
        await world.ended(two.id)
        world.events.clear()
        await fail(world, one, down)
        world.sleep(PATIENCE - 5)
        assert told(world, "pending") == []
        world.sleep(10)
        await settled(world, 1)
        assert told(world, "pending") == [("notify_unreachable", "told_alert")]


async def test_without_a_network_nobody_is_told_of_each_account(profile: Path) -> None:
    async with world_of(profile) as world:
        accounts = await feeds(world, *(f"{number}.example" for number in range(4)))
        for account in accounts:
            host = account.settings["url"].split("/")[2]
            await fail(world, account, text("dns_failed", host=host))
        world.sleep(PATIENCE)
        await settled(world, 4)
        assert told(world, "suppressed") == [("notify_unreachable", "silent_network")] * 4
        assert told(world, "pending") == []
        (row,) = world.accounts.faults.rows()
        assert (row.kind, row.host, len(row.account_ids)) == ("network_down", "", 4)


async def test_one_account_alone_waits_for_a_second_opinion_and_is_told_of_then(profile: Path) -> None:
    async with world_of(profile) as world:
        one, other = await feeds(world, "one.example", "other.example")
        world.sleep(1)
        await fail(world, one, text("dns_failed", host="one.example"))
        world.sleep(PATIENCE)
        assert told(world, "pending") == []
        await world.ended(other.id)
        world.sleep(1)
        await settled(world, 1)
        assert told(world, "pending") == [("notify_unreachable", "told_alert")]


async def test_right_after_a_wake_a_network_that_is_not_there_yet_is_nobodys_news(profile: Path) -> None:
    async with world_of(profile) as world:
        accounts = await feeds(world, *(f"{number}.example" for number in range(4)))
        world.accounts.resting = lambda: True
        for account in accounts:
            host = account.settings["url"].split("/")[2]
            await fail(world, account, text("dns_failed", host=host))
        world.sleep(10 * PATIENCE)
        assert told(world, "pending") == told(world, "suppressed") == []
        assert {world.accounts.get(account.id).incident for account in accounts} == {""}
        world.accounts.resting = lambda: False
        world.sleep(PATIENCE)
        await settled(world, 4)
        assert told(world, "suppressed") == [("notify_unreachable", "silent_network")] * 4
        assert told(world, "pending") == [], "one notice, which is the incident's"
