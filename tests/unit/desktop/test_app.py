"""The desktop as a whole: what its end must not stumble over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from desktop import compositions
from desktop.bridge import Engine, Showing
from desktop.compositions import Desktop
from desktop.integration.session import InstanceServer
from desktop.options import DesktopOptions, Peer
from desktop.settings import SettingsHolder
from desktop.views.alerts import AlertsPage
from desktop.views.jobs import JobsPage
from master.api.schema import Notification
from tests.unit.desktop.fakes import make_alert
from tests.unit.desktop.job_fakes import make_job
from worker.protocol.texts import Text, text


@pytest.mark.expects_log("cannot be kept")
async def test_a_full_disk_and_a_late_change_do_not_stop_the_end(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: True)
    async with desktop_of(qapp, tmp_path) as (desktop, instance):

        def full() -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(desktop._window, "remember", full)
        await desktop._close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the menu is gone now
        desktop._models.accounts.settled.emit()
        assert not desktop._window.isVisible()
        assert not instance.listening


def notification(number: int, **changes: Any) -> Notification:
    title = Text(code="x", message=f"title {number}")
    values: dict[str, Any] = {"kind": "item", "account_id": f"a{number}", "item_id": number}
    return Notification(
        id=number, title=title, text="", state="pending", reason=None, created_at=1, **(values | changes)
    )


async def test_items_are_counted_and_an_alert_opens_its_page(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        desktop._notifier.show(Showing([notification(number) for number in range(1, 4)], False))
        assert [one.title for one in desktop._window.toasts.toasts] == ["3 new items in 3 accounts"]
        desktop._models.alerts.replace_all([make_alert(7)])
        told = notification(9, kind="alert", item_id=None, account_id="a1", alert_id=7)
        desktop._notifier.show(Showing([told], False))
        toast = desktop._window.toasts.toasts[-1]
        assert toast.title == "title 9"
        desktop._ways.open(told)
        page = desktop._window.pages["alerts"]
        assert isinstance(page, AlertsPage)
        assert page.isVisible()
        assert page.panel.alert == make_alert(7)
        # A digest stands for many items: it is not one of those that are counted.
        desktop._notifier.show(Showing([notification(20), notification(21)], True))
        assert len(desktop._window.toasts.toasts) == 2
        assert "while you were away" in desktop._window.toasts.toasts[-1].title
        await desktop._close()


async def test_a_notification_of_a_job_opens_it(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        desktop._models.jobs.replace_page([make_job("j7")], None)
        told = notification(9, kind="job", item_id=None, account_id=None, job_id="j7")
        desktop._notifier.show(Showing([told], False))
        assert desktop._window.toasts.toasts[-1].title == "title 9"
        assert desktop._window.toasts.toasts[-1].level == "warn"
        well = text("notify_job_completed", name="backup")
        desktop._notifier.show(Showing([msgspec.structs.replace(told, id=10, title=well)], False))
        assert desktop._window.toasts.toasts[-1].level == "info"
        desktop._ways.open(told)
        page = desktop._window.pages["jobs"]
        assert isinstance(page, JobsPage)
        assert page.isVisible()
        assert page.table.chosen == ["j7"]
        # A window of a master elsewhere asks nothing, and neither does a signal.
        desktop._on_close_requested()
        assert desktop._done.is_set()
        await desktop._close()


async def test_another_language_is_spoken_at_once(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        desktop._window.come_forward()
        desktop._window.show_page("rules")
        before = desktop._window
        desktop._settings.update(language="zh_CN")
        async with asyncio.timeout(60):
            while shiboken6.isValid(before):
                await asyncio.sleep(0.01)
                QCoreApplication.processEvents()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window = desktop._window
        assert window.isVisible()
        assert window.sidebar.buttons["rules"].title == "规则"
        assert window.pages["rules"].isVisible()
        assert window.context.models.accounts.headerData(0, Qt.Orientation.Horizontal) == "账户"
        desktop._models.accounts.settled.emit()
        async with asyncio.timeout(60):
            while desktop._tasks._running:  # the master is not there, which a load finds out
                await asyncio.sleep(0.01)
        await desktop._close()


@asynccontextmanager
async def desktop_of(qapp: QApplication, profile: Path) -> AsyncIterator[tuple[Desktop, InstanceServer]]:
    """A desktop whose master is not there."""
    options = DesktopOptions(
        demo=False,
        profile=profile,
        host="127.0.0.1",
        port=0,
        port_explicit=False,
        log_level=None,
        vault="keyring",
        connect="http://127.0.0.1:1",
    )
    engine = Engine()
    instance = InstanceServer(profile)
    assert instance.listen()
    desktop = Desktop(qapp, engine, Peer(url="http://127.0.0.1:1", token="x"), SettingsHolder(), options, instance)

    try:
        yield desktop, instance
    finally:
        await engine.close()
        instance.deleteLater()
        for translator in desktop._language._translators:
            qapp.removeTranslator(translator)
        qapp.setStyleSheet("")
        desktop._window.deleteLater()
        desktop.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # its theme and window touch no later test
