"""Checksums that sha256sum takes, and a release that the update check takes once it is signed."""

import json
import runpy
import shutil
import subprocess
from dataclasses import replace

import msgspec
import pytest

from makers import checksums
from makers.contexts import PackagingError, make_context
from master.api.updates import Release
from master.services.update_files import downloads_here, is_newer
from master.vault.signatures import make_pair
from tests.architecture.rules import ROOT

VERSION = "1.4.0"
FILES = (
    f"watchkeeper-{VERSION}-linux-x86_64.tar.xz",
    f"watchkeeper_{VERSION}_amd64.deb",
    f"Watchkeeper-{VERSION}-x86_64.AppImage",
    f"Watchkeeper-{VERSION}-windows-x64.exe",
    f"Watchkeeper-{VERSION}-windows-x64.msi",
    f"Watchkeeper-{VERSION}-macos-arm64.dmg",
    f"Watchkeeper-{VERSION}-macos-x86_64.dmg",
    f"watchkeeper-{VERSION}-linux-x86_64.cdx.json",
)
CHANGELOG = """# Changelog

## [Unreleased]

- Later.

## [1.4.0] - 2027-01-02

### Added

- A `thing`, see [the page](https://example.org).

## [1.3.0] - 2026-12-01

- Old.
"""


@pytest.fixture
def context(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    dist = tmp_path / "dist"
    (dist / "bundle").mkdir(parents=True)
    for name in FILES:
        (dist / name).write_text(name)
    (dist / ".hidden").touch()
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return replace(make_context(ROOT), root=tmp_path, version=VERSION, dist=dist)


def test_every_file_is_listed_and_sha256sum_is_content(context):
    (made,) = checksums.make(context)
    text = made.read_text()
    assert [line.partition(" *")[2] for line in text.splitlines()] == sorted(FILES)
    if shutil.which("sha256sum"):
        said = subprocess.run(
            ["sha256sum", "--check", "--strict", made.name], cwd=context.dist, capture_output=True, text=True
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.count(": OK") == len(FILES)
    # Again, over its own files: the same.
    checksums.make(replace(context, settings={"downloads": "https://example.org/d"}))
    assert made.read_text() == text


def test_nothing_to_list_is_told(context, tmp_path):
    with pytest.raises(PackagingError, match="make the packages first"):
        checksums.make(replace(context, dist=tmp_path / "none"))


def test_the_release_can_be_signed_and_names_what_each_system_installs(context, tmp_path):
    page = "https://example.org/releases/tag/v1.4.0"
    settings = {"downloads": "https://example.org/releases/download/v1.4.0/", "page": page}
    _, made = checksums.make(replace(context, settings=settings))
    release = msgspec.json.decode(made.read_bytes(), type=Release)
    assert release.version == VERSION
    assert is_newer(release.version, "1.3.9")
    assert release.page == page
    assert release.released_at == 1_800_000_000_000 < release.expires_at
    assert release.notes == {"en": "### Added\n\n- A thing, see the page."}
    assert {(one.system, one.machine, one.kind) for one in release.downloads} == {
        ("linux", "x86_64", "tar"), ("linux", "x86_64", "deb"), ("linux", "x86_64", "appimage"),
        ("windows", "x86_64", "exe"), ("windows", "x86_64", "msi"),
        ("macos", "arm64", "dmg"), ("macos", "x86_64", "dmg"),
    }  # fmt: skip
    assert all(one.url.startswith(settings["downloads"]) for one in downloads_here(release))
    tool = runpy.run_path(str(ROOT / "packaging" / "sign_update.py"))
    private, public = make_pair()
    assert "signature: right" in tool["show"](tool["sign_release"](made.read_bytes(), private), [public])


def test_serials_grow_with_versions_and_publications():
    serials = [checksums.serial(version) for version in ("0.9.9", "1.0.0", "1.0.1", "1.1.0", "2.0.0")]
    assert serials == sorted(set(serials))
    assert checksums.serial("1.0.0") < checksums.serial("1.0.0", 3) < checksums.serial("1.0.1")
    with pytest.raises(PackagingError, match="is no release"):
        checksums.serial("1.0.0rc1")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"downloads": "http://example.org"}, "no https address"),
        ({"downloads": "https://example.org", "serial": "two"}, "is no number"),
    ],
)
def test_wrong_settings_are_told(context, settings, message):
    with pytest.raises(PackagingError, match=message):
        checksums.make(replace(context, settings=settings))


def test_a_release_without_notes_is_none():
    with pytest.raises(PackagingError, match=r"no section for 1\.5\.0"):
        checksums.notes(CHANGELOG, "1.5.0")
    long = "## 1.5.0\n\n" + "- One more line.\n" * 1000
    assert len(checksums.notes(long, "1.5.0")) <= 8000


def test_the_document_is_the_same_each_time(context):
    given = replace(context, settings={"downloads": "https://example.org"})
    first = [path.read_bytes() for path in checksums.make(given)]
    assert [path.read_bytes() for path in checksums.make(given)] == first
    assert json.loads(first[1])["minimum"]["linux"] == checksums.GLIBC
