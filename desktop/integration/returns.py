"""What was deleted comes back: each of these deletes something, and returns what makes it again."""

from collections.abc import Callable, Coroutine
from typing import Any

from desktop.bridge import Bridge
from desktop.integration.account_batches import batch_accounts
from master.api.client import ApiError
from master.api.groups import Group, GroupCreate
from master.api.schema import AssignmentPut, AssignmentRow, WorkerConfig, WorkerConfigCreate
from master.api.workers import EXTERNAL

Back = Callable[[], Coroutine[Any, Any, Any]]
"""Makes it again. Raises ``ApiError``."""


async def delete_worker(bridge: Bridge, worker_id: str, *, runs: bool) -> Back:
    """Delete a worker at once: it has stopped when this returns. ``runs``: it is started when it comes back.

    It comes back under its id, and accounts that were pinned to it go to it again. Raises ``ApiError``.
    """
    client, call = bridge.client, bridge.call
    config: WorkerConfig = await call(client.worker_config(worker_id))
    pinned: list[AssignmentRow] = [row for row in await call(client.assignments()) if row.pinned_to == worker_id]
    await call(client.delete_worker_config(worker_id))
    values = {name: getattr(config, name) for name in WorkerConfigCreate.__struct_fields__}

    async def back() -> None:
        await call(client.create_worker_config(WorkerConfigCreate(**values)))
        if runs and config.deployment_type != EXTERNAL:  # that one joins by itself
            await call(client.start_worker(worker_id))
        if not pinned:
            return
        # Where it was gone, others got them, and they were pinned to nobody.
        free = {row.account_id for row in await call(client.assignments()) if row.pinned_to is None}
        for row in pinned:
            if row.account_id in free:
                body = AssignmentPut(worker_id=worker_id, pinned=True, pin_policy=row.pin_policy)
                await call(client.assign_account(row.account_id, body))

    return back


async def delete_group(bridge: Bridge, group: Group, homeless: Callable[[], list[str]]) -> Back:
    """Delete a group. ``homeless``: those of its accounts that are in no group when it comes back.

    It comes back under its id, so that rules and snoozes that name it mean it again. Raises ``ApiError``; coming back
    too, with the first reason, when an account could not be moved into it.
    """
    client, call = bridge.client, bridge.call
    await call(client.delete_group(group.id))

    async def back() -> None:
        body = GroupCreate(
            id=group.id,
            name=group.name,
            color=group.color,
            notes=group.notes,
            position=group.position,
            settings=group.settings,
        )
        made: Group = await call(client.create_group(body))
        for failed in await batch_accounts(bridge, "move", homeless(), group_id=made.id):
            if failed.error is not None:
                raise ApiError(409, failed.error.code, failed.error.message, text=failed.error)

    return back
