"""What a check of this machine, or a step of the self-test, found."""

from typing import Literal

import msgspec

from worker.protocol.texts import Param, Text, text

Level = Literal["ok", "warn", "bad"]
Remedy = Literal["", "open_profile", "show_workers", "show_runners", "show_backups", "show_security"]
"""Where a window can help: what its button does."""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``doctor``: what was looked at, how it is, and what to do."""

    name: str
    level: Level
    message: str
    advice: str = ""
    said: Text | None = None
    """``message`` with its code, for translations."""
    advised: Text | None = None
    """``advice`` with its code."""
    remedy: Remedy = ""
    command: str = ""
    """What mends it in a shell, word by word."""


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``selftest``."""

    name: str
    passed: bool
    milliseconds: int
    message: str = ""


def finding(
    name: str,
    level: Level,
    code: str,
    /,
    *,
    advice: str = "",
    remedy: Remedy = "",
    command: str = "",
    **params: Param,
) -> CheckResult:
    """Return the result of a check whose sentence is ``code`` and whose advice is the code ``advice``."""
    if command:
        params["command"] = command
    said, advised = text(code, **params), text(advice, **params) if advice else None
    return CheckResult(
        name=name,
        level=level,
        message=said.message,
        advice=advised.message if advised is not None else "",
        said=said,
        advised=advised,
        remedy=remedy,
        command=command,
    )
