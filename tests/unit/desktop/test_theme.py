"""The tokens: contrast, completeness of the style sheet, following the scheme."""

import re
import sys
from dataclasses import fields

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton, QTabBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import (
    CJK,
    DARK,
    GREY,
    LIGHT,
    ON_BADGE,
    IconBinding,
    Theme,
    Tokens,
    app_icon,
    make_palette,
    style_sheet,
)

SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "ok", "warn", "bad", "idle"])
@pytest.mark.parametrize("ground", ["base", "surface", "raised", "accent_surface"])
def test_every_text_can_be_read_on_every_surface(scheme: str, ink: str, ground: str) -> None:
    tokens = SCHEMES[scheme]
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ok", "ok_surface"),
        ("warn", "warn_surface"),
        ("bad", "bad_surface"),
        ("idle", "idle_surface"),
        ("text", "ok_surface"),
        ("text", "warn_surface"),  # messages, and words that a search marks
        ("text", "bad_surface"),
        ("muted", "warn_surface"),
        ("muted", "bad_surface"),
        ("accent", "warn_surface"),  # the link of a message
        ("accent", "bad_surface"),
        ("on_fill", "accent_fill"),
        ("on_bad", "bad"),
    ],
)
def test_states_can_be_read_on_their_own_surface(scheme: str, ink: str, ground: str) -> None:
    tokens = SCHEMES[scheme]
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("shape", "ground"),
    [
        ("on_fill", "accent_fill"),  # a switch and a box that are on
        ("surface", "muted"),  # a switch that is off
        ("accent", "surface"),  # the ring of the focus
        ("accent", "base"),
        ("text", "accent_surface"),  # the ring on what is chosen
        ("muted", "surface"),  # the edge of a box
        *((tone, ground) for tone in ("ok", "warn", "bad", "idle") for ground in ("base", "surface", "raised")),
    ],
)
def test_shapes_stand_out_from_their_ground(scheme: str, shape: str, ground: str) -> None:
    tokens = SCHEMES[scheme]
    assert contrast(getattr(tokens, shape), getattr(tokens, ground)) >= 3


def test_the_letter_of_a_badge_can_be_read_where_a_platform_names_no_colour() -> None:
    assert contrast(ON_BADGE, GREY) >= 4.5  # those that name one are held to it by the contract of platforms


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_rule_of_the_style_sheet_that_names_ink_and_ground_can_be_read(scheme: str) -> None:
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", style_sheet(SCHEMES[scheme]))
    found = 0
    for selector, body in rules:
        values = dict(re.findall(r"([a-z-]+):\s*(#[0-9a-f]{6})", body))
        for ink, ground in (("color", "background"), ("selection-color", "selection-background-color")):
            if ink in values and ground in values:
                found += 1
                assert contrast(values[ink], values[ground]) >= 4.5, (selector.strip(), ink)
    assert found > 20


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_knows_every_token_it_uses(tokens: Tokens) -> None:
    assert "@" not in style_sheet(tokens)
    assert tokens.accent_fill in style_sheet(tokens)
    assert all(getattr(tokens, field.name).startswith("#") for field in fields(tokens))
    assert make_palette(tokens).color(QPalette.ColorRole.WindowText).name() == tokens.text


def test_switching_the_scheme_announces_it_and_redraws_icons(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    button = QPushButton()
    qtbot.addWidget(button)
    IconBinding(theme, button, "plus")
    before = button.icon().pixmap(16, 16).toImage()
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.dark
    assert button.icon().pixmap(16, 16).toImage() != before
    qapp.setStyleSheet("")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems choose fonts of a script by themselves")
def test_chinese_is_written_in_a_font_that_has_it_and_english_in_the_systems(qapp: QApplication) -> None:
    there = [family for family in CJK if family in QFontDatabase.families()]
    if not there:
        pytest.skip("no font with Chinese is installed")
    before = qapp.font()
    qapp.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))  # another test may have spoken Chinese
    theme, own = Theme(qapp, "light", "en"), Theme(qapp, "light", "zh_CN")
    assert theme.font().families()[0] not in CJK
    assert theme.font().families()[1] == own.font().families()[0] == there[0]
    theme.set_language("zh_CN")
    assert theme.font().families() == own.font().families()
    qapp.setFont(before)


def test_the_application_icon_is_drawn_in_all_sizes(qapp: QApplication) -> None:
    assert {size.width() for size in app_icon().availableSizes()} >= {16, 32, 256}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_focus_is_seen_on_cards_tabs_and_wrong_fields(mode: str, qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, mode)
    theme.apply()
    whole = QWidget()
    qtbot.addWidget(whole)
    theme.dress(whole)
    layout = QVBoxLayout(whole)
    card, chosen, tabs, wrong, button = QFrame(whole), QFrame(whole), QTabBar(whole), QLineEdit(whole), QPushButton()
    for one in (card, chosen):
        one.setProperty("kind", "card")
        one.setFixedHeight(40)
        one.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    chosen.setProperty("chosen", True)
    wrong.setProperty("invalid", True)
    wrong.setReadOnly(True)  # no caret: it is seen or not
    tabs.addTab("One")
    for one in (card, chosen, tabs, wrong, button):
        layout.addWidget(one)
    whole.show()
    whole.activateWindow()
    qtbot.waitUntil(whole.isActiveWindow)
    looks = []
    for one in (card, chosen, tabs, wrong):
        button.setFocus()
        plain = one.grab().toImage()
        one.setFocus()
        qtbot.waitUntil(one.hasFocus)
        looks += [plain, one.grab().toImage()]
        assert looks[-1] != plain, one
    assert len({bytes(look.constBits()) for look in looks[:4]}) == 4  # neither, chosen, focus, both
    qapp.setStyleSheet("")


def test_other_colours_are_put_on_at_once_where_they_are_seen_and_a_moment_later_elsewhere(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme(qapp, "light")
    seen, unseen = QWidget(), QWidget()
    for widget in (seen, unseen):
        qtbot.addWidget(widget)
        theme.dress(widget)
    seen.show()
    theme.set_mode("dark")
    assert DARK.accent_fill in seen.styleSheet()
    assert DARK.accent_fill not in unseen.styleSheet()
    qtbot.waitUntil(lambda: unseen.styleSheet() == seen.styleSheet())
    theme.set_mode("light")
    assert LIGHT.accent_fill in seen.styleSheet()


def test_a_part_that_is_gone_asks_for_no_colours(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    part, other = QWidget(), QWidget()
    qtbot.addWidget(other)
    for widget in (part, other):
        theme.dress(widget)
    theme.set_mode("dark")
    part.deleteLater()  # its turn comes before the other's; to touch what is gone would be an exception in a slot
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with qtbot.captureExceptions() as faults:
        qtbot.waitUntil(lambda: DARK.accent_fill in other.styleSheet())
    assert faults == []


def test_the_application_has_no_sheet_of_its_own(qapp: QApplication) -> None:
    """With one beside those of its parts, Qt 6.11 keeps a kilobyte of every combo box that was ever there."""
    before = qapp.styleSheet()
    qapp.setStyleSheet("")
    theme = Theme(qapp, "light")
    try:
        theme.apply()
        assert qapp.styleSheet() == ""
    finally:
        qapp.setStyleSheet(before)
