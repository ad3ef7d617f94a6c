"""The tray's icon, tooltip and menu."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSystemTrayIcon, QVBoxLayout, QWidget

from desktop.integration.tray import Tray
from desktop.integration.tray_icons import COLORS, SIZES, Face, badge_label, draw_icon, draw_pixmap
from desktop.integration.tray_menu import LETTERS, MUTES, menu_words
from desktop.integration.tray_pictures import TrayEntry, TrayPicture
from desktop.integration.tray_watch import TrayWatch
from desktop.theme import LIGHT

Reason = QSystemTrayIcon.ActivationReason


@pytest.fixture
def tray(qapp):
    made = Tray(platform="linux")
    yield made
    made.close()


def _actions(tray):
    found = [*tray.menu.actions(), *tray.menu.mutes.actions()]
    return {action.objectName(): action for action in found if action.objectName()}


def _seen(tray):
    return [action.objectName() for action in tray.menu.actions() if action.isVisible() and action.objectName()]


# -- the icon


@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize("size", [16, 22, 24, 32, 44, 64])
def test_every_state_has_a_shape_of_its_own_in_every_size(qapp, size, mask):
    faces = [
        Face(level=level, unread=unread, mask=mask) for level in ("ok", "warn", "bad", "idle") for unread in (0, 3)
    ]
    shapes = []
    for face in faces:
        image = draw_pixmap(face, size).toImage()
        # Colours apart: what is there and what is not, and what is light and what is dark.
        shapes.append(
            tuple(
                (color.alpha() > 127, color.lightness() > 127)
                for color in (image.pixelColor(x, y) for x in range(size) for y in range(size))
            )
        )
    assert len(set(shapes)) == len(faces)


def test_a_mask_is_black_alone(qapp):
    image = draw_pixmap(Face(level="bad", unread=12, mask=True), 44).toImage()
    colors = {image.pixelColor(x, y).name() for x in range(44) for y in range(44) if image.pixelColor(x, y).alpha()}
    assert colors == {"#000000"}
    assert draw_icon(Face(mask=True)).isMask()
    assert not draw_icon(Face()).isMask()


def test_every_size_is_drawn_by_itself(qapp):
    icon = draw_icon(Face(unread=5))
    assert {size.width() for size in icon.availableSizes()} == set(SIZES)


def test_only_what_can_be_read_is_written():
    assert [badge_label(5, size) for size in (16, 22, 32)] == ["5"] * 3
    assert [badge_label(42, size) for size in (16, 22, 32)] == ["", "42", "42"]
    assert [badge_label(100, size) for size in (16, 22, 32)] == ["", "", "99+"]


@pytest.mark.parametrize("panel", ["#eff0f1", "#202124"])
@pytest.mark.parametrize("level", ["warn", "bad", "idle"])
def test_states_stand_out_on_light_and_dark_panels(level, panel):
    assert _contrast(QColor(COLORS[level]), QColor(panel)) >= 3
    assert _contrast(QColor(COLORS[level]), QColor("white")) >= 3


def _contrast(one: QColor, other: QColor) -> float:
    def light(color: QColor) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# -- the menu


def test_every_function_stands_in_the_menu(qtbot, tray):
    menu = tray.menu
    menu.offer_lock(True)
    menu.offer_autostart(False)
    tray.show_picture(
        TrayPicture(
            unread=9,
            items=tuple(TrayEntry(key=str(n), words=f"mail {n}") for n in range(1, 6)),
            accounts=(TrayEntry(key="a1", words="Work"),),
            accounts_more=2,
            watched=3,
            muted=True,
            connected=True,
        )
    )
    cases = [
        ("open", tray.open_requested, []),
        ("item1", menu.item_requested, [2]),
        ("inbox", menu.inbox_requested, []),
        ("account0", menu.account_requested, ["a1"]),
        ("accounts", menu.accounts_requested, []),
        ("unmute", menu.mute_requested, ["off"]),
        ("pause", menu.pause_all_requested, [True]),
        ("check", menu.check_requested, []),
        ("lock", menu.lock_requested, []),
        ("settings", menu.settings_requested, []),
        ("autostart", menu.autostart_requested, [True]),
        ("quit", menu.quit_requested, []),
        *((name, menu.mute_requested, [name]) for name in MUTES),
    ]
    for name, signal, expected in cases:
        action = _actions(tray)[name]
        assert action.isVisible()
        assert action.isEnabled()
        assert action.text()
        with qtbot.waitSignal(signal) as told:
            action.trigger()
        assert told.args == expected
    assert _actions(tray)["inbox"].text() == "4 more unread"
    assert _actions(tray)["account0"].text() == "Sign in: Work"
    assert _actions(tray)["accounts"].text() == "2 more to sign in"


def test_what_is_not_there_is_not_offered(tray):
    assert _seen(tray) == ["open", "mute", "check", "pause", "settings", "quit"]
    assert not _actions(tray)["check"].isEnabled()  # no master, no accounts
    tray.show_picture(TrayPicture(connected=True, watched=2))
    assert _actions(tray)["check"].isEnabled()


def test_switches_turn_round(qtbot, tray):
    tray.show_picture(TrayPicture(all_paused=True, muted=True, muted_until="18:30", connected=True, watched=1))
    assert _actions(tray)["pause"].text() == "Resume all"
    assert _actions(tray)["unmute"].text() == "Unmute (muted until 18:30)"
    with qtbot.waitSignal(tray.menu.pause_all_requested) as paused:
        _actions(tray)["pause"].trigger()
    assert paused.args == [False]
    tray.show_picture(TrayPicture(quiet=True, quiet_until="07:00", connected=True))
    assert _actions(tray)["quiet"].text() == "Do not disturb until 07:00 (quiet hours)"
    assert not _actions(tray)["unmute"].isVisible()


def test_a_locked_window_tells_nothing_in_the_tray(tray):
    tray.menu.offer_lock(True)
    tray.menu.offer_autostart(True)
    picture = TrayPicture(
        unread=2,
        items=(TrayEntry(key="1", words="secret"),),
        accounts=(TrayEntry(key="a", words="secret"),),
        connected=True,
        watched=1,
        locked=True,
    )
    tray.show_picture(picture)
    assert _seen(tray) == ["open", "quit"]
    assert "secret" not in tray.icon.toolTip()


def test_the_tooltip_tells_what_is_true(tray):
    tray.show_picture(TrayPicture(level="bad", unread=12, sentence="1 account needs sign-in"))
    assert tray.icon.toolTip() == "Watchkeeper\n1 account needs sign-in\n12 unread"
    tray.show_picture(TrayPicture(sentence="3 accounts watched", muted=True, muted_until="18:30"))
    assert tray.icon.toolTip() == "Watchkeeper\n3 accounts watched\nMuted until 18:30"
    tray.show_picture(TrayPicture(muted=True))
    assert tray.icon.toolTip() == "Watchkeeper\nMuted"
    tray.show_picture(TrayPicture(quiet=True))
    assert tray.icon.toolTip() == "Watchkeeper\nQuiet hours"


def test_words_from_outside_stay_on_one_line():
    assert menu_words("R&D\n<b>bold</b>\x1b[31m\u202e") == "R&&D <b>bold</b> [31m"
    assert menu_words("👨\u200d👩\u200d👧 می\u200cخواهم") == "👨\u200d👩\u200d👧 می\u200cخواهم"
    long = menu_words("x" * 500)
    assert len(long) == LETTERS
    assert long.endswith("…")


# -- clicks


@pytest.mark.parametrize(
    ("platform", "reason", "asked"),
    [
        ("linux", Reason.Trigger, "toggle"),
        ("win32", Reason.Trigger, "toggle"),
        ("win32", Reason.DoubleClick, "open"),
        ("linux", Reason.Context, None),
        ("darwin", Reason.Trigger, None),
        ("darwin", Reason.DoubleClick, None),
    ],
)
def test_a_click_does_what_the_platform_does(qapp, platform, reason, asked):
    tray = Tray(platform=platform)
    told = []
    tray.toggle_requested.connect(lambda: told.append("toggle"))
    tray.open_requested.connect(lambda: told.append("open"))
    tray.icon.activated.emit(reason)
    assert told == ([asked] if asked else [])
    tray.close()


def test_a_middle_click_mutes_and_unmutes(tray):
    told = []
    tray.menu.mute_requested.connect(told.append)
    tray.icon.activated.emit(Reason.MiddleClick)  # no master to tell
    tray.show_picture(TrayPicture(connected=True))
    tray.icon.activated.emit(Reason.MiddleClick)
    tray.show_picture(TrayPicture(connected=True, muted=True))
    tray.icon.activated.emit(Reason.MiddleClick)
    tray.show_picture(TrayPicture(connected=True, locked=True))
    tray.icon.activated.emit(Reason.MiddleClick)
    assert told == ["1h", "off"]


# -- trays that come and go


def test_a_tray_that_goes_and_one_that_comes_are_told_once(qapp):
    there = [False]
    watch = TrayWatch(lambda: there[0])
    told = []
    watch.appeared.connect(lambda: told.append("appeared"))
    watch.vanished.connect(lambda: told.append("vanished"))
    watch.look()
    there[0] = True
    watch.look()
    watch.look()
    there[0] = False
    watch.look()
    assert told == ["appeared", "vanished"]
    watch.close()


def test_the_letters_of_a_balloon_are_dark_in_both_schemes(tray, qtbot):
    class QBalloonTip(QWidget):
        """As Qt calls its own, which only a tray of X11 shows."""

    balloon, other = QBalloonTip(), QWidget()
    for one in (balloon, other):
        qtbot.addWidget(one)
        QVBoxLayout(one).addWidget(QLabel("words", one))
    tray.show_message("title", "body")
    label = balloon.findChild(QLabel)
    label.ensurePolished()
    assert label.palette().color(label.foregroundRole()) == QColor(LIGHT.text)
    assert other.styleSheet() == ""
