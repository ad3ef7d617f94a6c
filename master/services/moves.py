"""Moving house: one file with all that was set up; on another machine nothing has to be typed or is told again."""

import asyncio
import logging
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from master.api.moves import MoveConflict, MoveCount, MoveExport, MoveImport, MoveReport, MoveUpload
from master.api.system import Settings, SettingsPatch
from master.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from master.services.catalog import CatalogService
from master.services.move_checks import check_all
from master.services.move_files import Content, opened, parse, read
from master.services.settings import SettingsService
from master.store import moves
from master.store.assignments import AssignmentStore
from master.store.engine import Connection, Database, DatabaseError
from master.store.meta import GENERATION, MetaStore
from master.store.tables import REVISIONS
from master.vault.errors import VaultError
from master.vault.sealed_files import Header, SealedWriter, read_header
from master.vault.vault import Scope, Vault
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text
from worker.version import __version__

logger = logging.getLogger(__name__)

T = TypeVar("T")

FOLDER: Final = "moves"
MAX_BYTES: Final = 1 << 30
KEPT_SECONDS: Final = 3600
MAX_CONFLICTS: Final = 500
SPARE_BYTES: Final = 64 * 1024 * 1024


class MoveService:
    """Makes such files and takes them. One at a time; files lie in ``moves/`` of the profile meanwhile."""

    def __init__(
        self,
        *,
        profile: Path,
        database: Database,
        vault: Vault,
        settings: SettingsService,
        catalog: CatalogService,
        restart: Callable[[], None],
    ) -> None:
        """``restart``: has the master stop in order and start again."""
        self._folder = profile / FOLDER
        self._database = database
        self._vault = vault
        self._settings = settings
        self._catalog = catalog
        self._restart = restart
        self._lock = asyncio.Lock()
        self._meta = MetaStore()
        self._assignments = AssignmentStore()

    async def load(self) -> None:
        """Throw away what a master before this one left."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    # ------------------------------------------------------------ out of here

    async def export(self, body: MoveExport) -> Path:
        """Make a file; the caller deletes it. Raises :class:`Unavailable`, :class:`Conflict`."""
        self._refuse_second()
        async with self._lock:
            path = await asyncio.to_thread(self._new_file)
            secrets, notes = await self._all_secrets() if body.passphrase is not None else ({}, [])
            for note in notes:
                logger.warning("%s", note.message)
            settings = _moved(msgspec.to_builtins(self._settings.current))

            def work(conn: Connection) -> None:
                header = Header(made_at=now_ms(), app=__version__, schema=REVISIONS[-1])
                with path.open("wb") as file:
                    path.chmod(0o600)
                    writer = SealedWriter(file, header, body.passphrase)
                    lines: list[dict[str, Any]] = [{"s": settings}]
                    lines += [{"p": scope, "i": owner, "d": doc} for (scope, owner), doc in secrets.items()]
                    for line in lines:
                        writer.write(msgspec.json.encode(line))
                    for line in moves.outgoing(conn, ledger=body.passphrase is not None):
                        writer.write(msgspec.json.encode(line))
                    writer.close()

            try:
                await self._database.read(work)
            except OSError as error:
                path.unlink(missing_ok=True)
                raise Unavailable(text("move_failed", detail=error.strerror or str(error))) from error
            return path

    async def _all_secrets(self) -> tuple[dict[tuple[str, str], dict[str, Any]], list[Text]]:
        owners = await self._database.read(moves.secret_owners)
        found: dict[tuple[str, str], dict[str, Any]] = {}
        notes: list[Text] = []
        for scope, owner, generation, name in owners:
            try:
                found[scope, owner] = await self._vault.read(owner, generation, scope=_scope(scope))
            except VaultError as error:
                if error.code not in ("ERR_CREDENTIAL_MISSING", "ERR_CREDENTIAL_UNREADABLE"):
                    raise Unavailable(text("move_failed", detail=error.message), code=error.code) from error
                notes.append(text("move_secret_left", name=name, reason=error.message))
        return found, notes

    # ------------------------------------------------------------ into here

    async def upload(self, pieces: AsyncIterator[bytes]) -> MoveUpload:
        """Take a file in. Raises :class:`TooLarge`, :class:`Invalid` for what is none, :class:`Unavailable`."""
        await asyncio.to_thread(self._sweep)
        path = await asyncio.to_thread(self._new_file)
        size = 0
        try:
            with path.open("wb") as file:
                path.chmod(0o600)
                async for piece in pieces:
                    size += len(piece)
                    if size > MAX_BYTES:
                        raise TooLarge(text("move_large", limit_mb=MAX_BYTES >> 20))
                    await asyncio.to_thread(file.write, piece)
            header = await asyncio.to_thread(opened, read_header, path)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise Unavailable(text("move_failed", detail=error.strerror or str(error))) from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return MoveUpload(
            id=path.stem,
            size_bytes=size,
            encrypted=header.sealed is not None,
            made_at=header.made_at,
            version=header.app,
        )

    async def drop(self, upload_id: str) -> None:
        """Throw an uploaded file away. Raises :class:`NotFound`."""
        path = self._path(upload_id)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def take(self, upload_id: str, body: MoveImport) -> MoveReport:
        """Say what an import would do, or do it all and restart; whatever fails changes nothing.

        Raises :class:`NotFound`, :class:`Invalid` (a wrong passphrase, a damaged file), :class:`Unavailable`.
        """
        path = self._path(upload_id)
        self._refuse_second()
        async with self._lock:
            content = await asyncio.to_thread(opened, read, path, body.passphrase)
            await self._catalog.wait_manifest("")
            decisions = await self._decided(content)
            report = self._report(content, decisions, body)
            if body.dry_run:
                await self._database.write(lambda conn: self._try(conn, content, decisions, body))
                return report
            await self._apply(path, content, decisions, body)
            await asyncio.to_thread(path.unlink, missing_ok=True)
        logger.warning("a file of %s was imported; the master restarts", content.header.app)
        self._restart()
        return report

    async def _decided(self, content: Content) -> list[moves.Decision]:
        try:
            return await self._database.read(lambda conn: moves.decide(conn, content.rows))
        except (KeyError, TypeError, AttributeError) as error:
            raise Invalid(text("move_content", detail=f"{type(error).__name__} {error}")) from error

    async def _apply(self, path: Path, content: Content, decisions: list[moves.Decision], body: MoveImport) -> None:
        generations = await self._store_secrets(content, decisions, body)
        try:
            await self._database.write(lambda conn: self._write(conn, path, content, decisions, body, generations))
            await self._apply_settings(content, body)
        except BaseException:
            await self._erase(generations)
            raise
        await self._erase({owner: number - 1 for owner, number in generations.items() if number > 1})

    def _try(self, conn: Connection, content: Content, decisions: list[moves.Decision], body: MoveImport) -> None:
        """Write everything but secrets and keys, see whether all can be read again, and undo it."""
        attempt = conn.begin_nested()
        try:
            _guarded(lambda: moves.write(conn, decisions, body.on_conflict, {}, now_ms()))
            _guarded(lambda: check_all(conn))
        finally:
            attempt.rollback()

    def _write(
        self,
        conn: Connection,
        path: Path,
        content: Content,
        decisions: list[moves.Decision],
        body: MoveImport,
        generations: dict[tuple[str, str], int],
    ) -> None:
        taken = _guarded(lambda: moves.write(conn, decisions, body.on_conflict, generations, now_ms()))
        over = body.on_conflict == "replace"
        for there, (cursor, baseline_done) in content.cursors.items():
            if there in taken:
                epoch = self._assignments.next_epoch(conn)
                moves.set_cursor(conn, taken[there], cursor, baseline_done, over=over, epoch=epoch)
        for line in opened(lambda: parse(path, body.passphrase)):
            if "k" in line and line["k"] in taken:
                moves.add_keys(conn, taken[line["k"]], line["v"])
        _guarded(lambda: check_all(conn))
        # Workers forget what they think is known: the ledger is another one now.
        self._meta.set(conn, GENERATION, str(uuid.uuid4()))

    async def _store_secrets(
        self, content: Content, decisions: list[moves.Decision], body: MoveImport
    ) -> dict[tuple[str, str], int]:
        """Put secrets into the vault under new generations; nothing counts until the rows are committed."""
        known = {(scope, owner): number for scope, owner, number, _ in await self._database.read(moves.secret_owners)}
        made: dict[tuple[str, str], int] = {}
        try:
            for decision in decisions:
                scope = moves.MOVED[decision.noun].scope
                document = content.secrets.get((scope, str(decision.row.get("id"))))
                owner = str(decision.here or decision.row.get("id"))
                before = known.get((scope, owner), 0)
                if document is None or (before and body.on_conflict != "replace"):
                    continue
                if decision.what == "conflict" and body.on_conflict == "skip":
                    continue
                # Never a generation that was here before: an old one may be on its way to a worker.
                await self._vault.write(owner, before + 1, document, scope=_scope(scope))
                made[scope, owner] = before + 1
        except VaultError as error:
            await self._erase(made)
            raise Unavailable(text("move_failed", detail=error.message), code=error.code) from error
        return made

    async def _erase(self, made: dict[tuple[str, str], int]) -> None:
        for (scope, owner), generation in made.items():
            try:
                await self._vault.erase(owner, generation, scope=_scope(scope))
            except VaultError as error:
                logger.warning("a secret of a failed import stays, sealed: %s", error.message)

    async def _apply_settings(self, content: Content, body: MoveImport) -> None:
        changes = self._setting_changes(content, body)
        if changes:
            await self._settings.patch(msgspec.convert(changes, SettingsPatch))

    def _setting_changes(self, content: Content, body: MoveImport) -> dict[str, Any]:
        """Return the settings to be written: of a master that has none of its own yet, all of the file."""
        here, standard = self._settings.current, Settings()
        given = _moved(content.settings or {})
        changes = {name: value for name, value in given.items() if msgspec.to_builtins(getattr(here, name)) != value}
        if body.on_conflict == "replace" or here == standard:
            return changes
        if body.on_conflict == "skip":
            return {}
        return {name: value for name, value in changes.items() if getattr(here, name) == getattr(standard, name)}

    # ------------------------------------------------------------ inside

    def _report(self, content: Content, decisions: list[moves.Decision], body: MoveImport) -> MoveReport:
        counts = []
        for noun in moves.MOVED:
            mine = [decision for decision in decisions if decision.noun == noun]
            if mine:
                amounts = {what: sum(one.what == what for one in mine) for what in ("new", "same", "conflict")}
                counts.append(
                    MoveCount(
                        noun=noun,
                        total=len(mine),
                        new=amounts["new"],
                        same=amounts["same"],
                        conflicts=amounts["conflict"],
                    )
                )
        changes = self._setting_changes(content, body)
        if content.settings:
            total = len(_moved(content.settings))
            counts.append(
                MoveCount(noun="settings", total=total, new=len(changes), same=total - len(changes), conflicts=0)
            )
        conflicts = [
            MoveConflict(noun=one.noun, name=one.name, fields=one.fields, action=body.on_conflict)
            for one in decisions
            if one.what == "conflict"
        ]
        return MoveReport(
            dry_run=body.dry_run,
            made_at=content.header.made_at,
            version=content.header.app,
            counts=counts,
            conflicts=conflicts[:MAX_CONFLICTS],
            keys=content.keys,
            credentials=len(content.secrets),
            notes=self._notes(content, decisions),
        )

    def _notes(self, content: Content, decisions: list[moves.Decision]) -> list[Text]:
        notes = [text("move_open")] if content.header.sealed is None else []
        if any(one.noun == "accounts" and one.row.get("renews") for one in decisions) and content.secrets:
            notes.append(text("move_two_houses"))
        for one in decisions:
            platform = str(one.row.get("platform", ""))
            if one.noun == "accounts" and self._catalog.manifest(platform) is None:
                notes.append(text("move_platform", name=one.name, platform=platform))
        return notes[:MAX_CONFLICTS]

    def _refuse_second(self) -> None:
        if self._lock.locked():
            raise Conflict(text("move_busy"))

    def _path(self, upload_id: str) -> Path:
        path = self._folder / f"{upload_id}.move"
        if not upload_id.isalnum() or not path.is_file():
            raise NotFound(text("move_unknown", id=upload_id[:100]))
        return path

    def _new_file(self) -> Path:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        free = shutil.disk_usage(self._folder).free
        if free < SPARE_BYTES:
            raise Unavailable(text("backup_no_room", needed=SPARE_BYTES >> 20, free=free >> 20))
        return self._folder / f"{uuid.uuid4().hex}.move"

    def _sweep(self) -> None:
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                    path.unlink(missing_ok=True)


def _moved(settings: dict[str, Any]) -> dict[str, Any]:
    """Return those of ``settings`` that move house: where a master listens is the machine's own."""
    names = set(SettingsPatch.__struct_fields__) - {"version", "host", "port"}
    return {name: value for name, value in settings.items() if name in names}


def _scope(name: str) -> Scope:
    scope: Scope = msgspec.convert(name, Scope)
    return scope


def _guarded(work: Callable[[], T]) -> T:
    """Turn what the tables do not take into what is told; the caller's transaction is undone."""
    try:
        return work()
    except (DatabaseError, msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        detail = str(getattr(error, "orig", None) or error)[:300]
        raise Invalid(text("move_content", detail=detail)) from error
