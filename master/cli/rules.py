"""``watchkeeper rules``."""

from collections.abc import Callable
from typing import Any, Final, TextIO, TypeVar

import click
import msgspec
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.schema import Rule, RuleConditions, RuleCreate, RulePatch, RuleSample, RuleTest, RuleTestReport
from master.cli.connection import with_client
from master.cli.nouns import ACCOUNT, GROUP, RULE
from master.cli.options import common_options
from master.cli.output import ago, json_option, one_line, print_fields, print_json, print_table
from worker.protocol.states import ItemKind

F = TypeVar("F", bound=Callable[..., Any])

ACTIONS: Final = ("notify", "silent", "urgent", "ignore")
KINDS: Final = [kind.value for kind in ItemKind]


@click.group()
@common_options
def command() -> None:
    """List, add, edit, order and try rules: what of what is found is told, and how."""


def _condition_options(function: F) -> F:
    many: dict[str, Any] = {"multiple": True}
    options = [
        click.option("--include", **many, help="A word in title or text; may be repeated."),
        click.option("--match", type=click.Choice(["any", "all"]), help="One of the words is enough, or all; any."),
        click.option("--exclude", **many, help="A word that must not be there; may be repeated."),
        click.option("--whole-words/--parts", default=None, help="Words by themselves, or as parts of others; parts."),
        click.option("--regex", help="A regular expression that is found in title or text."),
        click.option("--account", "account_ids", type=ACCOUNT, **many, help="Of this account; may be repeated."),
        click.option("--group", "group_ids", type=GROUP, **many, help="Of this group; may be repeated."),
        click.option("--tag", "tags", **many, help="A tag of accounts; may be repeated."),
        click.option("--kind", "kinds", type=click.Choice(KINDS), **many, help="Kind of item; may be repeated."),
        click.option("--author", help="A part of the author's name."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@command.command("list")
@common_options
@json_option
@with_client
async def list_rules(client: MasterClient, as_json: bool) -> int:
    """List the rules, the first first: of those that match, the first decides."""
    rules = await client.rules()
    if as_json:
        print_json(rules)
        return 0
    rows = [
        [str(rule.position + 1), rule.id, rule.name, _state(rule), rule.action, _words(rule), str(rule.hits)]
        for rule in rules
    ]
    print_table(["", "Id", "Name", "", "Does", "When", "Hits"], rows, "There are no rules: everything is told.")
    return 0


@command.command("show")
@common_options
@click.argument("rule_id", type=RULE)
@json_option
@with_client
async def show(client: MasterClient, rule_id: str, as_json: bool) -> int:
    """Show one rule."""
    return _print(await client.rule(rule_id), as_json)


@command.command("add")
@common_options
@click.option("--name", required=True, help="How it is called.")
@click.option("--action", type=click.Choice(ACTIONS), default="notify", show_default=True, help="What it does.")
@click.option("--place", type=click.IntRange(min=1), help="1: before all others; without it the last.")
@click.option("--disabled", is_flag=True, help="Do not let it count yet.")
@_condition_options
@json_option
@with_client
async def add(
    client: MasterClient, /, name: str, action: Any, place: int | None, disabled: bool, as_json: bool, **given: Any
) -> int:
    """Add a rule; it counts at once."""
    rule = RuleCreate(
        name=name,
        action=action,
        enabled=not disabled,
        position=UNSET if place is None else place - 1,
        conditions=_conditions(RuleConditions(), given),
    )
    return _print(await client.create_rule(rule), as_json)


@command.command("edit")
@common_options
@click.argument("rule_id", type=RULE)
@click.option("--name", help="How it is called.")
@click.option("--action", type=click.Choice(ACTIONS), help="What it does.")
@click.option("--place", type=click.IntRange(min=1), help="1: before all others.")
@click.option("--enable/--disable", "enabled", default=None, help="Let it count, or not.")
@_condition_options
@json_option
@with_client
async def edit(
    client: MasterClient,
    /,
    rule_id: str,
    name: str | None,
    action: Any,
    place: int | None,
    enabled: bool | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Change a rule; what is not named stays. It counts at once."""
    before = await client.rule(rule_id)
    conditions = _conditions(before.conditions, given)
    patch = RulePatch(
        name=UNSET if name is None else name,
        action=UNSET if action is None else action,
        position=UNSET if place is None else place - 1,
        enabled=UNSET if enabled is None else enabled,
        conditions=UNSET if conditions == before.conditions else conditions,
        version=before.version,
    )
    return _print(await client.patch_rule(rule_id, patch), as_json)


@command.command("remove")
@common_options
@click.argument("rule_id", type=RULE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, rule_id: str, yes: bool, as_json: bool) -> int:
    """Remove a rule."""
    rule = await client.rule(rule_id)
    if not yes:
        click.confirm(f"Remove {rule.name}?", abort=True, err=True)
    await client.delete_rule(rule_id)
    if as_json:
        print_json({"id": rule_id})
    else:
        print(f"{one_line(rule.name)} is removed.")
    return 0


@command.command("order")
@common_options
@click.argument("rule_ids", type=RULE, nargs=-1, required=True)
@json_option
@with_client
async def order(client: MasterClient, rule_ids: tuple[str, ...], as_json: bool) -> int:
    """Put all rules in this order."""
    rules = await client.order_rules(rule_ids)
    if as_json:
        print_json(rules)
        return 0
    for rule in rules:
        print(f"{rule.position + 1}. {one_line(rule.name)}")
    return 0


@command.command("test")
@common_options
@click.option("--title", default="", help="Title of a text to try them on.")
@click.option("--text", default="", help="The text.")
@click.option("--text-file", type=click.File(encoding="utf-8", errors="replace"), help="File with the text.")
@click.option("--from", "author", default="", help="Its author.")
@click.option("--kind", type=click.Choice(KINDS), default="mail", show_default=True, help="Its kind.")
@click.option("--account", "account_id", type=ACCOUNT, help="Its account; with --history: of whose items.")
@click.option("--history", type=click.IntRange(0, 500), default=0, help="Try them on so many of the last items too.")
@json_option
@with_client
async def test(
    client: MasterClient,
    title: str,
    text: str,
    text_file: TextIO | None,
    author: str,
    kind: str,
    account_id: str | None,
    history: int,
    as_json: bool,
) -> int:
    """Say which rules match a text, or what was found last, and why. Nothing is told."""
    words = text if text_file is None else text_file.read(65_536)
    account = UNSET if account_id is None else account_id
    sample = RuleSample(title=title, text=words, author=author, kind=ItemKind(kind), account_id=account)
    wanted = RuleTest(
        sample=sample if title or words or author or not history else UNSET, history=history, account_id=account
    )
    report = await client.test_rules(wanted)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    return 0


def _print_report(report: RuleTestReport) -> None:
    for row in report.rows:
        decided = f"{row.action} ({one_line(row.rule_name)})" if row.decided else "notify (no rule matches)"
        name = "the text" if row.item_id is None else f"item {row.item_id}"
        print(f"{name}: {decided}  {one_line(row.title)}".rstrip())
        if row.item_id is None:
            verdicts = [
                ["yes" if verdict.matched else "no", verdict.name, verdict.reason.message] for verdict in row.verdicts
            ]
            print_table(["", "Rule", "Why"], verdicts, "There are no rules.")


def _conditions(before: RuleConditions, given: dict[str, Any]) -> RuleConditions:
    """Return conditions with what was said; a list that is named is named anew."""
    changes: dict[str, Any] = {name: value for name, value in given.items() if value not in (None, ())}
    for name, value in changes.items():
        if isinstance(value, tuple):
            changes[name] = [ItemKind(one) for one in value] if name == "kinds" else list(value)
    return msgspec.structs.replace(before, **changes)


def _words(rule: Rule) -> str:
    """Return the conditions in a few words."""
    asked = msgspec.to_builtins(rule.conditions)
    empty = msgspec.to_builtins(RuleConditions())
    said = [
        f"{name.removesuffix('_ids')}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in asked.items()
        if value != empty[name]
    ]
    return "; ".join(said) or "always"


def _state(rule: Rule) -> str:
    if rule.disabled_reason is not None:
        return f"off: {rule.disabled_reason.message}"
    return "on" if rule.enabled else "off"


def _print(rule: Rule, as_json: bool) -> int:
    if as_json:
        print_json(rule)
        return 0
    print_fields(
        [
            ("Rule", rule.id),
            ("Name", rule.name),
            ("Place", str(rule.position + 1)),
            ("State", _state(rule)),
            ("Does", rule.action),
            ("When", _words(rule)),
            ("Hits", f"{rule.hits}{'' if rule.last_hit_at is None else f', last {ago(rule.last_hit_at)}'}"),
        ]
    )
    return 0
