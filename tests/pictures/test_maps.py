"""What the comparison lets pass and what it refuses, on pictures of the real window with one fault each."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication, QLabel

from desktop.theme import LIGHT, style_sheet
from desktop.views.accounts import AccountsPage
from tests.pictures import maps, references
from tests.pictures.maps import Map
from tests.pictures.scenes import Stage

OTHERS = ("Noto Sans", "DejaVu Serif", "Inter", "Liberation Sans", "Noto Sans CJK SC")


def page_of(stage: Stage) -> AccountsPage:
    page = stage.window.pages["accounts"]
    assert isinstance(page, AccountsPage)
    return page


def picture(stage: Stage) -> Map:
    found: list[Map] = []
    stage.settle()
    found.append(maps.to_map(stage.window.grab().toImage()))
    return found[0]


@pytest.fixture
def stage(english: Stage) -> Iterator[Stage]:
    """The accounts, one of them chosen."""
    english.visit("accounts", lambda _name, _shown: None)
    theme = english.context.theme
    sheet = theme.sheet
    yield english
    if theme.sheet != sheet:
        dress(english, sheet)


def dress(stage: Stage, sheet: str) -> None:
    """Show the window in another style sheet."""
    stage.context.theme.sheet = sheet
    stage.context.theme.changed.emit()


@pytest.fixture
def old(stage: Stage) -> Map:
    return picture(stage)


def refused(new: Map, old: Map, *, same_fonts: bool = True) -> str:
    return maps.compare(new, old, same_fonts=same_fonts).words


def test_the_same_window_has_the_same_picture_twice(stage: Stage, old: Map) -> None:
    stage.visit("inbox", lambda _name, _shown: None)
    stage.visit("accounts", lambda _name, _shown: None)
    assert np.array_equal(picture(stage), old)


def test_a_missing_panel_is_refused(stage: Stage, old: Map) -> None:
    panel = page_of(stage).panel
    panel.hide()
    new = picture(stage)
    panel.show()
    stage.settle()
    assert refused(new, old)
    assert refused(new, old, same_fonts=False)


@pytest.mark.parametrize("dots", [4, 12])
def test_a_panel_that_moved_is_refused(dots: int, stage: Stage, old: Map) -> None:
    panel = page_of(stage).panel
    panel.move(panel.x(), panel.y() + dots)
    new = maps.to_map(stage.window.grab().toImage())
    panel.move(panel.x(), panel.y() - dots)
    assert refused(new, old)


def test_another_colour_of_one_button_is_refused(stage: Stage, old: Map) -> None:
    dress(stage, style_sheet(LIGHT).replace(LIGHT.accent_fill, "#1f9d55"))
    assert refused(picture(stage), old)


def test_a_paler_text_is_refused(stage: Stage, old: Map) -> None:
    dress(stage, style_sheet(LIGHT).replace(LIGHT.muted, "#9aa3ad"))
    assert refused(picture(stage), old)


def test_a_missing_icon_is_refused(stage: Stage, old: Map) -> None:
    theme = stage.context.theme
    key = ("workers", theme.tokens.muted)
    icon = theme._icons[key]
    theme._icons[key] = QIcon()
    stage.window.sidebar.buttons["workers"].update()
    new = picture(stage)
    theme._icons[key] = icon
    assert refused(new, old)


def test_texts_over_each_other_are_refused(stage: Stage, old: Map) -> None:
    page = page_of(stage)
    over = QLabel("overlapping words", page)
    over.move(140, 44)
    over.show()
    new = picture(stage)
    over.setParent(None)
    over.deleteLater()
    assert refused(new, old)


def test_the_other_scheme_and_another_size_are_refused(stage: Stage, old: Map) -> None:
    stage.context.theme.set_mode("dark")
    new = picture(stage)
    stage.context.theme.set_mode("light")
    assert refused(new, old)
    assert refused(new, old, same_fonts=False)
    assert "1184 x 744" in refused(old, old[:-4])
    assert "high" in refused(old[: len(old) // 2], old, same_fonts=False)


def letters(stage: Stage, qapp: QApplication, font: QFont) -> tuple[str, Map]:
    """Return what the window looks like with other letters."""
    theme = stage.context.theme
    before = theme._families
    theme._families = [*font.families(), *before]
    qapp.setFont(font)
    dress(stage, style_sheet(LIGHT) + f"\n* {{ font-family: '{font.families()[0]}'; }}")
    try:
        return maps.font_key([font]), picture(stage)
    finally:
        theme._families = before
        theme.apply()


def test_letters_of_another_font_have_another_key_and_pass_where_only_they_differ(
    stage: Stage, old: Map, qapp: QApplication
) -> None:
    usual = QFont(stage.context.theme.font())
    there = [name for name in OTHERS if name in QFontDatabase.families() and name != usual.families()[0]][:1]
    if not there:
        pytest.skip(f"none of the fonts {', '.join(OTHERS)} is installed")
    for name in there:
        font = QFont(usual)
        font.setFamilies([name])
        key, new = letters(stage, qapp, font)
        assert key != maps.font_key([usual])
        assert not np.array_equal(new, old), name
        assert not refused(new, old, same_fonts=False), name


def test_other_hinting_passes(stage: Stage, old: Map, qapp: QApplication) -> None:
    font = QFont(stage.context.theme.font())
    font.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
    _key, new = letters(stage, qapp, font)
    assert not refused(new, old, same_fonts=False)


def test_sheets_keep_what_they_are_given(old: Map, tmp_path) -> None:
    path = references.path_of("en-light", tmp_path)
    small = np.full((4, 7, 3), 128, np.uint8)
    references.write(references.Sheet(fonts="k", maps={"accounts": old, "small": small}), path)
    sheet = references.read(path)
    assert sheet.fonts == "k"
    assert np.array_equal(sheet.maps["accounts"], old)
    assert np.array_equal(sheet.maps["small"], small)
