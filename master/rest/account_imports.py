"""Accounts from files, and into them."""

from typing import Annotated, Literal

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from master.api.account_imports import ImportFormat, ImportReport
from master.api.rows import Body
from master.context import request_id
from master.errors import TooLarge
from master.rest.answers import REQUEST_ID
from master.rest.calls import Call, Route
from master.rest.queries import given
from master.rest.streams import read_all
from master.services.import_texts import MAX_BYTES
from worker.protocol.texts import text

MEDIA = {"csv": "text/csv", "json": "application/json", "opml": "text/x-opml"}


class ImportQuery(Body, frozen=True, kw_only=True):
    """How a file is read. Without ``format`` it is seen from the file."""

    dry_run: bool = False
    format: ImportFormat | UnsetType = UNSET
    show_existing: Annotated[int, Meta(ge=0, le=50)] = 0
    """As that of an account."""


class ExportQuery(Body, frozen=True, kw_only=True):
    """Which form the file has."""

    format: Literal["csv", "json", "opml"] = "csv"


async def import_accounts(call: Call) -> ImportReport:
    """Add the accounts of a file, or say what each line would be."""
    query: ImportQuery = call.query
    raw = await read_all(call.request, MAX_BYTES)
    if raw is None:
        raise TooLarge(text("import_large", limit_mb=MAX_BYTES >> 20))
    report = await call.services.account_imports.run(
        raw, given(query.format), dry_run=query.dry_run, show_existing=query.show_existing
    )
    if not query.dry_run:
        call.audit("imported", text("audit_imported_accounts"))
    return report


async def export_accounts(call: Call) -> web.Response:
    """Write all accounts, without secrets."""
    from master.services.account_exports import export  # a writer of XML

    query: ExportQuery = call.query
    groups = {group.id: group.name for group in call.services.groups.rows()}
    raw = export(call.services.accounts.rows().values(), groups, query.format)
    call.audit("exported", text("audit_exported_accounts"))
    headers = {
        "Content-Type": f"{MEDIA[query.format]}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="watchkeeper-accounts.{query.format}"',
        "X-Content-Type-Options": "nosniff",
        REQUEST_ID: request_id.get(),
    }
    return web.Response(body=raw, headers=headers)


ROUTES = (
    Route(
        "POST",
        "/accounts/import",
        import_accounts,
        "Add accounts out of a table (CSV), a subscription list (OPML) or lines of addresses",
        ImportReport,
        query=ImportQuery,
        stream="application/octet-stream",
    ),
    Route(
        "GET",
        "/accounts/export",
        export_accounts,
        "All accounts as a file, without secrets",
        query=ExportQuery,
        scope="client",
        document="text/csv",
    ),
)
