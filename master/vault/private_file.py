"""Files that only their owner may read: mode 0600, on Windows an access list with the owner alone."""

import contextlib
import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path

if sys.platform == "win32":
    from master.vault import private_file_windows as _windows


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` atomically and durably; nobody but the owner can read it at any moment.

    Raises ``OSError``; the old content then still stands.
    """
    _write(path, data, os.replace)


def create_private(path: Path, data: bytes) -> None:
    """As :func:`write_private`, but an existing file is never touched: ``FileExistsError``."""
    _write(path, data, _move_to_free)


def restrict(path: Path) -> None:
    """Take the rights of everybody but the owner from ``path`` (a file or a folder). Raises ``OSError``."""
    if sys.platform == "win32":
        _windows.restrict(path)
    else:
        path.chmod(0o700 if path.is_dir() else 0o600)


def is_private(path: Path) -> bool:
    """Return whether nobody but the owner may open ``path``. Raises ``OSError``."""
    if sys.platform == "win32":
        return _windows.is_private(path)
    else:
        return not stat.S_IMODE(path.stat().st_mode) & 0o077


def _write(path: Path, data: bytes, put: Callable[[Path, Path], None]) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            restrict(temporary)  # before the first byte
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        put(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    _sync_folder(path.parent)


if sys.platform == "win32":

    def _move_to_free(source: Path, target: Path) -> None:
        source.rename(target)  # refuses an existing target there

    def _sync_folder(folder: Path) -> None:
        """Windows has no such thing."""

else:

    def _move_to_free(source: Path, target: Path) -> None:
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
            if target.exists():  # a file system without hard links
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
            source.replace(target)

    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
