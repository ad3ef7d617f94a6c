"""The packages for Windows, installed by Wine: what they write, how they replace what runs, what they leave behind.

No Windows Python is here: a program of a few kilobytes stands in for Watchkeeper's (``windows_stand_in.nsi``). It shows
what the packages do, not that the product runs.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from makers import msis, nsis
from makers.contexts import IDENTIFIER, make_context
from makers.shortcuts import read_identifier

ROOT = Path(__file__).resolve().parents[2]
WINE = shutil.which("wine64") or "/usr/lib/wine/wine64"
TOOLS = ("makensis", "wixl")
MISSING = [name for name in TOOLS if shutil.which(name) is None]
OLD, NEW = "0.1.0", "0.2.0"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Watchkeeper"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
RUN_ONCE = RUN + "Once"
SCHEME = r"HKCU\Software\Classes\watchkeeper\shell\open\command"
SECONDS = 30.0

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Wine stands in for Windows"),
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: apt install nsis wixl)"),
    pytest.mark.timeout(240),
]


def until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


@dataclass
class Windows:
    """One prefix of Wine."""

    prefix: Path

    @property
    def environment(self) -> dict[str, str]:
        hushed = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=", "DISPLAY": ""}
        return {**os.environ, **hushed, "WINEPREFIX": str(self.prefix)}

    @property
    def home(self) -> Path:
        """Folder of the user."""
        users = self.prefix / "drive_c" / "users"
        return next(path for path in users.iterdir() if path.name != "Public")

    @property
    def installed(self) -> Path:
        """Where the setup program puts Watchkeeper."""
        return self.home / "AppData" / "Local" / "Programs" / "Watchkeeper"

    @property
    def shortcut(self) -> Path:
        return self.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Watchkeeper.lnk"

    def run(self, *command: str | Path) -> int:
        """Run a program to its end and return its exit code, of which POSIX keeps eight bits."""
        return self.start(*command).wait(SECONDS)

    def start(self, *command: str | Path) -> "subprocess.Popen[bytes]":
        nothing = subprocess.DEVNULL
        words = [WINE, *map(str, command)]
        return subprocess.Popen(words, env=self.environment, stdin=nothing, stdout=nothing, stderr=nothing)

    def value(self, key: str, name: str = "") -> str | None:
        """Return a value of the registry, None where there is none."""
        words = [WINE, "reg", "query", key, *(("/v", name) if name else ("/ve",))]
        nothing = subprocess.DEVNULL
        done = subprocess.run(
            words, env=self.environment, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, check=False
        )
        lines = [line for line in done.stdout.decode("utf-8").splitlines() if " REG_" in line]
        return lines[0].split("REG_", 1)[1].partition(" ")[2].strip() if done.returncode == 0 and lines else None

    def write(self, key: str, name: str, value: str) -> None:
        assert self.run("reg", "add", key, "/v", name, "/d", value, "/f") == 0

    def uninstall(self, *switches: str) -> None:
        """Have the setup program's uninstaller do its work: it goes on in a copy of itself."""
        uninstaller = self.installed / "uninstall.exe"
        assert self.run(uninstaller, "/S", *switches) == 0
        until(lambda: not uninstaller.exists(), "uninstalled")
        until(lambda: self.value(UNINSTALL, "DisplayName") is None, "out of the list")


@dataclass
class Packages:
    """What was made of two versions."""

    folder: Path

    def setup(self, version: str) -> Path:
        return self.folder / f"Watchkeeper-{version}-windows-x64.exe"

    def msi(self, version: str) -> str:
        return "Z:" + str(self.folder / f"Watchkeeper-{version}-windows-x64.msi").replace("/", "\\")


def calls(folder: Path) -> list[str]:
    """Return what the programs in ``folder`` were called with."""
    try:
        return (folder / "calls.txt").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("packages")
    script = Path(__file__).with_name("windows_stand_in.nsi")
    for version in (OLD, NEW):
        bundle = folder / version
        places = ["watchkeeper", "watchkeeper-cli", f"keeper-{version}/watchkeeper-keeper"]
        for place in places:
            program = bundle / f"{place}.exe"
            program.parent.mkdir(parents=True, exist_ok=True)
            given = (f"-DOUT={program}", f"-DMARK={Path(place).name} {version}")
            words: list[str | Path] = ["makensis", "-V1", f"-XTarget {nsis.TARGET}", *given, script]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        library = bundle / "_internal" / "ordner mit ä" / "version.txt"
        library.parent.mkdir(parents=True)
        library.write_text(version)
        (bundle / "_internal" / f"only-{version}.txt").write_text(version)
        context = make_context(ROOT, {"windows-bundle": str(bundle)})
        context = replace(context, version=version, dist=folder, work=folder / "work")
        nsis.make(context)
        msis.make(context)
    return Packages(folder)


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    if not Path(WINE).exists():
        pytest.skip("needs wine64 (Debian: apt install wine64 wine)")
    windows = Windows(tmp_path_factory.mktemp("wine") / "prefix")
    assert windows.run("wineboot", "-i") == 0
    yield windows
    subprocess.run(
        [shutil.which("wineserver") or "/usr/lib/wine/wineserver64", "-k"], env=windows.environment, check=False
    )


@pytest.fixture
def windows(wine: Windows) -> Iterator[Windows]:
    """Wine without Watchkeeper, and without it again afterwards."""
    yield wine
    for folder in (wine.installed, *wine.installed.glob("keeper-*")):
        if folder.is_dir():
            (folder / "stop.txt").touch()
    if (wine.installed / "uninstall.exe").exists():
        wine.uninstall("/PURGE")
    until(lambda: not removed(wine.installed), "nothing runs from there")


def removed(folder: Path) -> bool:
    """Return whether a folder is still there after an attempt to remove it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder.exists()


def start(windows: Windows, place: str, word: str = "run") -> "subprocess.Popen[bytes]":
    """Start an installed program and wait until it runs."""
    program = windows.installed / place
    before = len(calls(program.parent))
    process = windows.start(program, word)
    until(lambda: len(calls(program.parent)) > before, f"{place} runs")
    return process


def test_both_packages_are_made(packages: Packages) -> None:
    for version in (OLD, NEW):
        setup = packages.setup(version).read_bytes()
        assert setup[:2] == b"MZ"
        assert b"NullsoftInst" in setup
        msi = packages.folder / f"Watchkeeper-{version}-windows-x64.msi"
        assert msi.read_bytes()[:8] == bytes.fromhex("d0cf11e0a1b11ae1")


def test_setup_installs_for_one_user(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S") == 0
    place = windows.installed
    assert sorted(path.name for path in place.iterdir()) == [
        *("_internal", f"keeper-{OLD}", "uninstall.exe", "watchkeeper-cli.exe", "watchkeeper.exe")
    ]
    assert (place / "_internal" / "ordner mit ä" / "version.txt").read_text() == OLD
    inside = rf"C:\users\{windows.home.name}\AppData\Local\Programs\Watchkeeper"
    expected = {
        "DisplayName": "Watchkeeper",
        "DisplayVersion": OLD,
        "Publisher": "Watchkeeper contributors",
        "DisplayIcon": rf"{inside}\watchkeeper.exe,0",
        "InstallLocation": inside,
        "UninstallString": rf'"{inside}\uninstall.exe"',
        "QuietUninstallString": rf'"{inside}\uninstall.exe" /S',
        "EstimatedSize": hex(nsis.size_kb(packages.folder / OLD)),
    }
    assert {name: windows.value(UNINSTALL, name) for name in expected} == expected
    assert windows.value(SCHEME) == rf'{inside}\watchkeeper.exe "%1"'
    shortcut = windows.shortcut.read_bytes()
    assert read_identifier(shortcut) == IDENTIFIER
    assert "watchkeeper.exe".encode("utf-16-le") in shortcut
    assert not (windows.home / "Desktop" / "Watchkeeper.lnk").exists()


def test_setup_takes_another_folder_and_a_desktop_shortcut(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S", "/DESKTOP", r"/D=C:\My", r"programs\Watch") == 0
    place = windows.prefix / "drive_c" / "My programs" / "Watch"
    try:
        assert (place / "watchkeeper.exe").is_file()
        assert windows.value(SCHEME) == r'"C:\My programs\Watch\watchkeeper.exe" "%1"'
        assert read_identifier((windows.home / "Desktop" / "Watchkeeper.lnk").read_bytes()) == IDENTIFIER
        # The next one goes to the same place by itself.
        assert windows.run(packages.setup(NEW), "/S") == 0
        assert (place / "_internal" / f"only-{NEW}.txt").is_file()
        assert not windows.installed.exists()
    finally:
        assert windows.run(place / "uninstall.exe", "/S") == 0
        until(lambda: not (place / "uninstall.exe").exists(), "uninstalled")
        until(lambda: not removed(place), "nothing is left")


def test_an_update_ends_the_program_and_lets_jobs_go_on(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S") == 0
    program = start(windows, "watchkeeper.exe")
    keeper = start(windows, f"keeper-{OLD}/watchkeeper-keeper.exe")
    assert windows.run(packages.setup(NEW), "/S") == 0
    place = windows.installed
    program.wait(SECONDS)
    assert f"watchkeeper-cli {OLD} stop --everywhere --wait 30" in calls(place)
    assert keeper.poll() is None
    assert (place / f"keeper-{OLD}" / "watchkeeper-keeper.exe").is_file()
    assert (place / f"keeper-{NEW}" / "watchkeeper-keeper.exe").is_file()
    assert [path.name for path in (place / "_internal").glob("only-*")] == [f"only-{NEW}.txt"]
    assert windows.value(UNINSTALL, "DisplayVersion") == NEW
    # Once the job has ended, the next setup cleans up.
    (place / f"keeper-{OLD}" / "stop.txt").touch()
    keeper.wait(SECONDS)
    assert windows.run(packages.setup(NEW), "/S") == 0
    assert not (place / f"keeper-{OLD}").exists()


def test_what_does_not_end_stays_as_it_is(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S") == 0
    program = start(windows, "watchkeeper.exe", "stubborn")
    try:
        assert windows.run(packages.setup(NEW), "/S") == 11
        assert program.poll() is None
        assert [path.name for path in (windows.installed / "_internal").glob("only-*")] == [f"only-{OLD}.txt"]
        assert windows.value(UNINSTALL, "DisplayVersion") == OLD
    finally:
        program.kill()
        program.wait()


def test_no_older_version_takes_the_place_of_a_newer_one_unasked(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(NEW), "/S") == 0
    assert windows.run(packages.setup(OLD), "/S") == 10
    assert windows.value(UNINSTALL, "DisplayVersion") == NEW
    assert windows.run(packages.setup(OLD), "/S", "/ALLOWOLDER") == 0
    assert windows.value(UNINSTALL, "DisplayVersion") == OLD
    assert [path.name for path in (windows.installed / "_internal").glob("only-*")] == [f"only-{OLD}.txt"]


def test_uninstalling_keeps_the_profile_and_credentials(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S") == 0
    command = f"{windows.value(UNINSTALL, 'InstallLocation')}\\watchkeeper.exe --minimized"
    windows.write(RUN, "Watchkeeper", command)
    profile = windows.home / "AppData" / "Local" / "Watchkeeper"
    profile.mkdir(exist_ok=True)
    (profile / "watchkeeper.db").write_text("data")
    cli = windows.installed / "watchkeeper-cli.exe"
    windows.run(cli, "plant", "Watchkeeper/profile/account/1")
    windows.uninstall()
    assert windows.value(RUN, "Watchkeeper") is None
    assert windows.value(SCHEME) is None
    assert not windows.shortcut.exists()
    assert (profile / "watchkeeper.db").read_text() == "data"
    # And the same once more, asked to delete everything.
    assert windows.run(packages.setup(OLD), "/S") == 0
    windows.run(cli, "look", "Watchkeeper/profile/account/1")
    windows.run(cli, "plant", "Another/1")
    assert calls(windows.installed)[-2:] == [
        *(f"watchkeeper-cli {OLD} looked Watchkeeper/profile/account/1 1",),
        *(f"watchkeeper-cli {OLD} planted Another/1 1",),
    ]
    windows.uninstall("/PURGE")
    until(lambda: not profile.exists(), "the profile is gone")
    assert windows.run(packages.setup(OLD), "/S") == 0
    windows.run(cli, "look", "Watchkeeper/profile/account/1")
    windows.run(cli, "look", "Another/1")
    assert [line.rsplit(" ", 1)[1] for line in calls(windows.installed)[-2:]] == ["0", "1"]


def test_uninstalling_leaves_what_is_anothers_and_what_keeps_jobs(windows: Windows, packages: Packages) -> None:
    assert windows.run(packages.setup(OLD), "/S") == 0
    windows.write(RUN, "Watchkeeper", r"C:\elsewhere\watchkeeper.exe --minimized")
    folders = [f"keeper-{OLD}", f"keeper-{NEW}"]
    keepers = [start(windows, f"{folders[0]}/watchkeeper-keeper.exe")]
    assert windows.run(packages.setup(NEW), "/S") == 0
    keepers.append(start(windows, f"{folders[1]}/watchkeeper-keeper.exe"))
    (windows.installed / "mine.txt").write_text("a file of somebody's own")
    windows.uninstall()
    assert windows.value(RUN, "Watchkeeper") == r"C:\elsewhere\watchkeeper.exe --minimized"
    assert [keeper.poll() for keeper in keepers] == [None, None]
    assert sorted(path.name for path in windows.installed.iterdir()) == ["calls.txt", *folders, "mine.txt"]
    leftovers = windows.value(RUN_ONCE, "WatchkeeperLeftovers")
    assert leftovers is not None
    for folder, keeper in zip(folders, keepers, strict=True):
        (windows.installed / folder / "stop.txt").touch()
        keeper.wait(SECONDS)
    # As at the next sign-in.
    commands = windows.prefix / "drive_c" / "leftovers.bat"
    commands.write_text(leftovers.partition(" /c ")[2])
    windows.run("cmd", "/c", r"C:\leftovers.bat")
    assert sorted(path.name for path in windows.installed.iterdir()) == ["calls.txt", "mine.txt"]
    assert windows.run(packages.setup(NEW), "/S") == 0
    assert windows.value(RUN_ONCE, "WatchkeeperLeftovers") is None


def test_the_package_installs_updates_and_uninstalls(windows: Windows, packages: Packages) -> None:
    place = windows.prefix / "drive_c" / "Program Files" / "Watchkeeper"
    assert windows.run("msiexec", "/i", packages.msi(OLD), "/qn") == 0
    assert (place / "_internal" / "ordner mit ä" / "version.txt").read_text() == OLD
    assert (place / "managed-by.txt").read_text() == msis.MARK
    scheme = r"HKLM\Software\Classes\watchkeeper\shell\open\command"
    assert windows.value(scheme) == r'"C:\Program Files\Watchkeeper\watchkeeper.exe" "%1"'
    listed = rf"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\{{{msis.product_code(OLD)}}}"
    assert windows.value(listed, "DisplayVersion") == OLD
    shortcuts = [*(windows.prefix / "drive_c").rglob("Watchkeeper.lnk")]
    assert len(shortcuts) == 1
    program = windows.start(place / "watchkeeper.exe", "run")
    keeper = windows.start(place / f"keeper-{OLD}" / "watchkeeper-keeper.exe", "run")
    until(lambda: calls(place) and calls(place / f"keeper-{OLD}"), "both run")
    assert windows.run("msiexec", "/i", packages.msi(NEW), "/qn") == 0
    program.wait(SECONDS)
    assert f"watchkeeper-cli {OLD} {msis.STOP}" in calls(place)
    assert keeper.poll() is None
    assert [path.name for path in (place / "_internal").glob("only-*")] == [f"only-{NEW}.txt"]
    assert windows.value(listed, "DisplayVersion") is None
    assert windows.run("msiexec", "/i", packages.msi(OLD), "/qn") != 0
    assert [path.name for path in (place / "_internal").glob("only-*")] == [f"only-{NEW}.txt"]
    (place / f"keeper-{OLD}" / "stop.txt").touch()
    keeper.wait(SECONDS)
    assert windows.run("msiexec", "/x", packages.msi(NEW), "/qn") == 0
    assert not (place / "watchkeeper.exe").exists()
    assert not shortcuts[0].exists()
    assert windows.value(scheme) is None
    shutil.rmtree(place)
