"""Backups and restores on real files: what comes back, what stays, and what a damaged one changes (nothing)."""

import os
import sqlite3
import threading
from contextlib import closing

import msgspec
import pytest

from master.settings import SETTINGS_FILE
from master.store import backup_files, backups, restores
from master.store.engine import Database
from master.store.moves import MOVED
from master.store.restore_merges import CHOSEN, EPOCH_LEAP, ID_LEAP
from master.store.tables import REVISIONS, metadata

KEPT = {
    "account_beats", "account_states", "assignments", "alerts", "audit", "login_sessions",
    "check_tallies", "client_devices", "item_counts", "item_keys",
    "item_marks", "item_threads", "items", "job_reservations", "jobs", "meta", "metric_samples", "notification_bursts",
    "notification_showings", "notifications", "rejected", "restored_accounts", "schedule_runs", "snoozes", "tokens",
    "worker_logs", "worker_runtime",
}  # fmt: skip
"""What happened, and stays whatever is restored."""
NOW = 1_700_000_000_000


@pytest.fixture
async def path(profile):
    database = Database(profile / "watchkeeper.db")
    await database.open()
    await database.close()
    return profile / "watchkeeper.db"


def run(path, sql, *values):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        return db.execute(sql, values).fetchall()


def add_account(path, name, **more):
    row = {
        "id": name, "platform": "feed", "name": name, "platform_account_id": f"https://{name}", "settings": "{}",
        "interval_seconds": 30, "tags": "[]", "state": "ok", "state_since_at": NOW, "login_status": "logged_in",
        "baseline_done": 1, "created_at": NOW, "version": 1,
    } | more  # fmt: skip
    run(path, f"INSERT INTO accounts ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())
    run(
        path,
        "INSERT INTO assignments (account_id, worker_id, epoch, cursor) VALUES (?, 'one', ?, 'then')",
        name,
        next_epoch(path),
    )


def next_epoch(path):
    run(path, "INSERT INTO meta VALUES ('epoch', '1') ON CONFLICT DO UPDATE SET value = value + 1")
    return int(run(path, "SELECT value FROM meta WHERE key = 'epoch'")[0][0])


def add_item(path, account, key):
    row = (account, "entry", key, key, "", "", "", "", NOW, NOW, NOW, 0, "one", "poll")
    names = "account_id, kind, key, title, text, author, url, thread, created_at, detected_at, stored_at, truncated"
    run(path, f"INSERT INTO items ({names}, worker_id, how) VALUES ({', '.join('?' * len(row))})", *row)
    (number,) = run(path, "SELECT max(id) FROM items")[0]
    run(path, "INSERT INTO item_keys (account_id, key, item_id) VALUES (?, ?, ?)", account, key, number)
    told = (
        "INSERT INTO notifications (kind, item_id, account_id, title, state, created_at) VALUES ('item', ?, ?, ?, ?, ?)"
    )
    run(path, told, number, account, '{"code":"x","message":"x"}', "pending", NOW)
    return number


def restored(path, backup_id):
    restores.ask(path.parent, backup_id)
    outcome = restores.carry_out(path)
    assert not (path.parent / "restore.json").exists()
    assert not list(path.parent.glob("*.restoring*"))
    assert restores.last_outcome(path.parent) == outcome
    return outcome


def values(path, sql, *given):
    return {row[0] for row in run(path, sql, *given)}


def test_every_table_is_either_chosen_or_kept():
    assert set(CHOSEN) | KEPT == set(metadata.tables)
    assert not set(CHOSEN) & KEPT
    for table, kept in CHOSEN.items():
        assert set(kept) <= set(metadata.tables[table].columns.keys())


OF_A_PERSON = {
    "id", "platform", "name", "platform_account_id", "settings", "interval_seconds", "interval_max_seconds", "priority",
    "proxy_id", "quiet_hours", "notify_level", "sound", "group_id", "tags", "notes", "paused", "paused_until_at",
    "removed_at", "removed_history", "created_at", "version",
}  # fmt: skip
"""What somebody says of an account; all else says what happened, and neither comes back nor is moved."""


def test_every_column_of_an_account_is_of_a_person_or_of_what_happened():
    columns = set(metadata.tables["accounts"].columns.keys())
    assert columns - OF_A_PERSON == set(CHOSEN["accounts"])
    momentary = {"paused_until_at", "removed_at", "removed_history", "created_at", "version"}
    assert MOVED["accounts"].left == set(CHOSEN["accounts"]) | momentary
    for moved in MOVED.values():
        assert moved.left - {"created_at", "version"} <= set(moved.table.columns.keys())


def test_a_backup_is_one_private_sound_file_with_its_record(path):
    (path.parent / SETTINGS_FILE).write_text('{"log_level": "debug"}')
    add_account(path, "a")
    record = backups.make(path, "daily", now=NOW)
    folder = path.parent / "backups"
    assert sorted(file.name for file in folder.iterdir()) == [f"{record.id}.db", f"{record.id}.json"]
    assert record.id == "daily-20231114-221320-000"
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    assert (record.schema, record.counts["accounts"], record.settings) == (REVISIONS[-1], 1, {"log_level": "debug"})
    (found,) = backup_files.find_all(folder)
    assert (found.problem, found.made_at, found.record) == (None, NOW, record)
    assert backups.verify(folder, record.id).problem is None
    second = backups.make(path, "daily", now=NOW)
    assert second.id == "daily-20231114-221320-001"


@pytest.mark.expects_log("was not restored")
@pytest.mark.parametrize("damage", ["bit", "cut", "record"])
def test_a_damaged_backup_is_found_and_changes_nothing(path, damage):
    add_account(path, "a")
    record = backups.make(path, "manual")
    file = path.parent / "backups" / f"{record.id}.db"
    raw = bytearray(file.read_bytes())
    if damage == "bit":
        raw[len(raw) // 2] ^= 1
        file.write_bytes(raw)
    elif damage == "cut":
        file.write_bytes(raw[:-4096])
    else:
        file.with_suffix(".json").write_text("{}")
    add_account(path, "later")
    before = path.read_bytes()
    outcome = restored(path, record.id)
    assert (outcome.success, outcome.text.code) == (False, "restore_refused")
    assert "damaged" in outcome.text.message
    assert path.read_bytes() == before


@pytest.mark.expects_log("was not restored")
@pytest.mark.parametrize("backup_id", ["manual-20200101-000000-000", "../watchkeeper", ""])
def test_an_unknown_backup_changes_nothing(path, backup_id):
    outcome = restored(path, backup_id)
    assert not outcome.success
    assert "no backup" in outcome.text.message


@pytest.mark.expects_log("was not restored")
def test_a_newer_backup_changes_nothing(path):
    run(path, "UPDATE alembic_version SET version_num = '9999'")
    record = backups.make(path, "manual")
    run(path, "UPDATE alembic_version SET version_num = ?", REVISIONS[-1])
    outcome = restored(path, record.id)
    assert not outcome.success
    assert "9999" in outcome.text.message


def test_writers_go_on_while_a_backup_is_made_and_it_has_one_state(path):
    run(path, "CREATE TABLE marks AS SELECT 0 AS a UNION ALL SELECT 0")
    run(path, "CREATE TABLE filler (id INTEGER PRIMARY KEY, a, b)")
    run(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
        "INSERT INTO filler (a, b) SELECT 0, hex(randomblob(1000)) FROM n")  # fmt: skip
    done, writes = threading.Event(), []

    def write():
        with closing(sqlite3.connect(path, timeout=0.05, isolation_level=None)) as db:
            while not done.is_set():
                db.execute("UPDATE marks SET a = a + 1")
                writes.append(1)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not writes:
            pass
        before = len(writes)
        record = backups.make(path, "daily")
        assert len(writes) > before + 1
    finally:
        done.set()
        thread.join()
    copy = path.parent / "backups" / f"{record.id}.db"
    assert run(copy, "SELECT count(*), count(DISTINCT a) FROM marks") == [(2, 1)]


def test_a_backup_of_a_damaged_database_is_none(path):
    add_account(path, "a")
    run(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(path.read_bytes())
    index = run(path, "SELECT rootpage FROM sqlite_master WHERE name = 'items_kind'")[0][0]
    raw[(index - 1) * 4096 : index * 4096] = os.urandom(4096)
    path.write_bytes(raw)
    with pytest.raises(backup_files.BackupError) as caught:
        backups.make(path, "daily")
    assert caught.value.text.code in ("backup_source_damaged", "backup_failed")
    assert not list((path.parent / "backups").glob("*.db*"))


def test_a_stop_and_a_full_disk_leave_nothing(path, monkeypatch):
    folder = path.parent / "backups"
    with pytest.raises(backups.Stopped):
        backups.make(path, "daily", stop=lambda: True)
    assert list(folder.iterdir()) == []
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _: os.statvfs_result([0] * 10) and _Usage)
    with pytest.raises(backup_files.BackupError) as caught:
        backups.make(path, "daily")
    assert caught.value.text.code == "backup_no_room"
    assert list(folder.iterdir()) == []


class _Usage:
    free = 1


def test_what_a_kill_left_goes_with_the_next_one(path):
    folder = path.parent / "backups"
    folder.mkdir()
    (folder / "daily-20231114-221320-000.db.part").write_text("half")
    backups.make(path, "daily")
    assert not list(folder.glob("*.part"))


def test_seven_daily_ones_stay_and_all_made_by_hand(path):
    for day in range(9):
        backups.make(path, "daily", now=NOW + day * 86_400_000)
    for hour in range(3):
        backups.make(path, "manual", now=NOW + hour)
    gone = backup_files.prune(path.parent / "backups", 7)
    assert gone == ["daily-20231115-221320-000", "daily-20231114-221320-000"]
    left = [backup.why for backup in backup_files.find_all(path.parent / "backups")]
    assert (left.count("daily"), left.count("manual")) == (7, 3)


def test_what_was_set_up_comes_back_and_what_happened_stays(path):
    (path.parent / SETTINGS_FILE).write_text('{"log_level": "debug"}')
    add_account(path, "kept", credential_generation=2)
    add_account(path, "gone", platform_account_id="x")
    add_item(path, "kept", "old")
    run(path, "INSERT INTO client_devices VALUES ('d', 'd', 1, ?, ?)", NOW, NOW)
    record = backups.make(path, "daily", now=NOW)
    (path.parent / SETTINGS_FILE).write_text("{}")
    run(path, "UPDATE accounts SET name = 'renamed', credential_generation = 5, version = 9 WHERE id = 'kept'")
    run(path, "UPDATE assignments SET cursor = 'now' WHERE account_id = 'kept'")
    run(path, "DELETE FROM accounts WHERE id = 'gone'")
    add_account(path, "added")
    new = add_item(path, "kept", "new")
    run(path, "UPDATE client_devices SET cursor = 2")
    epochs = next_epoch(path)
    generation = run(path, "SELECT value FROM meta WHERE key = 'generation'")
    outcome = restored(path, record.id)
    assert (outcome.success, outcome.ledger) == (True, "kept")
    assert values(path, "SELECT id FROM accounts") == {"kept", "gone"}
    row = run(path, "SELECT name, credential_generation, version FROM accounts WHERE id = 'kept'")
    assert row == [("kept", 5, 10)]
    assert values(path, "SELECT key FROM item_keys") == {"old", "new"}
    assert values(path, "SELECT id FROM items") >= {new}
    assert run(path, "SELECT count(*) FROM notifications") == [(2,)]
    assert run(path, "SELECT cursor FROM client_devices") == [(2,)]
    owners = run(path, "SELECT account_id, worker_id, epoch > ?, cursor FROM assignments ORDER BY 1", epochs)
    assert owners == [("gone", None, 1, "then"), ("kept", None, 1, "now")]
    assert run(path, "SELECT value FROM meta WHERE key = 'generation'") != generation
    assert msgspec.json.decode((path.parent / SETTINGS_FILE).read_bytes())["log_level"] == "debug"
    # its ledger went with it: what is found of it now comes as one message
    assert values(path, "SELECT account_id FROM restored_accounts") == {"gone"}
    assert [backup.why for backup in backup_files.find_all(path.parent / "backups")] == ["before-restore", "daily"]
    assert run(path, "PRAGMA foreign_key_check") == []


def test_the_history_of_a_deleted_account_comes_back_and_is_not_told(path):
    add_account(path, "gone")
    item = add_item(path, "gone", "old")
    run(path, "INSERT INTO client_devices VALUES ('d', 'd', 9, ?, ?)", NOW, NOW)
    record = backups.make(path, "daily", now=NOW)
    for table in ("notifications", "items", "item_keys"):
        run(path, f"DELETE FROM {table}")
    run(path, "DELETE FROM accounts")
    outcome = restored(path, record.id)
    assert outcome.ledger == "kept"
    assert run(path, "SELECT CAST(value AS INTEGER) > ? FROM meta WHERE key = 'items_words_from'", item) == [(1,)]
    assert run(path, "SELECT id, key FROM items") == [(item, "old")]
    assert run(path, "SELECT key, item_id FROM item_keys") == [("old", item)]
    assert run(path, "SELECT state, item_id FROM notifications") == [("dismissed", item)]


def test_a_restore_can_be_undone(path):
    add_account(path, "a")
    first = backups.make(path, "daily", now=NOW)
    add_account(path, "b")
    add_item(path, "b", "one")
    restored(path, first.id)
    assert values(path, "SELECT id FROM accounts") == {"a"}
    undo = next(backup for backup in backup_files.find_all(path.parent / "backups") if backup.why == "before-restore")
    restored(path, undo.id)
    assert values(path, "SELECT id FROM accounts") == {"a", "b"}
    assert values(path, "SELECT account_id FROM restored_accounts") == set()
    assert run(path, "SELECT count(*) FROM items") == [(1,)]


@pytest.mark.expects_log("is damaged")
@pytest.mark.parametrize("how", ["gone", "garbage", "torn"])
def test_without_a_readable_database_the_backup_takes_its_place(path, how):
    add_account(path, "a")
    add_account(path, "fresh", baseline_done=0)
    add_item(path, "a", "old")
    run(path, "INSERT INTO client_devices VALUES ('d', 'd', 0, ?, ?)", NOW, NOW)
    run(path, "INSERT INTO jobs (id, name, template, runner, state, submitted_at, version) "
        "VALUES ('j', 'j', '{}', 'command', 'PENDING', ?, 1)", NOW)  # fmt: skip
    record = backups.make(path, "daily", now=NOW)
    epochs = next_epoch(path)
    damage(path, how)
    outcome = restored(path, record.id)
    assert (outcome.success, outcome.ledger) == (True, "lost")
    assert values(path, "SELECT account_id FROM restored_accounts") == {"a"}
    assert run(path, "SELECT min(epoch) >= ? FROM assignments", epochs + EPOCH_LEAP - 2) == [(1,)]
    assert run(path, "SELECT seq >= ? FROM sqlite_sequence WHERE name = 'items'", ID_LEAP) == [(1,)]
    cursor = "SELECT cursor = (SELECT seq FROM sqlite_sequence WHERE name = 'notifications') FROM client_devices"
    assert run(path, cursor) == [(1,)]
    assert run(path, "SELECT state, reason FROM jobs") == [("FAILED", "lost")]
    assert run(path, "PRAGMA integrity_check") == [("ok",)]
    if how != "gone":
        assert list((path.parent / "backups").glob("damaged-*/watchkeeper.db"))


@pytest.mark.expects_log("is damaged")
def test_without_a_readable_database_what_waited_then_is_not_told_as_if_it_never_was(path):
    add_account(path, "a")
    held, over, later = (add_item(path, "a", key) for key in "abc")
    run(path, "UPDATE notifications SET state = 'held' WHERE item_id = ?", held)
    for item, until in ((over, NOW + 1), (later, 30_000_000_000_000)):
        run(path, "UPDATE notifications SET state = 'snoozed', snoozed_until_at = ? WHERE item_id = ?", until, item)
    record = backups.make(path, "daily", now=NOW)
    damage(path, "garbage")
    assert restored(path, record.id).ledger == "lost"
    told = "SELECT state, json_extract(reason, '$.code') FROM notifications ORDER BY item_id"
    assert run(path, told) == [
        ("suppressed", "silent_restored"),
        ("dismissed", "silent_restored_old"),
        ("snoozed", None),
    ]
    assert run(path, "SELECT found FROM restored_accounts") == [(1,)], "the message counts it"


def damage(path, how):
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how == "gone":
        path.unlink()
    elif how == "garbage":
        path.write_bytes(os.urandom(100_000))
    else:
        raw = bytearray(path.read_bytes())
        raw[8192:40960] = os.urandom(32768)
        path.write_bytes(raw)


STEPS = ("make", "_prepared", "_merge_into", "_restore_settings", "write_whole")


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_at_any_step_is_made_good_by_the_next_start(path, monkeypatch, step, after, lost):
    add_account(path, "a")
    add_item(path, "a", "old")
    (path.parent / SETTINGS_FILE).write_text('{"log_level": "debug"}')
    record = backups.make(path, "daily", now=NOW)
    (path.parent / SETTINGS_FILE).write_text("{}")
    add_item(path, "a", "new")
    add_account(path, "later")
    if lost:
        path.unlink()
        step = {"_merge_into": "_take_place_of", "make": "_prepared"}.get(step, step)
    restores.ask(path.parent, record.id)
    real = getattr(restores, step)

    def killed(*given, **named):
        if after:
            real(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(restores, step, killed)
    with pytest.raises(KeyboardInterrupt):
        restores.carry_out(path)
    monkeypatch.undo()
    outcome = restores.carry_out(path)
    assert outcome is None or outcome.success
    assert values(path, "SELECT id FROM accounts") == {"a"}
    assert values(path, "SELECT key FROM item_keys") == ({"old"} if lost else {"old", "new"})
    assert values(path, "SELECT account_id FROM restored_accounts") == ({"a"} if lost else set())
    assert restores.last_outcome(path.parent).ledger == ("lost" if lost else "kept")
    assert msgspec.json.decode((path.parent / SETTINGS_FILE).read_bytes())["log_level"] == "debug"
    assert restores.carry_out(path) is None


def test_no_request_costs_nothing(path):
    before = path.read_bytes()
    assert restores.carry_out(path) is None
    assert path.read_bytes() == before
