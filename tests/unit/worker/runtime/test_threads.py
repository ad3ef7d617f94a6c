"""Blocking calls have deadlines, and nobody waits for one that hangs."""

import asyncio
import threading
import time

import pytest

from worker.runtime.requests import request_id
from worker.runtime.threads import DaemonExecutor, Threads


@pytest.fixture
async def threads():
    pool = Threads(limit=2)
    yield pool
    pool.close()


async def test_values_and_errors_come_back(threads):
    assert await threads.run_blocking(lambda: 6 * 7, 5) == 42
    with pytest.raises(ZeroDivisionError):
        await threads.run_blocking(lambda: 1 / 0, 5)


async def test_threads_are_used_again(threads):
    names = {await threads.run_blocking(lambda: threading.current_thread().name, 5) for _ in range(10)}
    assert len(names) == 1


async def test_the_context_goes_along(threads):
    request_id.set("r7")
    assert await threads.run_blocking(request_id.get, 5) == "r7"


@pytest.mark.expects_log("passed its deadline")
async def test_a_hanging_call_is_given_up_and_its_thread_returns_later(threads):
    go = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await threads.run_blocking(go.wait, 0.05)
    assert time.monotonic() - began < 25
    assert threads.abandoned == 1
    assert await threads.run_blocking(lambda: "other", 5) == "other"
    go.set()
    for _ in range(200):
        if threads.abandoned == 0:
            break
        await asyncio.sleep(0.01)
    assert threads.abandoned == 0


@pytest.mark.expects_log("passed its deadline")
async def test_no_more_threads_than_the_limit(threads):
    go = threading.Event()
    running = [asyncio.ensure_future(threads.run_blocking(go.wait, 0.1)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await threads.run_blocking(lambda: None, 0.05)
    go.set()
    assert await asyncio.gather(*running) == [True, True]
    assert await threads.run_blocking(lambda: 1, 5) == 1


async def test_a_cancelled_waiter_leaves_the_pool_whole(threads):
    go = threading.Event()
    waiter = asyncio.ensure_future(threads.run_blocking(go.wait, 5))
    await asyncio.sleep(0.01)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    go.set()
    for _ in range(3):
        await threads.run_blocking(lambda: None, 5)


async def test_a_closed_pool_takes_nothing(threads):
    threads.close()
    with pytest.raises(RuntimeError):
        await threads.run_blocking(lambda: None, 5)


def test_a_loop_does_not_wait_for_its_default_executor_at_the_end():
    go = threading.Event()

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(DaemonExecutor(max_workers=1))
        assert await loop.run_in_executor(None, lambda: 5) == 5
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(loop.run_in_executor(None, go.wait)), 0.05)

    began = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - began < 25
    go.set()
