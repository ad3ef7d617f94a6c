"""Workers that are started elsewhere: joining, missing, leaving, over the world of the workers' test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from master.api.schema import WorkerCommand, WorkerConfigCreate, WorkerConfigPatch
from master.errors import Conflict, Invalid
from master.services.worker_logs import LogWish
from master.store.workers import RuntimeRecord
from tests.helpers.deadlines import until
from tests.unit.master.services.test_workers import BEAT, World, later
from worker.protocol.states import ErrorCode, WorkerState
from worker.protocol.worker_messages import Holding, RegisterWorker

pytestmark = pytest.mark.expects_log(r"WARNING master.supervision.processes")

S = WorkerState


class Away(World):
    """One worker that is started elsewhere, and what was cut."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cuts = 0
        self.deaf = False
        self.lease = 0.0
        self.began: list[str] = []
        joins = self.service.joins
        joins.remaining = lambda worker_id: self.lease
        joins.at_work = lambda worker_id: self.lease if self.service.get(worker_id).assigned_accounts else 0.0
        joins.begin = self.began.append

    def cut(self) -> None:
        self.cuts += 1

    async def shut_down(self, worker_id: str, deadline: float) -> None:
        if self.deaf:
            raise ConnectionError("away")
        self.service.joins.left(worker_id)

    async def added(self) -> None:
        await self.service.create(WorkerConfigCreate(worker_id="w", name="W", deployment_type="external"))

    def join(
        self, instance: str = "one", pid: int = 7, host: str = "box", holding: list[Holding] | None = None
    ) -> ErrorCode | None:
        message = RegisterWorker(
            worker_id="w",
            host=host,
            pid=pid,
            version="9",
            protocol=1,
            platforms=["feed"],
            instance=instance,
            holding=holding or [],
        )
        refusal = self.service.joins.refusal("w", message)
        if refusal is not None:
            return refusal.code
        self.service.joins.joined("w", message, self.cut)
        self.service.signs.registered("w", message)
        return None

    def state(self) -> WorkerState:
        return self.service.get("w").status


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    made = Away(tmp_path)
    yield made
    await made.supervisor.close(0.1)
    await made.tasks.close()


async def test_it_has_not_joined_then_runs_then_ended_in_order(away: Away) -> None:
    await away.added()
    before = away.service.get("w")
    assert before.status_text is not None
    assert (before.status, before.status_text.code, before.host) == (S.STOPPED, "worker_not_joined", "")
    assert away.join() is None
    now = away.service.get("w")
    assert (now.status, now.pid, now.host, now.online, now.epoch) == (S.RUNNING, 7, "box", True, 1)
    assert now.worker_version == "9"
    away.service.joins.left("w")
    await until(lambda: away.state() is S.STOPPED)
    after = away.service.get("w")
    assert after.status_text is not None
    assert (after.status_text.code, after.pid, after.host) == ("exit_ok", None, "")
    assert away.hooked == [("gone", "w", "cause_stopped")]
    assert away.backend.launches == []


async def test_the_same_process_that_connects_again_is_no_new_one(away: Away) -> None:
    await away.added()
    away.join()
    away.lease = 5.0
    away.service.signs.disconnected("w")
    assert away.service.get("w").health == "dead"
    assert away.join() is None
    assert (away.service.get("w").epoch, away.service.get("w").online) == (1, True)
    assert away.hooked == []


async def test_a_second_process_is_refused_by_name_until_the_first_is_silent_past_its_lease(away: Away) -> None:
    await away.added()
    away.join()
    away.lease = 0.1
    assert away.join("two", 8, "other") is ErrorCode.WORKER_IN_USE
    refusal = away.service.joins.refusal(
        "w", RegisterWorker(worker_id="w", host="other", pid=8, version="9", protocol=1, platforms=[], instance="two")
    )
    assert refusal is not None
    assert "from box, process 7" in refusal.text.message
    away.lease = 0.0
    assert away.join("two", 8, "other") is None
    row = away.service.get("w")
    assert (row.status, row.pid, row.host, row.epoch) == (S.RUNNING, 8, "other", 2)
    assert away.cuts == 1
    assert away.hooked == [("gone", "w", "cause_stopped")]
    assert not any(data.status is S.ERROR for kind, data in away.events if kind == "worker.changed")


async def test_a_process_counts_as_here_before_it_knows_of_its_lease(away: Away) -> None:
    await away.added()
    away.service.joins.begin = lambda _worker_id: setattr(away, "lease", 5.0)
    assert away.join() is None
    assert away.join("two", 8) is ErrorCode.WORKER_IN_USE
    assert away.cuts == 0


async def test_after_a_restart_of_the_master_another_process_waits_for_the_one_that_has_accounts(away: Away) -> None:
    await away.added()
    away.service.joins.outlived = lambda _worker_id: True
    assert away.join("two", 8) is ErrorCode.WORKER_IN_USE
    assert away.join("one", holding=[Holding(account_id="a", epoch=3)]) is None


async def test_nobody_joins_as_a_worker_that_is_being_deleted(away: Away) -> None:
    await away.added()
    refused: list[ErrorCode | None] = []

    async def erase() -> None:
        refused.append(away.join())

    await away.supervisor.forget("w", erase)
    assert refused == [ErrorCode.WORKER_DISABLED]


async def test_a_worker_of_an_older_version_is_told_apart_by_host_and_process(away: Away) -> None:
    await away.added()
    away.join("", 7)
    away.lease = 1.0
    assert away.join("", 7) is None
    assert away.join("", 8) is ErrorCode.WORKER_IN_USE


async def test_silence_for_long_is_an_error_once_and_joining_again_ends_it(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    await away.added()
    away.join()
    away.service.signs.disconnected("w")
    with monkeypatch.context() as patch:
        later(31, patch)
        away.service.signs.tick()
        away.service.signs.tick()
        await until(lambda: away.state() is S.ERROR)
    row = away.service.get("w")
    assert row.status_text is not None
    assert (row.status_text.code, row.restart_at) == ("exit_silent", None)
    assert away.hooked == [("gone", "w", "cause_crashed")]
    assert ("w", "error", "worker_given_up") not in away.store.noted
    assert away.join("two") is None
    assert (away.state(), away.service.get("w").failures) == (S.RUNNING, 0)


async def test_one_that_had_joined_the_master_before_is_waited_for_and_missed(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    await away.added()
    away.store.runtime["w"] = RuntimeRecord(
        worker_id="w",
        status="running",
        epoch=4,
        restarts=0,
        failures=0,
        pid=1,
        process_created_ms=5,
        started_at=None,
        last_exit=None,
        updated_at=0,
    )
    again = Away(away.service.folder("w").parent)
    again.store.table, again.store.runtime = away.store.table, away.store.runtime
    await again.service.load()
    assert again.service.expected_ids() == ["w"]
    assert again.service.auto_start_ids() == []
    assert await again.service.end_leftovers() == (0, 0)
    row = again.service.get("w")
    assert row.status_text is not None
    assert (row.status, row.status_text.code) == (S.STOPPED, "worker_awaited")
    with monkeypatch.context() as patch:
        later(31, patch)
        again.service.signs.tick()
        again.service.signs.tick()
    assert again.hooked == [("gone", "w", "cause_crashed")]
    found = again.service.get("w")
    assert found.status_text is not None
    assert (found.status, found.status_text.code) == (S.ERROR, "exit_not_back")
    again.join()
    assert (again.state(), again.service.get("w").epoch) == (S.RUNNING, 5)
    await again.tasks.close()


@pytest.mark.parametrize(("seconds", "missed"), [(4, []), (11, [("gone", "w", "cause_crashed")])])
async def test_it_is_not_missed_before_its_longest_lease_is_over(
    away: Away, monkeypatch: pytest.MonkeyPatch, seconds: float, missed: list[tuple[str, str, str]]
) -> None:
    await away.added()
    away.settings.current = msgspec.structs.replace(away.settings.current, offline_after_seconds=3.0)
    away.service._table.get("w").expect()
    with monkeypatch.context() as patch:
        later(seconds, patch)
        away.service.signs.tick()
    assert away.hooked == missed


async def test_what_the_next_master_learns_has_no_process_of_this_machine(away: Away) -> None:
    await away.added()
    away.join()
    await until(lambda: away.store.runtime.get("w") is not None and away.store.runtime["w"].status == "running")
    record = away.store.runtime["w"]
    assert (record.pid, record.process_created_ms) == (None, None)


async def test_the_end_of_the_master_is_not_its_end(away: Away) -> None:
    await away.added()
    away.join()
    await away.service.stop_all(0.1)
    assert (away.state(), away.cuts, away.hooked) == (S.RUNNING, 0, [])


async def test_it_is_started_by_nobody_here_and_stopped_when_asked(away: Away) -> None:
    await away.added()
    for verb in (away.service.start("w"), away.service.restart("w", WorkerCommand())):
        with pytest.raises(Conflict) as caught:
            await verb
        assert "watchkeeper worker --connect http://127.0.0.1:1 --id w" in caught.value.text.message
    away.join()
    row = await away.service.stop("w", WorkerCommand(graceful=False))
    assert row.status is S.STOPPED
    await away.service.start_all()
    assert away.backend.launches == []


async def test_one_that_does_not_answer_is_cut_off_once_its_lease_is_over(away: Away) -> None:
    away.deaf = True
    await away.added()
    away.join()
    away.service.set_assigned({"w": 1})
    away.lease = 0.05
    row = await away.service.stop("w", WorkerCommand(timeout_ms=100))
    assert row.status is S.STOPPED
    assert row.last_exit is not None
    assert (row.last_exit.text.code, away.cuts) == ("worker_cut_off", 1)


@pytest.mark.parametrize("how", ["switched off", "revoked"])
async def test_one_that_is_not_wanted_is_sent_away_and_not_missed(away: Away, how: str) -> None:
    await away.added()
    away.join()
    if how == "revoked":
        away.service.joins.token_revoked("w")
    else:
        await away.service.patch("w", WorkerConfigPatch(enabled=False))
    await until(lambda: away.state() is S.STOPPED)
    row = away.service.get("w")
    assert row.status_text is not None
    assert row.status_text.code == ("worker_token_revoked" if how == "revoked" else "worker_sent_away")
    assert away.cuts == 1
    refusal = away.service.joins.closed_to("w")
    assert (refusal.code if refusal else None) == (None if how == "revoked" else ErrorCode.WORKER_DISABLED)


async def test_its_token_opens_for_it_alone_and_ends_with_it(away: Away) -> None:
    await away.added()
    await away.running("w1")
    away.tokens.owners = {"t": "w", "wrong": "w1", "gone": "nobody"}
    assert [away.service.token_owner(token) for token in ("t", "wrong", "gone", "")] == ["w", None, None, None]
    await away.service.delete("w")
    assert away.service.token_owner("t") is None
    closed = away.service.joins.closed_to("w")
    assert closed is not None
    assert closed.code is ErrorCode.AUTH_FAILED


async def test_its_memory_is_its_own_business_and_its_log_what_it_sent(away: Away) -> None:
    await away.added()
    away.join()
    away.service.signs.heartbeat("w", BEAT)
    away.service.signs.tick()
    assert away.state() is S.RUNNING
    (line,) = await away.service.logs("w", LogWish(tail=3))
    assert (line.source, line.message) == ("w", "last 3")


@pytest.mark.parametrize(
    "given",
    [{"env": {"A": "1"}}, {"command_args": ["-x"]}, {"working_directory": "/nowhere"}, {"max_memory_mb": 64}],
)
async def test_what_only_its_starter_can_give_it_is_refused_by_field(away: Away, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        await away.service.create(WorkerConfigCreate(worker_id="x", name="X", deployment_type="external", **given))
    assert {name: words.code for name, words in (caught.value.fields or {}).items()} == {
        next(iter(given)): "worker_external_field"
    }
    await away.added()
    with pytest.raises(Invalid):
        await away.service.patch("w", WorkerConfigPatch(**given))


async def test_how_a_worker_is_run_stays(away: Away) -> None:
    await away.added()
    with pytest.raises(Invalid) as caught:
        await away.service.patch("w", WorkerConfigPatch(deployment_type="local"))
    assert set(caught.value.fields or {}) == {"deployment_type"}
    assert (await away.service.patch("w", WorkerConfigPatch(deployment_type="external", name="N"))).name == "N"
    assert away.service.summary().deployment_types == {"external": 1}


async def test_nobody_comes_back_as_the_process_that_is_being_parted_with(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    await away.added()
    away.join()
    away.service.set_assigned({"w": 1})
    away.lease = 0.05
    with monkeypatch.context() as patch:
        later(31, patch)
        away.service.signs.tick()
    assert away.state() is S.RUNNING
    assert away.join() is ErrorCode.WORKER_DISABLED
    await until(lambda: away.state() is S.ERROR)
    assert away.join() is None


async def test_one_that_is_missing_and_switched_off_is_missed_no_more(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    await away.added()
    away.join()
    with monkeypatch.context() as patch:
        later(31, patch)
        away.service.signs.tick()
        await until(lambda: away.state() is S.ERROR)
    await away.service.patch("w", WorkerConfigPatch(enabled=False))
    await until(lambda: away.state() is S.STOPPED)
    again = Away(away.service.folder("w").parent)
    again.store.table, again.store.runtime = away.store.table, away.store.runtime
    await again.service.load()
    assert again.service.expected_ids() == []
    await again.tasks.close()
