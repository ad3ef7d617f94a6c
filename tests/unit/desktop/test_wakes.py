"""The window around a sleep of the machine: its master hears of it, and what does not answer at first is no news."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop import compositions
from desktop.compositions import Desktop
from master.api.client import ApiError
from tests.helpers.deadlines import until
from tests.unit.desktop.test_app import desktop_of


@pytest.fixture(autouse=True)
def no_tray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: False)


def toasts(desktop: Desktop) -> list[str]:
    return [one.title for one in desktop._window.toasts.toasts]


async def test_after_a_wake_a_master_that_is_slow_is_no_news(qapp: QApplication, tmp_path: Path) -> None:
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        silent = ApiError(0, "ERR_TIMEOUT", "nothing came for 10 s")
        refused = ApiError(409, "ERR_CONFLICT", "Somebody was faster.")
        desktop.show_error(silent)
        assert len(toasts(desktop)) == 1
        desktop._sleeps._on_said(True)
        desktop._sleeps._on_said(False)
        desktop.show_error(silent)
        assert len(toasts(desktop)) == 1
        desktop.show_error(refused)
        desktop.show_error(ValueError("a fault"))
        assert len(toasts(desktop)) == 3, "refusals and faults are told all the same"
        await desktop._close()


async def test_the_master_of_this_process_hears_the_systems_word(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        told: list[bool] = []

        async def call(work: Coroutine[Any, Any, Any]) -> Any:
            work.close()
            raise ApiError(0, "ERR_UNREACHABLE", "asleep already")

        client = desktop._bridge.client
        sleeps = client.machine_sleeps

        def note(asleep: bool) -> Any:
            told.append(asleep)
            return sleeps(asleep)

        monkeypatch.setattr(client, "machine_sleeps", note)
        calls = desktop._bridge.call
        monkeypatch.setattr(desktop._bridge, "call", call)
        desktop._sleeps._on_said(True)
        assert told == [], "a master elsewhere does not sleep with this machine"
        desktop._owns_master, desktop._bridge.connected = True, True
        desktop._sleeps._on_said(True)
        desktop._sleeps._on_said(False)
        await until(lambda: told == [True, False])
        assert toasts(desktop) == []
        desktop._bridge.connected = False
        monkeypatch.setattr(desktop._bridge, "call", calls)
        await desktop._close()


async def test_the_end_of_a_session_asks_nothing_and_keeps_the_window(qapp: QApplication, tmp_path: Path) -> None:
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        before = QApplication.activeModalWidget()  # what another test left waits to be deleted
        desktop._window.come_forward()
        desktop._face.quitting.asks = True
        desktop._window.resize(920, 640)
        assert desktop._settings.values.geometry == ""
        qapp.commitDataRequest.emit(None)
        assert desktop._done.is_set()
        assert desktop._settings.values.geometry
        assert QApplication.activeModalWidget() is before
        await desktop._close()
