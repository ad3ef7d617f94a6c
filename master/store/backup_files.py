"""The files of backups: how they are called, what is noted of each, which of them stay. Blocks."""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from worker.protocol.texts import Text, text

FOLDER: Final = "backups"
Reason = Literal["daily", "manual", "before-migration", "before-restore"]
ID: Final = re.compile(r"(daily|manual|before-migration|before-restore)-\d{8}-\d{6}-\d{3}")
PART: Final = ".part"
BINARY: Final = getattr(os, "O_BINARY", 0)
"""Windows would change line ends."""


class BackupError(Exception):
    """A backup cannot be made, or is not what it must be. ``text`` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.message)
        self.text = reason


class BackupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The second file: what the first must be."""

    id: str
    made_at: int
    why: Reason
    size_bytes: int
    sha256: str
    schema: str
    version: str
    counts: dict[str, int]
    """Rows of every table."""
    verified_at: int
    settings: dict[str, Any] | None = None
    """``settings.json`` at that time."""


class FoundBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the folder; without a readable record nothing is known of it but its name."""

    id: str
    why: Reason
    made_at: int
    size_bytes: int
    record: BackupRecord | None
    problem: Text | None


def find_all(folder: Path) -> list[FoundBackup]:
    """Return all backups, newest first. Their content is not read."""
    try:
        names = sorted(path.stem for path in folder.glob("*.db") if ID.fullmatch(path.stem))
    except OSError:
        return []
    found = [backup for name in names if (backup := find(folder, name)) is not None]
    return sorted(found, key=lambda backup: (backup.made_at, backup.id), reverse=True)


def find(folder: Path, name: str) -> FoundBackup | None:
    """Return one backup, None when there is none of that name."""
    if not ID.fullmatch(name):
        return None
    path = folder / f"{name}.db"
    try:
        size = path.stat().st_size
    except OSError:
        return None
    why, made_at = _of_name(name)
    record, problem = _read_record(folder, name)
    if record is not None:
        made_at = record.made_at
        if size != record.size_bytes:
            problem = text("backup_damaged", detail=f"{size} bytes instead of {record.size_bytes}")
    return FoundBackup(id=name, why=why, made_at=made_at, size_bytes=size, record=record, problem=problem)


def delete(folder: Path, name: str) -> bool:
    """Delete a backup; False when there is none. Raises ``OSError``."""
    found = find(folder, name) is not None
    if found:
        (folder / f"{name}.db").unlink(missing_ok=True)
        record_path(folder, name).unlink(missing_ok=True)
    return found


def prune(folder: Path, keep: int) -> list[str]:
    """Delete all but the newest ``keep`` of each reason, and never one made by hand; return what went."""
    gone: list[str] = []
    kept: dict[str, int] = {}
    for backup in find_all(folder):
        if backup.why == "manual":
            continue
        kept[backup.why] = kept.get(backup.why, 0) + (backup.problem is None)
        # A damaged one counts for nothing, and goes with those of its age.
        if kept[backup.why] > keep or (backup.problem is not None and kept[backup.why] >= keep):
            with contextlib.suppress(OSError):
                delete(folder, backup.id)
                gone.append(backup.id)
    return gone


def free_name(folder: Path, why: Reason, made_at: int) -> str:
    for at in _upwards(made_at):
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at // 1000))
        name = f"{why}-{stamp}-{at % 1000:03}"
        if not (folder / f"{name}.db").exists():
            return name
    raise AssertionError("unreachable")


def _upwards(number: int) -> Iterator[int]:
    while True:
        yield number
        number += 1


def _of_name(name: str) -> tuple[Reason, int]:
    """Return what a name says: why, and when (UTC milliseconds; 0 of an impossible date)."""
    why, date, clock, thousandth = name.rsplit("-", 3)
    try:
        seconds = _seconds(f"{date}{clock}")
    except ValueError:
        return why, 0  # type: ignore[return-value]
    return why, seconds * 1000 + int(thousandth)  # type: ignore[return-value]


def _seconds(stamp: str) -> int:
    import calendar

    return calendar.timegm(time.strptime(stamp, "%Y%m%d%H%M%S"))


def record_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


def _read_record(folder: Path, name: str) -> tuple[BackupRecord | None, Text | None]:
    try:
        record = msgspec.json.decode(record_path(folder, name).read_bytes(), type=BackupRecord)
    except FileNotFoundError:
        return None, None
    except (OSError, msgspec.MsgspecError) as error:
        return None, text("backup_damaged", detail=f"{name}.json: {error}")
    return record, None if record.id == name else text("backup_damaged", detail=f"{name}.json is of {record.id}")


def write_record(folder: Path, record: BackupRecord) -> None:
    write_whole(record_path(folder, record.id), msgspec.json.format(msgspec.json.encode(record), indent=1))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, so that a kill leaves the old one or the new one. Raises ``OSError``."""
    part = path.with_name(f"{path.name}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | BINARY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Have the names on disk; Windows has no call for it, and does it by itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
