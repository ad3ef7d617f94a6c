"""Alerts over a real database: told once, kept over a restart, silenced, acknowledged and forgotten."""

from types import SimpleNamespace

import msgspec
import pytest

from master.api.events import Deleted, HeartbeatSeen
from master.api.rows import Beat
from master.api.schema import Worker
from master.errors import NotFound
from master.services.alerts import AlertService
from tests.helpers.data import world_of
from worker.protocol.certificates import Certificate
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState

FREE = 10_000 * 1_048_576


def worker(status=WorkerState.RUNNING, worker_id="w", **more):
    values = {
        "worker_id": worker_id,
        "name": worker_id.upper(),
        "deployment_type": "local",
        "status": status,
        "online": True,
        "pid": 1,
        "uptime": 1.0,
        "cpu_usage": None,
        "memory_usage_mb": None,
        "assigned_accounts": 0,
        "max_accounts": 10,
        "active_tasks": 0,
        "started_at": None,
        "last_heartbeat_at": None,
        "round_trip_ms": None,
        "error_count": 0,
        "restart_count": 3,
        "restart_at": None,
        "last_exit": None,
        "status_text": None,
        "worker_version": "",
        "epoch": 1,
        "enabled": True,
        "auto_start": True,
        "config_version": 1,
    }
    return Worker(**values | more)


def beat(**more):
    values = {"worker_id": "w", "at": 0, "cpu_percent": 1.0, "memory_mb": 10.0, "active_tasks": 0, "accounts": 0}
    values |= {"checks": 0, "errors": 0, "items": 0, "backlog": 0, "round_trip_ms": 1.0, "beat": Beat(0, 1, "ok")}
    return HeartbeatSeen(**values | more)


class Case:
    def __init__(self, world):
        self.world = world
        self.now = 1000.0
        self.free = FREE
        self.tasks = SimpleNamespace(spawn=self.spawn)
        self.waiting = []
        self.alerts = self.make()

    def make(self):
        return AlertService(
            database=self.world.database,
            publisher=self.world.publisher,
            settings=self.world.settings,
            notifications=self.world.notifications,
            tasks=self.tasks,
            memory_limit=lambda _worker_id: 100,
            disk_free=lambda: self.free,
            clock=lambda: self.now,
        )

    def spawn(self, coroutine, name):
        self.waiting.append(coroutine)

    async def restart(self, workers=(), accounts=()):
        await self.alerts.close()
        self.alerts = self.make()
        await self.alerts.load(workers, accounts)

    async def after(self, seconds=1.0):
        """Let time pass, second by second at the end, and do what was planned."""
        self.now += seconds
        for _ in range(2):
            self.alerts.tick()
            waiting, self.waiting = self.waiting, []
            for coroutine in waiting:
                await coroutine

    async def seen(self, *workers):
        for one in workers:
            self.world.publisher.publish("worker.changed", one)
        await self.after()

    async def open(self):
        return [row.kind for row in (await self.alerts.page(state="open")).rows]

    async def told(self):
        return [row.title.code for row in reversed((await self.world.notifications.page()).rows)]


@pytest.fixture
async def case(profile):
    async with world_of(profile) as world:
        made = Case(world)
        await made.alerts.load([worker()], [])
        yield made
        await made.alerts.close()


async def test_restarts_then_giving_up_is_one_open_alert_and_one_notification(case):
    for _ in range(3):
        await case.seen(worker(WorkerState.CRASHED))
        assert await case.open() == ["worker_crashed"]
        await case.seen(worker(WorkerState.STARTING))
    assert await case.told() == []
    await case.seen(worker(WorkerState.ERROR))
    await case.seen(worker(WorkerState.ERROR))
    assert await case.open() == ["worker_gave_up"]
    assert await case.told() == ["notify_worker_gave_up"]
    assert len((await case.alerts.page(kind="worker_crashed")).rows) == 1
    await case.seen(worker(WorkerState.STARTING))
    assert await case.open() == []
    assert await case.told() == ["notify_worker_gave_up", "over_worker_gave_up"]
    (alert,) = (await case.alerts.page(kind="worker_gave_up")).rows
    assert [row.alert_id for row in (await case.world.notifications.page()).rows] == [alert.id, alert.id]


async def test_a_worker_that_runs_again_has_recovered_after_a_while(case):
    await case.seen(worker(WorkerState.CRASHED))
    await case.seen(worker())
    assert await case.open() == ["worker_crashed"]
    await case.after(10)
    assert await case.open() == []
    assert await case.told() == []


async def test_a_restart_of_the_master_raises_nothing_twice(case):
    await case.seen(worker(WorkerState.ERROR))
    (before,) = (await case.alerts.page()).rows
    await case.restart([worker(WorkerState.STOPPED)])
    await case.seen(worker(WorkerState.STARTING))
    await case.seen(worker(WorkerState.CRASHED))
    await case.seen(worker(WorkerState.ERROR))
    assert (await case.alerts.page(kind="worker_gave_up")).rows == [before]
    assert await case.told() == ["notify_worker_gave_up"]
    await case.restart([worker(WorkerState.STOPPED)])
    await case.seen(worker())
    assert "worker_gave_up" not in await case.open()


async def test_an_alert_of_a_deleted_subject_ends_untold(case):
    await case.seen(worker(WorkerState.ERROR))
    case.world.publisher.publish("worker.deleted", Deleted(id="w"))
    await case.after()
    assert await case.open() == []
    await case.seen(worker(WorkerState.ERROR, "v"))
    await case.restart([])
    await case.after()
    assert await case.open() == []
    assert await case.told() == ["notify_worker_gave_up"] * 2


async def test_cpu_memory_backlog_and_errors_of_heartbeats(case):
    case.world.publisher.publish("heartbeat", beat())
    high = beat(cpu_percent=80.0, memory_mb=80.0, backlog=1000, checks=100, errors=10)
    case.world.publisher.publish("heartbeat", high)
    await case.after()
    assert await case.open() == ["error_rate"]
    await case.after(60)
    assert set(await case.open()) == {"error_rate", "backlog"}
    case.world.publisher.publish("heartbeat", high)
    await case.after(240)
    assert set(await case.open()) == {"backlog", "worker_cpu", "worker_memory"}
    low = beat(cpu_percent=70.0, memory_mb=70.0, backlog=500, checks=100, errors=10)
    case.world.publisher.publish("heartbeat", low)
    await case.after()
    assert await case.open() == []
    assert len(await case.told()) == 8


async def test_a_worker_that_gives_no_sign_of_life(case):
    await case.seen(worker(health="dead"))
    await case.after(8)
    assert await case.open() == []
    await case.after(2)
    assert await case.open() == ["heartbeat_lost"]
    await case.seen(worker())
    assert await case.told() == ["alert_heartbeat_lost", "over_heartbeat_lost"]


async def test_the_disk_is_looked_at_once_a_minute(case):
    case.free = 400 * 1_048_576
    await case.after(61)
    assert await case.open() == ["disk_low"]
    case.free = FREE
    await case.after(10)
    assert await case.open() == ["disk_low"]
    await case.after(60)
    assert await case.told() == ["alert_disk_low", "over_disk_low"]


async def test_silence_lasts_for_a_later_alert_too(case):
    await case.seen(worker(WorkerState.ERROR))
    (alert,) = (await case.alerts.page()).rows
    silenced = await case.alerts.silence(alert.id, 3600)
    assert silenced.silenced_until_at is not None
    await case.seen(worker())
    await case.restart([worker()])
    await case.seen(worker(WorkerState.ERROR))
    (later,) = (await case.alerts.page(state="open")).rows
    assert later.id != alert.id
    assert later.silenced_until_at == silenced.silenced_until_at
    assert await case.told() == ["notify_worker_gave_up"]
    assert (await case.alerts.silence(later.id, 0)).silenced_until_at is None
    await case.seen(worker())
    assert await case.told() == ["notify_worker_gave_up", "over_worker_gave_up"]


async def test_an_acknowledged_alert_stays_open_until_it_is_over(case):
    await case.seen(worker(WorkerState.ERROR))
    (alert,) = (await case.alerts.page()).rows
    seen = await case.alerts.acknowledge(alert.id)
    assert seen.acknowledged_at is not None
    assert await case.alerts.acknowledge(alert.id) == seen
    assert await case.open() == ["worker_gave_up"]
    await case.seen(worker())
    (over,) = (await case.alerts.page(state="cleared")).rows
    assert over.acknowledged_at == seen.acknowledged_at
    with pytest.raises(NotFound):
        await case.alerts.acknowledge(10**6)


async def test_many_at_once_are_told_as_few(case):
    await case.seen(*(worker(WorkerState.ERROR, f"w{number}") for number in range(50)))
    assert len(await case.open()) == 50
    assert await case.told() == ["notify_worker_gave_up"] * 5 + ["notify_more_alerts"]


async def test_what_is_long_over_is_forgotten(case):
    await case.seen(worker(WorkerState.ERROR))
    await case.seen(worker(), worker(WorkerState.ERROR, "v"))
    assert await case.alerts.purge(now_ms() - 60_000) == 0
    assert await case.alerts.purge(now_ms() + 60_000) == 1
    assert await case.open() == ["worker_gave_up"]


async def test_lost_jobs_are_told_from_as_many_on_as_the_settings_say(case):
    case.world.settings._current = msgspec.structs.replace(case.world.settings.current, alert_lost_jobs=2)
    case.alerts.note_lost_jobs(1)
    await case.after()
    assert await case.open() == []
    case.alerts.note_lost_jobs(2)
    case.alerts.note_lost_jobs(3)
    await case.after()
    assert await case.open() == ["jobs_lost"]
    assert (await case.alerts.page()).rows[0].title.params == {"count": 3}
    await case.after(10)
    assert await case.told() == ["alert_jobs_lost", "over_jobs_lost"]


async def test_orphans_are_counted(case):
    case.alerts.note_orphans(0)
    await case.after()
    assert await case.open() == []
    case.alerts.note_orphans(2)
    await case.after()
    assert await case.open() == ["orphans"]
    assert (await case.alerts.page()).rows[0].title.params == {"count": 2}
    await case.after(10)
    assert await case.open() == []
    assert await case.told() == ["alert_orphans", "over_orphans"]


async def test_nothing_waits_on_a_worker_that_was_given_up(case):
    for _ in range(3):
        case.world.publisher.publish("heartbeat", beat(backlog=10**6))
        await case.after(400)
    assert "backlog" in await case.open()
    await case.seen(worker(WorkerState.ERROR))
    await case.after(400)
    assert "backlog" not in await case.open()


def certificate(name="mail.example.org", kind="server"):
    return Certificate(kind=kind, name=name, begins_at=1, expires_at=1_795_478_400_000)


async def test_a_certificate_that_ends_is_told_once_and_over_when_it_was_renewed(case):
    for _ in range(2):
        case.alerts.note_certificates([certificate()], {"mail.example.org"})
        await case.after()
    (alert,) = (await case.alerts.page(state="open")).rows
    assert (alert.subject, alert.title.message) == (
        "mail.example.org",
        "The certificate of mail.example.org ends on 2026-11-24",
    )
    assert alert.detail.message.startswith("Whoever runs the server must renew it")
    await case.restart()
    await case.after()
    assert await case.open() == ["certificate_expiring"]
    case.alerts.note_certificates([], {"mail.example.org"})
    await case.after()
    assert await case.open() == []
    assert await case.told() == ["alert_certificate_server", "over_certificate_expiring"]


async def test_nothing_is_told_of_the_end_of_a_certificate_that_nobody_uses_any_more(case):
    case.alerts.note_certificates([certificate("/etc/ca.pem", "authority")], {"/etc/ca.pem"})
    await case.after()
    (alert,) = (await case.alerts.page(state="open")).rows
    assert alert.title.message == "The certificate authority in /etc/ca.pem ends on 2026-11-24"
    case.alerts.note_certificates([], set())
    await case.after()
    assert await case.open() == []
    assert await case.told() == ["alert_certificate_authority"]


async def test_what_goes_wrong_and_right_again_around_a_wake_is_never_told(case):
    case.alerts.quiet = lambda: True
    await case.seen(worker(WorkerState.ERROR))
    await case.after(100)
    await case.seen(worker())
    case.alerts.quiet = lambda: False
    await case.after(100)
    assert await case.open() == []
    assert await case.told() == []


async def test_what_is_still_wrong_then_is_told_once(case):
    case.alerts.quiet = lambda: True
    await case.seen(worker(WorkerState.ERROR))
    await case.after(100)
    assert await case.told() == []
    case.alerts.quiet = lambda: False
    await case.after(1)
    await case.after(100)
    assert await case.open() == ["worker_gave_up"]
    assert len(await case.told()) == 1
