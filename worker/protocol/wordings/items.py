"""Items and what is told of them."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # notifications
    "notify_item": "{account}: {title}",
    "notify_login_needed": "{account} needs you to sign in again",
    "notify_unreachable": "{account} cannot be reached",
    "notify_reachable": "{account} can be reached again",
    "notify_worker_gave_up": "{worker} crashed {count} times and was given up",
    "notify_rejected": "{account}: an item was refused as invalid",
    "notify_digest": "{count} notifications while you were away",
    "notify_more": "{account}: {count} new",
    "notify_more_alerts": "{count} more alerts of the same kind",
    "notify_more_over": "{count} more alerts of the same kind are over",
    # trace of an item
    "trace_found": "Found by {worker} ({how})",
    "trace_stored": "stored",
    "trace_notified": "notified: {reason}",
    "trace_suppressed": "not notified: {reason}",
    "trace_shown": "shown on {device}",
    "trace_opened": "opened",
}
