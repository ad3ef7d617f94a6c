"""How a process ended, in words."""

import signal as signals
from collections.abc import Mapping
from typing import Final

from worker.protocol.texts import Text, text

NTSTATUS: Final[Mapping[int, str]] = {
    0xC0000005: "STATUS_ACCESS_VIOLATION",
    0xC0000006: "STATUS_IN_PAGE_ERROR",
    0xC0000008: "STATUS_INVALID_HANDLE",
    0xC000000D: "STATUS_INVALID_PARAMETER",
    0xC0000017: "STATUS_NO_MEMORY",
    0xC000001D: "STATUS_ILLEGAL_INSTRUCTION",
    0xC0000022: "STATUS_ACCESS_DENIED",
    0xC0000094: "STATUS_INTEGER_DIVIDE_BY_ZERO",
    0xC00000FD: "STATUS_STACK_OVERFLOW",
    0xC0000135: "STATUS_DLL_NOT_FOUND",
    0xC0000138: "STATUS_ORDINAL_NOT_FOUND",
    0xC0000139: "STATUS_ENTRYPOINT_NOT_FOUND",
    0xC000013A: "STATUS_CONTROL_C_EXIT",
    0xC0000142: "STATUS_DLL_INIT_FAILED",
    0xC0000374: "STATUS_HEAP_CORRUPTION",
    0xC0000409: "STATUS_STACK_BUFFER_OVERRUN",
    0xC0000420: "STATUS_ASSERTION_FAILURE",
    0x40010004: "DBG_TERMINATE_PROCESS",
    0x80000003: "STATUS_BREAKPOINT",
}
"""Exit codes by which Windows says why a process died."""

SIGNALS: Final[Mapping[int, str]] = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    5: "SIGTRAP",
    6: "SIGABRT",
    7: "SIGBUS",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    14: "SIGALRM",
    15: "SIGTERM",
    24: "SIGXCPU",
    25: "SIGXFSZ",
    31: "SIGSYS",
}
"""The common ones by number, also where the machine that tells of them has none (a remote worker seen from Windows)."""

SIGKILL: Final = 9
WORKER_CODES: Final[Mapping[int, str]] = {
    0: "exit_ok",
    2: "exit_usage",
    10: "exit_token_refused",
    11: "exit_protocol_refused",
}
"""Codes that our own worker exits with, and the text of each."""
INCURABLE: Final = frozenset({11})
"""Those with which every further start would end: only other files help."""


def describe_exit(code: int | None, signal: int | None, *, ours: bool = False) -> Text:
    """Say in words how a process ended.

    ``code``: its exit code (Windows: as an unsigned or signed 32-bit number), ``signal``: the POSIX signal that killed
    it. A process that a signal killed has no code. ``ours``: we sent it; else a SIGKILL may be the system's own, for
    want of memory.
    """
    if signal == SIGKILL and not ours:
        return text("exit_killed_outside", signal=signal, name=_signal_name(signal))
    if signal is not None:
        return text("exit_signal", signal=signal, name=_signal_name(signal))
    if code is None:
        return text("exit_unknown")
    unsigned = code & 0xFFFFFFFF
    if unsigned in NTSTATUS:
        return text("exit_ntstatus", exit_hex=f"0x{unsigned:08X}", name=NTSTATUS[unsigned])
    if code in WORKER_CODES:
        return text(WORKER_CODES[code])
    return text("exit_code", exit_code=code)


def _signal_name(number: int) -> str:
    try:
        return signals.Signals(number).name
    except ValueError:
        return SIGNALS.get(number, "unknown")
