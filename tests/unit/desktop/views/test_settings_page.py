"""The Settings page: its sections in a list, made when they are shown; the search; what fails stays in its section."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.settings import SettingsPage


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> SettingsPage:
    page = SettingsPage(context)
    qtbot.addWidget(page)
    page.resize(900, 600)
    return page


def test_nothing_is_made_before_it_is_shown(page: SettingsPage) -> None:
    assert not page.sections
    assert not page.content.children()


def test_the_first_section_is_made_when_the_page_is_shown(page: SettingsPage) -> None:
    page.show()
    assert list(page.sections) == ["general"]
    assert page.section is page.sections["general"]
    assert page.list.currentItem().text() == "General"


def test_every_section_opens_and_is_marked_in_the_list(page: SettingsPage) -> None:
    page.show()
    for entry in page.entries():
        page.open_section(entry.name)
        section = page.section
        assert section is not None
        assert type(section).__name__ != "FailedSection", entry.name
        assert section.heading.text() == section.title
        assert page.list.currentItem().text() == entry.title


def test_a_section_that_is_not_there_is_an_error(page: SettingsPage) -> None:
    with pytest.raises(KeyError):
        page.open_section("nowhere")


def test_a_setting_is_found_by_its_words_and_jumped_to(page: SettingsPage, qtbot: QtBot) -> None:
    page.show()
    assert page.search is not None
    qtbot.keyClicks(page.search, "compact rows")
    qtbot.waitUntil(lambda: page.list.count() == 1)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    section = page.section
    assert section is not None
    row = section.rows["compact_rows"]  # type: ignore[attr-defined]
    assert page.window().focusWidget() is row.input.target
