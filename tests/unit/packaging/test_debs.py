"""The package for Debian: what stands in it, and what its scripts do to programs that run."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from makers import deb_dependencies, debs
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

SCRIPTS = ROOT / "packaging" / "linux" / "deb"
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dpkg-deb") is None, reason="packages for Debian are made on Debian"
)


def make_bundle(folder: Path) -> Path:
    """Make a bundle of two programs that do nothing for as long as they are asked."""
    (folder / "_internal" / "msgspec-1.0.dist-info").mkdir(parents=True)
    about = "Metadata-Version: 2.4\nName: msgspec\nVersion: 1.0\nLicense-Expression: BSD-3-Clause\n\nIt packs.\n"
    (folder / "_internal" / "msgspec-1.0.dist-info" / "METADATA").write_text(about)
    (folder / "keeper-0.1.0").mkdir()
    sleep = shutil.which("sleep")
    assert sleep is not None
    shutil.copy(sleep, folder / "watchkeeper")
    shutil.copy(sleep, folder / "keeper-0.1.0" / "watchkeeper-keeper")
    (folder / "_internal" / "text.txt").write_text("text")
    (folder / "_internal" / "text.txt").chmod(0o600)
    return folder


@pytest.fixture
def context(tmp_path, monkeypatch):
    """What the maker works with, on a bundle of our own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.setattr(debs, "depends", lambda *_: ["libc6 (>= 2.34)"])
    (tmp_path / "dist").mkdir()
    bundle = make_bundle(tmp_path / "bundle")
    return replace(make_context(ROOT), work=tmp_path / "build", dist=tmp_path / "dist", bundle=bundle, version="0.1.0")


def test_the_package_is_the_same_at_every_time(context):
    (made,) = debs.make(context)
    first = hashlib.sha256(made.read_bytes()).hexdigest()
    os.utime(context.bundle / "watchkeeper", (1, 1))
    (context.bundle / "_internal" / "text.txt").chmod(0o666)
    (made,) = debs.make(context)
    assert made.name == f"watchkeeper_0.1.0_{debs.architecture()}.deb"
    assert hashlib.sha256(made.read_bytes()).hexdigest() == first


def test_what_stands_in_it(context, tmp_path):
    (made,) = debs.make(context)
    subprocess.run(["dpkg-deb", "--raw-extract", made, tmp_path / "there"], check=True)
    root = tmp_path / "there"
    bundle = root / "usr/lib/watchkeeper/bundle"
    assert (bundle / "managed-by.txt").read_text() == "apt\n"
    assert (bundle / "started-by.txt").read_text() == "/usr/bin/watchkeeper\n"
    assert (root / "usr/bin/watchkeeper").readlink() == Path("../lib/watchkeeper/current/watchkeeper")
    assert (root / "usr/share/applications/watchkeeper.desktop").is_file()
    assert not (root / "etc").exists()  # nothing starts for everybody, at login or at boot
    assert (bundle / "_internal/text.txt").stat().st_mode & 0o777 == 0o644
    assert (bundle / "watchkeeper").stat().st_mode & 0o777 == 0o755
    control = (root / "DEBIAN/control").read_text()
    assert "Version: 0.1.0\n" in control
    assert "Depends: libc6 (>= 2.34)\n" in control
    assert 80 < int(control.split("Installed-Size: ")[1].split("\n")[0]) < 400
    assert "msgspec 1.0: BSD-3-Clause" in (root / "usr/share/doc/watchkeeper/copyright").read_text()
    subprocess.run(["md5sum", "--quiet", "--check", "DEBIAN/md5sums"], cwd=root, check=True)
    for name in debs.SCRIPTS:
        assert "@" not in (root / "DEBIAN" / name).read_text().replace('"$@"', "")


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_has_nothing_to_say(context):
    (made,) = debs.make(context)
    judge = ["lintian", "--allow-root", "--fail-on", "error,warning", made]
    done = subprocess.run(judge, capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if "unused-override" not in line]
    assert (done.returncode, said) == (0, [])


def test_without_a_bundle_it_says_what_to_do(context, tmp_path):
    with pytest.raises(PackagingError, match=r"make_installers\.py build first"):
        debs.make(replace(context, bundle=tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("ours", "theirs"), [("1.2.3", "1.2.3"), ("1.2.3rc1", "1.2.3~rc1"), ("1.0.dev4", "1.0~dev4"), ("2.0a1", "2.0~a1")]
)
def test_versions_are_in_the_order_of_debian(ours, theirs):
    assert debs.debian_version(ours) == theirs


def test_what_the_program_needs_is_read():
    printed = """
 0x0000000000000001 (NEEDED)             Shared library: [libdl.so.2]
 0x0000000000000001 (NEEDED)             Shared library: [libxcb-cursor.so.0]
  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 4
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 3
  0x0030:   Name: GLIBCXX_3.4.29  Flags: none  Version: 2
"""
    assert deb_dependencies.read_needs(printed) == ({"libdl.so.2", "libxcb-cursor.so.0"}, (2, 34))


def test_what_is_missing_is_told(tmp_path):
    with pytest.raises(PackagingError, match="no program in it"):
        deb_dependencies.depends(make_context(ROOT), tmp_path)
    with pytest.raises(PackagingError, match=r"libnone\.so\.1 is needed, but neither in the bundle nor"):
        list(deb_dependencies.owners_of(make_context(ROOT), ["libnone.so.1"]))
    with pytest.raises(PackagingError, match="from no package"):
        deb_dependencies.owner_of(make_context(ROOT), tmp_path / "lib.so")


@pytest.mark.skipif(shutil.which("readelf") is None, reason="binutils are not installed")
def test_what_the_program_needs_is_found(tmp_path):
    bundle = make_bundle(tmp_path / "bundle")
    needed = deb_dependencies.depends(make_context(ROOT), bundle)
    assert any(relation.startswith("libc6 (>= 2.") for relation in needed)
    assert {"ca-certificates", "libdbus-1-3"} <= set(needed)
    shutil.copy(bundle / "watchkeeper", bundle / "libc.so.6")  # what comes along is not asked of the distribution
    assert not [relation for relation in deb_dependencies.depends(make_context(ROOT), bundle) if "libc6" in relation]


class Machine:
    """A root folder with the package in it, and what dpkg would do there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = root / "usr/lib/watchkeeper"
        self.rules = root / "etc/tmpfiles.d/watchkeeper-live.conf"
        self._running: list[subprocess.Popen[bytes]] = []

    def unpack(self, version: str) -> None:
        """Put new files in place of the old ones, as dpkg does."""
        fresh = make_bundle(self.root / "fresh")
        (fresh / "version.txt").write_text(version)
        self.base.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPTS / "trees.sh", self.base)
        for path in sorted(fresh.rglob("*")):
            target = self.base / "bundle" / path.relative_to(fresh)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                path.replace(target)
        shutil.rmtree(fresh)
        self.version = version

    def run(self, script: str, *arguments: str) -> str:
        """Run a script of the package."""
        file = self.root / script
        file.write_text((SCRIPTS / script).read_text().replace("@VERSION@", self.version))
        env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "DPKG_ROOT": str(self.root)}
        done = subprocess.run(["sh", file, *arguments], env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def install(self, version: str, before: str = "") -> str:
        """Unpack and configure."""
        self.unpack(version)
        return self.run("postinst", "configure", *([before] if before else []))

    def start(self, program: str = "watchkeeper") -> subprocess.Popen[bytes]:
        """Run it from where the command leads to; it ends with the test."""
        process = subprocess.Popen([(self.base / "current" / program).resolve(), "60"])
        self._running.append(process)
        return process

    def trees(self) -> list[str]:
        """Return the names of the trees."""
        return sorted(path.name for path in (self.base / "live").glob("*"))

    def current(self) -> str:
        """Return the version that the command starts."""
        return (self.base / "current" / "version.txt").read_text()

    def close(self) -> None:
        """End whatever runs."""
        for process in self._running:
            process.kill()
            process.wait()


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    yield made
    made.close()


def test_an_update_leaves_a_running_program_its_files(machine):
    machine.install("1.0")
    machine.start()
    said = machine.install("1.1", before="1.0")
    assert machine.current() == "1.1"
    assert (machine.base / "live/1.0/version.txt").read_text() == "1.0"
    assert machine.trees() == ["1.0", "1.1"]
    assert "still runs in the version before" in said
    assert machine.rules.read_text().splitlines()[1:] == [
        "R! /usr/lib/watchkeeper/live/1.0",
        "R! /etc/tmpfiles.d/watchkeeper-live.conf",
    ]


def test_a_tree_goes_with_the_next_update_when_nothing_runs_from_it(machine):
    machine.install("1.0")
    process = machine.start()
    machine.install("1.1")
    process.kill()
    process.wait()
    machine.install("1.2", before="1.1")
    assert machine.trees() == ["1.2"]
    assert not machine.rules.exists()


def test_the_keeper_of_a_job_holds_its_tree(machine):
    machine.install("1.0")
    machine.start("keeper-0.1.0/watchkeeper-keeper")
    machine.install("1.1")
    assert machine.trees() == ["1.0", "1.1"]


def test_the_same_version_over_itself_is_another_tree(machine):
    machine.install("1.0")
    machine.start()
    machine.install("1.0", before="1.0")
    assert machine.trees() == ["1.0", "1.0.1"]
    assert (machine.base / "current").readlink() == Path("live/1.0.1")
    machine.close()
    machine.install("1.0", before="1.0")
    assert len(machine.trees()) == 1


def test_until_it_is_configured_the_command_starts_the_old_version(machine):
    machine.install("1.0")
    machine.unpack("1.1")
    assert machine.current() == "1.0"
    machine.run("postinst", "configure", "1.0")
    assert machine.current() == "1.1"
    machine.run("postinst", "configure", "1.0")  # once more changes nothing
    assert machine.trees() == ["1.1"]


def test_a_tree_costs_no_space(machine):
    machine.install("1.0")
    names = [folder / "_internal/text.txt" for folder in (machine.base / "bundle", machine.base / "live/1.0")]
    assert names[0].samefile(names[1])


def test_removal_leaves_a_job_its_keeper_until_the_machine_starts_again(machine):
    machine.install("1.0")
    machine.start("keeper-0.1.0/watchkeeper-keeper")
    assert "Jobs are still running" in machine.run("prerm", "remove")
    assert machine.trees() == ["1.0"]
    assert not (machine.base / "current").is_symlink()
    assert "live/1.0" in machine.rules.read_text()


def test_removal_ends_what_watches_and_nothing_that_does_a_job(machine, tmp_path):
    machine.install("1.0")
    program = machine.base / "live/1.0/watchkeeper"
    program.unlink()
    shutil.copy("/bin/sh", program)
    (tmp_path / "worker").write_text("read line\n")

    def start(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["watchkeeper", *words], executable=program, cwd=tmp_path, stdin=subprocess.PIPE)

    with start("worker", "--connect", "URL") as worker, start("worker", "run-runner", "http", "folder") as runner:
        env = {"PATH": "/usr/bin:/bin", "ROOT": str(machine.root)}
        subprocess.run(["sh", "-c", f". {machine.base}/trees.sh; stop_all"], env=env, check=True, timeout=60)
        assert worker.wait(60) == -signal.SIGTERM
        assert runner.poll() is None
        runner.kill()


def test_removal_leaves_nothing_and_purge_says_where_data_is(machine):
    machine.install("1.0")
    assert machine.run("prerm", "remove") == ""
    assert not (machine.base / "live").exists()
    assert "~/.local/share/Watchkeeper" in machine.run("postrm", "remove")
    assert "~/.local/share/Watchkeeper" in machine.run("postrm", "purge")
    assert not machine.base.exists()


def test_an_update_itself_ends_nothing(machine):
    machine.install("1.0")
    process = machine.start()
    machine.run("prerm", "upgrade", "1.1")
    assert process.poll() is None
    assert machine.current() == "1.0"
