"""What is wrong with a request or a start."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # fields
    "invalid_fields": "Some fields are not right.",
    "field_required": "Fill this in.",
    "field_unknown": "There is no such field.",
    "field_type": "Expected {expected}.",
    "field_range": "Must be from {minimum} to {maximum}.",
    "field_choice": "Choose one of: {choices}.",
    "field_length": "Must have {minimum} to {maximum} characters.",
    "field_example": "Write it like this: {example}",
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
    "alert_unknown": "There is no alert {id}.",
    "device_unknown": "The device {device} is not registered.",
    "token_unknown": "There is no token {token}.",
    "deployment_local": "On this computer",
    # why the master does not start
    "start_port_taken": "Port {port} is taken by another program. Choose another one with --port.",
    "start_host_unusable": "The address {host} cannot be listened on: {detail}",
    "start_self_check": "The master listens on port {port}, but cannot reach itself there: {detail}",
    "start_profile_in_use": "The profile {path} is in use by another Watchkeeper (process {pid}).",
    "start_profile_not_writable": "Nothing can be written to the profile {path}: {detail}",
    "start_profile_damaged": "The database is damaged: {detail} A copy was put at {path}.",
    "start_profile_newer": "The profile was written by a newer Watchkeeper: {detail}",
    "start_settings_wrong": "The settings file cannot be used: {detail}",
    "start_window_settings": "The settings of the window cannot be read: {detail}. They stand in {path}."
    " Put the file right, or delete it: the window then begins with its defaults.",
}
