"""Credentials of accounts: stored, renewed by their services, given to workers, erased."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

import msgspec

from master.api.accounts import Account, AccountCreate
from master.api.logins import AuditAction
from master.errors import Invalid, NotFound, Unavailable
from master.services.account_fields import check_credentials, complete
from master.services.account_identities import AccountIdentities
from master.services.account_secrets import UNREADABLE
from master.services.account_states import REFUSED
from master.services.account_watches import Watch
from master.services.audits import AuditService
from master.services.identities import TestedIdentities
from master.services.renewal_rights import RenewalRights
from worker.protocol.codec import now_ms
from worker.protocol.credential_messages import CredentialStored, CredentialUpdated
from worker.protocol.manifest import Manifest
from worker.protocol.states import LoginStatus
from worker.protocol.texts import Text, text


class SignedInAccount(NamedTuple):
    """What a sign-in came to, for an account that is made of it."""

    document: Mapping[str, Any]
    identity: str
    expires_at: int | None


class AccountCredentials(AccountIdentities):
    """Part of :class:`~master.services.accounts.AccountService`. A change is in the vault before it counts."""

    audit: AuditService | None = None
    """What is done here is noted there."""

    def prepare_credentials(self) -> None:
        """Called once by the constructor."""
        self.tested = TestedIdentities()
        self.rights = RenewalRights()
        self._used: set[str] = set()

    # ------------------------------------------------------------ what people do

    async def put_credentials(
        self, account_id: str, credentials: Mapping[str, Any], expires_at: int | None = None
    ) -> Account:
        """Sign in again: the new credentials count at once, the history stays.

        Raises as ``create``, and :class:`Conflict` when a test told that they are somebody else's.
        """
        watch = self._watch(account_id)
        manifest = await self._catalog.need_manifest(watch.record.platform)
        faults = check_credentials(manifest, credentials)
        if faults:
            raise Invalid(fields=faults)
        async with watch.lock:
            record = self._watch(account_id).record
            told = self.tested.of(record.platform, complete(manifest, record.settings), credentials)
            changes = self._identified(watch, told.identity if told is not None else "")
            changes |= {
                "login_status": LoginStatus.PENDING,
                "login_reason": None,
                "alerted": "",
                "credentials_expire_at": expires_at or (told.expires_at if told is not None else None),
            }
            watch.began_anew(self._awake)
            await self._replace(watch, credentials, changes, anew=True)
        self._note(watch, "credential_stored", text("audit_credential_typed"))
        self._hooks.changed(account_id)
        return self.get(account_id)

    async def signed_in(
        self, account_id: str, document: Mapping[str, Any], identity: str, expires_at: int | None
    ) -> Account:
        """Take credentials with which a worker has just connected. Raises as :meth:`put_credentials`."""
        watch = self._watch(account_id)
        async with watch.lock:
            self._watch(account_id)
            changes = self._identified(watch, identity)
            changes |= {
                "login_status": LoginStatus.LOGGED_IN,
                "login_reason": None,
                "alerted": "",
                "credentials_expire_at": expires_at,
                "renews": True,
            }
            watch.began_anew(self._awake)
            await self._replace(watch, document, changes, anew=True)
        self._note(watch, "credential_stored", text("audit_credential_signed_in"))
        self._hooks.changed(account_id)
        return self.get(account_id)

    @contextlib.asynccontextmanager
    async def unwatched(self, account_id: str, seconds: float) -> AsyncIterator[None]:
        """Within it nobody watches the account: who did has let go, or could not be heard of for so long.

        Who is signed out while he watches would sign in again. Raises :class:`NotFound`.
        """
        watch = self._watch(account_id)
        watch.signing_out += 1
        try:
            self._hooks.unwanted(account_id, text("unassigned_login_needed"))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._hooks.let_go(account_id)
            yield
        finally:
            watch.signing_out -= 1
            if account_id in self._watches:
                self._hooks.wanted(account_id)

    async def logged_out(self, account_id: str) -> Account:
        """Erase the credentials. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        async with watch.lock:
            generation = self._watch(account_id).record.credential_generation
            if generation > 0:
                # Below zero: none are stored, and the next ones have a number that none ever had.
                changes = {
                    "credential_generation": -generation,
                    "login_status": LoginStatus.NOT_LOGGED_IN,
                    "login_reason": None,
                    "credentials_expire_at": None,
                }
                watch.began_anew(self._awake)
                await self._settle(watch, changes, anew=True)
                await self._secrets.erase(account_id, generation)
        if generation > 0 and not self._secrets.left(account_id):
            self._note(watch, "credential_erased", text("audit_credential_erased"))
        self._hooks.changed(account_id)
        self._hooks.unwanted(account_id, text("unassigned_login_needed"))
        if self.obstacle(account_id) is None:
            self._hooks.wanted(account_id)
        return self.get(account_id)

    def not_erased(self, account_id: str) -> str:
        """Return why the keyring still has credentials of an account that count no more, "" when it has none."""
        return self._secrets.left(account_id)

    async def tidy_credentials(self) -> None:
        """Try again to erase what the keyring did not let go, or what a kill came before."""
        for account_id in await self._secrets.tidy(self._counts_no_more):
            watch = self._watches.get(account_id)
            if watch is not None:
                self._note(watch, "credential_erased", text("audit_credential_erased"), by="master")

    def manifest(self, platform: str) -> Manifest | None:
        """Return the manifest of a platform as far as it is known now."""
        return self._catalog.manifest(platform)

    def set_login(self, account_id: str, session_id: str | None) -> None:
        """Show that a sign-in is under way, or no more; nothing of it is written, so nothing can be stuck in it."""
        watch = self._watches.get(account_id)
        if watch is not None and watch.login_session_id != session_id:
            watch.login_session_id = session_id
            self._show(watch)

    # ------------------------------------------------------------ what services do

    async def renewed(self, message: CredentialUpdated, worker_id: str) -> CredentialStored:
        """Keep what a service gave in place of the credentials, if these still hold: whatever the sender's epoch.

        Raises :class:`NotFound`, and :class:`Unavailable` when the vault takes nothing now.
        """
        account_id = message.account_id
        watch = self._watches.get(account_id) or self._removed.get(account_id)
        if watch is None:
            raise NotFound(text("account_unknown", account=account_id[:100]))
        async with watch.lock:
            record = watch.record
            if record.credential_generation != message.version:
                self.rights.end(account_id, message.version)
                self._note(watch, "credential_refused", text("audit_credential_stale"), by=worker_id)
                return CredentialStored(stored=False, version=max(0, record.credential_generation))
            changes: dict[str, Any] = {"renews": True}
            if message.expires_at is not None:
                changes["credentials_expire_at"] = message.expires_at
            refused = record.login_status in REFUSED
            if refused:
                # Somebody tried the old ones meanwhile.
                changes |= {"login_status": LoginStatus.PENDING, "login_reason": None, "alerted": ""}
                watch.began_anew(self._awake)
            others = watch.owner.worker_id not in (None, worker_id)
            version = await self._replace(watch, message.document, changes, anew=others or refused)
        self.rights.end(account_id, message.version)
        self._note(watch, "credential_stored", text("audit_credential_renewed"), by=worker_id)
        if (others or refused) and account_id in self._watches:
            self._hooks.changed(account_id)
        return CredentialStored(stored=True, version=version)

    async def adopt_unfinished(self) -> int:
        """After a kill: keep renewed credentials that the vault has and the database knows nothing of.

        Returns how many there were. To be called before a worker begins.
        """
        count = 0
        for watch in (*self._watches.values(), *self._removed.values()):
            generation = watch.record.credential_generation
            if not watch.record.renews or generation <= 0:
                continue
            try:
                await self._secrets.read(watch.record.id, generation + 1)
            except Unavailable:
                continue
            async with watch.lock:
                await self._settle(watch, {"credential_generation": generation + 1})
            await self._secrets.erase(watch.record.id, generation)
            self._note(watch, "credential_stored", text("audit_credential_adopted"), by="master")
            count += 1
        return count

    # ------------------------------------------------------------ what workers get

    async def secret(self, account_id: str) -> tuple[dict[str, Any], int]:
        """Return credentials and their version, for the worker that holds the lease.

        Raises :class:`NotFound`, :class:`Unavailable`; credentials that do not open make the account need a sign-in.
        """
        generation = self._watch(account_id).record.credential_generation
        try:
            return await self._secrets.read(account_id, generation), generation
        except Unavailable as error:
            if generation > 0 and error.code in UNREADABLE:
                self._tasks.spawn(self._unreadable(account_id, generation, error.text), name="unreadable credentials")
            raise

    def granted(self, account_id: str, worker_id: str, reason: Text) -> None:
        """Note that a worker was given the credentials, and for what."""
        watch = self._watches.get(account_id)
        if watch is None:
            return
        watch.record = msgspec.structs.replace(watch.record, credentials_used_at=now_ms())
        self._rows[account_id] = watch.row()
        self._used.add(account_id)
        self._note(watch, "credential_granted", reason, by=worker_id)

    async def save_uses(self) -> None:
        """Write when credentials were last used (now and then, and at the end)."""
        used, self._used = self._used, set()
        watches = [watch for account_id in used if (watch := self._watches.get(account_id)) is not None]
        times = [(watch.record.id, watch.record.credentials_used_at) for watch in watches]
        if times:
            await self._database.write(
                lambda conn: [self._store.update(conn, name, {"credentials_used_at": at}) for name, at in times]
            )

    async def preload(self) -> None:
        """Read the sealed credentials into memory, so that a failover never waits for the keyring."""
        await self._secrets.preload(self.credential_owners())
        for watch in self._watches.values():
            if watch.record.credential_generation < 0:
                self._secrets.suspect(watch.record.id, -watch.record.credential_generation)

    # ------------------------------------------------------------ inside

    async def _replace(self, watch: Watch, document: Mapping[str, Any], changes: dict[str, Any], *, anew: bool) -> int:
        """Store credentials as the next generation, then erase those before. Call it with the lock."""
        account_id, old = watch.record.id, watch.record.credential_generation
        new = abs(old) + 1
        await self._secrets.write(account_id, new, document)
        try:
            await self._settle(watch, {"credential_generation": new, **changes}, anew=anew)
        except Exception:
            # Not for a cancelled caller: its write may still be committed.
            await self._secrets.erase(account_id, new)
            raise
        await self._secrets.erase(account_id, old)
        return new

    def _counts_no_more(self, account_id: str, generation: int) -> bool:
        """Whether a document is one of before; a later one may be being written under that number just now."""
        watch = self._watches.get(account_id) or self._removed.get(account_id)
        if watch is None:
            return True
        current = watch.record.credential_generation
        return generation < abs(current) or generation == -current

    def _known_of(self, manifest: Manifest, body: AccountCreate, signed_in: SignedInAccount | None) -> dict[str, Any]:
        """Return what is known of a new account's sign-in: from the sign-in itself, or a test a moment ago."""
        if signed_in is not None:
            return {
                "credential_generation": 1,
                "identity": signed_in.identity,
                "credentials_expire_at": signed_in.expires_at,
                "login_status": LoginStatus.LOGGED_IN,
                "renews": True,
            }
        if not body.credentials:
            return {}
        told = self.tested.of(body.platform, complete(manifest, body.settings), body.credentials)
        return {} if told is None else {"identity": told.identity, "credentials_expire_at": told.expires_at}

    def _note(self, watch: Watch, action: AuditAction, what: Text, *, by: str | None = None) -> None:
        if self.audit is not None:
            record = watch.record
            self.audit.note(action, what, subject=record.id, subject_name=record.name, account_id=record.id, by=by)

    async def _unreadable(self, account_id: str, generation: int, why: Text) -> None:
        watch = self._watches.get(account_id)
        if watch is None:
            return
        async with watch.lock:
            if watch.record.credential_generation != generation:
                return
            reason = text("state_credentials_unreadable", reason=why.message)
            await self._settle(watch, {"login_status": LoginStatus.FAILED, "login_reason": reason})
        self._hooks.unwanted(account_id, text("unassigned_login_needed"))
