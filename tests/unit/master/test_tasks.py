"""The master's background tasks end with it, the stubborn ones too."""

import asyncio
import contextlib

import pytest

from master.tasks import Tasks


async def test_one_that_swallowed_its_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("master.tasks.AGAIN_SECONDS", 0.02)
    tasks, turns = Tasks(), 0

    async def stubborn() -> None:
        nonlocal turns
        for _turn in range(3):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            turns += 1

    tasks.spawn(stubborn(), "stubborn")
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.close(), 60)
    assert turns == 3
    assert tasks.names() == []
