"""The profile folder: who may use it, and how others find the master that does."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import msgspec
import psutil

from master.errors import StartError
from master.master_files import MASTER_FILE, MasterFile
from worker.protocol.texts import text

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

EXIT_PROFILE: Final = 5
LOCK_FILE: Final = "master.lock"


class LockOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote the lock file. The lock itself is the operating system's: it ends with its process."""

    pid: int
    created: float


def prepare_profile(folder: Path) -> None:
    """Make the folder, for its owner alone. Raises :class:`StartError` 5 when nothing can be written there."""
    from master.vault.private_file import restrict

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        restrict(folder)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        reason = text("start_profile_not_writable", path=str(folder), detail=error.strerror or str(error))
        raise StartError(EXIT_PROFILE, reason) from error


@contextlib.contextmanager
def locked_profile(folder: Path) -> Iterator[None]:
    """Hold the profile for this process. Raises :class:`StartError` 5 when another one holds it."""
    path = folder / LOCK_FILE
    with path.open("a+b") as file:
        if not _lock(file):
            raise StartError(EXIT_PROFILE, text("start_profile_in_use", path=str(folder), pid=_owner_pid(path)))
        try:
            me = psutil.Process()
            file.seek(0)
            file.truncate()
            file.write(msgspec.json.encode(LockOwner(pid=me.pid, created=me.create_time())))
            file.flush()
            yield
        finally:
            _unlock(file)


@contextlib.contextmanager
def published_master(folder: Path, content: MasterFile) -> Iterator[None]:
    """Tell who may read the profile where this master listens, for as long as it does."""
    from master.vault.private_file import write_private

    path = folder / MASTER_FILE
    write_private(path, msgspec.json.encode(content))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _owner_pid(path: Path) -> int:
    """Return the pid in the lock file, 0 when it cannot be read (Windows locks its bytes)."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=LockOwner).pid
    except (OSError, msgspec.MsgspecError):
        return 0


def _lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            # A byte far behind the content, which others may then still read.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(file: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)
