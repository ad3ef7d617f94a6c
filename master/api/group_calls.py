"""Requests about groups of accounts. Each raises :class:`~master.api.transports.ApiError`."""

from urllib.parse import quote

from master.api.schema import Group, GroupCreate, GroupPatch, GroupRemoved
from master.api.transports import Transport


class GroupCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def groups(self) -> list[Group]:
        """Return all groups in their order."""
        return await self._transport.rows("/groups", Group)

    async def group(self, group_id: str) -> Group:
        """Return one group."""
        return await self._transport.call("GET", _path(group_id), Group)

    async def create_group(self, body: GroupCreate) -> Group:
        """Add a group."""
        return await self._transport.call("POST", "/groups", Group, body=body)

    async def patch_group(self, group_id: str, body: GroupPatch) -> Group:
        """Change a group; its accounts follow at once."""
        return await self._transport.call("PATCH", _path(group_id), Group, body=body)

    async def delete_group(self, group_id: str) -> int:
        """Delete a group and return how many accounts are in none now."""
        return (await self._transport.call("DELETE", _path(group_id), GroupRemoved)).accounts


def _path(group_id: str) -> str:
    return f"/groups/{quote(group_id, safe='')}"
