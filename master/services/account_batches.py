"""The same, done with many accounts at once: each for itself, and the answer says what became of each."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Protocol

import msgspec
from msgspec import UNSET

from master.api.accounts import Account, AccountBatch, AccountChanges, AccountPatch, AssignmentPut
from master.api.rows import BatchReport, BatchResult
from master.errors import Invalid, ServiceError
from master.services.surroundings import Surroundings
from worker.protocol.texts import Text, text

AT_ONCE: Final = 32
"""So many accounts of a batch are acted on at the same time."""
LONGEST_NAME: Final = 50
MOST_TAGS: Final = 20
_TAKES: Final = {"pause": "until_at", "delete": "keep_history", "edit": "changes", "move": "group_id"}
_FIELDS: Final[dict[str, Any]] = {
    "until_at": None,
    "keep_history": True,
    "changes": None,
    "group_id": None,
    "assignment": None,
}
_NEEDS: Final = {"edit": "changes", "assign": "assignment"}

Action = Callable[[str], Awaitable[object]]


class Accounts(Protocol):
    """What is done with one account."""

    surroundings: Surroundings

    def get(self, account_id: str) -> Account: ...

    async def patch(self, account_id: str, body: AccountPatch) -> Account: ...

    async def pause(self, account_id: str, until_at: int | None = None) -> Account: ...

    async def resume(self, account_id: str) -> Account: ...

    async def remove(self, account_id: str, keep_history: bool) -> Account: ...

    async def restore(self, account_id: str) -> Account: ...


class Hooks(Protocol):
    """What the owner of the assignments does with one."""

    async def check_now(self, account_id: str) -> Account: ...

    async def assign(self, account_id: str, body: AssignmentPut) -> Account: ...


async def run_batch(accounts: Accounts, hooks: Hooks, body: AccountBatch) -> BatchReport:
    """Act on every account; one that fails is no reason for the others. Raises :class:`Invalid` for a wrong body."""
    _check(accounts, body)
    action = _action(accounts, hooks, body)
    slots = asyncio.Semaphore(AT_ONCE)

    async def act(account_id: str) -> BatchResult:
        try:
            async with slots:
                await action(account_id)
        except ServiceError as error:
            return BatchResult(id=account_id, success=False, error=reason_of(error))
        return BatchResult(id=account_id, success=True)

    results = await asyncio.gather(*(act(account_id) for account_id in dict.fromkeys(body.account_ids)))
    success = sum(result.success for result in results)
    return BatchReport(
        action=body.action, total=len(results), success=success, failure=len(results) - success, results=results
    )


def reason_of(error: ServiceError) -> Text:
    """Return what went wrong with one of many: where a field is wrong, what is wrong with it."""
    return next(iter(error.fields.values()), error.text) if error.fields else error.text


def copy_name(name: str, others: Iterable[Account]) -> str:
    """Return a name for a copy that no other account has."""
    taken = {row.name for row in others}
    number = 2
    while True:
        end = f" ({number})"
        proposed = name[: LONGEST_NAME - len(end)] + end
        if proposed not in taken:
            return proposed
        number += 1


def _check(accounts: Accounts, body: AccountBatch) -> None:
    faults: dict[str, Text] = {}
    takes = _NEEDS.get(body.action) or _TAKES.get(body.action)
    for name, absent in _FIELDS.items():
        if name != takes and getattr(body, name) != absent:
            faults[name] = text("batch_has_no", action=body.action)
    needed = _NEEDS.get(body.action)
    if needed is not None and getattr(body, needed) is None:
        faults[needed] = text("batch_needs", action=body.action)
    faults |= accounts.surroundings.faults({"group_id": body.group_id})
    if body.changes is not None:
        found = accounts.surroundings.faults({"proxy_id": body.changes.proxy_id})
        faults |= {f"changes.{name}": fault for name, fault in found.items()}
    if faults:
        raise Invalid(fields=faults)


def _action(accounts: Accounts, hooks: Hooks, body: AccountBatch) -> Action:
    changes, assignment = body.changes, body.assignment

    def edit(account_id: str) -> Awaitable[object]:
        assert changes is not None
        return accounts.patch(account_id, _patch(accounts.get(account_id), changes))

    def assign(account_id: str) -> Awaitable[object]:
        assert assignment is not None
        return hooks.assign(account_id, assignment)

    actions: dict[str, Action] = {
        "pause": lambda account_id: accounts.pause(account_id, body.until_at),
        "resume": accounts.resume,
        "check": hooks.check_now,
        "delete": lambda account_id: accounts.remove(account_id, body.keep_history),
        "restore": accounts.restore,
        "edit": edit,
        "move": lambda account_id: accounts.patch(account_id, AccountPatch(group_id=body.group_id)),
        "assign": assign,
    }
    chosen = actions[body.action]

    async def act(account_id: str) -> object:
        return await chosen(account_id)

    return act


def _patch(row: Account, changes: AccountChanges) -> AccountPatch:
    """Return what changes of many are for one of them."""
    values = msgspec.structs.asdict(changes)
    added, removed = values.pop("add_tags"), values.pop("remove_tags")
    if added or removed:
        base = row.tags if values["tags"] is UNSET else values["tags"]
        tags = [tag for tag in dict.fromkeys((*base, *added)) if tag not in removed]
        if len(tags) > MOST_TAGS:
            raise Invalid(fields={"tags": text("field_entries", minimum=0, maximum=MOST_TAGS)})
        values["tags"] = tags
    return AccountPatch(**values)
