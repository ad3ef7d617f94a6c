"""The tray's icon and menu."""

import pytest
from PySide6.QtGui import QIcon, QPixmap

from desktop.integration.tray import SIZE, Tray, draw_icon


@pytest.fixture
def base(qapp):
    pixmap = QPixmap(SIZE, SIZE)
    pixmap.fill("#1f6feb")
    return QIcon(pixmap)


@pytest.fixture
def tray(base):
    made = Tray(base)
    yield made
    made.hide()


def _actions(tray):
    return {action.objectName(): action for action in tray.icon.contextMenu().actions() if action.objectName()}


def test_the_icon_tells_state_and_unread_count(base):
    images = {
        key: draw_icon(base, *key).pixmap(SIZE).toImage() for key in [("ok", 0), ("bad", 0), ("warn", 0), ("ok", 3)]
    }
    drawn = [image.bits().tobytes() for image in images.values()]
    assert len(set(drawn)) == len(drawn)


def test_every_function_stands_in_the_menu(qtbot, tray):
    for name, signal in [("open", tray.open_requested), ("quit", tray.quit_requested)]:
        with qtbot.waitSignal(signal):
            _actions(tray)[name].trigger()
    with qtbot.waitSignal(tray.mute_requested) as muted:
        _actions(tray)["mute"].trigger()
    assert muted.args == [3600]
    with qtbot.waitSignal(tray.pause_all_requested) as paused:
        _actions(tray)["pause"].trigger()
    assert paused.args == [True]


def test_switches_turn_round(qtbot, tray):
    tray.update_switches(all_paused=True, muted_until="18:30")
    with qtbot.waitSignal(tray.mute_requested) as muted:
        _actions(tray)["mute"].trigger()
    with qtbot.waitSignal(tray.pause_all_requested) as paused:
        _actions(tray)["pause"].trigger()
    assert (muted.args, paused.args) == ([0], [False])
    assert _actions(tray)["pause"].text() == "Resume all"


def test_the_tooltip_and_the_menu_tell_the_unread(tray):
    tray.update_state("bad", 12, "1 account needs sign-in")
    assert "1 account needs sign-in" in tray.icon.toolTip()
    assert "12" in _actions(tray)["open"].text()
    tray.update_switches(all_paused=False, muted_until="18:30")
    assert tray.icon.toolTip() == "Watchkeeper\n1 account needs sign-in\nMuted until 18:30"
    tray.update_switches(all_paused=False, muted_until="")
    assert "Muted" not in tray.icon.toolTip()
