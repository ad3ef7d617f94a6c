"""Groups of accounts."""

from master.api.rows import Page, Rows
from master.api.schema import Group, GroupCreate, GroupPatch, GroupRemoved
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page


async def list_groups(call: Call) -> Page:
    """Return all groups in their order."""
    return list_page(call.services.groups.rows(), call.query, lambda row: row.id)


async def create(call: Call) -> Group:
    """Add a group."""
    return await call.services.groups.create(call.body)


async def get(call: Call) -> Group:
    """Return one group."""
    return call.services.groups.get(call.param("group_id"))


async def patch(call: Call) -> Group:
    """Change a group."""
    return await call.services.groups.patch(call.param("group_id"), call.body)


async def delete(call: Call) -> GroupRemoved:
    """Remove a group."""
    return await call.services.groups.delete(call.param("group_id"))


ROUTES = (
    Route("GET", "/groups", list_groups, "Groups in their order", Rows[Group], query=ListQuery, scope="client"),
    Route("POST", "/groups", create, "Add a group", Group, GroupCreate, status=201),
    Route("GET", "/groups/{group_id}", get, "One group", Group, scope="client"),
    Route("PATCH", "/groups/{group_id}", patch, "Change a group and what it passes on", Group, GroupPatch),
    Route("DELETE", "/groups/{group_id}", delete, "Remove a group; its accounts stay, in none", GroupRemoved),
)
