"""One run of a command: what it is given and prints, within limits, and the end of all that it started."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

MAX_OUTPUT: Final = 4 * 1024 * 1024
MAX_COMPLAINT: Final = 8 * 1024
"""Bytes of stderr that are kept: its end."""
PATIENCE_SECONDS: Final = 2.0
"""So long the rest of the output may take once the command has ended."""
MARKER: Final = "WATCHKEEPER_SCRIPT"
_INHERITED: Final = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    }
    # Without these no program starts on Windows, or finds its folders.
    | {
        "SYSTEMROOT",
        "WINDIR",
        "SYSTEMDRIVE",
        "COMSPEC",
        "PATHEXT",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
    }
)


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended. ``held``: something that it left behind still held its output, and may live on."""

    code: int
    output: bytes
    complaint: str
    flooded: bool
    held: bool


class _Course(asyncio.SubprocessProtocol):
    """Takes what the command prints, as far as it is kept."""

    def __init__(self) -> None:
        self.output = bytearray()
        self.complaint = bytearray()
        self.flooded = False
        self.over = asyncio.Event()
        self.exited = asyncio.Event()
        self.closed = asyncio.Event()
        self._open = {1, 2}

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep it."""
        if fd == 2:
            self.complaint += data
            del self.complaint[:-MAX_COMPLAINT]
        elif len(self.output) + len(data) > MAX_OUTPUT:
            self.flooded = True
            self.over.set()
        elif not self.flooded:
            self.output += data

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Note that nobody can print there any more."""
        self._open.discard(fd)
        if not self._open:
            self.closed.set()

    def process_exited(self) -> None:
        """Note the end of the command itself."""
        self.exited.set()
        self.over.set()


async def run(command: Sequence[str], given: bytes, directory: Path, marker: str, seconds: float) -> Ran:
    """Run a command without any shell; nothing of it is left when this returns or raises, but what hides well.

    Raises ``OSError`` when it cannot be started, ``TimeoutError`` when it runs longer than ``seconds``.
    """
    transport, course = await asyncio.get_running_loop().subprocess_exec(
        _Course,
        *command,
        cwd=directory,
        env=environment(os.environ, marker),
        # Of its own, so that all of it can be ended at once, and Ctrl+C is not for it.
        start_new_session=sys.platform != "win32",
        creationflags=0x08000200 if sys.platform == "win32" else 0,
    )
    held = False
    try:
        stdin = transport.get_pipe_transport(0)
        if isinstance(stdin, asyncio.WriteTransport):
            stdin.write(given)
            # Once it is written.
            stdin.close()
        async with asyncio.timeout(seconds):
            await course.over.wait()
        if not course.flooded:
            held = not await _within(course.closed, PATIENCE_SECONDS)
    finally:
        end(transport.get_pid())
        try:
            # Killed, it takes no time. Who is cancelled waits too: closed sooner, nobody would take note of its end.
            await _within(course.exited, PATIENCE_SECONDS)
        finally:
            transport.close()
    code = transport.get_returncode()
    return Ran(
        code=code if code is not None else -1,
        output=bytes(course.output),
        complaint=course.complaint.decode("utf-8", "replace").strip(),
        flooded=course.flooded,
        held=held,
    )


async def _within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


def environment(inherited: Mapping[str, str], marker: str) -> dict[str, str]:
    """Return what a command finds in its environment: enough to run, nothing of ours, and what it is known by."""
    kept = {name: value for name, value in inherited.items() if name.upper() in _INHERITED or name.startswith("LC_")}
    return {**kept, "PYTHONUTF8": "1", MARKER: marker}


def end(pid: int) -> None:
    """Kill a process, all below it, and its group."""
    import psutil

    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        below = []
    if sys.platform != "win32":
        # Also when the first one has ended: others of its group may live on. macOS refuses for what is dead already.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for process in below:
        with contextlib.suppress(psutil.Error):
            process.kill()
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()


def sweep(marker: str) -> int:
    """Kill what a run left behind that is in no tree or group of it any more; return how many. Blocks."""
    import psutil

    killed = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARKER) == marker:
                process.kill()
                killed += 1
    return killed
