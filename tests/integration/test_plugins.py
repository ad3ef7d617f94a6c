"""Platforms of third parties: made by the scaffold, installed as a wheel, watched by a real worker; broken ones."""

import contextlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.helpers.deadlines import until
from tests.helpers.fake_master import assignment, fake_master
from tests.helpers.worker_processes import ROOT, WorkerProcess
from worker.protocol.account_messages import CheckAccount
from worker.protocol.manifest import Catalog
from worker.protocol.states import CheckOutcome

pytestmark = pytest.mark.real_server


def python(*arguments, folder, path=()):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *path)))}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def make(folder, plugin_id="weather"):
    """Make a plug-in as a developer does; return its project."""
    project = folder / "project"
    done = python("-m", "desktop", "plugin", "new", plugin_id, "--folder", str(project), folder=folder)
    assert done.returncode == 0, done.stderr
    assert str(project) in done.stdout
    return project


def wheel_of(project, folder):
    """Return a wheel of the project, as any build backend makes it."""
    about = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    name, version = about["name"].replace("-", "_"), about["version"]
    points = "".join(
        f"[{group}]\n" + "".join(f"{point} = {value}\n" for point, value in entries.items())
        for group, entries in about["entry-points"].items()
    )
    info = f"{name}-{version}.dist-info"
    parts = {path.relative_to(project).as_posix(): path.read_text() for path in sorted((project / name).rglob("*.*"))}
    parts |= {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": points,
    }
    parts[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*parts, f"{info}/RECORD"))
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, words in parts.items():
            archive.writestr(path, words)
    return wheel


def install(wheel, target):
    """Install as a user does, without any network."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
        return
    how = ["-q", "--offline", "--no-deps", "--python", sys.executable, "--target", str(target)]
    done = subprocess.run([uv, "pip", "install", *how, str(wheel)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def running(folder, url, plugins):
    """Run a worker that finds what is installed in ``plugins``."""
    folder.mkdir(exist_ok=True)
    (folder / "plugins").symlink_to(plugins)
    worker = WorkerProcess(folder, url)
    try:
        yield worker
    finally:
        worker.end()


def test_a_new_plug_in_passes_its_own_tests(tmp_path):
    project = make(tmp_path)
    how = ["-q", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    done = python("-W", "error", "-m", "pytest", *how, folder=project, path=[project])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


@pytest.mark.parametrize("plugin_id", ["Weather", "1st", "a", "class", "../up", "a-b", ""])
def test_an_id_that_cannot_be_is_refused(tmp_path, plugin_id):
    done = python("-m", "desktop", "plugin", "new", plugin_id, "--folder", str(tmp_path / "p"), folder=tmp_path)
    assert done.returncode == 2
    assert "an id has" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_overwritten(tmp_path):
    project = make(tmp_path)
    manifest = project / "watchkeeper_weather" / "manifest.toml"
    manifest.write_text("mine")
    done = python("-m", "desktop", "plugin", "new", "weather", "--folder", str(project), folder=tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert manifest.read_text() == "mine"


async def test_an_installed_plug_in_is_watched_by_a_real_worker(tmp_path, feed_server):
    target = tmp_path / "site"
    install(wheel_of(make(tmp_path), tmp_path), target)
    things = feed_server.feed("things")
    things.serve(b'[{"id": 1, "title": "There at first"}]', "application/json")
    async with fake_master() as master:
        master.assignments["a1"] = assignment(platform="weather", settings={"url": things.url}, baseline=True)
        with running(tmp_path / "worker", master.url, target) as worker:
            await until(lambda: master.ended("a1"))
            assert master.ended("a1")[0].outcome is CheckOutcome.OK, worker.stderr
            assert "weather" in master.registrations[0].platforms
            things.serve(b'[{"id": 1, "title": "There at first"}, {"id": 2, "title": "New"}]', "application/json")
            await master.send(CheckAccount(account_id="a1", epoch=1))
            await until(lambda: len(master.ended("a1")) == 2)
            assert master.ended("a1")[1].found == 1
            assert master.keys["a1"] == ["1", "2"]


BROKEN = {
    "no_manifest": {},
    "no_toml": {"manifest.toml": "id = "},
    "wrong_key": {"manifest.toml": 'id = "x"\ncolour = "red"\n'},
    "not_imported": {"__init__.py": "raise RuntimeError('no good')\n", "manifest.toml": 'id = "y"\n'},
}


def install_package(site, name, parts):
    package = site / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(parts.get("__init__.py", ""))
    for file, words in parts.items():
        (package / file).write_text(words)
    info = site / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[watchkeeper.platforms]\n{name} = {name}\n")


def good_parts(folder: Path, plugin_id: str) -> dict[str, str]:
    package = make(folder, plugin_id) / f"watchkeeper_{plugin_id}"
    return {path.name: path.read_text() for path in package.iterdir()}


def test_broken_plug_ins_are_shown_and_hurt_nobody(tmp_path):
    site = tmp_path / "site"
    for name, parts in BROKEN.items():
        install_package(site, name, parts)
    install_package(site, "gone_away", {})
    shutil.rmtree(site / "gone_away")
    parts = good_parts(tmp_path, "fine")
    install_package(site, "fine", parts)
    install_package(site, "taken", parts | {"manifest.toml": parts["manifest.toml"].replace('"fine"', '"feed"', 1)})
    done = python("-m", "worker", "--describe", folder=tmp_path, path=[site])
    assert done.returncode == 0, done.stderr
    catalog = msgspec.json.decode(done.stdout, type=Catalog)
    assert {"fine", "feed", "imap"} <= {manifest.id for manifest in catalog.platforms}
    reasons = {one.package: one.reason for one in catalog.broken}
    assert set(reasons) == {*BROKEN, "gone_away", "taken"}
    assert "colour" in reasons["wrong_key"]
    assert "no good" in reasons["not_imported"]
    assert "feed is taken" in reasons["taken"]
    assert {one.kind for one in catalog.broken} == {"platform"}


async def test_an_adapter_that_cannot_be_imported_stops_its_own_accounts_alone(tmp_path, feed_server):
    site = tmp_path / "site"
    parts = good_parts(tmp_path, "fine")
    install_package(site, "bad", parts | {"manifest.toml": parts["manifest.toml"].replace('"fine"', '"bad"', 1)})
    (site / "bad" / "adapter.py").write_text("import no_such_library\n")
    feed = feed_server.feed("beside")
    feed.publish("There")
    async with fake_master() as master:
        master.assignments["bad"] = assignment("bad", platform="bad", settings={"url": feed.url})
        master.assignments["good"] = assignment("good", platform="feed", settings={"url": feed.url})
        with running(tmp_path / "worker", master.url, site):
            await until(lambda: master.ended("bad") and master.ended("good"))
    ended = master.ended("bad")[0]
    assert ended.outcome is CheckOutcome.ERROR
    assert "no_such_library" in ended.reason.message
    assert master.ended("good")[0].outcome is CheckOutcome.OK
