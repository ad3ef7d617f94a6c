"""Systems slow down programs that nobody looks at. A watch that checks every few seconds asks them not to."""

import ctypes
import logging
import sys
from collections.abc import Callable
from typing import Any, Final

logger = logging.getLogger(__name__)

SET_INFORMATION: Final = 0x0200
POWER_THROTTLING: Final = 4
EXECUTION_SPEED: Final = 0x1
TIMER_RESOLUTION: Final = 0x4
"""What Windows takes from programs in the background: speed (EcoQoS), and timers that are exact."""
USER_INITIATED: Final = 0x00FFFFFF & ~(1 << 20)
"""``NSActivityUserInitiatedAllowingIdleSystemSleep``: no App Nap, and the machine may sleep all the same."""
REASON: Final = b"Accounts are checked every few seconds"


class _PowerThrottling(ctypes.Structure):
    _fields_ = (("version", ctypes.c_ulong), ("control", ctypes.c_ulong), ("state", ctypes.c_ulong))


def spare_on_windows(pid: int | None = None, kernel: Any = None) -> bool:
    """Have Windows run a process at its usual speed; None: this one. False: it does not know how, or refuses."""
    kernel = kernel if kernel is not None else getattr(ctypes, "windll").kernel32  # noqa: B009 (Windows)
    kernel.GetCurrentProcess.restype = kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.GetCurrentProcess() if pid is None else kernel.OpenProcess(SET_INFORMATION, False, pid)
    if not handle:
        return False
    wanted = _PowerThrottling(1, EXECUTION_SPEED | TIMER_RESOLUTION, 0)
    target = ctypes.c_void_p(handle)
    try:
        done = kernel.SetProcessInformation(target, POWER_THROTTLING, ctypes.byref(wanted), ctypes.sizeof(wanted))
        if not done:  # Windows 10 does not know of timers
            wanted.control = EXECUTION_SPEED
            done = kernel.SetProcessInformation(target, POWER_THROTTLING, ctypes.byref(wanted), ctypes.sizeof(wanted))
        return bool(done)
    finally:
        if pid is not None:
            kernel.CloseHandle(target)


def spare_on_mac(runtime: Any = None) -> Callable[[], None] | None:
    """Keep App Nap from this process until the returned function is called; None: the system does not know it."""
    runtime = runtime if runtime is not None else ctypes.CDLL("/usr/lib/libobjc.A.dylib")
    pointer = ctypes.c_void_p
    runtime.objc_getClass.restype = runtime.sel_registerName.restype = pointer
    select = runtime.sel_registerName

    def send(target: Any, name: bytes, *given: Any, types: tuple[Any, ...] = ()) -> Any:
        message = runtime.objc_msgSend
        message.restype, message.argtypes = pointer, [pointer, pointer, *types]
        return message(target, select(name), *given)

    info = send(runtime.objc_getClass(b"NSProcessInfo"), b"processInfo")
    words = send(runtime.objc_getClass(b"NSString"), b"stringWithUTF8String:", REASON, types=(ctypes.c_char_p,))
    if not info or not words:
        return None
    types = (ctypes.c_uint64, pointer)
    activity = send(info, b"beginActivityWithOptions:reason:", USER_INITIATED, words, types=types)
    if not activity:
        return None
    send(activity, b"retain")

    def end() -> None:
        send(info, b"endActivity:", activity, types=(pointer,))
        send(activity, b"release")

    return end


def spare(pid: int) -> None:
    """Have the system run a process that was just started at its usual speed, where it would not."""
    if sys.platform == "win32":
        _tried(lambda: spare_on_windows(pid), "worker")


def spare_this() -> Callable[[], None]:
    """The same for this process; return what ends it."""
    if sys.platform == "win32":
        _tried(spare_on_windows, "master")
    elif sys.platform == "darwin":
        ends: list[Callable[[], None]] = []
        _tried(lambda: (end := spare_on_mac()) is not None and not ends.append(end), "master")
        if ends:
            return ends[0]
    return lambda: None


def _tried(act: Callable[[], bool], what: str) -> None:
    try:
        done = act()
    except (OSError, AttributeError, ctypes.ArgumentError) as error:
        logger.info("the system may slow this %s down: %s", what, error)
        return
    if not done:
        logger.info("the system may slow this %s down: it takes no wish", what)
