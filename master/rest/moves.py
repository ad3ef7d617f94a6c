"""Moving house: the file out of here, and into here."""

import asyncio

from aiohttp import web

from master.api.moves import MoveExport, MoveImport, MoveReport, MoveUpload
from master.context import request_id
from master.rest.answers import REQUEST_ID
from master.rest.calls import Call, Route
from master.rest.streams import PIECE_BYTES, pieces
from worker.protocol.texts import text

MEDIA = "application/octet-stream"


async def export(call: Call) -> web.StreamResponse:
    """Write all that was set up; with a passphrase also secrets and the ledger."""
    path = await call.services.moves.export(call.body)
    call.audit("exported", text("audit_exported_all" if call.body and call.body.passphrase else "audit_exported"))
    try:
        headers = {
            "Content-Type": MEDIA,
            "Content-Length": str(path.stat().st_size),
            "Content-Disposition": 'attachment; filename="watchkeeper.move"',
            "Cache-Control": "no-store",
            REQUEST_ID: request_id.get(),
        }
        response = web.StreamResponse(headers=headers)
        await response.prepare(call.request)
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                await response.write(piece)
        await response.write_eof()
    finally:
        path.unlink(missing_ok=True)
    return response


async def upload(call: Call) -> MoveUpload:
    """Take a file in."""
    return await call.services.moves.upload(pieces(call.request))


async def take(call: Call) -> MoveReport:
    """Import an uploaded file, or say what that would do."""
    body: MoveImport = call.body
    report = await call.services.moves.take(call.param("upload_id"), body)
    if not body.dry_run:
        call.audit("imported", text("audit_imported"))
    return report


async def drop(call: Call) -> None:
    """Throw an uploaded file away."""
    await call.services.moves.drop(call.param("upload_id"))


ROUTES = (
    Route(
        "POST",
        "/moves/export",
        export,
        "All that was set up in one file; with a passphrase also credentials and what was found",
        body=MoveExport,
        body_optional=True,
        document=MEDIA,
    ),
    Route("POST", "/moves/uploads", upload, "Hand such a file over", MoveUpload, status=201, stream=MEDIA),
    Route(
        "POST",
        "/moves/uploads/{upload_id}/import",
        take,
        "Import it and restart, or (dry_run) say what that would do",
        MoveReport,
        MoveImport,
    ),
    Route("DELETE", "/moves/uploads/{upload_id}", drop, "Throw an uploaded file away"),
)
