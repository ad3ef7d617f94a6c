"""All models together: loaded over the bridge, patched by events."""

from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from master.api.client import ApiError
from master.api.events import Checking, Deleted, ItemsRead, LogBatch, Unread
from master.api.schema import Page
from tests.unit.desktop.fakes import FakeBridge, FakeClient, load, make_account, make_context, make_item, make_record
from worker.protocol.states import AccountState


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
    assert context.models.workers.load_status.message == "The master does not answer."
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
    await models.load_more_items()
    assert models.items.rowCount() == 3
    client.answers["logs"] = []
    await models.load_older_logs()
    assert models.logs.exhausted
    assert client.called("logs")[-1][1]["before"] == 7


async def test_names_of_accounts(context: Context) -> None:
    assert context.models.account_name("a1") == "a1@northwind.example"
    assert context.models.account_name("gone") == "gone"
