"""One fixed world to show: every row that pages and dialogs need, at one moment, its data in either language."""

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtWidgets import QApplication

from desktop import checks
from desktop.dialogs.context import Context
from desktop.models import app_locks
from desktop.models.app_locks import AppLock
from master.api.results import finding
from tests.pictures.account_rows import account_answers
from tests.pictures.dialog_rows import dialog_answers
from tests.pictures.item_rows import inbox_answers, rule_answers
from tests.pictures.job_rows import job_answers
from tests.pictures.machine_rows import machine_answers, make_alerts
from tests.pictures.moments import Say
from tests.pictures.setting_rows import setting_answers
from tests.unit.desktop import fakes
from tests.unit.desktop.fakes import NOW, FakeClient
from tests.unit.desktop.settings_fakes import KeptSettings

LOOKED_AT = (finding("display", "ok", "doctor_display_ok"), finding("tray", "ok", "doctor_tray_ok"))
"""What the checks of the window's machine find."""


class Switch:
    """The system's switch of the start at login."""

    def enabled(self) -> bool:
        return True

    def enable(self, _command: list[str]) -> None:
        raise AssertionError("no picture switches it")

    def disable(self) -> None:
        raise AssertionError("no picture switches it")


@contextmanager
def still() -> Iterator[None]:
    """Hold the wall clock while pictures are taken: what says how long ago something was says the same every time."""
    with (
        patch("time.time", lambda: NOW / 1000),
        patch.object(app_locks, "COST", 2**4),
        patch.object(checks, "check_window", lambda *, tray: list(LOOKED_AT)),
    ):
        yield


class Runs:
    """Runs coroutines to their end, at once; within another one as far as they go without waiting."""

    def __call__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(coroutine)
        else:
            fakes.Runner()(coroutine)


def make_world(app: QApplication, language: str = "en", mode: str = "light") -> Context:
    """Return the context of a window on this world, loaded. Its catalogues must be installed before."""
    context = fakes.make_context(app, language, mode)
    client = context.bridge.client
    assert isinstance(client, FakeClient)
    chinese = language != "en"
    client.answers |= _answers(lambda english, other: other if chinese else english)
    client.alerts_kept = make_alerts()
    context = dataclasses.replace(
        context,
        autostart=Switch(),
        profile=Path("/srv/watchkeeper"),
        lock=AppLock(None, _at_once),
        run=Runs(),  # type: ignore[arg-type]
    )
    asyncio.run(fakes.load(context))
    KeptSettings(context, client)
    return context


async def _at_once(work: Callable[[], bytes]) -> bytes:
    return work()


def _answers(say: Say) -> dict[str, Any]:
    return (
        machine_answers()
        | account_answers(say)
        | inbox_answers(say)
        | job_answers(say)
        | rule_answers(say)
        | setting_answers(say)
        | dialog_answers(say)
    )
