"""What is written of a new account."""

import uuid

import msgspec

from master.api.accounts import AccountCreate
from master.services.account_states import login_at_rest
from master.store.accounts import AccountRecord
from worker.protocol.codec import now_ms
from worker.protocol.manifest import Manifest
from worker.protocol.states import AccountState


def new_record(body: AccountCreate, manifest: Manifest, identity: str, *, paused: bool) -> AccountRecord:
    """Return the row of an account that nobody watches yet."""
    now = now_ms()
    needs = manifest.capabilities.credentials == "required"
    return AccountRecord(
        id=str(uuid.uuid4()),
        platform=body.platform,
        name=body.name,
        platform_account_id=identity,
        settings=body.settings,
        interval_seconds=body.interval_seconds,
        interval_max_seconds=body.interval_max_seconds,
        tags=body.tags,
        notes=body.notes,
        priority=body.priority,
        proxy_id=body.proxy_id,
        quiet_hours=None if body.quiet_hours is None else msgspec.to_builtins(body.quiet_hours),
        notify_level=body.notify_level,
        sound=body.sound,
        group_id=body.group_id,
        show_existing=body.show_existing,
        paused=paused,
        credential_generation=1 if body.credentials else 0,
        state=AccountState.PENDING,
        state_reason=None,
        state_since_at=now,
        login_status=login_at_rest(bool(body.credentials), needs),
        created_at=now,
    )
