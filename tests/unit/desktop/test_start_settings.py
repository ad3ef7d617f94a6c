"""What the settings of the window do to a start: the page it shows; and a language chosen on the Settings page."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import compositions
from desktop.dialogs.context import Context
from desktop.settings import SettingsHolder
from desktop.views.main_window import MainWindow
from desktop.views.settings import SettingsPage
from desktop.views.settings_forms import SettingsSection
from tests.unit.desktop.test_app import desktop_of


@pytest.mark.parametrize(
    ("wanted", "last", "shown"),
    [
        ("last", "rules", "rules"),
        ("jobs", "rules", "jobs"),
        ("gone", "rules", "overview"),
        ("last", "gone", "overview"),
    ],
)
def test_a_start_shows_the_page_that_was_chosen(
    context: Context, qtbot: QtBot, wanted: str, last: str, shown: str
) -> None:
    settings = SettingsHolder()
    settings.update(start_page=wanted, page=last, welcomed=True)
    window = MainWindow(replace(context, settings=settings))
    qtbot.addWidget(window)
    window.show()
    assert window.pages[shown].isVisible()
    window.close_for_good()


def test_the_settings_stand_at_the_foot_and_open_where_they_are_wanted(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    feet = [window.sidebar.buttons["settings"].y(), window.sidebar.buttons["logs"].y()]
    assert feet[0] > feet[1] + 60
    assert window.sidebar.buttons["settings"].badge == ""
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    assert page.sections == {}, "the page costs nothing before it is shown"
    window.open_settings("advanced", "port")
    assert page.isVisible()
    section = page.section
    assert isinstance(section, SettingsSection)
    assert window.focusWidget() is section.rows["port"].input.target
    window.close_for_good()


async def test_a_language_chosen_here_is_spoken_here(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        desktop._settings.update(start_page="rules", welcomed=True)
        before = desktop._window
        before.come_forward()
        before.open_settings("language")
        page = before.pages["settings"]
        assert isinstance(page, SettingsPage)
        section = page.section
        assert isinstance(section, SettingsSection)
        section.rows["language"].set_to("zh_CN")
        async with asyncio.timeout(60):
            while desktop._window is before:
                await asyncio.sleep(0.01)
                QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        fresh = desktop._window.pages["settings"]
        assert isinstance(fresh, SettingsPage)
        assert fresh.isVisible(), "not the page of a start"
        assert fresh.section is fresh.sections["language"]
        assert fresh.section.heading.text() == "语言和主题"
        async with asyncio.timeout(60):
            while desktop._tasks._running:  # the master is not there, which a load finds out
                await asyncio.sleep(0.01)
        await desktop._close()


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")  # said by the offscreen display
@pytest.mark.parametrize("minimized", [True, False])
async def test_a_start_in_the_tray_shows_no_window(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minimized: bool
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: True)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        desktop._settings.update(start_minimized=minimized, welcomed=True)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(desktop.run(None, []))
            await asyncio.sleep(0)  # it shows itself, or not, before it waits for anything
            shown = desktop._window.isVisible()
            desktop.quit()
            await running
        assert shown is not minimized
