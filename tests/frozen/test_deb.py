"""The package for Debian in a root that has nothing of ours: installed, used by an ordinary user, updated, removed."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makers import debs
from makers.contexts import make_context
from makers.deb_dependencies import depends
from tests.architecture.rules import ROOT
from tests.helpers.clean_roots import USER, CleanRoot, base_root, demand_tools
from tests.helpers.deadlines import wait_until

pytestmark = [pytest.mark.timeout(600)]
BASE = Path("usr/lib/watchkeeper")
NEXT = "99.0"
PROFILE = f"/home/{USER}/profile"
WITH_RING = 'eval $(printf "pw\\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize); exec "$@"'


def make(version: str, place: Path) -> Path:
    """Make the package of a version; not compressed, which takes minutes."""
    context = replace(make_context(ROOT), work=place, dist=place, version=version, settings={"compression": "none"})
    (made,) = debs.make(context)
    shutil.rmtree(place / "deb")
    return made


@pytest.fixture(scope="module")
def package(bundle, tmp_path_factory) -> Iterator[Path]:
    """The package."""
    demand_tools()
    if shutil.which("dpkg-deb") is None:
        pytest.skip("packages for Debian are made on Debian")
    made = make(make_context(ROOT).version, tmp_path_factory.mktemp("deb"))
    yield made
    made.unlink()


@pytest.fixture(scope="module")
def newer(package, tmp_path_factory) -> Iterator[Path]:
    """One of a later version."""
    made = make(NEXT, tmp_path_factory.mktemp("newer"))
    yield made
    made.unlink()


@pytest.fixture(scope="module")
def installed(package, bundle, tmp_path_factory) -> Iterator[tuple[Path, ...]]:
    """Layers of a root in which apt has installed the package."""
    base = base_root([relation.split()[0] for relation in depends(make_context(ROOT), bundle.folder)])
    root = CleanRoot([base], tmp_path_factory.mktemp("installed"))
    try:
        root.install(package)
    finally:
        root.close()
    yield root.upper, base
    shutil.rmtree(root.upper)


@pytest.fixture
def root(installed, tmp_path) -> Iterator[CleanRoot]:
    """A root of this test's own with the package in it."""
    made = CleanRoot(installed, tmp_path / "machine")
    yield made
    made.close()
    shutil.rmtree(made.upper)


@pytest.fixture
def display() -> Iterator[str]:
    """A display for X11."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait(60)


class Person:
    """What an ordinary user of the root does with the program."""

    def __init__(self, root: CleanRoot) -> None:
        self.root = root
        self.home = root.root / "home" / USER

    def say(self, *words: str, seconds: float = 60) -> Any:
        """Return what a command of the program says, as JSON."""
        group, verb, *more = words
        command = ("watchkeeper", "--profile", PROFILE, group, verb, "--json", *more)
        printed = self.root.run(*command, user=USER, seconds=seconds)
        return json.loads(printed)

    def status(self) -> Any:
        """Return what the running master says; None while there is none."""
        code, said, _ = self.root.end_of("watchkeeper", "--profile", PROFILE, "status", "--json", user=USER)
        return json.loads(said) if code == 0 else None

    def watch(self) -> None:
        """Add an account that has something new at every look."""
        script = self.home / "tick.sh"
        script.write_text('#!/bin/sh\necho "{\\"key\\": \\"$(date +%s%N)\\", \\"title\\": \\"tick\\"}"\n')
        script.chmod(0o755)
        add = ("accounts", "add", "--platform", "script", "--name", "ticks", "--interval", "5")
        self.say(*add, "--set", f"command=/home/{USER}/tick.sh")

    def found(self) -> int:
        """Return how many items were found."""
        return len(self.say("items", "list")["rows"])

    def run_job(self, name: str) -> str:
        """Start a job that prints, waits for the file ``name``, prints again, and ends with 7; return its id."""
        code = f'i=0; until [ -e "$HOME/{name}" ]; do i=$((i+1)); echo "$i"; sleep 0.1; done; echo done; exit 7'
        answer = self.say("jobs", "run", "--detach", "--", "sh", "-c", code)
        job = str(answer["id"])
        wait_until(lambda: self.say("jobs", "show", job)["state"] == "RUNNING", what="the job")
        return job

    def finish(self, job: str, name: str) -> None:
        """Let the job go on; what it printed is whole and its exit code is kept."""
        (self.home / name).touch()
        ended = wait_until(lambda: self._ended(job), what="the end of the job")
        assert ended["exit_code"] == "7:0"
        output = self.root.run("watchkeeper", "--profile", PROFILE, "jobs", "output", job, user=USER).split()
        assert output == [*(str(number) for number in range(1, len(output))), "done"]

    def _ended(self, job: str) -> Any:
        shown = self.say("jobs", "show", job)
        return shown if shown["ended_at"] else None


@pytest.fixture
def person(root) -> Person:
    """An ordinary user of the root."""
    return Person(root)


def tree_of(pid: int, root: CleanRoot) -> str:
    """Return from which tree a process runs."""
    found = re.fullmatch(rf"{root.root}/{BASE}/live/([^/]+)/.*", str(Path(f"/proc/{pid}/exe").readlink()))
    assert found is not None, str(Path(f"/proc/{pid}/exe").readlink())
    return found[1]


def trees(root: CleanRoot) -> set[str]:
    """Return the trees that there are."""
    live = root.root / BASE / "live"
    return {path.name for path in live.iterdir()} if live.is_dir() else set()


def test_it_runs_for_an_ordinary_user(root, person):
    version = make_context(ROOT).version
    assert root.run("watchkeeper", "--version", user=USER).split() == ["watchkeeper", version]
    code, said, _ = root.end_of("watchkeeper", "doctor", user=USER)
    assert code == 1  # no keyring in this session
    assert re.findall(r"^✗ (\w+)", said, re.MULTILINE) == ["keyring"]
    assert "✓ libraries" in said
    assert root.run("watchkeeper", "selftest", user=USER, seconds=120).count("✓") >= 10
    assert root.end_of("watchkeeper", user=USER)[0] == 1  # no display, in one sentence
    assert person.status() is None


def test_credentials_go_into_the_keyring_of_the_session(root):
    session = ("dbus-run-session", "--", "sh", "-c", WITH_RING, "ring", "watchkeeper")
    assert "✓ keyring" in root.end_of(*session, "doctor", user=USER)[1]
    assert "✓ stopped in order" in root.run(*session, "selftest", user=USER, seconds=120)


def test_the_window_opens_and_entries_name_the_path_that_stays(root, person, display):
    desktop = root.start("watchkeeper", "--port", "0", DISPLAY=display)  # links lead to the usual profile alone
    shown = wait_until(lambda: window(display), what="the window")
    assert shown == ("watchkeeper", "Watchkeeper")  # StartupWMClass
    links = person.home / ".local/share/applications/watchkeeper-links.desktop"
    wait_until(links.is_file, what="the entry for links")
    assert "Exec=/usr/bin/watchkeeper %u\n" in links.read_text()
    assert tree_of(desktop.pid, root) == make_context(ROOT).version
    wait_until(lambda: root.end_of("watchkeeper", "status", user=USER)[0] == 0, what="the master")
    root.run("watchkeeper", "stop", "--wait", "20", user=USER)
    assert desktop.wait(60) == 0
    assert "Traceback" not in root.log()


def window(display: str) -> tuple[str, str] | None:
    """Return the class of the program's window on a display."""
    if shutil.which("xwininfo") is None or shutil.which("xprop") is None:
        pytest.skip("x11-utils are not installed")
    environment = {**os.environ, "DISPLAY": display}
    tree = subprocess.run(["xwininfo", "-root", "-tree"], env=environment, capture_output=True, text=True, check=False)
    found = re.search(r'0x[0-9a-f]+ "Watchkeeper": \("([^"]+)" "([^"]+)"\)', tree.stdout)
    return (found[1], found[2]) if found else None


def test_the_demo_needs_no_screen(root, person):
    picture = f"/home/{USER}/window.png"
    root.run("watchkeeper", "demo", "--offscreen", "--seconds", "8", "--screenshot", picture, user=USER, seconds=90)
    assert (root.root / picture[1:]).stat().st_size > 20_000


def test_an_update_ends_neither_the_watch_nor_a_job(root, person, package, newer, display):
    """The desktop of the old version goes on, also with what it starts anew; the next start is of the new version."""
    version = make_context(ROOT).version
    desktop = root.start("watchkeeper", "--profile", PROFILE, "--port", "0", DISPLAY=display)
    wait_until(person.status, what="the master")
    person.watch()
    wait_until(person.found, what="an item")
    first, second = person.run_job("first"), person.run_job("second")

    root.install(package, "--reinstall")
    assert trees(root) == {version, f"{version}.1"}
    root.install(newer)
    assert trees(root) == {version, NEXT}
    assert (root.root / BASE / "current").readlink() == Path(f"live/{NEXT}")
    assert (
        f"R! /usr/lib/watchkeeper/live/{version}\n" in (root.root / "etc/tmpfiles.d/watchkeeper-live.conf").read_text()
    )

    assert desktop.poll() is None
    assert tree_of(desktop.pid, root) == version
    before = person.found()
    workers = person.say("workers", "list")
    person.say("workers", "restart", workers[0]["worker_id"], seconds=90)
    wait_until(lambda: person.found() > before, what="items after the update")
    person.finish(first, "first")
    root.run("watchkeeper", "--profile", PROFILE, "stop", "--wait", "30", user=USER)
    assert desktop.wait(60) == 0

    serve = root.start("watchkeeper", "--profile", PROFILE, "--port", "0", "serve")
    wait_until(person.status, what="the master of the new version")
    assert tree_of(serve.pid, root) == NEXT
    person.finish(second, "second")
    wait_until(lambda: person.found() > before, what="what was found before")

    root.run("watchkeeper", "--profile", PROFILE, "stop", "--wait", "30", user=USER)
    assert serve.wait(60) == 0
    wait_until(lambda: not list(root.processes()), what="the end of all")
    root.run("/var/lib/dpkg/info/watchkeeper.postinst", "configure", NEXT)
    assert trees(root) == {NEXT}
    assert not (root.root / "etc/tmpfiles.d/watchkeeper-live.conf").exists()
    assert "Traceback" not in root.log()


def test_what_a_person_has_stays_when_the_package_goes(root, person):
    serve = root.start("watchkeeper", "--profile", PROFILE, "--port", "0", "serve")
    wait_until(person.status, what="the master")
    person.watch()
    person.run_job("never")
    said = root.apt("remove", "watchkeeper")
    assert serve.wait(60) == 0  # it was asked to stop, and did
    assert "Jobs are still running" in said
    assert "~/.local/share/Watchkeeper" in said
    assert not (root.root / BASE / "bundle").exists()
    keepers = [pid for pid in root.processes() if "keeper" in Path(f"/proc/{pid}/exe").readlink().name]
    assert len(keepers) == 1

    said = root.apt("purge", "watchkeeper")
    assert "~/.local/share/Watchkeeper" in said
    assert left_of(root) == []
    assert (person.home / "profile/watchkeeper.db").stat().st_size > 0
    assert (person.home / "tick.sh").exists()


def left_of(root: CleanRoot) -> list[str]:
    """Return what of the package is left outside of homes, logs and what apt knows."""
    found = root.run(
        *("find", "/etc", "/usr", "/var/lib", "/run", "/opt", "-xdev", "-iname", "*watchkeeper*"),
        *("-not", "-path", "/var/lib/apt/*", "-not", "-path", "/var/lib/dpkg/*-old"),
    )
    return found.split()


def test_removed_while_nothing_runs_it_leaves_nothing(root):
    root.apt("purge", "watchkeeper")
    assert left_of(root) == []
    assert root.end_of("sh", "-c", "command -v watchkeeper")[0] != 0
