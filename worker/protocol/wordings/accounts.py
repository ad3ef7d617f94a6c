"""Why an account is where it is, and how it is."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # why an account is where it is
    "assign_least_loaded": "least loaded",
    "assign_pinned": "pinned to this worker",
    "assign_manual": "assigned by hand",
    "assign_took_over": "took over from {worker} ({cause})",
    "assign_returned": "the worker came back",
    "assign_not_taken": "{worker} did not take it",
    "assign_made_room": "{worker} had more than its limit",
    "assign_evened_count": "moved to even out: {worker} had {count} accounts, this one {other}",
    "assign_evened_cost": "moved to even out: {worker} had more work",
    "unassigned_no_worker": "no worker is running",
    "unassigned_waits": "waits to be given to a worker",
    "unassigned_full": "every worker is full",
    "unassigned_pinned_away": "waits for {worker}, to which it is pinned",
    "unassigned_paused": "paused",
    "unassigned_login_needed": "needs sign-in",
    "unassigned_no_platform": "no worker knows the platform {platform}",
    "cause_crashed": "crashed",
    "cause_stopped": "stopped",
    "cause_deleted": "deleted",
    "cause_frozen": "did not answer",
    # states of an account
    "state_paused": "Paused by you.",
    "state_waiting_first_check": "Waits for its first check.",
    "state_stale": "No successful check for {seconds} s.",
    "state_auth_failed": "The server refused the sign-in. Checks have stopped so that the account is not locked.",
    "state_credentials_missing": "No credentials are stored. Sign in to begin.",
    "state_credentials_unreadable": "The credentials could not be read: {reason}",
}
