"""What the machine lacks is told in one sentence."""

import pytest

from desktop import checks


def test_no_display_names_serve():
    sentence = checks.display_problem({}, "linux")
    assert sentence is not None
    assert "watchkeeper serve" in sentence


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({}, "darwin"),
        ({}, "win32"),
    ],
)
def test_a_display_or_none_needed(environment, platform):
    assert checks.display_problem(environment, platform) is None


def test_missing_libraries_are_named_by_package(monkeypatch):
    monkeypatch.setattr(checks, "_loads", lambda library: library != "libxcb-cursor.so.0")
    sentence = checks.library_problem({"DISPLAY": ":0"}, "linux")
    assert sentence is not None
    assert "apt install libxcb-cursor0 " in sentence
    assert checks.library_problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
    assert checks.library_problem({}, "win32") is None
