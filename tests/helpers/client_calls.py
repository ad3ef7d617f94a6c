"""Calls of :class:`MasterClient` about signing in, backups, moving house and imports, each made once."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from master.api.client import ApiError, MasterClient
from master.api.schema import LoginCreate, MoveImport, SettingsPropose

Refused = Callable[[Any, int], Awaitable[ApiError]]


async def use_sign_ins(client: MasterClient, refused: Refused) -> None:
    """Sign in, out, and read the record of it; a platform without sign-in and ids of nothing are refused."""
    assert await client.login_sessions() == []
    await refused(client.start_login(LoginCreate(platform="feed")), 409)
    await refused(client.login_account("nobody"), 404)
    await refused(client.login_session("none"), 404)
    await refused(client.answer_login("none", "1"), 404)
    await refused(client.refresh_login("none"), 404)
    await refused(client.cancel_login("none"), 404)
    await refused(client.log_out("nobody"), 404)
    assert {row.action for row in (await client.audit(limit=500)).rows} >= {"credential_stored", "credential_erased"}
    assert (await client.incidents()).rows == []
    assert (await client.propose_settings(SettingsPropose(platform="webpage"))).proposals == []


async def use_files(client: MasterClient, refused: Refused, folder: Path) -> None:
    """Back up, move house and import; what would restart the master is refused or only tried."""
    assert await client.backups() == []
    made = await client.make_backup()
    assert (await client.backup_state()).last_good_at is not None
    assert (await client.verify_backup(made.id)).problem is None
    await refused(client.restore_backup("manual-20200101-000000-000"), 404)
    await client.delete_backup(made.id)
    await refused(client.delete_backup(made.id), 404)
    report = await client.import_accounts(b"http://127.0.0.1:9/feed\n", dry_run=True)
    assert (report.total, report.new) == (1, 1)
    assert await client.export_accounts(folder / "accounts.csv", "csv") == (folder / "accounts.csv").stat().st_size
    assert await client.export_move(folder / "house") == (folder / "house").stat().st_size
    upload = await client.upload_move(folder / "house")
    assert (await client.import_move(upload.id, MoveImport(dry_run=True))).dry_run
    await client.drop_move(upload.id)
    with pytest.raises(OSError):
        await client.upload_move(folder / "none")
