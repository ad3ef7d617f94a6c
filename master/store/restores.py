"""A restore: asked for while the master runs, carried out at its next start, before the database is opened.

Everything up to the last step leaves the profile as it is; the last step is one transaction, or one renaming. A kill at
any moment leaves the database of before or the restored one, and the next start goes on.
"""

import contextlib
import logging
import shutil
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from master.errors import StartError
from master.settings import save_settings, settings_of
from master.store import files
from master.store.backup_files import FOLDER, BackupError, FoundBackup, sync_folder, write_whole
from master.store.backups import make, verify
from master.store.engine import make_engine
from master.store.restore_merges import RESTORED, begin_anew, conclude, mark_of, merge
from master.store.restore_requests import REQUEST_FILE
from master.store.tables import REVISIONS
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

OUTCOME_FILE: Final = "last-restore.json"
WORK_SUFFIX: Final = ".restoring"

Ledger = Literal["kept", "lost"]


class RestoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``restore.json`` in the profile: what the next start does first."""

    id: str
    backup_id: str
    asked_at: int


class RestoreRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``backups/last-restore.json``: what the last one came to."""

    backup_id: str
    backup_made_at: int
    at: int
    success: bool
    ledger: Ledger
    text: Text


def refusal_of(backup: FoundBackup) -> Text | None:
    """Say why a backup cannot be restored by this version, as far as its record tells."""
    if backup.problem is not None:
        return backup.problem
    schema = backup.record.schema if backup.record is not None else REVISIONS[-1]
    return None if schema in REVISIONS else text("backup_newer", found=schema, known=REVISIONS[-1])


def ask(profile: Path, backup_id: str) -> RestoreRequest:
    """Let the next start restore a backup. Raises ``OSError``."""
    request = RestoreRequest(id=str(uuid.uuid4()), backup_id=backup_id, asked_at=now_ms())
    write_whole(profile / REQUEST_FILE, msgspec.json.encode(request))
    return request


def last_outcome(profile: Path) -> RestoreRecord | None:
    """Return what the last restore came to, None when there was none."""
    try:
        return msgspec.json.decode((profile / FOLDER / OUTCOME_FILE).read_bytes(), type=RestoreRecord)
    except (OSError, msgspec.MsgspecError):
        return None


def carry_out(path: Path) -> RestoreRecord | None:
    """Restore what was asked for, if anything was, into the database at ``path``, which nobody has open. Blocks.

    What cannot be restored changes nothing, and is told in the answer.
    """
    profile = path.parent
    request = _read_request(profile)
    if request is None:
        return None
    began = time.monotonic()
    backup = verify(profile / FOLDER, request.backup_id)
    try:
        outcome = _restore(path, request, backup)
    except BackupError as error:
        outcome = _refused(backup, request, error.text)
    except StartError as error:
        outcome = _refused(backup, request, error.text)
    except (sqlite3.Error, OSError) as error:
        outcome = _refused(backup, request, text("backup_failed", detail=str(error)))
    finally:
        _drop(path.with_name(path.name + WORK_SUFFIX))
    try:
        (profile / FOLDER).mkdir(mode=0o700, exist_ok=True)
        write_whole(profile / FOLDER / OUTCOME_FILE, msgspec.json.encode(outcome))
    except OSError as error:
        logger.warning("what the restore came to cannot be written down: %s", error)
    (profile / REQUEST_FILE).unlink(missing_ok=True)
    sync_folder(profile)
    level = logging.INFO if outcome.success else logging.ERROR
    logger.log(level, "%s (%.1f s)", outcome.text.message, time.monotonic() - began)
    return outcome


def _restore(path: Path, request: RestoreRequest, backup: FoundBackup | None) -> RestoreRecord:
    if backup is None:
        raise BackupError(text("backup_unknown", id=request.backup_id[:100]))
    problem = refusal_of(backup)
    if problem is not None:
        raise BackupError(problem)
    sound = _is_sound(path)
    if sound and _mark(path) == request.id:
        # Killed after the last step: only what follows it is left to be done.
        ledger: Ledger = "lost" if _awaits_digest(path) else "kept"
    else:
        ledger = "kept" if sound else "lost"
        _make_room(path, backup)
        work = _prepared(path, backup)
        if sound:
            make(path, "before-restore", checked=True)
            _merge_into(path, work, backup.made_at, request.id)
        else:
            _take_place_of(path, work, backup.made_at, request.id)
    if backup.record is not None and backup.record.settings is not None:
        _restore_settings(path.parent, backup.record.settings)
    code = "restore_done" if ledger == "kept" else "restore_done_lost"
    return RestoreRecord(
        backup_id=backup.id,
        backup_made_at=backup.made_at,
        at=now_ms(),
        success=True,
        ledger=ledger,
        text=text(code, made=words_of(backup.made_at)),
    )


def _is_sound(path: Path) -> bool:
    """Tell whether the current database can be read from end to end; bring it to our schema. A damaged one is copied.

    Raises :class:`StartError` of one that a newer version wrote, or that cannot be written.
    """
    if not path.exists():
        return False
    engine = make_engine(path, writes=True)
    try:
        files.prepare(path, engine)
        with engine.connect() as conn:
            answer = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except files.DamagedDatabase as error:
        logger.error("%s", error.text.message)
        return False
    finally:
        engine.dispose()
    if answer != "ok":
        logger.error("the database is damaged (%s); a copy of it is %s", answer, files.set_aside(path))
    return bool(answer == "ok")


def _prepared(path: Path, backup: FoundBackup) -> Path:
    """Return a copy of the backup of our schema, in one file."""
    work = path.with_name(path.name + WORK_SUFFIX)
    _drop(work)
    shutil.copyfile(path.parent / FOLDER / f"{backup.id}.db", work)
    work.chmod(0o600)
    engine = make_engine(work, writes=True)
    try:
        with engine.connect() as conn:
            found = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        if found != REVISIONS[-1]:
            files.upgrade(work, engine)
    finally:
        engine.dispose()
    with contextlib.closing(sqlite3.connect(work)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    return work


def _merge_into(path: Path, work: Path, backup_at: int, mark: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("ATTACH DATABASE ? AS old", (str(work),))
        db.execute("BEGIN IMMEDIATE")
        merge(db, backup_at=backup_at, now=now_ms())
        conclude(db, mark)
        db.execute("COMMIT")


def _take_place_of(path: Path, work: Path, backup_at: int, mark: str) -> None:
    with contextlib.closing(sqlite3.connect(work, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN IMMEDIATE")
        begin_anew(db, backup_at=backup_at, now=now_ms())
        conclude(db, mark)
        db.execute("COMMIT")
    # The log of the old file must not be taken for one of the new.
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    work.replace(path)
    sync_folder(path.parent)


def _make_room(path: Path, backup: FoundBackup) -> None:
    """The copy, what is kept of the current one, and the log of the transaction."""
    current = path.stat().st_size if path.exists() else 0
    needed = 2 * backup.size_bytes + current
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise BackupError(text("backup_no_room", needed=needed >> 20, free=free >> 20))


def _restore_settings(profile: Path, document: dict[str, Any]) -> None:
    try:
        save_settings(profile, settings_of(document))
    except msgspec.ValidationError as error:
        # Another version knew other ones; those that hold now stay.
        logger.warning("the settings of the backup were left out: %s", error)


def _mark(path: Path) -> str | None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return mark_of(db, RESTORED)


def _awaits_digest(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as db:
        found, accounts = db.execute(
            "SELECT (SELECT count(*) FROM restored_accounts), (SELECT count(*) FROM accounts)"
        ).fetchone()
    return bool(found and found == accounts)


def _refused(backup: FoundBackup | None, request: RestoreRequest, why: Text) -> RestoreRecord:
    made_at = backup.made_at if backup is not None else 0
    words = words_of(made_at) if made_at else request.backup_id[:100]
    return RestoreRecord(
        backup_id=request.backup_id,
        backup_made_at=made_at,
        at=now_ms(),
        success=False,
        ledger="kept",
        text=text("restore_refused", made=words, reason=why.message),
    )


def words_of(at: int) -> str:
    """Return a moment (UTC milliseconds) for people, as this machine tells the time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at / 1000))


def _read_request(profile: Path) -> RestoreRequest | None:
    path = profile / REQUEST_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=RestoreRequest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        logger.error("what was to be restored cannot be read, so nothing is: %s", error)
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _drop(work: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            work.with_name(work.name + suffix).unlink()
