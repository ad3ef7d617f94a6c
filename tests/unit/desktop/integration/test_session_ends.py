"""The end of a session: the master has stopped before the system is answered, where that is the last moment."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from desktop.bridge import Engine
from desktop.integration import session_ends
from desktop.integration.session_ends import SessionEnd


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    asyncio.run(made.close())


def test_the_answer_waits_for_the_master(engine: Engine) -> None:
    stopped: list[str] = []

    async def stop() -> None:
        await asyncio.sleep(0.05)
        stopped.append(threading.current_thread().name)

    SessionEnd(engine, stop, holds=True).hold()
    assert stopped == ["engine"]


@pytest.mark.expects_log("WARNING watchkeeper.desktop the session ends before everything has stopped")
def test_but_not_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_ends, "HOLD_SECONDS", 0.1)
    gate, ended = threading.Event(), threading.Event()

    async def stop() -> None:
        while not gate.is_set():
            await asyncio.sleep(0.01)
        ended.set()

    began = time.monotonic()
    SessionEnd(engine, stop, holds=True).hold()
    assert time.monotonic() - began < 25
    gate.set()
    assert ended.wait(60)


@pytest.mark.expects_log("WARNING watchkeeper.desktop the master did not stop in order")
def test_a_master_that_fails_holds_nothing_up(engine: Engine) -> None:
    async def stop() -> None:
        raise OSError("disk")

    SessionEnd(engine, stop, holds=True).hold()


def test_elsewhere_nothing_is_held(engine: Engine) -> None:
    async def stop() -> None:
        raise AssertionError

    SessionEnd(engine, stop, holds=False).hold()
    asyncio.run(engine.close())
    SessionEnd(engine, stop, holds=True).hold()
