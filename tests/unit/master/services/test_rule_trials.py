"""Rules on trial: a text, and what was found last, without changing or telling anything."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.rules import RuleConditions, RuleCreate, RuleSample, RuleTest
from master.api.schema import ItemFilter
from master.errors import Invalid, NotFound
from master.services.rule_trials import RuleTrials
from tests.helpers.data import WORKER, World, batch, item, world_of
from worker.protocol.item_messages import Report


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[World]:
    async with world_of(profile) as made:
        yield made


async def tried(world: World, **body):
    async def last(wanted: ItemFilter, count: int):
        return (await world.items.page(wanted, count)).rows

    return await RuleTrials(world.notifications.rules).run(RuleTest(**body), world.accounts.rows(), last)


def create(name: str, action: str = "notify", **conditions) -> RuleCreate:
    return RuleCreate(name=name, action=action, conditions=RuleConditions(**conditions))


async def test_a_text_says_of_each_rule_whether_and_why(world):
    rules = world.notifications.rules
    await rules.create(create("bills", "urgent", include=["bill"]))
    await rules.create(create("all", "silent"))
    off = await rules.create(RuleCreate(name="off", enabled=False))
    (row,) = (await tried(world, sample=RuleSample(title="A bill"))).rows
    assert (row.item_id, row.decided, row.rule_name, row.action) == (None, True, "bills", "urgent")
    assert [(one.name, one.matched, one.reason.code) for one in row.verdicts] == [
        ("bills", True, "rule_word"),
        ("all", True, "rule_all"),
        ("off", False, "rule_off"),
    ]
    report = await tried(world, sample=RuleSample(title="x"), rule=create("new", "ignore"), rule_id=off.id)
    assert [one.name for one in report.rows[0].verdicts] == ["bills", "all", "new"]
    assert report.actions == {"silent": 1}
    assert rules.rows()[1].hits == 0


async def test_a_rule_that_is_not_saved_is_tried_on_what_was_found(world):
    one, two = await world.feed("one"), await world.feed("two")
    for account in (one, two):
        epoch = await world.own(account.id)
        reports = [Report(seq=n, item=item(f"k{n}", title=f"build {n}", author="Ann")) for n in range(1, 5)]
        await world.items.ingest(WORKER, batch(account.id, epoch, reports))
    world.types()
    new = create("new", "ignore", regex=r"build [12]$", author="ann")
    report = await tried(world, history=3, account_id=one.id, rule=new)
    assert [(row.title, row.action, row.rule_id) for row in report.rows] == [
        ("build 4", "notify", None),
        ("build 3", "notify", None),
        ("build 2", "ignore", None),
    ]
    report = await tried(world, history=500, rule=create("new", "urgent", account_ids=[two.id]))
    assert report.actions == {"urgent": 4, "notify": 4}
    assert world.types() == []
    assert world.notifications.rules.rows() == []


async def test_a_catastrophic_one_says_so_and_is_not_tried_again(world):
    rules = world.notifications.rules
    await rules.create(create("saved", regex=r"(a|aa)+$"))
    account = await world.feed()
    epoch = await world.own(account.id)
    reports = [Report(seq=n, item=item(f"k{n}", title="b")) for n in range(1, 50)]
    await world.items.ingest(WORKER, batch(account.id, epoch, reports))
    bad = create("new", regex=r"(\w|\w\w)+$")
    report = await tried(world, sample=RuleSample(text="a" * 60 + "!"), rule=bad, history=50)
    codes = [[one.reason.code for one in row.verdicts] for row in report.rows]
    assert codes[0] == ["rule_too_slow", "rule_too_slow"]
    assert rules.rows()[0].enabled, "a trial changes nothing"


async def test_what_is_wrong_is_said_by_field(world):
    for body, field in (
        ({}, "sample"),
        ({"history": 5, "account_id": "x"}, "account_id"),
        ({"sample": RuleSample(account_id="x")}, "sample.account_id"),
        ({"sample": RuleSample(), "rule": create("new", regex="(")}, "rule.conditions.regex"),
    ):
        with pytest.raises(Invalid) as refused:
            await tried(world, **body)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotFound):
        await tried(world, sample=RuleSample(), rule_id="x")
