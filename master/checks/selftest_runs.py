"""The self-test in a process of its own: a running master asks for it without being disturbed by it."""

from typing import Final

import msgspec

from master.api.diagnostics import SelfTest
from master.api.results import StepResult
from master.deploy.base import StartFailedError
from master.deploy.consoles import Printed, run_console
from worker.protocol.texts import text

SECONDS: Final = 180.0

__all__ = ["Printed", "run_selftest"]


class _Outcome(msgspec.Struct, frozen=True, kw_only=True):
    passed: bool
    steps: list[StepResult]


async def run_selftest(seconds: float = SECONDS) -> SelfTest:
    """Run ``watchkeeper selftest``; the answer has neither begin nor end. Never raises for what the test finds."""
    try:
        printed = await run_console("selftest", "--json", seconds=seconds)
        found = msgspec.json.decode(printed.out, type=_Outcome)
    except TimeoutError:
        return SelfTest(state="failed", problem=text("selftest_slow", seconds=round(seconds)))
    except StartFailedError as error:
        return SelfTest(state="failed", problem=text("selftest_unreadable", detail=str(error)))
    except msgspec.MsgspecError:
        said = printed.err.decode("utf-8", "replace").strip().splitlines()
        detail = said[-1][:300] if said else f"code {printed.code}"
        return SelfTest(state="failed", problem=text("selftest_unreadable", detail=detail))
    return SelfTest(state="passed" if found.passed else "failed", steps=found.steps)
