"""The package for Debian, Ubuntu and their kin. ``packaging/linux/README.md`` says how it lies on a machine."""

import hashlib
import os
import platform
import re
import shutil
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Final

from makers.contexts import Context, say
from makers.deb_dependencies import RECOMMENDED, SUGGESTED, depends
from makers.desktop_entries import NAME, lay_out, packed

BASE: Final = "usr/lib/watchkeeper"
LAUNCHER: Final = "started-by.txt"
"""Read by ``desktop/integration/launches.py``."""
MARKER: Final = "managed-by.txt"
"""Read by ``master/services/update_sources.py``."""
MAINTAINER: Final = "Watchkeeper contributors <watchkeeper@users.noreply.github.com>"
SCRIPTS: Final = ("postinst", "prerm", "postrm")
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_CONTROL: Final = """\
Package: watchkeeper
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Suggests: {suggests}
Section: net
Priority: optional
{homepage}Description: keeps watch over all your accounts from one window
 Mailboxes, feeds, chat and social accounts, web pages and scripts are checked
 every few seconds, or pushed by their servers. What is new becomes one
 notification: within seconds, never twice, never lost.
 .
 The accounts are shared out to worker processes; when one crashes, the others
 take its accounts over. Jobs (commands, scripts, HTTP calls, containers) run by
 hand or by cron and outlive the program itself. It has a desktop with a tray, a
 command line, and a master without a screen for servers.
"""
_CHANGES: Final = """\
watchkeeper ({version}) stable; urgency=medium

  * What is new: /usr/share/doc/watchkeeper/NEWS.gz

 -- {maintainer}  {date}
"""
_COPYRIGHT: Final = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Watchkeeper
Comment: The package carries a Python and libraries of its own, each under its
 own licence. Their texts lie beside them, in
 /usr/lib/watchkeeper/bundle/_internal/*.dist-info; Qt and PySide6 are used
 under the LGPL, version 3 (/usr/share/common-licenses/LGPL-3), as libraries of
 their own that may be replaced. They are:
{libraries}

Files: *
Copyright: 2026 Watchkeeper contributors
License: Expat
{licence}
"""


def make(context: Context) -> list[Path]:
    """Pack what was built."""
    bundle = context.demand_bundle()
    tool = context.tool("dpkg-deb", "install dpkg")
    stage = context.work / "deb" / "root"
    shutil.rmtree(stage.parent, ignore_errors=True)
    say("packing")
    shutil.copytree(bundle, stage / BASE / "bundle", symlinks=True)
    fill(context, stage)
    lay_out(context, stage / "usr", "/usr/bin/watchkeeper")
    needed = depends(context, bundle)
    set_modes(stage)
    write_control(context, stage, needed)
    set_times(stage, context.epoch)
    made = context.dist / f"watchkeeper_{context.version}_{architecture()}.deb"
    made.unlink(missing_ok=True)
    context.run(
        # Another one for trying: xz takes minutes for what is packed once a release.
        *(tool, "--root-owner-group", f"-Z{context.settings.get('compression', 'xz')}", "--build", stage, made),
        env={"SOURCE_DATE_EPOCH": str(context.epoch)},
    )
    return [made]


def architecture() -> str:
    """Return Debian's name of this machine's processor: the bundle runs on what built it."""
    return _ARCHITECTURES.get(platform.machine(), platform.machine())


def debian_version(version: str) -> str:
    """Return it in Debian's order: ``1.0rc1`` comes before ``1.0``."""
    return re.sub(r"(?<=[0-9])\.?(a|b|rc|dev)(?=[0-9])", r"~\1", version)


def fill(context: Context, stage: Path) -> None:
    """Write what only this package has."""
    base = stage / BASE
    (base / "bundle" / LAUNCHER).write_text("/usr/bin/watchkeeper\n")
    (base / "bundle" / MARKER).write_text("apt\n")
    shutil.copyfile(context.root / "packaging" / "linux" / "deb" / "trees.sh", base / "trees.sh")
    command = stage / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True, exist_ok=True)
    # Made by the maintainer scripts: what it leads to is another folder after each update.
    command.symlink_to("../lib/watchkeeper/current/watchkeeper")
    documents = stage / "usr" / "share" / "doc" / NAME
    documents.mkdir(parents=True)
    documents.joinpath("copyright").write_text(copyright_text(context, base / "bundle"), encoding="utf-8")
    date = datetime.fromtimestamp(context.epoch, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    changes = _CHANGES.format(version=debian_version(context.version), maintainer=MAINTAINER, date=date)
    documents.joinpath("changelog.gz").write_bytes(packed(changes.encode()))
    documents.joinpath("NEWS.gz").write_bytes(packed((context.root / "CHANGELOG.md").read_bytes()))
    overrides = stage / "usr" / "share" / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(context.root / "packaging" / "linux" / "deb" / "lintian-overrides", overrides)


def copyright_text(context: Context, bundle: Path) -> str:
    """Return the licence of the program and the list of what it carries."""
    lines = []
    for path in sorted(bundle.glob("_internal/*.dist-info/METADATA")):
        about = HeaderParser().parsestr(path.read_text(encoding="utf-8", errors="replace"))
        lines.append(f"  {about['Name']} {about['Version']}: {licence_of(about)}")
    text = (context.root / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2]
    licence = "\n".join(f" {line}" if line.strip() else " ." for line in text.strip().splitlines())
    return _COPYRIGHT.format(libraries="\n".join(lines), licence=licence)


def licence_of(about: Message) -> str:
    """Return the licence that a library names, on one line."""
    classifiers = about.get_all("Classifier", [])
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    said = about["License-Expression"] or (about["License"] or "").strip().partition("\n")[0] or "; ".join(named)
    return said[:80] or "see its texts"


def set_modes(stage: Path) -> None:
    """Give every file the permissions that it has on every machine, whatever those of the builder."""
    for path in [stage, *stage.rglob("*")]:
        if path.is_symlink():
            continue
        among_programs = path.parent.name == "bundle" or path.parent.name.startswith("keeper-")
        runs = path.is_dir() or (among_programs and path.stat().st_mode & 0o100)
        path.chmod(0o755 if runs else 0o644)


def set_times(stage: Path, epoch: int) -> None:
    """Give every file the same time: dpkg-deb itself would keep those that are older."""
    for path in [*stage.rglob("*"), stage]:
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def write_control(context: Context, stage: Path, needed: list[str]) -> None:
    """Write the folder that dpkg reads."""
    files = [path for path in sorted(stage.rglob("*")) if path.is_file() and not path.is_symlink()]
    entries = sum(1 for _ in stage.rglob("*"))
    folder = stage / "DEBIAN"
    folder.mkdir()
    folder.chmod(0o755)
    homepage = context.settings.get("homepage", "")
    control = _CONTROL.format(
        version=debian_version(context.version),
        architecture=architecture(),
        maintainer=context.settings.get("maintainer", MAINTAINER),
        # Policy 5.6.20: every file in whole KiB, one more for each entry that is none.
        size=sum(-(-path.stat().st_size // 1024) for path in files) + entries - len(files),
        depends=", ".join(needed),
        recommends=", ".join(RECOMMENDED),
        suggests=", ".join(SUGGESTED),
        homepage=f"Homepage: {homepage}\n" if homepage else "",
    )
    _write(folder / "control", control, 0o644)
    sums = (
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(stage)}\n"
        for path in files
    )
    _write(folder / "md5sums", "".join(sums), 0o644)
    for name in SCRIPTS:
        text = (context.root / "packaging" / "linux" / "deb" / name).read_text(encoding="utf-8")
        _write(folder / name, text.replace("@VERSION@", debian_version(context.version)), 0o755)


def _write(path: Path, text: str, mode: int) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    path.chmod(mode)
