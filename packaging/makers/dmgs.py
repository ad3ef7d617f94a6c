"""macOS: the disk image. ``python packaging/makers/dmgs.py check APP`` judges a bundle on any system.

    dmg: completes the built bundle, checks it, signs it from the inside out, has it notarized, and packs it.

Which secrets make it known to Apple says :mod:`makers.mac_signatures`; without them it is signed ad hoc.
"""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

if not __package__:  # run as a program
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from makers.contexts import Context, PackagingError, make_context
from makers.mac_infos import ICON, NAME
from makers.mac_layouts import complete, faults
from makers.mac_signatures import identity_of, notarize, sign_app, sign_image

MACHINES: Final = {"arm64": "arm64", "aarch64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
BUILD: Final = """
import dmgbuild, json, sys
dmgbuild.build_dmg(*sys.argv[1:3], settings=json.loads(sys.argv[3]), lookForHiDPI=False)
"""


def make(context: Context) -> list[Path]:
    """Return the disk image for this machine's processor. Raises :class:`PackagingError` outside of macOS."""
    if platform.system() != "Darwin":
        raise PackagingError("dmg is made on macOS: codesign, notarytool and hdiutil are parts of it.")
    app, machine = context.app, here()
    if not app.is_dir():
        raise PackagingError(f"{app} is not built: run packaging/make_installers.py build first.")
    complete(app)
    check(app, context.version, machine)
    image = image_path(context, machine)
    with identity_of(context) as identity:
        sign_app(context, app, identity)
        if identity.known:
            # The program gets a ticket of its own: it starts offline though it was copied out of the image.
            packed = context.work / f"{NAME}.zip"
            packed.unlink(missing_ok=True)
            context.run("ditto", "-c", "-k", "--keepParent", app, packed)
            notarize(context, packed, app)
        context.dist.mkdir(parents=True, exist_ok=True)
        image.unlink(missing_ok=True)
        python = context.work / "bundle" / "environment" / "bin" / "python"  # of the build, with its tools
        context.run(python, "-c", BUILD, image, NAME, json.dumps(image_settings(app)))
        sign_image(context, image, identity)
        if identity.known:
            notarize(context, image, image)
    return [image]


def image_settings(app: Path) -> dict[str, Any]:
    """Return the image and its window, as ``dmgbuild`` takes them: the program beside Applications, no picture."""
    return {
        "format": "ULMO",  # LZMA, the smallest; for macOS 10.15 and newer
        "filesystem": "HFS+",
        "files": [str(app)],
        "symlinks": {"Applications": "/Applications"},
        "hide_extensions": [app.name],
        "icon": str(ICON),
        "window_rect": [[200, 200], [560, 340]],
        "icon_size": 112,
        "text_size": 13,
        "icon_locations": {app.name: [150, 150], "Applications": [410, 150]},
    }


def here() -> str:
    """Return the processor as the names of packages have it."""
    found = platform.machine().lower()
    return MACHINES.get(found, found)


def image_path(context: Context, machine: str) -> Path:
    """Return where the image for ``machine`` is made."""
    return context.dist / f"{NAME}-{context.version}-macos-{machine}.dmg"


def check(app: Path, version: str, machine: str | None = None) -> None:
    """Raise :class:`PackagingError` with everything that is wrong with a bundle."""
    found = faults(app, version, machine)
    if found:
        shown = "\n".join(f"  {line}" for line in found[:50])
        raise PackagingError(f"{app.name} cannot be given away, {len(found)} things are wrong:\n{shown}")


def main(argv: Sequence[str] | None = None) -> int:
    """Check a bundle; what is wrong is said, exit 1."""
    parser = argparse.ArgumentParser(description="Check a bundle for macOS, on any system.")
    parser.add_argument("command", choices=["check"])
    parser.add_argument("app", type=Path)
    parser.add_argument("--machine", choices=sorted(set(MACHINES.values())))
    given = parser.parse_args(argv)
    try:
        check(given.app, make_context(Path(__file__).resolve().parents[2]).version, given.machine)
    except PackagingError as error:
        print(f"dmgs: {error}", file=sys.stderr)
        return 1
    print(f"{given.app.name} is as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
