"""The client against a real master: every route has its call, and every call its route."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from master.api.client import ApiError, MasterClient
from master.api.events import Event
from master.api.schema import (
    AccountBatch,
    AccountCreate,
    AccountDuplicate,
    AccountPatch,
    AccountTest,
    AssignmentPut,
    BundleRequest,
    CredentialCreate,
    CredentialPatch,
    GroupCreate,
    GroupPatch,
    Inheritable,
    ItemFilter,
    ItemStatsQuery,
    JobCreate,
    JobPatch,
    JobTemplate,
    NotificationFilter,
    ProxyCreate,
    ProxyPatch,
    ProxyTest,
    QuietHoursPatch,
    Rebalance,
    RuleCreate,
    RulePatch,
    RuleSample,
    RuleTest,
    ScheduleCreate,
    SchedulePatch,
    SearchCreate,
    SelfTest,
    SettingsPatch,
    SnoozeCreate,
    ThreadFilter,
    TokenCreate,
    VaultPassphrase,
    VaultUnlock,
    WorkerBatch,
    WorkerConfigCreate,
    WorkerConfigPatch,
)
from master.api.transports import Transport
from master.app import Master
from master.checks import selftest_runs
from master.rest.routes import make_routes
from tests.helpers.client_calls import use_files, use_sign_ins
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master
from worker.protocol.states import JobState

NOT_CALLED = {("GET", "/liveness"), ("GET", "/readiness"), ("GET", "/docs"), ("GET", "/metrics")}
"""For machines that watch, and for people."""


@pytest.fixture
async def running(profile: Path) -> AsyncIterator[tuple[Master, MasterClient]]:
    async with running_master(profile, workers=False) as pair:
        yield pair
    await asyncio.get_running_loop().shutdown_default_executor()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Method and path of every request that is made."""
    found: set[tuple[str, str]] = set()
    request = Transport.request

    def record(self: Transport, method: str, path: str, *args: Any) -> Any:
        found.add((method, path))
        return request(self, method, path, *args)

    monkeypatch.setattr(Transport, "request", record)
    download = Transport.download

    async def record_download(self: Transport, path: str, *args: Any, **more: Any) -> int:
        found.add(("GET", path))
        return await download(self, path, *args, **more)

    monkeypatch.setattr(Transport, "download", record_download)
    return found


async def refused(call: Any, status: int) -> ApiError:
    with pytest.raises(ApiError) as error:
        await call
    assert error.value.status == status, error.value
    assert error.value.message
    assert error.value.request_id
    return error.value


async def use_accounts(client: MasterClient) -> None:
    settings = {"url": "http://127.0.0.1:9/feed"}
    account = await client.create_account(AccountCreate(platform="feed", name="a b/ü?", settings=settings))
    same = account.id
    assert (await client.account(same)) == account
    assert (await client.accounts(limit=1)).total == 1
    assert [one.id for one in await client.all_accounts()] == [same]  # its next check may have been planned meanwhile
    assert (await client.accounts(q="nobody")).rows == []
    assert (await client.patch_account(same, AccountPatch(notes="n"))).notes == "n"
    stale = await refused(client.patch_account(same, AccountPatch(notes="m", version=account.version)), 409)
    assert stale.text is not None
    assert stale.text.code == "version_stale"
    wrong = await refused(client.create_account(AccountCreate(platform="feed", name="x")), 400)
    assert wrong.fields == {name: text.message for name, text in wrong.texts.items()}
    assert "settings.url" in wrong.fields
    assert (await client.put_credentials(same, {"username": "u", "password": "p"})).has_credentials
    assert (await client.pause_account(same)).state == "paused"
    assert (await client.resume_account(same)).state == "pending"
    await refused(client.check_account(same), 503)
    await refused(client.test_account(AccountTest(platform="feed", settings=settings)), 503)
    assert not (await client.assign_account(same, AssignmentPut(worker_id=None))).pinned
    assert [row.account_id for row in await client.assignments()] == [same]
    assert (await client.rebalance(Rebalance(dry_run=True))).moves == []
    assert (await client.batch_accounts(AccountBatch(action="pause", account_ids=[same]))).success == 1
    copy = await client.duplicate_account(same, AccountDuplicate(name="copy"))
    assert (copy.name, copy.state) == ("copy", "paused")
    assert (await client.account_states(copy.id, limit=1)).rows[0].state == "paused"
    assert (await client.account_stats()).total == 2
    assert (await client.delete_account(copy.id, keep_history=False)).removed_at
    assert [row.id for row in (await client.accounts(removed=True)).rows] == [copy.id]
    assert (await client.restore_account(copy.id)).removed_at is None
    await client.delete_account(copy.id, keep_history=False, now=True)
    await refused(client.restore_account(copy.id), 404)
    await client.delete_account(same, keep_history=False)
    await refused(client.account("../status"), 404)


async def use_groups(client: MasterClient) -> None:
    made = await client.create_proxy(ProxyCreate(name="p", kind="http", host="127.0.0.1", port=9, username="u"))
    assert await client.proxies() == [made] == [await client.proxy(made.id)]
    proxy = await client.patch_proxy(made.id, ProxyPatch(password="canary"))
    assert proxy.has_password
    await refused(client.test_proxy(ProxyTest(kind="http", host="127.0.0.1", port=9)), 503)
    await refused(client.test_stored_proxy(made.id), 503)
    group = await client.create_group(GroupCreate(name="g", settings=Inheritable(proxy_id=made.id)))
    assert await client.groups() == [group] == [await client.group(group.id)]
    assert (await client.patch_group(group.id, GroupPatch(color="#ffffff"))).color == "#ffffff"
    used = await refused(client.delete_proxy(made.id), 409)
    assert "g" in str(used)
    assert (await client.accounts(group_id=group.id)).rows == []
    assert await client.delete_group(group.id) == 0
    again = await client.create_group(GroupCreate(id=group.id, name="g"))
    assert again.id == group.id
    await refused(client.create_group(GroupCreate(id=group.id, name="other")), 409)
    await client.delete_group(group.id)
    await client.delete_proxy(made.id)
    await refused(client.group(group.id), 404)
    await refused(client.proxy(made.id), 404)


async def use_workers(client: MasterClient) -> None:
    config = await client.create_worker_config(WorkerConfigCreate(worker_id="w", name="W"))
    assert await client.worker_config("w") == config
    assert config in await client.worker_configs()
    assert (await client.patch_worker_config("w", WorkerConfigPatch(enabled=False))).enabled is False
    assert (await client.worker_config_summary()).disabled == 1
    assert "w" in [worker.worker_id for worker in await client.workers()]
    assert (await client.worker_status("w")).status == "stopped"
    await refused(client.start_worker("w"), 409)
    await refused(client.restart_worker("w", graceful=False, timeout_ms=0), 409)
    assert (await client.stop_worker("w", graceful=True, timeout_ms=5)).status == "stopped"
    assert (await client.batch_workers(WorkerBatch(action="start", worker_ids=["w"]))).failure == 1
    assert await client.worker_logs("w", tail=5, stream="stdout", level="error", since=0, q="x") == []
    assert "worker_changed" in [event.text.code for event in (await client.worker_events("w", 5)).rows]
    assert not (await client.worker_health("w")).healthy
    assert (await client.worker_metrics("w", since=0)).points == []
    assert (await client.worker_overview()).total >= 1
    await client.worker_events("w", limit=5)
    await client.delete_worker_config("w")
    assert (await client.worker_events("w")).rows[0].text.code == "worker_deleted"
    assert {repair.kind for repair in (await client.recovery()).repairs} >= {"process", "outbox"}
    assert (await client.janitor(dry_run=True)).dry_run
    await refused(client.worker_config("w"), 404)


async def use_schedules(client: MasterClient) -> None:
    secret = await client.create_credential(CredentialCreate(name="c", values={"token": "x"}))
    assert await client.credentials() == [secret]
    renamed = await client.patch_credential(secret.id, CredentialPatch(name="d"))
    assert (renamed.name, renamed.version) == ("d", secret.version)
    await client.delete_credential(secret.id)
    template = JobTemplate(runner="command", spec={"command": "true"})
    made = await client.create_schedule(ScheduleCreate(name="s", cron="0 0 1 1 *", job=template))
    assert await client.schedules() == [made] == [await client.schedule(made.id)]
    assert (await client.patch_schedule(made.id, SchedulePatch(name="t"))).name == "t"
    assert not (await client.disable_schedule(made.id)).enabled
    assert (await client.enable_schedule(made.id)).enabled
    job = await client.run_schedule(made.id)
    assert [run.job_id for run in (await client.schedule_runs(made.id)).rows] == [job.id]
    assert len((await client.preview_schedule("* * * * *", "UTC", 2)).next_at) == 2
    await client.cancel_job(job.id)
    await client.delete_schedule(made.id)


async def use_jobs(client: MasterClient) -> None:
    job = await client.create_job(JobCreate(runner="command", spec={"command": "true"}))
    assert await client.job(job.id) == job
    assert (await client.jobs(JobState.PENDING, q="true", limit=5)).rows == [job]
    assert (await client.patch_job(job.id, JobPatch(time_limit=5))).time_limit_seconds == 300
    assert (await client.job_output(job.id, "stderr", 0)).text == ""
    assert (await client.job_resources()).pending == 1
    await refused(client.delete_job(job.id), 409)
    assert (await client.cancel_job(job.id, force=True)).state == "CANCELLED"
    again = await client.resubmit_job(job.id)
    assert again.resubmit_of == job.id
    await client.cancel_job(again.id)
    assert (await client.job_stats(0, "UTC")).cancelled >= 2
    await client.delete_job(job.id)
    await refused(client.job(job.id), 404)


async def use_rules(client: MasterClient) -> None:
    made = await client.create_rule(RuleCreate(name="r", action="urgent"))
    assert await client.rules() == [made] == [await client.rule(made.id)]
    assert (await client.patch_rule(made.id, RulePatch(name="s"))).name == "s"
    assert [rule.name for rule in await client.order_rules([made.id])] == ["s"]
    report = await client.test_rules(RuleTest(sample=RuleSample(title="x"), history=5))
    assert report.actions == {"urgent": 1}
    await client.delete_rule(made.id)
    await refused(client.rule(made.id), 404)
    assert not (await client.quiet_hours()).enabled
    assert (await client.patch_quiet_hours(QuietHoursPatch(time_zone="UTC"))).time_zone == "UTC"
    assert (await client.create_snooze(SnoozeCreate(scope="all"))).id == "all"
    assert [row.id for row in await client.snoozes()] == ["all"]
    await client.delete_snooze("all")
    wanted = NotificationFilter(state="pending", kind="item", since=1)
    assert (await client.notifications(5, filter=wanted)).rows == []
    assert (await client.notification_counts()).total == 0
    assert (await client.read_notifications(wanted)).count == 0
    assert (await client.clear_notifications()).count == 0
    await refused(client.snooze_notification(1, 60), 404)
    await refused(client.dismiss_notification(1), 404)


async def use_items(client: MasterClient) -> None:
    assert (await client.items(ItemFilter(account_id="a", unread=True, since=0, ids=[1, 2]), limit=5)).rows == []
    assert (await client.items(ItemFilter(account_ids=["a", "b"], q="天气 -x"), order="unread_first")).rows == []
    assert (await client.read_items(ItemFilter())).count == 0
    assert (await client.read_items(ItemFilter(ids=[1, 2]), read=False)).count == 0
    await refused(client.item(1), 404)
    await refused(client.patch_item(1, True), 404)
    await refused(client.trace(1), 404)
    await refused(client.item_context(1), 404)
    assert (await client.item_threads(ThreadFilter(account_ids=["a"], unread=True))).rows == []
    assert (await client.item_stats(ItemStatsQuery(group_by="week", tz="Asia/Kathmandu"))).total == 0
    await refused(client.item_stats(ItemStatsQuery(tz="Mars")), 400)
    assert (await client.item_index()).complete
    pieces: list[bytes] = []
    assert await client.export_items(pieces.append, ItemFilter(ids=[1]), format="json") == len(b"".join(pieces))
    await refused(client.export_items(pieces.append, ItemFilter(thread="t")), 400)
    made = await client.create_search(SearchCreate(name="s", filter=ItemFilter(q="x")))
    assert [row.id for row in await client.searches()] == [made.id]
    await client.delete_search(made.id)
    await refused(client.delete_search(made.id), 404)


async def use_the_rest(client: MasterClient) -> None:
    assert (await client.alerts(state="open", limit=5)).rows == []
    await refused(client.acknowledge_alert(1), 404)
    await refused(client.unacknowledge_alert(1), 404)
    await refused(client.silence_alert(1, 60), 404)
    await until(lambda: _has_recovered(client), what="the report of the start")
    assert (await client.system_facts()).disk_total_bytes > 0
    assert (await client.janitor(dry_run=True)).dry_run
    assert (await client.health()).status == "ok"
    assert (await client.status()).scheduling.total_accounts == 0
    assert {manifest.id for manifest in (await client.catalog()).platforms} >= {"feed", "imap"}
    assert (await client.beats()).accounts == {}
    assert (await client.patch_settings(SettingsPatch(item_burst_limit=9))) == await client.settings()
    assert (await client.logs(source="master", level="info", limit=3))[0].record.source == "master"
    assert await client.clients() == []
    token = await client.create_token(TokenCreate(name="t", scope="client"))
    assert [one.id for one in await client.tokens()] == [token.id]
    await client.revoke_token(token.id)
    assert (await client.openapi())["openapi"].startswith("3.")


async def use_diagnostics(client: MasterClient) -> None:
    assert {check.name for check in (await client.system()).checks} >= {"database", "keyring"}
    assert (await client.selftest()).state == "never"
    assert (await client.start_selftest()).state == "running"
    assert {part.name for part in (await client.bundle(BundleRequest())).parts} >= {"README.txt", "log.txt"}
    assert (await client.machine()).state == "awake"
    assert (await client.machine_sleeps(True)).state == "asleep"
    assert (await client.machine_sleeps(False)).state != "asleep"
    await client.overview()
    assert (await client.updates()).available is None
    await refused(client.check_updates(), 409)
    assert (await client.vault()).kind == "memory"
    assert (await client.check_vault()).state == "ok"
    await refused(client.unlock_vault(VaultUnlock(passphrase="some words")), 409)
    await refused(client.change_vault_passphrase(VaultPassphrase(old="some words", new="other words")), 409)


async def _passes_at_once() -> SelfTest:
    return SelfTest(state="passed")


async def test_every_route_has_its_call(
    running: tuple[Master, MasterClient],
    asked: set[tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selftest_runs, "run_selftest", _passes_at_once)
    master, client = running
    await until(lambda: _is_ready(client), what="the catalogue")
    await use_accounts(client)
    await use_groups(client)
    await use_workers(client)
    await use_schedules(client)
    await use_jobs(client)
    await use_rules(client)
    await use_items(client)
    await use_sign_ins(client, refused)
    await use_files(client, refused, tmp_path)
    await use_diagnostics(client)
    await use_the_rest(client)
    await client.shutdown()
    await asyncio.wait_for(master.wait_stopped(), 60)
    wrong = []
    for route in make_routes(lambda: None):
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", route.path))
        called = any(method == route.method and pattern.fullmatch(path) for method, path in asked)
        if called is ((route.method, route.path) in NOT_CALLED):
            wrong.append((route.method, route.path))
    assert wrong == []


async def _is_ready(client: MasterClient) -> bool:
    return bool((await client.catalog()).platforms)


async def test_an_event_carries_the_id_of_the_request_that_caused_it(running: tuple[Master, MasterClient]) -> None:
    _, client = running
    events: list[Event] = []
    await client.open(events.append)
    token = await refused(client.account("nobody"), 404)
    await client.patch_settings(SettingsPatch(item_burst_limit=8))
    await until(lambda: any(event.type == "settings.changed" for event in events))
    (changed,) = [event for event in events if event.type == "settings.changed"]
    assert re.fullmatch("[0-9a-f]{32}", changed.request_id)
    assert changed.request_id != token.request_id
    assert changed.data.item_burst_limit == 8


async def test_nothing_secret_is_in_any_event(running: tuple[Master, MasterClient]) -> None:
    _, client = running
    events: list[Event] = []
    await client.open(events.append)
    await until(lambda: _is_ready(client))
    settings = {"url": "http://127.0.0.1:9/feed"}
    credentials = {"username": "u", "password": "canary-77aa"}
    body = AccountCreate(platform="feed", name="n", settings=settings, credentials=credentials)
    account = await client.create_account(body)
    await client.put_credentials(account.id, {"username": "u", "password": "canary-88bb"})
    await client.delete_account(account.id, keep_history=False)
    await until(lambda: any(event.type == "account.deleted" for event in events))
    assert "canary" not in repr(events)


async def _has_recovered(client: MasterClient) -> bool:
    return (await client.recovery()).clean
