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


@pytest.mark.parametrize(
    ("tray", "service", "level"),
    [
        (True, True, "ok"),
        (True, None, "ok"),
        (True, False, "warn"),
        (False, True, "ok"),
        (False, False, "warn"),
        (False, None, "warn"),
    ],
)
def test_notifications_are_judged_by_tray_and_service(tray, service, level):
    assert checks.notification_result(tray=tray, service=service).level == level


def test_doctor_tells_of_notifications_with_and_without_a_display(monkeypatch, qapp):
    for problem in (None, "none"):
        monkeypatch.setattr(checks, "display_problem", lambda problem=problem: problem)
        monkeypatch.setattr(checks, "library_problem", lambda: None)
        assert [result.name for result in checks.check_machine()][-1] == "notifications"


def test_without_a_session_bus_none_is_started(tmp_path):
    assert checks._notification_service({"XDG_RUNTIME_DIR": str(tmp_path)}, "linux") is False
    assert checks._notification_service({}, "win32") is None


def test_missing_libraries_are_named_by_package(monkeypatch):
    monkeypatch.setattr(checks, "_loads", lambda library: library != "libxcb-cursor.so.0")
    sentence = checks.library_problem({"DISPLAY": ":0"}, "linux")
    assert sentence is not None
    assert "apt install libxcb-cursor0 " in sentence
    assert checks.library_problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
    assert checks.library_problem({}, "win32") is None
