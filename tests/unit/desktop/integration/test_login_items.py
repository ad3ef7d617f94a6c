"""Start at login as a login item of macOS: by the contract of every switch, over a service in memory."""

from pathlib import Path

import pytest

from desktop.integration.autostart import LaunchAgent
from desktop.integration.login_items import (
    REQUIRES_APPROVAL,
    ServiceAutostart,
    better_switch,
    can_be_login_item,
)
from tests.helpers.login_items import FakeItem

COMMAND = ["/Applications/Watchkeeper.app/Contents/MacOS/Watchkeeper"]


def test_the_agent_of_an_earlier_version_does_not_start_it_twice(tmp_path):
    agent = LaunchAgent(tmp_path)
    agent.enable(COMMAND)
    switch = ServiceAutostart(FakeItem(), agent)
    assert switch.enabled()
    switch.enable(COMMAND)
    assert not agent.enabled()
    agent.enable(COMMAND)
    switch.disable()
    assert not switch.enabled()


def test_what_the_person_has_to_allow_is_off_and_said(tmp_path):
    switch = ServiceAutostart(FakeItem(REQUIRES_APPROVAL), LaunchAgent(tmp_path))
    with pytest.raises(OSError, match="Login Items"):
        switch.enable(COMMAND)
    assert not switch.enabled()
    switch.disable()
    assert not switch.enabled()


@pytest.mark.parametrize(
    ("version", "plist", "can"),
    [
        ("14.5", "/Applications/Watchkeeper.app/Contents/Info.plist", True),
        ("13", "/Volumes/Data/Applications/Watchkeeper.app/Contents/Info.plist", True),
        ("12.7", "/Applications/Watchkeeper.app/Contents/Info.plist", False),
        ("14.5", "/Volumes/Data/Downloads/Watchkeeper.app/Contents/Info.plist", False),
        ("14.5", None, False),
        ("", "/Applications/Watchkeeper.app/Contents/Info.plist", False),
    ],
)
def test_only_an_installed_bundle_can_be_one(version, plist, can):
    assert can_be_login_item(version, Path(plist) if plist else None) is can


def test_everywhere_else_the_usual_switch_stays(tmp_path):
    agent = LaunchAgent(tmp_path)
    assert better_switch(agent, usual_profile=True) is agent
