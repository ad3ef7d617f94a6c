"""Databases as they are found: none, sound, older, newer, damaged, not writable; and after a kill."""

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen, run

import pytest

from master.errors import StartError
from master.store import files
from master.store.accounts import AccountStore
from master.store.assignments import AssignmentStore
from master.store.check_tallies import StateStore
from master.store.engine import Database, make_engine
from master.store.files import DamagedDatabase, NewerDatabase, UnwritableDatabase
from master.store.meta import MetaStore
from master.store.tables import REVISIONS
from tests.helpers.deadlines import wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(profile: Path) -> Path:
    return profile / "watchkeeper.db"


async def opened(path: Path) -> None:
    database = Database(path)
    try:
        await database.open()
    finally:
        await database.close()


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows}


def revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def migrated(path: Path, until: str = "head") -> None:
    engine = make_engine(path, writes=True)
    files.upgrade(path, engine, until=until)
    engine.dispose()


async def test_an_empty_folder_boots(path):
    await opened(path)
    assert revision(path) == REVISIONS[-1]


async def test_the_revisions_lead_to_the_very_tables_of_the_code(path):
    await opened(path)
    other = path.with_name("migrated.db")
    migrated(other)
    assert schema(other) == schema(path)
    assert revision(other) == REVISIONS[-1]


def test_the_list_of_revisions_is_that_of_the_files():
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(ROOT / "master" / "store" / "migrations"))
    known = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS


def test_a_sound_database_opens_without_the_migration_library(path):
    code = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom master.store.engine import Database\n"
        "async def main():\n"
        f"    database = Database(Path({str(path)!r}))\n"
        "    await database.open(); await database.close()\n"
        "asyncio.run(main()); asyncio.run(main())\n"
        "assert 'alembic' not in sys.modules\n"
    )
    result = run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def scripts(path, monkeypatch):
    """Our own revisions in a folder of the test, used in place of the real ones."""
    source = ROOT / "master" / "store" / "migrations"
    made = path.parent / "scripts"
    (made / "versions").mkdir(parents=True)
    (made / "env.py").write_text((source / "env.py").read_text())
    for file in (source / "versions").glob("r*.py"):
        (made / "versions" / file.name).write_text(file.read_text())
    monkeypatch.setattr(files, "MIGRATIONS", made)
    return made


def _add_later(scripts, monkeypatch, *statements):
    lines = "".join(f"    op.execute({statement!r})\n" for statement in statements)
    (scripts / "versions" / "later.py").write_text(
        f"from alembic import op\nrevision = 'later'\ndown_revision = {REVISIONS[-1]!r}\ndef upgrade():\n{lines}"
    )
    monkeypatch.setattr(files, "REVISIONS", (*REVISIONS, "later"))


async def test_an_older_schema_is_backed_up_then_upgraded(path, scripts, monkeypatch):
    await opened(path)
    _add_later(scripts, monkeypatch, "CREATE TABLE later (id INTEGER)")
    await opened(path)
    assert revision(path) == "later"
    assert "later" in schema(path)
    (backup,) = (path.parent / "backups").glob("*.db")
    assert revision(backup) == REVISIONS[-1]
    assert backup.stat().st_mode & 0o077 == 0


async def test_a_failed_upgrade_leaves_the_old_schema(path, scripts, monkeypatch):
    await opened(path)
    _add_later(scripts, monkeypatch, "CREATE TABLE later (id INTEGER)", "nonsense")
    with pytest.raises(StartError):
        await opened(path)
    assert revision(path) == REVISIONS[-1]
    assert "later" not in schema(path)


async def test_accounts_pinned_in_the_first_schema_stay_pinned(path):
    migrated(path, "0001")
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(
            """
            INSERT INTO accounts (id, platform, name, platform_account_id, settings, interval_seconds, tags, state,
                                  state_since_at, login_status, created_at, version)
            VALUES ('a', 'feed', 'A', 'a', '{}', 30, '[]', 'ok', 0, 'unknown', 0, 1),
                   ('b', 'feed', 'B', 'b', '{}', 30, '[]', 'ok', 0, 'unknown', 0, 1);
            INSERT INTO assignments (account_id, worker_id, pinned, epoch) VALUES ('a', 'w1', 1, 3), ('b', 'w1', 0, 4);
            """
        )
    await opened(path)
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute("SELECT account_id, worker_id, pinned_to, pin_policy, epoch FROM assignments").fetchall()
    assert rows == [("a", "w1", "w1", "wait", 3), ("b", "w1", None, "wait", 4)]


async def test_a_newer_schema_is_refused_and_both_are_named(path):
    await opened(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabase) as caught:
        await opened(path)
    assert caught.value.exit_code == 5
    assert "9999" in caught.value.text.message
    assert REVISIONS[-1] in caught.value.text.message
    assert revision(path) == "9999"


@pytest.mark.parametrize("damage", ["garbage", "page", "cut", "foreign"])
async def test_a_damaged_database_is_told_and_copied_never_replaced(path, damage):
    await opened(path)
    database = Database(path)
    await database.open()
    for start in range(0, 2000, 100):
        await database.write(
            lambda conn, start=start: [MetaStore().set(conn, f"k{n}", "x" * 200) for n in range(start, start + 100)]
        )
    await database.close()
    raw = bytearray(path.read_bytes())
    match damage:
        case "garbage":
            raw = bytearray(b"no database at all " * 100)
        case "page":
            raw[8192 : 8192 + 4096 * 20] = os.urandom(4096 * 20)
        case "cut":
            raw = raw[: len(raw) // 2]
        case "foreign":
            path.unlink()
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("CREATE TABLE somebody_elses (id)")
            raw = bytearray(path.read_bytes())
    path.write_bytes(raw)
    with pytest.raises(DamagedDatabase) as caught:
        await opened(path)
    assert caught.value.exit_code == 5
    assert str(caught.value.copy) in caught.value.text.message
    assert caught.value.copy.read_bytes() == path.read_bytes() == bytes(raw)
    assert path.parent / "backups" in caught.value.copy.parents


async def test_a_place_that_cannot_be_written_is_told(profile):
    # Root may write anywhere, but nobody opens a folder as a file.
    (profile / "watchkeeper.db").mkdir()
    with pytest.raises(UnwritableDatabase) as caught:
        await opened(profile / "watchkeeper.db")
    assert caught.value.exit_code == 5
    with pytest.raises(UnwritableDatabase):
        await opened(profile / "nowhere" / "watchkeeper.db")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
async def test_what_was_acknowledged_survives_a_kill(path):
    code = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom master.store.engine import Database\n"
        "from master.store.meta import MetaStore\n"
        "async def main():\n"
        f"    database = Database(Path({str(path)!r}))\n"
        "    await database.open()\n"
        "    number = 0\n"
        "    while True:\n"
        "        number += 1\n"
        "        await database.write(lambda conn: MetaStore().set(conn, 'number', str(number)))\n"
        "        print(number, flush=True)\n"
        "asyncio.run(main())\n"
    )
    with Popen([sys.executable, "-c", code], cwd=ROOT, stdout=PIPE, text=True) as process:
        lines = [await asyncio.to_thread(process.stdout.readline) for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    wait_until(lambda: process.poll() is not None)
    acknowledged = int([line for line in lines if line.endswith("\n")][-1])
    database = Database(path)
    await database.open()
    stored = int(await database.read(lambda conn: MetaStore().get(conn, "number")))
    await database.close()
    assert stored in (acknowledged, acknowledged + 1)


async def test_accounts_of_before_groups_keep_what_they_have_as_their_own(path):
    migrated(path, until="0006")
    columns = "id, platform, name, platform_account_id, settings, interval_seconds, interval_max_seconds, tags, notes"
    columns += ", priority, state, state_reason, state_since_at, login_status, created_at, version"
    reason = '{"code":"state_stale","params":{"seconds":90},"message":"m"}'
    values = ("a", "feed", "F", "http://e.org/", "{}", 300, 600, "[]", "n", 7, "stale", reason, 5, "unknown", 1, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"INSERT INTO accounts ({columns}) VALUES ({', '.join('?' * len(values))})", values)
        connection.execute("INSERT INTO assignments (account_id, epoch, cursor) VALUES ('a', 9, 'c')")
    database = Database(path)
    try:
        await database.open()
        (record,) = await database.read(AccountStore().all)
        (state,) = await database.read(lambda conn: StateStore().page(conn, "a", 9, None))
        (owner,) = await database.read(AssignmentStore().all)
    finally:
        await database.close()
    assert (record.interval_seconds, record.interval_max_seconds, record.priority) == (300, 600, 7)
    assert (record.notes, record.version, record.group_id, record.proxy_id, record.sound) == ("n", 3, None, None, None)
    assert (state.state, state.since_at, state.reason.code) == ("stale", 5, "state_stale")
    assert (owner.epoch, owner.cursor) == (9, "c")
