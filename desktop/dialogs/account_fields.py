"""The fields that every account has, beside those of its platform; what is left empty comes from its group."""

from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.models.rows import natural_key
from master.api.inheritance import DIRECT, INHERITABLE
from master.api.rules import QuietPlan
from master.api.schema import Account, Proxy

COMMON: Final = (
    "name", "interval_seconds", "interval_max_seconds", "group_id", "proxy_id", "priority", "notify_level", "sound",
    "tags", "notes",
)  # fmt: skip
UNTESTED: Final = frozenset(COMMON) - {"proxy_id", "group_id"}
"""Fields that say nothing about the connection."""
INHERIT: Final = ""


def common_fields(context: Context) -> list[Field]:
    """Return them: the first two are basic, the rest stands under *More options*."""
    groups = sorted(context.models.inbox.groups.values(), key=lambda row: row.position)
    return [
        Field(
            name="name",
            type="text",
            label=QCoreApplication.translate("AccountFields", "Name"),
            required=True,
            help=QCoreApplication.translate("AccountFields", "How it is called here."),
        ),
        *_intervals(context),
        Field(
            name="group_id",
            type="choice",
            label=QCoreApplication.translate("AccountFields", "Group"),
            choices=(
                (INHERIT, QCoreApplication.translate("AccountFields", "None")),
                *((row.id, row.name) for row in groups),
            ),
            default=INHERIT,
            advanced=True,
        ),
        Field(
            name="proxy_id",
            type="choice",
            label=QCoreApplication.translate("AccountFields", "Proxy"),
            choices=proxy_choices([]),
            default=INHERIT,
            advanced=True,
        ),
        *_told(),
        Field(
            name="tags",
            type="list",
            label=QCoreApplication.translate("AccountFields", "Tags"),
            help=QCoreApplication.translate("AccountFields", "Divided by commas."),
            advanced=True,
        ),
        Field(
            name="notes", type="multiline", label=QCoreApplication.translate("AccountFields", "Notes"), advanced=True
        ),
    ]


def _intervals(context: Context) -> list[Field]:
    settings = context.models.settings
    default = settings.default_interval_seconds if settings else 30
    return [
        Field(
            name="interval_seconds",
            type="number",
            label=QCoreApplication.translate("AccountFields", "Check every"),
            help=QCoreApplication.translate("AccountFields", "Empty: as its group, else {seconds} s.").format(
                seconds=context.wording.number(default)
            ),
            placeholder=str(default),
            minimum=5,
            maximum=86_400,
            suffix=QCoreApplication.translate("AccountFields", "s"),
        ),
        Field(
            name="interval_max_seconds",
            type="number",
            label=QCoreApplication.translate("AccountFields", "Or at random, up to"),
            minimum=5,
            maximum=86_400,
            suffix=QCoreApplication.translate("AccountFields", "s"),
            help=QCoreApplication.translate("AccountFields", "Empty: always the same interval."),
            advanced=True,
        ),
    ]


def own_quiet(account: Account) -> QuietPlan | None:
    """Return the quiet hours that are the account's own, None where it inherits them."""
    found = account.effective.get("quiet_hours")
    return account.quiet_hours if found is not None and found.origin == "account" else None


def inherit_words() -> str:
    """Return what a choice is called that leaves it to the group."""
    return QCoreApplication.translate("AccountFields", "As its group, else as usual")


def _told() -> list[Field]:
    inherit = (INHERIT, inherit_words())
    return [
        Field(
            name="priority",
            type="number",
            label=QCoreApplication.translate("AccountFields", "Priority"),
            help=QCoreApplication.translate(
                "AccountFields", "0 to 9; from 1 on it is taken over first, heard and seen. Empty: as its group."
            ),
            minimum=0,
            maximum=9,
            advanced=True,
        ),
        Field(
            name="notify_level",
            type="choice",
            label=QCoreApplication.translate("AccountFields", "Tell me of"),
            choices=(
                inherit,
                ("all", QCoreApplication.translate("AccountFields", "Everything new")),
                ("urgent", QCoreApplication.translate("AccountFields", "What a rule calls urgent")),
                ("none", QCoreApplication.translate("AccountFields", "Nothing: only keep it")),
            ),
            default=INHERIT,
            advanced=True,
        ),
        Field(
            name="sound",
            type="choice",
            label=QCoreApplication.translate("AccountFields", "Sound"),
            choices=(
                inherit,
                ("default", QCoreApplication.translate("AccountFields", "As the system plays messages")),
                ("alert", QCoreApplication.translate("AccountFields", "As the system plays alarms")),
                ("none", QCoreApplication.translate("AccountFields", "None")),
            ),
            default=INHERIT,
            advanced=True,
        ),
    ]


def proxy_choices(proxies: list[Proxy]) -> tuple[tuple[str, str], ...]:
    """Return what can be chosen: the group's, none at all, or one of these."""
    rows = sorted(proxies, key=lambda row: natural_key(row.name))
    return (
        (INHERIT, QCoreApplication.translate("AccountFields", "That of its group, else none")),
        (DIRECT, QCoreApplication.translate("AccountFields", "None")),
        *((row.id, row.name) for row in rows),
    )


def shown_values(account: Account) -> dict[str, Any]:
    """Return what the common fields show of an account: its own values, nothing where it inherits."""
    own: dict[str, Any] = {}
    for name in INHERITABLE:
        found = account.effective.get(name)
        own[name] = found.value if found is not None and found.origin == "account" else None
    return {
        "name": account.name,
        "interval_seconds": own["interval_seconds"],
        "interval_max_seconds": own["interval_max_seconds"],
        "group_id": account.group_id or INHERIT,
        "proxy_id": own["proxy_id"] or (DIRECT if _is_direct(account) else INHERIT),
        "priority": own["priority"],
        "notify_level": own["notify_level"] or INHERIT,
        "sound": own["sound"] or INHERIT,
        "tags": account.tags,
        "notes": account.notes,
    }


def written_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the common fields say, as a request names it: None inherits."""
    return {
        "interval_seconds": values.get("interval_seconds"),
        "interval_max_seconds": values.get("interval_max_seconds"),
        "group_id": values.get("group_id") or None,
        "proxy_id": values.get("proxy_id") or None,
        "priority": values.get("priority"),
        "notify_level": values.get("notify_level") or None,
        "sound": values.get("sound") or None,
        "tags": values.get("tags", []),
        "notes": values.get("notes") or "",
    }


def _is_direct(account: Account) -> bool:
    found = account.effective.get("proxy_id")
    return found is not None and found.origin == "account" and found.value is None
