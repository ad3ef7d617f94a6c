"""Newer versions."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    "update_managed": "{name} keeps this installation up to date; nothing is looked for here.",
    "update_no_address": "This build has no address at which newer versions are told.",
    "update_address_wrong": "The address of the update check must begin with https:// and name a server.",
    "update_refused": "The server answered {status}.",
    "update_large": "The server sent more than {limit} KB.",
    "update_unreachable": "The server cannot be reached: {detail}",
    "update_unreadable": "What the server sent cannot be read.",
    "update_signature": "What the server sent is not signed by the project. It was not used.",
    "update_expired": "What the server sent is too old to say anything.",
    "update_older": "What the server sent is older than what was seen before. It was not used.",
}
