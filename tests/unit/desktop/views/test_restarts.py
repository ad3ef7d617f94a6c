"""A master that starts anew: why it is away, and what the restore came to, said once."""

from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.main_window import MainWindow
from desktop.views.restarts import Restarts
from master.api.backups import BackupState, RestoreOutcome
from master.api.client import ApiError
from master.api.schema import Recovery
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import Text


def outcome(at: int, *, success: bool = True) -> BackupState:
    text = Text(code="x", message="All of it is there.")
    last = RestoreOutcome(backup_id="b", backup_made_at=NOW, at=at, success=success, ledger="kept", text=text)
    return BackupState(running=False, last_good_at=None, next_at=None, problem=None, last_restore=last)


@pytest.fixture
def said(context: Context) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    restarts = Restarts(context, context.models)
    restarts.notice.connect(lambda *words: found.append(words))
    return found


def away_and_back(context: Context, client: FakeClient, *, started_at: int) -> None:
    context.bridge.connection_changed.emit(False, "gone")
    client.answers["recovery"] = Recovery(at=started_at, clean=True, repairs=[])
    context.bridge.connection_changed.emit(True, "")


def test_what_a_restore_came_to_is_said_once(context: Context, client: FakeClient, said: list[tuple[Any, ...]]) -> None:
    client.answers["backup_state"] = outcome(NOW + 900)
    away_and_back(context, client, started_at=NOW + 1000)
    assert said == [("The backup is restored", "All of it is there.", "info")]
    context.models.recovery = Recovery(at=NOW + 1000, clean=True, repairs=[])
    away_and_back(context, client, started_at=NOW + 1000)
    assert len(said) == 1, "only the line was away"
    away_and_back(context, client, started_at=NOW + 9000)
    assert len(said) == 1, "another start, an outcome of long ago"


def test_a_restore_that_failed_is_no_success(context: Context, client: FakeClient, said: list[tuple[Any, ...]]) -> None:
    client.answers["backup_state"] = outcome(NOW + 900, success=False)
    away_and_back(context, client, started_at=NOW + 1000)
    assert said == [("The backup was not restored", "All of it is there.", "bad")]


def test_a_start_that_this_window_asked_for_is_said_without_an_outcome_too(
    context: Context, client: FakeClient, said: list[tuple[Any, ...]]
) -> None:
    away_and_back(context, client, started_at=NOW + 1000)
    assert said == []
    context.models.recovery = Recovery(at=NOW + 1000, clean=True, repairs=[])
    context.models.restart_words = "The file is imported."
    away_and_back(context, client, started_at=NOW + 2000)
    assert [one[0] for one in said] == ["The master has started anew, and watches again"]
    assert context.models.restart_words == ""
    client.errors["backup_state"] = ApiError(503, "ERR_UNREACHABLE", "away")
    away_and_back(context, client, started_at=NOW + 3000)
    assert len(said) == 1


def test_the_banner_says_why_the_master_is_away(context: Context, qtbot: QtBot) -> None:
    status = context.models.status
    assert status is not None
    context.models.status = msgspec.structs.replace(status, vault="ok")
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    context.models.restart_words = "The backup is being restored."
    context.bridge.connection_changed.emit(False, "Connection error")
    assert window.banner._words.text() == "The backup is being restored."
    context.bridge.connection_changed.emit(True, "")
    assert window.banner.isHidden()
    context.bridge.connection_changed.emit(False, "Connection error")
    assert "does not answer (Connection error)" in window.banner._words.text()
    window.close_for_good()
