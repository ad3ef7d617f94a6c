"""What people do with accounts."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from master.api.accounts import Account, AccountBatch, AccountCreate, AccountDuplicate, AccountPatch
from master.api.inheritance import Inheritable
from master.api.rows import BatchReport, Page
from master.api.system import Settings
from master.errors import Conflict, Invalid
from master.services.account_batches import copy_name, run_batch
from master.services.account_beats import AccountBeats
from master.services.account_credentials import AccountCredentials, SignedInAccount
from master.services.account_fields import (
    check_credentials,
    check_range,
    check_settings,
    identity_of,
    is_temporary,
    temporary_identity,
    with_interval,
)
from master.services.account_pages import page_of
from master.services.account_records import new_record
from master.services.account_states import login_at_rest
from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.inheritances import counting, own_of
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.store.accounts import AccountRecord
from master.store.assignments import OwnerChange, Progress
from master.store.engine import Connection, Database, IntegrityError
from master.tasks import Tasks
from master.vault.vault import Vault
from worker.protocol.codec import now_ms
from worker.protocol.manifest import Manifest
from worker.protocol.states import AccountState, LoginStatus
from worker.protocol.texts import text

PATCHED = (
    "name",
    "platform_account_id",
    "settings",
    "interval_seconds",
    "interval_max_seconds",
    "priority",
    "proxy_id",
    "quiet_hours",
    "notify_level",
    "sound",
    "group_id",
    "tags",
    "notes",
)
"""Fields of a patch that are columns."""

UNWANTED: Final = {
    AccountState.PAUSED: "unassigned_paused",
    AccountState.LOGIN_NEEDED: "unassigned_login_needed",
}
"""Why an account in this state has no worker."""


class AccountService(AccountCredentials):
    """All accounts. Rows in memory are the truth that lists and placement read; they follow every commit."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        publisher: Publisher,
        catalog: CatalogService,
        settings: SettingsService,
        notifications: NotificationService,
        tasks: Tasks,
    ) -> None:
        super().__init__(
            database=database,
            vault=vault,
            publisher=publisher,
            catalog=catalog,
            notifications=notifications,
            tasks=tasks,
        )
        self._settings = settings
        self._beats = AccountBeats(database, self._watches)
        self.prepare_credentials()

    def page(
        self,
        limit: int = 500,
        cursor: str | None = None,
        platform: str | None = None,
        state: AccountState | None = None,
        q: str | None = None,
        group_id: str | None = None,
        removed: bool = False,
    ) -> Page:
        """Return accounts, oldest first. ``q``: part of name, id at the service, tags or notes.

        ``group_id``: of this group, ``none`` of no group; ``removed``: those that can still be restored.
        """
        rows = self.removed() if removed else self._rows.values()
        return page_of(rows, limit, cursor, platform=platform, state=state, q=q, group_id=group_id)

    # ------------------------------------------------------------ commands

    async def create(
        self, body: AccountCreate, *, paused: bool = False, signed_in: SignedInAccount | None = None
    ) -> Account:
        """Add an account. Raises :class:`Invalid` by field, :class:`Unavailable` when the vault takes nothing."""
        manifest = await self._catalog.need_manifest(body.platform)
        faults = check_settings(manifest, body.settings)
        if body.credentials is not None:
            faults |= check_credentials(manifest, body.credentials)
        body = self._with_interval(body)
        faults |= check_range(body.interval_seconds, body.interval_max_seconds)
        faults |= self.surroundings.faults(msgspec.structs.asdict(body), manifest)
        if faults:
            raise Invalid(fields=faults)
        identity = body.platform_account_id or identity_of(manifest, body.settings) or temporary_identity()
        identified_by = "platform_account_id" if body.platform_account_id else f"settings.{manifest.name_from}"
        self._refuse_taken(manifest.id, identity, identified_by)
        record = new_record(body, manifest, identity, paused=paused)
        document = signed_in.document if signed_in is not None else body.credentials
        record = msgspec.structs.replace(record, **self._known_of(manifest, body, signed_in))
        watch = self._begun(record)
        record, reason = watch.record, watch.owner.reason
        if document:
            await self._secrets.write(record.id, 1, document)

        def work(conn: Connection) -> None:
            self._store.insert(conn, record)
            self._assignments.insert(conn, record.id, reason)

        try:
            await self._database.write(work)
        except IntegrityError as error:
            # Somebody else was faster.
            await self._secrets.erase(record.id, record.credential_generation)
            raise Invalid(fields={identified_by: text("field_taken", value=identity)}) from error
        except Exception:
            await self._secrets.erase(record.id, record.credential_generation)
            raise
        self._keep(watch)
        if document:
            how = "audit_credential_typed" if signed_in is None else "audit_credential_signed_in"
            self._note(watch, "credential_stored", text(how))
        self._show(watch)
        self._tell_memberships(record.group_id)
        if self.obstacle(record.id) is None:
            self._hooks.wanted(record.id)
        return self.get(record.id)

    def _begun(self, record: AccountRecord) -> Watch:
        """Return the watch of a new account, which nobody has yet."""
        reason = text("unassigned_waits")
        owner = OwnerChange(account_id=record.id, worker_id=None, epoch=0, reason=reason, since_at=None)
        watch = Watch(record=record, owner=owner, progress=Progress(epoch=0, stored_seq=0), ok_awake=self._awake)
        self._surround(watch)
        changes, _ = self._judged(watch, record, owner)
        watch.record = msgspec.structs.replace(record, **changes)
        if (code := UNWANTED.get(watch.record.state)) is not None:
            watch.owner = msgspec.structs.replace(owner, reason=text(code))
        return watch

    async def patch(self, account_id: str, body: AccountPatch) -> Account:
        """Change an account. Raises :class:`NotFound`, :class:`Invalid`, :class:`Conflict` on a stale version."""
        watch = self._watch(account_id)
        manifest = await self._catalog.need_manifest(watch.record.platform) if body.settings is not UNSET else None
        async with watch.lock:
            before = self._watch(account_id).record
            if body.version is not UNSET and body.version != before.version:
                raise Conflict(text("version_stale"))
            values = msgspec.structs.asdict(body)
            changes = {name: values[name] for name in PATCHED if values[name] is not UNSET}
            if changes.get("quiet_hours") is not None:
                changes["quiet_hours"] = msgspec.to_builtins(changes["quiet_hours"])
            changes |= with_interval(changes, before.interval_seconds, watch.counts.interval_seconds)
            after = msgspec.structs.replace(before, **changes)
            faults = check_settings(manifest, after.settings) if manifest is not None else {}
            faults |= check_range(after.interval_seconds, after.interval_max_seconds)
            faults |= self.surroundings.faults(values, manifest or self._catalog.manifest(before.platform))
            if faults:
                raise Invalid(fields=faults)
            moved = self._moved(before, after.settings, manifest) if manifest is not None else None
            changes["platform_account_id"] = self._identity_after(before, body, moved)
            if after.settings != before.settings:
                watch.began_anew(self._awake)
                changes |= {"login_status": self._login_at_rest(watch), "login_reason": None}
                changes |= self.identity_after(watch, manifest, after.settings)
            await self._write_patch(watch, changes, before, elsewhere=moved is not None)
        self._hooks.changed(account_id)
        return self.get(account_id)

    async def _write_patch(
        self, watch: Watch, changes: dict[str, Any], before: AccountRecord, *, elsewhere: bool
    ) -> None:
        changes["version"] = before.version + 1
        if elsewhere:
            # Another mailbox, another feed: what is there is no news, and the old cursor means nothing.
            changes["baseline_done"] = False
        try:
            anew = "settings" in changes and changes["settings"] != before.settings
            kept = await self._settle(watch, changes, before.version, anew=anew, elsewhere=elsewhere)
        except IntegrityError as error:
            fault = text("field_taken", value=changes["platform_account_id"])
            raise Invalid(fields={"platform_account_id": fault}) from error
        if not kept:
            raise Conflict(text("version_stale"))

    async def pause(self, account_id: str, until_at: int | None = None) -> Account:
        """Stop watching, for ever or until then. Raises :class:`NotFound`, :class:`Invalid` for a time that is over."""
        watch = self._watch(account_id)
        if until_at is not None and until_at <= now_ms():
            raise Invalid(fields={"until_at": text("pause_past")})
        async with watch.lock:
            watch.checking = watch.listening = False
            watch.next_check_at = None
            await self._settle(watch, {"paused": True, "paused_until_at": until_at})
        self._hooks.unwanted(account_id, text("unassigned_paused"))
        return self.get(account_id)

    async def resume(self, account_id: str) -> Account:
        """Watch again. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        async with watch.lock:
            if watch.record.paused:
                watch.began_anew(self._awake)
                await self._settle(watch, {"paused": False, "paused_until_at": None})
        self._hooks.wanted(account_id)
        return self.get(account_id)

    async def duplicate(self, account_id: str, body: AccountDuplicate) -> Account:
        """Add an account like another one, without its credentials, paused. Raises as :meth:`create`."""
        record = self._watch(account_id).record
        own = msgspec.structs.asdict(own_of(record))
        given = body.platform_account_id
        copy = AccountCreate(
            platform=record.platform,
            name=body.name if isinstance(body.name, str) else copy_name(record.name, self._rows.values()),
            # It looks at the same place until somebody says where it is to look: it cannot be named by that.
            platform_account_id=given if isinstance(given, str) else temporary_identity(),
            settings=record.settings,
            group_id=record.group_id,
            tags=record.tags,
            notes=record.notes,
            **own,
        )
        return await self.create(copy, paused=True)

    async def batch(self, body: AccountBatch) -> BatchReport:
        """Do the same with several accounts; a row of the answer says what became of one. Raises :class:`Invalid`."""
        return await run_batch(self, self._hooks, body)

    # ------------------------------------------------------------ inside

    def _identity_after(self, before: AccountRecord, body: AccountPatch, moved: str | None) -> str:
        """Return the id at the service: the one that was given, else the one that changed settings tell."""
        if body.platform_account_id is not UNSET and body.platform_account_id != before.platform_account_id:
            given = body.platform_account_id or temporary_identity()
            self._refuse_taken(before.platform, given, "platform_account_id", before.id)
            return given
        return before.platform_account_id if moved is None else moved

    def _moved(self, before: AccountRecord, settings: Mapping[str, Any], manifest: Manifest) -> str | None:
        """Return the id of the other place that changed settings lead to, None when it is the same place."""
        old, new = identity_of(manifest, before.settings), identity_of(manifest, settings)
        if old == new:
            return None
        if not new or not (before.platform_account_id == old or is_temporary(before.platform_account_id)):
            # Somebody gave it an id of its own.
            return before.platform_account_id
        self._refuse_taken(before.platform, new, f"settings.{manifest.name_from}", before.id)
        return new

    def _refuse_taken(self, platform: str, identity: str, name: str, account_id: str = "") -> None:
        for row in self._rows.values():
            if row.platform == platform and row.platform_account_id == identity and row.id != account_id:
                raise Invalid(fields={name: text("field_taken", value=identity)})

    def _login_at_rest(self, watch: Watch) -> LoginStatus:
        manifest = self._catalog.manifest(watch.record.platform)
        needs = manifest is not None and manifest.capabilities.credentials == "required"
        return login_at_rest(watch.has_credentials, needs)

    def _quiet_baseline(self) -> bool:
        return self._settings.current.baseline_quiet

    def _commands(self) -> list[str] | None:
        return self._settings.current.job_commands

    def settings_changed(self, before: Settings, after: Settings) -> None:
        """Let changed settings of the master count: accounts are shown anew, and their owners told."""
        if before.default_interval_seconds != after.default_interval_seconds:
            self.surroundings_changed(list(self._watches))
        elif before.job_commands != after.job_commands:
            self.surroundings_changed(
                [one for one, watch in self._watches.items() if self._executes(watch.record.platform)]
            )

    def tick(self, now: int) -> None:
        super().tick(now)
        for account_id, watch in self._watches.items():
            until = watch.record.paused_until_at
            if until is not None and until <= now and not watch.lock.locked():
                self._tasks.spawn(self._resume_due(account_id), name=f"resume {account_id}")
        if self._beats.is_due:
            self._tasks.spawn(self._beats.save(), name="heartbeat bars")
        if self.tallies.is_due:
            self._tasks.spawn(self.tallies.save(), name="counts of checks")

    async def close(self) -> None:
        await super().close()
        await self.tallies.save()
        await self._beats.save()

    async def load(self) -> None:
        await super().load()
        await self._beats.load()

    async def _resume_due(self, account_id: str) -> None:
        if account_id in self._watches:
            await self.resume(account_id)

    def _with_interval(self, body: AccountCreate) -> AccountCreate:
        """Give an account that brings the end of a random range its own beginning of it."""
        if body.interval_max_seconds is None or body.interval_seconds is not None:
            return body
        group = self.surroundings.groups.get(body.group_id or "")
        interval = counting(Inheritable(), group, self._default_interval()).interval_seconds
        return msgspec.structs.replace(body, interval_seconds=interval)

    def _default_interval(self) -> int:
        return self._settings.current.default_interval_seconds
