"""Rules on trial: what they say of a text, and of what was found last. Nothing is changed or told."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from master.api.accounts import Account
from master.api.items import Item, ItemFilter
from master.api.rules import Rule, RuleSample, RuleTest, RuleTestReport, RuleTestRow, RuleVerdict
from master.errors import Invalid
from master.services.rule_matches import Matcher, Subject, TooSlow, Words, subject_of
from master.services.rules import RuleService, unsaved
from worker.protocol.texts import text

NEW: Final = "new"
"""Stands for the id of the rule that is not saved."""
EXCERPT: Final = 200


Last = Callable[[ItemFilter, int], Awaitable[Sequence[Item]]]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that rules are tried on."""

    subject: Subject
    item_id: int | None = None


class RuleTrials:
    """Runs trials. They match on another thread."""

    def __init__(self, rules: RuleService) -> None:
        self._rules = rules

    async def run(self, body: RuleTest, accounts: Mapping[str, Account], last: Last) -> RuleTestReport:
        """Try the stored rules, and one that is not saved. ``last(filter, count)``: items, the newest first.

        Raises :class:`NotFound`, :class:`Invalid` by field.
        """
        self._check(body, accounts)
        rules = self._joined(body)
        trials = []
        if body.sample is not UNSET:
            trials.append(Trial(subject=_of_sample(body.sample, accounts)))
        if body.history:
            items = await last(ItemFilter(account_id=body.account_id), body.history)
            trials += [Trial(subject=subject_of(one, accounts.get(one.account_id)), item_id=one.id) for one in items]
        try:
            rows = await asyncio.to_thread(_judge, rules, trials)
        except Invalid as error:
            raise Invalid(fields={f"rule.{name}": fault for name, fault in error.fields.items()}) from error
        return RuleTestReport(rows=rows, actions=dict(Counter(row.action for row in rows)))

    def _check(self, body: RuleTest, accounts: Mapping[str, Account]) -> None:
        asked = {"account_id": body.account_id}
        if body.sample is not UNSET:
            asked["sample.account_id"] = body.sample.account_id
        for name, account_id in asked.items():
            if account_id is not UNSET and account_id not in accounts:
                raise Invalid(fields={name: text("account_unknown", account=account_id[:64])})
        if body.sample is UNSET and not body.history:
            raise Invalid(fields={"sample": text("field_required")})
        if body.rule_id is not UNSET:
            self._rules.get(body.rule_id)

    def _joined(self, body: RuleTest) -> list[Rule]:
        """Return the stored rules with the one that is not saved at its place."""
        rules = self._rules.rows()
        if body.rule is UNSET:
            return rules
        new = unsaved(body.rule, rule_id=NEW)
        place = len(rules)
        if body.rule_id is not UNSET:
            place = next(number for number, rule in enumerate(rules) if rule.id == body.rule_id)
            del rules[place]
        if body.rule.position is not UNSET:
            place = body.rule.position
        rules.insert(place, new)
        return rules


def _of_sample(sample: RuleSample, accounts: Mapping[str, Account]) -> Subject:
    return subject_of(sample, None if sample.account_id is UNSET else accounts[sample.account_id])


def _judge(rules: Sequence[Rule], trials: Sequence[Trial]) -> list[RuleTestRow]:
    matchers = {rule.id: Matcher(rule) for rule in rules if rule.enabled}
    spent: dict[str, float] = {}
    return [_row(rules, matchers, trial, spent) for trial in trials]


def _row(rules: Sequence[Rule], matchers: Mapping[str, Matcher], trial: Trial, spent: dict[str, float]) -> RuleTestRow:
    words = Words(trial.subject, spent)
    verdicts: list[RuleVerdict] = []
    first: Rule | None = None
    for rule in rules:
        matched, reason = False, text("rule_off")
        if rule.id in matchers:
            try:
                matched, reason = matchers[rule.id].judge(words)
            except TooSlow:
                reason = text("rule_too_slow")
        rule_id = None if rule.id == NEW else rule.id
        verdicts.append(RuleVerdict(rule_id=rule_id, name=rule.name, matched=matched, reason=reason))
        if matched and first is None:
            first = rule
    return RuleTestRow(
        item_id=trial.item_id,
        account_id=trial.subject.account_id,
        title=trial.subject.title[:EXCERPT],
        decided=first is not None,
        rule_id=None if first is None or first.id == NEW else first.id,
        rule_name=first.name if first is not None else "",
        action=first.action if first is not None else "notify",
        verdicts=verdicts,
    )
