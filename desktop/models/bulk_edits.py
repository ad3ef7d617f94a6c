"""What takes an edit of many accounts back: each value as it was, whether an account had it of its own or not."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET

from master.api.inheritance import DIRECT, INHERITABLE
from master.api.schema import Account, AccountChanges

PAIR = ("interval_seconds", "interval_max_seconds")
"""Whoever gives the one gives the other."""


def taking_back(changes: AccountChanges, accounts: Iterable[Account]) -> list[tuple[AccountChanges, list[str]]]:
    """Return the edits that undo ``changes`` of accounts as they were before; those that are alike go together."""
    given = {name for name in msgspec.structs.asdict(changes) if getattr(changes, name) not in (UNSET, [])}
    if given & set(PAIR):
        given |= set(PAIR)
    found: dict[bytes, tuple[AccountChanges, list[str]]] = {}
    for account in accounts:
        before = _before(account, given)
        key = msgspec.json.encode(before)
        found.setdefault(key, (before, []))[1].append(account.id)
    return list(found.values())


def _before(account: Account, given: set[str]) -> AccountChanges:
    values: dict[str, Any] = {name: _own(account, name) for name in INHERITABLE if name in given}
    if given & {"tags", "add_tags", "remove_tags"}:
        values["tags"] = list(account.tags)
    if "notes" in given:
        values["notes"] = account.notes
    return AccountChanges(**values)


def _own(account: Account, name: str) -> Any:
    """Return what the account has of its own; None where it inherits."""
    effective = account.effective.get(name)
    if effective is not None and effective.origin != "account":
        return None
    value = getattr(account, name)
    return DIRECT if name == "proxy_id" and value is None and effective is not None else value
