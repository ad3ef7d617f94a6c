"""Workers as processes of this machine."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess  # noqa: TID251 (constants only; this is the one place where the master starts processes)
import sys
import sysconfig
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
import psutil

import worker
from master.deploy.base import Exit, Handle, Launch, StartFailedError, WorkerBackend
from master.deploy.jobs import Job, make_job
from master.deploy.leftovers import end_leftover
from master.deploy.outputs import WATCH_SECONDS, bound_outputs, open_outputs
from master.deploy.throttlings import spare
from master.deploy.trees import same_session
from worker.programs import KEEPERS, console_program, foreign_path, packaged
from worker.protocol.manifest import Catalog

logger = logging.getLogger(__name__)

DESCRIBE_SECONDS: Final = 20.0
ON_WINDOWS: Final = sys.platform == "win32"

_KEPT_ENV: Final = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "USERNAME"),
        *("APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS"),
        KEEPERS,
    }
)
"""What a worker inherits (by upper-case name, with ``LC_…``); anything else may hold what is none of its business."""


class LocalHandle(Handle):
    """A child of this process."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        """``folder`` has the files that it prints to."""
        self._process = process
        self._folder = folder
        self.pid = process.pid
        try:
            self._identity: psutil.Process | None = psutil.Process(process.pid)
            self.create_time = float(self._identity.create_time())
        except (psutil.Error, OSError):
            # Gone already (wait() tells how), or no descriptor is free to look at it.
            self._identity, self.create_time = None, 0.0

    async def wait(self) -> Exit:
        code = await self._process.wait()
        if code < 0 and not ON_WINDOWS:
            return Exit(signal=-code)
        return Exit(code=code)

    async def tend(self) -> None:
        """Keep what it prints within bounds, however long a full machine or a slow disk takes for that."""
        ended = asyncio.gather(self._process.wait())
        try:
            while not (await asyncio.wait((ended,), timeout=WATCH_SECONDS))[0]:
                await self._bound()
        finally:
            ended.cancel()
        await self._bound()

    async def _bound(self) -> None:
        try:
            await asyncio.to_thread(bound_outputs, self._folder)
        except Exception:
            # The supervisor's guard: no thread for it now, perhaps; its files are looked at again.
            logger.exception("what process %d prints could not be kept within bounds", self.pid)

    def terminate(self) -> None:
        if self._process.returncode is not None:
            return
        try:
            if sys.platform == "win32":
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                self._process.send_signal(signal.SIGTERM)
        except (ProcessLookupError, OSError):
            # It ended between the question and the signal.
            return

    def kill_tree(self) -> None:
        if self._identity is None and self._process.returncode is None:
            # It could not be looked at when it was made. It is our child and not reaped yet: the id is still its own.
            with contextlib.suppress(ProcessLookupError, OSError):
                self._process.kill()
        for process in self._tree():
            try:
                process.kill()  # psutil compares creation times first: never the heir of a pid
            except (psutil.Error, OSError):
                continue

    def rss_bytes(self) -> int | None:
        if self._identity is None:
            return None
        try:
            return int(self._identity.memory_info().rss)
        except (psutil.Error, OSError):
            return None

    def close_stdin(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _tree(self) -> list[psutil.Process]:
        """Return the process and its descendants, without those that made a session of their own to outlive it."""
        if self._identity is None or self._process.returncode is not None:
            return []
        try:
            descendants = self._identity.children(recursive=True)
        except (psutil.Error, OSError):
            descendants = []
        return [self._identity, *(child for child in descendants if same_session(child.pid, self.pid))]


class LocalBackend(WorkerBackend):
    """Starts ``watchkeeper worker`` with a lifeline: the process ends when this one does, however that happens.

    :meth:`start` is called in a thread that lives as long as this process is to have workers (the thread of the event
    loop): Linux ends a worker with the thread that made it.
    """

    def __init__(self, job: Job | None = None) -> None:
        """``job`` holds the processes; by default what this system has for it."""
        self._job = job or make_job()

    async def start(self, launch: Launch) -> Handle:
        arguments = ["--connect", launch.url, "--id", launch.worker_id, "--data", str(launch.data_dir), "--lifeline"]
        arguments += ["--jobs", str(launch.jobs_dir)] if launch.jobs_dir is not None else []
        arguments += ["--log-level", launch.log_level, *(["--demo"] if launch.demo else []), *launch.command_args]
        # A thread of its own: no start waits for whatever else keeps the common ones busy.
        thread = ThreadPoolExecutor(1, "worker-start")
        try:
            stdout, stderr = await asyncio.get_running_loop().run_in_executor(thread, open_outputs, launch.data_dir)
        except OSError as error:
            raise StartFailedError(f"{launch.data_dir}: {error.strerror or error}") from error
        finally:
            thread.shutdown(wait=False)
        try:
            process = await asyncio.create_subprocess_exec(
                *worker_command(),
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                cwd=launch.working_directory or launch.data_dir,
                env=worker_env(os.environ, launch.env),
                **detached(),  # type: ignore[arg-type] # a session of its own, or flags: they differ by system
            )
        except (OSError, ValueError) as error:
            raise StartFailedError(str(error)) from error
        finally:
            stdout.close()
            stderr.close()
        try:
            # Before it has its token a worker does nothing, so nothing that it starts is missed.
            self._job.adopt(process.pid)
            spare(process.pid)
            handle = LocalHandle(process, launch.data_dir)
            await _hand_over(process, launch.token)
        except BaseException:
            # Nobody would know of it.
            if process.returncode is None:
                process.kill()
            raise
        return handle

    async def end_leftover(self, pid: int, created_ms: int) -> bool:
        return await asyncio.to_thread(end_leftover, pid, created_ms)


def worker_command() -> list[str]:
    """Return the beginning of the command line that runs the worker of this very installation."""
    if packaged():
        return [console_program(), "worker"]
    # -P: whatever lies in the working directory is never imported instead of a library.
    return [sys.executable, "-P", "-m", "worker"]


def worker_env(inherited: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Return a minimal environment: what every program needs, the import path of a source checkout, and ``added``."""
    env = {
        name: foreign_path(value) if name.upper() == "PATH" else value
        for name, value in inherited.items()
        if _is_kept(name)
    }
    env["PYTHONUTF8"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    root = source_root()
    if root is not None:
        env["PYTHONPATH"] = str(root)
    return env | dict(added)


def source_root() -> Path | None:
    """Return the folder from which our packages are imported, None where Python finds them by itself."""
    if packaged() or worker.__file__ is None:
        return None
    root = Path(worker.__file__).resolve().parent.parent
    installed = {Path(sysconfig.get_paths()[name]).resolve() for name in ("purelib", "platlib")}
    return None if root in installed else root


async def describe(demo: bool) -> Catalog:
    """Ask a worker for all plug-ins of this installation. Raises :class:`StartFailedError` when it cannot say."""
    try:
        process = await asyncio.create_subprocess_exec(
            *worker_command(),
            "--describe",
            *(["--demo"] if demo else []),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=worker_env(os.environ, {}),
            **detached(),  # type: ignore[arg-type] # as above
        )
    except OSError as error:
        raise StartFailedError(str(error)) from error
    try:
        stdout, stderr = await asyncio.wait_for(process.communicate(), DESCRIBE_SECONDS)
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode != 0:
        raise StartFailedError(stderr.decode("utf-8", "replace").strip()[-500:] or f"code {process.returncode}")
    try:
        return msgspec.json.decode(stdout, type=Catalog)
    except msgspec.MsgspecError as error:
        raise StartFailedError(f"its catalogue cannot be read: {error}") from error


def detached() -> dict[str, int | bool]:
    """Keep Ctrl-C of the terminal and console windows away from workers: the master stops them in order."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _is_kept(name: str) -> bool:
    upper = name.upper()
    return upper in _KEPT_ENV or upper.startswith(("LC_", "XDG_"))


async def _hand_over(process: asyncio.subprocess.Process, token: str) -> None:
    """Write the token. The pipe stays open: it is the lifeline."""
    if process.stdin is None:  # pragma: no cover - it was asked for
        return
    try:
        process.stdin.write(token.encode() + b"\n")
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        # The process ended at once; wait() tells how.
        return
