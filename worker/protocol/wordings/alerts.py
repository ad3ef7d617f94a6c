"""Alerts, and what is told when they are over."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # alerts, and what is told when they are over
    "alert_worker_crashed": "{name} crashed",
    "alert_heartbeat_lost": "{name} gives no sign of life",
    "alert_worker_cpu": "{name} uses much of a processor core",
    "alert_worker_memory": "{name} is near its memory limit",
    "alert_error_rate": "Many checks of {name} fail",
    "alert_account_stale": "{name} was not checked successfully for too long",
    "alert_backlog": "{name} has much that it could not deliver yet",
    "alert_disk_low": "The disk is nearly full: {count} MB are free",
    "alert_orphans": "{count} processes without a master were found",
    "alert_unassigned": "{count} accounts are watched by nobody",
    "over_worker_gave_up": "{name} was started again",
    "over_heartbeat_lost": "{name} gives signs of life again, or was ended",
    "over_worker_cpu": "{name} uses less of a processor core again",
    "over_worker_memory": "{name} is below its memory limit again",
    "over_error_rate": "The checks of {name} succeed again",
    "over_account_stale": "{name} is up to date again",
    "over_backlog": "{name} has delivered what it had",
    "over_disk_low": "There is room on the disk again",
    "over_orphans": "No process without a master is left",
    "over_unassigned": "Every account is watched again",
    "item_account_gone": "The account was deleted.",
    "item_key_wrong": "The key of an item must have 1 to {maximum} characters.",
    "item_text_broken": "The {field} is not valid Unicode.",
    "item_too_long": "The {field} is too long.",
    "item_time_wrong": "The time {field} is out of range.",
    "told_new_item": "a new item",
    "told_alert": "an alert",
    "alert_percent": "{percent} %",
    "alert_megabytes": "{count} MB",
    "alert_count": "{count}",
    "alert_detail": "{detail}",
    "told_again": "told again after a snooze",
    "silent_muted": "notifications were muted",
    "silent_merged": "told together with others of the same account",
}
