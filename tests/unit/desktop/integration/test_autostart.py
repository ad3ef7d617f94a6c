"""Start at login: every system's switch, by the same contract; what each system keeps, read back by its own rules."""

import configparser
import plistlib
import shlex
import sys
from pathlib import Path

import pytest

from desktop.integration.autostart import (
    IDENTIFIER,
    NAME,
    LaunchAgent,
    RunKey,
    XdgAutostart,
    choose_autostart,
    launch_command,
)
from desktop.integration.login_items import ServiceAutostart
from tests.helpers.login_items import FakeItem
from tests.helpers.registries import FakeRegistry

COMMAND = ["/opt/Watch keeper/python", "-m", "desktop", "--profile", '/srv/my 50% "$own" \\ data', "--minimized"]


@pytest.fixture(params=["linux", "macos", "login item", "windows"])
def switch(request, tmp_path):
    made = {
        "linux": lambda: XdgAutostart(tmp_path / "config"),
        "macos": lambda: LaunchAgent(tmp_path / "LaunchAgents"),
        "login item": lambda: ServiceAutostart(FakeItem(), LaunchAgent(tmp_path / "LaunchAgents")),
        "windows": lambda: RunKey(FakeRegistry()),
    }
    return made[request.param]()


def test_a_switch_is_off_until_it_is_put_on(switch):
    assert not switch.enabled()
    switch.disable()  # nothing there: nothing happens
    switch.enable(COMMAND)
    assert switch.enabled()
    switch.enable(COMMAND)
    assert switch.enabled()
    switch.disable()
    assert not switch.enabled()


def _entry(config: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(config / "autostart" / "watchkeeper.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_desktop_entry_starts_what_was_asked(tmp_path):
    XdgAutostart(tmp_path).enable(COMMAND)
    value = _entry(tmp_path)["Exec"].replace("\\\\", "\\")  # a string of a desktop entry
    words = shlex.split(value.replace("\\$", "$"))  # an Exec line quotes and escapes like a shell in double quotes
    assert [word.replace("%%", "%") for word in words] == COMMAND


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_session_switched_off_is_off(tmp_path, line):
    switch = XdgAutostart(tmp_path)
    switch.enable(COMMAND)
    file = tmp_path / "autostart" / "watchkeeper.desktop"
    key = line.partition("=")[0]
    kept = [old for old in file.read_text().splitlines() if not old.startswith(key)]
    file.write_text("\n".join([*kept, line]) + "\n")
    assert not switch.enabled()
    switch.enable(COMMAND)
    assert switch.enabled()


def test_the_launch_agent_runs_at_load(tmp_path):
    switch = LaunchAgent(tmp_path)
    switch.enable(COMMAND)
    file = tmp_path / f"{IDENTIFIER}.plist"
    agent = plistlib.loads(file.read_bytes())
    assert agent["ProgramArguments"] == COMMAND
    assert agent["RunAtLoad"] is True
    file.write_bytes(plistlib.dumps({**agent, "Disabled": True}))
    assert not switch.enabled()
    file.write_bytes(b"garbage")
    assert not switch.enabled()


@pytest.mark.parametrize(("flag", "enabled"), [(b"\x02" + bytes(11), True), (b"\x03" + bytes(11), False)])
def test_the_task_managers_switch_counts(flag, enabled):
    registry = FakeRegistry()
    switch = RunKey(registry)
    switch.enable(["C:\\Program Files\\Watchkeeper\\watchkeeper.exe", "--minimized"])
    assert registry.values[RunKey.RUN, NAME] == '"C:\\Program Files\\Watchkeeper\\watchkeeper.exe" --minimized'
    registry.values[RunKey.APPROVED, NAME] = flag
    assert switch.enabled() is enabled
    switch.enable(["x"])
    assert switch.enabled()


def test_the_command_opens_this_profile_in_the_tray(tmp_path, monkeypatch):
    assert launch_command(tmp_path) == [sys.executable, "-m", "desktop", "--profile", str(tmp_path), "--minimized"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launch_command(tmp_path) == [sys.executable, "--profile", str(tmp_path), "--minimized"]


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folder is the one of Linux")
def test_linux_keeps_it_in_the_configuration_folder(tmp_path):
    choose_autostart({"XDG_CONFIG_HOME": str(tmp_path / "own")}, tmp_path).enable(COMMAND)
    choose_autostart({}, tmp_path).enable(COMMAND)
    assert (tmp_path / "own" / "autostart" / "watchkeeper.desktop").exists()
    assert (tmp_path / ".config" / "autostart" / "watchkeeper.desktop").exists()
