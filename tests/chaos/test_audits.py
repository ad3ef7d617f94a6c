"""The audit finds what it is there for: planted losses, repetitions and second owners."""

import json
import sqlite3

from tests.chaos.audits import audit_gaps, audit_items, audit_owners, read_traffic
from tests.chaos.drivers import Happened
from tests.chaos.faults import Fault, plan
from tests.chaos.records import Grant, Recorder

ACCOUNTS = ["first", "second"]


def traffic_of(tmp_path, *rows):
    log = tmp_path / "traffic.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_traffic(log)


def asked(at, worker, pid, account=0):
    return {"k": "r", "t": at, "a": account, "w": worker, "p": pid, "s": 200}


def happened(kind, pid, began, ended, affected=()):
    fault = Fault(kind, 0, (ended - began) / 1000, 0.0)
    return Happened(fault, "one", [pid], began, ended, list(affected))


def recorder_of(*grants):
    recorder = Recorder()
    recorder.grants["first"] = [Grant(worker, epoch, since) for worker, epoch, since in grants]
    return recorder


def test_what_is_lost_stored_twice_or_told_twice_is_found(tmp_path):
    database = tmp_path / "watchkeeper.db"
    with sqlite3.connect(database) as connection:
        connection.executescript(
            "CREATE TABLE items (id INTEGER, account_id TEXT, title TEXT);"
            "CREATE TABLE notifications (item_id INTEGER);"
            "INSERT INTO items VALUES (1, 'first', 'n1'), (2, 'first', 'n1'), (3, 'second', 'n3'), (4, 'first', 'n9');"
            "INSERT INTO notifications VALUES (1), (1), (3), (NULL), (NULL);"
        )
    assert audit_items(database, {1: 0, 2: 1, 3: 1}, ACCOUNTS) == {
        "published": 3,
        "lost": [("second", "n2")],
        "stored twice": [("first", "n1")],
        "never published": [("first", "n9")],
        "told twice": 1,
    }


def test_a_check_begun_beside_another_owner_is_found(tmp_path):
    recorder = recorder_of(("one", 1, 1000), ("two", 2, 5000))
    traffic = traffic_of(tmp_path, asked(2000, "one", 11), asked(6000, "two", 22), asked(6500, "one", 11))
    found = audit_owners(traffic, ACCOUNTS, recorder, [])
    assert found["requests judged"] == 3
    assert [(row["by"], row["owner"], row["late_ms"]) for row in found["two owners"]] == [("one", "two", 1500)]


def test_one_request_of_a_thawed_process_was_under_way_a_second_one_was_not(tmp_path):
    recorder = recorder_of(("one", 1, 1000), ("two", 2, 5000))
    frozen = happened("freeze", 11, 3000, 6000)
    traffic = traffic_of(tmp_path, asked(6010, "one", 11), asked(6500, "one", 11), asked(9000, "one", 11))
    found = audit_owners(traffic, ACCOUNTS, recorder, [frozen])
    assert found["in flight at a fault"] == 1
    assert [row["at"] for row in found["two owners"]] == [6500, 9000]


def test_gaps_end_with_a_grant_and_with_the_first_check_of_another_process(tmp_path):
    traffic = traffic_of(
        tmp_path, asked(900, "one", 11), asked(1300, "two", 22), asked(1100, "one", 11, 1), asked(9000, "two", 22, 1)
    )
    recorder = recorder_of(("one", 1, 500), ("two", 2, 1020))
    recorder.grants["second"] = [Grant("one", 1, 500), Grant("two", 2, 8900)]
    killed = happened("kill", 11, 1000, 1000, ["first"])
    frozen = happened("freeze", 11, 1000, 1050, ["second"])
    killed.recovered_ms = frozen.recovered_ms = 100.0
    gaps = audit_gaps(traffic, ACCOUNTS, recorder, [killed, frozen])
    assert gaps["kill"]["without owner"] == {"p50": 20, "p99": 20, "max": 20}
    assert gaps["kill"]["without check"] == {"p50": 300, "p99": 300, "max": 300}
    assert (gaps["freeze"]["kept"], gaps["freeze"]["accounts"]) == (1, 0)


def test_the_same_seed_makes_the_same_plan():
    faults = plan(7, 300, 4, with_disk=True)
    assert faults == plan(7, 300, 4, with_disk=True) != plan(8, 300, 4, with_disk=True)
    assert len(faults) == 300
    assert {fault.kind for fault in plan(7, 20, 4, with_disk=True)} == {
        "kill", "freeze", "blackhole", "starve", "master", "disk",
    }  # fmt: skip
    freezes = sorted(fault.seconds for fault in faults if fault.kind == "freeze")
    assert sum(seconds > 3 for seconds in freezes) == 10
    assert "disk" not in {fault.kind for fault in plan(7, 300, 4, with_disk=False)}
