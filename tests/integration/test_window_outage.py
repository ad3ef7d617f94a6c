"""A master that dies under the window: the banner says so, what was half typed stays, and works when it is back."""

import signal
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.groups_dialog import GroupDialog
from desktop.dialogs.job_dialog import JobDialog
from desktop.dialogs.proxies_dialog import ProxyDialog
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from desktop.integration.clients import look
from desktop.models.hub import Models
from desktop.settings import SettingsHolder
from desktop.theme import Theme
from desktop.views.main_window import MainWindow
from desktop.words import Wording
from master.api.client import MasterClient
from master.api.groups import GroupCreate, GroupPatch
from master.api.proxies import ProxyCreate, ProxyPatch
from master.api.rules import RuleConditions, RuleCreate, RulePatch
from master.api.schedules import JobTemplate, ScheduleCreate, SchedulePatch
from master.api.schema import AccountCreate, AccountPatch, WorkerConfigCreate, WorkerConfigPatch
from tests.helpers.live_windows import LoopTasks, StraightBridge, until
from tests.helpers.masters import ServeProcess, workers_run

THEIRS, MINE = "Theirs", "Mine"
"""Names that two clients give to one row."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals")


class World:
    """A window on a master that is a process of its own."""

    def __init__(self, serve: ServeProcess, client: MasterClient, window: MainWindow, context: Context) -> None:
        self.serve, self.client, self.window, self.context = serve, client, window, context
        self.failures: list[BaseException] = []

    async def die(self) -> None:
        """Kill the master and wait until the window says so."""
        self.serve.kill()
        await until(lambda: self.window.banner.isVisible() and not self.context.models.connected, what="the banner")

    async def come_back(self) -> None:
        """Start it again: another process, another token, maybe another port. (Of a keyring the banner may tell.)"""
        lost = self.window.banner.words
        self.serve.start()
        await until(
            lambda: self.context.models.connected and self.window.banner.words != lost, what="the end of the banner"
        )


@pytest.fixture
async def world(profile: Path, qapp: QApplication, qtbot: QtBot) -> AsyncIterator[World]:
    """The window, connected."""
    serve = ServeProcess(profile, "--port", "0")
    known = serve.start()
    try:
        async for found in _on(serve, known, profile, qapp, qtbot):
            yield found
    finally:
        if serve.process is not None and serve.process.poll() is None:
            serve.process.send_signal(signal.SIGTERM)
            serve.ended()


async def _on(
    serve: ServeProcess, known: dict[str, Any], profile: Path, qapp: QApplication, qtbot: QtBot
) -> AsyncIterator[World]:
    client = MasterClient(known["url"], known["token"], look=partial(look, profile))
    bridge, wording, tasks = StraightBridge(client), Wording("en"), LoopTasks()
    models = Models(bridge, wording, tasks.run)  # type: ignore[arg-type]
    context = Context(
        bridge=bridge,  # type: ignore[arg-type]
        models=models,
        wording=wording,
        theme=Theme(qapp, "light"),
        settings=SettingsHolder(),
        run=tasks.run,
    )
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    tasks.on_error = window.show_error
    await client.open(listener=bridge.event_arrived.emit, on_connection=bridge.connection_changed.emit)
    await models.load()
    await workers_run(client)
    await until(lambda: models.work.runner("command") is not None and models.platforms(), what="the catalogue")
    # Between fixture and test no loop runs: nothing may be asked of the master then.
    await until(lambda: not models._status_timer.isActive(), what="that it is quiet")
    yield World(serve, client, window, context)
    models.close()
    await client.close()
    await tasks.close()
    window.close_for_good()
    models.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def made(world: World) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return a new row of every kind, half typed: its name, its dialog, what was typed so far."""
    context, window = world.context, world.window
    account = AccountDialog(context, None, window)
    account.choose("feed")
    return [
        ("account", account, {"url": "http://127.0.0.1:9/feed.xml", "name": "Half typed feed"}),
        ("group", GroupDialog(context, None, window), {"name": "Half typed group", "interval_seconds": 90}),
        ("rule", RuleDialog(context, None, window), {"name": "Half typed rule", "include": ["invoice"]}),
        (
            "proxy",
            ProxyDialog(context, None, window),
            {"name": "Half typed proxy", "host": "proxy.example", "port": 8080},
        ),
        ("worker", WorkerDialog(context, None, window), {"name": "Half typed worker", "description": "for later"}),
        ("schedule", ScheduleDialog(context, None, window), {"name": "Half typed plan", "cron": "0 3 * * *"}),
        ("job", JobDialog(context, "command", None, window), {"name": "Half typed job"}),
    ]


def forms(dialog: Any) -> list[Any]:
    if hasattr(dialog, "forms"):
        return list(dialog.forms)
    fields = getattr(dialog, "fields", None)
    return [fields.form if fields is not None else dialog.form]


def typed(dialog: Any, names: Any) -> dict[str, Any]:
    rows = {name: row for form in forms(dialog) for name, row in form.rows.items()}
    return {name: rows[name].input.value() for name in names}


async def test_what_was_half_typed_in_any_dialog_stays_and_can_be_saved_when_the_master_is_back(world: World) -> None:
    dialogs = made(world)
    for kind, dialog, values in dialogs:
        if kind == "schedule":
            dialog.choose("command")
        dialog.open()
        for form in forms(dialog):
            form.set_values(values)
            form.set_values({"spec.command": "/bin/true"})
    await world.die()
    for _kind, dialog, values in dialogs:
        assert typed(dialog, values) == values
        dialog._judge(False) if isinstance(dialog, AccountDialog) else None  # it is added without a test
        dialog.submit() if isinstance(dialog, JobDialog) else dialog.save()
    for kind, dialog, values in dialogs:
        await until(lambda dialog=dialog: not dialog.busy, what=f"the refusal of {kind}")
        assert not dialog.gone, kind
        assert dialog.problem, kind
        assert typed(dialog, values) == values
    await world.come_back()
    await workers_run(world.client)
    for kind, dialog, values in dialogs:
        assert typed(dialog, values) == values
        if isinstance(dialog, AccountDialog):
            dialog._judge(False)
        dialog.submit() if isinstance(dialog, JobDialog) else dialog.save()
        await until(lambda dialog=dialog: dialog.gone, what=f"the end of {kind}: {dialog.problem}")
    assert [row.name for row in await world.client.rules()] == ["Half typed rule"]
    assert [row.name for row in await world.client.groups()] == ["Half typed group"]
    assert [row.name for row in await world.client.schedules()] == ["Half typed plan"]
    await until(
        lambda: any(row.name == "Half typed feed" for row in world.context.models.accounts.values()), what="the account"
    )


async def test_a_row_that_was_edited_before_is_saved_after_with_what_was_typed(world: World) -> None:
    client = world.client
    rule = await client.create_rule(RuleCreate(name="Before", conditions=RuleConditions(), action="notify"))
    dialog = RuleDialog(world.context, rule, world.window)
    dialog.open()
    dialog.form.set_values({"name": "After", "include": ["invoice"]})
    quiet = QuietDialog(world.context, world.window)
    quiet.open()
    quiet.enabled.setChecked(True)
    await world.die()
    await world.come_back()
    assert typed(dialog, ["name", "include"]) == {"name": "After", "include": ["invoice"]}
    dialog.save()
    await until(lambda: dialog.gone, what=f"the saved rule: {dialog.problem}")
    assert quiet.enabled.isChecked()
    quiet.save()
    await until(lambda: quiet.gone, what=f"the saved hours: {quiet.problem}")
    assert (await client.rule(rule.id)).name == "After"
    assert (await client.quiet_hours()).enabled


async def rows(client: MasterClient) -> dict[str, tuple[Any, Any, Any]]:
    """Make a row of every kind that a dialog edits: the row, its dialog, how another client renames it."""
    account = await client.create_account(
        AccountCreate(platform="feed", name="Before", settings={"url": "http://127.0.0.1:9/feed.xml"})
    )
    group = await client.create_group(GroupCreate(name="Before"))
    rule = await client.create_rule(RuleCreate(name="Before", conditions=RuleConditions(), action="notify"))
    proxy = await client.create_proxy(ProxyCreate(name="Before", kind="socks5", host="127.0.0.1", port=9))
    worker = await client.create_worker_config(
        WorkerConfigCreate(worker_id="spare", name="Before", auto_start=False, enabled=False)
    )
    schedule = await client.create_schedule(
        ScheduleCreate(
            name="Before", cron="0 3 * * *", job=JobTemplate(runner="command", spec={"command": "/bin/true"})
        )
    )
    return {
        "account": (
            account, AccountDialog, lambda: client.patch_account(account.id, AccountPatch(name=THEIRS))
        ),
        "group": (group, GroupDialog, lambda: client.patch_group(group.id, GroupPatch(name=THEIRS))),
        "rule": (rule, RuleDialog, lambda: client.patch_rule(rule.id, RulePatch(name=THEIRS))),
        "proxy": (proxy, ProxyDialog, lambda: client.patch_proxy(proxy.id, ProxyPatch(name=THEIRS))),
        "worker": (
            worker, WorkerDialog, lambda: client.patch_worker_config("spare", WorkerConfigPatch(name=THEIRS))
        ),
        "schedule": (
            schedule, ScheduleDialog, lambda: client.patch_schedule(schedule.id, SchedulePatch(name=THEIRS))
        ),
    }  # fmt: skip


async def names(client: MasterClient) -> dict[str, set[str]]:
    return {
        "account": {row.name for row in await client.all_accounts()},
        "group": {row.name for row in await client.groups()},
        "rule": {row.name for row in await client.rules()},
        "proxy": {row.name for row in await client.proxies()},
        "worker": {row.name for row in await client.worker_configs() if row.worker_id == "spare"},
        "schedule": {row.name for row in await client.schedules()},
    }


async def test_another_client_s_change_of_any_row_is_seen_and_asked_about(world: World) -> None:
    """One master for all of them: each dialog says what the other client made of its row, and saves nothing over it."""
    found = look(world.serve.profile)
    assert found is not None
    async with MasterClient(*found) as other:
        made = await rows(other)
        dialogs = {kind: make(world.context, row, world.window) for kind, (row, make, _theirs) in made.items()}
        for dialog in dialogs.values():
            dialog.open()
            next(form for form in forms(dialog) if "name" in form.rows).set_values({"name": MINE})
        for _row, _make, theirs in made.values():
            await theirs()
    for kind, dialog in dialogs.items():
        assert dialog.conflicts is not None, kind
        panel = dialog.conflicts.panel
        await until(lambda panel=panel: panel.isVisible(), what=f"the word of the change of {kind}")
        assert [(one.theirs, one.mine) for one in panel.differences] == [(THEIRS, MINE)], kind
        dialog.save()
        await until(lambda panel=panel: "Nothing was saved" in panel.title.text(), what=f"the refusal of {kind}")
    assert await names(world.client) == {kind: {THEIRS} for kind in dialogs}
    for kind, dialog in dialogs.items():
        dialog.conflicts.panel.overwrite.click()
        await until(lambda dialog=dialog: dialog.gone, what=f"the overwritten {kind}: {dialog.problem}")
    assert await names(world.client) == {kind: {MINE} for kind in dialogs}
