"""The ledger on disk: what is appended is sent until acknowledged, and never comes twice."""

import contextlib
import os
import signal
import sqlite3
import sys
import time

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import lines
from worker.protocol.item_messages import CursorReport
from worker.runtime import ledger_files
from worker.runtime.ledger_files import LedgerFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


@pytest.fixture
def file(path):
    with contextlib.closing(LedgerFile(path)) as it:
        yield it


def append(file, *keys, epoch=1, baseline=False, cursor=None, how="poll", account="a1"):
    return file.append(account, epoch, lines(*keys), baseline=baseline, cursor=cursor, how=how)


def drain(file, account="a1"):
    sent = []
    while (batch := file.next_batch(account)) is not None:
        sent.append(batch)
        file.acknowledge(batch, [report.seq for report in batch.reports])
    return sent


def keys(batches):
    return [report.item.key for batch in batches for report in batch.reports]


def test_what_is_appended_is_sent_in_order_and_then_known(file):
    file.begin(assignment())
    assert append(file, "a", "b", cursor="c1").count == 2
    assert append(file, "b", "c", cursor="c2").count == 1
    assert file.backlogs() == {"a1": 3}
    sent = drain(file)
    assert keys(sent) == ["a", "b", "c"]
    assert [report.seq for report in sent[0].reports] == [1, 2, 3]
    assert sent[0].cursor == CursorReport(seq=3, value="c2")
    assert append(file, "a", "b", "c").count == 0
    assert file.backlogs() == {}


def test_what_is_shown_of_a_baseline_is_said_with_its_report(file):
    file.begin(assignment())
    file.append("a1", 1, lines("a", "b"), baseline=True, cursor=None, how="poll", shown={"b"})
    (sent,) = drain(file)
    assert [(one.item.key, one.baseline, one.shown) for one in sent.reports] == [("a", True, False), ("b", True, True)]


def test_only_acknowledged_keys_are_known(file):
    file.begin(assignment())
    append(file, "a", "b")
    batch = file.next_batch("a1")
    file.acknowledge(batch, [1])
    assert keys([file.next_batch("a1")]) == ["b"]
    assert append(file, "a").count == 0


def test_a_cursor_travels_alone_when_nothing_was_found(file):
    file.begin(assignment())
    assert append(file, cursor="c1").pending
    assert not append(file).pending
    (batch,) = drain(file)
    assert (batch.reports, batch.cursor.value) == ([], "c1")


def test_a_newer_cursor_survives_the_acknowledgement_of_an_older(file):
    file.begin(assignment())
    append(file, "a", cursor="c1")
    sent = file.next_batch("a1")
    append(file, cursor="c2")
    file.acknowledge(sent, [1])
    assert file.next_batch("a1").cursor.value == "c2"


def test_large_batches_are_cut_and_the_cursor_comes_last(file):
    file.begin(assignment())
    append(file, *(f"k{number}" for number in range(250)), cursor="end")
    sent = drain(file)
    assert [len(batch.reports) for batch in sent] == [100, 100, 50]
    assert [batch.cursor is not None for batch in sent] == [False, False, True]


def test_batches_do_not_mix_poll_and_push(file):
    file.begin(assignment())
    append(file, "a")
    append(file, "b", how="push", cursor="c")
    assert [(batch.how, keys([batch])) for batch in drain(file)] == [("poll", ["a"]), ("push", ["b"])]


def test_older_epochs_are_sent_first_and_kept(file):
    file.begin(assignment(epoch=1))
    append(file, "old", cursor="c-old")
    assert file.begin(assignment(epoch=2, cursor="c-new")).cursor == "c-new"
    append(file, "old", "new", epoch=2)
    sent = drain(file)
    assert [(batch.epoch, keys([batch])) for batch in sent] == [(1, ["old"]), (2, ["new"])]
    assert sent[1].reports[0].seq == 1


def test_a_restart_goes_on_where_the_outbox_ends(path):
    with contextlib.closing(LedgerFile(path)) as file:
        file.begin(assignment())
        append(file, "a", "b", cursor="c1", baseline=True)
    with contextlib.closing(LedgerFile(path)) as file:
        assert file.begin(assignment(cursor="c0")).cursor == "c1"
        append(file, "c")
        sent = drain(file)
        assert keys(sent) == ["a", "b", "c"]
        assert [report.baseline for report in sent[0].reports] == [True, True, False]
        assert [report.seq for report in sent[0].reports] == [1, 2, 3]


def test_what_the_master_has_stored_leaves_the_outbox(path):
    with contextlib.closing(LedgerFile(path)) as file:
        file.begin(assignment())
        append(file, "a", "b", "c")
    with contextlib.closing(LedgerFile(path)) as file:
        file.begin(assignment(stored_seq=2))
        assert append(file, "a", "b", "d").count == 1
        assert [(report.seq, report.item.key) for report in file.next_batch("a1").reports] == [(3, "c"), (4, "d")]


def test_a_new_ledger_goes_on_behind_what_the_master_has(file):
    file.begin(assignment(stored_seq=41))
    append(file, "a")
    assert file.next_batch("a1").reports[0].seq == 42


def test_a_stale_word_of_the_master_takes_no_number_twice(file):
    file.begin(assignment())
    append(file, "a", "b")
    drain(file)
    file.begin(assignment(stored_seq=1))
    append(file, "c")
    assert file.next_batch("a1").reports[0].seq == 3


def test_another_generation_drops_what_is_known_and_closes_gaps(file):
    assert not file.adopt("g1")
    file.begin(assignment())
    append(file, "a", "b", "c", "d")
    file.acknowledge(file.next_batch("a1"), [1, 2])
    in_flight = file.next_batch("a1")
    assert file.adopt("g2")
    assert not file.adopt("g2")
    file.begin(assignment(stored_seq=1))
    assert [(report.seq, report.item.key) for report in file.next_batch("a1").reports] == [(2, "c"), (3, "d")]
    # The answer to what was sent under the old numbers must not take "d", which is number 3 now.
    file.acknowledge(in_flight, [3, 4])
    assert keys([file.next_batch("a1")]) == ["c", "d"]
    assert append(file, "a").count == 1


def test_the_seen_cache_is_bounded(file, monkeypatch):
    monkeypatch.setattr(ledger_files, "SEEN_LIMIT", 50)
    monkeypatch.setattr(ledger_files, "SEEN_SLACK", 10)
    file.begin(assignment())
    for number in range(20):
        append(file, *(f"{number}.{part}" for part in range(10)))
        drain(file)
    count = file._db.execute("SELECT count(*) FROM seen").fetchone()[0]
    assert 50 <= count <= 60
    assert append(file, "19.9").count == 0
    assert append(file, "0.0").count == 1


def test_a_deleted_account_is_forgotten(file):
    file.begin(assignment())
    append(file, "a", cursor="c")
    append(file, "b", account="other")
    file.forget("a1")
    assert file.backlogs() == {"other": 1}


def test_a_page_is_appended_whole_or_not_at_all(file):
    file.begin(assignment())
    bad = [*lines("a"), object()]
    with pytest.raises(AttributeError):
        file.append("a1", 1, bad, baseline=False, cursor="c", how="poll")
    assert file.backlogs() == {}
    assert append(file, "a").seq == 1


def test_a_broken_file_is_refused(path):
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(sqlite3.DatabaseError):
        LedgerFile(path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_process_killed_between_append_and_acknowledgement_loses_and_repeats_nothing(path):
    delivered = []
    for round_ in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                file = LedgerFile(path)
                file.begin(assignment())
                for number in range(10_000):
                    append(file, f"{round_}.{number}", cursor=f"{round_}.{number}")
            finally:
                os._exit(1)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not (
            path.exists() and path.with_name("ledger.db-wal").exists() and _count(path) > 20 * (round_ + 1)
        ):
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with contextlib.closing(LedgerFile(path)) as file:
            begun = file.begin(assignment(stored_seq=len(delivered)))
            batches = []
            while (batch := file.next_batch("a1")) is not None:
                batches.append(batch)
                file.acknowledge(batch, [report.seq for report in batch.reports])
            found = [(report.seq, report.item.key) for batch in batches for report in batch.reports]
            assert found
            assert begun.cursor == found[-1][1] == batches[-1].cursor.value
            delivered += found
    assert [seq for seq, _ in delivered] == list(range(1, len(delivered) + 1))
    assert len({key for _, key in delivered}) == len(delivered)


def _count(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        try:
            return db.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
