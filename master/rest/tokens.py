"""Named tokens for outside programs."""

from master.api.rows import Page, Rows
from master.api.schema import Token, TokenCreate
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page


async def list_tokens(call: Call) -> Page:
    """Return all named tokens without their values."""
    rows = call.services.tokens.list()
    return list_page(rows, call.query, lambda row: row.id)


async def create(call: Call) -> Token:
    """Make a token; its value is in this answer and nowhere else."""
    return await call.services.tokens.create(call.body)


async def revoke(call: Call) -> None:
    """End a token."""
    await call.services.tokens.revoke(call.param("token_id"))


ROUTES = (
    Route("GET", "/tokens", list_tokens, "Named tokens", Rows[Token], query=ListQuery, scope="client"),
    Route("POST", "/tokens", create, "Make a named token; its value is shown once", Token, TokenCreate, status=201),
    Route("DELETE", "/tokens/{token_id}", revoke, "End a named token"),
)
