"""What is begun in the palette or in the tray shows above the window that it works, as soon as it takes long."""

import dataclasses
from collections.abc import Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs import progress
from desktop.dialogs.context import Context
from desktop.dialogs.progress import LINE_NAME, BusyLine, working
from desktop.integration.tray import Tray
from desktop.views.main_window import MainWindow
from desktop.views.tray_controls import TrayControls
from tests.unit.desktop.fakes import Pauses


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def window(context: Context, pauses: Pauses, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window on a master that answers once it is let on."""

    async def call(request: Coroutine[Any, Any, Any]) -> Any:
        await pauses.wait()
        return await request

    monkeypatch.setattr(progress, "BUSY_MS", 10)
    window = MainWindow(dataclasses.replace(context, run=pauses))
    qtbot.addWidget(window)
    window.show()
    monkeypatch.setattr(context.bridge, "call", call)
    yield window
    window.close_for_good()


def line(window: MainWindow) -> BusyLine | None:
    return window.findChild(BusyLine, LINE_NAME)


def seen_until_it_is_done(window: MainWindow, pauses: Pauses, qtbot: QtBot) -> None:
    def shown() -> bool:
        found = line(window)
        return found is not None and found.isVisible()

    qtbot.waitUntil(shown)
    for _step in range(6):
        pauses.go_on()
    assert not shown()


@pytest.mark.parametrize("name", ["pause-all", "mute-1h"])
def test_an_action_of_the_palette(name: str, window: MainWindow, pauses: Pauses, qtbot: QtBot) -> None:
    action = next(one for one in window.commands.actions.all() if one.name == f"window.{name}")
    action.act()
    seen_until_it_is_done(window, pauses, qtbot)


@pytest.mark.parametrize("asked", ["mute_requested", "pause_all_requested", "check_requested"])
def test_an_entry_of_the_tray(
    asked: str, window: MainWindow, pauses: Pauses, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    context, tray = window.context, Tray(platform="linux")
    controls = TrayControls(
        tray, context.bridge, context.models, context.settings, context.wording, context.run,
        partial(working, context, window), autostart=None, profile=tmp_path,
    )  # fmt: skip
    signal = getattr(tray.menu, asked)
    signal.emit(*{"mute_requested": ("1h",), "pause_all_requested": (True,)}.get(asked, ()))
    seen_until_it_is_done(window, pauses, qtbot)
    controls.close()
    tray.close()
