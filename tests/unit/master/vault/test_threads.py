import asyncio
import threading
import time
from concurrent.futures import Future

import pytest

from master.vault.errors import VaultError
from master.vault.threads import HUNG_LIMIT, KeyringThread
from tests.helpers.deadlines import until


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


async def expect_timeout(thread: KeyringThread, gate: threading.Event, *, writes: bool = False) -> None:
    with pytest.raises(VaultError) as caught:
        await thread.call(lambda: gate.wait(30), writes=writes)
    assert caught.value.code == "ERR_KEYRING_TIMEOUT"


def keyring_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "watchkeeper-keyring"]


async def until_gone() -> None:
    await until(lambda: keyring_threads() == [])


async def test_calls_run_one_after_the_other_on_one_daemon_thread() -> None:
    thread = KeyringThread()
    running = 0

    def work(number: int) -> tuple[int, threading.Thread]:
        nonlocal running
        running += 1
        assert running == 1
        running -= 1
        return number, threading.current_thread()

    results = await asyncio.gather(*(thread.call(lambda n=n: work(n)) for n in range(20)))
    assert [number for number, _ in results] == list(range(20))
    (used,) = {used for _, used in results}
    assert used.daemon
    await thread.close()
    assert not used.is_alive()


async def test_a_hung_call_is_told_at_its_deadline_and_the_thread_replaced(gate: threading.Event) -> None:
    thread = KeyringThread(deadline=0.05)
    began = time.monotonic()
    await expect_timeout(thread, gate)
    assert time.monotonic() - began < 25
    assert await thread.call(lambda: 42) == 42
    gate.set()
    await thread.close()
    await until_gone()


async def test_the_deadline_counts_from_the_start_of_a_call(gate: threading.Event) -> None:
    thread = KeyringThread(deadline=0.3)
    gate.set()
    # 10 calls of 50 ms each: those at the end wait longer than the deadline, and still succeed
    pause = threading.Event()
    results = await asyncio.gather(*(thread.call(lambda: pause.wait(0.05)) for _ in range(10)))
    assert results == [False] * 10
    await thread.close()


async def test_a_call_left_behind_never_begins_later(gate: threading.Event) -> None:
    thread = KeyringThread(deadline=0.1)
    ran: list[str] = []
    first = asyncio.ensure_future(thread.call(lambda: gate.wait(30)))
    await asyncio.sleep(0.02)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(VaultError):
        await thread.call(lambda: ran.append("late"))  # stands behind the one that hangs
    gate.set()
    await thread.close()
    await until_gone()
    assert ran == []


async def test_too_many_hung_threads_fail_at_once(gate: threading.Event) -> None:
    thread = KeyringThread(deadline=0.02)
    for _ in range(HUNG_LIMIT):
        await expect_timeout(thread, gate)
    assert len(keyring_threads()) == HUNG_LIMIT
    with pytest.raises(VaultError) as caught:
        await thread.call(lambda: 1)
    assert caught.value.code == "ERR_KEYRING_TIMEOUT"
    assert len(keyring_threads()) == HUNG_LIMIT
    gate.set()
    await until_gone()
    assert await thread.call(lambda: 1) == 1
    await thread.close()


async def test_no_change_begins_while_an_earlier_one_hangs(gate: threading.Event) -> None:
    thread = KeyringThread(deadline=0.05)
    await expect_timeout(thread, gate, writes=True)
    ran: list[str] = []
    with pytest.raises(VaultError):
        await thread.call(lambda: ran.append("write"), writes=True)
    assert ran == []
    assert await thread.call(lambda: "reads go on") == "reads go on"
    gate.set()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not ran:
        try:
            await thread.call(lambda: ran.append("write"), writes=True)
        except VaultError:
            await asyncio.sleep(0.005)
    assert ran == ["write"]
    await thread.close()
    await until_gone()


async def test_closing_does_not_wait_for_a_hung_call(gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("master.vault.threads.CLOSE_SECONDS", 0.05)
    thread = KeyringThread(deadline=30)
    call = asyncio.ensure_future(thread.call(lambda: gate.wait(30)))
    await asyncio.sleep(0.02)
    began = time.monotonic()
    await thread.close()
    assert time.monotonic() - began < 25
    gate.set()
    assert await call
    await until_gone()


async def test_a_call_that_is_cancelled_as_its_outcome_comes_is_cancelled(gate: threading.Event) -> None:
    thread = KeyringThread()
    call = asyncio.ensure_future(thread.call(gate.wait))
    await asyncio.sleep(0)
    gate.set()
    assert thread._lane is not None
    after = threading.Event()
    thread._lane.jobs.put((after.set, Future()))
    assert after.wait(60)  # without the loop: it learns of the outcome and of the cancellation in one turn
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await thread.close()
    await until_gone()
