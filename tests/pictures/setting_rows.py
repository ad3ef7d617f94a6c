"""What the sections of the settings show."""

from typing import Any, Literal

import msgspec

from master.api.backups import Backup, BackupState
from master.api.diagnostics import SelfTest, SystemReport
from master.api.logins import AuditEntry
from master.api.results import finding
from master.api.schema import (
    Page,
    Settings,
)
from master.api.system import Client, Token
from master.api.updates import UpdateState
from master.api.vaults import VaultInfo
from tests.pictures.moments import DAY, HOUR, Say
from tests.unit.desktop.fakes import NOW
from tests.unit.desktop.settings_fakes import make_facts
from worker.protocol.texts import text


def _backup(backup_id: str, why: Literal["daily", "manual"], at: int) -> Backup:
    return Backup(
        id=backup_id, made_at=at, why=why, size_bytes=2_500_000, schema="r8", version="0.1.0", accounts=9, items=1200,
        verified_at=at, problem=None,
    )  # fmt: skip


def setting_answers(say: Say) -> dict[str, Any]:
    """Return what the settings ask for."""
    phone = say("Phone", "手机")
    entry = AuditEntry(
        id=3, at=NOW - HOUR, action="token_created", actor="admin", subject="t1", subject_name=phone, account_id=None,
        text=text("audit_token_created", scope="client"),
    )  # fmt: skip
    checks = [
        finding("clock", "ok", "doctor_clock_ok"),
        finding("profile", "warn", "doctor_profile_open", advice="doctor_profile_open_do",
                command="chmod 700 /srv/watchkeeper", path="/srv/watchkeeper"),
    ]  # fmt: skip
    return {
        "settings": Settings(),
        "system_facts": make_facts(),
        "system": SystemReport(at=NOW, checks=checks, facts=make_facts()),
        "vault": VaultInfo(kind="keyring", state="ok", name="GNOME Keyring"),
        "updates": UpdateState(
            mode="ask", managed_by="", address="https://watchkeeper.example/updates.json", current="0.1.0",
            checked_at=NOW - HOUR, next_at=None, available=None,
        ),
        "selftest": SelfTest(state="never"),
        "backups": [_backup("b1", "daily", NOW - 6 * HOUR), _backup("b2", "manual", NOW - DAY)],
        "backup_state": BackupState(
            running=False, last_good_at=NOW - 6 * HOUR, next_at=NOW + 18 * HOUR, problem=None, last_restore=None
        ),
        "tokens": [
            Token(id="t1", name=phone, scope="client", created_at=NOW - DAY, last_used_at=None),
            Token(id="t2", name=say("Server", "服务器"), scope="admin", created_at=NOW - DAY, last_used_at=NOW),
        ],
        "clients": [Client(device_id="d1", name=say("Laptop", "笔记本"), online=True, last_seen_at=NOW, cursor=1)],
        "audit": Page(rows=[msgspec.structs.replace(entry, id=number, at=NOW - number * HOUR) for number in (3, 2, 1)]),
    }  # fmt: skip
