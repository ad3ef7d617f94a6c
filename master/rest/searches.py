"""Saved searches."""

from master.api.rows import Page, Rows
from master.api.searches import Search, SearchCreate
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page, row_id


async def list_searches(call: Call) -> Page:
    """Return the saved searches by name."""
    return list_page(await call.services.item_parts.searches.rows(), call.query, lambda row: str(row.id))


async def create(call: Call) -> Search:
    """Keep a search under a name."""
    return await call.services.item_parts.searches.create(call.body)


async def delete(call: Call) -> None:
    """Forget one."""
    await call.services.item_parts.searches.delete(row_id(call.param("search_id"), "search_unknown"))


ROUTES = (
    Route("GET", "/searches", list_searches, "Saved searches", Rows[Search], query=ListQuery, scope="client"),
    Route("POST", "/searches", create, "Keep a search under a name", Search, SearchCreate, status=201),
    Route("DELETE", "/searches/{search_id}", delete, "Forget a saved search"),
)
