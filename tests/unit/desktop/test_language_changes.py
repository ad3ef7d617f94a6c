"""Another language while something is under way: window and models are made anew, and nothing of the old ones fails."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from desktop import compositions
from desktop.compositions import Desktop
from desktop.models.hub import Models
from desktop.views.faces import Face
from desktop.views.jobs import JobsPage
from desktop.views.main_window import MainWindow
from master.api.client import ApiError
from master.api.schema import Page
from tests.unit.desktop.fakes import FakeClient
from tests.unit.desktop.job_fakes import make_job
from tests.unit.desktop.test_app import desktop_of


class HeldEngine:
    """Answers of the master wait until they are let through."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        await self.open.wait()
        return await coroutine

    async def close(self) -> None:
        """The engine of the test ends the thread."""


@pytest.fixture
async def desktop(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desktop]:
    """A desktop whose master answers when it is let."""
    monkeypatch.setattr(compositions, "tray_available", lambda: False)
    async with desktop_of(qapp, tmp_path) as (desktop, _instance):
        engine = HeldEngine()
        monkeypatch.setattr(desktop._bridge, "_engine", engine)
        monkeypatch.setattr(desktop._bridge, "client", FakeClient())
        desktop._window.come_forward()
        yield desktop
        engine.open.set()
        await settled(desktop)
        desktop._bridge.client.answers["close"] = None  # type: ignore[attr-defined]
        await desktop._close()


def engine_of(desktop: Desktop) -> HeldEngine:
    engine: Any = desktop._bridge._engine
    assert isinstance(engine, HeldEngine)
    return engine


def client_of(desktop: Desktop) -> FakeClient:
    client: Any = desktop._bridge.client
    assert isinstance(client, FakeClient)
    return client


async def spoken(desktop: Desktop, language: str) -> None:
    """Choose a language and wait for its window; the one before is gone."""
    before = desktop._window
    desktop._settings.update(language=language)
    async with asyncio.timeout(5):
        while desktop._window is before:
            await asyncio.sleep(0.01)
            QCoreApplication.processEvents()
    assert not before.isVisible()


async def settled(desktop: Desktop) -> None:
    async with asyncio.timeout(10):
        while desktop._tasks._running:
            await asyncio.sleep(0.01)
            QCoreApplication.processEvents()


async def test_a_load_that_is_under_way_fails_nowhere(desktop: Desktop) -> None:
    desktop._face.run(desktop._models.load(), "load")
    before = desktop._window
    for page in desktop._window.pages:
        desktop._window.show_page(page)
    await asyncio.sleep(0)
    await spoken(desktop, "zh_CN")
    await spoken(desktop, "en")
    engine_of(desktop).open.set()
    await settled(desktop)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(before)
    assert [toast.title for toast in desktop._window.toasts.toasts] == []
    assert desktop._models.accounts.total == 2


async def test_the_welcome_is_shown_in_the_other_language(desktop: Desktop) -> None:
    desktop._window.welcoming.show()
    await spoken(desktop, "zh_CN")
    current = desktop._window.current
    assert current is not None
    assert current.name == "welcome"


async def test_a_window_made_without_a_master_loads_when_it_answers(desktop: Desktop) -> None:
    client, away = client_of(desktop), ApiError(0, "ERR_UNREACHABLE", "no answer")
    engine_of(desktop).open.set()
    desktop._bridge.connection_changed.emit(True, "")
    await desktop._models.load()
    desktop._bridge.connection_changed.emit(False, "connection lost")
    client.errors = dict.fromkeys(client.answers, away)
    await spoken(desktop, "zh_CN")
    await settled(desktop)
    assert "connection lost" in desktop._window.banner.accessibleName() + desktop._window.banner.words
    client.errors = {}
    desktop._bridge.connection_changed.emit(True, "")
    await settled(desktop)
    models = desktop._models
    assert models.accounts.total == 2
    assert models.workers.total == 2
    assert models.settings is not None
    assert models.catalog is not None
    assert models.alerts.load_status.state == "ready"


async def jobs_that_wait(desktop: Desktop, *ids: str) -> None:
    """Delete these of three jobs, as the window's dialog does; a person may still take it back."""
    engine_of(desktop).open.set()
    client_of(desktop).answers["jobs"] = Page(rows=[make_job("j1"), make_job("j2"), make_job("j3")])
    await desktop._models.load()
    page = desktop._window.pages["jobs"]
    assert isinstance(page, JobsPage)
    await page.job_actions._delete([make_job(one) for one in ids])


def seen(desktop: Desktop) -> set[str]:
    return {row.id for row in desktop._models.jobs.values()}


async def test_deleted_jobs_can_be_taken_back_in_the_other_language(desktop: Desktop) -> None:
    await jobs_that_wait(desktop, "j1", "j2")
    await spoken(desktop, "zh_CN")
    await settled(desktop)
    assert seen(desktop) == {"j3"}, "they stay hidden, though the master has them"
    assert [toast.title for toast in desktop._window.toasts.toasts] == ["已删除 2 个作业"]
    assert desktop._window.commands.can_undo()
    desktop._window.commands.undo()
    assert seen(desktop) == {"j1", "j2", "j3"}
    await spoken(desktop, "en")
    await settled(desktop)
    assert seen(desktop) == {"j1", "j2", "j3"}
    assert desktop._window.toasts.toasts == []
    assert not client_of(desktop).called("delete_job")


async def test_deleted_jobs_wait_for_what_is_left_of_their_time(desktop: Desktop) -> None:
    await jobs_that_wait(desktop, "j1")
    (waiting,) = desktop._models.work.removals.findChildren(QTimer)
    waiting.start(20_000)
    for language in ("zh_CN", "en"):
        await spoken(desktop, language)
        await settled(desktop)
    (timer,) = desktop._models.work.removals.findChildren(QTimer)
    assert 0 < timer.interval() <= 20_000
    assert not client_of(desktop).called("delete_job")
    timer.timeout.emit()
    await settled(desktop)
    assert [args for args, _more in client_of(desktop).called("delete_job")] == [("j1",)]


async def test_what_somebody_else_deleted_is_not_offered_back(desktop: Desktop) -> None:
    await jobs_that_wait(desktop, "j1")
    desktop._models.jobs.forget("j1")
    await spoken(desktop, "zh_CN")
    assert desktop._window.toasts.toasts == []
    assert not desktop._models.work.removals.findChildren(QTimer)


def kept() -> Counter[type]:
    """How many of what a language makes anew there are."""
    gc.collect()
    return Counter(type(one) for one in gc.get_objects() if type(one) in (Face, MainWindow, Models, QTranslator))


async def test_nothing_stays_of_languages_that_were_left(desktop: Desktop) -> None:
    engine_of(desktop).open.set()
    before = kept()
    for language in ("zh_CN", "en", "zh_CN", "en"):
        await spoken(desktop, language)
        await settled(desktop)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    after = kept()
    assert after == after & before, "no more than before: those of other tests may go meanwhile"
    assert desktop._window in [one for one in gc.get_objects() if type(one) is MainWindow]
    assert desktop._left == []
