"""A whole desktop whose profile has a passphrase: locked from the first picture, in every language, outside too."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop import compositions
from desktop.bridge import Showing
from desktop.models import app_locks
from desktop.models.app_locks import AppLock
from tests.unit.desktop.test_app import desktop_of, notification

RIGHT = "correct horse"


async def compute(work: Callable[[], bytes]) -> bytes:
    return work()


async def test_nothing_is_told_until_the_passphrase_was_typed(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_locks, "COST", 2**4)
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    await AppLock(tmp_path, compute).set_passphrase(RIGHT)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        locking, window = desktop._locking, desktop._window
        window.come_forward()
        assert locking.screen is not None
        assert locking.screen.isVisible()
        assert not window.centralWidget().isVisible()
        assert desktop._notifier.discreet
        desktop._notifier.show(Showing([notification(1)], False))
        assert [one.title for one in window.toasts.toasts] == ["Something new"]
        desktop._settings.update(language="zh_CN")
        async with asyncio.timeout(60):
            while desktop._window is window:
                await asyncio.sleep(0.01)
                QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        screen = locking.screen
        assert screen is not None
        assert screen.window() is desktop._window
        assert screen.heading.text() == "Watchkeeper 已锁定"
        assert not desktop._window.centralWidget().isVisible()
        screen.field.setText(RIGHT)
        screen.try_it()
        async with asyncio.timeout(60):
            while desktop._lock.locked:
                await asyncio.sleep(0.01)
        assert desktop._window.centralWidget().isVisible()
        assert not desktop._notifier.discreet
        async with asyncio.timeout(60):
            while desktop._tasks._running:  # the master is not there, which a load finds out
                await asyncio.sleep(0.01)
        await desktop._close()
