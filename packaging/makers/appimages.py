"""The AppImage: one file that runs as it is. ``packaging/linux/README.md`` says which runtime it begins with."""

import hashlib
import os
import platform
import shutil
from pathlib import Path
from typing import Final

from makers.contexts import Context, PackagingError, say
from makers.desktop_entries import ENTRY, NAME, lay_out

LAUNCHER: Final = "AppRun"
KEEPER_ID: Final = f"usr/lib/{NAME}/keeper-id.txt"
"""Read by ``AppRun``."""
RUNTIME: Final = "runtime"
"""``--set runtime=FILE``: the small program that every AppImage begins with."""
DIGEST: Final = "runtime-sha256"
"""``--set runtime-sha256=HEX``: what it must be, byte for byte."""
_MAGIC: Final = b"AI\x02"
"""At byte 8 of an ELF file: an AppImage of type 2."""
_OPTIONS: Final = ("-noappend", "-no-progress", "-all-root", "-no-xattrs", "-comp", "zstd", "-quiet")
"""No times here: they come from SOURCE_DATE_EPOCH. zstd starts faster than xz and is hardly larger."""


def make(context: Context) -> list[Path]:
    """Make the folder, and, when there is a runtime, the file."""
    bundle = context.demand_bundle()
    folder = make_folder(context, bundle)
    given = context.settings.get(RUNTIME, "")
    if not given:
        say(f"{folder} is ready. For the file itself name the runtime: --set runtime=FILE --set runtime-sha256=HEX.")
        return [folder]
    runtime = read_runtime(Path(given), context.settings.get(DIGEST, ""))
    image = context.work / "appimage" / "image.squashfs"
    image.unlink(missing_ok=True)
    say("packing")
    context.run(
        *(context.tool("mksquashfs", "install squashfs-tools"), folder, image, *_OPTIONS),
        env={"SOURCE_DATE_EPOCH": str(context.epoch)},
    )
    made = context.dist / f"Watchkeeper-{context.version}-{platform.machine()}.AppImage"
    draft = made.with_name(f".{made.name}")
    with draft.open("wb") as target:
        target.write(runtime)
        with image.open("rb") as source:
            shutil.copyfileobj(source, target)
    draft.chmod(0o755)
    draft.replace(made)
    image.unlink()
    return [made]


def make_folder(context: Context, bundle: Path) -> Path:
    """Make ``AppDir``: the program, what desktops find of it, and what starts it."""
    folder = context.work / "appimage" / "AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, folder / "usr" / "lib" / NAME, symlinks=True)
    lay_out(context, folder / "usr")
    (folder / KEEPER_ID).write_text(f"{identity_of(bundle)}\n")
    shutil.copyfile(context.root / "packaging" / "linux" / "appimage" / LAUNCHER, folder / LAUNCHER)
    (folder / LAUNCHER).chmod(0o755)
    (folder / "usr" / "bin").mkdir()
    (folder / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    # Where those who show the file look for its entry and its picture.
    (folder / ENTRY).symlink_to(f"usr/share/applications/{ENTRY}")
    icon = f"usr/share/icons/hicolor/256x256/apps/{NAME}.png"
    (folder / f"{NAME}.png").symlink_to(icon)
    (folder / ".DirIcon").symlink_to(icon)
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (context.epoch, context.epoch), follow_symlinks=False)
    return folder


def identity_of(bundle: Path) -> str:
    """Return what tells one keeper of jobs from another: its folder's name and its content."""
    digest = hashlib.sha256()
    names = [f"{keeper.name}-" for keeper in bundle.glob("keeper-*")]
    for path in sorted(bundle.glob("keeper-*/**/*")):
        if path.is_file():
            digest.update(f"{path.relative_to(bundle)}\0".encode())
            digest.update(path.read_bytes())
    return f"{''.join(names)}{digest.hexdigest()[:16]}"


def read_runtime(path: Path, digest: str) -> bytes:
    """Return the runtime, if it is the one that is meant and an AppImage can begin with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackagingError(f"The runtime {path} cannot be read: {error.strerror}.") from error
    found = hashlib.sha256(content).hexdigest()
    if not digest:
        raise PackagingError(f"Pin the runtime: --set {DIGEST}={found}, when that is what its makers published.")
    if found != digest.lower():
        raise PackagingError(f"The runtime is another than the pinned one: its SHA-256 is {found}.")
    if content[:4] != b"\x7fELF" or content[8:11] != _MAGIC:
        raise PackagingError(f"{path} is no runtime of AppImages (type 2).")
    return content
