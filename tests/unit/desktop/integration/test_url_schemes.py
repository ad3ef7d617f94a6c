"""Links of ours start this program: every system by the same contract, and what each keeps, read by its own rules."""

import configparser
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.integration.url_schemes import (
    BundledScheme,
    ClassesScheme,
    XdgScheme,
    bundle_plist,
    choose_scheme,
    link_command,
)
from tests.helpers.registries import FakeRegistry

COMMAND = ["/opt/Watch keeper/python", "-m", "desktop", "--profile", '/srv/my 50% "$own" \\ data']
OTHER = ["/usr/bin/watchkeeper"]


@pytest.fixture(params=["linux", "windows"])
def scheme(request, tmp_path):
    made = {
        "linux": lambda: XdgScheme(tmp_path / "data", tmp_path / "config"),
        "windows": lambda: ClassesScheme(FakeRegistry()),
    }
    return made[request.param]()


def test_links_lead_nowhere_until_they_are_registered(scheme):
    assert not scheme.registered(COMMAND)
    scheme.unregister()  # nothing there: nothing happens
    scheme.register(COMMAND)
    assert scheme.registered(COMMAND)
    assert not scheme.registered(OTHER)
    scheme.register(OTHER)
    assert scheme.registered(OTHER)
    assert not scheme.registered(COMMAND)
    scheme.unregister()
    assert not scheme.registered(OTHER)


def test_the_entry_says_what_it_opens_and_how(tmp_path):
    XdgScheme(tmp_path / "data", tmp_path / "config").register(COMMAND)
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(tmp_path / "data" / "applications" / XdgScheme.ENTRY, encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["MimeType"] == "x-scheme-handler/watchkeeper;"
    words = shlex.split(entry["Exec"].replace("\\\\", "\\").replace("\\$", "$"))
    assert [word.replace("%%", "%") for word in words] == [*COMMAND, "%u"]


def test_what_others_chose_stays(tmp_path):
    defaults = tmp_path / "config" / "mimeapps.list"
    defaults.parent.mkdir()
    associations = "# mine\n[Added Associations]\nx-scheme-handler/watchkeeper=old.desktop\n\n"
    before = f"{associations}[Default Applications]\ntext/html=fox.desktop\n"
    defaults.write_text(before + "\n[Removed Associations]\na/b=c.desktop\n", encoding="utf-8")
    scheme = XdgScheme(tmp_path / "data", tmp_path / "config")
    scheme.register(COMMAND)
    text = defaults.read_text(encoding="utf-8")
    assert text.startswith("# mine\n[Added Associations]\nx-scheme-handler/watchkeeper=old.desktop\n")
    section = text[text.index("[Default Applications]") : text.index("[Removed Associations]")]
    assert f"x-scheme-handler/watchkeeper={XdgScheme.ENTRY}" in section
    assert "text/html=fox.desktop" in section
    scheme.unregister()
    assert defaults.read_text(encoding="utf-8") == before + "\n[Removed Associations]\na/b=c.desktop\n"
    # Another program that the person chose for our links is left alone.
    defaults.write_text("[Default Applications]\nx-scheme-handler/watchkeeper=other.desktop\n", encoding="utf-8")
    assert not scheme.registered(COMMAND)
    scheme.unregister()
    assert "other.desktop" in defaults.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("gio") is None, reason="gio (libglib2.0-bin) is not installed")
def test_the_system_finds_it(tmp_path):
    data, config = tmp_path / "data", tmp_path / "config"
    XdgScheme(data, config).register([sys.executable, "-m", "desktop"])
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(data), "XDG_CONFIG_HOME": str(config), "LC_ALL": "C"}
    asked = subprocess.run(
        ["gio", "mime", "x-scheme-handler/watchkeeper"],
        env=environment | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert XdgScheme.ENTRY in asked.stdout


def test_the_class_of_windows_is_a_protocol(tmp_path):
    registry = FakeRegistry()
    scheme = ClassesScheme(registry)
    scheme.register(["C:\\Program Files\\Watchkeeper\\watchkeeper.exe"])
    key = "Software\\Classes\\watchkeeper"
    assert registry.read(key, "URL Protocol") == ""
    line = registry.read(f"{key}\\shell\\open\\command", "")
    assert line == '"C:\\Program Files\\Watchkeeper\\watchkeeper.exe" "%1"'
    registry.write("Software\\Classes\\watchkeepers", "", "another")
    scheme.unregister()
    assert list(registry.values) == [("Software\\Classes\\watchkeepers", "")]


def test_a_bundle_says_it_itself(tmp_path):
    program = tmp_path / "Watchkeeper.app" / "Contents" / "MacOS" / "Watchkeeper"
    program.parent.mkdir(parents=True)
    program.touch()
    plist = bundle_plist(str(program))
    assert plist == tmp_path / "Watchkeeper.app" / "Contents" / "Info.plist"
    assert bundle_plist("/usr/bin/python3") is None
    assert not BundledScheme(None).registered(COMMAND)
    assert not BundledScheme(plist).registered(COMMAND)
    plist.write_bytes(plistlib.dumps({"CFBundleURLTypes": [{"CFBundleURLSchemes": ["watchkeeper"]}]}))
    assert BundledScheme(plist).registered(COMMAND)
    plist.write_bytes(b"garbage")
    assert not BundledScheme(plist).registered(COMMAND)


def test_every_system_has_its_own(tmp_path, monkeypatch):
    chosen = choose_scheme({"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CONFIG_HOME": str(tmp_path / "c")}, tmp_path)
    if sys.platform.startswith("linux"):
        chosen.register(COMMAND)
        assert (tmp_path / "d" / "applications" / XdgScheme.ENTRY).is_file()
    assert link_command(None)[-1] != "--minimized"
    assert link_command(Path("data"))[-2:] == ["--profile", str(Path("data").resolve())]
