"""Rules, quiet hours and snoozes: what is told, and why something is not."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # what is told
    "notify_held": "While it was quiet: {count} from {accounts} accounts",
    "notify_held_one": "While it was quiet: {count} from {account}",
    "notify_held_system": "While it was quiet: {count} notices",
    "notify_rule_off": "The rule {rule} was switched off",
    "notify_private_comment": "{account}: a new comment",
    "notify_private_direct_message": "{account}: a new direct message",
    "notify_private_mail": "{account}: a new mail",
    "notify_private_mention": "{account}: a new mention",
    "notify_private_entry": "{account}: a new entry",
    "notify_private_change": "{account}: a change",
    "notify_private_line": "{account}: a new line",
    "notify_private_system": "{account}: a new message",
    # why
    "told_rule": "the rule {rule}",
    "told_held": "what was held meanwhile",
    "told_more": "more of the same account",
    "held_quiet": "held until the quiet hours end",
    "held_snoozed_all": "held while everything is snoozed",
    "held_snoozed_account": "held while the account is snoozed",
    "held_snoozed_group": "held while the group is snoozed",
    "silent_off": "notifications are switched off",
    "silent_rule": "ignored by the rule {rule}",
    "silent_level_none": "nothing of this account is told",
    "silent_level_urgent": "only what is urgent is told of this account",
    "silent_held": "told together with the others that were held",
    # what a rule says of a text
    "rule_all": "it has no conditions",
    "rule_conditions": "all its conditions are met",
    "rule_word": "has: {word}",
    "rule_regex": "the expression finds: {part}",
    "rule_no_word": "does not have: {word}",
    "rule_no_regex": "the expression finds nothing",
    "rule_excluded": "has what is excluded: {word}",
    "rule_no_author": "the author is not {author}",
    "rule_other_account": "another account",
    "rule_other_group": "another group",
    "rule_other_tag": "other tags",
    "rule_other_kind": "another kind",
    "rule_off": "it is switched off",
    "rule_too_slow": "its expression takes longer than 50 ms",
    # requests
    "rule_unknown": "There is no rule {id}.",
    "rule_regex_wrong": "This is no regular expression: {detail}",
    "rule_too_many": "There may be {maximum} rules; remove one first.",
    "rule_order_wrong": "Name every rule once.",
    "snooze_unknown": "Nothing of the name {id} is snoozed.",
    "snooze_target_missing": "Say what is to be snoozed.",
    "snooze_target_none": "All has no target.",
    "snooze_one_of": "Give seconds, until_at or preset: one of them.",
    "snooze_past": "This must be later than now, and within 30 days.",
    "janitor_notifications": "{count} old notifications",
}
