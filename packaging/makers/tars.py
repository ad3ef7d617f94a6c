"""An archive for any Linux: the program, and a script that makes it known to one person's desktop. Reproducible."""

import io
import lzma
import platform
import shutil
import tarfile
from pathlib import Path
from typing import IO, Final

from makers.contexts import Context, say
from makers.desktop_entries import lay_out

PRESET: Final = 6
"""Of xz: two minutes. ``--set preset=0`` is for trying: ten seconds, and half as large again."""
PLAIN: Final = ("README.txt", "install.sh")


def make(context: Context) -> list[Path]:
    """Pack what was built."""
    bundle = context.demand_bundle()
    stage = context.work / "tar"
    shutil.rmtree(stage, ignore_errors=True)
    lay_out(context, stage)
    for name in PLAIN:
        shutil.copy(context.root / "packaging" / "linux" / "tar" / name, stage / name)
    top = f"watchkeeper-{context.version}"
    made = context.dist / f"{top}-linux-{platform.machine()}.tar.xz"
    context.dist.mkdir(parents=True, exist_ok=True)
    say("packing")
    fresh = context.work / f"{made.name}.new"
    with lzma.open(fresh, "wb", preset=int(context.settings.get("preset", PRESET))) as file:
        pack(file, top, [bundle, stage], context.epoch)
    fresh.replace(made)
    return [made]


def pack(file: IO[bytes] | lzma.LZMAFile, top: str, folders: list[Path], epoch: int) -> None:
    """Write an archive of the contents of ``folders`` below ``top``: the same bytes from the same files, always."""
    found = {path.relative_to(folder).as_posix(): path for folder in folders for path in folder.rglob("*")}
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(_entry(top, tarfile.DIRTYPE, 0o755, epoch))
        for name, path in sorted(found.items()):
            if path.is_symlink():
                entry = _entry(f"{top}/{name}", tarfile.SYMTYPE, 0o777, epoch)
                entry.linkname = path.readlink().as_posix()
                archive.addfile(entry)
            elif path.is_dir():
                archive.addfile(_entry(f"{top}/{name}", tarfile.DIRTYPE, 0o755, epoch))
            else:
                mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                entry = _entry(f"{top}/{name}", tarfile.REGTYPE, mode, epoch)
                content = path.read_bytes()
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))


def _entry(name: str, kind: bytes, mode: int, epoch: int) -> tarfile.TarInfo:
    """Return an entry that belongs to root."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, epoch
    entry.uname = entry.gname = "root"
    return entry
