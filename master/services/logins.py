"""Sign-ins: a person, a worker and a service, each with a time limit; nothing of it is ever left half done."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from master.api.logins import AccountLogin, LoginCreate, LoginSession, LoginState
from master.errors import Conflict, Invalid, NotFound, ServiceError, TooBusy, Unavailable
from master.services.account_tests import Lend
from master.services.accounts import AccountService
from master.services.audits import AuditService
from master.services.catalog import CatalogService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.login_histories import LoginHistory
from master.services.login_methods import faults_of, method_of, prefixed
from master.services.login_places import LoginPlaces
from master.services.login_sessions import LIFE_SECONDS, Running
from master.services.login_talks import LoginTalks
from master.services.settings import SettingsService
from master.services.tickets import Tickets
from master.services.workers import WorkerService
from master.store.engine import Database
from master.tasks import Tasks
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.logins import AnswerLogin, LoginChallenged, LoginReported
from worker.protocol.manifest import Login, Manifest
from worker.protocol.states import ErrorCode
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

MOST: Final = 5
"""Sign-ins at once."""
SWEEP_SECONDS: Final = 0.5


class LoginService:
    """Everything about sign-ins but what the credentials are then used for. Belongs to one event loop."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: AccountService,
        workers: WorkerService,
        catalog: CatalogService,
        settings: SettingsService,
        publisher: Publisher,
        audit: AuditService,
        tickets: Tickets,
        tasks: Tasks,
        send: Send,
        lend: Lend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._catalog = catalog
        self._publisher = publisher
        self._audit = audit
        self._tickets = tickets
        self._tasks = tasks
        self._clock = clock
        self.history = LoginHistory(database)
        self._places = LoginPlaces(accounts=accounts, workers=workers, catalog=catalog)
        self._talks = LoginTalks(places=self._places, settings=settings, send=send, lend=lend)
        self._open: dict[str, Running] = {}
        self._by_ticket: dict[str, Running] = {}
        self._sweeping: asyncio.Task[None] | None = None
        accounts.watch_deletions(lambda account_id, _: self._deleted(account_id))

    async def load(self) -> None:
        """Read the latest ones."""
        await self.history.load()

    # ------------------------------------------------------------ what people do

    def rows(self) -> list[LoginSession]:
        """Return those under way and the latest that ended, the newest first."""
        rows = [running.session for running in self._open.values()] + self.history.rows()
        return sorted(rows, key=lambda row: (-row.created_at, row.id))

    def get(self, session_id: str) -> LoginSession:
        """Return one. Raises :class:`NotFound`."""
        running = self._open.get(session_id)
        found = running.session if running is not None else self.history.get(session_id)
        if found is None:
            raise NotFound(text("login_unknown", id=session_id[:80]))
        return found

    async def create(self, body: LoginCreate) -> LoginSession:
        """Sign in for a new account. Raises :class:`Invalid` by field, :class:`TooBusy`, :class:`Unavailable`."""
        manifest = await self._catalog.need_manifest(body.platform)
        method = method_of(manifest, body.method)
        faults = faults_of(manifest, method, body.settings, body.credentials)
        faults |= self._accounts.surroundings.faults({"group_id": body.group_id, "proxy_id": body.proxy_id}, manifest)
        if faults:
            raise Invalid(fields=faults)
        name = body.name or manifest.title["en"]
        return await self._begin(manifest, method, name, None, body.settings, body.credentials, body)

    async def again(self, account_id: str, body: AccountLogin) -> LoginSession:
        """Sign in again. Raises as :meth:`create`, :class:`NotFound`, :class:`Conflict` while one is under way."""
        account = self._accounts.get(account_id)
        manifest = await self._catalog.need_manifest(account.platform)
        method = method_of(manifest, body.method)
        faults = faults_of(manifest, method, account.settings, body.credentials)
        if faults:
            raise Invalid(fields=faults)
        if any(running.session.account_id == account_id for running in self._open.values()):
            raise Conflict(text("login_running"))
        return await self._begin(manifest, method, account.name, account_id, account.settings, body.credentials, None)

    async def answer(self, session_id: str, value: str | None) -> LoginSession:
        """Hand on what was typed or pasted; None asks for another QR code.

        Raises :class:`NotFound`; :class:`Conflict` when it is over, or asks for nothing now.
        """
        running = self._under_way(session_id)
        challenge = running.session.challenge
        if value is None and (challenge is None or challenge.kind != "qr"):
            raise Conflict(text("login_no_qr"))
        asked = challenge is not None and (challenge.kind == "code" or (challenge.kind == "url" and challenge.paste))
        if value is not None and not asked:
            raise Conflict(text("login_not_asked"))
        if value is not None and not value.strip():
            raise Invalid(fields={"value": text("field_required")})
        if value is not None and not (challenge is not None and challenge.secret):
            # Of a password every space counts.
            value = value.strip()
        message = AnswerLogin(ticket=running.ticket, value=value)
        if challenge is not None and challenge.kind == "code":
            running.typed(self._clock())
            self._tell(running)
        await self._talks.ask(running, message)
        return self.get(session_id)

    async def cancel(self, session_id: str) -> None:
        """Give up. Raises :class:`NotFound`; one that is over stays as it ended."""
        if self.history.get(session_id) is not None:
            return
        self.get(session_id)
        running = self._open[session_id]
        if not running.finishing:
            await self._end(running, "failed", text("login_cancelled"), text("login_cancelled"))

    # ------------------------------------------------------------ what workers tell

    async def challenged(self, worker_id: str, message: LoginChallenged) -> None:
        """A worker shows or asks something. Raises :class:`ProtocolError` when the sign-in is over."""
        running = self._of(worker_id, message.ticket)
        running.challenged(message.challenge, self._clock())
        self._publisher.publish("login.challenge", running.session)
        await self.history.write(running.record())

    async def reported(self, worker_id: str, message: LoginReported) -> None:
        """A worker tells how it stands. Raises :class:`ProtocolError` when the sign-in is over."""
        running = self._of(worker_id, message.ticket)
        if message.state in ("scanning", "verifying"):
            running.confirmed(self._clock(), verifying=message.state == "verifying")
            self._tell(running)
        elif message.state == "success":
            await self._succeed(running, message)
        else:
            state: LoginState = "expired" if message.state == "expired" else "failed"
            fields = prefixed(self._catalog.manifest(running.session.platform), message.fields)
            step = text("login_gave_up" if state == "expired" else "login_failed")
            await self._end(running, state, step, message.error, fields, tell=False)

    def disconnected(self, worker_id: str) -> None:
        """The connection of a worker is lost, and with it what it was talking about."""
        gone = text("login_worker_gone")
        for running in list(self._open.values()):
            if running.session.worker_id == worker_id and not running.finishing:
                self._tasks.spawn(self._end(running, "failed", gone, gone, tell=False), name="sign-in without a worker")

    async def close(self) -> None:
        """End all: the master stops."""
        gone = text("login_interrupted")
        for running in list(self._open.values()):
            await self._end(running, "failed", gone, gone, tell=False)

    # ------------------------------------------------------------ inside

    async def _begin(
        self,
        manifest: Manifest,
        method: Login,
        name: str,
        account_id: str | None,
        settings: Mapping[str, Any],
        credentials: Mapping[str, Any],
        create: LoginCreate | None,
    ) -> LoginSession:
        if len(self._open) >= MOST:
            wait = min(running.ends for running in self._open.values()) - self._clock()
            raise TooBusy(text("login_too_many", count=MOST), retry_after=max(1.0, wait))
        worker_id = self._places.worker(account_id)
        ticket = self._tickets.issue(worker_id, credentials, seconds=LIFE_SECONDS)
        now, created = self._clock(), now_ms()
        session = LoginSession(
            id=str(uuid.uuid4()),
            platform=manifest.id,
            method=method.id,
            account_id=account_id,
            name=name,
            state="pending",
            step=text("login_preparing"),
            worker_id=worker_id,
            created_at=created,
            expires_at=created + round(LIFE_SECONDS * 1000),
            state_expires_at=created,
        )
        running = Running(session, ticket, now, create)
        running.session = msgspec.structs.replace(
            session, state_expires_at=running.wall + round(running.state_ends * 1000)
        )
        running.settings = dict(settings)
        self._open[session.id] = self._by_ticket[ticket] = running
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = self._tasks.spawn(self._sweep(), name="sign-ins")
        try:
            await self.history.begin(running.record())
            self._note(running, "login_started", text("audit_login_started", method=method.id))
            if account_id is not None:
                self._accounts.set_login(account_id, session.id)
            self._tell(running)
            await self._talks.start(running, manifest, settings, bool(credentials))
        except (ServiceError, ProtocolError) as error:
            reason = error.text if isinstance(error, ServiceError) else text("check_failed", detail=error.message)
            await self._end(running, "failed", text("login_failed"), reason, tell=False)
            raise Unavailable(reason, code=ErrorCode.WORKER_OFFLINE) from error
        return self.get(session.id)

    async def _succeed(self, running: Running, message: LoginReported) -> None:
        running.finishing = True
        try:
            if running.create is None:
                account_id = running.session.account_id or ""
                account = await self._accounts.signed_in(
                    account_id, message.document, message.identity, message.expires_at
                )
            else:
                account = await self._places.account(running.create, message)
        except ServiceError as error:
            running.finishing = False
            await self._end(running, "failed", text("login_failed"), error.text, error.fields, tell=False)
            # The worker has the service forget what nobody keeps.
            raise ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, error.text.message) from error
        except BaseException:
            # A fault of ours: it ends when its time is over.
            running.finishing = False
            raise
        running.session = msgspec.structs.replace(running.session, account_id=account.id, name=account.name)
        await self._end(running, "success", text("login_success"), None, tell=False)

    async def _end(
        self,
        running: Running,
        state: LoginState,
        step: Text,
        error: Text | None,
        fields: Mapping[str, Text] | None = None,
        *,
        tell: bool = True,
    ) -> None:
        """End a sign-in, once; ``tell``: the worker does not know it yet."""
        session = running.session
        if self._open.pop(session.id, None) is None:
            return
        self._by_ticket.pop(running.ticket, None)
        self._tickets.tear(running.ticket)
        running.ended(state, step, error, dict(fields or {}), self._clock())
        self.history.keep(running.session)
        if session.account_id is not None:
            self._accounts.set_login(session.account_id, None)
        self._publisher.publish("login.changed", running.session)
        if state == "success":
            self._note(running, "login_succeeded", text("audit_login_succeeded"))
        else:
            self._note(running, "login_failed", text("audit_login_failed", state=state))
        if tell:
            self._tasks.spawn(self._talks.call_off(session.worker_id, running.ticket), name="end of a sign-in")
        await self._talks.end(session.id)
        await self.history.write(running.record())

    async def _sweep(self) -> None:
        """End what takes too long, while there is something."""
        while self._open:
            await asyncio.sleep(SWEEP_SECONDS)
            for running in list(self._open.values()):
                late = running.late(self._clock())
                if late is not None:
                    # Each by itself: a database that takes one end late must not keep the others open.
                    self._tasks.spawn(self._end(running, late[0], late[1], late[1]), name="end of a late sign-in")

    def _tell(self, running: Running) -> None:
        self._publisher.publish("login.changed", running.session)

    def _note(self, running: Running, action: Any, what: Text) -> None:
        session = running.session
        self._audit.note(action, what, subject=session.id, subject_name=session.name, account_id=session.account_id)

    def _of(self, worker_id: str, ticket: str) -> Running:
        running = self._by_ticket.get(ticket)
        if running is None or running.session.worker_id != worker_id or not running.is_open or running.finishing:
            raise ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, "this sign-in is over")
        return running

    def _under_way(self, session_id: str) -> Running:
        self.get(session_id)
        running = self._open.get(session_id)
        if running is None or running.finishing:
            raise Conflict(text("login_ended"))
        return running

    def _deleted(self, account_id: str) -> None:
        gone = text("login_account_gone")
        for running in list(self._open.values()):
            if running.session.account_id == account_id:
                self._tasks.spawn(self._end(running, "failed", gone, gone), name="sign-in without an account")
