"""What a check of this machine, or a step of the self-test, found."""

from typing import Literal

import msgspec


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``doctor``: what was looked at, how it is, and what to do."""

    name: str
    level: Literal["ok", "warn", "bad"]
    message: str
    advice: str = ""


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``selftest``."""

    name: str
    passed: bool
    milliseconds: int
    message: str = ""
