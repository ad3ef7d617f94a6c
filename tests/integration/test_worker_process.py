"""Real worker processes against a small master."""

import contextlib
import os
import signal
import sys
import time

import psutil
import pytest

from tests.helpers.deadlines import until
from tests.helpers.fake_master import assignment, fake_master
from tests.helpers.worker_processes import WorkerProcess
from worker.protocol.account_messages import AssignAccount, CheckAccount, RevokeAccount, TestAccount
from worker.protocol.bases import Done
from worker.protocol.codec import encode
from worker.protocol.item_messages import ItemsDetected
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.protocol.worker_messages import Heartbeat, Pulse, RegisterWorker, ShutDown
from worker.version import PROTOCOL

pytestmark = pytest.mark.real_server
STUBBORN = """
import asyncio
from worker.sdk.platform import Platform

class Adapter(Platform):
    async def probe(self):
        raise NotImplementedError

    async def poll(self, cursor):
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                pass
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@contextlib.contextmanager
def running(folder, url, *arguments, **options):
    worker = WorkerProcess(folder, url, *arguments, **options)
    try:
        yield worker
    finally:
        worker.end()


@pytest.fixture
async def master():
    async with fake_master() as it:
        yield it


async def _exit(worker, seconds=60.0):
    await until(lambda: worker.process.poll() is not None, seconds, "the end of the process")
    return worker.process.returncode


async def _registered(master, count=1):
    await until(lambda: len(master.registrations) >= count, what="a registration")


async def test_registers_watches_and_delivers(master, tmp_path):
    file = tmp_path / "items"
    file.write_text("one two")
    master.assignments["a1"] = assignment(settings={"file": str(file)}, baseline=True)
    with running(tmp_path, master.url) as worker:
        await until(lambda: master.ended("a1"))
        registration = master.registrations[0]
        assert (registration.worker_id, registration.pid) == ("w1", worker.process.pid)
        assert registration.protocol == PROTOCOL
        assert "scripted" in registration.platforms
        assert [(key, baseline) for *_, key, baseline in master.delivered] == [("one", True), ("two", True)]
        assert master.ended("a1")[0].outcome is CheckOutcome.OK
        assert master.ended("a1")[0].found == 0
        file.write_text("one two three")
        assert isinstance(await master.send(CheckAccount(account_id="a1", epoch=1)), Done)
        await until(lambda: len(master.ended("a1")) == 2)
        assert master.delivered[2:] == [("a1", 1, 3, "three", False)]
        assert master.cursors["a1"] == "3"
        assert master.ended("a1")[1].found == 1
        await until(lambda: master.of(Heartbeat)[1:])
        beat = master.of(Heartbeat)[-1]
        assert (beat.accounts, beat.checks, beat.backlog) == (1, 2, 0)
        assert beat.rss_bytes < 60 * 1024 * 1024
        assert worker.process.poll() is None


async def test_commands_are_answered_and_nonsense_is_refused(master, tmp_path):
    with running(tmp_path, master.url):
        await _registered(master)
        await until(lambda: master.of(Pulse))
        await master.send(AssignAccount(assignment=assignment("b")))
        await until(lambda: master.ended("b"))
        await until(lambda: master.of(Heartbeat) and master.of(Heartbeat)[-1].holding)
        stale = await master.send_raw(encode(CheckAccount(account_id="b", epoch=9)))
        assert stale["error"]["code"] == ErrorCode.STALE_EPOCH
        unknown = await master.send_raw(encode(CheckAccount(account_id="x", epoch=1)))
        assert unknown["error"]["code"] == ErrorCode.ACCOUNT_NOT_FOUND
        assert (await master.send_raw({"no": "message"}))["error"]["code"] == ErrorCode.INVALID_PAYLOAD
        upward = await master.send_raw(encode(Pulse(sequence=1)))
        assert upward["error"]["code"] == ErrorCode.INVALID_PAYLOAD
        wrong = encode(CheckAccount(account_id="b", epoch=1)) | {"version": "v9"}
        assert (await master.send_raw(wrong))["error"]["code"] == ErrorCode.UNSUPPORTED_VERSION
        await master.send(RevokeAccount(account_id="b", epoch=1))
        await until(lambda: not master.of(Heartbeat)[-1].holding)


@posix
async def test_killed_before_the_acknowledgement_delivers_all_once(master, tmp_path):
    file = tmp_path / "items"
    file.write_text(" ".join(f"k{number}" for number in range(250)))
    master.assignments["a1"] = assignment(settings={"file": str(file)})
    # Stored, but the acknowledgement never arrives.
    master.silent.add(ItemsDetected)
    with running(tmp_path, master.url) as worker:
        await until(lambda: master.delivered)
        os.kill(worker.process.pid, signal.SIGKILL)
        await _exit(worker)
    master.silent.clear()
    assert master.cursors == {}
    master.assignments["a1"] = assignment(settings={"file": str(file)}, stored_seq=100)
    with running(tmp_path, master.url):
        await until(lambda: master.ended("a1"))
        assert len(master.keys["a1"]) == 250
        assert master.keys["a1"] == [f"k{number}" for number in range(250)]
        assert sorted({seq for _, _, seq, _, _ in master.delivered}) == list(range(1, 251))
        assert master.cursors["a1"] == "250"


@posix
async def test_killed_at_any_moment_loses_and_repeats_nothing(master, tmp_path):
    file = tmp_path / "items"
    for round_ in range(3):
        file.write_text(" ".join(f"k{number}" for number in range(100 * (round_ + 1))))
        master.assignments["a1"] = assignment(
            settings={"file": str(file)},
            cursor=master.cursors.get("a1"),
            stored_seq=master.stored_seq.get(("a1", 1), 0),
        )
        if round_ < 2:
            master.deaf.add(ItemsDetected)
        count = len(master.registrations)
        with running(tmp_path, master.url) as worker:
            await _registered(master, count + 1)
            ledger = tmp_path / "data" / "ledger.db-wal"
            if round_ < 2:
                await until(lambda ledger=ledger: ledger.exists() and ledger.stat().st_size > 20_000)
            else:
                await until(lambda: master.ended("a1"))
            os.kill(worker.process.pid, signal.SIGKILL)
            await _exit(worker)
        master.deaf.clear()
    assert master.keys["a1"] == [f"k{number}" for number in range(300)]
    assert len(master.delivered) == 300


async def test_the_master_goes_and_comes_back(master, tmp_path):
    file = tmp_path / "items"
    file.write_text("one")
    master.assignments["a1"] = assignment(settings={"file": str(file)}, interval_seconds=1)
    with running(tmp_path, master.url) as worker:
        await until(lambda: master.ended("a1"))
        await master.stop()
        file.write_text("one two")
        await master.start()
        await _registered(master, 2)
        assert master.registrations[1].holding[0].account_id == "a1"
        assert master.registrations[1].generation == "g1"
        await until(lambda: master.keys["a1"] == ["one", "two"])
        assert len(master.delivered) == 2
        assert worker.process.poll() is None


async def test_a_dropped_connection_is_made_again_at_once(master, tmp_path):
    with running(tmp_path, master.url):
        await _registered(master)
        began = time.monotonic()
        await master.drop()
        await _registered(master, 2)
        assert time.monotonic() - began < 10.0


async def test_waits_for_a_master_that_is_not_there_yet(master, tmp_path):
    await master.stop()
    with running(tmp_path, master.url) as worker:
        await until(lambda: "cannot be reached" in worker.stderr)
        await master.start()
        await _registered(master)


@pytest.mark.parametrize("how", ["lifeline", "master"])
async def test_ends_in_order(master, tmp_path, how):
    master.assignments["a1"] = assignment()
    with running(tmp_path, master.url) as worker:
        await until(lambda: master.ended("a1"))
        began = time.monotonic()
        if how == "lifeline":
            worker.process.stdin.close()
            worker.process.stdin = None
        else:
            await master.send(ShutDown(deadline_ms=60_000))
        assert await _exit(worker) == 0
        assert time.monotonic() - began < 10.0
        assert "stopping" in worker.stderr


@posix
async def test_a_signal_ends_it_in_order(master, tmp_path):
    with running(tmp_path, master.url) as worker:
        await _registered(master)
        worker.process.terminate()
        assert await _exit(worker) == 0


@posix
async def test_a_blocked_worker_ends_with_its_lifeline_all_the_same(master, tmp_path):
    with running(tmp_path, master.url) as worker:
        await _registered(master)
        worker.process.send_signal(signal.SIGSTOP)
        worker.process.stdin.close()
        worker.process.stdin = None
        worker.process.send_signal(signal.SIGCONT)
        assert await _exit(worker) == 0


async def test_without_a_lifeline_the_end_of_stdin_means_nothing(master, tmp_path):
    with running(tmp_path, master.url, lifeline=False) as worker:
        await _registered(master)
        worker.process.stdin.close()
        worker.process.stdin = None
        count = len(master.of(Pulse))
        await until(lambda: len(master.of(Pulse)) > count + 3)
        assert worker.process.poll() is None


async def test_a_plug_in_that_will_not_be_stopped_does_not_hold_the_process(master, tmp_path):
    with running(tmp_path, master.url) as worker:
        adapter = tmp_path / "plugins" / "scripted_plugin" / "adapter.py"
        adapter.write_text(STUBBORN)
        master.assignments["a1"] = assignment()
        await _registered(master)
        await master.send(AssignAccount(assignment=assignment("a2")))
        await until(lambda: any(beat.active_checks for beat in master.of(Heartbeat)))
        await master.send(ShutDown(deadline_ms=1000))
        assert await _exit(worker, 25) == 0


async def test_a_refused_token_is_the_end(master, tmp_path):
    with running(tmp_path, master.url, "wrong") as worker:
        assert await _exit(worker) == 10
        assert "token is not valid" in worker.stderr
        assert "Traceback" not in worker.stderr


async def test_a_refused_protocol_is_the_end(master, tmp_path):
    master.refusals[RegisterWorker] = lambda _: (ErrorCode.UNSUPPORTED_VERSION, "this master speaks 7")
    with running(tmp_path, master.url) as worker:
        assert await _exit(worker) == 11
        assert "this master speaks 7" in worker.stderr


async def test_secrets_stand_in_no_log_and_no_message(master, tmp_path):
    canary = "c4nary-püssw0rd"
    master.documents["a1"] = {"password": canary}
    master.assignments["a1"] = assignment(has_credentials=True)
    with running(tmp_path, master.url) as worker:
        await until(lambda: master.ended("a1"))
        await until(lambda: "signing in" in master.log())
        assert "signing in with ‹secret›" in master.log()
        assert canary not in worker.stderr
        assert canary not in "".join(map(repr, master.heard))
        tested = await master.send(TestAccount(ticket="a1", platform="scripted", settings={}, has_credentials=True))
        assert (tested.success, tested.identity) == (True, "me")
        assert [step.name.code for step in tested.steps] == ["step_sign_in"]
        master.documents["t"] = {"password": "wrong"}
        tested = await master.send(TestAccount(ticket="t", platform="scripted", settings={}, has_credentials=True))
        assert (tested.success, tested.error.code, list(tested.fields)) == (False, "auth_refused", ["password"])
        assert tested.steps[0].error.code == "auth_refused"
    for path in (tmp_path / "data").iterdir():
        assert canary.encode() not in path.read_bytes()


async def test_a_damaged_ledger_is_put_aside(master, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.db").write_bytes(b"not a database at all" * 1000)
    master.assignments["a1"] = assignment()
    with running(tmp_path, master.url):
        await until(lambda: master.ended("a1"))
        await until(lambda: "damaged" in master.log())
        assert list((tmp_path / "data").glob("ledger.db.damaged-*"))


async def test_past_the_lease_no_check_begins(master, tmp_path):
    master.lease_ms = 200
    file = tmp_path / "items"
    file.write_text("one")
    master.assignments["a1"] = assignment(settings={"file": str(file)}, interval_seconds=1)
    with running(tmp_path, master.url):
        await until(lambda: master.ended("a1"))
        master.deaf.add(Pulse)
        sent = len(master.of(Pulse))
        await until(lambda: len(master.of(Pulse)) == sent)
        heartbeats = len(master.of(Heartbeat))
        await until(lambda: len(master.of(Heartbeat)) >= heartbeats + 2)  # the lease is long over
        count = len(master.ended("a1"))
        await master.send(CheckAccount(account_id="a1", epoch=1))
        await until(lambda: len(master.of(Heartbeat)) >= heartbeats + 6)
        assert len(master.ended("a1")) == count
        master.deaf.clear()
        await until(lambda: len(master.ended("a1")) > count)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "--connect"),
        (["--connect", "http://127.0.0.1:1"], "--id"),
        (["--connect", "nonsense", "--id", "w"], "address"),
        (["--connect", "http://example.org:3000", "--id", "w"], "ssh -L 3000:127.0.0.1:3000 example.org"),
        (["--connect", "http://127.0.0.1:1", "--id", "../w"], "--id"),
        (["--unknown"], "unrecognized"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(capsys, arguments, sentence):
    from worker.__main__ import main

    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


async def test_starts_fast_and_small(master, tmp_path):
    began = time.monotonic()
    with running(tmp_path, master.url) as worker:
        await _registered(master)
        # Generous: the figure is measured elsewhere; here only a second import of something large is caught.
        assert time.monotonic() - began < 15.0
        assert psutil.Process(worker.process.pid).memory_info().rss < 60 * 1024 * 1024
