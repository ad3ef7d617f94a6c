"""Before the first use: is the file sound, is its schema ours; make it, upgrade it, or say what is wrong with it."""

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from master.errors import StartError
from master.store.tables import REVISIONS, metadata
from worker.protocol.codec import now_ms
from worker.protocol.texts import text
from worker.version import __version__

EXIT_PROFILE: Final = 5
BACKUPS: Final = "backups"
MIGRATIONS = Path(__file__).parent / "migrations"
FULL_CHECK_BYTES: Final = 64 * 1024 * 1024
"""A larger database that was closed in order is not read from end to end at every start."""
MADE: Final = "INSERT INTO alembic_version (version_num) VALUES (?)"
VERSION_TABLE: Final = (
    "CREATE TABLE alembic_version "
    "( version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
)


class DamagedDatabase(StartError):
    """The file is no sound database. It stays where it is; ``copy`` is a copy of it."""

    def __init__(self, detail: str, copy: Path) -> None:
        super().__init__(EXIT_PROFILE, text("start_profile_damaged", detail=detail, path=str(copy)))
        self.copy = copy


class NewerDatabase(StartError):
    """A newer version wrote it."""

    def __init__(self, found: str) -> None:
        detail = f"its database has schema {found}, Watchkeeper {__version__} knows schemas up to {REVISIONS[-1]}"
        super().__init__(EXIT_PROFILE, text("start_profile_newer", detail=detail))
        self.found = found


class UnwritableDatabase(StartError):
    """The folder or the file cannot be written."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(EXIT_PROFILE, text("start_profile_not_writable", path=str(path), detail=detail))


def prepare(path: Path, engine: Engine) -> None:
    """Leave a sound database of our schema at ``path``. Raises the three classes above. Blocks."""
    try:
        _check(path)
        with engine.connect() as conn:
            found = _revision(conn)
        if found is None:
            with engine.begin() as conn:
                create(conn)
        elif found not in REVISIONS:
            raise NewerDatabase(found)
        elif found != REVISIONS[-1]:
            upgrade(path, engine, found)
    except (sqlite3.Error, DatabaseError) as error:
        raise _told(path, error) from error
    except OSError as error:
        raise UnwritableDatabase(path, error.strerror or str(error)) from error


def create(conn: Connection) -> None:
    """Make all tables as the newest revision would (a test compares the two)."""
    metadata.create_all(conn)
    conn.exec_driver_sql(VERSION_TABLE)
    conn.exec_driver_sql(MADE, (REVISIONS[-1],))


def upgrade(path: Path, engine: Engine, found: str = "", until: str = "head") -> None:
    """Put a backup aside, then run the revisions that are missing. ``found`` empty: the database is empty."""
    from alembic import command
    from alembic.config import Config

    if found:
        _back_up(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, until)


def _check(path: Path) -> None:
    """Raise what SQLite says of a damaged file. A large one that was closed in order is trusted."""
    if not path.exists():
        return
    log = path.with_name(f"{path.name}-wal")
    closed_in_order = not log.exists() or log.stat().st_size == 0
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
        # Reads the header and the schema in any case.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if path.stat().st_size <= FULL_CHECK_BYTES or not closed_in_order:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if answer != "ok":
                raise sqlite3.DatabaseError(str(answer))


def _revision(conn: Connection) -> str | None:
    """Return the revision of the schema, None of an empty database."""
    tables = set(conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    if "alembic_version" in tables:
        found = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
        if found is not None:
            return str(found)
    if tables - {"alembic_version", "sqlite_sequence"}:
        raise sqlite3.DatabaseError("it is a database, but not one of Watchkeeper")
    return None


def _told(path: Path, error: Exception) -> StartError:
    """Turn a fault of SQLite into one that a person can act on."""
    fault: Any = getattr(error, "orig", None) or error
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    detail = str(fault)
    if code in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    ):
        return UnwritableDatabase(path, detail)
    try:
        return DamagedDatabase(f"{detail}.", set_aside(path))
    except OSError as failed:
        return UnwritableDatabase(path.parent / BACKUPS, failed.strerror or str(failed))


def set_aside(path: Path) -> Path:
    """Copy the files of a damaged database as they are."""
    folder = path.parent / BACKUPS / f"damaged-{now_ms()}"
    folder.mkdir(mode=0o700, parents=True)
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            shutil.copy2(part, folder / part.name)
    return folder / path.name


def _back_up(path: Path) -> None:
    """Put a verified copy aside. Raises ``OSError``, ``sqlite3.Error`` when that cannot be done."""
    from master.store.backup_files import BackupError
    from master.store.backups import make

    try:
        make(path, "before-migration")
    except BackupError as error:
        raise UnwritableDatabase(path.parent / BACKUPS, error.text.message) from error
