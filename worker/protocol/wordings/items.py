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
    "notify_more": "{account}: {count} more",
    "notify_more_alerts": "{count} more alerts of the same kind",
    "notify_more_over": "{count} more alerts of the same kind are over",
    "item_thread_account": "A conversation belongs to an account: name its account too.",
    "item_stats_backwards": "This is later than the end.",
    "item_stats_long": "There would be more than {maximum} periods: begin later, or choose longer ones.",
    "search_unknown": "There is no saved search {id}.",
    "search_taken": "There is a saved search with this name already.",
    "search_many": "There are {maximum} saved searches; remove one first.",
    "janitor_items": "{count} items beyond the days that they are kept",
    "janitor_items_room": "{count} of the oldest items, for their room",
    "janitor_item_marks": "{count} items that could not be marked as read at their service for long",
    "mark_unable": "This platform cannot mark anything as read.",
    "mark_failed": "It could not be marked as read: {detail}",
    # trace of an item
    "trace_found": "Found by {worker} ({how})",
    "trace_found_poll": "Found by {worker} (poll)",
    "trace_found_push": "Found by {worker} (push)",
    "trace_stored": "stored",
    "trace_notified": "notified: {reason}",
    "trace_held": "held back: {reason}",
    "trace_suppressed": "not notified: {reason}",
    "trace_shown": "shown on {device}",
    "trace_opened": "opened",
}
