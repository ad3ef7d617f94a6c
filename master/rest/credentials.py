"""Free-standing credentials, for jobs."""

from master.api.rows import Page, Rows
from master.api.schema import Credential, CredentialCreate, CredentialPatch
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page


async def list_credentials(call: Call) -> Page:
    """Return all credentials without their values."""
    return list_page(call.services.credentials.rows(), call.query, lambda row: row.id)


async def create(call: Call) -> Credential:
    """Store a credential; no answer ever has its values."""
    return await call.services.credentials.create(call.body)


async def patch(call: Call) -> Credential:
    """Change its name, or all its values."""
    return await call.services.credentials.patch(call.param("credential_id"), call.body)


async def delete(call: Call) -> None:
    """Erase a credential."""
    await call.services.credentials.delete(call.param("credential_id"))


ROUTES = (
    Route(
        "GET",
        "/credentials",
        list_credentials,
        "Credentials for jobs, without their values",
        Rows[Credential],
        query=ListQuery,
        scope="client",
    ),
    Route(
        "POST",
        "/credentials",
        create,
        "Store a credential; a job that names it reads its values as one JSON object on stdin",
        Credential,
        CredentialCreate,
        status=201,
    ),
    Route(
        "PATCH",
        "/credentials/{credential_id}",
        patch,
        "Give a credential another name, or other values: jobs that begin from then on read these",
        Credential,
        CredentialPatch,
    ),
    Route("DELETE", "/credentials/{credential_id}", delete, "Erase a credential; 409 while it is needed"),
)
