"""The supervisor over a backend whose processes the test ends itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from master.deploy.base import Exit, Handle, Launch, StartFailedError, WorkerBackend
from master.supervision.restart import RestartPolicy
from master.supervision.supervisor import Supervisor
from master.tasks import Tasks
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text

S = WorkerState
pytestmark = pytest.mark.expects_log(
    r"WARNING master.supervision.processes", r"ERROR .* (could not be started|cannot be watched)"
)


class FakeHandle(Handle):
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.create_time = 0.0
        self.ended: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self.calls: list[str] = []
        self.obeys_terminate = True

    async def wait(self) -> Exit:
        return await asyncio.shield(self.ended)

    def end(self, code: int | None = None, signal: int | None = None) -> None:
        if not self.ended.done():
            self.ended.set_result(Exit(code=code, signal=signal))

    def terminate(self) -> None:
        self.calls.append("terminate")
        if self.obeys_terminate:
            self.end(signal=15)

    def kill_tree(self) -> None:
        self.calls.append("kill")
        self.end(signal=9)

    def close_stdin(self) -> None:
        self.calls.append("close_stdin")


class FakeBackend(WorkerBackend):
    def __init__(self) -> None:
        self.handles: list[FakeHandle] = []
        self.broken = False
        self.fault: BaseException | None = None

    async def start(self, launch: Launch) -> Handle:
        if self.broken:
            raise StartFailedError("no such program")
        if self.fault is not None:
            raise self.fault
        self.handles.append(FakeHandle(1000 + len(self.handles)))
        return self.handles[-1]


class World:
    """A supervisor and what it reported."""

    def __init__(self) -> None:
        self.backend = FakeBackend()
        self.states: list[S] = []
        self.reasons: list[Text | None] = []
        self.exits: list[tuple[Exit, str, bool]] = []
        self.asked = 0
        self.handed_over: list[tuple[str, S, int]] = []
        self.stuck = False
        self.answers = True
        self.tasks = Tasks()
        self.policy = RestartPolicy(restart_delay_ms=10, max_restart_attempts=2)
        self.supervisor = self.make()

    def make(self, start_seconds: float = 30.0) -> Supervisor:
        return Supervisor(
            backend=self.backend,
            launch=lambda name: Launch(worker_id=name, url="http://x", token="t", data_dir=Path()),
            policy=lambda name: self.policy,
            on_transition=self.on_transition,
            on_exit=lambda name, exit_, words, abnormal: self.exits.append((exit_, words.code, abnormal)),
            shut_down=self.shut_down,
            hand_over=self.hand_over,
            tasks=self.tasks,
            start_seconds=start_seconds,
        )

    def on_transition(self, name: str, state: S, why: Text | None) -> None:
        if not self.states or self.states[-1] is not state:
            self.states.append(state)
            self.reasons.append(why)

    async def hand_over(self, name: str, seconds: float) -> None:
        self.handed_over.append((name, self.supervisor.state(name), self.asked))
        if self.stuck:
            await asyncio.Event().wait()

    async def shut_down(self, name: str, deadline: float) -> None:
        self.asked += 1
        if not self.answers:
            raise ConnectionError("away")
        self.handle.end(code=0)

    @property
    def handle(self) -> FakeHandle:
        return self.backend.handles[-1]

    async def running(self) -> None:
        await self.supervisor.start("w", by_hand=True)
        self.supervisor.registered("w")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.supervisor.close(0.1)
    await made.tasks.close()


async def test_a_worker_starts_registers_and_stops_in_order(world: World) -> None:
    await world.running()
    assert world.supervisor.state("w") is S.RUNNING
    await world.supervisor.stop("w")
    assert world.states == [S.STARTING, S.RUNNING, S.STOPPING, S.STOPPED]
    assert world.exits == [(Exit(code=0), "exit_ok", False)]
    assert "terminate" not in world.handle.calls
    assert "kill" not in world.handle.calls


async def test_start_of_a_running_one_and_stop_of_a_stopped_one_change_nothing(world: World) -> None:
    await world.supervisor.stop("w")
    await world.running()
    await world.supervisor.start("w", by_hand=True)
    assert len(world.backend.handles) == 1
    await world.supervisor.stop("w")
    await world.supervisor.stop("w")
    assert world.states[-1] is S.STOPPED


async def test_one_that_cannot_be_asked_is_terminated(world: World) -> None:
    await world.running()
    world.answers = False
    await world.supervisor.stop("w", timeout=1)
    assert "terminate" in world.handle.calls
    assert world.exits[0][1:] == ("worker_killed_no_answer", False)


async def test_one_that_does_not_obey_is_killed(world: World) -> None:
    await world.running()
    world.answers = False
    world.handle.obeys_terminate = False
    await world.supervisor.stop("w", timeout=0.05)
    assert world.handle.calls[:2] == ["terminate", "kill"]
    assert world.supervisor.state("w") is S.STOPPED


async def test_kill_asks_nobody(world: World) -> None:
    await world.running()
    await world.supervisor.stop("w", graceful=False)
    assert world.asked == 0
    assert world.handle.calls[0] == "kill"
    assert world.states[-1] is S.STOPPED


async def test_a_crash_restarts_and_the_third_in_a_row_gives_up(world: World) -> None:
    await world.running()
    for number in (1, 2):
        world.handle.end(signal=9)
        await until(lambda number=number: len(world.backend.handles) == number + 1)  # type: ignore[misc]
        assert world.supervisor.process("w").restarts == number
    world.handle.end(code=1)
    await until(lambda: world.supervisor.state("w") is S.ERROR)
    assert world.states == [
        *(S.STARTING, S.RUNNING, S.CRASHED, S.STARTING, S.CRASHED, S.STARTING, S.ERROR),
    ]
    assert world.reasons[-1] is not None
    assert world.reasons[-1].code == "exit_code"
    assert [code for _, code, _ in world.exits] == ["exit_killed_outside", "exit_killed_outside", "exit_code"]
    assert all(abnormal for *_, abnormal in world.exits)


async def test_one_whose_protocol_was_refused_is_not_started_again(world: World) -> None:
    await world.running()
    world.handle.end(code=11)
    await until(lambda: world.supervisor.state("w") is S.ERROR)
    assert len(world.backend.handles) == 1


async def test_a_start_by_hand_forgets_the_crashes(world: World) -> None:
    world.policy = RestartPolicy(auto_restart=False)
    await world.running()
    world.handle.end(code=3)
    await until(lambda: world.supervisor.state("w") is S.ERROR)
    assert world.supervisor.process("w").failures == 1
    await world.supervisor.start("w", by_hand=True)
    assert world.supervisor.process("w").failures == 0
    assert world.supervisor.state("w") is S.STARTING


async def test_a_stop_drops_the_planned_restart(world: World) -> None:
    world.policy = RestartPolicy(restart_delay_ms=50)
    await world.running()
    world.handle.end(signal=11)
    await until(lambda: world.supervisor.state("w") is S.CRASHED)
    assert world.supervisor.process("w").restart_at_ms is not None
    await world.supervisor.stop("w")
    assert world.supervisor.state("w") is S.STOPPED
    await asyncio.sleep(0.08)
    assert len(world.backend.handles) == 1


async def test_code_zero_without_an_order_is_no_crash(world: World) -> None:
    await world.running()
    world.handle.end(code=0)
    await until(lambda: world.supervisor.state("w") is S.STOPPED)
    assert world.exits == [(Exit(code=0), "exit_ok", False)]


async def test_one_that_never_registers_is_killed_and_counts_as_a_crash() -> None:
    world = World()
    world.policy = RestartPolicy(auto_restart=False)
    supervisor = world.make(start_seconds=0.02)
    await supervisor.start("w", by_hand=True)
    await until(lambda: supervisor.state("w") is S.ERROR)
    assert world.exits == [(Exit(signal=9), "exit_start_timeout", True)]
    await supervisor.close(0.1)
    await world.tasks.close()


async def test_one_that_hangs_is_killed_and_restarted(world: World) -> None:
    await world.running()
    world.supervisor.fail("w", Text(code="exit_hung", message="hung"))
    await until(lambda: len(world.backend.handles) == 2)
    assert world.exits[0][1:] == ("exit_hung", True)


async def test_a_program_that_cannot_be_started_is_a_crash_with_its_reason(world: World) -> None:
    world.backend.broken = True
    await world.supervisor.start("w", by_hand=True)
    await until(lambda: world.supervisor.state("w") is S.ERROR)
    assert {code for _, code, _ in world.exits} == {"exit_start_failed"}
    assert len(world.exits) == 3


async def test_commands_for_one_worker_are_serialised(world: World) -> None:
    await world.running()
    await asyncio.gather(
        world.supervisor.restart("w"), world.supervisor.stop("w"), world.supervisor.start("w", by_hand=True)
    )
    assert len(world.backend.handles) == 3
    assert [handle.ended.done() for handle in world.backend.handles] == [True, True, False]


async def test_closing_stops_all_and_starts_nothing_more(world: World) -> None:
    await world.running()
    await world.supervisor.start("v", by_hand=True)
    for handle in world.backend.handles:
        handle.obeys_terminate = False
    world.answers = False
    await world.supervisor.close(0.05)
    assert all(handle.ended.done() for handle in world.backend.handles)
    await world.supervisor.start("w", by_hand=True)
    assert len(world.backend.handles) == 2


async def test_accounts_are_handed_over_before_it_is_asked_to_end(world: World) -> None:
    await world.running()
    await world.supervisor.stop("w", timeout=5)
    assert world.handed_over == [("w", S.STOPPING, 0)]
    assert world.asked == 1
    await world.running()
    await world.supervisor.stop("w", graceful=False)
    await world.running()
    await world.supervisor.close(1)
    assert len(world.handed_over) == 1


async def test_a_handing_over_that_does_not_end_takes_half_of_the_patience(world: World) -> None:
    world.stuck = True
    await world.running()
    began = asyncio.get_running_loop().time()
    await world.supervisor.restart("w", timeout=0.2)
    assert 0.09 < asyncio.get_running_loop().time() - began < 1
    assert [code for _, code, _ in world.exits] == ["exit_ok"]


@pytest.mark.parametrize("fault", [RuntimeError("can't start new thread"), OSError(24, "Too many open files")])
async def test_whatever_prevents_a_start_is_a_failed_start(world: World, fault: Exception) -> None:
    world.policy = RestartPolicy(auto_restart=False)
    world.backend.fault = fault
    await world.supervisor.start("w", by_hand=True)
    assert world.supervisor.state("w") is S.ERROR
    assert [code for _, code, _ in world.exits] == ["exit_start_failed"]
    world.backend.fault = None
    await world.running()
    assert world.supervisor.state("w") is S.RUNNING


async def test_a_start_that_is_cancelled_has_failed(world: World) -> None:
    world.policy = RestartPolicy(auto_restart=False)
    world.backend.fault = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await world.supervisor.start("w", by_hand=True)
    assert world.supervisor.state("w") is S.ERROR


@pytest.mark.parametrize("state", [S.STARTING, S.STOPPING])
async def test_a_stop_ends_what_has_no_process(world: World, state: S) -> None:
    world.supervisor.process("w").state = state
    await world.supervisor.stop("w")
    assert world.supervisor.state("w") is S.STOPPED


async def test_a_process_that_cannot_be_watched_is_killed(world: World) -> None:
    async def wait() -> Exit:
        raise RuntimeError("can't start new thread")

    world.policy = RestartPolicy(auto_restart=False)
    start = world.backend.start

    async def unwatched(launch: Launch) -> Handle:
        handle = await start(launch)
        handle.wait = wait  # type: ignore[method-assign]
        return handle

    world.backend.start = unwatched  # type: ignore[method-assign]
    await world.supervisor.start("w", by_hand=True)
    await until(lambda: world.supervisor.state("w") is S.ERROR)
    assert "kill" in world.handle.calls


@pytest.mark.parametrize("verb", ["restart", "recycle"])
async def test_what_is_under_way_while_all_is_closed_makes_no_process(world: World, verb: str) -> None:
    await world.running()
    world.stuck = True
    world.handle.obeys_terminate = False
    under_way = asyncio.gather(getattr(world.supervisor, verb)("w", timeout=1))
    await until(lambda: bool(world.handed_over))
    await asyncio.wait_for(world.supervisor.close(-0.9), 3)
    await asyncio.wait_for(under_way, 60)
    await world.supervisor.restart("w")
    assert len(world.backend.handles) == 1
    assert world.handle.ended.done()


async def test_a_process_that_is_made_while_all_is_closed_is_killed(world: World) -> None:
    gate = asyncio.Event()
    start = world.backend.start

    async def slow(launch: Launch) -> Handle:
        await gate.wait()
        return await start(launch)

    world.backend.start = slow  # type: ignore[method-assign]
    starting = asyncio.gather(world.supervisor.start("w", by_hand=True))
    await until(lambda: world.supervisor.state("w") is S.STARTING)
    await world.supervisor.close(-0.95)
    gate.set()
    await starting
    assert world.handle.ended.done()


async def test_nothing_is_started_of_one_that_was_deleted_meanwhile(world: World) -> None:
    await world.running()
    erased = asyncio.Event()

    async def erase() -> None:
        await asyncio.sleep(0)
        erased.set()

    deleting = asyncio.gather(world.supervisor.forget("w", erase))
    await asyncio.sleep(0)
    await asyncio.gather(world.supervisor.restart("w"), world.supervisor.start("w", by_hand=True))
    await deleting
    assert erased.is_set()
    assert len(world.backend.handles) == 1
    assert world.handle.ended.done()


async def test_one_that_could_not_be_deleted_is_kept(world: World) -> None:
    async def erase() -> None:
        raise ConnectionError("no disk")

    await world.running()
    with pytest.raises(ConnectionError):
        await world.supervisor.forget("w", erase)
    await world.running()
    assert world.supervisor.process("w").epoch == 2


async def test_no_restart_comes_when_it_was_switched_off_meanwhile(world: World) -> None:
    world.policy = RestartPolicy(restart_delay_ms=20)
    await world.running()
    world.handle.end(signal=9)
    await until(lambda: world.supervisor.state("w") is S.CRASHED)
    world.policy = RestartPolicy(auto_restart=False)
    await until(lambda: world.supervisor.state("w") is not S.CRASHED)
    assert world.supervisor.state("w") is S.ERROR
    assert world.reasons[-1] is not None
    assert world.reasons[-1].code == "exit_killed_outside"
    assert len(world.backend.handles) == 1


async def test_time_in_which_it_hung_forgives_no_crash(world: World) -> None:
    world.policy = RestartPolicy(restart_delay_ms=0, max_restart_attempts=2)
    await world.running()
    for number in (1, 2, 3):
        process = world.supervisor.process("w")
        now = asyncio.get_running_loop().time()
        process._running_since = now - 70
        world.supervisor.fail("w", Text(code="exit_hung", message="hung"), alive_at=now - 69)
        if number < 3:
            await until(lambda number=number: len(world.backend.handles) == number + 1)  # type: ignore[misc]
            world.supervisor.registered("w")
    await until(lambda: world.supervisor.state("w") is S.ERROR)
