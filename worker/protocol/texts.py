"""Texts for people: a code, its parameters, and the English sentence for shells.

The desktop translates by code; ``resources/translations/codes_zh_CN.toml`` holds the same codes in Simplified Chinese.
Plug-ins may add codes of their own in their manifest.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

Param = str | int | float


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in every language: ``code`` and ``params`` for the desktop, ``message`` in English for shells."""

    code: str
    params: dict[str, Param] = {}
    message: str = ""

    def __str__(self) -> str:
        return self.message


TEMPLATES: Final[Mapping[str, str]] = {
    # why an account is where it is
    "assign_least_loaded": "least loaded",
    "assign_pinned": "pinned to this worker",
    "assign_manual": "assigned by hand",
    "assign_took_over": "took over from {worker} ({cause})",
    "assign_returned": "the worker came back",
    "assign_not_taken": "{worker} did not take it",
    "assign_made_room": "{worker} had more than its limit",
    "assign_evened_count": "{worker} had {count}, this one {other}",
    "assign_evened_cost": "{worker} had more work",
    "unassigned_no_worker": "no worker is running",
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
    # what a check ran into
    "auth_refused": "The server refused the password for {username}.",
    "auth_refused_detail": "The server refused the sign-in: {detail}",
    "dns_failed": "The name {host} does not resolve. Check the spelling and the network.",
    "connect_refused": "{host} refuses connections on port {port}. Check the port, and that the server runs.",
    "connect_timeout": "{host} did not answer on port {port} within {seconds} s.",
    "connection_lost": "The connection to {host} was lost: {detail}",
    "network_unreachable": "{host} cannot be reached: {detail}",
    "protocol_garbage": "{host} answered on port {port}, but does not speak {protocol}.",
    "tls_untrusted": "The certificate of {host} is not trusted: {detail}",
    "tls_failed": "No encrypted connection to {host} could be made: {detail}",
    "starttls_missing": "{host} offers no STARTTLS. Choose another kind of encryption.",
    "plain_not_loopback": "An unencrypted connection would show the password to the network. Choose TLS or STARTTLS.",
    "login_disabled": "{host} allows no sign-in on an unencrypted connection.",
    "folder_missing": "The mailbox has no folder {folder}.",
    "ca_file_unusable": "The certificates in {path} cannot be used: {detail}",
    "host_wrong": "Write the server's name or address alone, such as imap.example.org.",
    "server_unavailable": "{host} is out of service for the moment: {detail}",
    "mailbox_in_use": "{host} says that the mailbox is in use elsewhere: {detail}",
    "server_limit": "{host} has reached a limit: {detail}",
    "folder_refused": "The server does not open the folder {folder}: {detail}",
    "idle_refused": "{host} ended the push connection: {detail}",
    "http_status": "{host} answered {status}.",
    "http_not_found": "Nothing is at this address ({status}).",
    "http_auth": "{host} asks for a user name and a password, or refuses these ({status}).",
    "http_rate_limited": "{host} asks to be called less often.",
    "http_redirects": "{host} redirects in a circle.",
    "too_large": "The answer is larger than {limit_mb} MB and was not read to its end.",
    "feed_is_html": "This is a web page, not a feed. Look for the address of its RSS or Atom feed.",
    "feed_empty": "The answer is empty.",
    "feed_broken": "This is not a feed: {detail}",
    "feed_unsafe": "The document declares entities that could exhaust memory, and was refused.",
    "url_scheme": "The address must begin with http:// or https://.",
    "check_timeout": "The check took longer than {seconds} s and was stopped.",
    "check_failed": "The check failed inside Watchkeeper: {detail}",
    "rate_limited": "The service asks for {seconds} s of patience.",
    "demo_auth": "The demo service has signed this account out.",
    "demo_outage": "The demo service is down for a moment.",
    "step_resolve": "Resolve the name",
    "step_connect": "Connect",
    "step_tls": "Encrypt",
    "step_sign_in": "Sign in",
    "step_first_check": "First check",
    # fields
    "invalid_fields": "Some fields are not right.",
    "field_required": "Fill this in.",
    "field_unknown": "There is no such field.",
    "field_type": "Expected {expected}.",
    "field_range": "Must be from {minimum} to {maximum}.",
    "field_choice": "Choose one of: {choices}.",
    "field_length": "Must have {minimum} to {maximum} characters.",
    "field_pattern": "Allowed here: {allowed}.",
    "field_taken": "{value} is taken already.",
    "field_secret_in_settings": "Secrets belong to the credentials.",
    "field_entries": "Must have {minimum} to {maximum} entries.",
    "field_wrong": "This is not right: {detail}",
    # requests
    "request_not_json": "The body is not JSON: {detail}",
    "request_too_large": "The body is larger than {limit_kb} KB.",
    "request_no_route": "Nothing is at {path}.",
    "request_wrong_method": "{path} is not for {method}; it is for {allowed}.",
    "request_unauthorized": "A valid token is needed: Authorization: Bearer TOKEN.",
    "request_admin_only": "This needs an admin token; a client token reads, and marks as read.",
    "request_foreign_host": "This master does not answer for {host}.",
    "request_foreign_origin": "Pages of {origin} may not call this master.",
    "request_too_many": "Too many requests are under way. Try again in {seconds} s.",
    "request_not_ready": "The master is still starting, or stopping already.",
    "request_refused": "The request was refused: {detail}",
    "request_failed": "Something went wrong inside Watchkeeper. Its log has the details under {request_id}.",
    "field_above": "Must be more than {minimum}.",
    "group_unknown": "There is no group {id}.",
    "proxy_unknown": "There is no proxy {id}.",
    "account_unknown": "There is no account {account}.",
    "item_unknown": "There is no item {id}.",
    "notification_unknown": "There is no notification {id}.",
    "notification_never_told": "This was never told, so it cannot be snoozed.",
    "device_unknown": "The device {device} is not registered.",
    "token_unknown": "There is no token {token}.",
    "deployment_local": "On this computer",
    # workers
    "exit_ok": "stopped in order",
    "exit_code": "exited with code {exit_code}",
    "exit_signal": "killed by signal {signal} ({name})",
    "exit_ntstatus": "exited with {exit_hex} ({name})",
    "exit_start_failed": "could not be started: {detail}",
    "exit_unknown": "ended; the reason is not known",
    "exit_usage": "was started with options that it does not know",
    "exit_token_refused": "was refused: its token is not valid",
    "exit_protocol_refused": "was refused: it speaks another version of the protocol",
    "exit_start_timeout": "did not register within {seconds} s and was killed",
    "exit_hung": "gave no sign of life for {seconds} s and was killed",
    "worker_none_online": "No worker is running. Start one, then try again.",
    "worker_unknown": "There is no worker {worker}.",
    "worker_not_running": "{worker} does not run. Start it first, or pin the account to it.",
    "version_stale": "Somebody changed this meanwhile. Load it again, then change it.",
    "worker_not_connected": "{worker} is not connected.",
    "worker_silent": "{worker} did not answer within {seconds} s.",
    "worker_full": "{worker} is full: it has {count} accounts of at most {limit}.",
    "worker_disabled": "{worker} is switched off in its configuration.",
    "worker_folder_missing": "There is no folder {path}.",
    "worker_killed_no_answer": "did not stop in {seconds} s and was killed",
    "worker_refused_protocol": "speaks protocol {worker_protocol}; this master speaks {master_protocol}",
    # why the master does not start
    "start_port_taken": "Port {port} is taken by another program. Choose another one with --port.",
    "start_host_unusable": "The address {host} cannot be listened on: {detail}",
    "start_self_check": "The master listens on port {port}, but cannot reach itself there: {detail}",
    "start_profile_in_use": "The profile {path} is in use by another Watchkeeper (process {pid}).",
    "start_profile_not_writable": "Nothing can be written to the profile {path}: {detail}",
    "start_profile_damaged": "The database is damaged: {detail} A copy was put at {path}.",
    "start_profile_newer": "The profile was written by a newer Watchkeeper: {detail}",
    "start_settings_wrong": "The settings file cannot be used: {detail}",
    # notifications
    "notify_item": "{account}: {title}",
    "notify_login_needed": "{account} needs you to sign in again",
    "notify_unreachable": "{account} cannot be reached",
    "notify_reachable": "{account} can be reached again",
    "notify_worker_gave_up": "{worker} crashed {count} times and was given up",
    "notify_rejected": "{account}: an item was refused as invalid",
    "notify_digest": "{count} notifications while you were away",
    "notify_more": "{account}: {count} new",
    "item_account_gone": "The account was deleted.",
    "item_key_wrong": "The key of an item must have 1 to {maximum} characters.",
    "item_text_broken": "The {field} is not valid Unicode.",
    "item_too_long": "The {field} is too long.",
    "item_time_wrong": "The time {field} is out of range.",
    "told_new_item": "a new item",
    "told_alert": "an alert",
    "told_again": "told again after a snooze",
    "silent_muted": "notifications were muted",
    "silent_merged": "told together with others of the same account",
    # trace of an item
    "trace_found": "Found by {worker} ({how})",
    "trace_stored": "stored",
    "trace_notified": "notified: {reason}",
    "trace_suppressed": "not notified: {reason}",
    "trace_shown": "shown on {device}",
    "trace_opened": "opened",
}


def text(code: str, **params: Param) -> Text:
    """Make the :class:`Text` of ``code``. An unknown code or a missing parameter is a fault of ours: ``KeyError``."""
    return Text(code=code, params=dict(params), message=TEMPLATES[code].format(**params))
