"""Rules, quiet hours and snoozes."""

from msgspec import UNSET

from master.api.rows import Page, Rows
from master.api.rules import RuleConditions
from master.api.schema import (
    Item,
    ItemFilter,
    QuietHours,
    QuietHoursPatch,
    Rule,
    RuleCreate,
    RuleOrder,
    RulePatch,
    RuleTest,
    RuleTestReport,
    SnoozeCreate,
    SnoozeRow,
)
from master.errors import Invalid
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page
from master.services.rule_trials import RuleTrials
from worker.protocol.texts import Text, text


async def list_rules(call: Call) -> Page:
    """Return all rules, the first first."""
    return list_page(call.services.notifications.rules.rows(), call.query, lambda row: row.id)


async def create(call: Call) -> Rule:
    """Add a rule."""
    body: RuleCreate = call.body
    _check_targets(call, body.conditions, RuleConditions())
    return await call.services.notifications.rules.create(call.body)


async def test(call: Call) -> RuleTestReport:
    """Try rules on a text and on what was found last."""

    async def last(wanted: ItemFilter, count: int) -> list[Item]:
        return (await call.services.items.page(wanted, count)).rows

    trials = RuleTrials(call.services.notifications.rules)
    return await trials.run(call.body, call.services.accounts.rows(), last)


async def order(call: Call) -> list[Rule]:
    """Put all rules in an order."""
    body: RuleOrder = call.body
    return await call.services.notifications.rules.order(body.rule_ids)


async def get(call: Call) -> Rule:
    """Return one rule."""
    return call.services.notifications.rules.get(call.param("rule_id"))


async def patch(call: Call) -> Rule:
    """Change a rule; what it named before may be gone by now."""
    body: RulePatch = call.body
    if body.conditions is not UNSET:
        before = call.services.notifications.rules.get(call.param("rule_id"))
        _check_targets(call, body.conditions, before.conditions)
    return await call.services.notifications.rules.patch(call.param("rule_id"), call.body)


def _check_targets(call: Call, asked: RuleConditions, before: RuleConditions) -> None:
    """Refuse accounts and groups that never were: such a rule would match nothing, and nobody would see why."""
    accounts = call.services.accounts.rows().keys() | before.account_ids
    groups = call.services.groups.names().keys() | before.group_ids
    faults: dict[str, Text] = {}
    if wrong := [one for one in asked.account_ids if one not in accounts]:
        faults["conditions.account_ids"] = text("account_unknown", account=wrong[0])
    if wrong := [one for one in asked.group_ids if one not in groups]:
        faults["conditions.group_ids"] = text("group_unknown", id=wrong[0])
    if faults:
        raise Invalid(fields=faults)


async def delete(call: Call) -> None:
    """Remove a rule."""
    await call.services.notifications.rules.delete(call.param("rule_id"))


async def quiet_hours(call: Call) -> QuietHours:
    """Return the quiet hours."""
    return await call.services.notifications.quiet_hours()


async def patch_quiet_hours(call: Call) -> QuietHours:
    """Change the quiet hours."""
    return await call.services.notifications.patch_quiet_hours(call.body)


async def list_snoozes(call: Call) -> Page:
    """Return what is snoozed."""
    return list_page(await call.services.notifications.snoozes.rows(), call.query, lambda row: row.id)


async def snooze(call: Call) -> SnoozeRow:
    """Snooze something."""
    return await call.services.notifications.snoozes.create(call.body)


async def end_snooze(call: Call) -> None:
    """End a snooze."""
    await call.services.notifications.snoozes.end(call.param("snooze_id"))


_ONE = "/rules/{rule_id}"

ROUTES = (
    Route("GET", "/rules", list_rules, "All rules, the first first", Rows[Rule], query=ListQuery, scope="client"),
    Route("POST", "/rules", create, "Add a rule; it counts from now on", Rule, RuleCreate, status=201),
    Route(
        "POST",
        "/rules/test",
        test,
        "Try rules, one that is not saved too, on a text and on what was found last; nothing is changed or told",
        RuleTestReport,
        RuleTest,
        scope="client",
    ),
    Route("PUT", "/rules/order", order, "Put all rules in an order", list[Rule], RuleOrder),
    Route("GET", _ONE, get, "One rule", Rule, scope="client"),
    Route("PATCH", _ONE, patch, "Change a rule; it counts from now on", Rule, RulePatch),
    Route("DELETE", _ONE, delete, "Remove a rule"),
    Route("GET", "/quiet-hours", quiet_hours, "When what is not urgent is held", QuietHours, scope="client"),
    Route("PATCH", "/quiet-hours", patch_quiet_hours, "Change the quiet hours, at once", QuietHours, QuietHoursPatch),
    Route(
        "GET",
        "/snoozes",
        list_snoozes,
        "What is snoozed, and until when",
        Rows[SnoozeRow],
        query=ListQuery,
        scope="client",
    ),
    Route(
        "POST",
        "/snoozes",
        snooze,
        "Snooze a notification, an account, a group or all",
        SnoozeRow,
        SnoozeCreate,
        scope="client",
        status=201,
    ),
    Route("DELETE", "/snoozes/{snooze_id}", end_snooze, "End a snooze; what it held is told", scope="client"),
)
