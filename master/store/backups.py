"""Backups: sound copies of the database in one file each, with a second file that says what it must be.

Everything here blocks; none of it writes to the database that is copied.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from master.store.backup_files import (
    FOLDER,
    PART,
    BackupError,
    BackupRecord,
    FoundBackup,
    Reason,
    find,
    free_name,
    record_path,
    sync_folder,
    write_record,
)
from worker.protocol.codec import now_ms
from worker.protocol.texts import text
from worker.version import __version__

SETTINGS_FILE: Final = "settings.json"
STEP_PAGES: Final = 64
"""Copied without a pause; each pause lets the writer's own disk work through."""
PAUSE_SECONDS: Final = 0.001
SYNC_BYTES: Final = 16 * 1024 * 1024
"""So much may wait in the machine's cache: more would hold up the writer's next commit."""
SMALL_CACHE: Final = "PRAGMA cache_size = -512"
"""Every page is read once: holding them would only cost memory."""
SPARE_BYTES: Final = 32 * 1024 * 1024
READ_BYTES: Final = 1024 * 1024
STEPS_BETWEEN_LOOKS: Final = 100_000
"""Instructions of SQLite between two looks at whether to stop."""

T = TypeVar("T")
Stop = Callable[[], bool]


class Stopped(Exception):
    """The master stops; nothing is left behind."""


def make(
    source: Path, why: Reason, *, stop: Stop = lambda: False, now: int | None = None, checked: bool = False
) -> BackupRecord:
    """Copy the database at ``source`` as it is at this moment, check the copy, and return what was noted of it.

    Others may write meanwhile and are not held up. ``checked``: the database was just found sound.
    Raises :class:`BackupError` and leaves nothing then, :class:`Stopped` when ``stop`` says so.
    """
    folder = source.parent / FOLDER
    made_at = now_ms() if now is None else now
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        name = free_name(folder, why, made_at)
        part = folder / f"{name}.db{PART}"
        try:
            _need_room(source, folder)
            counts = _copy(source, part, stop)
            record = _sound(part, name, why, made_at, counts, stop, checked)
            record = msgspec.structs.replace(record, settings=_settings(source.parent))
            write_record(folder, record)
            part.replace(folder / f"{name}.db")
            sync_folder(folder)
        except BaseException:
            for left in (part, record_path(folder, name)):
                left.unlink(missing_ok=True)
            raise
    except sqlite3.Error as error:
        if stop():
            raise Stopped from error
        raise BackupError(text("backup_failed", detail=str(error))) from error
    except OSError as error:
        raise BackupError(text("backup_failed", detail=error.strerror or str(error))) from error
    return record


def verify(folder: Path, name: str, *, stop: Stop = lambda: False) -> FoundBackup | None:
    """Read a backup from end to end; its ``problem`` says what is wrong. None when there is no such backup.

    One with a record was sound when that was written: it is, as long as its checksum is the same.
    """
    found = find(folder, name)
    if found is None or found.problem is not None:
        return found
    path = folder / f"{name}.db"
    record = found.record
    try:
        if record is None:
            record = _verified(path, name, found.why, found.made_at, None, stop)
        elif checksum(path, stop) != record.sha256:
            raise BackupError(text("backup_damaged", detail="its checksum is another one"))
        write_record(folder, msgspec.structs.replace(record, verified_at=now_ms()))
    except BackupError as error:
        return msgspec.structs.replace(found, problem=error.text)
    except (sqlite3.Error, OSError) as error:
        if stop():
            raise Stopped from error
        return msgspec.structs.replace(found, problem=text("backup_damaged", detail=str(error)))
    return find(folder, name)


def count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of every table, but for those that belong to an index of words."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    indices = tuple(name for name, sql in rows if sql is not None and sql.upper().startswith("CREATE VIRTUAL"))
    names = [name for name, _ in rows if not name.startswith(("sqlite_", *indices))]
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 (a table's name)
        for name in names
    }


# ------------------------------------------------------------ one step each


def _copy(source: Path, target: Path, stop: Stop) -> dict[str, int]:
    """Copy one state of ``source`` and return how many rows it has."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    pause = threading.Event()
    with contextlib.closing(sqlite3.connect(source, timeout=5, isolation_level=None)) as origin:
        origin.execute("PRAGMA query_only = ON")
        origin.execute(SMALL_CACHE)
        # What this connection sees stays as it is: else every write of others would make the copy begin anew.
        origin.execute("BEGIN")
        counts = _guarded(origin, stop, count_rows)
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy, target.open("r+b") as file:
            copy.execute(SMALL_CACHE)
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            page_bytes = int(origin.execute("PRAGMA page_size").fetchone()[0])
            steps = max(1, SYNC_BYTES // (STEP_PAGES * page_bytes))
            done = 0

            def breathe(_status: int, _left: int, _total: int) -> None:
                nonlocal done
                if stop():
                    raise Stopped
                done += 1
                if done % steps == 0:
                    os.fsync(file.fileno())
                pause.wait(PAUSE_SECONDS)

            origin.backup(copy, pages=STEP_PAGES, progress=breathe)
            # One file, whatever the mode of the database.
            copy.execute("PRAGMA journal_mode = DELETE")
            os.fsync(file.fileno())
    return counts


def _verified(
    path: Path,
    name: str,
    why: Reason,
    made_at: int,
    counts: dict[str, int] | None,
    stop: Stop,
    *,
    checked: bool = False,
) -> BackupRecord:
    """Read a copy from end to end. Raises :class:`BackupError`, ``sqlite3.Error``, ``OSError``."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        copy.execute(SMALL_CACHE)
        if not checked:
            problem = _guarded(copy, stop, lambda one: str(one.execute("PRAGMA integrity_check(1)").fetchone()[0]))
            if problem != "ok":
                raise BackupError(text("backup_damaged", detail=problem))
        schema = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        found = _guarded(copy, stop, count_rows)
        if schema is None or (counts is not None and found != counts):
            wrong = [table for table in (counts or {}) if found.get(table) != (counts or {})[table]]
            raise BackupError(text("backup_damaged", detail=f"rows are missing: {', '.join(wrong) or 'schema'}"))
    return BackupRecord(
        id=name,
        made_at=made_at,
        why=why,
        size_bytes=path.stat().st_size,
        sha256=checksum(path, stop),
        schema=str(schema[0]),
        version=__version__,
        counts=found,
        verified_at=now_ms(),
    )


def _sound(
    part: Path, name: str, why: Reason, made_at: int, counts: dict[str, int], stop: Stop, checked: bool
) -> BackupRecord:
    """As :func:`_verified`, of a copy just made: what is wrong with it is wrong with the database."""
    try:
        return _verified(part, name, why, made_at, counts, stop, checked=checked)
    except BackupError as error:
        detail = str(error.text.params.get("detail", ""))
        raise BackupError(text("backup_source_damaged", detail=detail)) from error


def _guarded(connection: sqlite3.Connection, stop: Stop, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run something long on a connection; it ends soon after ``stop`` says so."""
    connection.set_progress_handler(lambda: int(stop()), STEPS_BETWEEN_LOOKS)
    try:
        return work(connection)
    except sqlite3.OperationalError as error:
        if stop():
            raise Stopped from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def checksum(path: Path, stop: Stop = lambda: False) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
            if stop():
                raise Stopped
    return digest.hexdigest()


def _need_room(source: Path, folder: Path) -> None:
    log = source.with_name(f"{source.name}-wal")
    needed = source.stat().st_size + (log.stat().st_size if log.exists() else 0) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(text("backup_no_room", needed=needed >> 20, free=free >> 20))


def _settings(profile: Path) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode((profile / SETTINGS_FILE).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if isinstance(found, dict) else None


def _sweep(folder: Path) -> None:
    """Remove what a killed attempt left."""
    for path in folder.glob(f"*{PART}*"):
        with contextlib.suppress(OSError):
            path.unlink()
