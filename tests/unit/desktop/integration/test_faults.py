"""What no code expected is logged, told once, and does not end the window."""

import asyncio
import sys

import pytest

from desktop.integration.faults import FaultGuard
from desktop.tasks import Tasks


@pytest.mark.expects_log("a slot of the window failed", "could not be shown")
def test_a_slot_that_fails_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []

    def tell(error: BaseException) -> None:
        told.append(error)
        raise RuntimeError("no room")

    before = sys.excepthook
    guard = FaultGuard(tell)
    guard.install()
    try:
        try:
            raise ValueError("oops")
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
    finally:
        guard.close()
    assert sys.excepthook is before
    assert [str(one) for one in told] == ["oops"]
    assert "Traceback" in caplog.text
    assert "no room" in caplog.text


@pytest.mark.expects_log("task broken failed", "a callback of the window failed")
async def test_tasks_and_callbacks_of_the_loop_leave_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []

    async def broken() -> None:
        raise ValueError("oops")

    tasks = Tasks(told.append)
    await asyncio.wait([tasks.run(broken(), "broken")])
    await asyncio.sleep(0)
    assert len(told) == 1
    loop = asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    guard = FaultGuard(told.append)
    guard.install(loop)
    try:
        loop.call_exception_handler({"message": "x", "exception": ValueError("late")})
    finally:
        guard.close()
        loop.set_exception_handler(handler)
    assert [str(one) for one in told] == ["oops", "late"]
    assert "Traceback" in caplog.text
