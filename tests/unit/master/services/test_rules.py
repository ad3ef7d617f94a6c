"""Rules: kept in order, asked before the transaction, counted in it, and switched off when they take too long."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.rules import RuleConditions, RuleCreate, RulePatch
from master.errors import Conflict, Invalid, NotFound
from master.services import rules as rules_module
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.item_messages import Report

SLOW = r"(a|aa)+$"


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


def create(name: str, action: str = "notify", position=None, **conditions) -> RuleCreate:
    more = {} if position is None else {"position": position}
    return RuleCreate(name=name, action=action, conditions=RuleConditions(**conditions), **more)


async def find(world: World, account, *titles: str, start: int = 1, **more) -> list:
    """Have items found, and return what was told of them, in their order."""
    reports = [
        Report(seq=number, item=item(f"k{number}", title=title, **more)) for number, title in enumerate(titles, start)
    ]
    epoch = world.accounts.get(account.id).epoch or await world.own(account.id)
    await world.items.ingest(WORKER, batch(account.id, epoch, reports))
    rows = (await world.notifications.page(limit=500)).rows
    return [row for row in reversed(rows) if row.kind == "item"][-len(titles) :]


async def test_rules_keep_their_order(world, profile):
    rules = world.notifications.rules
    first, last = await rules.create(create("first")), await rules.create(create("last"))
    middle = await rules.create(create("middle", position=1))
    assert [(rule.name, rule.position) for rule in rules.rows()] == [("first", 0), ("middle", 1), ("last", 2)]
    await rules.order([last.id, first.id, middle.id])
    await rules.patch(middle.id, RulePatch(position=0))
    await rules.delete(first.id)
    async with world_of(profile) as again:
        rows = again.notifications.rules.rows()
        assert [(rule.name, rule.position) for rule in rows] == [("middle", 0), ("last", 1)]
        assert rows == rules.rows()


async def test_what_cannot_be_is_refused(world, monkeypatch):
    rules = world.notifications.rules
    made = await rules.create(create("one"))
    with pytest.raises(Invalid) as refused:
        await rules.create(create("two", regex="("))
    assert list(refused.value.fields) == ["conditions.regex"]
    for ids in ([], [made.id, made.id], ["x"]):
        with pytest.raises(Invalid):
            await rules.order(ids)
    await rules.patch(made.id, RulePatch(name="new", version=1))
    with pytest.raises(Conflict):
        await rules.patch(made.id, RulePatch(name="newer", version=1))
    monkeypatch.setattr(rules_module, "MOST", 1)
    with pytest.raises(Conflict):
        await rules.create(create("two"))
    for call in (rules.patch("x", RulePatch()), rules.delete("x")):
        with pytest.raises(NotFound):
            await call
    assert [rule.name for rule in rules.rows()] == ["new"]


async def test_actions(world):
    account, rules = await world.feed(), world.notifications.rules
    await rules.create(create("Noise", "ignore", include=["noise"]))
    urgent = await rules.create(create("Fire", "urgent", include=["fire"]))
    await rules.create(create("Hush", "silent", include=["hush"]))
    world.types()
    rows = await find(world, account, "noise", "fire", "hush", "plain", "fire and noise")
    assert [(row.state, row.level, row.reason.code) for row in rows] == [
        ("suppressed", "normal", "silent_rule"),
        ("pending", "urgent", "told_rule"),
        ("pending", "silent", "told_rule"),
        ("pending", "normal", "told_new_item"),
        ("suppressed", "normal", "silent_rule"),
    ]
    assert rows[0].reason.params == {"rule": "Noise"}
    assert rows[1].rule_id == urgent.id
    assert len((await world.items.page(_all())).rows) == 5, "what is ignored is stored all the same"
    trace = await world.items.trace(rows[0].item_id)
    assert "not notified: ignored by the rule Noise" in [step.text.message for step in trace.steps]
    assert [(rule.name, rule.hits) for rule in rules.rows()] == [("Noise", 2), ("Fire", 1), ("Hush", 1)]
    assert world.of("rule.changed") == []
    rules.tick()
    assert {rule.name for rule in world.of("rule.changed")} == {"Noise", "Fire", "Hush"}


def _all():
    from master.api.schema import ItemFilter

    return ItemFilter()


async def test_hits_are_counted_with_what_is_stored_and_survive_a_change(world, profile):
    account, rules = await world.feed(), world.notifications.rules
    made = await rules.create(create("all"))
    await find(world, account, "a", "b")
    await find(world, account, "a")  # known already
    await rules.patch(made.id, RulePatch(name="other"))
    assert rules.get(made.id).hits == 2
    async with world_of(profile) as again:
        assert again.notifications.rules.get(made.id).hits == 2


async def test_a_change_counts_for_what_is_stored_after_it(world, monkeypatch):
    """The rules change while an item waits for the writer: it is asked again."""
    account, rules = await world.feed(), world.notifications.rules
    made = await rules.create(create("one", "ignore", include=["title"]))
    plan, asked = rules.plan, 0

    async def slow_plan(subjects):
        nonlocal asked
        asked += 1
        found = await plan(subjects)
        if asked == 1:
            await rules.patch(made.id, RulePatch(action="urgent"))
        return found

    monkeypatch.setattr(rules, "plan", slow_plan)
    (row,) = await find(world, account, "title")
    assert (row.level, asked) == ("urgent", 2)


async def test_rules_that_somebody_else_wrote_are_read(world):
    account, rules = await world.feed(), world.notifications.rules
    made = await rules.create(create("one", "ignore"))

    def work(conn):
        rules._store.update(conn, made.id, {"action": "urgent"})
        rules._store.revise(conn)

    await world.database.write(work)
    (row,) = await find(world, account, "title")
    assert (row.level, rules.get(made.id).action) == ("urgent", "urgent")


@pytest.mark.expects_log("was switched off")
async def test_an_expression_that_takes_too_long_is_switched_off_on_the_way_and_told(world, profile):
    account, rules = await world.feed(), world.notifications.rules
    await rules.create(create("slow", "ignore", regex=SLOW))
    await rules.create(create("next", "urgent"))
    (row,) = await find(world, account, "a" * 60 + "!")
    assert row.level == "urgent", "the next one decides, in the same flow"
    slow = rules.rows()[0]
    assert (slow.enabled, slow.disabled_reason.code, slow.hits) == (False, "rule_too_slow", 0)
    alerts = [one for one in (await world.notifications.page()).rows if one.kind == "alert"]
    assert [(one.title.code, one.detail.code) for one in alerts] == [("notify_rule_off", "rule_too_slow")]
    async with world_of(profile) as again:
        assert not again.notifications.rules.rows()[0].enabled
    changed = await rules.patch(slow.id, RulePatch(enabled=True, conditions=RuleConditions(regex="x")))
    assert (changed.enabled, changed.disabled_reason) == (True, None)


@pytest.mark.expects_log("was switched off")
async def test_one_that_is_slow_for_two_accounts_at_once_is_told_once(world):
    one, two = await world.feed("one"), await world.feed("two")
    await world.notifications.rules.create(create("slow", regex=SLOW))
    await asyncio.gather(*(find(world, account, "a" * 60 + "!") for account in (one, two)))
    assert [row.kind for row in (await world.notifications.page()).rows].count("alert") == 1


@pytest.mark.expects_log("was switched off")
async def test_one_that_is_not_understood_any_more_is_switched_off_at_the_start(world, profile):
    made = await world.notifications.rules.create(create("old", regex="x"))
    await world.database.write(
        lambda conn: world.notifications.rules._store.update(conn, made.id, {"conditions": RuleConditions(regex="(")})
    )
    async with world_of(profile) as again:
        (row,) = again.notifications.rules.rows()
        assert (row.enabled, row.disabled_reason.code) == (False, "rule_regex_wrong")
        assert again.notifications.pending_count() == 1
