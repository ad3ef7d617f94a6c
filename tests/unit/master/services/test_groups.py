"""Groups pass settings on: what counts, whose it is, and that a change counts at once for all that inherit it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from master.api.inheritance import INHERITABLE, Effective, Inheritable
from master.api.rules import QuietPlan, QuietWindow
from master.api.schema import AccountBatch, AccountChanges, AccountPatch, GroupCreate, GroupPatch, SettingsPatch
from master.errors import Conflict, Invalid, NotFound
from master.services.groups import GroupService
from master.services.inheritances import counting
from tests.helpers.data import world_of

NIGHT = QuietPlan(windows=[QuietWindow(start="22:00", end="07:00")], time_zone="Europe/Berlin")


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[Any]:
    async with world_of(profile) as made:
        made.groups = GroupService(database=made.database, publisher=made.publisher, accounts=made.accounts)
        made.settings.watch(made.accounts.settings_changed)
        yield made


async def refused(call) -> dict[str, str]:
    with pytest.raises((Invalid, Conflict)) as caught:
        await call
    return {name: words.code for name, words in caught.value.fields.items()}


# ---------------------------------------------------------------- what counts


@pytest.mark.parametrize(
    ("own", "group", "value", "origin"),
    [
        ({}, None, 30, "default"),
        ({}, {}, 30, "default"),
        ({}, {"interval_seconds": 60}, 60, "group"),
        ({"interval_seconds": 5}, {"interval_seconds": 60}, 5, "account"),
    ],
)
def test_own_before_group_before_default(own, group, value, origin):
    counts = counting(Inheritable(**own), None if group is None else Inheritable(**group))
    assert counts.effective["interval_seconds"] == Effective(value=value, origin=origin)
    assert counts.interval_seconds == value
    assert set(counts.effective) == set(INHERITABLE)


def test_a_range_goes_with_its_interval():
    group = Inheritable(interval_seconds=60, interval_max_seconds=120)
    assert counting(Inheritable(), group).interval_max_seconds == 120
    assert counting(Inheritable(interval_seconds=30), group).interval_max_seconds is None


def test_no_proxy_at_all_is_a_choice_too():
    group = Inheritable(proxy_id="p", priority=0, quiet_hours=NIGHT)
    counts = counting(Inheritable(proxy_id="direct", quiet_hours=QuietPlan()), group)
    assert counts.effective["proxy_id"] == Effective(value=None, origin="account")
    assert counts.quiet_hours == QuietPlan()
    assert counts.effective["priority"] == Effective(value=0, origin="group")
    assert counting(Inheritable(), group).proxy_id == "p"


# ---------------------------------------------------------------- groups


async def test_what_a_group_passes_on_counts_at_once_and_survives_a_restart(world):
    group = await world.groups.create(
        GroupCreate(name="Work", color="#aabbcc", settings=Inheritable(interval_seconds=600, priority=5, sound="none"))
    )
    account = await world.feed("one", group_id=group.id)
    own = await world.feed("two", group_id=group.id, interval_seconds=10)
    assert (account.interval_seconds, account.priority, account.sound) == (600, 5, "none")
    assert own.effective["interval_seconds"] == Effective(value=10, origin="account")
    world.types()
    world.hooks.calls.clear()
    settings = Inheritable(interval_seconds=60, interval_max_seconds=90, quiet_hours=NIGHT, notify_level="urgent")
    changed = await world.groups.patch(group.id, GroupPatch(settings=settings, version=1))
    assert (changed.version, changed.accounts) == (2, 2)
    assert world.types() == ["group.changed", "account.changed", "account.changed"]
    assert world.hooks.calls == [("changed", account.id), ("changed", own.id)]
    row = world.accounts.get(account.id)
    assert (row.interval_seconds, row.interval_max_seconds, row.priority) == (60, 90, 0)
    assert (row.quiet_hours, row.notify_level, row.sound) == (NIGHT, "urgent", "default")
    assignment = world.accounts.assignment(account.id)
    assert (assignment.interval_seconds, assignment.interval_max_seconds, assignment.priority) == (60, 90, 0)
    assert world.accounts.assignment(own.id).interval_max_seconds is None
    before = {account_id: row.effective for account_id, row in world.accounts.rows().items()}
    groups = GroupService(database=world.database, publisher=world.publisher, accounts=world.accounts)
    world.accounts.surroundings.groups.clear()
    await groups.load()
    await world.accounts.load()
    assert {account_id: row.effective for account_id, row in world.accounts.rows().items()} == before
    assert groups.get(group.id) == world.groups.get(group.id)


async def test_names_and_settings_are_checked(world):
    group = await world.groups.create(GroupCreate(name="Work"))
    other = await world.groups.create(GroupCreate(name="Home"))
    assert await refused(world.groups.create(GroupCreate(name="Work"))) == {"name": "group_taken"}
    assert await refused(world.groups.patch(other.id, GroupPatch(name="Work"))) == {"name": "group_taken"}
    assert [row.name for row in world.groups.rows()] == ["Work", "Home"]
    for settings, faults in (
        ({"interval_max_seconds": 60}, {"settings.interval_max_seconds": "interval_max_alone"}),
        ({"interval_seconds": 60, "interval_max_seconds": 10}, {"settings.interval_max_seconds": "field_range"}),
        ({"proxy_id": "nope"}, {"settings.proxy_id": "proxy_unknown"}),
    ):
        patch = GroupPatch(settings=Inheritable(**settings))
        assert await refused(world.groups.patch(group.id, patch)) == faults
    assert await refused(world.groups.patch(group.id, GroupPatch(name="x", version=9))) == {}
    for call in (world.groups.patch("nope", GroupPatch()), world.groups.delete("nope")):
        with pytest.raises(NotFound):
            await call
    assert await refused(world.feed(group_id="nope")) == {"group_id": "group_unknown"}


async def test_their_order_has_no_gaps(world):
    ids = [(await world.groups.create(GroupCreate(name=name))).id for name in "abc"]
    first = await world.groups.create(GroupCreate(name="d", position=0))
    assert [row.name for row in world.groups.rows()] == ["d", "a", "b", "c"]
    world.types()
    await world.groups.patch(first.id, GroupPatch(position=2))
    assert [(row.name, row.position) for row in world.groups.rows()] == [("a", 0), ("b", 1), ("d", 2), ("c", 3)]
    assert world.types() == ["group.changed"] * 3
    await world.groups.delete(ids[0])
    assert [row.position for row in world.groups.rows()] == [0, 1, 2]


async def test_a_deleted_group_leaves_its_accounts_with_what_is_their_own(world):
    group = await world.groups.create(GroupCreate(name="Work", settings=Inheritable(interval_seconds=600)))
    one = await world.feed("one", group_id=group.id, priority=3)
    two = await world.feed("two", group_id=group.id)
    await world.accounts.remove(two.id, keep_history=True)
    world.types()
    assert (await world.groups.delete(group.id)).accounts == 1
    assert world.types() == ["group.deleted", "account.changed"]
    row = world.accounts.get(one.id)
    assert (row.group_id, row.interval_seconds, row.priority) == (None, 30, 3)
    assert (await world.accounts.restore(two.id)).group_id is None


# ---------------------------------------------------------------- accounts


async def test_a_patch_with_null_inherits_again(world):
    group = await world.groups.create(GroupCreate(name="Work", settings=Inheritable(interval_seconds=600)))
    account = await world.feed(interval_seconds=10, interval_max_seconds=20, group_id=group.id)
    row = await world.accounts.patch(account.id, AccountPatch(interval_seconds=None))
    assert (row.interval_seconds, row.interval_max_seconds) == (600, None)
    row = await world.accounts.patch(account.id, AccountPatch(interval_max_seconds=900))
    assert (row.interval_seconds, row.interval_max_seconds) == (600, 900)
    assert row.effective["interval_seconds"].origin == "account"
    row = await world.accounts.patch(account.id, AccountPatch(quiet_hours=NIGHT, notify_level="none", sound="alert"))
    assert (row.quiet_hours, row.notify_level, row.sound) == (NIGHT, "none", "alert")
    row = await world.accounts.patch(account.id, AccountPatch(quiet_hours=None, notify_level=None, sound=None))
    assert (row.quiet_hours, row.notify_level, row.sound) == (None, "all", "default")


async def test_groups_are_counted_and_filtered_by(world):
    group = await world.groups.create(GroupCreate(name="Work"))
    account, alone = await world.feed("one", group_id=group.id), await world.feed("two")
    assert [row.id for row in world.accounts.page(group_id=group.id).rows] == [account.id]
    assert [row.id for row in world.accounts.page(group_id="none").rows] == [alone.id]
    world.types()
    report = await world.accounts.batch(
        AccountBatch(action="move", account_ids=[alone.id, account.id], group_id=group.id)
    )
    assert (report.success, report.failure) == (2, 0)
    assert world.groups.get(group.id).accounts == 2
    assert "group.changed" in world.types()
    await world.accounts.batch(AccountBatch(action="move", account_ids=[alone.id]))
    assert world.groups.get(group.id).accounts == 1


async def test_many_are_edited_at_once_each_for_itself(world):
    one, two = await world.feed("one", tags=["a"]), await world.feed("two", tags=["b"])
    mail = await world.mail()
    changes = AccountChanges(interval_seconds=60, add_tags=["c"], remove_tags=["b"], notify_level="urgent")
    body = AccountBatch(action="edit", account_ids=[one.id, "nope", two.id], changes=changes)
    report = await world.accounts.batch(body)
    assert [(row.id, row.success) for row in report.results] == [(one.id, True), ("nope", False), (two.id, True)]
    rows = world.accounts.rows()
    assert [rows[one.id].tags, rows[two.id].tags] == [["a", "c"], ["c"]]
    assert [rows[name].interval_seconds for name in (one.id, two.id)] == [60, 60]
    assert rows[one.id].notify_level == "urgent"
    body = AccountBatch(action="edit", account_ids=[mail.id, one.id], changes=AccountChanges(interval_max_seconds=30))
    report = await world.accounts.batch(body)
    assert [row.error.code if row.error else "" for row in report.results] == ["", "field_range"]
    assert rows[mail.id].interval_max_seconds == 30


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"action": "edit"}, {"changes": "batch_needs"}),
        ({"action": "assign"}, {"assignment": "batch_needs"}),
        ({"action": "pause", "group_id": "g"}, {"group_id": "group_unknown"}),
        ({"action": "move", "group_id": "g"}, {"group_id": "group_unknown"}),
        ({"action": "resume", "until_at": 5}, {"until_at": "batch_has_no"}),
        ({"action": "edit", "changes": AccountChanges(proxy_id="p")}, {"changes.proxy_id": "proxy_unknown"}),
    ],
)
async def test_a_batch_that_is_wrong_does_nothing(world, more, faults):
    account = await world.feed()
    assert await refused(world.accounts.batch(AccountBatch(account_ids=[account.id], **more))) == faults
    assert world.accounts.get(account.id) == account


async def test_the_default_of_all_counts_when_it_changes(world):
    account, own = await world.feed("one"), await world.feed("two", interval_seconds=10)
    await world.settings.patch(SettingsPatch(default_interval_seconds=45))
    assert world.accounts.get(account.id).interval_seconds == 45
    assert world.accounts.get(own.id).interval_seconds == 10
    assert ("changed", account.id) in world.hooks.calls


def test_every_inheritable_setting_stands_in_every_type():
    for kind in (AccountPatch, AccountChanges, Inheritable):
        assert set(INHERITABLE) <= set(kind.__struct_fields__)
    msgspec.json.decode(b'{"interval_seconds":5}', type=Inheritable)
    for wrong in (b'{"interval_seconds":4}', b'{"interval_seconds":86401}', b'{"priority":10}', b'{"sound":"x"}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=Inheritable)
