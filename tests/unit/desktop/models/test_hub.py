"""All models together: loaded over the bridge, patched by events."""

import asyncio
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from master.api.client import ApiError
from master.api.events import Checking, Deleted, ItemsRead, LogBatch, Unread
from master.api.schema import Account, Beat, CatalogAnswer, Item, LogRow, Page, Settings
from tests.unit.desktop.fakes import (
    NOW,
    FakeBridge,
    FakeClient,
    load,
    make_account,
    make_context,
    make_item,
    make_record,
    make_worker,
)
from worker.protocol.states import AccountState, WorkerState


@pytest.fixture
async def context(qapp: QApplication) -> Any:
    context = make_context(qapp)
    await load(context)
    yield context
    context.models.close()


def parts(context: Context) -> tuple[FakeBridge, FakeClient]:
    bridge: Any = context.bridge
    return bridge, bridge.client


async def test_everything_is_loaded(context: Context) -> None:
    models = context.models
    assert (models.accounts.total, models.assignments.total, models.workers.total) == (2, 2, 2)
    assert (models.items.rowCount(), models.logs.rowCount(), models.unread) == (2, 2, 2)
    assert models.accounts.beats.levels("a1") == "o"
    assert models.connected
    assert models.settings is not None


async def test_the_demo_platform_is_offered_in_a_demo_alone(context: Context) -> None:
    assert [one.id for one in context.models.platforms()] == ["feed", "imap"]
    assert context.models.status is not None
    context.models.status = msgspec.structs.replace(context.models.status, demo=True)
    assert [one.id for one in context.models.platforms()] == ["demo", "feed", "imap"]
    assert context.models.manifest("nothing") is None


async def test_events_patch_the_models(context: Context) -> None:
    bridge, _ = parts(context)
    models = context.models
    bridge.send("account.changed", make_account("a3", state=AccountState.PAUSED))
    bridge.send("item.detected", make_item(9))
    bridge.send("unread.changed", Unread(total=3, accounts={"a1": 3}))
    bridge.send("items.read", ItemsRead(ids=[9], read=True))
    bridge.send("log.batch", LogBatch(first_id=9, records=[make_record(9)]))
    bridge.send("checking", Checking(account_id="a1", checking=True))
    bridge.send("of.a.newer.master", object())
    assert models.accounts.total == models.assignments.total == 3
    assert models.items.at(0) == make_item(9, read=True)
    assert models.unread == 3
    assert models.logs.rowCount() == 3
    row = models.accounts.get("a1")
    assert row is not None
    assert row.checking
    assert row.unread == 3
    bridge.send("account.deleted", Deleted(id="a3"))
    assert models.accounts.total == models.assignments.total == 2


async def test_a_load_that_fails_says_so_on_its_own_page(qapp: QApplication) -> None:
    context = make_context(qapp)
    _, client = parts(context)
    client.errors["workers"] = ApiError(0, "ERR_UNREACHABLE", "The master does not answer.", {}, {}, "")
    await load(context)
    assert context.models.workers.load_status.state == "failed"
    assert context.models.workers.load_status.message == "The master cannot be reached. Try again in a moment."
    assert context.models.accounts.load_status.state == "ready"
    del client.errors["workers"]
    await context.models.reload_workers()
    assert context.models.workers.load_status.state == "ready"
    context.models.close()


async def test_more_items_and_older_lines(context: Context) -> None:
    _, client = parts(context)
    models = context.models
    models.items.next_cursor = "c"
    client.answers["items"] = Page(rows=[make_item(0)], next_cursor=None)
    await models.inbox.load_more_items()
    assert models.items.rowCount() == 3
    client.answers["logs"] = []
    await models.lines.load_older()
    assert models.logs.exhausted
    assert client.called("logs")[-1][1]["before"] == 7


async def test_names_of_accounts(context: Context) -> None:
    assert context.models.account_name("a1") == "a1@northwind.example"
    assert context.models.account_name("gone") == "gone"


async def settled() -> None:
    """Let every task run to where it waits."""
    for _turn in range(10):
        await asyncio.sleep(0)


def slow(client: FakeClient, name: str, gate: asyncio.Event) -> None:
    """Have a call answer, once the gate opens, what was true when it was asked."""
    answer = getattr(client, name)

    async def later(*args: Any, **kwargs: Any) -> Any:
        found = await answer(*args, **kwargs)
        await gate.wait()
        return found

    setattr(client, name, later)


def lines(context: Context) -> list[str]:
    model = context.models.logs
    records = [model.record_at(row) for row in range(model.rowCount())]
    return [record.message for record in records if record is not None]


def rows(*numbers: int) -> list[LogRow]:
    return [LogRow(id=number, record=make_record(number)) for number in numbers]


def batch(*numbers: int) -> LogBatch:
    return LogBatch(first_id=numbers[0], records=[make_record(number) for number in numbers])


async def test_events_that_overtake_a_load_are_not_lost(qapp: QApplication) -> None:
    context = make_context(qapp)
    bridge, client = parts(context)
    gate = asyncio.Event()
    for name in ("all_accounts", "workers", "items", "logs", "status", "alerts", "settings"):
        slow(client, name, gate)
    loading = asyncio.create_task(context.models.load())
    await settled()
    bridge.send("account.changed", make_account("a1", state=AccountState.LOGIN_NEEDED))
    bridge.send("account.changed", make_account("a3"))
    bridge.send("account.deleted", Deleted(id="a2"))
    bridge.send("worker.changed", make_worker("local-1", status=WorkerState.ERROR))
    bridge.send("item.detected", make_item(3))
    bridge.send("items.read", ItemsRead(ids=[2], read=True))
    bridge.send("unread.changed", Unread(total=9, accounts={"a1": 9}))
    bridge.send("settings.changed", Settings(log_total_mb=77))
    bridge.send("log.batch", batch(8, 9))
    gate.set()
    await loading
    models = context.models
    account, worker, item = models.accounts.get("a1"), models.workers.get("local-1"), models.items.at(1)
    assert isinstance(account, Account)
    assert (account.state, account.unread) == (AccountState.LOGIN_NEEDED, 9)
    assert models.accounts.get("a3") is not None
    assert models.accounts.get("a2") is None
    assert models.assignments.get("a2") is None
    assert worker is not None
    assert worker.status is WorkerState.ERROR
    assert models.items.position_of(3) == 0
    assert isinstance(item, Item)
    assert item.read
    assert models.unread == 9
    assert models.settings == Settings(log_total_mb=77)
    assert lines(context) == ["line 7", "line 8", "line 9"]
    models.close()


async def test_a_tick_that_was_loaded_already_is_not_drawn_twice(context: Context) -> None:
    bridge, _ = parts(context)
    bridge.send("checking", Checking(account_id="a1", checking=False, beat=Beat(NOW, 80, "ok")))
    bridge.send("checking", Checking(account_id="a1", checking=False, beat=Beat(NOW + 1, 80, "bad")))
    assert context.models.accounts.beats.levels("a1") == "ob"


async def test_lines_that_did_not_arrive_are_asked_for(context: Context) -> None:
    bridge, client = parts(context)
    pages = {None: rows(12, 13), 12: rows(9, 10, 11), 9: rows(6, 7, 8)}
    client.answers["logs"] = lambda before=None, **_more: pages[before]
    bridge.send("log.batch", batch(12, 13))
    bridge.send("log.batch", batch(13, 14))
    assert lines(context) == [f"line {number}" for number in range(7, 15)]
    client.answers["logs"] = lambda **_more: rows(14)  # the master could not keep the lines before 20
    bridge.send("log.batch", batch(20))
    assert lines(context)[-2:] == ["line 14", "line 20"]


async def test_a_reload_keeps_the_pause_and_doubles_no_line(context: Context) -> None:
    bridge, client = parts(context)
    models = context.models
    models.logs.pause(True)
    client.answers["logs"] = rows(7, 8, 9)
    await models.lines.reload()
    bridge.send("log.batch", batch(9, 10))
    assert models.logs.paused
    assert (lines(context), models.logs.waiting) == (["line 7", "line 8"], 2)
    client.answers["logs"] = rows(1, 2)  # another log
    await models.lines.reload()
    assert models.logs.paused
    assert lines(context) == ["line 1", "line 2"]


async def test_after_a_lost_connection_what_has_no_number_is_loaded_again(context: Context) -> None:
    bridge, client = parts(context)
    bridge.send("checking", Checking(account_id="a1", checking=True))
    client.answers["logs"] = rows(7, 8, 9)
    bridge.connection_changed.emit(False, "gone")
    bridge.connection_changed.emit(True, "")
    row = context.models.accounts.get("a1")
    assert row is not None
    assert not row.checking
    assert lines(context) == ["line 7", "line 8", "line 9"]


async def test_a_deleted_account_takes_its_items_along_unless_they_are_kept(context: Context) -> None:
    bridge, client = parts(context)
    asked = len(client.called("items"))
    bridge.send("account.deleted", Deleted(id="a2", keep_history=True))
    assert context.models.items.rowCount() == 2
    bridge.send("account.deleted", Deleted(id="a1"))
    assert context.models.items.rowCount() == 0
    assert len(client.called("items")) == asked


async def test_settings_and_catalogue_come_with_their_events(context: Context) -> None:
    bridge, client = parts(context)
    asked = len(client.calls)
    bridge.send("settings.changed", Settings(log_total_mb=77))
    bridge.send("catalog.changed", CatalogAnswer(platforms=[], runners=[], deployments=[]))
    assert context.models.settings == Settings(log_total_mb=77)
    assert context.models.platforms() == []
    assert len(client.calls) == asked
