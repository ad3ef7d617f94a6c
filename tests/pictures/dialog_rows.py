"""What dialogs ask for: sign-ins at each step, what a rebalance would move, a file to move in, a support bundle."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from desktop.dialogs.bundle_dialog import BundleDialog
from desktop.dialogs.context import Context
from desktop.dialogs.join_dialog import JoinDialog
from desktop.dialogs.login_dialog import LoginDialog
from desktop.dialogs.move_dialogs import MoveInDialog
from desktop.dialogs.rebalance_dialog import RebalanceDialog
from master.api.accounts import Move, RebalanceReport
from master.api.diagnostics import Bundle, BundlePart
from master.api.logins import Challenge, LoginSession
from master.api.moves import MoveConflict, MoveCount, MoveReport, MoveUpload
from master.api.system import Token
from tests.pictures.moments import DAY, MINUTE, Say
from tests.unit.desktop.fakes import NOW
from worker.protocol.texts import text

LINK = "https://chat.northwind.example/link?token=AQID"
CHALLENGES = {
    "qr": ("telegram", "login_show_qr", Challenge(kind="qr", text=LINK)),
    "code": ("telegram", "login_enter_code", Challenge(kind="code")),
    "url": ("mastodon", "login_open_url", Challenge(kind="url", url=LINK, paste=True)),
    "device-code": (
        "github", "login_enter_device_code", Challenge(kind="device_code", url=LINK, code="WDJB-MJHT"),
    ),
}  # fmt: skip
"""Each kind: whose it is, what the step says, what the person is shown."""


def dialog_answers(say: Say) -> dict[str, Any]:
    """Return what these dialogs ask for when they open."""
    why = text("assign_least_loaded")
    moves = [
        Move(account_id="a5", name=say("Price list", "价目表"), from_worker="local-1", to_worker="local-3", reason=why),
        Move(account_id="a6", name="northwind/shop", from_worker="local-1", to_worker="local-3", reason=why),
    ]
    before = {"local-1": 4, "local-2": 3, "local-3": 0}
    counts = [
        MoveCount(noun="accounts", total=9, new=7, same=1, conflicts=1),
        MoveCount(noun="groups", total=2, new=2, same=0, conflicts=0),
        MoveCount(noun="rules", total=3, new=3, same=0, conflicts=0),
    ]
    conflict = MoveConflict(
        noun="accounts", name="support@northwind.example", fields=["interval_seconds"], action="skip"
    )
    parts = [
        BundlePart(name="facts.json", about=text("bundle_facts"), content='{\n  "version": "0.1.0",\n  "qt": "6"\n}'),
        BundlePart(name="workers.json", about=text("bundle_workers"), content="[]"),
    ]
    return {
        "create_token": Token(
            id="t9", name="attic", scope="worker", worker_id="attic", created_at=NOW, last_used_at=None,
            token="8sPpKdJ9xQ2vYt0rWm4nLcZ7aHbF3eUg-6iTqX1oVkM",
        ),
        "rebalance": RebalanceReport(
            dry_run=True, moves=moves, before=before, after={"local-1": 2, "local-2": 3, "local-3": 2}
        ),
        "upload_move": MoveUpload(id="u1", size_bytes=48_000, encrypted=True, made_at=NOW - DAY, version="0.1.0"),
        "import_move": MoveReport(
            dry_run=True, made_at=NOW - DAY, version="0.1.0", counts=counts, conflicts=[conflict], keys=1234,
            credentials=5, notes=[],
        ),
        "bundle": Bundle(at=NOW, parts=parts),
    }  # fmt: skip


def sign_in(kind: str, context: Context, parent: QWidget) -> QDialog:
    """Return a sign-in that waits for the person."""
    platform, step, challenge = CHALLENGES[kind]
    manifest = context.models.manifest(platform)
    assert manifest is not None
    way = next((one for one in manifest.logins if one.kind == challenge.kind), manifest.logins[0])
    dialog = LoginDialog(context, manifest, parent)
    dialog.resume(
        LoginSession(
            id="l1", platform=platform, method=way.id, account_id=None, name="", state="pending", step=text(step),
            challenge=challenge, worker_id="local-1", created_at=NOW, expires_at=NOW + 5 * MINUTE,
            state_expires_at=NOW + 2 * MINUTE,
        )
    )  # fmt: skip
    return dialog


def move_in(context: Context, parent: QWidget) -> QDialog:
    """Return a file to move in, after a look at what it would do."""
    dialog = MoveInDialog(context, Path("watchkeeper-move.zip"), parent)
    dialog.form.set_values({"passphrase": "correct horse"})
    dialog.start(dialog._import(dry_run=True))
    return dialog


def joining(context: Context, parent: QWidget) -> QDialog:
    """Return how a worker joins that is started elsewhere, with its token."""
    dialog = JoinDialog(context, "attic", "attic", parent)
    dialog.make()
    return dialog


def support_bundle(context: Context, parent: QWidget) -> QDialog:
    """Return the files that are for those who help."""
    return BundleDialog(context, parent)


def rebalance(context: Context, parent: QWidget) -> QDialog:
    """Return what would move."""
    return RebalanceDialog(context, parent)
