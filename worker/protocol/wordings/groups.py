"""Groups, proxies, and what is done with many accounts."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    "group_taken": "There is a group {name} already.",
    "interval_max_alone": "A longest interval needs an interval of its own.",
    "proxy_taken": "There is a proxy {name} already.",
    "proxy_used": "{count} accounts and groups use it: {names}. Choose another proxy for them first.",
    "proxy_unsupported": "Accounts of {platform} cannot use a proxy. Nothing was connected.",
    "proxy_user_colon": "A user name for an HTTP proxy has no colon.",
    "proxy_password_alone": "A password needs a user name.",
    "proxy_unreachable": "The proxy {proxy} ({host}:{port}) cannot be reached: {detail}",
    "proxy_unresolved": "The name of the proxy {proxy} ({host}) cannot be found.",
    "proxy_timeout": "The proxy {proxy} ({host}:{port}) did not answer within {seconds} s.",
    "proxy_wants_password": "The proxy {proxy} ({host}:{port}) wants a user name and a password.",
    "proxy_refuses_password": "The proxy {proxy} ({host}:{port}) refuses its user name or password.",
    "proxy_password_unreadable": "The password of the proxy {proxy} could not be read: {reason}",
    "proxy_forbids": "The proxy {proxy} does not allow {host}:{port}: {detail}",
    "proxy_no_way": "The proxy {proxy} cannot reach {host}:{port}: {detail}",
    "proxy_garbage": "{host}:{port} does not answer like a proxy of its kind ({protocol}).",
    "proxy_lost": "The proxy {proxy} ({host}:{port}) hung up: {detail}",
    "step_proxy_resolve": "Find the proxy",
    "step_proxy_connect": "Connect to the proxy",
    "step_proxy_tunnel": "Reach {target} through it",
    "account_not_removed": "It is not removed, or too long ago to be restored.",
    "account_restore_taken": "{name} has its id at the service now: {value}. Remove that one first.",
    "batch_needs": "The action {action} needs it.",
    "batch_has_no": "The action {action} does not take it.",
    "pause_past": "That time is over.",
    "janitor_account_states": "{count} earlier states of accounts",
    "janitor_check_tallies": "{count} counts of checks",
}
